"""Handwritten digits."""

from headrace.examples.tutorials.mnist import input_data  # noqa: F401, a public name of this module
