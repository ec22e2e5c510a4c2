"""Conditionals, loops and calls as single ops: If, While, PartitionedCall, SymbolicGradient."""

import tensorflow as tf
from tensorflow.python.framework import function


def calls():
    @function.Defun(tf.float32, tf.float32)
    def pair(x, y):
        return x + y, tf.shape(x)

    a = tf.constant([1.0, 2.0], name="a")
    x = tf.placeholder_with_default([3.0], [None], name="x")
    first = tf.raw_ops.PartitionedCall(args=[a, a], Tout=[tf.float32, tf.int32], f=pair)
    second = tf.raw_ops.StatefulPartitionedCall(args=[a, x], Tout=[tf.float32, tf.int32], f=pair)
    gradients = tf.gradients(first[0], [a])
    symbolic = tf.raw_ops.SymbolicGradient(input=[a, x, a, tf.constant([0])], Tout=[tf.float32] * 2, f=pair)
    return {"steps": [{"fetch": list(first) + list(second) + gradients + list(symbolic)}]}


def conditionals():
    @function.Defun(tf.float32)
    def double(x):
        return x * 2.0

    @function.Defun(tf.float32)
    def constant(x):
        return tf.constant([5.0])

    steps = []
    x = tf.constant([1.0, 2.0], name="x")
    for value in (True, False, 1.0, 0.0, 2, 0, "", "a", [True, False], [[0]], [0.0]):
        condition = tf.constant(value)
        result, = tf.raw_ops.If(cond=condition, input=[x], Tout=[tf.float32], then_branch=double,
                                else_branch=constant)
        steps.append({"fetch": [result]})
    condition = tf.placeholder(tf.float32, name="condition")
    result, = tf.raw_ops.StatelessIf(cond=condition, input=[x], Tout=[tf.float32], then_branch=double,
                                     else_branch=constant, output_shapes=[[None]])
    for value in (0.0, 2.0, [], [0.0]):
        steps.append({"fetch": [result], "feed": {condition: value}})
    return {"steps": steps}


def loops():
    @function.Defun(tf.int32, tf.float32)
    def few(i, x):
        return i < 5

    @function.Defun(tf.int32, tf.float32)
    def grow(i, x):
        return i + 1, tf.concat([x, x + tf.constant(1.0)], 0)

    start = [tf.constant(0), tf.constant([1.0])]
    first = tf.raw_ops.While(input=start, cond=few, body=grow)
    second = tf.raw_ops.StatelessWhile(input=start, cond=few, body=grow, output_shapes=[[], [None]],
                                       parallel_iterations=3)

    @function.Defun(tf.float32)
    def left(x):
        return 8.0 - x

    @function.Defun(tf.float32)
    def double(x):
        return x * 2.0

    third = tf.raw_ops.While(input=[tf.constant(1.0)], cond=left, body=double)
    return {"steps": [{"fetch": list(first) + list(second) + list(third)}]}


def nested():
    """Conditionals in loops in functions, in loops of the graph."""
    @function.Defun(tf.int32, tf.int32)
    def few(i, x):
        return i < 3

    @function.Defun(tf.int32, tf.int32)
    def add(i, x):
        return i + 1, x + i

    @function.Defun(tf.int32)
    def negated(x):
        return -x + tf.constant(1)

    @function.Defun(tf.int32)
    def same(x):
        return x

    @function.Defun(tf.int32, tf.int32)
    def inner(i, x):
        _, y = tf.raw_ops.While(input=[tf.constant(0), x], cond=few, body=add)
        y, = tf.raw_ops.If(cond=y > 4, input=[y], Tout=[tf.int32], then_branch=negated, else_branch=same)
        return i + 1, y

    def body(i, x):
        _, y = tf.raw_ops.While(input=[tf.constant(0), x], cond=few, body=inner)
        z, = tf.raw_ops.If(cond=i < 2, input=[y], Tout=[tf.int32], then_branch=negated, else_branch=same)
        z.set_shape([])
        return i + 1, z + tf.reshape(negated(i), [])

    result = tf.while_loop(lambda i, x: i < 4, body, [tf.constant(0), tf.constant(7)])
    return {"steps": [{"fetch": list(result)}]}


def loops_in_functions():
    @function.Defun(tf.float32)
    def power(x):
        x = tf.reshape(x, [])
        return tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [tf.constant(0), tf.constant(1.0)])[1]

    @function.Defun(tf.int32, tf.float32)
    def few(i, x):
        return i < 3

    @function.Defun(tf.int32, tf.float32)
    def step(i, x):
        return i + 1, power(x)

    x = tf.constant(1.1, name="x")
    last = tf.raw_ops.While(input=[tf.constant(0), x], cond=few, body=step)
    chosen = tf.cond(x > 1.0, lambda: power(x), lambda: x)
    return {"steps": [{"fetch": list(last) + [chosen]}]}


def effects():
    """A variable that a loop's body changes, and one that a branch does."""
    v = tf.Variable(1.0, name="v", use_resource=True)

    @function.Defun(tf.int32, tf.resource)
    def few(i, handle):
        return i < 3

    @function.Defun(tf.int32, tf.resource)
    def add(i, handle):
        tf.raw_ops.AssignAddVariableOp(resource=handle, value=tf.constant(2.0))
        return i + 1, handle

    @function.Defun(tf.resource)
    def reset(handle):
        tf.raw_ops.AssignVariableOp(resource=handle, value=tf.constant(-1.0))
        return tf.constant(1)

    @function.Defun(tf.resource)
    def keep(handle):
        return tf.constant(0)

    flag = tf.placeholder(tf.bool, [], name="flag")
    loop = tf.raw_ops.While(input=[tf.constant(0), v.handle], cond=few, body=add)
    with tf.control_dependencies([loop[0]]):
        after = v.read_value()
    branch, = tf.raw_ops.If(cond=flag, input=[v.handle], Tout=[tf.int32], then_branch=reset, else_branch=keep)
    with tf.control_dependencies([branch.op]):
        last = v.read_value()
    return {"steps": [{"run": [v.initializer]}, {"fetch": [after]}, {"fetch": [branch, last], "feed": {flag: False}},
                      {"run": [branch.op], "feed": {flag: True}}, {"fetch": [v.read_value()]}]}


VARIANTS = {f.__name__: f for f in (calls, conditionals, loops, nested, loops_in_functions, effects)}
