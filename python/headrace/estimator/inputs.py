"""What input functions give."""

import inspect

from headrace.core import nest
from headrace.core.data.datasets import DatasetV1, make_initializable_iterator
from headrace.core.graph import GraphKeys, Tensor, device, get_collection
from headrace.core.run_hooks import SessionRunHook


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


class _InitializeIterator(SessionRunHook):
    """Starts the iterator over an input function's dataset, once there is a session."""

    def __init__(self, iterator):
        self._iterator = iterator
        self._initializer = None

    def begin(self):
        self._initializer = self._iterator.initializer

    def after_create_session(self, session, coord):
        session.run(self._initializer)


def features_and_labels(result):
    """(features, labels or None, hooks) of what an input function gives, which may be a dataset of them.

    Raises:
      ValueError: a tuple of another length than two.
    """
    hooks = []
    if isinstance(result, DatasetV1):
        iterator = make_initializable_iterator(result)
        hooks.append(_InitializeIterator(iterator))
        result = iterator.get_next()
    if isinstance(result, (list, tuple)):
        if len(result) != 2:
            raise ValueError('input_fn should return (features, labels) as a len 2 tuple.')
        return result[0], result[1], hooks
    return result, None, hooks


def warn_of_endless_input(features):
    """Warns where nothing ends the input of a prediction."""
    from_dataset = any(isinstance(item, Tensor) and item.op.type == 'IteratorGetNext' for item in nest.flatten(features))
    if not from_dataset and not get_collection(GraphKeys.QUEUE_RUNNERS):
        from headrace import logging
        logging.warning('Input graph does not use tf.data.Dataset or contain a QueueRunner. That means predict yields '
                        'forever. This is probably a mistake.')


from headrace.estimator.array_inputs import numpy_input_fn, pandas_input_fn  # noqa: E402, F401, public names
