"""Inputs for record_kernels.py, as in kernel_cases.py: arithmetic of sparse tensors, and their other forms."""

import numpy as np

from kernel_inputs import i32, numbers

REALS = (np.float32, np.float64, np.int8, np.int16, np.int32, np.int64)
I64 = np.int64
# Indices in order, of a matrix [4, 5] and of a cube [2, 3, 2].
MATRIX = ([[0, 1], [0, 4], [1, 0], [3, 2], [3, 3]], [4, 5])
CUBE = ([[0, 0, 1], [0, 2, 0], [1, 0, 0], [1, 0, 1], [1, 2, 1]], [2, 3, 2])
NOTHING = ([], [4, 5])


def values_of(dtype, count, key):
    if dtype in (np.complex64, np.complex128):
        return np.asarray(numbers(np.float64, (count,), key) + 1j * numbers(np.float64, (count,), key + "i"), dtype)
    if dtype is np.object_:
        return np.array([b"v%d" % i for i in range(count)], object)
    return numbers(dtype, (count,), key)


def parts(form, dtype, key):
    indices, shape = form
    indices = np.array(indices, I64).reshape(-1, len(shape))
    return indices, values_of(dtype, len(indices), key), np.array(shape, I64)


def named(names, form, dtype, key):
    return dict(zip(names, parts(form, dtype, key)))


A, B = ("a_indices", "a_values", "a_shape"), ("b_indices", "b_values", "b_shape")
INPUT, SP = ("input_indices", "input_values", "input_shape"), ("sp_indices", "sp_values", "sp_shape")
OTHER = ([[0, 0], [0, 1], [1, 0], [2, 2], [3, 3], [3, 4]], [4, 5])


def pair(first, second, dtype):
    inputs = named(A, first, dtype, "a")
    inputs.update(named(B, second, dtype, "b"))
    return inputs


def sparse_additions():
    for dtype in REALS + (np.complex64, np.complex128):
        real = {np.complex64: np.float32, np.complex128: np.float64}.get(dtype, dtype)
        for least in (0, 1, 3):
            yield "SparseAdd", dict(pair(MATRIX, OTHER, dtype), thresh=np.array(least, real)), {}
        yield "SparseAdd", dict(pair(MATRIX, NOTHING, dtype), thresh=np.array(0, real)), {}
        yield "SparseAdd", dict(pair(NOTHING, NOTHING, dtype), thresh=np.array(0, real)), {}
        yield "SparseAdd", dict(pair(CUBE, CUBE, dtype), thresh=np.array(2, real)), {}
        sums = np.array([[0, 0], [0, 4], [1, 0], [2, 2], [3, 2]], I64)
        for first, second, kept in ((MATRIX, OTHER, sums), (MATRIX, NOTHING, sums[1:3]), (NOTHING, NOTHING, sums[:0])):
            yield "SparseAddGrad", {"backprop_val_grad": values_of(dtype, len(kept), "g"), "sum_indices": kept,
                                    "a_indices": parts(first, dtype, "a")[0], "b_indices": parts(second, dtype, "b")[0]}, {}
    good, scalar = pair(MATRIX, OTHER, np.float32), np.array(0, np.float32)
    for wrong in ({"a_shape": np.array([4, 6], I64)}, {"thresh": np.array([0], np.float32)},
                  {"a_indices": np.zeros(3, I64)}, {"b_values": np.zeros((2, 2), np.float32)},
                  {"b_shape": np.array([[4, 5]], I64)}):
        yield "SparseAdd", dict(good, **dict({"thresh": scalar}, **wrong)), {}
    grad = {"backprop_val_grad": np.ones(5, np.float32), "a_indices": sums, "b_indices": sums, "sum_indices": sums}
    for wrong in ({"backprop_val_grad": np.ones(4, np.float32)}, {"a_indices": np.zeros((2, 3), I64)},
                  {"sum_indices": np.zeros(2, I64)}, {"backprop_val_grad": np.ones((5, 1), np.float32)}):
        yield "SparseAddGrad", dict(grad, **wrong), {}


