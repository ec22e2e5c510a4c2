"""Inputs for record_kernels.py, as in kernel_cases.py: summaries of media, complex numbers, special functions, sparse
segments and tensors, search and counting."""

import itertools

import numpy as np

from kernel_inputs import BROADCASTS, FLOATS, INTEGERS, NUMBERS, booleans, i32, numbers, random_for

SMALL_INTEGERS = (np.int8, np.int16, np.uint8, np.uint16)
COMPLEXES = (np.complex64, np.complex128)


def half_of(array):
    return array.astype(np.float16)


# --- choosing and adding -----------------------------------------------------------------------------------------------


def choosing():
    shapes = (((), (2, 3), (2, 3)), ((2, 3), (2, 3), (2, 3)), ((3,), (2, 3), (2, 3)), ((2, 1), (2, 3), (3,)),
              ((2, 1), (), (1, 3)), ((), (2, 1), (3,)), ((0,), (1,), (1,)), ((4, 1, 2), (3, 1), ()), ((1,), (), ()),
              ((), (), ()), ((2,), (3,), (3,)), ((2, 2), (2, 3), (2, 3)))
    for number, (condition, then, otherwise) in enumerate(shapes):
        for dtype in NUMBERS + (np.complex64, np.int8, np.float16, np.bool_, np.object_):
            x, y = (values_of(dtype, shape, ("select", k)) for k, shape in enumerate((then, otherwise)))
            yield "SelectV2", {"condition": booleans(condition, ("select", number)), "t": x, "e": y}, {}


def values_of(dtype, shape, key):
    if dtype is np.bool_:
        return booleans(shape, key)
    if dtype is np.object_:
        letters = numbers(np.int32, shape, key, 0, 4)
        return np.asarray(np.vectorize(lambda n: b"abcdefghijklm"[:n], otypes=[object])(letters), object)
    if np.issubdtype(dtype, np.complexfloating):
        return complexes(dtype, shape, key)
    return numbers(np.float64, shape, key).astype(dtype)


# --- complex numbers -----------------------------------------------------------------------------------------------


def complexes(dtype, shape, key, low=-2.0, high=2.0):
    random = random_for(key, shape)
    return np.asarray(random.uniform(low, high, shape) + 1j * random.uniform(low, high, shape), dtype)


COMPLEX_UNARY = ("Acosh", "Asinh", "Atanh", "Cos", "Cosh", "Exp", "Expm1", "Log", "Log1p", "Sigmoid", "Sin", "Sinh",
                 "Tan", "Tanh", "Sqrt", "Rsqrt", "Neg", "Square", "Sign", "Reciprocal", "Inv")


def complex_numbers():
    for dtype in COMPLEXES:
        part = np.float32 if dtype is np.complex64 else np.float64
        for shape in ((), (33,), (2, 3), (0,)):
            x, y = complexes(dtype, shape, "x"), complexes(dtype, shape, "y")
            for op in COMPLEX_UNARY:
                yield op, {"x": x}, {}
            for op in ("Real", "Imag", "Angle"):
                yield op, {"input": x}, {"Tout": part}
            yield "ComplexAbs", {"x": x}, {"Tout": part}
            yield "Conj", {"input": x}, {}
            for op in ("Pow", "Xlogy", "Xdivy"):
                yield op, {"x": x, "y": y}, {}
        for left, right in BROADCASTS:
            yield "Complex", {"real": numbers(part, left, "re"), "imag": numbers(part, right, "im")}, {"Tout": dtype}
        yield "Complex", {"real": numbers(part, (2,), "re"), "imag": numbers(part, (3,), "im")}, {"Tout": dtype}
        edges = np.array([0, 1, -1, 1j, -1j, 3, -3], dtype)
        for op in ("Real", "Imag", "Angle"):
            yield op, {"input": edges}, {"Tout": part}
        for op in ("Exp", "Cos", "Sin", "Tanh", "Sqrt", "Sigmoid"):
            yield op, {"x": edges}, {}
        yield "Xlogy", {"x": np.zeros(3, dtype), "y": np.array([0, 1, 2j], dtype)}, {}
        yield "Pow", {"x": edges, "y": np.asarray(2, dtype)}, {}


