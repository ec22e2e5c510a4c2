"""Numbers rounded as if they were quantized."""

from headrace import _ops
from headrace.core.public import export

globals().update(_ops.public('quantization'))
export(globals())
