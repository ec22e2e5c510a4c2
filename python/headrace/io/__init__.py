"""Reading and writing data."""

from headrace.io import gfile  # noqa: F401, a public name of this module
