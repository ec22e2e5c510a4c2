"""Changes of variables."""

from headrace import _ops
from headrace.core.resource_variables import ResourceVariable

__all__ = ['assign', 'assign_add', 'assign_sub', 'count_up_to', 'scatter_update', 'scatter_add', 'scatter_sub', 'scatter_mul',
           'scatter_div', 'scatter_min', 'scatter_max', 'scatter_nd_update', 'scatter_nd_add', 'scatter_nd_sub']


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    """Gives a variable a new value.

    Args:
      ref: a variable.
      value: a tensor or value of its dtype.
      validate_shape: False lets the value have any shape, which the variable takes on.
      use_locking: whether others wait meanwhile; True where left out.
      name: the node's name.

    Returns:
      A tensor that has the new value, once the assignment is done.
    """
    if isinstance(ref, ResourceVariable):
        return ref.assign(value, name=name)
    return _ops.assign(ref, value, validate_shape, use_locking, name)


def assign_add(ref, value, use_locking=None, name=None):
    """Adds to a variable; gives its new value."""
    if isinstance(ref, ResourceVariable):
        return ref.assign_add(value)
    return _ops.assign_add(ref, value, use_locking, name)


def assign_sub(ref, value, use_locking=None, name=None):
    """Subtracts from a variable; gives its new value."""
    if isinstance(ref, ResourceVariable):
        return ref.assign_sub(value)
    return _ops.assign_sub(ref, value, use_locking, name)


def assign_slice(tensor, value, name=None, var=None):
    """What `variable[...].assign(value)` builds: gives a part of a variable new values, and the variable's whole value.

    Args:
      tensor: the slice.
      value: a tensor or value of the slice's shape.
      name: the node's name.
      var: the variable, where the slice is not one of its value.

    Returns:
      A tensor.

    Raises:
      ValueError: the slice is not one of a variable.
    """
    begin, end, strides = tensor.op.inputs[1:4]
    if var is None:
        source = tensor.op.inputs[0].op
        if source.type != 'Identity' or not source.inputs[0].dtype._is_ref_dtype:
            raise ValueError('Sliced assignment is only supported for variables')
        var = source.inputs[0]
    masks = {mask: tensor.op.get_attr(mask) for mask in _MASKS}
    name = name or tensor.op.name + '/_assign'
    return _ops.strided_slice_assign(var, begin, end, strides, value, name=name, **masks)


_MASKS = ('begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask')


def count_up_to(ref, limit, name=None):
    """Adds 1 to an integer variable and gives the value before; OutOfRangeError in a run once `limit` is reached."""
    if isinstance(ref, ResourceVariable):
        return ref.count_up_to(limit)
    return _ops.count_up_to(ref, limit, name)


def _scatter(op, what, use_locking=False):
    kind = op.__name__.replace('_', ' ').title().replace(' ', '')

    def apply(ref, indices, updates, use_locking, name):
        if isinstance(ref, ResourceVariable):
            return ref._updated('Resource' + kind, [indices], updates, name)
        return op(ref, indices, updates, use_locking, name)

    if use_locking:
        def scatter(ref, indices, updates, use_locking=True, name=None):
            return apply(ref, indices, updates, use_locking, name)
    else:
        def scatter(ref, indices, updates, use_locking=False, name=None):
            return apply(ref, indices, updates, use_locking, name)
    scatter.__name__ = scatter.__qualname__ = op.__name__
    scatter.__doc__ = f"""{what}

    Args:
      ref: a variable.
      indices: where, int32 or int64.
      updates: a tensor of the variable's dtype.
      use_locking: whether others wait meanwhile.
      name: the node's name.

    Returns:
      A tensor that has the variable's new value.
    """
    return scatter


scatter_update = _scatter(_ops.scatter_update, 'Writes rows of a variable.', True)
scatter_add = _scatter(_ops.scatter_add, 'Adds to rows of a variable.')
scatter_sub = _scatter(_ops.scatter_sub, 'Subtracts from rows of a variable.')
scatter_mul = _scatter(_ops.scatter_mul, 'Multiplies rows of a variable.')
scatter_div = _scatter(_ops.scatter_div, 'Divides rows of a variable.')
scatter_min = _scatter(_ops.scatter_min, 'Takes the smaller of rows of a variable and the updates.')
scatter_max = _scatter(_ops.scatter_max, 'Takes the larger of rows of a variable and the updates.')
scatter_nd_update = _scatter(_ops.scatter_nd_update, 'Writes elements or slices of a variable at index vectors.', True)
scatter_nd_add = _scatter(_ops.scatter_nd_add, 'Adds to elements or slices of a variable at index vectors.')
scatter_nd_sub = _scatter(_ops.scatter_nd_sub, 'Subtracts from elements or slices of a variable at index vectors.')
