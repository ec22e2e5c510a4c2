"""The ready models of tf.estimator: the graphs that their model functions make, and their first steps."""

import tensorflow as tf

import numpy as np

fc = tf.feature_column
modes = tf.estimator.ModeKeys


def _features(weighted=False):
    features = {"x": tf.constant([[0.5, 1.0], [1.5, -2.0], [0.0, 3.0], [2.0, 0.25]]),
                "word": tf.constant([["b"], ["what"], ["a"], ["a"]]),
                "place": tf.constant([[0, 2], [3, -1], [1, 1], [4, 0]], tf.int64)}
    if weighted:
        features["weight"] = tf.constant([1.0, 2.0, 0.5, 1.5])
    return features


def _dense():
    placed = fc.categorical_column_with_identity("place", 5)
    return [fc.numeric_column("x", shape=(2,)), fc.embedding_column(placed, 2),
            fc.indicator_column(fc.categorical_column_with_vocabulary_list("word", ["a", "b"]))]


def _columns():
    return [fc.numeric_column("x", shape=(2,)), fc.categorical_column_with_hash_bucket("word", 4),
            fc.categorical_column_with_identity("place", 5)]


def _built(make, labels, mode, weighted=False, facts=None):
    """What a model function makes, in the default graph."""
    tf.set_random_seed(1)
    with tf.Graph().as_default():
        estimator = make()
    tf.train.create_global_step()
    features = _features(weighted)
    labels = None if mode == modes.PREDICT else tf.constant(labels)
    spec = estimator.model_fn(features, labels, mode, estimator.config)
    start = [tf.global_variables_initializer(), tf.local_variables_initializer(), tf.tables_initializer()]
    steps = [dict(run=start)]
    told = dict(facts or {}, predictions=sorted(spec.predictions))
    if mode == modes.TRAIN:
        steps += [dict(fetch=[spec.loss], run=[spec.train_op])] * 3 + [dict(fetch=tf.trainable_variables()[:4])]
    elif mode == modes.EVAL:
        names = sorted(spec.eval_metric_ops)
        told["metrics"] = names
        steps += [dict(run=[spec.eval_metric_ops[name][1] for name in names])] * 2
        steps += [dict(fetch=[spec.eval_metric_ops[name][0] for name in names] + [spec.loss])]
    else:
        told["outputs"] = ["%s %s" % (name, type(spec.export_outputs[name]).__name__)
                           for name in sorted(spec.export_outputs)]
        steps += [dict(fetch=[spec.predictions[name] for name in sorted(spec.predictions)])]
    return dict(steps=steps, facts=told)


CLASSES, TWO = [[0], [2], [1], [1]], [[0], [1], [1], [0]]
WORDS = [["no"], ["yes"], ["yes"], ["no"]]
NUMBERS = np.array([[0.5], [1.5], [-1.0], [2.0]], np.float32)


def dnn_classifier(mode):
    def make():
        return tf.estimator.DNNClassifier([4, 3], _dense(), n_classes=3)

    return lambda: _built(make, CLASSES, mode)


def dnn_two_classes(mode):
    def make():
        return tf.estimator.DNNClassifier([3], _dense(), weight_column="weight", label_vocabulary=["no", "yes"],
                                          optimizer="Adam", activation_fn=tf.tanh)

    return lambda: _built(make, WORDS, mode, weighted=True)


def dnn_normalized(mode):
    def make():
        return tf.estimator.DNNClassifier([4], _dense()[:1], optimizer=lambda: tf.train.MomentumOptimizer(0.1, 0.9),
                                          batch_norm=True, dropout=0.25)

    return lambda: _built(make, TWO, mode)


def dnn_shared():
    def make():
        placed = fc.categorical_column_with_identity("place", 5)
        other = fc.categorical_column_with_identity("other", 5)
        shared = fc.shared_embedding_columns([placed, other], 2)
        return tf.estimator.DNNClassifier([3], shared[:1] + _dense()[:1], optimizer="SGD")

    return _built(make, TWO, modes.TRAIN)


