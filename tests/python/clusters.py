"""Clusters of servers on this machine, ours or the reference's, each server a process of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from headrace.core.launcher import held_addresses

import reference

SERVER = """
import json, sys, threading
import %s as tf
cluster, job, task = json.loads(sys.argv[1]), sys.argv[2], int(sys.argv[3])
server = tf.train.Server(cluster, job_name=job, task_index=task)
print("ready", server.target, flush=True)
sys.stdin.read()  # until whoever started it lets go
import os
os._exit(0)
"""


def interpreter(module):
    """The Python for 'headrace' or 'tensorflow', and its environment; skips the test where there is none."""
    if module == "tensorflow" and reference.interpreter() is None:
        pytest.skip("TensorFlow 1.15 is not installed (TENSORFLOW_PYTHON)")
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="2", CUDA_VISIBLE_DEVICES="")
    if module != "tensorflow":
        return sys.executable, environment
    environment.pop("PYTHONPATH", None)
    environment.pop("LD_PRELOAD", None)
    return reference.interpreter(), environment


class Server:
    """A server's process."""

    def __init__(self, module, cluster, job, task, more={}):
        python, environment = interpreter(module)
        environment.update(more)
        self.module, self.cluster, self.job, self.task, self.more = module, cluster, job, task, more
        self.target = "grpc://" + cluster[job][task]
        self.process = subprocess.Popen([python, "-c", SERVER % module, json.dumps(cluster), job, str(task)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)

    def wait(self):
        """Until it answers; whoever reads its output is bounded by the process's end."""
        line = self.process.stdout.readline()
        assert line.startswith("ready"), "the server of /job:%s/task:%d did not start" % (self.job, self.task)

    def kill(self):
        """As a machine that is gone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(120)

    def restart(self):
        """The same task once more, at the same address."""
        self.stop()
        self.__init__(self.module, self.cluster, self.job, self.task, self.more)
        self.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(120)
        self.process.stdin.close()
        self.process.stdout.close()


@contextlib.contextmanager
def start(jobs, module="headrace", environment={}):
    """Starts a cluster and ends it.

    Args:
      jobs: from job names to numbers of tasks.
      module: 'headrace' or 'tensorflow'; or a dict from jobs to these, or to lists of them, one a task.
      environment: more variables of the servers' processes.

    Yields:
      From job names to lists of `Server`.
    """
    kinds = module if isinstance(module, dict) else {job: module for job in jobs}
    servers = {}
    with held_addresses(sum(jobs.values())) as addresses:
        left = iter(addresses)
        cluster = {job: [next(left) for _ in range(count)] for job, count in jobs.items()}
        try:
            for job in jobs:
                of_tasks = [kinds[job]] * jobs[job] if isinstance(kinds[job], str) else kinds[job]
                servers[job] = [Server(kind, cluster, job, task, environment) for task, kind in enumerate(of_tasks)]
            for job in jobs:
                for server in servers[job]:
                    server.wait()
            yield servers
        finally:
            for job in servers:
                for server in servers[job]:
                    server.stop()


def wait_until(condition, seconds=120):
    """Waits for something that another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in %d seconds" % seconds
        time.sleep(0.02)
