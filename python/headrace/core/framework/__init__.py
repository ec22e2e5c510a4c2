"""Messages of graphs, tensors, ops and their statistics, where TensorFlow's programs import them from."""

from headrace.core import protos

protos.add_pb2_modules(__name__, [
    'allocation_description', 'attr_value', 'cost_graph', 'device_attributes', 'function', 'graph', 'node_def',
    'op_def', 'resource_handle', 'step_stats', 'summary', 'tensor', 'tensor_description', 'tensor_shape',
    'tensor_slice', 'types', 'variable', 'versions',
])
