"""Summaries: what TensorBoard shows, made by operations and written to event files."""

import re as _re

from headrace import _headrace as _c
from headrace import logging as _logging
from headrace.core.event_files import FileWriter, FileWriterCache  # noqa: F401, public names of this module
from headrace.core.graph import (
    GraphKeys as _GraphKeys, get_default_graph as _get_default_graph, name_scope as _name_scope)
from headrace.core.public import export


_NO_TAG = _re.compile(r'[^-/\w\.]', _re.ASCII)


def _tell_of_names(*names):
    """Says where a summary gets another name than the program gave; the first name must be there."""
    if names[0] is None:
        raise ValueError('At least one of name (None) and default_name (None) must be provided.')
    for name in names:
        if isinstance(name, str):
            clean = _NO_TAG.sub('_', name).lstrip('/')
            if clean != name:
                _logging.info('Summary name %s is illegal; using %s instead.', name, clean)


def _strings(collections):
    return None if collections is None else list(collections)


def scalar(name, tensor, collections=None, family=None):
    """An operation that gives the Summary of one number.

    Args:
      name: of the operation, and in TensorBoard; characters that tags do not have become '_'.
      tensor: a real number, a tensor or a value.
      collections: that the operation is added to; SUMMARIES for None.
      family: put before the tag, so that TensorBoard shows it in that section.

    Returns:
      A string tensor: a serialized Summary.
    """
    _tell_of_names(name, family)
    return _c.summary_scalar(name, tensor, collections=_strings(collections), family=family)


def histogram(name, values, collections=None, family=None):
    """An operation that gives the Summary of how `values` are spread. Arguments and result as of `scalar`."""
    _tell_of_names(name, family)
    return _c.summary_histogram(name, values, collections=_strings(collections), family=family)


def image(name, tensor, max_outputs=3, collections=None, family=None):
    """An operation that gives the Summary of pictures, as PNG.

    Args:
      name: as of `scalar`.
      tensor: [batch, height, width, channels] with 1, 3 or 4 channels; uint8 in 0..255, or floats, which are scaled.
      max_outputs: how many of the batch are shown.
      collections, family: as of `scalar`.

    Returns:
      A string tensor: a serialized Summary.
    """
    _tell_of_names(name, family)
    return _c.summary_image(name, tensor, max_outputs=max_outputs, collections=_strings(collections), family=family)


def audio(name, tensor, sample_rate, max_outputs=3, collections=None, family=None):
    """An operation that gives the Summary of sounds, as WAV.

    Args:
      name: as of `scalar`.
      tensor: [batch, frames] or [batch, frames, channels], in -1..1.
      sample_rate: frames a second, a number or a tensor.
      max_outputs: how many of the batch are kept.
      collections, family: as of `scalar`.

    Returns:
      A string tensor: a serialized Summary.
    """
    _tell_of_names(name, family)
    return _c.summary_audio(name, tensor, sample_rate, max_outputs=max_outputs, collections=_strings(collections),
                            family=family)


def text(name, tensor, collections=None):
    """An operation that gives the Summary of strings, for TensorBoard's text tab. ValueError for another dtype."""
    if not hasattr(tensor, 'dtype'):
        raise AttributeError(f'{type(tensor).__name__!r} object has no attribute {"dtype"!r}: a string tensor is wanted')
    if tensor.dtype != 'string':
        raise ValueError(f'Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}')
    return _c.summary_text(name, tensor, collections=_strings(collections))


def tensor_summary(name, tensor, summary_description=None, collections=None, summary_metadata=None, family=None,
                   display_name=None):
    """An operation that gives the Summary of any tensor.

    Args:
      name: as of `scalar`.
      tensor: the tensor.
      summary_description, display_name: put into the metadata.
      collections, family: as of `scalar`.
      summary_metadata: a SummaryMetadata that tells which plugin of TensorBoard the tensor is for.

    Returns:
      A string tensor: a serialized Summary.
    """
    from headrace.core.protos import SummaryMetadata
    metadata = SummaryMetadata()
    if summary_metadata is not None:
        metadata.CopyFrom(summary_metadata)
    if summary_description is not None:
        metadata.summary_description = summary_description
    if display_name is not None:
        metadata.display_name = display_name
    return _c.summary_tensor(name, tensor, metadata.SerializeToString(), collections=_strings(collections),
                             family=family)


def merge(inputs, collections=None, name=None):
    """An operation that gives one Summary of many: `inputs` is a list of string tensors. ValueError for none.

    Two values of one tag are an InvalidArgumentError when it runs.
    """
    if not isinstance(inputs, (list, tuple)):
        with _name_scope(name, 'Merge'):
            raise TypeError(f"Expected list for 'inputs' argument to 'merge_summary' Op, not {inputs!r}.")
    return _c.summary_merge(inputs, collections=_strings(collections), name=name)


def merge_all(key=_GraphKeys.SUMMARIES, scope=None, name=None):
    """`merge` of a collection of the default graph; None where it is empty.

    Args:
      key: the collection.
      scope: a regular expression that the names of what is merged begin with.
      name: of the operation.
    """
    summaries = _get_default_graph().get_collection(key, scope)
    return merge(summaries, name=name) if summaries else None


def get_summary_description(node_def):
    """The SummaryDescription of the NodeDef of a TensorSummary operation. ValueError for another operation."""
    if node_def.op != 'TensorSummary':
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    from google.protobuf import json_format
    from headrace.core.protos import SummaryDescription
    return json_format.Parse(node_def.attr['description'].s.decode(), SummaryDescription())


def initialize(graph=None, session=None):
    """Initializes the default writer of `tf.contrib.summary`. RuntimeError, because there is none."""
    raise RuntimeError('No default tf.contrib.summary.SummaryWriter found')


def all_v2_summary_ops():
    """The operations of `tf.contrib.summary` in the default graph: none."""
    return []


export(globals())


def __getattr__(name):
    from headrace.core import protos
    message = protos.PUBLIC.get('tf.summary.' + name)
    if message is None:
        raise AttributeError(f"module 'headrace.summary' has no attribute '{name}'")
    return getattr(protos, message)
