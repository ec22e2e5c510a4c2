"""Static shapes: `tf.TensorShape` and `tf.Dimension`, whose sizes may be unknown."""

from headrace import _headrace as _c

__all__ = ['Dimension', 'TensorShape', 'as_shape', 'dimension_value', 'dimension_at_index']


class Dimension:
    """One size of a shape; None where it is unknown. Arithmetic with an unknown size is unknown, comparisons are None."""

    __slots__ = ('_value',)

    def __init__(self, value):
        if isinstance(value, Dimension):
            self._value = value._value
        elif value is None:
            self._value = None
        else:
            self._value = int(value)
            if not isinstance(value, (str, bytes)) and self._value != value:
                raise ValueError(f'Ambiguous dimension: {value}')
            if self._value < 0:
                raise ValueError(f'Dimension {self._value} must be >= 0')

    @property
    def value(self):
        """The size as an int, or None."""
        return self._value

    def __repr__(self):
        return f'Dimension({self._value})'

    def __str__(self):
        return '?' if self._value is None else str(self._value)

    def __eq__(self, other):
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return None
        return self._value == other._value

    def __ne__(self, other):
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return None
        return self._value != other._value

    def __hash__(self):
        return hash(self._value)

    def __int__(self):
        return self._value

    def __index__(self):
        return self._value

    __long__ = __int__

    def is_compatible_with(self, other):
        """True where the two may be the same size."""
        other = as_dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other):
        """ValueError where the two cannot be the same size."""
        if not self.is_compatible_with(other):
            raise ValueError(f'Dimensions {self} and {other} are not compatible')

    def merge_with(self, other):
        """What both say together. ValueError where they contradict."""
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)

    def _arithmetic(self, other, operation, swapped=False):
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(operation(other._value, self._value) if swapped else operation(self._value, other._value))

    def __add__(self, other):
        return self._arithmetic(other, lambda a, b: a + b)

    def __radd__(self, other):
        return self._arithmetic(other, lambda a, b: a + b, True)

    def __sub__(self, other):
        return self._arithmetic(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._arithmetic(other, lambda a, b: a - b, True)

    def __mul__(self, other):
        return self._arithmetic(other, lambda a, b: a * b)

    def __rmul__(self, other):
        return self._arithmetic(other, lambda a, b: a * b, True)

    def __floordiv__(self, other):
        return self._arithmetic(other, lambda a, b: a // b)

    def __rfloordiv__(self, other):
        return self._arithmetic(other, lambda a, b: a // b, True)

    __div__ = __floordiv__

    def __mod__(self, other):
        return self._arithmetic(other, lambda a, b: a % b)

    def __rmod__(self, other):
        return self._arithmetic(other, lambda a, b: a % b, True)

    def _compare(self, other, comparison):
        other = as_dimension(other)
        return None if self._value is None or other._value is None else comparison(self._value, other._value)

    def __lt__(self, other):
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other):
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self._compare(other, lambda a, b: a >= b)

    def __reduce__(self):
        return Dimension, (self._value,)


def as_dimension(value):
    """A Dimension of a number, None, or a Dimension."""
    return value if isinstance(value, Dimension) else Dimension(value)


class TensorShape:
    """The static shape of a tensor: a list of sizes of which some, or even their number, may be unknown.

    `dims`: None for an unknown rank, a size, a TensorShapeProto, or a list of sizes, Dimensions and Nones.
    """

    __slots__ = ('_dims', '__weakref__')

    def __init__(self, dims):
        if dims is None:
            self._dims = None
        elif type(dims) is tuple and all(type(d) is int and d >= 0 or d is None for d in dims):
            self._dims = dims
        elif isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif hasattr(dims, 'unknown_rank') and hasattr(dims, 'dim'):  # TensorShapeProto
            self._dims = None if dims.unknown_rank else tuple(None if d.size == -1 else d.size for d in dims.dim)
        else:
            if isinstance(dims, (str, bytes)):
                raise TypeError('A string has ambiguous TensorShape, please wrap in a list or convert to an int: '
                                f'{dims}')
            try:
                items = list(dims)
            except TypeError:
                items = [dims]
            self._dims = tuple(as_dimension(d)._value for d in items)

    @property
    def rank(self):
        """How many sizes there are, or None."""
        return None if self._dims is None else len(self._dims)

    @property
    def ndims(self):
        """The same as rank."""
        return self.rank

    @property
    def dims(self):
        """The list of Dimensions, or None for an unknown rank."""
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    def __str__(self):
        if self._dims is None:
            return '<unknown>'
        texts = ['?' if d is None else str(d) for d in self._dims]
        return f'({texts[0]},)' if len(texts) == 1 else f'({", ".join(texts)})'

    def __repr__(self):
        return f'TensorShape({self.dims})'

    def __len__(self):
        if self._dims is None:
            raise ValueError('Cannot take the length of Shape with unknown rank.')
        return len(self._dims)

    def __bool__(self):
        return self._dims is not None

    def __iter__(self):
        if self._dims is None:
            raise ValueError('Cannot iterate over a shape with unknown rank.')
        return iter(self.dims)

    def __getitem__(self, key):
        if self._dims is not None:
            if isinstance(key, slice):
                return TensorShape(self._dims[key])
            return Dimension(self._dims[key])
        if not isinstance(key, slice):
            return Dimension(None)
        start, stop = key.start or 0, key.stop
        if key.step is not None:
            raise ValueError('Steps are not yet handled')
        if stop is None or (start < 0) != (stop < 0):
            return TensorShape(None)
        return TensorShape([None] * max(stop - start, 0))

    def num_elements(self):
        """The product of the sizes, None where one is unknown."""
        if not self.is_fully_defined():
            return None
        count = 1
        for size in self._dims:
            count *= size
        return count

    def merge_with(self, other):
        """What both say together. ValueError where they contradict."""
        other = as_shape(other)
        if self._dims is None:
            return other
        if other._dims is None:
            return self
        try:
            self.assert_same_rank(other)
            return TensorShape([Dimension(a).merge_with(b) for a, b in zip(self._dims, other._dims)])
        except ValueError:
            raise ValueError(f'Shapes {self} and {other} are not compatible') from None

    def concatenate(self, other):
        """The sizes of this shape, then those of the other."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape(self._dims + other._dims)

    def assert_same_rank(self, other):
        """ValueError where the ranks are known and differ."""
        other = as_shape(other)
        if self._dims is not None and other._dims is not None and len(self._dims) != len(other._dims):
            raise ValueError(f'Shapes {self} and {other} must have the same rank')

    def assert_has_rank(self, rank):
        """ValueError unless the rank may be this one."""
        if self.rank not in (None, rank):
            raise ValueError(f'Shape {self} must have rank {rank}')

    def with_rank(self, rank):
        """This shape, known to have the rank. ValueError where it has another."""
        try:
            return self.merge_with(TensorShape([None] * rank))
        except ValueError:
            raise ValueError(f'Shape {self} must have rank {rank}') from None

    def with_rank_at_least(self, rank):
        """This shape. ValueError where its rank is smaller."""
        if self.rank is not None and self.rank < rank:
            raise ValueError(f'Shape {self} must have rank at least {rank}')
        return self

    def with_rank_at_most(self, rank):
        """This shape. ValueError where its rank is larger."""
        if self.rank is not None and self.rank > rank:
            raise ValueError(f'Shape {self} must have rank at most {rank}')
        return self

    def is_compatible_with(self, other):
        """True where a tensor may have both shapes."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return True
        return len(self._dims) == len(other._dims) and all(
            a is None or b is None or a == b for a, b in zip(self._dims, other._dims))

    def assert_is_compatible_with(self, other):
        """ValueError where no tensor can have both shapes."""
        if not self.is_compatible_with(other):
            raise ValueError(f'Shapes {self} and {as_shape(other)} are incompatible')

    def most_specific_compatible_shape(self, other):
        """The most that is true of both shapes."""
        other = as_shape(other)
        if self._dims is None or other._dims is None or len(self._dims) != len(other._dims):
            return TensorShape(None)
        return TensorShape([a if a is not None and a == b else None for a, b in zip(self._dims, other._dims)])

    def is_fully_defined(self):
        """True where rank and all sizes are known."""
        return self._dims is not None and None not in self._dims

    def assert_is_fully_defined(self):
        """ValueError unless all is known."""
        if not self.is_fully_defined():
            raise ValueError(f'Shape {self} is not fully defined')

    def as_list(self):
        """The sizes as ints and Nones. ValueError for an unknown rank."""
        if self._dims is None:
            raise ValueError('as_list() is not defined on an unknown TensorShape.')
        return list(self._dims)

    def as_proto(self):
        """A TensorShapeProto."""
        from headrace.core.protos import TensorShapeProto
        if self._dims is None:
            return TensorShapeProto(unknown_rank=True)
        return TensorShapeProto(dim=[TensorShapeProto.Dim(size=-1 if d is None else d) for d in self._dims])

    def __eq__(self, other):
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        if self._dims is None or other._dims is None:
            return self._dims is other._dims
        return self._dims == other._dims and (self is other or None not in self._dims)

    def __ne__(self, other):
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        if self._dims is None or other._dims is None:
            raise ValueError('The inequality of unknown TensorShapes is undefined.')
        return not self == other

    def __hash__(self):
        return hash(self._dims)

    def __reduce__(self):
        return TensorShape, (self._dims,)


def as_shape(shape):
    """A TensorShape of anything its constructor takes."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def dimension_value(dimension):
    """The int or None of a Dimension; anything else as it is."""
    return dimension.value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape, index):
    """The Dimension at an index; an unknown one where the rank is unknown."""
    return Dimension(None) if shape.rank is None else shape.dims[index]


_c.register_class('TensorShape', TensorShape)
