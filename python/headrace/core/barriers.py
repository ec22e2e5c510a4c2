"""Barriers: elements that come together under keys, component by component."""

import collections

from headrace import _headrace as _c
from headrace.core.queues import shape_list

__all__ = ['Barrier']

_Taken = collections.namedtuple('BarrierTakeMany', ['indices', 'keys', 'values'])


class Barrier:
    """Elements that come together under keys, component by component; whole ones are taken out as batches."""

    def __init__(self, types, shapes=None, shared_name=None, name='barrier'):
        """
        Args:
          types: the components' dtypes, or the one's.
          shapes: their shapes, or the one's; None where nothing is known.
          shared_name: the name under which nodes and sessions share the barrier.
          name: the operation's name.

        Raises:
          ValueError: a shape without elements.
        """
        types = list(types) if isinstance(types, (list, tuple)) else [types]
        self._barrier_ref = _c.barrier(types, shapes=shape_list(shapes), shared_name=shared_name, name=name)

    @property
    def barrier_ref(self):
        """The tensor that leads to the barrier."""
        return self._barrier_ref

    @property
    def name(self):
        """The name of the barrier's operation."""
        return self._barrier_ref.op.name

    def insert_many(self, component_index, keys, values, name=None):
        """The operation that gives a component of the elements of `keys` the rows of `values`."""
        return _c.barrier_insert_many(self._barrier_ref, component_index, keys, values, name=name)

    def take_many(self, num_elements, allow_small_batch=False, timeout=None, name=None):
        """Takes whole elements out, those first whose keys came first.

        Args:
          num_elements: how many.
          allow_small_batch: whether a closed barrier gives what it has left.
          timeout: not supported.
          name: the operation's name.

        Returns:
          A tuple: at what insertion the keys came first, the keys, and a list of a batch of each component.
        """
        indices, keys, *values = _c.barrier_take_many(self._barrier_ref, num_elements,
                                                      allow_small_batch=allow_small_batch, name=name)
        return _Taken(indices, keys, values)

    def close(self, cancel_pending_enqueues=False, name=None):
        """The operation that closes the barrier: no new keys come any more.

        Args:
          cancel_pending_enqueues: whether elements that are not whole are dropped; otherwise they may be completed.
          name: the operation's name.
        """
        return _c.barrier_close(self._barrier_ref, cancel_pending_enqueues=cancel_pending_enqueues, name=name)

    def ready_size(self, name=None):
        """How many elements are whole: an int32 scalar."""
        return _c.barrier_ready_size(self._barrier_ref, name=name)

    def incomplete_size(self, name=None):
        """How many elements are not whole: an int32 scalar."""
        return _c.barrier_incomplete_size(self._barrier_ref, name=name)
