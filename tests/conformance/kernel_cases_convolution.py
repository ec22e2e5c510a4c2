"""Inputs for record_kernels.py, as in kernel_cases.py: convolutions and pooling.

Left out is what the reference refuses and we compute: gradients of dilated convolutions, depthwise convolutions whose
strides differ; and what crashes it: argmax of windows of channels, images without channels, volumes of more channels than their
filters. Halves are small
integers: the reference rounds after each addition, so that other sums depend on its order.
"""

import itertools

import numpy as np

from kernel_inputs import i32, numbers

FLOATING = (np.float32, np.float64, np.float16)
REAL = FLOATING + (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64)


def factors(dtype, shape, key):
    values = numbers(dtype, shape, key)
    return np.floor(values) if dtype == np.float16 else values


# Images, filters, strides (rows, columns), padding, dilations.
IMAGES = (
    ((2, 5, 7, 3), (3, 3, 3, 4), (1, 1), "SAME", (1, 1)),
    ((2, 5, 7, 3), (3, 3, 3, 4), (1, 1), "VALID", (1, 1)),
    ((1, 8, 9, 2), (2, 4, 2, 5), (2, 1), "SAME", (1, 1)),
    ((3, 9, 8, 1), (5, 3, 1, 2), (2, 3), "VALID", (1, 1)),
    ((1, 13, 13, 1), (6, 6, 1, 1), (5, 5), "SAME", (1, 1)),
    ((1, 13, 13, 1), (6, 6, 1, 1), (5, 5), "VALID", (1, 1)),
    ((2, 4, 4, 6), (1, 1, 6, 3), (1, 1), "SAME", (1, 1)),
    ((2, 5, 5, 3), (1, 1, 3, 2), (2, 2), "VALID", (1, 1)),
    ((1, 3, 3, 2), (3, 3, 2, 7), (1, 1), "VALID", (1, 1)),
    ((1, 2, 2, 2), (5, 5, 2, 3), (1, 1), "SAME", (1, 1)),
    ((1, 9, 9, 2), (3, 3, 2, 3), (1, 1), "SAME", (2, 3)),
    ((1, 9, 9, 2), (3, 3, 2, 3), (2, 1), "VALID", (2, 1)),
    ((2, 6, 5, 8), (3, 3, 8, 16), (1, 1), "SAME", (1, 1)),
    ((3, 9, 9, 8), (3, 3, 8, 16), (2, 2), "SAME", (1, 1)),
    ((7, 6, 6, 12), (3, 3, 12, 16), (1, 1), "VALID", (1, 1)),
)


def conv2d():
    for shape, filters, strides, padding, dilations in IMAGES:
        attrs = {"strides": [1, *strides, 1], "padding": padding, "dilations": [1, *dilations, 1]}
        for dtype in FLOATING:
            yield "Conv2D", {"input": factors(dtype, shape, "x"), "filter": factors(dtype, filters, "filter")}, attrs
    x, w = numbers(np.float32, (2, 5, 7, 3), "x"), numbers(np.float32, (3, 3, 3, 4), "w")
    plain = {"strides": [1, 1, 1, 1], "padding": "VALID"}
    for pads in ([0, 0, 1, 2, 0, 3, 0, 0], [0, 0, 0, 0, 4, 1, 0, 0], [0, 0, 5, 5, 5, 5, 0, 0]):
        for strides in ([1, 1, 1, 1], [1, 2, 3, 1]):
            yield "Conv2D", {"input": x, "filter": w}, {
                "strides": strides, "padding": "EXPLICIT", "explicit_paddings": pads}
    yield "Conv2D", {"input": x[:0], "filter": w}, plain
    for bad in ({"input": x[0]}, {"filter": w[0]}, {"filter": w[:, :, :2]}, {"filter": numbers(np.float32, (9, 1, 3, 2), "w")}):
        yield "Conv2D", dict({"input": x, "filter": w}, **bad), plain
    for wrong in ({"strides": [2, 1, 1, 1]}, {"strides": [1, 1, 1, 2]}, {"dilations": [2, 1, 1, 1]}, {"data_format": "NCHW"}):
        arguments = {"input": x, "filter": w}
        if "data_format" in wrong:
            arguments = {"input": numbers(np.float32, (2, 3, 5, 7), "x"), "filter": w}
        yield "Conv2D", arguments, dict(plain, **wrong)


