"""Graphs, operations, tensors, and the scopes that say where and how nodes are made."""

import contextlib
import functools
import re

import numpy

from headrace import _headrace as _c
from headrace.core import dtypes, shapes
from headrace.core.collections import CollectionList, GraphKeys
from headrace.core.indexed_slices import IndexedSlices

__all__ = ['Graph', 'Operation', 'Tensor', 'IndexedSlices', 'GraphKeys', 'name_scope', 'control_dependencies',
           'init_scope', 'executing_eagerly', 'device', 'colocate_with', 'container', 'convert_to_tensor',
           'get_default_graph', 'reset_default_graph', 'add_to_collection', 'add_to_collections', 'get_collection',
           'get_collection_ref']


_NODE_NAME = re.compile('[A-Za-z0-9.][A-Za-z0-9_.\\-/]*$')


class OperatorNotAllowedInGraphError(TypeError):
    """Python asked for a tensor's value while the graph was built."""


class InaccessibleTensorError(ValueError):
    """A tensor that may not be fetched was."""


class Operation(_c.Operation):
    """A node of a graph: an op with its inputs, attributes and outputs. Run it with a session for its effect."""

    __slots__ = ('__dict__', '__weakref__')

    def __new__(cls, node_def, g, inputs=None, output_types=None, control_inputs=None, input_types=None,
                original_op=None, op_def=None):
        """The operation that `node_def` describes, added to `g` under its very name, in no scope. The message's own
        inputs do not count: `inputs` are tensors. ValueError where the name is taken."""
        from headrace.core.protos import NodeDef
        if not isinstance(node_def, NodeDef):
            raise TypeError(f'node_def needs to be a NodeDef: {node_def}')
        if not isinstance(g, Graph):
            raise TypeError(f'g needs to be a Graph: {g}')
        if not isinstance(inputs, (list, type(None))):
            raise TypeError(f'inputs needs to be a list of Tensors: {inputs}')
        if not _NODE_NAME.match(node_def.name):
            raise ValueError(f"'{node_def.name}' is not a valid node name")
        if g._find(node_def.name) is not None:
            raise ValueError(f"Duplicate node name in graph: '{node_def.name}'")
        with g.name_scope(None), g.control_dependencies(None), g.control_dependencies(control_inputs or []), \
                g.device(None), g.device(node_def.device or None):
            return g.create_op(node_def.op, inputs or [], name=node_def.name, attrs=dict(node_def.attr))

    def run(self, feed_dict=None, session=None):
        """Runs the operation in `session`, else the default session. ValueError where there is none."""
        from headrace.core.session import session_for
        session_for(session, self.graph, 'execute operation').run(self, feed_dict)

    def __str__(self):
        return str(self.node_def)

    @property
    def node_def(self):
        """The NodeDef message."""
        from headrace.core.protos import NodeDef
        return NodeDef.FromString(_c.node_def(self))

    @property
    def op_def(self):
        """The OpDef message of the op's type."""
        from headrace.core.meta_graphs import export_meta_graph
        ops = export_meta_graph(graph=self.graph).meta_info_def.stripped_op_list.op
        return next(op for op in ops if op.name == self.type)

    @property
    def traceback(self):
        """Where the program made the operation: [(file, line, function, text)]."""
        return _traceback(self._where)

    def colocation_groups(self):
        """The names of what the operation must share a device with, as bytes 'loc:@...'."""
        try:
            groups = [group for group in self.get_attr('_class') if group.startswith(b'loc:@')]
        except ValueError:
            groups = []
        return groups or [b'loc:@' + self.name.encode()]

    def values(self):
        """The outputs as a tuple."""
        return tuple(self.outputs)


def _traceback(where):
    if not where:
        return []
    file, _, line = where.rpartition(':')
    import linecache
    return [(file, int(line), '<module>', linecache.getline(file, int(line)).strip())]


