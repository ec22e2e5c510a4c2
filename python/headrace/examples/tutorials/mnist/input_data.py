"""The MNIST database of handwritten digits in batches, as TensorFlow's tutorials use it.

The files are not downloaded: put them into the training folder, or into a folder that the environment variable
HEADRACE_MNIST names, from where they are copied.
"""

import collections
import os

import numpy

from headrace import gfile
from headrace.core import mnist_files
from headrace.core.deprecation import deprecated
from headrace.core.dtypes import as_dtype, float32, uint8
from headrace.core.graph import get_default_graph
from headrace.core.public import export

DEFAULT_SOURCE_URL = 'https://storage.googleapis.com/cvdf-datasets/mnist/'

_USE_TF_DATA = 'Please use tf.data to implement this functionality.'
_USE_MODELS = 'Please use alternatives such as official/mnist/dataset.py from tensorflow/models.'

Datasets = collections.namedtuple('Datasets', ['train', 'validation', 'test'])
Datasets.__doc__ = 'The three parts of a database: `train`, `validation`, `test`, each a `DataSet`.'


@deprecated(None, _USE_TF_DATA)
def extract_images(f):
    """Reads images and prints the name of the file.

    Args:
      f: a file object with a `name` that gives the bytes of an IDX file compressed by gzip.

    Returns:
      A uint8 array [images, rows, columns, 1].

    Raises:
      ValueError: the file holds something else.
    """
    print('Extracting', f.name)
    return mnist_files.read_images(f, f.name)[..., numpy.newaxis]


@deprecated(None, 'Please use tf.one_hot on tensors.')
def dense_to_one_hot(labels_dense, num_classes):
    """Turns class numbers into rows with a one at the class.

    Args:
      labels_dense: an integer array [labels].
      num_classes: the length of the rows.

    Returns:
      A float64 array [labels, num_classes].
    """
    one_hot = numpy.zeros((labels_dense.shape[0], num_classes))
    one_hot[numpy.arange(labels_dense.shape[0]), labels_dense.ravel()] = 1
    return one_hot


@deprecated(None, _USE_TF_DATA)
def extract_labels(f, one_hot=False, num_classes=10):
    """Reads labels and prints the name of the file.

    Args:
      f: a file object with a `name` that gives the bytes of an IDX file compressed by gzip.
      one_hot: whether to return rows with a one at the class.
      num_classes: the length of such rows.

    Returns:
      A uint8 array [labels], or a float64 array [labels, num_classes].

    Raises:
      ValueError: the file holds something else.
    """
    print('Extracting', f.name)
    labels = mnist_files.read_labels(f, f.name)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def _numpy_seed(seed):
    """The seed of NumPy's generator by TensorFlow's rules: `seed`, else that of the default graph, else None."""
    graph_seed = get_default_graph().seed
    chosen = graph_seed if seed is None else seed
    if chosen is None:
        return None
    chosen %= 2**31 - 1
    if chosen == 0 and seed is not None and graph_seed is not None and graph_seed % (2**31 - 1) == 0:
        return 2**31 - 1  # two zeros would mean no seed
    return chosen


