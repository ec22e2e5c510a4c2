"""Operations that print, and texts made of tensors."""

import pprint
import sys

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import nest
from headrace.core.deprecation import deprecated

__all__ = ['Print', 'print']

@deprecated('2018-08-20', 'Use tf.print instead of tf.Print. Note that tf.print returns a no-output operator that directly '
            'prints the output. Outside of defuns or eager mode, this operator will not be executed unless it is directly '
            'specified in session.run or used as a control dependency for other operators.')
def Print(input_, data, message=None, first_n=None, summarize=None, name=None):  # noqa: N802
    """`input_` as it is; writes `data` to standard error whenever it is computed.

    Args:
      input_: a tensor.
      data: a list of tensors.
      message: text before them.
      first_n: how often at most; always where left out.
      summarize: how many elements of each tensor; 3 where left out.
      name: the operation's name.

    Returns:
      A tensor like `input_`.
    """
    return _ops.print(input_, data, message, first_n, summarize, name)


def print(*inputs, **kwargs):
    """An operation that writes tensors and other values in one line, whenever it runs.

    Args:
      *inputs: tensors, values, and nested structures of them.
      **kwargs: `output_stream` (sys.stderr, sys.stdout, tf.logging.info, .warning, .error, or 'file://PATH'; standard
        error where left out), `summarize` (how many elements at each end of a dimension, 3; -1 for all), `sep` (' '),
        `end` (a new line) and `name`.

    Returns:
      An operation.

    Raises:
      ValueError: an unknown keyword or output stream.
      TypeError: a sparse tensor that holds something else than tensors.
    """
    stream = _stream_name(kwargs.pop('output_stream', sys.stderr))
    name = kwargs.pop('name', None)
    summarize = kwargs.pop('summarize', 3)
    sep = kwargs.pop('sep', ' ')
    end = kwargs.pop('end', '\n')
    if kwargs:
        raise ValueError(f'Unrecognized keyword arguments for tf.print: {kwargs}')
    if len(inputs) == 1 and isinstance(inputs[0], _c.Tensor) and inputs[0].dtype == 'string' and inputs[0].shape.rank == 0:
        text = inputs[0]
    else:
        tensors, templates = [], []
        for value in inputs:
            templates.append(_template(value, tensors))
        text = _ops.string_format(tensors, sep.join(templates), '{}', summarize, name and name + '_format')
    return _ops.print_v2(text, stream, end, name)


def _stream_name(stream):
    from headrace import logging
    if isinstance(stream, str):
        if stream.startswith('file://'):
            return stream
    elif stream is sys.stdout or stream is sys.__stdout__:
        return 'stdout'
    elif stream is sys.stderr or stream is sys.__stderr__:
        return 'stderr'
    elif stream in (logging.info, logging.warning, logging.error):
        return f'log({stream.__name__})'
    raise ValueError('Unsupported output stream, logging level, or file.' + str(stream) + '. Supported streams are '
                     'sys.stdout, sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs to be in '
                     'the form of \'file://<filepath>\'.')


class _Hole:
    """Where a tensor goes in the text of a structure."""

    def __repr__(self):
        return '{}'


def _template(value, tensors):
    """The text of one argument with holes for its tensors, which are appended."""
    if isinstance(value, str):
        return value

    def replace(leaf):
        if isinstance(leaf, (_c.Tensor, _c.Variable)):
            tensors.append(leaf)
            return _Hole()
        return leaf

    return pprint.pformat(nest.map_structure(replace, value))


def string_format(template, inputs, placeholder='{}', summarize=3, name=None):
    """A text in which each `placeholder` of `template` stands for a tensor of `inputs`, written out.

    Args:
      template: text.
      inputs: a tensor or a list of them, as many as there are placeholders.
      placeholder: text.
      summarize: how many elements at each end of a dimension are written; -1 for all.
      name: the operation's name.

    Returns:
      A string scalar.
    """
    if not isinstance(inputs, (list, tuple)):
        inputs = [inputs]
    return _ops.string_format(list(inputs), template, placeholder, summarize, name)
