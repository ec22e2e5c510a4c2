"""Deep networks: `DNNClassifier`, `DNNRegressor`, `DNNEstimator`."""

from headrace import losses, summary
from headrace.nn import relu
from headrace.core.graph import name_scope
from headrace.core.initializers import GlorotUniform
from headrace.core.nn_functions import zero_fraction
from headrace.core.partitions import min_max_variable_partitioner
from headrace.core.variable_scope import variable_scope
from headrace.estimator.canned.heads import RegressionHead, classification_head
from headrace.estimator.canned.optimizers import check_features, optimizer_of
from headrace.estimator.estimator import Estimator
from headrace.estimator.mode_keys import ModeKeys
from headrace.feature_column.layers import DenseFeatures, InputLayer
from headrace.layers import BatchNormalization, Dense, Dropout

__all__ = ['DNNClassifier', 'DNNRegressor', 'DNNEstimator']

_LEARNING_RATE = 0.05


def add_summaries(value, tag):
    """Summaries of a layer's output."""
    summary.scalar(f'{tag}/fraction_of_zero_values', zero_fraction(value))
    summary.histogram(f'{tag}/activation', value)


class _Network:
    """The hidden layers and the logits of a network, whose layers have variable scopes of their own."""

    def __init__(self, units, hidden_units, columns, activation_fn, dropout, input_partitioner, batch_norm):
        self._input_partitioner = input_partitioner
        if all(column._is_v2_column for column in columns):
            self._input = DenseFeatures(columns, name='input_layer')
        else:
            self._input = InputLayer(columns, name='input_layer', create_scope_now=False)
        self._hidden, self._dropouts, self._norms = [], [], []
        for number, size in enumerate(hidden_units):
            with variable_scope(f'hiddenlayer_{number}') as scope:
                self._hidden.append((_dense(size, activation_fn, scope), scope.name))
                if dropout is not None:
                    self._dropouts.append(_held(Dropout(rate=dropout)))
                if batch_norm:
                    name = f'batchnorm_{number}'
                    self._norms.append(_held(BatchNormalization(momentum=0.999, trainable=True, name=name, _scope=name)))
        with variable_scope('logits') as scope:
            self._logits = _dense(units, None, scope), scope.name

    def __call__(self, features, mode):
        training = mode == ModeKeys.TRAIN
        with name_scope('dnn') as scope:  # Keras's model, which holds the layers
            outer = scope.rstrip('/').rsplit('/', 1)[0] + '/'
        with name_scope(outer):
            with variable_scope('input_from_feature_columns', partitioner=self._input_partitioner):
                x = self._input(features)
            for number, (layer, name) in enumerate(self._hidden):
                x = layer(x)
                if self._dropouts and training:
                    x = self._dropouts[number](x, training=True)
                if self._norms:
                    x = self._norms[number](x, training=training)
                add_summaries(x, name)
            layer, name = self._logits
            logits = layer(x)
            add_summaries(logits, name)
            return logits


def _held(layer):
    """A layer as Keras's models hold it: with resource variables."""
    layer._use_resource_variables = True
    return layer


def _dense(units, activation, scope):
    return _held(Dense(units, activation=activation, kernel_initializer=GlorotUniform(), name=scope.name, _scope=scope))


def network_logits(units, hidden_units, columns, activation_fn, dropout, input_partitioner, batch_norm, features, mode):
    """The logits of a network of columns."""
    if not isinstance(units, int):
        raise ValueError(f'units must be an int.  Given type: {type(units)}')
    return _Network(units, hidden_units, columns, activation_fn, dropout, input_partitioner, batch_norm)(features, mode)


def input_partitioner_of(config):
    """How the variables of columns are cut."""
    return min_max_variable_partitioner(max_partitions=config.num_ps_replicas if config else 0, min_slice_size=64 << 20)


def _model_fn(head, hidden_units, feature_columns, optimizer, activation_fn, dropout, input_layer_partitioner, batch_norm):
    columns = tuple(feature_columns or [])

    def model_fn(features, labels, mode, config):
        chosen = optimizer_of(optimizer, _LEARNING_RATE)
        check_features(features)
        partitioner = min_max_variable_partitioner(max_partitions=config.num_ps_replicas if config else 0)
        with variable_scope('dnn', values=tuple(features.values()), partitioner=partitioner):
            logits = network_logits(head.logits_dimension, hidden_units, columns, activation_fn, dropout,
                                    input_layer_partitioner or input_partitioner_of(config), batch_norm, features, mode)
            return head.create_estimator_spec(features, mode, logits, labels, optimizer=chosen)

    return model_fn


class DNNClassifier(Estimator):
    """A deep network that tells classes."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, n_classes=2, weight_column=None,
                 label_vocabulary=None, optimizer='Adagrad', activation_fn=relu, dropout=None,
                 input_layer_partitioner=None, config=None, warm_start_from=None,
                 loss_reduction=losses.Reduction.SUM, batch_norm=False):
        """
        Args:
          hidden_units: how many units each hidden layer has.
          feature_columns: dense columns.
          model_dir, config, warm_start_from: as of Estimator.
          n_classes: how many classes there are.
          weight_column: the name of the examples' weights, or a column of them.
          label_vocabulary: the labels' names; labels are their places where left out.
          optimizer: an optimizer, a function that makes one, or the name of one.
          activation_fn: of the hidden layers.
          dropout: the part of the hidden units that training leaves out, or None.
          input_layer_partitioner: how the variables of columns are cut.
          loss_reduction: how the losses of examples are put together: a member of tf.losses.Reduction.
          batch_norm: whether hidden layers are normalized.
        """
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_model_fn(head, hidden_units, feature_columns, optimizer, activation_fn, dropout,
                                   input_layer_partitioner, batch_norm), model_dir, config, None, warm_start_from)


class DNNEstimator(Estimator):
    """A deep network with a head of the user's."""

    def __init__(self, head, hidden_units, feature_columns, model_dir=None, optimizer='Adagrad', activation_fn=relu,
                 dropout=None, input_layer_partitioner=None, config=None, warm_start_from=None, batch_norm=False):
        """
        Args:
          head: what becomes of the logits: an object as tf.contrib.estimator's functions give it.
          hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout, input_layer_partitioner, config,
            warm_start_from, batch_norm: as of DNNClassifier.
        """
        super().__init__(_model_fn(head, hidden_units, feature_columns, optimizer, activation_fn, dropout,
                                   input_layer_partitioner, batch_norm), model_dir, config, None, warm_start_from)


class DNNRegressor(Estimator):
    """A deep network that tells numbers."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, label_dimension=1, weight_column=None,
                 optimizer='Adagrad', activation_fn=relu, dropout=None, input_layer_partitioner=None, config=None,
                 warm_start_from=None, loss_reduction=losses.Reduction.SUM, batch_norm=False):
        """
        Args:
          label_dimension: how many numbers a label has.
          hidden_units, feature_columns, model_dir, weight_column, optimizer, activation_fn, dropout,
            input_layer_partitioner, config, warm_start_from, loss_reduction, batch_norm: as of DNNClassifier.
        """
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(_model_fn(head, hidden_units, feature_columns, optimizer, activation_fn, dropout,
                                   input_layer_partitioner, batch_norm), model_dir, config, None, warm_start_from)
