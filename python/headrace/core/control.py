"""What orders operations and checks conditions."""

import contextlib

from headrace import _headrace as _c
from headrace.core import nest
from headrace.core.graph import IndexedSlices, get_default_graph, name_scope

__all__ = ['group', 'tuple', 'Assert', 'init_scope']


def group(*inputs, **kwargs):
    """An operation that runs when all of `inputs` have run: group(a, b, name='update').

    Args:
      *inputs: operations, tensors, variables, or nested structures of these.
      **kwargs: `name`, of the operation.

    Returns:
      An operation without outputs.

    Raises:
      ValueError: an unknown keyword.
      TypeError: an input is none of these.
    """
    name = kwargs.pop('name', None)
    if kwargs:
        raise ValueError('Unknown keyword arguments: ' + ', '.join(kwargs))
    nodes = []
    for value in nest.flatten(list(inputs)):
        if isinstance(value, IndexedSlices):
            value = value.op
        if not isinstance(value, (_c.Operation, _c.Tensor, _c.Variable)):
            with name_scope(name or 'group_deps'):
                raise TypeError(f"tf.group() takes operations and tensors, not '{value}' with type '{type(value)}'")
        nodes.append(value)
    return _c.group(nodes, name=name)


def tuple(tensors, name=None, control_inputs=None):
    """Tensors none of which comes out before all of them, and `control_inputs`, are computed.

    Args:
      tensors: a list of tensors and IndexedSlices, some of which may be None.
      name: the name scope.
      control_inputs: operations that must run, too.

    Returns:
      A list like `tensors`.

    Raises:
      ValueError: no tensor is given.
      TypeError: a control input is no operation or tensor.
    """
    if not [t for t in tensors if t is not None]:
        raise ValueError(f'Must have at least one Tensor: {tensors}')
    controls = []
    for control in control_inputs or ():
        if isinstance(control, IndexedSlices):
            control = control.op
        if not isinstance(control, (_c.Operation, _c.Tensor, _c.Variable)):
            raise TypeError(f'Control input must be Operation or Tensor: {control}')
        controls.append(control)
    slices = [isinstance(t, IndexedSlices) for t in tensors]
    plain = [t.values if is_slices else t for t, is_slices in zip(tensors, slices)]
    values = _c.tuple(plain, controls, name)
    return [IndexedSlices(v, t.indices, t.dense_shape) if is_slices else v
            for v, t, is_slices in zip(values, tensors, slices)]


@contextlib.contextmanager
def init_scope():
    """A block whose operations are free of outer control dependencies, for what initializes others."""
    graph = get_default_graph()
    with graph.name_scope(graph._name_scope), graph.control_dependencies(None):
        yield


def Assert(condition, data, summarize=None, name=None):  # noqa: N802
    """Fails a run where `condition` is false, and says what `data` are.

    Args:
      condition: a bool scalar.
      data: a list of tensors to tell.
      summarize: how many elements of each; 3 where left out.
      name: the operation's name.

    Returns:
      An operation; make others depend on it.
    """
    return _c.tf_assert(condition, data, summarize=summarize, name=name)
