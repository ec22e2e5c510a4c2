"""Reads the op definitions of ops/defs/*.op.

An entry:

    op MatMul
      in      a: T, b: T
      out     product: T
      attr    transpose_a: bool = false
      attr    transpose_b: bool = false
      attr    T: {bfloat16, half, float, double, int32, int64, complex64, complex128}
      shape   matmul
      grad    matmul
      flags   commutative
      host    a
      wrapper matmul
      python  linalg.matmul_op
      doc     Matrix product of a and b, each optionally transposed.

`in` and `out` may be repeated; each argument is `name: type`, where type is a dtype, the name of an attribute (a
type, or a list of types), `Ref(T)`, or `N * T` for a list of N tensors. Attributes are spelled as in TensorFlow's op
registrations, `numbertype` and `realnumbertype` included. `shape` names the function hr_shape_fn_NAME (left out:
unknown shapes), `grad` the function hr_gradient_NAME; `grad none` says that gradients stop here, and no `grad` line
that asking for one is an error. `host` lists the arguments that stay in host memory on every device. `control`
says which part of branches and loops the op is (CONTROL_FLOW below); the executor runs it by that. `wrapper`
replaces the C wrapper's name. `python` lists the public Python names (without `tf.`) that are this op and nothing more.
A line that is indented further than the keywords continues the line before it; '#'
starts a comment line.
"""

import re

DTYPES = ('float double int32 uint8 int16 int8 string complex64 int64 bool qint8 quint8 qint32 bfloat16 qint16 quint16 '
          'uint16 complex128 half resource variant uint32 uint64').split()
TYPE_SETS = {
    'numbertype': ('float double int32 uint8 int16 int8 complex64 int64 qint8 quint8 qint32 bfloat16 uint16 complex128 '
                   'half uint32 uint64').split(),
    'realnumbertype': 'float double int32 uint8 int16 int8 int64 bfloat16 uint16 half uint32 uint64'.split(),
}
ATTR_KINDS = ('string', 'int', 'float', 'bool', 'type', 'shape', 'tensor', 'func')
CONTROL_FLOW = 'switch merge enter exit next_iteration loop_cond trigger call send recv'.split()
FLAGS = ('stateful', 'commutative', 'aggregate', 'allows_uninitialized_input')


class DefinitionError(Exception):
    """What is wrong, with the file and line."""

    def __init__(self, path, line, message):
        super().__init__(f'{path}:{line}: {message}')


class Attr:
    """`allowed`: list of dtypes or strings, or None; `minimum`: int or None; `default`: Python value or None."""

    def __init__(self, name, kind, is_list, allowed, minimum, default):
        self.name, self.kind, self.is_list = name, kind, is_list
        self.allowed, self.minimum, self.default = allowed, minimum, default


class Arg:
    """`dtype` is set where it is fixed; else `type_attr` or `type_list_attr` names the attribute that gives it."""

    def __init__(self, name):
        self.name, self.is_ref, self.host = name, False, False
        self.dtype = self.type_attr = self.number_attr = self.type_list_attr = None

    @property
    def is_list(self):
        return bool(self.number_attr or self.type_list_attr)


class Op:
    def __init__(self, name, path, line):
        self.name, self.path, self.line = name, path, line
        self.inputs, self.outputs, self.attrs = [], [], []
        self.shape = self.gradient = self.doc = self.wrapper = self.control = None
        self.flags, self.deprecated_at, self.not_differentiable = [], 0, False
        self.python = []

    def attr(self, name):
        return next((a for a in self.attrs if a.name == name), None)

    def attr_index(self, name):
        return next((i for i, a in enumerate(self.attrs) if a.name == name), -1)

    def inferred_attrs(self):
        """Names of the attributes that the inputs determine."""
        return {name for arg in self.inputs for name in (arg.type_attr, arg.number_attr, arg.type_list_attr) if name}

    def required_attrs(self):
        """Those that a caller must give."""
        inferred = self.inferred_attrs()
        return [a for a in self.attrs if a.default is None and a.name not in inferred]

    def optional_attrs(self):
        inferred = self.inferred_attrs()
        return [a for a in self.attrs if a.default is not None and a.name not in inferred]


