"""Messages of event files and old checkpoints, where TensorFlow's programs import them from."""

from headrace.core import protos

protos.add_pb2_modules(__name__, ['event', 'saved_tensor_slice'])
