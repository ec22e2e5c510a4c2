"""Lookup tables that are filled once."""

import collections
import uuid

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.graph import convert_to_tensor
from headrace.core.sparse import SparseTensor
from headrace.core.table_initializers import TextFileIndex


class LookupInterface:
    """A table from keys to values, to be derived from."""

    def __init__(self, key_dtype, value_dtype):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self):
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self):
        """The dtype of the values."""
        return self._value_dtype

    @property
    def resource_handle(self):
        """The table's handle."""
        return self._resource_handle

    @property
    def name(self):
        """The table's name."""
        return NotImplementedError

    def size(self, name=None):
        """The number of keys."""
        raise NotImplementedError

    def lookup(self, keys, name=None):
        """The values of keys."""
        raise NotImplementedError

    def _check_keys(self, keys):
        if keys.dtype.base_dtype != self._key_dtype:
            raise TypeError(f'Signature mismatch. Keys must be dtype {self._key_dtype}, got {keys.dtype}.')


def last_name(handle):
    """The last part of the name of a handle's node."""
    return handle.op.name.split('/')[-1]


class InitializableLookupTableBase(LookupInterface):
    """A table that an initializer fills, to be derived from.

    Args:
      default_value: what keys that it does not have get.
      initializer: a TableInitializerBase.
    """

    def __init__(self, default_value, initializer):
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        self._default_value = convert_to_tensor(default_value, self._value_dtype)
        self._default_value.shape.merge_with([])
        self._initializer = initializer
        self._resource_handle = self._create_resource()
        self._init_op = initializer.initialize(self)

    def _create_resource(self):
        raise NotImplementedError

    @property
    def default_value(self):
        """What keys that the table does not have get."""
        return self._default_value

    @property
    def initializer(self):
        """The operation that fills the table."""
        return self._init_op

    @property
    def init(self):
        """The operation that fills the table."""
        return self._init_op

    def size(self, name=None):
        """The number of keys."""
        return _c.table_size(self._resource_handle, name=name)

    def lookup(self, keys, name=None):
        """The values of keys.

        Args:
          keys: a tensor or SparseTensor of the keys' dtype.
          name: the name scope.

        Returns:
          A tensor of the same shape, or a SparseTensor.
        """
        self._check_keys(keys)
        values = keys.values if isinstance(keys, SparseTensor) else keys
        found = _c.table_find(self._resource_handle, values, self._default_value, name=name)
        return SparseTensor(keys.indices, found, keys.dense_shape) if isinstance(keys, SparseTensor) else found


class StaticHashTable(InitializableLookupTableBase):
    """A table that is filled once.

    Args:
      initializer: what fills it, for example a KeyValueTensorInitializer.
      default_value: what keys that it does not have get.
      name: the name of its node.
    """

    def __init__(self, initializer, default_value, name=None):
        self._shared_name = initializer._shared_name or f'hash_table_{uuid.uuid4()}'
        self._name = name or 'hash_table'
        super().__init__(default_value, initializer)

    @classmethod
    def of_parts(cls, handle, default_value, initializer, key_dtype, value_dtype):
        """The table that a function of the builder made."""
        table = cls.__new__(cls)
        LookupInterface.__init__(table, key_dtype, value_dtype)
        table._resource_handle, table._default_value, table._init_op = handle, default_value, initializer
        return table

    def _create_resource(self):
        return _ops.hash_table_v2(self._initializer.key_dtype, self._initializer.value_dtype,
                                  shared_name=self._shared_name, name=self._name)

    @property
    def name(self):
        """The table's name."""
        return last_name(self._resource_handle)

    def export(self, name=None):
        """All keys and their values, two tensors."""
        keys, values = _c.table_export(self._resource_handle, self._key_dtype, self._value_dtype, name=name)
        values.set_shape(keys.shape.concatenate(self._default_value.shape))
        return keys, values


class HashTable(StaticHashTable):
    """The table of tf.contrib.lookup, which others may share by name.

    Args:
      initializer, default_value, name: as of StaticHashTable.
      shared_name: the name under which others have the same table.
    """

    def __init__(self, initializer, default_value, shared_name=None, name=None):
        self._shared_name = shared_name or ''
        self._name = name or 'hash_table'
        InitializableLookupTableBase.__init__(self, default_value, initializer)


class HasherSpec(collections.namedtuple('HasherSpec', ['hasher', 'key'])):
    """How keys that a table does not have are hashed."""

    __slots__ = ()


FastHashSpec = HasherSpec('fasthash', None)


class StrongHashSpec(HasherSpec):
    """By a hash with a key of two integers. ValueError, TypeError for another key."""

    __slots__ = ()

    def __new__(cls, key):
        if len(key) != 2:
            raise ValueError(f'key must have size 2, got {len(key)}.')
        if not isinstance(key[0], int) or not isinstance(key[1], int):
            raise TypeError(f'Invalid key {key}. Must be unsigned integer values.')
        return super().__new__(cls, 'stronghash', key)


