"""Activations, normalisations, cross entropies: what tf.nn has without variables of its own."""

import numbers

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.deprecation import deprecated, deprecated_args, renamed_argument
from headrace.core.gradients import custom_gradient
from headrace.core.graph import control_dependencies
from headrace.core.math_functions import log_sigmoid, sigmoid
from headrace.core.partitions import tables_of

__all__ = ['batch_norm_with_global_normalization', 'batch_normalization', 'bias_add', 'crelu', 'dropout',
           'embedding_lookup', 'fused_batch_norm', 'in_top_k', 'l2_normalize', 'leaky_relu', 'log_poisson_loss', 'log_sigmoid', 'log_softmax',
           'moments', 'normalize_moments', 'relu6', 'relu_layer', 'scale_regularization_loss', 'sigmoid',
           'sigmoid_cross_entropy_with_logits',
           'softmax', 'softmax_cross_entropy_with_logits', 'softmax_cross_entropy_with_logits_v2',
           'sparse_softmax_cross_entropy_with_logits', 'sufficient_statistics', 'swish', 'top_k',
           'weighted_cross_entropy_with_logits', 'weighted_moments', 'xw_plus_b', 'zero_fraction']

_DIM = deprecated_args(None, 'dim is deprecated, use axis instead', 'dim')
_KEEP_DIMS = deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')


# ---- activations

def relu6(features, name=None):
    """min(max(features, 0), 6)."""
    return _ops.relu6(features, name)


def leaky_relu(features, alpha=0.2, name=None):
    """features where they are above 0, alpha * features elsewhere."""
    return _c.tf_leaky_relu(features, alpha=alpha, name=name)


def crelu(features, name=None, axis=-1):
    """relu(features) and relu(-features), joined along `axis`."""
    return _c.crelu(features, axis=axis, name=name)


def swish(features):
    """features * sigmoid(features)."""
    return _swish(features)


@custom_gradient
def _swish(features):
    def gradient(dy):
        with control_dependencies([dy]):
            gate = sigmoid(features)
        return dy * (gate * (1.0 + features * (1.0 - gate)))
    return features * sigmoid(features), gradient


@_DIM
def softmax(logits, axis=None, name=None, dim=None):
    """exp(logits) / sum(exp(logits)) along `axis`, the last where left out. `dim` is the old name of `axis`.

    InvalidArgumentError for an axis that is not there.
    """
    return _c.tf_softmax(logits, axis=renamed_argument('axis', axis, 'dim', dim), name=name)


@_DIM
def log_softmax(logits, axis=None, name=None, dim=None):
    """log(softmax(logits)), without overflow; arguments as of `softmax`."""
    return _c.tf_log_softmax(logits, axis=renamed_argument('axis', axis, 'dim', dim), name=name)


# ---- layers without variables

def bias_add(value, bias, data_format=None, name=None):
    """Adds a vector along the last dimension ('NHWC'), or the second one ('NCHW'). ValueError for another format."""
    if data_format is not None:
        if data_format.startswith('NC'):
            data_format = 'NCHW'
        elif data_format.startswith('N') and data_format.endswith('C'):
            data_format = 'NHWC'
        else:
            raise ValueError('data_format must be of the form `N...C` or `NC...`')
    return _c.tf_bias_add(value, bias, data_format=data_format, name=name)


def xw_plus_b(x, weights, biases, name=None):
    """x weights + biases, of matrices x and weights and a vector of biases."""
    return _c.xw_plus_b(x, weights, biases, name=name)


def relu_layer(x, weights, biases, name=None):
    """relu(x weights + biases)."""
    return _c.relu_layer(x, weights, biases, name=name)


def warn_of_large_rate(rate):
    """Says that the rate of a dropout may have been meant as the share that is kept."""
    if isinstance(rate, numbers.Real) and 0.5 < rate < 1:
        from headrace import logging
        logging.log_first_n(logging.WARN, 'Large dropout rate: %g (>0.5). In TensorFlow 2.x, dropout() uses dropout rate '
                            'instead of keep_prob. Please ensure that this is intended.', 5, rate)


@deprecated_args(None, 'Please use `rate` instead of `keep_prob`. Rate should be set to `rate = 1 - keep_prob`.',
                 'keep_prob')
