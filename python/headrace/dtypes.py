"""Element types."""

from headrace import _ops
from headrace.core.dtypes import (  # noqa: F401, public names of this module
    DType, QUANTIZED_DTYPES, as_dtype, bfloat16, bool_ as bool, complex128, complex64, double, float16, float32, float64,
    half, int16, int32, int64, int8, qint16, qint32, qint8, quint16, quint8, resource, string, uint16, uint32, uint64,
    uint8, variant)
from headrace.core.math_functions import cast, complex, saturate_cast  # noqa: F401
from headrace.core.public import export

globals().update(_ops.public('dtypes'))
export(globals())
