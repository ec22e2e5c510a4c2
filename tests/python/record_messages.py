"""Records the fields of TensorFlow 1.15's messages.

    TENSORFLOW_PYTHON tests/python/record_messages.py

writes recorded/messages.json: for each public message and those that they hold, the fields as
[number, name, type, label, name of the field's message or enum], sorted; for each enum the values as [number, name].
"""

import json
import os
import warnings

warnings.filterwarnings('ignore')

import tensorflow as tf  # noqa: E402
from google.protobuf.message import Message  # noqa: E402
from tensorflow.core.protobuf import queue_runner_pb2, saved_model_pb2  # noqa: E402


def describe(descriptor, found):
    """Adds a message, and all that its fields hold, to `found`."""
    if descriptor is None or descriptor.full_name in found:
        return
    found[descriptor.full_name] = fields = []
    for field in descriptor.fields:
        inner = field.message_type or field.enum_type
        fields.append([field.number, field.name, field.type, field.label, inner.full_name if inner else ''])
        describe(field.message_type, found)
        if field.enum_type is not None:
            found[field.enum_type.full_name] = sorted([value.number, value.name] for value in field.enum_type.values)
    fields.sort()


def public_messages():
    """(public name, class) of each message in the public modules."""
    for prefix, module in (('tf', tf), ('tf.train', tf.train), ('tf.summary', tf.summary)):
        for name in sorted(dir(module)):
            value = getattr(module, name)
            if isinstance(value, type) and issubclass(value, Message):
                yield prefix + '.' + name, value


def main():
    """Writes the file."""
    public = {name: cls.DESCRIPTOR.full_name for name, cls in public_messages()}
    found = {}
    for _, cls in public_messages():
        describe(cls.DESCRIPTOR, found)
    for cls in (saved_model_pb2.SavedModel, queue_runner_pb2.QueueRunnerDef):
        describe(cls.DESCRIPTOR, found)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'recorded', 'messages.json')
    with open(path, 'w') as file:
        lines = ['  {}: {}'.format(json.dumps(name), json.dumps(found[name])) for name in sorted(found)]
        file.write('{"public": %s,\n "fields": {\n%s\n}}\n' % (json.dumps(public, sort_keys=True), ',\n'.join(lines)))


main()
