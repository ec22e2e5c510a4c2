"""`tf.contrib`: what TensorFlow 1.x kept beside its stable modules. Each part is imported when it is first used."""

import importlib

_MODULES = (  # one a line, so that parts are added without conflicts
    'data',
    'estimator',
    'framework',
    'image',
    'layers',
    'learn',
    'lookup',
    'losses',
    'metrics',
    'nn',
    'predictor',
    'slim',
    'staging',
    'training',
    'util',
)


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f'{__name__}.{name}')
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(_MODULES)
