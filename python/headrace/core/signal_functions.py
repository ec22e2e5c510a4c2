"""Signals: Fourier and cosine transforms of real numbers, windows, frames."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import convert_to_tensor, name_scope

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


# ---- cosine transforms


def _cosine_transform(input, type, n, axis, norm, name, inverse):
    if axis != -1:
        raise NotImplementedError(f'axis must be -1. Got: {axis}')
    if n is not None and n < 1:
        raise ValueError('n should be a positive integer or None')
    if norm not in (None, 'ortho'):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")
    return _c.dct(input, type=type, n=n, orthogonal=norm == 'ortho', inverse=inverse, name=name)


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The discrete cosine transform of the last dimension.

    Args:
      input: a float32 tensor.
      type: 1, 2 or 3.
      n: how many samples: the dimension is cut or padded.
      axis: -1.
      norm: None, or 'ortho' for an orthogonal transform (not of type 1).
      name: the name scope.

    Returns:
      A float32 tensor.

    Raises:
      ValueError: another type or norm, an `n` below 1, type 1 of fewer than two samples.
      NotImplementedError: another axis.
    """
    return _cosine_transform(input, type, n, axis, norm, name, False)


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The inverse of `dct`, but for its scale where it is not orthogonal; arguments as of `dct`."""
    return _cosine_transform(input, type, n, axis, norm, name, True)


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=None):
    """Cepstral coefficients of logarithms of spectra in mel bins, which are the last dimension."""
    return _c.mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=name)


# ---- frames


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """Pieces of a signal, which may overlap.

    Args:
      signal: a tensor.
      frame_length: how long the pieces are, in samples.
      frame_step: how far from each other they begin.
      pad_end: whether pieces in which the signal ends are padded; else they are left out.
      pad_value: what they are padded with.
      axis: the dimension that is cut.
      name: the name scope.

    Returns:
      A tensor in which the axis is two: pieces and samples.

    Raises:
      ValueError: the signal is a scalar, or a length is no scalar.
    """
    return _c.frame(signal, frame_length, frame_step, pad_end=pad_end, pad_value=pad_value, axis=axis, name=name)


def overlap_and_add(signal, frame_step, name=None):
    """The signal whose frames, which begin every `frame_step` samples, are [..., frames, frame_length]; they add up."""
    return _c.overlap_and_add(signal, frame_step, name=name)


def _window(window_fn, dtype):
    return None if window_fn is None else lambda length: window_fn(length, dtype=dtype)


def stft(signals, frame_length, frame_step, fft_length=None, window_fn=hann_window, pad_end=False, name=None):
    """The short-time Fourier transform: the spectrum of each frame.

    Args:
      signals: a float32 tensor, with the samples along the last dimension.
      frame_length, frame_step: as of `frame`.
      fft_length: how many samples are transformed; where it is left out the smallest power of two with room for a frame.
      window_fn: called with `frame_length` and a dtype, gives what frames are multiplied with; None: nothing.
      pad_end: as of `frame`.
      name: the name scope.

    Returns:
      A complex64 tensor [..., frames, fft_length / 2 + 1].
    """
    return _c.stft(signals, frame_length, frame_step, fft_length=fft_length,
                   window_fn=_window(window_fn, dtypes.float32), no_window=window_fn is None, pad_end=pad_end, name=name)


def inverse_stft(stfts, frame_length, frame_step, fft_length=None, window_fn=hann_window, name=None):
    """A signal from the spectra of its frames; arguments as of `stft`. The window that gives the signal back is that of
    `inverse_stft_window_fn`."""
    return _c.inverse_stft(stfts, frame_length, frame_step, fft_length=fft_length,
                           window_fn=_window(window_fn, dtypes.float32), no_window=window_fn is None, name=name)


def inverse_stft_window_fn(frame_step, forward_window_fn=hann_window, name=None):
    """A `window_fn` for `inverse_stft` that undoes the window of the transform and the overlap of the frames."""
    with name_scope(name, 'inverse_stft_window_fn'):
        frame_step = convert_to_tensor(frame_step, name='frame_step')

    def window_fn(frame_length, dtype):
        return _c.inverse_stft_window(frame_length, frame_step, forward_window_fn=_window(forward_window_fn, dtype),
                                      name=name)

    return window_fn


def linear_to_mel_weight_matrix(num_mel_bins=20, num_spectrogram_bins=129, sample_rate=8000, lower_edge_hertz=125.0,
                                upper_edge_hertz=3800.0, dtype=dtypes.float32, name=None):
    """What turns spectra into spectra in bins of mel, as the ear hears pitch: `spectra @ matrix`.

    Args:
      num_mel_bins: how many bins there are to be.
      num_spectrogram_bins: how many numbers a spectrum has.
      sample_rate: samples a second.
      lower_edge_hertz, upper_edge_hertz: where the bins begin and end.
      dtype: a float.
      name: the name scope.

    Returns:
      A matrix [num_spectrogram_bins, num_mel_bins].

    Raises:
      ValueError: numbers that are not positive, edges that are not in order below half the rate, another dtype.
    """
    return _c.linear_to_mel_weight_matrix(num_mel_bins, num_spectrogram_bins, sample_rate,
                                          lower_edge_hertz=lower_edge_hertz, upper_edge_hertz=upper_edge_hertz,
                                          dtype=dtype, name=name)
