"""Messages of sessions, clusters, checkpoints and saved models, where TensorFlow's programs import them from."""

from headrace.core import protos

protos.add_pb2_modules(__name__, [
    'cluster', 'config', 'control_flow', 'debug', 'meta_graph', 'named_tensor', 'queue_runner', 'rewriter_config',
    'saved_model', 'saved_object_graph', 'saver', 'struct', 'tensor_bundle', 'tensorflow_server',
    'trackable_object_graph', 'verifier_config',
])
