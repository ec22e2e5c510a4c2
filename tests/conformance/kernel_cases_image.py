"""Inputs for record_kernels.py, as in kernel_cases.py: images.

Left out is what crashes the reference: boxes that are no numbers, boxes drawn into images of halves, interpolations that
are not there; and combined suppression that is padded for each class, whose shapes it cannot tell. Boxes that do
not overlap themselves are selected many times by the reference.
"""

import itertools
import os

import numpy as np

from kernel_inputs import FLOATS, i32, numbers, random_for

IMAGE_TYPES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.float16, np.float32, np.float64)
GRADIENT_TYPES = (np.float32, np.float64, np.float16)
ALIGNMENTS = ({}, {"align_corners": True}, {"half_pixel_centers": True})


def image(dtype, shape, key):
    """Pixels between 0 and 100, of signed types also below 0."""
    random = random_for("image", key, np.dtype(dtype).name, shape)
    low = 0 if np.dtype(dtype).kind == "u" else -100
    return np.asarray(random.uniform(low, 100, shape), dtype)


# --- sizes -----------------------------------------------------------------------------------------------------------

# Shapes of images, and new sizes: larger, smaller, both, one pixel, the same.
SIZES = (((2, 5, 7, 3), (9, 11)), ((1, 9, 12, 1), (4, 5)), ((1, 8, 6, 4), (3, 13)), ((2, 3, 3, 2), (1, 1)),
         ((1, 1, 1, 3), (4, 3)), ((1, 4, 5, 3), (4, 5)), ((1, 6, 6, 1), (12, 3)), ((1, 2, 31, 5), (5, 62)))


def resizing():
    for op in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"):
        alignments = ALIGNMENTS[:2] if op == "ResizeArea" else ALIGNMENTS
        for attrs in alignments:
            for shape, size in SIZES:
                yield op, {"images": image(np.float32, shape, op), "size": i32(*size)}, attrs
            for dtype in IMAGE_TYPES:
                yield op, {"images": image(dtype, SIZES[0][0], op), "size": i32(7, 4)}, attrs
            yield op, {"images": image(np.uint8, (1, 32, 24, 3), op), "size": i32(17, 39)}, attrs
        yield op, {"images": np.zeros((0, 5, 7, 3), np.float32), "size": i32(3, 4)}, {}
        yield op, {"images": np.zeros((2, 5, 7, 0), np.float32), "size": i32(3, 4)}, {}
        yield op, {"images": np.full((1, 2, 2, 1), np.inf, np.float32), "size": i32(3, 3)}, {}
        small = image(np.float32, (1, 3, 3, 1), op)
        for size in ((0, 4), (4, 0), (-1, 4), (3,), (3, 4, 5)):
            yield op, {"images": small, "size": np.array(size, np.int32)}, {}
        yield op, {"images": small, "size": np.array(3, np.int32)}, {}
        yield op, {"images": small, "size": np.array([[3, 4]], np.int32)}, {}
        yield op, {"images": small[0], "size": i32(3, 4)}, {}
        yield op, {"images": np.zeros((1, 0, 3, 1), np.float32), "size": i32(3, 4)}, {}
        yield op, {"images": np.zeros((1, 3, 0, 1), np.float32), "size": i32(3, 4)}, {}
        if op != "ResizeArea":
            yield op, {"images": small, "size": i32(3, 4)}, {"align_corners": True, "half_pixel_centers": True}
    yield "ResizeBilinear", {"images": bfloat16(image(np.float32, (1, 3, 4, 2), "b")), "size": i32(5, 3)}, {}


def bfloat16(array):
    import tensorflow as tf
    return array.astype(tf.bfloat16.as_numpy_dtype)


