"""Functions of sparse tensors."""

import collections.abc
import numbers

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.deprecation import deprecated
from headrace.core.graph import Tensor
from headrace.core.nn_functions import tables_of
from headrace.core.sparse import SparseTensor, SparseTensorValue

__all__ = ['edit_distance', 'sparse_reorder', 'sparse_reshape', 'sparse_retain', 'sparse_fill_empty_rows', 'sparse_tensor_to_dense',
           'sparse_tensor_dense_matmul', 'sparse_merge', 'sparse_slice',
           'sparse_to_indicator']  # of the package itself: the others are in tf.nn

_COMBINERS = ('mean', 'sqrtn', 'sum')  # as hr_combiner counts them


def parts_of(x):
    """The three tensors of a sparse tensor. TypeError for anything else."""
    if isinstance(x, SparseTensorValue):
        x = SparseTensor.from_value(x)
    if not isinstance(x, SparseTensor):
        raise TypeError('Input must be a SparseTensor.')
    return x.indices, x.values, x.dense_shape


def dense_or_parts(x):
    """How the C library takes what may be sparse or not: (x, None), or (None, the parts of a sparse tensor)."""
    return (None, parts_of(x)) if isinstance(x, (SparseTensor, SparseTensorValue)) else (x, None)


def edit_distance(hypothesis, truth, normalize=True, name='edit_distance'):
    """How many insertions, deletions and replacements make the truth of the hypothesis, for each line of the last dimension.

    Args:
      hypothesis: a sparse tensor.
      truth: a sparse tensor of the same dtype and rank.
      normalize: whether to divide by the length of the truth.
      name: the node's name.

    Returns:
      A tensor of floats, of one dimension less.

    Raises:
      TypeError: arguments that are no sparse tensors.
    """
    if not isinstance(hypothesis, (SparseTensor, SparseTensorValue)):
        raise TypeError('Hypothesis must be a SparseTensor.')
    if not isinstance(truth, (SparseTensor, SparseTensorValue)):
        raise TypeError('Truth must be a SparseTensor.')
    return _ops.edit_distance(hypothesis.indices, hypothesis.values, hypothesis.dense_shape, truth.indices, truth.values,
                              truth.dense_shape, normalize, name)


def sparse_reorder(sp_input, name=None):
    """The same sparse tensor with its elements in order: the last index runs fastest."""
    return SparseTensor.of_parts(*_c.tf_sparse_reorder(parts_of(sp_input), name=name))


def sparse_reshape(sp_input, shape, name=None):
    """The same elements in another shape.

    Args:
      sp_input: a sparse tensor.
      shape: the sizes, of which one may be -1.
      name: the name scope.

    Returns:
      A sparse tensor.

    Raises:
      ValueError: more than one size is -1, or the numbers of elements are known to differ.
    """
    return SparseTensor.of_parts(*_c.tf_sparse_reshape(parts_of(sp_input), shape, name=name))


@deprecated(None, 'No similar op available at this time.')
def sparse_merge(sp_ids, sp_values, vocab_size, name=None, already_sorted=False):
    """Values under the indices that the values of other sparse tensors tell.

    Args:
      sp_ids: a sparse tensor of integers, or a list of them: the last index of each value, or the last ones.
      sp_values: a sparse tensor.
      vocab_size: the size of that dimension, or a list of them.
      name: the name scope.
      already_sorted: whether the values come in the order of their indices.

    Returns:
      A sparse tensor.

    Raises:
      TypeError: `vocab_size` is no number and no tensor, or, for a list of ids, no list of them.
      ValueError: the lists are of different lengths.
    """
    if isinstance(sp_ids, (SparseTensor, SparseTensorValue)):
        if not isinstance(vocab_size, (Tensor, numbers.Integral)):
            raise TypeError(f'vocab_size has to be a Tensor or Python int. Found {type(vocab_size)}')
        sp_ids, vocab_size = [sp_ids], [vocab_size]
    if not isinstance(sp_ids, collections.abc.Iterable):
        raise TypeError(f'sp_ids has to be a SparseTensor or list thereof. Found {type(sp_ids)}')
    if not isinstance(vocab_size, collections.abc.Iterable):
        raise TypeError(f'vocab_size has to be a list of Tensors or Python ints. Found {type(vocab_size)}')
    for size in vocab_size:
        if not isinstance(size, (Tensor, numbers.Integral)):
            raise TypeError(f'vocab_size has to be a list of Tensors or Python ints. Found {type(size)}')
    return SparseTensor.of_parts(*_c.sparse_merge_all([parts_of(ids) for ids in sp_ids], parts_of(sp_values),
                                                      list(vocab_size), already_sorted=already_sorted, name=name))


def sparse_to_indicator(sp_input, vocab_size, name=None):
    """True where the ids of a sparse tensor say, in a last dimension of `vocab_size`."""
    return _c.sparse_to_indicator(parts_of(sp_input), vocab_size, name=name)


def sparse_retain(sp_input, to_retain):
    """The elements for which `to_retain`, a vector of bools, says so."""
    return SparseTensor.of_parts(*_c.sparse_retain(parts_of(sp_input), to_retain))


def sparse_fill_empty_rows(sp_input, default_value, name=None):
    """The sparse tensor with `default_value` at the start of each row without elements, and which rows those are."""
    indices, values, dense_shape, empty = _c.tf_sparse_fill_empty_rows(parts_of(sp_input), default_value, name=name)
    return SparseTensor.of_parts(indices, values, dense_shape), empty


def sparse_tensor_to_dense(sp_input, default_value=None, validate_indices=True, name=None):
    """The tensor that a sparse one stands for.

    Args:
      sp_input: a sparse tensor.
      default_value: what stands where nothing is written down; zero where left out.
      validate_indices: whether indices out of order, or repeated, are errors.
      name: the operation's name.
    """
    return _c.sparse_tensor_to_dense(parts_of(sp_input), default_value=default_value, any_order=not validate_indices,
                                     name=name)


