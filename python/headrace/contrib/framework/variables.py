"""Making variables by kind, and finding them."""

import re

from headrace import _headrace as _c
from headrace.contrib.framework.arg_scope import add_arg_scope
from headrace.core import global_step as steps
from headrace.core.deprecation import deprecated
from headrace.core.graph import GraphKeys, add_to_collection, device as device_scope, get_collection
from headrace.core.variable_scope import get_variable
from headrace.core.variables import Variable, VariableAggregation, VariableSynchronization

__all__ = ['variable', 'model_variable', 'local_variable', 'global_variable', 'add_model_variable', 'get_variables',
           'get_model_variables', 'get_local_variables', 'get_trainable_variables', 'get_variables_to_restore',
           'get_variables_by_suffix', 'get_variables_by_name', 'get_unique_variable', 'get_variable_full_name',
           'filter_variables', 'zero_initializer', 'create_global_step', 'get_global_step', 'get_or_create_global_step',
           'assert_global_step', 'assert_or_get_global_step']


# ---- making

@add_arg_scope
def variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None,
             caching_device=None, device=None, partitioner=None, custom_getter=None, use_resource=None,
             synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
    """`tf.get_variable` with a device, and with arguments that `arg_scope` may give.

    Args:
      name, shape, dtype, initializer, regularizer, trainable, caching_device, partitioner, use_resource,
        synchronization, aggregation: as of `tf.get_variable`.
      collections: names of collections; GLOBAL_VARIABLES where left out.
      device: a device's name or function.
      custom_getter: what is called in place of `tf.get_variable`.
    """
    collections = list(dict.fromkeys([GraphKeys.GLOBAL_VARIABLES] if collections is None else collections))
    getter = get_variable if custom_getter is None else custom_getter
    with device_scope(device or ''):
        return getter(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                      trainable=trainable, collections=collections, caching_device=caching_device,
                      partitioner=partitioner, use_resource=use_resource, synchronization=synchronization,
                      aggregation=aggregation)


@add_arg_scope
def model_variable(name, shape=None, dtype='float32', initializer=None, regularizer=None, trainable=True,
                   collections=None, caching_device=None, device=None, partitioner=None, custom_getter=None,
                   use_resource=None, synchronization=VariableSynchronization.AUTO,
                   aggregation=VariableAggregation.NONE):
    """A `variable` that is one of MODEL_VARIABLES, too: what a model's prediction uses."""
    collections = list(collections or []) + [GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
    return variable(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                    trainable=trainable, collections=collections, caching_device=caching_device, device=device,
                    partitioner=partitioner, custom_getter=custom_getter, use_resource=use_resource,
                    synchronization=synchronization, aggregation=aggregation)


def local_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A `tf.Variable` that is neither trained nor saved."""
    return Variable(initial_value, trainable=False, collections=[GraphKeys.LOCAL_VARIABLES],
                    validate_shape=validate_shape, use_resource=use_resource, name=name)


def global_variable(initial_value, validate_shape=True, name=None, use_resource=None):
    """A `tf.Variable` that is saved but not trained."""
    return Variable(initial_value, trainable=False, collections=[GraphKeys.GLOBAL_VARIABLES],
                    validate_shape=validate_shape, use_resource=use_resource, name=name)


def add_model_variable(var):
    """Adds a variable to MODEL_VARIABLES, where it is not there yet."""
    if var not in get_collection(GraphKeys.MODEL_VARIABLES):
        add_to_collection(GraphKeys.MODEL_VARIABLES, var)


def zero_initializer(ref, use_locking=True, name='zero_initializer'):
    """A tensor that, when it runs, has set the variable `ref` to zeros: its reference."""
    return _c.call_op('Assign', name, (ref, _c.zeros(ref.shape.as_list(), ref.dtype.base_dtype)),
                      ('use_locking', use_locking))


# ---- finding

def get_variables(scope=None, suffix=None, collection=GraphKeys.GLOBAL_VARIABLES):
    """The variables of a collection, by scope and by the end of their names.

    Args:
      scope: a variable scope, or what names begin with (an expression).
      suffix: what names end with, without ':0' (an expression).
      collection: the collection.
    """
    scope = getattr(scope, 'name', scope)
    if suffix is not None:
        suffix = suffix if ':' in suffix else suffix + ':'
        scope = (scope or '') + '.*' + suffix
    return get_collection(collection, scope)


def get_model_variables(scope=None, suffix=None):
    """`get_variables` of MODEL_VARIABLES."""
    return get_variables(scope, suffix, GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope=None, suffix=None):
    """`get_variables` of LOCAL_VARIABLES."""
    return get_variables(scope, suffix, GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope=None, suffix=None):
    """`get_variables` of TRAINABLE_VARIABLES."""
    return get_variables(scope, suffix, GraphKeys.TRAINABLE_VARIABLES)


def get_variables_by_suffix(suffix, scope=None):
    """The global variables whose names end with `suffix`."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name, scope=None):
    """The global variables of a name, in whatever scope."""
    return get_variables(scope=scope, suffix='/' + given_name + ':|^' + given_name + ':')


def get_variables_to_restore(include=None, exclude=None):
    """The global variables that lists of scopes include and do not exclude."""
    for name, value in (('include', include), ('exclude', exclude)):
        if value is not None and not isinstance(value, (list, tuple)):
            raise TypeError(f'{name} is provided but is not a list or a tuple.')
    wanted = get_variables() if include is None else [v for scope in include for v in get_variables(scope)]
    excluded = {v for scope in exclude or () for v in get_variables(scope)}
    return [v for v in wanted if v not in excluded]


def get_unique_variable(var_op_name):
    """The global variable of a full name. ValueError for none or several."""
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError(f'Variable {var_op_name} does not uniquely identify a variable')


def get_variable_full_name(var):
    """The name that a variable has in checkpoints."""
    return var._shared_name


def filter_variables(var_list, include_patterns=None, exclude_patterns=None, reg_search=True):
    """The variables whose names match one of the first and none of the second expressions.

    Args:
      var_list: variables.
      include_patterns: expressions; all variables where left out.
      exclude_patterns: expressions.
      reg_search: whether the expressions are searched for in the name, not matched at its start.
    """
    matches = re.search if reg_search else re.match

    def one_of(patterns, name):
        return any(matches(pattern, name) for pattern in patterns)

    kept = [v for v in var_list if not include_patterns or one_of(include_patterns, v.op.name)]
    return [v for v in kept if not exclude_patterns or not one_of(exclude_patterns, v.op.name)]


# ---- the global step

def assert_or_get_global_step(graph=None, global_step_tensor=None):
    """The given step, which must be a proper one, or that of the graph."""
    if global_step_tensor is None:
        return steps.get_global_step(graph)
    steps.assert_global_step(global_step_tensor)
    return global_step_tensor


@deprecated(None, 'Please switch to tf.train.assert_global_step')
def assert_global_step(global_step_tensor):
    """`tf.train.assert_global_step`."""
    steps.assert_global_step(global_step_tensor)


@deprecated(None, 'Please switch to tf.train.get_global_step')
def get_global_step(graph=None):
    """`tf.train.get_global_step`."""
    return steps.get_global_step(graph)


@deprecated(None, 'Please switch to tf.train.create_global_step')
def create_global_step(graph=None):
    """`tf.train.create_global_step`."""
    return steps.create_global_step(graph)


@deprecated(None, 'Please switch to tf.train.get_or_create_global_step')
def get_or_create_global_step(graph=None):
    """`tf.train.get_or_create_global_step`."""
    return steps.get_or_create_global_step(graph)