class Reader:
    """One file's entries. Arguments are resolved when the entry is complete, as attributes may follow them."""

    def __init__(self, path):
        self.path, self.line, self.ops, self.op = path, 0, [], None

    def fail(self, message):
        raise DefinitionError(self.path, self.line, message)

    def read(self):
        for line, text in self.logical_lines():
            self.line = line
            keyword, _, rest = text.partition(' ')
            rest = rest.strip()
            if keyword == 'op':
                self.finish()
                self.line = line
                self.begin(rest)
                continue
            handler = getattr(self, 'read_' + keyword, None)
            if handler is None:
                self.fail(f"unknown keyword '{keyword}'")
            if self.op is None:
                self.fail(f"'{keyword}' before the first op")
            if not rest:
                self.fail(f"'{keyword}' without a value")
            handler(rest)
        self.finish()
        return self.ops

    def logical_lines(self):
        """(line number, text) with continuation lines joined."""
        pending = None
        with open(self.path, encoding='utf-8') as file:
            for number, raw in enumerate(file, 1):
                text = raw.rstrip()
                if not text or text.lstrip().startswith('#'):
                    continue
                indent = len(text) - len(text.lstrip())
                if indent > 2 and pending:
                    pending = (pending[0], pending[1] + ' ' + text.lstrip())
                    continue
                if pending:
                    yield pending
                pending = (number, text.lstrip())
        if pending:
            yield pending

    def begin(self, name):
        if not re.fullmatch(r'_?[A-Z][A-Za-z0-9]*', name):
            self.fail(f"'{name}' is no op name")
        self.op = Op(name, self.path, self.line)
        self.pending_args, self.pending_host = [], []

    def finish(self):
        op = self.op
        if op is None:
            return
        names = [a.name for a in op.attrs]
        for destination, line, text in self.pending_args:
            self.line = line
            for item in split_outside(text, ','):
                arg = self.resolve(item)
                names.append(arg.name)
                destination.append(arg)
        for name, line in self.pending_host:
            self.line = line
            matches = [a for a in op.inputs + op.outputs if a.name == name]
            if not matches:
                self.fail(f"host memory for '{name}', which is no argument of {op.name}")
            for arg in matches:
                arg.host = True
        self.line = op.line
        for name in names:
            if names.count(name) > 1:
                self.fail(f"{op.name} uses the name '{name}' twice")
            if name in ('scope', 'options', 'name'):
                self.fail(f"{op.name}: '{name}' would clash with the wrapper's own parameter")
        if op.doc is None:
            self.fail(f'{op.name} has no doc line')
        self.ops.append(op)
        self.op = None

    def read_in(self, text):
        self.pending_args.append((self.op.inputs, self.line, text))

    def read_out(self, text):
        self.pending_args.append((self.op.outputs, self.line, text))

    def resolve(self, text):
        """An Arg of `name: [N *] type`."""
        match = re.fullmatch(r'\s*(\w+)\s*:\s*(?:(\w+)\s*\*\s*)?(?:Ref\((\w+)\)|(\w+))\s*', text)
        if not match:
            self.fail(f"'{text.strip()}' is no argument: expected 'name: type'")
        name, number, ref_type, plain_type = match.groups()
        arg, typename = Arg(name), ref_type or plain_type
        arg.is_ref = ref_type is not None
        attr = self.op.attr(typename)
        if typename in DTYPES:
            arg.dtype = typename
        elif attr is None or attr.kind != 'type':
            self.fail(f"'{typename}' is neither a dtype nor a type attribute of {self.op.name}")
        elif attr.is_list:
            arg.type_list_attr = typename
        else:
            arg.type_attr = typename
        if number:
            length = self.op.attr(number)
            if length is None or length.kind != 'int' or length.is_list:
                self.fail(f"'{number}' is no int attribute of {self.op.name}")
            if arg.type_list_attr:
                self.fail(f"'{name}' has a length and a list of types")
            arg.number_attr = number
        return arg

    def read_attr(self, text):
        match = re.fullmatch(r'(\w+)\s*:\s*(list\()?\s*(\{.*?\}|\w+)\s*(\))?\s*(?:>=\s*(-?\d+))?\s*(?:=\s*(.+))?', text)
        if not match or bool(match[2]) != bool(match[4]):
            self.fail(f"'{text}' is no attribute: expected 'name: kind [>= minimum] [= default]'")
        name, is_list, kind, _, minimum, default = match.groups()
        allowed = None
        if kind in TYPE_SETS:
            kind, allowed = 'type', TYPE_SETS[kind]
        elif kind.startswith('{'):
            items = [item.strip() for item in kind[1:-1].split(',')]
            if items[0].startswith('"'):
                kind, allowed = 'string', [self.unquote(item) for item in items]
            else:
                kind, allowed = 'type', [self.check_dtype(item) for item in items]
        elif kind not in ATTR_KINDS:
            self.fail(f"'{kind}' is no kind of attribute")
        minimum = None if minimum is None else int(minimum)
        if minimum is not None and not (is_list or kind == 'int'):
            self.fail('only an int or a list has a minimum')
        attr = Attr(name, kind, bool(is_list), allowed, minimum, None)
        if default is not None:
            attr.default = self.parse_default(attr, default.strip())
        self.op.attrs.append(attr)

    def parse_default(self, attr, text):
        if attr.is_list:
            if not (text.startswith('[') and text.endswith(']')):
                self.fail(f"the default of a list is '[...]', not '{text}'")
            inner = text[1:-1].strip()
            return [self.parse_value(attr, item.strip()) for item in split_outside(inner, ',')] if inner else []
        value = self.parse_value(attr, text)
        if attr.allowed is not None and value not in attr.allowed:
            self.fail(f"the default '{value}' is not among the allowed values")
        return value

    def parse_value(self, attr, text):
        """Strings become str, ints int, floats float, bools bool, types their name, shapes a
        list or UNKNOWN_SHAPE, tensors (`dtype[numbers]`: whole numbers, a vector) the dtype and the list."""
        try:
            if attr.kind == 'string':
                return self.unquote(text)
            if attr.kind == 'int':
                return int(text)
            if attr.kind == 'float':
                return float(text)
            if attr.kind == 'bool':
                return {'true': True, 'false': False}[text]
            if attr.kind == 'type':
                return self.check_dtype(text)
            if attr.kind == 'shape':
                return UNKNOWN_SHAPE if text == '<unknown>' else [int(d) for d in text.strip('[]').split(',') if d]
            if attr.kind == 'tensor':
                dtype, _, numbers = text.partition('[')
                return self.check_dtype(dtype), [int(n) for n in numbers.rstrip(']').split(',')]
        except (ValueError, KeyError):
            self.fail(f"'{text}' is no {attr.kind}")
        self.fail(f'a {attr.kind} has no default here')

    def check_dtype(self, name):
        if name not in DTYPES:
            self.fail(f"'{name}' is no dtype")
        return name

    def unquote(self, text):
        match = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', text)
        if not match:
            self.fail(f'expected a string in double quotes, not {text}')
        return re.sub(r'\\(.)', lambda m: {'n': '\n', 't': '\t'}.get(m[1], m[1]), match[1])

    def read_shape(self, text):
        self.op.shape = self.check_function(text)

    def read_grad(self, text):
        if text == 'none':
            self.op.not_differentiable = True
        else:
            self.op.gradient = self.check_function(text)

    def read_wrapper(self, text):
        self.op.wrapper = self.check_function(text)

    def check_function(self, text):
        if not re.fullmatch(r'[a-z][a-z0-9_]*', text):
            self.fail(f"'{text}' is no function name")
        return text

    def read_flags(self, text):
        for flag in text.split():
            if flag.startswith('deprecated@') and flag[11:].isdigit():
                self.op.deprecated_at = int(flag[11:])
            elif flag in FLAGS:
                self.op.flags.append(flag)
            else:
                self.fail(f"'{flag}' is no flag: expected {', '.join(FLAGS)} or deprecated@VERSION")

    def read_host(self, text):
        self.pending_host += [(name, self.line) for name in text.split()]

    def read_control(self, text):
        if text not in CONTROL_FLOW:
            self.fail(f"'{text}' is no part of control flow: expected {', '.join(CONTROL_FLOW)}")
        self.op.control = text

    def read_python(self, text):
        for name in text.split():
            if not re.fullmatch(r'[a-z_0-9.A-Z]+', name):
                self.fail(f"'{name}' is no name in Python")
            self.op.python.append(name)

    def read_doc(self, text):
        self.op.doc = text


