"""Optimizers by their names."""

from headrace.core import optimizers

_BY_NAME = {'Adagrad': optimizers.AdagradOptimizer, 'Adam': optimizers.AdamOptimizer, 'Ftrl': optimizers.FtrlOptimizer,
            'RMSProp': optimizers.RMSPropOptimizer, 'SGD': optimizers.GradientDescentOptimizer}


def optimizer_of(optimizer, learning_rate):
    """The optimizer of a name, of a function that makes one, or itself. ValueError for anything else."""
    if isinstance(optimizer, str):
        if optimizer in _BY_NAME:
            return _BY_NAME[optimizer](learning_rate=learning_rate)
        raise ValueError(f'Unsupported optimizer name: {optimizer}. Supported names are: {tuple(sorted(_BY_NAME))}')
    if callable(optimizer):
        optimizer = optimizer()
    if not isinstance(optimizer, optimizers.Optimizer):
        raise ValueError(f'The given object is not an Optimizer instance. Given: {optimizer}')
    return optimizer


def check_features(features):
    """ValueError for features that are no dict."""
    if not isinstance(features, dict):
        raise ValueError(f'features should be a dictionary of `Tensor`s. Given type: {type(features)}')
