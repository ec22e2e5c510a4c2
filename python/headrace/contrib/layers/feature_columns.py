"""Features of examples, and the layer that models begin with: `tf.contrib.layers.real_valued_column` and its like."""

import collections
import numbers

from headrace import _headrace as _c
from headrace import _ops, logging, nn
from headrace.contrib.framework.variables import model_variable
from headrace.core import dtypes
from headrace.core.arrays import concat, expand_dims, strided_slice
from headrace.core.checks import assert_rank_at_least
from headrace.core.graph import control_dependencies, name_scope
from headrace.core.math_functions import add_n, matmul
from headrace.core.variable_scope import variable_scope

__all__ = ['infer_real_valued_columns', 'input_from_feature_columns', 'real_valued_column',
           'weighted_sum_from_feature_columns']


class _FeatureColumn:
    """A feature: its name, and how it becomes a tensor."""

    @property
    def name(self):
        """The name of the tensor among the features."""
        return self.column_name


class _RealValuedColumn(_FeatureColumn, collections.namedtuple('_RealValuedColumn', [
        'column_name', 'dimension', 'default_value', 'dtype', 'normalizer'])):
    """Numbers: see real_valued_column."""

    @property
    def key(self):
        """What columns are sorted by."""
        values = [f'{field}={getattr(self, field)}' for field in self._fields if field != 'normalizer']
        return f'{type(self).__name__}({", ".join(values)})'

    @property
    def normalizer_fn(self):
        """The function that is applied to the tensor, or None."""
        return self.normalizer

    def _transformed(self, tensor):
        return tensor if self.normalizer is None else self.normalizer(tensor)

    def _input_layer(self, tensor):
        """[batch, dimension] of floats."""
        return _flat(tensor if tensor.dtype == dtypes.float32 else _c.tf_cast(tensor, dtypes.float32))


def are_contrib_columns(columns):
    """Whether all columns are of tf.contrib.layers, not of tf.feature_column."""
    return all(isinstance(column, _FeatureColumn) for column in columns)


def _flat(tensor):
    """A tensor of rank 2: further dimensions are flattened, a vector becomes a column."""
    rank = tensor.shape.ndims
    if rank == 2:
        return tensor
    if rank == 1:
        logging.warning('A column gets a vector, not a matrix: Will attempt to expand dims to one number an example.')
        return expand_dims(tensor, -1, name='expand_dims')
    return _inner_flatten(tensor)


def _inner_flatten(tensor):
    rank = tensor.shape.ndims
    with name_scope(None, 'InnerFlatten', [tensor]):
        with control_dependencies([assert_rank_at_least(tensor, 2)]):
            outer = strided_slice(_c.tf_shape(tensor), [0], [1])
            flat = _ops.reshape(tensor, concat((outer, [-1]), 0))
        if rank is not None:
            flat.set_shape([tensor.shape.dims[0], tensor.shape[1:].num_elements()])
        return flat


def _checked_default(value, dimension, dtype, name):
    """The default as a tuple of `dimension` numbers, or None."""
    if value is None:
        return None

    def converted(number):
        fits = isinstance(number, numbers.Integral) or (isinstance(number, numbers.Real) and dtype.is_floating)
        if not fits or isinstance(number, bool):
            raise TypeError(f'default_value must be compatible with dtype. default_value: {value}, dtype: {dtype}, '
                            f'column_name: {name}')
        return float(number) if dtype.is_floating else int(number)

    if isinstance(value, (list, tuple)):
        if len(value) != dimension:
            raise ValueError(f'The length of default_value must be equal to dimension. default_value: {value}, dimension: '
                             f'{dimension}, column_name: {name}')
        return tuple(map(converted, value))
    return (converted(value),) * dimension


def real_valued_column(column_name, dimension=1, default_value=None, dtype=dtypes.float32, normalizer=None):
    """A feature of numbers.

    Args:
      column_name: the name of the tensor among the features.
      dimension: how many numbers an example has.
      default_value: a number, or one for each, for examples without it.
      dtype: the numbers' dtype.
      normalizer: a function that is applied to the tensor.

    Returns:
      A column.

    Raises:
      TypeError: `dimension` is no integer, or the default is of another type.
      ValueError: `dimension` is below 1, the default has another length, or the dtype is none of numbers.
    """
    if not isinstance(dimension, int):
        raise TypeError(f'dimension must be an integer. dimension: {dimension}, column_name: {column_name}')
    if dimension < 1:
        raise ValueError(f'dimension must be greater than 0. dimension: {dimension}, column_name: {column_name}')
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f'dtype must be convertible to float. dtype: {dtype}, column_name: {column_name}')
    return _RealValuedColumn(column_name, dimension, _checked_default(default_value, dimension, dtype, column_name), dtype,
                             normalizer)


def infer_real_valued_columns(features):
    """A column of numbers for each tensor.

    Args:
      features: a dict from names to tensors, or one tensor, whose column is called ''.

    Returns:
      A list of columns.

    Raises:
      ValueError: a tensor is not of numbers, or its size is not known.
    """
    if not isinstance(features, dict):
        features = {'': features}
    return [_inferred(name, tensor) for name, tensor in features.items()]


