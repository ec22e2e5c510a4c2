"""Input pipelines: datasets and iterators."""

from headrace.core.data.datasets import (  # noqa: F401
    Dataset, DatasetSpec, get_output_classes, get_output_shapes, get_output_types, make_initializable_iterator,
    make_one_shot_iterator)
from headrace.core.data.iterators import Iterator  # noqa: F401
from headrace.core.data.options import Options  # noqa: F401
from headrace.core.data.readers import FixedLengthRecordDataset, TFRecordDataset, TextLineDataset  # noqa: F401
from headrace.core.public import export as _export
from headrace.data import experimental  # noqa: F401

_export(globals())
