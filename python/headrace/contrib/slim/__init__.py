"""`tf.contrib.slim`: networks in few lines, their training and evaluation."""

from headrace.contrib import layers, losses, metrics  # noqa: F401
from headrace.contrib.framework.arg_scope import *  # noqa: F401, F403
from headrace.contrib.framework.assignments import *  # noqa: F401, F403
from headrace.contrib.framework.variables import *  # noqa: F401, F403
from headrace.contrib.layers import regularizers  # noqa: F401
from headrace.contrib.layers.initializers import *  # noqa: F401, F403
from headrace.contrib.layers.convolutions import *  # noqa: F401, F403
from headrace.contrib.layers.layers import *  # noqa: F401, F403
from headrace.contrib.layers.normalization import *  # noqa: F401, F403
from headrace.contrib.layers.regularizers import *  # noqa: F401, F403
from headrace.contrib.layers.utils import *  # noqa: F401, F403
from headrace.contrib.slim import evaluation, learning, model_analyzer, summaries  # noqa: F401
from headrace.core.public import export

export(globals())
