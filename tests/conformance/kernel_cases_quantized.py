"""Inputs for record_kernels.py, as in kernel_cases.py: numbers as steps of a range, and layers that compute with them."""

import itertools

import numpy as np
import tensorflow as tf

from kernel_inputs import numbers

STEPS = (tf.qint8, tf.quint8, tf.qint16, tf.quint16, tf.qint32)
MODES = ("MIN_COMBINED", "MIN_FIRST", "SCALED")
RANGES = ((-6.0, 6.0), (0.0, 6.0), (-1.3, 2.7), (0.5, 3.0), (-3.0, -0.1), (2.0, 2.0), (0.0, 0.0), (-1e-3, 1e-3),
          (-100.0, 1e4))


def limits(low, high):
    return {"min_range": np.float32(low), "max_range": np.float32(high)}


def quantized():
    x = np.concatenate([numbers(np.float32, (37,), "steps", -9, 9), np.float32([0, -0.0, 1e9, -1e9, 6, -6, 0.5])])
    ties = np.arange(-9, 9, 0.5).astype(np.float32)
    for dtype, mode in itertools.product(STEPS, MODES):
        attrs = {"T": dtype, "mode": mode}
        for low, high in RANGES:
            yield "QuantizeV2", dict(limits(low, high), input=x), attrs
        yield "QuantizeV2", dict(limits(-128, 127), input=ties.reshape(3, 12)), attrs
        yield "QuantizeV2", dict(limits(0, 255), input=ties), attrs
        if dtype.size != 2:  # the reference cannot write down an empty tensor of these
            yield "QuantizeV2", dict(limits(0, 255), input=ties[:0]), attrs
        yield "QuantizeV2", dict(limits(-1.3, 2.7), input=np.float32([np.nan, np.inf, -np.inf, 0.5])), attrs
        yield "QuantizeV2", dict(limits(2, 1), input=ties), attrs
        info = np.iinfo(dtype.as_numpy_dtype[0])
        steps = np.linspace(info.min, info.max, 41).astype(np.int64)
        steps = np.concatenate([steps, [0, 1, 100]]).astype(dtype.as_numpy_dtype[0]).astype(dtype.as_numpy_dtype)
        for low, high in RANGES + ((3.0, -2.0),):
            yield "Dequantize", dict(limits(low, high), input=steps), {"mode": mode}
        yield "Dequantize", dict(limits(-1, 1), input=steps.reshape(4, 11)), {"mode": mode}
    for dtype, mode in itertools.product(STEPS, MODES):
        for low, high in ((-128, 127), (-3, 5)):
            yield "QuantizeV2", dict(limits(low, high), input=ties), {"T": dtype, "mode": mode, "round_mode": "HALF_TO_EVEN"}


def quantized_and_back():
    for dtype in (np.float32, np.float64):
        x = np.concatenate([numbers(dtype, (29,), "steps", -9, 9), np.array([0, -0.0, 0.5, 1.5, -2.5], dtype)])
        for signed, given, bits, (low, high) in itertools.product((True, False), (True, False), (1, 2, 4, 8, 16, 61), RANGES):
            attrs = {"signed_input": signed, "range_given": given}
            range_ = {"input_min": dtype(low), "input_max": dtype(high)}
            for rounding, narrow in ((("HALF_TO_EVEN", False), ("HALF_UP", True)) if bits > 1 or not signed else ()):
                yield "QuantizeAndDequantizeV2", dict(range_, input=x), dict(attrs, num_bits=bits, round_mode=rounding, narrow_range=narrow)
            if bits > 1:
                yield "QuantizeAndDequantizeV3", dict(range_, input=x.reshape(2, 17), num_bits=np.int32(bits)), dict(attrs, narrow_range=bits == 8)
        ones = {"input": x, "input_min": dtype(-8), "input_max": dtype(7)}
        for rounding in ("HALF_TO_EVEN", "HALF_UP"):
            yield "QuantizeAndDequantizeV2", dict(ones, input=np.arange(-9, 9, 0.5).astype(dtype)), {
                "num_bits": 4, "range_given": True, "round_mode": rounding}
        yield "QuantizeAndDequantizeV2", dict(ones, input=x[:0]), {"range_given": True}
        yield "QuantizeAndDequantizeV2", dict(ones, input_min=dtype(8)), {"range_given": True}
        yield "QuantizeAndDequantizeV2", dict(ones, input_min=dtype(8)), {}
        for bits in (0, -3, 62, 63):
            yield "QuantizeAndDequantizeV2", ones, {"num_bits": bits}
            yield "QuantizeAndDequantizeV3", dict(ones, num_bits=np.int32(bits)), {}
        yield "QuantizeAndDequantizeV3", dict(ones, input_min=dtype(8), num_bits=np.int32(8)), {}


