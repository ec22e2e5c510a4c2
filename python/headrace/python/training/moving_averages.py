"""`from tensorflow.python.training import moving_averages`."""

from headrace.core.moving_averages import ExponentialMovingAverage, assign_moving_average  # noqa: F401
