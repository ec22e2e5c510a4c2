"""Columns of ids."""

import collections

import numpy as np

from headrace import _headrace as _c
from headrace.core import dtypes, lookup
from headrace.core.graph import convert_to_tensor_or_sparse_tensor
from headrace.core.parsing_config import VarLenFeature
from headrace.core.sparse import SparseTensor
from headrace.feature_column.base import (
    CategoricalColumn, FeatureColumn, check_key, check_string_or_integer, parts_of, to_sparse)


class _OfFeature(CategoricalColumn):
    """A column of one feature, which may be dense or sparse."""

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

    def transform_feature(self, transformation_cache, state_manager):
        """The ids."""
        return self._ids(to_sparse(transformation_cache.get(self.key, state_manager)), state_manager)

    def _check_dtype(self, feature):
        check_string_or_integer(feature.dtype, f'column_name: {self.key} input_tensor')
        if self.dtype.is_integer != feature.dtype.is_integer:
            raise ValueError('Column dtype and SparseTensors dtype must be compatible. '
                             f'key: {self.key}, column dtype: {self.dtype}, tensor dtype: {feature.dtype}')

    def _look_up(self, make_table, feature, state_manager, **arguments):
        """The ids of a vocabulary's table."""
        self._check_dtype(feature)
        key_dtype = self.dtype
        if feature.dtype.is_integer:
            from headrace.core.math_functions import cast
            key_dtype, feature = dtypes.int64, cast(feature, dtypes.int64)
        name = f'{self.key}_lookup'
        table = make_table(dtype=key_dtype, name=name, **arguments)
        if state_manager is not None:
            state_manager.add_resource(self, name, table)
        return table.lookup(feature)


class HashedCategoricalColumn(_OfFeature, collections.namedtuple(
        'HashedCategoricalColumn', ('key', 'hash_bucket_size', 'dtype'))):
    """See `categorical_column_with_hash_bucket`."""

    @property
    def num_buckets(self):
        """How many buckets there are."""
        return self.hash_bucket_size

    def _ids(self, feature, state_manager):
        self._check_dtype(feature)
        return SparseTensor.of_parts(*_c.hashed_ids(parts_of(feature), self.hash_bucket_size))


class VocabularyFileCategoricalColumn(_OfFeature, collections.namedtuple(
        'VocabularyFileCategoricalColumn',
        ('key', 'vocabulary_file', 'vocabulary_size', 'num_oov_buckets', 'dtype', 'default_value'))):
    """See `categorical_column_with_vocabulary_file`."""

    @property
    def num_buckets(self):
        """The words and the buckets of other words."""
        return self.vocabulary_size + self.num_oov_buckets

    def _ids(self, feature, state_manager):
        def make_table(dtype, name):
            return lookup.index_table_from_file(self.vocabulary_file, self.num_oov_buckets, self.vocabulary_size,
                                                self.default_value, key_dtype=dtype, name=name)

        return self._look_up(make_table, feature, state_manager)


class VocabularyListCategoricalColumn(_OfFeature, collections.namedtuple(
        'VocabularyListCategoricalColumn', ('key', 'vocabulary_list', 'dtype', 'default_value', 'num_oov_buckets'))):
    """See `categorical_column_with_vocabulary_list`."""

    @property
    def num_buckets(self):
        """The words and the buckets of other words."""
        return len(self.vocabulary_list) + self.num_oov_buckets

    def _ids(self, feature, state_manager):
        return self._look_up(lookup.index_table_from_tensor, feature, state_manager,
                             vocabulary_list=tuple(self.vocabulary_list), default_value=self.default_value,
                             num_oov_buckets=self.num_oov_buckets)


class IdentityCategoricalColumn(_OfFeature, collections.namedtuple(
        'IdentityCategoricalColumn', ('key', 'number_buckets', 'default_value'))):
    """See `categorical_column_with_identity`."""

    dtype = dtypes.int64

    @property
    def num_buckets(self):
        """How many ids there are."""
        return self.number_buckets

    def _ids(self, feature, state_manager):
        ids = _c.identity_ids(parts_of(feature), self.number_buckets, default_value=self.default_value, column=self.key)
        return SparseTensor.of_parts(*ids)


