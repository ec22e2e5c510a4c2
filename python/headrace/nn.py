"""Neural network functions that have no variables of their own."""

from headrace import _ops
from headrace.core.candidates import *  # noqa: F401, F403
from headrace.core.nn_functions import *  # noqa: F401, F403
from headrace.core.public import export

globals().update(_ops.public('nn'))
export(globals())
