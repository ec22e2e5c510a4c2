"""Data sets as Keras loads them."""

from headrace.keras.datasets import mnist  # noqa: F401, a public name of this module
