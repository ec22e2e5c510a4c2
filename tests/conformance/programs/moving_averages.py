import tensorflow as tf

import numpy as np


def assigned():
    """assign_moving_average, with and without what undoes the start at zero."""
    from tensorflow.python.training import moving_averages
    x = tf.placeholder(tf.float32, (2,), name="x")
    a = tf.Variable([1.0, 2.0], name="a")
    b = tf.Variable(tf.zeros([2]), name="b")
    with tf.variable_scope("scope"):
        c = tf.get_variable("c", (2,), initializer=tf.zeros_initializer())
        updates = [moving_averages.assign_moving_average(a, x, 0.9, zero_debias=False),
                   moving_averages.assign_moving_average(b, x, tf.constant(0.8), name="debiased"),
                   moving_averages.assign_moving_average(b, x * 2.0, 0.7, zero_debias=True),
                   moving_averages.assign_moving_average(c, x, 0.5)]
    steps = [{"run": [tf.global_variables_initializer()]}]
    for number in range(3):
        steps += [{"run": [u.op], "feed": {x: [1.0 + number, -2.0]}} for u in updates] + [{"fetch": [a, b, c]}]
    return {"steps": steps, "facts": {"names": [u.name for u in updates],
                                      "variables": [v.name for v in tf.global_variables()]}}


def of_tensors():
    """Averages of a loss and of activations, whose shape only runs know."""
    x = tf.placeholder(tf.float32, (None, 2), name="x")
    fixed = tf.reduce_mean(x, axis=0, name="fixed")
    rows = tf.reduce_sum(x, axis=1, name="rows")
    loss = tf.reduce_mean(tf.square(x), name="loss")
    plain = tf.train.ExponentialMovingAverage(0.5, name="plain")
    debiased = tf.train.ExponentialMovingAverage(tf.constant(0.5, name="half"), zero_debias=True)
    updates = [plain.apply([loss, fixed]), debiased.apply([loss]), plain.apply([loss]), plain.apply([rows])]
    averages = [plain.average(loss), plain.average(fixed), debiased.average(loss)]
    steps = [{"run": [v.initializer for v in tf.global_variables()], "feed": {x: np.ones((3, 2))}}]
    for number in range(3):
        feed = {x: np.arange(6).reshape(3, 2) * (number + 1.0)}
        steps += [{"run": [update], "feed": feed} for update in updates]
        steps += [{"fetch": averages + [plain.average(rows)]}]
    facts = {"updates": [u.name for u in updates], "averages": [a.name for a in averages], "none": plain.average(x),
             "names": [plain.average_name(loss), plain.average_name(x), debiased.name],
             "moving": [v.name for v in tf.moving_average_variables()]}
    return {"steps": steps, "facts": facts}


def evaluated():
    """A model that is trained, and then restored with its averages in place of its variables."""
    w = tf.Variable([1.0, -1.0], name="w")
    b = tf.Variable(0.5, name="b", trainable=False)
    loss = tf.reduce_sum(tf.square(w - [3.0, 2.0])) + b
    step = tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.25).minimize(loss, global_step=step)
    average = tf.train.ExponentialMovingAverage(0.9, step)
    with tf.control_dependencies([train]):
        update = average.apply()
    names = average.variables_to_restore()
    some = average.variables_to_restore([w, b])
    saver, restorer = tf.train.Saver(), tf.train.Saver(names)

    def finish(session):
        path = saver.save(session, "model.ckpt", write_meta_graph=False)
        shadow = session.run(average.average(w))
        restorer.restore(session, path)
        return {"restored": bool(np.all(session.run(w) == shadow)), "w": session.run(w), "b": session.run(b)}

    steps = [{"run": [tf.global_variables_initializer()]}] + [{"run": [update]}] * 3 + [
        {"fetch": [w, average.average(w), step]}]
    facts = {"names": {name: names[name].name for name in sorted(names)},
             "some": {name: some[name].name for name in sorted(some)}}
    return {"steps": steps, "facts": facts, "finish": finish}


VARIANTS = {"assigned": assigned, "of_tensors": of_tensors, "evaluated": evaluated}
