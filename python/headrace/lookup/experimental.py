"""Lookup tables that may change in TensorFlow."""

from headrace.core.mutable_tables import DenseHashTable  # noqa: F401
from headrace.core.public import export as _export

_export(globals())
