"""What models read features with: dense matrices and linear models of columns."""

from headrace import _headrace as _c
from headrace.core.graph import GraphKeys, get_default_graph, name_scope
from headrace.core.initializers import Zeros
from headrace.core.layer import Layer
from headrace.core.partitions import PartitionedVariable, tables_of
from headrace.core.template import make_template
from headrace.core.variable_scope import get_variable_scope, variable_scope
from headrace.feature_column.base import (
    CategoricalColumn, DenseColumn, FeatureColumn, FeatureTransformationCache, ScopeState, add_to_collections,
    check_batch_sizes, model_collections, normalized, parts_of)

COMBINERS = ('mean', 'sqrtn', 'sum')  # as hr_combiner counts them


# ---- input_layer


def dense_columns(columns):
    """The columns, sorted by their names.

    Raises:
      ValueError: one is not dense, or two have the same name.
    """
    columns = normalized(columns)
    for column in columns:
        if not isinstance(column, DenseColumn):
            raise ValueError('Items of feature_columns must be a _DenseColumn. You can wrap a categorical column with an '
                             f'embedding_column or indicator_column. Given: {column}')
    return columns


def dense_matrix(features, columns, weight_collections=None, trainable=True, cols_to_vars=None,
                 cols_to_output_tensors=None):
    """What the columns give, beside each other, in the current variable scope."""
    columns = dense_columns(columns)
    cache, state = FeatureTransformationCache(features), ScopeState(model_collections(weight_collections), trainable)
    outputs = []
    for column in columns:
        with variable_scope(None, default_name=column._var_scope_name):
            dense = column.get_dense_tensor(cache, state)
            outputs.append(_c.feature_matrix(dense, column.variable_shape.num_elements()))
            if cols_to_vars is not None:
                cols_to_vars[column] = get_default_graph().get_collection(
                    GraphKeys.GLOBAL_VARIABLES, scope=get_variable_scope().name)
            if cols_to_output_tensors is not None:
                cols_to_output_tensors[column] = outputs[-1]
    check_batch_sizes(outputs, columns)
    from headrace.core.arrays import concat
    return concat(outputs, 1)


def input_layer(features, feature_columns, weight_collections=None, trainable=True, cols_to_vars=None,
                cols_to_output_tensors=None):
    """A matrix of what dense columns give, sorted by their names.

    Args:
      features: a dict of tensors and sparse tensors by the features' names.
      feature_columns: the columns.
      weight_collections: collections of the variables, beside those of all variables and of models'.
      trainable: whether the variables are trained.
      cols_to_vars: a dict that gets the variables of each column.
      cols_to_output_tensors: a dict that gets the matrix of each column.

    Returns:
      A tensor [batch, sum of the columns' numbers].

    Raises:
      ValueError: a column is not dense, or features are missing.
    """
    columns = dense_columns(feature_columns)
    with variable_scope(None, default_name='input_layer', values=features.values()):
        return dense_matrix(features, columns, weight_collections, trainable, cols_to_vars,
                            cols_to_output_tensors)


class InputLayer:
    """`input_layer` as an object, whose calls share the variables."""

    def __init__(self, feature_columns, weight_collections=None, trainable=True, cols_to_vars=None,
                 name='feature_column_input_layer', create_scope_now=True):
        self._template = make_template(name, dense_matrix, create_scope_now_=create_scope_now, columns=feature_columns,
                                       weight_collections=weight_collections, trainable=trainable)
        self._name = name

    def __call__(self, features):
        return self._template(features)

    @property
    def name(self):
        """The layer's name."""
        return self._name


class _LayerState(ScopeState):
    """Variables that a layer makes for its columns, when it is built."""

    def __init__(self, layer):
        super().__init__(None, True)
        self._layer, self._variables = layer, {}

    def create_variable(self, feature_column, name, shape, dtype=None, trainable=True, use_resource=True,
                        initializer=None):
        """Makes a variable of a column."""
        from headrace.core.variable_scope import get_variable
        if (feature_column, name) in self._variables:
            raise ValueError('Variable already exists.')
        variable = get_variable(name, shape, dtype, initializer, trainable=self._layer.trainable and trainable,
                                use_resource=use_resource)
        self._variables[feature_column, name] = variable
        return variable

    def get_variable(self, feature_column, name):
        """A variable of a column. ValueError where there is none."""
        if (feature_column, name) not in self._variables:
            raise ValueError('Variable does not exist.')
        return self._variables[feature_column, name]

    @property
    def variables(self):
        """All variables."""
        return list(self._variables.values())


