"""Inputs for record_kernels.py, as in kernel_cases.py: variables behind handles."""

import numpy as np
import tensorflow as tf

from kernel_cases import positive, scalars, training
from kernel_inputs import FLOATS, NUMBERS, booleans, i32, numbers

# The ops of kernel_cases.training that have a form on handles of the same arguments.
SAME_ARGUMENTS = ("Apply", "SparseApply")


def resource_training():
    for op, inputs, attrs in training():
        if op.startswith(SAME_ARGUMENTS):
            yield "Resource" + op, inputs, attrs
    for dtype in FLOATS:
        for shape in ((), (67,), (2, 3), (0,)):
            var, grad, slot = (numbers(dtype, shape, ("keras", k)) for k in range(3))
            size, largest = positive(dtype, shape, "size"), positive(dtype, shape, "largest")
            yield "ResourceApplyAdamWithAmsgrad", dict(var=var, m=slot, v=size, vhat=largest, grad=grad, **scalars(
                dtype, beta1_power=0.81, beta2_power=0.998, lr=0.1, beta1=0.9, beta2=0.999, epsilon=1e-8)), {}
            for nesterov in (False, True):
                yield "ResourceApplyKerasMomentum", dict(var=var, accum=slot, grad=grad, **scalars(
                    dtype, lr=0.1, momentum=0.9)), {"use_nesterov": nesterov}
        for nesterov in (False, True):
            yield "ResourceSparseApplyKerasMomentum", dict(
                var=numbers(dtype, (4, 2), "rows"), accum=numbers(dtype, (4, 2), "rows2"), indices=i32([1, 1, 0]),
                grad=numbers(dtype, (3, 2), "rows3"), **scalars(dtype, lr=0.1, momentum=0.9)), {"use_nesterov": nesterov}


def handles():
    for dtype in NUMBERS + (np.bool_, np.complex64, np.int8):
        if dtype is np.bool_:
            a, b = booleans((2, 3), "as"), booleans((2, 3), "as2")
        else:
            a, b = (numbers(np.float64, (2, 3), key).astype(dtype) for key in ("as", "as2"))
        yield "ReadVariableOp", dict(resource=a), {"dtype": dtype}
        yield "AssignVariableOp", dict(resource=a, value=b), {}
        yield "AssignVariableOp", dict(resource=a, value=b[:1]), {}
        yield "VarIsInitializedOp", dict(resource=a), {}
        for out_type in (np.int32, np.int64):
            yield "VariableShape", dict(input=a), {"out_type": out_type}
        for indices in ([1, 1, 0], [[0], [1]], [2], [-1], 1, []):
            yield "ResourceGather", dict(resource=a, indices=i32(indices)), {"dtype": dtype}
        for batch in ([[0, 1], [2, 2]], [[0, 1], [2, 3]]):
            yield "ResourceGather", dict(resource=a, indices=np.array(batch, np.int64)), {"dtype": dtype, "batch_dims": 1}
        for indices in ([[1], [0]], [[0, 2], [1, 1]], [[]], [[2, 0]], [1], 1, [[0, 0, 0]]):
            yield "ResourceGatherNd", dict(resource=a, indices=np.array(indices, np.int64)), {"dtype": dtype}
        for indices in ([1, 1, 0], [[0], [1]], [2], 1, []):
            updates = np.resize(b, np.shape(indices) + (3,))
            yield "ResourceScatterUpdate", dict(resource=a, indices=i32(indices), updates=updates), {}
        for indices in ([[1], [0]], [[0, 2], [1, 1]], [[2, 0]], [[0, 2], [0, 2]]):
            depth = np.shape(indices)[1]
            updates = np.resize(b, (2, 3)[:len(indices)] if depth == 1 else (len(indices),))
            yield "ResourceScatterNdUpdate", dict(ref=a, indices=i32(indices), updates=updates), {}
            if dtype is not np.bool_:
                yield "ResourceScatterNdAdd", dict(ref=a, indices=i32(indices), updates=updates), {}
                yield "ResourceScatterNdSub", dict(ref=a, indices=i32(indices), updates=updates), {}
        cut = dict(begin=i32([0, 1]), end=i32([2, 3]), strides=i32([1, 1]))
        yield "ResourceStridedSliceAssign", dict(ref=a, value=b[:, 1:], **cut), {}
        yield "ResourceStridedSliceAssign", dict(ref=a, value=b, **cut), {}
        yield "ResourceStridedSliceAssign", dict(ref=a, value=b[0, 1:], **cut), {"shrink_axis_mask": 1}
    for dtype in NUMBERS + (np.complex64, np.int8):
        a, b = (numbers(np.float64, (2, 3), key).astype(dtype) for key in ("as", "as2"))
        for op in ("AssignAddVariableOp", "AssignSubVariableOp"):
            yield op, dict(resource=a, value=b), {}
            yield op, dict(resource=a, value=b[:1]), {}
        names = ["Add", "Sub", "Mul"] + ["Min", "Max"] * (dtype is not np.complex64)
        for name in names:
            for indices in ([1, 1, 0], [[0], [1]], [2], [-1], 1, []):
                updates = np.resize(b, np.shape(indices) + (3,))
                yield "ResourceScatter" + name, dict(resource=a, indices=i32(indices), updates=updates), {}
            yield "ResourceScatter" + name, dict(resource=a, indices=i32([0, 1]), updates=np.array(2, dtype)), {}
        yield "ResourceScatterDiv", dict(resource=a, indices=i32([1, 0]), updates=np.where(b == 0, dtype(2), b)), {}
    words = np.array([b"a", b"bc", b""], object)
    yield "ReadVariableOp", dict(resource=words), {"dtype": "string"}
    yield "AssignVariableOp", dict(resource=words, value=np.array([b"long string of more than a few bytes"], object)), {}
    yield "ResourceGather", dict(resource=words, indices=i32([2, 0])), {"dtype": "string"}
    for dtype in (np.int32, np.int64):
        for start in (0, 4, 5):
            yield "ResourceCountUpTo", dict(resource=np.array(start, dtype)), {"limit": 5, "T": dtype}


def staging():
    """What one op does of an area that nothing is in. TensorFlow crashes where a key is no scalar, where indices are too
    few, and over components of other dtypes."""
    x, y, text = numbers(np.float32, (2, 3), "x"), i32([4, 5]), np.array([b"a", b"bc"], object)
    for values in ([x], [x, y], [text, x, i32(3)], [numbers(np.float64, (0, 2), "x")]):
        yield "Stage", {"values": values}, {}
        yield "Stage", {"values": values}, {"capacity": 1, "memory_limit": 8}
    pair = [tf.float32, tf.int32]
    for op, attrs in (("StageSize", {}), ("StageClear", {}), ("StageSize", {"capacity": 3, "memory_limit": 100})):
        yield op, {}, dict(attrs, dtypes=pair)
    for kind in ("Map", "OrderedMap"):
        for op in ("Size", "IncompleteSize", "Clear"):
            yield kind + op, {}, {"dtypes": pair}
        for key in (0, -1, 2 ** 40):
            for indices, values in (([0, 1], [x, y]), ([0], [x]), ([1], [y]), ([1, 0], [x, y]), ([0, 0], [x, x])):
                for limit in (0, 12):
                    if limit and len(values) == 2:
                        continue  # TensorFlow looks at the limit only where components are missing
                    yield kind + "Stage", {"key": np.array(key, np.int64), "indices": i32(indices), "values": values}, {
                        "dtypes": pair, "memory_limit": limit}


FAMILIES = {"resource_training": resource_training, "handles": handles, "staging": staging}
