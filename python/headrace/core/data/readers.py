"""Datasets of what stands in files."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.data import structure
from headrace.core.data.datasets import AUTOTUNE, DatasetV1, DatasetV1Adapter
from headrace.core.data.functions import Function
from headrace.core.graph import convert_to_tensor
from headrace.core.shapes import TensorShape
from headrace.core.type_specs import TensorSpec


def _dataset_of_names(filenames):
    if not isinstance(filenames, DatasetV1):
        names = convert_to_tensor(filenames, dtypes.string)
        return DatasetV1.from_tensor_slices(_ops.reshape(names, [-1], name='flat_filenames'))
    spec = filenames.element_spec
    if not isinstance(spec, TensorSpec) or spec.dtype != dtypes.string:
        raise TypeError('`filenames` must be a `tf.data.Dataset` of `tf.string` elements.')
    if not spec.shape.is_compatible_with(TensorShape([])):
        raise TypeError('`filenames` must be a `tf.data.Dataset` of scalar `tf.string` elements.')
    return filenames


def parallel_interleave_dataset(dataset, map_func, cycle_length, block_length, sloppy, buffer_output_elements,
                                prefetch_input_elements):
    """The dataset of `tf.data.experimental.parallel_interleave`."""
    function = Function(map_func, 'tf.data.experimental.parallel_interleave()', dataset.element_spec)
    from headrace.core.data.datasets import _spec_of_made
    spec = _spec_of_made(function)
    variant = _c.dataset_parallel_interleave(
        dataset._variant, function.definition, cycle_length, block_length, sloppy=sloppy,
        buffer_output_elements=2 * block_length if buffer_output_elements is None else buffer_output_elements,
        prefetch_input_elements=2 * cycle_length if prefetch_input_elements is None else prefetch_input_elements)
    return dataset._like(variant, spec)


class _FilesDataset(DatasetV1Adapter):
    """The elements of files, one file after the other, or of several in turn."""

    def _read(self, filenames, create, num_parallel_reads):
        self._filenames = names = _dataset_of_names(filenames)

        def read_one_file(filename):
            return DatasetV1._of(create(convert_to_tensor(filename, dtypes.string, 'filename')),
                                 TensorSpec([], dtypes.string))

        if num_parallel_reads is None:
            made = names.flat_map(read_one_file)
        elif num_parallel_reads == AUTOTUNE:
            made = names.interleave(read_one_file, num_parallel_calls=num_parallel_reads)
        else:
            made = parallel_interleave_dataset(names, read_one_file, num_parallel_reads, 1, False, None, None)
        self._take(made._variant, made._spec, made._over)


class TextLineDataset(_FilesDataset):
    """The lines of text files, without their ends.

    Args:
      filenames: a path, a list of them, or a dataset of them.
      compression_type: '', 'ZLIB' or 'GZIP'.
      buffer_size: bytes that are read at once.
      num_parallel_reads: how many files are read at once; None: one.
    """

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        self._read(filenames, lambda name: _c.dataset_text_lines(name, compression_type=compression_type,
                                                                 buffer_size=buffer_size), num_parallel_reads)


class TFRecordDataset(_FilesDataset):
    """The records of TFRecord files.

    Args:
      filenames: a path, a list of them, or a dataset of them.
      compression_type: '', 'ZLIB' or 'GZIP'.
      buffer_size: bytes that are read at once.
      num_parallel_reads: how many files are read at once; None: one.
    """

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        self._read(filenames, lambda name: _c.dataset_records(name, compression_type=compression_type,
                                                              buffer_size=buffer_size), num_parallel_reads)


class FixedLengthRecordDataset(_FilesDataset):
    """Records of one length.

    Args:
      filenames: a path, a list of them, or a dataset of them.
      record_bytes: the length of a record.
      header_bytes: what stands before the first.
      footer_bytes: what stands behind the last.
      buffer_size: bytes that are read at once.
      compression_type: '', 'ZLIB' or 'GZIP'.
      num_parallel_reads: how many files are read at once; None: one.
    """

    def __init__(self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None,
                 compression_type=None, num_parallel_reads=None):
        self._read(filenames, lambda name: _c.dataset_fixed_records(
            name, record_bytes, header_bytes=header_bytes, footer_bytes=footer_bytes, buffer_size=buffer_size,
            compression_type=compression_type), num_parallel_reads)


class SqlDataset(DatasetV1Adapter):
    """The rows that a database answers a query with.

    Args:
      driver_name: of the kind of database: 'sqlite'.
      data_source_name: where it is: the path of its file.
      query: in SQL.
      output_types: the dtype of each column, or a structure of them: strings, integers up to int64, bools, doubles.
    """

    def __init__(self, driver_name, data_source_name, query, output_types):
        spec = structure.map_structure(lambda dtype: TensorSpec([], dtype), output_types)
        self._take(_c.dataset_sql(driver_name, data_source_name, query, structure.flat_types(spec)), spec)


class LMDBDataset(DatasetV1Adapter):
    """The records of LMDB databases: pairs of key and value, in the order of the keys.

    Args:
      filenames: the path of a database's folder or file, or a list of them.
    """

    _preserves_cardinality = True

    def __init__(self, filenames):
        self._take(_c.dataset_lmdb(filenames), (TensorSpec([], dtypes.string), TensorSpec([], dtypes.string)))


for _kind in (TextLineDataset, TFRecordDataset, FixedLengthRecordDataset, SqlDataset):  # as TensorFlow's print
    _kind.__name__ = _kind.__qualname__ = _kind.__name__ + 'V1'
