"""Queues: tuples of tensors that one run puts in and another one takes out."""

from headrace.core.public import export as _export
from headrace.core.queues import (  # noqa: F401
    FIFOQueue, PaddingFIFOQueue, PriorityQueue, QueueBase, RandomShuffleQueue)

_export(globals())
