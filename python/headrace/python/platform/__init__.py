"""Modules of files, flags, logging and tests, where TensorFlow's programs import them from."""

import sys

from headrace import app, flags, gfile, logging, resource_loader, sysconfig, test

tf_logging = logging
googletest = test
for _name in ('app', 'flags', 'gfile', 'googletest', 'resource_loader', 'sysconfig', 'test', 'tf_logging'):
    sys.modules[f'{__name__}.{_name}'] = globals()[_name]
