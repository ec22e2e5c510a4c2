"""Inputs for record_kernels.py, as in kernel_cases.py: ops on shapes, arrays and strings."""

import itertools

import numpy as np

from kernel_inputs import FLOATS, INTEGERS, NUMBERS, SHAPES, booleans, i32, numbers

ANY = NUMBERS + (np.bool_, np.object_)


def values(dtype, shape, key):
    if dtype is np.bool_:
        return booleans(shape, key)
    if dtype is np.object_:
        letters = numbers(np.int32, shape, key, 0, 4)
        return np.asarray(np.vectorize(lambda n: b"abcdefghijklm"[:n], otypes=[object])(letters), object)
    return numbers(dtype, shape, key)


def shape_ops():
    for dtype in (np.float32, np.bool_, np.object_):
        for shape in SHAPES:
            x = values(dtype, shape, "shape")
            for out_type in INTEGERS:
                yield "Shape", {"input": x}, {"out_type": out_type}
                yield "Size", {"input": x}, {"out_type": out_type}
            yield "Rank", {"input": x}, {}
    for out_type in INTEGERS:
        yield "ShapeN", {"input": [np.ones((2, 3), np.float32), np.ones((), np.float32)]}, {"out_type": out_type}
        for left, right in (((2, 3), (3,)), ((), (2,)), ((2, 1, 4), (3, 1)), ((2, 3), (2, 3)), ((1,), (1,)), ((0,), (1,)),
                            ((1, 1, 3), (2, 1, 1)), ((2,), (3,)), ((), ())):
            yield "BroadcastGradientArgs", {"s0": np.array(left, out_type), "s1": np.array(right, out_type)}, {}
            yield "BroadcastArgs", {"s0": np.array(left, out_type), "s1": np.array(right, out_type)}, {}
        yield "InvertPermutation", {"x": np.array([2, 0, 3, 1], out_type)}, {}
        yield "InvertPermutation", {"x": np.array([2, 2, 3, 1], out_type)}, {}
        yield "InvertPermutation", {"x": np.array([4, 2, 3, 1], out_type)}, {}
        yield "InvertPermutation", {"x": np.array([], out_type)}, {}
    yield "ConcatOffset", {"concat_dim": i32(1), "shape": [i32([2, 3]), i32([2, 5]), i32([2, 1])]}, {}
    yield "ConcatOffset", {"concat_dim": i32(-2), "shape": [i32([2, 3]), i32([4, 3])]}, {}
    yield "ConcatOffset", {"concat_dim": i32(0), "shape": [i32([2, 3]), i32([4, 5])]}, {}
    yield "ConcatOffset", {"concat_dim": i32(2), "shape": [i32([2, 3]), i32([4, 3])]}, {}


