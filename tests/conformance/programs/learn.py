import tensorflow as tf

import logging
import os
import re
import shutil

import numpy as np


class Lines(logging.Handler):
    """The lines that are logged inside a block, without times and addresses."""

    def __init__(self):
        super(Lines, self).__init__()
        self.lines = []

    def emit(self, record):
        line = record.getMessage()
        for pattern, text in ((r"\(\d+\.\d+ sec\)", "(TIME)"), (r"/sec: .*", "/sec: SPEED"),
                              (r"(evaluation at) .*", r"\1 TIME"), (r" object at 0x\w+", "")):
            line = re.sub(pattern, text, line)
        if not re.search("deprecated|not been increased|never used|expand dims|[Tt]rapezoid|^Using config", line):
            self.lines.append(line)

    def __enter__(self):
        self.logger = logging.getLogger("tensorflow")
        self.before = self.logger.level
        self.logger.setLevel(logging.INFO)
        self.logger.addHandler(self)
        return self.lines

    def __exit__(self, *unused):
        self.logger.removeHandler(self)
        self.logger.setLevel(self.before)


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


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


class Activation(object):
    """Relu, which notes the graphs that it is used in."""

    def __init__(self):
        self.graphs = []

    def __call__(self, x):
        if x.graph not in self.graphs:
            self.graphs.append(x.graph)
        return tf.nn.relu(x)


def data():
    x = np.random.RandomState(0).rand(30, 4).astype(np.float32)
    return x, (x.sum(axis=1) * 0.74).astype(np.int32)


def config(**more):
    return tf.contrib.learn.RunConfig(tf_random_seed=42, model_dir="model", **more)


def clean():
    tf.summary.FileWriterCache.clear()
    shutil.rmtree("model")


def classifier():
    """The book's classifier, small: its graphs, values, lines and files."""
    x, y = data()
    facts, activation = {}, Activation()
    columns = tf.contrib.learn.infer_real_valued_columns_from_input(x)
    with Lines() as lines:
        made = tf.contrib.learn.DNNClassifier(hidden_units=[5, 3], n_classes=3, feature_columns=columns, config=config(),
                                              activation_fn=activation)
        facts["fit gives itself"] = made.fit(x=x, y=y, batch_size=8, steps=7) is made
        facts["result"] = made.evaluate(x, y)
        predictions = made.predict(x)
        facts["predictions"] = [type(predictions).__name__, list(predictions)]
        facts["probabilities"] = list(made.predict_proba(x[:3]))
    facts["lines"] = lines
    for name, graph in zip(("fit", "evaluate", "predict", "probabilities"), activation.graphs):
        add_nodes(facts, name, graph)
    facts["names"] = made.get_variable_names()
    facts["bias"] = made.get_variable_value("dnn/logits/biases")
    facts["files"] = sorted(name for name in os.listdir("model") if "tfevents" not in name)
    facts["all"] = sorted(next(made.predict(x, outputs=["probabilities", "classes"])).items())
    facts["at once"] = made.predict(x[:4], as_iterable=False)
    facts["columns"] = columns
    facts["float labels"] = kind_of(lambda: made.fit(x=x, y=y.astype(np.float32), steps=1))
    facts["other features"] = kind_of(lambda: made.fit(x=x[:, :3], y=y, steps=1))
    facts["no input"] = kind_of(lambda: made.fit(steps=1))
    facts["tensors"] = kind_of(lambda: made.fit(x=tf.constant(x), y=y, steps=1))
    facts["both steps"] = kind_of(lambda: made.fit(x=x, y=y, steps=1, max_steps=1))
    made.partial_fit(x, y, batch_size=8)
    facts["steps"] = made.get_variable_value("global_step")
    clean()
    return {"steps": [], "facts": facts}


def regressor():
    """A regression, with options."""
    x, _ = data()
    facts, activation = {}, Activation()
    columns = [tf.contrib.layers.real_valued_column("", dimension=4)]
    made = tf.contrib.learn.DNNRegressor(hidden_units=[4], feature_columns=columns, config=config(),
                                         activation_fn=activation, dropout=0.25, gradient_clip_norm=0.5,
                                         optimizer=tf.train.GradientDescentOptimizer(0.1))
    made.fit(x, x.sum(axis=1), batch_size=10, steps=5)
    facts["result"] = made.evaluate(x, x.sum(axis=1))
    facts["predictions"] = list(made.predict(x[:3]))
    facts["scores"] = list(made.predict_scores(x[:2]))
    for name, graph in zip(("fit", "evaluate", "predict"), activation.graphs):
        add_nodes(facts, name, graph)
    facts["names"] = made.get_variable_names()
    clean()
    return {"steps": [], "facts": facts}