class _ColumnsLayer:
    """A layer of columns, whose variables stand in variable scopes of the columns' names."""

    _kinds, _kinds_text = (DenseColumn,), 'DenseColumn'

    def __init__(self, feature_columns, trainable, name):
        self._columns, self.trainable, self.name = normalized(feature_columns), trainable, name
        for column in self._columns:
            if not isinstance(column, self._kinds):
                raise ValueError(f'Items of feature_columns must be a {self._kinds_text}. You can wrap a categorical column '
                                 f'with an embedding_column or indicator_column. Given: {column}')
        self._state, self._built = _LayerState(self), False

    def __call__(self, features):
        if not isinstance(features, dict):
            raise ValueError(f'We expected a dictionary here. Instead we got: {features}')
        with name_scope(self.name):
            if not self._built:
                self._build()
                self._built = True
            return self._call(features)

    def _build(self):
        for column in self._columns:
            with _pure_variable_scope(self.name), _pure_variable_scope(column.name):
                self._create(column)

    def _create(self, column):
        column.create_state(self._state)


def _pure_variable_scope(name):
    """A variable scope that opens no name scope."""
    return variable_scope(name, auxiliary_name_scope=False)


class DenseFeatures(_ColumnsLayer):
    """A layer that gives a matrix of what dense columns give.

    Args:
      feature_columns: the columns.
      trainable: whether the variables are trained.
      name: the layer's name.
    """

    def __init__(self, feature_columns, trainable=True, name='dense_features'):
        super().__init__(feature_columns, trainable, name)

    def _call(self, features):
        from headrace.core.arrays import concat
        cache, outputs = FeatureTransformationCache(features), []
        for column in self._columns:
            with name_scope(column.name):
                dense = column.get_dense_tensor(cache, self._state)
                outputs.append(_c.feature_matrix(dense, column.variable_shape.num_elements()))
        check_batch_sizes(outputs, self._columns)
        return concat(outputs, -1)


# ---- linear models


def weighted_sum(column, cache, state, combiner, weights):
    """A column's part of a linear model. `weights`: [elements or buckets, units]."""
    if isinstance(column, CategoricalColumn):
        pair = column.get_sparse_tensors(cache, state)
        return _c.sparse_weighted_sum(parts_of(pair.id_tensor), tables_of(weights), id_weights=parts_of(pair.weight_tensor),
                                      combiner=COMBINERS.index(combiner))
    return _c.dense_weighted_sum(column.get_dense_tensor(cache, state), column.variable_shape.num_elements(), weights)


def _weights_shape(column, units):
    if isinstance(column, CategoricalColumn):
        return (column.num_buckets, units)
    return (column.variable_shape.num_elements(), units)


class LinearModel(_ColumnsLayer):
    """A linear model of columns: for each unit the sum of what they give, weighted, and a bias.

    Args:
      feature_columns: the columns, dense or categorical.
      units: how many sums there are.
      sparse_combiner: how the weights of an example's ids are combined: 'sum', 'mean' or 'sqrtn'.
      trainable: whether the variables are trained.
      name: the layer's name.
    """

    _kinds, _kinds_text = (DenseColumn, CategoricalColumn), 'DenseColumn or CategoricalColumn'

    def __init__(self, feature_columns, units=1, sparse_combiner='sum', trainable=True, name='linear_model'):
        super().__init__(feature_columns, trainable, name)
        self._units, self._combiner, self.bias = units, sparse_combiner, None

    def __call__(self, features):
        with name_scope(self.name):  # Keras's model, which holds the layer
            return super().__call__(features)

    def _create(self, column):
        super()._create(column)
        self._state.create_variable(column, 'weights', _weights_shape(column, self._units), 'float32', True, True, Zeros())

    def _build(self):
        super()._build()
        with _pure_variable_scope(self.name):
            self.bias = self._state.create_variable(None, 'bias_weights', [self._units], 'float32', True, True, Zeros())

    def _call(self, features):
        with name_scope(self.name):
            cache, sums = FeatureTransformationCache(features), []
            for column in self._columns:
                with name_scope(column.name):
                    weights = self._state.get_variable(column, 'weights')
                    sums.append(weighted_sum(column, cache, self._state, self._combiner, weights))
            check_batch_sizes(sums, self._columns)
            return _c.linear_sum(sums, self.bias)

    @property
    def variables(self):
        """All variables, the bias last."""
        return self._state.variables

    def cols_to_vars(self):
        """The variables of each column, and of 'bias'."""
        found = {column: [self._state.get_variable(column, 'weights')] for column in self._columns}
        found['bias'] = [self.bias]
        return found


class _ColumnLayer(Layer):
    """A column's part of `linear_model`."""

    def __init__(self, column, units, combiner, collections, trainable, name):
        super().__init__(trainable=trainable, name=name)
        self._use_resource_variables = True
        self._column, self._units, self._combiner, self._collections = column, units, combiner, collections

    def build(self, input_shape):
        self._weights = self.add_weight('weights', _weights_shape(self._column, self._units), initializer=Zeros(),
                                        trainable=self.trainable)
        add_to_collections(self._weights, self._collections)
        self.built = True

    def call(self, cache):
        state = ScopeState(self._collections, self.trainable)
        return weighted_sum(self._column, cache, state, self._combiner, self._weights)


