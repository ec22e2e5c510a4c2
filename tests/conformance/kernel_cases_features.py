"""Inputs for record_kernels.py, as in kernel_cases.py: what features become, hashes of strings and crosses of columns."""

import numpy as np
import tensorflow as tf


def words(*items):
    return np.array(items, object)


LENGTHS = list(range(0, 70)) + [100, 127, 128, 129, 200, 333]
TEXT = bytes(33 + i * 7 % 90 for i in range(max(LENGTHS)))


def hashes():
    texts = words(*[TEXT[:n] for n in LENGTHS])
    for buckets in (1, 10, 1000000007, 1 << 62):
        yield "StringToHashBucketFast", {"input": texts}, {"num_buckets": buckets}
        yield "StringToHashBucket", {"string_tensor": texts}, {"num_buckets": buckets}
        yield "StringToHashBucketStrong", {"input": texts}, {"num_buckets": buckets, "key": [98765, 1 << 61]}
    for shape in ((), (2, 3), (0,)):
        given = np.full(shape, b"some text", object)
        yield "StringToHashBucketFast", {"input": given}, {"num_buckets": 100}
        yield "StringToHashBucketStrong", {"input": given}, {"num_buckets": 100, "key": [-1, 0]}
    yield "StringToHashBucketStrong", {"input": texts}, {"num_buckets": 100, "key": [1]}


def sparse(rows, values):
    """Indices, values and shape of ragged rows."""
    indices = [(row, i) for row, count in enumerate(rows) for i in range(count)]
    return (np.array(indices, np.int64).reshape(-1, 2), values,
            np.array([len(rows), max(rows)], np.int64))


def cross(columns, dense, hashed=True, buckets=1000, key=0xDECAFCAFFE):
    only_text = all(value.dtype == object for value in [values for _, values, _ in columns] + dense)
    inputs = {"indices": [c[0] for c in columns], "values": [c[1] for c in columns],
              "shapes": [c[2] for c in columns], "dense_inputs": dense}
    attrs = {"hashed_output": hashed, "num_buckets": buckets, "hash_key": key,
             "out_type": tf.int64 if hashed else tf.string, "internal_type": tf.string if only_text else tf.int64}
    return "SparseCross", inputs, attrs


def crosses():
    text = sparse((1, 2, 0, 1), words(b"a", b"b", b"c", b"d"))
    more = sparse((2, 1, 1, 0), words(b"x", b"y", b"z", b"w"))
    numbers = sparse((1, 1, 1, 2), np.array([5, -6, 7, 8, 9], np.int64))
    matrix = np.array([[1, 2], [3, 4], [5, 6], [7, 8]], np.int64)
    letters = np.array([[b"p"], [b"q"], [b"r"], [b"s"]], object)
    for columns, dense in (([text], []), ([text, more], []), ([text, numbers], []), ([numbers], [matrix]),
                           ([text, more, numbers], [matrix, letters]), ([], [matrix, letters])):
        yield cross(columns, dense)
        yield cross(columns, dense, buckets=0)
        yield cross(columns, dense, buckets=7, key=3)
        yield cross(columns, dense, hashed=False)
    yield cross([text], [matrix[:3]])
    yield cross([text, sparse((1, 1, 1), words(b"a", b"b", b"c"))], [])
    yield cross([(text[0][:, :1], text[1], text[2])], [])


def slices():
    indices = np.array([[0, 1], [0, 3], [1, 0], [2, 2], [3, 3]], np.int64)
    shape = np.array([4, 4], np.int64)
    for dtype in (np.float32, np.float64, np.int32, np.int64, np.object_, np.bool_):
        values = words(b"a", b"b", b"c", b"d", b"e") if dtype is np.object_ else np.array([1, 0, 3, 4, 5], dtype)
        for start, size in (([0, 0], [4, 4]), ([0, 1], [2, 3]), ([1, 0], [9, 2]), ([2, 2], [2, 2]), ([3, 0], [1, 1])):
            yield "SparseSlice", {"indices": indices, "values": values, "shape": shape,
                                  "start": np.array(start, np.int64), "size": np.array(size, np.int64)}, {}
    yield "SparseSlice", {"indices": indices, "values": np.ones(5, np.float32), "shape": shape,
                          "start": np.array([1], np.int64), "size": np.array([2, 2], np.int64)}, {}
    for start, out in (([0, 0], indices), ([0, 1], [[0, 0], [0, 2]]), ([2, 2], [[0, 0], [1, 1]]), ([3, 0], [])):
        out = np.array(out, np.int64).reshape(-1, 2)
        for dtype in (np.float32, np.float64, np.int32):
            yield "SparseSliceGrad", {"backprop_val_grad": np.arange(1, len(out) + 1).astype(dtype),
                                      "input_indices": indices, "input_start": np.array(start, np.int64),
                                      "output_indices": out}, {}


FAMILIES = {"hashes": hashes, "crosses": crosses, "slices": slices}