def resizing_gradients():
    for attrs in ALIGNMENTS:
        for shape, size in SIZES:
            gradient = numbers(np.float32, (shape[0],) + size + (shape[3],), "resize")
            for op in ("ResizeBilinearGrad", "ResizeBicubicGrad"):
                for dtype in GRADIENT_TYPES[:2 if op == "ResizeBicubicGrad" else 3]:
                    yield op, {"grads": gradient, "original_image": np.zeros(shape, dtype)}, attrs
            for dtype in (np.uint8, np.int8, np.int32, np.float16, np.float32, np.float64):
                yield ("ResizeNearestNeighborGrad",
                       {"grads": np.asarray(np.abs(gradient) * 5, dtype), "size": i32(*shape[1:3])}, attrs)
    for op in ("ResizeBilinearGrad", "ResizeBicubicGrad"):
        gradient = numbers(np.float32, (1, 3, 3, 2), "resize")
        yield op, {"grads": gradient[0], "original_image": np.zeros((1, 2, 2, 2), np.float32)}, {}
        yield op, {"grads": gradient, "original_image": np.zeros((2, 2, 2), np.float32)}, {}
        yield op, {"grads": gradient[:0], "original_image": np.zeros((0, 2, 2, 2), np.float32)}, {}
    yield "ResizeNearestNeighborGrad", {"grads": np.ones((2, 2, 2), np.float32), "size": i32(3, 4)}, {}
    yield "ResizeNearestNeighborGrad", {"grads": np.ones((1, 2, 2, 2), np.float32), "size": i32(3, 4, 5)}, {}
    yield "ResizeNearestNeighborGrad", {"grads": np.ones((1, 2, 2, 2), np.float32), "size": np.array(3, np.int32)}, {}


# --- pieces ----------------------------------------------------------------------------------------------------------

BOXES = np.array([[0, 0, 1, 1], [0.2, 0.1, 0.8, 0.9], [0.9, 0.8, 0.1, 0.2], [-0.3, 0.5, 0.6, 1.4], [0.5, 0.5, 0.5, 0.5],
                  [2, 2, 3, 3]], np.float32)
OF_IMAGE = i32(0, 1, 1, 0, 1, 0)


def crops():
    methods = ({}, {"method": "nearest"}, {"method": "nearest", "extrapolation_value": 7.5})
    for dtype in IMAGE_TYPES:
        for attrs in methods:
            yield "CropAndResize", {"image": image(dtype, (2, 6, 8, 3), "crop"), "boxes": BOXES, "box_ind": OF_IMAGE,
                                    "crop_size": i32(4, 5)}, attrs
    floats = image(np.float32, (2, 6, 8, 3), "crop")
    for size in ((1, 1), (1, 6), (7, 1), (13, 9)):
        for attrs in methods:
            yield "CropAndResize", {"image": floats, "boxes": BOXES, "box_ind": OF_IMAGE, "crop_size": i32(*size)}, attrs
    good = {"image": floats, "boxes": BOXES, "box_ind": OF_IMAGE, "crop_size": i32(2, 2)}
    for change in ({"boxes": BOXES[:0], "box_ind": OF_IMAGE[:0]}, {"box_ind": OF_IMAGE + 1}, {"box_ind": OF_IMAGE - 1},
                   {"box_ind": OF_IMAGE[:3]}, {"box_ind": OF_IMAGE[:, np.newaxis]}, {"boxes": BOXES[:, :3]},
                   {"boxes": BOXES[0]}, {"crop_size": i32(0, 2)}, {"crop_size": i32(2, 2, 2)}, {"image": floats[0]},
                   {"image": floats[:, :0]}, {"crop_size": np.array(2, np.int32)}):
        yield "CropAndResize", dict(good, **change), {}


