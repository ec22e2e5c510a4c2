"""TFRecord files."""

from headrace.core.public import export
from headrace.core.records import *  # noqa: F401, F403, public names of this module

export(globals())
