"""Functions of a graph's library: Defun, which makes one of a Python function that builds its body."""

import inspect

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import Graph, GraphKeys, convert_to_tensor, get_default_graph
from headrace.core.variable_scope import get_variable, get_variable_scope, variable_scope

# How dtypes are told in the names of overloads.
_SHORT_NAMES = {'float16': 'f16', 'float32': 'f32', 'float64': 'f64', 'int32': 'i32', 'uint8': 'i8', 'uint16': 'u16',
                'uint32': 'u32', 'uint64': 'u64', 'int16': 'i16', 'int8': 'i8', 'string': 's', 'complex64': 'c64',
                'complex128': 'c128', 'int64': 'i64', 'bool': 'b', 'qint8': 'qi8', 'quint8': 'qu8', 'qint16': 'qi16',
                'quint16': 'qu16', 'qint32': 'qi32', 'bfloat16': 'b16'}

_VARIABLE_KEYS = (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES,
                  GraphKeys.MODEL_VARIABLES, GraphKeys.TRAINABLE_VARIABLES, GraphKeys.MOVING_AVERAGE_VARIABLES,
                  GraphKeys.CONCATENATED_VARIABLES, GraphKeys.TRAINABLE_RESOURCE_VARIABLES)


class _FuncGraph(Graph):
    """A function's body. What it reads of the graph around becomes an argument; variables are those of that graph."""

    def __init__(self, name):
        super().__init__()
        self.name = name
        self.inputs, self.outputs, self.extra_vars = [], [], []
        self._outer_graph = get_default_graph()
        self._vscope = get_variable_scope()
        _c.begin_function(self, self._outer_graph)

    building_function = True

    @property
    def extra_inputs(self):
        """The tensors of graphs around that are arguments, after those that the function declares."""
        return _c.captured(self)[0]

    @property
    def extra_args(self):
        """What stands for them in the body."""
        return _c.captured(self)[1]

    def capture(self, tensor, name=None):
        """What stands for a tensor in the body."""
        return _c.capture(self, tensor)

    def getvar(self, getter, name, shape=None, dtype=None, initializer=None, reuse=None, trainable=True,
               collections=None, use_resource=None, **kwargs):
        """The getter of variables: those of the graph around. The value of a resource variable is read there."""
        with self._outer_graph.as_default():
            with variable_scope(self._vscope, reuse=reuse or None, auxiliary_name_scope=False):
                variable = get_variable(name, shape=shape, dtype=dtype, initializer=initializer, trainable=trainable,
                                        collections=collections, use_resource=use_resource)
            self.extra_vars.append(variable)
            return variable.value() if hasattr(variable, 'handle') else variable

    def _collection(self, name):
        if name in _VARIABLE_KEYS:
            return self._outer_graph._collection(name)
        return super()._collection(name)

    def _build(self, function, names, types, device):
        """Calls the function on new arguments."""
        with self.as_default(), self.device(device):
            from headrace.core.arrays import placeholder
            self.inputs = [placeholder(dtype, name=name) for name, dtype in zip(names, types)]
            with variable_scope('', custom_getter=self.getvar):
                outputs = function(*self.inputs)
            if outputs is None:
                outputs = []
            elif not isinstance(outputs, (list, tuple)):
                outputs = [outputs]
            if any(output is None for output in outputs):
                raise ValueError(f'Function {self.name} can not return None.')
            self.outputs = [self.capture(output) for output in [convert_to_tensor(output) for output in outputs]]


def _attr(value):
    from headrace.core.protos import AttrValue
    if isinstance(value, bool):
        return AttrValue(b=value)
    if isinstance(value, int):
        return AttrValue(i=value)
    if isinstance(value, float):
        return AttrValue(f=value)
    return AttrValue(s=value.encode())


def _attrs(noinline=None, compiled=None, separate_compiled_gradients=None, **kwargs):
    """The attributes that keyword arguments ask for: of definitions, and of calls."""
    attrs = {'_disable_call_shape_inference': _attr(True)}
    if noinline is not None:
        attrs['_noinline'] = _attr(bool(noinline))
    if compiled is not None:
        raise NotImplementedError('compiled=True: functions are not compiled')
    for key in list(kwargs):
        if key.startswith('experimental_') or key in ('_implements', '_reference'):
            value = kwargs.pop(key)
            if not isinstance(value, (bool, int, float, str)) or key[0] == '_' and not isinstance(value, str):
                raise ValueError(f'Unsupported attribute type for {key} with type {type(value)}')
            attrs[key] = _attr(value)
    if kwargs:
        raise ValueError(f'Unknown keyword arguments: {kwargs.keys()}')
    return attrs


def _name_of(function):
    return getattr(function, '__name__', None) or type(function).__name__


