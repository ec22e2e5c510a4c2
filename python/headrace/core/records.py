"""TFRecord files: `tf.python_io` and its other name `tf.io`."""

import os

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated

__all__ = ['TFRecordCompressionType', 'TFRecordOptions', 'TFRecordWriter', 'tf_record_iterator']


class TFRecordCompressionType:
    """How a whole file is packed."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


class TFRecordOptions:
    """How a file is packed, and settings of zlib for it, which are accepted and left to zlib's defaults."""

    compression_type_map = {TFRecordCompressionType.ZLIB: 'ZLIB', TFRecordCompressionType.GZIP: 'GZIP',
                            TFRecordCompressionType.NONE: ''}

    def __init__(self, compression_type=None, flush_mode=None, input_buffer_size=None, output_buffer_size=None,
                 window_bits=None, compression_level=None, compression_method=None, mem_level=None,
                 compression_strategy=None):
        """`compression_type`: 'GZIP', 'ZLIB', '' or a TFRecordCompressionType. ValueError for anything else."""
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode, self.input_buffer_size = flush_mode, input_buffer_size
        self.output_buffer_size, self.window_bits = output_buffer_size, window_bits
        self.compression_level, self.compression_method = compression_level, compression_method
        self.mem_level, self.compression_strategy = mem_level, compression_strategy

    @classmethod
    def get_compression_type_string(cls, options):
        """'', 'ZLIB' or 'GZIP' of options, of a TFRecordCompressionType, of such a text, or of None."""
        if not options:
            return ''
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        if options in TFRecordOptions.compression_type_map:
            return cls.compression_type_map[options]
        if options in TFRecordOptions.compression_type_map.values():
            return options
        raise ValueError(f'Not a valid compression_type: "{options}"')


class TFRecordWriter:
    """Writes records to a file, which is replaced. As a `with` block it is closed at the end."""

    def __init__(self, path, options=None):
        """`path`: of the file; `options`: TFRecordOptions, or a compression type."""
        self._writer = _c.record_writer(os.fspath(path), TFRecordOptions.get_compression_type_string(options))

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()

    def write(self, record):
        """Appends a record of bytes. FailedPreconditionError once the file is closed."""
        if not isinstance(record, bytes):
            raise TypeError(f'expected bytes, {type(record).__name__} found')
        self._writer.write(record)

    def flush(self):
        """Hands what was written to the system."""
        self._writer.flush()

    def close(self):
        """Closes the file; closing twice is fine."""
        self._writer.close()


@deprecated(None, 'Read the file with `tf.data.TFRecordDataset`.')
def tf_record_iterator(path, options=None):
    """An iterator over the records of a file, as bytes.

    Raises:
      tf.errors.NotFoundError: there is no such file.
      tf.errors.DataLossError: it is damaged.
    """
    return records_of(path, TFRecordOptions.get_compression_type_string(options))


def records_of(path, compression):
    """The generator behind tf_record_iterator; `compression` is '', 'ZLIB' or 'GZIP'."""
    reader = _c.record_reader(os.fspath(path), compression)
    while True:
        record = reader.next()
        if record is None:
            return
        yield record
