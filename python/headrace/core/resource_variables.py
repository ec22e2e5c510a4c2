"""Resource variables: `tf.Variable(..., use_resource=True)`."""

from headrace import _headrace as _c
from headrace.core.variables import Variable

__all__ = []


class ResourceVariable(Variable):
    """A variable that nodes have handles of, rather than references to it.

    Each operation that takes it reads it anew; what was read stays as it was when the variable is assigned later.
    Methods that change it give an object that stands for the variable after the change: reading it waits for that.
    """

    @property
    def handle(self):
        """The tensor of dtype resource that operations on the variable take."""
        return self._handle

    @property
    def create(self):
        """The operation that gives the variable its first value."""
        return self.initializer

    def value(self):
        """A new tensor of the value."""
        return _c.convert(self)

    def set_shape(self, shape):
        """NotImplementedError: the shape of a resource variable is that of its first value."""
        raise NotImplementedError('ResourceVariable does not implement set_shape()')

    def is_initialized(self, name=None):
        """A bool tensor: whether the variable has a value."""
        return _c.call_op('VarIsInitializedOp', name, (self,))

    def assign(self, value, use_locking=None, name=None, read_value=True):
        """Gives the variable a new value.

        Args:
          value: a tensor or value of its dtype and shape.
          use_locking: without effect.
          name: the operation's name.
          read_value: whether to answer with the variable as it is afterwards.

        Returns:
          What stands for the variable after the assignment, or the operation.

        Raises:
          ValueError: the value cannot have the variable's shape.
        """
        return self._updated('AssignVariableOp', [], value, name, read_value)

    def assign_add(self, delta, use_locking=None, name=None, read_value=True):
        """The same for adding to the value."""
        return self._updated('AssignAddVariableOp', [], delta, name, read_value)

    def assign_sub(self, delta, use_locking=None, name=None, read_value=True):
        """The same for subtracting from the value."""
        return self._updated('AssignSubVariableOp', [], delta, name, read_value)

    def _updated(self, op, where, value, name=None, read_value=True):
        node = _c.update_resource(op, self, where, value, name=name)
        return _c.var_after(self, node) if read_value else node

    def _scatter(self, op, sparse_delta, use_locking, name):
        from headrace.core.graph import IndexedSlices
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError(f'sparse_delta is not IndexedSlices: {sparse_delta}')
        return self._updated('Resource' + op, [sparse_delta.indices], sparse_delta.values, name)

    def scatter_nd_sub(self, indices, updates, name=None):
        """Subtracts from the elements at `indices`."""
        return self._updated('ResourceScatterNdSub', [indices], updates, name)

    def scatter_nd_add(self, indices, updates, name=None):
        """Adds to the elements at `indices`."""
        return self._updated('ResourceScatterNdAdd', [indices], updates, name)

    def scatter_nd_update(self, indices, updates, name=None):
        """Replaces the elements at `indices`."""
        return self._updated('ResourceScatterNdUpdate', [indices], updates, name)

    def count_up_to(self, limit):
        """Counts up by one until `limit`, then fails with OutOfRangeError."""
        return _c.call_op('ResourceCountUpTo', None, (self,), ('limit', limit, 'T', self.dtype))

    def sparse_read(self, indices, name=None):
        """The rows at `indices`."""
        return _c.tf_gather(self, indices, name=name)

    def gather_nd(self, indices, name=None):
        """The elements or slices at the index vectors of `indices`."""
        return _c.tf_gather_nd(self, indices, name=name)

    def _assign_part(self, part, value, name=None):
        return _c.var_after(self, _c.assign_slice(self, part, value, name=name))

    def __bool__(self):
        return bool(self.read_value())

    def __iadd__(self, other):
        raise _in_place('+', 'assign_add(value)')

    def __isub__(self, other):
        raise _in_place('-', 'assign_sub(value)')

    def __imul__(self, other):
        raise _in_place('*', 'assign(variable * value)')

    def __itruediv__(self, other):
        raise _in_place('/', 'assign(variable / value)')


def _in_place(operator, method):
    return RuntimeError(f'Variable {operator}= value is not supported: variable.{method} changes the variable, variable '
                        f'{operator} value is a new Tensor')


class _UnreadVariable(ResourceVariable):
    """A resource variable as it is after a change, which what is read of it waits for."""


_c.register_class('ResourceVariable', ResourceVariable)
_c.register_class('UnreadVariable', _UnreadVariable)