class _DefinedFunction:
    """A function of fixed argument dtypes. Calling it adds its definition to the default graph, and a call of it.

    The body is built when it is first needed.
    """

    def __init__(self, func, argnames, input_types, func_name=None, grad_func=None, python_grad_func=None,
                 out_names=None, shape_func=None, capture_by_value=False, whitelisted_stateful_ops=None,
                 capture_resource_var_by_value=True, **kwargs):
        if capture_by_value or not capture_resource_var_by_value:
            raise NotImplementedError('Functions take what they read of the graph around as arguments')
        self._func, self._func_name = func, func_name
        self._input_types = input_types
        self._arg_names = [argnames[i] if i < len(argnames) else f'arg{i}' for i in range(len(input_types))]
        self._grad_func, self._python_grad_func = grad_func, python_grad_func
        self._out_names, self._shape_func, self._extra_kwargs = out_names, shape_func, kwargs
        self._device = _c.innermost_device(get_default_graph())
        self._definition = self._graph = None

    def _define(self):
        if self._definition is not None:
            return
        base_name = self._func_name or _name_of(self._func)
        graph = _FuncGraph(base_name)
        graph._build(self._func, self._arg_names, self._input_types, self._device)
        if self._grad_func and not self._func_name:
            base_name += '_' + self._grad_func.name
        attrs = {name: value.SerializeToString() for name, value in _attrs(**self._extra_kwargs).items()}
        self._definition = _c.finish_function(graph, base_name, self._func_name is None,
                                              graph.inputs + graph.extra_args, graph.outputs,
                                              list(self._out_names or []), self._func.__doc__ or None, attrs,
                                              self._python_grad_func)
        self._func_name, self._graph = _c.function_name(self._definition), graph

    @property
    def name(self):
        """The function's name in libraries."""
        self._define()
        return self._func_name

    @property
    def definition(self):
        """The FunctionDef message."""
        self._define()
        from headrace.core.protos import FunctionDef
        return FunctionDef.FromString(_c.function_bytes(self._definition))

    @property
    def _signature(self):
        return self.definition.signature

    def set_grad_func(self, grad_func):
        """Sets the function that computes the gradients: of the arguments and the gradients of the results."""
        assert not self._grad_func
        assert isinstance(grad_func, _DefinedFunction)
        self._grad_func = grad_func

    @property
    def grad_func_name(self):
        """The name of the gradient function, or None."""
        return self._grad_func.name if self._grad_func else None

    @property
    def python_grad_func(self):
        """The Python function that builds the gradients of calls, or None."""
        return self._python_grad_func

    @property
    def declared_input_types(self):
        """The dtypes of the arguments that the function declares."""
        return self._input_types

    @property
    def captured_inputs(self):
        """The tensors of graphs around that are arguments, after those that the function declares."""
        self._define()
        return self._graph.extra_inputs

    @property
    def stateful_ops(self):
        """(name, type) of the body's stateful operations."""
        self._define()
        return [(op.name, op.type) for op in self._graph.get_operations() if op._is_stateful]

    def add_to_graph(self, g):
        """Puts the definition, the functions that it calls and its gradient into a graph's library."""
        self._define()
        _c.add_function(g, self._definition)
        if self._grad_func:
            self._grad_func.add_to_graph(g)
            _c.add_function_gradient(g, self._func_name, self._grad_func.name)

    def __call__(self, *args, **kwargs):
        graph = get_default_graph()
        self.add_to_graph(graph)
        result, op = _call(graph, self.definition.signature,
                           [convert_to_tensor(arg) for arg in args] + self._graph.extra_inputs, **kwargs)
        if self._shape_func is not None:
            found = self._shape_func(op)
            if len(found) != len(op.outputs):
                raise ValueError(f'shape_func produced {len(found)} shapes for {len(op.outputs)} outputs')
            for output, shape in zip(op.outputs, found):
                output.set_shape(shape)
        return result


def _call(graph, signature, inputs, name=None, **kwargs):
    """Adds a call: (its tensor, a tuple of several, or the operation where there are none; the operation)."""
    if len(inputs) != len(signature.input_arg):
        raise ValueError(f'Expected number of arguments: {len(signature.input_arg)}, received: {len(inputs)}')
    name = name or signature.name
    for value, arg in zip(inputs, signature.input_arg):
        if value.dtype.base_dtype.as_datatype_enum != arg.type:
            raise ValueError(f"Input '{arg.name}' passed {_dtype_name(value.dtype)} expected "
                             f"{_dtype_name(dtypes.as_dtype(arg.type))} while building NodeDef '{name}' using "
                             f'Op<name={signature.name}>')
    op = graph.create_op(signature.name, inputs, name=name, attrs=_attrs(**kwargs))
    outputs = op.outputs
    return (op if not outputs else outputs[0] if len(outputs) == 1 else tuple(outputs)), op


