"""The devices of this machine."""

from headrace.core.public import export


def list_local_devices(session_config=None):
    """Lists the devices that sessions of this process can use.

    Args:
      session_config: a `tf.ConfigProto`, or None.

    Returns:
      A list of `DeviceAttributes` messages, with names such as '/device:CPU:0'.
    """
    import headrace as tf
    from headrace.core import protos

    with tf.Session(graph=tf.Graph(), config=session_config) as session:
        return [protos.DeviceAttributes(name='/' + name.rpartition('/')[2], device_type=device_type,
                                        memory_limit=memory_limit, incarnation=incarnation, locality={},
                                        physical_device_desc=description)
                for name, device_type, memory_limit, incarnation, description in session._devices()]


export(globals())