class Tensor(_c.Tensor):
    """An output of an operation: what sessions compute, and what other operations take."""

    __slots__ = ('__dict__', '__weakref__')
    __array_priority__ = 100
    OVERLOADABLE_OPERATORS = frozenset(
        f'__{name}__' for name in 'add radd sub rsub mul rmul div rdiv truediv rtruediv floordiv rfloordiv mod rmod lt le '
        'gt ge ne eq and rand or ror xor rxor getitem pow rpow invert neg abs matmul rmatmul'.split())

    def __new__(cls, op, value_index, dtype):
        """Output `value_index` of `op`, whose dtype is `dtype`."""
        if not isinstance(op, Operation):
            raise TypeError(f'op needs to be an Operation: {op}')
        output = op.outputs[value_index]
        if dtypes.as_dtype(dtype).base_dtype != output.dtype.base_dtype:
            raise TypeError(f'{output.name} is of dtype {output.dtype.name}, not {dtypes.as_dtype(dtype).name}')
        return output

    def __getitem__(tensor, slice_spec, var=None):
        """A part of the tensor; that of a variable's value has a method `assign`. `var` is the variable, where the
        tensor does not say."""
        part = _c.Tensor.__getitem__(tensor, slice_spec)
        if var is not None:
            from headrace.core.assignments import assign_slice
            part.assign = functools.partial(assign_slice, part, var=var)
        return part

    def get_shape(self):
        """The static TensorShape."""
        return self.shape

    def eval(self, feed_dict=None, session=None):
        """The value in `session`, else in the default session. ValueError where there is none."""
        from headrace.core.session import session_for
        return session_for(session, self.graph, 'evaluate tensor').run(self, feed_dict)

    def _shape_as_list(self):
        return None if self._dims is None else list(self._dims)

    def __getattr__(self, name):
        if name == 'assign' and self.op.type == 'StridedSlice':
            from headrace.core.assignments import assign_slice
            return functools.partial(assign_slice, self)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __len__(self):
        raise TypeError(f'len is not well defined for symbolic Tensors. ({self.name}) Please call `x.shape` rather than '
                        '`len(x)` for shape information.')

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError(f'Cannot convert a symbolic Tensor ({self.name}) to a numpy array.')

    def __div__(self, other):
        return self / other

    def __copy__(self):
        return self

    def _as_tf_output(self):
        return self.op, self.value_index

    @property
    def _op(self):
        return self.op


class _Scope:
    """A context manager made anew at each entry, so that it may be used twice."""

    __slots__ = ('_make', '_open')

    def __init__(self, make):
        self._make, self._open = make, []

    def __enter__(self):
        scope = self._make()
        entered = scope.__enter__()
        self._open.append(scope)
        return entered

    def __exit__(self, *exception):
        return self._open.pop().__exit__(*exception)