def crop_gradients():
    for size in ((4, 5), (1, 1), (1, 4), (9, 7)):
        gradient = numbers(np.float32, (6,) + size + (3,), "crops")
        for method in ("bilinear", "nearest"):
            for dtype in GRADIENT_TYPES:
                yield "CropAndResizeGradImage", {"grads": gradient, "boxes": BOXES, "box_ind": OF_IMAGE,
                                                 "image_size": i32(2, 6, 8, 3)}, {"method": method, "T": dtype}
        for dtype in IMAGE_TYPES:
            yield "CropAndResizeGradBoxes", {"grads": gradient, "image": image(dtype, (2, 6, 8, 3), "crop"),
                                             "boxes": BOXES, "box_ind": OF_IMAGE}, {}
    gradient = numbers(np.float32, (6, 2, 2, 3), "crops")
    good = {"grads": gradient, "boxes": BOXES, "box_ind": OF_IMAGE, "image_size": i32(2, 6, 8, 3)}
    for change in ({"box_ind": OF_IMAGE + 1}, {"box_ind": OF_IMAGE[:3]}, {"boxes": BOXES[:, :3]}, {"grads": gradient[0]},
                   {"image_size": i32(2, 6, 8)}, {"image_size": i32(2, 6, 8, 2)}, {"grads": gradient[:, :0]},
                   {"image_size": i32(2, 0, 8, 3)}, {"image_size": i32(1, 6, 8, 3)}):
        yield "CropAndResizeGradImage", dict(good, **change), {"T": np.float32}
    good = {"grads": gradient, "boxes": BOXES, "box_ind": OF_IMAGE, "image": image(np.float32, (2, 6, 8, 3), "crop")}
    for change in ({"box_ind": OF_IMAGE + 1}, {"box_ind": OF_IMAGE[:3]}, {"boxes": BOXES[:, :3]}, {"grads": gradient[0]},
                   {"image": good["image"][0]}, {"image": good["image"][..., :2]}, {"image": good["image"][:, :0]}):
        yield "CropAndResizeGradBoxes", dict(good, **change), {}


def glimpses():
    """Windows without noise."""
    pixels = image(np.float32, (3, 6, 5, 2), "glimpse")
    offsets = np.array([[0, 0], [0.4, -0.3], [-0.25, 0.5]], np.float32)
    zero = {"uniform_noise": False, "noise": "zero"}
    for centered, normalized in itertools.product((True, False), (True, False)):
        for scale in (1, 3) if normalized else (1, 4, 9, 1e9, -1e9):
            for size in ((2, 3), (6, 5), (4, 9)):
                yield "ExtractGlimpse", {"input": pixels, "size": i32(*size), "offsets": offsets * np.float32(scale)}, dict(
                    zero, centered=centered, normalized=normalized)
    good = {"input": pixels, "size": i32(2, 3), "offsets": offsets}
    yield "ExtractGlimpse", good, {}
    for change in ({"size": i32(0, 3)}, {"size": i32(2, 3, 4)}, {"size": np.array(2, np.int32)}, {"offsets": offsets[:2]},
                   {"offsets": offsets[0]}, {"offsets": offsets[:, :1]}, {"input": pixels[0]},
                   {"input": pixels[:0], "offsets": offsets[:0]}):
        yield "ExtractGlimpse", dict(good, **change), zero
    yield "ExtractGlimpse", good, {"uniform_noise": False, "noise": "words"}


def projections():
    transforms = np.array([[1, 0, 0, 0, 1, 0, 0, 0], [1, 0, -2, 0, 1, 1.5, 0, 0], [0.8, -0.6, 2, 0.6, 0.8, -1, 0, 0],
                           [1.2, 0.1, 0.3, -0.2, 0.9, 0.4, 0.05, -0.03], [1, 0, 0, 0, 1, 0, -0.5, 0],
                           [0, 0, np.nan, 0, 0, 0, 0, 0], [1e30, 0, 0, 0, 1e30, 0, 0, 0]], np.float32)
    for interpolation in ("NEAREST", "BILINEAR"):
        for dtype in (np.uint8, np.int32, np.int64, np.float16, np.float32, np.float64):
            pixels = image(dtype, (4, 5, 6, 2), "project")
            for chosen in (transforms[:4], transforms[2:3], transforms[3:4]):
                yield "ImageProjectiveTransformV2", {"images": pixels, "transforms": chosen, "output_shape": i32(7, 4)}, {
                    "interpolation": interpolation}
            yield "ImageProjectiveTransform", {"images": pixels, "transforms": transforms[:4]}, {
                "interpolation": interpolation}
        pixels = image(np.float32, (1, 5, 6, 2), "project")
        for number in (4, 5, 6):
            yield "ImageProjectiveTransform", {"images": pixels, "transforms": transforms[number:number + 1]}, {
                "interpolation": interpolation}
    good = {"images": pixels, "transforms": transforms[:1], "output_shape": i32(2, 3)}
    for change in ({"transforms": transforms[0]}, {"transforms": transforms[:2]}, {"transforms": transforms[:1, :7]},
                   {"images": pixels[0]}, {"output_shape": i32(0, 3)}, {"output_shape": i32(2, 3, 4)},
                   {"images": pixels[:0], "transforms": transforms[:1]}):
        yield "ImageProjectiveTransformV2", dict(good, **change), {"interpolation": "NEAREST"}