def reshaping():
    for dtype in ANY:
        x = values(dtype, (2, 3, 2), "reshape")
        for index_type in INTEGERS:
            for target in ([12], [-1], [3, 4], [2, -1, 2], [1, 12, 1]):
                yield "Reshape", {"tensor": x, "shape": np.array(target, index_type)}, {}
        for axis in (0, 1, 3, -1, -4):
            yield "ExpandDims", {"input": x, "dim": i32(axis)}, {}
        y = values(dtype, (1, 3, 1), "squeeze")
        for dims in ([], [0], [2], [-1], [0, 2]):
            yield "Squeeze", {"input": y}, {"squeeze_dims": dims}
        for perm in ([0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1]):
            yield "Transpose", {"x": x, "perm": i32(perm)}, {}
        yield "Transpose", {"x": values(dtype, (), "t"), "perm": i32([])}, {}
        yield "Transpose", {"x": values(dtype, (5, 3), "t"), "perm": np.array([1, 0], np.int64)}, {}
        yield "Identity", {"input": x}, {}
        yield "IdentityN", {"input": [x, values(np.float32, (2,), "id")]}, {}
        yield "StopGradient", {"input": x}, {}
        yield "PreventGradient", {"input": x}, {"message": "no"}
        yield "PlaceholderWithDefault", {"input": x}, {"shape": [None, 3, 2]}
        yield "ZerosLike", {"x": x}, {}
        if dtype is not np.object_:
            yield "OnesLike", {"x": x}, {}
        yield "Fill", {"dims": i32([2, 3]), "value": values(dtype, (), "fill")}, {}
        yield "Fill", {"dims": np.array([0, 2], np.int64), "value": values(dtype, (), "fill")}, {}
        yield "BroadcastTo", {"input": values(dtype, (3, 1), "bt"), "shape": i32([2, 3, 2])}, {}
    x = numbers(np.float32, (2, 3), "bad")
    for target in ([5], [-1, -1], [4, -1], [-2, 3], [0, -1]):
        yield "Reshape", {"tensor": x, "shape": i32(target)}, {}
    yield "Reshape", {"tensor": x, "shape": i32([[6]])}, {}
    yield "Reshape", {"tensor": x[:0], "shape": i32([0, -1])}, {}
    yield "Reshape", {"tensor": x[:0], "shape": i32([3, -1])}, {}
    yield "ExpandDims", {"input": x, "dim": i32(3)}, {}
    yield "ExpandDims", {"input": x, "dim": i32(-4)}, {}
    yield "Squeeze", {"input": x}, {"squeeze_dims": [0]}
    yield "Squeeze", {"input": x}, {"squeeze_dims": [2]}
    for perm in ([0], [0, 0], [0, 2], [-1, 0], [0, 1, 2]):
        yield "Transpose", {"x": x, "perm": i32(perm)}, {}
    yield "Fill", {"dims": i32([-1]), "value": x[0, 0]}, {}
    yield "Fill", {"dims": i32([2]), "value": x[0]}, {}
    yield "Fill", {"dims": i32(2), "value": x[0, 0]}, {}
    yield "Transpose", {"x": numbers(np.float32, (2, 3, 4, 5, 2), "t5"), "perm": i32([4, 2, 0, 3, 1])}, {}


def joining():
    for dtype in ANY:
        x, y, z = (values(dtype, shape, k) for k, shape in enumerate(((2, 3), (2, 1), (2, 4))))
        yield "ConcatV2", {"values": [x, y, z], "axis": i32(1)}, {}
        yield "ConcatV2", {"values": [x, y, z], "axis": np.array(-1, np.int64)}, {}
        yield "ConcatV2", {"values": [x, x[:0]], "axis": i32(0)}, {}
        yield "Concat", {"concat_dim": i32(0), "values": [x, x]}, {}
        for axis in (0, 1, 2, -1, -3):
            yield "Pack", {"values": [x, x, x]}, {"axis": axis}
        yield "Pack", {"values": [values(dtype, (), "p"), values(dtype, (), "q")]}, {}
        yield "Unpack", {"value": x}, {"num": 2}
        yield "Unpack", {"value": x}, {"num": 3, "axis": -1}
        yield "Split", {"split_dim": i32(1), "value": values(dtype, (2, 6), "split")}, {"num_split": 3}
        yield "Split", {"split_dim": i32(-2), "value": x}, {"num_split": 2}
        yield "SplitV", {"value": x, "size_splits": i32([1, 2]), "split_dim": i32(1)}, {"num_split": 2}
        yield "SplitV", {"value": x, "size_splits": i32([-1, 2, 0]), "split_dim": i32(1)}, {"num_split": 3}
        yield "Tile", {"input": x, "multiples": i32([2, 3])}, {}
        yield "Tile", {"input": x, "multiples": i32([1, 0])}, {}
        yield "Tile", {"input": values(dtype, (), "tile"), "multiples": i32([])}, {}
        if dtype is not np.object_:
            for axes in ([0], [1], [0, -1], []):
                yield "ReverseV2", {"tensor": x, "axis": i32(axes)}, {}
    x = numbers(np.float32, (2, 3), "join")
    yield "ConcatV2", {"values": [x, x[:, :2]], "axis": i32(0)}, {}
    yield "ConcatV2", {"values": [x, x[0]], "axis": i32(0)}, {}
    yield "ConcatV2", {"values": [x, x], "axis": i32(2)}, {}
    yield "ConcatV2", {"values": [x[0, 0], x[0, 0]], "axis": i32(0)}, {}
    yield "Pack", {"values": [x, x[:1]]}, {}
    yield "Pack", {"values": [x, x]}, {"axis": 3}
    yield "Unpack", {"value": x}, {"num": 3}
    yield "Unpack", {"value": x[0, 0]}, {"num": 1}
    yield "Split", {"split_dim": i32(1), "value": x}, {"num_split": 2}
    yield "Split", {"split_dim": i32(2), "value": x}, {"num_split": 1}
    yield "SplitV", {"value": x, "size_splits": i32([1, 1]), "split_dim": i32(1)}, {"num_split": 2}
    yield "Tile", {"input": x, "multiples": i32([2])}, {}
    yield "Tile", {"input": x, "multiples": i32([2, -1])}, {}
    yield "ReverseV2", {"tensor": x, "axis": i32([2])}, {}
    yield "ReverseV2", {"tensor": x, "axis": i32([0, 0])}, {}


