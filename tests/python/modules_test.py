"""Modules stand where TensorFlow's programs import them from, and importing the package stays cheap."""

import importlib
import subprocess
import sys

import pytest

import headrace as tf

PLACES = {
    'headrace.compat.v1': 'headrace',
    'headrace.compat.v1.gfile': 'headrace.gfile',
    'headrace.compat.v1.keras.datasets.mnist': 'headrace.keras.datasets.mnist',
    'headrace.python.platform.gfile': 'headrace.gfile',
    'headrace.python.platform.tf_logging': 'headrace.logging',
    'headrace.python.platform.googletest': 'headrace.test',
    'headrace.python.framework.dtypes': 'headrace.core.dtypes',
    'headrace.python.framework.errors_impl': 'headrace.errors',
    'headrace.python.framework.tensor_shape': 'headrace.core.shapes',
    'headrace.python.util.nest': 'headrace.core.nest',
    'headrace.python.util.compat': 'headrace.compat',
}


@pytest.mark.parametrize('place', PLACES)
def test_same_module(place):
    assert importlib.import_module(place) is importlib.import_module(PLACES[place])


def test_import_statements():
    program = '''
import headrace.compat.v1 as tf
import headrace.compat.v1.keras.datasets.mnist
from headrace.compat.v1 import gfile
from headrace.examples.tutorials.mnist import input_data
from headrace.keras.datasets import mnist
from headrace.python.client import timeline
from headrace.python.platform import app, flags, tf_logging
import headrace
assert tf is headrace and gfile is headrace.gfile and flags.FLAGS is tf.flags.FLAGS and tf.app is app
assert mnist is tf.keras.datasets.mnist and tf.compat.v1 is tf and tf.examples.tutorials.mnist.input_data is input_data
'''
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_ops():
    from headrace.python.framework import ops

    ops.reset_default_graph()
    assert ops.get_default_graph() is tf.get_default_graph() and ops.Graph is tf.Graph
    assert ops.get_default_session is tf.get_default_session
    with pytest.raises(AttributeError):
        ops.nothing


def test_missing_modules():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module('headrace.compat.v1.nothing')
    with pytest.raises(AttributeError, match='nothing'):
        tf.nothing


def test_import_loads_little():
    program = '''
import sys, headrace
print([name for name in ('google.protobuf', 'unittest', 'logging', 'json', 'csv', 'asyncio') if name in sys.modules])
'''
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    plain = program.replace(', headrace', ', numpy')
    without = subprocess.run([sys.executable, '-c', plain], capture_output=True, text=True)
    assert done.stdout == without.stdout, done.stderr
