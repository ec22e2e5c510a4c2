"""Conditionals and loops in MetaGraphs: how they are stored, and what becomes of them when they are read."""

import tensorflow as tf


def lines_of(definition, indent=""):
    """A context as lines, maps by key."""
    name = type(definition).__name__
    lines = [indent + name + " " + definition.context_name]
    if name == "CondContextDef":
        lines.append(indent + "%s %s %d" % (definition.pred_name, definition.pivot_name, definition.branch))
    else:
        lines.append(indent + "%s %s %s %s %d %s %s" % (
            definition.pivot_name, definition.pivot_for_pred_name, definition.pivot_for_body_name,
            definition.maximum_iterations_name, definition.parallel_iterations, definition.back_prop,
            definition.swap_memory))
        lines.append(indent + "%s %s" % (list(definition.loop_enter_names), list(definition.loop_exit_names)))
    values = definition.values_def
    lines.append(indent + " ".join(values.values))
    lines.append(indent + " ".join("%s=%s" % (key, values.external_values[key])
                                   for key in sorted(values.external_values)))
    for nested in definition.nested_contexts:
        lines += lines_of(getattr(nested, nested.WhichOneof("ctxt")), indent + "  ")
    return [line.replace("[u'", "['") for line in lines]


def contexts_of(meta_graph):
    from tensorflow.core.protobuf import control_flow_pb2
    lines = []
    for key, message in (("cond_context", control_flow_pb2.CondContextDef),
                         ("while_context", control_flow_pb2.WhileContextDef)):
        for value in meta_graph.collection_def[key].bytes_list.value:
            lines += lines_of(message.FromString(value))
    return "\n".join(lines)


def model():
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [2], name="x")
    w = tf.Variable([1.5, 0.5], name="w")

    def body(i, y):
        scaled = tf.cond(tf.equal(i, 1), lambda: y * w, lambda: tf.cond(p, lambda: y + x, lambda: y - w))
        z = tf.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, tf.tanh(z * w)), [0, scaled], name="inner",
                          parallel_iterations=3)[1]
        return [i + 1, z]

    branch = tf.cond(p, lambda: x * w, lambda: (x + 1.0), name="branch")
    loop = tf.while_loop(lambda i, y: i < 3, body, [tf.constant(0), branch], name="outer", maximum_iterations=5,
                         swap_memory=True)[1]
    return tf.identity(loop, name="result")


STEPS = [{"p:0": value, "x:0": [0.5, -1.0]} for value in (True, False)]


def stored():
    model()
    return {"steps": [], "facts": {"contexts": contexts_of(tf.train.export_meta_graph())}}


def read():
    with tf.Graph().as_default():
        model()
        meta_graph = tf.train.export_meta_graph()
    tf.train.import_meta_graph(meta_graph)
    graph = tf.get_default_graph()
    result, x = graph.get_tensor_by_name("result:0"), graph.get_tensor_by_name("x:0")
    gradients = tf.gradients(tf.reduce_sum(result * result), [x] + tf.trainable_variables())
    more = tf.cond(graph.get_tensor_by_name("p:0"), lambda: result, lambda: x, name="more")
    steps = [{"run": [tf.global_variables_initializer()]}]
    return {"steps": steps + [{"fetch": [result, more] + gradients, "feed": feed} for feed in STEPS],
            "facts": {"contexts": contexts_of(tf.train.export_meta_graph())}}


def read_into_a_scope():
    with tf.Graph().as_default():
        model()
        meta_graph = tf.train.export_meta_graph()
    tf.train.import_meta_graph(meta_graph, import_scope="again")
    graph = tf.get_default_graph()
    result, x = graph.get_tensor_by_name("again/result:0"), graph.get_tensor_by_name("again/x:0")
    gradients = tf.gradients(result, [x])
    feeds = [{"again/" + name: value for name, value in feed.items()} for feed in STEPS]
    steps = [{"run": [tf.global_variables_initializer()]}]
    return {"steps": steps + [{"fetch": [result] + gradients, "feed": feed} for feed in feeds],
            "facts": {"contexts": contexts_of(tf.train.export_meta_graph())}}


def reimported():
    with tf.Graph().as_default() as graph:
        model()
    tf.import_graph_def(graph.as_graph_def(), name="")
    return {"steps": []}


VARIANTS = {function.__name__: function for function in (stored, read, read_into_a_scope, reimported)}
