"""`from tensorflow.python.training import queue_runner`."""

from headrace.core.queue_runners import QueueRunner, add_queue_runner, start_queue_runners  # noqa: F401