# --- special functions -----------------------------------------------------------------------------------------------


def special_functions():
    for dtype in FLOATS:
        a = np.array([0.1, 0.5, 1, 1.5, 3, 10, 30, 100, 250], dtype)
        x = np.array([0, 0.01, 0.3, 1, 2, 5, 11, 28, 101, 230], dtype)
        grid = {"a": a[:, None], "x": x[None, :]}
        for op in ("Igamma", "Igammac", "IgammaGradA"):
            yield op, grid, {}
            yield op, {"a": np.array([-1, 0, 0, 2, np.nan, 1], dtype), "x": np.array([1, 1, 0, -1, 1, np.nan], dtype)}, {}
            yield op, {"a": np.asarray(2.5, dtype), "x": np.asarray(1.5, dtype)}, {}
        yield "Igamma", {"a": a[:2], "x": x[:3]}, {}
        yield "Zeta", {"x": np.array([1.1, 1.5, 2, 3, 7, 20], dtype)[:, None],
                       "q": np.array([0.1, 0.5, 1, 2.5, 9, 40], dtype)}, {}
        yield "Zeta", {"x": np.array([1, 0.5, 2, 2, 2.5, 3], dtype), "q": np.array([2, 2, 0, -1, -0.5, -1.5], dtype)}, {}
        yield "Polygamma", {"a": np.array([0, 1, 2, 3, 5], dtype)[:, None],
                            "x": np.array([0.1, 0.7, 1, 2.3, 8, 30], dtype)}, {}
        yield "Polygamma", {"a": np.array([0.5, -1, 2, 0, 1], dtype), "x": np.array([2, 2, 0, -0.5, -1.5], dtype)}, {}
        b = np.array([0.2, 0.5, 1, 2, 5, 20, 60], dtype)
        p = np.array([0, 0.01, 0.2, 0.5, 0.75, 0.99, 1], dtype)
        cube = [part.reshape(-1) for part in np.meshgrid(b, b, p)]
        yield "Betainc", dict(zip("abx", cube)), {}
        yield "Betainc", {"a": np.asarray(2, dtype), "b": np.asarray(3, dtype), "x": p}, {}
        yield "Betainc", {"a": b, "b": np.asarray(3, dtype), "x": np.asarray(0.25, dtype)}, {}
        yield "Betainc", {"a": np.asarray(2, dtype), "b": np.asarray(3, dtype), "x": np.asarray(0.25, dtype)}, {}
        yield "Betainc", {"a": np.array([-1, 0, 1, 1, 1], dtype), "b": np.array([1, 1, 0, 1, 1], dtype),
                          "x": np.array([0.5, 0.5, 0.5, -0.1, 1.1], dtype)}, {}
        yield "Betainc", {"a": b, "b": b[:3], "x": p}, {}
        yield "Betainc", {"a": b[:, None], "b": b[:, None], "x": p}, {}
        for op in ("BesselI0e", "BesselI1e"):
            yield op, {"x": np.array([0, 0.1, -0.1, 1, -3, 7.9, 8, 8.1, -20, 100, 1e5, np.inf, np.nan], dtype)}, {}
        near = np.array([0, -0.0, 1, -1, 1e-40, 1e30, np.inf, -np.inf, np.nan, 2.5], dtype)
        yield "NextAfter", {"x1": near[:, None], "x2": near[None, :]}, {}
        yield "NextAfter", {"x1": np.asarray(1, dtype), "x2": np.asarray(2, dtype)}, {}
    for op in ("BesselI0e", "BesselI1e"):
        yield op, {"x": np.array([0, 0.5, -2, 9, 30], np.float16)}, {}


# --- summaries -----------------------------------------------------------------------------------------------


