"""Repeats, pseudo-inverses, matrices of three diagonals and functions of matrices."""
import tensorflow as tf

import numpy as np


def numbers(shape, seed, dtype=np.float32):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(dtype)


def repeats():
    x = tf.constant(numbers([2, 3, 2], 1), name="x")
    free = tf.placeholder_with_default(numbers([2, 3], 2), None, name="free")
    counts = tf.placeholder_with_default(np.array([2, 0, 1], np.int64), [None], name="counts")
    fetches = [tf.repeat(x, 2), tf.repeat(x, 3, axis=1), tf.repeat(x, [1, 2], axis=0), tf.repeat(x, counts, axis=1),
               tf.repeat(x, [2, 2], axis=-1, name="named"), tf.repeat([3, -1, 0, 4], [1, 3, 0, 2]), tf.repeat(5, 3),
               tf.repeat(x, tf.constant(2, tf.int64), axis=2), tf.repeat(free, 2, axis=0),
               tf.repeat(["a", "b"], [2, 1])]
    fetches += tf.gradients(tf.repeat(x, counts, axis=1), x) + tf.gradients(tf.repeat(x, 2, axis=0) ** 2, x)
    return {"steps": [{"fetch": fetches}]}


def batched_gathers():
    x = tf.constant(numbers([2, 3, 4, 2], 3), name="x")
    free = tf.placeholder_with_default(numbers([2, 3, 4], 4), [None, None, 4], name="free")
    indices = tf.placeholder_with_default(np.array([[[1, 0], [2, 3]], [[0, 0], [1, 1]]], np.int64), [None, 2, 2],
                                          name="indices")
    fetches = [tf.gather_nd(x, [[1], [2]], batch_dims=1), tf.gather_nd(x, [[[1], [0], [2]], [[0], [0], [2]]], batch_dims=1),
               tf.gather_nd(x, [[[0], [1], [2]], [[3], [2], [1]]], batch_dims=2), tf.gather_nd(free, indices, batch_dims=1),
               tf.gather_nd(x, [[0, 1]], batch_dims=0, name="plain"), tf.manip.gather_nd(x, [[1], [2]], "named", 1)]
    fetches += tf.gradients(fetches[0], x)
    return {"steps": [{"fetch": fetches}]}


def singular_values():
    a = tf.constant(numbers([4, 3], 5), name="a")
    batch = tf.placeholder_with_default(numbers([2, 3, 4], 6, np.float64), [None, None, None], name="batch")
    free = tf.placeholder_with_default(numbers([3, 3], 7), None, name="free")
    low = tf.constant([[1.0, 2.0], [2.0, 4.0]])
    fetches = [tf.linalg.pinv(a), tf.linalg.pinv(batch), tf.linalg.pinv(a, rcond=0.1), tf.linalg.pinv(low, name="named"),
               tf.linalg.pinv(free, rcond=0.2, validate_args=True), tf.linalg.matrix_rank(a), tf.linalg.matrix_rank(low),
               tf.linalg.matrix_rank(batch), tf.linalg.matrix_rank(batch, tol=0.5, validate_args=True)]
    fetches += list(tf.linalg.normalize(a)) + list(tf.linalg.normalize(a, 1, axis=0))
    fetches += list(tf.linalg.normalize(a, np.inf, axis=[0, 1], name="other"))
    fetches += tf.gradients(tf.linalg.normalize(a, axis=1)[0], a)
    return {"steps": [{"fetch": fetches}]}


