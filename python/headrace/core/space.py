"""Elements that move between space, batch and channels."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.deprecation import renamed_argument

__all__ = ['batch_to_space', 'depth_to_space', 'required_space_to_batch_paddings', 'space_to_batch', 'space_to_depth']


def space_to_batch(input, paddings, block_size=None, name=None, block_shape=None):
    """Images cut in square blocks, each place of which becomes an image of its own.

    Args:
      input: a tensor [batch, height, width, channels].
      paddings: a matrix [2, 2]: what is added before and after height and width.
      block_size: of the blocks; `block_shape` is another name of it.
      name: of the operation.
    """
    block_size = renamed_argument('block_shape', block_shape, 'block_size', block_size)
    result = _ops.space_to_batch_nd(input, [block_size, block_size], paddings, name)
    result.set_shape(result.shape.with_rank(4))
    return result


def batch_to_space(input, crops, block_size, name=None, block_shape=None):
    """What `space_to_batch` has cut, put together again and cropped.

    Args:
      input: a tensor [batch * block_size * block_size, height, width, channels].
      crops: a matrix [2, 2]: what is taken off before and after height and width.
      block_size: of the blocks; `block_shape` is another name of it.
      name: of the operation.
    """
    block_size = renamed_argument('block_shape', block_shape, 'block_size', block_size)
    result = _ops.batch_to_space_nd(input, [block_size, block_size], crops, name)
    result.set_shape(result.shape.with_rank(4))
    return result


def space_to_depth(input, block_size, name=None, data_format='NHWC'):
    """Images whose square blocks become pixels with more channels."""
    return _ops.space_to_depth(input, block_size, data_format, name)


def depth_to_space(input, block_size, name=None, data_format='NHWC'):
    """Images whose pixels' channels become square blocks of pixels."""
    return _ops.depth_to_space(input, block_size, data_format, name)


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """What must be padded so that blocks divide an input, and cropped afterwards.

    Args:
      input_shape: the sizes of the dimensions that are cut, a vector of int32.
      block_shape: the blocks' sizes, as many.
      base_paddings: a matrix with two columns: what is padded in any case.
      name: of the scope.

    Returns:
      A pair of int32 matrices with a row for each dimension: paddings and crops.
    """
    return _c.required_space_to_batch_paddings(input_shape, block_shape, base_paddings, name)
