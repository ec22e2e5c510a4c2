"""Input pipelines of queues: producers, and batches of what comes out of them."""

import operator

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated
from headrace.core.graph import Tensor
from headrace.core.queues import FIFOQueue, number_of, shape_list, text_of
from headrace.core.sparse import SparseTensor

__all__ = ['batch', 'batch_join', 'input_producer', 'limit_epochs', 'match_filenames_once', 'maybe_batch',
           'maybe_batch_join', 'maybe_shuffle_batch', 'maybe_shuffle_batch_join', 'range_input_producer',
           'shuffle_batch', 'shuffle_batch_join', 'slice_input_producer', 'string_input_producer']

_ADVICE = 'Queue-based input pipelines have been replaced by `tf.data`. Use `tf.data.Dataset.%s`.'


def _check_epochs(num_epochs):
    if num_epochs is not None and num_epochs <= 0:
        raise ValueError(f'num_epochs must be > 0 not {num_epochs}.')
    return num_epochs


def _fifo_queue(made):
    """The queue that a function of the builder made, as one of its class."""
    queue = FIFOQueue.__new__(FIFOQueue)
    queue._take(made)
    return queue


def match_filenames_once(pattern, name=None):
    """A local variable with the names of the files that match a pattern (or several), found when it is initialised."""
    return _c.match_filenames_once(pattern, name=name)


@deprecated(None, _ADVICE % 'from_tensors(tensor).repeat(num_epochs)')
def limit_epochs(tensor, num_epochs=None, name=None):
    """The tensor, for `num_epochs` runs; then OutOfRangeError.

    Args:
      tensor: any tensor.
      num_epochs: how often; without end where left out.
      name: the node's name.

    Returns:
      A tensor. The runs are counted in a local variable "epochs".
    """
    return tensor if num_epochs is None else _c.limit_epochs(tensor, num_epochs=_check_epochs(num_epochs), name=name)


@deprecated(None, _ADVICE % 'from_tensor_slices(input_tensor)')
def input_producer(input_tensor, element_shape=None, num_epochs=None, shuffle=True, seed=None, capacity=32,
                   shared_name=None, summary_name=None, name=None, cancel_op=None):
    """A queue of the rows of a tensor, which a queue runner fills.

    Args:
      input_tensor: a tensor with a row for each element.
      element_shape: the shape of a row, where the tensor's is not known.
      num_epochs: how often all rows come; without end where left out.
      shuffle: whether each epoch has an order of its own.
      seed: of that order.
      capacity: of the queue.
      shared_name: of the queue.
      summary_name: of a summary of how full the queue is.
      name: the name scope.
      cancel_op: of the queue runner.

    Returns:
      A queue.
    """
    return _fifo_queue(_c.input_producer(
        input_tensor, element_shape=element_shape, num_epochs=_check_epochs(num_epochs), shuffle=shuffle, seed=seed,
        capacity=capacity, shared_name=shared_name, summary_name=summary_name, name=name, cancel_op=cancel_op))


@deprecated(None, _ADVICE % 'from_tensor_slices(string_tensor)')
def string_input_producer(string_tensor, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None,
                          name=None, cancel_op=None):
    """A queue of strings, as of names of files. ValueError for an empty list.

    The arguments are those of `input_producer`.
    """
    if not isinstance(string_tensor, Tensor) and not isinstance(string_tensor, _c.Variable) and not len(string_tensor):
        raise ValueError('string_input_producer requires a non-null input tensor')
    return _fifo_queue(_c.string_input_producer(
        string_tensor, num_epochs=_check_epochs(num_epochs), shuffle=shuffle, seed=seed, capacity=capacity,
        shared_name=shared_name, name=name, cancel_op=cancel_op))


@deprecated(None, _ADVICE % 'range(limit)')
def range_input_producer(limit, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None):
    """A queue of the numbers below `limit`. The arguments are those of `input_producer`."""
    return _fifo_queue(_c.range_input_producer(
        limit, num_epochs=_check_epochs(num_epochs), shuffle=shuffle, seed=seed, capacity=capacity,
        shared_name=shared_name, name=name))


