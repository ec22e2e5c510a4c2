"""Graphs as messages: GraphDef and MetaGraphDef, in and out."""

import os

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated_args
from headrace.core.graph import Graph, GraphKeys, get_default_graph

__all__ = ['export_meta_graph', 'import_meta_graph', 'import_graph_def', 'write_graph']


def write_graph(graph_or_graph_def, logdir, name, as_text=True):
    """Writes a GraphDef to a file, whose directory is made where it is missing.

    Args:
      graph_or_graph_def: a `tf.Graph` or a GraphDef.
      logdir: the directory.
      name: of the file.
      as_text: as text, not as bytes.

    Returns:
      The file's path.

    Raises:
      tf.errors.OpError: the file cannot be written.
    """
    if isinstance(graph_or_graph_def, Graph):
        serialized = _c.export_graph(graph_or_graph_def, False, 0)
    else:
        serialized = graph_or_graph_def.SerializeToString()
    return _c.write_graph_def(serialized, os.fspath(logdir), name, bool(as_text))


# ---- GraphDef


@deprecated_args(None, 'The argument is not used: leave it out.', 'op_dict')
def import_graph_def(graph_def, input_map=None, return_elements=None, name=None, op_dict=None, producer_op_list=None):
    """Adds the operations of a GraphDef to the default graph.

    Args:
      graph_def: the message.
      input_map: from names of inputs in it ('x:0', or '^x') to tensors that take their place.
      return_elements: names of operations ('x') and tensors ('x:0') to give back.
      name: scope of the new operations; 'import' for None.
      op_dict: deprecated, not used.
      producer_op_list: an OpList of the ops as the producer of the message knew them.

    Returns:
      The list of operations and tensors that `return_elements` names; None without it.

    Raises:
      TypeError: an argument is of another type.
      ValueError: the message is malformed, or lacks what the other arguments name.
      tf.errors.NotFoundError: an op is unknown.
    """
    if not hasattr(graph_def, 'node') or not hasattr(graph_def, 'SerializeToString'):
        raise TypeError('graph_def must be a GraphDef proto.')
    if input_map is not None and not (isinstance(input_map, dict) and all(isinstance(k, (str, bytes)) for k in input_map)):
        raise TypeError('input_map must be a dictionary mapping strings to Tensor objects.')
    if return_elements is not None:
        return_elements = tuple(return_elements)
        if not all(isinstance(element, (str, bytes)) for element in return_elements):
            raise TypeError('return_elements must be a list of strings.')
    graph = get_default_graph()
    if input_map and not all(isinstance(value, (_c.Tensor, _c.Operation)) for value in input_map.values()):
        name, input_map = _converted(graph, name, input_map)
    producer = b'' if producer_op_list is None else producer_op_list.SerializeToString()
    found = _c.import_graph(graph, graph_def.SerializeToString(), name, input_map or None,
                            None if return_elements is None else list(return_elements), producer)
    return None if return_elements is None else found


def _converted(graph, name, input_map):
    """(scope, input map) with values as tensors in the import's scope."""
    if name == '':
        raise ValueError('tf.import_graph_def() requires a non-empty `name` if `input_map` contains non-Tensor values. '
                         'Try calling tf.convert_to_tensor() on `input_map` values before calling '
                         'tf.import_graph_def().')
    from headrace.core.graph import convert_to_tensor
    with graph.name_scope(name or 'import') as scope, graph.name_scope('_inputs'):
        return scope, {key: value if isinstance(value, _c.Operation) else convert_to_tensor(value)
                       for key, value in input_map.items()}


# ---- MetaGraphDef


def parse_file(message, path):
    """A message from a file: its bytes, or its text."""
    with open(path, 'rb') as file:
        content = file.read()
    from google.protobuf import message as protobuf_message, text_format
    try:
        return message.FromString(content)
    except protobuf_message.DecodeError:
        pass
    try:
        return text_format.Merge(content.decode(), message())
    except (UnicodeDecodeError, text_format.ParseError) as error:
        raise IOError(f'Cannot parse file {path}: {error}.') from None