# --- colors ----------------------------------------------------------------------------------------------------------


def colors():
    for dtype in FLOATS:
        pixels = np.asarray(random_for("colors").uniform(0, 1, (5, 7, 3)), dtype)
        edges = np.array(list(itertools.product((0, 0.25, 1), repeat=3)), dtype)
        for shaped in (pixels, edges, pixels * 255, pixels[0, 0], pixels[:0], pixels - dtype(0.5)):
            yield "RGBToHSV", {"images": shaped}, {}
            yield "HSVToRGB", {"images": shaped}, {}
        for op in ("RGBToHSV", "HSVToRGB"):
            yield op, {"images": pixels[..., :2]}, {}
            yield op, {"images": pixels[0, 0, 0]}, {}
    pixels = np.asarray(random_for("colors").uniform(0, 1, (2, 5, 7, 3)), np.float32)
    edges = np.array(list(itertools.product((0, 0.25, 1), repeat=3)), np.float32)[np.newaxis]
    for op, amount in (("AdjustHue", "delta"), ("AdjustSaturation", "scale")):
        for number in (0, 0.1, 0.25, 0.5, 1, 1.7, -0.3, -1, -2.4, 9.9):
            for shaped in (pixels, edges, pixels[0] * np.float32(255), pixels - np.float32(0.5)):
                yield op, {"images": shaped, amount: np.float32(number)}, {}
        yield op, {"images": pixels[..., :2], amount: np.float32(0.5)}, {}
        yield op, {"images": pixels[0, 0], amount: np.float32(0.5)}, {}
        yield op, {"images": pixels, amount: np.ones([1], np.float32)}, {}
        yield op, {"images": pixels[:0], amount: np.float32(0.5)}, {}


def contrast():
    for shape in ((5, 7, 3), (2, 16, 16, 3), (1, 1, 1), (3, 2, 4, 5, 2), (1, 31, 33, 4), (0, 3, 3), (2, 0, 3, 1)):
        for factor in (0, 0.5, 1, 2.7, -1):
            yield "AdjustContrastv2", {"images": image(np.float32, shape, "contrast"),
                                       "contrast_factor": np.float32(factor)}, {}
    yield "AdjustContrastv2", {"images": image(np.float32, (3, 3), "c"), "contrast_factor": np.float32(2)}, {}
    yield "AdjustContrastv2", {"images": image(np.float32, (3, 3, 3), "c"), "contrast_factor": np.ones(1, np.float32)}, {}


# --- boxes -----------------------------------------------------------------------------------------------------------


