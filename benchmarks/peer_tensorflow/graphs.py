"""The graphs that both sides run. benchmarks/README.md describes them; the C programs build the same ones."""

import tensorflow as tf

NODES = 10000
WINDOW = 1000  # a node of the random graph takes its inputs from so many nodes before it


class Lcg:
    """Knuth's 64-bit linear congruential generator, upper 31 bits."""

    def __init__(self, state=42):
        self.state = state

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self.state >> 33) % limit


def added(graph_def, name, op, inputs):
    node = graph_def.node.add(name=name, op=op, input=inputs)
    if op != "NoOp":
        node.attr["T"].type = tf.float32.as_datatype_enum


def start():
    """A GraphDef with the constant 1 in it."""
    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="one")
        return graph.as_graph_def()


def add_chain(nodes=NODES):
    definition = start()
    for i in range(nodes):
        added(definition, "add_%d" % i, "AddV2", ["add_%d" % (i - 1) if i else "one", "one"])
    added(definition, "last", "NoOp", ["^add_%d" % (nodes - 1)])
    return definition


def random_dag(nodes=NODES):
    """Each node adds two of the WINDOW nodes before it; "last" waits for all that nobody else uses."""
    definition, generator, used = start(), Lcg(), set()
    for i in range(nodes):
        inputs = []
        for _ in range(2):
            back = 1 + generator.below(min(i + 1, WINDOW))
            used.add(i - back)
            inputs.append("add_%d" % (i - back) if back <= i else "one")
        added(definition, "add_%d" % i, "AddV2", inputs)
    added(definition, "last", "NoOp", ["^add_%d" % i for i in range(nodes) if i not in used])
    return definition


def no_op_chain(nodes=NODES):
    definition = start()
    for i in range(nodes):
        added(definition, "no_op_%d" % i, "NoOp", ["^no_op_%d" % (i - 1)] if i else [])
    added(definition, "last", "NoOp", ["^no_op_%d" % (nodes - 1)])
    return definition


def scalar_feed():
    """A constant, and one addition to a fed scalar."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, (), name="x")
        tf.add(x, tf.constant(1.0, name="one"), name="sum")
        return graph.as_graph_def()
