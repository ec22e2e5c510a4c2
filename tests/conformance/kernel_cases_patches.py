"""Inputs for record_kernels.py, as in kernel_cases.py: patches, pooling by fractions, rounding as if quantized."""

import itertools

import numpy as np

from kernel_inputs import numbers

PATCH_TYPES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.float16, np.float32, np.float64)


def counted(dtype, shape):
    return (np.arange(np.prod(shape)).reshape(shape) % 100 + 1).astype(dtype)


def patches():
    for dtype in PATCH_TYPES:
        yield "ExtractImagePatches", {"images": counted(dtype, (2, 5, 6, 2))}, {
            "ksizes": [1, 2, 3, 1], "strides": [1, 2, 1, 1], "rates": [1, 1, 2, 1], "padding": "VALID"}
        yield "ExtractVolumePatches", {"input": counted(dtype, (2, 3, 4, 5, 2))}, {
            "ksizes": [1, 2, 3, 2, 1], "strides": [1, 1, 2, 2, 1], "padding": "SAME"}
    shapes = ((1, 7, 5, 1), (2, 4, 4, 3), (0, 5, 5, 2), (1, 3, 3, 0))
    for shape, (sizes, strides, rates), padding in itertools.product(
            shapes, (((1, 1), (1, 1), (1, 1)), ((3, 3), (1, 1), (1, 1)), ((2, 3), (3, 2), (1, 1)), ((3, 2), (2, 2), (2, 3)),
                     ((1, 1), (2, 3), (1, 1)), ((4, 4), (1, 1), (1, 1))), ("SAME", "VALID")):
        yield "ExtractImagePatches", {"images": counted(np.float32, shape)}, {
            "ksizes": [1] + list(sizes) + [1], "strides": [1] + list(strides) + [1], "rates": [1] + list(rates) + [1],
            "padding": padding}
    for shape, (sizes, strides), padding in itertools.product(
            ((1, 4, 5, 3, 1), (2, 3, 3, 3, 2), (0, 3, 3, 3, 2)), (((1, 1, 1), (1, 1, 1)), ((2, 2, 2), (1, 2, 1)), ((3, 1, 2), (2, 2, 3))),
            ("SAME", "VALID")):
        yield "ExtractVolumePatches", {"input": counted(np.float32, shape)}, {
            "ksizes": [1] + list(sizes) + [1], "strides": [1] + list(strides) + [1], "padding": padding}
    image = counted(np.float32, (1, 3, 3, 1))
    for ksizes, strides, rates in (([2, 1, 1, 1], [1] * 4, [1] * 4), ([1] * 4, [1, 1, 1, 2], [1] * 4), ([1] * 4, [1] * 4, [2, 1, 1, 1])):
        yield "ExtractImagePatches", {"images": image}, {"ksizes": ksizes, "strides": strides, "rates": rates, "padding": "SAME"}
    yield "ExtractImagePatches", {"images": image[0]}, {"ksizes": [1] * 4, "strides": [1] * 4, "rates": [1] * 4, "padding": "SAME"}


