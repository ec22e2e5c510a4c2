"""tf.signal where lengths, steps and shapes are known only when they are fed."""
import tensorflow as tf

import numpy as np


def number(value):
    return tf.placeholder_with_default(np.int32(value), [])


def wave(*shape):
    return ((np.arange(np.prod(shape)) * 7 % 19 - 9) / 8).astype(np.float32).reshape(shape)


def signals():
    """A signal of unknown rank, of unknown length, and a batch of them."""
    return (tf.placeholder_with_default(wave(25), None), tf.placeholder_with_default(wave(30), [None]),
            tf.placeholder_with_default(wave(2, 20), [2, None]))


def fetched(results):
    return {"steps": [{"fetch": results}], "facts": {t.name: str(t.shape) for t in results}}


def frames():
    results = []
    for signal in signals():
        results += [tf.signal.frame(signal, number(6), number(4)), tf.signal.frame(signal, number(5), 2, pad_end=True, pad_value=1.0),
                    tf.signal.frame(signal, 6, number(3)), tf.signal.frame(signal, number(8), 4, axis=0)]
    return fetched(results)


def transforms():
    results = []
    for signal in signals():
        results += [tf.signal.stft(signal, number(7), number(3)), tf.signal.stft(signal, number(6), 2, fft_length=8, pad_end=True),
                    tf.signal.stft(signal, number(8), 4, window_fn=None)]
    return fetched(results)


def inverse_transforms():
    spectra = (wave(6, 5) + 1j * wave(6, 5)[::-1]).astype(np.complex64)
    results = []
    for shape in (None, [None, None], [None, 5]):
        x = tf.placeholder_with_default(spectra, shape)
        results += [tf.signal.inverse_stft(x, number(7), number(3)), tf.signal.inverse_stft(x, number(6), 2, fft_length=8),
                    tf.signal.inverse_stft(x, number(8), number(4), window_fn=None),
                    tf.signal.inverse_stft(x, 8, 4, window_fn=tf.signal.inverse_stft_window_fn(4))]
    return fetched(results)


def mel_bins():
    """Spectra whose width is counted."""
    spectra = tf.placeholder_with_default(np.abs(wave(3, 17)), [None, None])
    matrix = tf.signal.linear_to_mel_weight_matrix(6, tf.shape(spectra)[-1], 8000.0, 80.0, 3000.0)
    return fetched([matrix, tf.matmul(spectra, matrix)])


VARIANTS = {"frames": frames, "transforms": transforms, "inverse_transforms": inverse_transforms, "mel_bins": mel_bins}
