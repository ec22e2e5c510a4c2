"""Modules of graphs, dtypes, shapes and errors, where TensorFlow's programs import them from."""

import sys

from headrace import errors
from headrace.core import device_spec as device
from headrace.core import dtypes
from headrace.core import shapes as tensor_shape

errors_impl = errors
for _name in ('device', 'dtypes', 'errors', 'errors_impl', 'tensor_shape'):
    sys.modules[f'{__name__}.{_name}'] = globals()[_name]