@deprecated(None, _ADVICE % 'from_tensor_slices(tuple(tensor_list))')
def slice_input_producer(tensor_list, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None,
                         name=None):
    """A list with a slice of each tensor, all with one index. The arguments are those of `input_producer`."""
    return _c.slice_input_producer(list(tensor_list), num_epochs=_check_epochs(num_epochs), shuffle=shuffle, seed=seed,
                                   capacity=capacity, shared_name=shared_name, name=name)


# ---- batches ----------------------------------------------------------------------------------------------------------


def items_of(tensors):
    """Tensors of a list or a dict as _c wants them."""
    if isinstance(tensors, dict):
        tensors = [tensors[key] for key in sorted(tensors, key=str)]
    return [(None, (t.indices, t.values, t.dense_shape)) if isinstance(t, SparseTensor) else (t, None) for t in tensors]


def _sources(tensors_list):
    if not tensors_list:
        raise ValueError('Expected at least one set of tensors')
    first = tensors_list[0]
    if isinstance(first, dict):
        for tensors in tensors_list[1:]:
            if not isinstance(tensors, dict):
                raise AttributeError(f"'{type(tensors).__name__}' object has no attribute 'keys'")
    elif any(isinstance(tensors, dict) for tensors in tensors_list[1:]):
        raise TypeError('values must be a sequence.')
    if isinstance(first, dict) and any(set(tensors) != set(first) for tensors in tensors_list[1:]):
        raise ValueError('All dictionaries in tensors_list must have the same keys')
    return [items_of(tensors) for tensors in tensors_list]


def as_given(tensors, found):
    """What was batched, in the form in which it was given: a dict, a list, or a tensor where there is one."""
    found = [SparseTensor.of_parts(*part) if isinstance(part, list) else part for part in found]
    if isinstance(tensors, dict):
        return dict(zip(sorted(tensors, key=str), found))
    return found[0] if len(found) == 1 else found


def check_room(capacity, min_after_dequeue=0):
    """ZeroDivisionError for a queue whose fullness is no number."""
    if capacity is None:
        raise TypeError('capacity must be a number, not NoneType')
    if number_of('capacity', capacity) == number_of('min_after_dequeue', min_after_dequeue):
        raise ZeroDivisionError('float division by zero')


def checked(keep_input=True, num_threads=1, shapes=None, shared_name=None, **options):
    """Options of batches as _c wants them."""
    if keep_input is None:
        raise ValueError('None values not supported.')
    return dict(options, keep_input=keep_input, num_threads=operator.index(num_threads), shapes=shape_list(shapes),
                shared_name=text_of('shared_name', shared_name))


def _batch(tensors, batch_size, capacity, **options):
    check_room(capacity)
    return as_given(tensors, _c.batch(items_of(tensors), batch_size, capacity=capacity, **checked(**options)))


def _batch_join(tensors_list, batch_size, capacity, **options):
    sources = _sources(tensors_list)
    check_room(capacity)
    return as_given(tensors_list[0], _c.batch_join(sources, batch_size, capacity=capacity, **checked(**options)))


def _shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, **options):
    return as_given(tensors, _c.shuffle_batch(items_of(tensors), batch_size, capacity, min_after_dequeue,
                                               **checked(**options)))


def _shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, **options):
    sources = _sources(tensors_list)
    check_room(capacity, min_after_dequeue)
    return as_given(tensors_list[0], _c.shuffle_batch_join(sources, batch_size, capacity, min_after_dequeue,
                                                            **checked(**options)))


