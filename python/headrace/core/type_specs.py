"""What is known of a value before there is one: dtype and static shape of tensors, and of what consists of several."""

from headrace.core import dtypes
from headrace.core.graph import Tensor, convert_to_tensor
from headrace.core.shapes import TensorShape, as_shape
from headrace.core.sparse import SparseTensor, SparseTensorValue

__all__ = ['TypeSpec', 'TensorSpec', 'SparseTensorSpec']


class TypeSpec:
    """The type of a value: of which class it is, and what is known of its components."""

    @property
    def value_type(self):
        """The Python class of values of this type."""
        raise NotImplementedError('TypeSpec.value_type')

    def _serialize(self):
        raise NotImplementedError('TypeSpec._serialize')

    def is_compatible_with(self, spec_or_value):
        """Whether a value, or values of another type, may be of this one."""
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else type_spec_from_value(spec_or_value)
        return type(self) is type(other) and _agree(self._serialize(), other._serialize())

    def most_specific_compatible_type(self, other):
        """The type that says of both all that is true of both. ValueError where there is none."""
        if type(self) is not type(other):
            raise ValueError(f'No TypeSpec is compatible with both {self} and {other}')
        return type(self)(*_common(self._serialize(), other._serialize(), self, other))

    def __eq__(self, other):
        return type(self) is type(other) and _key(self._serialize()) == _key(other._serialize())

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((type(self), _key(self._serialize())))

    def __repr__(self):
        return f'{type(self).__name__}{self._serialize()}'


def _key(value):
    if isinstance(value, TensorShape):
        return None if value.ndims is None else tuple(value.as_list())
    if isinstance(value, dict):
        return tuple((key, _key(value[key])) for key in sorted(value))
    return tuple(_key(item) for item in value) if isinstance(value, (tuple, list)) else value