def dropout(x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None):
    """Zeros a random share of elements and scales the others up, so that the mean stays.

    Args:
      x: a tensor of floats.
      keep_prob: the share that is kept, a number or scalar tensor; `rate` takes its place.
      noise_shape: sizes of 1 in it drop whole rows together; the shape of `x` where left out.
      seed: an integer.
      name: the name scope.
      rate: the share that is dropped, 1 - keep_prob.

    Returns:
      A tensor of the shape of `x`.

    Raises:
      ValueError: neither or both of the shares are given, the rate is outside [0, 1), or `x` has no float dtype.
    """
    if rate is None and keep_prob is None:
        raise ValueError('You must provide a rate to dropout.')
    if keep_prob is not None:
        if rate is not None:
            raise ValueError("Cannot specify both 'keep_prob' and 'rate'")
        rate = 1. - keep_prob
    warn_of_large_rate(rate)
    if isinstance(rate, numbers.Real):
        rate = float(rate)
    return _c.dropout(x, rate, noise_shape=noise_shape, seed=seed, name=name)


def embedding_lookup(params, ids, partition_strategy='mod', name=None, validate_indices=True, max_norm=None):
    """Rows of an embedding, which may be cut into several tensors.

    Args:
      params: a tensor, a list of tensors of which each holds a part of the rows, or a partitioned variable.
      ids: the rows' numbers.
      partition_strategy: how rows are dealt out to several tensors: 'mod' in turn, 'div' in blocks.
      name: the name scope.
      validate_indices: accepted; indices are always checked.
      max_norm: the L2 norm that longer rows are scaled down to, or None.

    Returns:
      A tensor of the shape of `ids` with the shape of a row behind.

    Raises:
      ValueError: no tensors, or another strategy.
    """
    if params is None or isinstance(params, (list, tuple)) and not params:
        raise ValueError('Need at least one param')
    if partition_strategy not in ('mod', 'div'):
        raise ValueError(f'Unrecognized partition strategy: {partition_strategy}')
    return _c.embedding_lookup(tables_of(params), ids, div_strategy=partition_strategy == 'div', max_norm=max_norm, name=name)


@_DIM
def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """x over its L2 norm along `axis`; squared norms below `epsilon` count as that. `dim` is the old name of `axis`."""
    return _c.l2_normalize(x, renamed_argument('axis', axis, 'dim', dim), epsilon=epsilon, name=name)


def top_k(input, k=1, sorted=True, name=None):
    """The `k` largest elements of each row and their indices: (values, indices)."""
    return _ops.top_k_v2(input, k, sorted, name)


def in_top_k(predictions, targets, k, name=None):
    """Whether the prediction of each target class is among the `k` largest of its row."""
    return _c.tf_in_top_k(predictions, targets, k, name=name)


# ---- statistics

def zero_fraction(value, name=None):
    """The part of the elements that are zero: a float32 scalar, NaN for no elements."""
    return _c.zero_fraction(value, name=name)


@_KEEP_DIMS
def moments(x, axes, shift=None, name=None, keep_dims=None, keepdims=None):
    """The mean and the biased variance along `axes`: (mean, variance). `shift` has no effect, as in TensorFlow 1.15."""
    keep = renamed_argument('keepdims', keepdims, 'keep_dims', keep_dims)
    return _c.moments(x, axes, keep_dims=keep, name=name)


@_KEEP_DIMS
def weighted_moments(x, axes, frequency_weights, name=None, keep_dims=None, keepdims=None):
    """The mean and variance along `axes` of elements that count as often as `frequency_weights` say."""
    keep = renamed_argument('keepdims', keepdims, 'keep_dims', keep_dims)
    return _c.weighted_moments(x, axes, frequency_weights, keep_dims=keep, name=name)


@_KEEP_DIMS
def sufficient_statistics(x, axes, shift=None, keep_dims=None, name=None, keepdims=None):
    """What moments follow from: (count, sum, sum of squares, shift), the sums of x - shift along `axes`."""
    keep = renamed_argument('keepdims', keepdims, 'keep_dims', keep_dims)
    return _c.sufficient_statistics(x, list(axes), shift=shift, keep_dims=keep, name=name)


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    """The mean and variance of `sufficient_statistics`."""
    return _c.normalize_moments(counts, mean_ss, variance_ss, shift=shift, name=name)


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    """(x - mean) / sqrt(variance + variance_epsilon) * scale + offset; `offset` and `scale` may be None."""
    return _c.batch_normalization(x, mean, variance, variance_epsilon, offset=offset, scale=scale, name=name)


