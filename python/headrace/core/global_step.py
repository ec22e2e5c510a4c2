"""The global step: the variable that counts training steps."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import GraphKeys, get_default_graph
from headrace.core.variable_scope import get_variable

__all__ = ['global_step', 'get_global_step', 'create_global_step', 'get_or_create_global_step', 'assert_global_step']


def global_step(sess, global_step_tensor):
    """The step's value in a session, an int."""
    return int(sess.run(global_step_tensor))


def get_global_step(graph=None):
    """The step of a graph (the default one for None): what its collection GLOBAL_STEP holds, else 'global_step:0'.

    Returns:
      A variable or tensor; None where there is none, or where the collection holds several.

    Raises:
      TypeError: it is no integer scalar.
    """
    graph = graph or get_default_graph()
    steps = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(steps) == 1:
        step = steps[0]
    elif not steps:
        try:
            step = graph.get_tensor_by_name('global_step:0')
        except KeyError:
            return None
    else:
        from headrace import logging
        logging.error('Multiple tensors in global_step collection.')
        return None
    assert_global_step(step)
    return step


def create_global_step(graph=None):
    """A new step in a graph: an int64 variable 'global_step' that is not trained.

    Raises:
      ValueError: the graph has one.
    """
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        return get_variable('global_step', [], dtypes.int64, _c.zeros_initializer(), trainable=False,
                            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP])


def get_or_create_global_step(graph=None):
    """The step of a graph, made where there is none."""
    graph = graph or get_default_graph()
    step = get_global_step(graph)
    return create_global_step(graph) if step is None else step


_READ = 'global_step_read_op_cache'


def get_or_create_global_step_read(graph=None):
    """The tensor that hooks read a graph's step from, made where there is none; None without a step.

    It gives the initial value as long as the step has none.
    """
    graph = graph or get_default_graph()
    reads = graph.get_collection(_READ)
    if len(reads) > 1:
        raise RuntimeError(f'There are multiple items in collection {_READ}. There should be only one.')
    if reads:
        return reads[0]
    step = get_global_step(graph)
    if step is None:
        return None
    with graph.as_default(), graph.name_scope(None), graph.name_scope(step.op.name + '/'):
        value = _c.var_initialized_value(step) if isinstance(step, _c.Variable) else step
        read = value + 0
        graph.add_to_collection(_READ, read)
    return read


def assert_global_step(global_step_tensor):
    """Passes for an integer scalar, a variable or a tensor. TypeError for anything else."""
    if not isinstance(global_step_tensor, (_c.Variable, _c.Tensor)):
        raise TypeError(f'Existing "global_step" must be a Variable or Tensor: {global_step_tensor}.')
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')