def steps_of(dtype, shape, seed=0):
    """Steps of a range: the first two are the smallest and the largest."""
    info = np.iinfo(dtype.as_numpy_dtype[0])
    x = np.random.RandomState(seed).randint(info.min, info.max + 1, shape, np.int64)
    x = np.asarray(x)
    x.reshape(-1)[:2] = [info.min, info.max][:x.size]
    return x.astype(dtype.as_numpy_dtype[0]).astype(dtype.as_numpy_dtype)


def ranges(**limits):
    """For names of inputs, their ranges: inputs min_NAME and max_NAME."""
    return {end + name: np.float32(value) for name, range_ in limits.items() for end, value in zip(("min_", "max_"), range_)}


def sums():
    """Products' sums as they usually are, and what is at the ends of their type."""
    for scale in (1, 300, 70000):
        x = np.random.RandomState(scale).randint(-900 * scale, 2000 * scale, (4, 11))
        yield x.astype(np.int32).astype(tf.qint32.as_numpy_dtype)
    yield steps_of(tf.qint32, (3, 7))
    yield np.int32([5, 5, 5]).astype(tf.qint32.as_numpy_dtype)
    yield np.int32([-90000]).astype(tf.qint32.as_numpy_dtype)
    yield np.int32([0, 1]).astype(tf.qint32.as_numpy_dtype).reshape(2, 1, 1)


SUM_RANGES = ((-1e5, 1e5), (-2.0, 2.0), (-33.0, 12.0), (0.0, 6.0), (1.5, 9.0), (-8.0, -2.0), (4.0, 4.0), (0.0, 0.0), (3.0, -3.0),
              (-3e38, 3e38), (-np.inf, 1.0), (np.nan, 1.0))


def requantized():
    for x in sums():
        for low, high in SUM_RANGES:
            given = {"input": x, "input_min": np.float32(low), "input_max": np.float32(high)}
            yield "QuantizeDownAndShrinkRange", given, {"out_type": tf.quint8}
            yield "RequantizationRange", given, {}
            for out_low, out_high in ((-0.01, 0.02), (0.0, 6.0), (-1.0, 0.0), (0.0, 0.0), (-70.0, 1e4)):
                for dtype in (tf.qint8, tf.quint8):
                    if dtype == tf.qint8 and not np.isfinite(low):
                        continue
                    yield "Requantize", dict(given, requested_output_min=np.float32(out_low),
                                             requested_output_max=np.float32(out_high)), {"out_type": dtype}
    x = next(sums())
    given = {"input": x, "input_min": np.float32(-20), "input_max": np.float32(20)}
    limits_ = {"requested_output_min": np.float32(-1), "requested_output_max": np.float32(1)}
    for wrong in ({"requested_output_min": np.float32(1), "requested_output_max": np.float32(2)},
                  {"requested_output_max": np.float32(-2)}, {"input": x[:0]}, {"input_min": np.float32([1, 2])}):
        yield "Requantize", dict(dict(given, **limits_), **wrong), {"out_type": tf.quint8}
    yield "QuantizeDownAndShrinkRange", dict(given, input=x[:0]), {"out_type": tf.quint8}
    yield "RequantizationRange", dict(given, input=x[:0]), {}