def binary():
    """Two classes."""
    x, y = data()
    y = (y > 1).astype(np.int64)
    facts, activation = {}, Activation()
    columns = tf.contrib.learn.infer_real_valued_columns_from_input(x)
    with Lines() as lines:
        made = tf.contrib.learn.DNNClassifier([4], columns, config=config(), activation_fn=activation)
        made.fit(x, y, batch_size=10, steps=6)
        facts["result"] = made.evaluate(x, y)
    facts["lines"] = lines
    facts["predictions"] = list(made.predict(x[:3]))
    facts["probabilities"] = list(made.predict_proba(x[:3]))
    facts["all"] = sorted(next(made.predict(x, outputs=["probabilities", "classes", "logistic", "logits"])).items())
    for name, graph in zip(("fit", "evaluate", "predict"), activation.graphs):
        add_nodes(facts, name, graph)
    clean()
    return {"steps": [], "facts": facts}


def binary_head():
    """The head of two classes with a name, weights and thresholds."""
    learn, facts = tf.contrib.learn, {}
    x, y = data()
    head = tf.contrib.learn.multi_class_head(2, label_name="label", weight_column_name="w", head_name="mine",
                                             thresholds=[0.25, 0.75])
    for mode in (learn.ModeKeys.TRAIN, learn.ModeKeys.EVAL, learn.ModeKeys.INFER):
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(7)
            features = {"x": tf.constant(x), "w": tf.constant(x[:, :1] + 0.5)}
            logits = tf.layers.dense(features["x"], 1)
            made = head.create_model_fn_ops(features, mode, {"label": tf.constant((y > 1).astype(np.int32).reshape(-1, 1))},
                                            learn.no_op_train_fn, logits=logits)
            with tf.Session() as session:
                session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
                if mode != learn.ModeKeys.INFER:
                    facts[mode + " loss"] = session.run(made.loss)
                    session.run({key: update for key, (_, update) in made.eval_metric_ops.items()})
                    facts[mode + " metrics"] = sorted(session.run({key: value for key, (value, _)
                                                                   in made.eval_metric_ops.items()}).items())
                facts[mode + " predictions"] = sorted(session.run(made.predictions).items())
            facts[mode + " names"] = sorted((str(key), value.name) for key, value in made.predictions.items())
            add_nodes(facts, mode, graph)
    return {"steps": [], "facts": facts}


def weighted():
    """Features in a dict, by an input function: weights, a metric of the program's own."""
    x, y = data()

    def inputs():
        features = {"b": tf.constant(x[:, :3]), "a": tf.constant(x[:, 3]), "weight": tf.constant(x[:, :1] + 1.0)}
        return features, tf.constant(y.reshape(-1, 1))

    facts, activation = {}, Activation()
    columns = [tf.contrib.layers.real_valued_column("b", 3),
               tf.contrib.layers.real_valued_column("a", normalizer=lambda a: a - 0.5)]
    made = tf.contrib.learn.DNNClassifier([4], columns, n_classes=3, config=config(), weight_column_name="weight",
                                          activation_fn=activation, optimizer="Adam")
    with Lines() as lines:
        made.fit(input_fn=inputs, steps=4)
        metric = tf.contrib.learn.MetricSpec(tf.contrib.metrics.streaming_accuracy, prediction_key="classes",
                                             weight_key="weight")
        facts["result"] = made.evaluate(input_fn=inputs, steps=2, metrics={"mine": metric}, name="named")
    facts["lines"] = lines
    facts["metric"] = str(metric)
    facts["predictions"] = list(made.predict(input_fn=inputs))
    for name, graph in zip(("fit", "evaluate", "predict"), activation.graphs):
        add_nodes(facts, name, graph)
    facts["folders"] = sorted(name for name in os.listdir("model") if name.startswith("eval"))
    clean()
    return {"steps": [], "facts": facts}


