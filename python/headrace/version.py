"""The version of TensorFlow whose behaviour this package promises, and that of the GraphDefs it writes."""

VERSION = '1.15.5'
GRAPH_DEF_VERSION = 134
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
