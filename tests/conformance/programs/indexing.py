import tensorflow as tf

import numpy as np


def slices():
    """Every form of x[...] on a tensor of known shape."""
    x = tf.constant(np.arange(60).reshape(3, 4, 5), tf.float32, name="x")
    i = tf.constant(1, name="i")
    results = [
        x[0], x[-1], x[1, 2], x[1, 2, 3], x[-1, -2, -3], x[:], x[:, :], x[0:2], x[:2], x[1:], x[-2:], x[:-1], x[::2],
        x[::-1], x[2:0:-1], x[:, 1], x[:, 1:3], x[:, :, 0], x[..., 0], x[0, ...], x[..., 1:3, :], x[..., 1:, ::2],
        x[tf.newaxis], x[:, tf.newaxis], x[..., tf.newaxis], x[None, 0, None], x[0:1], x[0:0], x[1:100], x[i], x[i:],
        x[:i], x[i, 0], x[i:i + 1], x[0, i:, ::i], x[tf.constant(0):2], x[np.int64(1)], x[np.array(1)], x[1][2][3],
        x[slice(0, 2)], x[0, :, tf.newaxis, 1:2], x[-3:-1, -4], x[(0, 1)], x[..., ], x[:, ::-1, ::-2],
    ]
    facts = {"%02d" % number: "%s %s" % (result.name, result.shape) for number, result in enumerate(results)}
    return {"steps": [{"fetch": results}], "facts": facts}


def unknown_shapes():
    x = tf.placeholder(tf.float32, (None, 4), name="x")
    u = tf.placeholder(tf.float32, name="u")
    n = tf.placeholder(tf.int32, (), name="n")
    results = [x[0], x[-1], x[:, 0], x[1:], x[:n], x[n], x[:, n:], x[::2], x[..., 0], x[tf.newaxis], u[0], u[..., 0],
               u[:, 1], u[tf.newaxis], u[0:1], u[n, ...], x[n:n + 1, 1:3], x[tf.shape(x)[0] - 1]]
    facts = {"%02d" % number: str(result.shape) for number, result in enumerate(results)}
    feed = {x: np.arange(12).reshape(3, 4), u: np.arange(6).reshape(2, 3), n: 1}
    return {"steps": [{"fetch": results, "feed": feed}], "facts": facts}


def variables():
    """Slices of variables, and assignments to them."""
    v = tf.Variable(np.arange(12).reshape(3, 4).astype(np.float32), name="v")
    w = tf.Variable([0, 0, 0, 0], name="w")
    reads = [v[0], v[:, 1], v[1:, ::2], v[..., 3], v[0, 0], w[1], w[-1:]]
    write = w[1:3].assign([7, 8])
    one = w[0].assign(5)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": reads}, {"fetch": [write]}, {"fetch": [one]}, {"fetch": [w]}]}


def masks():
    x = tf.constant([[1, 2, 3], [4, 5, 6]], name="x")
    keep = tf.constant([True, False], name="keep")
    p = tf.placeholder(tf.bool, (2, None), name="p")
    fetches = [tf.boolean_mask(x, keep), tf.boolean_mask(x, [True, False, True], axis=1), tf.boolean_mask(x, p),
               tf.boolean_mask(x, x > 3), tf.boolean_mask(tf.cast(x, tf.float32), [True, True], name="both")]
    return {"steps": [{"fetch": fetches, "feed": {p: [[True, False, False], [True, True, False]]}}]}


def gradients():
    x = tf.constant(np.arange(12).reshape(3, 4), tf.float32, name="x")
    parts = [x[0], x[1:, ::2], x[..., -1], x[tf.newaxis, 1, 1:3], x[::-1]]
    found = [tf.gradients(tf.square(part), [x])[0] for part in parts]
    return {"steps": [{"fetch": found}]}


def unpacking():
    x = tf.constant([[1, 2], [3, 4]], name="x")
    first, second = tf.unstack(x)
    a, b = tf.split(x, 2, axis=1)
    third, = tf.unstack(tf.constant([[5.0]]), name="third")
    parts = tf.unstack(tf.placeholder_with_default([[1, 2, 3]], (None, 3)), num=3, axis=1)
    facts = {"names": [item.name for item in [first, second, a, b, third] + parts]}
    return {"steps": [{"fetch": [first, second, a, b, third] + parts}], "facts": facts}


def lists():
    """A list of places is a tuple of places."""
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    fetched = [x[[0, 1]], x[[-1]], x[[slice(1, None), 2]], x[[Ellipsis, tf.newaxis]]]
    return {"steps": [{"fetch": fetched, "feed": {x: np.arange(6.0).reshape(2, 3)}}]}


VARIANTS = {
    "lists": lists,
    "slices": slices,
    "unknown_shapes": unknown_shapes,
    "variables": variables,
    "masks": masks,
    "gradients": gradients,
    "unpacking": unpacking,
}
