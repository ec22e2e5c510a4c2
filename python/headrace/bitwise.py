"""Operations on the bits of integers."""

from headrace import _ops
from headrace.core.public import export

globals().update(_ops.public('bitwise'))
export(globals())
