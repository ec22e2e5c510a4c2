"""What Keras offers beside its layers."""

from headrace.keras import datasets  # noqa: F401, a public name of this module
