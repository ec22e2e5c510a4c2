"""The operation that a SavedModel runs when it is loaded."""

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated
from headrace.core.graph import control_dependencies, get_default_graph
from headrace.core.public import export


@deprecated(None, 'Group the initializers that the model needs.')
def main_op():
    """An operation that initializes all variables and tables."""
    return _c.saved_model_main_op()


@deprecated(None, 'Group the initializers that the model needs.')
def main_op_with_restore(restore_op_name):
    """The same with an operation behind it that restores.

    Args:
      restore_op_name: the operation's name in the default graph.
    """
    with control_dependencies([_c.saved_model_main_op()]):
        return _c.group([get_default_graph().get_operation_by_name(restore_op_name)])


export(globals())
