"""`tf.contrib.lookup`: tables from keys to values."""

from headrace.core import lookup as _lookup
from headrace.core.deprecation import deprecated
from headrace.core.dtypes import string as _string
from headrace.core.lookup import (  # noqa: F401
    FastHashSpec, HashTable, HasherSpec, IdTableWithHashBuckets, InitializableLookupTableBase, LookupInterface,
    StrongHashSpec, index_table_from_file, index_to_string_table_from_file)
from headrace.core.mutable_tables import DenseHashTable as MutableDenseHashTable, MutableHashTable  # noqa: F401
from headrace.core.public import export as _export
from headrace.core.table_initializers import (  # noqa: F401
    KeyValueTensorInitializer, TableInitializerBase, TextFileIdTableInitializer, TextFileIndex, TextFileInitializer,
    TextFileStringTableInitializer)


def _check_mapping(mapping):
    if mapping is None:
        raise ValueError('mapping must be specified.')


def index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec, dtype=_string,
                            name=None):
    """A table from the keys of a vector to their places.

    Args:
      mapping: the vector.
      num_oov_buckets: numbers behind the places for other keys; with 0 they get `default_value`.
      default_value: see above.
      hasher_spec: how other keys are hashed.
      dtype: string or an integer type.
      name: the name scope.

    Returns:
      A table.
    """
    _check_mapping(mapping)
    return _lookup.index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, dtype, name)


def index_to_string_table_from_tensor(mapping, default_value='UNK', name=None):
    """A table from numbers, int64, to the strings of a vector; others get `default_value`."""
    _check_mapping(mapping)
    return _lookup.index_to_string_table_from_tensor(mapping, default_value, name)


@deprecated('2017-04-10', 'Use `index_table_from_file`.')
def string_to_index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1,
                                    hasher_spec=FastHashSpec, name=None):
    """`index_table_from_file` of strings."""
    return index_table_from_file(vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, _string,
                                 name)


@deprecated('2017-04-10', 'Use `index_table_from_tensor`.')
def string_to_index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec,
                                      name=None):
    """`index_table_from_tensor` of strings."""
    from headrace.core.graph import convert_to_tensor, name_scope
    with name_scope(name, 'string_to_index') as scope:
        mapping = convert_to_tensor(mapping)
    if mapping.dtype.base_dtype != _string:
        raise ValueError('string_to_index_table_from_tensor requires string.')
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, name=scope)


@deprecated('2017-01-07', 'Call the lookup method of the table of index_table_from_tensor.')
def string_to_index(tensor, mapping, default_value=-1, name=None):
    """The places of keys in a vector."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


@deprecated('2017-01-07', 'Call the lookup method of the table of index_to_string_table_from_tensor.')
def index_to_string(tensor, mapping, default_value='UNK', name=None):
    """The strings of a vector at places."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)


_export(globals())