def _dtype_name(dtype):
    return {'float32': 'float', 'float64': 'double', 'float16': 'half'}.get(dtype.base_dtype.name, dtype.base_dtype.name)


class _OverloadedFunction:
    """A function of any argument dtypes: one definition for each that it is called with."""

    def __init__(self, func, argnames, func_name=None, grad_func=None, python_grad_func=None, out_names=None, **kwargs):
        assert grad_func is None or isinstance(grad_func, _OverloadedFunction)
        self._func, self._argnames, self._func_name = func, argnames, func_name
        self._grad_func, self._python_grad_func = grad_func, python_grad_func
        self._out_names, self._extra_kwargs = out_names, kwargs
        self._overload = {}

    def instantiate(self, input_types):
        """The function of some argument dtypes."""
        unknown = [dtype for dtype in input_types if dtype.base_dtype.name not in _SHORT_NAMES]
        if unknown:
            raise ValueError(f'Unsupported dtypes: {input_types}')
        key = ''.join(_SHORT_NAMES[dtype.base_dtype.name] for dtype in input_types)
        if key not in self._overload:
            name = None if self._func_name is None else f'{self._func_name}_{key}'
            defined = _DefinedFunction(self._func, self._argnames, input_types, name, None, self._python_grad_func,
                                       out_names=self._out_names, **self._extra_kwargs)
            defined._define()
            if self._grad_func:
                output_types = [dtypes.as_dtype(arg.type) for arg in defined.definition.signature.output_arg]
                defined._grad_func = self._grad_func.instantiate(list(input_types) + output_types)
            self._overload[key] = defined
        return self._overload[key]

    def __call__(self, *args, **kwargs):
        args = [convert_to_tensor(arg) for arg in args]
        return self.instantiate([arg.dtype for arg in args])(*args, **kwargs)


class Defun:
    """Makes a function of the graph's library of a Python function: `@Defun(tf.float32, func_name='f')`.

    The Python function takes tensors of the declared dtypes and returns a tensor, a list of them, or nothing. Calls add
    one node each. Without dtypes there is one definition for each combination of dtypes that it is called with.

    Args:
        *input_types: dtypes of the arguments.
        func_name: the name; else the Python function's, prolonged by a hash of the body.
        grad_func: a function made by Defun, of the arguments and the gradients of the results.
        python_grad_func: a Python function of a call's operation and the gradients of its results.
        out_names: names of the results.
        shape_func: gives the shapes of a call's results.
        noinline: accepted; sets the attribute.
    """

    def __init__(self, *input_types, **kwargs):
        self._input_types = [dtypes.as_dtype(dtype) for dtype in input_types]
        self._func_name = kwargs.pop('func_name', None)
        self._grad_func = kwargs.pop('grad_func', None)
        self._python_grad_func = kwargs.pop('python_grad_func', None)
        self._out_names = kwargs.pop('out_names', None)
        self._extra_kwargs = kwargs

    def __call__(self, func):
        if not callable(func):
            raise ValueError(f'function {func} must be callable')
        spec = inspect.getfullargspec(func)
        if spec.varkw or spec.defaults:
            raise ValueError('function with argument defaults or keywords arguments are not supported. '
                             f'{func} has defaults {spec.defaults} and keywords {spec.varkw}.')
        names = spec.args[1:] if inspect.ismethod(func) else spec.args
        count = len(self._input_types)
        if self._input_types:
            if count < len(names) or (count > len(names) and not spec.varargs):
                raise ValueError('The function has fewer arguments than the number of specified input types.')
            return _DefinedFunction(func, names, self._input_types, self._func_name, self._grad_func,
                                    self._python_grad_func, out_names=self._out_names, **self._extra_kwargs)
        if not names and not spec.varargs:
            return _DefinedFunction(func, [], [], self._func_name, self._grad_func, self._python_grad_func,
                                    out_names=self._out_names, **self._extra_kwargs)
        return _OverloadedFunction(func, names, self._func_name, self._grad_func, self._python_grad_func,
                                   out_names=self._out_names, **self._extra_kwargs)


def get_extra_vars():
    """The variables of the graph around that the body under construction has asked for; [] outside of one."""
    graph = get_default_graph()
    return graph.extra_vars if isinstance(graph, _FuncGraph) else []


def get_extra_inputs():
    """The tensors of graphs around that the body under construction reads; [] outside of one."""
    graph = get_default_graph()
    return graph.extra_inputs if isinstance(graph, _FuncGraph) else []


def get_extra_args():
    """What stands for them in the body; [] outside of one."""
    graph = get_default_graph()
    return graph.extra_args if isinstance(graph, _FuncGraph) else []
