"""Batches of arrays for placeholders."""

import numpy

from headrace.core import dtypes
from headrace.core.arrays import placeholder


def _array(data):
    """Data as an array; DataFrames and Series of pandas give their values."""
    if hasattr(data, 'values') and not isinstance(data, (dict, numpy.ndarray)) and not callable(data.values):
        data = data.values
    return numpy.asarray(data)


def _arrays(data):
    """An array, or a dict of arrays."""
    if isinstance(data, dict):
        return {name: _array(value) for name, value in data.items()}
    return _array(data)


def _warn_of_doubles(data):
    from headrace import logging
    for array in data.values() if isinstance(data, dict) else [data]:
        if array.dtype == numpy.float64:
            logging.warning('float64 is not supported by many models, consider casting to float32.')


class DataFeeder:
    """Feeds the rows of arrays, batch by batch, epoch by epoch."""

    def __init__(self, x, y, batch_size=None, shuffle=True, epochs=None):
        """
        Args:
          x: an array of examples, or a dict of arrays.
          y: the labels, an array or a dict; None: none.
          batch_size: how many rows a batch has; None: all.
          shuffle: whether each epoch has another order, by NumPy's generator with the seed 42.
          epochs: how many epochs; None: without end.

        Raises:
          ValueError: the batch size is below 1.
        """
        self._x, self._y = _arrays(x), None if y is None else _arrays(y)
        _warn_of_doubles(self._x)
        if self._y is not None:
            _warn_of_doubles(self._y)
        self._count = len(next(iter(self._x.values()))) if isinstance(self._x, dict) else len(self._x)
        if batch_size is not None and batch_size <= 0:
            raise ValueError(f'Invalid batch_size {batch_size}.')
        self._batch_size = batch_size or self._count
        self._shuffle, self._max_epochs = shuffle, epochs
        self._random_state = numpy.random.RandomState(42)
        self._offset = self._epoch = 0
        self._indices = self._order()

    def _order(self):
        return self._random_state.permutation(self._count) if self._shuffle else numpy.arange(self._count)

    def input_builder(self):
        """Makes the placeholders, 'input' and 'output': (input, output), the latter None without labels."""
        self._input = _placeholders(self._x, 'input', _example_shape)
        self._output = None if self._y is None else _placeholders(self._y, 'output', _label_shape)
        return self._input, self._output

    def feed(self):
        """The feeds of the next batch. StopIteration after the last epoch."""
        if self._max_epochs is not None and self._epoch >= self._max_epochs:
            raise StopIteration
        rows = self._indices[self._offset:self._offset + self._batch_size]
        self._offset += self._batch_size
        if self._offset >= self._count:
            self._indices = self._order()
            self._offset = 0
            self._epoch += 1
        feeds = {}
        _add_feeds(feeds, self._input, self._x, rows, _example_shape)
        if self._output is not None:
            _add_feeds(feeds, self._output, self._y, rows, _label_shape)
        return feeds


def _example_shape(array):
    """The shape of an example, which is a vector at least."""
    return list(array.shape[1:]) or [1]


def _label_shape(array):
    """The shape of a label: a column of labels counts as a vector."""
    shape = list(array.shape[1:])
    return shape[1:] if shape and shape[0] == 1 else shape


def _placeholders(data, prefix, shape_of):
    def made(name, array):
        return placeholder(dtypes.as_dtype(array.dtype), [None] + shape_of(array), name=name)
    if isinstance(data, dict):
        return {key: made(f'{prefix}_{key}', array) for key, array in data.items()}
    return made(prefix, data)


def _add_feeds(feeds, placeholders, data, rows, shape_of):
    named = zip(placeholders.values(), data.values()) if isinstance(data, dict) else [(placeholders, data)]
    for tensor, array in named:
        feeds[tensor] = array[rows].reshape([len(rows)] + shape_of(array))
