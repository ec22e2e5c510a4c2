"""Dense columns of ids: indicators and embeddings, of single steps and of sequences."""

import collections
import math

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import get_default_graph, name_scope
from headrace.core.initializers import TruncatedNormal
from headrace.core.sparse_functions import safe_embedding_lookup_sparse
from headrace.core.shapes import TensorShape
from headrace.feature_column.base import CategoricalColumn, DenseColumn, SequenceDenseColumn, parts_of, sequence_length
from headrace.feature_column.categorical import WeightedCategoricalColumn
from headrace.feature_column.sequences import SequenceCategoricalColumn


class _OfIds(DenseColumn, SequenceDenseColumn):
    """A dense column of a categorical one."""

    _kind = 'embedding_column'

    @property
    def parse_example_spec(self):
        """That of the ids."""
        return self.categorical_column.parse_example_spec

    @property
    def parents(self):
        """The column of the ids."""
        return [self.categorical_column]

    def transform_feature(self, transformation_cache, state_manager):
        """The ids."""
        return transformation_cache.get(self.categorical_column, state_manager)

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The numbers of an example. ValueError for ids of sequences."""
        if isinstance(self.categorical_column, SequenceCategoricalColumn):
            raise ValueError(
                f'In {self._kind}: {self.name}. categorical_column must not be of type _SequenceCategoricalColumn. Suggested '
                'fix A: If you wish to use input_layer, use a non-sequence categorical_column_with_*. Suggested fix B: If you '
                'wish to create sequence input, use sequence_input_layer instead of input_layer. '
                f'Given (type {type(self.categorical_column)}): {self.categorical_column}')
        return self._dense(transformation_cache, state_manager)

    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """The numbers of each step, and how many steps there are. ValueError for other ids than those of sequences."""
        if not isinstance(self.categorical_column, SequenceCategoricalColumn):
            raise ValueError(
                f'In {self._kind}: {self.name}. categorical_column must be of type _SequenceCategoricalColumn to use '
                'sequence_input_layer. Suggested fix: Use one of sequence_categorical_column_with_*. '
                f'Given (type {type(self.categorical_column)}): {self.categorical_column}')
        dense = self._dense(transformation_cache, state_manager)
        ids = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager).id_tensor
        return SequenceDenseColumn.TensorSequenceLengthPair(dense, sequence_length(ids))


class IndicatorColumn(_OfIds, collections.namedtuple('IndicatorColumn', ('categorical_column'))):
    """See `indicator_column`."""

    _kind = 'indicator_column'

    @property
    def name(self):
        """The ids' name, and a word."""
        return f'{self.categorical_column.name}_indicator'

    @property
    def variable_shape(self):
        """A number for each id."""
        return TensorShape([1, self.categorical_column.num_buckets])

    def transform_feature(self, transformation_cache, state_manager):
        """How often each id occurs."""
        pair = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
        return _c.indicator(parts_of(pair.id_tensor), self.categorical_column.num_buckets,
                            weights=parts_of(pair.weight_tensor))

    def _dense(self, transformation_cache, state_manager):
        return transformation_cache.get(self, state_manager)


class _Embedding(_OfIds):
    """What embeddings of one column and shared ones have in common."""

    @property
    def variable_shape(self):
        """The numbers of an embedding."""
        return TensorShape([self.dimension])

    def create_state(self, state_manager):
        """Makes the table of embeddings."""
        state_manager.create_variable(self, 'embedding_weights', (self.categorical_column.num_buckets, self.dimension),
                                      dtypes.float32, self.trainable, True, self.initializer)

    def _look_up(self, pair, table):
        if self.ckpt_to_load_from is not None:
            from headrace.core.checkpoints import init_from_checkpoint
            from headrace.core.partitions import PartitionedVariable
            parts = table._get_variable_list() if isinstance(table, PartitionedVariable) else table
            init_from_checkpoint(self.ckpt_to_load_from, {self.tensor_name_in_ckpt: parts})
        return safe_embedding_lookup_sparse(table, pair.id_tensor, pair.weight_tensor, self.combiner,
                                            name=f'{self.name}_weights', max_norm=self.max_norm)


class EmbeddingColumn(_Embedding, collections.namedtuple(
        'EmbeddingColumn', ('categorical_column', 'dimension', 'combiner', 'initializer', 'ckpt_to_load_from',
                            'tensor_name_in_ckpt', 'max_norm', 'trainable'))):
    """See `embedding_column`."""

    @property
    def name(self):
        """The ids' name, and a word."""
        return f'{self.categorical_column.name}_embedding'

    def _dense(self, transformation_cache, state_manager):
        pair = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
        return self._look_up(pair, state_manager.get_variable(self, 'embedding_weights'))