class Graph(_c.Graph):
    """A dataflow graph: operations that are made while it is the default graph, and collections of what they are for."""

    def __init__(self):
        super().__init__()
        self._gradient_override_map = {}

    # ---- scopes

    def as_default(self):
        """A block in which this graph is the default one."""
        return _as_default(self)

    def name_scope(self, name):
        """A block whose operations' names begin with `name/`, made unique. Gives the prefix.

        A name that ends in '/' re-enters that scope; None or '' goes back to the root.
        """
        if name and isinstance(name, bytes):
            name = name.decode()
        return _Scope(lambda: _c.scope(self, _c.SCOPE_NAME, name or None))

    def control_dependencies(self, control_inputs):
        """A block whose operations run after `control_inputs`; None clears outer ones."""
        if control_inputs is not None:
            control_inputs = [_as_control_input(c) for c in control_inputs]
        return _Scope(lambda: _c.scope(self, _c.SCOPE_CONTROLS, control_inputs))

    def device(self, device_name_or_function):
        """A block whose operations are asked to stand on a device, or on the one that a function of them answers."""
        return _Scope(lambda: _c.scope(self, _c.SCOPE_DEVICE, device_name_or_function))

    def colocate_with(self, op, ignore_existing=False):
        """A block whose operations stand on the device of `op`."""
        if op is None and not ignore_existing:
            raise ValueError('Trying to reset colocation (op is None) but ignore_existing is not True')
        return _Scope(lambda: _c.scope(self, _c.SCOPE_COLOCATE, None if op is None else _as_op(op), ignore_existing))

    _colocate_with_for_gradient = None

    def container(self, container_name):
        """A block whose stateful operations live in a resource container."""
        return _Scope(lambda: _c.scope(self, _c.SCOPE_CONTAINER, container_name))

    def _attr_scope(self, attr_map):
        values = {name: None if value is None else value.SerializeToString() for name, value in attr_map.items()}
        return _Scope(lambda: _c.scope(self, _c.SCOPE_ATTR, values))

    @contextlib.contextmanager
    def gradient_override_map(self, op_type_map):
        """A block whose operations of some types have other gradient functions: {op type: registered name}."""
        if not isinstance(op_type_map, dict):
            raise TypeError('op_type_map must be a dictionary mapping strings to strings')
        with contextlib.ExitStack() as stack:
            for op_type, gradient in op_type_map.items():
                if not isinstance(op_type, str) or not isinstance(gradient, str):
                    raise TypeError('Keys and values of op_type_map must be strings')
                stack.enter_context(_c.scope(self, _c.SCOPE_GRADIENT, (op_type, gradient)))
            yield

    def get_name_scope(self):
        """The current name scope, '' at the root."""
        return self._name_scope.rstrip('/')

    # ---- finding

    def get_operation_by_name(self, name):
        """The operation of a name. KeyError for none, TypeError for no string."""
        if not isinstance(name, str):
            raise TypeError(f'Operation names are strings (or similar), not {type(name).__name__}.')
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name):
        """The tensor of a name 'op:index'. KeyError for none, ValueError for a name of another form."""
        if not isinstance(name, str):
            raise TypeError(f'Tensor names are strings (or similar), not {type(name).__name__}.')
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        """The tensor or operation that an object or a name stands for, in this graph."""
        kinds = ' or '.join(k for k, allowed in (('Tensor', allow_tensor), ('Operation', allow_operation)) if allowed)
        if not kinds:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        if hasattr(obj, '_as_graph_element'):
            obj = obj._as_graph_element()
        if isinstance(obj, bytes):
            obj = obj.decode()
        if isinstance(obj, str):
            return self._element_by_name(obj, allow_tensor, allow_operation)
        if isinstance(obj, Tensor) and allow_tensor or isinstance(obj, Operation) and allow_operation:
            if obj.graph is not self:
                raise ValueError(f'{type(obj).__name__} {obj} is not an element of this graph.')
            return obj
        raise TypeError(f'Can not convert a {type(obj).__name__} into a {kinds}.')

    def _element_by_name(self, name, allow_tensor, allow_operation):
        if ':' in name and allow_tensor:
            match = re.fullmatch(r'([^:]*):(\d+)', name)
            if not match:
                raise ValueError(f"The name {name!r} looks a like a Tensor name, but is not a valid one. Tensor names must "
                                 'be of the form "<op_name>:<output_index>".')
            op = self._find(match[1])
            if op is None:
                raise KeyError(f'The name {name!r} refers to a Tensor which does not exist. The operation, '
                               f'{match[1]!r}, does not exist in the graph.')
            outputs = op.outputs
            if int(match[2]) >= len(outputs):
                raise KeyError(f'The name {name!r} refers to a Tensor which does not exist. The operation, {match[1]!r}, '
                               f'exists but only has {len(outputs)} outputs.')
            return outputs[int(match[2])]
        if ':' not in name and allow_operation:
            op = self._find(name)
            if op is None:
                raise KeyError(f'The name {name!r} refers to an Operation not in the graph.')
            return op
        if ':' not in name:
            if self._find(name) is not None:
                raise ValueError(f'The name {name!r} refers to an Operation, not a Tensor. Tensor names must be of the form '
                                 '"<op_name>:<output_index>".')
            raise ValueError(f'The name {name!r} looks like an (invalid) Operation name, not a Tensor. Tensor names must be '
                             'of the form "<op_name>:<output_index>".')
        raise ValueError(f'The name {name!r} looks like a Tensor name, but is not allowed: an Operation is wanted.')

    def is_feedable(self, tensor):
        """True unless the tensor is in a loop, or `prevent_feeding` was called for it."""
        return tensor.op._is_feedable and tensor not in self.__dict__.get('_unfeedable', ())

    def is_fetchable(self, tensor_or_op):
        """True unless it is in a branch or loop, or `prevent_fetching` was called for the operation."""
        op = getattr(tensor_or_op, 'op', tensor_or_op)
        return op._is_fetchable and op not in self.__dict__.get('_unfetchable', ())

    def _check_fetchable(self, op):
        if not self.is_fetchable(op):
            raise InaccessibleTensorError(f'Operation {op.name!r} has been marked as not fetchable: it is in a branch '
                                          'or loop, or was marked by prevent_fetching. Return what is to be fetched '
                                          'from the branch or loop.')

    def prevent_feeding(self, tensor):
        """Marks a tensor that must not be fed."""
        self._restrict()
        self.__dict__.setdefault('_unfeedable', set()).add(tensor)

    def prevent_fetching(self, op):
        """Marks an operation that must not be fetched."""
        self._restrict()
        self.__dict__.setdefault('_unfetchable', set()).add(op)

    # ---- collections

    def add_to_collection(self, name, value):
        """Appends a value to the collection `name`."""
        self._check_not_finalized()
        self._add_to_collection(name, value)

    def add_to_collections(self, names, value):
        """Appends a value to several collections, each once."""
        names = (names,) if isinstance(names, str) else dict.fromkeys(names)
        for name in names:
            self.add_to_collection(name, value)

    def get_collection(self, name, scope=None):
        """The list of a collection's values; with `scope`, those whose name begins with a match of that expression."""
        values = self._collection(name)
        if scope is None:
            return values
        expression = re.compile(scope)
        return [v for v in values if hasattr(v, 'name') and expression.match(v.name)]

    def get_collection_ref(self, name):
        """The collection itself: changes of this list are changes of the collection, and the other way round."""
        self._make_collection(name)
        kept = self.__dict__.setdefault('_collection_lists', {})
        if name not in kept:
            kept[name] = CollectionList(self, name)
        return kept[name]

    def get_all_collection_keys(self):
        """The names of all collections; some may hold nothing."""
        return [key for key in self._collection_keys() if not key.startswith('__')]

    @property
    def collections(self):
        """The names of all collections."""
        return self.get_all_collection_keys()

    def clear_collection(self, name):
        """Empties a collection."""
        self._check_not_finalized()
        self._clear_collection(name)

    # ---- the whole

    def _check_not_finalized(self):
        if self.finalized:
            raise RuntimeError('Graph is finalized and cannot be modified.')

    @property
    def version(self):
        """A number that grows with the graph."""
        return self._node_count

    @property
    def graph_def_versions(self):
        """The VersionDef of the exported graph."""
        from headrace.core.protos import GraphDef
        return GraphDef.FromString(_c.export_graph(self, False, self._node_count)).versions

    def as_graph_def(self, from_version=None, add_shapes=False):
        """The graph as a GraphDef message: the whole graph, as in TensorFlow, whatever `from_version` is."""
        from headrace.core.protos import GraphDef
        return GraphDef.FromString(_c.export_graph(self, add_shapes, 0))

    def create_op(self, op_type, inputs, dtypes=None, input_types=None, name=None, attrs=None, op_def=None,
                  compute_shapes=True, compute_device=True):
        """A new operation of any type: `attrs` maps names to AttrValue messages."""
        values = {key: value.SerializeToString() for key, value in (attrs or {}).items()}
        return _c.create_op(self, op_type, inputs, name, values)

    @property
    def building_function(self):
        """Whether it is the body of a function."""
        return False

    def switch_to_thread_local(self):
        """Accepted; the scope stacks of a graph stay shared by its threads."""

    def __enter__(self):
        raise AttributeError('__enter__: use `with graph.as_default():`')

    def __exit__(self, *exception):
        raise AttributeError('__exit__')


