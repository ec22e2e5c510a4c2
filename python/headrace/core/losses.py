"""Losses that are weighted, reduced and collected."""

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated_args, renamed_argument
from headrace.core.graph import GraphKeys, add_to_collection, get_collection

__all__ = ['Reduction', 'absolute_difference', 'add_loss', 'compute_weighted_loss', 'cosine_distance', 'get_losses',
           'get_regularization_loss', 'get_regularization_losses', 'get_total_loss', 'hinge_loss', 'huber_loss',
           'log_loss', 'mean_pairwise_squared_error', 'mean_squared_error', 'sigmoid_cross_entropy',
           'softmax_cross_entropy', 'sparse_softmax_cross_entropy']


class Reduction:
    """How the weighted losses of elements become one number."""

    NONE = 'none'
    SUM = 'weighted_sum'
    SUM_OVER_BATCH_SIZE = 'weighted_sum_over_batch_size'
    MEAN = 'weighted_mean'
    SUM_BY_NONZERO_WEIGHTS = 'weighted_sum_by_nonzero_weights'
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls):
        """All of them."""
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
                cls.SUM_BY_NONZERO_WEIGHTS)

    @classmethod
    def validate(cls, key):
        """ValueError unless `key` is one of them."""
        if key not in cls.all():
            raise ValueError(f'Invalid Reduction Key {key}.')


# As hr_reduction counts them.
_NUMBERS = {Reduction.SUM_BY_NONZERO_WEIGHTS: 0, Reduction.NONE: 1, Reduction.SUM: 2, Reduction.MEAN: 3,
            Reduction.SUM_OVER_BATCH_SIZE: 4}
_ARGUMENTS = """

    Args:
      {}
      weights: a scalar, or a tensor of the losses' rank with their sizes or 1.
      scope: the name scope.
      loss_collection: where the loss is added, or None.
      reduction: a `Reduction`.

    Returns:
      A scalar; the loss of each element for Reduction.NONE.

    Raises:
      ValueError: shapes do not fit, an argument is None, or another reduction.
    """


def _options(weights, scope, loss_collection, reduction):
    Reduction.validate(reduction)
    if weights is None:
        raise ValueError('None values not supported.')
    return dict(weights=weights, scope=scope, loss_collection=loss_collection or '', reduction=_NUMBERS[reduction])


def _check(**arguments):
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f'{" and ".join(arguments)} must not be None: {name} is.')


def compute_weighted_loss(losses, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES,
                          reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """Weights losses, reduces them, and adds the result to a collection."""
    return _c.compute_weighted_loss(losses, **_options(weights, scope, loss_collection, reduction))


def absolute_difference(labels, predictions, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES,
                        reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """|predictions - labels|."""
    _check(labels=labels, predictions=predictions)
    return _c.absolute_difference(labels, predictions, **_options(weights, scope, loss_collection, reduction))


def mean_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES,
                       reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """(predictions - labels) ** 2."""
    _check(labels=labels, predictions=predictions)
    return _c.mean_squared_error(labels, predictions, **_options(weights, scope, loss_collection, reduction))


def log_loss(labels, predictions, weights=1.0, epsilon=1e-07, scope=None, loss_collection=GraphKeys.LOSSES,
             reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """-labels log(predictions + epsilon) - (1 - labels) log(1 - predictions + epsilon)."""
    _check(labels=labels, predictions=predictions)
    return _c.log_loss(labels, predictions, epsilon=epsilon, **_options(weights, scope, loss_collection, reduction))


def huber_loss(labels, predictions, weights=1.0, delta=1.0, scope=None, loss_collection=GraphKeys.LOSSES,
               reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """Half the squared difference up to `delta`, linear beyond."""
    _check(labels=labels, predictions=predictions)
    return _c.huber_loss(labels, predictions, delta=delta, **_options(weights, scope, loss_collection, reduction))


def hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES,
               reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """max(0, 1 - (2 labels - 1) logits), of labels 0 and 1."""
    _check(labels=labels, logits=logits)
    return _c.hinge_loss(labels, logits, **_options(weights, scope, loss_collection, reduction))


@deprecated_args(None, 'dim is deprecated, use axis instead', 'dim')
def cosine_distance(labels, predictions, axis=None, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES,
                    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS, dim=None):
    """1 - sum(labels * predictions) along `axis`, of tensors of length 1 there."""
    axis = renamed_argument('axis', axis, 'dim', dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    _check(labels=labels, predictions=predictions)
    return _c.cosine_distance(labels, predictions, axis, **_options(weights, scope, loss_collection, reduction))


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES):
    """The squared differences of the differences of all pairs of elements of an instance."""
    _check(labels=labels, predictions=predictions)
    return _c.mean_pairwise_squared_error(labels, predictions, weights=weights, scope=scope,
                                          loss_collection=loss_collection or '')


def sigmoid_cross_entropy(multi_class_labels, logits, weights=1.0, label_smoothing=0, scope=None,
                          loss_collection=GraphKeys.LOSSES, reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """`tf.nn.sigmoid_cross_entropy_with_logits`; `label_smoothing` moves labels towards 1/2."""
    _check(multi_class_labels=multi_class_labels, logits=logits)
    return _c.sigmoid_cross_entropy(multi_class_labels, logits, label_smoothing=label_smoothing,
                                    **_options(weights, scope, loss_collection, reduction))


def softmax_cross_entropy(onehot_labels, logits, weights=1.0, label_smoothing=0, scope=None,
                          loss_collection=GraphKeys.LOSSES, reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """`tf.nn.softmax_cross_entropy_with_logits_v2` without gradient to the labels; `label_smoothing` evens them."""
    _check(onehot_labels=onehot_labels, logits=logits)
    return _c.softmax_cross_entropy(onehot_labels, logits, label_smoothing=label_smoothing,
                                    **_options(weights, scope, loss_collection, reduction))


def sparse_softmax_cross_entropy(labels, logits, weights=1.0, scope=None, loss_collection=GraphKeys.LOSSES,
                                 reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`, of class numbers [batch] or [batch, 1]."""
    _check(labels=labels, logits=logits)
    return _c.sparse_softmax_cross_entropy(labels, logits, **_options(weights, scope, loss_collection, reduction))


for _function in (absolute_difference, mean_squared_error, log_loss, huber_loss, hinge_loss, sigmoid_cross_entropy,
                  softmax_cross_entropy, sparse_softmax_cross_entropy):
    _one, _two = _function.__code__.co_varnames[:2]
    _function.__doc__ += _ARGUMENTS.format(f'{_one}: a tensor or values.\n      {_two}: a tensor.')


# ---- collections

def add_loss(loss, loss_collection=GraphKeys.LOSSES):
    """Adds a loss of the program's own to a collection."""
    if loss_collection:
        add_to_collection(loss_collection, loss)


def get_losses(scope=None, loss_collection=GraphKeys.LOSSES):
    """The losses of a collection, of which `scope` may select some by name."""
    return get_collection(loss_collection, scope)


def get_regularization_losses(scope=None):
    """The penalties that regularizers have collected."""
    return get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope=None, name='total_regularization_loss'):
    """The sum of the penalties that regularizers have collected, 0 where there are none."""
    losses = get_regularization_losses(scope)
    return _c.tf_add_n(losses, name=name) if losses else _c.constant(0.0, name='Const')


def get_total_loss(add_regularization_losses=True, name='total_loss', scope=None):
    """The sum of all collected losses and, unless told otherwise, penalties."""
    losses = get_losses(scope)
    if add_regularization_losses:
        losses = losses + get_regularization_losses(scope)
    return _c.tf_add_n(losses, name=name)
