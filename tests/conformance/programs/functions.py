"""Functions: Defun, calls of calls, captured tensors and variables, gradients of calls, functional conditionals and
loops."""

import tensorflow as tf
from tensorflow.python.framework import function


def results():
    @function.Defun(tf.float32, tf.float32)
    def sum_and_shape(x, y):
        """A sum, and a shape."""
        return tf.add(x, 2.0 * y, name="Sum/of"), tf.shape(x)

    x = tf.constant([1.0, 2.0], name="x")
    total, shape = sum_and_shape(x, 3.0)
    named, _ = sum_and_shape(x, x, name="named")
    return {"steps": [{"fetch": [total, shape, named, tf.reduce_sum(total)]}, {"fetch": [shape]},
                      {"fetch": [total], "feed": {named: [0.0]}}, {"fetch": [named], "feed": {"x:0": [5.0, 6.0]}}]}


def nested():
    @function.Defun(tf.float32)
    def square(x):
        return x * x

    @function.Defun(tf.float32)
    def fourth(x):
        return square(square(x)) + 1.0

    with tf.name_scope("outer"):
        y = fourth(2.0)
    return {"steps": [{"fetch": [y, square(y, name="again")]}]}


def captured():
    """Tensors, reference variables and resource variables of the outside become arguments."""
    a = tf.constant([1.0, 2.0], name="a")
    with tf.variable_scope("scope"):
        tf.get_variable("v", initializer=tf.constant([5.0, 6.0]), use_resource=True)
    r = tf.Variable(3.0, name="r")

    @function.Defun(tf.float32)
    def scaled(x):
        with tf.variable_scope("scope", reuse=True):
            v = tf.get_variable("v", [2], use_resource=True)
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        return tf.matmul(tf.reshape(x * a, [1, 2]), tf.reshape(v + w * r, [2, 1])), a

    with tf.name_scope("outer"):
        y, z = scaled(2.0)
    again, _ = scaled(3.0, name="again")
    gradients = tf.gradients(y, [a, r])
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": [y, z, again] + gradients}],
            "facts": {"captured": [t.name for t in scaled.captured_inputs]}}


def gradients():
    @function.Defun(tf.float32, tf.float32)
    def pair(x, y):
        return tf.exp(x) * y, x * y, tf.cast(x, tf.int32)

    @function.Defun(tf.float32)
    def outer(x):
        a, b, _ = pair(x, x)
        return a + b

    x = tf.constant(1.5, name="x")
    y = outer(x)
    first, = tf.gradients(y, [x])
    a, _, c = pair(x, x)
    return {"steps": [{"fetch": [y, first, a, c] + tf.gradients(a, [x])}]}


def own_gradients():
    @function.Defun(tf.float32, tf.float32)
    def tenfold(x, dy):
        return 10.0 * x * dy

    @function.Defun(tf.float32, grad_func=tenfold)
    def square(x):
        return x * x

    def in_python(op, dy):
        return 7.0 * dy * op.inputs[0]

    @function.Defun(tf.float32, python_grad_func=in_python)
    def cube(x):
        return x * x * x

    x = tf.constant(3.0, name="x")
    return {"steps": [{"fetch": [square(x), cube(x)] + tf.gradients(square(x), [x]) + tf.gradients(cube(x), [x])}]}


def overloaded():
    @function.Defun(func_name="twice")
    def twice(x):
        return x + x

    @function.Defun()
    def nothing():
        return tf.constant([1, 2])

    @function.Defun(tf.string, func_name="Greets", out_names=["Greeting", "length"], noinline=True)
    def greets(name):
        return tf.strings.join(["hello ", name]), tf.size(name)

    return {"steps": [{"fetch": [twice(tf.constant(1.5)), twice(tf.constant([3, 4])), nothing()] +
                       list(greets("you"))}]}


def effects():
    """What a function does happens, whether its results are read or not."""
    v = tf.Variable(1.0, name="v", use_resource=True)

    @function.Defun(tf.float32)
    def add(x):
        with tf.control_dependencies([v.assign_add(x)]):
            return tf.constant(4.0), tf.identity(x)

    first, second = add(2.0)
    with tf.control_dependencies([second]):
        read = v.read_value()
    with tf.control_dependencies([add(10.0, name="last")[0].op]):
        after = v.read_value(), tf.no_op(name="target")
    return {"steps": [{"run": [v.initializer]}, {"fetch": [first, read]}, {"fetch": [after[0]]}, {"run": [after[1]]},
                      {"fetch": [v.read_value()]}]}


VARIANTS = {f.__name__: f for f in (results, nested, captured, gradients, own_gradients, overloaded,
                                    effects)}
