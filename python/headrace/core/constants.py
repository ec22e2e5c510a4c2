"""Constants, and what is known of a tensor's value while building."""

from headrace import _headrace as _c

__all__ = ['constant', 'get_static_value', 'make_tensor_proto', 'make_ndarray']


def constant(value, dtype=None, shape=None, name='Const', verify_shape=False):
    """A tensor with a value that never changes.

    Args:
      value: a number, text, an array, or nested lists of these.
      dtype: that of the tensor; where left out, the array's, or float32, int32, bool or string as the value is.
      shape: the shape of the tensor; a value with fewer elements is filled up with its last one.
      name: the node's name.
      verify_shape: whether the value must have `shape` already.

    Returns:
      A tensor.

    Raises:
      TypeError: the dtype does not hold such values, or the shape is not that of the value.
      ValueError: the value has too many elements, or is a list that is not rectangular.
    """
    return _c.constant(value, dtype=dtype, shape=shape, name=name, verify_shape=verify_shape)


def get_static_value(tensor, partial=False):
    """The value of a tensor as an array, where it follows from constants; else None.

    Args:
      tensor: a tensor.
      partial: whether a vector of which only some elements are known comes as an array with None in it.

    Returns:
      An array or None.
    """
    if not isinstance(tensor, _c.Tensor):
        return tensor
    value = _c.constant_value(tensor)
    if value is not None:
        return _array(value) if tensor.op.type in _KEPT else value
    if not partial or tensor.op.type not in ('Pack', 'ConcatV2'):
        return None
    import numpy as np
    if tensor.op.type == 'ConcatV2':
        return _partly_joined(tensor.op)
    values = [get_static_value(part, True) for part in tensor.op.inputs]
    if all(v is None for v in values):
        return None
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


# Operations whose scalar value comes as an array of rank 0.
_KEPT = ('Const', 'Cast', 'Shape', 'Size', 'Rank', 'Fill', 'Pack', 'ConcatV2', 'Range')


def _array(value):
    import numpy as np
    return np.array(value, dtype=object) if isinstance(value, bytes) else np.asarray(value)


def _partly_joined(op):
    axis = get_static_value(op.inputs[-1])
    parts = [get_static_value(part, True) for part in op.inputs[:-1]]
    if axis is None or any(part is None for part in parts):
        return None
    import numpy as np
    return np.concatenate(parts, axis=int(axis))


# ---- TensorProto

def make_tensor_proto(values, dtype=None, shape=None, verify_shape=False, allow_broadcast=False):
    """The TensorProto of a value.

    Args:
      values: a number, text, an array, or nested lists of these.
      dtype: that of the message; where left out, that of `tf.constant`.
      shape: the shape; the last value stands for those that are missing.
      verify_shape: whether the value must have `shape` already.
      allow_broadcast: whether a single value may fill `shape`.

    Returns:
      A TensorProto message.

    Raises:
      TypeError: the dtype does not hold such values, or the shape is not that of the value.
      ValueError: the value has too many elements, or is a list that is not rectangular.
    """
    from headrace.core.protos import TensorProto
    if isinstance(values, TensorProto):
        return values
    if isinstance(values, _c.Tensor):
        raise TypeError(f'A message holds values, not a tensor of the graph: {values.name}')
    return TensorProto.FromString(_c.tensor_proto(values, dtype, shape, verify_shape))


def make_ndarray(tensor):
    """The array of a TensorProto; its elements are bytes for strings. TypeError for a dtype that NumPy lacks."""
    return _array(_c.tensor_value(tensor.SerializeToString()))
