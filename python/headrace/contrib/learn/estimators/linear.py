"""Linear models as estimators of tf.contrib.learn."""

import math

from headrace import clip_by_global_norm, feature_column, gradients
from headrace.contrib import layers
from headrace.contrib.layers.feature_columns import are_contrib_columns
from headrace.contrib.learn.estimators import head as heads
from headrace.contrib.learn.estimators.estimator import Estimator
from headrace.contrib.learn.estimators.predictions import ClassPredictions, ScorePredictions
from headrace.core.global_step import get_global_step
from headrace.core.graph import get_collection
from headrace.core.optimizers import FtrlOptimizer
from headrace.core.partitions import min_max_variable_partitioner
from headrace.core.variable_scope import variable_scope

__all__ = ['LinearClassifier', 'LinearEstimator', 'LinearRegressor']

_LEARNING_RATE = 0.2  # the default's at most, and what named optimizers get
SCOPE = 'linear'


def default_rate(columns):
    """The learning rate for so many columns."""
    return min(_LEARNING_RATE, 1.0 / math.sqrt(len(columns)))


def scope_of(features, replicas):
    """The variable scope of a linear model."""
    partitioner = min_max_variable_partitioner(max_partitions=replicas, min_slice_size=64 << 20)
    return variable_scope(SCOPE, values=tuple(features.values()), partitioner=partitioner)


def weighted_sums(features, columns, units, joint, scope):
    """The sums of a linear model on feature columns, in `scope_of`."""
    if not are_contrib_columns(columns):
        return feature_column.linear_model(features, columns, units=units, weight_collections=[SCOPE])
    if joint:
        raise NotImplementedError('Real-valued columns are not supported. Use weighted_sum_from_feature_columns instead, '
                                  'or bucketize these columns.')
    return layers.weighted_sum_from_feature_columns(features, columns, units, weight_collections=[SCOPE], scope=scope)[0]


def _optimizer(given, columns):
    if given is None:
        return FtrlOptimizer(learning_rate=default_rate(columns))
    if isinstance(given, str):
        return layers.OPTIMIZER_CLS_NAMES[given](learning_rate=_LEARNING_RATE)
    return given() if callable(given) else given


def _linear_model_fn(features, labels, mode, params, config=None):
    """Weighted sums of feature columns, and a head on them."""
    head, columns = params['head'], params['feature_columns']
    if not isinstance(features, dict):
        features = {'': features}
    with scope_of(features, config.num_ps_replicas if config else 0) as scope:
        logits = weighted_sums(features, columns, head.logits_dimension, params['joint_weights'], scope)

        def train_op_fn(loss):
            step, variables = get_global_step(), get_collection(SCOPE)
            found = gradients(loss, variables)
            if params['gradient_clip_norm']:
                found, _ = clip_by_global_norm(found, params['gradient_clip_norm'])
            return _optimizer(params['optimizer'], columns).apply_gradients(zip(found, variables), global_step=step)

        return head.create_model_fn_ops(features=features, mode=mode, labels=labels, train_op_fn=train_op_fn,
                                        logits=logits)


class _Linear(Estimator):
    """What the linear models share."""

    def __init__(self, head, feature_columns, model_dir, optimizer, gradient_clip_norm, joint_weights, config,
                 feature_engineering_fn):
        self._feature_columns = tuple(feature_columns or ())
        assert self._feature_columns
        super().__init__(model_fn=_linear_model_fn, model_dir=model_dir, config=config,
                         params={'head': head, 'feature_columns': feature_columns, 'optimizer': optimizer,
                                 'gradient_clip_norm': gradient_clip_norm, 'joint_weights': joint_weights},
                         feature_engineering_fn=feature_engineering_fn)


class LinearClassifier(ClassPredictions, _Linear):
    """A linear model that tells classes apart."""

    def __init__(self, feature_columns, model_dir=None, n_classes=2, weight_column_name=None, optimizer=None,
                 gradient_clip_norm=None, enable_centered_bias=False, _joint_weight=False, config=None,
                 feature_engineering_fn=None, label_keys=None):
        """
        Args:
          feature_columns: what the sums are made of, of tf.contrib.layers or of tf.feature_column.
          model_dir: the directory of checkpoints, a temporary one for None.
          n_classes: how many classes there are; labels are integers below.
          weight_column_name: the name of the examples' weights among the features.
          optimizer: an optimizer, its name, or a function that makes one; Ftrl for None.
          gradient_clip_norm: the norm that all gradients together are clipped to.
          enable_centered_bias: must be False.
          _joint_weight: whether the columns' weights are one variable, which columns of numbers cannot do.
          config: a RunConfig.
          feature_engineering_fn: a function of features and labels that gives others.
          label_keys: must be None: labels are numbers.
        """
        head = heads.multi_class_head(n_classes, weight_column_name=weight_column_name,
                                      enable_centered_bias=enable_centered_bias, label_keys=label_keys)
        super().__init__(head, feature_columns, model_dir, optimizer, gradient_clip_norm, _joint_weight, config,
                         feature_engineering_fn)


class LinearRegressor(ScorePredictions, _Linear):
    """A linear model that tells numbers."""

    def __init__(self, feature_columns, model_dir=None, weight_column_name=None, optimizer=None, gradient_clip_norm=None,
                 enable_centered_bias=False, label_dimension=1, _joint_weights=False, config=None,
                 feature_engineering_fn=None):
        """`label_dimension`: how many numbers a label has; the others as of LinearClassifier."""
        head = heads.regression_head(weight_column_name=weight_column_name, label_dimension=label_dimension,
                                     enable_centered_bias=enable_centered_bias)
        super().__init__(head, feature_columns, model_dir, optimizer, gradient_clip_norm, _joint_weights, config,
                         feature_engineering_fn)


class LinearEstimator(_Linear):
    """A linear model with a head of the program's choice."""

    def __init__(self, feature_columns, head, model_dir=None, weight_column_name=None, optimizer=None,
                 gradient_clip_norm=None, _joint_weights=False, config=None, feature_engineering_fn=None):
        """`head`: a Head; the others as of LinearClassifier."""
        super().__init__(head, feature_columns, model_dir, optimizer, gradient_clip_norm, _joint_weights, config,
                         feature_engineering_fn)
