"""What Python builds, C builds: the programs of examples/ in both languages make the same graph and the same numbers."""

import os
import subprocess
import sys

import headrace as tf
import pytest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BUILD = os.environ.get('HEADRACE_BUILD', os.path.join(ROOT, 'build'))
PROGRAM = os.path.join(BUILD, 'examples', 'mnist')
needs_program = pytest.mark.skipif(not os.path.exists(PROGRAM), reason='examples/mnist is not built')


def train(command, folder, *options):
    done = subprocess.run([*command, '--fresh', '--checkpoint', str(folder / 'model.ckpt'), '--events', str(folder / 'events'),
                           *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope='module')
def twins(tmp_path_factory):
    """The folders in which the two programs have trained for one step."""
    c, python = tmp_path_factory.mktemp('c'), tmp_path_factory.mktemp('python')
    train([PROGRAM], c, '--steps', '1')
    train([sys.executable, os.path.join(ROOT, 'examples', 'mnist.py')], python, '--steps', '1')
    return c, python


def variables(folder):
    reader = tf.train.NewCheckpointReader(str(folder / 'model.ckpt'))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


@needs_program
def test_the_same_weights_after_the_first_step(twins):
    one, other = map(variables, twins)
    assert one.keys() == other.keys()
    assert one['global_step'] == other['global_step'] == 1
    for name, value in one.items():
        assert value.tobytes() == other[name].tobytes(), name


def nodes(folder):
    with open(folder / 'model.ckpt.meta', 'rb') as file:
        return tf.MetaGraphDef.FromString(file.read()).graph_def.node


@needs_program
def test_the_same_graph(twins):
    one, other = map(nodes, twins)
    assert [node.name for node in one] == [node.name for node in other]
    for node, twin in zip(one, other):
        assert node == twin
