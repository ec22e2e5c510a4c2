"""Strings."""

from headrace import _ops
from headrace.core.print_functions import string_format as format  # noqa: F401, a public name of this module
from headrace.core.public import export
from headrace.core.string_functions import (  # noqa: F401
    reduce_join, regex_full_match, regex_replace, split, string_length as length, string_to_hash_bucket as to_hash_bucket, string_to_number as to_number,
    substr)

globals().update(_ops.public('strings'))
export(globals())
