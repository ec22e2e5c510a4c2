"""Batches of elements of one kind, or of about one length."""

import operator

from headrace import _headrace as _c
from headrace.core.graph import convert_to_tensor
from headrace.core.input_pipelines import as_given, check_room, checked, items_of
from headrace.core.queues import number_of

__all__ = ['bucket', 'bucket_by_sequence_length']


def _options(batch_size, num_buckets, capacity, bucket_capacities, **others):
    """Options of buckets as _c wants them."""
    of_each = isinstance(batch_size, (list, tuple))
    if of_each and len(batch_size) != num_buckets:
        raise ValueError('If batch_size is a list it must have num_buckets elements')
    if bucket_capacities is not None and len(bucket_capacities) != num_buckets:
        raise ValueError(f'The list bucket_capacities ({bucket_capacities}) must have exactly num_buckets ({num_buckets}) '
                         'elements.')
    if isinstance(batch_size, tuple):
        raise TypeError("batch_size must be a list: 'tuple' object does not support item assignment")
    sizes = batch_size if of_each else [batch_size]
    if any(size is None for size in sizes):
        raise ValueError('None values not supported.')
    check_room(capacity)
    capacities = bucket_capacities and [number_of('capacity', each) for each in bucket_capacities]
    return dict(checked(**others), batch_size=sizes, size_of_each=of_each, capacity=capacity,
                bucket_capacities=capacities)


def _check_boundaries(boundaries):
    if not isinstance(boundaries, (list, tuple)):
        raise TypeError(f'bucket_boundaries must be a list or tuple, but received: {boundaries}')
    for one, other in zip(boundaries[:-1], boundaries[1:]):
        if not isinstance(one, int) or not isinstance(other, int):
            raise TypeError(f'bucket boundaries must be integers, but saw: {one} and {other}')
    if len(boundaries) == 1 and not isinstance(boundaries[0], int):
        limits = convert_to_tensor([-2**31] + list(boundaries))
        raise TypeError(f"Input 'y' of 'LessEqual' Op has type int32 that does not match type {limits.dtype.name} of "
                        "argument 'x'.")


def bucket(tensors, which_bucket, batch_size, num_buckets, num_threads=1, capacity=32, bucket_capacities=None,
           shapes=None, dynamic_pad=False, allow_smaller_final_batch=False, keep_input=True, shared_name=None, name=None):
    """Batches of elements that are in the same bucket.

    Args:
      tensors: a list or a dict of tensors and SparseTensors: one element.
      which_bucket: the number of its bucket, an int32 scalar.
      batch_size: how many elements make a batch, or a list with the number for each bucket.
      num_buckets: how many there are.
      num_threads: how many threads collect.
      capacity: of the queue of batches, and of each bucket.
      bucket_capacities: a list with the capacity of each bucket.
      shapes: of the tensors, where they are not those that are known.
      dynamic_pad: whether sizes may be unknown: batches are padded with zeros.
      allow_smaller_final_batch: whether what is left over at the end is a batch, too.
      keep_input: a bool: elements for which it is false are left out.
      shared_name: of the queues.
      name: the name scope.

    Returns:
      The number of a bucket, and a batch of it in the form of `tensors`.
    """
    num_buckets = operator.index(num_buckets)
    options = _options(batch_size, num_buckets, capacity, bucket_capacities, num_threads=num_threads, shapes=shapes,
                       dynamic_pad=dynamic_pad, allow_smaller_final_batch=allow_smaller_final_batch,
                       keep_input=keep_input, shared_name=shared_name, name=name)
    which, batch = _c.bucket(items_of(tensors), which_bucket, num_buckets=num_buckets, **options)
    return which, as_given(tensors, batch)


def bucket_by_sequence_length(input_length, tensors, batch_size, bucket_boundaries, num_threads=1, capacity=32,
                              bucket_capacities=None, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False,
                              keep_input=True, shared_name=None, name=None):
    """Batches of elements of about one length.

    Args:
      input_length: the length of the element, an int32 scalar.
      tensors: as of `bucket`.
      batch_size: as of `bucket`.
      bucket_boundaries: a list of ascending ints: a bucket has the lengths from one up to, not including, the next.
      num_threads, capacity, bucket_capacities, shapes, dynamic_pad, allow_smaller_final_batch, keep_input, shared_name,
        name: as of `bucket`.

    Returns:
      The lengths of a batch, and the batch as a list, or as a dict for one; the value in a dict of one key is a list of
      one tensor.
    """
    _check_boundaries(bucket_boundaries)
    items = items_of(tensors)
    if not isinstance(tensors, (dict, list)):
        raise TypeError(f'can only concatenate list (not "{type(tensors).__name__}") to list')
    options = _options(batch_size, len(bucket_boundaries) + 1, capacity, bucket_capacities, num_threads=num_threads,
                       shapes=shapes, dynamic_pad=dynamic_pad, allow_smaller_final_batch=allow_smaller_final_batch,
                       keep_input=keep_input, shared_name=shared_name, name=name)
    batch = _c.bucket_by_sequence_length(input_length, items, bucket_boundaries=bucket_boundaries, **options)
    length, *found = as_given([None] * len(batch), batch)
    if not isinstance(tensors, dict):
        return length, (found if tensors else found[0])
    values = [found] if len(tensors) == 1 else found  # as TensorFlow: what comes back of one tensor is a list
    return length, dict(zip(sorted(tensors, key=str), values))
