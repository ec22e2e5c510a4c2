"""`tf.contrib.training`: training steps, evaluation loops, hyperparameters."""

from headrace.contrib.training.buckets import *  # noqa: F401, F403
from headrace.contrib.training.device_setter import *  # noqa: F401, F403
from headrace.contrib.training.evaluation import *  # noqa: F401, F403
from headrace.contrib.training.hparams import *  # noqa: F401, F403
from headrace.contrib.training.training import *  # noqa: F401, F403
from headrace.core.public import export

export(globals())