def sparse_tensor_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """A sparse matrix times a dense one, each transposed (and conjugated) where `adjoint_a`, `adjoint_b` say so."""
    return _c.tf_sparse_tensor_dense_matmul(parts_of(sp_a), b, adjoint_a=adjoint_a, adjoint_b=adjoint_b, name=name)


def _combiner(combiner):
    if combiner is None:
        from headrace import logging
        logging.warn('The default value of combiner will change from "mean" to "sqrtn" after 2016/11/01.')
        combiner = 'mean'
    if combiner not in _COMBINERS:
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    return _COMBINERS.index(combiner)


def _strategy(partition_strategy):
    if partition_strategy not in ('mod', 'div'):
        raise ValueError(f'Unrecognized partition strategy: {partition_strategy}')
    return partition_strategy == 'div'


def embedding_lookup_sparse(params, sp_ids, sp_weights, partition_strategy='mod', name=None, combiner=None,
                            max_norm=None):
    """For each example the embeddings of its ids, combined.

    Args:
      params: as of `embedding_lookup`.
      sp_ids: a sparse matrix of ids, with at least one in each row.
      sp_weights: a sparse matrix with the same indices; None: each id counts 1.
      partition_strategy, max_norm: as of `embedding_lookup`.
      name: the name scope.
      combiner: 'mean', 'sqrtn' (the sum divided by the square root of the sum of the weights' squares) or 'sum'.

    Returns:
      A tensor with a row for each example.

    Raises:
      TypeError: `sp_ids` or `sp_weights` is no sparse tensor.
      ValueError: another combiner.
    """
    combiner = _combiner(combiner)
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError('sp_ids must be SparseTensor')
    weights = None
    if sp_weights is not None:
        if not isinstance(sp_weights, SparseTensor):
            raise TypeError('sp_weights must be either None or SparseTensor')
        sp_ids.values.shape.assert_is_compatible_with(sp_weights.values.shape)
        sp_ids.indices.shape.assert_is_compatible_with(sp_weights.indices.shape)
        sp_ids.dense_shape.shape.assert_is_compatible_with(sp_weights.dense_shape.shape)
        weights = sp_weights.values
    return _c.embedding_lookup_sparse(tables_of(params), parts_of(sp_ids), weights=weights, combiner=combiner,
                                      div_strategy=_strategy(partition_strategy), max_norm=max_norm, name=name)


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner='mean', default_id=None,
                                 name=None, partition_strategy='div', max_norm=None):
    """`embedding_lookup_sparse` that leaves out ids below 0 and those whose weight is not above 0 (unless it sums), and
    takes examples without ids.

    Args:
      embedding_weights: as `params` of `embedding_lookup`.
      sparse_ids, sparse_weights: sparse tensors of rank 2 or more; weights may be None.
      combiner: as of `embedding_lookup_sparse`.
      default_id: the id of examples that have none; None: they get zeros.
      name: the name scope.
      partition_strategy, max_norm: as of `embedding_lookup`.

    Returns:
      A tensor with a row for each example.
    """
    if embedding_weights is None or isinstance(embedding_weights, (list, tuple)) and not embedding_weights:
        raise ValueError(f'Missing embedding_weights {embedding_weights}.')
    return _c.safe_embedding_lookup_sparse(
        tables_of(embedding_weights), parts_of(sparse_ids), weights=None if sparse_weights is None else sparse_weights.values,
        combiner=_combiner(combiner), default_id=default_id, div_strategy=_strategy(partition_strategy),
        max_norm=max_norm, name=name)


def sparse_slice(sp_input, start, size, name=None):
    """A part of a sparse tensor.

    Args:
      sp_input: a sparse tensor.
      start: the index that the part begins with.
      size: its size at most.
      name: the name scope.

    Returns:
      A sparse tensor, whose indices count from `start`.
    """
    return SparseTensor.of_parts(*_c.tf_sparse_slice(parts_of(sp_input), start, size, name=name))


def from_dense(tensor, name=None):
    """The elements of a tensor that are not zero, as a sparse tensor of the same shape."""
    return SparseTensor.of_parts(*_c.sparse_from_dense(tensor, name=name))


def _crossed(inputs, **options):
    if not isinstance(inputs, list):
        raise TypeError('Inputs must be a list')
    if not all(isinstance(x, (SparseTensor, Tensor)) for x in inputs):
        raise TypeError('All inputs must be SparseTensors')
    sparse = [x for x in inputs if isinstance(x, SparseTensor)]
    return SparseTensor.of_parts(*_c.tf_sparse_cross(
        [x.indices for x in sparse], [x.values for x in sparse], [x.dense_shape for x in sparse],
        [x for x in inputs if not isinstance(x, SparseTensor)], **options))


def cross(inputs, name=None):
    """For each row all combinations of one element of every input: text, joined by "_X_".

    Args:
      inputs: a list of tensors and sparse tensors of rank 2, of strings or integers.
      name: the node's name.

    Returns:
      A sparse tensor of strings.

    Raises:
      TypeError: `inputs` is another thing than a list of tensors.
    """
    return _crossed(inputs, name=name)


def cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    """As `cross`, but hashes of the combinations: integers.

    Args:
      inputs: as of `cross`.
      num_buckets: numbers are below it; 0: they may be any.
      hash_key: what other hashes are made with.
      name: the node's name.

    Returns:
      A sparse tensor of int64.
    """
    return _crossed(inputs, hashed=True, num_buckets=num_buckets, hash_key=hash_key or 0, name=name)
