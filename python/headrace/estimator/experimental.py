"""Parts of `tf.estimator` that TensorFlow 1.15 calls experimental: early stopping."""

from headrace.core.public import export as _export
from headrace.estimator.early_stopping import *  # noqa: F401, F403

_export(globals())
