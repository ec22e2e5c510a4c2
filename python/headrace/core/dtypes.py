"""Element types: `tf.float32` and its kin, and what NumPy calls them."""

import numpy as np

from headrace import _headrace as _c

__all__ = ['DType', 'as_dtype']


class DType:
    """The type of a tensor's elements. Compares equal to its name and to the NumPy type of the same kind.

    A reference type (`tf.float32_ref`) is what a variable's own tensor has; `base_dtype` is the type without it.
    """

    __slots__ = ('_number', '_name', '__weakref__')

    def __init__(self, type_enum):
        self._number = int(type_enum)
        self._name = _NAMES[self._number % 100] + ('_ref' if self._number > 100 else '')

    @property
    def name(self):
        """'float32', 'string', 'float32_ref' and so on."""
        return self._name

    @property
    def as_datatype_enum(self):
        """The number in `types.proto`."""
        return self._number

    @property
    def base_dtype(self):
        """The type without the reference."""
        return _BY_NUMBER[self._number % 100]

    @property
    def _is_ref_dtype(self):
        return self._number > 100

    @property
    def _as_ref(self):
        return self if self._is_ref_dtype else _BY_NUMBER[self._number + 100]

    @property
    def real_dtype(self):
        """The type of a complex number's parts; itself for other types."""
        return {8: float32, 18: float64}.get(self._number % 100, self)

    @property
    def as_numpy_dtype(self):
        """The NumPy scalar type; `object` for strings."""
        return _NUMPY[self._number % 100]

    @property
    def is_numpy_compatible(self):
        """Whether NumPy has arrays for it: it has none for resources and variants."""
        return self._number % 100 not in (20, 21)

    @property
    def is_bool(self):
        """Whether it is bool."""
        return self.base_dtype is bool_

    @property
    def is_integer(self):
        """Signed and unsigned integers, not quantized ones."""
        return self.base_dtype in _INTEGERS

    @property
    def is_floating(self):
        """Whether it is a real floating type."""
        return self.base_dtype in _FLOATS

    @property
    def is_complex(self):
        """Whether it is complex."""
        return self.base_dtype in (complex64, complex128)

    @property
    def is_quantized(self):
        """Whether it is quantized."""
        return self.base_dtype in (qint8, quint8, qint16, quint16, qint32)

    @property
    def is_unsigned(self):
        """Whether it is an integer without a sign."""
        return self.base_dtype in (uint8, uint16, uint32, uint64)

    @property
    def size(self):
        """Bytes of an element."""
        if self._number % 100 in (7, 20, 21):
            return 1
        return np.dtype(self.as_numpy_dtype).itemsize

    def _limit(self, which):
        base = self.base_dtype
        if base is bfloat16:
            limit = float.fromhex('0x1.FEp127')
            return limit if which == 'max' else -limit
        if self.is_integer:
            return getattr(np.iinfo(base.as_numpy_dtype), which)
        if self.is_floating:
            return getattr(np.finfo(base.as_numpy_dtype), which)
        raise TypeError(f'Cannot find {which}imum value of {self}.')

    @property
    def min(self):
        """The smallest value. TypeError for types without an order."""
        return self._limit('min')

    @property
    def max(self):
        """The largest value. TypeError for types without an order."""
        return self._limit('max')

    @property
    def limits(self):
        """The least and the greatest value that images of it have; 0 is the least. TypeError for types without a range."""
        return self._limits()

    def _limits(self, clip_negative=True):
        if self.is_bool:
            return 0, 1
        if self.is_floating:
            return (0 if clip_negative else -1), 1
        return (0 if clip_negative else self.min), self.max

    def is_compatible_with(self, other):
        """True for the same type and for its reference form."""
        other = as_dtype(other)
        return self._number in (other._number, other._number + 100)

    def __eq__(self, other):
        if other is self:
            return True
        if other is None:
            return False
        try:
            return self._number == as_dtype(other)._number
        except TypeError:
            return False

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return self._number

    def __int__(self):
        return self._number

    def __str__(self):
        return f'<dtype: {self._name!r}>'

    def __repr__(self):
        return f'tf.{self._name}'

    def __reduce__(self):
        return as_dtype, (self._name,)