def batch_norm_with_global_normalization(t=None, m=None, v=None, beta=None, gamma=None, variance_epsilon=None,
                                         scale_after_normalization=None, name=None, input=None, mean=None,
                                         variance=None):
    """The older form of `batch_normalization`; without `scale_after_normalization`, gamma has no effect."""
    t = renamed_argument('input', input, 't', t)
    m = renamed_argument('mean', mean, 'm', m)
    v = renamed_argument('variance', variance, 'v', v)
    return batch_normalization(t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon, name)


def fused_batch_norm(x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format='NHWC', is_training=True,
                     name=None):
    """Batch normalisation of pictures [batch, height, width, channels] as one operation: (y, mean, variance).

    In training, the statistics are those of the batch, and `mean` and `variance` must be None (ValueError otherwise);
    the variance that comes back is unbiased. Else the given ones are taken. `epsilon` is at least 1.001e-5.
    """
    return _c.tf_fused_batch_norm(x, scale, offset, mean=mean, variance=variance, epsilon=epsilon,
                                  data_format=data_format, is_training=is_training, name=name)


# ---- cross entropies

def _check_named(function, sentinel, labels, logits):
    if sentinel is not None:
        raise ValueError(f'Only call `{function}` with named arguments (labels=..., logits=..., ...)')
    if labels is None or logits is None:
        raise ValueError('Both labels and logits must be provided.')


def sparse_softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The loss of each instance, of class numbers.

    Args:
      _sentinel: stands here so that the others are given by name.
      labels: class numbers, int32 or int64, [...].
      logits: scores before the softmax, [..., classes].
      name: the node's name.

    Returns:
      A tensor of the shape of `labels` and the dtype of `logits`.

    Raises:
      ValueError: an argument without its name, or shapes that do not fit.
    """
    _check_named('sparse_softmax_cross_entropy_with_logits', _sentinel, labels, logits)
    return _c.tf_sparse_softmax_cross_entropy_with_logits(labels, logits, name=name)


def softmax_cross_entropy_with_logits_v2(labels, logits, axis=None, name=None, dim=None):
    """The loss of each instance, of class probabilities.

    Args:
      labels: probabilities, [..., classes]; gradients go to them, too.
      logits: scores before the softmax, of the same shape.
      axis: where the classes are, the last dimension where left out.
      name: the name scope.
      dim: the old name of `axis`.

    Returns:
      A tensor without the dimension of the classes.
    """
    axis = renamed_argument('axis', axis, 'dim', dim)
    return _c.softmax_cross_entropy_with_logits_v2(labels, logits, axis=axis, name=name)


@deprecated(None, 'Future major versions of TensorFlow will allow gradients to flow\ninto the labels input on backprop by '
            'default.\n\nSee `tf.nn.softmax_cross_entropy_with_logits_v2`.')
def softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, dim=-1, name=None, axis=None):
    """`softmax_cross_entropy_with_logits_v2` whose labels get no gradient."""
    axis = dim if axis is None else axis
    _check_named('softmax_cross_entropy_with_logits', _sentinel, labels, logits)
    return _c.tf_softmax_cross_entropy_with_logits(labels, logits, axis=axis, name=name)


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The loss of each element, where classes do not exclude each other; arguments by name, of one shape."""
    _check_named('sigmoid_cross_entropy_with_logits', _sentinel, labels, logits)
    return _c.sigmoid_cross_entropy_with_logits(labels, logits, name=name)


@deprecated_args(None, 'targets is deprecated, use labels instead', 'targets')
def weighted_cross_entropy_with_logits(labels=None, logits=None, pos_weight=None, name=None, targets=None):
    """`sigmoid_cross_entropy_with_logits` that counts positive labels `pos_weight` times."""
    labels = renamed_argument('labels', labels, 'targets', targets)
    return _c.weighted_cross_entropy_with_logits(labels, logits, pos_weight, name=name)


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """exp(log_input) - log_input * targets, with Stirling's approximation of log(targets!) for the full loss."""
    return _c.log_poisson_loss(targets, log_input, compute_full_loss=compute_full_loss, name=name)


def scale_regularization_loss(regularization_loss):
    """The sum of penalties, divided by the number of replicas that train: one."""
    return _c.scale_regularization_loss(regularization_loss)
