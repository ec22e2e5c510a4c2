"""Loops, their gradients, branches and arrays of tensors; microseconds an iteration or a run."""

from timing import best, config, report

COUNT = 1000


def measure(tf, np, threads):
    x = tf.placeholder_with_default(1.0, ())
    a = tf.Variable(0.5)

    def loop(step, *start):
        return tf.while_loop(lambda i, *_: i < COUNT, lambda i, *values: (i + 1,) + step(i, *values),
                             (tf.constant(0),) + start)

    counted = loop(lambda i: ())
    counted = counted[0] if isinstance(counted, (list, tuple)) else counted
    linear = loop(lambda i, y: (a * y + 1.0,), x)[1]
    nested = tf.while_loop(
        lambda i, y: i < 100,
        lambda i, y: (i + 1, tf.while_loop(lambda j, z: j < 10, lambda j, z: (j + 1, z + 1.0), (0, y))[1]), (0, x))[1]
    squares = tf.map_fn(lambda value: value * value, tf.Variable(tf.zeros([COUNT])))
    targets = {
        'while/count': (counted, COUNT), 'while/a_x_plus_b': (linear, COUNT),
        'while/gradient': (tf.gradients(linear, a)[0], COUNT), 'while/nested': (nested, 1000),
        'map_fn': (squares, COUNT),
        'scan': (tf.scan(lambda total, value: total + value, tf.Variable(tf.ones([COUNT]))), COUNT),
        'cond': (tf.cond(x > 0.0, lambda: x + 1.0, lambda: x - 1.0), 1),
    }
    with tf.Session(config=config(tf, threads)) as session:
        session.run(tf.global_variables_initializer())
        for name, (target, iterations) in targets.items():
            run = session.make_callable(target.op)
            report(name, best(run) * 1e6 / iterations, 'us')