class _as_default:
    __slots__ = ('_graph',)

    def __init__(self, graph):
        self._graph = graph

    def __enter__(self):
        _c.push_default_graph(self._graph)
        return self._graph

    def __exit__(self, *exception):
        _c.pop_default_graph(self._graph)


def _as_op(value):
    if isinstance(value, (_c.Tensor, _c.Variable)):
        return value.op
    if isinstance(value, IndexedSlices):
        return value.op
    if isinstance(value, _c.Operation):
        return value
    raise TypeError(f'Can not convert a {type(value).__name__} into a Tensor or Operation.')


def _as_control_input(value):
    if isinstance(value, (_c.Operation, _c.Tensor, _c.Variable)):
        return value
    if isinstance(value, IndexedSlices):
        return value.op
    if hasattr(value, '_as_graph_element'):
        return value._as_graph_element()
    return get_default_graph().as_graph_element(value)


# ---- functions of the default graph

get_default_graph = _c.get_default_graph


def reset_default_graph():
    """Makes a new graph the default one. AssertionError within `with graph.as_default()`."""
    _c.reset_default_graph()


class name_scope:  # noqa: N801
    """`with tf.name_scope(name, default_name=None, values=None) as scope:` opens a name scope.

    `name` (else `default_name`) is made unique; `values` are tensors whose graph becomes the default one. A name that
    ends in '/' re-enters the scope of that name. Gives the scope's prefix, 'name/'.
    """

    def __init__(self, name, default_name=None, values=None):
        self._name = default_name if name is None else name
        self._default_name, self._values = default_name, values
        if not (default_name is None or isinstance(default_name, str)):
            raise TypeError('`default_name` type (%s) is not a string type. You likely meant to pass this into the '
                            '`values` kwarg.' % type(default_name))
        self._open = []

    @property
    def name(self):
        """The name that was given, or the default."""
        return self._name

    def __enter__(self):
        if self._name is None and self._values is not None:
            raise ValueError('At least one of name (None) and default_name (None) must be provided.')
        graph = _c.graph_of(list(self._values)) if self._values else get_default_graph()
        with contextlib.ExitStack() as scopes:
            scopes.enter_context(graph.as_default())
            prefix = scopes.enter_context(_c.scope(graph, _c.SCOPE_NAME, self._name or None))
            self._open.append(scopes.pop_all())
        return prefix

    def __exit__(self, type_arg, value_arg, traceback_arg):
        self._open.pop().__exit__(type_arg, value_arg, traceback_arg)
        return False


