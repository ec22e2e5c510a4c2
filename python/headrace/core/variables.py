"""`tf.Variable`."""

import enum
import functools
import inspect

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated
from headrace.core.graph import get_default_graph
from headrace.core.slice_info import SaveSliceInfo

__all__ = ['Variable', 'VariableSynchronization', 'VariableAggregation']


class VariableSynchronization(enum.Enum):
    """When replicas of a variable are brought together."""
    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How values of replicas become one."""
    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3


class _VariableType(type(_c.Variable)):
    """Lets the creators of open `tf.variable_creator_scope` blocks see the variables that a program makes."""

    def __call__(cls, *args, **kwargs):
        if cls is not Variable:
            return super().__call__(*args, **kwargs)
        graph = get_default_graph()
        if not _c.has_variable_creators(graph):
            return type.__call__(_kind(*args, **kwargs), *args, **kwargs)
        given = inspect.signature(cls.__init__).bind(None, *args, **kwargs)
        given.apply_defaults()
        given.arguments.pop('self')
        if given.arguments['variable_def'] is not None:
            return type.__call__(_kind(*args, **kwargs), *args, **kwargs)
        made = _c.create_variable(_checked(**given.arguments))
        if given.arguments['constraint'] is not None and isinstance(made, Variable):
            made._constraint = given.arguments['constraint']
        return made


def _kind(initial_value=None, trainable=None, collections=None, validate_shape=True, caching_device=None, name=None,
          variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None, use_resource=None,
          *others, **names):
    """The class of tf.Variable of these arguments."""
    if variable_def is not None:
        use_resource = variable_def.is_resource
    elif use_resource is None:
        use_resource = _c.wants_resource(0)
    if not use_resource:
        return Variable
    from headrace.core.resource_variables import ResourceVariable
    return ResourceVariable


def _checked(initial_value, trainable, collections, validate_shape, caching_device, name, dtype, constraint,
             use_resource, **others):
    """The arguments of tf.Variable as the extension takes them."""
    if initial_value is None:
        raise ValueError('initial_value must be specified.')
    if collections is not None and not isinstance(collections, (list, tuple, set)):
        raise ValueError('collections argument to Variable constructor must be a list, tuple, or set. Got '
                         f'{collections} of type {type(collections)}')
    if constraint is not None and not callable(constraint):
        raise ValueError('The `constraint` argument must be a callable.')
    return dict(initial_value=initial_value, name=name, dtype=dtype, trainable=trainable, validate_shape=validate_shape,
                collections=None if collections is None else list(collections), use_resource=use_resource,
                caching_device=device_text(caching_device))


class Variable(_c.Variable, metaclass=_VariableType):
    """A value that a session keeps from run to run.

    It starts as `initial_value` when its `initializer` runs. Operators and functions take a variable where they take a
    tensor. It is added to the collections GLOBAL_VARIABLES and, where `trainable`, TRAINABLE_VARIABLES.
    """

    __array_priority__ = 100
    SaveSliceInfo = SaveSliceInfo

    def __init__(self, initial_value=None, trainable=None, collections=None, validate_shape=True, caching_device=None,
                 name=None, variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None,
                 use_resource=None, synchronization=VariableSynchronization.AUTO,
                 aggregation=VariableAggregation.NONE, shape=None):
        self._constraint = constraint
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError('variable_def and initial_value are mutually exclusive.')
            self._bind(get_default_graph(), variable_def.SerializeToString(), import_scope)
            return
        self._build(_checked(initial_value, trainable, collections, validate_shape, caching_device, name, dtype,
                             constraint, use_resource))

    @classmethod
    def from_proto(cls, variable_def, import_scope=None):
        """The variable of a VariableDef whose nodes are in the default graph."""
        return Variable(variable_def=variable_def, import_scope=import_scope)

    def to_proto(self, export_scope=None):
        """The VariableDef message; with `export_scope` as seen from that name scope, None for one outside of it."""
        from headrace.core.protos import VariableDef
        definition = VariableDef.FromString(self._to_proto())
        if export_scope:
            prefix = export_scope.rstrip('/') + '/'
            if not definition.variable_name.startswith(prefix):
                return None
            for field, value in definition.ListFields():
                if field.name.endswith('_name') and value.startswith(prefix):
                    setattr(definition, field.name, value[len(prefix):])
        return definition

    @property
    def constraint(self):
        """The projection that optimizers apply after an update, or None."""
        return self.__dict__.get('_constraint')

    @property
    def synchronization(self):
        """When its replicas are brought together, a `VariableSynchronization`."""
        return VariableSynchronization.AUTO

    @property
    def aggregation(self):
        """How values of its replicas become one, a `VariableAggregation`."""
        return VariableAggregation.NONE

    def get_shape(self):
        """The static TensorShape."""
        return self.shape

    def set_shape(self, shape):
        """Adds what the caller knows of the static shape."""
        self._variable.set_shape(shape)
        self.value().set_shape(shape)

    def _as_graph_element(self):
        return self._variable

    def _ref(self):
        return self._variable

    def value(self):
        """The tensor that operations read."""
        return self._snapshot

    def read_value(self):
        """A new tensor of the value, read when it runs."""
        return _c.var_read(self)

    def eval(self, session=None):
        """The value in `session`, else in the default session."""
        return self._variable.eval(session=session)

    @deprecated(None, 'Prefer Variable.assign which has equivalent behavior in 2.X.')
    def load(self, value, session=None):
        """Gives the variable a value in a session."""
        from headrace.core.session import get_default_session
        session = session or get_default_session()
        if session is None:
            raise ValueError('Either session argument should be provided or default session should be established')
        session.run(self.initializer, {self.initializer.inputs[1]: value})

    @deprecated(None, 'Use Variable.read_value. Variables in 2.X are initialized automatically both in eager and graph '
                '(inside tf.defun) contexts.')
    def initialized_value(self):
        """The value once the variable is initialized, the initial value before."""
        return _c.var_initialized_value(self)

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """A tensor that, when it runs, has given the variable a new value."""
        assigned = _assign('Assign', self, value, name, use_locking=use_locking)
        return assigned if read_value else assigned.op

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """The same for adding to the value."""
        assigned = _assign('AssignAdd', self, delta, name, use_locking=use_locking)
        return assigned if read_value else assigned.op

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """The same for subtracting from the value."""
        assigned = _assign('AssignSub', self, delta, name, use_locking=use_locking)
        return assigned if read_value else assigned.op

    def _scatter(self, op, sparse_delta, use_locking, name):
        from headrace.core.graph import IndexedSlices
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError(f'sparse_delta is not IndexedSlices: {sparse_delta}')
        return _c.call_op(op, name, (self, sparse_delta.indices, sparse_delta.values), ('use_locking', use_locking))

    def scatter_sub(self, sparse_delta, use_locking=False, name=None):
        """Subtracts rows (IndexedSlices)."""
        return self._scatter('ScatterSub', sparse_delta, use_locking, name)

    def scatter_add(self, sparse_delta, use_locking=False, name=None):
        """Adds rows."""
        return self._scatter('ScatterAdd', sparse_delta, use_locking, name)

    def scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Replaces rows."""
        return self._scatter('ScatterUpdate', sparse_delta, use_locking, name)

    def scatter_max(self, sparse_delta, use_locking=False, name=None):
        """The larger of the value and the rows."""
        return self._scatter('ScatterMax', sparse_delta, use_locking, name)

    def scatter_min(self, sparse_delta, use_locking=False, name=None):
        """The smaller of the value and the rows."""
        return self._scatter('ScatterMin', sparse_delta, use_locking, name)

    def scatter_mul(self, sparse_delta, use_locking=False, name=None):
        """Multiplies rows."""
        return self._scatter('ScatterMul', sparse_delta, use_locking, name)

    def scatter_div(self, sparse_delta, use_locking=False, name=None):
        """Divides rows."""
        return self._scatter('ScatterDiv', sparse_delta, use_locking, name)

    def scatter_nd_sub(self, indices, updates, name=None):
        """Subtracts from the elements at `indices`."""
        return _c.call_op('ScatterNdSub', name, (self, indices, updates), ('use_locking', True))

    def scatter_nd_add(self, indices, updates, name=None):
        """Adds to the elements at `indices`."""
        return _c.call_op('ScatterNdAdd', name, (self, indices, updates), ('use_locking', True))

    def scatter_nd_update(self, indices, updates, name=None):
        """Replaces the elements at `indices`."""
        return _c.call_op('ScatterNdUpdate', name, (self, indices, updates), ('use_locking', True))

    def count_up_to(self, limit):
        """Counts up by one until `limit`, then fails with OutOfRangeError."""
        return _c.call_op('CountUpTo', None, (self,), ('limit', limit))

    def sparse_read(self, indices, name=None):
        """The rows at `indices`."""
        return _c.tf_gather(self, indices, name=name)

    def experimental_ref(self):
        """An object that is equal for the same variable, for sets and dicts."""
        return _Reference(self)

    def __iter__(self):
        raise TypeError("'Variable' object is not iterable.")

    def __div__(self, other):
        return self / other

    def __iadd__(self, other):
        return self + other

    def __isub__(self, other):
        return self - other

    def __imul__(self, other):
        return self * other

    def __repr__(self):
        return f'<tf.Variable {self.name!r} shape={self.shape} dtype={self.dtype.name}>'

    __str__ = __repr__

    def __getitem__(var, slice_spec):  # noqa: N805, TensorFlow's name
        part = super().__getitem__(slice_spec)
        if part.op.type == 'StridedSlice':
            part.assign = functools.partial(var._assign_part, part)
        return part

    def _assign_part(self, part, value, name=None):
        """The variable's reference, once the part of it has a new value."""
        return _c.assign_slice(self, part, value, name=name).outputs[0]

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError(f'Cannot convert a symbolic variable ({self.name}) to a numpy array.')

    def _get_save_slice_info(self):
        return self._save_slice_info

    @property
    def _save_slice_info(self):
        """Which part of a variable this is; None for a whole one."""
        message = self.to_proto()
        if not message.HasField('save_slice_info_def'):
            return None
        return SaveSliceInfo(save_slice_info_def=message.save_slice_info_def)

    @property
    def _initial_value(self):
        return self.initial_value

    @property
    def _in_graph_mode(self):
        return True


RefVariable = Variable


class _Reference:
    """Stands for a variable in sets and dicts."""

    def __init__(self, variable):
        self._variable = variable

    def deref(self):
        """The variable."""
        return self._variable

    def __hash__(self):
        return id(self._variable)

    def __eq__(self, other):
        return isinstance(other, _Reference) and self._variable is other._variable


def device_text(device):
    if device is None or isinstance(device, str):
        return device
    return device.name if isinstance(device, Variable) else str(device)


def _assign(op, ref, value, name, **attrs):
    pairs = tuple(x for pair in attrs.items() for x in pair)
    return _c.call_op(op, name, (ref, value), pairs)


_c.register_class('Variable', Variable)
