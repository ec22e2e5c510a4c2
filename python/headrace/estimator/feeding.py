"""Queues that threads of the program fill from arrays."""

import collections
import random
import threading

import numpy as np

from headrace import _ops, errors, logging, summary
from headrace.core import dtypes
from headrace.core.arrays import placeholder
from headrace.core.graph import name_scope
from headrace.core.math_functions import cast
from headrace.core.queue_runners import QueueRunner, add_queue_runner
from headrace.core.queues import FIFOQueue, RandomShuffleQueue


class FeedingQueueRunner(QueueRunner):
    """A queue runner whose operations are fed: each has a function that gives a run's feeds, or ends by OutOfRangeError.

    It does not go into MetaGraphs.
    """

    def __init__(self, queue, enqueue_ops, feed_fns):
        super().__init__(queue, enqueue_ops,
                         queue_closed_exception_types=(errors.OutOfRangeError, errors.CancelledError))
        self._feed_fns = feed_fns

    def _run_fed(self, sess, enqueue_op, feed_fn, coord):
        """What a thread does."""
        left = False
        try:
            while not (coord and coord.should_stop()):
                try:
                    sess.run(enqueue_op, feed_dict=feed_fn())
                except self.queue_closed_exception_types:
                    left = True
                    if self._leave(sess):
                        self._close(sess, self.close_op)
                    return
        except Exception as exception:
            if coord:
                coord.request_stop(exception)
                return
            logging.error('Exception in QueueRunner: %s', str(exception))
            with self._lock:
                self._exceptions_raised.append(exception)
            raise
        finally:
            if not left:
                self._leave(sess)

    def create_threads(self, sess, coord=None, daemon=False, start=False):
        """As of `QueueRunner`."""
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self.enqueue_ops)
            self._exceptions_raised = []
        threads = [threading.Thread(target=self._run_fed, args=(sess, operation, feed_fn, coord))
                   for operation, feed_fn in zip(self.enqueue_ops, self._feed_fns)]
        if coord:
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, self.cancel_op, coord)))
        for thread in threads:
            if coord:
                coord.register_thread(thread)
            thread.daemon = daemon
            if start:
                thread.start()
        return threads

    def to_proto(self, export_scope=None):
        """NotImplementedError: functions of the program are in no message."""
        raise NotImplementedError(f'{type(self).__name__} does not support serialization to proto.')


class _Indices:
    """The rows of one batch after the other, epoch after epoch."""

    def __init__(self, length, batch_size, random_start, seed, num_epochs):
        self._length, self._batch_size, self._num_epochs, self._epoch = length, batch_size, num_epochs, 0
        random.seed(seed)
        self._next = random.randrange(length) if random_start else 0
        self._last = (self._next - 1) % length

    def take(self):
        """An array of row numbers. OutOfRangeError once all epochs are over."""
        if self._num_epochs is not None and self._epoch >= self._num_epochs:
            raise errors.OutOfRangeError(None, None, f'Already emitted {self._epoch} epochs.')
        rows = np.arange(self._next, self._next + self._batch_size) % self._length
        ends = np.nonzero(rows == self._last)[0]
        self._epoch += len(ends)
        if self._num_epochs is not None and self._epoch >= self._num_epochs:
            rows = rows[:ends[len(ends) - 1 - (self._epoch - self._num_epochs)] + 1]
            self._epoch = self._num_epochs
        self._next = int(rows[-1] + 1) % self._length
        return rows


def _feeds_of_arrays(placeholders, arrays, batch_size, **how):
    """A function that gives the feeds of the next batch: row numbers, and these rows of each array."""
    length = len(arrays[0])
    if any(len(array) != length for array in arrays):
        raise ValueError('Array lengths must match.')
    indices = _Indices(length, batch_size, **how)

    def feeds():
        rows = indices.take()
        return dict(zip(placeholders, [rows] + [array[rows] for array in arrays]))
    return feeds


def _columns_of(frame):
    """The index and the columns of a pandas DataFrame as arrays. pandas has dtypes of its own, for texts."""
    return [np.asarray(column) for column in [frame.index] + [frame[name] for name in frame.columns]]


def _feeds_of_frame(placeholders, frame, batch_size, **how):
    """The same of a pandas DataFrame, whose index stands in place of row numbers."""
    indices = _Indices(len(frame), batch_size, **how)

    def feeds():
        return dict(zip(placeholders, _columns_of(frame.iloc[indices.take()])))
    return feeds


def _warn_of_threads(shuffle, num_threads, num_epochs):
    if num_threads <= 1:
        return
    if num_epochs is not None:
        logging.warning('enqueue_data was called with num_epochs and num_threads > 1. num_epochs is applied per thread, '
                        'so this will produce more epochs than you probably intend.')
    if not shuffle:
        logging.warning('enqueue_data was called with shuffle=False and num_threads > 1. All threads read the data in '
                        'order: use one thread, or enable shuffling.')


def enqueue_data(data, capacity, shuffle=False, min_after_dequeue=None, num_threads=1, seed=None, name='enqueue_input',
                 enqueue_size=1, num_epochs=None):
    """A queue of the rows of arrays, with their numbers in front.

    Args:
      data: an OrderedDict of arrays of one length, or a pandas DataFrame.
      capacity: of the queue.
      shuffle: whether rows come in random order.
      min_after_dequeue: so many stay to choose from; a quarter of the capacity where left out.
      num_threads: how many threads fill it, each with all rows.
      seed: of the order.
      name: the name scope.
      enqueue_size: how many rows are put in at once.
      num_epochs: how often all rows come; without end where left out.

    Returns:
      A queue.
    """
    with name_scope(name):
        if isinstance(data, collections.OrderedDict):
            arrays = list(data.values())
            types = [dtypes.int64] + [dtypes.as_dtype(array.dtype) for array in arrays]
            shapes = [()] + [array.shape[1:] for array in arrays]
        else:
            types = [dtypes.as_dtype(column.dtype) for column in _columns_of(data)]
            shapes = [()] * len(types)
        _warn_of_threads(shuffle, num_threads, num_epochs)
        if shuffle:
            min_after_dequeue = int(capacity / 4 if min_after_dequeue is None else min_after_dequeue)
            queue = RandomShuffleQueue(capacity, min_after_dequeue, dtypes=types, shapes=shapes, seed=seed)
        else:
            min_after_dequeue = 0
            queue = FIFOQueue(capacity, dtypes=types, shapes=shapes)
        enqueue_ops, feed_fns = [], []
        for thread in range(num_threads):
            placeholders = [placeholder(dtype) for dtype in types]
            enqueue_ops.append(queue.enqueue_many(placeholders))
            how = dict(random_start=shuffle, seed=None if seed is None else (thread + 1) * seed, num_epochs=num_epochs)
            feeds = (_feeds_of_arrays(placeholders, arrays, enqueue_size, **how) if isinstance(data, dict)
                     else _feeds_of_frame(placeholders, data, enqueue_size, **how))
            feed_fns.append(feeds)
        add_queue_runner(FeedingQueueRunner(queue, enqueue_ops, feed_fns))
        room = capacity - min_after_dequeue
        full = cast(_ops.maximum(0, queue.size() - min_after_dequeue), dtypes.float32) * (1.0 / room)
        summary.scalar(f'queue/{queue.name}fraction_over_{min_after_dequeue}_of_{room}_full', full)
        return queue
