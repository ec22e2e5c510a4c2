"""Constants, and what is known of a tensor's value while building."""

from headrace import _headrace as _c

__all__ = ['constant', 'get_static_value']


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
    return _c.constant_value(tensor, partial)
