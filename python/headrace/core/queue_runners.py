"""Threads that fill queues: `tf.train.QueueRunner` and `tf.train.start_queue_runners`."""

import threading
import weakref

from headrace import _headrace as _c
from headrace import errors
from headrace.core.graph import GraphKeys, add_to_collection, get_collection, get_default_graph
from headrace.core.session import BaseSession, get_default_session

__all__ = ['QueueRunner', 'add_queue_runner', 'start_queue_runners']


def _inside(name, scope):
    """A name in a scope."""
    return f'{scope.rstrip("/")}/{name}' if scope else name


def _outside(name, scope):
    """A name without its scope."""
    prefix = scope.rstrip('/') + '/' if scope else ''
    return name[len(prefix):] if prefix and name.startswith(prefix) else name


class QueueRunner:
    """A queue, and operations that fill it, each on a thread of its own.

    A thread runs its operation until the coordinator stops or the operation says, by an exception, that there is
    nothing more. When the last thread has ended so, the queue is closed.
    """

    def __init__(self, queue=None, enqueue_ops=None, close_op=None, cancel_op=None, queue_closed_exception_types=None,
                 queue_runner_def=None, import_scope=None):
        """Adds operations that close the queue, unless they are given.

        Args:
          queue: the queue.
          enqueue_ops: a list of operations, one for each thread; the same one may be there several times.
          close_op: closes the queue behind what waits.
          cancel_op: closes the queue and cancels what waits.
          queue_closed_exception_types: a tuple of exceptions that say that there is nothing more; OutOfRangeError alone
            for None.
          queue_runner_def: a QueueRunnerDef in place of all of these, whose operations are in the default graph.
          import_scope: the name scope of its operations.

        Raises:
          ValueError: arguments are missing, or both kinds are given.
          TypeError: `queue_closed_exception_types` is no such tuple.
        """
        if queue_runner_def:
            if queue or enqueue_ops:
                raise ValueError('queue_runner_def and queue are mutually exclusive.')
            self._read(queue_runner_def, import_scope, get_default_graph())
        else:
            self._make(queue, enqueue_ops, close_op, cancel_op, queue_closed_exception_types)
        self._lock = threading.Lock()
        self._runs_per_session = weakref.WeakKeyDictionary()
        self._exceptions_raised = []

    def _make(self, queue, enqueue_ops, close_op, cancel_op, closed_types):
        if not queue or not enqueue_ops:
            raise ValueError('Must provide queue and enqueue_ops.')
        if closed_types is not None and not (isinstance(closed_types, tuple) and closed_types and all(
                issubclass(cls, errors.OpError) for cls in closed_types)):
            raise TypeError('queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: '
                            f'{closed_types}')
        self._queue, self._enqueue_ops = queue, enqueue_ops
        self._close_op = queue.close() if close_op is None else close_op
        self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
        self._queue_closed_exception_types = closed_types or (errors.OutOfRangeError,)

    def _read(self, definition, import_scope, graph):
        def find(name):
            return graph.as_graph_element(_inside(name, import_scope))

        self._queue = find(definition.queue_name)
        self._enqueue_ops = [find(name) for name in definition.enqueue_op_name]
        self._close_op, self._cancel_op = find(definition.close_op_name), find(definition.cancel_op_name)
        self._queue_closed_exception_types = tuple(
            errors.exception_type_from_error_code(code) for code in definition.queue_closed_exception_types
        ) or (errors.OutOfRangeError,)

    @property
    def queue(self):
        """The queue."""
        return self._queue

    @property
    def enqueue_ops(self):
        """The operations that fill it."""
        return self._enqueue_ops

    @property
    def close_op(self):
        """The operation that closes it behind what waits."""
        return self._close_op

    @property
    def cancel_op(self):
        """The operation that closes it and cancels what waits."""
        return self._cancel_op

    @property
    def queue_closed_exception_types(self):
        """The exceptions that say that there is nothing more."""
        return self._queue_closed_exception_types

    @property
    def exceptions_raised(self):
        """A list of other exceptions of threads without a coordinator."""
        return self._exceptions_raised

    @property
    def name(self):
        """The name of the queue."""
        return self._queue.name

    def _leave(self, session):
        """One thread fewer; gives whether it was the last."""
        with self._lock:
            self._runs_per_session[session] -= 1
            return self._runs_per_session[session] == 0

    def _close(self, session, operation):
        """Whether it succeeds does not matter."""
        try:
            session.run(operation)
        except Exception as exception:
            from headrace import logging
            logging.vlog(1, 'Ignored exception: %s', str(exception))

    def _run(self, sess, enqueue_op, coord=None):
        """What a thread does."""
        left = False
        try:
            enqueue = sess.make_callable(enqueue_op)
            while not (coord and coord.should_stop()):
                try:
                    enqueue()
                except self._queue_closed_exception_types:
                    left = True
                    if self._leave(sess):
                        self._close(sess, self._close_op)
                    return
        except Exception as exception:
            if coord:
                coord.request_stop(exception)
                return
            from headrace import logging
            logging.error('Exception in QueueRunner: %s', str(exception))
            with self._lock:
                self._exceptions_raised.append(exception)
            raise
        finally:
            if not left:
                self._leave(sess)

    def _close_on_stop(self, sess, cancel_op, coord):
        coord.wait_for_stop()
        self._close(sess, cancel_op)

    def create_threads(self, sess, coord=None, daemon=False, start=False):
        """Makes a thread for each operation, and one that cancels what waits at the queue when the coordinator stops.

        Args:
          sess: a Session.
          coord: the Coordinator that stops the threads, learns of their exceptions and waits for them; None: nobody.
          daemon: whether the program may end while they run.
          start: whether they are started.

        Returns:
          A list of threads; empty while earlier ones for the session still run.
        """
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [threading.Thread(target=self._run, args=(sess, operation, coord),
                                    name=f'QueueRunnerThread-{self.name}-{operation.name}')
                   for operation in self._enqueue_ops]
        if coord:
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, self._cancel_op, coord),
                                            name=f'QueueRunnerThread-{self.name}-close_on_stop'))
        for thread in threads:
            if coord:
                coord.register_thread(thread)
            if daemon:
                thread.daemon = True
            if start:
                thread.start()
        return threads

    def to_proto(self, export_scope=None):
        """The QueueRunnerDef; None where the queue is outside of the name scope `export_scope`, which names leave out."""
        from headrace.core import protos
        if export_scope is not None and not self.name.startswith(export_scope):
            return None
        definition = protos.message('tensorflow.QueueRunnerDef')()
        definition.queue_name = _outside(self.name, export_scope)
        definition.enqueue_op_name.extend(_outside(operation.name, export_scope) for operation in self._enqueue_ops)
        definition.close_op_name = _outside(self._close_op.name, export_scope)
        definition.cancel_op_name = _outside(self._cancel_op.name, export_scope)
        definition.queue_closed_exception_types.extend(
            errors.error_code_from_exception_type(cls) for cls in self._queue_closed_exception_types)
        return definition

    @staticmethod
    def from_proto(queue_runner_def, import_scope=None):
        """The QueueRunner of a QueueRunnerDef, whose operations are in the default graph."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)


def queue_runner_of(serialized, graph):
    """What stands for a queue runner of a graph's collections that C made."""
    from headrace.core import protos
    with graph.as_default():
        return QueueRunner.from_proto(protos.message('tensorflow.QueueRunnerDef').FromString(serialized))