def media():
    for depth in (1, 3, 4):
        pixels = numbers(np.float64, (3, 5, 4, depth), ("image", depth), -1, 1)
        for most in (1, 2, 5):
            for image in (pixels, np.abs(pixels)):
                for dtype in (np.float32, np.float64, np.float16):
                    yield "ImageSummary", {"tag": b"picture", "tensor": image.astype(dtype)}, {"max_images": most}
            yield "ImageSummary", {"tag": b"bytes", "tensor": (pixels * 100 + 100).astype(np.uint8)}, {"max_images": most}
    x = numbers(np.float32, (1, 16, 16, 3), "image")
    holes = x.copy()
    holes[0, 2, 3, 1] = np.nan
    holes[0, 5, 3, 0] = -np.inf
    yield "ImageSummary", {"tag": b"", "tensor": holes}, {}
    yield "ImageSummary", {"tag": b"none finite", "tensor": holes[:, 2:3, 3:4]}, {}
    for empty in (np.zeros((1, 2, 2, 1), np.float32), np.full((1, 2, 2, 1), -1e-9, np.float32), x[:0]):
        yield "ImageSummary", {"tag": b"black", "tensor": empty}, {}
    yield "ImageSummary", {"tag": b"flat", "tensor": x[:, :0]}, {}
    for bad in (x[0], x[:, :, :, :2]):
        yield "ImageSummary", {"tag": b"bad", "tensor": bad}, {}
    for shape in ((3, 7), (3, 7, 1), (2, 6, 2), (0, 3)):
        clip = numbers(np.float32, shape, "audio", -1.2, 1.2)
        for most in (1, 2):
            yield "AudioSummaryV2", {"tag": b"sound", "tensor": clip, "sample_rate": np.float32(8000.6)}, {
                "max_outputs": most}
    clip = numbers(np.float32, (2, 5), "audio")
    for bad in (clip[0], clip[None, None]):
        yield "AudioSummaryV2", {"tag": b"sound", "tensor": bad, "sample_rate": np.float32(44100)}, {}
    yield "AudioSummaryV2", {"tag": b"sound", "tensor": clip[:, :0], "sample_rate": np.float32(44100)}, {}
    for rate in (0.0, -1.0, 0.2):
        yield "AudioSummaryV2", {"tag": b"sound", "tensor": clip, "sample_rate": np.float32(rate)}, {}


# --- sparse segments -----------------------------------------------------------------------------------------------