class DataSet:
    """Images and their labels, handed out in batches."""

    @deprecated(None, _USE_MODELS)
    def __init__(self, images, labels, fake_data=False, one_hot=False, dtype=float32, reshape=True, seed=None):
        """Takes the images and seeds NumPy's global generator, which shuffles them.

        The seed is `seed`, or else the seed of the default graph; where neither is there, NumPy seeds its generator
        from the system, whatever seed it was given before. To repeat batches, seed NumPy afterwards.

        Args:
          images: a uint8 array [images, rows, columns, 1].
          labels: an array [images] or [images, classes].
          fake_data: whether to hand out images of ones, for tests without files.
          one_hot: whether the labels of fake data are rows with a one at the class.
          dtype: `tf.uint8` for the bytes as they are, `tf.float32` for numbers from 0 to 1.
          reshape: whether to make the images vectors.
          seed: an integer, or None.

        Raises:
          TypeError: `dtype` is something else.
          AssertionError: the numbers of images and labels differ, or images that are to be reshaped have several
            channels.
        """
        numpy.random.seed(_numpy_seed(seed))
        dtype = as_dtype(dtype)
        if dtype not in (uint8, float32):
            raise TypeError(f'Invalid image dtype {dtype!r}, expected uint8 or float32')
        self.one_hot = one_hot
        if fake_data:
            self._num_examples = 10000
        else:
            assert images.shape[0] == labels.shape[0], f'images.shape: {images.shape} labels.shape: {labels.shape}'
            self._num_examples = images.shape[0]
            if reshape:
                assert images.shape[3] == 1
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == float32:
                images = numpy.multiply(images, numpy.float32(1.0 / 255.0), dtype=numpy.float32)
        self._images = images
        self._labels = labels
        self._order = None  # where shuffling has put the images, as long as nobody has looked at all of them
        self._epochs_completed = 0
        self._index_in_epoch = 0

    def _settle(self):
        """Brings images and labels into their shuffled order, which is put off until somebody wants all of them."""
        if self._order is not None:
            self._images, self._labels, self._order = self._images[self._order], self._labels[self._order], None

    @property
    def images(self):
        """All images, in the order of the current epoch."""
        self._settle()
        return self._images

    @property
    def labels(self):
        """The labels of `images`."""
        self._settle()
        return self._labels

    @property
    def num_examples(self):
        """The number of images."""
        return self._num_examples

    @property
    def epochs_completed(self):
        """How often `next_batch` has come to the end of the images."""
        return self._epochs_completed

    def _shuffle(self):
        order = numpy.arange(self._num_examples)
        numpy.random.shuffle(order)
        self._order = order if self._order is None else self._order[order]

    def _rows(self, start, end):
        if self._order is None:
            return self._images[start:end], self._labels[start:end]
        rows = self._order[start:end]
        return self._images[rows], self._labels[rows]

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """The next images and labels.

        A batch at the end of the images goes on at their start, after they were shuffled again.

        Args:
          batch_size: how many.
          fake_data: whether to hand out images of ones and labels of class 0.
          shuffle: whether to shuffle the images at the start of the first epoch and at the end of each.

        Returns:
          (images, labels): arrays whose first dimension is `batch_size`; lists where `fake_data` is asked for.
        """
        if fake_data:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self._num_examples:
            self._index_in_epoch += batch_size
            return self._rows(start, self._index_in_epoch)
        self._epochs_completed += 1
        rest_images, rest_labels = self._rows(start, self._num_examples)
        if shuffle:
            self._shuffle()
        self._index_in_epoch = batch_size - rest_images.shape[0]
        new_images, new_labels = self._rows(0, self._index_in_epoch)
        return numpy.concatenate((rest_images, new_images)), numpy.concatenate((rest_labels, new_labels))


@deprecated(None, _USE_MODELS)
def read_data_sets(train_dir, fake_data=False, one_hot=False, dtype=float32, reshape=True, validation_size=5000,
                   seed=None, source_url=DEFAULT_SOURCE_URL):
    """Reads the four files of MNIST.

    Args:
      train_dir: the folder that holds them. What it lacks is copied from the folder that HEADRACE_MNIST names.
      fake_data: whether to return data sets of ones, without files.
      one_hot: whether labels are rows with a one at the class.
      dtype: `tf.uint8` for the bytes as they are, `tf.float32` for numbers from 0 to 1.
      reshape: whether images are vectors of 784, not [28, 28, 1].
      validation_size: how many of the first training images are for validation.
      seed: the seed of the shuffling, see `DataSet`.
      source_url: where TensorFlow would download the files from; not used.

    Returns:
      `Datasets(train, validation, test)`.

    Raises:
      NotFoundError: the files are nowhere.
      ValueError: there are fewer training images than `validation_size`.
      TypeError: `dtype` is neither `tf.uint8` nor `tf.float32`.
    """
    options = {'dtype': dtype, 'reshape': reshape, 'seed': seed}
    if fake_data:
        fake = [DataSet([], [], fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed) for _ in range(3)]
        return Datasets(*fake)
    mnist_files.fetch(train_dir)

    def extract(extractor, name, **arguments):
        with gfile.Open(os.path.join(train_dir, name), 'rb') as file:
            return extractor(file, **arguments)

    train_images = extract(extract_images, mnist_files.TRAIN_IMAGES)
    train_labels = extract(extract_labels, mnist_files.TRAIN_LABELS, one_hot=one_hot)
    test_images = extract(extract_images, mnist_files.TEST_IMAGES)
    test_labels = extract(extract_labels, mnist_files.TEST_LABELS, one_hot=one_hot)
    if not 0 <= validation_size <= len(train_images):
        raise ValueError(f'Validation size should be between 0 and {len(train_images)}. Received: {validation_size}.')
    return Datasets(
        train=DataSet(train_images[validation_size:], train_labels[validation_size:], **options),
        validation=DataSet(train_images[:validation_size], train_labels[:validation_size], **options),
        test=DataSet(test_images, test_labels, **options))


export(globals())