STRIDED = (  # begin, end, strides, masks
    ([0, 1], [2, 3], [1, 1], {}), ([1], [2], [1], {"shrink_axis_mask": 1}), ([-1], [0], [1], {"shrink_axis_mask": 1}),
    ([0, 0], [0, 0], [1, 1], {"begin_mask": 3, "end_mask": 3}), ([0, 2], [2, 0], [1, -1], {"end_mask": 2}),
    ([0, 0], [2, 3], [2, 2], {}), ([0, 0], [0, 2], [1, 1], {"ellipsis_mask": 1}),
    ([0, 0, 1], [0, 0, 3], [1, 1, 1], {"new_axis_mask": 1, "begin_mask": 2, "end_mask": 2}), ([5], [9], [1], {}),
    ([0], [1], [1], {"ellipsis_mask": 1}), ([0, 1, 0], [0, 2, 0], [1, 1, 1], {"ellipsis_mask": 1, "shrink_axis_mask": 2,
                                                                             "new_axis_mask": 4}),
    ([-2, -3], [-1, -1], [1, 1], {}), ([2], [0], [-1], {}), ([0, 0, 0], [1, 1, 1], [1, 1, 1], {}), ([0], [1], [0], {}),
    ([2], [3], [1], {"shrink_axis_mask": 1}), ([0, 1], [1, 1], [1, -1], {"shrink_axis_mask": 2}),
    ([0, 0], [0, 0], [1, 1], {"ellipsis_mask": 3}))