def sparse_segments():
    ids = ([0, 0, 1, 3], [1, 1, 1, 1], [0, 1, 2, 3], [0, 0, 2, 1], [-1, 0, 1, 1], [0, 0, 1])
    for dtype in FLOATS:
        for op in ("SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"):
            for shape in ((5, 3), (5,), (5, 2, 2), (5, 0)):
                data = numbers(dtype, shape, op)
                for segment in ids:
                    inputs = {"data": data, "indices": i32([4, 0, 2, 2]), "segment_ids": i32(segment)}
                    yield op, inputs, {}
                    for count in (5, 4, 2, 0):
                        yield op + "WithNumSegments", dict(inputs, num_segments=np.array(count, np.int32)), {}
                yield op, {"data": data, "indices": i32([]), "segment_ids": i32([])}, {}
                yield op + "WithNumSegments", {"data": data, "indices": i32([]), "segment_ids": i32([]),
                                               "num_segments": np.array(3, np.int64)}, {}
            for indices in ([5], [-1]):
                yield op, {"data": numbers(dtype, (5, 2), op), "indices": i32(indices), "segment_ids": i32([0])}, {}
            data = numbers(dtype, (20, 11), op)
            many = numbers(np.int32, (40,), op, 0, 6) % 20
            yield op, {"data": data, "indices": many, "segment_ids": np.arange(40, dtype=np.int32) // 13}, {}
            yield op, {"data": data, "indices": i32([[1]]), "segment_ids": i32([0])}, {}
            yield op, {"data": data, "indices": i32([1]), "segment_ids": i32([[0]])}, {}
        for op in ("SparseSegmentMeanGrad", "SparseSegmentSqrtNGrad"):
            for shape in ((4, 3), (4,), (4, 2, 2)):
                grad = numbers(dtype, shape, op)
                for segment in ids:
                    yield op, {"grad": grad, "indices": i32([4, 0, 2, 2]), "segment_ids": i32(segment),
                               "output_dim0": i32(6)}, {}
            for indices, size in (([4, 0], 3), ([-1, 0], 3), ([0, 1], 2)):
                yield op, {"grad": grad, "indices": i32(indices), "segment_ids": i32([0, 4]), "output_dim0": i32(size)}, {}
                yield op, {"grad": grad, "indices": i32(indices), "segment_ids": i32([0, 1]), "output_dim0": i32(size)}, {}
    for dtype in INTEGERS + SMALL_INTEGERS + (np.float16,):
        data = numbers(np.float64, (5, 3), "segments", 0, 9).astype(dtype)
        inputs = {"data": data, "indices": i32([4, 0, 2, 2]), "segment_ids": i32([0, 0, 1, 3])}
        yield "SparseSegmentSum", inputs, {}
        yield "SparseSegmentSumWithNumSegments", dict(inputs, num_segments=np.array(5, np.int64)), {}


# --- search and counting -----------------------------------------------------------------------------------------------


def searching():
    for dtype, out_type in itertools.product(NUMBERS + SMALL_INTEGERS + (np.float16,), INTEGERS):
        rows = np.sort(numbers(np.float64, (2, 9), "sorted", 0, 9).astype(np.int32).astype(dtype), axis=1)
        wanted = numbers(np.float64, (2, 7), "wanted", 0, 10).astype(np.int32).astype(dtype)
        for op in ("LowerBound", "UpperBound"):
            yield op, {"sorted_inputs": rows, "values": wanted}, {"out_type": out_type}
            yield op, {"sorted_inputs": rows[:, :0], "values": wanted}, {"out_type": out_type}
            yield op, {"sorted_inputs": rows, "values": wanted[:, :0]}, {"out_type": out_type}
    rows, wanted = np.array([[1, 2, 2]], np.int32), np.array([[2]], np.int32)
    for op in ("LowerBound", "UpperBound"):
        yield op, {"sorted_inputs": rows[0], "values": wanted[0]}, {}
        yield op, {"sorted_inputs": np.tile(rows, (2, 1)), "values": wanted}, {}
    for dtype in NUMBERS:
        for boundaries in ([0.0, 1.5, 1.5, 3.0], [], [-1.0]):
            for shape in ((), (17,), (2, 3), (0,)):
                yield "Bucketize", {"input": numbers(dtype, shape, "bucket")}, {"boundaries": boundaries}
        yield "Bucketize", {"input": np.array([0, 1, 3, 4], dtype)}, {"boundaries": [0.0, 1.0, 3.0]}
    yield "Bucketize", {"input": np.array([np.nan, np.inf, -np.inf], np.float32)}, {"boundaries": [0.0, 1.0]}
    yield "Bucketize", {"input": np.array([1], np.float32)}, {"boundaries": [1.0, 0.0]}


def counting():
    values = i32([1, 0, 5, 2, 1, 9, 1])
    for dtype in NUMBERS:
        weights = numbers(dtype, (7,), "weights")
        for size in (10, 3, 0, 1):
            yield "Bincount", {"arr": values, "size": np.int32(size), "weights": weights}, {}
            yield "Bincount", {"arr": values, "size": np.int32(size), "weights": weights[:0]}, {}
        yield "Bincount", {"arr": values.reshape(7, 1), "size": np.int32(4), "weights": weights.reshape(7, 1)}, {}
        yield "Bincount", {"arr": values[:0], "size": np.int32(4), "weights": weights[:0]}, {}
    yield "Bincount", {"arr": i32([1, -1]), "size": np.int32(4), "weights": np.zeros(0, np.float32)}, {}
    yield "Bincount", {"arr": values, "size": np.int32(-1), "weights": np.zeros(0, np.float32)}, {}
    yield "Bincount", {"arr": values, "size": i32([4]), "weights": np.zeros(0, np.float32)}, {}
    for dtype, out_type in itertools.product(NUMBERS, INTEGERS):
        for shape in ((), (30,), (4, 5), (0,)):
            for low, high, bins in ((-2, 2, 4), (0, 5, 3), (-9, 9, 1)):
                yield "HistogramFixedWidth", {"values": numbers(dtype, shape, "histogram"),
                                              "value_range": np.array([low, high], dtype), "nbins": np.int32(bins)}, {
                                                  "dtype": out_type}
    x = numbers(np.float32, (5,), "histogram")
    for limits, bins in (([1, 1], 3), ([2, 1], 3), ([0, 1], 0), ([0, 1], -1), ([0, 1, 2], 3), ([0], 3)):
        yield "HistogramFixedWidth", {"values": x, "value_range": np.array(limits, np.float32), "nbins": np.int32(bins)}, {}
    yield "HistogramFixedWidth", {"values": x, "value_range": np.array([0, 1], np.float32), "nbins": i32([3, 4])}, {}
    for dtype in INTEGERS + SMALL_INTEGERS:
        limits = np.iinfo(dtype)
        yield "PopulationCount", {"x": np.array([0, 1, limits.max, limits.min, 6, 85], dtype)}, {}
        yield "PopulationCount", {"x": np.array(7, dtype)}, {}


def ranks():
    for dtype in NUMBERS + SMALL_INTEGERS + (np.float16,):
        for shape in ((7,), (2, 3, 9), (3, 1), (0, 4)):
            x = numbers(np.float64, shape, "nth", 0, 9).astype(dtype)
            for n, reverse in itertools.product((0, 3, 6), (False, True)):
                yield "NthElement", {"input": x, "n": np.int32(n)}, {"reverse": reverse}
    x = numbers(np.float32, (5,), "nth")
    for n in (-1, 5):
        yield "NthElement", {"input": x, "n": np.int32(n)}, {}
    yield "NthElement", {"input": np.float32(1), "n": np.int32(0)}, {}
    yield "NthElement", {"input": x, "n": i32([1])}, {}
    for index_type in INTEGERS:
        dims = np.array([3, 4, 5], index_type)
        for indices in ([0, 59, 22, 7], [], [60], [-1], 33):
            yield "UnravelIndex", {"indices": np.array(indices, index_type), "dims": dims}, {}
        yield "UnravelIndex", {"indices": np.array([[1, 2]], index_type), "dims": dims}, {}
        yield "UnravelIndex", {"indices": np.array([2], index_type), "dims": np.array(4, index_type)}, {}
        yield "UnravelIndex", {"indices": np.array([2, 3], index_type), "dims": np.array([], index_type)}, {}
    for dtype in NUMBERS + SMALL_INTEGERS + (np.float16,):
        for shape in ((3,), (4, 3), (2, 2, 3), (0, 3)):
            a, b = (numbers(np.float64, shape, ("cross", k), 0, 9).astype(dtype) for k in range(2))
            yield "Cross", {"a": a, "b": b}, {}
    yield "Cross", {"a": x[:3], "b": x[:2]}, {}
    yield "Cross", {"a": x[:2], "b": x[:2]}, {}
    yield "Cross", {"a": x[0], "b": x[0]}, {}


# --- distinct slices -------------------------------------------------------------------------------------------------


def distinct():
    ops = ("UniqueV2", "UniqueWithCountsV2")
    for op, out_type in itertools.product(ops, INTEGERS):
        for dtype in NUMBERS + SMALL_INTEGERS + (np.float16, np.bool_, np.object_):
            yield op, {"x": few_values(dtype, (11,), op), "axis": i32([])}, {"out_idx": out_type}
            yield op, {"x": few_values(dtype, (9, 2), op), "axis": np.array([0], np.int64)}, {"out_idx": out_type}
    for op in ops:
        x = few_values(np.float32, (2, 12, 2), op)
        for axis in ([0], [1], [-1], [-2], [3], [-4], [0, 1]):
            yield op, {"x": x, "axis": i32(axis)}, {}
        for axis in ([0], [-1], []):
            yield op, {"x": x[0, :, 0], "axis": i32(axis)}, {}
        for shape in ((0,), (3, 0), (0, 3)):
            for axis in range(len(shape)):
                yield op, {"x": np.zeros(shape, np.float32), "axis": i32([axis])}, {}
        yield op, {"x": x, "axis": i32([])}, {}
        yield op, {"x": x, "axis": np.asarray(0, np.int32)}, {}
        yield op, {"x": x, "axis": i32([[0]])}, {}
        yield op, {"x": np.asarray(1.0, np.float32), "axis": i32([])}, {}
        for edges in ([0.0, -0.0, np.nan, np.nan, 1.0, np.inf, np.inf], [[0.0, 1.0], [-0.0, 1.0], [np.nan, 1.0]]):
            yield op, {"x": np.array(edges, np.float32), "axis": i32([0])}, {}


def few_values(dtype, shape, key):
    if dtype in (np.bool_, np.object_):
        return values_of(dtype, shape, key)
    return (numbers(np.int32, shape, key, 0, 1) % 3).astype(dtype)


# --- factors and products --------------------------------------------------------------------------------------------


def factors():
    for dtype, out_type in itertools.product(FLOATS + COMPLEXES, INTEGERS):
        for shape in ((1, 1), (3, 3), (2, 4, 4), (9, 9), (0, 0), (0, 3, 3), (2, 0, 0)):
            matrix = complexes(dtype, shape, "lu") if dtype in COMPLEXES else numbers(dtype, shape, "lu")
            yield "Lu", {"input": matrix}, {"output_idx_type": out_type}
    for dtype in FLOATS + COMPLEXES:
        for bad in ([[1, 2], [2, 4]], [[0, 0], [0, 0]], [[0]], [[1, 2, 3], [4, 5, 6]], [1, 2]):
            yield "Lu", {"input": np.array(bad, dtype)}, {}
        yield "Lu", {"input": np.array([[0, 1], [1, 0]], dtype)}, {}
        yield "Lu", {"input": np.array([[2, 1, 0], [-2, 3, 1], [2, 0, 5]], dtype)}, {}
        yield "Lu", {"input": np.array([[np.nan, 1], [1, 2]], dtype)}, {}
        yield "Lu", {"input": np.array([[3, 4j.real], [4, 3]], dtype)}, {}


def sparse_products():
    for (m, k, n) in ((1, 1, 1), (2, 3, 4), (17, 33, 19)):  # empty ones crash the reference
        for ta, tb, sparse in itertools.product((False, True), repeat=3):
            a, b = (holes(shape) for shape in ((k, m) if ta else (m, k), (n, k) if tb else (k, n)))
            yield "SparseMatMul", {"a": a, "b": b}, {"transpose_a": ta, "transpose_b": tb, "a_is_sparse": sparse,
                                                     "b_is_sparse": not sparse}
    a, b = holes((5, 6)), holes((6, 4))
    short = tf_bfloat16()
    for left, right in ((short, short), (short, np.float32), (np.float32, short)):
        yield "SparseMatMul", {"a": a.astype(left), "b": b.astype(right)}, {"a_is_sparse": True}
    for left, right in (((2, 3), (2, 3)), ((3,), (3, 1)), ((1, 2, 3), (3, 1)), ((), (1, 1))):
        yield "SparseMatMul", {"a": holes(left), "b": holes(right)}, {}


def holes(shape):
    array = numbers(np.float32, shape, "sparse product")
    return np.where(array > 1, array, np.float32(0))


def tf_bfloat16():
    import tensorflow as tf
    return tf.bfloat16.as_numpy_dtype


# --- casts that cut digits off ---------------------------------------------------------------------------------------


def truncation():
    types = FLOATS + COMPLEXES + (np.float16, tf_bfloat16())
    for source, target in itertools.product(types, types + (np.int32, np.uint8, np.bool_)):
        if source in COMPLEXES:
            x = complexes(source, (67,), "truncate", -300, 300)
        else:
            x = numbers(np.float64, (67,), "truncate", 0, 200).astype(source)
        yield "Cast", {"x": x}, {"DstT": target, "Truncate": True}
    for source in FLOATS:
        edges = np.array([0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 1e-6, 1e-7, 65519, 65520, 7e4, -1.99999], source)
        for target in (np.float16, np.float32):
            yield "Cast", {"x": edges}, {"DstT": target, "Truncate": True}
            yield "Cast", {"x": edges[3]}, {"DstT": target, "Truncate": True}
    for target in (np.float32, np.float64, np.int8):
        yield "Cast", {"x": np.arange(-3, 300, dtype=np.int32)}, {"DstT": target, "Truncate": True}


# --- sets ------------------------------------------------------------------------------------------------------------


def sets():
    shapes = (((1, 5), (1, 4)), ((2, 3, 4), (2, 3, 6)), ((3, 0), (3, 2)), ((0, 2), (0, 3)), ((2, 1), (2, 1)))
    for operation in ("a-b", "b-a", "intersection", "union", "UNION"):
        for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.object_):
            for a, b in shapes:
                if dtype is np.object_:
                    x, y = (values_of(dtype, shape, ("sets", k)) for k, shape in enumerate((a, b)))
                else:
                    x, y = (numbers(dtype, shape, ("sets", k), 0 if np.dtype(dtype).kind == "u" else -4, 5)
                            for k, shape in enumerate((a, b)))
                yield "DenseToDenseSetOperation", {"set1": x, "set2": y}, {"set_operation": operation}
    one, two = np.ones((2, 3), np.int32), np.ones((3, 3), np.int32)
    yield "DenseToDenseSetOperation", {"set1": one, "set2": two}, {"set_operation": "a-b"}
    yield "DenseToDenseSetOperation", {"set1": one, "set2": one[0]}, {"set_operation": "a-b"}
    yield "DenseToDenseSetOperation", {"set1": one[0], "set2": one[0]}, {"set_operation": "a-b"}
    yield "DenseToDenseSetOperation", {"set1": one, "set2": one}, {"set_operation": "minus"}


