"""Assertions about tensors."""

from headrace import _ops
from headrace.core.checks import (  # noqa: F401, public names of this module
    assert_integer, assert_proper_iterable, assert_rank, assert_rank_at_least, assert_rank_in, assert_same_float_dtype,
    assert_scalar, assert_type, is_numeric_tensor, verify_tensor_all_finite as assert_all_finite)
from headrace.core.control import Assert  # noqa: F401
from headrace.core.element_assertions import *  # noqa: F401, F403
from headrace.core.public import export

globals().update(_ops.public('debugging'))
export(globals())
