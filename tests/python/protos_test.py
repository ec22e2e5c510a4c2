"""Messages: their fields, their places, and their life beside an installed TensorFlow or TensorBoard."""

import copy
import json
import os
import pickle
import subprocess
import sys
import textwrap

import pytest

from headrace.core import protos

with open(os.path.join(os.path.dirname(__file__), 'recorded', 'messages.json'), encoding='utf-8') as _file:
    RECORDED = json.load(_file)


def run(program):
    """What a program prints in a Python process of its own."""
    done = subprocess.run([sys.executable, '-c', textwrap.dedent(program)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def fields(descriptor):
    result = []
    for field in descriptor.fields:
        inner = field.message_type or field.enum_type
        repeated = field.is_repeated if hasattr(field, 'is_repeated') else field.label == 3
        label = 3 if repeated else 1
        result.append([field.number, field.name, field.type, label, inner.full_name if inner else ''])
    return sorted(result)


def test_public_places():
    assert {place: f'tensorflow.{name}' for place, name in protos.PUBLIC.items()} == RECORDED['public']
    for place, name in protos.PUBLIC.items():
        module, _, short = place.rpartition('.')
        assert protos.public_messages(module)[short] == name
        assert getattr(protos, name).DESCRIPTOR.full_name == RECORDED['public'][place]


def test_fields():
    pool = protos.GraphDef.DESCRIPTOR.file.pool
    for name, want in RECORDED['fields'].items():
        if len(want) and len(want[0]) == 2:
            values = pool.FindEnumTypeByName(name).values
            assert sorted([value.number, value.name] for value in values) == want, name
        else:
            assert fields(pool.FindMessageTypeByName(name)) == want, name


def test_messages_work():
    graph = protos.GraphDef()
    node = graph.node.add(name='a', op='Const')
    node.attr['dtype'].type = protos.DT_FLOAT
    node.attr['shape'].list.i.extend([1, 2])
    assert protos.GraphDef.FromString(graph.SerializeToString()) == graph
    assert copy.deepcopy(graph) == graph
    assert 'DT_FLOAT' in str(graph)
    assert protos.RunOptions.FULL_TRACE == 3 and protos.OptimizerOptions.L1 == 0
    assert protos.DataType.Name(1) == 'DT_FLOAT'
    example = protos.Example(features=protos.Features(feature={'x': protos.Feature(int64_list={'value': [7]})}))
    assert example.features.feature['x'].int64_list.value == [7]
    meta_graph = protos.MetaGraphDef()
    meta_graph.meta_info_def.any_info.Pack(graph)
    assert meta_graph.meta_info_def.any_info.Is(graph.DESCRIPTOR)


@pytest.mark.parametrize('name', ['GraphDef', 'Summary.Value', 'ConfigProto.Experimental'])
def test_pickle(name):
    cls = protos.message(f'tensorflow.{name}')
    message = cls()
    assert pickle.loads(pickle.dumps(message)) == message
    assert type(pickle.loads(pickle.dumps(message))) is cls


def test_nested_classes_are_the_same_everywhere():
    assert protos.message('tensorflow.Summary.Value') is protos.Summary.Value
    assert type(protos.Summary(value=[{'tag': 't'}]).value[0]) is protos.Summary.Value


def test_unknown_names():
    with pytest.raises(AttributeError, match='GraphDeff'):
        protos.GraphDeff
    with pytest.raises(KeyError):
        protos.message('tensorflow.GraphDeff')


def test_pb2_modules():
    from headrace.core.framework import graph_pb2, types_pb2
    from headrace.core.protobuf import config_pb2
    import headrace.core.example.example_pb2 as example_pb2

    assert graph_pb2.GraphDef is protos.GraphDef
    assert types_pb2.DT_INT32 == 3
    assert config_pb2.RunOptions.FULL_TRACE == 3
    assert example_pb2.Example is protos.Example
    assert example_pb2.DESCRIPTOR.package == 'tensorflow'
    assert 'GraphDef' in dir(graph_pb2)
    with pytest.raises(AttributeError):
        graph_pb2.Example


def test_protobuf_is_imported_on_first_use():
    assert run('''
        import sys
        from headrace.core import protos
        from headrace.core.framework import graph_pb2
        print('google.protobuf' in sys.modules, end=' ')
        protos.GraphDef
        print('google.protobuf' in sys.modules)
    ''') == 'False True\n'


# Registers TensorFlow's names in protobuf's own pool, with other fields, as an installed TensorFlow would.
OTHERS = '''
from google.protobuf import descriptor_pb2, descriptor_pool
for name, message in (('tensorflow/core/framework/graph.proto', 'GraphDef'), ('proto/graph.proto', 'NodeDef')):
    file = descriptor_pb2.FileDescriptorProto(name=name, package='tensorflow', syntax='proto3')
    field = file.message_type.add(name=message).field.add(name='other', number=1)
    field.type, field.label = field.TYPE_BYTES, field.LABEL_OPTIONAL
    descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
theirs = descriptor_pool.Default().FindMessageTypeByName('tensorflow.GraphDef')
'''
OURS = '''
from headrace.core import protos
ours = protos.GraphDef(node=[{'name': 'n'}])
'''


@pytest.mark.parametrize('order', [OTHERS + OURS, OURS + OTHERS], ids=['after', 'before'])
def test_same_names_in_the_default_pool(order):
    assert run(order + '''
print([field.name for field in theirs.fields], ours.node[0].name, theirs is ours.DESCRIPTOR)
''') == "['other'] n False\n"


TENSORBOARD = '''
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef
'''


@pytest.mark.parametrize('order', [TENSORBOARD + OURS, OURS + TENSORBOARD], ids=['after', 'before'])
def test_with_tensorboard(order):
    pytest.importorskip('tensorboard')
    assert run(order + '''
event = protos.Event(step=3, summary={'value': [{'tag': 't', 'simple_value': 2.0}]})
print(Event.FromString(event.SerializeToString()).summary.value[0].tag,
      GraphDef.FromString(ours.SerializeToString()).node[0].name, Event is protos.Event)
''') == 't n False\n'
