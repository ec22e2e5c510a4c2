"""The devices of sessions that get no `tf.ConfigProto` of their own."""

from headrace.core.process_config import VirtualDeviceConfiguration, state as _state  # noqa: F401, public
from headrace.core.public import export

_POLICIES = ('silent', 'silent_for_int32', 'warn', 'explicit')


def list_physical_devices(device_type=None):
    """The devices of the machine, whether sessions use them or not.

    Args:
      device_type: 'CPU', 'GPU' or None for all.

    Returns:
      A list of objects with `name` and `device_type`.
    """
    return _state.physical(device_type)


def list_logical_devices(device_type=None):
    """The devices of a session. From then on they cannot be configured any more.

    Args:
      device_type: 'CPU', 'GPU' or None for all.

    Returns:
      A list of objects with `name` and `device_type`.
    """
    return _state.logical(device_type)


def get_visible_devices(device_type=None):
    """The physical devices that sessions use.

    Args:
      device_type: 'CPU', 'GPU' or None for all.

    Returns:
      A list of objects with `name` and `device_type`.
    """
    return _state.seen(device_type)


def set_visible_devices(devices, device_type=None):
    """Says which physical devices sessions use.

    Args:
      devices: one of `list_physical_devices()`, or a list of them.
      device_type: the type that is chosen among; None: all.

    Raises:
      ValueError: a device that the machine does not have, or of another type.
      RuntimeError: logical devices were listed before.
    """
    devices = list(devices) if isinstance(devices, (list, tuple)) and not hasattr(devices, 'device_type') else [devices]
    for device in devices:
        _state.check(device)
        if device_type is not None and device.device_type != device_type:
            raise ValueError(f'Unrecognized device: {device!r}')
    kept = [] if device_type is None else [device for device in _state.seen() if device.device_type != device_type]
    _state.change('visible', kept + devices, 'Visible devices')


def get_memory_growth(device):
    """Whether the memory of a GPU is taken as it is needed; KeyError where nothing was said.

    Args:
      device: one of `list_physical_devices()`.
    """
    _state.check(device)
    return _state.growth[device]


def set_memory_growth(device, enable):
    """Says whether the memory of a GPU is taken as it is needed, rather than all at first use.

    Args:
      device: a GPU of `list_physical_devices()`.
      enable: a bool.

    Raises:
      ValueError: no GPU, or one that is divided.
      RuntimeError: logical devices were listed before.
    """
    _state.check(device)
    if device in _state.virtual:
        raise ValueError('Cannot set memory growth on device when virtual devices configured')
    if device.device_type != 'GPU':
        raise ValueError('Cannot set memory growth on non-GPU devices')
    _state.change('growth', {**_state.growth, device: enable}, 'Memory growth')


def get_virtual_device_configuration(device):
    """What a device is divided into: a list of `VirtualDeviceConfiguration`, or None.

    Args:
      device: one of `list_physical_devices()`.
    """
    _state.check(device)
    return _state.virtual.get(device)


def set_virtual_device_configuration(device, virtual_devices):
    """Divides a CPU into several devices.

    Args:
      device: one of `list_physical_devices()`.
      virtual_devices: a list of `VirtualDeviceConfiguration`.

    Raises:
      ValueError: a memory limit for a CPU, or a device that the machine does not have.
      NotImplementedError: a GPU, of which there is one device each.
      RuntimeError: logical devices were listed before.
    """
    _state.check(device)
    if device.device_type == 'GPU':
        raise NotImplementedError('GPUs cannot be divided')
    for virtual in virtual_devices:
        if virtual.memory_limit is not None:
            raise ValueError('Setting memory limit on CPU virtual devices is currently not supported')
    _state.change('virtual', {**_state.virtual, device: list(virtual_devices)}, 'Virtual devices')


def get_synchronous_execution():
    """What `set_synchronous_execution` said; True at first."""
    return _state.is_synchronous


def set_synchronous_execution(enable):
    """Accepted: sessions wait for what they run.

    Args:
      enable: a bool.
    """
    _state.is_synchronous = enable


def get_device_policy():
    """What `set_device_policy` said; 'silent' at first."""
    return _state.policy


def set_device_policy(device_policy):
    """Accepted: what an operation needs is always brought to its device.

    Args:
      device_policy: 'silent', 'silent_for_int32', 'warn', 'explicit' or None for the default.

    Raises:
      ValueError: any other.
    """
    policy = 'silent' if device_policy is None else device_policy
    if policy not in _POLICIES:
        raise ValueError(f'Not a valid device policy: {device_policy!r}')
    _state.policy = policy


export(globals())
