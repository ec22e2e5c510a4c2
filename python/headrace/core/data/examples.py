"""Datasets of Example messages, and what writes records."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.data.datasets import AUTOTUNE, DatasetV1
from headrace.core.data.readers import TFRecordDataset, parallel_interleave_dataset
from headrace.core.data.tables import shuffled_and_repeated
from headrace.core.graph import convert_to_tensor
from headrace.core.parsing import _specs_of
from headrace.core.parsing_config import FixedLenFeature, FixedLenSequenceFeature
from headrace.core.shapes import TensorShape
from headrace.core.type_specs import SparseTensorSpec, TensorSpec

__all__ = ['TFRecordWriter', 'parse_example_dataset', 'make_batched_features_dataset']


class TFRecordWriter:
    """Writes datasets of strings to a TFRecord file.

    Args:
      filename: the path.
      compression_type: '', 'ZLIB' or 'GZIP'.
    """

    def __init__(self, filename, compression_type=None):
        self._filename = convert_to_tensor(filename, dtypes.string, name='filename')
        self._compression_type = convert_to_tensor('' if compression_type is None else compression_type, dtypes.string,
                                                   name='compression_type')

    def write(self, dataset):
        """The operation that writes all elements, scalar strings. TypeError for other elements."""
        if not isinstance(dataset, DatasetV1):
            raise TypeError('`dataset` must be a `tf.data.Dataset` object.')
        spec = dataset.element_spec
        if not isinstance(spec, TensorSpec) or spec.dtype != dtypes.string or not spec.shape.is_compatible_with([]):
            raise TypeError('`dataset` must produce scalar `DT_STRING` tensors whereas it produces shape '
                            f'{dataset.output_shapes} and types {dataset.output_types}')
        return _c.dataset_write_records(dataset._variant, self._filename, compression_type=self._compression_type)


def _spec_of(feature, batch):
    """The spec of a batch of a feature, of what `batch` is of serialized examples."""
    if isinstance(feature, FixedLenSequenceFeature):
        return TensorSpec(batch.concatenate([None]).concatenate(feature.shape), feature.dtype)
    if isinstance(feature, FixedLenFeature):
        return TensorSpec(batch.concatenate(feature.shape), feature.dtype)
    size = getattr(feature, 'size', None)
    if size is None:
        return SparseTensorSpec(batch.concatenate([None]), feature.dtype)
    sizes = list(size) if isinstance(size, (list, tuple)) else [size]
    return SparseTensorSpec(batch.concatenate(sizes), feature.dtype)


def parse_example_dataset(features, num_parallel_calls=1):
    """The features of batches of serialized Example messages, as dicts by key.

    Args:
      features: a dict of FixedLenFeature, VarLenFeature, SparseFeature and FixedLenSequenceFeature by key.
      num_parallel_calls: how many batches are parsed at once.
    """
    if features is None:
        raise ValueError('Missing: features was None.')
    if not features:
        raise ValueError('Must provide at least one sparse key or dense key')
    specs = _specs_of(features)

    def apply(dataset):
        given = dataset.element_spec
        if not isinstance(given, TensorSpec) or not given.is_compatible_with(TensorSpec([None], dtypes.string)):
            raise TypeError('Input dataset should be a dataset of vectors of strings')
        variant = _c.dataset_parse_examples(dataset._variant, specs, num_parallel_calls=num_parallel_calls)
        batch = TensorShape([given.shape.dims[0] if given.shape.ndims else None])
        return dataset._like(variant, {key: _spec_of(feature, batch) for key, feature in features.items()})

    return apply


def make_batched_features_dataset(file_pattern, batch_size, features, reader=TFRecordDataset, label_key=None,
                                  reader_args=None, num_epochs=None, shuffle=True, shuffle_buffer_size=10000,
                                  shuffle_seed=None, prefetch_buffer_size=None, reader_num_threads=None,
                                  parser_num_threads=None, sloppy_ordering=False, drop_final_batch=False):
    """Batches of the features of Example messages in files, as dicts by key.

    Args:
      file_pattern: a pattern of paths, or a list of them.
      batch_size: examples in a batch.
      features: as of `parse_example_dataset`.
      reader: takes a path, and gives a dataset of serialized examples, or of pairs of keys and those.
      label_key: the feature that comes beside the dict.
      reader_args: further arguments of the reader.
      num_epochs: passes over the files; None: without end.
      shuffle: whether files and examples come in random order.
      shuffle_buffer_size, shuffle_seed: of that order.
      prefetch_buffer_size: batches that are made ahead; None: as it suits.
      reader_num_threads: how many files are read at once.
      parser_num_threads: how many batches are parsed at once.
      sloppy_ordering: whether another order of files would do.
      drop_final_batch: whether fewer examples at the end are left out.
    """
    reader_num_threads = 1 if reader_num_threads is None else reader_num_threads
    parser_num_threads = 2 if parser_num_threads is None else parser_num_threads
    dataset = DatasetV1.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    arguments = [] if reader_args is None else reader_args
    dataset = parallel_interleave_dataset(dataset, lambda filename: reader(filename, *arguments), reader_num_threads, 1,
                                          sloppy_ordering, None, None)
    types = dataset.output_types
    if isinstance(types, (list, tuple)) and len(types) == 2:
        dataset = dataset._map(lambda _, value: value, None, False, alone=True)
    dataset = shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.apply(parse_example_dataset(features, num_parallel_calls=parser_num_threads))
    if label_key is not None:
        if label_key not in features:
            raise ValueError(f'The `label_key` provided ({label_key}) must be one of the `features` keys.')
        dataset = dataset._map(lambda x: (x, x.pop(label_key)), None, False)
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)