def cutting():
    for dtype in ANY:
        x = values(dtype, (2, 3), "slice")
        for begin, size in (([0, 1], [2, 2]), ([0, 0], [-1, -1]), ([1, 2], [1, 1]), ([2, 0], [0, 3]), ([0, 1], [-1, 0])):
            yield "Slice", {"input": x, "begin": i32(begin), "size": i32(size)}, {}
        for begin, end, strides, masks in STRIDED:
            yield "StridedSlice", {"input": x, "begin": i32(begin), "end": i32(end), "strides": i32(strides)}, masks
        for params, indices, axis in (((4, 2), [1, 1, 3], 0), ((4, 2), [[0], [2]], 0), ((4, 2), 1, 0), ((4, 2), [1, 0, 0], 1),
                                      ((2, 3, 2), [2, 0], -2), ((4, 2), [], 0), ((3,), [2, 0], 0)):
            for index_type in INTEGERS:
                yield "GatherV2", {"params": values(dtype, params, "gather"), "indices": np.array(indices, index_type),
                                   "axis": i32(axis)}, {}
        yield "Gather", {"params": x, "indices": i32([1, 0])}, {}
        for indices in ([[0, 1], [1, 2]], [[1], [0]], [[[0, 0]]], [1]):
            yield "GatherNd", {"params": x, "indices": i32(indices)}, {}
        yield "DynamicStitch", {"indices": [i32([0, 3]), i32([[1, 2]])], "data": [x, x[np.newaxis]]}, {}
        yield "DynamicStitch", {"indices": [i32([0, 1]), i32([1, 2])], "data": [x, x]}, {}
        if dtype is not np.bool_:
            x = values(dtype, (9,), "unique")
            for out_type in INTEGERS:
                yield "Unique", {"x": x}, {"out_idx": out_type}
            yield "Unique", {"x": x[:0]}, {}
        if dtype not in (np.bool_, np.object_):
            yield from one_hot(dtype)
    x = numbers(np.float32, (2, 3), "cut")
    for begin, size in (([0, 1], [2, 3]), ([-1, 0], [1, 1]), ([0], [1]), ([3, 0], [-1, 1]), ([0, 0], [-2, 1])):
        yield "Slice", {"input": x, "begin": i32(begin), "size": i32(size)}, {}
    for indices in ([2], [-1], [0, 9]):
        yield "GatherV2", {"params": x, "indices": i32(indices), "axis": i32(0)}, {}
    yield "GatherV2", {"params": x, "indices": i32([0]), "axis": i32(2)}, {}
    yield "GatherV2", {"params": x[0, 0], "indices": i32([0]), "axis": i32(0)}, {}
    yield "GatherNd", {"params": x, "indices": i32([[0, 3]])}, {}
    yield "GatherNd", {"params": x, "indices": i32([[0, 0, 0]])}, {}
    yield "DynamicStitch", {"indices": [i32([0]), i32([1])], "data": [x, x]}, {}
    yield "Unique", {"x": x}, {}
    for dtype in FLOATS:
        yield "StridedSliceGrad", {"shape": i32([2, 3]), "begin": i32([0, 1]), "end": i32([2, 3]), "strides": i32([1, 1]),
                                   "dy": numbers(dtype, (2, 2), "ssg")}, {}
        yield "StridedSliceGrad", {"shape": i32([2, 3]), "begin": i32([1]), "end": i32([2]), "strides": i32([1]),
                                   "dy": numbers(dtype, (3,), "ssg")}, {"shrink_axis_mask": 1}
        yield "ScatterNd", {"indices": i32([[1], [3], [1]]), "updates": numbers(dtype, (3, 2), "snd"),
                            "shape": i32([4, 2])}, {}


def one_hot(dtype):
    on_off = {"on_value": np.array(5, dtype), "off_value": np.array(-1, dtype)}
    for index_type in INTEGERS:
        for axis in (-1, 0, 1):
            yield "OneHot", dict(indices=np.array([[0, 2], [-1, 3]], index_type), depth=i32(3), **on_off), {"axis": axis}
    yield "OneHot", dict(indices=i32(1), depth=i32(3), **on_off), {}
    yield "OneHot", dict(indices=i32([1]), depth=i32(0), **on_off), {}
    yield "OneHot", dict(indices=i32([1]), depth=i32(-1), **on_off), {}
    yield "OneHot", dict(indices=i32([1]), depth=i32(2), **on_off), {"axis": 3}


def padding():
    for dtype in NUMBERS + (np.bool_,):
        x = values(dtype, (2, 3), "pad")
        for paddings in ([[1, 0], [0, 2]], [[0, 0], [0, 0]], [[1, 1], [1, 1]]):
            for index_type in INTEGERS:
                yield "Pad", {"input": x, "paddings": np.array(paddings, index_type)}, {}
            if dtype is not np.bool_:
                yield "PadV2", {"input": x, "paddings": i32(paddings), "constant_values": np.array(7, dtype)}, {}
                for mode in ("REFLECT", "SYMMETRIC"):
                    yield "MirrorPad", {"input": x, "paddings": i32(paddings)}, {"mode": mode}
                    padded = np.pad(x, paddings, "constant")
                    yield "MirrorPadGrad", {"input": padded, "paddings": i32(paddings)}, {"mode": mode}
    x = numbers(np.float32, (2, 3), "pad")
    yield "Pad", {"input": x, "paddings": i32([[1, 1]])}, {}
    yield "Pad", {"input": x, "paddings": i32([[1, -1], [0, 0]])}, {}
    yield "MirrorPad", {"input": x, "paddings": i32([[2, 0], [0, 0]])}, {"mode": "REFLECT"}
    yield "Pad", {"input": np.array(1, np.float32), "paddings": np.zeros([0, 2], np.int32)}, {}


