"""What fills lookup tables."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import convert_to_tensor


def check_table_dtypes(table, key_dtype, value_dtype):
    """TypeError where a table's dtypes are others."""
    if dtypes.as_dtype(key_dtype).base_dtype != table.key_dtype:
        raise TypeError(f'Invalid key dtype, expected {table.key_dtype} but got {key_dtype}.')
    if dtypes.as_dtype(value_dtype).base_dtype != table.value_dtype:
        raise TypeError(f'Invalid value dtype, expected {table.value_dtype} but got {value_dtype}.')


class TableInitializerBase:
    """What fills a table, to be derived from.

    Args:
      key_dtype, value_dtype: the table's.
    """

    _shared_name = ''  # of the table; others of this name are the same table

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

    def initialize(self, table):
        """The operation that fills `table`."""
        raise NotImplementedError


class KeyValueTensorInitializer(TableInitializerBase):
    """Keys and values from two vectors.

    Args:
      keys, values: the vectors.
      key_dtype, value_dtype: their dtypes, where they are no tensors.
      name: the name scope of the operation.
    """

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        self._keys = convert_to_tensor(keys, key_dtype, 'keys')
        self._values = convert_to_tensor(values, value_dtype, 'values')
        self._name = 'key_value_init' if name is None else name
        super().__init__(self._keys.dtype, self._values.dtype)

    def initialize(self, table):
        """The operation that fills `table`. TypeError for a table of other dtypes."""
        check_table_dtypes(table, self._keys.dtype, self._values.dtype)
        return _c.table_fill(table.resource_handle, self._keys, self._values, name=self._name)


class TextFileIndex:
    """What of a file's line a key or a value may be, beside a column's number."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class TextFileInitializer(TableInitializerBase):
    """Keys and values from the lines of a file.

    Args:
      filename: the file; text or a string scalar.
      key_dtype: the dtype of the keys.
      key_index: the column of the keys, from 0, or a member of `TextFileIndex`.
      value_dtype: the dtype of the values.
      value_index: the column of the values, likewise.
      vocab_size: how many lines count; all where left out.
      delimiter: the character between columns.
      name: the name scope of the operation.

    Raises:
      ValueError: no file is named, a column is out of range, or a dtype does not go with it.
    """

    def __init__(self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None, delimiter='\t',
                 name=None):
        if not isinstance(filename, _c.Tensor) and not filename:
            raise ValueError(f'Filename required for {name}.')
        key_dtype, value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        _check_index('key', 'Keys', key_index, key_dtype, key_dtype.is_integer)
        _check_index('value', 'Values', value_index, value_dtype, False)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f'Invalid vocab_size {vocab_size}.')
        self._key_index, self._value_index, self._vocab_size = key_index, value_index, vocab_size
        self._delimiter, self._name = delimiter, name
        self._shared_name = '_'.join(str(part) for part in (
            'hash_table', filename, *([vocab_size] if vocab_size else []), key_index, value_index))
        self._filename = _c.table_asset(filename)
        super().__init__(key_dtype, value_dtype)

    def initialize(self, table):
        """The operation that fills `table`. TypeError for a table of other dtypes."""
        check_table_dtypes(table, self.key_dtype, self.value_dtype)
        return _c.table_fill_from_file(
            table.resource_handle, self._filename, key_column=self._key_index, value_column=self._value_index,
            vocab_size=self._vocab_size, delimiter=self._delimiter, name=self._name)


def _check_index(word, words, index, dtype, may_be_integer):
    """ValueError where a line's part cannot have `dtype`."""
    if index < TextFileIndex.WHOLE_LINE:
        raise ValueError(f'Invalid {word} index {index}.')
    if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
        raise ValueError(f'Signature mismatch. {words} must be dtype {dtypes.int64}, got {dtype}.')
    if index == TextFileIndex.WHOLE_LINE and dtype != dtypes.string and not may_be_integer:
        wanted = 'integer or string' if word == 'key' else f'dtype {dtypes.string}'
        raise ValueError(f'Signature mismatch. {words} must be {wanted}, got {dtype}.')


class TextFileStringTableInitializer(TextFileInitializer):
    """From the numbers of lines to the lines."""

    def __init__(self, filename, key_column_index=TextFileIndex.LINE_NUMBER,
                 value_column_index=TextFileIndex.WHOLE_LINE, vocab_size=None, delimiter='\t',
                 name='text_file_string_table_init'):
        super().__init__(filename, dtypes.int64, key_column_index, dtypes.string, value_column_index, vocab_size,
                         delimiter, name)


class TextFileIdTableInitializer(TextFileInitializer):
    """From lines to their numbers."""

    def __init__(self, filename, key_column_index=TextFileIndex.WHOLE_LINE,
                 value_column_index=TextFileIndex.LINE_NUMBER, vocab_size=None, delimiter='\t',
                 name='text_file_id_table_init', key_dtype=dtypes.string):
        super().__init__(filename, key_dtype, key_column_index, dtypes.int64, value_column_index, vocab_size,
                         delimiter, name)