@deprecated(None, _ADVICE % 'batch(batch_size)')
def batch(tensors, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False,
          allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches of tensors, which a queue runner collects.

    Args:
      tensors: a list or a dict of tensors and SparseTensors: one element, or many.
      batch_size: how many elements make a batch.
      num_threads: how many threads collect.
      capacity: of the queue.
      enqueue_many: whether the tensors are many elements, along their first dimension.
      shapes: of an element's tensors, where they are not those that are known.
      dynamic_pad: whether sizes may be unknown: batches are padded with zeros.
      allow_smaller_final_batch: whether what is left over at the end is a batch, too.
      shared_name: of the queue.
      name: the name scope.

    Returns:
      What was given, with a first dimension of `batch_size`; a tensor for a list of one.
    """
    return _batch(tensors, batch_size, num_threads=num_threads, capacity=capacity, enqueue_many=enqueue_many,
                  shapes=shapes, dynamic_pad=dynamic_pad, allow_smaller_final_batch=allow_smaller_final_batch,
                  shared_name=shared_name, name=name)


@deprecated(None, _ADVICE % 'filter(...).batch(batch_size)')
def maybe_batch(tensors, keep_input, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None,
                dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Like `batch`, without the elements for which `keep_input` (a bool, or a vector of them for many) is false."""
    return _batch(tensors, batch_size, keep_input=keep_input, num_threads=num_threads, capacity=capacity,
                  enqueue_many=enqueue_many, shapes=shapes, dynamic_pad=dynamic_pad,
                  allow_smaller_final_batch=allow_smaller_final_batch, shared_name=shared_name, name=name)


@deprecated(None, _ADVICE % 'interleave(...).batch(batch_size)')
def batch_join(tensors_list, batch_size, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False,
               allow_smaller_final_batch=False, shared_name=None, name=None):
    """Like `batch`, with a list of sources, one for each thread."""
    return _batch_join(tensors_list, batch_size, capacity=capacity, enqueue_many=enqueue_many, shapes=shapes,
                       dynamic_pad=dynamic_pad, allow_smaller_final_batch=allow_smaller_final_batch,
                       shared_name=shared_name, name=name)


@deprecated(None, _ADVICE % 'interleave(...).filter(...).batch(batch_size)')
def maybe_batch_join(tensors_list, keep_input, batch_size, capacity=32, enqueue_many=False, shapes=None,
                     dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Like `batch_join`, without what `keep_input` leaves out."""
    return _batch_join(tensors_list, batch_size, keep_input=keep_input, capacity=capacity, enqueue_many=enqueue_many,
                       shapes=shapes, dynamic_pad=dynamic_pad, allow_smaller_final_batch=allow_smaller_final_batch,
                       shared_name=shared_name, name=name)


@deprecated(None, _ADVICE % 'shuffle(min_after_dequeue).batch(batch_size)')
def shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, num_threads=1, seed=None, enqueue_many=False,
                  shapes=None, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Like `batch`, in random order.

    Args:
      tensors, batch_size, num_threads, enqueue_many, shapes, allow_smaller_final_batch, shared_name, name: as of
        `batch`.
      capacity: of the queue.
      min_after_dequeue: so many elements stay to choose from.
      seed: of the order.
    """
    return _shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, num_threads=num_threads, seed=seed,
                          enqueue_many=enqueue_many, shapes=shapes,
                          allow_smaller_final_batch=allow_smaller_final_batch, shared_name=shared_name, name=name)


@deprecated(None, _ADVICE % 'filter(...).shuffle(min_after_dequeue).batch(batch_size)')
def maybe_shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, keep_input, num_threads=1, seed=None,
                        enqueue_many=False, shapes=None, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Like `shuffle_batch`, without what `keep_input` leaves out."""
    return _shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, keep_input=keep_input,
                          num_threads=num_threads, seed=seed, enqueue_many=enqueue_many, shapes=shapes,
                          allow_smaller_final_batch=allow_smaller_final_batch, shared_name=shared_name, name=name)


@deprecated(None, _ADVICE % 'interleave(...).shuffle(min_after_dequeue).batch(batch_size)')
def shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, seed=None, enqueue_many=False,
                       shapes=None, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Like `shuffle_batch`, with a list of sources, one for each thread."""
    return _shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, seed=seed,
                               enqueue_many=enqueue_many, shapes=shapes,
                               allow_smaller_final_batch=allow_smaller_final_batch, shared_name=shared_name, name=name)


@deprecated(None, _ADVICE % 'interleave(...).filter(...).shuffle(min_after_dequeue).batch(batch_size)')
def maybe_shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, keep_input, seed=None,
                             enqueue_many=False, shapes=None, allow_smaller_final_batch=False, shared_name=None,
                             name=None):
    """Like `shuffle_batch_join`, without what `keep_input` leaves out."""
    return _shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, keep_input=keep_input, seed=seed,
                               enqueue_many=enqueue_many, shapes=shapes,
                               allow_smaller_final_batch=allow_smaller_final_batch, shared_name=shared_name, name=name)
