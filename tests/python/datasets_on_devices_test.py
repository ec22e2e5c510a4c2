"""Datasets that copy to devices: from CPU to CPU, to simulated accelerators; iterators that are there no more."""

import os
import subprocess
import sys

import pytest

import headrace as tf
from headrace.python.framework import function

ON_CARDS = '''
import headrace as tf
experimental = tf.data.experimental
for on_card in (experimental.copy_to_device('/gpu:1', '/cpu:0'), experimental.copy_to_device('/gpu:0', '/gpu:0'),
                experimental.prefetch_to_device('/gpu:0', 2)):
    with tf.Graph().as_default():
        pairs = tf.data.Dataset.range(3).map(lambda x: (2 * x, tf.cast(x, tf.float32)))
        iterator = tf.data.make_initializable_iterator(pairs.apply(on_card))
        twice, x = iterator.get_next()
        with tf.device('/gpu:0'):
            y = x * x + 1
        with tf.Session() as session:
            for _ in range(2):
                session.run(iterator.initializer)
                assert [session.run([twice, y]) for _ in range(3)] == [[0, 1], [2, 2], [4, 5]]
            try:
                session.run(y)
            except tf.errors.OutOfRangeError:
                print('whole')
'''


def test_on_simulated_accelerators():
    done = subprocess.run([sys.executable, '-c', ON_CARDS], env={**os.environ, 'HEADRACE_SIM_GPUS': '2'},
                          capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ['whole'] * 3, done.stderr


def test_many_passes():
    """Each pass makes an iterator on the source and ends it."""
    dataset = tf.data.Dataset.range(2).apply(tf.data.experimental.copy_to_device('/cpu:0')).repeat(50)
    following = tf.data.make_one_shot_iterator(dataset).get_next()
    with tf.Session() as session:
        assert [session.run(following) for _ in range(100)] == [0, 1] * 50
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(following)


def test_destroyed_iterators():
    iterator = tf.data.make_initializable_iterator(tf.data.Dataset.range(3))
    following = iterator.get_next()
    end = tf.raw_ops.DestroyResourceOp(resource=iterator._iterator_resource, ignore_lookup_error=False)
    end_if_any = tf.raw_ops.DestroyResourceOp(resource=iterator._iterator_resource, ignore_lookup_error=True)
    with tf.Session() as session:
        session.run(iterator.initializer)
        assert session.run(following) == 0
        session.run(end)
        session.run(end_if_any)
        with pytest.raises(tf.errors.OpError):
            session.run(following)
        with pytest.raises(tf.errors.NotFoundError, match='does not exist'):
            session.run(end)


@pytest.mark.parametrize('target, source, message', [
    ('garbage', '/cpu:0', "Unknown attribute: 'garbage'"), ('/cpu:0', 'garbage', "Unknown attribute: 'garbage'")])
def test_devices_that_are_none(target, source, message):
    with pytest.raises(ValueError, match=message):
        tf.data.Dataset.range(3).apply(tf.data.experimental.copy_to_device(target, source))


@function.Defun(tf.int32)
def triple(x):
    return tf.fill([3], x)


@pytest.mark.parametrize('arguments, types, target, error, text', [
    ([3, 4], [tf.int32], '', tf.errors.InvalidArgumentError, 'Expects 1 arguments, but 2 is provided'),
    ([3], [tf.int32, tf.int32], '', tf.errors.InternalError, 'Missing 1-th output from node'),
    ([3.0], [tf.int32], '', tf.errors.InvalidArgumentError, r'Expects arg\[0\] to be int32 but float is provided'),
    ([3], [tf.int32], 'garbage', tf.errors.InvalidArgumentError, 'Could not parse garbage into a device specification'),
    ([3], [tf.int32], '/job:x/cpu:0', tf.errors.InternalError,
     'support instantiating functions on device: /job:x/replica:0/task:0/device:CPU:0')])
def test_calls_that_do_not_fit(arguments, types, target, error, text):
    call = tf.raw_ops.RemoteCall(target=target, args=arguments, Tout=types, f=triple)
    with tf.Session() as session:
        with pytest.raises(error, match=text):
            session.run(call)


@pytest.mark.parametrize('target', ['/cpu:0', '', ['/cpu:0'], '/device:CPU:1'])
def test_calls(target):
    call = tf.raw_ops.RemoteCall(target=target, args=[3], Tout=[tf.int32], f=triple)
    with tf.Session(config=tf.ConfigProto(device_count={'CPU': 2})) as session:
        assert session.run(call)[0].tolist() == [3, 3, 3]