def joined(forms, dtype, dim):
    given = [parts(form, dtype, "p%d" % i) for i, form in enumerate(forms)]
    return "SparseConcat", {"indices": [p[0] for p in given], "values": [p[1] for p in given],
                            "shapes": [p[2] for p in given]}, {"concat_dim": dim}


def sparse_forms():
    mixed = ([[3, 0], [0, 2], [0, 1]], [4, 5])  # out of order
    for dtype in REALS + (np.complex64, np.bool_, np.object_):
        for dim in (0, 1, -1):
            yield joined((MATRIX, OTHER), dtype, dim)
        yield joined((mixed, MATRIX, NOTHING), dtype, 1)
        yield joined((CUBE, CUBE), dtype, 1)
        for dim, count in ((0, 1), (0, 3), (1, 2), (1, 5)):
            for form in (MATRIX, mixed, NOTHING):
                inputs = named(("indices", "values", "shape"), form, dtype, "s")
                yield "SparseSplit", dict(inputs, split_dim=np.array(dim, I64)), {"num_split": count}
    for dim in (2, -3):
        yield joined((MATRIX, OTHER), np.float32, dim)
    yield joined((MATRIX, ([[0, 0]], [4, 6])), np.float32, 0)
    yield joined((MATRIX, CUBE), np.float32, 0)
    inputs = named(("indices", "values", "shape"), MATRIX, np.float32, "s")
    yield "SparseSplit", dict(inputs, split_dim=np.array(2, I64)), {"num_split": 1}
    yield "SparseSplit", dict(inputs, split_dim=np.array(0, I64)), {"num_split": 5}
    yield "SparseSplit", dict(inputs, split_dim=np.array(0, I64), values=np.zeros((5, 1), np.float32)), {"num_split": 2}


def sparse_reductions():
    mixed = ([[3, 0], [0, 2], [0, 1], [3, 4], [1, 2]], [4, 5])
    for op in ("SparseReduceSum", "SparseReduceMax", "SparseReduceSumSparse", "SparseReduceMaxSparse"):
        for dtype in REALS + ((np.complex64, np.complex128) if "Sum" in op else ()):
            for form in (MATRIX, mixed, NOTHING, CUBE):
                for axes in (np.int32(0), i32(1), i32(0, -1), i32([]), np.int32(-1)):
                    for keep in (False, True):
                        yield op, dict(named(INPUT, form, dtype, op), reduction_axes=axes), {"keep_dims": keep}
        good = dict(named(INPUT, MATRIX, np.float32, op), reduction_axes=i32(0, 0))
        yield op, good, {}
        for wrong in ({"reduction_axes": i32(2)}, {"reduction_axes": i32(-3)}, {"reduction_axes": i32([[0]])},
                      {"input_shape": np.array([[4, 5]], I64)}):
            yield op, dict(good, **wrong), {}


def sparse_elements():
    for op in ("SparseDenseCwiseAdd", "SparseDenseCwiseMul", "SparseDenseCwiseDiv"):
        for dtype in REALS + (np.uint8, np.uint16):
            for shape in ((4, 5), (1, 5), (5,), (4, 1), (1, 1), ()):
                dense = numbers(dtype, shape, op, 1, 3)
                yield op, dict(named(SP, MATRIX, dtype, op), dense=dense), {}
            yield op, dict(named(SP, CUBE, dtype, op), dense=numbers(dtype, (3, 1), op, 1, 3)), {}
            yield op, dict(named(SP, NOTHING, dtype, op), dense=numbers(dtype, (5,), op, 1, 3)), {}
        for shape in ((4, 4), (1, 4, 5), (2, 5), (8, 5)):
            yield op, dict(named(SP, MATRIX, np.float32, op), dense=np.ones(shape, np.float32)), {}
        good = dict(named(SP, MATRIX, np.float32, op), dense=np.ones((4, 5), np.float32))
        yield op, dict(good, sp_indices=np.array([[0, 1], [0, 4], [1, 5], [3, 2], [3, 3]], I64)), {}
        yield op, dict(good, sp_values=np.zeros((5, 1), np.float32)), {}
    for op in ("SparseSparseMaximum", "SparseSparseMinimum"):
        for dtype in REALS + (np.uint8, np.uint16):
            for first, second in ((MATRIX, OTHER), (MATRIX, NOTHING), (NOTHING, OTHER), (NOTHING, NOTHING), (CUBE, CUBE)):
                yield op, pair(first, second, dtype), {}
        yield op, pair(MATRIX, CUBE, np.float32), {}
        yield op, pair(MATRIX, ([[0, 0]], [4, 6]), np.float32), {}
    for dtype in (np.float32, np.float64):
        for form in (MATRIX, CUBE, NOTHING, ([[1, 0], [1, 1], [0, 3]], [2, 4])):
            yield "SparseSoftmax", named(SP, form, dtype, "softmax"), {}
        yield "SparseSoftmax", dict(named(SP, MATRIX, dtype, "softmax"),
                                    sp_values=np.array([1e3, -1e3, np.inf, 88, 90], dtype)), {}
    yield "SparseSoftmax", named(SP, ([[0], [2]], [3]), np.float32, "softmax"), {}


