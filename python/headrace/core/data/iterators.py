"""Iterators: what gives the elements of datasets to a graph."""

import warnings

from headrace import _headrace as _c
from headrace.core.data import structure
from headrace.core.deprecation import deprecated

__all__ = ['Iterator']

_MANY_CALLS = 32


class Iterator:
    """Where a program is in a dataset.

    Args:
      iterator_resource: the handle, a tensor of dtype resource.
      initializer: the operation that begins; None where it begins by itself.
      output_types: the structure of dtypes of an element.
      output_shapes: its shapes.
      output_classes: its classes.
    """

    def __init__(self, iterator_resource, initializer, output_types, output_shapes, output_classes):
        spec = structure.spec_of_legacy(output_types, output_shapes, output_classes)
        self._take(iterator_resource, initializer, spec, None)

    def _take(self, handle, initializer, spec, string_handle):
        from headrace import _ops
        self._iterator_resource, self._initializer, self._spec = handle, initializer, spec
        self._string_handle = _ops.iterator_to_string_handle(handle) if string_handle is None else string_handle
        self._calls = 0

    @classmethod
    def _of(cls, ends, spec):
        made = cls.__new__(cls)
        made._take(ends[0], ends[1], spec, ends[2])
        return made

    @staticmethod
    def from_structure(output_types, output_shapes=None, shared_name=None, output_classes=None):
        """An iterator for any dataset with such elements, which `make_initializer` begins.

        Args:
          output_types: a structure of dtypes.
          output_shapes: a structure of shapes; None: unknown.
          shared_name: the name under which sessions share it.
          output_classes: a structure of classes; None: tensors.
        """
        spec = structure.spec_of_types(output_types, output_shapes, output_classes)
        ends = _c.iterator_of_structure(structure.flat_types(spec), structure.flat_shapes(spec), shared_name or '')
        return Iterator._of(ends, spec)

    @staticmethod
    def from_string_handle(string_handle, output_types, output_shapes=None, output_classes=None):
        """The iterator that a string leads to, which may be fed: one of several is chosen in each run.

        Args:
          string_handle: a scalar string tensor, of `Iterator.string_handle`.
          output_types: a structure of dtypes.
          output_shapes: a structure of shapes; None: unknown.
          output_classes: a structure of classes; None: tensors.
        """
        spec = structure.spec_of_types(output_types, output_shapes, output_classes)
        ends = _c.iterator_of_string_handle(string_handle, structure.flat_types(spec), structure.flat_shapes(spec))
        return Iterator._of(ends, spec)

    @property
    def initializer(self):
        """The operation that begins the dataset. ValueError where it begins by itself."""
        if self._initializer is None:
            raise ValueError('Iterator does not have an initializer.')
        return self._initializer

    def make_initializer(self, dataset, name=None):
        """An operation that begins a dataset, whose elements must be like the iterator's: TypeError otherwise."""
        spec = dataset.element_spec
        structure.assert_same_structure(structure.legacy_types(self._spec), structure.legacy_types(spec))
        for mine, theirs in zip(structure.flatten(self._spec), structure.flatten(spec)):
            if mine._to_legacy_output_classes() is not theirs._to_legacy_output_classes():
                raise TypeError(f'Expected output classes {structure.legacy_classes(self._spec)!r} but got dataset with '
                                f'output class {structure.legacy_classes(spec)!r}.')
            if mine._to_legacy_output_types() != theirs._to_legacy_output_types():
                raise TypeError(f'Expected output types {structure.legacy_types(self._spec)!r} but got dataset with '
                                f'output types {structure.legacy_types(spec)!r}.')
            if not mine._to_legacy_output_shapes().is_compatible_with(theirs._to_legacy_output_shapes()):
                raise TypeError(f'Expected output shapes compatible with {structure.legacy_shapes(self._spec)!r} but got '
                                f'dataset with output shapes {structure.legacy_shapes(spec)!r}.')
        return _c.make_initializer(self._iterator_resource, dataset._variant_tensor, name)

    def get_next(self, name=None):
        """The next element, as a structure of tensors. Runs of it end with OutOfRangeError behind the last one."""
        self._calls += 1
        if self._calls > _MANY_CALLS:
            warnings.warn('An unusually high number of `Iterator.get_next()` calls was detected. This often indicates '
                          'that `Iterator.get_next()` is being called inside a training loop, which will cause gradual '
                          'slowdown and eventual resource exhaustion. If this is the case, restructure your code to '
                          'call `next_element = iterator.get_next()` once outside the loop, and use `next_element` as '
                          'the input to some computation that is invoked inside the loop.', stacklevel=2)
        tensors = _c.next_element(self._iterator_resource, structure.flat_types(self._spec),
                                  structure.flat_shapes(self._spec), name)
        return structure.from_tensors(self._spec, tensors)

    def string_handle(self, name=None):
        """A scalar string tensor that leads to the iterator."""
        if name is None:
            return self._string_handle
        from headrace import _ops
        return _ops.iterator_to_string_handle(self._iterator_resource, name=name)

    @property
    @deprecated(None, 'Use `tf.compat.v1.data.get_output_classes(iterator)`.')
    def output_classes(self):
        """The structure of classes of an element."""
        return structure.legacy_classes(self._spec)

    @property
    @deprecated(None, 'Use `tf.compat.v1.data.get_output_shapes(iterator)`.')
    def output_shapes(self):
        """The structure of shapes of an element."""
        return structure.legacy_shapes(self._spec)

    @property
    @deprecated(None, 'Use `tf.compat.v1.data.get_output_types(iterator)`.')
    def output_types(self):
        """The structure of dtypes of an element."""
        return structure.legacy_types(self._spec)

    @property
    def element_spec(self):
        """The structure of type specs of an element."""
        return self._spec
