"""GraphDefs cut, frozen and cleaned."""

from headrace import _headrace as _c
from headrace import logging as _logging
from headrace.core.deprecation import deprecated as _deprecated
from headrace.core.meta_graphs import import_graph_def  # noqa: F401, a public name of this module
from headrace.core.public import export


_VARIABLES = ('Variable', 'VariableV2', 'VarHandleOp')


def _parsed(serialized):
    from headrace.core.protos import GraphDef
    return GraphDef.FromString(serialized)


def _checked(graph_def):
    from headrace.core.protos import GraphDef
    if not isinstance(graph_def, GraphDef):
        raise TypeError('graph_def must be a graph_pb2.GraphDef proto.')
    return graph_def.SerializeToString()


@_deprecated(None, 'Cut the graph where it is built.')
def extract_sub_graph(graph_def, dest_nodes):
    """The part of a GraphDef that some nodes need.

    Args:
      graph_def: the message.
      dest_nodes: a list of names of nodes.

    Raises:
      TypeError: an argument is of another type.
      AssertionError: the message lacks a node.
    """
    serialized = _checked(graph_def)
    if isinstance(dest_nodes, (str, bytes)):
        raise TypeError('dest_nodes must be a list.')
    return _parsed(_c.extract_sub_graph(serialized, list(dest_nodes)))


@_deprecated(None, 'Load what was saved, and run that.')
def convert_variables_to_constants(sess, input_graph_def, output_node_names, variable_names_whitelist=None,
                                   variable_names_blacklist=None):
    """Freezes: what some nodes need of a GraphDef, with constants in place of variables.

    Args:
      sess: the session that holds the variables' values.
      input_graph_def: the message.
      output_node_names: a list of names of nodes.
      variable_names_whitelist: only these variables become constants.
      variable_names_blacklist: these do not.

    Raises:
      AssertionError: the message lacks a node.
      tf.errors.FailedPreconditionError: a variable has no value.
    """
    def names(values):
        return None if values is None else list(values)

    frozen = _parsed(_c.convert_variables_to_constants(sess, _checked(input_graph_def), list(output_node_names),
                                                       names(variable_names_whitelist),
                                                       names(variable_names_blacklist)))
    constants = {node.name for node in frozen.node if node.op == 'Const'}
    count = sum(node.op in _VARIABLES and node.name in constants for node in input_graph_def.node)
    _logging.info('Froze %d variables.', count)
    _logging.info('Converted %d variables to const ops.', count)
    return frozen


@_deprecated(None, 'Leave training operations out of the graph.')
def remove_training_nodes(input_graph, protected_nodes=None):
    """A GraphDef without Identity and CheckNumerics nodes, whose readers get their inputs.

    Args:
      input_graph: the message.
      protected_nodes: a list of names of nodes that stay.
    """
    return _parsed(_c.remove_training_nodes(_checked(input_graph), list(protected_nodes or ())))


@_deprecated(None, 'Let the session place the node.')
def must_run_on_cpu(node, pin_variables_on_cpu=False):
    """Whether a node, an operation or a NodeDef, has no kernel for a GPU.

    Args:
      node: the node.
      pin_variables_on_cpu: counts variables and what writes them among these.
    """
    definition = node.node_def if isinstance(node, _c.Operation) else node
    return _c.must_run_on_cpu(definition.SerializeToString(), bool(pin_variables_on_cpu))


@_deprecated(None, 'Ask the tensor for its shape.')
def tensor_shape_from_node_def_name(graph, input_name):
    """The static shape of a tensor of a graph, by its name: 'x', or 'x:1'."""
    return graph.get_tensor_by_name(input_name if ':' in input_name else input_name + ':0').get_shape()


export(globals())
