"""Modules of nested structures, text and deprecation, where TensorFlow's programs import them from."""

import sys

from headrace import compat
from headrace.core import deprecation, nest

for _name in ('compat', 'deprecation', 'nest'):
    sys.modules[f'{__name__}.{_name}'] = globals()[_name]