LAYER_RANGES = ((-6.0, 6.0), (0.0, 6.0), (-1.3, 2.7), (0.5, 3.0), (-3.0, -0.1), (-1e-3, 1e4))


def quantized_layers():
    matmul = [((3, 5), (5, 4), {}), ((5, 3), (5, 4), {"transpose_a": True}), ((3, 5), (4, 5), {"transpose_b": True}),
              ((5, 3), (4, 5), {"transpose_a": True, "transpose_b": True}), ((1, 70), (70, 33), {}), ((0, 3), (3, 2), {}),
              ((2, 3), (3, 0), {}), ((3, 700), (700, 5), {}), ((513, 2), (3, 513), {"transpose_a": True, "transpose_b": True}), ((3, 5), (4, 5), {}), ((5,), (5, 4), {}), ((3, 5), (1, 5, 4), {})]
    for (a, b, attrs), range_a in itertools.product(matmul, LAYER_RANGES[:3]):
        given = dict(ranges(a=range_a, b=(-2.2, 1.4)), a=steps_of(tf.quint8, a), b=steps_of(tf.quint8, b, 1))
        yield "QuantizedMatMul", given, dict(attrs, Toutput=tf.qint32)
    ends = np.full((2, 600), 255, np.uint8).astype(tf.quint8.as_numpy_dtype)
    for range_a, range_b in (((0, 1), (0, 1)), ((-1, 0), (0, 1)), ((1, 2), (-2, -1))):  # the largest sums
        yield "QuantizedMatMul", dict(ranges(a=range_a, b=range_b), a=ends, b=ends), {"Toutput": tf.qint32, "transpose_b": True}
    given = {"a": steps_of(tf.quint8, (2, 3)), "b": steps_of(tf.quint8, (3, 4))}
    for range_a, range_b in itertools.product(LAYER_RANGES + ((1.0, 1.0), (2.0, 1.0)), repeat=2):
        yield "QuantizedMatMul", dict(ranges(a=range_a, b=range_b), **given), {"Toutput": tf.qint32}
    for dtype in (tf.qint8, tf.quint8):
        for shape in ((3, 5), (2, 2, 3, 5), (0, 5), (2, 4), (5,)):
            for range_, bias in itertools.product(LAYER_RANGES + ((1.0, 1.0), (2.0, 1.0)), ((-1.0, 3.0), (-70.0, 2.0), (0.0, 0.0))):
                given = {"input": steps_of(dtype, shape), "bias": steps_of(dtype, (5,), 1)}
                yield "QuantizedBiasAdd", dict(ranges(input=range_, bias=bias), **given), {"out_type": tf.qint32}
    given["bias"] = given["input"] = steps_of(dtype, (5, 5))
    yield "QuantizedBiasAdd", dict(ranges(input=range_, bias=bias), **given), {"out_type": tf.qint32}
    for dtype, op in itertools.product((tf.quint8, tf.qint32), ("QuantizedRelu", "QuantizedRelu6")):
        for shape in ((3, 41), (5,), (0, 3)):
            for range_ in LAYER_RANGES + ((1.0, 1.0), (2.0, 1.0), (-100.0, 100.0), (np.nan, 1.0)):
                yield op, dict(ranges(features=range_), features=steps_of(dtype, shape)), {"out_type": dtype}
    for dtype in (tf.quint8, tf.qint32):
        for shape in ([3, 2], [-1], [4, -1], [0], [2, -1, 3], [[2]], [6, 0]):
            for index in (np.int32, np.int64):
                yield "QuantizedReshape", {"tensor": steps_of(dtype, (2, 3)), "shape": np.array(shape, index),
                                           "input_min": np.float32(-3), "input_max": np.float32(5)}, {}


