"""Inputs for record_kernels.py, as in kernel_cases.py: distances of sequences, connectionist temporal classification,
sounds.

Left out is what crashes the reference or leaves memory unset: desired channels below -1, labels that are blanks alone, spectra narrower than the upper
limit, strides below 1; and spectrograms of several channels, of which it carries samples from one to the next.
"""

import itertools
import struct

import numpy as np

from kernel_inputs import FLOATS, i32, numbers, random_for


def i64(*rows):
    return np.array(rows, np.int64)


def sparse(prefix, indices, values, shape):
    rank = len(shape)
    return {prefix + "_indices": np.array(indices, np.int64).reshape(-1, rank), prefix + "_values": values,
            prefix + "_shape": np.array(shape, np.int64)}


def distances():
    types = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.float16, np.float32, np.float64,
             np.complex64, np.complex128, np.bool_)
    h_indices = [[0, 0], [0, 1], [0, 2], [1, 0], [3, 0], [3, 1]]
    t_indices = [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [2, 1], [3, 0], [3, 1]]
    for dtype in types:
        h = np.array([1, 0, 1, 1, 0, 1]).astype(dtype)
        t = np.array([1, 1, 0, 1, 1, 1, 0, 1]).astype(dtype)
        for normalize in (True, False):
            yield "EditDistance", dict(sparse("hypothesis", h_indices, h, [5, 3]), **sparse("truth", t_indices, t, [4, 4])), {
                "normalize": normalize}
    words = lambda *items: np.array(items, object)  # noqa: E731
    yield "EditDistance", dict(sparse("hypothesis", [[0, 0, 0], [1, 0, 1], [1, 1, 0]], words(b"ab", b"", b"c"), [2, 2, 2]),
                               **sparse("truth", [[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]],
                                        words(b"ab", b"x", b"d", b"c"), [2, 2, 2])), {}
    nan = np.array([np.nan, 0.0, -0.0])
    yield "EditDistance", dict(sparse("hypothesis", [[0], [1], [2]], nan, [3]), **sparse("truth", [[0], [1], [2]], nan[[0, 2, 1]],
                                                                                         [3])), {"normalize": False}
    one = np.array([1])
    yield "EditDistance", dict(sparse("hypothesis", [], one[:0], [2, 2]), **sparse("truth", [], one[:0], [2, 3])), {}
    bad = dict(sparse("hypothesis", [[0, 0]], one, [1, 1]), **sparse("truth", [[0, 0, 0]], one, [1, 1, 1]))
    yield "EditDistance", bad, {}


def labels(items):
    """(indices, values) of a list of lists."""
    pairs = [(b, k, value) for b, row in enumerate(items) for k, value in enumerate(row)]
    return {"labels_indices": np.array([p[:2] for p in pairs], np.int64).reshape(-1, 2),
            "labels_values": np.array([p[2] for p in pairs], np.int32)}


