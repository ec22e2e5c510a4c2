"""Signals: spectra, frames and windows."""

from headrace import _ops
from headrace.core.public import export
from headrace.core.signal_functions import (  # noqa: F401, public names of this module
    dct, fftshift, frame, hamming_window, hann_window, idct, ifftshift, inverse_stft, inverse_stft_window_fn, irfft,
    irfft2d, irfft3d, linear_to_mel_weight_matrix, mfccs_from_log_mel_spectrograms, overlap_and_add, rfft, rfft2d,
    rfft3d, stft)

globals().update(_ops.public('signal'))
export(globals())
