"""TensorInfo: what a SavedModel says of a tensor."""

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated as _deprecated
from headrace.core.graph import convert_to_tensor as _convert_to_tensor, get_default_graph as _get_default_graph
from headrace.core.public import export


@_deprecated(None, 'Make signatures with `tf.saved_model.predict_signature_def`, which takes tensors.')
def build_tensor_info(tensor):
    """The TensorInfo of a tensor or a variable: its name, dtype and shape."""
    return tensor_info(tensor)


def tensor_info(tensor):
    """build_tensor_info without its warning."""
    from headrace.core.protos import TensorInfo
    return TensorInfo.FromString(_c.build_tensor_info(_convert_to_tensor(tensor)))


@_deprecated(None, 'Look the tensor up by its name in the graph.')
def get_tensor_from_tensor_info(tensor_info, graph=None, import_scope=None):
    """The tensor that a TensorInfo names.

    Args:
      tensor_info: the message.
      graph: where the tensor is; the default graph for None.
      import_scope: the name scope that the graph was imported to.

    Raises:
      KeyError: there is no such tensor.
      ValueError: the message is malformed.
    """
    return _c.tensor_from_info(graph or _get_default_graph(), tensor_info.SerializeToString(), import_scope)


export(globals())
