"""`tf.contrib.estimator`: heads for models of the program's own, and estimators made of others."""

from headrace.contrib.estimator.heads import *  # noqa: F401, F403
from headrace.contrib.estimator.optimizers import *  # noqa: F401, F403
from headrace.core.public import export as _export
from headrace.estimator.extenders import add_metrics, forward_features  # noqa: F401

_export(globals())
