"""Distances of sequences, labels out of many times, sounds."""
import tensorflow as tf

import numpy as np


def numbers(shape, seed, dtype=np.float32):
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype(dtype)


def distances():
    words = tf.SparseTensor([[0, 0], [0, 1], [1, 0], [3, 0]], ["a", "b", "c", "d"], [4, 2])
    truth = tf.SparseTensor([[0, 0], [1, 0], [1, 1], [2, 0], [2, 1]], ["b", "c", "x", "d", "e"], [4, 2])
    values = tf.SparseTensorValue(np.array([[0, 0, 0], [0, 1, 0], [0, 1, 1]], np.int64), np.array([1, 2, 3], np.int32),
                                  np.array([1, 2, 2], np.int64))
    fetches = [tf.edit_distance(words, truth), tf.edit_distance(words, truth, normalize=False, name="named"),
               tf.edit_distance(values, tf.SparseTensor([[0, 1, 0]], [3], [1, 2, 1]))]
    return {"steps": [{"fetch": fetches}]}


def temporal_classification():
    x = tf.constant(3 * numbers([6, 3, 5], 1), name="x")
    lengths = tf.constant([6, 4, 5], name="lengths")
    labels = tf.SparseTensor([[0, 0], [0, 1], [0, 2], [1, 0], [2, 0], [2, 1]], [1, 1, 3, 0, 2, 2], [3, 3])
    fetches = [tf.nn.ctc_loss(labels, x, lengths),
               tf.nn.ctc_loss(labels, tf.transpose(x, [1, 0, 2]), lengths, time_major=False),
               tf.nn.ctc_loss(labels, sequence_length=lengths, logits=x, preprocess_collapse_repeated=True),
               tf.nn.ctc_loss(labels, x, lengths, ctc_merge_repeated=False)]
    fetches += tf.gradients(fetches[0] * tf.constant([1.0, 2.0, 3.0]), x) + tf.gradients(fetches[1], x)
    for paths, probability in (tf.nn.ctc_greedy_decoder(x, lengths), tf.nn.ctc_greedy_decoder(x, [3, 0, 1], False),
                               tf.nn.ctc_beam_search_decoder(x, lengths, 8, 3),
                               tf.nn.ctc_beam_search_decoder_v2(x, lengths, beam_width=5)):
        fetches += [probability] + [part for path in paths for part in (path.indices, path.values, path.dense_shape)]
    return {"steps": [{"fetch": fetches}]}


def sounds():
    wave = tf.constant(numbers([400, 1], 2), name="wave")
    file = tf.audio.encode_wav(wave[:7], 8000, name="file")
    back, rate = tf.audio.decode_wav(file)
    wide, _ = tf.audio.decode_wav(file, desired_channels=2, desired_samples=9)
    spectrum = tf.raw_ops.AudioSpectrogram(input=wave, window_size=100, stride=60, magnitude_squared=True)
    plain = tf.raw_ops.AudioSpectrogram(input=wave, window_size=64, stride=64)
    return {"steps": [{"fetch": [file, back, rate, wide, spectrum, plain,
                                 tf.raw_ops.Mfcc(spectrogram=spectrum, sample_rate=16000),
                                 tf.raw_ops.Mfcc(spectrogram=plain, sample_rate=rate, upper_frequency_limit=3500,
                                                 lower_frequency_limit=50, filterbank_channel_count=10,
                                                 dct_coefficient_count=4)]}]}


VARIANTS = {"distances": distances, "temporal_classification": temporal_classification, "sounds": sounds}