class SharedEmbeddingColumn(_Embedding, collections.namedtuple(
        'SharedEmbeddingColumn', ('categorical_column', 'dimension', 'combiner', 'initializer',
                                  'shared_embedding_collection_name', 'ckpt_to_load_from', 'tensor_name_in_ckpt',
                                  'max_norm', 'trainable'))):
    """See `shared_embedding_columns`."""

    _is_v2_column = False

    @property
    def name(self):
        """The ids' name, and a word."""
        return f'{self.categorical_column.name}_shared_embedding'

    @property
    def _var_scope_name(self):
        return self.shared_embedding_collection_name

    def _dense(self, transformation_cache, state_manager):
        with name_scope(None, default_name=self.name):  # the variable scope is that of all that share
            pair = self.categorical_column.get_sparse_tensors(transformation_cache, state_manager)
            return self._look_up(pair, self._table(state_manager))

    def _table(self, state_manager):
        key, graph = self.shared_embedding_collection_name, get_default_graph()
        shape = TensorShape((self.categorical_column.num_buckets, self.dimension))
        shared = graph.get_collection(key)
        if len(shared) > 1:
            raise ValueError(f'Collection {shared} can only contain one variable. Suggested fix A: Choose a unique name for '
                             'this collection. Suggested fix B: Do not add any variables to this collection. The '
                             'feature_column library already adds a variable under the hood.')
        if shared:
            if shared[0].shape != shape:
                raise ValueError(
                    f'Shared embedding collection {key} contains variable {shared[0].name} of unexpected shape '
                    f'{shared[0].shape}. Expected shape is {shape}. Suggested fix A: Choose a unique name for this '
                    'collection. Suggested fix B: Do not add any variables to this collection. The feature_column library '
                    'already adds a variable under the hood.')
            return shared[0]
        table = state_manager.get_variable(self, 'embedding_weights')
        graph.add_to_collection(key, table)
        return table


# ---- the functions that make them


def indicator_column(categorical_column):
    """A dense column with a number for each id: how often it occurs in an example, or the sum of its weights.

    Args:
      categorical_column: the column of the ids.

    Returns:
      A column.
    """
    return IndicatorColumn(categorical_column)


def _checked_initializer(dimension, initializer, checkpoint, tensor_name, of=''):
    if dimension is None or dimension < 1:
        raise ValueError(f'Invalid dimension {dimension}.')
    if (checkpoint is None) != (tensor_name is None):
        raise ValueError('Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.')
    if initializer is not None and not callable(initializer):
        raise ValueError('initializer must be callable if specified.' + of)
    return TruncatedNormal(mean=0.0, stddev=1 / math.sqrt(dimension)) if initializer is None else initializer


def embedding_column(categorical_column, dimension, combiner='mean', initializer=None, ckpt_to_load_from=None,
                     tensor_name_in_ckpt=None, max_norm=None, trainable=True):
    """A dense column: the embeddings of an example's ids, combined.

    Args:
      categorical_column: the column of the ids.
      dimension: numbers of an embedding.
      combiner: 'mean', 'sqrtn' or 'sum'.
      initializer: of the table; a truncated normal distribution with standard deviation 1 / sqrt(dimension) where left
        out.
      ckpt_to_load_from, tensor_name_in_ckpt: the checkpoint and the tensor in it that the table begins with.
      max_norm: what embeddings are clipped to.
      trainable: whether the table is trained.

    Returns:
      A column. ValueError for other arguments.
    """
    initializer = _checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt,
                                       f' Embedding of column_name: {getattr(categorical_column, "name", None)}')
    return EmbeddingColumn(categorical_column, dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt,
                           max_norm, trainable)


def shared_embedding_columns(categorical_columns, dimension, combiner='mean', initializer=None,
                             shared_embedding_collection_name=None, ckpt_to_load_from=None, tensor_name_in_ckpt=None,
                             max_norm=None, trainable=True):
    """Dense columns whose embeddings stand in one table.

    Args:
      categorical_columns: the columns of the ids, all of one kind and with as many buckets.
      dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable: as of
        `embedding_column`.
      shared_embedding_collection_name: the name of the table; made of the columns' where left out.

    Returns:
      A list of columns. ValueError for other arguments.
    """
    initializer = _checked_initializer(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt)
    ordered = sorted(categorical_columns, key=lambda column: column.name)
    first = ordered[0]
    if not isinstance(first, CategoricalColumn):
        raise ValueError('All categorical_columns must be subclasses of _CategoricalColumn. '
                         f'Given: {first}, of type: {type(first)}')
    kind = _unweighted(first)
    for column in ordered[1:]:
        plain = _unweighted(column)
        if not isinstance(plain, type(kind)):
            raise ValueError(
                'To use shared_embedding_column, all categorical_columns must have the same type, or be '
                f'weighted_categorical_column of the same type. Given column: {kind} of type: {type(kind)} does not match '
                f'given column: {plain} of type: {type(plain)}')
        if first.num_buckets != column.num_buckets:
            raise ValueError(
                'To use shared_embedding_column, all categorical_columns must have the same number of buckets. Given column: '
                f'{kind} with buckets: {first.num_buckets} does  not match column: {plain} with buckets: '
                f'{column.num_buckets}')
    if not shared_embedding_collection_name:
        shared_embedding_collection_name = '_'.join(column.name for column in ordered) + '_shared_embedding'
    return [SharedEmbeddingColumn(column, dimension, combiner, initializer, shared_embedding_collection_name,
                                  ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable)
            for column in categorical_columns]


def _unweighted(column):
    return column.categorical_column if isinstance(column, WeightedCategoricalColumn) else column
