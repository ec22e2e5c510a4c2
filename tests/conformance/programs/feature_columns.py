"""tf.feature_column: what columns make of features, in input layers and linear models."""

import tensorflow as tf

import numpy as np

fc = tf.feature_column


def _features():
    return {"age": tf.constant([3.0, 12.0, 31.0, 20.0]),
            "size": tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]),
            "word": tf.constant([["b"], ["what"], [""], ["a"]]),
            "place": tf.constant([[0, 2], [3, -1], [1, 1], [4, 0]], tf.int64),
            "weight": tf.constant([[0.5, 2.0], [1.0, 0.0], [1.5, 0.25], [4.0, 3.0]])}


def _run(fetches, **more):
    start = [tf.global_variables_initializer(), tf.tables_initializer()]
    return dict(steps=[dict(run=start), dict(fetch=fetches)], **more)


def numbers():
    age = fc.numeric_column("age")
    size = fc.numeric_column("size", shape=(2,), normalizer_fn=lambda x: (x - 1.0) / 2.0)
    parts = {}
    columns = [size, age, fc.bucketized_column(age, [10.0, 20.0, 30.0])]
    layer = fc.input_layer(_features(), columns, cols_to_output_tensors=parts)
    return _run([layer], facts={"shape": layer.shape.as_list(),
                                "parts": [parts[column].shape.as_list() for column in columns]})


def ids():
    words = fc.categorical_column_with_vocabulary_list("word", ["a", "b", "c"])
    columns = [fc.indicator_column(words), fc.indicator_column(fc.categorical_column_with_identity("place", 5)),
               fc.indicator_column(fc.crossed_column(["word", "place"], 7)),
               fc.indicator_column(fc.bucketized_column(fc.numeric_column("age"), [10, 20]))]
    return _run([fc.input_layer(_features(), columns)], facts={"names": [column.name for column in columns]})


def other_ids():
    words = fc.categorical_column_with_vocabulary_list("word", ["a", "b"], num_oov_buckets=2)
    numbers = fc.categorical_column_with_vocabulary_list("place", [1, 4, 3], default_value=0)
    hashed = fc.categorical_column_with_hash_bucket("place", 6, tf.int64)
    ranged = fc.categorical_column_with_identity("place", 3, default_value=2)
    nested = fc.crossed_column([fc.crossed_column(["word", "place"], 10), words], 8, hash_key=5)
    result = []
    for column in (words, numbers, hashed, ranged, nested):
        result.append(fc.input_layer(_features(), [fc.indicator_column(column)]))
    return _run(result)


def weights():
    tf.set_random_seed(7)
    placed = fc.categorical_column_with_identity("place", 5)
    weighted = fc.weighted_categorical_column(placed, "weight")
    features = _features()
    layer = fc.input_layer(features, [fc.indicator_column(weighted), fc.embedding_column(weighted, 2)])
    model = fc.linear_model(features, [weighted], units=2)
    return _run([layer, model])


def embeddings():
    tf.set_random_seed(7)
    placed = fc.categorical_column_with_identity("place", 5)
    other = fc.categorical_column_with_identity("other", 5)
    variables = {}
    columns = [fc.embedding_column(placed, 3),
               fc.embedding_column(fc.categorical_column_with_hash_bucket("word", 4), 2, combiner="sqrtn", max_norm=0.5)]
    shared = fc.shared_embedding_columns([placed, other], 2, combiner="sum",
                                         initializer=tf.constant_initializer([[1.0, 2.0]]))
    features = dict(_features(), other=tf.constant([[1], [2], [-1], [4]], tf.int64))
    layer = fc.input_layer(features, columns + shared, cols_to_vars=variables)
    again = fc.input_layer(features, shared[1:])
    gradients = tf.gradients(tf.reduce_sum(tf.square(layer)), tf.trainable_variables())
    return _run([layer, again] + gradients, facts={
        "variables": [[v.name for v in variables[column]] for column in columns + shared],
        "names": [column.name for column in shared]})


