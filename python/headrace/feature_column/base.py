"""What all feature columns have in common, and what they make of features."""

import collections

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import control_dependencies, convert_to_tensor_or_sparse_tensor, get_default_graph
from headrace.core.shapes import dimension_value
from headrace.core.sparse import SparseTensor


class FeatureColumn:
    """A feature, or several, as a model reads them. Columns are compared and sorted by what they say of themselves.

    A subclass has a `name`, `parse_example_spec`, `parents` (names of features or columns) and `transform_feature`.
    """

    @property
    def name(self):
        """The column's name."""
        raise NotImplementedError

    @property
    def parse_example_spec(self):
        """The features that the column reads: a dict for `tf.parse_example`."""
        raise NotImplementedError

    @property
    def parents(self):
        """The names of features, and the columns, that the column reads."""
        raise NotImplementedError

    def transform_feature(self, transformation_cache, state_manager):
        """What the column makes of features, which `transformation_cache.get` gives by name."""
        raise NotImplementedError

    def create_state(self, state_manager):
        """Makes the column's variables, by `state_manager.create_variable`."""

    @property
    def _var_scope_name(self):
        """The variable scope of the column's variables in `input_layer` and `linear_model`."""
        return self.name

    @property
    def _is_v2_column(self):
        """Whether the newer layers of features take the column."""
        return all(parent._is_v2_column for parent in self.parents if isinstance(parent, FeatureColumn))

    def __lt__(self, other):
        return str(self) < str(other)

    def __gt__(self, other):
        return str(self) > str(other)


class DenseColumn(FeatureColumn):
    """A column that gives numbers: a `variable_shape` of them for each example."""

    @property
    def variable_shape(self):
        """The TensorShape of what there is for an example."""
        raise NotImplementedError

    def get_dense_tensor(self, transformation_cache, state_manager):
        """The numbers: [batch] + `variable_shape`."""
        raise NotImplementedError


class CategoricalColumn(FeatureColumn):
    """A column that gives ids below `num_buckets`."""

    IdWeightPair = collections.namedtuple('IdWeightPair', ('id_tensor', 'weight_tensor'))

    @property
    def num_buckets(self):
        """How many ids there are."""
        raise NotImplementedError

    def get_sparse_tensors(self, transformation_cache, state_manager):
        """An IdWeightPair of sparse tensors; the weights may be None."""
        return CategoricalColumn.IdWeightPair(transformation_cache.get(self, state_manager), None)


class SequenceDenseColumn(FeatureColumn):
    """A column that gives numbers for each step of a sequence."""

    TensorSequenceLengthPair = collections.namedtuple('TensorSequenceLengthPair', ('dense_tensor', 'sequence_length'))

    def get_sequence_dense_tensor(self, transformation_cache, state_manager):
        """A TensorSequenceLengthPair: [batch, steps] + `variable_shape`, and [batch]."""
        raise NotImplementedError


# ---- state


class StateManager:
    """Where columns keep their variables, to be derived from."""

    def create_variable(self, feature_column, name, shape, dtype=None, trainable=True, use_resource=True,
                        initializer=None):
        """Makes a variable of a column."""
        raise NotImplementedError('StateManager.create_variable')

    def get_variable(self, feature_column, name):
        """A variable of a column. ValueError where there is none."""
        raise NotImplementedError('StateManager.get_var')

    def add_resource(self, feature_column, name, resource):
        """Keeps a table of a column."""


class ScopeState(StateManager):
    """Variables made in the variable scope in which they are first asked for."""

    def __init__(self, collections, trainable):
        self.collections, self._trainable = collections, trainable

    def get_variable(self, feature_column, name):
        """A variable of a column, made now."""
        from headrace.core.variable_scope import get_variable
        wanted = {}
        feature_column.create_state(_Wanted(wanted))
        shape, dtype, trainable, initializer = wanted[name]
        return get_variable(name, shape, dtype, initializer, trainable=trainable and self._trainable,
                            collections=self.collections)


class _Wanted(StateManager):
    """Notes what variables a column wants."""

    def __init__(self, wanted):
        self._wanted = wanted

    def create_variable(self, feature_column, name, shape, dtype=None, trainable=True, use_resource=True,
                        initializer=None):
        self._wanted[name] = (shape, dtype, trainable, initializer)


# ---- features


class FeatureTransformationCache:
    """Features by name, and what columns made of them, each made once.

    Args:
      features: a dict of tensors and sparse tensors.
    """

    def __init__(self, features):
        self._features = features.copy()
        self._made = {}

    def get(self, key, state_manager=None):
        """A feature by name, or what a column makes.

        Raises:
          ValueError: there is no such feature, or it has no dimension.
          TypeError: `key` is neither text nor a column.
        """
        if key in self._made:
            return self._made[key]
        if key in self._features:
            made = _feature(key, self._features[key])
        elif isinstance(key, str):
            raise ValueError(f'Feature {key} is not in features dictionary.')
        elif not isinstance(key, FeatureColumn):
            raise TypeError(f'"key" must be either a "str" or "FeatureColumn". Provided: {key}')
        else:
            made = key.transform_feature(self, state_manager)
            if made is None:
                raise ValueError(f'Column {key.name} is not supported.')
        self._made[key] = made
        return made


