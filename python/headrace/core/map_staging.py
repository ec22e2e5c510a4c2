"""Staging areas whose elements have keys and may come, and be taken, in pieces."""

from headrace import _headrace as _c
from headrace.core.staging import BaseStagingArea, check_dtypes

__all__ = ['MapStagingArea']


class MapStagingArea(BaseStagingArea):
    """Elements under int64 keys, which one run puts in and a later one takes out.

    Components of an element may come in several runs; it can be had when all of them are there. A run that finds no
    element, or the area full, waits. A key that has its element already keeps it.
    """

    _HAS_KEYS = True

    def __init__(self, dtypes, shapes=None, names=None, shared_name=None, ordered=False, capacity=0, memory_limit=0):
        """
        Args:
          dtypes: a list of the components' dtypes.
          shapes: a list of their shapes, or None.
          names: a list of their names: elements are dictionaries then.
          shared_name: the name under which areas are the same.
          ordered: whether the element with the least key comes first where none is asked for.
          capacity: the most whole elements; 0 for any number.
          memory_limit: the most bytes of all elements; 0 for any.

        Raises:
          ValueError: lists of different lengths, or a shared name that is no text.
        """
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._ordered = ordered

    def _indices_and_values(self, values, indices):
        if isinstance(values, dict):
            if not self._names:
                raise ValueError('Staging areas must have names to enqueue a dictionary')
            if not set(values).issubset(self._names):
                raise ValueError('Keys in dictionary to put do not match names of staging area. Dictionary: '
                                 f'({sorted(values)}), Queue: ({sorted(self._names)})')
            indices = [i for i, name in enumerate(self._names) if name in values]
            return indices, [values[self._names[i]] for i in indices]
        if self._names:
            raise ValueError('You must enqueue a dictionary in a staging area with names')
        if indices is None:
            raise ValueError('Indices must be supplied when inserting a list of tensors')
        if len(indices) != len(values):
            raise ValueError(f"Number of indices '{len(indices)}' doesn't match number of values '{len(values)}'")
        if not isinstance(values, (list, tuple)):
            values = [values]
        return indices, values

    def put(self, key, vals, indices=None, name=None):
        """The operation that gives the element of a key components.

        Args:
          key: an int64 scalar.
          vals: a dictionary of some of the components where the area has names, else a list of tensors.
          indices: which components they are, in growing order; needed for a list.
          name: the operation's name.

        Raises:
          ValueError: dtypes, shapes, names or numbers that do not fit.
        """
        indices, values = self._indices_and_values(vals, indices)
        if len(values) > len(self._dtypes):
            raise ValueError(f"Unexpected number of inputs '{len(values)}' vs '{len(self._dtypes)}'")
        check_dtypes(values, [self._dtypes[i] for i in indices])
        return _c.map_staging_put(self, key, values, indices=indices, name=name)

    def _wanted(self, indices):
        if indices is None:
            return list(range(len(self._dtypes)))
        if not isinstance(indices, (tuple, list)):
            raise TypeError(f"Invalid indices type '{type(indices)}'")
        if not indices:
            raise ValueError('Empty indices')
        if all(isinstance(i, str) for i in indices):
            if self._names is None:
                raise ValueError(f"String indices provided '{indices}', but this Staging Area was not created with names.")
            for name in indices:
                if name not in self._names:
                    raise ValueError(f"Named index '{name}' not in Staging Area names '{self._names}'")
            return [self._names.index(name) for name in indices]
        if all(isinstance(i, int) for i in indices):
            return indices
        raise TypeError(f"Mixed types in indices '{indices}'. May only be str or int")

    def _element(self, outputs, places):
        return {self._names[i]: output for i, output in zip(places, outputs)} if self._names else outputs

    def get(self, key=None, indices=None, name=None):
        """Takes components of an element out, once it is whole.

        Args:
          key: the element's key, an int64 scalar; None for any element, where the area is ordered the one with the
            least key.
          indices: which components: a list of numbers or names, in growing order; None for all.
          name: the operation's name.

        Returns:
          The key, and a list of tensors, or a dictionary where the area has names.

        Raises:
          TypeError, ValueError: indices that are no such list.
        """
        places = self._wanted(indices)
        if key is None:
            key, *outputs = _c.map_staging_get_any(self, indices=places, name=name)
        else:
            outputs = _c.map_staging_get(self, key, indices=places, name=name)
        return key, self._element(outputs, places)

    def peek(self, key, indices=None, name=None):
        """Components of the element of a key, which stay there: a list of tensors or a dictionary. As `get` otherwise."""
        places = self._wanted(indices)
        return self._element(_c.map_staging_peek(self, key, indices=places, name=name), places)

    def size(self, name=None):
        """How many whole elements there are: an int32 scalar."""
        return _c.map_staging_size(self, name=name)

    def incomplete_size(self, name=None):
        """How many elements lack components: an int32 scalar."""
        return _c.map_staging_incomplete_size(self, name=name)

    def clear(self, name=None):
        """The operation that drops all elements."""
        return _c.map_staging_clear(self, name=name)
