"""Threads that stop together: `tf.train.Coordinator` and `tf.train.LooperThread`."""

import contextlib
import sys
import threading
import time

from headrace import errors

__all__ = ['Coordinator', 'LooperThread']


def _exc_info(ex):
    """What `request_stop` is told, as sys.exc_info() has it. A text or any other object is the error being handled."""
    if isinstance(ex, tuple):
        return ex
    if isinstance(ex, BaseException):
        return type(ex), ex, ex.__traceback__
    return sys.exc_info()


class Coordinator:
    """Tells threads to stop when one of them wants it or fails, and waits for them.

    Threads loop until `should_stop`. The first exception that a thread reports, but for those that mean a regular end,
    is raised in the thread that waits in `join`.
    """

    def __init__(self, clean_stop_exception_types=None):
        """`clean_stop_exception_types`: exceptions that end all threads without being an error; OutOfRangeError for None."""
        self._clean_stop_exception_types = (errors.OutOfRangeError,) if clean_stop_exception_types is None else tuple(
            clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._exc_info_to_raise = None
        self._joined = False
        self._registered_threads = set()

    def request_stop(self, ex=None):
        """Asks all threads to stop: `should_stop` is True from now on.

        Args:
          ex: an exception, or sys.exc_info(), that `join` raises, unless an earlier one does or it is a clean end.
        """
        with self._lock:
            info = None if ex is None else _exc_info(ex)
            if info is not None and isinstance(info[1], self._clean_stop_exception_types):
                info = None
            if self._joined:
                if info is not None:
                    raise info[1].with_traceback(info[2])
                return
            if self._stop_event.is_set():
                return
            if info is not None and info[1] is not None:
                from headrace import logging
                if isinstance(ex, tuple):
                    logging.info('Error reported to Coordinator: %s', info[1], exc_info=info)
                else:
                    logging.info('Error reported to Coordinator: %s, %s', info[0], info[1])
                self._exc_info_to_raise = info
            self._stop_event.set()

    def clear_stop(self):
        """Forgets that a stop was asked for, and the exception: threads may be started anew."""
        with self._lock:
            self._joined = False
            self._exc_info_to_raise = None
            self._stop_event.clear()

    def should_stop(self):
        """Whether a stop was asked for."""
        return self._stop_event.is_set()

    @contextlib.contextmanager
    def stop_on_exception(self):
        """A block whose exception is reported by `request_stop`, not raised."""
        try:
            yield
        except BaseException:  # a thread that dies of whatever takes the others with it
            self.request_stop(ex=sys.exc_info())

    def wait_for_stop(self, timeout=None):
        """Waits until a stop is asked for, at most `timeout` seconds. Gives whether it was."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread):
        """Lets `join` wait for a thread."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(self, threads=None, stop_grace_period_secs=120, ignore_live_threads=False):
        """Waits until all threads have ended: those registered and those given.

        Args:
          threads: more threads.
          stop_grace_period_secs: how long they may take once a stop was asked for.
          ignore_live_threads: whether threads that still run then are left alone.

        Raises:
          RuntimeError: threads still run after the grace period.
          Others: what a thread reported.
        """
        with self._lock:
            waited = self._registered_threads.union(threads or ())
        while any(thread.is_alive() for thread in waited) and not self.wait_for_stop(1.0):
            pass
        until, pause = time.monotonic() + stop_grace_period_secs, 0.001
        while any(thread.is_alive() for thread in waited) and time.monotonic() <= until:
            time.sleep(pause)
            pause = min(2 * pause, 1.0, max(until - time.monotonic(), 0.001))
        stragglers = [thread.name for thread in waited if thread.is_alive()]
        with self._lock:
            self._joined = True
            self._registered_threads = set()
            if self._exc_info_to_raise is not None:
                raise self._exc_info_to_raise[1].with_traceback(self._exc_info_to_raise[2])
        if stragglers:
            message = f'Coordinator stopped with threads still running: {" ".join(stragglers)}'
            if not ignore_live_threads:
                raise RuntimeError(message)
            from headrace import logging
            logging.info(message)

    @property
    def joined(self):
        """Whether `join` has ended."""
        return self._joined

    def raise_requested_exception(self):
        """Raises the exception that a thread reported, if one did."""
        with self._lock:
            if self._exc_info_to_raise is not None:
                raise self._exc_info_to_raise[1].with_traceback(self._exc_info_to_raise[2])


class LooperThread(threading.Thread):
    """A thread that calls a function again and again until its coordinator stops it.

    Subclasses may override `start_loop`, `run_loop` and `stop_loop` in place of giving a function.
    """

    def __init__(self, coord, timer_interval_secs, target=None, args=None, kwargs=None):
        """
        Args:
          coord: the Coordinator, which also learns of exceptions.
          timer_interval_secs: how far apart calls start; None: one after the other.
          target: the function; None where `run_loop` is overridden.
          args, kwargs: its arguments.

        Raises:
          ValueError: `coord` is no Coordinator.
        """
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__()
        self.daemon = True
        self._coord = coord
        self._timer_interval_secs = timer_interval_secs
        self._target_function, self._target_arguments = target, (tuple(args or ()), dict(kwargs or {}))
        if target is None and (args or kwargs):
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        coord.register_thread(self)

    @staticmethod
    def loop(coord, timer_interval_secs, target, args=None, kwargs=None):
        """Makes and starts a LooperThread, which it gives back."""
        looper = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def run(self):
        """What the thread does."""
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._timer_interval_secs is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                next_time = time.monotonic()
                while not self._coord.wait_for_stop(max(next_time - time.monotonic(), 0)):
                    next_time += self._timer_interval_secs
                    self.run_loop()
            self.stop_loop()

    def start_loop(self):
        """Called once before the first call."""

    def stop_loop(self):
        """Called once after the last call."""

    def run_loop(self):
        """One call of the function."""
        if self._target_function is not None:
            args, kwargs = self._target_arguments
            self._target_function(*args, **kwargs)

    def isAlive(self):  # noqa: N802
        """The old name of `is_alive`."""
        return self.is_alive()
