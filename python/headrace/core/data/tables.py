"""Datasets of tables: rows of CSV files."""

import csv
import gzip
import zlib
from collections import OrderedDict
from io import StringIO

import numpy as np

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.data.datasets import AUTOTUNE, DatasetV1, DatasetV1Adapter
from headrace.core.data.readers import parallel_interleave_dataset
from headrace.core.graph import Tensor, convert_to_tensor
from headrace.core.type_specs import TensorSpec

_COLUMN_DTYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)


def _record_default(value):
    """What the builder takes for a default: an array without elements where a dtype says that a field must be there. As
    in TensorFlow, a number or name that stands alone says so, too, where a dtype has it."""
    if isinstance(value, Tensor):
        return value
    if not isinstance(value, (list, tuple, np.ndarray)):
        key = int(value) if isinstance(value, float) and value.is_integer() else value
        if key in _COLUMN_DTYPES:
            return np.empty([0], dtypes.as_dtype(key).as_numpy_dtype)
    array = np.asarray(value)
    if array.dtype.kind not in 'bif':
        return value
    if array.dtype.kind == 'i' and not isinstance(value, np.ndarray):
        return array.astype(np.int32) if np.all(array == array.astype(np.int32)) else array
    return array.astype(np.float32)


class CsvDataset(DatasetV1Adapter):
    """The records of CSV files, a component for each column.

    Args:
      filenames: a path or a list of them.
      record_defaults: for each column a default, or a dtype where a field must be there.
      compression_type: '', 'ZLIB' or 'GZIP'.
      buffer_size: bytes that are read at once; None: 4 MB.
      header: whether the first record of each file is passed over.
      field_delim: the character between fields.
      use_quote_delim: whether fields may stand in double quotes.
      na_value: text that counts as a missing field.
      select_cols: ascending indices of the fields that are wanted; None: all.
    """

    def __init__(self, filenames, record_defaults, compression_type=None, buffer_size=None, header=False,
                 field_delim=',', use_quote_delim=True, na_value='', select_cols=None):
        variant = _c.dataset_csv(filenames, [_record_default(value) for value in record_defaults],
                                 compression_type=compression_type, buffer_size=buffer_size, header=header,
                                 field_delim=field_delim, use_quote_delim=use_quote_delim, na_value=na_value,
                                 select_cols=select_cols)
        self._take(variant, tuple(TensorSpec([], dtype) for dtype in _c.dataset_types(variant)))


CsvDataset.__name__ = CsvDataset.__qualname__ = 'CsvDatasetV1'


# ---- make_csv_dataset ----


def _matching_files(patterns):
    from headrace import gfile
    if isinstance(patterns, (list, tuple)):
        found = [name for pattern in patterns for name in sorted(gfile.Glob(pattern))]
    else:
        found = sorted(gfile.Glob(patterns))
    if not found:
        raise ValueError('No files match.')
    return found


def _open(path, compression):
    from headrace import gfile
    with gfile.GFile(path, 'rb') as stream:
        data = stream.read()
    if compression == 'GZIP':
        data = gzip.decompress(data)
    elif compression == 'ZLIB':
        data = zlib.decompress(data)
    return StringIO(data.decode(), newline='')


def _rows(path, arguments, compression):
    delimiter, quotes = arguments
    return csv.reader(_open(path, compression), delimiter=delimiter,
                      quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)


def _column_names(paths, arguments, compression):
    names = next(_rows(paths[0], arguments, compression), [])
    for path in paths[1:]:
        if next(_rows(path, arguments, compression), []) != names:
            raise ValueError('Files have different column names in the header row.')
    return names


def _fits(text, dtype):
    """Whether a field may be of a dtype: an int that is in range, a float that is finite in it."""
    try:
        if dtype in (dtypes.int32, dtypes.int64):
            return np.iinfo(dtype.as_numpy_dtype).min <= int(text) <= np.iinfo(dtype.as_numpy_dtype).max
        value = float(text)
    except ValueError:
        return False
    return dtype == dtypes.float64 or not np.isfinite(value) or abs(value) <= np.finfo(np.float32).max


_INFERRED = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def _narrowest(text, na_value, least):
    """The place in `_INFERRED` of the first dtype from `least` on that a field fits, its length for strings; None for a
    field that says nothing."""
    if text in ('', na_value):
        return None
    return next((i for i in range(least or 0, len(_INFERRED)) if _fits(text, _INFERRED[i])), len(_INFERRED))


def _inferred_defaults(paths, names, arguments, na_value, header, count, columns, compression):
    """A default of the narrowest dtype that each column's fields fit, in the first `count` rows: 0, or no text."""
    found, seen = [None] * len(columns), 0
    for path in paths:
        rows = _rows(path, arguments, compression)
        if header:
            next(rows, None)
        for row in rows:
            if len(row) != len(names):
                raise ValueError('Problem inferring types: CSV row has different number of fields than expected.')
            if count is not None and seen >= count:
                break
            seen += 1
            for i, column in enumerate(columns):
                place = _narrowest(row[column], na_value, found[i])
                found[i] = found[i] if place is None else place
    kinds = (*_INFERRED, dtypes.string)
    from headrace.core.constants import constant
    types = [dtypes.string if place is None else kinds[place] for place in found]
    return [constant([''] if dtype == dtypes.string else [0], dtype=dtype) for dtype in types]