def out_size(size, window, stride, padding):
    return -(-size // stride) if padding == "SAME" else (size - window + stride) // stride


def gradients(by_input, by_filter, cases, filters_of, attrs_of, dtypes):
    for shape, filters, strides, padding in cases:
        spatial = [out_size(*sizes, padding) for sizes in zip(shape[1:-1], filters, strides)]
        y = (shape[0], *spatial, filters_of(filters))
        attrs = attrs_of(strides, padding)
        for dtype in dtypes:
            dy = factors(dtype, y, "dy")
            yield by_input, {"input_sizes": i32(*shape), "filter": factors(dtype, filters, "filter"), "out_backprop": dy}, attrs
            yield by_filter, {"input": factors(dtype, shape, "x"), "filter_sizes": i32(*filters), "out_backprop": dy}, attrs


def image_attrs(strides, padding):
    return {"strides": [1, *strides, 1], "padding": padding}


def conv2d_gradients():
    by_input, by_filter = "Conv2DBackpropInput", "Conv2DBackpropFilter"
    cases = [case[:4] for case in IMAGES if case[4] == (1, 1)]
    yield from gradients(by_input, by_filter, cases, lambda f: f[-1], image_attrs, FLOATING)
    x, w = numbers(np.float32, (2, 5, 7, 3), "x"), numbers(np.float32, (3, 3, 3, 4), "w")
    dy = numbers(np.float32, (2, 3, 5, 4), "dy")
    plain = image_attrs((1, 1), "VALID")
    good = {"input_sizes": i32(2, 5, 7, 3), "filter": w, "out_backprop": dy}
    for bad in ({"input_sizes": i32(2, 5, 7)}, {"input_sizes": i32(2, 6, 7, 3)}, {"input_sizes": i32(1, 5, 7, 3)},
                {"input_sizes": i32(2, 5, 7, 2)}, {"out_backprop": dy[:, :, :, :3]}, {"out_backprop": dy[0]}, {"filter": w[0]}):
        yield by_input, dict(good, **bad), plain
    good = {"input": x, "filter_sizes": i32(3, 3, 3, 4), "out_backprop": dy}
    for bad in ({"filter_sizes": i32(3, 3, 3)}, {"filter_sizes": i32(3, 3, 2, 4)}, {"filter_sizes": i32(3, 3, 3, 5)},
                {"input": x[0]}, {"input": x[:1]}, {"out_backprop": dy[0]}, {"out_backprop": dy[:, :2]}):
        yield by_filter, dict(good, **bad), plain
    for pads in ([0, 0, 1, 2, 0, 3, 0, 0], [0, 0, 0, 1, 4, 1, 0, 0]):
        attrs = {"strides": [1, 1, 1, 1], "padding": "EXPLICIT", "explicit_paddings": pads}
        dy = numbers(np.float32, (2, 3 + pads[2] + pads[3], 5 + pads[4] + pads[5], 4), "dy")
        yield by_input, {"input_sizes": i32(2, 5, 7, 3), "filter": w, "out_backprop": dy}, attrs
        yield by_filter, {"input": x, "filter_sizes": i32(3, 3, 3, 4), "out_backprop": dy}, attrs


VOLUMES = (
    ((2, 4, 5, 6, 3), (2, 3, 3, 3, 4), (1, 1, 1), "SAME"),
    ((1, 4, 5, 6, 2), (2, 3, 1, 2, 3), (1, 1, 1), "VALID"),
    ((2, 5, 5, 5, 1), (3, 3, 3, 1, 2), (2, 2, 2), "SAME"),
    ((1, 5, 7, 4, 8), (3, 2, 3, 8, 8), (1, 2, 1), "VALID"),
    ((2, 2, 3, 3, 4), (1, 1, 1, 4, 2), (1, 1, 1), "VALID"),
)


def volume_attrs(strides, padding):
    return {"strides": [1, *strides, 1], "padding": padding}


def conv3d():
    for shape, filters, strides, padding in VOLUMES:
        for dtype in FLOATING:
            yield "Conv3D", {"input": factors(dtype, shape, "x"), "filter": factors(dtype, filters, "filter")}, volume_attrs(
                strides, padding)
    x, w = numbers(np.float32, (1, 4, 4, 4, 2), "x"), numbers(np.float32, (2, 2, 2, 2, 3), "w")
    for bad in ({"input": x[0]}, {"filter": w[0]}):
        yield "Conv3D", dict({"input": x, "filter": w}, **bad), volume_attrs((1, 1, 1), "SAME")
    yield from gradients("Conv3DBackpropInputV2", "Conv3DBackpropFilterV2", VOLUMES, lambda f: f[-1], volume_attrs,
                         (np.float32, np.float64))


DEPTHWISE = (
    ((2, 5, 7, 3), (3, 3, 3, 2), (1, 1), "SAME"),
    ((2, 5, 7, 3), (3, 3, 3, 1), (1, 1), "VALID"),
    ((1, 8, 9, 2), (2, 4, 2, 5), (2, 2), "SAME"),
    ((1, 9, 9, 17), (3, 3, 17, 1), (3, 3), "VALID"),
)


def depthwise():
    for shape, filters, strides, padding in DEPTHWISE:
        for dtype in FLOATING:
            yield "DepthwiseConv2dNative", {
                "input": factors(dtype, shape, "x"), "filter": factors(dtype, filters, "filter")}, image_attrs(strides, padding)
    x, w = numbers(np.float32, (2, 5, 7, 3), "x"), numbers(np.float32, (3, 3, 3, 2), "w")
    yield "DepthwiseConv2dNative", {"input": x, "filter": w}, dict(image_attrs((1, 1), "VALID"), dilations=[1, 2, 2, 1])
    for bad in ({"input": x[0]}, {"filter": w[0]}, {"filter": w[:, :, :2]}):
        yield "DepthwiseConv2dNative", dict({"input": x, "filter": w}, **bad), image_attrs((1, 1), "VALID")
    yield from gradients("DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter", DEPTHWISE,
                         lambda f: f[2] * f[3], image_attrs, FLOATING)


# --- pooling ---------------------------------------------------------------------------------------------------------

# Data, window, strides, padding.
POOLS = (
    ((2, 6, 8, 3), (2, 2), (2, 2), "VALID"),
    ((2, 5, 7, 3), (2, 2), (2, 2), "SAME"),
    ((1, 7, 7, 5), (3, 3), (2, 2), "VALID"),
    ((1, 7, 6, 2), (3, 3), (1, 1), "SAME"),
    ((3, 5, 4, 1), (1, 3), (1, 2), "SAME"),
    ((1, 3, 3, 4), (5, 5), (1, 1), "SAME"),
    ((1, 2, 2, 300), (2, 2), (1, 1), "VALID"),
    ((2, 4, 4, 2), (1, 1), (1, 1), "VALID"),
)
VOLUME_POOLS = (
    ((2, 4, 6, 5, 3), (2, 2, 2), (2, 2, 2), "VALID"),
    ((1, 5, 5, 5, 2), (2, 3, 1), (1, 2, 2), "SAME"),
    ((1, 3, 3, 3, 4), (3, 3, 3), (1, 1, 1), "SAME"),
)


def pool_attrs(window, strides, padding):
    return {"ksize": [1, *window, 1], "strides": [1, *strides, 1], "padding": padding}


def pooled(shape, window, strides, padding):
    return (shape[0], *(out_size(*sizes, padding) for sizes in zip(shape[1:-1], window, strides)), shape[-1])


def ties(dtype, shape, key):
    """Few different values, so that windows have several largest elements."""
    return np.floor(numbers(np.float32, shape, key, 0, 4)).astype(dtype)


def largest(x, window, strides, padding):
    """The pooled values, which the gradients want to see."""
    out = pooled(x.shape, window, strides, padding)
    y = np.zeros(out, x.dtype)
    for at in itertools.product(*map(range, out[1:-1])):
        inside = []
        for i, (size, length, stride, count) in enumerate(zip(x.shape[1:], window, strides, out[1:])):
            before = max((count - 1) * stride + length - size, 0) // 2 if padding == "SAME" else 0
            start = at[i] * stride - before
            inside.append(slice(max(start, 0), min(start + length, size)))
        y[(slice(None), *at)] = x[(slice(None), *inside)].max(axis=tuple(range(1, len(out) - 1)))
    return y


def max_pool():
    for case in POOLS:
        shape, attrs = case[0], pool_attrs(*case[1:])
        for dtype in REAL:
            yield "MaxPool", {"input": numbers(dtype, shape, "x") if dtype not in (np.uint8, np.uint16) else ties(
                dtype, shape, "x")}, attrs
        yield "MaxPoolV2", {"input": numbers(np.float32, shape, "x"), "ksize": i32(*attrs["ksize"]),
                            "strides": i32(*attrs["strides"])}, {"padding": attrs["padding"]}
    x = numbers(np.float32, (2, 5, 7, 6), "x")
    odd = np.array([-np.inf, np.inf, 1e-30, -1e30, 3, 7, -2, 0, -np.inf] * 4, np.float32).reshape((1, 6, 6, 1))
    odd[0, :2, :2] = -np.inf
    yield "MaxPool", {"input": odd}, pool_attrs((2, 2), (2, 2), "VALID")
    for window, strides in (([1, 1, 1, 3], [1, 1, 1, 3]), ([1, 1, 1, 2], [1, 1, 1, 2])):
        yield "MaxPool", {"input": x}, {"ksize": window, "strides": strides, "padding": "VALID"}
    for window, strides in (([1, 1, 1, 4], [1, 1, 1, 4]), ([1, 1, 1, 3], [1, 1, 1, 1]), ([1, 2, 2, 3], [1, 1, 1, 3]),
                            ([2, 2, 2, 1], [1, 1, 1, 1]), ([1, 9, 9, 1], [1, 1, 1, 1])):
        yield "MaxPool", {"input": x}, {"ksize": window, "strides": strides, "padding": "VALID"}
    yield "MaxPool", {"input": x[0]}, pool_attrs((2, 2), (2, 2), "VALID")
    yield "MaxPool", {"input": x}, dict(pool_attrs((2, 2), (2, 2), "VALID"), data_format="NCHW")
    yield "MaxPool", {"input": x[:0]}, pool_attrs((2, 2), (2, 2), "VALID")
    for case in VOLUME_POOLS:
        yield "MaxPool3D", {"input": numbers(np.float32, case[0], "x")}, pool_attrs(*case[1:])
    yield "MaxPool3D", {"input": x}, pool_attrs((2, 2, 2), (1, 1, 1), "SAME")


def max_pool_gradients():
    for case in POOLS:
        shape, attrs = case[0], pool_attrs(*case[1:])
        for dtype in REAL:
            x = ties(dtype, shape, "x")
            y, dy = largest(x, *case[1:]), ties(dtype, pooled(*case), "dy")
            yield "MaxPoolGrad", {"orig_input": x, "orig_output": y, "grad": dy}, attrs
            yield "MaxPoolGradGrad", {"orig_input": x, "orig_output": y, "grad": ties(dtype, shape, "ddy")}, attrs
            for batch in (False, True):
                yield "MaxPoolWithArgmax", {"input": x}, dict(attrs, include_batch_in_index=batch)
        sizes = {"ksize": i32(*attrs["ksize"]), "strides": i32(*attrs["strides"])}
        for op, like in (("MaxPoolGradV2", dy), ("MaxPoolGradGradV2", x)):
            yield op, {"orig_input": x, "orig_output": y, "grad": like, **sizes}, {"padding": attrs["padding"]}
    x = numbers(np.float32, (2, 4, 4, 3), "x")
    y, attrs = largest(x, (2, 2), (2, 2), "VALID"), pool_attrs((2, 2), (2, 2), "VALID")
    argmax = np.arange(24, dtype=np.int64).reshape(2, 2, 2, 3) * 2 % 48
    yield "MaxPoolGradWithArgmax", {"input": x, "grad": y, "argmax": argmax}, attrs
    yield "MaxPoolGradWithArgmax", {"input": x, "grad": y, "argmax": argmax}, dict(attrs, include_batch_in_index=True)
    for bad in ({"orig_input": x[0]}, {"orig_output": y[0]}, {"grad": y[0]}):
        yield "MaxPoolGrad", dict({"orig_input": x, "orig_output": y, "grad": y}, **bad), attrs
    for case in VOLUME_POOLS:
        shape, attrs = case[0], pool_attrs(*case[1:])
        x = ties(np.float32, shape, "x")
        y, dy = largest(x, *case[1:]), ties(np.float32, pooled(*case), "dy")
        yield "MaxPool3DGrad", {"orig_input": x, "orig_output": y, "grad": dy}, attrs
        yield "MaxPool3DGradGrad", {"orig_input": x, "orig_output": y, "grad": ties(np.float32, shape, "ddy")}, attrs


def avg_pool():
    for case in POOLS:
        shape, attrs = case[0], pool_attrs(*case[1:])
        for dtype in FLOATING:
            yield "AvgPool", {"value": numbers(dtype, shape, "x")}, attrs
            yield "AvgPoolGrad", {"orig_input_shape": i32(*shape), "grad": numbers(dtype, pooled(*case), "dy")}, attrs
    x = numbers(np.float32, (2, 5, 7, 6), "x")
    yield "AvgPool", {"value": x}, {"ksize": [1, 1, 1, 3], "strides": [1, 1, 1, 3], "padding": "VALID"}
    yield "AvgPool", {"value": x[0]}, pool_attrs((2, 2), (2, 2), "VALID")
    yield "AvgPool", {"value": x[:0]}, pool_attrs((2, 2), (2, 2), "VALID")
    yield "AvgPoolGrad", {"orig_input_shape": i32(5, 7, 6), "grad": x}, pool_attrs((1, 1), (1, 1), "VALID")
    for case in VOLUME_POOLS:
        attrs = pool_attrs(*case[1:])
        yield "AvgPool3D", {"input": numbers(np.float32, case[0], "x")}, attrs
        yield "AvgPool3DGrad", {"orig_input_shape": i32(*case[0]), "grad": numbers(np.float32, pooled(*case), "dy")}, attrs


def local_response():
    for shape in ((2, 3, 3, 7), (1, 1, 2, 1), (1, 2, 2, 20)):
        for attrs in ({}, {"depth_radius": 2, "bias": 1.0, "alpha": 2e-5, "beta": 0.75},
                      {"depth_radius": 1, "bias": 2.0, "alpha": 0.5, "beta": 1.0}, {"depth_radius": 0}):
            x = numbers(np.float32, shape, "x")
            yield "LRN", {"input": x}, attrs
            yield "LRNGrad", {"input_grads": numbers(np.float32, shape, "dy"), "input_image": x,
                              "output_image": x * np.float32(0.4)}, attrs
    yield "LRN", {"input": x[0]}, {}
    yield "LRNGrad", {"input_grads": x, "input_image": x, "output_image": x[:, :1]}, {}


# --- space, batch and channels ---------------------------------------------------------------------------------------

def space():
    """Without the ND forms: the reference does not build them for blocks of unknown shape."""
    x = numbers(np.float32, (4, 4, 6, 3), "x")
    for edges in ([[0, 0], [0, 0]], [[1, 1], [2, 0]]):
        yield "SpaceToBatch", {"input": x, "paddings": i32(edges)}, {"block_size": 2}
        yield "BatchToSpace", {"input": x, "crops": i32(edges)}, {"block_size": 2}
    for op, edges in (("SpaceToBatch", "paddings"), ("BatchToSpace", "crops")):
        for bad in ({"input": x[:3, :3]}, {edges: i32([[0, 0]])}, {edges: i32([[0, 0], [-1, 1]])},
                    {edges: i32([[0, 0, 0], [0, 0, 0]])}, {"input": x[0]}):
            yield op, dict({"input": x, edges: i32([[0, 0], [0, 0]])}, **bad), {"block_size": 2}
    yield "BatchToSpace", {"input": x, "crops": i32([[4, 5], [0, 0]])}, {"block_size": 2}
    for dtype in REAL + (np.bool_, np.complex64):
        x = numbers(np.float32, (2, 6, 4, 8), "x", 0, 9).astype(dtype)
        yield "SpaceToDepth", {"input": x}, {"block_size": 2}
        yield "DepthToSpace", {"input": x}, {"block_size": 2}
    words = np.array([b"%d" % i for i in range(16)], object).reshape((1, 2, 2, 4))
    yield "SpaceToDepth", {"input": words}, {"block_size": 2}
    yield "DepthToSpace", {"input": words}, {"block_size": 2}
    yield "SpaceToDepth", {"input": x}, {"block_size": 3}
    yield "DepthToSpace", {"input": x}, {"block_size": 3}
    yield "SpaceToDepth", {"input": x[0]}, {"block_size": 2}


def dilation():
    for shape, filters, strides, rates, padding in (((2, 5, 7, 3), (3, 3, 3), (1, 1), (1, 1), "SAME"),
                                                    ((1, 8, 9, 2), (2, 3, 2), (2, 1), (1, 2), "VALID"),
                                                    ((1, 6, 6, 1), (3, 2, 1), (1, 2), (2, 1), "SAME")):
        attrs = {"strides": [1, *strides, 1], "rates": [1, *rates, 1], "padding": padding}
        out = [out_size(size, (window - 1) * rate + 1, stride, padding)
               for size, window, stride, rate in zip(shape[1:], filters, strides, rates)]
        for dtype in REAL:
            x, w, dy = (ties(dtype, size, key) for size, key in (
                (shape, "x"), (filters, "w"), ((shape[0], *out, shape[3]), "dy")))
            yield "Dilation2D", {"input": x, "filter": w}, attrs
            yield "Dilation2DBackpropInput", {"input": x, "filter": w, "out_backprop": dy}, attrs
            yield "Dilation2DBackpropFilter", {"input": x, "filter": w, "out_backprop": dy}, attrs
    for bad in ({"input": x[0]}, {"filter": w[0]}, {"filter": np.concatenate([w, w], 2)}):
        yield "Dilation2D", dict({"input": x, "filter": w}, **bad), attrs
    yield "Dilation2DBackpropInput", {"input": x, "filter": w, "out_backprop": dy[:, :1]}, attrs


FAMILIES = {
    "convolutions": lambda: itertools.chain(conv2d(), conv2d_gradients()),
    "convolutions_of_volumes": conv3d,
    "depthwise_convolutions": depthwise,
    "pooling": lambda: itertools.chain(max_pool(), max_pool_gradients(), avg_pool()),
    "local_response": local_response,
    "space": space,
    "dilation": dilation,
}
