"""Linear models and deep networks together, as estimators of tf.contrib.learn."""

from headrace import nn
from headrace.contrib import layers
from headrace.contrib.learn.estimators import dnn, head as heads, linear
from headrace.contrib.learn.estimators.estimator import Estimator
from headrace.contrib.learn.estimators.predictions import ClassPredictions, ScorePredictions
from headrace.core.assignments import assign_add
from headrace.core.control import group
from headrace.core.global_step import get_global_step
from headrace.core.graph import colocate_with, control_dependencies, get_collection
from headrace.core.partitions import min_max_variable_partitioner
from headrace.core.variable_scope import variable_scope
from headrace.estimator.canned.dnn import add_summaries

__all__ = ['DNNLinearCombinedClassifier', 'DNNLinearCombinedEstimator', 'DNNLinearCombinedRegressor']


def _made(optimizer, default):
    return (optimizer() if callable(optimizer) else optimizer) or default


def _model_fn(features, labels, mode, params, config=None):
    """A network and a linear model whose sums are added, and a head on them."""
    head, replicas = params['head'], config.num_ps_replicas if config else 0
    linear_columns, dnn_columns = params['linear_feature_columns'], params['dnn_feature_columns']
    if not isinstance(features, dict):
        features = {'': features}
    linear_optimizer = _made(params['linear_optimizer'], 'Ftrl')
    dnn_optimizer = _made(params['dnn_optimizer'], 'Adagrad')
    parts = []
    if dnn_columns:
        if not params['dnn_hidden_units']:
            raise ValueError('dnn_hidden_units must be defined when dnn_feature_columns is specified.')
        input_partitioner = params['input_layer_partitioner'] or min_max_variable_partitioner(
            max_partitions=replicas, min_slice_size=64 << 20)
        with variable_scope(dnn.SCOPE, values=tuple(features.values()),
                            partitioner=min_max_variable_partitioner(max_partitions=replicas)):
            logits = dnn.network(features, mode, dnn_columns, params['dnn_hidden_units'], head.logits_dimension,
                                 params['dnn_activation_fn'] or nn.relu, params['dnn_dropout'], input_partitioner,
                                 add_summaries)
        parts.append((logits, dnn.SCOPE, dnn.LEARNING_RATE, dnn_optimizer))
    if linear_columns:
        with linear.scope_of(features, replicas) as scope:
            logits = linear.weighted_sums(features, linear_columns, head.logits_dimension, params['joint_linear_weights'],
                                          scope)
            add_summaries(logits, scope.name)
        parts.append((logits, linear.SCOPE, linear.default_rate(linear_columns), linear_optimizer))

    def train_op_fn(loss):
        step, once = get_global_step(), params['fix_global_step_increment_bug']
        steps = [layers.optimize_loss(loss=loss, global_step=step, learning_rate=rate, optimizer=optimizer,
                                      clip_gradients=params['gradient_clip_norm'], variables=get_collection(name),
                                      name=name, summaries=[], increment_global_step=not once)
                 for _, name, rate, optimizer in parts]
        train = group(*steps)
        if not once:
            return train
        with control_dependencies([train]), colocate_with(step):
            return assign_add(step, 1).op

    logits = parts[0][0] if len(parts) == 1 else parts[0][0] + parts[1][0]
    return head.create_model_fn_ops(features=features, mode=mode, labels=labels, train_op_fn=train_op_fn, logits=logits)


class _Combined(Estimator):
    """What the models share."""

    def __init__(self, head, model_dir, config, feature_engineering_fn, embedding_lr_multipliers, **params):
        linear_columns = tuple(params['linear_feature_columns'] or ())
        dnn_columns = tuple(params['dnn_feature_columns'] or ())
        self._feature_columns = linear_columns + dnn_columns
        if not self._feature_columns:
            raise ValueError('Either linear_feature_columns or dnn_feature_columns must be defined.')
        if embedding_lr_multipliers:
            raise NotImplementedError('embedding_lr_multipliers is not supported')
        params.update(head=head, linear_feature_columns=linear_columns, dnn_feature_columns=dnn_columns)
        super().__init__(model_fn=_model_fn, model_dir=model_dir, config=config, params=params,
                         feature_engineering_fn=feature_engineering_fn)


def _input_partitioner(min_slice_size, config):
    if min_slice_size is None:
        return None
    return min_max_variable_partitioner(max_partitions=config.num_ps_replicas if config else 0,
                                        min_slice_size=min_slice_size)


