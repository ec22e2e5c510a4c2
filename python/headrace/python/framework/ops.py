"""What makes up graphs: the names of `tf` that TensorFlow's programs import from here."""

from headrace.core import graph


def __getattr__(name):
    if hasattr(graph, name):
        return getattr(graph, name)
    import headrace as tf

    return getattr(tf, name)
