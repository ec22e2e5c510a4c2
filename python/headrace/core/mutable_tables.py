"""Lookup tables that can change."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.graph import GraphKeys, add_to_collection, convert_to_tensor
from headrace.core.lookup import LookupInterface, last_name
from headrace.core.savers import SavedObject


class _Changeable(LookupInterface):
    """What tables that can change have in common."""

    @property
    def name(self):
        """The table's name."""
        return last_name(self._resource_handle)

    def size(self, name=None):
        """The number of keys, int64."""
        return _c.mutable_table_size(self._resource_handle, name=name)

    def lookup(self, keys, name=None):
        """The values of keys, the default value for those that are not there."""
        return _c.mutable_table_find(self._resource_handle, self._key_dtype, keys, self._default_value, name=name)

    def insert(self, keys, values, name=None):
        """The operation that gives keys new values."""
        return _c.mutable_table_insert(self._resource_handle, self._key_dtype, keys, self._value_dtype, values,
                                       name=name)

    def remove(self, keys, name=None):
        """The operation that takes keys, a tensor, out. TypeError for keys of another dtype."""
        if keys.dtype != self._key_dtype:
            raise TypeError(f'Signature mismatch. Keys must be dtype {self._key_dtype}, got {keys.dtype}.')
        return _c.mutable_table_remove(self._resource_handle, keys, name=name)

    def export(self, name=None):
        """All keys and their values, two tensors."""
        return _c.mutable_table_export(self._resource_handle, self._key_dtype, self._value_dtype, name=name)


def _keep_saveable(table, name):
    add_to_collection(GraphKeys.SAVEABLE_OBJECTS, SavedObject(0, table, table._resource_handle, name, table.export()))


class MutableHashTable(_Changeable):
    """A table that can change.

    Args:
      key_dtype, value_dtype: the dtypes.
      default_value: what keys that it does not have get; a scalar, or a vector where values are vectors.
      name: the name of its node.
      checkpoint: whether nodes of its name share it, and savers save it.
    """

    def __init__(self, key_dtype, value_dtype, default_value, name='MutableHashTable', checkpoint=True):
        super().__init__(key_dtype, value_dtype)
        self._default_value = convert_to_tensor(default_value, self._value_dtype)
        self._resource_handle = _c.mutable_table(self._key_dtype, self._default_value, own=not checkpoint, name=name)
        if checkpoint:
            _keep_saveable(self, name)


class DenseHashTable(_Changeable):
    """A table that can change, whose keys are neither of two.

    Args:
      key_dtype, value_dtype, default_value, name, checkpoint: as of MutableHashTable.
      empty_key, deleted_key: scalars that are never keys.
      initial_num_buckets: room at first.
    """

    def __init__(self, key_dtype, value_dtype, default_value, empty_key, deleted_key, initial_num_buckets=None,
                 name='MutableDenseHashTable', checkpoint=True):
        super().__init__(key_dtype, value_dtype)
        self._default_value = convert_to_tensor(default_value, self._value_dtype, 'default_value')
        self._empty_key = convert_to_tensor(empty_key, self._key_dtype, 'empty_key')
        self._deleted_key = convert_to_tensor(deleted_key, self._key_dtype, 'deleted_key')
        self._resource_handle = _ops.mutable_dense_hash_table_v2(
            self._empty_key, self._deleted_key, self._value_dtype, use_node_name_sharing=checkpoint,
            value_shape=self._default_value.shape,
            initial_num_buckets=131072 if initial_num_buckets is None else initial_num_buckets, name=name)
        if checkpoint:
            _keep_saveable(self, name)

    def insert_or_assign(self, keys, values, name=None):
        """The operation that gives keys new values."""
        return self.insert(keys, values, name)

    def erase(self, keys, name=None):
        """The operation that takes keys, a tensor, out. TypeError for keys of another dtype."""
        return self.remove(keys, name)