class IdTableWithHashBuckets(LookupInterface):
    """From keys to numbers: those of a table, and buckets behind them for all other keys.

    Args:
      table: a table to int64, or None.
      num_oov_buckets: how many buckets there are.
      hasher_spec: how keys are hashed: `FastHashSpec` or a StrongHashSpec.
      name: put before the name scope of lookups.
      key_dtype: the dtype of the keys; the table's where left out.

    Raises:
      TypeError, ValueError: dtypes that do not go together, no buckets without a table.
    """

    def __init__(self, table, num_oov_buckets, hasher_spec=FastHashSpec, name=None, key_dtype=None):
        self._name = name.rstrip('/') if name else table.name if table else 'hash_bucket'
        if table:
            key_dtype = table.key_dtype if key_dtype is None else dtypes.as_dtype(key_dtype)
            supported = (dtypes.int64, dtypes.string)
            if table.key_dtype not in supported:
                raise TypeError(f'Invalid key dtype, expected one of {supported}, but got {key_dtype}.')
            if table.key_dtype.is_integer != key_dtype.is_integer:
                kind = 'integer' if key_dtype.is_integer else 'non-integer'
                raise TypeError(f'Invalid key dtype, expected {kind} but got {table.key_dtype}.')
            if table.value_dtype != dtypes.int64:
                raise TypeError(f'Invalid value dtype, expected {dtypes.int64} but got {table.value_dtype}.')
        else:
            if num_oov_buckets <= 0:
                raise ValueError('oov_buckets must be > 0 if no table is supplied.')
            key_dtype = dtypes.string if key_dtype is None else key_dtype
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError(f'hasher_spec must be of type HasherSpec, got {hasher_spec}')
        if hasher_spec.hasher not in ('fasthash', 'legacy', 'stronghash'):
            raise ValueError(f'Unknown hasher {hasher_spec.hasher}')
        self._table, self._num_oov_buckets, self._hasher_spec = table, num_oov_buckets, hasher_spec
        super().__init__(key_dtype, dtypes.int64)

    @property
    def initializer(self):
        """The operation that fills the table."""
        if self._table is not None:
            return self._table.initializer
        from headrace.core.control import no_op
        return no_op()

    @property
    def init(self):
        """The operation that fills the table."""
        return self.initializer

    @property
    def resource_handle(self):
        """The table's handle, or None."""
        return None if self._table is None else self._table.resource_handle

    @property
    def name(self):
        """What is put before the name scope of lookups."""
        return self._name

    def size(self, name=None):
        """The number of keys and buckets, int64."""
        if self._table is None:
            from headrace.core.constants import constant
            from headrace.core.graph import name_scope
            with name_scope(name, f'{self._name}_Size'):
                return constant(0, dtypes.int64) + self._num_oov_buckets
        return _c.table_size(self._table.resource_handle, num_buckets=self._num_oov_buckets, name=name)

    def lookup(self, keys, name=None):
        """The numbers of keys, a tensor or SparseTensor of int64."""
        self._check_keys(keys)
        values = keys.values if isinstance(keys, SparseTensor) else keys
        table = self._table
        if table is not None and table.key_dtype == dtypes.int64:
            from headrace.core.math_functions import cast
            values = cast(values, dtypes.int64)
        strong = self._hasher_spec.hasher == 'stronghash'
        low, high = self._hasher_spec.key if strong else (0, 0)
        ids = _c.table_find_or_hash(
            values, self._num_oov_buckets, table=None if table is None else table.resource_handle,
            default_value=None if table is None else table.default_value, strong=strong, key_low=low, key_high=high,
            name=name)
        return SparseTensor(keys.indices, ids, keys.dense_shape) if isinstance(keys, SparseTensor) else ids


class StaticVocabularyTable(IdTableWithHashBuckets):
    """From keys to numbers: those of a vocabulary, and buckets behind them for all other keys.

    Args:
      initializer: what fills the vocabulary, from keys of int64 or string to int64; None for buckets alone.
      num_oov_buckets: how many buckets there are, 1 at least.
      lookup_key_dtype: the dtype of the keys; the initializer's where left out.
      name: put before the name scope of lookups.
    """

    def __init__(self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None):
        if num_oov_buckets <= 0:
            raise ValueError('oov_buckets must be > 0.')
        table = None
        if initializer is not None:
            if initializer.value_dtype != dtypes.int64:
                raise TypeError(f'Invalid value dtype, expected {dtypes.int64} but got {initializer.value_dtype}.')
            table = StaticHashTable(initializer, -1)
        super().__init__(table, num_oov_buckets, FastHashSpec, name, lookup_key_dtype)