class WeightedCategoricalColumn(CategoricalColumn, collections.namedtuple(
        'WeightedCategoricalColumn', ('categorical_column', 'weight_feature_key', 'dtype'))):
    """See `weighted_categorical_column`."""

    @property
    def name(self):
        """The names of ids and weights."""
        return f'{self.categorical_column.name}_weighted_by_{self.weight_feature_key}'

    @property
    def parse_example_spec(self):
        """That of the ids, and the weights. ValueError where they are there already."""
        spec = self.categorical_column.parse_example_spec
        if self.weight_feature_key in spec:
            raise ValueError(f'Parse config {spec[self.weight_feature_key]} already exists for {self.weight_feature_key}.')
        spec[self.weight_feature_key] = VarLenFeature(self.dtype)
        return spec

    @property
    def parents(self):
        """The column of the ids and the name of the weights."""
        return [self.categorical_column, self.weight_feature_key]

    @property
    def num_buckets(self):
        """How many ids there are."""
        return self.categorical_column.num_buckets

    def transform_feature(self, transformation_cache, state_manager):
        """The ids and the weights."""
        weights = transformation_cache.get(self.weight_feature_key, state_manager)
        if weights is None:
            raise ValueError(f'Missing weights {self.weight_feature_key}.')
        weights = convert_to_tensor_or_sparse_tensor(weights)
        if self.dtype != weights.dtype.base_dtype:
            raise ValueError(f'Bad dtype, expected {self.dtype}, but got {weights.dtype}.')
        if not isinstance(weights, SparseTensor):
            weights = to_sparse(weights, 0.0)
        if not weights.dtype.is_floating:
            from headrace.core.math_functions import cast
            weights = cast(weights, dtypes.float32)
        return transformation_cache.get(self.categorical_column, state_manager), weights

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """The ids and the weights."""
        return CategoricalColumn.IdWeightPair(*transformation_cache.get(self, state_manager))


class CrossedColumn(CategoricalColumn, collections.namedtuple(
        'CrossedColumn', ('keys', 'hash_bucket_size', 'hash_key'))):
    """See `crossed_column`."""

    @property
    def name(self):
        """The names of what is crossed, sorted."""
        return '_X_'.join(sorted(key.name if isinstance(key, FeatureColumn) else key for key in _leaves(self)))

    @property
    def parse_example_spec(self):
        """Those of what is crossed; features alone are strings of any length."""
        spec = {}
        for key in self.keys:
            spec.update(key.parse_example_spec if isinstance(key, FeatureColumn) else {key: VarLenFeature(dtypes.string)})
        return spec

    @property
    def parents(self):
        """What is crossed."""
        return list(self.keys)

    @property
    def num_buckets(self):
        """How many buckets there are."""
        return self.hash_bucket_size

    def transform_feature(self, transformation_cache, state_manager):
        """The ids."""
        crossed = [self._tensor(key, transformation_cache, state_manager) for key in _leaves(self)]
        sparse = [x for x in crossed if isinstance(x, SparseTensor)]
        dense = [x for x in crossed if not isinstance(x, SparseTensor)]
        return SparseTensor.of_parts(*_c.tf_sparse_cross(
            [x.indices for x in sparse], [x.values for x in sparse], [x.dense_shape for x in sparse], dense, hashed=True,
            num_buckets=self.hash_bucket_size, hash_key=self.hash_key))

    @staticmethod
    def _tensor(key, transformation_cache, state_manager):
        if isinstance(key, str):
            return transformation_cache.get(key, state_manager)
        pair = key.get_sparse_tensors(transformation_cache, state_manager)
        if pair.weight_tensor is not None:
            raise ValueError('crossed_column does not support weight_tensor, but the given column populates weight_tensor. '
                             f'Given column: {key.name}')
        return pair.id_tensor


def _leaves(cross):
    """What is crossed, and what crosses among it are made of."""
    return [leaf for key in cross.keys for leaf in (_leaves(key) if isinstance(key, CrossedColumn) else [key])]


# ---- the functions that make them


def categorical_column_with_identity(key, num_buckets, default_value=None):
    """A column of integers that are ids themselves.

    Args:
      key: the feature's name.
      num_buckets: ids are below it.
      default_value: of ids that are out of range; a run fails for such ids where left out.

    Returns:
      A categorical column. ValueError for arguments out of range.
    """
    if num_buckets < 1:
        raise ValueError(f'num_buckets {num_buckets} < 1, column_name {key}')
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(f'default_value {default_value} not in range [0, {num_buckets}), column_name {key}')
    check_key(key)
    return IdentityCategoricalColumn(key, num_buckets, default_value)


def categorical_column_with_hash_bucket(key, hash_bucket_size, dtype=dtypes.string):
    """A column of strings or integers as ids by a hash.

    Args:
      key: the feature's name.
      hash_bucket_size: how many ids there are.
      dtype: string, or an integer type.

    Returns:
      A categorical column. ValueError for other arguments.
    """
    if hash_bucket_size is None:
        raise ValueError(f'hash_bucket_size must be set. key: {key}')
    if hash_bucket_size < 1:
        raise ValueError(f'hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}')
    check_key(key)
    check_string_or_integer(dtype, f'column_name: {key}')
    return HashedCategoricalColumn(key, hash_bucket_size, dtype)


