"""Parts of input pipelines that TensorFlow calls experimental."""

from headrace.core.data.datasets import AUTOTUNE, get_structure  # noqa: F401
from headrace.core.data.options import (  # noqa: F401
    DistributeOptions, MapVectorizationOptions, OptimizationOptions, StatsOptions, ThreadingOptions)
from headrace.core.public import export as _export

INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2

_export(globals())
