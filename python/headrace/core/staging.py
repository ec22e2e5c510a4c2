"""Staging areas: elements that one run puts in and a later one takes out."""

from headrace import _headrace as _c
from headrace.core import dtypes as _dtypes
from headrace.core.shapes import TensorShape

__all__ = ['StagingArea']


class BaseStagingArea:
    """What areas have in common, whether their elements have keys or not."""

    _HAS_KEYS = False

    def __init__(self, dtypes, shapes, names, shared_name, capacity, memory_limit):
        if shared_name is not None and not isinstance(shared_name, str):
            raise ValueError('shared_name must be a string')
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError('StagingArea shapes must be the same length as dtypes')
        if names is not None and len(names) != len(dtypes):
            raise ValueError('StagingArea names must be the same length as dtypes')
        self._dtypes, self._names = dtypes, names
        self._shapes = [TensorShape(shape) for shape in shapes or [None] * len(dtypes)]
        self._capacity, self._memory_limit = capacity, memory_limit
        self._name, self._coloc_op = _c.staging_area_new(dtypes, shared_name, self._HAS_KEYS)
    @property
    def name(self):
        """The name of the area."""
        return self._name

    @property
    def dtypes(self):
        """The dtypes of the components."""
        return self._dtypes

    @property
    def shapes(self):
        """The shapes of the components."""
        return self._shapes

    @property
    def names(self):
        """The names of the components, or None."""
        return self._names

    @property
    def capacity(self):
        """The most elements; 0 for any number."""
        return self._capacity

    @property
    def memory_limit(self):
        """The most bytes of all elements; 0 for any."""
        return self._memory_limit


def check_dtypes(values, dtypes):
    """Values must be tensors of these dtypes.

    Raises:
      ValueError: another dtype.
    """
    for value, dtype in zip(values, dtypes):
        if value.dtype.base_dtype != _dtypes.as_dtype(dtype):
            raise ValueError(f"Datatypes do not match. '{value.dtype}' != '{dtype}'")


class StagingArea(BaseStagingArea):
    """Elements that one run puts in and a later one takes out, so that what a step needs is there when it begins.

    A run that finds the area empty or full waits.
    """

    def __init__(self, dtypes, shapes=None, names=None, shared_name=None, capacity=0, memory_limit=0):
        """
        Args:
          dtypes: a list of the components' dtypes.
          shapes: a list of their shapes, or None.
          names: a list of their names: elements are dictionaries then.
          shared_name: the name under which areas are the same.
          capacity: the most elements; 0 for any number.
          memory_limit: the most bytes of all elements; 0 for any.

        Raises:
          ValueError: lists of different lengths, or a shared name that is no text.
        """
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)

    def put(self, values, name=None):
        """The operation that puts an element in.

        Args:
          values: a tensor for each component: a list, the one tensor, or a dictionary where the area has names.
          name: the operation's name.

        Raises:
          ValueError: dtypes, shapes or names that do not fit.
        """
        if isinstance(values, dict):
            if not self._names:
                raise ValueError('Staging areas must have names to enqueue a dictionary')
            if not set(values).issubset(self._names):
                raise ValueError('Keys in dictionary to put do not match names of staging area. Dictionary: '
                                 f'({sorted(values)}), Queue: ({sorted(self._names)})')
            values = [values[key] for key in self._names if key in values]
        elif self._names:
            raise ValueError('You must enqueue a dictionary in a staging area with names')
        elif not isinstance(values, (list, tuple)):
            values = [values]
        if len(values) > len(self._dtypes):
            raise ValueError(f"Unexpected number of inputs '{len(values)}' vs '{len(self._dtypes)}'")
        check_dtypes(values, self._dtypes)
        return _c.staging_put(self, values, name=name)

    def _element(self, outputs):
        return dict(zip(self._names, outputs)) if self._names else outputs

    def get(self, name=None):
        """Takes the first element out: a list of tensors, or a dictionary where the area has names."""
        return self._element(_c.staging_get(self, name=name))

    def peek(self, index, name=None):
        """Element `index`, counted from the first, which stays. As `get` otherwise."""
        return self._element(_c.staging_peek(self, index, name=name))

    def size(self, name=None):
        """How many elements there are: an int32 scalar."""
        return _c.staging_size(self, name=name)

    def clear(self, name=None):
        """The operation that drops all elements."""
        return _c.staging_clear(self, name=name)
