"""What the kernel cases are made of: shapes, special values, seeded random arrays."""

import zlib

import numpy as np

FLOATS = (np.float32, np.float64)
INTEGERS = (np.int32, np.int64)
NUMBERS = FLOATS + INTEGERS
SHAPES = ((), (3,), (2, 3), (67,), (0,), (2, 0, 3))
BROADCASTS = (((), ()), ((67,), (67,)), ((2, 3), (3,)), ((), (2, 3)), ((2, 1), (1, 3)), ((2, 3, 4), (3, 1)), ((0,), (1,)),
              ((3, 1, 2, 1, 2), (1, 4, 1, 3, 1)))
MISMATCHES = (((2,), (3,)), ((2, 3), (2,)))
FLOAT_SPECIALS = (0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, 1e-40, 1e30, -2.5)


def i32(*values):
    return np.array(values[0] if len(values) == 1 else values, np.int32)


def random_for(*key):
    return np.random.RandomState(zlib.crc32(repr(key).encode()) & 0xffffffff)


def numbers(dtype, shape, key, low=-3.0, high=3.0):
    """Floats spread evenly, integers spread over three times the range."""
    random = random_for(key, np.dtype(dtype).name, shape)
    if np.issubdtype(dtype, np.floating):
        return np.asarray(random.uniform(low, high, shape), dtype)
    return np.asarray(random.randint(int(3 * low), int(3 * high) + 1, shape), dtype)


def booleans(shape, key):
    return np.asarray(random_for(key, shape).rand(*shape) < 0.5)


def specials(dtype):
    if np.issubdtype(dtype, np.floating):
        return np.array(FLOAT_SPECIALS, dtype)
    limits = np.iinfo(dtype)
    return np.array([0, 1, -1, limits.max, limits.min, limits.max - 1, limits.min + 1, 7, -7, 46341], dtype)


def nonzero(array):
    return np.where(array == 0, array.dtype.type(2), array)