# ---- tables of vocabularies


def _check_buckets(num_oov_buckets):
    if num_oov_buckets < 0:
        raise ValueError(f'num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.')


def _check_key_dtype(key_dtype):
    if key_dtype != dtypes.string and not dtypes.as_dtype(key_dtype).is_integer:
        raise TypeError('Only integer and string keys are supported.')


def _with_buckets(parts, key_dtype, num_oov_buckets, hasher_spec):
    key_dtype = dtypes.as_dtype(key_dtype)
    stored = dtypes.int64 if key_dtype.is_integer else key_dtype
    table = StaticHashTable.of_parts(*parts, stored, dtypes.int64)
    if num_oov_buckets:
        return IdTableWithHashBuckets(table, num_oov_buckets, hasher_spec, key_dtype=key_dtype)
    return table


def index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1,
                          hasher_spec=FastHashSpec, key_dtype=dtypes.string, name=None,
                          key_column_index=TextFileIndex.WHOLE_LINE, value_column_index=TextFileIndex.LINE_NUMBER,
                          delimiter='\t'):
    """A table from the lines of a file to their numbers.

    Args:
      vocabulary_file: the file; text or a string scalar.
      num_oov_buckets: numbers behind the lines for other keys; with 0 they get `default_value`.
      vocab_size: how many lines count; all where left out.
      default_value: see above.
      hasher_spec: how other keys are hashed.
      key_dtype: string or an integer type.
      name: the name scope.
      key_column_index, value_column_index: columns, or members of `TextFileIndex`.
      delimiter: the character between columns.

    Returns:
      A table.

    Raises:
      ValueError: no file, or a number is out of range.
      TypeError: another dtype.
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError('vocabulary_file must be specified and must not be empty.')
    _check_buckets(num_oov_buckets)
    if vocab_size is not None and vocab_size < 1:
        file = '' if isinstance(vocabulary_file, _c.Tensor) else vocabulary_file
        raise ValueError(f'vocab_size must be greater than 0, got {vocab_size}. vocabulary_file: {file}')
    _check_key_dtype(key_dtype)
    parts = _c.index_table_from_file(
        vocabulary_file, dtype=key_dtype, default_value=default_value, vocab_size=vocab_size,
        key_column=key_column_index, value_column=value_column_index, delimiter=delimiter, name=name)
    return _with_buckets(parts, key_dtype, num_oov_buckets, hasher_spec)


def index_table_from_tensor(vocabulary_list, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec,
                            dtype=dtypes.string, name=None):
    """A table from the keys of a vector to their places.

    Args:
      vocabulary_list: the vector.
      num_oov_buckets, default_value, hasher_spec, name: as of `index_table_from_file`.
      dtype: string or an integer type.

    Returns:
      A table.

    Raises:
      ValueError: no vocabulary, one of another kind of dtype, or a number out of range.
      TypeError: another dtype.
    """
    if vocabulary_list is None:
        raise ValueError('vocabulary_list must be specified.')
    _check_buckets(num_oov_buckets)
    _check_key_dtype(dtype)
    parts = _c.index_table(vocabulary_list, dtype=dtype, default_value=default_value, name=name)
    return _with_buckets(parts, dtype, num_oov_buckets, hasher_spec)


def index_to_string_table_from_file(vocabulary_file, vocab_size=None, default_value='UNK', name=None,
                                    key_column_index=TextFileIndex.LINE_NUMBER,
                                    value_column_index=TextFileIndex.WHOLE_LINE, delimiter='\t'):
    """A table from numbers, int64, to the lines of a file; others get `default_value`.

    Args:
      vocabulary_file, vocab_size, name, key_column_index, value_column_index, delimiter: as of
        `index_table_from_file`.
      default_value: see above.

    Returns:
      A table. ValueError without a file, or for a size below 1.
    """
    if not isinstance(vocabulary_file, _c.Tensor) and not vocabulary_file:
        raise ValueError('vocabulary_file must be specified and must not be empty.')
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f'vocab_size must be greater than 0, got {vocab_size}.')
    parts = _c.index_to_string_table_from_file(
        vocabulary_file, default_value=default_value, vocab_size=vocab_size, key_column=key_column_index,
        value_column=value_column_index, delimiter=delimiter, name=name)
    return StaticHashTable.of_parts(*parts, dtypes.int64, dtypes.string)


def index_to_string_table_from_tensor(vocabulary_list, default_value='UNK', name=None):
    """A table from numbers, int64, to the strings of a vector; others get `default_value`. ValueError without one."""
    if vocabulary_list is None:
        raise ValueError('vocabulary_list must be specified.')
    parts = _c.index_to_string_table(vocabulary_list, default_value=default_value, name=name)
    return StaticHashTable.of_parts(*parts, dtypes.int64, dtypes.string)
