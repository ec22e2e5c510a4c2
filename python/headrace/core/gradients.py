"""Derivatives: tf.gradients, and gradient functions of the program's own."""

import enum

from headrace import _headrace as _c

__all__ = ['gradients', 'hessians', 'AggregationMethod', 'UnconnectedGradients', 'RegisterGradient', 'NotDifferentiable',
           'NoGradient', 'no_gradient', 'custom_gradient', 'grad_pass_through']


class AggregationMethod:
    """How the gradients that several operations send to one tensor are added."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


class UnconnectedGradients(enum.Enum):
    """What the gradient to a tensor is that no y depends on: None, or zeros."""

    NONE = 'none'
    ZERO = 'zero'


def _as_list(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


def gradients(ys, xs, grad_ys=None, name='gradients', colocate_gradients_with_ops=False, gate_gradients=False,
              aggregation_method=None, stop_gradients=None, unconnected_gradients=UnconnectedGradients.NONE):
    """The derivatives of sum(ys) by each of `xs`, as nodes of the graph.

    Args:
      ys: a tensor or a list of them.
      xs: tensors and variables.
      grad_ys: the gradient that arrives at each y; ones where left out or None.
      name: the name scope.
      colocate_gradients_with_ops: whether a gradient stands on the device of its operation.
      gate_gradients: whether all gradients of an operation are ready before one is used.
      aggregation_method: how gradients are added, an `AggregationMethod`.
      stop_gradients: tensors that count as constants.
      unconnected_gradients: what comes for an x that no y depends on.

    Returns:
      A list with a tensor, IndexedSlices or None for each x.

    Raises:
      LookupError: an operation between has no gradient function.
      ValueError: arguments do not fit.
    """
    try:
        unconnected = UnconnectedGradients(unconnected_gradients)
    except ValueError:
        raise ValueError(f"Unknown value for unconnected_gradients: '{unconnected_gradients}'") from None
    if aggregation_method not in (None, 0, 1, 2):
        raise ValueError(f'Invalid aggregation_method specified {aggregation_method}.')
    return _c.gradients(_as_list(ys), _as_list(xs), None if grad_ys is None else _as_list(grad_ys), name,
                        bool(colocate_gradients_with_ops), bool(gate_gradients), aggregation_method or 0,
                        [] if stop_gradients is None else _as_list(stop_gradients),
                        unconnected is UnconnectedGradients.ZERO)


def hessians(ys, xs, name='hessians', colocate_gradients_with_ops=False, gate_gradients=False, aggregation_method=None):
    """The second derivatives of sum(ys) by all pairs of elements of each of `xs`, with a loop for each.

    Args:
      ys: a tensor or a list of them.
      xs: tensors and variables.
      name: nothing: nodes have the names that those of `tf.gradients` have.
      colocate_gradients_with_ops, gate_gradients, aggregation_method: for the first derivatives, as in `tf.gradients`.

    Returns:
      A list with a tensor for each x: its shape is that of x twice.

    Raises:
      LookupError: an operation between has no gradient function.
      ValueError: first derivatives do not depend on their x.
    """
    return _c.hessians(_as_list(ys), _as_list(xs), aggregation_method or 0, bool(colocate_gradients_with_ops),
                       bool(gate_gradients))


# ---- gradient functions

class RegisterGradient:
    """Decorates the gradient function of an op type, or of a name for `Graph.gradient_override_map`.

    The function gets an operation and the gradients of its outputs, and returns one gradient (or None) for each input.
    """

    def __init__(self, op_type):
        if not isinstance(op_type, str):
            raise TypeError('op_type must be a string')
        self._op_type = op_type

    def __call__(self, f):
        _c.register_gradient(self._op_type, f)
        return f


def NotDifferentiable(op_type):  # noqa: N802
    """Says that an op type has no gradient: none flows back through it."""
    if not isinstance(op_type, str):
        raise TypeError('op_type must be a string')
    _c.register_gradient(op_type, None)


NoGradient = no_gradient = NotDifferentiable


def custom_gradient(f):
    """Decorates a function that tells its own gradient.

    Args:
      f: a function of tensors that returns (outputs, gradient function); the latter takes a gradient for each output
        and returns one for each argument, and takes `variables` where the function uses any.

    Returns:
      A function of the same arguments that returns the outputs.
    """
    from headrace.core.custom_gradient import decorate
    return decorate(f)


def grad_pass_through(f):
    """Decorates a function of one tensor whose gradient is handed on unchanged."""
    @custom_gradient
    def passing(*args, **kwargs):
        return f(*args, **kwargs), lambda dy: dy
    return passing
