"""Input functions over arrays in memory: `tf.estimator.inputs`."""

import collections
import uuid

import numpy as np

from headrace.estimator.feeding import enqueue_data

_TARGET_KEY, _ALONE = '__target_key__', '__direct_np_input__'


def _check_shuffle(shuffle):
    if not isinstance(shuffle, bool):
        raise ValueError('shuffle must be provided and explicitly set as boolean (it is recommended to set it as True '
                         f'for training); got {shuffle}')


def _sorted_dict(arrays):
    return collections.OrderedDict(sorted(arrays.items(), key=lambda item: item[0]))


def _features_of(x):
    if isinstance(x, dict):
        if not x:
            raise ValueError('x cannot be an empty dict')
        return _sorted_dict(x)
    if isinstance(x, np.ndarray):
        if x.size == 0:
            raise ValueError('x cannot be an empty array')
        return collections.OrderedDict({_ALONE: x})
    raise TypeError(f'x must be a dict or array; got {type(x).__name__}')


def _add_targets(data, y):
    """Adds targets to the arrays; gives their keys, one where `y` is an array."""
    if isinstance(y, dict):
        if not y:
            raise ValueError('y cannot be empty dict, use None instead.')
        targets = _sorted_dict(y)
        twice = set(data) & set(targets)
        if twice:
            raise ValueError(f'{len(twice)} duplicate keys are found in both x and y: {twice}')
        data.update(targets)
        return list(targets)
    key = _TARGET_KEY
    while key in data:
        key += '_n'
    data[key] = y
    return key


def _check_lengths(data, features, targets, y):
    if len({array.shape[0] for array in data.values()}) == 1:
        return
    x_shapes = {key: data[key].shape for key in features}
    y_shapes = (None if targets is None else y.shape if isinstance(targets, str)
                else {key: data[key].shape for key in targets})
    raise ValueError('Length of tensors in x and y is mismatched. All elements in x and y must have the same length.\n'
                     f'Shapes in x: {x_shapes}\nShapes in y: {y_shapes}\n')


def numpy_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None, queue_capacity=1000, num_threads=1):
    """An input function that gives batches of arrays.

    Args:
      x: an array, or a dict of arrays, with a row for each example.
      y: targets, likewise; none for None.
      batch_size: how many examples make a batch.
      num_epochs: how often all examples come; without end for None.
      shuffle: whether they come in random order: a bool, which must be given.
      queue_capacity: how many examples wait.
      num_threads: how many threads read.

    Returns:
      A function without arguments that gives features, or (features, targets).
    """
    _check_shuffle(shuffle)

    def input_fn():
        data = _features_of(x)
        features = list(data)
        targets = None if y is None else _add_targets(data, y)
        _check_lengths(data, features, targets, y)
        queue = enqueue_data(data, queue_capacity, shuffle=shuffle, num_threads=num_threads, enqueue_size=batch_size,
                             num_epochs=num_epochs)
        take = queue.dequeue_many if num_epochs is None else queue.dequeue_up_to
        batch = dict(zip(data, take(batch_size)[1:]))
        given = batch[_ALONE] if isinstance(x, np.ndarray) else {key: batch[key] for key in features}
        if targets is None:
            return given
        return given, batch[targets] if isinstance(targets, str) else {key: batch[key] for key in targets}
    return input_fn


def _frame_with_targets(x, y, target_column):
    """A frame of features and targets, and the names of the columns of targets by the names they get in the result."""
    import pandas as pd
    if target_column in x:
        raise ValueError(f'Cannot use name {target_column} for target column: DataFrame already has a column with that '
                         f'name: {x.columns}')
    if not np.array_equal(x.index, y.index):
        raise ValueError(f'Index for x and y are mismatched.\nIndex for x: {x.index}\nIndex for y: {y.index}\n')
    if not isinstance(y, pd.DataFrame):
        x[target_column] = y
        return target_column
    columns = {name: f'{name}_{uuid.uuid4()}' if name in x else name for name in y}
    x[list(columns.values())] = y
    return columns


def pandas_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=None, queue_capacity=1000, num_threads=1,
                    target_column='target'):
    """An input function that gives batches of a pandas DataFrame's columns.

    Args:
      x: a DataFrame of features.
      y: a Series or a DataFrame of targets with the same index; none for None.
      batch_size, num_epochs, shuffle, num_threads: as of `numpy_input_fn`.
      queue_capacity: how many rows wait; None: all of them, or four times as many where they are shuffled.
      target_column: the name that a Series gets in the frame.

    Returns:
      A function without arguments that gives a dict of tensors, or that and the targets.
    """
    try:
        import pandas  # noqa: F401
    except ImportError:
        raise TypeError('pandas_input_fn should not be called without pandas installed') from None
    _check_shuffle(shuffle)
    if not isinstance(target_column, str):
        raise TypeError('target_column must be a string type')
    x = x.copy()
    targets = None if y is None else _frame_with_targets(x, y, target_column)
    if queue_capacity is None:
        queue_capacity = 4 * len(x) if shuffle else len(x)

    def input_fn():
        queue = enqueue_data(x, queue_capacity, shuffle=shuffle, min_after_dequeue=max(queue_capacity / 4, 1),
                             num_threads=num_threads, enqueue_size=batch_size, num_epochs=num_epochs)
        take = queue.dequeue_many if num_epochs is None else queue.dequeue_up_to
        features = dict(zip(x.columns, take(batch_size)[1:]))
        if targets is None:
            return features
        if isinstance(targets, dict):
            return features, {name: features.pop(column) for name, column in targets.items()}
        target = features.pop(targets)
        return features, target
    return input_fn
