"""Nested structures of tensors and of anything else: lists, tuples, named tuples, dictionaries, attrs classes."""

from headrace.core.nest import assert_same_structure, flatten, is_nested, map_structure, pack_sequence_as
from headrace.core.public import export

__all__ = ['assert_same_structure', 'flatten', 'is_nested', 'map_structure', 'pack_sequence_as']


export(globals())
