"""Columns of sequences: a feature for each step."""

import collections

from headrace.core import dtypes
from headrace.core.parsing_config import VarLenFeature
from headrace.core.shapes import TensorShape
from headrace.feature_column import categorical
from headrace.feature_column.base import CategoricalColumn, SequenceDenseColumn, check_key, sequence_length
from headrace.feature_column.numeric import _checked_shape


class SequenceCategoricalColumn(CategoricalColumn, collections.namedtuple(
        'SequenceCategoricalColumn', ('categorical_column'))):
    """A categorical column whose ids have a step each: [batch, steps, 1]."""

    @property
    def name(self):
        """The ids' name."""
        return self.categorical_column.name

    @property
    def parse_example_spec(self):
        """That of the ids."""
        return self.categorical_column.parse_example_spec

    @property
    def parents(self):
        """The column of the ids."""
        return [self.categorical_column]

    @property
    def num_buckets(self):
        """How many ids there are."""
        return self.categorical_column.num_buckets

    def transform_feature(self, transformation_cache, state_manager):
        """The ids."""
        return self.categorical_column.transform_feature(transformation_cache, state_manager)

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The ids [batch, steps, 1], and their weights."""
        from headrace.core.arrays import shape
        from headrace.core.sparse_functions import sparse_reshape
        pair = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)

        def with_steps(sparse):
            return sparse_reshape(sparse, [shape(sparse)[0], shape(sparse)[1], -1])

        weights = None if pair.weight_tensor is None else with_steps(pair.weight_tensor)
        return CategoricalColumn.IdWeightPair(with_steps(pair.id_tensor), weights)


class SequenceNumericColumn(SequenceDenseColumn, collections.namedtuple(
        'SequenceNumericColumn', ('key', 'shape', 'default_value', 'dtype', 'normalizer_fn'))):
    """See `sequence_numeric_column`."""

    @property
    def name(self):
        """The feature's name."""
        return self.key

    @property
    def parse_example_spec(self):
        """The feature, of any length."""
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def parents(self):
        """The feature's name."""
        return [self.key]

    @property
    def variable_shape(self):
        """The shape of a step."""
        return TensorShape(self.shape)

    def transform_feature(self, transformation_cache, state_manager):
        """The numbers, normalized."""
        feature = transformation_cache.get(self.key, state_manager)
        if self.normalizer_fn is not None:
            feature = self.normalizer_fn(feature)
        return feature

    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """The numbers of each step, and how many steps there are."""
        from headrace.core import arrays
        from headrace.core.sparse_functions import sparse_tensor_to_dense
        sparse = transformation_cache.get(self, state_manager)
        dense = sparse_tensor_to_dense(sparse, default_value=self.default_value)
        shape = arrays.concat([arrays.shape(dense)[:1], [-1], self.variable_shape.as_list()], axis=0)
        dense = arrays.reshape(dense, shape=shape)
        elements = 1 if sparse.shape.ndims == 3 else self.variable_shape.num_elements()
        return SequenceDenseColumn.TensorSequenceLengthPair(dense, sequence_length(sparse, elements))


def sequence_categorical_column_with_identity(key, num_buckets, default_value=None):
    """`categorical_column_with_identity` of a sequence."""
    return SequenceCategoricalColumn(categorical.categorical_column_with_identity(key, num_buckets, default_value))


def sequence_categorical_column_with_hash_bucket(key, hash_bucket_size, dtype=dtypes.string):
    """`categorical_column_with_hash_bucket` of a sequence."""
    return SequenceCategoricalColumn(categorical.categorical_column_with_hash_bucket(key, hash_bucket_size, dtype))


def sequence_categorical_column_with_vocabulary_file(key, vocabulary_file, vocabulary_size=None, num_oov_buckets=0,
                                                     default_value=None, dtype=dtypes.string):
    """`categorical_column_with_vocabulary_file` of a sequence."""
    return SequenceCategoricalColumn(categorical.categorical_column_with_vocabulary_file(
        key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype))


def sequence_categorical_column_with_vocabulary_list(key, vocabulary_list, dtype=None, default_value=-1,
                                                     num_oov_buckets=0):
    """`categorical_column_with_vocabulary_list` of a sequence."""
    return SequenceCategoricalColumn(categorical.categorical_column_with_vocabulary_list(
        key, vocabulary_list, dtype, default_value, num_oov_buckets))


def sequence_numeric_column(key, shape=(1,), default_value=0.0, dtype=dtypes.float32, normalizer_fn=None):
    """A column of numbers for each step.

    Args:
      key: the feature's name; a sparse tensor.
      shape: of the numbers of a step.
      default_value: of steps that are not there.
      dtype: of the feature.
      normalizer_fn: a function of the tensor, applied first.

    Returns:
      A column. ValueError, TypeError for other arguments.
    """
    shape = _checked_shape(shape, key)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f'dtype must be convertible to float. dtype: {dtype}, key: {key}')
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f'normalizer_fn must be a callable. Given: {normalizer_fn}')
    check_key(key)
    return SequenceNumericColumn(key, shape, default_value, dtype, normalizer_fn)

