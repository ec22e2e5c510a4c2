import tensorflow as tf

import numpy as np


def operations():
    """What an Operation and a Tensor say about themselves."""
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    with tf.control_dependencies([x]), tf.device("/device:CPU:0"):
        y = tf.matmul(x, tf.ones([3, 2]), transpose_a=False, name="y")
    a, b = tf.split(y, 2, axis=1)
    op = y.op
    facts = {
        "op": op, "op text": " ".join(str(op).split())[:60], "name": op.name, "type": op.type, "device": op.device,
        "inputs": [tensor.name for tensor in op.inputs], "outputs": list(op.outputs), "graph": op.graph is x.graph,
        "control inputs": op.control_inputs, "node_def": [op.node_def.name, op.node_def.op, list(op.node_def.input)],
        "op_def": op.op_def.name, "attribute": [op.get_attr("transpose_a"), op.get_attr("T")],
        "shape": [dimension.size for dimension in x.op.get_attr("shape").dim], "shape of none":
        tf.placeholder(tf.float32, name="any").op.get_attr("shape").unknown_rank,
        "shape attribute": x.op.get_attr("dtype"), "values": op.values(), "colocation": op.colocation_groups(),
        "tensor": y, "tensor text": str(y), "tensor name": y.name, "index": b.value_index, "tensor dtype": y.dtype,
        "tensor device": y.device, "consumers": [consumer.name for consumer in y.consumers()], "static shape": y.shape,
        "get_shape": y.get_shape(), "list": y.shape.as_list(), "rank": y.shape.ndims,
        "dimension": int(x.get_shape()[1]),
        "unknown dimension": x.shape[0].value, "unknown repr": x.shape[0], "second output": b.name,
        "first consumer": x.consumers()[0].name, "no inputs": len(x.op.inputs), "traceback": len(op.traceback) > 0,
        "equal by identity": [y == op.outputs[0], a == b, y in (a, y)],
    }
    y.set_shape([4, 2])
    facts["set shape"] = y.shape
    return {"steps": [], "facts": facts}


def lookups():
    graph = tf.get_default_graph()
    x = tf.constant(1.0, name="scope/x")
    v = tf.Variable(2.0, name="v")
    facts = {
        "tensor": graph.get_tensor_by_name("scope/x:0") is x,
        "operation": graph.get_operation_by_name("scope/x") is x.op,
        "element": graph.as_graph_element("scope/x:0") is x, "element op": graph.as_graph_element("scope/x") is x.op,
        "element of variable": graph.as_graph_element(v), "element itself": graph.as_graph_element(x, True, False) is x,
        "operations": [op.name for op in graph.get_operations()], "finalized": graph.finalized,
        "building": graph.building_function,
        "seed": graph.seed, "version": graph.version, "versions": graph.graph_def_versions.producer,
        "control": [op.name for op in tf.get_default_graph().get_operations() if op.control_inputs],
    }
    for name, ask in {"missing tensor": lambda: graph.get_tensor_by_name("y:0"),
                      "output": lambda: graph.get_tensor_by_name("v:3"),
                      "syntax": lambda: graph.get_tensor_by_name("v"),
                      "missing op": lambda: graph.get_operation_by_name("y"),
                      "number": lambda: graph.get_tensor_by_name(3),
                      "op as tensor": lambda: graph.get_operation_by_name("v:0"),
                      "list": lambda: graph.as_graph_element([1])}.items():
        try:
            ask()
        except Exception as error:  # its class is the fact
            facts[name] = type(error)
    return {"steps": [], "facts": facts}


