"""The MNIST helper: TensorFlow's batches, and where files are found."""

import gzip
import json
import os
import shutil

import numpy as np
import pytest

import headrace as tf
import mnist_cases
from headrace.examples.tutorials.mnist import input_data
from headrace.keras.datasets import mnist as keras_mnist

FOLDER = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(os.path.dirname(FOLDER)), 'data', 'mnist')
NAMES = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz', 't10k-images-idx3-ubyte.gz',
         't10k-labels-idx1-ubyte.gz']


def idx(folder, count):
    """Small files of MNIST's form in a folder."""
    os.makedirs(folder, exist_ok=True)
    rng = np.random.RandomState(0)
    for name in NAMES:
        images = 'images' in name
        shape = (count, 28, 28) if images else (count,)
        header = np.array([2051 if images else 2049, *shape], '>u4').tobytes()
        with gzip.open(os.path.join(folder, name), 'wb') as file:
            file.write(header + rng.randint(0, 10, shape).astype(np.uint8).tobytes())
    return str(folder)


def test_batches_are_those_of_tensorflow():
    with open(os.path.join(FOLDER, 'recorded', 'mnist.json'), encoding='utf-8') as file:
        recorded = json.load(file)
    got = json.loads(json.dumps(mnist_cases.cases(tf, input_data, DATA)))
    for name, want in recorded.items():
        assert got[name] == want, name


def test_without_a_seed_the_system_decides(tmp_path):
    folder = idx(tmp_path, 50)
    np.random.seed(1)
    first = input_data.read_data_sets(folder, validation_size=0).train.next_batch(50)[1]
    np.random.seed(1)
    second = input_data.read_data_sets(folder, validation_size=0).train.next_batch(50)[1]
    assert first.tolist() != second.tolist()


def test_missing_files_are_named(tmp_path, monkeypatch):
    monkeypatch.delenv('HEADRACE_MNIST', raising=False)
    with pytest.raises(tf.errors.NotFoundError) as error:
        input_data.read_data_sets(str(tmp_path / 'nothing'))
    for fact in [*NAMES, str(tmp_path / 'nothing'), 'HEADRACE_MNIST']:
        assert fact in str(error.value)


def test_missing_files_are_copied(tmp_path, monkeypatch):
    monkeypatch.setenv('HEADRACE_MNIST', idx(tmp_path / 'local', 30))
    data_sets = input_data.read_data_sets(str(tmp_path / 'new'), validation_size=10)
    assert data_sets.train.num_examples == 20
    assert sorted(os.listdir(tmp_path / 'new')) == sorted(NAMES)


def test_mistakes(tmp_path):
    folder = idx(tmp_path, 20)
    for size in (21, -1):
        with pytest.raises(ValueError, match=f'between 0 and 20. Received: {size}'):
            input_data.read_data_sets(folder, validation_size=size)
    with pytest.raises(TypeError, match='float64'):
        input_data.read_data_sets(folder, validation_size=0, dtype=tf.float64)
    images = np.zeros((3, 2, 2, 1), np.uint8)
    with pytest.raises(AssertionError, match=r'images.shape: \(3, 2, 2, 1\) labels.shape: \(2,\)'):
        input_data.DataSet(images, np.zeros(2))
    with pytest.raises(AssertionError):
        input_data.DataSet(np.zeros((3, 2, 2, 2), np.uint8), np.zeros(3))
    shutil.copy(os.path.join(folder, NAMES[1]), os.path.join(folder, NAMES[0]))
    with pytest.raises(ValueError, match='Invalid magic number 2049 in MNIST image file'):
        input_data.read_data_sets(folder, validation_size=0)


@pytest.mark.parametrize('damage', [b'', b'\0\0\x08\x03\0\0\0\x02', b'\0\0\x08\x03' + b'\xff' * 12 + b'xyz'])
def test_damaged_files(tmp_path, damage):
    folder = idx(tmp_path, 20)
    with gzip.open(os.path.join(folder, NAMES[0]), 'wb') as file:
        file.write(damage)
    with pytest.raises(ValueError, match=NAMES[0]):
        input_data.read_data_sets(folder, validation_size=0)


def test_one_hot():
    assert input_data.dense_to_one_hot(np.array([1, 3]), 4).tolist() == [[0, 1, 0, 0], [0, 0, 0, 1]]


def test_deprecation_warnings_name_the_line_and_come_once(tmp_path, caplog, monkeypatch):
    from headrace.core import deprecation

    monkeypatch.setattr(deprecation, '_given', set())
    folder = idx(tmp_path, 20)
    for _ in range(2):
        input_data.read_data_sets(folder, validation_size=0)
    first = caplog.messages[0]
    assert first.startswith(f'From {__file__}:') and 'read_data_sets' in first
    assert 'is deprecated and will be removed in a future version.\nInstructions for updating:\nPlease' in first
    assert len(caplog.messages) == len(set(caplog.messages)) == 4


def test_keras_from_idx_files(tmp_path, monkeypatch):
    monkeypatch.setenv('KERAS_HOME', str(tmp_path / 'keras'))
    monkeypatch.setenv('HEADRACE_MNIST', DATA)
    (x_train, y_train), (x_test, y_test) = keras_mnist.load_data()
    assert (x_train.shape, y_train.shape, x_test.shape, y_test.shape) == ((10000, 28, 28), (10000,), (2000, 28, 28),
                                                                         (2000,))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9]
    x_train[0] = 0  # arrays of one's own


def test_keras_from_an_archive(tmp_path, monkeypatch):
    monkeypatch.setenv('KERAS_HOME', str(tmp_path))
    os.makedirs(tmp_path / 'datasets')
    names = ['x_train', 'y_train', 'x_test', 'y_test']
    arrays = {name: np.arange(3, dtype=np.uint8) + i for i, name in enumerate(names)}
    np.savez(tmp_path / 'datasets' / 'mnist.npz', **arrays)
    (x_train, y_train), (x_test, y_test) = keras_mnist.load_data()
    assert [a.tolist() for a in (x_train, y_train, x_test, y_test)] == [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]]


def test_keras_without_data(tmp_path, monkeypatch):
    monkeypatch.setenv('KERAS_HOME', str(tmp_path))
    monkeypatch.delenv('HEADRACE_MNIST', raising=False)
    with pytest.raises(tf.errors.NotFoundError, match='HEADRACE_MNIST'):
        keras_mnist.load_data()
