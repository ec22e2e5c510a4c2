"""Lookup tables: from keys to values, kept by the session beyond runs."""

from headrace.core.lookup import StaticHashTable, StaticVocabularyTable  # noqa: F401
from headrace.core.public import export as _export
from headrace.core.table_initializers import (  # noqa: F401
    KeyValueTensorInitializer, TextFileIndex, TextFileInitializer)
from headrace.lookup import experimental  # noqa: F401

_export(globals())