# --- sparse tensors ------------------------------------------------------------------------------------------------

PLACES = [[0, 1], [3, 0], [1, 2], [1, 0], [4, 2], [3, 1]]


def i64(*values):
    return np.array(values, np.int64)


def sparse_tensors():
    for dtype in NUMBERS + (np.complex64, np.int8, np.float16, np.bool_, np.object_):
        values = values_of(dtype, (6,), "values")
        x = {"input_indices": i64(*PLACES), "input_values": values, "input_shape": i64(6, 3)}
        yield "SparseReorder", x, {}
        yield "SparseReorder", dict(x, input_indices=i64(*sorted(PLACES))), {}
        yield "SparseFillEmptyRows", {"indices": i64(*PLACES), "values": values, "dense_shape": i64(6, 3),
                                      "default_value": values_of(dtype, (), "default")}, {}
        if dtype not in (np.bool_, np.object_):
            yield "SparseFillEmptyRowsGrad", {"reverse_index_map": i64(3, 1, 0, 5), "grad_values": values}, {}
    yield from sparse_reshapes()
    yield from sparse_mistakes()
    for dtype in (np.float32, np.float64, np.int32, np.complex64, np.complex128):
        for adjoint_a, adjoint_b in itertools.product((False, True), repeat=2):
            a, b = (6, 3), (6 if adjoint_a else 3, 5)
            made = {"a_values": values_of(dtype, (6,), "a"), "a_shape": i64(*a),
                    "b": values_of(dtype, b[::-1] if adjoint_b else b, "b")}
            for index in (np.int32, np.int64):
                yield "SparseTensorDenseMatMul", dict(made, a_indices=np.array(PLACES, index)), {
                    "adjoint_a": adjoint_a, "adjoint_b": adjoint_b}


