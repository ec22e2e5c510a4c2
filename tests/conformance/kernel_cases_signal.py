"""Inputs for record_kernels.py, as in kernel_cases.py: Fourier transforms."""

import itertools

import numpy as np

from kernel_inputs import i32, numbers

LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16, 17, 22, 23, 60, 64, 97, 128, 210)


def complex_numbers(dtype, shape, key):
    part = np.float32 if dtype == np.complex64 else np.float64
    return numbers(part, shape, key) + 1j * numbers(part, shape, key + "i").astype(dtype)


def fourier():
    for dtype, inverse in itertools.product((np.complex64, np.complex128), ("", "I")):
        for n in LENGTHS:
            yield inverse + "FFT", {"input": complex_numbers(dtype, (2, n), "fft").astype(dtype)}, {}
        for shape in ((4, 6), (2, 5, 7), (3, 1, 8), (0, 4, 4), (2, 0)):
            yield inverse + "FFT2D", {"input": complex_numbers(dtype, shape, "fft2").astype(dtype)}, {}
        for shape in ((4, 6, 3), (2, 5, 7, 2), (1, 1, 1)):
            yield inverse + "FFT3D", {"input": complex_numbers(dtype, shape, "fft3").astype(dtype)}, {}
        for suffix in ("", "2D", "3D"):
            yield inverse + "FFT" + suffix, {"input": np.array(1, dtype)}, {}


def real_fourier():
    """Left out is a length of 0, which ends the reference, and an empty input with another one: it leaves the result as
    it finds it."""
    for n in LENGTHS:
        yield "RFFT", {"input": numbers(np.float32, (2, n), "rfft"), "fft_length": i32([n])}, {}
        half = complex_numbers(np.complex64, (2, n // 2 + 1), "irfft").astype(np.complex64)
        yield "IRFFT", {"input": half, "fft_length": i32([n])}, {}
    wide = numbers(np.float32, (2, 5, 6, 7), "wide")
    halves = complex_numbers(np.complex64, (2, 5, 6, 7), "halves").astype(np.complex64)
    for lengths in ((7,), (4,), (1,), (6, 7), (4, 3), (1, 6), (5, 6, 7), (2, 3, 4), (8,), (7, 7), (6,), (6, 12),
                    (5, 6, 12), (5, 6, 13), (6, 13), (13,)):
        suffix = "" if len(lengths) == 1 else "%dD" % len(lengths)
        yield "RFFT" + suffix, {"input": wide, "fft_length": i32(lengths).reshape(-1)}, {}
        yield "IRFFT" + suffix, {"input": halves, "fft_length": i32(lengths).reshape(-1)}, {}
    for op, x in (("RFFT", wide), ("IRFFT", halves)):
        yield op, {"input": x, "fft_length": i32([4, 4])}, {}
        yield op, {"input": x, "fft_length": i32(4)}, {}
        yield op + "3D", {"input": x[0, 0], "fft_length": i32([1, 2, 3])}, {}


FAMILIES = {"fourier": fourier, "real_fourier": real_fourier}
