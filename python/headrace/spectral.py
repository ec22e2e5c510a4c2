"""Spectra: part of `tf.signal` under its older place."""

from headrace import _ops
from headrace.core.public import export
from headrace.core.signal_functions import (  # noqa: F401, public names of this module
    dct, idct, irfft, irfft2d, irfft3d, rfft, rfft2d, rfft3d)

globals().update(_ops.public('spectral'))
export(globals())