def ranges():
    for dtype in NUMBERS:
        for start, limit, delta in ((0, 5, 1), (2, 9, 3), (5, 0, -2), (3, 3, 1), (0, 1, 2), (5, 1, 1), (0, 5, 0), (0, 5, -1)):
            yield "Range", {"start": np.array(start, dtype), "limit": np.array(limit, dtype),
                            "delta": np.array(delta, dtype)}, {}
    for dtype in FLOATS:
        yield "Range", {"start": np.array(0, dtype), "limit": np.array(1, dtype), "delta": np.array(0.1, dtype)}, {}
        for count in (1, 2, 7, 0):
            yield "LinSpace", {"start": np.array(-1, dtype), "stop": np.array(2, dtype), "num": i32(count)}, {}
    yield "Range", {"start": i32([0]), "limit": i32(5), "delta": i32(1)}, {}


def arrays():
    for family in (shape_ops, reshaping, joining, cutting, padding, ranges):
        yield from family()


def text(*words):
    return np.array(words[0] if len(words) == 1 else words, object)


def strings():
    yield "StringJoin", {"inputs": [text(b"a", b"b"), text(b"-"), text(b"c", b"d")]}, {"separator": "/"}
    yield "StringJoin", {"inputs": [text(b"a", b"b"), text([b"c"])]}, {}
    yield "StringJoin", {"inputs": [text(b"a")]}, {}
    yield "ShardedFilename", {"basename": text(b"dir/base"), "shard": i32(3), "num_shards": i32(12)}, {}
    for dtype in NUMBERS + (np.bool_,):
        for options in ({}, {"width": 8}, {"width": 6, "fill": "0"}):
            yield "AsString", {"input": values(dtype, (4,), "as")}, {} if dtype is np.bool_ else options
    for dtype in FLOATS:
        x = np.array([0, 1.5, -2.25, 1e20, 1e-9, np.inf, np.nan], dtype)
        for options in ({}, {"precision": 2}, {"scientific": True}, {"shortest": True}, {"precision": 3, "width": 12}):
            yield "AsString", {"input": x}, options
    for out_type in NUMBERS:
        yield "StringToNumber", {"string_tensor": text(b"12", b"-7", b" 3 ")}, {"out_type": out_type}
        for bad in (b"1x", b"", b"99999999999999999999"):
            yield "StringToNumber", {"string_tensor": text([bad])}, {"out_type": out_type}
    yield "StringToNumber", {"string_tensor": text(b"1e3", b"inf", b"-nan", b"1.5")}, {"out_type": np.float32}
    yield "ScalarSummary", {"tags": text(b"tag"), "values": np.array(1.5, np.float32)}, {}
    yield "ScalarSummary", {"tags": text(b"a", b"b"), "values": np.array([1.5, 2.5])}, {}
    yield "ScalarSummary", {"tags": text(b"a", b"b"), "values": i32([1, 2])}, {}
    yield "ScalarSummary", {"tags": text(b"a"), "values": np.array([1.5, 2.5])}, {}
    for dtype in NUMBERS:
        for shape in ((), (5,), (67,), (0,)):
            yield "HistogramSummary", {"tag": text(b"h"), "values": values(dtype, shape, "hist")}, {}
    for x in ([0.0, 0.0], [1e-13, 1e30, -1e30], [np.inf], [np.nan, 1.0], [1e-12, -1e-12]):
        yield "HistogramSummary", {"tag": text(b"h"), "values": np.array(x)}, {}
    yield "HistogramSummary", {"tag": text(b"a", b"b"), "values": np.array([1.0])}, {}
    one, two = b"\x0a\x0a\x0a\x03one\x15\x00\x00\x80\x3f", b"\x0a\x0a\x0a\x03two\x15\x00\x00\x00\x40"
    yield "MergeSummary", {"inputs": [text(one), text(two)]}, {}
    yield "MergeSummary", {"inputs": [text([one, two])]}, {}
    yield "MergeSummary", {"inputs": [text(one), text(one)]}, {}
    yield "MergeSummary", {"inputs": [text(b"\xff\xff")]}, {}
    yield "Assert", {"condition": np.array(True), "data": [text(b"words"), i32([1, 2])]}, {"summarize": 3}
    yield "Assert", {"condition": np.array(False), "data": [text(b"words"), i32([1, 2, 3, 4])]}, {"summarize": 2}
    yield "Assert", {"condition": np.array([True]), "data": [text(b"words")]}, {}
    for keep_dims, separator in itertools.product((False, True), ("", ",")):
        yield "ReduceJoin", {"inputs": text([[b"a", b"b"], [b"c", b"d"]]), "reduction_indices": i32([1])}, {
            "keep_dims": keep_dims, "separator": separator}


