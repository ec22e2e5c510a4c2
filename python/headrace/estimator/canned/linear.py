"""Linear models: `LinearClassifier`, `LinearRegressor`, `LinearEstimator`."""

import math

from headrace import _headrace as _c
from headrace import losses, summary
from headrace.core.optimizers import FtrlOptimizer
from headrace.core.partitions import PartitionedVariable
from headrace.core.variable_scope import variable_scope
from headrace.estimator.canned.dnn import input_partitioner_of
from headrace.estimator.canned.heads import RegressionHead, classification_head
from headrace.estimator.canned.optimizers import check_features, optimizer_of
from headrace.estimator.estimator import Estimator
from headrace.feature_column.layers import LinearModel, ScopedLinearModel

__all__ = ['LinearClassifier', 'LinearRegressor', 'LinearEstimator']

_LEARNING_RATE = 0.2


def _expanded(variables):
    """Variables, those in parts by their parts."""
    return [part for variable in variables
            for part in (variable if isinstance(variable, (PartitionedVariable, list)) else [variable])]


def linear_logits(units, columns, combiner, features):
    """The logits of a linear model of columns, which tells of its weights in summaries."""
    if all(column._is_v2_column for column in columns):
        model = LinearModel(columns, units, combiner, name='linear_model')
        logits = model(features)
        variables = [variable for variable in model.variables if variable is not model.bias]
        bias = _expanded([model.bias])
    else:
        model = ScopedLinearModel(columns, units, combiner, name='linear_model')
        logits = model(features)
        of_columns = model.cols_to_vars()
        bias = of_columns.pop('bias')
        variables = list(of_columns.values())
    if units > 1:
        summary.histogram('bias', bias)
    else:
        summary.scalar('bias', bias[0][0])
    summary.scalar('fraction_of_zero_weights', _c.zero_fraction_of_all(_expanded(variables)))
    return logits


def _model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner):
    columns = tuple(feature_columns or [])

    def model_fn(features, labels, mode, config):
        check_features(features)
        with variable_scope('linear', values=tuple(features.values()),
                            partitioner=partitioner or input_partitioner_of(config)):
            logits = linear_logits(head.logits_dimension, columns, sparse_combiner, features)
            rate = min(_LEARNING_RATE, 1.0 / math.sqrt(len(columns)))
            chosen = optimizer_of(optimizer or FtrlOptimizer(learning_rate=rate), _LEARNING_RATE)
            return head.create_estimator_spec(features, mode, logits, labels, optimizer=chosen)

    return model_fn


class LinearClassifier(Estimator):
    """A linear model that tells classes."""

    def __init__(self, feature_columns, model_dir=None, n_classes=2, weight_column=None, label_vocabulary=None,
                 optimizer='Ftrl', config=None, partitioner=None, warm_start_from=None,
                 loss_reduction=losses.Reduction.SUM, sparse_combiner='sum'):
        """
        Args:
          feature_columns: columns, dense or categorical.
          model_dir, config, warm_start_from: as of Estimator.
          n_classes: how many classes there are.
          weight_column: the name of the examples' weights, or a column of them.
          label_vocabulary: the labels' names; labels are their places where left out.
          optimizer: an optimizer, a function that makes one, or the name of one.
          partitioner: how variables are cut.
          loss_reduction: how the losses of examples are put together: a member of tf.losses.Reduction.
          sparse_combiner: how the weights of an example's ids are combined: 'sum', 'mean' or 'sqrtn'.
        """
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner), model_dir, config, None,
                         warm_start_from)


class LinearEstimator(Estimator):
    """A linear model with a head of the user's."""

    def __init__(self, head, feature_columns, model_dir=None, optimizer='Ftrl', config=None, partitioner=None,
                 sparse_combiner='sum', warm_start_from=None):
        """
        Args:
          head: what becomes of the logits: an object as tf.contrib.estimator's functions give it.
          feature_columns, model_dir, optimizer, config, partitioner, sparse_combiner, warm_start_from: as of
            LinearClassifier.
        """
        super().__init__(_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner), model_dir, config, None,
                         warm_start_from)


class LinearRegressor(Estimator):
    """A linear model that tells numbers."""

    def __init__(self, feature_columns, model_dir=None, label_dimension=1, weight_column=None, optimizer='Ftrl',
                 config=None, partitioner=None, warm_start_from=None, loss_reduction=losses.Reduction.SUM,
                 sparse_combiner='sum'):
        """
        Args:
          label_dimension: how many numbers a label has.
          feature_columns, model_dir, weight_column, optimizer, config, partitioner, warm_start_from, loss_reduction,
            sparse_combiner: as of LinearClassifier.
        """
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner), model_dir, config, None,
                         warm_start_from)