def drawing():
    boxes = np.array([[0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], [-0.5, 0.3, 0.5, 1.5], [0.5, 0.5, 0.5, 0.5], [0.8, 0.1, 0.2, 0.9],
                      [1.2, 0, 1.5, 1], [0.3, 0.3, 0.6, 0.4], [0.2, 0.6, 2, 0.7], [-1, -1, 2, 2], [0.7, 0, 0.9, 0.1],
                      [0.35, 0.4, 0.45, 0.6], [0, 0.9, 0.1, 1]], np.float32)
    palette = np.asarray(random_for("palette").uniform(0, 1, (3, 4)), np.float32)
    both = np.stack([boxes, boxes[::-1]])
    for depth in (1, 3, 4):
        pixels = np.asarray(random_for("draw").uniform(0, 1, (2, 10, 12, depth)), np.float32)
        yield "DrawBoundingBoxes", {"images": pixels, "boxes": both}, {}
        yield "DrawBoundingBoxes", {"images": pixels, "boxes": both[:, :0]}, {}
        for colors in (palette, palette[:1], palette[:0]):
            yield "DrawBoundingBoxesV2", {"images": pixels, "boxes": both, "colors": colors}, {}
    good = {"images": pixels, "boxes": both}
    for change in ({"images": pixels[0]}, {"images": pixels[..., :2]}, {"boxes": boxes}, {"boxes": both[:1]},
                   {"images": pixels[:, :0]}):
        yield "DrawBoundingBoxes", dict(good, **change), {}
    yield "DrawBoundingBoxesV2", dict(good, colors=palette[:, :2]), {}
    yield "DrawBoundingBoxesV2", dict(good, colors=palette[0]), {}


def distorting():
    boxes = np.array([[[0.1, 0.2, 0.5, 0.9], [0.4, 0.4, 0.6, 0.5]]], np.float32)
    for seed in range(12):
        for size in ((40, 60, 3), (99, 31, 1), (7, 120, 3)):
            good = {"image_size": i32(*size), "bounding_boxes": boxes}
            seeds = {"seed": seed + 1, "seed2": 7 * seed}
            yield "SampleDistortedBoundingBox", good, seeds
            yield "SampleDistortedBoundingBox", good, dict(seeds, area_range=[0.3, 0.9], aspect_ratio_range=[0.5, 2.0])
            yield "SampleDistortedBoundingBox", good, dict(seeds, min_object_covered=0.9, max_attempts=3)
            yield "SampleDistortedBoundingBox", good, dict(seeds, min_object_covered=0.0, area_range=[0.01, 0.02])
            for covered in (0.0, 0.5, 1.0):
                yield "SampleDistortedBoundingBoxV2", dict(good, min_object_covered=np.float32(covered)), seeds
    for dtype in (np.uint8, np.int8, np.int16, np.int64):
        yield "SampleDistortedBoundingBox", {"image_size": np.array([40, 60, 3], dtype), "bounding_boxes": boxes}, {
            "seed": 5}
    good = {"image_size": i32(40, 60, 3), "bounding_boxes": boxes}
    yield "SampleDistortedBoundingBox", dict(good, bounding_boxes=boxes[:, :0]), {"seed": 3}
    yield "SampleDistortedBoundingBox", dict(good, bounding_boxes=boxes[:, :0]), {
        "seed": 3, "use_image_if_no_bounding_boxes": True}
    for change in ({"image_size": i32(40, 60)}, {"image_size": i32(0, 60, 3)}, {"bounding_boxes": boxes[0]},
                   {"bounding_boxes": boxes[..., :3]}, {"bounding_boxes": boxes * 2}, {"bounding_boxes": -boxes},
                   {"image_size": i32(-1, 60, 3)}, {"bounding_boxes": boxes * 0}):
        yield "SampleDistortedBoundingBox", dict(good, **change), {"seed": 3}
    for attrs in ({"area_range": [0.0, 1.0]}, {"area_range": [0.5, 1.5]}, {"area_range": [0.5]}, {"max_attempts": 0},
                  {"area_range": [0.9, 0.1]}, {"aspect_ratio_range": [0.0, 1.0]}, {"aspect_ratio_range": [1.0]},
                  {"aspect_ratio_range": [2.0, 1.0]}, {"min_object_covered": 1.5}, {"min_object_covered": -0.5}):
        yield "SampleDistortedBoundingBox", good, dict(attrs, seed=3)
    yield "SampleDistortedBoundingBoxV2", dict(good, min_object_covered=np.float32(2)), {"seed": 3}
    yield "SampleDistortedBoundingBoxV2", dict(good, min_object_covered=np.ones(1, np.float32)), {"seed": 3}


