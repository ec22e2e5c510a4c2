"""Inputs for record_kernels.py, as in kernel_cases.py: numbers as steps of a range."""

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


FAMILIES = {"quantized": quantized, "quantized_and_back": quantized_and_back}
