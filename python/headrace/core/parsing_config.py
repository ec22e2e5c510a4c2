"""What is to be read of Example messages, feature by feature."""

import collections


class VarLenFeature(collections.namedtuple('VarLenFeature', ['dtype'])):
    """A feature of any number of values, read as a sparse tensor.

    Args:
      dtype: of the values.
    """


class SparseFeature(collections.namedtuple(
        'SparseFeature', ['index_key', 'value_key', 'dtype', 'size', 'already_sorted'])):
    """A sparse tensor whose indices and values are features of their own.

    Args:
      index_key: the name of the feature with the indices, or a list of them, one for each dimension.
      value_key: the name of the feature with the values.
      dtype: of the values.
      size: the size of each dimension, a number or a list.
      already_sorted: whether the values come in order.
    """

    def __new__(cls, index_key, value_key, dtype, size, already_sorted=False):
        return super().__new__(cls, index_key, value_key, dtype, size, already_sorted)


class FixedLenFeature(collections.namedtuple('FixedLenFeature', ['shape', 'dtype', 'default_value'])):
    """A feature of one shape, read as a dense tensor.

    Args:
      shape: of the values of an example.
      dtype: of the values.
      default_value: of examples without the feature; an error where left out.
    """

    def __new__(cls, shape, dtype, default_value=None):
        return super().__new__(cls, shape, dtype, default_value)


class FixedLenSequenceFeature(collections.namedtuple(
        'FixedLenSequenceFeature', ['shape', 'dtype', 'allow_missing', 'default_value'])):
    """A feature of a list of values of one shape, read as a dense tensor and filled up.

    Args:
      shape: of an item of the list.
      dtype: of the values.
      allow_missing: whether examples may be without the feature.
      default_value: what shorter lists are filled up with.
    """

    def __new__(cls, shape, dtype, allow_missing=False, default_value=None):
        return super().__new__(cls, shape, dtype, allow_missing, default_value)