def _feature(key, value):
    """A feature as a tensor of two dimensions at least."""
    feature = convert_to_tensor_or_sparse_tensor(value)
    rank = feature.get_shape().ndims
    if rank == 0:
        raise ValueError(f'Feature (key: {key}) cannot have rank 0. Given: {feature}')
    if rank is not None:
        return feature if rank > 1 else _as_column(feature)
    from headrace.core.arrays import rank as rank_of
    from headrace.core.control_flow import cond
    from headrace.core.element_assertions import assert_positive
    from headrace.core.math_functions import equal
    checked = assert_positive(rank_of(feature), message=f'Feature (key: {key}) cannot have rank 0. Given: {feature}')
    with control_dependencies([checked]):
        return cond(equal(1, rank_of(feature)), lambda: _as_column(feature), lambda: feature)


def _as_column(feature):
    """[batch] as [batch, 1]."""
    if isinstance(feature, SparseTensor):
        return SparseTensor.of_parts(*_c.sparse_feature_column(parts_of(feature)))
    from headrace.core.arrays import expand_dims
    return expand_dims(feature, -1)


def parts_of(sparse):
    """The three tensors of a sparse tensor, or None."""
    return None if sparse is None else (sparse.indices, sparse.values, sparse.dense_shape)


def to_sparse(feature, ignore_value=None):
    """A feature as a sparse tensor, without the elements that stand for nothing."""
    feature = convert_to_tensor_or_sparse_tensor(feature)
    if isinstance(feature, SparseTensor):
        return feature
    return SparseTensor.of_parts(*_c.feature_to_sparse(feature, ignore_value=ignore_value))


def sequence_length(sparse, num_elements=1):
    """How long the rows of a sparse tensor are, int64 [batch]."""
    from headrace.core import arrays, math_functions
    from headrace.core.graph import name_scope
    with name_scope(None, 'sequence_length') as scope:
        rows, columns = sparse.indices[:, 0], sparse.indices[:, 1]
        columns += arrays.ones_like(columns)
        lengths = math_functions.segment_max(columns, segment_ids=rows)
        lengths = math_functions.cast(math_functions.ceil(lengths / num_elements), dtypes.int64)
        with name_scope('Shape'):
            shape = math_functions.cast(sparse.dense_shape, dtypes.int32)
        missing = shape[:1] - arrays.shape(lengths)[:1]
        return arrays.concat([lengths, arrays.zeros(missing, lengths.dtype)], 0, name=scope)


# ---- checks


def check_string_or_integer(dtype, prefix):
    """ValueError for another dtype."""
    if dtype != dtypes.string and not dtype.is_integer:
        raise ValueError(f'{prefix} dtype must be string or integer. dtype: {dtype}.')


def check_key(key):
    """ValueError for a key that is no text."""
    if not isinstance(key, str):
        raise ValueError(f'key must be a string. Got: type {type(key)}. Given key: {key}.')


def normalized(feature_columns):
    """The columns sorted by their names. ValueError for what are none, or two of one name."""
    if isinstance(feature_columns, FeatureColumn):
        feature_columns = [feature_columns]
    if isinstance(feature_columns, dict):
        raise ValueError('Expected feature_columns to be iterable, found dict.')
    feature_columns = list(feature_columns)
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(f'Items of feature_columns must be a _FeatureColumn. Given (type {type(column)}): {column}.')
    if not feature_columns:
        raise ValueError('feature_columns must not be empty.')
    by_name = {}
    for column in feature_columns:
        if column.name in by_name:
            raise ValueError(
                f'Duplicate feature column name found for columns: {column} and {by_name[column.name]}. This usually means '
                'that these columns refer to same base feature. Either one must be discarded or a duplicated but renamed '
                'item must be inserted in features dict.')
        by_name[column.name] = column
    return sorted(feature_columns, key=lambda column: column.name)


def check_batch_sizes(tensors, columns):
    """ValueError where columns are known to give different numbers of examples."""
    first = None
    for index, tensor in enumerate(tensors):
        size = dimension_value(tensor.shape[0])
        if size is None:
            continue
        if first is None:
            first, size_of_first = index, size
        elif size != size_of_first:
            raise ValueError(
                f'Batch size (first dimension) of each feature must be same. Batch size of columns ({columns[first].name}, '
                f'{columns[index].name}): ({size_of_first}, {size})')


def model_collections(weight_collections):
    """The collections of a model's variables."""
    from headrace.core.graph import GraphKeys
    found = list(weight_collections or [])
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES):
        if key not in found:
            found.append(key)
    return found


def add_to_collections(variable, collections):
    """Puts a variable, or its parts, into collections beside that of all variables."""
    from headrace.core.graph import GraphKeys
    from headrace.core.partitions import PartitionedVariable
    for key in collections:
        if key == GraphKeys.GLOBAL_VARIABLES:
            continue
        for part in variable if isinstance(variable, PartitionedVariable) else [variable]:
            get_default_graph().add_to_collection(key, part)
