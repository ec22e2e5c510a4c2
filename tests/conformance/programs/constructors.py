"""Tensors, operations and variable scopes by their constructors."""

import tensorflow as tf


def operations():
    g = tf.get_default_graph()
    a = tf.constant([1.0, 2.0, 3.0], name="a")
    constant = a.op.node_def
    constant.name = "b"
    b = tf.Operation(constant, g, inputs=[], output_types=[tf.float32])
    negation = tf.NodeDef(name="deep/c", op="Neg", device="/device:CPU:0")
    negation.attr["T"].type = tf.float32.as_datatype_enum
    with tf.name_scope("scope"), tf.control_dependencies([b]), tf.device("/cpu:1"):
        c = tf.Operation(negation, g, [a], [tf.float32])
        d = tf.Operation(tf.NodeDef(name="d", op="NoOp"), g, control_inputs=[a.op, b])
    return {"steps": [{"fetch": [b.outputs[0], c.outputs[0]], "run": [d]}],
            "facts": {"names": " ".join(op.name for op in g.get_operations()), "device": c.device,
                      "controls": " ".join(op.name for op in d.control_inputs)}}


def tensors():
    a = tf.constant([[1.0, 2.0, 3.0]], name="a")
    rows, columns = tf.unstack(a, axis=1)[:2]
    second = tf.Tensor(columns.op, 1, tf.float32)
    v = tf.Variable([1.0, 2.0, 3.0], name="v")
    part = tf.Tensor.__getitem__(a[0], slice(0, 2), v)
    assigned = part.assign([8.0, 9.0])
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": [second, part]}, {"fetch": [assigned]}],
            "facts": {"name": second.name, "index": str(second.value_index), "shape": str(second.shape)}}


def scopes():
    scope = tf.VariableScope(False, "outer/inner", initializer=tf.zeros_initializer(), dtype=tf.float64, name_scope="names")
    with tf.variable_scope("elsewhere", initializer=tf.ones_initializer()):
        with tf.variable_scope(scope) as entered:
            w = tf.get_variable("w", [2])
            one = tf.constant(1)
    again = tf.VariableScope(True, "outer/inner", dtype=tf.float64)
    with tf.variable_scope(again):
        same = tf.get_variable("w", [2])
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": [w]}],
            "facts": {"same": str(w is same), "one": one.name, "name": entered.name, "names": entered.original_name_scope,
                      "reuse": str(again.reuse), "dtype": again.dtype.name, "resource": str(again.use_resource),
                      "initializer": str(again.initializer)}}


VARIANTS = {"operations": operations, "tensors": tensors, "scopes": scopes}