def add_queue_runner(qr, collection=GraphKeys.QUEUE_RUNNERS):
    """Adds a queue runner to a collection of the graph, whose runners `start_queue_runners` starts."""
    add_to_collection(collection, qr)


def start_queue_runners(sess=None, coord=None, daemon=True, start=True, collection=GraphKeys.QUEUE_RUNNERS):
    """Makes the threads of all queue runners in a collection of the graph.

    Args:
      sess: a Session; None for the default one.
      coord: the Coordinator that stops the threads.
      daemon: whether the program may end while they run.
      start: whether they are started.
      collection: the collection.

    Returns:
      A list of threads.

    Raises:
      ValueError: there is no session.
      TypeError: `sess` is none.
    """
    if sess is None:
        sess = get_default_session()
        if not sess:
            raise ValueError('Cannot start queue runners: No default session is registered. Use `with sess.as_default()` '
                             'or pass an explicit session to tf.start_queue_runners(sess=sess)')
    if not isinstance(sess, BaseSession):
        if type(sess).__name__ in ('MonitoredSession', 'SingularMonitoredSession'):
            return []
        raise TypeError(f'sess must be a `tf.Session` object. Given class: {type(sess)}')
    if not get_collection(collection):
        from headrace import logging
        logging.warning('`tf.train.start_queue_runners()` was called when no queue runners were defined. You can safely '
                        'remove the call to this deprecated function.')
    threads = []
    with sess.graph.as_default():
        for runner in get_collection(collection):
            threads.extend(runner.create_threads(sess, coord=coord, daemon=daemon, start=start))
    return threads
