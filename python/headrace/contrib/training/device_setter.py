"""Which parameter server a variable goes to, other than by turns."""

import hashlib

__all__ = ['GreedyLoadBalancingStrategy', 'RandomStrategy', 'byte_size_load_fn']


class RandomStrategy:
    """A `ps_strategy` that chooses by a hash of the operation's name: the same in each run."""

    def __init__(self, num_ps_tasks, seed=0):
        """
        Args:
          num_ps_tasks: how many servers there are.
          seed: for another choice.
        """
        self._num_tasks, self._seed = num_ps_tasks, seed

    def __call__(self, op):
        """The task of an operation."""
        digest = hashlib.md5(f'{op.name}_{self._seed}'.encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest, 'big') % self._num_tasks


class GreedyLoadBalancingStrategy:
    """A `ps_strategy` that chooses the server with the least load so far: it depends on the order of variables."""

    def __init__(self, num_tasks, load_fn):
        """
        Args:
          num_tasks: how many servers there are.
          load_fn: a function of the operation that gives its load, in any unit.
        """
        self._load_fn = load_fn
        self._loads = [0.0] * num_tasks

    def __call__(self, op):
        """The task of an operation, whose load it gets."""
        task = self._loads.index(min(self._loads))
        self._loads[task] += self._load_fn(op)
        return task


def byte_size_load_fn(op):
    """The bytes of an operation's only output: the load of a variable.

    Raises:
      ValueError: it has not one output, or its shape is not known.
    """
    if len(op.outputs) != 1:
        raise ValueError(f'Op {op} must have a single output')
    shape = op.outputs[0].shape
    if not shape.is_fully_defined():
        from headrace.core.shapes import TensorShape
        shape = TensorShape(op.get_attr('shape'))
    shape.assert_is_fully_defined()
    return shape.num_elements() * op.outputs[0].dtype.size
