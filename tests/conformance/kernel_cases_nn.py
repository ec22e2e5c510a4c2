"""Inputs for record_kernels.py, as in kernel_cases.py: batch normalisation, candidate samplers."""

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


# --- candidates --------------------------------------------------------------------------------------------------------

def candidates():
    """Left out is what aborts the reference: true classes that are none, weights for another number of classes."""
    true_classes = np.array([[1, 2], [3, 4], [0, 0]], np.int64)
    few = true_classes[:, :1]
    seeds = {"seed": 3, "seed2": 4}
    ranged = ("UniformCandidateSampler", "LogUniformCandidateSampler", "LearnedUnigramCandidateSampler",
              "ThreadUnsafeUnigramCandidateSampler")
    for op, unique in itertools.product(ranged, (False, True)):
        for size, count in ((5, 1), (5, 5), (16, 7), (20, 9), (10007, 64)):
            yield op, {"true_classes": true_classes}, dict(
                num_true=2, num_sampled=count, unique=unique, range_max=size, **seeds)
        yield op, {"true_classes": few}, dict(num_true=1, num_sampled=20, unique=unique, range_max=19, seed=5, seed2=0)
        yield op, {"true_classes": few[:0]}, dict(num_true=1, num_sampled=3, unique=unique, range_max=9, **seeds)
    for unique, distortion in itertools.product((False, True), (1.0, 0.75, 0.0)):
        for weights in ([1.0, 2.0, 3.0, 4.0, 5.0], [0.3, 7.0, 0.3, 0.1, 11.0], [1.0] * 5):
            yield "FixedUnigramCandidateSampler", {"true_classes": true_classes}, dict(
                num_true=2, num_sampled=4, unique=unique, range_max=5, unigrams=weights, distortion=distortion, **seeds)
        yield "FixedUnigramCandidateSampler", {"true_classes": few}, dict(
            num_true=1, num_sampled=3, unique=unique, range_max=6, unigrams=[3.0, 1.0, 1.0, 9.0], num_reserved_ids=2,
            distortion=distortion, **seeds)
        yield "FixedUnigramCandidateSampler", {"true_classes": few}, dict(
            num_true=1, num_sampled=3, unique=unique, range_max=3, unigrams=[3.0, 1.0, 4.0, 9.0, 2.0, 6.0], num_shards=2,
            shard=1, distortion=distortion, **seeds)
        yield "AllCandidateSampler", {"true_classes": few}, dict(num_true=1, num_sampled=6, unique=unique, **seeds)
    for wrong in ({"unigrams": []}, {"unigrams": [1.0] * 5, "vocab_file": b"words"}):
        yield "FixedUnigramCandidateSampler", {"true_classes": few}, dict(
            num_true=1, num_sampled=3, unique=True, range_max=5, **wrong)
    for bad in (true_classes[0], true_classes[None], few):
        yield "UniformCandidateSampler", {"true_classes": bad}, dict(
            num_true=2, num_sampled=3, unique=False, range_max=5, **seeds)
    for sampled in ([2, 7, 2, 3], [9, 8], [], [0], [4, 3, 2, 1, 0]):
        for classes in (true_classes, few, true_classes[:0]):
            yield "ComputeAccidentalHits", {"true_classes": classes, "sampled_candidates": np.array(sampled, np.int64)}, {
                "num_true": classes.shape[1]}
    yield "ComputeAccidentalHits", {"true_classes": few, "sampled_candidates": few[0]}, {"num_true": 2}
    yield "ComputeAccidentalHits", {"true_classes": few[0], "sampled_candidates": few[0]}, {"num_true": 1}
    yield "ComputeAccidentalHits", {"true_classes": few, "sampled_candidates": few}, {"num_true": 1}


FAMILIES = {
    "candidates": candidates,
    "batch_norm": lambda: itertools.chain(batch_norm(), batch_norm_gradients()),
}
