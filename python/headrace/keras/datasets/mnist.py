"""The MNIST database of handwritten digits as NumPy arrays."""

import os

import numpy as np

from headrace.core import mnist_files
from headrace.core.public import export


def load_data(path='mnist.npz'):
    """Loads the 60,000 training and 10,000 test images.

    They are read from the first of these that is there: `path` itself, `path` in Keras' folder `~/.keras/datasets`
    (or `$KERAS_HOME/datasets`), a `mnist.npz` or the four original files in the folder that the environment variable
    HEADRACE_MNIST names. Nothing is downloaded.

    Args:
      path: the name of a NumPy archive.

    Returns:
      `((x_train, y_train), (x_test, y_test))`: uint8 arrays, images [n, 28, 28] and labels [n].

    Raises:
      NotFoundError: the data is nowhere.
    """
    keras = os.environ.get('KERAS_HOME') or os.path.join(os.path.expanduser('~'), '.keras')
    archives = [path, os.path.join(keras, 'datasets', path)]
    folder = mnist_files.local_copy()
    if folder:
        archives.append(os.path.join(folder, 'mnist.npz'))
    for archive in filter(os.path.isfile, archives):
        with np.load(archive) as arrays:
            return (arrays['x_train'], arrays['y_train']), (arrays['x_test'], arrays['y_test'])
    if not folder or not all(os.path.isfile(os.path.join(folder, name)) for name in mnist_files.ALL):
        raise mnist_files.not_found(archives[1])

    def read(reader, name):
        with open(os.path.join(folder, name), 'rb') as file:
            return reader(file, file.name).copy()

    return ((read(mnist_files.read_images, mnist_files.TRAIN_IMAGES),
             read(mnist_files.read_labels, mnist_files.TRAIN_LABELS)),
            (read(mnist_files.read_images, mnist_files.TEST_IMAGES),
             read(mnist_files.read_labels, mnist_files.TEST_LABELS)))


export(globals())
