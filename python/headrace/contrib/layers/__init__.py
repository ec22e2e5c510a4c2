"""`tf.contrib.layers`: layers by functions, regularizers, initializers, summaries of layers."""

from headrace.contrib.layers import summaries, utils  # noqa: F401
from headrace.contrib.layers.feature_columns import *  # noqa: F401, F403
from headrace.contrib.layers.initializers import *  # noqa: F401, F403
from headrace.contrib.layers.convolutions import *  # noqa: F401, F403
from headrace.contrib.layers.layers import *  # noqa: F401, F403
from headrace.contrib.layers.normalization import *  # noqa: F401, F403
from headrace.contrib.layers.optimizers import *  # noqa: F401, F403
from headrace.contrib.layers.regularizers import *  # noqa: F401, F403
from headrace.contrib.layers.summaries import *  # noqa: F401, F403
from headrace.core.public import export

export(globals())
