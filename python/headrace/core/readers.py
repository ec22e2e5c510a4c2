"""Readers: they give the records of files, whose names they take from a queue."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.deprecation import deprecated
from headrace.core.graph import Tensor
from headrace.core.records import TFRecordOptions

__all__ = ['FixedLengthRecordReader', 'IdentityReader', 'LMDBReader', 'ReaderBase', 'TFRecordReader', 'TextLineReader',
           'WholeFileReader']

_ADVICE = 'Queue-based input pipelines have been replaced by `tf.data`. Use `%s`.'


class ReaderBase:
    """What readers have in common. A reader's place in its file is kept from run to run."""

    def __init__(self, reader_ref, supports_serialize=False):
        """Takes a reader by its handle.

        Args:
          reader_ref: the tensor that leads to the reader.
          supports_serialize: whether its state can be told.
        """
        self._reader_ref, self._supports_serialize = reader_ref, supports_serialize

    @property
    def reader_ref(self):
        """The tensor that leads to the reader."""
        return self._reader_ref

    @property
    def supports_serialize(self):
        """Whether the reader's state can be told."""
        return self._supports_serialize

    def _op(self, name):
        """The op for this kind of handle."""
        return getattr(_ops, name + ('_v2' if self._reader_ref.dtype == dtypes.resource else ''))

    def _handle_of(self, queue):
        handle = queue if isinstance(queue, Tensor) else queue.queue_ref
        return _c.queue_for_reader(self._reader_ref, handle)

    def read(self, queue, name=None):
        """The next record: (key, value), two string scalars.

        Args:
          queue: a queue of the names of files, or its handle.
          name: the node's name.
        """
        return self._op('reader_read')(self._reader_ref, self._handle_of(queue), name=name)

    def read_up_to(self, queue, num_records, name=None):
        """Up to `num_records` records, fewer where a file ends: (keys, values), two string vectors."""
        return self._op('reader_read_up_to')(self._reader_ref, self._handle_of(queue), num_records, name=name)

    def num_records_produced(self, name=None):
        """How many records it gave: an int64 scalar."""
        return self._op('reader_num_records_produced')(self._reader_ref, name=name)

    def num_work_units_completed(self, name=None):
        """How many files it read to their end: an int64 scalar."""
        return self._op('reader_num_work_units_completed')(self._reader_ref, name=name)

    def serialize_state(self, name=None):
        """Its state, a string scalar. UnimplementedError in a run, unless it `supports_serialize`."""
        return self._op('reader_serialize_state')(self._reader_ref, name=name)

    def restore_state(self, state, name=None):
        """An operation that puts it into a state that was told."""
        return self._op('reader_restore_state')(self._reader_ref, state, name=name)

    def reset(self, name=None):
        """An operation that makes it as good as new."""
        return self._op('reader_reset')(self._reader_ref, name=name)


class WholeFileReader(ReaderBase):
    """A reader whose records are whole files; the key is the file's name."""

    @deprecated(None, _ADVICE % 'tf.data.Dataset.map(tf.read_file)')
    def __init__(self, name=None):
        """`name`: of the node."""
        super().__init__(_ops.whole_file_reader_v2(name=name), supports_serialize=True)


class TextLineReader(ReaderBase):
    """A reader of the lines of text files; the key is "FILE:LINE"."""

    @deprecated(None, _ADVICE % 'tf.data.TextLineDataset')
    def __init__(self, skip_header_lines=None, name=None):
        """`skip_header_lines`: so many lines at the start of each file are no records."""
        super().__init__(_ops.text_line_reader_v2(skip_header_lines=skip_header_lines, name=name))


class FixedLengthRecordReader(ReaderBase):
    """A reader of records of fixed length; the key is "FILE:RECORD"."""

    @deprecated(None, _ADVICE % 'tf.data.FixedLengthRecordDataset')
    def __init__(self, record_bytes, header_bytes=None, footer_bytes=None, hop_bytes=None, name=None, encoding=None):
        """What a file consists of.

        Args:
          record_bytes: the length of a record.
          header_bytes, footer_bytes: what stands before the first and behind the last one.
          hop_bytes: from the start of a record to that of the next; the length of a record where left out.
          name: the node's name.
          encoding: '' or 'ZLIB'.
        """
        super().__init__(_ops.fixed_length_record_reader_v2(
            record_bytes=record_bytes, header_bytes=header_bytes, footer_bytes=footer_bytes, hop_bytes=hop_bytes,
            encoding=encoding, name=name))


class TFRecordReader(ReaderBase):
    """A reader of TFRecord files; the key is "FILE:OFFSET"."""

    @deprecated(None, _ADVICE % 'tf.data.TFRecordDataset')
    def __init__(self, name=None, options=None):
        """`options`: TFRecordOptions that say how the files are packed."""
        super().__init__(_ops.tf_record_reader_v2(
            compression_type=TFRecordOptions.get_compression_type_string(options), name=name))


class LMDBReader(ReaderBase):
    """A reader of the records of LMDB databases, in the order of their keys; the key is the record's."""

    @deprecated(None, _ADVICE % 'tf.contrib.data.LMDBDataset')
    def __init__(self, name=None, options=None):
        """`name`: of the node. `options` mean nothing."""
        super().__init__(_ops.lmdb_reader(name=name))


class IdentityReader(ReaderBase):
    """A reader that gives the strings in the queue themselves, as key and as value."""

    @deprecated(None, _ADVICE % 'tf.data.Dataset.map(...)')
    def __init__(self, name=None):
        """`name`: of the node."""
        super().__init__(_ops.identity_reader_v2(name=name), supports_serialize=True)
