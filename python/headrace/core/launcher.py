"""Runs a program as a small cluster of processes on this machine: what `headrace launch` does."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

__all__ = ['cluster_of', 'held_addresses', 'launch']

_COLOURS = (36, 33, 32, 35, 34, 31)
_STOPPED_BY_TIMEOUT = 124  # as timeout(1) says it


@contextlib.contextmanager
def held_addresses(count):
    """`count` addresses of free ports, which the system gives to nobody who asks for any port meanwhile.

    Servers can listen at them: a bound socket keeps nobody off who sets SO_REUSEADDR, as it does, and names the port.
    """
    with contextlib.ExitStack() as held:
        addresses = []
        for _ in range(count):
            port = held.enter_context(socket.socket())
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port.bind(('127.0.0.1', 0))
            addresses.append(f'localhost:{port.getsockname()[1]}')
        yield addresses


def cluster_of(addresses, workers, ps, has_chief=True):
    """{job: addresses} of a cluster, from addresses for all of its tasks."""
    jobs = {'chief': int(has_chief), 'worker': workers - int(has_chief), 'ps': ps}
    cluster = {}
    for job, count in jobs.items():
        if count:
            cluster[job], addresses = addresses[:count], addresses[count:]
    return cluster


class _Task:
    """One process, whose lines are passed on with its mark in front: those of its errors to the launcher's errors.

    The two come through pipes of their own. In one, a thread's error would begin inside another thread's line.
    """

    def __init__(self, command, cluster, job, index, mark, lock):
        environment = dict(os.environ, PYTHONUNBUFFERED='1', TF_CONFIG=json.dumps(
            {'cluster': cluster, 'task': {'type': job, 'index': index}}))
        self.job, self.index = job, index
        self._mark, self._lock = mark, lock
        # A group of its own: Ctrl-C at the terminal reaches the launcher alone, which then stops all in order.
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, start_new_session=True)
        self._readers = [threading.Thread(target=self._pass_on, args=pipe, daemon=True)
                         for pipe in ((self.process.stdout, sys.stdout.buffer), (self.process.stderr, sys.stderr.buffer))]
        for reader in self._readers:
            reader.start()

    def _pass_on(self, source, target):
        for line in source:
            with self._lock:
                target.write(self._mark + line.rstrip(b'\n') + b'\n')
                target.flush()

    def signal(self, number):
        """Sends a signal to the process and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def has_ended(self):
        return self.process.poll() is not None

    def finish(self):
        """Waits a moment for the last lines: what the process has started may hold its output open."""
        for reader in self._readers:
            reader.join(timeout=2)


def _wait(tasks, until):
    """Waits until all have ended, or it is time. Whether they have."""
    while not all(task.has_ended() for task in tasks):
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
    return True


def _stop(tasks):
    """Ends all that still run: asks first, and waits 5 seconds."""
    for task in tasks:
        if not task.has_ended():
            task.signal(signal.SIGTERM)
    if not _wait(tasks, time.monotonic() + 5):
        for task in tasks:
            task.signal(signal.SIGKILL)
        _wait(tasks, time.monotonic() + 5)
    for task in tasks:
        task.finish()


def _run(tasks, grace, timeout):
    """Waits for the chief, then for the workers. The exit code."""
    until = time.monotonic() + timeout if timeout else float('inf')
    chief = tasks[0]
    while not chief.has_ended():
        if time.monotonic() >= until:
            return _STOPPED_BY_TIMEOUT
        time.sleep(0.05)
    code = chief.process.returncode
    if code == 0:
        others = [task for task in tasks if task.job in ('chief', 'worker', 'evaluator')]
        _wait(others, min(until, time.monotonic() + grace))
    return code if code >= 0 else 128 - code


def launch(command, workers=1, ps=0, has_chief=True, has_evaluator=False, grace=30, timeout=None, colour=None):
    """Runs a command once for each task of a cluster on this machine, with TF_CONFIG.

    Args:
      command: the program and its arguments; one whose name ends in '.py' is run by this Python.
      workers: how many tasks train, the chief among them.
      ps: how many parameter servers there are.
      has_chief: whether the first of the workers is the job 'chief'; else it is worker 0.
      has_evaluator: whether there is a task more, which evaluates and is no part of the cluster.
      grace: seconds that workers may go on once the chief has ended well.
      timeout: seconds until all is stopped, with exit code 124; None: never.
      colour: whether the marks are coloured; None: on a terminal.

    Returns:
      The exit code of the chief; 128 and the signal's number where a signal ended it, 130 after Ctrl-C.
    """
    if command[0].endswith('.py'):
        command = [sys.executable] + list(command)
    if colour is None:
        colour = sys.stdout.isatty() and 'NO_COLOR' not in os.environ
    with held_addresses(workers + ps) as addresses:
        cluster = cluster_of(addresses, workers, ps, has_chief)
        return _launch(command, cluster, has_evaluator, grace, timeout, colour)


def _launch(command, cluster, has_evaluator, grace, timeout, colour):
    """The exit code of a command for each task of a cluster, and for an evaluator."""
    names = [(job, index) for job, addresses in cluster.items() for index in range(len(addresses))]
    if has_evaluator:
        names.append(('evaluator', 0))
    width = max(len(f'{job} {index}') for job, index in names)
    lock, tasks = threading.Lock(), []
    try:
        for number, (job, index) in enumerate(names):
            mark = f'{job} {index}'.ljust(width) + ' | '
            if colour:
                mark = f'\x1b[{_COLOURS[number % len(_COLOURS)]}m{mark}\x1b[0m'
            tasks.append(_Task(command, cluster, job, index, mark.encode(), lock))
        return _run(tasks, grace, timeout)
    except KeyboardInterrupt:
        return 130
    finally:
        with _signals_wait():
            _stop(tasks)


@contextlib.contextmanager
def _signals_wait():
    """A second Ctrl-C does not keep the first one from stopping all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