def three_diagonals():
    d = tf.constant(numbers([3, 5], 8) + np.float32([[0], [3], [0]]), name="d")
    free = tf.placeholder_with_default(numbers([2, 3, 4], 9, np.float64), [None, 3, None], name="free")
    rhs = tf.constant(numbers([5, 2], 10), name="rhs")
    wide = tf.constant(numbers([2, 4, 3], 11, np.float64), name="wide")
    m = tf.constant(numbers([4, 4], 12), name="m")
    parts = [tf.constant(numbers([4], 13)), tf.constant(numbers([5], 14)), tf.constant(numbers([4], 15))]
    full = [tf.constant(numbers([5], k)) for k in (16, 17, 18)]
    solve, multiply = tf.linalg.tridiagonal_solve, tf.linalg.tridiagonal_matmul
    fetches = [
        solve(d, rhs), solve(d, rhs, partial_pivoting=False), solve(d, rhs[:, 0]), solve(free, wide),
        solve(d, tf.transpose(rhs), transpose_rhs=True), solve(m, rhs[:4], diagonals_format="matrix"),
        solve(parts, rhs, diagonals_format="sequence"), solve(full, rhs, diagonals_format="sequence", name="named"),
        solve(tf.cast(d, tf.complex64), tf.complex(rhs, rhs), conjugate_rhs=True),
        multiply(d, rhs), multiply(full, rhs, diagonals_format="sequence"), multiply(m, rhs[:4], diagonals_format="matrix"),
        multiply(tf.cast(d, tf.complex64), tf.complex(rhs, rhs)), multiply(free, wide),
    ]
    fetches += tf.gradients(fetches[0] ** 2, [d, rhs]) + tf.gradients(fetches[3] ** 2, [free, wide])
    fetches += tf.gradients(fetches[9] ** 2, [d, rhs]) + tf.gradients(fetches[13] ** 2, [free, wide])
    return {"steps": [{"fetch": fetches}]}


def functions():
    a = tf.constant(np.float64([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.1, 0.3, 5.0]]), name="a")
    pair = tf.stack([a, a + 2 * tf.eye(3, dtype=tf.float64)])
    x = tf.constant(numbers([3, 4], 20), name="x")
    fetches = [tf.linalg.sqrtm(a), tf.matrix_square_root(pair), tf.linalg.sqrtm(tf.cast(a, tf.float32)),
               tf.linalg.logm(tf.cast(a, tf.complex128)), tf.linalg.logm(tf.cast(pair, tf.complex64), name="named")]
    fetches += tf.gradients(tf.linalg.sqrtm(a), a) + tf.gradients(tf.linalg.sqrtm(pair), pair)
    fetches += [tf.math.cumulative_logsumexp(x, axis=1), tf.math.cumulative_logsumexp(x, exclusive=True),
                tf.math.cumulative_logsumexp(x, 1, reverse=True, name="sums")]
    y = tf.math.cumulative_logsumexp(x, -1)
    fetches += tf.gradients(y * tf.constant([1.0, -2.0, 0.0, 3.0]), x)
    return {"steps": [{"fetch": fetches}]}


def exponentials():
    a = tf.constant(numbers([3, 3], 21), name="a")
    free = tf.placeholder_with_default(5 * numbers([2, 3, 3], 22, np.float64), [None, 3, 3], name="free")
    unknown = tf.placeholder_with_default(4 * numbers([2, 2, 2], 23), None, name="unknown")
    pair = tf.placeholder_with_default(numbers([2, 2, 2], 24), [2, None, None], name="pair")
    small = tf.constant(1e-3 * numbers([2, 2, 2, 2], 25, np.float64), name="small")
    z = tf.complex(a, tf.transpose(a))
    fetches = [tf.linalg.expm(a), tf.linalg.expm(free), tf.linalg.expm(unknown), tf.linalg.expm(pair), tf.linalg.expm(z),
               tf.linalg.expm(small), tf.linalg.expm([[0.0, 1.0], [0.0, 0.0]], name="named"),
               tf.linalg.expm(tf.zeros([0, 0])), tf.linalg.expm(tf.cast(z, tf.complex128))]
    return {"steps": [{"fetch": fetches}]}


VARIANTS = {"repeats": repeats, "batched_gathers": batched_gathers, "singular_values": singular_values,
            "three_diagonals": three_diagonals, "functions": functions, "exponentials": exponentials}
