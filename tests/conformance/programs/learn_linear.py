import tensorflow as tf

import re
import shutil

import numpy as np


def attr_text(value):
    if value.HasField("tensor"):
        array = tf.make_ndarray(value.tensor)
        text = "%s %s" % (array.dtype, re.sub("_temp_[0-9a-f]{32}", "_temp_X", str(array.tolist())))
        return text if len(text) < 200 else text[:200] + "..."
    return " ".join(str(value).split())


def add_nodes(facts, name, graph):
    """A fact for each node of a graph."""
    for number, node in enumerate(graph.as_graph_def().node):
        attrs = "; ".join("%s %s" % (key, attr_text(node.attr[key])) for key in sorted(node.attr))
        facts["%s %04d" % (name, number)] = " | ".join([node.name, node.op, " ".join(node.input), node.device, attrs])


class Graphs(object):
    """Features as they are; the graphs they were made in are noted."""

    def __init__(self):
        self.graphs = []

    def __call__(self, features, labels):
        graph = tf.get_default_graph()
        if graph not in self.graphs:
            self.graphs.append(graph)
        return features, labels

    def add_nodes(self, facts):
        for name, graph in zip(("fit", "evaluate", "predict"), self.graphs):
            add_nodes(facts, name, graph)


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def data():
    x = np.random.RandomState(0).rand(30, 4).astype(np.float32)
    return x, (x.sum(axis=1) * 0.74).astype(np.int32)


def config():
    return tf.contrib.learn.RunConfig(tf_random_seed=42, model_dir="model")


def clean():
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")


def run(made, facts, graphs, train, test, steps=5):
    """Trains, evaluates and predicts, and notes what comes of it."""
    made.fit(input_fn=train, steps=steps)
    facts["result"] = sorted(made.evaluate(input_fn=train, steps=1).items())
    facts["predictions"] = list(made.predict(input_fn=test))
    facts["names"] = made.get_variable_names()
    facts["values"] = [made.get_variable_value(name) for name in facts["names"]]
    graphs.add_nodes(facts)
    clean()
    return {"steps": [], "facts": facts}


def inputs(numbers, labels):
    """Input functions of numbers in several features."""
    def train():
        features = {"b": tf.constant(numbers[:, :3]), "a": tf.constant(numbers[:, 3]),
                    "c": tf.constant(numbers.reshape(-1, 2, 2)), "n": tf.constant((numbers[:, :1] * 9).astype(np.int32)),
                    "weight": tf.constant(numbers[:, :1] + 1.0)}
        return features, tf.constant(labels)

    def test():
        return train()[0]

    return train, test


def contrib_columns():
    column = tf.contrib.layers.real_valued_column
    return [column("n", dtype=tf.int32), column("b", 3), column("a", normalizer=lambda a: a - 0.5), column("c", 4)]


def words():
    """Input functions of words and numbers, and columns of tf.feature_column of them."""
    def train():
        place = tf.constant([["x"], ["y"], ["z"], ["x"], ["q"]])
        return {"place": place, "size": tf.constant([[1.0], [2.0], [0.5], [3.0], [0.25]])}, tf.constant([0, 1, 1, 0, 1])

    def test():
        return train()[0]

    columns = tf.feature_column
    place = columns.categorical_column_with_vocabulary_list("place", ["x", "y", "z"], num_oov_buckets=2)
    size = columns.numeric_column("size")
    buckets = columns.bucketized_column(size, [0.4, 1.5])
    return train, test, place, size, buckets


def classifier():
    """Three classes of a matrix, in batches."""
    x, y = data()
    facts, graphs = {}, Graphs()
    columns = tf.contrib.learn.infer_real_valued_columns_from_input(x)
    made = tf.contrib.learn.LinearClassifier(columns, n_classes=3, config=config(), feature_engineering_fn=graphs)
    made.fit(x, y, batch_size=8, steps=6)
    facts["result"] = sorted(made.evaluate(x, y).items())
    facts["classes"] = list(made.predict(x[:9]))
    facts["probabilities"] = list(made.predict_proba(x[:3]))
    facts["names"] = made.get_variable_names()
    graphs.add_nodes(facts)
    clean()
    return {"steps": [], "facts": facts}


def weighted():
    """Two classes, of several features of numbers, with weights, an optimizer by name and a norm."""
    x, y = data()
    facts, graphs = {}, Graphs()
    made = tf.contrib.learn.LinearClassifier(contrib_columns(), weight_column_name="weight", optimizer="Adagrad",
                                             gradient_clip_norm=0.5, config=config(), feature_engineering_fn=graphs)
    return run(made, facts, graphs, *inputs(x, (y > 1).astype(np.int32).reshape(-1, 1)))


def regressor():
    """A regression of two numbers."""
    x, _ = data()
    facts, graphs = {}, Graphs()
    made = tf.contrib.learn.LinearRegressor(contrib_columns(), label_dimension=2, config=config(),
                                            optimizer=lambda: tf.train.GradientDescentOptimizer(0.01),
                                            feature_engineering_fn=graphs)
    return run(made, facts, graphs, *inputs(x, x[:, :2] * 2.0))


def core_columns():
    """A linear model of columns of tf.feature_column."""
    facts, graphs = {}, Graphs()
    train, test, place, _, buckets = words()
    made = tf.contrib.learn.LinearClassifier([place, buckets], config=config(), feature_engineering_fn=graphs)
    return run(made, facts, graphs, train, test)


