"""Reading and writing data."""

from headrace.core.meta_graphs import write_graph  # noqa: F401, public names of this module
from headrace.core.public import export
from headrace.core.records import *  # noqa: F401, F403
from headrace.io import gfile  # noqa: F401

export(globals())
