"""Operations on sets, which are the last dimension of tensors and sparse tensors."""

from headrace.core.public import export
from headrace.core.set_functions import (  # noqa: F401, public names of this module
    set_difference, set_difference as difference, set_intersection, set_intersection as intersection, set_size,
    set_size as size, set_union, set_union as union)

export(globals())