def quantized_windows():
    """The reference ends its process at images, filters and results without elements, and pads with other steps than that
    of zero where this one is larger than any."""
    same, valid = {"padding": "SAME"}, {"padding": "VALID"}
    images = (((2, 5, 6, 3), (3, 2, 3, 4)), ((1, 7, 4, 1), (1, 1, 1, 2)), ((1, 4, 4, 2), (4, 4, 2, 1)), ((1, 5, 4, 40), (3, 3, 40, 3)), ((1, 20, 19, 2), (17, 18, 2, 2)), ((2, 5, 5, 300), (1, 1, 300, 3)),
              ((1, 3, 3, 2), (5, 5, 2, 1)), ((1, 3, 3, 2), (2, 2, 3, 1)), ((3, 3, 2), (2, 2, 2, 1)), ((1, 3, 3, 2), (2, 2, 2)))
    for (image, filter_), padding, stride in itertools.product(images, (same, valid), (1, 2)):
        given = {"input": steps_of(tf.quint8, image), "filter": steps_of(tf.quint8, filter_, 1)}
        if padding == valid and filter_[0] == 5 and stride == 2:
            continue
        for range_ in ((-1.3, 2.7), (0.5, 3.0), (100.0, 101.0)):
            yield "QuantizedConv2D", dict(ranges(input=range_, filter=(-2.0, 1.0)), **given), dict(
                padding, strides=[1, stride, stride, 1], out_type=tf.qint32)
    given = dict(ranges(input=(-1, 2), filter=(-2.0, 1.0)), input=steps_of(tf.quint8, (1, 5, 5, 2)),
                 filter=steps_of(tf.quint8, (2, 2, 2, 3)))
    for wrong in ({"strides": [1, 1, 2, 1]}, {"strides": [1, 2, 2, 2]}, {"strides": [2, 1, 1, 1]},
                  {"dilations": [1, 2, 2, 1]}, {"dilations": [1, 1, 1, 2]}):
        yield "QuantizedConv2D", given, dict({"strides": [1, 1, 1, 1], "padding": "SAME", "out_type": tf.qint32}, **wrong)
    for range_, other in (((1, 1), (-1, 1)), ((2, 1), (-1, 1)), ((-1, 1), (3, 3))):
        yield "QuantizedConv2D", dict(given, **ranges(input=range_, filter=other)), dict(
            valid, strides=[1, 1, 1, 1], out_type=tf.qint32)
    for op in ("QuantizedMaxPool", "QuantizedAvgPool"):
        for shape in ((2, 5, 6, 3), (1, 4, 4, 4), (0, 4, 4, 4), (2, 4, 4, 0), (4, 4, 4), (1, 2, 2, 1)):
            for padding, size, stride in itertools.product((same, valid), ([1, 2, 3, 1], [1, 1, 1, 1], [1, 3, 3, 1]), (1, 2)):
                yield op, dict(ranges(input=(-1.3, 2.7)), input=steps_of(tf.quint8, shape)), dict(
                    padding, ksize=size, strides=[1, stride, 1, 1])
        given = dict(ranges(input=(3, -1)), input=steps_of(tf.quint8, (2, 2, 2, 4)))
        for size, stride in (([1, 1, 1, 2], [1, 1, 1, 2]), ([1, 1, 1, 3], [1, 1, 1, 3]), ([1, 1, 1, 2], [1, 1, 1, 1]),
                             ([2, 1, 1, 1], [1, 1, 1, 1]), ([1, 2, 1, 2], [1, 1, 1, 2])):
            yield op, given, dict(same, ksize=size, strides=stride)


