"""Deep networks as estimators of tf.contrib.learn."""

from headrace import _headrace as _c
from headrace import feature_column, nn
from headrace.contrib import layers
from headrace.contrib.layers.feature_columns import are_contrib_columns
from headrace.contrib.learn.estimators import head as heads
from headrace.contrib.learn.estimators.constants import ModeKeys
from headrace.contrib.learn.estimators.estimator import Estimator
from headrace.contrib.learn.estimators.predictions import ClassPredictions, ScorePredictions
from headrace.core.global_step import get_global_step
from headrace.core.partitions import min_max_variable_partitioner
from headrace.core.variable_scope import variable_scope

__all__ = ['DNNClassifier', 'DNNEstimator', 'DNNRegressor']

LEARNING_RATE = 0.05  # the default's, and what named optimizers get
SCOPE = 'dnn'


def _optimizer(given):
    if callable(given):
        return given()
    if given is None:
        from headrace.core.optimizers import AdagradOptimizer
        return lambda rate: AdagradOptimizer(rate)
    return given


def network(features, mode, columns, hidden_units, units, activation_fn, dropout, input_partitioner,
            summarize=_c.learn_layer_summaries):
    """What fully connected layers on feature columns give, in the variable scope "dnn", which the caller has opened.

    Args:
      features: a dict of tensors.
      mode: a ModeKeys.
      columns: of tf.contrib.layers, or of tf.feature_column.
      hidden_units: the numbers of units of the hidden layers.
      units: how many numbers the network gives.
      activation_fn: of the hidden layers.
      dropout: the part of the hidden layers' outputs that is dropped while training, or None.
      input_partitioner: of the input layer's variables.
      summarize: adds the summaries of a layer: a function of its output and its name.
    """
    with variable_scope('input_from_feature_columns', values=list(features.values()),
                        partitioner=input_partitioner) as scope:
        if are_contrib_columns(columns):
            net = layers.input_from_feature_columns(features, columns, weight_collections=[SCOPE], scope=scope)
        else:
            net = feature_column.input_layer(features, columns, weight_collections=[SCOPE])
    for number, hidden in enumerate(hidden_units):
        with variable_scope(f'hiddenlayer_{number}', values=(net,)) as scope:
            net = layers.fully_connected(net, hidden, activation_fn=activation_fn, variables_collections=[SCOPE],
                                         scope=scope)
            if dropout is not None and mode == ModeKeys.TRAIN:
                net = layers.dropout(net, keep_prob=1.0 - dropout)
        summarize(net, scope.name)
    with variable_scope('logits', values=(net,)) as scope:
        logits = layers.fully_connected(net, units, activation_fn=None, variables_collections=[SCOPE], scope=scope)
    summarize(logits, scope.name)
    return logits


def _dnn_model_fn(features, labels, mode, params, config=None):
    """A network of fully connected layers on feature columns, and a head on it."""
    head, replicas = params['head'], config.num_ps_replicas if config else 0
    if not isinstance(features, dict):
        features = {'': features}
    with variable_scope(SCOPE, values=list(features.values()),
                        partitioner=min_max_variable_partitioner(max_partitions=replicas)):
        input_partitioner = min_max_variable_partitioner(max_partitions=replicas,
                                                         min_slice_size=params['input_layer_min_slice_size'])
        logits = network(features, mode, params['feature_columns'], params['hidden_units'], head.logits_dimension,
                         params['activation_fn'], params['dropout'], input_partitioner)

        def train_op_fn(loss):
            return layers.optimize_loss(loss=loss, global_step=get_global_step(), learning_rate=LEARNING_RATE,
                                        optimizer=_optimizer(params['optimizer']),
                                        clip_gradients=params['gradient_clip_norm'], name=SCOPE, summaries=[])

        return head.create_model_fn_ops(features=features, mode=mode, labels=labels, train_op_fn=train_op_fn,
                                        logits=logits)


class _DNN(Estimator):
    """What the networks share."""

    def __init__(self, head, hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout,
                 gradient_clip_norm, config, feature_engineering_fn, embedding_lr_multipliers,
                 input_layer_min_slice_size):
        if embedding_lr_multipliers:
            raise NotImplementedError('embedding_lr_multipliers is not supported')
        self._feature_columns = tuple(feature_columns or ())
        super().__init__(model_fn=_dnn_model_fn, model_dir=model_dir, config=config,
                         params={'head': head, 'hidden_units': hidden_units, 'feature_columns': self._feature_columns,
                                 'optimizer': optimizer, 'activation_fn': activation_fn, 'dropout': dropout,
                                 'gradient_clip_norm': gradient_clip_norm,
                                 'input_layer_min_slice_size': input_layer_min_slice_size or (64 << 20)},
                         feature_engineering_fn=feature_engineering_fn)


class DNNClassifier(ClassPredictions, _DNN):
    """A network that tells classes apart."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, n_classes=2, weight_column_name=None,
                 optimizer=None, activation_fn=nn.relu, dropout=None, gradient_clip_norm=None,
                 enable_centered_bias=False, config=None, feature_engineering_fn=None, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None, label_keys=None):
        """
        Args:
          hidden_units: the numbers of units of the hidden layers.
          feature_columns: what the first layer is made of.
          model_dir: the directory of checkpoints, a temporary one for None.
          n_classes: how many classes there are; labels are integers below.
          weight_column_name: the name of the examples' weights among the features.
          optimizer: an optimizer, its name, or a function that makes one; Adagrad with the rate 0.05 for None.
          activation_fn: of the hidden layers.
          dropout: the part of the hidden layers' outputs that is dropped while training.
          gradient_clip_norm: the norm that all gradients together are clipped to.
          enable_centered_bias: must be False.
          config: a RunConfig.
          feature_engineering_fn: a function of features and labels that gives others.
          embedding_lr_multipliers: must be None.
          input_layer_min_slice_size: of parts of the input layer's variables.
          label_keys: must be None: labels are numbers.
        """
        head = heads.multi_class_head(n_classes, weight_column_name=weight_column_name,
                                      enable_centered_bias=enable_centered_bias, label_keys=label_keys)
        super().__init__(head, hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout,
                         gradient_clip_norm, config, feature_engineering_fn, embedding_lr_multipliers,
                         input_layer_min_slice_size)


class DNNRegressor(ScorePredictions, _DNN):
    """A network that tells numbers."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, weight_column_name=None, optimizer=None,
                 activation_fn=nn.relu, dropout=None, gradient_clip_norm=None, enable_centered_bias=False, config=None,
                 feature_engineering_fn=None, label_dimension=1, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None):
        """`label_dimension`: how many numbers a label has; the others as of DNNClassifier."""
        head = heads.regression_head(label_dimension=label_dimension, weight_column_name=weight_column_name,
                                     enable_centered_bias=enable_centered_bias)
        super().__init__(head, hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout,
                         gradient_clip_norm, config, feature_engineering_fn, embedding_lr_multipliers,
                         input_layer_min_slice_size)


class DNNEstimator(_DNN):
    """A network with a head of the program's choice."""

    def __init__(self, head, hidden_units, feature_columns, model_dir=None, optimizer=None, activation_fn=nn.relu,
                 dropout=None, gradient_clip_norm=None, config=None, feature_engineering_fn=None,
                 embedding_lr_multipliers=None, input_layer_min_slice_size=None):
        """`head`: a Head; the others as of DNNClassifier."""
        super().__init__(head, hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout,
                         gradient_clip_norm, config, feature_engineering_fn, embedding_lr_multipliers,
                         input_layer_min_slice_size)
