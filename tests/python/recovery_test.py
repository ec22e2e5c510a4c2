"""Training goes on when servers are killed: from the last checkpoint, with the global step where it was saved."""

import os
import random
import threading
import time

import pytest

import clusters
import headrace as tf

CONFIG = dict(operation_timeout_in_ms=120000)  # so that no run waits for ever


def model(setter=None):
    """A sum that each step adds one to: what it is says how often it was updated since it was restored."""
    with tf.device(setter):
        step = tf.train.get_or_create_global_step()
        total = tf.get_variable('total', [], initializer=tf.zeros_initializer())
        train = tf.group(tf.assign_add(step, 1), tf.assign_add(total, 1.0), name='train')
    return step, total, train


def restart(server, cluster):
    """The killed server again, at the same address."""
    again = clusters.Server('headrace', cluster, server.job, server.task)
    again.wait()
    return again


def addresses(servers):
    return {job: [server.target[len('grpc://'):] for server in tasks] for job, tasks in servers.items()}


def newest_step(folder):
    return int(tf.train.latest_checkpoint(str(folder)).rpartition('-')[2])


@pytest.fixture(autouse=True)
def fresh_graph():
    with tf.Graph().as_default():
        yield


def monitored(servers, folder, **options):
    config = tf.ConfigProto(device_filters=['/job:ps', '/job:worker/task:0'], **CONFIG)
    return tf.train.MonitoredTrainingSession(
        master=servers['worker'][0].target, is_chief=True, checkpoint_dir=str(folder), save_checkpoint_steps=5,
        save_summaries_steps=None, save_summaries_secs=None, log_step_count_steps=None, config=config, **options)


def test_a_killed_parameter_server_comes_back_from_the_checkpoint(tmp_path):
    with clusters.start({'ps': 1, 'worker': 1}) as servers:
        cluster = addresses(servers)
        step, total, train = model(tf.train.replica_device_setter(cluster=cluster))
        with monitored(servers, tmp_path) as session:
            while session.run([step, train])[0] < 12:
                pass
            saved = newest_step(tmp_path)
            assert 5 <= saved <= 14
            servers['ps'][0].kill()
            servers['ps'][0] = restart(servers['ps'][0], cluster)
            value, _ = session.run([step, train])  # made anew inside, from the checkpoint
            assert value >= saved, 'training began anew'
            assert value <= saved + 2
            while session.run([step, train])[0] < saved + 10:
                pass
        assert newest_step(tmp_path) >= saved + 10


def test_a_worker_waits_for_a_parameter_server_that_is_away(tmp_path):
    with clusters.start({'ps': 1, 'worker': 1}) as servers:
        cluster = addresses(servers)
        step, total, train = model(tf.train.replica_device_setter(cluster=cluster))
        servers['ps'][0].kill()
        with tf.Session(servers['worker'][0].target, config=tf.ConfigProto(operation_timeout_in_ms=1000)) as session:
            with pytest.raises((tf.errors.DeadlineExceededError, tf.errors.UnavailableError)):
                session.run(tf.global_variables_initializer())


def test_a_killed_worker_is_no_concern_of_the_others(tmp_path):
    with clusters.start({'ps': 1, 'worker': 2}) as servers:
        cluster = addresses(servers)
        step, total, train = model(tf.train.replica_device_setter(cluster=cluster))
        with monitored(servers, tmp_path) as session:
            session.run(train)
            servers['worker'][1].kill()
            before = session.run(step)
            for _ in range(20):
                session.run(train)
            assert session.run(step) == before + 20
            servers['worker'][1] = restart(servers['worker'][1], cluster)
            with tf.Session(servers['worker'][1].target, config=tf.ConfigProto(**CONFIG)) as other:
                other.run(train)
                assert other.run(step) == before + 21  # it shares what the parameter server kept


def test_a_worker_killed_in_the_middle_of_a_step(tmp_path):
    with clusters.start({'worker': 2}) as servers:
        with tf.device('/job:worker/task:1'):
            queue = tf.FIFOQueue(2, tf.float32, shapes=[()])
            put, size, waits = queue.enqueue(1.0), queue.size(), queue.dequeue_many(2)
        with tf.device('/job:worker/task:0'):
            doubled = waits * 2.0
        with tf.Session(servers['worker'][0].target, config=tf.ConfigProto(**CONFIG)) as session:
            session.run(put)

            def kill():
                clusters.wait_until(lambda: session.run(size) == 0)  # the step has the first of two
                servers['worker'][1].kill()

            killer = threading.Thread(target=kill)
            killer.start()
            with pytest.raises((tf.errors.AbortedError, tf.errors.UnavailableError)):  # it does not wait for its deadline
                session.run(doubled)
            killer.join()


def test_the_state_of_a_client_that_is_gone_can_be_saved_by_another(tmp_path):
    with clusters.start({'ps': 1, 'worker': 1}) as servers:
        cluster = addresses(servers)
        step, total, train = model(tf.train.replica_device_setter(cluster=cluster))
        saver, init = tf.train.Saver(), tf.global_variables_initializer()
        target = servers['worker'][0].target
        with tf.Session(target, config=tf.ConfigProto(**CONFIG)) as session:
            session.run(init)
            for _ in range(3):
                session.run(train)
        with tf.Session(target, config=tf.ConfigProto(**CONFIG)) as session:
            assert session.run([step, total]) == [3, 3.0]
            saver.save(session, str(tmp_path / 'model'), global_step=step)
        assert newest_step(tmp_path) == 3


def test_a_soak_with_random_kills(tmp_path):
    """For some seconds, servers are killed at random and come back. No acknowledged checkpoint is lost."""
    seconds = float(os.environ.get('HEADRACE_SOAK', 6))
    chance = random.Random(7)
    with clusters.start({'ps': 1, 'worker': 1}) as servers:
        cluster = addresses(servers)
        step, total, train = model(tf.train.replica_device_setter(cluster=cluster))
        end, acknowledged, kills, last = time.monotonic() + seconds, 0, 0, 0
        with monitored(servers, tmp_path, stop_grace_period_secs=5) as session:
            while time.monotonic() < end or kills < 2:
                for _ in range(chance.randint(5, 30)):
                    last = session.run([step, train])[0]
                acknowledged = newest_step(tmp_path)
                job = chance.choice(['ps', 'worker'])
                servers[job][0].kill()
                servers[job][0] = restart(servers[job][0], cluster)
                kills += 1
                last = session.run([step, train])[0]
                assert last >= acknowledged, 'a checkpoint was lost'
            while session.run([step, train])[0] < last + 10:
                pass
        assert newest_step(tmp_path) >= last + 10
