"""Inputs for record_kernels.py, as in kernel_cases.py: batch normalisation."""

import itertools

import numpy as np

from kernel_inputs import numbers

NOTHING = np.zeros(0, np.float32)


def vectors(size, *keys):
    return [np.abs(numbers(np.float32, (size,), key)) + np.float32(0.1) for key in keys]


def batch_norm():
    """Training only: what inference leaves in its statistics is unset memory in the reference."""
    for shape in ((0, 2, 2, 3), (1, 1, 1, 3), (50, 1, 1, 10), (67, 1, 1, 9), (2, 2, 2, 1), (2, 3, 2, 5)):
        x = numbers(np.float32, shape, "pictures")
        scale, offset = vectors(shape[3], "scale", "offset")
        arguments = {"x": x, "scale": scale, "offset": offset, "mean": NOTHING, "variance": NOTHING}
        for op, epsilon in (("FusedBatchNorm", 0.1), ("FusedBatchNormV2", 1e-3), ("FusedBatchNormV3", 1e-4)):
            yield op, arguments, {"epsilon": epsilon}
        if x.size:  # no halves crash the reference
            yield "FusedBatchNormV3", dict(arguments, x=x.astype(np.float16)), {"epsilon": 0.01}
    good = dict(x=x, scale=scale, offset=offset, mean=NOTHING, variance=NOTHING)
    for bad in ({"x": x[0]}, {"scale": scale[None]}, {"offset": offset[None]}, {"mean": scale}, {"variance": scale}):
        yield "FusedBatchNormV3", dict(good, **bad), {}
    for statistics in ({"mean": scale[None]}, {"variance": scale[None]}):
        yield "FusedBatchNormV3", {**good, "mean": scale, "variance": scale, **statistics}, {"is_training": False}


def batch_norm_gradients():
    for shape in ((0, 2, 2, 3), (1, 1, 1, 3), (50, 1, 1, 10), (67, 1, 1, 9), (2, 3, 2, 5)):
        dy, x = (numbers(np.float32, shape, key) for key in ("dy", "x"))
        scale, mean, variance = vectors(shape[3], "scale", "mean", "variance")
        arguments = {"y_backprop": dy, "x": x, "scale": scale, "reserve_space_1": mean, "reserve_space_2": variance}
        third = dict(arguments, reserve_space_3=NOTHING)
        for is_training in (True, False):
            for op in ("FusedBatchNormGrad", "FusedBatchNormGradV2"):
                yield op, arguments, {"is_training": is_training, "epsilon": 0.01}
            yield "FusedBatchNormGradV3", third, {"is_training": is_training}
        short = dict(third, x=x.astype(np.float16), y_backprop=dy.astype(np.float16))
        if len(x) > 1:  # of less, and in inference, it crashes the reference
            yield "FusedBatchNormGradV3", short, {}
    for bad in ({"x": x[0]}, {"y_backprop": dy[0]}, {"scale": scale[None]}, {"reserve_space_1": mean[None]},
                {"reserve_space_2": mean[None]}):
        yield "FusedBatchNormGradV3", dict(third, **bad), {}


FAMILIES = {"batch_norm": lambda: itertools.chain(batch_norm(), batch_norm_gradients())}
