"""Images: resizing, cropping, flipping, colors, boxes, files."""

from headrace import _ops
from headrace.core.images import *  # noqa: F401, F403
from headrace.core.public import export

globals().update(_ops.public('image'))
export(globals())
