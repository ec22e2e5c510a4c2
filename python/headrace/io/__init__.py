"""Reading and writing data."""

from headrace import _ops
from headrace.core.images import decode_image, is_jpeg  # noqa: F401, public names of this module
from headrace.core.meta_graphs import write_graph  # noqa: F401, public names of this module
from headrace.core.public import export
from headrace.core.queues import (  # noqa: F401
    PaddingFIFOQueue, PriorityQueue, QueueBase, RandomShuffleQueue)
from headrace.core.records import *  # noqa: F401, F403
from headrace.io import gfile  # noqa: F401

globals().update(_ops.public('io'))
export(globals())
