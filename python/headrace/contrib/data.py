"""`tf.contrib.data`: input pipelines; nearly all of it went to `tf.data.experimental`."""

from headrace.core.data.readers import LMDBDataset  # noqa: F401
from headrace.core.public import export as _export
from headrace.data.experimental import (  # noqa: F401
    CheckpointInputPipelineHook, Counter, CsvDataset, Optional, RandomDataset, Reducer, SqlDataset, TFRecordWriter,
    bucket_by_sequence_length, choose_from_datasets, dense_to_sparse_batch, enumerate_dataset, get_next_as_optional,
    get_single_element, group_by_reducer, group_by_window, ignore_errors, make_batched_features_dataset,
    make_csv_dataset, make_saveable_from_iterator, map_and_batch, parallel_interleave, parse_example_dataset,
    rejection_resample, sample_from_datasets, scan, shuffle_and_repeat, unbatch, unique)

_export(globals())