def core_network():
    """A network on columns of tf.feature_column."""
    facts, graphs = {}, Graphs()
    train, test, place, size, _ = words()
    columns = [tf.feature_column.embedding_column(place, 2), size]
    made = tf.contrib.learn.DNNClassifier([3], columns, config=config(), feature_engineering_fn=graphs)
    return run(made, facts, graphs, train, test)


def combined():
    """A linear model and a network, of columns of both kinds; a step is counted once."""
    x, y = data()
    facts, graphs = {}, Graphs()
    column = tf.contrib.layers.real_valued_column
    made = tf.contrib.learn.DNNLinearCombinedClassifier(
        n_classes=3, linear_feature_columns=[column("a"), column("c", 4)], dnn_feature_columns=[column("b", 3)],
        dnn_hidden_units=[4, 3], gradient_clip_norm=1.0, config=config(), feature_engineering_fn=graphs,
        fix_global_step_increment_bug=True)
    return run(made, facts, graphs, *inputs(x, y))


def combined_regressor():
    """A linear model and a network on columns of tf.feature_column; both count a step."""
    facts, graphs = {}, Graphs()
    train, test, place, size, buckets = words()
    made = tf.contrib.learn.DNNLinearCombinedRegressor(
        linear_feature_columns=[place, buckets], linear_optimizer=tf.train.FtrlOptimizer(0.1),
        dnn_feature_columns=[tf.feature_column.indicator_column(place), size], dnn_hidden_units=[3],
        dnn_optimizer=lambda: tf.train.AdagradOptimizer(0.1), dnn_dropout=0.25, config=config(),
        feature_engineering_fn=graphs)
    return run(made, facts, graphs, train, test, steps=6)


def one_part():
    """A combined model without a network, and one without a linear model."""
    x, y = data()
    facts, graphs = {}, Graphs()
    column = tf.contrib.layers.real_valued_column
    head = tf.contrib.learn.regression_head()
    train, test = inputs(x, y.astype(np.float32))
    made = tf.contrib.learn.DNNLinearCombinedEstimator(head, linear_feature_columns=[column("b", 3)], config=config(),
                                                       feature_engineering_fn=graphs, fix_global_step_increment_bug=True)
    made.fit(input_fn=train, steps=2)
    facts["linear"] = [sorted(item.items()) for item in made.predict(input_fn=test)][:2]
    clean()
    made = tf.contrib.learn.DNNLinearCombinedEstimator(head, dnn_feature_columns=[column("b", 3)], dnn_hidden_units=[2],
                                                       config=config(), feature_engineering_fn=graphs,
                                                       fix_global_step_increment_bug=True)
    made.fit(input_fn=train, steps=2)
    facts["network"] = [sorted(item.items()) for item in made.predict(input_fn=test)][:2]
    clean()
    made = tf.contrib.learn.LinearEstimator([column("b", 3)], head, config=config())
    made.fit(input_fn=train, steps=2)
    facts["with a head"] = [sorted(item.items()) for item in made.predict(input_fn=test)][:2]
    clean()
    graphs.add_nodes(facts)
    return {"steps": [], "facts": facts}


def sums():
    """weighted_sum_from_feature_columns by itself, and what it refuses."""
    layers = tf.contrib.layers
    column = layers.real_valued_column
    features = {"b": tf.placeholder(tf.float32, (None, 2), name="b"), "a": tf.placeholder(tf.float64, (None,), name="a")}
    made = [column("b", 2), column("a", dtype=tf.float64, normalizer=lambda x: x / 2.0)]
    logits, variables, bias = layers.weighted_sum_from_feature_columns(features, made, 2, ["mine"])
    frozen, _, _ = layers.weighted_sum_from_feature_columns(features, made[:1], 1, trainable=False, scope="frozen")
    facts = {"logits": logits, "frozen": frozen, "bias": bias.name,
             "variables": [[variable.name for variable in variables[item]] for item in made],
             "collections": [[variable.name for variable in tf.get_collection(name)]
                             for name in ("mine", "variables", "model_variables", "trainable_variables")]}
    unknown = {"a": tf.placeholder(tf.float32), "b": tf.constant(1.0)}
    learn = tf.contrib.learn
    mistakes = [
        lambda: layers.weighted_sum_from_feature_columns(features, [made[0], column("b", 2)], 1),
        lambda: layers.weighted_sum_from_feature_columns(features, {"a": made[0]}, 1),
        lambda: layers.weighted_sum_from_feature_columns(features, [column("z")], 1),
        lambda: layers.weighted_sum_from_feature_columns(unknown, [column("a")], 1),
        lambda: layers.weighted_sum_from_feature_columns(unknown, [column("b")], 1),
        lambda: learn.LinearClassifier([]), lambda: learn.LinearClassifier([column("a")], n_classes=1),
        lambda: learn.DNNLinearCombinedClassifier(), lambda: learn.DNNLinearCombinedRegressor(dnn_hidden_units=[3])]
    facts["mistakes"] = [kind_of(mistake) for mistake in mistakes]
    feed = {features["b"]: [[1.0, 2.0], [3.0, 4.0]], features["a"]: [7.0, -1.0]}
    init = tf.global_variables_initializer()
    assign = [tf.assign_add(variable, tf.ones_like(variable)) for variable in tf.global_variables()]
    return {"steps": [{"run": [init]}, {"run": assign}, {"fetch": [logits, frozen], "feed": feed}], "facts": facts}


VARIANTS = {
    "classifier": classifier,
    "weighted": weighted,
    "regressor": regressor,
    "core_columns": core_columns,
    "core_network": core_network,
    "combined": combined,
    "combined_regressor": combined_regressor,
    "one_part": one_part,
    "sums": sums,
}