_NAMES = {1: 'float32', 2: 'float64', 3: 'int32', 4: 'uint8', 5: 'int16', 6: 'int8', 7: 'string', 8: 'complex64',
          9: 'int64', 10: 'bool', 11: 'qint8', 12: 'quint8', 13: 'qint32', 14: 'bfloat16', 15: 'qint16', 16: 'quint16',
          17: 'uint16', 18: 'complex128', 19: 'float16', 20: 'resource', 21: 'variant', 22: 'uint32', 23: 'uint64'}


def _bfloat16():
    """The NumPy type of ml_dtypes where that is loaded or can be, else raw bits."""
    import sys
    module = sys.modules.get('ml_dtypes')
    return module.bfloat16 if module else np.dtype([('bfloat16', np.uint16)])


_NUMPY = {1: np.float32, 2: np.float64, 3: np.int32, 4: np.uint8, 5: np.int16, 6: np.int8, 7: np.object_,
          8: np.complex64, 9: np.int64, 10: np.bool_, 11: np.dtype([('qint8', np.int8)]),
          12: np.dtype([('quint8', np.uint8)]), 13: np.dtype([('qint32', np.int32)]), 14: _bfloat16(),
          15: np.dtype([('qint16', np.int16)]), 16: np.dtype([('quint16', np.uint16)]), 17: np.uint16,
          18: np.complex128, 19: np.float16, 20: np.object_, 21: np.object_, 22: np.uint32, 23: np.uint64}
# What fetched values have instead.
_PLAIN = {11: np.int8, 12: np.uint8, 13: np.int32, 15: np.int16, 16: np.uint16}

_BY_NUMBER = {number + offset: DType(number + offset) for offset in (0, 100) for number in _NAMES}

float32, float64, int32, uint8, int16, int8, string, complex64, int64, bool_ = (_BY_NUMBER[i] for i in range(1, 11))
qint8, quint8, qint32, bfloat16, qint16, quint16, uint16, complex128, float16 = (_BY_NUMBER[i] for i in range(11, 20))
resource, variant, uint32, uint64 = (_BY_NUMBER[i] for i in range(20, 24))
half, double = float16, float64

_INTEGERS = {int8, int16, int32, int64, uint8, uint16, uint32, uint64}
_FLOATS = {float16, float32, float64, bfloat16}

_BY_KEY = {dtype.name: dtype for dtype in _BY_NUMBER.values()}
_BY_KEY.update({'half': float16, 'float': float32, 'double': float64, 'half_ref': float16._as_ref,
                'float_ref': float32._as_ref, 'double_ref': float64._as_ref})
_PYTHON = {float: float32, int: int32, bool: bool_, str: string, bytes: string, object: string, complex: complex128}
_FROM_NUMPY = {np.dtype(numpy): _BY_NUMBER[number] for number, numpy in _NUMPY.items() if number not in (7, 20, 21)}


def as_dtype(type_value):
    """The DType of a DType, a number, a name, a NumPy type or a Python type. TypeError for anything else."""
    if isinstance(type_value, DType):
        return type_value
    try:
        found = _BY_NUMBER.get(type_value) if type(type_value) is int else None
        found = found or (_BY_KEY.get(type_value) if isinstance(type_value, str) else None)
        found = found or (_PYTHON.get(type_value) if isinstance(type_value, type) else None)
        if found:
            return found
        if type_value is None or isinstance(type_value, str):  # NumPy takes None for float64, and has names of its own
            raise KeyError(type_value)
        numpy = np.dtype(type_value).newbyteorder('=')
        if numpy.kind in 'SUO':
            return string
        return _FROM_NUMPY[numpy]
    except (TypeError, KeyError):
        raise TypeError(f'Cannot convert value {type_value!r} to a TensorFlow DType.') from None


def cast_hint(dtype):
    """The number of an optional dtype, for the extension: None stays None."""
    return None if dtype is None else as_dtype(dtype)


for _number, _dtype in _BY_NUMBER.items():
    _numpy = _NUMPY[_number] if _number < 100 and _number not in (7, 20, 21) else None
    _c.register_dtype(_number, _dtype, _numpy, _PLAIN.get(_number, _numpy))
_c.register_dtype(0, as_dtype, None, None)

QUANTIZED_DTYPES = frozenset([qint8, quint8, qint16, quint16, qint32] +
                             [d._as_ref for d in (qint8, quint8, qint16, quint16, qint32)])
