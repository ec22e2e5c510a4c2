"""`tf.contrib.losses`: the older losses, with predictions before labels; weights weigh the first dimensions."""

from headrace import _headrace as _c
from headrace import losses as _newer
from headrace.core.deprecation import deprecated, deprecated_args, renamed_argument
from headrace.core.graph import GraphKeys
from headrace.core.public import export

# Of all losses: `weights` is a scalar, or has the sizes of the losses' first dimensions; `scope` is the name scope; the
# result is a scalar, which is added to the collection LOSSES. ValueError where shapes do not fit.


def _older(instructions):
    return deprecated('2016-12-30', instructions)


@_older('Use tf.losses.compute_weighted_loss instead.')
def compute_weighted_loss(losses, weights=1.0, scope=None):
    """The sum of weighted losses, divided by how many have a weight that is not zero."""
    return _c.contrib_compute_weighted_loss(losses, weights=weights, scope=scope)


@_older('Use tf.losses.absolute_difference instead.')
def absolute_difference(predictions, labels=None, weights=1.0, scope=None):
    """|predictions - labels|."""
    return _c.contrib_absolute_difference(predictions, labels, weights=weights, scope=scope)


@_older('Use tf.losses.mean_squared_error instead.')
def mean_squared_error(predictions, labels=None, weights=1.0, scope=None):
    """(predictions - labels) ** 2."""
    return _c.contrib_mean_squared_error(predictions, labels, weights=weights, scope=scope)


@_older('Use tf.losses.mean_pairwise_squared_error instead. Note that the order of the predictions and labels arguments '
        'has been changed.')
def mean_pairwise_squared_error(predictions, labels=None, weights=1.0, scope=None):
    """The squared differences of the differences of all pairs of elements of an instance."""
    return _c.contrib_mean_pairwise_squared_error(predictions, labels, weights=weights, scope=scope)


@_older('Use tf.losses.log_loss instead. Note that the order of the predictions and labels arguments has been changed.')
def log_loss(predictions, labels=None, weights=1.0, epsilon=1e-07, scope=None):
    """-labels log(predictions + epsilon) - (1 - labels) log(1 - predictions + epsilon)."""
    return _c.contrib_log_loss(predictions, labels, weights=weights, epsilon=epsilon, scope=scope)


@_older('Use tf.losses.hinge_loss instead. Note that the order of the logits and labels arguments has been changed, and to '
        'stay unweighted, reduction=Reduction.NONE')
def hinge_loss(logits, labels=None, scope=None):
    """max(0, 1 - (2 labels - 1) logits), of labels 0 and 1: the loss of each element, which no collection holds."""
    return _c.contrib_hinge_loss(logits, labels, scope=scope)


@_older('Use tf.losses.cosine_distance instead.')
@deprecated_args(None, 'dim is deprecated, use axis instead', 'dim')
def cosine_distance(predictions, labels=None, axis=None, weights=1.0, scope=None, dim=None):
    """1 - sum(predictions * labels) along `axis`, of tensors of length 1 there."""
    axis = renamed_argument('axis', axis, 'dim', dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    return _c.contrib_cosine_distance(predictions, labels, axis, weights=weights, scope=scope)


@_older('Use tf.losses.sigmoid_cross_entropy instead. Note that the order of the predictions and labels arguments has been '
        'changed.')
def sigmoid_cross_entropy(logits, multi_class_labels, weights=1.0, label_smoothing=0, scope=None):
    """`tf.nn.sigmoid_cross_entropy_with_logits`; `label_smoothing` moves labels towards 1/2."""
    return _c.contrib_sigmoid_cross_entropy(logits, multi_class_labels, weights=weights, label_smoothing=label_smoothing,
                                            scope=scope)


@_older('Use tf.losses.softmax_cross_entropy instead. Note that the order of the logits and labels arguments has been '
        'changed.')
def softmax_cross_entropy(logits, onehot_labels, weights=1.0, label_smoothing=0, scope=None):
    """`tf.nn.softmax_cross_entropy_with_logits`; `label_smoothing` evens labels."""
    return _c.contrib_softmax_cross_entropy(logits, onehot_labels, weights=weights, label_smoothing=label_smoothing,
                                            scope=scope)


@_older('Use tf.losses.sparse_softmax_cross_entropy instead. Note that the order of the logits and labels arguments has '
        'been changed.')
def sparse_softmax_cross_entropy(logits, labels, weights=1.0, scope=None):
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`, of class numbers [batch] or [batch, 1]."""
    return _c.contrib_sparse_softmax_cross_entropy(logits, labels, weights=weights, scope=scope)


# ---- collections

@_older('Use tf.losses.add_loss instead.')
def add_loss(loss, loss_collection=GraphKeys.LOSSES):
    """Adds a loss of the program's own to a collection."""
    _newer.add_loss(loss, loss_collection)


@_older('Use tf.losses.get_losses instead.')
def get_losses(scope=None, loss_collection=GraphKeys.LOSSES):
    """The losses of a collection, of which `scope` may select some by name."""
    return _newer.get_losses(scope, loss_collection)


@_older('Use tf.losses.get_regularization_losses instead.')
def get_regularization_losses(scope=None):
    """The penalties that regularizers have collected."""
    return _newer.get_regularization_losses(scope)


@_older('Use tf.losses.get_total_loss instead.')
def get_total_loss(add_regularization_losses=True, name='total_loss'):
    """The sum of all collected losses and, unless told otherwise, penalties."""
    return _newer.get_total_loss(add_regularization_losses, name)


export(globals())