def export_meta_graph(filename=None, meta_info_def=None, graph_def=None, saver_def=None, collection_list=None,
                      as_text=False, graph=None, export_scope=None, clear_devices=False, clear_extraneous_savers=False,
                      strip_default_attrs=False, save_debug_info=False, **kwargs):
    """The MetaGraphDef of a graph: its operations, its collections, and a Saver.

    Args:
      filename: a file to write it to.
      meta_info_def: a MetaInfoDef that is gone on from.
      graph_def: a GraphDef in place of the graph's own.
      saver_def: a SaverDef.
      collection_list: the collections that go in; all for None.
      as_text: writes the file as text.
      graph: the graph; the default one for None.
      export_scope: only what is in this name scope, with names as seen from there. Inputs from outside become unbound
        inputs, which an import must map.
      clear_devices: without device names.
      clear_extraneous_savers: without the nodes of savers other than that of `saver_def`.
      strip_default_attrs: without attributes that equal their op's default.
      save_debug_info: accepted; where operations come from is not written.

    Returns:
      The message.
    """
    if kwargs:
        raise TypeError(f'export_meta_graph() got an unexpected keyword argument {next(iter(kwargs))!r}')
    from headrace.core.protos import MetaGraphDef
    graph = graph or get_default_graph()
    serialized = _c.export_meta_graph(graph, b'' if saver_def is None else saver_def.SerializeToString(),
                                      None if collection_list is None else list(collection_list),
                                      b'' if meta_info_def is None else meta_info_def.SerializeToString(),
                                      bool(clear_devices), bool(strip_default_attrs),
                                      export_scope.rstrip('/') if export_scope else None, bool(clear_extraneous_savers))
    meta_graph = MetaGraphDef.FromString(serialized)
    if graph_def is not None:
        meta_graph.graph_def.CopyFrom(graph_def)
    if filename:
        _write(filename, meta_graph, as_text)
    return meta_graph


def _write(path, message, as_text):
    if as_text:
        from google.protobuf import text_format
        content = text_format.MessageToString(message).encode()
    else:
        content = message.SerializeToString()
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    with open(path, 'wb') as file:
        file.write(content)


def import_meta_graph(meta_graph_or_file, clear_devices=False, import_scope=None, **kwargs):
    """Adds the operations and collections of a MetaGraphDef to the default graph.

    Args:
      meta_graph_or_file: the message, or the path of a file, such as 'model.ckpt.meta'.
      clear_devices: without device names.
      import_scope: a name scope for the operations, and for the names in collections.
      **kwargs: `input_map` as of tf.import_graph_def.

    Returns:
      The Saver of the message; a new one of all variables where it has none; None where there are no variables either.

    Raises:
      IOError: the file is not there, or is none.
      ValueError: the message is malformed, or has unbound inputs that `input_map` does not map.
    """
    from headrace.core.protos import MetaGraphDef, SaverDef
    from headrace.core.savers import Saver
    input_map = kwargs.pop('input_map', None)
    if kwargs:
        raise TypeError(f'import_meta_graph() got an unexpected keyword argument {next(iter(kwargs))!r}')
    meta_graph = meta_graph_or_file
    if not isinstance(meta_graph, MetaGraphDef):
        if not os.path.isfile(meta_graph):
            raise IOError(f'File {meta_graph} does not exist.')
        meta_graph = parse_file(MetaGraphDef, meta_graph)
    graph = get_default_graph()
    saver_def, prefix = _c.import_meta_graph(graph, meta_graph.SerializeToString(), import_scope or None,
                                             bool(clear_devices), input_map or None)
    savers = graph.get_collection_ref(GraphKeys.SAVERS)
    for index, item in enumerate(savers):
        if isinstance(item, bytes):
            savers[index] = Saver(saver_def=SaverDef.FromString(item), name=prefix.rstrip('/') or None)
    if saver_def:
        return Saver(saver_def=SaverDef.FromString(saver_def), name=prefix.rstrip('/') or None)
    if graph.get_collection(GraphKeys.GLOBAL_VARIABLES, import_scope):
        return Saver()
    from headrace import logging
    logging.info('Saver not created because there are no variables in the graph to restore')
    return None
