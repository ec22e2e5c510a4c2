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


def gradients():
    """Of what a loop begins with and reads; two variables that read each other; a limit; integers have none."""
    w = tf.constant(1.5, name="w")

    def function(x):
        x = tf.cast(x, tf.float32)
        powers = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x * w), [tf.constant(0), x])
        pair = tf.while_loop(lambda i, a, b: i < 4, lambda i, a, b: (i + 1, a * tf.sin(b), b + a * a),
                             [tf.constant(0), x, tf.constant(0.5)], name="pair", maximum_iterations=3)
        return [powers[1], pair[1]] + tf.gradients(powers[1], [x]) + tf.gradients(pair[1:], [x])

    return _mapped(lambda x: tuple(function(x)))


def gradients_of_vectors():
    """Of shapes that are known, and those that are not."""
    def function(x):
        v = tf.cast(tf.range(x), tf.float32)
        m = tf.constant([[1.0, 0.5], [0.25, 2.0]], name="m")
        product = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, tf.matmul(s, m)), [tf.constant(0), m])
        grown = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, tf.tanh(s) * v), [tf.constant(0), v])
        return tf.gradients(product[1], [m])[0], tf.gradients(grown[1], [v])[0]

    return _mapped(function)


def gradients_of_gradients():
    def function(x):
        x = tf.cast(x, tf.float32) + 0.5
        y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, tf.sin(s) * x), [tf.constant(0), x])[1]
        first, = tf.gradients(y, [x])
        second, = tf.gradients(first, [x])
        return y, first, second

    return _mapped(function)


def gradients_of_nested():
    def function(x):
        x = tf.cast(x, tf.float32) + 0.5

        def body(i, s):
            inner = tf.while_loop(lambda j, t: j < 2, lambda j, t: (j + 1, t * x), [tf.constant(0), s])
            return i + 1, inner[1] * s

        y = tf.while_loop(lambda i, s: i < 2, body, [tf.constant(0), x])[1]
        return y, tf.gradients(y, [x])[0]

    return _mapped(function)


def gradients_of_branches():
    """A conditional in a loop, a loop in a conditional."""
    def function(x):
        x = tf.cast(x, tf.float32) + 0.5
        inside = tf.while_loop(lambda i, s: i < 3,
                               lambda i, s: (i + 1, tf.cond(s > 2.0, lambda: s * s, lambda: s * x * 2.0)),
                               [tf.constant(0), x])[1]
        around = tf.cond(x > 1.0, lambda: tf.while_loop(lambda s: s < 9.0, lambda s: s * x, [x]), lambda: x * x)
        return inside, around, tf.gradients(inside, [x])[0], tf.gradients(around, [x])[0]

    return _mapped(function)


def gradients_of_maps():
    def function(x):
        v = tf.cast(tf.stack([x, x + 1]), tf.float32)
        y = tf.map_fn(lambda a: a * a * v[1], v)
        return y, tf.gradients(y, [v])[0]

    return _mapped(function)


def gradients_of_folds():
    def function(x):
        v = tf.cast(tf.stack([x, x + 1, x + 2]), tf.float32)
        left, all_of_them = tf.foldl(lambda a, b: a * b + b, v), tf.scan(lambda a, b: a * b, v)
        return left, tf.gradients(left, [v])[0], all_of_them, tf.gradients(all_of_them, [v])[0]

    return _mapped(function)


def gradients_of_arrays():
    def function(x):
        x = tf.cast(x, tf.float32)
        n, filled = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a.write(i, x * x * tf.cast(i, tf.float32))),
                                  [tf.constant(0), tf.TensorArray(tf.float32, 3)])
        y = filled.stack()
        return n, y, tf.gradients(y, [x])[0]

    return _mapped(function)


def gradients_of_rows():
    def function(x):
        t = tf.reshape(tf.cast(tf.range(x, x + 6), tf.float32), [3, 2])
        y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s + tf.gather(t, i) * s),
                          [tf.constant(0), tf.ones([2])])[1]
        return y, tf.gradients(y, [t])[0]

    return _mapped(function)


