"""Losses that are weighted, reduced and collected."""

from headrace.core.losses import *  # noqa: F401, F403
from headrace.core.public import export

export(globals())
