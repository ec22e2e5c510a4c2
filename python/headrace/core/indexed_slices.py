"""Rows of a tensor: what gradients of gather are."""

from headrace.core import shapes

__all__ = ['IndexedSlices']


class _RowsSpec:
    """What `nest`, conditionals and loops ask of IndexedSlices."""

    def __init__(self, rows):
        self._rows = rows

    def _to_components(self, rows):
        parts = (rows.values, rows.indices)
        return parts if rows.dense_shape is None else parts + (rows.dense_shape,)

    def _from_components(self, parts):
        return IndexedSlices(*parts)

    def _component_shapes(self, shape):
        """The shape invariants of the components: `shape` is that of the values; None: what is known of them."""
        values = self._rows.values.shape if shape is None else shape
        indices = values[:1] if shape is not None else self._rows.indices.shape.merge_with(values[:1])
        parts = [indices.concatenate(values[1:]), indices]
        return parts if self._rows.dense_shape is None else parts + [shapes.TensorShape([values.ndims])]


class IndexedSlices:
    """Rows `values` of a tensor at `indices` of its first dimension: what gradients of gather are.

    `dense_shape` is the shape of the whole tensor, or None.
    """

    def __init__(self, values, indices, dense_shape=None):
        self._values, self._indices, self._dense_shape = values, indices, dense_shape

    @property
    def values(self):
        """The rows."""
        return self._values

    @property
    def indices(self):
        """Which rows of the whole they are."""
        return self._indices

    @property
    def dense_shape(self):
        """The shape of the whole, or None."""
        return self._dense_shape

    @property
    def name(self):
        """The name of the rows."""
        return self.values.name

    @property
    def device(self):
        """The device of the rows."""
        return self.values.device

    @property
    def op(self):
        """The operation of the rows."""
        return self.values.op

    @property
    def dtype(self):
        """The type of the rows."""
        return self.values.dtype

    @property
    def graph(self):
        """The graph of the rows."""
        return self.values.graph

    @property
    def _type_spec(self):
        return _RowsSpec(self)

    def __str__(self):
        shape = f', dense_shape={self._dense_shape}' if self._dense_shape is not None else ''
        return f'IndexedSlices(indices={self._indices}, values={self._values}{shape})'

    def __neg__(self):
        return IndexedSlices(-self.values, self.indices, self.dense_shape)

    def consumers(self):
        """The operations that take the rows."""
        return self.values.consumers()
