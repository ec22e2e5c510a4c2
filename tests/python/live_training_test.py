"""Synchronous training, dense and of rows, in all mixtures of clients and servers with the installed TensorFlow."""

import concurrent.futures
import os
import subprocess
import sys

import pytest

import clusters
import reference

PROGRAM = '''
import sys, %s as tf
target, task, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with tf.device(tf.train.replica_device_setter(ps_tasks=1, worker_device="/job:worker/task:%%d" %% task)):
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    table = tf.get_variable("table", [4, 2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(tf.square(w)) + tf.reduce_sum(tf.square(tf.gather(table, [1, 3, 1])))
    sync = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.125), workers)
    train = sync.minimize(loss, global_step=step)
hooks = [sync.make_session_run_hook(task == 0, num_tokens=0), tf.train.StopAtStepHook(last_step=5)]
config = tf.ConfigProto(operation_timeout_in_ms=120000)  # who finds no model yet looks again after 30 seconds
with tf.train.MonitoredTrainingSession(target, task == 0, hooks=hooks, config=config, stop_grace_period_secs=1) as session:
    while not session.should_stop():
        try:
            session.run(train)
        except (tf.errors.CancelledError, tf.errors.OutOfRangeError):  # the chief has ended
            break
with tf.Session(target) as session:
    print("values", *session.run([w[0], table[1, 0], table[0, 0], step]))
'''
KINDS = ['headrace', 'tensorflow']


def train(client, target, task=0, workers=1):
    environment, python = dict(os.environ), sys.executable
    if client == 'tensorflow':
        python = reference.interpreter()
        environment.pop('PYTHONPATH', None)
        environment.pop('LD_PRELOAD', None)
    done = subprocess.run([python, '-c', PROGRAM % client, target, str(task), str(workers)], env=environment, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith('values'))
    return [float(value) for value in line.split()[1:]]


@pytest.mark.parametrize('servers', KINDS)
@pytest.mark.parametrize('client', KINDS)
def test_synchronous_training(client, servers):
    if 'tensorflow' in (client, servers) and reference.interpreter() is None:
        pytest.skip('TensorFlow 1.15 is not installed (TENSORFLOW_PYTHON)')
    with clusters.start({'ps': 1, 'worker': 1}, servers) as started:
        # Each step takes a quarter off; a row that is read twice loses half.
        assert train(client, started['worker'][0].target) == pytest.approx([0.75 ** 5, 0.5 ** 5, 1.0, 5], rel=1e-6)


@pytest.mark.parametrize('ps', KINDS)
@pytest.mark.parametrize('chief', KINDS)
def test_a_cluster_of_both(chief, ps):
    """Two workers, one of each kind, with clients of their own kind, train one model together."""
    if reference.interpreter() is None:
        pytest.skip('TensorFlow 1.15 is not installed (TENSORFLOW_PYTHON)')
    kinds = [chief, KINDS[chief == KINDS[0]]]
    with clusters.start({'ps': 1, 'worker': 2}, {'ps': ps, 'worker': kinds}) as started:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            ends = [pool.submit(train, kinds[task], started['worker'][task].target, task, 2) for task in range(2)]
            assert ends[0].result() == pytest.approx([0.75 ** 5, 0.5 ** 5, 1.0, 5], rel=1e-6)
            ends[1].result()
