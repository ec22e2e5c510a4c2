"""The operation that a SavedModel runs when it is loaded."""

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated as _deprecated
from headrace.core.graph import control_dependencies as _control_dependencies, get_default_graph as _get_default_graph
from headrace.core.public import export


@_deprecated(None, 'Group the initializers that the model needs.')
def main_op():
    """An operation that initializes all variables and tables."""
    return _c.saved_model_main_op()


@_deprecated(None, 'Group the initializers that the model needs.')
def main_op_with_restore(restore_op_name):
    """The same with an operation behind it that restores.

    Args:
      restore_op_name: the operation's name in the default graph.
    """
    with _control_dependencies([_c.saved_model_main_op()]):
        return _c.group([_get_default_graph().get_operation_by_name(restore_op_name)])


export(globals())