class _BiasLayer(Layer):
    """The bias of `linear_model`."""

    def __init__(self, units, collections, trainable, name):
        super().__init__(trainable=trainable, name=name)
        self._use_resource_variables = True
        self._units, self._collections = units, collections

    def build(self, input_shape):
        self.bias = self.add_weight('bias_weights', [self._units], initializer=Zeros(), trainable=self.trainable)
        add_to_collections(self.bias, self._collections)
        self.built = True

    def call(self, inputs):
        return self.bias


class ScopedLinearModel:
    """`linear_model` as an object, whose calls share the variables."""

    def __init__(self, feature_columns, units=1, sparse_combiner='sum', weight_collections=None, trainable=True,
                 name=None):
        self._columns, self.name = normalized(feature_columns), name
        collections = model_collections(weight_collections)
        self._layers = []
        for column in self._columns:
            with variable_scope(None, default_name=column._var_scope_name) as scope:
                layer_name = _last_part(scope.name)
            self._layers.append(_ColumnLayer(column, units, sparse_combiner, collections, trainable, layer_name))
        self.bias_layer = _BiasLayer(units, collections, trainable, 'bias_layer')
        self._cols_to_vars = {}

    def __call__(self, features):
        with name_scope(self.name), variable_scope(self.name):
            for column in self._columns:
                if not isinstance(column, (DenseColumn, CategoricalColumn)):
                    raise ValueError('Items of feature_columns must be either a _DenseColumn or _CategoricalColumn. '
                                     f'Given: {column}')
            cache, sums, columns = FeatureTransformationCache(features), [], []
            for layer in sorted(self._layers, key=lambda layer: layer.name):
                sums.append(layer(cache))
                columns.append(layer._column)
                self._cols_to_vars[layer._column] = get_default_graph().get_collection(
                    GraphKeys.GLOBAL_VARIABLES, scope=layer.scope_name)
            check_batch_sizes(sums, columns)
            from headrace.core.math_functions import add_n
            total = add_n(sums, name='weighted_sum_no_bias')
            bias = self.bias_layer(cache, scope=get_variable_scope())
            self._cols_to_vars['bias'] = list(bias) if isinstance(bias, PartitionedVariable) else [bias]
            from headrace.core.nn_functions import bias_add
            return bias_add(total, bias, name='weighted_sum')

    def cols_to_vars(self):
        """The variables of each column, and of 'bias'."""
        return self._cols_to_vars

    @property
    def variables(self):
        """All variables."""
        return [v for layer in [*self._layers, self.bias_layer] for v in layer.variables]


def _last_part(name):
    return name.rsplit('/', 1)[-1]


def linear_model(features, feature_columns, units=1, sparse_combiner='sum', weight_collections=None, trainable=True,
                 cols_to_vars=None):
    """A linear model of columns: for each unit the sum of what they give, weighted, and a bias.

    Args:
      features: a dict of tensors and sparse tensors by the features' names.
      feature_columns: the columns, dense or categorical.
      units: how many sums there are.
      sparse_combiner: how the weights of an example's ids are combined: 'sum', 'mean' or 'sqrtn'.
      weight_collections: collections of the variables, beside those of all variables and of models'.
      trainable: whether the variables are trained.
      cols_to_vars: a dict that gets the variables of each column, and of 'bias'.

    Returns:
      A tensor [batch, units].

    Raises:
      ValueError: a column is neither dense nor categorical, or features are missing.
    """
    with variable_scope(None, 'linear_model') as scope:
        name = _last_part(scope.name)
    model = ScopedLinearModel(feature_columns, units, sparse_combiner, weight_collections, trainable, name)
    result = model(features)
    if cols_to_vars is not None:
        cols_to_vars.update(model.cols_to_vars())
    return result


# ---- reading


def make_parse_example_spec(feature_columns):
    """The features that columns read: a dict for `tf.parse_example`.

    Args:
      feature_columns: the columns.

    Returns:
      A dict of FixedLenFeature and VarLenFeature by the features' names.

    Raises:
      ValueError: there are other things than columns, or two read a feature in different ways.
    """
    result = {}
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(f'All feature_columns must be _FeatureColumn instances. Given: {column}')
        for key, value in column.parse_example_spec.items():
            if key in result and value != result[key]:
                raise ValueError(f'feature_columns contain different parse_spec for key {key}. '
                                 f'Given {value} and {result[key]}')
            result[key] = value
    return result
