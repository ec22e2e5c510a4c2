"""Strings."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.deprecation import deprecated_args, renamed_argument

__all__ = ['reduce_join', 'string_split', 'string_to_number', 'substr', 'decode_raw', 'string_to_hash_bucket', 'regex_replace']


def string_length(input, name=None, unit='BYTE'):
    """The length of each string in bytes, or in characters ('UTF8_CHAR')."""
    return _ops.string_length(input, unit, name)


def substr(input, pos, len, name=None, unit='BYTE'):
    """The `len` bytes (characters for 'UTF8_CHAR') from `pos` on of each string."""
    return _ops.substr(input, pos, len, unit, name)


@deprecated_args(None, 'keep_dims is deprecated, use keepdims instead', 'keep_dims')
def reduce_join(inputs, axis=None, keep_dims=None, separator='', name=None, reduction_indices=None, keepdims=None):
    """Joins strings along dimensions, all in order where left out.

    Args:
      inputs: strings.
      axis: a dimension or a list of them, in the order of joining.
      keep_dims: the old name of `keepdims`.
      separator: text between.
      name: the node's name.
      reduction_indices: the old name of `axis`.
      keepdims: whether reduced dimensions stay, with size 1.

    Returns:
      Strings.
    """
    keep = renamed_argument('keepdims', keepdims, 'keep_dims', keep_dims)
    axis = renamed_argument('axis', axis, 'reduction_indices', reduction_indices)
    return _c.tf_reduce_join(inputs, axis=axis, keepdims=keep, separator=separator, name=name)


def string_to_hash_bucket(string_tensor=None, num_buckets=None, name=None, input=None):
    """A bucket for each string by a hash that may change.

    Args:
      string_tensor: strings.
      num_buckets: how many buckets there are.
      name: the node's name.
      input: the new name of `string_tensor`.

    Returns:
      Numbers below `num_buckets`, int64.
    """
    return _ops.string_to_hash_bucket(renamed_argument('input', input, 'string_tensor', string_tensor), num_buckets, name)


def string_to_number(string_tensor=None, out_type=dtypes.float32, name=None, input=None):
    """The numbers that strings spell. InvalidArgumentError in a run for other text."""
    return _ops.string_to_number(renamed_argument('string_tensor', string_tensor, 'input', input), out_type, name)


@deprecated_args(None, 'delimiter is deprecated, please use sep instead.', 'delimiter')
def string_split(source, sep=None, skip_empty=True, delimiter=None, result_type='SparseTensor', name=None):
    """Splits a vector of strings at each character of `sep`, a space where left out.

    Args:
      source: strings [n].
      sep: text, or a string scalar.
      skip_empty: whether empty parts are left out.
      delimiter: the old name of `sep`.
      result_type: 'SparseTensor'.
      name: the node's name.

    Returns:
      A SparseTensor [n, most parts].
    """
    from headrace.core.sparse import SparseTensor
    if result_type != 'SparseTensor':
        raise NotImplementedError('tf.string_split to a RaggedTensor is not there yet')
    sep = renamed_argument('sep', sep, 'delimiter', delimiter)
    return SparseTensor(*_c.tf_string_split(source, delimiter=sep, skip_empty=skip_empty, name=name))


@deprecated_args(None, 'bytes is deprecated, use input_bytes instead', 'bytes')
def decode_raw(input_bytes=None, out_type=None, little_endian=True, name=None, bytes=None):
    """The numbers whose bytes strings are; all of the same length.

    Args:
      input_bytes: strings.
      out_type: the dtype.
      little_endian: the order of the bytes of a number.
      name: the node's name.
      bytes: the old name of `input_bytes`.

    Returns:
      A tensor with a dimension more.
    """
    if out_type is None:
        raise ValueError("decode_raw_v1() missing 1 positional argument: 'out_type'")
    return _ops.decode_raw(renamed_argument('input_bytes', input_bytes, 'bytes', bytes), out_type, little_endian, name)


def _is_text(*values):
    return all(isinstance(value, (bytes, str)) for value in values)


def regex_full_match(input, pattern, name=None):
    """Whether each string as a whole matches a regular expression in the syntax of RE2.

    Args:
      input: strings.
      pattern: text, or a string scalar.
      name: the operation's name.

    Returns:
      Bools.
    """
    if _is_text(pattern):
        return _ops.static_regex_full_match(input, pattern, name)
    return _ops.regex_full_match(input, pattern, name)


def regex_replace(input, pattern, rewrite, replace_global=True, name=None):
    """Strings in which what matches a regular expression is replaced.

    Args:
      input: strings.
      pattern: an expression in the syntax of RE2: text, or a string scalar.
      rewrite: what stands instead; \\0 to \\9 are the groups of the match. Text, or a string scalar.
      replace_global: whether all matches are replaced, or the first one.
      name: the operation's name.

    Returns:
      Strings.
    """
    if _is_text(pattern, rewrite):
        return _ops.static_regex_replace(input, pattern, rewrite, replace_global, name)
    return _ops.regex_replace(input, pattern, rewrite, replace_global, name)


def split(input=None, sep=None, maxsplit=-1, result_type='SparseTensor', source=None, name=None):
    """Splits a vector of strings at `sep`.

    Args:
      input: strings [n].
      sep: text, or a string scalar; white space where left out.
      maxsplit: how often each string is split at most; below 0: everywhere.
      result_type: 'SparseTensor'.
      source: the old name of `input`.
      name: the name scope.

    Returns:
      A SparseTensor [n, most parts].
    """
    from headrace.core.sparse import SparseTensor
    if result_type != 'SparseTensor':
        raise NotImplementedError('tf.strings.split to a RaggedTensor is not there yet')
    strings = renamed_argument('input', input, 'source', source)
    return SparseTensor(*_c.tf_string_split_v2(strings, sep=sep, maxsplit=maxsplit, name=name))
