"""Variables: `tf.Variable`, `tf.get_variable`, `tf.variable_scope`."""

import enum

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import Graph, GraphKeys, get_default_graph

__all__ = ['Variable', 'VariableScope', 'AUTO_REUSE', 'variable_scope', 'get_variable', 'get_local_variable',
           'get_variable_scope', 'variable_op_scope', 'no_regularizer', 'VariableSynchronization', 'VariableAggregation']


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


class Variable(_c.Variable):
    """A value that a session keeps from run to run.

    It starts as `initial_value` when its `initializer` runs. Operators and functions take a variable where they take a
    tensor. It is added to the collections GLOBAL_VARIABLES and, where `trainable`, TRAINABLE_VARIABLES.
    """

    __array_priority__ = 100

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
        if initial_value is None:
            raise ValueError('initial_value must be specified.')
        if collections is not None and not isinstance(collections, (list, tuple, set)):
            raise ValueError('collections argument to Variable constructor must be a list, tuple, or set. Got %s of type %s'
                             % (collections, type(collections)))
        if constraint is not None and not callable(constraint):
            raise ValueError('The `constraint` argument must be a callable.')
        if use_resource:
            raise NotImplementedError('Resource variables are not there yet: leave use_resource out')
        self._build(initial_value, name, dtype, trainable is None or bool(trainable), validate_shape,
                    None if collections is None else list(collections), _device_text(caching_device))

    @classmethod
    def from_proto(cls, variable_def, import_scope=None):
        """The variable of a VariableDef whose nodes are in the default graph."""
        return cls(variable_def=variable_def, import_scope=import_scope)

    def to_proto(self, export_scope=None):
        """The VariableDef message."""
        from headrace.core.protos import VariableDef
        return VariableDef.FromString(_c.variable_def(self))

    @property
    def constraint(self):
        """The projection that optimizers apply after an update, or None."""
        return self.__dict__.get('_constraint')

    @property
    def synchronization(self):
        return VariableSynchronization.AUTO

    @property
    def aggregation(self):
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

    def load(self, value, session=None):
        """Gives the variable a value in a session."""
        from headrace.core.session import get_default_session
        session = session or get_default_session()
        if session is None:
            raise ValueError('Either session argument should be provided or default session should be established')
        session.run(self.initializer, {self.initializer.inputs[1]: value})

    def initialized_value(self):
        """The value once the variable is initialized, the initial value before."""
        raise NotImplementedError('initialized_value needs tf.cond, which is not there yet')

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

    def __array__(self, dtype=None, copy=None):
        raise NotImplementedError(f'Cannot convert a symbolic variable ({self.name}) to a numpy array.')

    def _get_save_slice_info(self):
        return None

    @property
    def _save_slice_info(self):
        return None

    @property
    def _initial_value(self):
        return self.initial_value

    @property
    def _in_graph_mode(self):
        return True


RefVariable = Variable


def _device_text(device):
    if device is None or isinstance(device, str):
        return device
    return device.name if isinstance(device, Variable) else str(device)


def _assign(op, ref, value, name, **attrs):
    pairs = tuple(x for pair in attrs.items() for x in pair)
    return _c.call_op(op, name, (ref, value), pairs)


# ---- variable scopes

class _ReuseMode(enum.Enum):
    AUTO_REUSE = 1

    def __repr__(self):
        return '<_ReuseMode.AUTO_REUSE: 1>'


AUTO_REUSE = _ReuseMode.AUTO_REUSE


class VariableScope(_c.VariableScope):
    """What `tf.variable_scope` gives: the prefix of variables' names and the defaults of `tf.get_variable`."""

    @property
    def reuse(self):
        """False, True, or AUTO_REUSE."""
        return (False, True, AUTO_REUSE)[self._reuse]

    @property
    def use_resource(self):
        return False

    @property
    def initializer(self):
        """The default initializer, or None."""
        return self.__dict__.get('_settings', {}).get('initializer')

    @property
    def regularizer(self):
        """The default regularizer, or None."""
        return self.__dict__.get('_settings', {}).get('regularizer')

    @property
    def custom_getter(self):
        return self.__dict__.get('_settings', {}).get('custom_getter')

    @property
    def caching_device(self):
        return self.__dict__.get('_settings', {}).get('caching_device')

    @property
    def partitioner(self):
        return None

    @property
    def constraint(self):
        return None

    def set_custom_getter(self, custom_getter):
        raise NotImplementedError('Give the custom getter to tf.variable_scope')

    def set_caching_device(self, caching_device):
        raise NotImplementedError('Give the caching device to tf.variable_scope')

    def set_dtype(self, dtype):
        raise NotImplementedError('Give the dtype to tf.variable_scope')

    def set_partitioner(self, partitioner):
        if partitioner is not None:
            raise NotImplementedError('Partitioned variables are not there yet')

    def set_use_resource(self, use_resource):
        if use_resource:
            raise NotImplementedError('Resource variables are not there yet')

    def get_collection(self, name):
        """The collection's values whose names begin with the scope's prefix."""
        scope = self.name + '/' if self.name else None
        return get_default_graph().get_collection(name, scope)

    def trainable_variables(self):
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self):
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self):
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(self, var_store, name, **kwargs):
        return get_variable(name, **kwargs)