def linear():
    age = fc.numeric_column("age")
    features, variables = _features(), {}
    bucketized = fc.bucketized_column(fc.numeric_column("size", 2), [3, 6])
    placed = fc.categorical_column_with_identity("place", 5)
    columns = [age, bucketized, placed, fc.categorical_column_with_hash_bucket("word", 5)]
    model = fc.linear_model(features, columns, cols_to_vars=variables)
    loss = tf.reduce_mean(tf.square(model[:, 0] - [1.0, 2.0, 3.0, 4.0]))
    step = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
    start = [tf.global_variables_initializer(), tf.tables_initializer()]
    steps = [dict(run=start)] + [dict(fetch=[loss], run=[step])] * 3 + [dict(fetch=[model] + tf.trainable_variables())]
    return dict(steps=steps, facts={"variables": [[v.name for v in variables[column]] for column in columns + ["bias"]]})


def linear_means():
    placed = fc.categorical_column_with_identity("place", 5)
    with tf.variable_scope("outer"):
        first = fc.linear_model(_features(), [placed], sparse_combiner="mean", units=3)
        second = fc.linear_model(_features(), [placed, fc.numeric_column("age")], sparse_combiner="sqrtn", trainable=False,
                                 weight_collections=["mine"])
    return _run([first, second])


def sparse_features():
    word = tf.SparseTensor([[0, 0], [1, 0], [1, 1], [3, 0]], ["a", "b", "z", "c"], [4, 2])
    place = tf.SparseTensor([[0, 0], [1, 0], [3, 0]], tf.constant([1, 2, 0], tf.int64), [4, 1])
    flat = tf.SparseTensor([[0], [2]], tf.constant([1, 0], tf.int64), [4])
    features = {"word": word, "place": place, "flat": flat}
    words = fc.categorical_column_with_vocabulary_list("word", ["a", "b", "c"])
    placed = fc.categorical_column_with_identity("place", 3, default_value=0)
    columns = [words, placed, fc.categorical_column_with_identity("flat", 2), fc.crossed_column(["word", placed], 4)]
    return _run([fc.input_layer(features, [fc.indicator_column(column) for column in columns]),
                 fc.linear_model(features, columns)])


def unknown_rank():
    age = tf.placeholder(tf.float32, None, name="age")
    layer = fc.input_layer({"age": age}, [fc.numeric_column("age")])
    return dict(steps=[dict(fetch=[layer], feed={age: np.array([1.0, 2.0], np.float32)}),
                       dict(fetch=[layer], feed={age: np.array([[1.0], [2.0]], np.float32)})])


def specs():
    placed = fc.categorical_column_with_identity("place", 5)
    weighted = fc.weighted_categorical_column(placed, "weight")
    crossed = fc.crossed_column(["word", placed], 7)
    numeric = fc.numeric_column("size", (2,), default_value=1.5)
    spec = fc.make_parse_example_spec([
        numeric, fc.bucketized_column(fc.numeric_column("age", default_value=3), [1.0]), weighted, crossed,
        fc.embedding_column(fc.categorical_column_with_hash_bucket("hashed", 4), 2)])

    def text(feature):
        if isinstance(feature, tf.VarLenFeature):
            return "any %s" % feature.dtype.name
        return "fixed %s %s %s" % (feature.dtype.name, feature.shape, feature.default_value)

    return dict(steps=[], facts={"spec": ["%s %s" % (key, text(spec[key])) for key in sorted(spec)],
                                 "names": [weighted.name, crossed.name, numeric.name]})


def sequences():
    tf.set_random_seed(7)
    placed = fc.sequence_categorical_column_with_identity("place", 5)
    numbers = fc.sequence_numeric_column("number", shape=(2,))
    return dict(steps=[], facts={"names": [placed.name, numbers.name, fc.embedding_column(placed, 2).name],
                                 "spec": sorted(fc.make_parse_example_spec([fc.indicator_column(placed)]))})


VARIANTS = {"numbers": numbers, "ids": ids, "other_ids": other_ids, "weights": weights, "embeddings": embeddings,
            "linear": linear, "linear_means": linear_means, "sparse_features": sparse_features,
            "unknown_rank": unknown_rank, "specs": specs, "sequences": sequences}