def _agree(a, b):
    if isinstance(a, TensorShape):
        return a.is_compatible_with(b)
    if isinstance(a, TypeSpec):
        return a.is_compatible_with(b)
    if isinstance(a, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(map(_agree, a, b))
    if isinstance(a, dict):
        return type(a) is type(b) and a.keys() == b.keys() and all(_agree(a[key], b[key]) for key in a)
    return a == b


def _common(a, b, first, second):
    if isinstance(a, TensorShape):
        return a.most_specific_compatible_shape(b)
    if isinstance(a, TypeSpec):
        return a.most_specific_compatible_type(b)
    if isinstance(a, (tuple, list)) and type(a) is type(b) and len(a) == len(b):
        return type(a)(_common(x, y, first, second) for x, y in zip(a, b))
    if a != b:
        raise ValueError(f'No TypeSpec is compatible with both {first} and {second}')
    return a


class TensorSpec(TypeSpec):
    """Tensors of a dtype and a shape.

    Args:
      shape: a TensorShape, or what becomes one.
      dtype: the dtype.
      name: of a placeholder for such a tensor.
    """

    def __init__(self, shape, dtype=dtypes.float32, name=None):
        self._shape, self._dtype, self._name = as_shape(shape), dtypes.as_dtype(dtype), name

    value_type = property(lambda self: Tensor, doc='`tf.Tensor`.')
    shape = property(lambda self: self._shape, doc='The TensorShape.')
    dtype = property(lambda self: self._dtype, doc='The dtype.')
    name = property(lambda self: self._name, doc='The name, or None.')

    @classmethod
    def from_spec(cls, spec, name=None):
        """A spec like another one, with a name of its own where one is given."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor, name=None):
        """The spec of a tensor."""
        return cls(tensor.shape, tensor.dtype, name or tensor.op.name)

    def is_compatible_with(self, spec_or_tensor):
        """Whether a tensor, or those of another spec, have this dtype and may have this shape."""
        if not isinstance(spec_or_tensor, (TensorSpec, Tensor)):
            return False
        return self._dtype.is_compatible_with(spec_or_tensor.dtype) and self._shape.is_compatible_with(
            spec_or_tensor.shape)

    def _serialize(self):
        return self._shape, self._dtype, self._name

    def most_specific_compatible_type(self, other):
        """The spec that says what both say."""
        if not isinstance(other, TensorSpec) or self._dtype != other.dtype:
            raise ValueError(f'No TypeSpec is compatible with both {self} and {other}')
        return TensorSpec(self._shape.most_specific_compatible_shape(other.shape), self._dtype)

    def __eq__(self, other):
        return (isinstance(other, TensorSpec) and _key(self._shape) == _key(other._shape) and
                self._dtype == other._dtype and self._name == other._name)

    def __hash__(self):
        return hash((_key(self._shape), self._dtype))

    def __repr__(self):
        return f'TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})'

    # ---- as a component of elements ----

    @property
    def _flat_tensor_specs(self):
        return [self]

    def _batch(self, size):
        return TensorSpec(TensorShape([size]).concatenate(self._shape), self._dtype)

    def _unbatch(self):
        if self._shape.ndims == 0:
            raise ValueError('Unbatching a tensor is only supported for rank >= 1')
        return TensorSpec(self._shape[1:], self._dtype)

    def _to_tensor_list(self, value):
        value = convert_to_tensor(value, self._dtype)
        if not self.is_compatible_with(value):
            raise ValueError(f'Value {value} is not convertible to a tensor with dtype {self._dtype} and shape '
                             f'{self._shape}.')
        return [value]

    def _to_batched_tensor_list(self, value):
        value = convert_to_tensor(value, self._dtype)
        if self._shape.merge_with(value.shape).ndims == 0:
            raise ValueError(f'Value {value} has insufficient rank for batching.')
        return [value]

    def _from_tensor_list(self, tensors):
        tensor, = tensors
        tensor.set_shape(self._shape)
        return tensor

    def _to_legacy_output_types(self):
        return self._dtype

    def _to_legacy_output_shapes(self):
        return self._shape

    def _to_legacy_output_classes(self):
        return Tensor


class SparseTensorSpec(TypeSpec):
    """Sparse tensors of a dtype and a dense shape."""

    def __init__(self, shape=None, dtype=dtypes.float32):
        self._shape, self._dtype = as_shape(shape), dtypes.as_dtype(dtype)

    value_type = property(lambda self: SparseTensor, doc='`tf.SparseTensor`.')
    shape = property(lambda self: self._shape, doc='The static TensorShape of what it stands for.')
    dtype = property(lambda self: self._dtype, doc='The dtype of the values.')

    def _serialize(self):
        return self._shape, self._dtype

    @property
    def _flat_tensor_specs(self):
        return [TensorSpec(None, dtypes.variant)]

    def _batch(self, size):
        return SparseTensorSpec(TensorShape([size]).concatenate(self._shape), self._dtype)

    def _unbatch(self):
        if self._shape.ndims == 0:
            raise ValueError('Unbatching is only supported for tensors with rank >= 1')
        return SparseTensorSpec(self._shape[1:], self._dtype)

    def _to_tensor_list(self, value):
        from headrace import _ops
        value = SparseTensor.from_value(value)
        return [_ops.serialize_sparse(value.indices, value.values, value.dense_shape, out_type=dtypes.variant)]

    def _to_batched_tensor_list(self, value):
        from headrace import _ops
        shape = value.shape if hasattr(value, 'shape') else self._shape
        if self._shape.merge_with(shape).ndims == 0:
            raise ValueError(f'Value {value} has insufficient rank for batching.')
        return [_ops.serialize_many_sparse(value.indices, value.values, value.dense_shape, out_type=dtypes.variant)]

    def _from_tensor_list(self, tensors):
        from headrace import _ops
        tensor, = tensors
        parts = _ops.deserialize_sparse(tensor, dtype=self._dtype)
        parts[0].set_shape([None, self._shape.ndims])
        parts[1].set_shape([None])
        parts[2].set_shape([self._shape.ndims])
        return SparseTensor(*parts)

    def _to_legacy_output_types(self):
        return self._dtype

    def _to_legacy_output_shapes(self):
        return self._shape

    def _to_legacy_output_classes(self):
        return SparseTensor


def type_spec_from_value(value):
    """The spec of a value that is one tensor or composite of them; TypeError where it is none."""
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    if isinstance(value, SparseTensor):
        return SparseTensorSpec(value.shape, value.dtype)
    if isinstance(value, SparseTensorValue):
        import numpy as np
        return SparseTensorSpec(tuple(int(size) for size in value.dense_shape), np.asarray(value.values).dtype)
    spec = getattr(value, '_element_type_spec', None)
    if spec is not None:
        return spec
    raise TypeError(f'Could not build a TypeSpec for {value!r} with type {type(value).__name__}')


