"""Reading and writing data."""

from headrace import _ops
from headrace.core.images import decode_image, is_jpeg  # noqa: F401, public names of this module
from headrace.core.input_pipelines import match_filenames_once  # noqa: F401
from headrace.core.meta_graphs import write_graph  # noqa: F401, public names of this module
from headrace.core.parsing import *  # noqa: F401, F403
from headrace.core.parsing import parse_sequence_example  # noqa: F401
from headrace.core.parsing_config import (  # noqa: F401, public names of this module
    FixedLenFeature, FixedLenSequenceFeature, SparseFeature, VarLenFeature)
from headrace.core.public import export
from headrace.core.queues import (  # noqa: F401
    PaddingFIFOQueue, PriorityQueue, QueueBase, RandomShuffleQueue)
from headrace.core.records import *  # noqa: F401, F403
from headrace.core.string_functions import decode_raw  # noqa: F401
from headrace.io import gfile  # noqa: F401

globals().update(_ops.public('io'))
export(globals())
