"""The variables of the default graph, and the operations that initialize them."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.deprecation import deprecated
from headrace.core.graph import GraphKeys, get_collection

__all__ = ['global_variables', 'local_variables', 'model_variables', 'trainable_variables', 'moving_average_variables',
           'all_variables', 'variables_initializer', 'global_variables_initializer', 'local_variables_initializer',
           'initialize_variables', 'initialize_all_variables', 'initialize_local_variables', 'is_variable_initialized',
           'report_uninitialized_variables', 'assert_variables_initialized', 'tables_initializer', 'initialize_all_tables']


# ---- lists; `scope` selects those whose names begin with a match of it

def global_variables(scope=None):
    """The variables that sessions keep and savers save."""
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


@deprecated('2017-03-02', 'Please use tf.global_variables instead.')
def all_variables():
    """The old name of `global_variables`."""
    return global_variables()


def local_variables(scope=None):
    """The variables that are not saved."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope=None):
    """The variables that a model's prediction uses."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope=None):
    """The variables that optimizers change."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def moving_average_variables(scope=None):
    """The variables whose moving averages are kept."""
    return get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


# ---- initializers

def variables_initializer(var_list, name='init'):
    """An operation that initializes the variables of a list."""
    return _c.variables_initializer(list(var_list or ()), name=name)


def global_variables_initializer():
    """An operation that initializes all global variables there are by now."""
    return variables_initializer(global_variables())


def local_variables_initializer():
    """An operation that initializes all local variables there are by now."""
    return variables_initializer(local_variables())


@deprecated('2017-03-02', 'Use `tf.variables_initializer` instead.')
def initialize_variables(var_list, name='init'):
    """The old name of `variables_initializer`."""
    return variables_initializer(var_list, name=name)


@deprecated('2017-03-02', 'Use `tf.global_variables_initializer` instead.')
def initialize_all_variables():
    """The old name of `global_variables_initializer`."""
    return global_variables_initializer()


@deprecated('2017-03-02', 'Use `tf.local_variables_initializer` instead.')
def initialize_local_variables():
    """The old name of `local_variables_initializer`."""
    return local_variables_initializer()


def tables_initializer(name='init_all_tables'):
    """An operation that initializes all tables of the graph."""
    initializers = get_collection(GraphKeys.TABLE_INITIALIZERS)
    return _c.group(initializers, name=name) if initializers else _ops.no_op(name)


@deprecated(None, 'Use `tf.tables_initializer` instead.')
def initialize_all_tables(name='init_all_tables'):
    """The old name of `tables_initializer`."""
    return tables_initializer(name)


# ---- checks

def is_variable_initialized(variable):
    """Whether a variable has a value: a bool scalar."""
    return _c.var_is_initialized(variable)


def report_uninitialized_variables(var_list=None, name='report_uninitialized_variables'):
    """The names of variables without a value, of a list or of all global and local ones: a vector of strings."""
    if var_list is None:
        var_list = global_variables() + local_variables()
    return _c.report_uninitialized_variables(vars=list(var_list), name=name)


def assert_variables_initialized(var_list=None):
    """An operation that fails where a variable has no value, of a list or of all global and local ones.

    None where there are no variables.
    """
    if var_list is None:
        var_list = global_variables() + local_variables()
    return _c.assert_variables_initialized(var_list) if var_list else None
