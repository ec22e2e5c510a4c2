"""TensorFlow's messages as real protocol buffers.

Their descriptors stand in a pool of their own, not in protobuf's default pool, so that an installed TensorFlow or
TensorBoard may register the same names in the same process. `protobuf` is imported when the first message is asked
for: as an attribute of this module (`protos.GraphDef`, `protos.DataType`, `protos.DT_FLOAT`), by full name
(`protos.message('tensorflow.GraphDef')`), or through the public names in `PUBLIC`.

Works with protobuf 3.20 and later.
"""

import copyreg
import functools
import os
import sys
import types

_PACKAGE = 'tensorflow'

# The public places of messages, and the messages' full names without their package.
PUBLIC = {
    'tf.AttrValue': 'AttrValue',
    'tf.ConfigProto': 'ConfigProto',
    'tf.Event': 'Event',
    'tf.GPUOptions': 'GPUOptions',
    'tf.GraphDef': 'GraphDef',
    'tf.GraphOptions': 'GraphOptions',
    'tf.HistogramProto': 'HistogramProto',
    'tf.LogMessage': 'LogMessage',
    'tf.MetaGraphDef': 'MetaGraphDef',
    'tf.NameAttrList': 'NameAttrList',
    'tf.NodeDef': 'NodeDef',
    'tf.OptimizerOptions': 'OptimizerOptions',
    'tf.RunMetadata': 'RunMetadata',
    'tf.RunOptions': 'RunOptions',
    'tf.SessionLog': 'SessionLog',
    'tf.Summary': 'Summary',
    'tf.SummaryMetadata': 'SummaryMetadata',
    'tf.TensorInfo': 'TensorInfo',
    'tf.summary.Event': 'Event',
    'tf.summary.SessionLog': 'SessionLog',
    'tf.summary.Summary': 'Summary',
    'tf.summary.SummaryDescription': 'SummaryDescription',
    'tf.summary.TaggedRunMetadata': 'TaggedRunMetadata',
    'tf.train.BytesList': 'BytesList',
    'tf.train.ClusterDef': 'ClusterDef',
    'tf.train.Example': 'Example',
    'tf.train.Feature': 'Feature',
    'tf.train.FeatureList': 'FeatureList',
    'tf.train.FeatureLists': 'FeatureLists',
    'tf.train.Features': 'Features',
    'tf.train.FloatList': 'FloatList',
    'tf.train.Int64List': 'Int64List',
    'tf.train.JobDef': 'JobDef',
    'tf.train.SaverDef': 'SaverDef',
    'tf.train.SequenceExample': 'SequenceExample',
    'tf.train.ServerDef': 'ServerDef',
}


def public_messages(module):
    """The messages whose public place is `module`.

    Args:
      module: 'tf', 'tf.train', 'tf.summary'.

    Returns:
      A dict from the name in that module to the message's name here.
    """
    return {place.rpartition('.')[2]: name for place, name in PUBLIC.items() if place.rpartition('.')[0] == module}


@functools.lru_cache(maxsize=None)
def _pool():
    """The private pool, and a dict from a file's base name to its file descriptor."""
    from google.protobuf import descriptor_pb2, descriptor_pool

    with open(os.path.join(os.path.dirname(__file__), 'protos.pb'), 'rb') as descriptors:
        file_set = descriptor_pb2.FileDescriptorSet.FromString(descriptors.read())
    pool = descriptor_pool.DescriptorPool()
    files = {}
    for file in file_set.file:
        if not file.name.startswith('proto/'):
            continue  # what only the generator of C code reads: options, which are dropped below
        file.ClearField('options')
        dependencies = [name for name in file.dependency if name.startswith('proto/')]
        del file.dependency[:]
        file.dependency.extend(dependencies)
        pool.AddSerializedFile(file.SerializeToString())
        files[os.path.basename(file.name)[:-len('.proto')]] = file.name
    return pool, {base: pool.FindFileByName(name) for base, name in files.items()}


@functools.lru_cache(maxsize=None)
def _class_maker():
    """The function that makes a class, or finds the one it made, from a descriptor of the private pool."""
    from google.protobuf import message_factory

    if hasattr(message_factory, 'GetMessageClass'):
        return message_factory.GetMessageClass
    return message_factory.MessageFactory(_pool()[0]).GetPrototype


def _class(descriptor):
    """The class of a descriptor. It has its nested classes as attributes and can be pickled."""
    cls = _class_maker()(descriptor)
    cls.__module__ = __name__
    copyreg.pickle(cls, _reduce)  # protobuf's own way looks nested messages up in the default pool
    for nested in descriptor.nested_types:
        nested_class = _class(nested)
        if not hasattr(cls, nested.name):  # protobuf in pure Python
            setattr(cls, nested.name, nested_class)
    return cls


def _reduce(instance):
    return _parse, (instance.DESCRIPTOR.full_name, instance.SerializePartialToString())


def _parse(full_name, serialized):
    return message(full_name).FromString(serialized)


@functools.lru_cache(maxsize=None)
def _names():
    """All top-level names of the package: messages, enums, and the values of those enums."""
    from google.protobuf.internal import enum_type_wrapper

    names = {}
    for file in _pool()[1].values():
        if file.package != _PACKAGE:
            continue
        for name, descriptor in file.message_types_by_name.items():
            names[name] = _class(descriptor)
        for name, descriptor in file.enum_types_by_name.items():
            names[name] = enum_type_wrapper.EnumTypeWrapper(descriptor)
            names.update((value.name, value.number) for value in descriptor.values)
    return names


def message(full_name):
    """The class of a message.

    Args:
      full_name: for example 'tensorflow.GraphDef' or 'tensorflow.Summary.Value'.

    Returns:
      The class: the same one each time.

    Raises:
      KeyError: there is no such message.
    """
    _names()
    return _class_maker()(_pool()[0].FindMessageTypeByName(full_name))


def add_pb2_modules(package, names):
    """Makes modules such as `tensorflow.core.framework.graph_pb2`, whose names are looked up when they are used.

    Args:
      package: the full name of the Python package that gets the modules.
      names: base names of proto files, such as 'graph'.
    """
    for name in names:
        module = types.ModuleType(f'{package}.{name}_pb2', f'The messages of {name}.proto.')
        module.__package__ = package
        module.__getattr__ = functools.partial(_file_attribute, name)
        module.__dir__ = functools.partial(_file_names, name)
        sys.modules[module.__name__] = module
        setattr(sys.modules[package], f'{name}_pb2', module)


def _file_names(base):
    file = _pool()[1][base]
    values = [value.name for enum in file.enum_types_by_name.values() for value in enum.values]
    return ['DESCRIPTOR', *file.message_types_by_name, *file.enum_types_by_name, *values]


def _file_attribute(base, name):
    if name.startswith('__') or name not in _file_names(base):
        raise AttributeError(f"{base}_pb2 has no attribute '{name}'")
    return _pool()[1][base] if name == 'DESCRIPTOR' else _names()[name]


def __getattr__(name):
    if not name.startswith('_') and name in _names():
        return _names()[name]
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__():
    return sorted([*globals(), *_names()])
