"""Signals in frames, and cosine transforms."""

import numpy as np
import tensorflow as tf

SIGNAL = (np.arange(32, dtype=np.float32).reshape(2, 16) * 7 % 11 - 5) / 4


def frames():
    x = tf.constant(SIGNAL, name="x")
    rows = tf.placeholder(tf.float32, [None, None], name="rows")
    any_shape = tf.placeholder(tf.float32, name="any")
    results = [tf.signal.frame(x, 4, 2), tf.signal.frame(x, 4, 3, pad_end=True, pad_value=1.0),
               tf.signal.frame(x, 8, 12, name="sparse"), tf.signal.frame(x, 2, 1, axis=0), tf.signal.frame(rows, 4, 2),
               tf.signal.frame(any_shape, 3, 2, pad_end=True), tf.signal.frame(tf.constant([1, 2, 3, 4]), 2, 1),
               tf.signal.overlap_and_add(tf.signal.frame(x, 4, 3), 3), tf.signal.overlap_and_add(tf.ones([3, 4]), 4),
               tf.signal.overlap_and_add(any_shape, 2, name="added"), tf.signal.frame(x, 20, 4)]
    gradients = tf.gradients([results[0], results[7]], [x])
    return {"steps": [{"fetch": results + gradients, "feed": {rows: SIGNAL, any_shape: SIGNAL}}]}


def spectra():
    x = tf.constant(SIGNAL, name="x")
    plain = tf.signal.stft(x, 4, 2)
    padded = tf.signal.stft(x, 6, 3, pad_end=True, window_fn=tf.signal.hamming_window, name="padded")
    results = [plain, padded, tf.signal.stft(x, 4, 4, fft_length=8, window_fn=None),
               tf.signal.inverse_stft(plain, 4, 2, window_fn=tf.signal.inverse_stft_window_fn(2)),
               tf.signal.inverse_stft(padded, 6, 3, window_fn=None), tf.signal.inverse_stft(plain, 3, 2, fft_length=4),
               tf.signal.inverse_stft(plain, 4, 2, name="back"),
               tf.signal.inverse_stft(tf.placeholder_with_default(tf.constant([[1 + 2j, 3j, 1]], tf.complex64), [None, None]), 4, 2)]
    return {"steps": [{"fetch": results}]}


def cosines():
    x = tf.constant(SIGNAL, name="x")
    rows = tf.placeholder(tf.float32, [None, None], name="rows")
    results = [tf.signal.dct(x), tf.signal.dct(x, norm="ortho"), tf.signal.dct(x, type=1), tf.signal.dct(x, type=3),
               tf.signal.dct(x, type=3, norm="ortho"), tf.signal.idct(x), tf.signal.idct(x, type=1),
               tf.signal.idct(x, type=3, norm="ortho"), tf.signal.dct(x, n=20, norm="ortho"),
               tf.spectral.dct(x, type=3, n=8), tf.spectral.idct(x, n=4, name="short"),
               tf.signal.dct(rows), tf.signal.idct(rows, norm="ortho"), tf.signal.dct(rows, norm="ortho", name="rows_dct"),
               tf.signal.mfccs_from_log_mel_spectrograms(x), tf.signal.mfccs_from_log_mel_spectrograms(rows)]
    gradients = tf.gradients(results[:2], [x])
    return {"steps": [{"fetch": results + gradients, "feed": {rows: SIGNAL}}]}


def mel():
    results = [tf.signal.linear_to_mel_weight_matrix(num_mel_bins=4, num_spectrogram_bins=9, sample_rate=16000),
               tf.signal.linear_to_mel_weight_matrix(5, 17, 8000.0, 50.0, 4000.0, name="wide")]
    return {"steps": [{"fetch": results}]}


VARIANTS = {"mel": mel, "frames": frames, "spectra": spectra, "cosines": cosines}
