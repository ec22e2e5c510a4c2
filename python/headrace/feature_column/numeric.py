"""Columns of numbers, and of numbers in buckets."""

import collections

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes, nest
from headrace.core.parsing_config import FixedLenFeature
from headrace.core.shapes import TensorShape
from headrace.core.sparse import SparseTensor
from headrace.feature_column.base import CategoricalColumn, DenseColumn, check_key


class NumericColumn(DenseColumn, collections.namedtuple(
        'NumericColumn', ('key', 'shape', 'default_value', 'dtype', 'normalizer_fn'))):
    """See `numeric_column`."""

    @property
    def name(self):
        """The feature's name."""
        return self.key

    @property
    def parse_example_spec(self):
        """The feature, of fixed length."""
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}

    @property
    def parents(self):
        """The feature's name."""
        return [self.key]

    @property
    def variable_shape(self):
        """The shape for an example."""
        return TensorShape(self.shape)

    def transform_feature(self, transformation_cache, state_manager):
        """The numbers, normalized, as floats."""
        feature = transformation_cache.get(self.key, state_manager)
        if isinstance(feature, SparseTensor):
            raise ValueError('The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not supported. '
                             f'key: {self.key}')
        if self.normalizer_fn is not None:
            feature = self.normalizer_fn(feature)
        from headrace.core.math_functions import cast
        return cast(feature, dtypes.float32)

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The numbers."""
        return transformation_cache.get(self, state_manager)


class BucketizedColumn(DenseColumn, CategoricalColumn, collections.namedtuple(
        'BucketizedColumn', ('source_column', 'boundaries'))):
    """See `bucketized_column`."""

    @property
    def name(self):
        """The name of the numbers' column, and a word."""
        return f'{self.source_column.name}_bucketized'

    @property
    def parse_example_spec(self):
        """That of the numbers."""
        return self.source_column.parse_example_spec

    @property
    def parents(self):
        """The column of the numbers."""
        return [self.source_column]

    @property
    def variable_shape(self):
        """The numbers' shape and the buckets."""
        return TensorShape(tuple(self.source_column.shape) + (len(self.boundaries) + 1,))

    @property
    def num_buckets(self):
        """The buckets of all numbers."""
        return (len(self.boundaries) + 1) * self.source_column.shape[0]

    def transform_feature(self, transformation_cache, state_manager):
        """The buckets' numbers."""
        return _ops.bucketize(transformation_cache.get(self.source_column, state_manager), self.boundaries)

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The buckets as 0 and 1."""
        return _c.buckets_one_hot(transformation_cache.get(self, state_manager), len(self.boundaries) + 1)

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The buckets as ids."""
        buckets = transformation_cache.get(self, state_manager)
        ids = _c.buckets_ids(buckets, self.source_column.shape[0], len(self.boundaries) + 1)
        return CategoricalColumn.IdWeightPair(SparseTensor.of_parts(*ids), None)


def numeric_column(key, shape=(1,), default_value=None, dtype=dtypes.float32, normalizer_fn=None):
    """A column of numbers.

    Args:
      key: the feature's name.
      shape: of the numbers of an example.
      default_value: of examples without the feature: a number, or as many as the shape says.
      dtype: of the feature; the column gives floats.
      normalizer_fn: a function of the tensor, applied first.

    Returns:
      A column.

    Raises:
      ValueError, TypeError: an argument is of another kind.
    """
    shape = _checked_shape(shape, key)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f'dtype must be convertible to float. dtype: {dtype}, key: {key}')
    default_value = _checked_default(shape, default_value, dtype, key)
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f'normalizer_fn must be a callable. Given: {normalizer_fn}')
    check_key(key)
    return NumericColumn(key, shape, default_value, dtype, normalizer_fn)


def bucketized_column(source_column, boundaries):
    """A column of the numbers of buckets: bucket i holds what is at least boundary i - 1 and below boundary i.

    Args:
      source_column: a column of `numeric_column`, of one dimension.
      boundaries: numbers in ascending order.

    Returns:
      A column, dense and categorical. ValueError for other arguments.
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(f'source_column must be a column generated with numeric_column(). Given: {source_column}')
    if len(source_column.shape) > 1:
        raise ValueError(f'source_column must be one-dimensional column. Given: {source_column}')
    if not boundaries:
        raise ValueError('boundaries must not be empty.')
    if not isinstance(boundaries, (list, tuple)) or any(a >= b for a, b in zip(boundaries, boundaries[1:])):
        raise ValueError('boundaries must be a sorted list.')
    return BucketizedColumn(source_column, tuple(boundaries))


def _checked_shape(shape, key):
    shape = tuple(shape) if nest.is_sequence(shape) else (shape,)
    for size in shape:
        if not isinstance(size, int):
            raise TypeError(f'shape dimensions must be integer. shape: {shape}, key: {key}')
        if size < 1:
            raise ValueError(f'shape dimensions must be greater than 0. shape: {shape}, key: {key}')
    return shape


def _checked_default(shape, value, dtype, key):
    """A default value as nested tuples of the shape, or None."""
    if value is None:
        return None
    if isinstance(value, int) or (isinstance(value, float) and dtype.is_floating):
        return _filled(shape, value)
    if callable(getattr(value, 'tolist', None)):
        value = value.tolist()
    if nest.is_sequence(value):
        if not _has_shape(value, shape):
            raise ValueError('The shape of default_value must be equal to given shape. '
                             f'default_value: {value}, shape: {shape}, key: {key}')
        items = nest.flatten(value)
        if all(isinstance(item, int) for item in items):
            return _as_tuple(value)
        if any(isinstance(item, float) for item in items) and dtype.is_floating:
            return _as_tuple(value)
    raise TypeError(f'default_value must be compatible with dtype. default_value: {value}, dtype: {dtype}, key: {key}')


def _filled(shape, value):
    return tuple(_filled(shape[1:], value) for _ in range(shape[0])) if shape else value


def _as_tuple(value):
    return tuple(_as_tuple(item) for item in value) if nest.is_sequence(value) else value


def _has_shape(value, shape):
    if nest.is_sequence(value) != bool(shape):
        return False
    return not shape or len(value) == shape[0] and all(_has_shape(item, shape[1:]) for item in value)
