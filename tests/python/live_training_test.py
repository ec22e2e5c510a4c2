"""Synchronous training, dense and of rows, in all mixtures of clients and servers with the installed TensorFlow."""

import os
import subprocess
import sys

import pytest

import clusters
import reference

PROGRAM = '''
import sys, %s as tf
target = sys.argv[1]
with tf.device(tf.train.replica_device_setter(ps_tasks=1, worker_device="/job:worker/task:0")):
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    table = tf.get_variable("table", [4, 2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(tf.square(w)) + tf.reduce_sum(tf.square(tf.gather(table, [1, 3, 1])))
    sync = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.125), 1)
    train = sync.minimize(loss, global_step=step)
hooks = [sync.make_session_run_hook(True), tf.train.StopAtStepHook(last_step=5)]
config = tf.ConfigProto(operation_timeout_in_ms=20000)
with tf.train.MonitoredTrainingSession(target, True, hooks=hooks, config=config, stop_grace_period_secs=1) as session:
    while not session.should_stop():
        session.run(train)
with tf.Session(target) as session:
    print("values", *session.run([w[0], table[1, 0], table[0, 0], step]))
'''
KINDS = ['headrace', 'tensorflow']


def train(client, target):
    environment, python = dict(os.environ), sys.executable
    if client == 'tensorflow':
        python = reference.interpreter()
        environment.pop('PYTHONPATH', None)
        environment.pop('LD_PRELOAD', None)
    done = subprocess.run([python, '-c', PROGRAM % client, target], env=environment, capture_output=True, text=True,
                          timeout=90)
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
