"""What layers share: collections, aliases of tensors, sizes."""

import collections as containers

from headrace.core.control_flow import cond
from headrace.core.graph import add_to_collection, add_to_collections, get_collection, get_default_graph
from headrace.core.partitions import PartitionedVariable

__all__ = ['collect_named_outputs', 'append_tensor_alias', 'gather_tensors_aliases', 'get_tensor_aliases',
           'convert_collection_to_dict', 'constant_value', 'static_cond', 'smart_cond', 'get_variable_collections',
           'channel_dimension', 'last_dimension', 'two_element_tuple', 'n_positive_integers']


def collect_named_outputs(collections, alias, outputs):
    """Adds `outputs` to collections, if any, under an alias, and gives them back."""
    if collections:
        append_tensor_alias(outputs, alias)
        add_to_collections(collections, outputs)
    return outputs


def append_tensor_alias(tensor, alias):
    """Gives a tensor another name, which is kept in `tensor.aliases`."""
    alias = alias[:-1] if alias[-1] == '/' else alias
    tensor.aliases = getattr(tensor, 'aliases', []) + [alias]


def get_tensor_aliases(tensor):
    """The other names of a tensor; its own, without ':0', where it has none."""
    return getattr(tensor, 'aliases', None) or [tensor.name[:-2] if tensor.name.endswith(':0') else tensor.name]


def gather_tensors_aliases(tensors):
    """The names of all tensors."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def convert_collection_to_dict(collection, clear_collection=False):
    """A collection as an ordered dict from names to tensors."""
    named = containers.OrderedDict((alias, tensor) for tensor in get_collection(collection)
                                   for alias in get_tensor_aliases(tensor))
    if clear_collection:
        get_default_graph().clear_collection(collection)
    return named


def constant_value(value_or_tensor_or_var, dtype=None):
    """The value where it is known while building, else None."""
    if value_or_tensor_or_var is None:
        raise ValueError('value_or_tensor_or_var cannot be None')
    from headrace.contrib.framework import smart_constant_value
    if isinstance(value_or_tensor_or_var, (bool, int, float, str)):
        return value_or_tensor_or_var
    return smart_constant_value(value_or_tensor_or_var)


def static_cond(pred, fn1, fn2):
    """fn1() or fn2(), as a Python condition says."""
    if not callable(fn1) or not callable(fn2):
        raise TypeError('fn1 and fn2 must be callable.')
    return fn1() if pred else fn2()


def smart_cond(pred, fn1, fn2, name=None):
    """fn1() or fn2(): at once where the condition is known while building, else `tf.cond` of both."""
    known = constant_value(pred)
    return cond(pred, true_fn=fn1, false_fn=fn2, name=name) if known is None else static_cond(known, fn1, fn2)


def get_variable_collections(variables_collections, name):
    """The collections of the variable `name`, from a list for all or a dict by name."""
    if isinstance(variables_collections, dict):
        return variables_collections.get(name, None)
    return variables_collections


def add_variable_to_collections(variable, collections_set, collections_name):
    """Adds a variable, or each part of one, to its collections."""
    for collection in get_variable_collections(collections_set, collections_name) or []:
        for part in variable if isinstance(variable, PartitionedVariable) else [variable]:
            if part not in get_collection(collection):
                add_to_collection(collection, part)


def _size(shape, axis, min_rank, what):
    if shape.ndims is None:
        raise ValueError(f'dims of shape must be known, but is {shape.dims}')
    if shape.ndims < min_rank:
        raise ValueError(f'rank of shape must be at least {min_rank} not: {shape.ndims}')
    if shape.as_list()[axis] is None:
        raise ValueError(f'{what} must be known, but is None')
    return shape.as_list()[axis]


def channel_dimension(shape, data_format, min_rank=1):
    """The number of channels of a shape."""
    return _size(shape, 1 if data_format == 'NCHW' else -1, min_rank, 'dimension of channels')


def last_dimension(shape, min_rank=1):
    """The last size of a shape."""
    return _size(shape, -1, min_rank, 'last dimension')


def two_element_tuple(int_or_tuple):
    """(n, n) of a number, or a pair as a tuple."""
    return n_positive_integers(2, int_or_tuple)


def n_positive_integers(n, value):
    """A tuple of n positive integers, from one or n of them."""
    values = (value,) * n if isinstance(value, int) else tuple(int(x) for x in value)
    if len(values) != n or any(x < 1 for x in values):
        raise ValueError(f'Must provide {n} positive integers, or one: {value!r}')
    return values