def collections():
    graph = tf.get_default_graph()
    x = tf.constant(1.0, name="x")
    graph.add_to_collection("mine", x)
    tf.add_to_collection("mine", "text")
    graph.add_to_collections(["mine", "others", "mine"], 3)
    with tf.name_scope("scope"):
        y = tf.constant(2.0, name="y")
        tf.add_to_collection("mine", y)
    facts = {
        "mine": [str(item) for item in tf.get_collection("mine")],
        "scoped": [item.name for item in tf.get_collection("mine", "scope")],
        "a copy": tf.get_collection("mine") is tf.get_collection("mine"), "the list": tf.get_collection_ref("others") is
        graph.get_collection_ref("others"), "missing": tf.get_collection("none"),
        "keys": sorted(graph.get_all_collection_keys()),
        "collections": sorted(graph.collections),
        "names": [tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.TRAINABLE_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES,
                  tf.GraphKeys.SUMMARIES,
                  tf.GraphKeys.LOSSES, tf.GraphKeys.REGULARIZATION_LOSSES, tf.GraphKeys.UPDATE_OPS,
                  tf.GraphKeys.TRAIN_OP,
                  tf.GraphKeys.GLOBAL_STEP, tf.GraphKeys.MODEL_VARIABLES, tf.GraphKeys.MOVING_AVERAGE_VARIABLES,
                  tf.GraphKeys.WEIGHTS,
                  tf.GraphKeys.BIASES, tf.GraphKeys.ACTIVATIONS, tf.GraphKeys.METRIC_VARIABLES, tf.GraphKeys.SAVERS,
                  tf.GraphKeys.INIT_OP, tf.GraphKeys.LOCAL_INIT_OP, tf.GraphKeys.READY_OP, tf.GraphKeys.QUEUE_RUNNERS,
                  tf.GraphKeys.TABLE_INITIALIZERS, tf.GraphKeys.ASSET_FILEPATHS, tf.GraphKeys.EVAL_STEP,
                  tf.GraphKeys.SUMMARY_OP],
    }
    tf.get_collection_ref("others").append("four")
    facts["appended"] = [str(item) for item in tf.get_collection("others")]
    graph.clear_collection("mine")
    facts["cleared"] = tf.get_collection("mine")
    return {"steps": [], "facts": facts}


def definitions():
    """GraphDefs: written, edited, read back, as the book's notebooks do to show a graph."""
    x = tf.constant(np.arange(100), tf.float32, name="x")
    tf.reduce_sum(x, name="sum")
    definition = tf.get_default_graph().as_graph_def()
    stripped = tf.GraphDef()
    for node in definition.node:
        copy = stripped.node.add()
        copy.MergeFrom(node)
        if copy.op == "Const" and len(copy.attr["value"].tensor.tensor_content) > 32:
            copy.attr["value"].tensor.tensor_content = b"stripped"
    parsed = tf.GraphDef.FromString(definition.SerializeToString())
    with_shapes = tf.get_default_graph().as_graph_def(add_shapes=True)
    facts = {
        "nodes": [(node.name, node.op, list(node.input)) for node in definition.node],
        "text": "tensor_content" in str(definition),
        "stripped": len(stripped.node[0].attr["value"].tensor.tensor_content), "round": parsed == definition,
        "keys": sorted(definition.node[0].attr), "producer": definition.versions.producer,
        "shapes": [str(node.attr["_output_shapes"].list.shape[0].dim) for node in with_shapes.node],
        "later": [node.name for node in tf.get_default_graph().as_graph_def(from_version=1).node],
        "library": len(definition.library.function),
    }
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
        facts["imported"] = [op.name for op in graph.get_operations()]
    with tf.Session(graph=graph) as sess:
        facts["value"] = sess.run("sum:0")
    return {"steps": [], "facts": facts}


def made_by_hand():
    """create_op, op registration looked up by name, tensors of unregistered wrappers through names."""
    graph = tf.get_default_graph()
    x = tf.constant([1.0, 4.0], name="x")
    root = graph.create_op("Sqrt", [x], [tf.float32], name="root").outputs[0]
    product = graph.create_op("MatMul", [tf.ones([2, 2]), tf.ones([2, 2])], [tf.float32], name="product",
                              attrs={"transpose_a": tf.AttrValue(b=True), "transpose_b": tf.AttrValue(b=False)})
    unnamed = graph.create_op("Neg", [x], [tf.float32])
    with graph.name_scope("scope") as scope, graph.device("/cpu:0"), graph.control_dependencies([root]):
        inner = tf.identity(x, name="inner")
    with graph.colocate_with(x.op):
        tf.identity(x, name="beside")
    with graph.gradient_override_map({"Square": "Identity"}):
        overridden = tf.square(x, name="overridden")
    facts = {"scope": scope, "names": [root.name, product.name, unnamed.name, inner.name],
             "unique": graph.unique_name("x"),
             "name scope": graph.get_name_scope(), "attr": overridden.op.get_attr("_gradient_op_type"),
             "shape": root.shape}
    return {"steps": [{"fetch": [root, product.outputs[0], unnamed.outputs[0], inner, overridden]}], "facts": facts}


