"""Threads of sessions that get no `tf.ConfigProto` of their own."""

from headrace.core.process_config import state as _state
from headrace.core.public import export


def get_intra_op_parallelism_threads():
    """The number of threads that work inside of an operation; 0: one for each core."""
    return _state.intra_threads or 0


def set_intra_op_parallelism_threads(num_threads):
    """Sets the number of threads that work inside of an operation.

    Args:
      num_threads: the number; 0: one for each core.

    Raises:
      RuntimeError: logical devices were listed before.
    """
    _state.change('intra_threads', num_threads, 'Intra op parallelism')


def get_inter_op_parallelism_threads():
    """The number of threads that run operations side by side; 0: one for each core."""
    return _state.inter_threads or 0


def set_inter_op_parallelism_threads(num_threads):
    """Sets the number of threads that run operations side by side.

    Args:
      num_threads: the number; 0: one for each core.

    Raises:
      RuntimeError: logical devices were listed before.
    """
    _state.change('inter_threads', num_threads, 'Inter op parallelism')


export(globals())
