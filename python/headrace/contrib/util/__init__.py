"""`tf.contrib.util`: values of tensors outside of graphs."""

from headrace.core.constants import get_static_value, make_ndarray, make_tensor_proto  # noqa: F401
from headrace.core.public import export

constant_value = get_static_value

export(globals())