def scattered_boxes(dtype, count, key):
    random = random_for("boxes", key)
    corners = random.uniform(0, 1, (count, 2))
    return np.asarray(np.concatenate([corners, corners + random.uniform(-0.1, 0.5, (count, 2))], 1), dtype)


def suppression():
    for count in (0, 1, 5, 40):
        for dtype in (np.float32, np.float16):
            boxes = scattered_boxes(dtype, count, count)
            scores = np.asarray(random_for("scores").uniform(-0.2, 1, count), dtype)
            tied = np.round(scores * 4) / dtype(4)
            for given, most, limit in itertools.product((scores, tied), (3, 100), (0, 0.3, 0.5, 1)):
                good = {"boxes": boxes, "scores": given, "max_output_size": np.int32(most)}
                threshold = {"iou_threshold": dtype(limit)}
                if dtype is np.float32:
                    yield "NonMaxSuppression", good, {"iou_threshold": limit}
                yield "NonMaxSuppressionV2", dict(good, **threshold), {}
                scored = dict(good, score_threshold=dtype(0.25), **threshold)
                yield "NonMaxSuppressionV3", scored, {}
                for pad in (True, False):
                    attrs = {"pad_to_max_output_size": pad}
                    yield "NonMaxSuppressionV4", scored, attrs
                    for sigma in (0, 0.5):
                        yield "NonMaxSuppressionV5", dict(scored, soft_nms_sigma=dtype(sigma)), attrs
    boxes, scores = scattered_boxes(np.float32, 5, "bad"), np.linspace(0, 1, 5, dtype=np.float32)
    good = {"boxes": boxes, "scores": scores, "max_output_size": np.int32(3), "iou_threshold": np.float32(0.5),
            "score_threshold": np.float32(0)}
    for change in ({"boxes": boxes[:, :3]}, {"boxes": boxes[0]}, {"scores": scores[:3]}, {"scores": scores[:, np.newaxis]},
                   {"iou_threshold": np.float32(1.5)}, {"iou_threshold": np.float32(-0.5)}, {"max_output_size": i32(3, 3)},
                   {"max_output_size": np.int32(0)}, {"max_output_size": np.int32(-1)},
                   {"iou_threshold": np.ones(1, np.float32)}, {"score_threshold": np.ones(1, np.float32)}):
        yield "NonMaxSuppressionV3", dict(good, **change), {}
    overlaps = np.asarray(random_for("overlaps").uniform(0, 1, (6, 6)), np.float32)
    np.fill_diagonal(overlaps, 1)
    scores = np.asarray(random_for("scores").uniform(0, 1, 6), np.float32)
    for most, limit, least in itertools.product((2, 9), (0.2, 0.5, 0.8), (0, 0.4)):
        good = {"overlaps": overlaps, "scores": scores, "max_output_size": np.int32(most),
                "overlap_threshold": np.float32(limit), "score_threshold": np.float32(least)}
        yield "NonMaxSuppressionWithOverlaps", good, {}
    yield "NonMaxSuppressionWithOverlaps", dict(good, overlaps=overlaps[:, :5]), {}
    yield "NonMaxSuppressionWithOverlaps", dict(good, scores=scores[:5]), {}


