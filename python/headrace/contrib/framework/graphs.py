"""Graphs, and names in them."""

from headrace import _headrace as _c
from headrace.core.graph import get_default_graph

__all__ = ['get_graph_from_inputs', 'get_name_scope', 'prepend_name_scope', 'strip_name_scope', 'get_placeholders']


def get_graph_from_inputs(op_input_list, graph=None):
    """The graph of a list of tensors and operations, which must be `graph` where that is given."""
    found = _c.graph_of(list(op_input_list))
    if graph is not None and found is not graph:
        raise ValueError(f'{op_input_list} are not from the passed-in graph.')
    return found


def get_name_scope():
    """The current name scope, '' at the root."""
    return get_default_graph().get_name_scope()


def prepend_name_scope(name, import_scope):
    """A name behind an import scope; '^name' and 'loc:@name' keep their marks in front."""
    if not import_scope:
        return name
    for mark in ('loc:@', '^'):
        if name.startswith(mark):
            return f'{mark}{import_scope}/{name[len(mark):]}'
    return f'{import_scope}/{name}'


def strip_name_scope(name, export_scope):
    """A name without the export scope in front."""
    if not export_scope:
        return name
    for mark in ('loc:@', '^', ''):
        prefix = f'{mark}{export_scope}/'
        if name.startswith(prefix):
            return mark + name[len(prefix):]
    return name


def get_placeholders(graph):
    """The outputs of a graph's placeholders."""
    return [op.outputs[0] for op in graph.get_operations() if op.type.startswith('Placeholder')]
