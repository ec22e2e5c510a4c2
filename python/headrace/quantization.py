"""Numbers rounded as if they were quantized."""

from headrace import _ops
from headrace.core.public import export
from headrace.core.quantize_functions import quantize, quantize_and_dequantize  # noqa: F401, public names

globals().update(_ops.public('quantization'))
export(globals())
