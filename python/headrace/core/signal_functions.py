"""Signals: Fourier transforms of real numbers, windows."""

from headrace import _headrace as _c
from headrace.core import dtypes

__all__ = []


def rfft(input_tensor, fft_length=None, name=None):
    """Half of the spectrum of real numbers over the last dimension.

    Args:
      input_tensor: a float32 tensor.
      fft_length: a vector of one length, to which the dimension is cut or padded with zeros.
      name: the name scope.

    Returns:
      A complex64 tensor, whose last dimension is half the length and 1.

    Raises:
      ValueError: the tensor has too few dimensions.
    """
    return _c.real_fft(input_tensor, 1, fft_length=fft_length, name=name)


def rfft2d(input_tensor, fft_length=None, name=None):
    """The same over the last two dimensions."""
    return _c.real_fft(input_tensor, 2, fft_length=fft_length, name=name)


def rfft3d(input_tensor, fft_length=None, name=None):
    """The same over the last three dimensions."""
    return _c.real_fft(input_tensor, 3, fft_length=fft_length, name=name)


def irfft(input_tensor, fft_length=None, name=None):
    """Real numbers from half of their spectrum: the inverse of `rfft`.

    Args:
      input_tensor: a complex64 tensor.
      fft_length: a vector of one length, that of the result's last dimension; twice the given one's without the first
        and last number where it is left out.
      name: the name scope.

    Returns:
      A float32 tensor.

    Raises:
      ValueError: the tensor has too few dimensions.
    """
    return _c.inverse_real_fft(input_tensor, 1, fft_length=fft_length, name=name)


def irfft2d(input_tensor, fft_length=None, name=None):
    """The inverse of `rfft2d`."""
    return _c.inverse_real_fft(input_tensor, 2, fft_length=fft_length, name=name)


def irfft3d(input_tensor, fft_length=None, name=None):
    """The inverse of `rfft3d`."""
    return _c.inverse_real_fft(input_tensor, 3, fft_length=fft_length, name=name)


def hann_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """The raised cosine of `window_length` samples.

    Args:
      window_length: the number of samples, an int32 scalar.
      periodic: whether it is one of a row of such windows; else symmetric.
      dtype: a float.
      name: the name scope.

    Returns:
      A vector.

    Raises:
      ValueError: `dtype` is no float.
    """
    return _c.hann_window(window_length, periodic=periodic, dtype=dtype, name=name)


def hamming_window(window_length, periodic=True, dtype=dtypes.float32, name=None):
    """A raised cosine that does not begin at 0; arguments as of `hann_window`."""
    return _c.hamming_window(window_length, periodic=periodic, dtype=dtype, name=name)


def fftshift(x, axes=None, name=None):
    """Rolls dimensions (`axes`; all where left out) by half their sizes, so that zero frequency is in the middle."""
    return _c.fftshift(x, axes=axes, name=name)


def ifftshift(x, axes=None, name=None):
    """The inverse of `fftshift`."""
    return _c.fftshift(x, axes=axes, inverse=True, name=name)
