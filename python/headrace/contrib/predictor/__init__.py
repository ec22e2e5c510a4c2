"""`tf.contrib.predictor`: a model that answers again and again, in one session."""

from headrace.contrib.predictor.predictors import *  # noqa: F401, F403
from headrace.core.public import export as _export

_export(globals())
