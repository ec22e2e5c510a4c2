"""Parts of input pipelines that TensorFlow calls experimental."""

from headrace.core.data.datasets import AUTOTUNE, get_structure  # noqa: F401
from headrace.core.data.experimental import (  # noqa: F401
    INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Counter, DatasetStructure, Optional, OptionalStructure,
    RandomDataset, SparseTensorStructure, Structure, TensorStructure, bucket_by_sequence_length, cardinality,
    choose_from_datasets, enumerate_dataset, from_variant, get_next_as_optional, get_single_element, group_by_window, ignore_errors,
    map_and_batch, map_and_batch_with_legacy_function, parallel_interleave, sample_from_datasets, scan,
    shuffle_and_repeat, take_while,
    to_variant, unbatch, unique)
from headrace.core.data.devices import copy_to_device, prefetch_to_device  # noqa: F401
from headrace.core.data.examples import (  # noqa: F401
    TFRecordWriter, make_batched_features_dataset, parse_example_dataset)
from headrace.core.data.readers import SqlDataset  # noqa: F401
from headrace.core.data.resampling import (  # noqa: F401
    Reducer, StatsAggregator, bytes_produced_stats, dense_to_sparse_batch, group_by_reducer, latency_stats,
    rejection_resample)
from headrace.core.data.saved_iterators import (  # noqa: F401
    CheckpointInputPipelineHook, make_saveable_from_iterator)
from headrace.core.data.tables import CsvDataset, make_csv_dataset  # noqa: F401
from headrace.core.data.options import (  # noqa: F401
    DistributeOptions, MapVectorizationOptions, OptimizationOptions, StatsOptions, ThreadingOptions)
from headrace.core.public import export as _export

_export(globals())