def estimator():
    """Model functions of the program's own, with and without ModelFnOps; SKCompat."""
    x, y = data()
    learn, facts, seen = tf.contrib.learn, {}, []

    def model(features, labels, mode, params):
        seen.append((mode, sorted(params.items()), labels is None))
        logits = tf.contrib.layers.fully_connected(features, 3, activation_fn=None)
        predictions = {"class": tf.argmax(logits, 1), "probabilities": tf.nn.softmax(logits)}
        if mode == learn.ModeKeys.INFER:
            return learn.ModelFnOps(mode, predictions)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train = tf.contrib.layers.optimize_loss(loss, None, params["rate"], "SGD")
        return learn.ModelFnOps(mode, predictions, loss, train,
                                eval_metric_ops={"error": tf.metrics.mean(loss)})

    made = learn.SKCompat(learn.Estimator(model, config=config(save_checkpoints_steps=2, save_checkpoints_secs=None),
                                          params={"rate": 0.3}))
    with Lines() as lines:
        made.fit(x, y, batch_size=5, steps=4)
        facts["score"] = made.score(x, y, metrics={("accuracy", "class"): tf.contrib.metrics.streaming_accuracy})
        facts["predictions"] = sorted(made.predict(x, batch_size=7).items())
        facts["chosen"] = made.predict(x[:2], outputs=["class"])
    facts["lines"] = lines
    facts["seen"] = seen
    facts["files"] = sorted(name for name in os.listdir("model") if name.endswith(".index"))

    def older(features, labels, mode):
        weight = tf.get_variable("w", initializer=1.0)
        loss = tf.reduce_sum(tf.square(weight * tf.reduce_sum(features, 1) - tf.cast(labels, tf.float32)))
        step = tf.train.get_global_step()
        return {"x": features * weight}, loss, tf.train.GradientDescentOptimizer(0.001).minimize(loss, global_step=step)

    clean()
    second = learn.Estimator(older, config=config(), feature_engineering_fn=lambda x, y: (x * 2.0, y))
    second.fit(x, y, steps=2)
    facts["weight"] = second.get_variable_value("w")
    facts["doubled"] = next(second.predict(x))
    facts["params"] = second.get_params()
    facts["config"] = [second.config.tf_random_seed, second.model_dir]
    facts["params without argument"] = kind_of(lambda: learn.Estimator(older, config=config(), params={}))
    clean()
    facts["not fitted"] = [kind_of(lambda: second.evaluate(x, y)), kind_of(lambda: list(second.predict(x))),
                           issubclass(learn.NotFittedError, ValueError)]
    operations = learn.ModelFnOps
    loss, train = tf.constant(1.0), tf.no_op()
    facts["mistakes"] = [
        kind_of(lambda: operations("train", loss=loss)), kind_of(lambda: operations("train", train_op=train)),
        kind_of(lambda: operations("infer")), kind_of(lambda: operations("eval", predictions=loss)),
        kind_of(lambda: operations("infer", loss, tf.constant([1.0, 2.0]))),
        kind_of(lambda: operations("infer", loss, eval_metric_ops=[]))]
    keys = learn.PredictionKey
    facts["keys"] = [keys.CLASSES, keys.PROBABILITIES, keys.LOGITS, keys.LOGISTIC, keys.SCORES, keys.TOP_K, keys.GENERIC,
                     learn.ModeKeys.TRAIN, learn.ModeKeys.EVAL, learn.ModeKeys.INFER, learn.ProblemType.CLASSIFICATION,
                     learn.TaskType.PS]
    return {"steps": [], "facts": facts}


def configs():
    """RunConfig of tf.contrib.learn."""
    made = tf.contrib.learn.RunConfig(save_checkpoints_steps=5, num_cores=2, evaluation_master="there")
    names = [name for name in sorted(vars(made)) if name != "_cluster_spec"]
    facts = {"values": [(name, getattr(made, name)) for name in names]}
    facts["cluster"] = made.cluster_spec.as_dict()
    replaced = made.replace(tf_random_seed=7, model_dir="there")
    facts["replaced"] = [replaced.tf_random_seed, replaced.model_dir, made.tf_random_seed]
    facts["default"] = [tf.contrib.learn.RunConfig().save_checkpoints_secs, made.save_checkpoints_secs,
                        made.environment, made.get_task_id()]
    facts["unknown"] = kind_of(lambda: made.replace(nothing=1))
    return {"steps": [], "facts": facts}


