"""Devices of sessions, and sessions that are reset."""

import pytest

import headrace as tf
from headrace.python.client import device_lib


def test_list_devices():
    with tf.Session() as session:
        device, = session.list_devices()
    assert (device.name, device.device_type) == ('/job:localhost/replica:0/task:0/device:CPU:0', 'CPU')
    assert device.memory_limit_bytes > 0 and device.incarnation > 0
    assert repr(device).startswith('_DeviceAttributes(/job:localhost/replica:0/task:0/device:CPU:0, CPU, ')
    with pytest.raises(RuntimeError, match='closed Session'):
        session.list_devices()


def test_several_devices():
    config = tf.ConfigProto(device_count={'CPU': 3})
    with tf.Session(config=config) as session:
        assert [device.name[-5:] for device in session.list_devices()] == ['CPU:0', 'CPU:1', 'CPU:2']
    devices = device_lib.list_local_devices(config)
    assert [device.name for device in devices] == ['/device:CPU:0', '/device:CPU:1', '/device:CPU:2']
    assert devices[0].DESCRIPTOR.full_name == 'tensorflow.DeviceAttributes'


def test_there_are_no_gpus():
    assert not tf.test.is_gpu_available()
    assert tf.test.gpu_device_name() == ''


def test_reset_ends_sessions():
    graph = tf.Graph()
    with graph.as_default():
        variable = tf.Variable(1.0)
    session = tf.Session(graph=graph)
    session.run(variable.initializer)
    tf.Session.reset('')
    with pytest.raises(tf.errors.OpError):
        session.run(variable)
    with tf.Session(graph=graph) as fresh:
        fresh.run(variable.initializer)
        assert fresh.run(variable) == 1.0
    with pytest.raises(tf.errors.NotFoundError):
        tf.Session.reset('nothing://there')
