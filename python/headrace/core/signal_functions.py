"""Signals: Fourier transforms of real numbers."""

from headrace import _headrace as _c

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
