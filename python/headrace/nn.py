"""Neural network functions that have no variables of their own."""

from headrace import _ops
from headrace.core.candidates import *  # noqa: F401, F403
from headrace.core.convolutions import *  # noqa: F401, F403
from headrace.core.ctc_functions import *  # noqa: F401, F403
from headrace.core.nn_functions import *  # noqa: F401, F403
from headrace.core.public import export
from headrace.core.space import depth_to_space, space_to_batch, space_to_depth  # noqa: F401
from headrace.core.sparse_functions import (  # noqa: F401, public names of this module
    embedding_lookup_sparse, safe_embedding_lookup_sparse)

globals().update(_ops.public('nn'))
export(globals())