class DNNLinearCombinedEstimator(_Combined):
    """A linear model and a network with a head of the program's choice."""

    def __init__(self, head, model_dir=None, linear_feature_columns=None, linear_optimizer=None,
                 _joint_linear_weights=False, dnn_feature_columns=None, dnn_optimizer=None, dnn_hidden_units=None,
                 dnn_activation_fn=None, dnn_dropout=None, gradient_clip_norm=None, config=None,
                 feature_engineering_fn=None, embedding_lr_multipliers=None, fix_global_step_increment_bug=False,
                 input_layer_partitioner=None):
        """
        Args:
          head: a Head.
          input_layer_partitioner: of the input layer's variables.
          The others as of DNNLinearCombinedClassifier.
        """
        super().__init__(head, model_dir, config, feature_engineering_fn, embedding_lr_multipliers,
                         linear_feature_columns=linear_feature_columns, linear_optimizer=linear_optimizer,
                         joint_linear_weights=_joint_linear_weights, dnn_feature_columns=dnn_feature_columns,
                         dnn_optimizer=dnn_optimizer, dnn_hidden_units=dnn_hidden_units,
                         dnn_activation_fn=dnn_activation_fn, dnn_dropout=dnn_dropout,
                         gradient_clip_norm=gradient_clip_norm, input_layer_partitioner=input_layer_partitioner,
                         fix_global_step_increment_bug=fix_global_step_increment_bug)


class DNNLinearCombinedClassifier(ClassPredictions, _Combined):
    """A linear model and a network that tell classes apart."""

    def __init__(self, model_dir=None, n_classes=2, weight_column_name=None, linear_feature_columns=None,
                 linear_optimizer=None, _joint_linear_weights=False, dnn_feature_columns=None, dnn_optimizer=None,
                 dnn_hidden_units=None, dnn_activation_fn=nn.relu, dnn_dropout=None, gradient_clip_norm=None,
                 enable_centered_bias=False, config=None, feature_engineering_fn=None, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None, label_keys=None, fix_global_step_increment_bug=False):
        """
        Args:
          model_dir: the directory of checkpoints, a temporary one for None.
          n_classes: how many classes there are; labels are integers below.
          weight_column_name: the name of the examples' weights among the features.
          linear_feature_columns: what the linear model's sums are made of; there is none without.
          linear_optimizer: of the linear model: an optimizer, its name, or a function that makes one; Ftrl for None.
          _joint_linear_weights: whether the columns' weights are one variable, which columns of numbers cannot do.
          dnn_feature_columns: what the network's first layer is made of; there is none without.
          dnn_optimizer: of the network: as linear_optimizer; Adagrad for None.
          dnn_hidden_units: the numbers of units of the hidden layers.
          dnn_activation_fn: of the hidden layers.
          dnn_dropout: the part of the hidden layers' outputs that is dropped while training.
          gradient_clip_norm: the norm that the gradients of each part are clipped to.
          enable_centered_bias: must be False.
          config: a RunConfig.
          feature_engineering_fn: a function of features and labels that gives others.
          embedding_lr_multipliers: must be None.
          input_layer_min_slice_size: of parts of the input layer's variables.
          label_keys: must be None: labels are numbers.
          fix_global_step_increment_bug: whether a step is counted once, not by each part.
        """
        head = heads.multi_class_head(n_classes, weight_column_name=weight_column_name,
                                      enable_centered_bias=enable_centered_bias, label_keys=label_keys)
        super().__init__(head, model_dir, config, feature_engineering_fn, embedding_lr_multipliers,
                         linear_feature_columns=linear_feature_columns, linear_optimizer=linear_optimizer,
                         joint_linear_weights=_joint_linear_weights, dnn_feature_columns=dnn_feature_columns,
                         dnn_optimizer=dnn_optimizer, dnn_hidden_units=dnn_hidden_units,
                         dnn_activation_fn=dnn_activation_fn, dnn_dropout=dnn_dropout,
                         gradient_clip_norm=gradient_clip_norm,
                         input_layer_partitioner=_input_partitioner(input_layer_min_slice_size, config),
                         fix_global_step_increment_bug=fix_global_step_increment_bug)


class DNNLinearCombinedRegressor(ScorePredictions, _Combined):
    """A linear model and a network that tell numbers."""

    def __init__(self, model_dir=None, weight_column_name=None, linear_feature_columns=None, linear_optimizer=None,
                 _joint_linear_weights=False, dnn_feature_columns=None, dnn_optimizer=None, dnn_hidden_units=None,
                 dnn_activation_fn=nn.relu, dnn_dropout=None, gradient_clip_norm=None, enable_centered_bias=False,
                 label_dimension=1, config=None, feature_engineering_fn=None, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None, fix_global_step_increment_bug=False):
        """`label_dimension`: how many numbers a label has; the others as of DNNLinearCombinedClassifier."""
        head = heads.regression_head(weight_column_name=weight_column_name, label_dimension=label_dimension,
                                     enable_centered_bias=enable_centered_bias)
        super().__init__(head, model_dir, config, feature_engineering_fn, embedding_lr_multipliers,
                         linear_feature_columns=linear_feature_columns, linear_optimizer=linear_optimizer,
                         joint_linear_weights=_joint_linear_weights, dnn_feature_columns=dnn_feature_columns,
                         dnn_optimizer=dnn_optimizer, dnn_hidden_units=dnn_hidden_units,
                         dnn_activation_fn=dnn_activation_fn, dnn_dropout=dnn_dropout,
                         gradient_clip_norm=gradient_clip_norm,
                         input_layer_partitioner=_input_partitioner(input_layer_min_slice_size, config),
                         fix_global_step_increment_bug=fix_global_step_increment_bug)
