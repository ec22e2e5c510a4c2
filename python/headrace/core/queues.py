"""Queues: tuples of tensors that one run puts in and another one takes out."""

from headrace import _headrace as _c
from headrace.core.graph import name_scope
from headrace.core.shapes import TensorShape, as_shape

__all__ = ['FIFOQueue', 'PaddingFIFOQueue', 'PriorityQueue', 'QueueBase', 'RandomShuffleQueue']


def _as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _is_size(value):
    return value is None or isinstance(value, int)


def shape_list(shapes):
    """A list of shapes, of one shape, a list of them or None: then None."""
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (tuple, list)):
        raise TypeError('shapes must be a TensorShape or a list or tuple of TensorShapes.')
    if all(_is_size(size) for size in shapes):
        shapes = [shapes]
    return [as_shape(shape) for shape in shapes]


def number_of(name, value):
    """An argument that must be a number; None stays."""
    if value is not None and (isinstance(value, (str, bytes)) or not hasattr(value, '__int__')):
        raise TypeError(f"Expected int for argument '{name}' not {value!r}.")
    return value


def text_of(name, value):
    """An argument that must be a text; None stays."""
    if value is not None and not isinstance(value, (str, bytes)):
        raise TypeError(f"Expected string for argument '{name}' not {value!r}.")
    return value


def _name_list(names):
    return None if names is None else _as_list(names)


class QueueBase(_c.Queue):
    """A queue of tuples of tensors: what its kinds have in common.

    A run that wants to put something into a full queue, or to take something from one that has too little, waits.

    Attributes:
      queue_ref: the tensor that leads to the queue.
      dtypes, shapes, names: of the components of an element; `names` may be None.
      name: the name of the queue's operation.
    """

    def __init__(self, dtypes, shapes, names, queue_ref):
        """Takes a queue by its handle.

        Args:
          dtypes: a list of the components' dtypes.
          shapes: a list of their shapes, or None.
          names: a list of their names, or None: with names, elements are dictionaries.
          queue_ref: the handle.

        Raises:
          ValueError: a list has another length than `dtypes`.
        """
        self._take(_c.tensor_queue_of(queue_ref, dtypes, shapes=shapes, names=names))

    @property
    def name(self):
        """The name of the queue's operation."""
        return self.queue_ref.op.name

    @staticmethod
    def from_list(index, queues):
        """The queue `queues[index]`, where runs find out which.

        Args:
          index: an integer scalar tensor.
          queues: a list of queues whose components have the same dtypes and names.

        Raises:
          TypeError: `queues` is no such list.
        """
        if not queues or not isinstance(queues, list) or not all(isinstance(queue, QueueBase) for queue in queues):
            raise TypeError('A list of queues expected')
        return _c.tensor_queue_select(index, queues)

    def _components(self, vals):
        """Values in the order of the components."""
        names = self.names
        if isinstance(vals, dict):
            if not names:
                raise ValueError('Queue must have names to enqueue a dictionary')
            if sorted(names) != sorted(vals, key=str):
                raise ValueError(f'Keys in dictionary to enqueue do not match names of Queue.  Dictionary: '
                                 f'({sorted(vals)}), Queue: ({sorted(names)})')
            return [vals[name] for name in names]
        if names:
            raise ValueError('You must enqueue a dictionary in a Queue with names')
        return _as_list(vals)

    def _enqueue(self, make, suffix, vals, name):
        """The operation that `make` makes of values, in a scope that is open before they are looked at."""
        values = list(vals.values()) if isinstance(vals, dict) else _as_list(vals)
        with name_scope(name, f'{self.name.rpartition("/")[2]}_{suffix}', values) as scope:
            return make(self, self._components(vals), name=scope)

    def enqueue(self, vals, name=None):
        """The operation that puts an element in.

        Args:
          vals: a value for each component: a list or tuple, a dictionary where the queue has names, or the one value.
          name: the operation's name.

        Raises:
          ValueError: shapes do not fit.
        """
        return self._enqueue(_c.enqueue, 'enqueue', vals, name)

    def enqueue_many(self, vals, name=None):
        """The operation that puts elements in: the rows of a value for each component. As `enqueue` otherwise."""
        return self._enqueue(_c.enqueue_many, 'EnqueueMany', vals, name)

    def _element(self, outputs):
        names = self.names
        if names:
            return dict(zip(names, outputs))
        return outputs[0] if len(outputs) == 1 else outputs

    def dequeue(self, name=None):
        """Takes an element out.

        Args:
          name: the operation's name.

        Returns:
          A list of tensors, one for each component; the tensor itself where there is only one; or a dictionary where the
          queue has names. Fetching one of them takes the whole element out.
        """
        return self._element(_c.dequeue(self, name=name))

    def dequeue_many(self, n, name=None):
        """Takes `n` elements out, as a batch along a new first dimension. A closed queue that has fewer keeps them."""
        return self._element(_c.dequeue_many(self, n, name=name))

    def dequeue_up_to(self, n, name=None):
        """Takes `n` elements out, or what a closed queue has left, as a batch along a new first dimension."""
        return self._element(_c.dequeue_up_to(self, n, name=name))

    def close(self, cancel_pending_enqueues=False, name=None):
        """The operation that closes the queue: nothing goes in any more, what is in it may still be taken.

        Args:
          cancel_pending_enqueues: whether enqueues that wait fail; otherwise closing comes after them.
          name: the operation's name.
        """
        return _c.tensor_queue_close(self, cancel_pending_enqueues=cancel_pending_enqueues, name=name)

    def is_closed(self, name=None):
        """Whether the queue is closed: a bool scalar."""
        return _c.tensor_queue_is_closed(self, name=name)

    def size(self, name=None):
        """How many elements the queue has: an int32 scalar."""
        return _c.tensor_queue_size(self, name=name)


