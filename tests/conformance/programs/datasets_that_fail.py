"""What comes behind an element that failed, and what errors say."""

import numpy as np
import tensorflow as tf

exp = tf.data.experimental
Dataset = tf.data.Dataset


def inverse(x):
    return tf.check_numerics(1.0 / tf.cast(x, tf.float32), "no number")


def outcomes(dataset, count=8):
    """Up to `count` elements, or the classes of errors in their places, to the end."""
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    following = iterator.get_next()
    found = []
    with tf.compat.v1.Session() as session:
        session.run(iterator.initializer)
        while len(found) < count:
            try:
                value = session.run(following)
                found.append(str([part.tolist() for part in value] if isinstance(value, tuple) else value.tolist()))
            except tf.errors.OutOfRangeError:
                break
            except tf.errors.OpError as error:
                found.append(type(error).__name__)
    return "; ".join(found)


def message(call):
    try:
        call()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, str(error).splitlines()[0])
    return "none"


def run(fetch, feed=None):
    with tf.compat.v1.Session() as session:
        return session.run(fetch, feed)


def batches():
    """Batches of maps are made at once, and fail as a whole; others go on behind the element."""
    numbers = Dataset.range(-2, 6)
    plain = tf.data.Options()
    plain.experimental_optimization.apply_default_optimizations = False
    growing = Dataset.range(1, 6).map(lambda x: tf.fill([tf.minimum(x, 3)], x))
    return {"steps": [], "facts": {
        "map_and_batch": outcomes(numbers.apply(exp.map_and_batch(inverse, 3))),
        "in_parallel": outcomes(numbers.apply(exp.map_and_batch(inverse, 2, num_parallel_calls=3, drop_remainder=True))),
        "optimized": outcomes(numbers.map(inverse).batch(3)),
        "optimized_parallel": outcomes(numbers.map(inverse, 2).batch(3)),
        "plain": outcomes(numbers.map(inverse).batch(3).with_options(plain)),
        "no_map": outcomes(numbers.map(inverse).take(20).batch(3)),
        "growing": outcomes(growing.apply(exp.map_and_batch(lambda x: x, 2))),
        "grown": message(lambda: run(tf.compat.v1.data.make_one_shot_iterator(
            growing.apply(exp.map_and_batch(lambda x: x, 2))).get_next())),
        "optimized_growing": message(lambda: run(tf.compat.v1.data.make_one_shot_iterator(
            growing.batch(2)).get_next())),
        "of_nothing": message(lambda: outcomes(numbers.apply(exp.map_and_batch(inverse, 0, num_parallel_calls=0))))}}


def rows_and_groups():
    pairs = Dataset.range(1, 5).map(lambda x: (tf.fill([x], x), tf.fill([tf.minimum(x, 2)], -x)))
    grouped = Dataset.range(6).apply(exp.group_by_window(
        lambda x: x % 2, lambda key, window: window.map(inverse).batch(2), 3))
    return {"steps": [], "facts": {"rows": outcomes(pairs.unbatch()), "groups": outcomes(grouped)}}


def windows():
    facts = {}
    for size, shift, drop in ((2, None, False), (2, None, True), (3, 1, False), (3, 1, True), (2, 5, False)):
        dataset = Dataset.range(7).window(size, shift, drop_remainder=drop)
        facts["%s %s %s" % (size, shift, drop)] = str(run(exp.cardinality(dataset)))
    facts["no end"] = str(run(exp.cardinality(Dataset.range(3).repeat().window(2))))
    return {"steps": [], "facts": facts}


def iterators():
    text = tf.compat.v1.placeholder(tf.string, [])
    one_shot = tf.compat.v1.data.make_one_shot_iterator(Dataset.range(3))
    others = {"dtype": (tf.float32, []), "shape": (tf.int64, [2]), "count": ((tf.int64, tf.int64), ([], []))}
    facts = {}
    for name, (types, shapes) in others.items():
        following = tf.compat.v1.data.Iterator.from_string_handle(text, types, shapes).get_next()

        def read(following=following):
            with tf.compat.v1.Session() as session:
                session.run(following, {text: session.run(one_shot.string_handle())})

        facts[name] = message(read)
    iterator = tf.compat.v1.data.make_initializable_iterator(Dataset.range(3))
    saved = tf.raw_ops.SerializeIterator(resource_handle=iterator._iterator_resource)
    facts["not begun"] = message(lambda: run(tf.identity(saved).op))
    return {"steps": [], "facts": facts}


VARIANTS = {function.__name__: function for function in (batches, rows_and_groups, windows, iterators)}