class _UnknownShape:
    """The default of a shape attribute that says nothing."""


UNKNOWN_SHAPE = _UnknownShape()


def split_outside(text, separator):
    """Splits at separators that stand outside parentheses and quotes."""
    parts, depth, quoted, current = [], 0, False, ''
    for char in text:
        if char == '"':
            quoted = not quoted
        depth += (char in '([{') - (char in ')]}')
        if char == separator and depth == 0 and not quoted:
            parts.append(current)
            current = ''
        else:
            current += char
    return parts + [current]


def read_defs(paths):
    """All ops of the files, sorted by name as in the tables."""
    ops = [op for path in paths for op in Reader(path).read()]
    ops.sort(key=lambda op: op.name)
    for one, two in zip(ops, ops[1:]):
        if one.name == two.name:
            raise DefinitionError(two.path, two.line, f'{two.name} is defined in {one.path}:{one.line} too')
    return ops


def wrapper_name(op):
    """The wrapper's name without hr_: the op's name in snake case, with MatMul as one word."""
    if op.wrapper:
        return op.wrapper
    name = re.sub(r'V(\d+)$', r'_V\1', op.name.replace('MatMul', 'Matmul'))
    name = re.sub(r'(?<=[a-z0-9])(?=[A-Z])(?!(?<=\d)D)', '_', name)
    name = re.sub(r'(?<=[A-Z])(?=[A-Z][a-z])', '_', name)
    return re.sub('__+', '_', name).lower().lstrip('_')