def dnn_regressor(mode):
    def make():
        return tf.estimator.DNNRegressor([3], _dense(), weight_column=fc.numeric_column("weight"), optimizer="RMSProp")

    return lambda: _built(make, NUMBERS, mode, weighted=True)


def linear_classifier(mode):
    def make():
        return tf.estimator.LinearClassifier(_columns(), n_classes=3, label_vocabulary=["u", "v", "w"])

    return lambda: _built(make, [["u"], ["w"], ["v"], ["v"]], mode)


def linear_two_classes(mode):
    def make():
        return tf.estimator.LinearClassifier(_columns(), loss_reduction=tf.losses.Reduction.SUM_OVER_BATCH_SIZE)

    return lambda: _built(make, TWO, mode)


def linear_regressor(mode):
    def make():
        return tf.estimator.LinearRegressor(_columns(), label_dimension=2, sparse_combiner="mean",
                                            optimizer=tf.train.GradientDescentOptimizer(0.1))

    return lambda: _built(make, np.concatenate([NUMBERS, -NUMBERS], 1), mode)


def combined_classifier(mode):
    def make():
        return tf.estimator.DNNLinearCombinedClassifier(
            linear_feature_columns=_columns(), dnn_feature_columns=_dense()[:1], dnn_hidden_units=[3])

    return lambda: _built(make, TWO, mode)


def combined_regressor():
    def make():
        return tf.estimator.DNNLinearCombinedRegressor(
            linear_feature_columns=_columns(), dnn_feature_columns=_dense(), dnn_hidden_units=[3, 2],
            dnn_optimizer="SGD")

    return _built(make, NUMBERS, modes.TRAIN)


def combined_linear():
    def make():
        return tf.estimator.DNNLinearCombinedClassifier(linear_feature_columns=_columns(), n_classes=3)

    return _built(make, CLASSES, modes.TRAIN)


def baseline_classifier(mode):
    def make():
        return tf.estimator.BaselineClassifier(n_classes=3)

    return lambda: _built(make, CLASSES, mode)


def baseline_regressor():
    def make():
        return tf.estimator.BaselineRegressor(weight_column="weight", optimizer="SGD")

    return _built(make, NUMBERS, modes.TRAIN, weighted=True)


VARIANTS = {
    "dnn_train": dnn_classifier(modes.TRAIN), "dnn_eval": dnn_classifier(modes.EVAL),
    "dnn_predict": dnn_classifier(modes.PREDICT), "dnn_two_train": dnn_two_classes(modes.TRAIN),
    "dnn_two_eval": dnn_two_classes(modes.EVAL), "dnn_two_predict": dnn_two_classes(modes.PREDICT),
    "dnn_normalized_train": dnn_normalized(modes.TRAIN), "dnn_normalized_eval": dnn_normalized(modes.EVAL),
    "dnn_shared": dnn_shared, "dnn_regressor_train": dnn_regressor(modes.TRAIN),
    "dnn_regressor_eval": dnn_regressor(modes.EVAL), "dnn_regressor_predict": dnn_regressor(modes.PREDICT),
    "linear_train": linear_classifier(modes.TRAIN), "linear_eval": linear_classifier(modes.EVAL),
    "linear_predict": linear_classifier(modes.PREDICT), "linear_two_train": linear_two_classes(modes.TRAIN),
    "linear_two_eval": linear_two_classes(modes.EVAL), "linear_regressor_train": linear_regressor(modes.TRAIN),
    "linear_regressor_eval": linear_regressor(modes.EVAL), "combined_train": combined_classifier(modes.TRAIN),
    "combined_eval": combined_classifier(modes.EVAL), "combined_regressor": combined_regressor,
    "combined_linear": combined_linear, "baseline_train": baseline_classifier(modes.TRAIN),
    "baseline_eval": baseline_classifier(modes.EVAL), "baseline_regressor": baseline_regressor}