def quantized_joined():
    """The reference takes the ranges of empty values for those of the values behind them: they come last here."""
    some = (((-1.0, 1.0), (-1.0, 1.0)), ((-1.0, 2.0), (-6.0, 1.0)), ((0.5, 2.0), (1.0, 3.0)), ((0.0, 6.0), (-3.0, -1.0)),
            ((0.0, 0.0), (0.0, 0.0)), ((2.0, 2.0), (0.0, 2.0)), ((-2.0, -1.0), (-3.0, -1.0)), ((3.0, 1.0), (0.0, 1.0)))
    for dtype, (a, b), axis in itertools.product((tf.quint8, tf.qint32), some, (0, 1, 2, -1)):
        shape = [(2, 3, 4), (2, 3, 4)]
        shape[1] = shape[1][:axis] + (5,) + shape[1][axis + 1:] if axis >= 0 else shape[1]
        yield "QuantizedConcat", {"concat_dim": np.int32(axis), "values": [steps_of(dtype, s, i) for i, s in enumerate(shape)],
                                  "input_mins": [np.float32(a[0]), np.float32(b[0])],
                                  "input_maxes": [np.float32(a[1]), np.float32(b[1])]}, {}
    for axis, shapes in ((0, [(3,), (2,), (0,)]), (1, [(3, 2), (3, 0)]), (3, [(2, 2), (2, 2)]), (0, [(2, 2), (2,)]),
                         (0, [(2, 2), (2, 3)]), (0, [(), ()]), (0, [(2,)] * 5), (1, [(0, 2), (0, 3)]), (1, [(2, 2), (2, 3), (2, 0)])):
        values = [steps_of(tf.quint8, s, i) for i, s in enumerate(shapes)]
        yield "QuantizedConcat", {"concat_dim": np.int32(axis), "values": values,
                                  "input_mins": [np.float32(-i) for i in range(len(values))],
                                  "input_maxes": [np.float32(1 + i) for i in range(len(values))]}, {}


def quantized_casts():
    """Steps become the integers that they are kept as, and come of them."""
    others = (tf.int8, tf.uint8, tf.int16, tf.uint16, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64, tf.bool, tf.complex64)
    for dtype, other in itertools.product(STEPS, STEPS + others):
        yield "Cast", {"x": steps_of(dtype, (3, 4))}, {"DstT": other}
        if 2 not in (dtype.size, other.size * other.is_quantized):  # the reference cannot write down scalars of these
            yield "Cast", {"x": steps_of(dtype, ())}, {"DstT": other}
    for dtype, other in itertools.product(STEPS, others[:-2]):
        yield "Cast", {"x": np.array([0, 1, 100, 5]).astype(other.as_numpy_dtype)}, {"DstT": dtype}
    yield "Cast", {"x": np.float32([1.5, -1.5, 99.99, 0.5])}, {"DstT": tf.qint32}


def quantized_pairs():
    """Shapes of two dimensions and more that differ in the last one are broadcast wrongly by the reference, or not at all."""
    shapes = (((3, 4), (3, 4)), ((7,), (7,)), ((2, 3, 4), (4,)), ((4,), (2, 3, 4)), ((2, 3, 4), (3, 4)), ((), (5,)), ((2, 2, 2), ()),
              ((), ()), ((1,), (1,)), ((0,), (0,)), ((2,), (3,)), ((1, 1, 1), (2, 3)), ((2, 2), (2, 2)))
    for op, (x, y) in itertools.product(("QuantizedAdd", "QuantizedMul"), shapes):
        given = {"x": steps_of(tf.quint8, x), "y": steps_of(tf.quint8, y, 1)}
        for range_x, range_y in (((-1.3, 2.7), (-6.0, 6.0)), ((0.5, 3.0), (-3.0, -0.1)), ((0.0, 1.0), (0.0, 2.5))):
            yield op, dict(ranges(x=range_x, y=range_y), **given), {"Toutput": tf.qint32}
    for op, range_x, range_y in itertools.product(("QuantizedAdd", "QuantizedMul"), LAYER_RANGES + ((1.0, 1.0), (2.0, 1.0)), LAYER_RANGES[::2] + ((3.0, 3.0),)):
        yield op, dict(ranges(x=range_x, y=range_y), **given), {"Toutput": tf.qint32}