class FIFOQueue(QueueBase):
    """A queue whose elements come out in the order in which they went in."""

    def __init__(self, capacity, dtypes, shapes=None, names=None, shared_name=None, name='fifo_queue'):
        """
        Args:
          capacity: the most elements.
          dtypes: the components' dtypes, or the one's.
          shapes: their shapes, or the one's; without, elements may differ and make no batches.
          names: their names: elements are dictionaries then.
          shared_name: the name under which nodes and sessions share the queue.
          name: the operation's name.

        Raises:
          ValueError: shapes that are not known whole, or lists of different lengths.
        """
        self._take(_c.fifo_queue(
            number_of('capacity', capacity), _as_list(dtypes), shapes=shape_list(shapes), names=_name_list(names),
            shared_name=text_of('shared_name', shared_name), name=name))


class RandomShuffleQueue(QueueBase):
    """A queue whose elements come out in random order."""

    def __init__(self, capacity, min_after_dequeue, dtypes, shapes=None, names=None, seed=None, shared_name=None,
                 name='random_shuffle_queue'):
        """
        Args:
          capacity: the most elements.
          min_after_dequeue: how many stay while the queue is open, so that there is something to choose from.
          dtypes: the components' dtypes, or the one's.
          shapes: their shapes, or the one's; without, elements may differ and make no batches.
          names: their names: elements are dictionaries then.
          seed: of the order.
          shared_name: the name under which nodes and sessions share the queue.
          name: the operation's name.

        Raises:
          ValueError: shapes that are not known whole, or lists of different lengths.
        """
        self._take(_c.random_shuffle_queue(
            number_of('capacity', capacity), number_of('min_after_dequeue', min_after_dequeue), _as_list(dtypes),
            shapes=shape_list(shapes), names=_name_list(names), seed=seed,
            shared_name=text_of('shared_name', shared_name), name=name))


class PaddingFIFOQueue(QueueBase):
    """A FIFOQueue of elements that may differ in unknown sizes: batches are padded with zeros to the largest."""

    def __init__(self, capacity, dtypes, shapes, names=None, shared_name=None, name='padding_fifo_queue'):
        """
        Args:
          capacity: the most elements.
          dtypes: the components' dtypes, or the one's.
          shapes: a list of their shapes, in which sizes may be None.
          names: their names: elements are dictionaries then.
          shared_name: the name under which nodes and sessions share the queue.
          name: the operation's name.

        Raises:
          ValueError: shapes of unknown rank, or lists of different lengths.
        """
        if not isinstance(shapes, (list, tuple)) or not shapes or any(_is_size(shape) for shape in shapes):
            raise ValueError('When providing partial shapes, a list of shapes must be provided.')
        self._take(_c.padding_fifo_queue(
            number_of('capacity', capacity), _as_list(dtypes), shapes=shape_list(shapes), names=_name_list(names),
            shared_name=text_of('shared_name', shared_name), name=name))


class PriorityQueue(QueueBase):
    """A queue whose elements have an int64 scalar in front: those with the least come out first."""

    def __init__(self, capacity, types, shapes=None, names=None, shared_name=None, name='priority_queue'):
        """
        Args:
          capacity: the most elements.
          types: the dtypes of the components behind the priority, or the one's.
          shapes: their shapes, or the one's; without, elements may differ and make no batches.
          names: the names of all components: elements are dictionaries then.
          shared_name: the name under which nodes and sessions share the queue.
          name: the operation's name.

        Raises:
          ValueError: shapes that are not known whole, or lists of different lengths.
        """
        if shapes is None:
            raise TypeError("Expected list for 'shapes' argument to 'priority_queue_v2' Op, not None.")
        self._take(_c.priority_queue(
            number_of('capacity', capacity), _as_list(types), shapes=shape_list(shapes), names=_name_list(names),
            shared_name=text_of('shared_name', shared_name), name=name))


_c.register_class('QueueBase', QueueBase)
