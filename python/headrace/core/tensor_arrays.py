"""Tensor arrays: lists of tensors that loops fill and read, element by element."""

from headrace import _headrace as _c

__all__ = ['TensorArray']


def _refuse(name, value):
    if value is not None:
        raise ValueError(f'Cannot provide both a handle and {name} at the same time')


class TensorArray(_c.TensorArray):
    """A list of tensors of one dtype that lives as long as a run of the session.

    An object is a state of the list: writing gives an object for the next state, and what reads from that comes after
    the write. An element is written once; it is read once, too, unless `clear_after_read` is False.

    Attributes:
      dtype: the DType of the elements.
      handle: the tensor that leads to the array.
      flow: the float scalar that orders what happens to it.
      element_shape: what is known of the shape of all elements.
      dynamic_size: whether it grows.
    """

    def __init__(self, dtype, size=None, dynamic_size=None, clear_after_read=None, tensor_array_name=None,
                 handle=None, flow=None, infer_shape=True, element_shape=None, colocate_with_first_write_call=True,
                 name=None):
        """Makes an array, or takes one by its handle.

        Args:
          dtype: the dtype of the elements.
          size: their number, an int32 scalar.
          dynamic_size: whether writing beyond the size makes room; False where left out.
          clear_after_read: whether an element's memory is given back when it is read; True where left out.
          tensor_array_name: its name in the session.
          handle: the handle of an array, in place of all of the above.
          flow: where to go on, with `handle`.
          infer_shape: whether all elements have one shape, learnt from what is written.
          element_shape: what is known of that shape.
          colocate_with_first_write_call: whether the array and its writes stand beside the value written first.
          name: the name scope.

        Raises:
          ValueError: neither or both of `size` and `handle` are given, or a handle comes without its flow.
        """
        if handle is None:
            if size is None:
                raise ValueError('Size must be provided if handle is not provided')
            self._take(_c.tensor_array_new(
                dtype, size, dynamic_size=dynamic_size, clear_after_read=clear_after_read,
                tensor_array_name=tensor_array_name, infer_shape=infer_shape, element_shape=element_shape,
                colocate_with_first_write_call=colocate_with_first_write_call, name=name))
            return
        if tensor_array_name:
            raise ValueError('Cannot construct with both handle and tensor_array_name')
        _refuse('size', size)
        _refuse('dynamic_size', dynamic_size)
        _refuse('element_shape', element_shape)
        _refuse('clear_after_read', clear_after_read)
        if flow is None:
            raise ValueError('flow must not be None if handle is not None.')
        self._take(_c.tensor_array_of(dtype, handle, flow, infer_shape=infer_shape,
                                      colocate_with_first_write_call=colocate_with_first_write_call, name=name))

    def _with_flow(self, flow):
        """The same array after another flow: for conditionals and loops, which carry the flow alone."""
        return _c.tensor_array_with_flow(self, flow)

    def identity(self):
        """The same array behind the control dependencies of this place: a TensorArray."""
        return _c.tensor_array_identity(self)

    def grad(self, source, flow=None, name=None):
        """The array of the gradients of the elements.

        Args:
          source: whose gradients: one array for each.
          flow: where they begin; the array's own flow where left out.
          name: the name scope.

        Returns:
          A TensorArray. What is written to one of its elements is added to what is there.
        """
        return _c.tensor_array_grad(self, source, flow=flow, name=name)

    def read(self, index, name=None):
        """The tensor at `index`, an int32 scalar."""
        return _c.tensor_array_read(self, index, name=name)

    def write(self, index, value, name=None):
        """The array in which element `index` is `value`.

        Raises:
          ValueError: the shape of `value` does not fit the other elements'.
        """
        return _c.tensor_array_write(self, index, value, name=name)

    def stack(self, name=None):
        """All elements along a new first dimension; they must have one shape."""
        return _c.tensor_array_stack(self, name=name)

    def gather(self, indices, name=None):
        """The elements at `indices`, an int32 vector, along a new first dimension."""
        return _c.tensor_array_gather(self, indices, name=name)

    def concat(self, name=None):
        """All elements joined along their first dimension, in whose size alone they may differ."""
        return _c.tensor_array_concat(self, name=name)

    def unstack(self, value, name=None):
        """The array whose elements are the rows of `value`."""
        return _c.tensor_array_unstack(self, value, name=name)

    def scatter(self, indices, value, name=None):
        """The array in which the elements at `indices` are the rows of `value`."""
        return _c.tensor_array_scatter(self, indices, value, name=name)

    def split(self, value, lengths, name=None):
        """The array whose element i has the next lengths[i] rows of `value`."""
        return _c.tensor_array_split(self, value, lengths, name=name)

    def size(self, name=None):
        """The number of elements: an int32 scalar."""
        return _c.tensor_array_size(self, name=name)

    def close(self, name=None):
        """An operation that ends the array early."""
        return _c.tensor_array_close(self, name=name)


_c.register_class('TensorArray', TensorArray)
