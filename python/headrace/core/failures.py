"""What the extension raises where a run fails: the classes of `tf.errors`."""

from headrace import _headrace as _c


def _make_error(code, message, graph, node):
    """The exception of a status; `node` is the name of the operation at fault, or None."""
    from headrace import errors
    op = graph._find(node) if graph is not None and node else None
    if message.startswith('Attempted to use a closed Session'):
        return RuntimeError(message)
    return errors.exception_type_from_error_code(code)(None, op, message)


_c.register_class('make_error', _make_error)
