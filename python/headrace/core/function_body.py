"""Bodies of functions that are traced: of datasets' functions, of the branches of conditionals."""

import contextlib

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.defun import _VARIABLE_KEYS
from headrace.core.graph import Graph, Operation, convert_to_tensor, get_default_graph


class FunctionBody(Graph):
    """A body. What it reads of the graph around becomes an argument."""

    building_function = True

    def __init__(self, name, is_branch=False, outer_graph=None):
        super().__init__()
        self.name = name
        self.outer_graph = get_default_graph() if outer_graph is None else outer_graph
        _c.begin_trace(self, self.outer_graph, is_branch)

    def _collection(self, name):
        return self.outer_graph._collection(name) if name in _VARIABLE_KEYS else super()._collection(name)

    def capture(self, tensor, name=None):
        """What stands for a tensor in the body."""
        return _c.capture(self, tensor)

    @contextlib.contextmanager
    def inside(self):
        """Builds in the body, on the devices around where one of them is a function."""
        with self.as_default(), self.device(self.outer_graph):
            yield

    def _call(self, function, *args):
        """What a function gives with this graph as the default one."""
        with self.as_default():
            return function(*args)

    def result(self, value, stand_in):
        """What a function gives, as a tensor: of an operation, `stand_in` after it."""
        if isinstance(value, Operation):
            with self.control_dependencies([value]):
                return _ops.identity(stand_in)
        return convert_to_tensor(value)


def loop_body(outer_graph):
    """The graph of a loop's condition or body, for the library."""
    return FunctionBody('', is_branch=True, outer_graph=outer_graph)