def combined_suppression():
    random = random_for("combined")
    for classes, of_boxes in ((1, 1), (3, 1), (3, 3)):
        corners = random.uniform(0, 1, (2, 15, of_boxes, 2))
        boxes = np.asarray(np.concatenate([corners, corners + random.uniform(0, 0.5, corners.shape)], -1), np.float32)
        scores = np.asarray(random.uniform(0, 1, (2, 15, classes)), np.float32)
        for each, most, clip in itertools.product((2, 20), (4, 50), (True, False)):
            yield "CombinedNonMaxSuppression", {
                "boxes": boxes, "scores": scores, "max_output_size_per_class": np.int32(each),
                "max_total_size": np.int32(most), "iou_threshold": np.float32(0.3),
                "score_threshold": np.float32(0.2)}, {"clip_boxes": clip}
    good = {"boxes": boxes, "scores": scores, "max_output_size_per_class": np.int32(2), "max_total_size": np.int32(4),
            "iou_threshold": np.float32(0.3), "score_threshold": np.float32(0.2)}
    for change in ({"boxes": boxes[:, :, :2]}, {"boxes": boxes[:1]}, {"boxes": boxes[..., :3]}, {"boxes": boxes[0]},
                   {"scores": scores[:, :5]}, {"max_output_size_per_class": np.int32(0)}, {"max_total_size": np.int32(0)},
                   {"iou_threshold": np.float32(2)}, {"score_threshold": np.float32(2)}):
        yield "CombinedNonMaxSuppression", dict(good, **change), {}


# --- files -----------------------------------------------------------------------------------------------------------

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "fuzz", "corpus")


def samples(kind):
    """The small files that fuzzing begins with, sound ones and others."""
    folder = os.path.join(SAMPLES, kind)
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as stream:
            yield name, text(stream.read())


def text(data):
    return np.array(data, object)


JUNK = (text(b""), text(b"junkjunkjunkjunkjunk"), text(b"\xff\xd8\xff"), text(b"GIF89a"), text(b"BM"))


def decoding():
    for _, contents in samples("png"):
        for channels in (0, 1, 3, 4):
            yield "DecodePng", {"contents": contents}, {"channels": channels}
        yield "DecodePng", {"contents": contents}, {"channels": 0, "dtype": np.uint16}
        yield "DecodePng", {"contents": contents}, {"channels": 4, "dtype": np.uint16}
        yield "DecodePng", {"contents": contents}, {"channels": 1, "dtype": np.uint16}
    for _, contents in samples("gif"):
        yield "DecodeGif", {"contents": contents}, {}
        for channels in (0, 1, 3):
            yield "DecodePng", {"contents": contents}, {"channels": channels}
    for _, contents in samples("bmp"):
        for channels in (0, 1, 3, 4, 2):
            yield "DecodeBmp", {"contents": contents}, {"channels": channels}
    for kind in ("png", "jpeg", "gif", "bmp"):
        name, contents = list(samples(kind))[-1]
        for op in ("DecodePng", "DecodeJpeg", "DecodeGif", "DecodeBmp"):
            yield op, {"contents": contents}, {}
        yield "DecodePng", {"contents": contents}, {"dtype": np.uint16}
    for contents in JUNK + (np.array([b"a", b"b"], object),):
        for op in ("DecodePng", "DecodeJpeg", "DecodeGif", "DecodeBmp", "ExtractJpegShape"):
            yield op, {"contents": contents}, {}
    for channels in (1, 3, 4):
        yield "DecodeJpeg", {"contents": list(samples("png"))[-1][1]}, {"channels": channels}