def temporal_classification():
    for dtype in FLOATS:
        x = numbers(dtype, (7, 3, 4), "ctc")
        for lengths in ([7, 5, 6], [7, 7, 7], [4, 4, 3]):
            for rows in ([[0, 1, 2], [1, 1], [2]], [[0, 0, 0], [2, 1], [1, 2, 1]]):
                for collapse, merge, ignore in itertools.product((False, True), repeat=3):
                    yield "CTCLoss", dict(labels(rows), inputs=x, sequence_length=i32(lengths)), {
                        "preprocess_collapse_repeated": collapse, "ctc_merge_repeated": merge,
                        "ignore_longer_outputs_than_inputs": ignore}
        yield "CTCLoss", dict(labels([[0, 3], [1, 3, 3], [2]]), inputs=x, sequence_length=i32(7, 7, 7)), {}
        yield "CTCLoss", dict(labels([[0, 1, 2, 0], [1], [1]]), inputs=x, sequence_length=i32(3, 2, 2)), {
            "ignore_longer_outputs_than_inputs": True}
        for rows, lengths in (([[0, 1, 2, 0], [1], [1]], (3, 2, 2)), ([[3, 1], [1], [1]], (7, 7, 7)), ([[-1], [1], [1]], (7, 7, 7)),
                              ([[1], [], [1]], (7, 7, 7)), ([[1], [1], [1]], (8, 7, 7)), ([[1], [1], [1]], (7, 7))):
            yield "CTCLoss", dict(labels(rows), inputs=x, sequence_length=i32(lengths)), {}
        for op, choices in (("CTCGreedyDecoder", ({},)), ("CTCBeamSearchDecoder", [
                {"beam_width": w, "top_paths": p} for w, p in ((1, 1), (2, 2), (5, 3), (40, 4))])):
            for attrs, merge in itertools.product(choices, (False, True)):
                attrs = dict(attrs, merge_repeated=merge)
                for shape, lengths in (((7, 3, 4), (7, 5, 6)), ((7, 3, 4), (7, 0, 1) if op[3] == "G" else (7, 7, 7)),
                                       ((9, 1, 6), (9,)), ((12, 2, 3), (12, 11))):
                    yield op, {"inputs": numbers(dtype, shape, "decode"), "sequence_length": i32(lengths)}, attrs
            attrs = choices[0]
            for shape, lengths in (((7, 3, 4), (8, 1, 1)), ((7, 3, 4), (7, 7)), ((7, 3), (7,)), ((7, 1, 4), [[7]])):
                yield op, {"inputs": numbers(dtype, shape, "decode"), "sequence_length": np.array(lengths, np.int32)}, attrs
        x = numbers(dtype, (2, 1, 2), "few")
        yield "CTCBeamSearchDecoder", {"inputs": x, "sequence_length": i32([2])}, {"beam_width": 9, "top_paths": 9}
        yield "CTCBeamSearchDecoder", {"inputs": x, "sequence_length": i32([2])}, {"beam_width": 2, "top_paths": 3}


def wave_file(samples, rate=8000, channels=None, **changes):
    """A WAV file of 16 bits; `changes` of what its header says."""
    channels = samples.shape[1] if channels is None else channels
    head = dict(format_bytes=16, kind=1, channels=channels, rate=rate, bytes_per_second=2 * channels * rate,
                frame_bytes=2 * channels, bits=16, data_bytes=2 * samples.size, riff=b"RIFF", wave=b"WAVE", fmt=b"fmt ",
                extra=b"", data=b"data")
    head.update(changes)
    body = samples.astype("<i2").tobytes()
    return (head["riff"] + struct.pack("<I", 36 + len(body)) + head["wave"] + head["fmt"] +
            struct.pack("<IHHIIHH", head["format_bytes"], head["kind"], head["channels"], head["rate"],
                        head["bytes_per_second"], head["frame_bytes"], head["bits"]) + head["extra"] + head["data"] +
            struct.pack("<I", head["data_bytes"]) + body)


