"""`from tensorflow.python.training import coordinator`."""

from headrace.core.coordinator import Coordinator, LooperThread  # noqa: F401
