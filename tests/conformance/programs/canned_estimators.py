"""Ready models of tf.estimator from end to end: trained, evaluated, asked, exported."""

import tensorflow as tf

import os
import shutil

import numpy as np

fc = tf.feature_column


def _inputs():
    x = np.random.RandomState(0).rand(30, 4).astype(np.float32)
    return {"x": tf.constant(x)}, tf.constant((x.sum(axis=1) * 0.74).astype(np.int32))


def _numbers():
    features, labels = _inputs()
    return features, tf.cast(labels, tf.float32)


def _columns():
    return [fc.numeric_column("x", shape=(4,))]


def _told(estimator, inputs, facts, name):
    estimator.train(inputs, steps=5)
    found = estimator.evaluate(inputs, steps=1)
    facts[name + " metrics"] = ["%s %.4f" % (key, found[key]) for key in sorted(found)]
    first = next(estimator.predict(inputs))
    facts[name + " prediction"] = [
        "%s %s" % (key, ["%.3f" % number for number in first[key]] if first[key].dtype.kind == "f"
                   else first[key].tolist()) for key in sorted(first)]
    facts[name + " variables"] = sorted(estimator.get_variable_names())


def _serving():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


def _exported(estimator, facts, name):
    folder = estimator.export_savedmodel("exported", _serving)
    with tf.Session(graph=tf.Graph()) as session:
        meta = tf.saved_model.loader.load(session, ["serve"], folder.decode() if isinstance(folder, bytes) else folder)
        for key in sorted(meta.signature_def):
            signature = meta.signature_def[key]
            facts["%s %s" % (name, key)] = [signature.method_name, sorted(signature.inputs), sorted(signature.outputs)]
    shutil.rmtree("exported")


def all_of_them():
    facts = {}

    def config(name):
        return tf.estimator.RunConfig(name, tf_random_seed=42)

    models = {
        "dnn": (tf.estimator.DNNClassifier([5, 3], _columns(), n_classes=3, config=config("a")), _inputs),
        "regressor": (tf.estimator.DNNRegressor([3], _columns(), config=config("b")), _numbers),
        "linear": (tf.estimator.LinearClassifier(_columns(), n_classes=3, config=config("c")), _inputs),
        "combined": (tf.estimator.DNNLinearCombinedRegressor(
            linear_feature_columns=_columns(), dnn_feature_columns=_columns(), dnn_hidden_units=[3],
            config=config("d")), _numbers),
        "baseline": (tf.estimator.BaselineClassifier(n_classes=3, config=config("e")), _inputs)}
    for name in sorted(models):
        _told(models[name][0], models[name][1], facts, name)
        if name != "baseline":
            _exported(models[name][0], facts, name)
    for name in "abcde":
        shutil.rmtree(name)
    assert not os.path.exists("exported")
    return dict(steps=[], facts=facts)


def parsing():
    def text(spec):
        return ["%s %s" % (key, spec[key].dtype.name) for key in sorted(spec)]

    columns = _columns() + [fc.categorical_column_with_vocabulary_list("word", ["a", "b"])]
    return dict(steps=[], facts={
        "classifier": text(tf.estimator.classifier_parse_example_spec(columns, "label")),
        "words": text(tf.estimator.classifier_parse_example_spec(columns, "label", tf.string, weight_column="w")),
        "regressor": text(tf.estimator.regressor_parse_example_spec(columns, "label", label_dimension=2))})


VARIANTS = {"all_of_them": all_of_them, "parsing": parsing}
