"""Inputs for record_kernels.py, as in kernel_cases.py: Fourier transforms, matrices of three diagonals, functions of
matrices, least squares of complex numbers, running sums of exponentials."""

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


MATRIX_TYPES = (np.float32, np.float64, np.complex64, np.complex128)


def matrix(dtype, shape, key):
    if np.issubdtype(dtype, np.complexfloating):
        return complex_numbers(dtype, shape, key).astype(dtype)
    return numbers(dtype, shape, key)


def three_diagonals():
    """Left out are shapes that do not fit: of them the reference's kernel knows nothing."""
    for dtype in MATRIX_TYPES:
        for batch, n, k in (((), 1, 1), ((), 2, 3), ((), 6, 2), ((2,), 5, 1), ((2, 2), 3, 2), ((0,), 3, 2)):
            diagonals, rhs = matrix(dtype, batch + (3, n), "diagonals"), matrix(dtype, batch + (n, k), "rhs")
            safe = diagonals.copy()
            safe[..., 1, :] += 9
            for pivoting in (True, False):
                yield "TridiagonalSolve", {"diagonals": safe, "rhs": rhs}, {"partial_pivoting": pivoting}
            yield "TridiagonalSolve", {"diagonals": diagonals, "rhs": rhs}, {}
            rows = [matrix(dtype, batch + (1, n), key) for key in "abc"]
            yield "TridiagonalMatMul", {"superdiag": rows[0], "maindiag": rows[1], "subdiag": rows[2], "rhs": rhs}, {}
        for pivoting in (True, False):
            yield "TridiagonalSolve", {"diagonals": np.zeros((3, 4), dtype), "rhs": np.ones((4, 1), dtype)}, {
                "partial_pivoting": pivoting}


def matrix_functions():
    """Left out are matrices of nothing and of complex numbers that are not square, which crash the reference."""
    for dtype in MATRIX_TYPES:
        for shape in ((1, 1), (2, 2), (3, 3), (2, 5, 5)):
            x = matrix(dtype, shape, "function")
            x = (np.matmul(x, np.conj(np.swapaxes(x, -1, -2))) + 2 * np.eye(shape[-1])).astype(dtype)
            yield "MatrixSquareRoot", {"input": x}, {}
            if np.issubdtype(dtype, np.complexfloating):
                yield "MatrixLogarithm", {"input": x}, {}
    yield "MatrixSquareRoot", {"input": np.ones((2, 3), np.float32)}, {}
    for m, n in ((4, 3), (3, 4), (3, 3)):
        for dtype in MATRIX_TYPES[2:]:
            a, b = matrix(dtype, (2, m, n), "ls"), matrix(dtype, (2, m, 2), "lsb")
            for fast, l2 in ((True, 0.0), (True, 0.5), (False, 0.0)):
                yield "MatrixSolveLs", {"matrix": a, "rhs": b, "l2_regularizer": np.array(l2)}, {"fast": fast}


def running_sums():
    for dtype in (np.float32, np.float64):
        for shape, axis in (((5,), 0), ((3, 4), 1), ((3, 4), 0), ((2, 3, 4), -2), ((0, 3), 0), ((2, 0), 1)):
            for exclusive in (False, True):
                for reverse in (False, True):
                    yield "CumulativeLogsumexp", {"x": numbers(dtype, shape, "sums", -9, 9), "axis": i32(axis)}, {
                        "exclusive": exclusive, "reverse": reverse}
        yield "CumulativeLogsumexp", {"x": np.array([1, 500, -np.inf, 2, 1e4, 1e4], dtype), "axis": i32(0)}, {}
        for axis in (2, -3, [0]):
            yield "CumulativeLogsumexp", {"x": numbers(dtype, (2, 3), "bad"), "axis": i32(axis)}, {}


FAMILIES = {"fourier": fourier, "real_fourier": real_fourier, "three_diagonals": three_diagonals,
            "matrix_functions": matrix_functions, "running_sums": running_sums}