class variable_scope:  # noqa: N801
    """`with tf.variable_scope(name_or_scope, ...) as scope:` prefixes the names of variables and sets their defaults.

    By name it prolongs the current scope; by object (an earlier `scope`) it jumps there. `reuse` True shares the
    variables that exist, AUTO_REUSE makes what does not exist. `default_name` is used, made unique, where the name is
    None. The names of other operations get the same prefix, made unique.
    """

    def __init__(self, name_or_scope, default_name=None, values=None, initializer=None, regularizer=None,
                 caching_device=None, partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None,
                 constraint=None, auxiliary_name_scope=True):
        if default_name is None and name_or_scope is None:
            raise TypeError('If default_name is None then name_or_scope is required')
        if name_or_scope is not None and not isinstance(name_or_scope, (str, VariableScope)):
            raise TypeError('VariableScope: name_or_scope must be a string or VariableScope.')
        if reuse not in (None, False, True, AUTO_REUSE) and not hasattr(reuse, '__bool__'):
            raise ValueError('The reuse parameter must be True or False or None.')
        if name_or_scope is None and reuse:
            raise ValueError('reuse=True cannot be used without a name_or_scope')
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(f'The auxiliary_name_scope must be `True` or `False`, while get {auxiliary_name_scope}')
        if use_resource:
            raise NotImplementedError('Resource variables are not there yet: leave use_resource out')
        self._name_or_scope, self._values = name_or_scope, values
        self._options = dict(default_name=default_name, initializer=initializer, regularizer=regularizer,
                             caching_device=_device_text(caching_device), custom_getter=custom_getter, reuse=reuse,
                             dtype=dtype, auxiliary_name_scope=auxiliary_name_scope)
        self._open = []

    def __enter__(self):
        graph = _c.graph_of(list(self._values)) if self._values else get_default_graph()
        default = graph.as_default()
        default.__enter__()
        outer = get_variable_scope()
        if isinstance(self._name_or_scope, VariableScope):
            outer = self._name_or_scope
        scope = _c.scope(graph, _c.SCOPE_VARIABLES, (self._name_or_scope, self._options))
        try:
            scope.__enter__()
        except BaseException:
            default.__exit__()
            raise
        self._open.append((default, scope))
        entered = get_variable_scope()
        settings = dict(outer.__dict__.get('_settings', {}))
        settings.update((k, v) for k, v in self._options.items() if v is not None)
        entered._settings = settings
        return entered

    def __exit__(self, *exception):
        default, scope = self._open.pop()
        scope.__exit__(*exception)
        default.__exit__(*exception)
        return False


def variable_op_scope(values, name_or_scope, default_name=None, initializer=None, regularizer=None, caching_device=None,
                      partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None):
    """The old order of variable_scope's arguments."""
    return variable_scope(name_or_scope, default_name, values, initializer, regularizer, caching_device, partitioner,
                          custom_getter, reuse, dtype, use_resource, constraint)


def get_variable_scope():
    """The current variable scope."""
    return _c.get_variable_scope(get_default_graph())


def get_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None, collections=None,
                 caching_device=None, partitioner=None, validate_shape=True, use_resource=None, custom_getter=None,
                 constraint=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
    """The variable `name` of the current variable scope: made, or shared, as the scope's `reuse` says.

    ValueError where it exists and is not reused, does not exist and must be, or has another shape or dtype.
    """
    if use_resource:
        raise NotImplementedError('Resource variables are not there yet: leave use_resource out')
    if partitioner is not None:
        raise NotImplementedError('Partitioned variables are not there yet')
    variable = _c.get_variable(name, dict(shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                                          trainable=trainable, collections=collections,
                                          caching_device=_device_text(caching_device), validate_shape=validate_shape,
                                          custom_getter=custom_getter))
    if constraint is not None:
        variable._constraint = constraint
    return variable


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=False,
                       collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None,
                       custom_getter=None, constraint=None, synchronization=VariableSynchronization.AUTO,
                       aggregation=VariableAggregation.NONE):
    """get_variable for LOCAL_VARIABLES: not trained, not saved."""
    collections = [GraphKeys.LOCAL_VARIABLES] + [c for c in collections or () if c != GraphKeys.LOCAL_VARIABLES]
    return get_variable(name, shape, dtype, initializer, regularizer, False, collections, caching_device, partitioner,
                        validate_shape, use_resource, custom_getter, constraint)


def no_regularizer(_):
    """The regularizer that says: none, whatever the scope says."""
    return None


_c.register_class('Variable', Variable)
_c.register_class('VariableScope', VariableScope)
