"""Optimizers that change gradients before another one applies them."""

from headrace import clip_by_global_norm
from headrace.core.optimizers import Optimizer

__all__ = ['clip_gradients_by_norm']


class _Transformed(Optimizer):
    """Another optimizer, whose gradients go through a function first."""

    def __init__(self, optimizer, transform, name):
        super().__init__(use_locking=False, name=name)
        self._optimizer, self._transform = optimizer, transform

    def compute_gradients(self, *args, **kwargs):
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        return self._optimizer.apply_gradients(self._transform(grads_and_vars), global_step, name)

    def get_slot(self, *args, **kwargs):
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        return self._optimizer.get_slot_names(*args, **kwargs)


def clip_gradients_by_norm(optimizer, clip_norm):
    """An optimizer whose gradients are clipped together first.

    Args:
      optimizer: the one that applies them.
      clip_norm: the largest norm of all gradients.

    Returns:
      An Optimizer.
    """
    def clip(grads_and_vars):
        gradients, variables = zip(*grads_and_vars)
        return list(zip(clip_by_global_norm(gradients, clip_norm)[0], variables))

    return _Transformed(optimizer, clip, 'ClipByNorm' + optimizer.get_name())
