"""Variables in parts, and what says how they are cut."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.deprecation import deprecated
from headrace.core.variable_scope import variable_scope

__all__ = ['create_partitioned_variables', 'variable_axis_size_partitioner', 'fixed_size_partitioner',
           'min_max_variable_partitioner']


class PartitionInfo:
    """Which part of a variable an initializer makes: `full_shape` of the whole, and the part's `var_offset` in it."""

    def __init__(self, full_shape, var_offset):
        self.full_shape, self.var_offset = full_shape, var_offset

    def single_offset(self, shape):
        """The offset along the axis that is cut, for a part of a shape."""
        return self.var_offset[self.single_slice_dim(shape) or 0]

    def single_slice_dim(self, shape):
        """The axis that is cut; None where the part is the whole. ValueError for several."""
        axes = [axis for axis, (part, whole) in enumerate(zip(shape, self.full_shape)) if part != whole]
        if len(axes) > 1:
            raise ValueError(f'Cannot use single_slice_dim() with shape {shape} and full_shape {self.full_shape} since '
                             'slice dim could be either dimension %d or %d.' % tuple(axes[:2]))
        return axes[0] if axes else None


class PartitionedVariable(_c.Variable):
    """A variable in parts, which are variables themselves: those it iterates over.

    Operators and functions take it where they take a tensor: the joined parts.
    """

    __array_priority__ = 100

    @property
    def name(self):
        """The name without ':0'."""
        return self._shared_name

    @property
    def dtype(self):
        """The DType."""
        return super().dtype.base_dtype

    def get_shape(self):
        """The static TensorShape of the whole."""
        return self.shape

    def as_tensor(self):
        """A tensor of the whole: new nodes that join the parts."""
        return _c.convert(self, None, None)

    def __iter__(self):
        return iter(self._parts)

    def __len__(self):
        return len(self._parts)

    def _get_variable_list(self):
        return self._parts

    def _get_partitions(self):
        """The number of parts along each axis."""
        first, whole = self._parts[0].shape.as_list(), self.shape.as_list()
        return [len(self._parts) if size != full else 1 for size, full in zip(first, whole)]

    def _of_parts(self, method, value, **arguments):
        sizes = [part.shape.as_list() for part in self._parts]
        axis = next((i for i, (size, full) in enumerate(zip(sizes[0], self.shape.as_list())) if size != full), 0)
        begins, results = [0] * len(sizes[0]), []
        value = _c.convert(value, self.dtype, None)
        for part, size in zip(self._parts, sizes):
            piece = _c.call_op('Slice', None, (value, list(begins), size), ())
            results.append(getattr(part, method)(piece, **arguments))
            begins[axis] += size[axis]
        return results

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Gives all parts a new value: a list of tensors, or of operations where `read_value` is False."""
        return self._of_parts('assign', value, use_locking=use_locking, name=name, read_value=read_value)

    def assign_add(self, value, use_locking=False, name=None, read_value=True):
        """The same for adding."""
        return self._of_parts('assign_add', value, use_locking=use_locking, name=name, read_value=read_value)

    def assign_sub(self, value, use_locking=False, name=None, read_value=True):
        """The same for subtracting."""
        return self._of_parts('assign_sub', value, use_locking=use_locking, name=name, read_value=read_value)

    def __repr__(self):
        return f'<tf.PartitionedVariable {self.name!r} shape={self.shape} dtype={self.dtype.name} parts={len(self)}>'


def tables_of(params):
    """The tensors of a table that may be one, a list of parts, or a partitioned variable."""
    return list(params) if isinstance(params, (list, tuple, PartitionedVariable)) else [params]


def fixed_size_partitioner(num_shards, axis=0):
    """Cuts variables into `num_shards` parts along an axis, fewer where that is shorter."""
    return _c.fixed_size_partitioner(num_shards, axis)


def variable_axis_size_partitioner(max_shard_bytes, axis=0, bytes_per_string_element=16, max_shards=None):
    """Cuts variables along an axis into parts of at most `max_shard_bytes`, at most `max_shards`.

    Args:
      max_shard_bytes: the size of a part.
      axis: the axis.
      bytes_per_string_element: what a string counts.
      max_shards: the number of parts; None: any.

    Raises:
      ValueError: a size or number below 1.
    """
    for name, value in (('max_shard_bytes', max_shard_bytes), ('max_shards', 1 if max_shards is None else max_shards),
                        ('bytes_per_string_element', bytes_per_string_element)):
        if value < 1:
            raise ValueError(f'{name} must be a positive integer, not {value}')
    return _c.variable_axis_size_partitioner(max_shard_bytes, axis, bytes_per_string_element, max_shards or 0)


def min_max_variable_partitioner(max_partitions=1, axis=0, min_slice_size=256 << 10, bytes_per_string_element=16):
    """Cuts variables along an axis into at most `max_partitions` parts of at least `min_slice_size` bytes."""
    return _c.min_max_variable_partitioner(max_partitions, axis, min_slice_size, bytes_per_string_element)


@deprecated(None, 'Use `tf.get_variable` with a partitioner set.')
def create_partitioned_variables(shape, slicing, initializer, dtype=dtypes.float32, trainable=True, collections=None,
                                 name=None, reuse=None):
    """The parts of a new variable.

    Args:
      shape: of the whole.
      slicing: the number of parts along each axis, of which one at most is above 1.
      initializer: a tensor of the whole, or a function of a shape.
      dtype, trainable, collections, reuse: as of `tf.get_variable`.
      name: the variable scope; 'PartitionedVariable' made unique where left out.

    Returns:
      A list of variables.
    """
    if len(shape) != len(slicing):
        raise ValueError("The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: "
                         f'{shape}, slicing: {slicing}')
    if len(shape) < 1:
        raise ValueError(f'A partitioned Variable must have rank at least 1: shape: {shape}')
    with variable_scope(name, 'PartitionedVariable', reuse=reuse):
        return list(_c.get_variable('', dict(shape=shape, dtype=dtype, initializer=initializer, trainable=trainable,
                                             partitioner=lambda **_: slicing, collections=collections)))


_c.register_class('PartitionedVariable', PartitionedVariable)
_c.register_class('partition_info', PartitionInfo)
