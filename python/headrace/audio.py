"""Sounds in WAV files."""

from headrace import _ops
from headrace.core.public import export

globals().update(_ops.public('audio'))
export(globals())