def gradients_of_effects():
    """A variable that the body reads and changes, whole and a row of it."""
    v = tf.get_variable("v", [3], initializer=tf.constant_initializer([1.0, 2.0, 3.0]), use_resource=True)

    def function(x):
        x = tf.cast(x, tf.float32)

        def body(i, s):
            with tf.control_dependencies([v.assign_add([1.0, 0.0, 1.0])]):
                return i + 1, s * x * tf.reduce_sum(v.read_value())

        y = tf.while_loop(lambda i, s: i < 2, body, [tf.constant(0), x])[1]
        return y, tf.gradients(y, [x])[0]

    result = _mapped(function)
    result["steps"].insert(0, {"run": [tf.global_variables_initializer()]})
    return result


def gradients_of_variable_rows():
    v = tf.get_variable("v", [3], initializer=tf.constant_initializer([1.0, 2.0, 3.0]), use_resource=True)

    def function(x):
        x = tf.cast(x, tf.float32)
        y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x * tf.gather(v, i)), [tf.constant(0), x])[1]
        return y, tf.gradients(y, [x])[0]

    result = _mapped(function)
    result["steps"].insert(0, {"run": [tf.global_variables_initializer()]})
    return result


def gradients_of_growing_arrays():
    def function(x):
        x = tf.cast(x, tf.float32)
        start = tf.TensorArray(tf.float32, size=1, dynamic_size=True, clear_after_read=False).write(0, x)
        n, filled = tf.while_loop(lambda i, a: i < 4, lambda i, a: (i + 1, a.write(i, a.read(i - 1) * x)),
                                  [tf.constant(1), start])
        y = filled.stack()
        return n, y, tf.gradients(y, [x])[0]

    return _mapped(function)


def gradients_twice():
    """Two gradients of one loop; gradients that are given; what stops them; a variable that is passed on."""
    def function(x):
        x = tf.cast(x, tf.float32)
        y = tf.while_loop(lambda i, s, t: i < 3, lambda i, s, t: (i + 1, s * x + tf.stop_gradient(s) * t, t),
                          [tf.constant(0), x, x + 1])
        one, = tf.gradients(y[1], [x])
        two, = tf.gradients([y[1], y[2]], [x], grad_ys=[tf.constant(2.0), x])
        return y[1], one, two

    return _mapped(function)


def second_gradients_of_nested():
    def function(x):
        x = tf.cast(x, tf.float32) + 0.5

        def body(i, s):
            inner = tf.while_loop(lambda j, t: j < i + 1, lambda j, t: (j + 1, tf.sin(t) * x), [tf.constant(0), s])
            return i + 1, inner[1] * s

        y = tf.while_loop(lambda i, s: i < 2, body, [tf.constant(0), x])[1]
        first, = tf.gradients(y, [x])
        return y, first, tf.gradients(first, [x])[0]

    return _mapped(function)


def second_gradients_of_arrays():
    def function(x):
        v = tf.cast(tf.stack([x, x + 1]), tf.float32)
        y = tf.map_fn(lambda a: a * a * v[1], v)
        first, = tf.gradients(y, [v])
        return first, tf.gradients(first, [v])[0]

    return _mapped(function)


def gradients_of_strange_types():
    def function(x):
        x = tf.cast(x, tf.float64)
        y = tf.while_loop(lambda i, b, s, t, c: i < 3,
                          lambda i, b, s, t, c: (i + 1, tf.logical_not(b), s * x, t + "a", c * tf.complex(s, x)),
                          [tf.constant(0), tf.constant(True), x, tf.constant("b"), tf.complex(x, x)])
        return y[2], tf.gradients(y[2], [x])[0], tf.gradients(tf.abs(y[4]), [x])[0], y[1], y[3]

    return _mapped(function)


VARIANTS = {f.__name__: f for f in (simple, filters, nested, shapes, effects, arrays, arrays_in_loops, maps, folds,
                                    gradients, gradients_of_vectors, gradients_of_gradients, gradients_of_nested,
                                    gradients_of_branches, gradients_of_maps, gradients_of_folds,
                                    gradients_of_arrays, gradients_of_rows, gradients_of_effects,
                                    gradients_of_variable_rows, gradients_of_growing_arrays, gradients_twice,
                                    second_gradients_of_nested, second_gradients_of_arrays,
                                    gradients_of_strange_types)}
