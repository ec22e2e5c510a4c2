"""`tf.estimator.export`: what a model takes and gives where it is served."""

from headrace.core.public import export
from headrace.estimator.export.export_output import *  # noqa: F401, F403
from headrace.estimator.export.receivers import *  # noqa: F401, F403

export(globals())
