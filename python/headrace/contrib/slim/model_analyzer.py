"""How large a model is: `slim.model_analyzer`."""

from headrace.core.public import export


def tensor_description(var):
    """The dtype and the sizes as text: (float32 3x4)."""
    return f'({var.dtype.name} {"x".join(str(size) for size in var.get_shape())})'


def analyze_ops(graph, print_info=False):
    """How many elements the outputs of a graph's operations have together; `print_info`: prints those of each."""
    if print_info:
        print('---------')
        print('Operations: name -> (type shapes) [size]')
        print('---------')
    total = 0
    for op in graph.get_operations():
        size = sum(output.get_shape().num_elements() or 0 for output in op.outputs)
        if print_info:
            shapes = [tensor_description(output) for output in op.outputs if output.get_shape()]
            print(op.name, '\t->', ', '.join(shapes), f'[{size}]')
        total += size
    return total


def analyze_vars(variables, print_info=False):
    """(the elements, the bytes) of variables; `print_info`: prints those of each."""
    if print_info:
        print('---------')
        print('Variables: name (type shape) [size]')
        print('---------')
    total_size = total_bytes = 0
    for var in variables:
        size = var.get_shape().num_elements() or 0
        total_size += size
        total_bytes += size * var.dtype.size
        if print_info:
            print(var.name, tensor_description(var), '[%d, bytes: %d]' % (size, size * var.dtype.size))
    if print_info:
        print('Total size of variables: %d' % total_size)
        print('Total bytes of variables: %d' % total_bytes)
    return total_size, total_bytes


export(globals())
