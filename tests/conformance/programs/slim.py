"""tf.contrib.slim and tf.contrib.training: networks, training steps and loops, evaluation."""

import tensorflow as tf

import os
import re
import shutil

slim = tf.contrib.slim


def _inputs():
    return (tf.constant([[0.5, 1.0, -1.0], [1.5, -2.0, 0.25], [0.0, 3.0, 1.0], [2.0, 0.25, 0.5]]),
            tf.constant([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]))


def _network(x, training=True):
    with slim.arg_scope([slim.fully_connected], activation_fn=tf.nn.elu,
                        weights_regularizer=slim.l2_regularizer(0.01),
                        weights_initializer=slim.xavier_initializer(seed=3)):
        x = slim.fully_connected(x, 5, scope="first")
        x = slim.dropout(x, 0.5, is_training=False, scope="drop")
        x = slim.stack(x, slim.fully_connected, [4, 3], scope="stacked")
        x = slim.repeat(x, 2, slim.fully_connected, 3, scope="repeated")
        x = slim.fully_connected(x, 4, normalizer_fn=slim.batch_norm, normalizer_params={"is_training": training},
                                 scope="normalized")
        return slim.fully_connected(slim.flatten(x), 2, activation_fn=None, scope="logits")


def network():
    x, labels = _inputs()
    logits = _network(x)
    slim.losses.softmax_cross_entropy(logits, labels)
    loss = slim.losses.get_total_loss()
    step = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1), clip_gradient_norm=0.5,
                                         summarize_gradients=True, gradient_multipliers={"first/weights": 2.0})
    return dict(steps=[dict(run=[tf.global_variables_initializer()])] + [dict(fetch=[step])] * 3, facts={
        "model": [v.name for v in slim.get_model_variables()], "restored": [
            v.name for v in slim.get_variables_to_restore(exclude=["logits", "global_step"])],
        "by name": [v.name for v in slim.get_variables_by_name("weights")]})


def plain_step():
    x, labels = _inputs()
    logits = _network(x)
    loss = tf.losses.softmax_cross_entropy(labels, logits)
    training = tf.contrib.training
    step = training.create_train_op(loss, tf.train.MomentumOptimizer(0.1, 0.9),
                                    transform_grads_fn=training.clip_gradient_norms_fn(0.3), summarize_gradients=True)
    without = training.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1), global_step=None, update_ops=[],
                                       variables_to_train=tf.trainable_variables()[:2], check_numerics=False)
    return dict(steps=[dict(run=[tf.global_variables_initializer()])] + [dict(fetch=[step])] * 3 + [
        dict(fetch=[without])])


def sparse_gradients():
    table = tf.get_variable("table", [5, 2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, [1, 3, 1])))
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(loss)
    pairs = tf.contrib.training.multiply_gradients(pairs, {table: 0.5})
    pairs = tf.contrib.training.clip_gradient_norms(pairs, 1.0)
    tf.contrib.training.add_gradients_summaries(pairs)
    return dict(steps=[dict(run=[tf.global_variables_initializer()]), dict(fetch=[pairs[0][0]]),
                       dict(run=[optimizer.apply_gradients(pairs)]), dict(fetch=[table])])


def summaries():
    x, _ = _inputs()
    x = tf.identity(x, name="x")
    slim.summaries.add_histogram_summary(x)
    slim.summaries.add_zero_fraction_summary(x, prefix="share")
    slim.summaries.add_scalar_summaries([tf.reduce_sum(x), tf.reduce_mean(x)], prefix="all")
    return dict(steps=[dict(fetch=[tf.summary.merge_all()])], facts={
        "ops": slim.model_analyzer.analyze_ops(tf.get_default_graph()),
        "description": slim.model_analyzer.tensor_description(x)})


def loops():
    facts = {}
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        x, labels = _inputs()
        loss = tf.losses.softmax_cross_entropy(labels, _network(x))
        step = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1))
        facts["loss"] = "%.4f" % slim.learning.train(step, "trained", number_of_steps=7, log_every_n_steps=0)
        # The thread that saves saves at a step of its own choice, too.
        facts["files"] = sorted(name for name in os.listdir("trained") if re.match("checkpoint|graph|model.ckpt-7", name))
    with tf.Graph().as_default():
        x, labels = _inputs()
        logits = _network(x, training=False)
        names, updates = slim.metrics.aggregate_metric_map({
            "accuracy": slim.metrics.streaming_accuracy(tf.argmax(logits, 1), tf.argmax(labels, 1))})
        path = tf.train.latest_checkpoint("trained")
        found = slim.evaluation.evaluate_once("", path, "evaluated", num_evals=2, eval_op=list(updates.values()),
                                              final_op=list(names.values()))
        facts["accuracy"] = [float(value) for value in found]
        again = slim.evaluation.evaluation_loop("", "trained", "evaluated", num_evals=1,
                                                eval_op=list(updates.values()), final_op=list(names.values()),
                                                max_number_of_evaluations=1, eval_interval_secs=0)
        facts["again"] = [float(value) for value in again]
    with tf.Graph().as_default():
        x, labels = _inputs()
        _network(x)
        restore = slim.assign_from_checkpoint_fn(path, slim.get_variables_to_restore(include=["first"]))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            restore(session)
            facts["restored"] = [v.name for v in slim.get_variables_to_restore(include=["first"])]
    shutil.rmtree("trained")
    shutil.rmtree("evaluated", ignore_errors=True)
    return dict(steps=[], facts=facts)


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def hyperparameters():
    params = tf.contrib.training.HParams(rate=0.1, units=[3, 4], name="adam", deep=True)
    facts = {"all": sorted(params.values().items()), "has": ["rate" in params, "other" in params]}
    params.parse("rate=0.5,units=[7,8],deep=false")
    params.set_hparam("name", "sgd")
    params.add_hparam("epochs", 3)
    facts["parsed"] = [params.rate, params.units, params.deep, params.name, params.get("none", 5)]
    facts["json"] = params.to_json(sort_keys=True)
    params.parse_json('{"epochs": 4}')
    params.del_hparam("deep")
    facts["text"] = [repr(params), "deep" in params]
    facts["values"] = sorted(tf.contrib.training.parse_values(
        "a=1,b=[x,y],c[1]=2.5,d=7", {"a": int, "b": str, "c": float}, ignore_unknown=True).items())
    facts["mistakes"] = [kind_of(mistake) for mistake in (
        lambda: params.parse("rate=x"), lambda: params.parse("other=1"), lambda: params.set_hparam("rate", "x"),
        lambda: params.set_hparam("rate", [1.0]), lambda: params.set_hparam("units", 3), lambda: params.parse("rate"),
        lambda: params.add_hparam("rate", 2), lambda: params.add_hparam("empty", []), lambda: params.parse("rate=1,rate=2"),
        lambda: params.set_hparam("epochs", 1.5), lambda: params.get("rate", [1.0]))]
    return dict(steps=[], facts=facts)


VARIANTS = {"network": network, "plain_step": plain_step, "sparse_gradients": sparse_gradients, "summaries": summaries,
            "loops": loops, "hyperparameters": hyperparameters}
