#!/usr/bin/env python3
"""One network, trained by several workers over shared variables: asynchronously, or (--sync) in step.

    headrace launch -n 3 --ps 1 parallel_training.py
    headrace launch -n 3 --ps 1 parallel_training.py --sync --spare 1

Each process reads TF_CONFIG and is what it says: parameter servers wait, workers build the graph and train. Without
TF_CONFIG it trains alone. The chief prints how long it took, and a JSON object as its last line.
"""

import argparse
import json
import tempfile
import time

import digits
import headrace as tf


def settings():
    parser = argparse.ArgumentParser(description='Trains one network by several workers.')
    parser.add_argument('--sync', action='store_true', help='an update takes the mean of the workers\' gradients')
    parser.add_argument('--spare', type=int, default=0, help='with --sync: how many workers nobody waits for (0)')
    parser.add_argument('--steps', type=int, default=1000, help='updates, of all workers together (1000)')
    parser.add_argument('--hidden', default='300,100')
    parser.add_argument('--batch', type=int, default=50)
    parser.add_argument('--learning-rate', type=float, default=0.05)
    parser.add_argument('--checkpoints', help='the folder of checkpoints (default: a temporary one)')
    parser.add_argument('--data', default=digits.DATA, help='the folder of the MNIST files')
    return parser.parse_args()


def build(o, cluster, job, task, workers):
    """(x, y, accuracy, training op, optimizer) of this worker."""
    setter = tf.train.replica_device_setter(cluster=cluster, worker_device='/job:%s/task:%d' % (job, task))
    with tf.device(setter if cluster else None):
        step = tf.train.get_or_create_global_step()
        x = tf.placeholder(tf.float32, [None, digits.PIXELS], name='x')
        y = tf.placeholder(tf.int32, [None], name='y')
        logits = digits.network(x, [int(units) for units in o.hidden.split(',')], seed=42)
        loss, accuracy = digits.loss_and_accuracy(logits, y)
        optimizer = tf.train.GradientDescentOptimizer(o.learning_rate)
        if o.sync:
            optimizer = tf.train.SyncReplicasOptimizer(optimizer, max(1, workers - o.spare), workers)
        train = optimizer.minimize(loss, global_step=step)
    return x, y, accuracy, train, optimizer


def main():
    o = settings()
    cluster, job, task, is_chief = digits.place_in_cluster()
    target, workers, filters = '', 1, []
    if cluster:
        server = tf.train.Server(cluster, job_name=job, task_index=task)
        if job == 'ps':
            server.join()
        target = server.target
        workers = sum(len(cluster.get(name, ())) for name in ('chief', 'worker'))
        filters = ['/job:ps', '/job:%s/task:%d' % (job, task)]  # a worker that is gone is no concern of the others
    images, labels = digits.read(o.data, 'train')
    x, y, accuracy, train, optimizer = build(o, cluster, job, task, workers)
    hooks = [tf.train.StopAtStepHook(last_step=o.steps)]
    if o.sync:
        hooks.append(optimizer.make_session_run_hook(is_chief))
    folder = o.checkpoints or (tempfile.mkdtemp() if is_chief else None)
    config = tf.ConfigProto(device_filters=filters)
    own = 0
    with tf.train.MonitoredTrainingSession(master=target, is_chief=is_chief, checkpoint_dir=folder if is_chief else None,
                                           hooks=hooks, config=config, save_summaries_steps=None,
                                           save_summaries_secs=None, stop_grace_period_secs=2) as session:
        began = time.monotonic()
        for some, classes in digits.batches(images[1000:], labels[1000:], o.batch, 10 ** 9, seed=task):
            if session.should_stop():
                break
            session.run(train, {x: some, y: classes})
            own += 1
        seconds = time.monotonic() - began
    print('%d steps of this worker' % own)
    if is_chief:
        print('%s training by %d workers: %d updates in %.2f s' % (
            'synchronous' if o.sync else 'asynchronous', workers, o.steps, seconds))
        print(json.dumps({'workers': workers, 'sync': o.sync, 'seconds': seconds,
                          'accuracy': evaluate(o, folder, images[:1000], labels[:1000])}))


def evaluate(o, folder, images, labels):
    """The accuracy of the last checkpoint, on this machine alone."""
    with tf.Graph().as_default():
        x, y, accuracy, _, _ = build(o, None, '', 0, 1)
        saver = tf.train.Saver([v for v in tf.global_variables() if 'sync' not in v.op.name])
        with tf.Session() as session:
            saver.restore(session, tf.train.latest_checkpoint(folder))
            return float(session.run(accuracy, {x: images, y: labels}))


if __name__ == '__main__':
    main()
