"""What the networks of chapters 10 and 11 are trained on: the pictures that ship with the project."""

import gzip
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'data', 'mnist')


def _read(np, name, header):
    with gzip.open(os.path.join(FOLDER, name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def mnist(np):
    """10,000 images, float32 in [0, 1] by rows of 784, four fifths of them zeros, and their labels, int64."""
    images = _read(np, 'train-images-idx3-ubyte.gz', 16).reshape(-1, 784)
    return images.astype(np.float32) / 255, _read(np, 'train-labels-idx1-ubyte.gz', 8).astype(np.int64)


def noise(np):
    """As many rows of random numbers, none of them zero, and random labels."""
    random = np.random.RandomState(42)
    return random.rand(10000, 784).astype(np.float32), random.randint(10, size=10000)