def _selected(columns, names):
    """Indices of columns that are given by number or name, ascending."""
    numbers = []
    for column in columns:
        if isinstance(column, int):
            numbers.append(column)
        elif column in names:
            numbers.append(names.index(column))
        else:
            raise ValueError(f"Value {column} not in list of column names: {names}. 'select_columns' must be a list of "
                             'names or indices of columns.')
    numbers.sort()
    if len(set(numbers)) != len(numbers):
        raise ValueError('select_columns contains duplicate columns')
    if numbers and (numbers[0] < 0 or numbers[-1] >= len(names)):
        raise ValueError(f'select_columns: there are no columns {[n for n in numbers if not 0 <= n < len(names)]} '
                         f'among {len(names)}')
    return numbers


def shuffled_and_repeated(dataset, num_epochs, shuffle, buffer_size, seed):
    """What datasets of files do with their records."""
    from headrace.core.data.experimental import shuffle_and_repeat_dataset
    if num_epochs != 1 and shuffle:
        return shuffle_and_repeat_dataset(dataset, buffer_size, num_epochs, seed)
    if shuffle:
        return dataset.shuffle(buffer_size, seed)
    return dataset.repeat(num_epochs) if num_epochs != 1 else dataset


def make_csv_dataset(file_pattern, batch_size, column_names=None, column_defaults=None, label_name=None,
                     select_columns=None, field_delim=',', use_quote_delim=True, na_value='', header=True,
                     num_epochs=None, shuffle=True, shuffle_buffer_size=10000, shuffle_seed=None,
                     prefetch_buffer_size=None, num_parallel_reads=None, sloppy=False, num_rows_for_inference=100,
                     compression_type=None, ignore_errors=False):
    """Batches of the rows of CSV files, as dicts of columns by name.

    Args:
      file_pattern: a pattern of paths, or a list of them.
      batch_size: rows in a batch.
      column_names: a name for each column; None: the files' headers.
      column_defaults: for each column a default, or a dtype where a field must be there; None: dtypes are inferred.
      label_name: the column that comes beside the dict.
      select_columns: numbers or names of the columns that are wanted; None: all.
      field_delim, use_quote_delim, na_value, compression_type: as of CsvDataset.
      header: whether files have one.
      num_epochs: passes over the files; None: without end.
      shuffle: whether files and rows come in random order.
      shuffle_buffer_size, shuffle_seed: of that order.
      prefetch_buffer_size: batches that are made ahead; None: as it suits.
      num_parallel_reads: how many files are read at once.
      sloppy: whether another order of files would do.
      num_rows_for_inference: how many rows are looked at for dtypes; None: all.
      ignore_errors: whether rows that are wrong are left out.
    """
    num_parallel_reads = 1 if num_parallel_reads is None else num_parallel_reads
    paths = _matching_files(file_pattern)
    names_dataset = DatasetV1.from_tensor_slices(paths)
    if shuffle:
        names_dataset = names_dataset.shuffle(len(paths), shuffle_seed)
    arguments = field_delim, use_quote_delim
    if column_names is None:
        if not header:
            raise ValueError('Cannot infer column names without a header line.')
        column_names = _column_names(paths, arguments, compression_type)
    if len(column_names) != len(set(column_names)):
        raise ValueError('Cannot have duplicate column names.')
    if select_columns is not None:
        select_columns = _selected(select_columns, column_names)
    if column_defaults is None:
        columns = range(len(column_names)) if select_columns is None else select_columns
        column_defaults = _inferred_defaults(paths, column_names, arguments, na_value, header, num_rows_for_inference,
                                             columns, compression_type)
    else:
        from headrace.core.constants import constant
        column_defaults = [constant([], dtype=value) if value in _COLUMN_DTYPES else value for value in column_defaults]
    if select_columns is not None:
        column_names = [column_names[i] for i in select_columns]
    if len(column_defaults) != len(column_names):
        raise ValueError(f'{len(column_defaults)} column_defaults for {len(column_names)} columns')
    if label_name is not None and label_name not in column_names:
        raise ValueError('`label_name` provided must be one of the columns.')

    def filename_to_dataset(filename):
        dataset = CsvDataset(filename, column_defaults, compression_type=compression_type, header=header,
                             field_delim=field_delim, use_quote_delim=use_quote_delim, na_value=na_value,
                             select_cols=select_columns)
        return dataset._like(_c.dataset_ignore_errors(dataset._variant)) if ignore_errors else dataset

    def map_fn(*columns):
        features = OrderedDict(zip(column_names, columns))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    dataset = parallel_interleave_dataset(names_dataset, filename_to_dataset, num_parallel_reads, 1, sloppy, None, None)
    dataset = shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=num_epochs is None)
    dataset = dataset._map(map_fn, None, False, alone=True)
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)
