"""What input functions give."""

import inspect

from headrace.core.graph import GraphKeys, device, get_collection


def arguments_of(function):
    """The names of a function's arguments, without `self` and those that functools.partial has bound."""
    import functools
    if isinstance(function, functools.partial):
        bound = len(function.args)
        names = arguments_of(function.func)[bound:]
        return [name for name in names if name not in (function.keywords or {})]
    if not inspect.isroutine(function) and not inspect.isclass(function) and hasattr(function, '__call__'):
        function = function.__call__
    signature = inspect.signature(function)
    return [name for name, parameter in signature.parameters.items()
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)]


def call_input_fn(input_fn, mode, params, config):
    """What an input function gives; it takes `mode`, `params` and `config` as far as it names them."""
    names = arguments_of(input_fn)
    offered = {'mode': mode, 'params': params, 'config': config}
    arguments = {name: value for name, value in offered.items() if name in names}
    with device('/cpu:0'):
        return input_fn(**arguments)


def features_and_labels(result):
    """(features, labels or None) of what an input function gives. ValueError for a tuple of another length."""
    if isinstance(result, (list, tuple)):
        if len(result) != 2:
            raise ValueError('input_fn should return (features, labels) as a len 2 tuple.')
        return tuple(result)
    return result, None


def warn_of_endless_input():
    """Warns where nothing ends the input of a prediction."""
    if not get_collection(GraphKeys.QUEUE_RUNNERS):
        from headrace import logging
        logging.warning('Input graph does not use tf.data.Dataset or contain a QueueRunner. That means predict yields '
                        'forever. This is probably a mistake.')