def sparse_sets():
    first = ([[0, 0], [0, 1], [0, 2], [2, 0], [2, 3]], [3, 4])
    second = ([[0, 1], [1, 0], [1, 1], [2, 0], [2, 1], [2, 2]], [3, 3])
    deep = ([[0, 0, 1], [0, 2, 0], [0, 2, 1], [1, 0, 0]], [2, 3, 2])
    one, two = ("set1_indices", "set1_values", "set1_shape"), ("set2_indices", "set2_values", "set2_shape")
    some = ("set_indices", "set_values", "set_shape")

    def small(form, dtype, key):
        indices, values, shape = parts(form, dtype, key)
        if dtype is np.object_:
            values = np.array([b"abca"[i % 4:i % 4 + 1] * (1 + len(key)) for i in range(len(values))], object)
        else:
            values = np.asarray(np.abs(numbers(np.int32, values.shape, key, -1, 1)), dtype)
        return indices, values, shape

    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.object_):
        for operation in ("a-b", "b-a", "intersection", "union"):
            for a, b in ((first, second), (second, first), (deep, deep), (([], [3, 2]), second), (([], [3, 2]), ([], [3, 1]))):
                inputs = dict(zip(one, small(a, dtype, "a")))
                inputs.update(zip(two, small(b, dtype, "b")))
                yield "SparseToSparseSetOperation", inputs, {"set_operation": operation}
            dense = np.asarray(np.abs(numbers(np.int32, (3, 4), "d", -1, 1)), dtype) if dtype is not np.object_ else \
                np.array([[b"aa", b"bb", b"c", b"aa"]] * 3, object)
            inputs = dict(zip(two, small(second, dtype, "b")), set1=dense)
            yield "DenseToSparseSetOperation", inputs, {"set_operation": operation}
        for form in (first, second, deep, ([], [3, 2])):
            yield "SetSize", dict(zip(some, small(form, dtype, "s"))), {}
    for indices in ([[0, 0], [0, 5]], [[0, 1], [0, 0]], [[0, 1], [0, 1]], [[3, 0], [3, 1]]):
        inputs = dict(zip(some, (np.array(indices, I64), i32(1, 2), np.array([3, 4], I64))))
        yield "SetSize", inputs, {}
    good = dict(zip(one, small(first, np.int32, "a")))
    good.update(zip(two, small(second, np.int32, "b")))
    yield "SparseToSparseSetOperation", dict(good, set2_shape=np.array([4, 3], I64)), {"set_operation": "union"}
    yield "SparseToSparseSetOperation", good, {"set_operation": "minus"}
    yield "SetSize", dict(zip(some, (np.array([[0], [1]], I64), i32(1, 2), np.array([3], I64)))), {}


FAMILIES = {"sparse_sets": sparse_sets, "sparse_additions": sparse_additions, "sparse_forms": sparse_forms, "sparse_reductions": sparse_reductions,
            "sparse_elements": sparse_elements}
