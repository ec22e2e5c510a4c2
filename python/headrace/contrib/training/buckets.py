"""Batches of elements of one kind, or of about one length."""

from headrace import _headrace as _c
from headrace.core.input_pipelines import as_given, items_of
from headrace.core.queues import shape_list

__all__ = ['bucket', 'bucket_by_sequence_length']


def _sizes(batch_size):
    return list(batch_size) if isinstance(batch_size, (list, tuple)) else [batch_size]


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
    if isinstance(batch_size, (list, tuple)) and len(batch_size) != num_buckets:
        raise ValueError('If batch_size is a list it must have num_buckets elements')
    which, batch = _c.bucket(items_of(tensors), which_bucket, _sizes(batch_size), num_buckets, num_threads=num_threads,
                             capacity=capacity, bucket_capacities=bucket_capacities, shapes=shape_list(shapes),
                             dynamic_pad=dynamic_pad, allow_smaller_final_batch=allow_smaller_final_batch,
                             keep_input=keep_input, shared_name=shared_name, name=name)
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
    if not isinstance(bucket_boundaries, (list, tuple)):
        raise TypeError(f'bucket_boundaries must be a list or tuple, but received: {bucket_boundaries}')
    if not all(isinstance(boundary, int) for boundary in bucket_boundaries):
        raise TypeError(f'bucket boundaries must be integers, but saw: {bucket_boundaries}')
    batch = _c.bucket_by_sequence_length(
        input_length, items_of(tensors), _sizes(batch_size), bucket_boundaries, num_threads=num_threads, capacity=capacity,
        bucket_capacities=bucket_capacities, shapes=shape_list(shapes), dynamic_pad=dynamic_pad,
        allow_smaller_final_batch=allow_smaller_final_batch, keep_input=keep_input, shared_name=shared_name, name=name)
    length, *found = as_given([None] * len(batch), batch)
    if not isinstance(tensors, dict):
        return length, found
    values = [found] if len(tensors) == 1 else found  # as TensorFlow: what comes back of one tensor is a list
    return length, dict(zip(sorted(tensors, key=str), values))
