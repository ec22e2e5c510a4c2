"""`tf.contrib.staging`: what is put aside for a later step."""

from headrace.core.public import export as _export
from headrace.core.map_staging import MapStagingArea  # noqa: F401
from headrace.core.staging import StagingArea  # noqa: F401

_export(globals())