def bands():
    f32 = np.float32
    for dtype in NUMBERS + (np.bool_,):
        zero = values(dtype, (), "padding")
        rows = values(dtype, (2, 3), "band")
        matrices = values(dtype, (2, 3, 4), "bands")
        for k in (0, 2, -1, [-1, 0], [1, 2]):
            yield "MatrixDiagV2", {"diagonal": rows, "k": i32(k), "num_rows": i32(-1), "num_cols": i32(-1),
                                   "padding_value": zero}, {}
        for k in (0, 3, -2, [-2, 3], [1, 3], [-1, 1]):
            yield "MatrixDiagPartV2", {"input": matrices, "k": i32(k), "padding_value": zero}, {}
        for k in (0, 1):
            yield "MatrixSetDiagV2", {"input": matrices, "diagonal": rows, "k": i32(k)}, {}
        for k in ([-1, 0], [0, 1]):
            yield "MatrixSetDiagV2", {"input": matrices, "diagonal": values(dtype, (2, 2, 3), "band"), "k": i32(k)}, {}
    nine = np.array(9, f32)
    for shape, k, rows, columns in (((3,), 0, 4, -1), ((3,), 0, -1, 4), ((3,), 0, 5, 6), ((3,), 0, 2, -1), ((3,), 1, 3, 3),
                                    ((2, 2), [0, 1], 4, 2), ((2, 2), [1, 2], 2, 3), ((2, 3), [-2, -1], -1, 3),
                                    ((2, 3), [1, -1], -1, -1), ((3,), [[0]], -1, -1), ((3,), [0, 1, 2], -1, -1),
                                    ((3,), [], -1, -1), ((), 0, -1, -1), ((0,), 0, -1, -1), ((0,), 2, -1, -1),
                                    ((0, 2), 0, -1, -1)):
        yield "MatrixDiagV2", {"diagonal": numbers(f32, shape, "band"), "k": i32(k), "num_rows": i32(rows),
                               "num_cols": i32(columns), "padding_value": nine}, {}
    x = numbers(f32, (3, 4), "band")
    for k in (4, -3, [1, -1], [[0]], [0, 1, 2], [], [-9, 0], [3, 4]):
        yield "MatrixDiagPartV2", {"input": x, "k": i32(k), "padding_value": nine}, {}
        yield "MatrixSetDiagV2", {"input": x, "diagonal": numbers(f32, (2, 3), "rows"), "k": i32(k)}, {}
    for shape, k in (((3,), 0), ((0, 3), 0), ((0, 0), 0), ((0, 2, 2), 0), ((0, 3), [0, 1])):
        yield "MatrixDiagPartV2", {"input": numbers(f32, shape, "band"), "k": i32(k), "padding_value": nine}, {}
    for shape, k in (((1,), 3), ((2,), 0), ((3,), 3), ((), 0), ((2, 3), 0), ((3,), [0, 1])):
        yield "MatrixSetDiagV2", {"input": x, "diagonal": numbers(f32, shape, "rows"), "k": i32(k)}, {}


FAMILIES = {"arrays": arrays, "bands": bands, "strings": strings}
