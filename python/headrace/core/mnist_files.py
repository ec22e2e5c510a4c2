"""Where the files of the MNIST database are, and how they are read.

Nothing is downloaded: the environment variable HEADRACE_MNIST names a folder that holds the files.
"""

import gzip
import os
import shutil

import numpy as np

from headrace import errors

TRAIN_IMAGES = 'train-images-idx3-ubyte.gz'
TRAIN_LABELS = 'train-labels-idx1-ubyte.gz'
TEST_IMAGES = 't10k-images-idx3-ubyte.gz'
TEST_LABELS = 't10k-labels-idx1-ubyte.gz'
ALL = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)

_IMAGES_MAGIC = 2051
_LABELS_MAGIC = 2049


def local_copy():
    """The folder that HEADRACE_MNIST names, or None."""
    return os.environ.get('HEADRACE_MNIST') or None


def not_found(wanted):
    """The error that says which files to put where.

    Args:
      wanted: the folder or file where they were looked for.
    """
    source = local_copy()
    also = (f'the folder that HEADRACE_MNIST names, {source}, does not hold them either' if source else
            'the environment variable HEADRACE_MNIST may name a folder that holds them')
    return errors.NotFoundError(None, None, f'{wanted}; the files of MNIST are not there: {", ".join(ALL)}. Put them '
                                            f'there; {also}. They are not downloaded.')


def fetch(folder):
    """Makes sure that a folder holds the four files: those that it lacks are copied from the local copy.

    Args:
      folder: the folder; it is made where it does not exist.

    Raises:
      NotFoundError: the files are nowhere.
    """
    missing = [name for name in ALL if not os.path.exists(os.path.join(folder, name))]
    source = local_copy()
    if missing and not (source and all(os.path.exists(os.path.join(source, name)) for name in missing)):
        raise not_found(folder)
    if missing:
        os.makedirs(folder, exist_ok=True)
    for name in missing:
        partial = os.path.join(folder, f'{name}.{os.getpid()}.partial')  # never half a file under the right name
        shutil.copyfile(os.path.join(source, name), partial)
        os.replace(partial, os.path.join(folder, name))


def _read(file, name, magic, what, rank):
    """An IDX file of bytes, compressed by gzip, as an array of the given rank."""
    with gzip.GzipFile(fileobj=file) as stream:
        data = stream.read()
    header = np.frombuffer(data[:4 * (rank + 1)], '>u4')
    if len(header) != rank + 1 or header[0] != magic:
        found = header[0] if len(header) else 'missing'
        raise ValueError(f'Invalid magic number {found} in MNIST {what} file: {name}')
    shape = tuple(int(size) for size in header[1:])
    values = np.frombuffer(data, np.uint8, offset=4 * (rank + 1))
    if values.size != np.prod(shape, dtype=np.int64):
        raise ValueError(f'{name} should hold {shape} bytes, but holds {values.size}')
    return values.reshape(shape)


def read_images(file, name):
    """The images of an open IDX file.

    Args:
      file: a file object that gives the compressed bytes.
      name: its name, for messages.

    Returns:
      A uint8 array [images, rows, columns] that cannot be written to.

    Raises:
      ValueError: the file is something else.
    """
    return _read(file, name, _IMAGES_MAGIC, 'image', 3)


def read_labels(file, name):
    """The labels of an open IDX file: a uint8 array [labels] that cannot be written to; see `read_images`."""
    return _read(file, name, _LABELS_MAGIC, 'label', 1)
