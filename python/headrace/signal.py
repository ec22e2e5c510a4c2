"""Signals: spectra, frames and windows."""

from headrace import _ops
from headrace.core.public import export
from headrace.core.signal_functions import (  # noqa: F401, public names of this module
    fftshift, hamming_window, hann_window, ifftshift, irfft, irfft2d, irfft3d, rfft, rfft2d, rfft3d)

globals().update(_ops.public('signal'))
export(globals())
