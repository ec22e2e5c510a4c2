"""Names of devices, taken apart: `tf.DeviceSpec`."""

__all__ = ['DeviceSpec']

_FIELDS = ('job', 'replica', 'task', 'device_type', 'device_index')


def _number(value):
    return None if value is None else int(value)


class DeviceSpec:
    """A device, or several, by job, replica, task, type and index; what is not given stands for any.

    As text: '/job:ps/replica:0/task:1/device:GPU:0'.
    """

    def __init__(self, job=None, replica=None, task=None, device_type=None, device_index=None):
        """Makes a spec.

        Args:
          job: the name of the job.
          replica: the number of the replica.
          task: the number of the task.
          device_type: such as 'CPU' or 'GPU'.
          device_index: the number of the device among those of its type.

        Raises:
          ValueError: a number is none.
        """
        self.job = job
        self.replica = replica
        self.task = task
        self.device_type = device_type.upper() if device_type in ('cpu', 'gpu') else device_type
        self.device_index = device_index

    @property
    def job(self):
        """The name of the job, or None."""
        return self._job

    @job.setter
    def job(self, job):
        self._job = None if job is None else str(job)

    @property
    def replica(self):
        """The number of the replica, or None."""
        return self._replica

    @replica.setter
    def replica(self, replica):
        self._replica = _number(replica)

    @property
    def task(self):
        """The number of the task, or None."""
        return self._task

    @task.setter
    def task(self, task):
        self._task = _number(task)

    @property
    def device_type(self):
        """The type of the device, or None."""
        return self._device_type

    @device_type.setter
    def device_type(self, device_type):
        self._device_type = device_type

    @property
    def device_index(self):
        """The number of the device among those of its type, or None."""
        return self._device_index

    @device_index.setter
    def device_index(self, device_index):
        self._device_index = _number(device_index)

    @classmethod
    def from_string(cls, spec):
        """Makes a spec of a text; see `parse_from_string`."""
        return cls().parse_from_string(spec)

    def parse_from_string(self, spec):
        """Takes all fields from a text.

        Args:
          spec: text such as '/job:ps/cpu:0' or '/task:1/device:GPU:*', or None for any device.

        Returns:
          The spec itself.

        Raises:
          ValueError: a part of the text means nothing, or there are two types of device.
        """
        fields = dict.fromkeys(_FIELDS)
        for part in filter(None, (spec or '').split('/')):
            name, *values = part.split(':')
            if name in ('job', 'replica', 'task') and len(values) == 1:
                fields[name] = values[0]
                continue
            if name == 'device' and len(values) == 2:
                device_type, index = values
            elif name.lower() in ('cpu', 'gpu') and len(values) <= 1:
                device_type, index = name.upper(), values[0] if values else '*'
            else:
                raise ValueError(f"Unknown attribute: '{name}' in '{spec}'")
            if fields['device_type'] is not None:
                raise ValueError(f"Cannot specify multiple device types: '{spec}'")
            fields.update(device_type=device_type, device_index=None if index == '*' else index)
        for name, value in fields.items():
            setattr(self, name, value)
        return self

    def merge_from(self, dev):
        """Takes those fields of another spec that it gives."""
        for name in _FIELDS:
            if getattr(dev, name) is not None:
                setattr(self, name, getattr(dev, name))

    def make_merged_spec(self, dev):
        """A new spec with the fields of another where it gives them, and else those of this one."""
        merged = self.replace()
        merged.merge_from(dev)
        return merged

    def replace(self, **kwargs):
        """A new spec with other values of the fields that are named.

        Raises:
          TypeError: there is no such field.
        """
        return type(self)(**{**{name: getattr(self, name) for name in _FIELDS}, **kwargs})

    def to_string(self):
        """The text of the spec; empty where it stands for any device."""
        parts = [f'/{name}:{getattr(self, name)}' for name in ('job', 'replica', 'task')
                 if getattr(self, name) is not None]
        if self.device_type is not None:
            parts.append(f'/device:{self.device_type}:{"*" if self.device_index is None else self.device_index}')
        return ''.join(parts)

    def __repr__(self):
        return f'{type(self).__name__}({self.to_string()!r})'

    def __eq__(self, other):
        return self.to_string() == other.to_string() if isinstance(other, DeviceSpec) else NotImplemented

    def __hash__(self):
        return hash(self.to_string())
