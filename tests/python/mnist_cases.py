"""Batches of MNIST, as digests: for TensorFlow's recordings and for the test that compares with them."""

import contextlib
import hashlib
import io

import numpy as np


def digest(array):
    """A few hexadecimal digits that tell arrays apart: of their bytes, shape and dtype."""
    array = np.ascontiguousarray(array)
    text = '{} {}'.format(array.dtype, array.shape).encode()
    return hashlib.md5(text + array.tobytes()).hexdigest()[:12]


def batches(data_set, sizes, **options):
    """[digest of images, digest of labels, epochs completed] of one batch after the other."""
    result = []
    for size in sizes:
        images, labels = data_set.next_batch(size, **options)
        result.append([digest(images), digest(labels), data_set.epochs_completed])
    return result


def cases(tf, input_data, folder):
    """What the data sets of a folder with MNIST's files give.

    Args:
      tf: the module.
      input_data: its module `examples.tutorials.mnist.input_data`.
      folder: the files' folder.

    Returns:
      A dict that JSON can hold.
    """
    result = {}

    def read(name, seed=None, graph_seed=None, numpy_seed=None, sizes=(50, 50), shuffle=True, **options):
        tf.reset_default_graph()
        if graph_seed is not None:
            tf.get_default_graph().seed = graph_seed
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            data_sets = input_data.read_data_sets(folder, seed=seed, **options)
        if numpy_seed is not None:
            np.random.seed(numpy_seed)
        result[name] = {
            'printed': printed.getvalue().replace(folder, 'D'),
            'parts': [[digest(part.images), digest(part.labels), part.num_examples, part.epochs_completed]
                      for part in data_sets],
            'train': batches(data_sets.train, sizes, shuffle=shuffle),
            'test': batches(data_sets.test, [7], shuffle=shuffle),
            'after': [digest(data_sets.train.images), digest(data_sets.train.labels)],
            'next random number': float(np.random.rand()),
        }

    read('seed', seed=42, validation_size=100, sizes=[50, 50, 5000, 4795, 5, 50, 9849, 3])
    read('numpy seed', numpy_seed=1, validation_size=100)
    read('graph seed', graph_seed=7, validation_size=100)
    read('both seeds', graph_seed=7, seed=9, validation_size=100)
    read('seeds of 0', graph_seed=0, seed=0, validation_size=100)
    read('large seed', seed=2**31 + 4, validation_size=100)
    read('one-hot', seed=1, one_hot=True, validation_size=100)
    read('bytes', seed=1, dtype=tf.uint8, validation_size=100)
    read('images', seed=1, reshape=False, validation_size=0)
    read('in order', seed=1, shuffle=False, validation_size=100, sizes=[50, 9848, 5])
    fake = input_data.read_data_sets(folder, fake_data=True, one_hot=True)
    images, labels = fake.train.next_batch(2, fake_data=True)
    result['fake'] = [fake.test.num_examples, digest(images), labels]
    return result