def shapes_and_types():
    """tf.TensorShape, tf.Dimension, tf.DType as values."""
    shape = tf.TensorShape([None, 3])
    unknown = tf.TensorShape(None)
    facts = {
        "text": [str(shape), repr(shape), str(unknown), repr(unknown), str(tf.TensorShape([])),
                 str(tf.TensorShape([2]))],
        "ndims": [shape.ndims, unknown.ndims, shape.rank, len(shape)], "dims": shape.dims, "list": shape.as_list(),
        "item": [shape[0], shape[1], shape[-1], shape[1].value], "slice": [shape[1:], shape[:1]], "int": int(shape[1]),
        "defined": [shape.is_fully_defined(), tf.TensorShape([1]).is_fully_defined()],

        "elements": [tf.TensorShape([2, 3]).num_elements(), shape.num_elements()],
        "equal": [tf.TensorShape([1, 2]) == [1, 2], shape == tf.TensorShape([None, 3]), tf.TensorShape([1]) != [2]],
        "merge": shape.merge_with([5, None]), "concatenate": shape.concatenate([4]),

        "compatible": [shape.is_compatible_with([7, 3]), shape.is_compatible_with([7, 4])],
        "with rank": [unknown.with_rank(2), unknown.with_rank_at_least(1)], "iterated": list(shape),
        "bool": [bool(unknown), bool(shape)],
        "proto": shape.as_proto(), "from proto": tf.TensorShape(shape.as_proto()),
        "unknown of rank": tf.TensorShape([None, None]),
        "dimension": [tf.Dimension(3) + 2, tf.Dimension(None) * 2, tf.Dimension(7) // 2, tf.Dimension(7) % 4,
                      tf.Dimension(3) == 3,
                      tf.Dimension(2) < 3, tf.Dimension(4) - 1, 2 * tf.Dimension(3), int(tf.Dimension(6))],
        "dtype": [tf.float32, tf.as_dtype("int64"), tf.as_dtype(np.float64), tf.as_dtype(float), tf.as_dtype(bool),
                  tf.as_dtype(tf.int8)],
        "dtype text": [str(tf.float32), tf.float32.name, str(tf.string), tf.bool.name],
        "dtype members": [tf.float32.is_floating, tf.int32.is_integer, tf.complex64.is_complex, tf.uint8.is_unsigned,
                          tf.bool.is_bool,
                          tf.float64.size, tf.int16.min, tf.int16.max, tf.float32.max > 1e38, tf.float32.as_numpy_dtype,
                          tf.float32.as_datatype_enum, tf.complex64.real_dtype, tf.qint8.is_quantized,
                          tf.float32.base_dtype,
                          tf.float32.is_numpy_compatible, tf.float32.limits, tf.float32.is_compatible_with(tf.float32)],
        "dtype equal": [tf.float32 == "float32", tf.float32 == np.float32, tf.float32 != tf.float64,
                        tf.float32 in (tf.float64, tf.float32)],
        "all": [dtype.name for dtype in (tf.float16, tf.half, tf.bfloat16, tf.float32, tf.double, tf.int8, tf.int16,
                                         tf.int32, tf.int64,
                                         tf.uint8, tf.uint16, tf.uint32, tf.uint64, tf.bool, tf.string, tf.complex64,
                                         tf.complex128,
                                         tf.qint8, tf.quint8, tf.qint32, tf.resource, tf.variant)],
    }
    return {"steps": [], "facts": facts}


def finalized():
    graph = tf.get_default_graph()
    x = tf.constant(1.0, name="x")
    graph.finalize()
    facts = {"finalized": graph.finalized}
    try:
        tf.constant(2.0)
    except RuntimeError as error:
        facts["adding"] = type(error)
    with tf.Session() as sess:
        facts["run"] = sess.run(x)
    return {"steps": [], "facts": facts}


VARIANTS = {
    "operations": operations,
    "lookups": lookups,
    "collections": collections,
    "definitions": definitions,
    "made_by_hand": made_by_hand,
    "shapes_and_types": shapes_and_types,
    "finalized": finalized,
}
