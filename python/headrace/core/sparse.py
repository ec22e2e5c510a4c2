"""Sparse tensors: three tensors that stand for one with few values."""

import collections

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.arrays import placeholder
from headrace.core.graph import convert_to_tensor, name_scope
from headrace.core.session import register_session_run_conversion_functions
from headrace.core.shapes import TensorShape

__all__ = ['SparseTensor', 'SparseTensorValue', 'sparse_placeholder']

SparseTensorValue = collections.namedtuple('SparseTensorValue', ['indices', 'values', 'dense_shape'])
SparseTensorValue.__doc__ = 'A sparse tensor outside of the graph: three arrays. What runs fetch and are fed.'


class _SparseSpec:
    """What `nest`, conditionals and loops ask of sparse tensors."""

    def __init__(self, rank):
        self._rank = rank

    def _to_components(self, value):
        return [value.indices, value.values, value.dense_shape]

    def _from_components(self, parts):
        return SparseTensor(*parts)

    def _component_shapes(self, shape):
        """The shape invariants of the components: `shape` is that of `dense_shape`; None: what is known of it."""
        rank = self._rank if shape is None else shape.with_rank(1)[0].value
        return [TensorShape([None, rank]), TensorShape([None]), TensorShape([rank])]


class SparseTensor:
    """A tensor of which only some elements are written down; the others are zero.

    Args:
      indices: [n, rank] int64, in order.
      values: [n].
      dense_shape: [rank] int64.
    """

    def __init__(self, indices, values, dense_shape):
        with name_scope(None, 'SparseTensor', [indices, values, dense_shape]):
            self._take(convert_to_tensor(indices, dtypes.int64, 'indices'), convert_to_tensor(values, name='values'),
                       convert_to_tensor(dense_shape, dtypes.int64, 'dense_shape'))

    def _take(self, indices, values, dense_shape):
        self._indices, self._values, self._dense_shape = indices, values, dense_shape
        rows = self._indices.shape.with_rank(2)
        self._values.shape.with_rank(1)
        self._dense_shape.shape.with_rank(1)
        rows[0].assert_is_compatible_with(self._values.shape[0])
        self._rank = self._dense_shape.shape[0].value
        rows[1].assert_is_compatible_with(self._dense_shape.shape[0])

    @classmethod
    def of_parts(cls, indices, values, dense_shape):
        """The sparse tensor of three tensors that a function of the builder made."""
        made = cls.__new__(cls)
        made._take(indices, values, dense_shape)
        return made

    @classmethod
    def from_value(cls, sparse_tensor_value):
        """The sparse tensor of a SparseTensorValue, or of another SparseTensor."""
        if not isinstance(sparse_tensor_value, (SparseTensor, SparseTensorValue)):
            raise TypeError(f'Neither a SparseTensor nor SparseTensorValue: {sparse_tensor_value}.')
        return cls(*sparse_tensor_value) if isinstance(sparse_tensor_value, SparseTensorValue) else cls(
            sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape)

    @property
    def indices(self):
        """Where the values stand: [n, rank] int64."""
        return self._indices

    @property
    def values(self):
        """The values: [n]."""
        return self._values

    @property
    def dense_shape(self):
        """The shape of the whole, a vector."""
        return self._dense_shape

    @property
    def shape(self):
        """The static shape of the whole."""
        return self.get_shape()

    def get_shape(self):
        """The static shape of the whole."""
        shape = _c.constant_value_as_shape(self._dense_shape)
        return TensorShape([None] * self._rank) if shape.ndims is None and self._rank is not None else shape

    @property
    def dtype(self):
        """The dtype of the values."""
        return self._values.dtype

    @property
    def op(self):
        """The operation that gives the values."""
        return self._values.op

    @property
    def name(self):
        """The name of the values."""
        return self._values.name

    @property
    def graph(self):
        """The graph."""
        return self._indices.graph

    __array_ufunc__ = None  # the operators of tensors and arrays leave it to those here

    def __mul__(self, other):
        """The elements times those of a dense tensor, which may broadcast."""
        return self._operate(_c.sparse_times, other)

    def __rmul__(self, other):
        return self._operate(_c.sparse_times, other) if isinstance(other, _c.Tensor) else NotImplemented

    def __truediv__(self, other):
        """The elements divided by those of a dense tensor, which may broadcast; quotients of integers are floats."""
        return self._operate(_c.sparse_divided, other)

    def _operate(self, function, other):
        return SparseTensor.of_parts(*function((self._indices, self._values, self._dense_shape), other))

    @property
    def _type_spec(self):
        return _SparseSpec(self.get_shape().ndims)

    def consumers(self):
        """The operations that read the values."""
        return self._values.consumers()

    def eval(self, feed_dict=None, session=None):
        """The SparseTensorValue in `session`, else in the default session."""
        from headrace.core.session import session_for
        return session_for(session, self.graph, 'evaluate tensor').run(self, feed_dict)

    def __str__(self):
        return f'SparseTensor(indices={self._indices}, values={self._values}, dense_shape={self._dense_shape})'


def sparse_placeholder(dtype, shape=None, name=None):
    """A sparse tensor whose value every run must feed, as a SparseTensorValue.

    Args:
      dtype: the dtype of the values.
      shape: the shape; unknown where left out.
      name: put before the names of the three tensors.

    Returns:
      A SparseTensor.
    """
    def part(suffix):
        return None if name is None else f'{name}/{suffix}'

    rank = None
    if shape is None:
        dense_shape = placeholder(dtypes.int64, [None], part('shape'))
    elif isinstance(shape, _c.Tensor):
        rank, dense_shape = shape.shape[0].value, shape
    else:
        sizes = TensorShape(shape).as_list()
        rank = len(sizes)
        dense_shape = (placeholder(dtypes.int64, [rank], part('shape')) if None in sizes else
                       convert_to_tensor(sizes, dtypes.int64, part('shape')))
    values = placeholder(dtype, [None], part('values'))
    return SparseTensor(placeholder(dtypes.int64, [None, rank], part('indices')), values, dense_shape)


register_session_run_conversion_functions(
    SparseTensor, lambda s: ([s.indices, s.values, s.dense_shape], lambda parts: SparseTensorValue(*parts)),
    lambda s, value: list(zip([s.indices, s.values, s.dense_shape], value)))