def sparse_reshapes():
    for shape in ([18], [2, -1, 3], [-1], [18, 1, 1], [5, 3], [-1, 5], [-1, -1], [-2, 9], [0, -1]):
        yield "SparseReshape", {"input_indices": i64(*PLACES), "input_shape": i64(6, 3), "new_shape": i64(*shape)}, {}
    none = np.zeros((0, 2), np.int64)
    for shape in ([0, 4], [0, 2, 7], [7], [3, -1]):
        yield "SparseReshape", {"input_indices": none, "input_shape": i64(0, 3), "new_shape": i64(*shape)}, {}
    yield "SparseReshape", {"input_indices": i64(*PLACES), "input_shape": i64(6), "new_shape": i64(6)}, {}


def sparse_mistakes():
    values, zero = numbers(np.float32, (6,), "mistakes"), np.float32(0)
    fill = {"indices": i64(*PLACES), "values": values, "dense_shape": i64(6, 3), "default_value": zero}
    for changed in ({"dense_shape": i64(4, 3)}, {"indices": i64(*PLACES) - 1}, {"dense_shape": i64(0, 3)},
                    {"default_value": values}, {"indices": np.zeros((0, 2), np.int64), "values": values[:0]},
                    {"indices": np.zeros((0, 2), np.int64), "values": values[:0], "dense_shape": i64(0, 2)}):
        yield "SparseFillEmptyRows", dict(fill, **changed), {}
    for places in ((0, 6), (-1, 0)):
        yield "SparseFillEmptyRowsGrad", {"reverse_index_map": i64(*places), "grad_values": values}, {}
    yield "SparseReorder", {"input_indices": i64(*PLACES), "input_values": values, "input_shape": i64(6)}, {}
    yield "SparseReorder", {"input_indices": i64(*PLACES), "input_values": values[:5], "input_shape": i64(6, 3)}, {}
    product = {"a_indices": i64(*PLACES), "a_values": values, "a_shape": i64(6, 3), "b": numbers(np.float32, (3, 2), "b")}
    for changed in ({"a_shape": i64(6, 2)}, {"a_shape": i64(4, 3)}, {"a_shape": i64(6, 3, 1)}, {"b": values},
                    {"a_values": values[:5]}, {"a_values": values[:0], "a_indices": np.zeros((0, 2), np.int64)},
                    {"a_indices": i64(*PLACES) - 1}, {"b": numbers(np.float32, (3, 0), "b")}):
        yield "SparseTensorDenseMatMul", dict(product, **changed), {}


