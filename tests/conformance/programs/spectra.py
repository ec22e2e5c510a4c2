"""Fourier transforms and their gradients."""
import tensorflow as tf

import numpy as np


def numbers(shape, seed):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(np.float32)


def complex_numbers(shape, seed, dtype=np.complex64):
    return (numbers(shape, seed) + 1j * numbers(shape, seed + 100)).astype(dtype)


def transforms():
    fetches = []
    for n in (1, 2, 3, 4, 5, 7, 8, 12, 13, 17, 30, 60):
        x = tf.constant(complex_numbers([2, n], n))
        fetches += [tf.fft(x), tf.signal.ifft(x), tf.fft(tf.cast(x, tf.complex128))]
    x = tf.placeholder_with_default(complex_numbers([2, 3, 4, 5], 1), [None, None, 4, 5], name="x")
    fetches += [tf.fft2d(x), tf.ifft2d(x), tf.fft3d(x), tf.ifft3d(x), tf.spectral.fft3d(tf.cast(x, tf.complex128)),
                tf.signal.fft(x, name="named")]
    return {"steps": [{"fetch": fetches}]}


def real_transforms():
    x = tf.placeholder_with_default(numbers([2, 6, 5, 8], 3), [None, None, 5, 8], name="x")
    y = tf.placeholder_with_default(complex_numbers([2, 6, 5, 5], 4), [None, None, 5, 5], name="y")
    free = tf.placeholder_with_default(numbers([3, 9], 5), None, name="free")
    free_half = tf.placeholder_with_default(complex_numbers([3, 6], 6), [None, None], name="free_half")
    length = tf.placeholder_with_default(np.array([7], np.int32), [1], name="length")
    fetches = [
        tf.signal.rfft(x), tf.signal.rfft2d(x), tf.signal.rfft3d(x),
        tf.signal.irfft(y), tf.signal.irfft2d(y), tf.signal.irfft3d(y),
        tf.signal.rfft(x, [8]), tf.signal.rfft(x, [16]), tf.signal.rfft(x, [5]), tf.signal.rfft(x, length),
        tf.signal.irfft(y, [9]), tf.signal.irfft(y, [14]), tf.signal.irfft(y, [4]), tf.signal.irfft(y, length),
        tf.signal.rfft2d(x, [7, 9]), tf.signal.rfft2d(x, [3, 4]), tf.signal.irfft2d(y, [7, 9]),
        tf.signal.irfft2d(y, [3, 4]), tf.signal.rfft3d(x, [2, 3, 4]), tf.signal.irfft3d(y, [2, 3, 4]),
        tf.signal.rfft(free, [4]), tf.signal.irfft(free_half), tf.signal.rfft(tf.constant([[1.0, 2.0, 4.0]])),
        tf.spectral.rfft([[1.0, 2.0, 3.0]]), tf.signal.rfft(np.zeros([0, 4], np.float32)), tf.spectral.irfft(y, name="named"),
    ]
    return {"steps": [{"fetch": fetches}]}


def spectrum_gradients():
    fetches = []
    x = tf.constant(complex_numbers([2, 3, 4, 6], 7), name="x")
    for f in (tf.fft, tf.ifft, tf.fft2d, tf.ifft2d, tf.fft3d, tf.ifft3d):
        y = f(x)
        fetches += tf.gradients(tf.real(y * tf.conj(y)) * tf.imag(y), x)
    wide = tf.cast(x, tf.complex128)
    fetches += tf.gradients(tf.imag(tf.ifft(wide)), wide)
    return {"steps": [{"fetch": fetches}]}


def real_gradients():
    fetches = []
    x = tf.constant(numbers([2, 4, 6], 8), name="x")
    odd = tf.placeholder_with_default(numbers([2, 5, 5], 9), [None, None, 5], name="odd")
    for a in (x, odd):
        for f in (tf.signal.rfft, tf.signal.rfft2d):
            y = f(a)
            fetches += tf.gradients(tf.real(y) * tf.imag(y) + tf.real(y), a)
    y = tf.constant(complex_numbers([2, 4, 6], 10), name="y")
    for f, length in ((tf.signal.irfft, None), (tf.signal.irfft, [11]), (tf.signal.irfft2d, None),
                      (tf.signal.irfft2d, [4, 13])):
        z = f(y, length)
        fetches += tf.gradients(z * z, y)
    return {"steps": [{"fetch": fetches}]}


def windows():
    n = tf.placeholder_with_default(6, [], name="n")
    x = tf.constant(numbers([3, 4, 5], 11), name="x")
    signal = tf.signal
    fetches = [signal.hann_window(8), signal.hann_window(7), signal.hann_window(8, periodic=False), signal.hann_window(1),
               signal.hamming_window(5), signal.hamming_window(6, False, tf.float64), signal.hann_window(n, name="named"),
               signal.hamming_window(n, dtype=tf.float64), signal.fftshift(x), signal.fftshift(x, 1),
               signal.fftshift(x, [0, -1]), signal.ifftshift(x), signal.ifftshift(x, axes=2, name="other")]
    return {"steps": [{"fetch": fetches}, {"fetch": fetches[6:8], "feed": {n: 1}}]}


VARIANTS = {"windows": windows, "transforms": transforms, "real_transforms": real_transforms, "spectrum_gradients": spectrum_gradients,
            "real_gradients": real_gradients}
