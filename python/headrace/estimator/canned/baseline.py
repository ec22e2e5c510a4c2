"""Models that look at no feature: `BaselineClassifier`, `BaselineRegressor`."""

from headrace import losses
from headrace.core.arrays import ones, shape
from headrace.core.element_assertions import assert_equal
from headrace.core.global_step import get_global_step
from headrace.core.graph import control_dependencies
from headrace.core.initializers import Zeros
from headrace.core.math_functions import multiply
from headrace.core.variable_scope import get_variable, variable_scope
from headrace.estimator.canned.heads import RegressionHead, classification_head
from headrace.estimator.canned.optimizers import optimizer_of
from headrace.estimator.estimator import Estimator

__all__ = ['BaselineClassifier', 'BaselineRegressor', 'BaselineEstimator']

_LEARNING_RATE = 0.3


def _logits(features, units, weight_column):
    """A bias for each example."""
    batch, checks = None, []
    for key, feature in features.items():
        if key == weight_column:
            continue
        size = shape(feature)[0]
        if batch is None:
            batch = size
        else:
            checks.append(assert_equal(batch, size))
    with control_dependencies(checks), variable_scope('baseline'):
        bias = get_variable('bias', shape=[units], initializer=Zeros)
        return multiply(bias, ones([batch, units]))


def _model_fn(head, optimizer, weight_column):
    if weight_column is not None and not isinstance(weight_column, str):
        weight_column = weight_column.key

    def model_fn(features, labels, mode, config):
        logits = _logits(features, head.logits_dimension, weight_column)

        def train_op_fn(loss):
            return optimizer_of(optimizer, _LEARNING_RATE).minimize(loss, global_step=get_global_step())

        return head.create_estimator_spec(features, mode, logits, labels, train_op_fn=train_op_fn)

    return model_fn


class BaselineClassifier(Estimator):
    """Learns how often each class comes."""

    def __init__(self, model_dir=None, n_classes=2, weight_column=None, label_vocabulary=None, optimizer='Ftrl',
                 config=None, loss_reduction=losses.Reduction.SUM):
        """
        Args:
          model_dir, config: as of Estimator.
          n_classes: how many classes there are.
          weight_column: the name of the examples' weights, or a column of them.
          label_vocabulary: the labels' names; labels are their places where left out.
          optimizer: an optimizer, a function that makes one, or the name of one.
          loss_reduction: how the losses of examples are put together: a member of tf.losses.Reduction.
        """
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_model_fn(head, optimizer, weight_column), model_dir, config)


class BaselineEstimator(Estimator):
    """Learns a bias, with a head of the user's."""

    def __init__(self, head, model_dir=None, optimizer='Ftrl', config=None):
        """
        Args:
          head: what becomes of the logits: an object as tf.contrib.estimator's functions give it.
          model_dir, optimizer, config: as of BaselineClassifier.
        """
        super().__init__(_model_fn(head, optimizer, None), model_dir, config)


class BaselineRegressor(Estimator):
    """Learns the mean of the labels."""

    def __init__(self, model_dir=None, label_dimension=1, weight_column=None, optimizer='Ftrl', config=None,
                 loss_reduction=losses.Reduction.SUM):
        """
        Args:
          label_dimension: how many numbers a label has.
          model_dir, weight_column, optimizer, config, loss_reduction: as of BaselineClassifier.
        """
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(_model_fn(head, optimizer, None), model_dir, config)  # the weights count as a feature