def wave_files():
    samples = random_for("wave").randint(-32768, 32768, (9, 2))
    samples[:3, 0] = -32768, 32767, 0
    good = wave_file(samples)
    for channels, frames in itertools.product((-1, 1, 2, 3), (-1, 0, 4, 12)):
        yield "DecodeWav", {"contents": good}, {"desired_channels": channels, "desired_samples": frames}
    yield "DecodeWav", {"contents": wave_file(samples[:, :1], rate=44100)}, {}
    yield "DecodeWav", {"contents": wave_file(samples[:0])}, {}
    for changes in ({"format_bytes": 18, "extra": b"\0\0"}, {"extra": b"LIST" + struct.pack("<I", 4) + b"abcd"},
                    {"format_bytes": 17}, {"kind": 3}, {"channels": 0}, {"bits": 8}, {"frame_bytes": 3},
                    {"bytes_per_second": 7}, {"riff": b"RIFX"}, {"wave": b"WAVX"}, {"fmt": b"fmtx"}, {"data": b"dato"},
                    {"data_bytes": 37}, {"data_bytes": 1000}, {"data_bytes": 0xffffffff}, {"data_bytes": 35},
                    {"extra": b"LIST" + struct.pack("<I", 4000) + b"abcd"}):
        yield "DecodeWav", {"contents": wave_file(samples, **changes)}, {}
    for size in (0, 3, 4, 7, 11, 13, 16, 18, 21, 30, 35, 38, 41, 43, 44, len(good) - 1):
        yield "DecodeWav", {"contents": good[:size]}, {}
    yield "DecodeWav", {"contents": good + b"x"}, {}
    yield "DecodeWav", {"contents": good + good[36:]}, {}
    yield "DecodeWav", {"contents": np.array([good], object)}, {}
    for shape in ((5, 1), (4, 2), (3, 5), (0, 2), (2, 0), (3,)):
        yield "EncodeWav", {"audio": numbers(np.float32, shape, "audio", -1.2, 1.2), "sample_rate": i32(8000)}, {}
    audio = np.array([[0.5, -1, 1, 0.99999, 1 / 65536, 1.5 / 65536, -1.5 / 65536, 1e30]], np.float32).T
    yield "EncodeWav", {"audio": audio, "sample_rate": i32(44100)}, {}
    yield "EncodeWav", {"audio": audio, "sample_rate": i32(0)}, {}
    yield "EncodeWav", {"audio": audio, "sample_rate": np.array([8000], np.int32)}, {}


def spectrograms():
    for samples, window, stride in ((40, 8, 4), (40, 5, 3), (40, 2, 1), (40, 40, 9), (39, 40, 9), (300, 100, 37), (0, 4, 2),
                                    (9, 17, 1)):
        for squared in (False, True):
            yield "AudioSpectrogram", {"input": numbers(np.float32, (samples, 1), "sound", -1, 1)}, {
                "window_size": window, "stride": stride, "magnitude_squared": squared}
    sound = numbers(np.float32, (10, 1), "sound", -1, 1)
    for window, stride in ((1, 1), (0, 1)):
        yield "AudioSpectrogram", {"input": sound}, {"window_size": window, "stride": stride}
    yield "AudioSpectrogram", {"input": sound[:, 0]}, {"window_size": 4, "stride": 2}
    for width, rate, attrs in ((129, 16000, {}), (257, 16000, {}), (65, 8000, {"upper_frequency_limit": 3999.0}),
                               (33, 44100, {"filterbank_channel_count": 12, "dct_coefficient_count": 12}),
                               (9, 8000, {"lower_frequency_limit": 0.0, "filterbank_channel_count": 3,
                                          "dct_coefficient_count": 2})):
        for shape in ((1, 3, width), (2, 2, width), (1, 0, width)):
            yield "Mfcc", {"spectrogram": numbers(np.float32, shape, "spectrum", 0, 5), "sample_rate": i32(rate)}, attrs
        yield "Mfcc", {"spectrogram": np.zeros((1, 1, width), np.float32), "sample_rate": i32(rate)}, attrs
    small = numbers(np.float32, (1, 2, 9), "spectrum", 0, 5)
    for attrs in ({"dct_coefficient_count": 50}, {"filterbank_channel_count": 0}, {"upper_frequency_limit": 10.0},
                  {"lower_frequency_limit": -1.0}):
        yield "Mfcc", {"spectrogram": small, "sample_rate": i32(8000)}, attrs
    for spectrogram, rate in ((small[0], 8000), (small[..., :1], 8000), (small, 0), (small, [8000])):
        yield "Mfcc", {"spectrogram": spectrogram, "sample_rate": np.array(rate, np.int32)}, {}


FAMILIES = {"distances": distances, "temporal_classification": temporal_classification, "wave_files": wave_files,
            "spectrograms": spectrograms}
