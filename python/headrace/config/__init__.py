"""What sessions of this process do that get no `tf.ConfigProto` of their own: devices, threads, rewriting."""

from headrace.config import experimental, optimizer, threading  # noqa: F401, public modules
from headrace.core.process_config import state as _state
from headrace.core.public import export


def get_soft_device_placement():
    """Whether a node whose device cannot be had stands elsewhere."""
    return _state.soft_placement


def set_soft_device_placement(enabled):
    """Says whether a node whose device cannot be had, or has no kernel for it, stands elsewhere.

    Args:
      enabled: a bool.
    """
    _state.set('soft_placement', enabled)


def experimental_list_devices():
    """The names of the devices of a session, as a list."""
    return [device.name for device in _state.logical()]


export(globals())
