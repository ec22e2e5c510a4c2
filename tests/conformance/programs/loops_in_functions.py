"""Loops in functions of datasets: nodes whose condition and body are functions, and arrays that are lists."""

import tensorflow as tf


def _elements(dataset, count=4):
    iterator = tf.data.make_initializable_iterator(dataset)
    element = iterator.get_next()
    fetches = list(element) if isinstance(element, tuple) else [element]
    return {"steps": [{"run": [iterator.initializer]}] + [{"fetch": fetches}] * count}


def _mapped(function, count=4):
    return _elements(tf.data.Dataset.range(count).map(function), count)


def _zero():
    return tf.constant(0, tf.int64)


def simple():
    """Of arguments, of a tensor from outside; with a limit; a filter."""
    scale = tf.constant(3, tf.int64, name="scale")

    def function(x):
        pair = tf.while_loop(lambda i, s: i < x, lambda i, s: (i + 1, s + i * scale), [_zero(), x])
        limited = tf.while_loop(lambda i: i < x, lambda i: i + 1, [_zero()], maximum_iterations=2, name="limited")
        by_tensor = tf.while_loop(lambda i: i < 10, lambda i: [i + 1], [x], maximum_iterations=tf.cast(x, tf.int32))
        kept = tf.while_loop(lambda i: i < x, lambda i: [i + 2], [_zero()], return_same_structure=True)
        return pair[0], pair[1], limited, by_tensor, kept[0]

    return _mapped(function)


def filters():
    dataset = tf.data.Dataset.range(8).filter(
        lambda x: tf.equal(tf.while_loop(lambda i: i > 1, lambda i: i - 2, [x]), 0))
    return _elements(dataset)


def nested():
    """In one another, in branches, with branches inside."""
    def function(x):
        with tf.name_scope("outer"):
            pair = tf.while_loop(lambda i, s: i < x,
                                 lambda i, s: (i + 1, tf.while_loop(lambda j: j < i, lambda j: j + 2, [s])),
                                 [_zero(), x])
        branch = tf.cond(x > 1, lambda: tf.while_loop(lambda i: i < 10, lambda i: i * 2, [x]), lambda: x)
        inside = tf.while_loop(lambda i: i < 3, lambda i: tf.cond(i > 1, lambda: i + 2, lambda: i + 1), [x])
        return pair[0], pair[1], branch, inside

    return _mapped(function)


def shapes():
    """Invariants, structures, a condition of one element."""
    def function(x):
        c = tf.constant([1.0, 2.0])
        grown = tf.while_loop(lambda i, v: tf.size(v) < 7, lambda i, v: [i + 1, tf.concat([v, c], 0)], [x, c],
                              shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])], parallel_iterations=3)
        named = tf.while_loop(lambda i, d: tf.reshape(i < x, [1]), lambda i, d: (i + 1, {"a": d["b"], "b": d["a"] + i}),
                              (_zero(), {"a": x, "b": x + 1}))
        return grown[0], grown[1], named[1]["a"], named[1]["b"]

    return _mapped(function)


def effects():
    """A variable that the body changes, random numbers."""
    tf.set_random_seed(7)
    v = tf.get_variable("v", [], initializer=tf.constant_initializer(1.0), use_resource=True)

    def body(i, s):
        v.assign_add(1.0)
        return i + 1, s + v.read_value() + 0.0 * tf.random.uniform([], seed=2)

    result = _mapped(lambda x: tf.while_loop(lambda i, s: i < x, body, [_zero(), tf.constant(0.0)]))
    result["steps"].insert(0, {"run": [tf.global_variables_initializer()]})
    return result


def arrays():
    """Every method of an array."""
    def function(x):
        a = tf.TensorArray(tf.int64, size=3, element_shape=[])
        a = a.write(0, x).write(1, x + 1).write(2, x)
        b = tf.TensorArray(tf.int64, size=3).unstack(a.stack())
        c = b.scatter([1], tf.constant([5], tf.int64))
        d = tf.TensorArray(tf.int64, size=2).split(a.gather([0, 1]), [1, 1])
        e = tf.TensorArray(tf.int64, size=0, dynamic_size=True).write(2, x)
        e = e.write(tf.cast(x, tf.int32), x)
        return a.stack(), b.read(1), c.size(), c.stack(), d.concat(), e.stack(), a.identity().read(0)

    return _mapped(function)


def arrays_in_loops():
    def function(x):
        n, filled = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a.write(i, x * tf.cast(i, tf.int64))),
                                  [tf.constant(0), tf.TensorArray(tf.int64, 3)])
        return n, filled.stack()

    return _mapped(function)


def maps():
    def function(x):
        numbers = tf.range(x)
        pair = tf.map_fn(lambda a: (a * x, tf.cast(a, tf.float32)), numbers, dtype=(tf.int64, tf.float32))
        rows = tf.map_fn(lambda row: row[0] + row[1], (tf.constant([[1, 2], [3, 4]]), tf.constant([[5, 6], [7, 8]])),
                         dtype=tf.int32, name="rows")
        return pair[0], pair[1], rows

    return _mapped(function)


def folds():
    def function(x):
        rows = tf.constant([1, 2, 3], tf.int64)
        add = lambda a, b: a + b * x
        return (tf.foldl(add, rows), tf.foldr(add, rows), tf.foldl(add, rows, initializer=x), tf.scan(add, rows),
                tf.scan(add, rows, initializer=x, reverse=True))

    return _mapped(function)


VARIANTS = {f.__name__: f for f in (simple, filters, nested, shapes, effects, arrays, arrays_in_loops, maps, folds)}
