"""Records what TensorFlow 1.15 answers to the scope programs in data/scopes.txt, as data/scopes.tsv.

    /opt/tf115/bin/python tests/graph/record_scopes.py

A program is a list of commands, one a line, words separated by spaces ("-" for nothing):
    case TEXT                          an empty graph
    scope NAME | device NAME | colocate NODE | colocate-only NODE | container NAME | attr NAME VALUE
    controls NODE ...                  (no node: an empty list) | controls-clear
    device-function PREFIX             answers PREFIX + ":" + op type of the node when asked
    close                              the innermost of these
    node OP NAME INPUT,... ATTR=VALUE  makes a node; inputs are "name:index", groups in [ ] for list arguments
    unique NAME | use NAME             the next unique name, without and with marking it
    graph-seed N | seeds N             seeds of a random op ("-" for none)
The answer stands behind a tab: a prefix, a name, two seeds; of a node its name, device, control inputs, _class,
container and the attribute of attr scopes; or "error: " and the message.
"""
import os
import warnings

warnings.filterwarnings('ignore')
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import tensorflow.compat.v1 as tf  # noqa: E402
from tensorflow.python.framework import op_def_registry, random_seed  # noqa: E402
from tensorflow.python.framework.op_def_library import OpDefLibrary  # noqa: E402

tf.logging.set_verbosity('ERROR')
LIBRARY = OpDefLibrary()
HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = {'float': tf.float32, 'int32': tf.int32, 'string': tf.string, 'int64': tf.int64, 'double': tf.float64,
          'bool': tf.bool}


def nothing(word):
    return None if word == '-' else word


def describe(op):
    def text(name):
        try:
            value = op.get_attr(name)
        except ValueError:
            return '-'
        if isinstance(value, list):
            return ','.join(v.decode() for v in value)
        return value.decode() or '-'
    controls = ','.join(c.name for c in op.control_inputs)
    return ' '.join([op.name, op.device or '-', controls or '-', text('_class'), text('container'), text('_test')])


def attr_value(text):
    if text in DTYPES:
        return DTYPES[text]
    if text.startswith('['):
        return [attr_value(t) for t in text[1:-1].split('|') if t]
    try:
        return int(text)
    except ValueError:
        return text


def default_value(attr):
    """What a generated wrapper passes for an attribute that was left out."""
    kind, value = attr.type, attr.default_value
    if kind.startswith('list('):
        return list(getattr(value.list, {'list(type)': 'type', 'list(int)': 'i'}.get(kind, 's')))
    field = {'string': 's', 'int': 'i', 'float': 'f', 'bool': 'b', 'type': 'type', 'shape': 'shape'}[kind]
    return getattr(value, field)


class Program:
    def case(self, *words):
        self.open = []
        self.graph = tf.Graph()
        self.manager = None

    def enter(self, manager):
        answer = manager.__enter__()
        self.open.append(manager)
        return answer

    def close(self):
        self.open.pop().__exit__(None, None, None)

    def scope(self, name):
        return self.enter(self.graph.name_scope(nothing(name))) or '-'

    def device(self, name):
        self.enter(self.graph.device(nothing(name)))

    def device_function(self, prefix):
        self.enter(self.graph.device(lambda op: '/job:%s' % (prefix + op.type)))

    def colocate(self, name):
        self.enter(self.graph.colocate_with(self.graph.get_operation_by_name(name)))

    def colocate_only(self, name):
        op = self.graph.get_operation_by_name(name) if nothing(name) else None
        self.enter(self.graph.colocate_with(op, ignore_existing=True))

    def container(self, name):
        self.enter(self.graph.container(name))

    def attr(self, name, value):
        proto = tf.AttrValue(s=value.encode()) if nothing(value) else None
        self.enter(self.graph._attr_scope({name: proto}))

    def controls(self, *names):
        self.enter(self.graph.control_dependencies([self.graph.get_operation_by_name(n) for n in names]))

    def controls_clear(self):
        self.enter(self.graph.control_dependencies(None))

    def unique(self, name):
        return self.graph.unique_name(name, mark_as_used=False)

    def use(self, name):
        return self.graph.unique_name(name)

    def graph_seed(self, seed):
        self.graph.seed = int(seed) if nothing(seed) else None

    def seeds(self, seed):
        a, b = random_seed.get_seed(int(seed) if nothing(seed) else None)
        return '%d %d' % (a or 0, b or 0)

    def node(self, op, name, inputs='-', *attrs):
        definition = op_def_registry.get_registered_ops()[op]
        arguments = {}
        groups = [] if inputs == '-' else inputs.split(';')
        for arg, group in zip(definition.input_arg, groups):
            tensors = [self.graph.get_tensor_by_name(t) for t in group.strip('[]').split(',') if t]
            arguments[arg.name] = tensors if group.startswith('[') else tensors[0]
        for attr in attrs:
            key, value = attr.split('=')
            arguments[key] = attr_value(value)
        inferred = {name for arg in definition.input_arg
                    for name in (arg.type_attr, arg.number_attr, arg.type_list_attr)}
        for attr in definition.attr:
            if attr.HasField('default_value') and attr.name not in inferred:
                arguments.setdefault(attr.name, default_value(attr))
        return describe(LIBRARY._apply_op_helper(op, name=nothing(name), **arguments)[2])


def main():
    for definition in op_def_registry.get_registered_ops().values():
        LIBRARY.add_op(definition)
    program = Program()
    lines = []
    for line in open(os.path.join(HERE, 'data', 'scopes.txt')):
        line = line.rstrip('\n')
        if not line or line.startswith('#'):
            continue
        words = line.split(' ')
        try:
            if words[0] == 'case':
                program.case()
                answer = None
            else:
                with program.graph.as_default():
                    answer = getattr(program, words[0].replace('-', '_'))(*words[1:])
        except (TypeError, ValueError, KeyError) as error:
            answer = 'error: %s' % error
        lines.append('%s\t%s\n' % (line, answer or ''))
    with open(os.path.join(HERE, 'data', 'scopes.tsv'), 'w') as out:
        out.writelines(lines)


main()
