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
        return [protos.DeviceAttributes(name='/' + device.name.rpartition('/')[2], device_type=device.device_type,
                                        memory_limit=device.memory_limit_bytes, incarnation=device.incarnation,
                                        locality={}) for device in session.list_devices()]


export(globals())