def quantized_norms():
    """The reference ends its process at other than four dimensions, where it takes the moments of each image."""
    for shape in ((2, 3, 3, 4), (1, 5, 7, 1), (3, 1, 1, 2), (1, 8, 9, 3)):
        for range_ in LAYER_RANGES + ((1.0, 1.0), (2.0, 1.0)):
            for attrs in ({}, {"output_range_given": True, "given_y_min": -2.0, "given_y_max": 1.5},
                          {"variance_epsilon": 0.25}, {"min_separation": 5.0}, {"output_range_given": True}):
                yield "QuantizedInstanceNorm", {"x": steps_of(tf.quint8, shape), "x_min": np.float32(range_[0]),
                                                "x_max": np.float32(range_[1])}, attrs
    op = "QuantizedBatchNormWithGlobalNormalization"
    for shape, depth in (((2, 3, 3, 4), 4), ((1, 2, 2, 3), 3), ((0, 2, 2, 3), 3), ((1, 2, 3), 3), ((3, 1, 2, 1), 1)):
        given = {"t": steps_of(tf.quint8, shape)}
        for index, name in enumerate(("m", "v", "beta", "gamma")):
            given[name] = steps_of(tf.quint8, (depth,), index)
        for range_, scaled in itertools.product(LAYER_RANGES, (True, False)):
            limits_ = {"%s_%s" % (name, end): np.float32(value) for name, low, high in
                       (("t",) + range_, ("m", -1, 2), ("v", 0, 3), ("beta", -2, 2), ("gamma", 0.5, 1.5))
                       for end, value in (("min", low), ("max", high))}
            yield op, dict(given, **limits_), {"out_type": tf.qint32, "variance_epsilon": 1e-3, "scale_after_normalization": scaled}
    for name in ("m", "v", "beta", "gamma"):
        yield op, dict(given, **dict(limits_, **{name: steps_of(tf.quint8, (1, 1))})), {
            "out_type": tf.qint32, "variance_epsilon": 1e-3, "scale_after_normalization": True}


def quantized_resized():
    for shape, size in (((1, 2, 2, 1), (3, 4)), ((2, 5, 4, 3), (7, 9)), ((1, 9, 11, 2), (4, 3)), ((1, 4, 4, 5), (4, 4)), ((1, 3, 7, 8), (6, 14)),
                        ((1, 1, 1, 1), (2, 3)), ((2, 2, 1), (3, 4)), ((1, 2, 2, 1), (0, 4)), ((1, 2, 0, 1), (3, 4)), ((1, 2, 2, 1), (3,)),
                        ((1, 2, 2, 0), (3, 4)), ((1, 6, 33, 3), (5, 70))):
        for flags, range_ in itertools.product(((False, False), (True, False), (False, True)), ((-1.3, 2.7), (0.0, 0.0))):
            for dtype in (tf.quint8, tf.qint32, tf.float32):
                x = steps_of(dtype, shape) if dtype.is_quantized else numbers(np.float32, shape, "resized", -5, 5)
                yield "QuantizedResizeBilinear", {"images": x, "size": np.int32(size), "min": np.float32(range_[0]), "max": np.float32(range_[1])}, {
                    "align_corners": flags[0], "half_pixel_centers": flags[1]}


FAMILIES = {"quantized": quantized, "quantized_and_back": quantized_and_back, "quantized_casts": quantized_casts,
            "quantized_joined": quantized_joined, "quantized_layers": quantized_layers,
            "quantized_norms": quantized_norms, "quantized_pairs": quantized_pairs, "quantized_resized": quantized_resized,
            "quantized_windows": quantized_windows, "requantized": requantized}
