"""Functions of datasets: Python functions of elements that are traced into functions of the graph's library."""

import inspect

from headrace import _headrace as _c
from headrace.core.data import structure
from headrace.core.function_body import FunctionBody
from headrace.core.graph import convert_to_tensor, get_default_graph


def _name_of(function):
    if not callable(function):
        raise ValueError('Argument must be callable')
    function = inspect.unwrap(function)
    if inspect.isfunction(function) or inspect.isbuiltin(function):
        return function.__name__
    if inspect.ismethod(function):
        return f'{type(function.__self__).__name__}.{function.__func__.__name__}'
    return str(type(function))


class Function:
    """A function that was traced for elements of a spec.

    Attributes:
      definition: what the builder knows it by.
      output_spec: the structure of specs of what it returns.
      captured_inputs: the tensors of the graph around that its calls are given.
    """

    def __init__(self, function, transformation, input_spec, add_to_graph=True):
        readable = transformation.replace('.', '_')[:-2] if len(transformation) > 2 else ''
        name = f'{readable}_{_name_of(function)}'
        graph = FunctionBody(name)
        with graph.as_default():
            specs = structure.flat_specs(input_spec)
            arguments = [_c.trace_argument(graph, i, spec.dtype, spec.shape) for i, spec in enumerate(specs)]
            results = self._call(function, transformation, input_spec, arguments)
        self.definition = _c.finish_trace(graph, name, arguments, results)
        self.captured_inputs = _c.captured(graph)[0]
        if add_to_graph:
            self.add_to_graph(get_default_graph())

    def _call(self, function, transformation, input_spec, arguments):
        element = structure.from_tensors(input_spec, arguments)
        result = function(*element) if type(element) is tuple else function(element)
        if isinstance(result, list):
            result = tuple(result)
        try:
            self.output_spec = structure.spec_of(result)
        except (TypeError, ValueError):
            raise TypeError(f'Unsupported return value from function passed to {transformation}: {result}.') from None
        return [convert_to_tensor(tensor) for tensor in structure.to_tensors(self.output_spec, result)]

    def add_to_graph(self, graph):
        """Puts the definition into a graph's library."""
        _c.add_function(graph, self.definition)
