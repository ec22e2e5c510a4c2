"""`tf.contrib.framework`: argument scopes, lists of variables, assignments from values and checkpoints."""

from headrace import nest  # noqa: F401
from headrace.contrib.framework.arg_scope import *  # noqa: F401, F403
from headrace.contrib.framework.assignments import *  # noqa: F401, F403
from headrace.contrib.framework.checks import *  # noqa: F401, F403
from headrace.contrib.framework.graphs import *  # noqa: F401, F403
from headrace.contrib.framework.variables import *  # noqa: F401, F403
from headrace.core.arrays import argsort, sort  # noqa: F401
from headrace.core.deprecation import deprecated, deprecated_args  # noqa: F401
from headrace.core.public import export

export(globals())
