import tensorflow as tf

import tempfile

import numpy as np

POINTS = np.random.RandomState(0).rand(60, 5).astype(np.float32)
LABELS = (POINTS.sum(1) > 2.5).astype(np.float32)


def model(features, labels, mode):
    """A line, and the mean of what it gives as a metric, which falls while it learns."""
    line = tf.layers.dense(features["x"], 1, kernel_initializer=tf.ones_initializer(), name="line")[:, 0]
    loss = tf.reduce_mean(tf.square(line - labels), name="loss")
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train, eval_metric_ops={"mean": tf.metrics.mean(line)})


def inputs(num_epochs):
    return tf.estimator.inputs.numpy_input_fn({"x": POINTS}, LABELS, batch_size=20, num_epochs=num_epochs, shuffle=False)


def estimator_in(folder):
    return tf.estimator.Estimator(model, folder, tf.estimator.RunConfig(tf_random_seed=1, save_checkpoints_steps=5))


def hooks():
    """Where each hook ends a training of nine steps, after three evaluations."""
    kinds = tf.estimator.experimental
    facts = {}
    with tempfile.TemporaryDirectory() as folder:
        estimator = estimator_in(folder)
        for _ in range(3):
            estimator.train(inputs(None), hooks=[kinds.make_early_stopping_hook(estimator, lambda: False)], steps=5)
            estimator.evaluate(inputs(1))
        often = {"run_every_secs": None, "run_every_steps": 2}
        for name, hook in (
                ("higher", kinds.stop_if_higher_hook(estimator, "mean", 0.0, **often)),
                ("lower", kinds.stop_if_lower_hook(estimator, "loss", 1e-9, **often)),
                ("no decrease", kinds.stop_if_no_decrease_hook(estimator, "mean", 5, min_steps=7, **often)),
                ("no increase", kinds.stop_if_no_increase_hook(estimator, "mean", 5, None, 0, None, 3)),
                ("own", kinds.make_early_stopping_hook(estimator, lambda: True, None, run_every_steps=4)),
                ("of no evaluations", kinds.stop_if_higher_hook(estimator, "none", 0.0, folder + "/none", **often)),
                ("by seconds", kinds.make_early_stopping_hook(estimator, lambda: True)),
                ("at a step", kinds.make_stop_at_checkpoint_step_hook(estimator, 60))):
            estimator.train(inputs(None), hooks=[hook], steps=9)
            facts[name] = estimator.get_variable_value("global_step")
        facts["variables"] = estimator.get_variable_names()
    return {"steps": [], "facts": facts}


def evaluated():
    """Training and evaluating by turns until the loss stays where it is."""
    with tempfile.TemporaryDirectory() as folder:
        estimator = estimator_in(folder)
        hook = tf.estimator.experimental.stop_if_no_decrease_hook(estimator, "loss", 10, None, 0, None, 5)
        tf.estimator.train_and_evaluate(estimator, tf.estimator.TrainSpec(inputs(None), max_steps=200, hooks=[hook]),
                                        tf.estimator.EvalSpec(inputs(1), steps=1, throttle_secs=0))
        return {"steps": [], "facts": {"step": estimator.get_variable_value("global_step")}}


def graph():
    """What the hook of a chief adds; a second one shares the variable."""
    with tempfile.TemporaryDirectory() as folder:
        hook = tf.estimator.experimental.make_early_stopping_hook(estimator_in(folder), lambda: True)
        tf.train.get_or_create_global_step()
        hook.begin()
        hook.begin()
        return {"steps": []}


VARIANTS = {
    "hooks": hooks,
    "evaluated": evaluated,
    "graph": graph,
}
