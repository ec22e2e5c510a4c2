"""tf.contrib.estimator and tf.contrib.predictor: heads, estimators made of others, models that answer many times."""
import tensorflow as tf

import itertools
import re
import shutil

import numpy as np

fc, ce = tf.feature_column, tf.contrib.estimator


def _inputs():
    x = np.random.RandomState(0).rand(12, 2).astype(np.float32)
    sparse = tf.SparseTensor([[0, 0], [11, 1]], [3.0, 4.0], [12, 2])
    return ({"x": tf.constant(x), "id": tf.constant(np.arange(12).reshape(12, 1)), "sparse": sparse},
            tf.constant(x.sum(axis=1) * 2))


def _columns():
    return [fc.numeric_column("x", shape=(2,))]


def _config(name):
    return tf.estimator.RunConfig(name, tf_random_seed=42)


def _serving():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    number = tf.placeholder(tf.int64, [None, 1], name="id")
    return tf.estimator.export.ServingInputReceiver({"x": x, "id": number}, {"x": x, "id": number})


def _numbers(values):
    return {key: [round(float(number), 3) for number in np.ravel(values[key])] for key in sorted(values)}


def _text(values):
    return " ".join("%s=%s" % item for item in sorted(_numbers(values).items()))


def _first(estimator, count):
    """The first predictions of the examples, which come again and again."""
    return list(itertools.islice(estimator.predict(_inputs), count))


def _refused(call):
    try:
        call()
        return "none"
    except (TypeError, ValueError) as error:
        return "%s %s" % (type(error).__name__, str(error).split(" at 0x")[0].split("<")[0])


def _words(text):
    """In order: a set's elements have none."""
    return " ".join(sorted(re.findall(r"\w+", text)))


def extended():
    facts = {}
    plain = tf.estimator.LinearRegressor(_columns(), config=_config("a"))
    plain.train(_inputs, steps=5)

    def more(labels, predictions, features):
        return {"largest": tf.metrics.mean(tf.reduce_max(predictions["predictions"])),
                "average_loss": tf.metrics.mean(tf.reduce_sum(features["x"]) + tf.reduce_sum(labels))}

    facts["metrics"] = _text(tf.estimator.add_metrics(plain, more).evaluate(_inputs, steps=1))
    facts["contrib's metrics"] = _text(ce.add_metrics(plain, more).evaluate(_inputs, steps=1))
    facts["wrong metrics"] = _refused(lambda: ce.add_metrics(plain, lambda features, x: {}))
    for keys in "id", ["id", "x"], None:
        facts["forwarded %s" % keys] = " ".join(
            _text(found) for found in _first(ce.forward_features(plain, keys, {"sparse": -1.0}), 12)[::11])
    facts["wrong keys"] = _refused(lambda: ce.forward_features(plain, 3))
    facts["wrong key"] = _refused(lambda: ce.forward_features(plain, ["x", 3]))
    facts["no feature"] = _refused(lambda: _first(ce.forward_features(plain, "y"), 1))
    shutil.rmtree("a")
    return {"steps": [], "facts": facts}


def heads():
    facts = {}
    models = {
        "regression": (ce.regression_head(label_dimension=1, name="r"), lambda: _inputs()),
        "classes": (ce.multi_class_head(3), lambda: (_inputs()[0], tf.cast(_inputs()[1], tf.int32) % 3)),
        "two classes": (ce.binary_classification_head(thresholds=[0.3]),
                        lambda: (_inputs()[0], tf.cast(_inputs()[1] > 2, tf.int32)))}
    for name in sorted(models):
        head, inputs = models[name]
        model = tf.estimator.DNNEstimator(head, [3], _columns(), config=_config("b"),
                                          optimizer=ce.clip_gradients_by_norm(tf.train.AdagradOptimizer(0.1), 0.5))
        model.train(inputs, steps=3)
        facts[name] = _text(model.evaluate(inputs, steps=1))
        shutil.rmtree("b")
    return {"steps": [], "facts": facts}


def clipped():
    v, w = tf.get_variable("v", [2], initializer=tf.ones_initializer()), tf.Variable(3.0, name="w")
    step = tf.train.get_or_create_global_step()
    optimizer = ce.clip_gradients_by_norm(tf.train.AdamOptimizer(0.5), 0.1)
    train = optimizer.minimize(tf.reduce_sum(v * v) * w, global_step=step)
    named = ce.clip_gradients_by_norm(tf.train.GradientDescentOptimizer(0.5), 2.0).minimize(w * w, name="named")
    facts = {"name": optimizer.get_name(), "slots": " ".join(optimizer.get_slot_names()),
             "slot": optimizer.get_slot(v, "m").name}
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [train]}, {"fetch": [v, w, step]},
                      {"run": [named]}, {"fetch": [w]}], "facts": facts}


def predictors():
    facts = {}
    model = ce.forward_features(tf.estimator.LinearRegressor(_columns(), config=_config("c")), "id")
    model.train(_inputs, steps=5)
    folder = model.export_saved_model("exported", _serving)
    folder = folder.decode() if isinstance(folder, bytes) else folder
    some = {"x": [[0.5, 0.25], [1.0, 2.0]], "id": [[7], [8]]}
    loaded = tf.contrib.predictor.from_saved_model(folder, "predict")
    facts["loaded"] = _text(loaded(some))
    facts["again"] = _text(loaded({"x": [[0.0, 0.0]], "id": [[9]]}))
    facts["feeds"] = " ".join("%s %s" % (key, loaded.feed_tensors[key].name) for key in sorted(loaded.feed_tensors))
    facts["fetches"] = " ".join(sorted(loaded.fetch_tensors))
    facts["in its graph"] = loaded.session.graph is loaded.graph
    facts["unexpected"] = _words(_refused(lambda: loaded({"y": 1.0})))
    names = {key: loaded.feed_tensors[key].name for key in loaded.feed_tensors}
    wanted = {"p": loaded.fetch_tensors["predictions"].name}
    by_names = tf.contrib.predictor.from_saved_model(folder, input_names=names, output_names=wanted, tags="serve")
    facts["by names"] = _text(by_names(some))
    facts["half of the names"] = _refused(
        lambda: tf.contrib.predictor.from_saved_model(folder, input_names={"x": "x:0"}))
    facts["both"] = _refused(lambda: tf.contrib.predictor.from_saved_model(
        folder, "predict", input_names=names, output_names=wanted))
    built = tf.contrib.predictor.from_estimator(model, _serving, "predict")
    facts["built"] = _text(built(some))
    facts["kinds"] = " ".join(type(predictor).__name__ for predictor in (loaded, built))
    shutil.rmtree("exported")
    shutil.rmtree("c")
    return {"steps": [], "facts": facts}


VARIANTS = {"extended": extended, "heads": heads, "clipped": clipped, "predictors": predictors}