def _inferred(name, tensor):
    if not (tensor.dtype.is_integer or tensor.dtype.is_floating):
        raise ValueError('Non integer or non floating types are not supported for auto detection. Please define '
                         f'corresponding FeatureColumn for tensor {name} {tensor!r}.')
    shape = tensor.get_shape().as_list()
    size = 1
    for dimension in shape[1:]:
        if dimension is None:
            raise ValueError(f'The sizes of {name} must be known but for the first: {tensor.get_shape()}.')
        size *= dimension
    return real_valued_column(name, dimension=size, dtype=tensor.dtype)


def input_from_feature_columns(columns_to_tensors, feature_columns, weight_collections=None, trainable=True, scope=None,
                               cols_to_outs=None):
    """The features of a batch as one matrix of floats, for a first layer.

    Args:
      columns_to_tensors: a dict from names to tensors.
      feature_columns: columns, each of which a tensor is there for.
      weight_collections: collections of the variables that columns have.
      trainable: whether these are trained.
      scope: the variable scope; 'input_from_feature_columns' made unique where left out.
      cols_to_outs: a dict that is given the part of each column.

    Returns:
      [batch, sum of the columns' sizes], in the order of the columns' keys.

    Raises:
      ValueError: there are no columns, or two of one key.
      KeyError: a tensor is missing.
    """
    keys = [column.key for column in feature_columns]
    if len(set(keys)) != len(keys):
        raise ValueError(f'Duplicate feature column key found among {keys}')
    if cols_to_outs is not None and not isinstance(cols_to_outs, dict):
        raise ValueError('cols_to_outs must be a dict unless None')
    with variable_scope(scope, 'input_from_feature_columns', list(columns_to_tensors.values())):
        outputs = []
        for column in sorted(feature_columns, key=lambda column: column.key):
            with name_scope(column.name):
                transformed = column._transformed(columns_to_tensors[column.name])
                output = column._input_layer(transformed)
            if cols_to_outs is not None:
                cols_to_outs[column] = output
            outputs.append(output)
        return concat(outputs, 1)


def weighted_sum_from_feature_columns(columns_to_tensors, feature_columns, num_outputs, weight_collections=None,
                                      trainable=True, scope=None):
    """A linear model of columns: for each output the weighted sum of what they give, and a bias.

    Args:
      columns_to_tensors: a dict from names to tensors.
      feature_columns: columns, each of which a tensor is there for.
      num_outputs: how many sums there are.
      weight_collections: collections of the variables, beside those of all variables and of models'.
      trainable: whether the variables are trained.
      scope: the variable scope; 'weighted_sum_from_feature_columns' made unique where left out.

    Returns:
      [batch, num_outputs], a dict from columns to lists of their variables, and the bias.

    Raises:
      ValueError: there are two columns of one key.
      KeyError: a tensor is missing.
    """
    if isinstance(feature_columns, dict):
        raise ValueError('Expected feature_columns to be iterable, found dict.')
    keys = [column.key for column in feature_columns]
    for column in feature_columns:
        if keys.count(column.key) > 1:
            raise ValueError(f'Duplicate feature column key found for column: {column.name}. This usually means that the '
                             'column is almost identical to another column, and one must be discarded.')
    values = list(columns_to_tensors.values())
    sums, variables = [], {}
    with variable_scope(scope, 'weighted_sum_from_feature_columns', values):
        for column in sorted(feature_columns, key=lambda column: column.key):
            tensor = _c.tf_cast(column._transformed(columns_to_tensors[column.name]), dtypes.float32)
            with variable_scope(None, column.name, values):
                tensor = _matrix(tensor, column.name)
                weight = model_variable('weight', [tensor.get_shape()[1], num_outputs], initializer=_c.zeros_initializer(),
                                        trainable=trainable, collections=weight_collections)
                weighted = matmul(tensor, weight, name='matmul')
            sums.append(_ops.reshape(weighted, [-1, num_outputs]))
            variables[column] = [weight]
        total = add_n(sums)
        bias = model_variable('bias_weight', [num_outputs], initializer=_c.zeros_initializer(), trainable=trainable,
                              collections=weight_collections)
        logging.info('Created variable %s, with device=%s', bias.name, bias.device)
        return nn.bias_add(total, bias), variables, bias


def _matrix(tensor, name):
    """A tensor of rank 2, for a weighted sum."""
    rank = tensor.shape.ndims
    if rank is None:
        raise ValueError(f'Error while processing column {name}. Rank of input Tensor can not be None.')
    if rank == 0:
        raise ValueError(f'Error while processing column {name}. Rank of input Tensor (2) should be the same as output_rank '
                         '(0). For example, sequence data should typically be 3 dimensional (rank 3) while non-sequence '
                         'data is typically 2 dimensional (rank 2).')
    return tensor if rank == 2 else expand_dims(tensor, -1) if rank == 1 else _inner_flatten(tensor)
