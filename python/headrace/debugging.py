"""Assertions about tensors."""

from headrace import _ops
from headrace.core.checks import (  # noqa: F401, public names of this module
    assert_integer, assert_proper_iterable, assert_rank, assert_rank_at_least, assert_rank_in, assert_same_float_dtype,
    assert_scalar, assert_type, is_numeric_tensor, verify_tensor_all_finite as assert_all_finite)
from headrace.core.control import Assert  # noqa: F401
from headrace.core.element_assertions import *  # noqa: F401, F403
from headrace.core.process_config import state as _state
from headrace.core.public import export

globals().update(_ops.public('debugging'))


def get_log_device_placement():
    """Whether sessions that get no `tf.ConfigProto` of their own say where each node stands."""
    return _state.log_placement


def set_log_device_placement(enabled):
    """Says whether sessions that get no `tf.ConfigProto` of their own say where each node stands.

    Args:
      enabled: a bool.
    """
    _state.set('log_placement', enabled)


export(globals())
