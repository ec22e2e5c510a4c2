"""Variable scopes, and `tf.get_variable`, which makes or shares variables in them."""

import contextlib
import enum

from headrace import _headrace as _c
from headrace.core.dtypes import float32
from headrace.core.graph import GraphKeys, get_default_graph
from headrace.core.variables import Variable, VariableAggregation, VariableSynchronization, device_text

__all__ = ['VariableScope', 'AUTO_REUSE', 'variable_scope', 'get_variable', 'get_local_variable', 'get_variable_scope',
           'variable_op_scope', 'variable_creator_scope', 'no_regularizer']


class _ReuseMode(enum.Enum):
    AUTO_REUSE = 1

    def __repr__(self):
        return '<_ReuseMode.AUTO_REUSE: 1>'


AUTO_REUSE = _ReuseMode.AUTO_REUSE


def _setting(name, doc):
    return property(lambda self: self.__dict__.get('_settings', {}).get(name), doc=doc)


class VariableScope(_c.VariableScope):
    """What `tf.variable_scope` gives: the prefix of variables' names and the defaults of `tf.get_variable`."""

    _AUTO_REUSE = AUTO_REUSE
    _SYNCHRONIZATION = VariableSynchronization.AUTO
    _AGGREGATION = VariableAggregation.NONE

    initializer = _setting('initializer', 'The default initializer, or None.')
    regularizer = _setting('regularizer', 'The default regularizer, or None.')
    custom_getter = _setting('custom_getter', 'The custom getter of the scope, or None.')
    caching_device = _setting('caching_device', 'The device of read values, or None.')
    partitioner = _setting('partitioner', 'The function that says how variables are cut, or None.')
    constraint = _setting('constraint', 'The default projection of variables, or None.')

    def __new__(cls, reuse, name='', initializer=None, regularizer=None, caching_device=None, partitioner=None,
                custom_getter=None, name_scope='', dtype=float32, use_resource=None, constraint=None):
        """A scope of its own, which inherits nothing; `with tf.variable_scope(scope):` opens it."""
        own = dict(initializer=initializer, regularizer=regularizer, caching_device=caching_device,
                   custom_getter=custom_getter, partitioner=partitioner, constraint=constraint)
        options = dict(own, caching_device=device_text(caching_device), reuse=reuse, dtype=dtype,
                       use_resource=use_resource)
        scope = _c.new_variable_scope(get_default_graph(), name, name_scope, options)
        scope._settings = {key: value for key, value in own.items() if value is not None}
        return scope

    @property
    def reuse(self):
        """False, True, or AUTO_REUSE."""
        return (False, True, AUTO_REUSE)[self._reuse]

    def _remember(self, name, value):
        self.__dict__.setdefault('_settings', {})[name] = value

    def set_initializer(self, initializer):
        """Sets the default initializer; None takes it away."""
        self._set_initializer(initializer)
        self._remember('initializer', initializer)

    def set_regularizer(self, regularizer):
        """Sets the default regularizer; None takes it away."""
        self._set_regularizer(regularizer)
        self._remember('regularizer', regularizer)

    def set_custom_getter(self, custom_getter):
        """Sets the custom getter, in place of those of outer scopes, too."""
        self._set_custom_getter(custom_getter)
        self._remember('custom_getter', custom_getter)

    def set_caching_device(self, caching_device):
        """Sets where read values stand; None: beside the variable."""
        self._set_caching_device(device_text(caching_device))
        self._remember('caching_device', caching_device)

    def set_dtype(self, dtype):
        """Sets the default dtype."""
        self._set_dtype(dtype)

    def set_partitioner(self, partitioner):
        """Sets the function that says how variables are cut; None takes it away."""
        self._set_partitioner(partitioner)
        self._remember('partitioner', partitioner)

    def get_collection(self, name):
        """The collection's values whose names begin with the scope's prefix."""
        scope = self.name + '/' if self.name else None
        return get_default_graph().get_collection(name, scope)

    def trainable_variables(self):
        """The scope's variables that optimizers move."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self):
        """The scope's global variables."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self):
        """The scope's local variables."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(self, var_store, name, shape=None, dtype=None, initializer=None, regularizer=None, reuse=None,
                     trainable=None, collections=None, caching_device=None, partitioner=None, validate_shape=True,
                     use_resource=None, custom_getter=None, constraint=None,
                     synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
        """`tf.get_variable` in this scope."""
        with variable_scope(self, reuse=reuse, auxiliary_name_scope=False):
            return get_variable(name, shape, dtype, initializer, regularizer, trainable, collections, caching_device,
                                partitioner, validate_shape, use_resource, custom_getter, constraint, synchronization,
                                aggregation)


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
        if not (reuse is None or reuse is AUTO_REUSE or isinstance(reuse, (bool, int))):
            raise ValueError('The reuse parameter must be True or False or None.')
        if name_or_scope is None and reuse:
            raise ValueError('reuse=True cannot be used without a name_or_scope')
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(f'The auxiliary_name_scope must be `True` or `False`, while get {auxiliary_name_scope}')
        self._name_or_scope, self._values = name_or_scope, values
        self._options = dict(default_name=default_name, initializer=initializer, regularizer=regularizer,
                             caching_device=device_text(caching_device), custom_getter=custom_getter, reuse=reuse,
                             partitioner=partitioner, dtype=dtype, use_resource=use_resource,
                             auxiliary_name_scope=auxiliary_name_scope)
        self._own = dict(initializer=initializer, regularizer=regularizer, caching_device=caching_device,
                         custom_getter=custom_getter, partitioner=partitioner, constraint=constraint)
        self._open = []

    def __enter__(self):
        graph = _c.graph_of(list(self._values)) if self._values else get_default_graph()
        default = graph.as_default()
        default.__enter__()
        try:
            by_object = isinstance(self._name_or_scope, VariableScope)
            outer = self._name_or_scope if by_object else _c.get_variable_scope(graph)
            scope = _c.scope(graph, _c.SCOPE_VARIABLES, (self._name_or_scope, self._options))
            scope.__enter__()
        except BaseException:
            default.__exit__()
            raise
        self._open.append((default, scope))
        entered = _c.get_variable_scope(graph)
        entered._settings = {**outer.__dict__.get('_settings', {}),
                             **{name: value for name, value in self._own.items() if value is not None}}
        return entered

    def __exit__(self, type_arg, value_arg, traceback_arg):
        default, scope = self._open.pop()
        scope.__exit__(type_arg, value_arg, traceback_arg)
        default.__exit__(type_arg, value_arg, traceback_arg)
        return False


def variable_op_scope(values, name_or_scope, default_name=None, initializer=None, regularizer=None, caching_device=None,
                      partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None):
    """The old order of variable_scope's arguments."""
    from headrace import logging
    logging.warn('tf.variable_op_scope(values, name, default_name) is deprecated, use tf.variable_scope(name, '
                 'default_name, values)')
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
    graph = get_default_graph()
    scope = _c.get_variable_scope(graph)
    if collections is not None and not isinstance(collections, (list, tuple, set)):
        raise ValueError('collections argument to Variable constructor must be a list, tuple, or set. Got '
                         f'{collections} of type {type(collections)}')
    if synchronization == VariableSynchronization.ON_READ:
        trainable = False
    nodes = graph._node_count
    variable = _c.get_variable(name, dict(shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                                          trainable=trainable, collections=collections,
                                          caching_device=device_text(caching_device), validate_shape=validate_shape,
                                          custom_getter=custom_getter, partitioner=partitioner,
                                          use_resource=use_resource))
    constraint = scope.constraint if constraint is None else constraint
    if constraint is not None and isinstance(variable, Variable) and variable.op._id >= nodes:
        variable._constraint = constraint
    return variable


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=False,
                       collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None,
                       custom_getter=None, constraint=None, synchronization=VariableSynchronization.AUTO,
                       aggregation=VariableAggregation.NONE):
    """get_variable for LOCAL_VARIABLES: not trained, not saved."""
    collections = (list(collections) if collections else []) + [GraphKeys.LOCAL_VARIABLES]
    return get_variable(name, shape, dtype, initializer, regularizer, False, collections, caching_device, partitioner,
                        validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation)


@contextlib.contextmanager
def variable_creator_scope(variable_creator):
    """A block in which a function sees each variable that is made.

    Args:
      variable_creator: a function `creator(next_creator, **kwargs)` that gives the variable; `next_creator(**kwargs)`
        makes it. The arguments are those of `tf.Variable`.
    """
    with _c.scope(get_default_graph(), _c.SCOPE_CREATOR, variable_creator):
        yield


def no_regularizer(_):
    """The regularizer that says: none, whatever the scope says."""
    return None


_c.register_class('VariableScope', VariableScope)