def columns():
    """Columns of numbers, and the layer of them."""
    layers, learn = tf.contrib.layers, tf.contrib.learn
    column = layers.real_valued_column
    features = {"b": tf.placeholder(tf.float32, (None, 2), name="b"), "a": tf.placeholder(tf.float64, (None, 3), name="a"),
                "c": tf.placeholder(tf.int32, (None,), name="c")}
    made = [column("b", 2), column("a", 3, dtype=tf.float64, normalizer=lambda x: x / 2.0), column("c", dtype=tf.int32)]
    parts = {}
    joined = layers.input_from_feature_columns(features, made, cols_to_outs=parts)
    one = layers.input_from_feature_columns(features, made[:1], scope="one")
    facts = {"joined": joined, "one": one, "columns": made, "keys": [made[0].key, made[0].name, made[0].dtype],
             "parts": [parts[item] for item in made],
             "default": [column("x", 2, default_value=1), column("x", 2, default_value=[1, 2.5])]}
    mistakes = [
        lambda: column("x", 0), lambda: column("x", 1.5), lambda: column("x", None),
        lambda: column("x", dtype=tf.string), lambda: column("x", default_value=1.5, dtype=tf.int32),
        lambda: column("x", 3, default_value=[1, 2]), lambda: column("x", default_value="x"),
        lambda: layers.input_from_feature_columns(features, [column("z")]),
        lambda: learn.infer_real_valued_columns_from_input(np.array([["a"]])),
        lambda: learn.infer_real_valued_columns_from_input(np.zeros((2, 2), bool))]
    facts["mistakes"] = [kind_of(mistake) for mistake in mistakes]
    inferred = [np.zeros((3, 4)), np.zeros(3), np.zeros((3, 4), np.int32), np.zeros((3, 4, 2), np.float32)]
    facts["inferred"] = [learn.infer_real_valued_columns_from_input(array) for array in inferred]
    facts["inferred of a dict"] = learn.infer_real_valued_columns_from_input({"a": np.zeros((3, 4)), "b": np.zeros(3)})
    facts["inferred of a function"] = learn.infer_real_valued_columns_from_input_fn(
        lambda: ({"a": tf.zeros([2, 3])}, None))
    with tf.Graph().as_default() as graph:
        facts["flat"] = layers.input_from_feature_columns({"d": tf.ones((1, 2, 3))}, [column("d", 6)])
        add_nodes(facts, "flat", graph)
    feed = {features["b"]: [[1.0, 2.0]], features["a"]: [[2.0, 4.0, 6.0]], features["c"]: [7]}
    return {"steps": [{"fetch": [joined, one], "feed": feed}], "facts": facts}


def network():
    """A variable, a loss, and an operation to be run before it."""
    w = tf.get_variable("w", initializer=tf.constant([1.0, -2.0]))
    v = tf.get_variable("v", initializer=3.0)
    counted = tf.get_variable("counted", initializer=0.0, trainable=False)
    update = tf.assign_add(counted, 1.0, name="update")
    return w, v, tf.reduce_sum(tf.square(w) * v, name="loss"), update


def optimized(*args, **options):
    """optimize_loss with arguments."""
    def build():
        w, v, loss, update = network()
        step = tf.train.get_or_create_global_step()
        if options.pop("updates", False):
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
        multipliers = options.pop("multipliers", None)
        if multipliers:
            options["gradient_multipliers"] = {v: 0.5, "w:0": 2.0}
        train = tf.contrib.layers.optimize_loss(loss, step, *args, **options)
        init = tf.global_variables_initializer()
        summaries = tf.get_collection(tf.GraphKeys.SUMMARIES)
        return {"steps": [{"run": [init]}, {"run": [train.op]}, {"fetch": [w, v, step]}],
                "facts": {"train": train, "summaries": [item.op.name for item in summaries]}}
    return build


def optimize_loss_mistakes():
    """What optimize_loss refuses."""
    _, _, loss, _ = network()
    optimize = tf.contrib.layers.optimize_loss
    mistakes = [
        lambda: optimize(loss, None, 0.1, "None"), lambda: optimize(loss, None, None, "SGD"),
        lambda: optimize(loss, None, "0.1", "SGD"), lambda: optimize(loss, None, -0.1, "SGD"),
        lambda: optimize(loss, None, 0.1, 3), lambda: optimize(loss, None, 0.1, lambda rate: 3),
        lambda: optimize(loss, None, 0.1, "SGD", summaries=["none"]),
        lambda: optimize(loss, None, 0.1, "SGD", clip_gradients="x"),
        lambda: optimize(loss, 3, 0.1, "SGD"), lambda: optimize(tf.constant([1.0, 2.0]), None, 0.1, "SGD")]
    return {"steps": [], "facts": {"mistakes": [kind_of(mistake) for mistake in mistakes]}}


VARIANTS = {
    "classifier": classifier,
    "regressor": regressor,
    "binary": binary,
    "binary_head": binary_head,
    "weighted": weighted,
    "estimator": estimator,
    "configs": configs,
    "columns": columns,
    "optimize_loss": optimized(0.1, "SGD"),
    "optimize_loss_all": optimized(0.1, "Momentum", clip_gradients=0.5, updates=True, multipliers=True, name="train",
                                   summaries=["learning_rate", "loss", "gradients", "gradient_norm",
                                              "global_gradient_norm"],
                                   learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(rate, step, 2, 0.5)),
    "optimize_loss_of_class": optimized(None, lambda: tf.train.AdamOptimizer(0.1), summaries=[],
                                        increment_global_step=False),
    "optimize_loss_mistakes": optimize_loss_mistakes,
}