def _check_buckets(key, num_oov_buckets, has_default):
    if num_oov_buckets:
        if has_default:
            raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
        if num_oov_buckets < 0:
            raise ValueError(f'Invalid num_oov_buckets {num_oov_buckets} in {key}.')


def categorical_column_with_vocabulary_file(key, vocabulary_file, vocabulary_size=None, num_oov_buckets=0,
                                            default_value=None, dtype=dtypes.string):
    """A column of words as their numbers in a file, one word a line.

    Args:
      key: the feature's name.
      vocabulary_file: the file.
      vocabulary_size: how many lines count; all where left out.
      num_oov_buckets: ids behind those of the words for other words.
      default_value: the id of other words, if there are no such buckets; -1 where left out.
      dtype: string, or an integer type.

    Returns:
      A categorical column. ValueError for other arguments.
    """
    if not vocabulary_file:
        raise ValueError(f'Missing vocabulary_file in {key}.')
    if vocabulary_size is None:
        from headrace import gfile, logging
        if not gfile.Exists(vocabulary_file):
            raise ValueError(f'vocabulary_file in {key} does not exist.')
        with gfile.GFile(vocabulary_file) as file:
            vocabulary_size = sum(1 for _ in file)
        logging.info('vocabulary_size = %d in %s is inferred from the number of elements in the vocabulary_file %s.',
                     vocabulary_size, key, vocabulary_file)
    if vocabulary_size < 1:
        raise ValueError(f'Invalid vocabulary_size in {key}.')
    _check_buckets(key, num_oov_buckets, default_value is not None)
    check_string_or_integer(dtype, f'column_name: {key}')
    check_key(key)
    return VocabularyFileCategoricalColumn(key, vocabulary_file, vocabulary_size, num_oov_buckets or 0, dtype,
                                           -1 if default_value is None else default_value)


def categorical_column_with_vocabulary_list(key, vocabulary_list, dtype=None, default_value=-1, num_oov_buckets=0):
    """A column of words as their places in a list.

    Args:
      key: the feature's name.
      vocabulary_list: the words, strings or integers, each once.
      dtype: of the feature; that of the words where left out.
      default_value: the id of other words.
      num_oov_buckets: ids behind those of the words for other words.

    Returns:
      A categorical column. ValueError for other arguments.
    """
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f'vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}')
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f'Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}')
    vocabulary_dtype = dtypes.as_dtype(np.array(vocabulary_list).dtype)
    _check_buckets(key, num_oov_buckets, default_value != -1)
    check_string_or_integer(vocabulary_dtype, f'column_name: {key} vocabulary')
    if dtype is None:
        dtype = vocabulary_dtype
    elif dtype.is_integer != vocabulary_dtype.is_integer:
        raise ValueError(f'dtype {dtype} and vocabulary dtype {vocabulary_dtype} do not match, column_name: {key}')
    check_string_or_integer(dtype, f'column_name: {key}')
    check_key(key)
    return VocabularyListCategoricalColumn(key, tuple(vocabulary_list), dtype, default_value, num_oov_buckets)


def weighted_categorical_column(categorical_column, weight_feature_key, dtype=dtypes.float32):
    """A column whose ids have weights, another feature of the same indices.

    Args:
      categorical_column: the column of the ids.
      weight_feature_key: the name of the weights.
      dtype: of the weights.

    Returns:
      A categorical column. ValueError for a dtype that is none of numbers.
    """
    if dtype is None or not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f'dtype {dtype} is not convertible to float.')
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, dtype)


def crossed_column(keys, hash_bucket_size, hash_key=None):
    """A column of combinations of features, as ids by a hash.

    Args:
      keys: names of features, and categorical columns that are not hashed themselves; two at least.
      hash_bucket_size: how many ids there are.
      hash_key: another hash for each number.

    Returns:
      A categorical column. ValueError for other arguments.
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f'hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}')
    if not keys or len(keys) < 2:
        raise ValueError(f'keys must be a list with length > 1. Given: {keys}')
    for key in keys:
        if not isinstance(key, (str, CategoricalColumn)):
            raise ValueError('Unsupported key type. All keys must be either string, or categorical column except '
                             f'HashedCategoricalColumn. Given: {key}')
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError('categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing '
                             'will increase probability of collision. Instead, use the feature name as a string. '
                             f'Given: {key}')
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)
