"""Conversions between bytes and text, families of types, and `tf.compat.v1`, which is the package itself."""

import contextlib
import datetime
import importlib
import importlib.machinery
import numbers
import os
import sys

import numpy as np

from headrace.core.public import export

bytes_or_text_types = (bytes, str)
complex_types = (numbers.Complex, np.number)
integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)

# The last day, exclusively, whose graphs TensorFlow 1.15 promised to understand.
_horizon = datetime.date(2019, 8, 21)

v1 = sys.modules['headrace']


class _V1Modules:
    """Finds `headrace.compat.v1.X` as the module `headrace.X` itself, for import statements."""

    prefix = f'{__name__}.v1.'

    def find_spec(self, name, path=None, target=None):
        """The spec of a module with that name; None for modules elsewhere."""
        return importlib.machinery.ModuleSpec(name, self) if name.startswith(self.prefix) else None

    def create_module(self, spec):
        """None: an empty module, which nobody gets to see."""

    def exec_module(self, module):
        """Puts the module itself in the place of the empty one."""
        sys.modules[module.__name__] = importlib.import_module(f'headrace.{module.__name__[len(self.prefix):]}')


sys.modules[f'{__name__}.v1'] = v1
sys.meta_path.insert(0, _V1Modules())


def as_bytes(bytes_or_text, encoding='utf-8'):
    """Text as bytes; bytes as they are.

    Args:
      bytes_or_text: text, bytes or a bytearray.
      encoding: the encoding of the bytes.

    Returns:
      Bytes.

    Raises:
      TypeError: the argument is something else.
    """
    if isinstance(bytes_or_text, bytearray):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError(f'Expected binary or unicode string, got {bytes_or_text!r}')


def as_text(bytes_or_text, encoding='utf-8'):
    """Bytes as text; text as it is.

    Args:
      bytes_or_text: text or bytes.
      encoding: the encoding of the bytes.

    Returns:
      Text.

    Raises:
      TypeError: the argument is something else.
      UnicodeDecodeError: the bytes are no text in that encoding.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f'Expected binary or unicode string, got {bytes_or_text!r}')


def as_str(bytes_or_text, encoding='utf-8'):
    """The same as `as_text`."""
    return as_text(bytes_or_text, encoding)


def as_str_any(value):
    """Bytes as text, and `str(value)` of anything else."""
    return as_str(value) if isinstance(value, bytes) else str(value)


def path_to_str(path):
    """A path object as text; anything else as it is."""
    return os.fspath(path) if hasattr(path, '__fspath__') else path


def dimension_value(dimension):
    """The size of a dimension: an integer or None, whether a `tf.Dimension` or a plain number is given."""
    return getattr(dimension, 'value', dimension)


def dimension_at_index(shape, index):
    """The `tf.Dimension` of a `tf.TensorShape` at an index; one of unknown size where the rank is unknown."""
    import headrace as tf

    return tf.Dimension(None) if shape.rank is None else shape.dims[index]


def forward_compatible(year, month, day):
    """Whether programs may use what TensorFlow promised to understand from that day on.

    Args:
      year: the year.
      month: the month, 1 to 12.
      day: the day, 1 to 31.

    Returns:
      True for days before 21 August 2019, which is the state of TensorFlow 1.15.
    """
    return _horizon > datetime.date(year, month, day)


@contextlib.contextmanager
def forward_compatibility_horizon(year, month, day):
    """Lets `forward_compatible` answer, within a `with` block, as on another day; for tests."""
    global _horizon
    old, _horizon = _horizon, datetime.date(year, month, day)
    try:
        yield
    finally:
        _horizon = old


export(globals())
