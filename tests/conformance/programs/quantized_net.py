"""A trained network that computes with 8 bits, as TensorFlow's graph transforms (quantize_weights, quantize_nodes) wrote
it: fixtures/make_quantized_net.py."""
import os

import numpy as np
import tensorflow as tf

GRAPH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fixtures", "quantized_net.pb")


def build():
    definition = tf.GraphDef()
    with open(GRAPH, "rb") as file:
        definition.ParseFromString(file.read())
    tf.import_graph_def(definition, name="")
    ops = {}
    for node in definition.node:
        ops[node.op] = ops.get(node.op, 0) + 1
    graph = tf.get_default_graph()
    pictures = np.random.RandomState(11).uniform(0, 1, (6, 8, 8, 1)).astype(np.float32)
    pictures[:4, 2:4] += [[[[0.5]]]]
    feed = {"pictures:0": pictures}
    inner = [o.outputs[0] for o in graph.get_operations()
             if o.type.startswith(("Quantize", "Requantize")) and o.outputs[0].dtype != tf.qint32]
    with tf.Session() as session:
        sums = [(v.dtype.name, v.shape, int(v.astype(np.int64).sum())) for v in session.run(inner, feed)]
    numbers = [o.outputs[0] for o in graph.get_operations() if o.type == "Dequantize"] + [graph.get_tensor_by_name("classes:0")]
    return {"steps": [{"fetch": numbers, "feed": feed}], "facts": {"ops": str(sorted(ops.items())), "inner": str(sums)}}
