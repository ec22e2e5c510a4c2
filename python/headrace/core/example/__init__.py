"""Messages of examples, where TensorFlow's programs import them from."""

from headrace.core import protos

protos.add_pb2_modules(__name__, ['example', 'feature'])
