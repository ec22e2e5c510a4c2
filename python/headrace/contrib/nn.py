"""`tf.contrib.nn`."""

from headrace import _headrace as _c
from headrace import nn
from headrace.core.public import export

__all__ = ['alpha_dropout', 'deprecated_flipped_softmax_cross_entropy_with_logits',
           'deprecated_flipped_sparse_softmax_cross_entropy_with_logits',
           'deprecated_flipped_sigmoid_cross_entropy_with_logits']


def alpha_dropout(x, keep_prob, noise_shape=None, seed=None, name=None):
    """Dropout for networks of SELU: dropped elements become the value that SELU goes to, and all are scaled and moved so
    that mean and variance stay (Klambauer et al., 2017).

    Args:
      x: a tensor.
      keep_prob: the part that is kept, a number or a scalar tensor.
      noise_shape: the shape of the mask; None: that of x.
      seed: of the mask.
      name: the name scope.

    Returns:
      A tensor.
    """
    return _c.alpha_dropout(x, keep_prob, noise_shape=noise_shape, seed=seed, name=name)


def deprecated_flipped_softmax_cross_entropy_with_logits(logits, labels, dim=-1, name=None):
    """`tf.nn.softmax_cross_entropy_with_logits`, the logits first."""
    return nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=dim, name=name)


def deprecated_flipped_sparse_softmax_cross_entropy_with_logits(logits, labels, name=None):
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`, the logits first."""
    return nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def deprecated_flipped_sigmoid_cross_entropy_with_logits(logits, targets, name=None):
    """`tf.nn.sigmoid_cross_entropy_with_logits`, the logits first."""
    return nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)


export(globals())
