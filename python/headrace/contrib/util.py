"""`tf.contrib.util`: tensors as messages and back, and values that are known while a graph is built."""

import headrace as tf
from headrace import _headrace as _c
from headrace.core.public import export

make_ndarray = tf.make_ndarray
make_tensor_proto = tf.make_tensor_proto


def constant_value(tensor, partial=False):
    """The value of a tensor as an array where it is known while building; else None."""
    return _c.constant_value(tensor)


export(globals())
