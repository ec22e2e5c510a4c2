"""Sums of gradients that are taken once enough of them are there: conditional accumulators."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.dtypes import as_dtype
from headrace.core.shapes import TensorShape

__all__ = ['ConditionalAccumulatorBase', 'ConditionalAccumulator', 'SparseConditionalAccumulator']


class ConditionalAccumulatorBase:
    """A sum of gradients with a step of its own: gradients of earlier steps are dropped.

    Taking the sum moves the step on by one, and begins a new sum.
    """

    def __init__(self, dtype, shape, accumulator_ref):
        """
        Args:
          dtype: the dtype of the gradients.
          shape: their shape, as far as it is known; None: not at all.
          accumulator_ref: the handle of an accumulator.
        """
        self._dtype = dtype
        self._shape = TensorShape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.rpartition('/')[2]

    @property
    def accumulator_ref(self):
        """The tensor that leads to the accumulator."""
        return self._accumulator_ref

    @property
    def name(self):
        """The name of the node that makes it, without its scopes."""
        return self._name

    @property
    def dtype(self):
        """The dtype of the gradients."""
        return self._dtype

    def num_accumulated(self, name=None):
        """How many gradients were added since the sum was last taken."""
        return _c.accumulator_num_accumulated(self._accumulator_ref, name=name)

    def set_global_step(self, new_global_step, name=None):
        """An operation that sets the accumulator's step."""
        return _c.accumulator_set_global_step(self._accumulator_ref, new_global_step, name=name)


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """A sum of dense gradients."""

    def __init__(self, dtype, shape=None, shared_name=None, name='conditional_accumulator', reduction_type='MEAN'):
        """
        Args:
          dtype: the dtype of the gradients: float16, float32 or float64.
          shape: their shape, as far as it is known.
          shared_name: accumulators of this name are one in all sessions of a server.
          name: the name of the node.
          reduction_type: 'MEAN' or 'SUM': what is taken.
        """
        handle = _c.accumulator(dtype, shape=shape, shared_name=shared_name, name=name, reduction_type=reduction_type)
        super().__init__(as_dtype(dtype), shape, handle)

    def apply_grad(self, grad, local_step=0, name=None):
        """An operation that adds a gradient.

        Args:
          grad: the gradient.
          local_step: when it was computed; it is dropped where that is before the accumulator's step.
          name: the name of the operation.

        Raises:
          ValueError: the gradient has another shape than the accumulator.
        """
        return _c.accumulator_apply(self._accumulator_ref, grad, local_step=local_step, name=name)

    def take_grad(self, num_required, name=None):
        """The mean (or sum) of the gradients, which waits until there are `num_required`."""
        return _c.accumulator_take(self._accumulator_ref, num_required, name=name)


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """A sum of sparse gradients, slice by slice."""

    def __init__(self, dtype, shape=None, shared_name=None, name='sparse_conditional_accumulator',
                 reduction_type='MEAN'):
        """
        Args:
          dtype: the dtype of the gradients: float16, float32 or float64.
          shape: the shape of the dense gradients, as far as it is known.
          shared_name: accumulators of this name are one in all sessions of a server.
          name: the name of the node.
          reduction_type: 'MEAN', over those gradients that have the slice, or 'SUM'.
        """
        handle = _c.sparse_accumulator(dtype, shape=shape, shared_name=shared_name, name=name,
                                       reduction_type=reduction_type)
        super().__init__(as_dtype(dtype), shape, handle)

    def apply_indexed_slices_grad(self, grad, local_step=0, name=None):
        """An operation that adds a gradient, an IndexedSlices. See `apply_grad`."""
        return self.apply_grad(grad.indices, grad.values, grad.dense_shape, local_step=local_step, name=name)

    def apply_grad(self, grad_indices, grad_values, grad_shape=None, local_step=0, name=None):
        """An operation that adds a gradient.

        Args:
          grad_indices: which slices of the dense gradient are given: an integer vector.
          grad_values: these slices.
          grad_shape: the shape of the dense gradient; None or empty where it is not known.
          local_step: when it was computed; it is dropped where that is before the accumulator's step.
          name: the name of the operation.
        """
        return _c.sparse_accumulator_apply(self._accumulator_ref, grad_indices, grad_values, shape=grad_shape,
                                           local_step=local_step, name=name)

    def take_grad(self, num_required, name=None):
        """(indices, values, shape) of the mean or sum, which waits until there are `num_required` gradients."""
        return _ops.sparse_accumulator_take_gradient(self._accumulator_ref, num_required, dtype=self._dtype, name=name)

    def take_indexed_slices_grad(self, num_required, name=None):
        """The same as an IndexedSlices."""
        return _c.sparse_accumulator_take(self._accumulator_ref, num_required, name=name)