def decoding_jpeg():
    for name, contents in samples("jpeg"):
        for attrs in ({}, {"channels": 1}, {"channels": 3}, {"ratio": 2}, {"ratio": 4}, {"ratio": 8},
                      {"fancy_upscaling": False}, {"dct_method": "INTEGER_ACCURATE"}, {"dct_method": "INTEGER_FAST"},
                      {"try_recover_truncated": True}, {"acceptable_fraction": 0.2}):
            if name == "cut" and "try_recover_truncated" in attrs:
                continue  # what stands behind the end depends on the version of libjpeg
            yield "DecodeJpeg", {"contents": contents}, attrs
        for dtype in (np.int32, np.int64):
            yield "ExtractJpegShape", {"contents": contents}, {"output_type": dtype}
        for window in ((0, 0, 5, 7), (3, 5, 11, 9), (10, 17, 1, 1), (0, 0, 19, 23), (17, 0, 2, 23)):
            yield "DecodeAndCropJpeg", {"contents": contents, "crop_window": i32(*window)}, {}
            yield "DecodeAndCropJpeg", {"contents": contents, "crop_window": i32(*window)}, {"channels": 1}
        yield "DecodePng", {"contents": contents}, {}
        yield "DecodeGif", {"contents": contents}, {}
    contents = dict(samples("jpeg"))["rgb420"]
    for window in ((0, 0, 0, 5), (-1, 0, 5, 5), (0, 0, 36, 5), (30, 30, 6, 11), (0, 0, 5), (0, 0, 5, 42)):
        yield "DecodeAndCropJpeg", {"contents": contents, "crop_window": np.array(window, np.int32)}, {}
    yield "DecodeAndCropJpeg", {"contents": contents, "crop_window": np.array(3, np.int32)}, {}
    yield "DecodeAndCropJpeg", {"contents": dict(samples("png"))["rgb8"], "crop_window": i32(0, 0, 2, 2)}, {}
    for attrs in ({"channels": 2}, {"channels": 4}, {"ratio": 3}, {"dct_method": "SLOW"}):
        yield "DecodeJpeg", {"contents": contents}, attrs
        yield "DecodeAndCropJpeg", {"contents": contents, "crop_window": i32(0, 0, 2, 2)}, attrs


def encoding():
    for channels in (1, 2, 3, 4, 5):
        for dtype in (np.uint8, np.uint16):
            pixels = np.asarray(random_for("encode").uniform(0, 255, (6, 9, channels)), dtype)
            yield "EncodePng", {"image": pixels * dtype(200 if dtype is np.uint16 else 1)}, {}
        for compression in (0, 1, 9):
            yield "EncodePng", {"image": np.asarray(pixels, np.uint8)}, {"compression": compression}
        yield "EncodeJpeg", {"image": np.asarray(pixels, np.uint8)}, {}
    waves = np.asarray(127 + 120 * np.sin(np.arange(33 * 27 * 3) / 9).reshape(33, 27, 3), np.uint8)
    for attrs in ({}, {"quality": 0}, {"quality": 30}, {"quality": 100}, {"progressive": True}, {"optimize_size": True},
                  {"chroma_downsampling": False}, {"density_unit": "cm", "x_density": 5, "y_density": 700},
                  {"xmp_metadata": b"<words>"}, {"format": "rgb"}):
        yield "EncodeJpeg", {"image": waves}, attrs
        yield "EncodeJpeg", {"image": waves[..., :1]}, attrs
    yield "EncodeJpeg", {"image": waves[..., :1]}, {"format": "grayscale"}
    for quality in (0, 50, 95, 100, -1, 101):
        yield "EncodeJpegVariableQuality", {"images": waves, "quality": np.int32(quality)}, {}
        yield "EncodeJpeg", {"image": waves}, {"quality": quality}
    yield "EncodeJpegVariableQuality", {"images": waves[0], "quality": np.int32(50)}, {}
    yield "EncodeJpegVariableQuality", {"images": waves, "quality": i32(50, 60)}, {}
    for bad in (waves[0], waves[:0], waves[:, :0], waves[..., :2]):
        yield "EncodeJpeg", {"image": bad}, {}
        yield "EncodePng", {"image": bad}, {}
    for compression in (-2, 10):
        yield "EncodePng", {"image": waves}, {"compression": compression}


FAMILIES = {
    "resizing": resizing, "resizing_gradients": resizing_gradients, "crops": crops, "crop_gradients": crop_gradients,
    "glimpses": glimpses, "projections": projections, "colors": colors, "contrast": contrast,
    "drawing": drawing, "distorting": distorting, "suppression": suppression,
    "combined_suppression": combined_suppression, "decoding": decoding, "decoding_jpeg": decoding_jpeg,
    "encoding": encoding,
}
