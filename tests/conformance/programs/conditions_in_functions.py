"""Conditions in functions of datasets: nodes whose branches are functions, too."""

import tensorflow as tf


def _elements(dataset, count):
    iterator = tf.data.make_initializable_iterator(dataset)
    element = iterator.get_next()
    fetches = list(element) if isinstance(element, tuple) else [element]
    return {"steps": [{"run": [iterator.initializer]}] + [{"fetch": fetches}] * count}


def simple():
    """A function of its arguments, of a tensor from outside and of constants alone."""
    scale = tf.constant(10, tf.int64, name="scale")
    dataset = tf.data.Dataset.range(6).map(
        lambda x: tf.cond(x > 2, lambda: x * scale, lambda: tf.constant(-1, tf.int64), name="large"))
    return _elements(dataset, 6)


def structures():
    """Several results, those that are arguments, lists of one, an operation."""
    def function(x):
        a, b = tf.cond(x < 2, lambda: (x, {"y": x + 1}), lambda: (x * 2, {"y": x}))
        one = tf.cond(x < 1, lambda: [x], lambda: [x + 5])
        done = tf.cond(x < 1, lambda: tf.no_op(), lambda: tf.group(tf.identity(x)))
        return a, b["y"], one[0], done

    return _elements(tf.data.Dataset.range(3).map(function), 3)


def nested():
    """In one another, beside tf.switch_case."""
    def function(x):
        small = tf.cond(x < 2, lambda: tf.cond(x < 1, lambda: x * 7, lambda: x * 5), lambda: x)
        number = tf.cast(x, tf.int32)
        chosen = tf.switch_case(number, [lambda: x, lambda: tf.cond(x > 0, lambda: x + 1, lambda: x - 1)])
        return small, chosen

    return _elements(tf.data.Dataset.range(4).map(function), 4)


def effects():
    """Variables that branches change, and random numbers."""
    tf.set_random_seed(11)
    v = tf.get_variable("v", [], initializer=tf.constant_initializer(1.0), use_resource=True)

    def change():
        v.assign_add(10.0)
        return v.read_value() + 0.0 * tf.random.uniform([], seed=2)

    dataset = tf.data.Dataset.range(4).map(lambda x: tf.cond(tf.equal(x % 2, 0), change, lambda: v * 2.0))
    result = _elements(dataset, 4)
    result["steps"].insert(0, {"run": [tf.global_variables_initializer()]})
    return result


def predicates():
    """Of one element, and a constant."""
    def function(x):
        single = tf.reshape(x > 1, [1, 1])
        return tf.cond(single, lambda: x, lambda: -x), tf.cond(tf.constant(True), lambda: x, lambda: x * 9)

    return _elements(tf.data.Dataset.range(4).map(function), 4)


def cases():
    """Conditionals in one another: with a default, of one case, without a default."""
    def function(x):
        return (tf.case([(x > 2, lambda: x * 100), (x > 0, lambda: x * 10)], default=lambda: x - 1),
                tf.case([(x > 1, lambda: x)], default=lambda: x + 1, name="one"),
                tf.case([(x > 1, lambda: x + 5), (x <= 1, lambda: x + 6)], name="checked"))

    return _elements(tf.data.Dataset.range(4).map(function), 4)


def exclusive_cases():
    def function(x):
        return tf.case([(x > 2, lambda: x + 3), (x < 1, lambda: x + 4)], default=lambda: x, exclusive=True)

    return _elements(tf.data.Dataset.range(4).map(function), 4)


VARIANTS = {f.__name__: f for f in (simple, structures, nested, effects, predicates, cases, exclusive_cases)}
