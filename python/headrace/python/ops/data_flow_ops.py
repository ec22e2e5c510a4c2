"""`from tensorflow.python.ops import data_flow_ops`: queues and what else keeps tensors between runs."""

from headrace.core.barriers import Barrier  # noqa: F401
from headrace.core.queues import (  # noqa: F401
    FIFOQueue, PaddingFIFOQueue, PriorityQueue, QueueBase, RandomShuffleQueue)
from headrace.core.map_staging import MapStagingArea  # noqa: F401
from headrace.core.staging import StagingArea  # noqa: F401