def sparse_sums():
    shapes = ((4,), (2, 3), (2, 1, 3))
    for dtype in NUMBERS + COMPLEXES + (np.int8, np.int16, np.uint16, np.float16):
        for index_type in (np.int32, np.int64):
            for shape in shapes:
                count = 5
                random = random_for("sparse", shape)
                indices = np.stack([random.randint(0, size, count) for size in shape], 1).astype(index_type)
                dense, values = (values_of(dtype, size, ("sparse", k)) for k, size in enumerate((shape, (count,))))
                yield "SparseTensorDenseAdd", sparse_sum(indices, values, np.array(shape, index_type), dense), {}
    right = {"indices": i32([[0, 1], [1, 2]]), "values": i32([5, 6]), "shape": i32([2, 3]), "b": np.ones((2, 3), np.int32)}
    for name, wrong in (("indices", i32([[0, 3], [1, 2]])), ("indices", i32([[0, 1], [-1, 2]])), ("indices", i32([0, 1])),
                        ("values", i32([[5], [6]])), ("shape", i32([3, 2])), ("shape", i32([2])),
                        ("shape", i32([[2, 3]])), ("b", np.ones((3,), np.int32)), ("b", np.ones((2, 1), np.int32))):
        yield "SparseTensorDenseAdd", sparse_sum(**dict(right, **{name: wrong})), {}
    yield "SparseTensorDenseAdd", sparse_sum(np.zeros((0, 2), np.int32), i32([]), i32([2, 3]), right["b"]), {}


def sparse_sum(indices, values, shape, b):
    return {"a_indices": indices, "a_values": values, "a_shape": shape, "b": b}


FAMILIES = {
    "choosing": choosing, "complex_numbers": complex_numbers, "special_functions": special_functions, "media": media,
    "sparse_segments": sparse_segments, "searching": searching, "counting": counting, "ranks": ranks,
    "distinct": distinct, "factors": factors, "sparse_products": sparse_products, "truncation": truncation, "sets": sets,
    "sparse_tensors": sparse_tensors, "sparse_sums": sparse_sums,
}
