"""Functions that move elements of tensors, under their older place."""

from headrace import _ops
from headrace.core.arrays import gather_nd  # noqa: F401, a public name of this module
from headrace.core.public import export

globals().update(_ops.public('manip'))
export(globals())
