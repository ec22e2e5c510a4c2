"""Parsing: CSV lines, Example and SequenceExample messages, tensors as bytes."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.parsing_config import (
    FixedLenFeature, FixedLenSequenceFeature, SparseFeature, VarLenFeature)
from headrace.core.sparse import SparseTensor
from headrace.core.sparse_functions import parts_of

__all__ = ['parse_example', 'parse_single_example', 'parse_single_sequence_example', 'decode_csv', 'serialize_sparse',
           'serialize_many_sparse', 'deserialize_many_sparse']  # of the package itself: the others are in tf.io

_KINDS = (FixedLenFeature, VarLenFeature, SparseFeature, FixedLenSequenceFeature)  # as hr_feature_kind counts them


def _spec_of(key, feature, allowed):
    """A feature as _c wants it. ValueError for what is none, or not of the allowed kinds."""
    kind = next((kind for kind in _KINDS if isinstance(feature, kind)), None)
    if kind is None:
        raise ValueError(f'Invalid feature {key}:{feature}.')
    if kind not in allowed:
        raise ValueError(f'Unsupported {kind.__name__} {feature}.')
    if not feature.dtype:
        raise ValueError(f'Missing type for feature {key}.')
    shape = getattr(feature, 'shape', ())
    if shape is None:
        raise ValueError(f'Missing shape for feature {key}.')
    index_keys, sizes = getattr(feature, 'index_key', ()), getattr(feature, 'size', ())
    if kind is SparseFeature and not feature.index_key:
        raise ValueError(f'Missing index_key for SparseFeature {feature}.')
    if kind is SparseFeature and not feature.value_key:
        raise ValueError(f'Missing value_key for SparseFeature {feature}.')
    if isinstance(index_keys, str):
        index_keys, sizes = [index_keys], [sizes]
    return (key, _KINDS.index(kind), feature.dtype, shape, getattr(feature, 'default_value', None),
            bool(getattr(feature, 'allow_missing', False)), list(index_keys), getattr(feature, 'value_key', None),
            list(sizes), bool(getattr(feature, 'already_sorted', False)))


def _specs_of(features, allowed=_KINDS):
    return [_spec_of(key, feature, allowed) for key, feature in sorted(dict(features or {}).items())]


def _named(specs, parsed):
    """A dict by the features' names; what is None is left out."""
    return {spec[0]: SparseTensor.of_parts(*value) if isinstance(value, list) else value
            for spec, value in zip(specs, parsed) if value is not None}


def parse_example(serialized, features, name=None, example_names=None):
    """The features of a batch of Example messages.

    Args:
      serialized: strings [n].
      features: a dict of FixedLenFeature, VarLenFeature, SparseFeature and FixedLenSequenceFeature by key.
      name: the name scope.
      example_names: strings [n], for errors.

    Returns:
      A dict of tensors and SparseTensors by key, with a first dimension of n.
    """
    if not features:
        raise ValueError(f'Missing: features was {features}.')
    specs = _specs_of(features)
    return _named(specs, _c.tf_parse_example(serialized, specs, example_names=example_names, name=name))


def parse_single_example(serialized, features, name=None, example_names=None):
    """The features of one Example message.

    Args:
      serialized: a string.
      features: as of `tf.parse_example`.
      name: the name scope.
      example_names: a string, for errors.

    Returns:
      A dict of tensors and SparseTensors by key.
    """
    if not features:
        raise ValueError('Missing features.')
    specs = _specs_of(features)
    return _named(specs, _c.tf_parse_single_example(serialized, specs, example_names=example_names, name=name))


_CONTEXT, _SEQUENCE = (VarLenFeature, FixedLenFeature), (VarLenFeature, FixedLenSequenceFeature)


def _parse_sequences(parse, serialized, context_features, sequence_features, example_names, name):
    if not (context_features or sequence_features):
        raise ValueError('Missing features.')
    context, lists = _specs_of(context_features, _CONTEXT), _specs_of(sequence_features, _SEQUENCE)
    parsed = parse(serialized, context_features=context, sequence_features=lists, example_names=example_names, name=name)
    return tuple(_named(specs, part) for specs, part in zip((context, lists, lists), parsed))


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None,
                                  name=None):
    """The context and the lists of one SequenceExample message.

    Args:
      serialized: a string.
      context_features: a dict of FixedLenFeature and VarLenFeature by key.
      sequence_features: a dict of FixedLenSequenceFeature and VarLenFeature by key.
      example_name: a string, for errors.
      name: the name scope.

    Returns:
      Two dicts of tensors and SparseTensors by key: of the context, and of the lists.
    """
    return _parse_sequences(_c.tf_parse_single_sequence_example, serialized, context_features, sequence_features,
                            example_name, name)[:2]


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    """The contexts and the lists of a batch of SequenceExample messages.

    Args:
      serialized: strings [n].
      context_features: a dict of FixedLenFeature and VarLenFeature by key.
      sequence_features: a dict of FixedLenSequenceFeature and VarLenFeature by key.
      example_names: strings [n], for errors.
      name: the name scope.

    Returns:
      Three dicts by key: of the context, of the lists, and the lengths of the lists that are tensors.
    """
    return _parse_sequences(_c.tf_parse_sequence_example, serialized, context_features, sequence_features,
                            example_names, name)


def decode_csv(records, record_defaults, field_delim=',', use_quote_delim=True, name=None, na_value='',
               select_cols=None):
    """The fields of lines, a tensor for each column.

    Args:
      records: strings of any shape.
      record_defaults: a list with the default of each column, which has its dtype; an empty list or tensor where a
        field must be there.
      field_delim: the character between fields.
      use_quote_delim: whether fields may stand in double quotes.
      name: the node's name.
      na_value: text that counts as a missing field.
      select_cols: ascending indices of the fields that are wanted; all where left out.

    Returns:
      A list of tensors of the records' shape.
    """
    if not isinstance(record_defaults, (list, tuple)):
        raise TypeError(f"Expected list for 'record_defaults' argument to 'DecodeCSV' Op, not {record_defaults}.")
    return _c.tf_decode_csv(records, record_defaults, field_delim=field_delim, use_quote_delim=use_quote_delim,
                            na_value=na_value, select_cols=select_cols, name=name)


def serialize_sparse(sp_input, name=None, out_type=dtypes.string):
    """A sparse tensor as a vector of three strings."""
    return _ops.serialize_sparse(*parts_of(sp_input), out_type=out_type, name=name)


def serialize_many_sparse(sp_input, name=None, out_type=dtypes.string):
    """Each row of a sparse tensor as three strings."""
    return _ops.serialize_many_sparse(*parts_of(sp_input), out_type=out_type, name=name)


def deserialize_many_sparse(serialized_sparse, dtype, rank=None, name=None):
    """The sparse tensor whose rows `serialize_many_sparse` wrote.

    Args:
      serialized_sparse: strings [n, 3].
      dtype: of the values.
      rank: of the result, where it is known.
      name: the node's name.

    Returns:
      A SparseTensor.
    """
    indices, values, shape = _ops.deserialize_many_sparse(serialized_sparse, dtype, name=name)
    indices.set_shape([None, rank])
    shape.set_shape([rank])
    return SparseTensor.of_parts(indices, values, shape)