def control_dependencies(control_inputs):
    """`with tf.control_dependencies([...]):` makes operations run after others. None clears outer dependencies."""
    return get_default_graph().control_dependencies(control_inputs)


def executing_eagerly():
    """False: operations are added to a graph and run by sessions."""
    return False


def init_scope():
    """`with tf.init_scope():` lifts operations out of control dependencies: for what runs before all else."""
    return control_dependencies(None)


def device(device_name_or_function):
    """`with tf.device(...):` asks for a device by name, or by a function of the operation; None clears outer ones."""
    return get_default_graph().device(device_name_or_function)


def colocate_with(op, ignore_existing=False):
    """`with tf.colocate_with(op):` places operations beside `op`."""
    return get_default_graph().colocate_with(op, ignore_existing)


def container(container_name):
    """`with tf.container(name):` puts stateful operations into a resource container."""
    return get_default_graph().container(container_name)


def add_to_collection(name, value):
    """Appends to a collection of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names, value):
    """Appends to several collections of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key, scope=None):
    """The values of a collection of the default graph, filtered by name where `scope` is given."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key):
    """The collection of the default graph itself."""
    return get_default_graph().get_collection_ref(key)


def get_all_collection_keys():
    """The collections of the default graph."""
    return get_default_graph().get_all_collection_keys()


def clear_collection(name):
    """Empties a collection of the default graph."""
    get_default_graph().clear_collection(name)


def op_scope(values, name, default_name=None):
    """The old order of name_scope's arguments."""
    return name_scope(name, default_name, values)


# ---- conversion