def fractions():
    """Left out are pools below which nothing is left, ratios below 1, and of the batch."""
    for op, dtype, overlapping, pseudo_random in itertools.product(
            ("FractionalMaxPool", "FractionalAvgPool"), (np.float32, np.float64, np.int32, np.int64), (False, True), (False, True)):
        for shape, ratio in (((2, 7, 9, 2), (1.5, 1.7)), ((1, 20, 13, 1), (1.9, 1.1)), ((1, 6, 8, 3), (2.0, 1.0)), ((1, 11, 30, 1), (3.3, 4.1))):
            yield op, {"value": numbers(dtype, shape, op)}, {
                "pooling_ratio": [1.0, ratio[0], ratio[1], 1.0], "overlapping": overlapping, "pseudo_random": pseudo_random,
                "deterministic": True, "seed": 7, "seed2": 11}
    x = numbers(np.float32, (1, 4, 4, 1), "fractions")
    yield "FractionalMaxPool", {"value": x}, {"pooling_ratio": [1.0, 2.0, 4.0, 1.0]}
    yield "FractionalMaxPool", {"value": x}, {"pooling_ratio": [1.0, 2.0, 2.0, 1.0], "seed": 3}
    yield "FractionalMaxPool", {"value": x[0]}, {"pooling_ratio": [1.0, 2.0, 2.0, 1.0]}
    rows, columns = np.array([0, 2, 3, 6], np.int64), np.array([0, 1, 4], np.int64)
    for dtype, overlapping in itertools.product((np.float32, np.float64, np.int32, np.int64), (False, True)):
        x = numbers(dtype, (2, 6, 4, 2), "gradient")
        dy = numbers(dtype, (2, 3, 2, 2), "dy")
        ends = [r[1:] + (0 if overlapping else -1) for r in (rows, columns)]
        y = np.array([[[x[b, rows[i]:min(ends[0][i], 5) + 1, columns[j]:min(ends[1][j], 3) + 1].max(axis=(0, 1)) for j in range(2)]
                       for i in range(3)] for b in range(2)], dtype)
        places = {"row_pooling_sequence": rows, "col_pooling_sequence": columns}
        yield "FractionalMaxPoolGrad", dict(places, orig_input=x, orig_output=y, out_backprop=dy), {"overlapping": overlapping}
        yield "FractionalAvgPoolGrad", dict(places, orig_input_tensor_shape=np.array(x.shape, np.int64), out_backprop=dy), {
            "overlapping": overlapping}


def as_if_quantized():
    x = numbers(np.float32, (3, 4), "quantized", -9, 9)
    dy = numbers(np.float32, (3, 4), "gradients")
    special = np.array([np.inf, -np.inf, 0, -0.0, 1e-30], np.float32)
    for bits, narrow in itertools.product((2, 4, 8, 16), (False, True)):
        attrs = {"num_bits": bits, "narrow_range": narrow}
        for low, high in ((-6.0, 6.0), (-1.3, 2.7), (0.5, 3.0), (-3.0, -0.1)):
            yield "FakeQuantWithMinMaxArgs", {"inputs": x}, dict(attrs, min=low, max=high)
            yield "FakeQuantWithMinMaxArgsGradient", {"gradients": dy, "inputs": x}, dict(attrs, min=low, max=high)
            limits = {"min": np.float32(low), "max": np.float32(high)}
            yield "FakeQuantWithMinMaxVars", dict(limits, inputs=x), attrs
            yield "FakeQuantWithMinMaxVarsGradient", dict(limits, inputs=x, gradients=dy), attrs
        yield "FakeQuantWithMinMaxArgs", {"inputs": special}, attrs
        limits = {"min": np.array([-1, -2.5, 0, 1], np.float32), "max": np.array([1, 7.1, 0, 9], np.float32)}
        yield "FakeQuantWithMinMaxVarsPerChannel", dict(limits, inputs=x), attrs
        yield "FakeQuantWithMinMaxVarsPerChannel", dict(limits, inputs=x[0]), attrs
        yield "FakeQuantWithMinMaxVarsPerChannelGradient", dict(limits, inputs=x, gradients=dy), attrs
        yield "FakeQuantWithMinMaxVarsPerChannelGradient", dict(limits, inputs=x.reshape(1, 3, 1, 4), gradients=dy.reshape(1, 3, 1, 4)), attrs
    zero = np.float32(0)
    yield "FakeQuantWithMinMaxVars", {"inputs": x, "min": zero, "max": zero}, {}
    yield "FakeQuantWithMinMaxVarsGradient", {"inputs": x, "gradients": dy, "min": zero, "max": zero}, {}
    yield "FakeQuantWithMinMaxArgs", {"inputs": x}, {"num_bits": 1}
    yield "FakeQuantWithMinMaxArgs", {"inputs": x}, {"num_bits": 17}
    yield "FakeQuantWithMinMaxArgs", {"inputs": x}, {"min": 3.0, "max": 3.0}
    yield "FakeQuantWithMinMaxVarsPerChannel", {"inputs": x, "min": x[0, :3], "max": x[0]}, {}
    yield "FakeQuantWithMinMaxVarsGradient", {"inputs": x, "gradients": dy[:2], "min": zero, "max": zero}, {}


FAMILIES = {"patches": patches, "fractions": fractions, "as_if_quantized": as_if_quantized}