def convert_to_tensor(value, dtype=None, name=None, preferred_dtype=None, dtype_hint=None):
    """The tensor of a value: a tensor as it is, anything else as a constant of `dtype` named `name`."""
    preferred = dtypes.as_dtype(dtype_hint or preferred_dtype) if dtype is None and (dtype_hint or preferred_dtype) else None
    if isinstance(value, IndexedSlices):
        return _c.gradient_to_tensor(value, name)
    if name is None and isinstance(value, (shapes.TensorShape, shapes.Dimension)):
        name = 'shape_as_tensor'
    if preferred is not None:
        try:
            return _c.convert(value, preferred, name)
        except (TypeError, ValueError):
            pass
    return _c.convert(value, dtype, name)


def internal_convert_to_tensor(value, dtype=None, name=None, as_ref=False, preferred_dtype=None, ctx=None):
    """convert_to_tensor; `as_ref` gives a variable's reference."""
    if as_ref and isinstance(value, _c.Variable):
        return value._variable
    return convert_to_tensor(value, dtype, name, preferred_dtype)


def convert_to_tensor_or_indexed_slices(value, dtype=None, name=None):
    """IndexedSlices and None as they are, anything else as a tensor."""
    if value is None or isinstance(value, IndexedSlices):
        return value
    return convert_to_tensor(value, dtype, name)


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """Sparse tensors as they are, anything else as a tensor. RuntimeError for a sparse tensor of another dtype."""
    from headrace.core.sparse import SparseTensor, SparseTensorValue
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if isinstance(value, SparseTensor):
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise RuntimeError(f'Sparse dtype: requested = {dtype}, actual = {value.dtype}')
        return value
    return convert_to_tensor(value, dtype, name)


_conversions = []  # (priority, types, function)


def register_tensor_conversion_function(base_type, conversion_func, priority=100):
    """Says how objects of a type become tensors: conversion_func(value, dtype, name, as_ref) -> Tensor."""
    _conversions.append((priority, base_type, conversion_func))
    _conversions.sort(key=lambda entry: entry[0])


def _operand_fallback(value):
    """What stands for an object that the extension does not know: a tensor or a plain value."""
    for _, base_type, function in _conversions:
        if isinstance(value, base_type):
            result = function(value, dtype=None, name=None, as_ref=False)
            if result is not NotImplemented:
                return result
    if isinstance(value, IndexedSlices):
        return _c.gradient_to_tensor(value, None)
    if isinstance(value, shapes.TensorShape):
        if not value.is_fully_defined():
            raise ValueError(f'Cannot convert a partially known TensorShape to a Tensor: {value}')
        sizes = value.as_list()
        return numpy.array(sizes, numpy.int64 if any(size > 0x7fffffff for size in sizes) else numpy.int32)
    if isinstance(value, shapes.Dimension):
        if value.value is None:
            raise ValueError('Cannot convert unknown Dimension to a Tensor: ?')
        return value.value
    if hasattr(value, '_as_graph_element'):
        return value._as_graph_element()
    if hasattr(value, '__array__'):
        return numpy.asarray(value)
    if isinstance(value, (range, set, frozenset)) or hasattr(value, '__iter__') and not isinstance(value, dict):
        return list(value)
    raise TypeError(f'Failed to convert object of type {type(value)} to Tensor. Contents: {value}. Consider casting '
                    'elements to a supported type.')


def _item_fallback(kind, serialized, graph):
    """What stands for an item of a collection that C keeps as a message: that message."""
    from headrace.core import protos
    if kind == 'QueueRunnerDef':
        from headrace.core.queue_runners import queue_runner_of
        return queue_runner_of(serialized, graph)
    if kind in ('CondContextDef', 'WhileContextDef'):
        from headrace.core.control_flow import ControlFlowContext
        return ControlFlowContext(protos.message('tensorflow.' + kind).FromString(serialized))
    return protos.message('google.protobuf.' + kind).FromString(serialized)


_c.register_class('Graph', Graph)
_c.register_class('item_fallback', _item_fallback)
_c.register_class('Operation', Operation)
_c.register_class('Tensor', Tensor)
_c.register_class('IndexedSlices', IndexedSlices)
_c.register_class('operand_fallback', _operand_fallback)
