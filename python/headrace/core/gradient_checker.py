"""Gradients against numbers: the Jacobian that the graph computes beside the one that differences of values give."""

import numpy as np

_FLOATS = ('float16', 'bfloat16', 'float32', 'float64', 'complex64', 'complex128')


def _real_view(array):
    """A complex array as real numbers, the imaginary part after the real one; others as they are."""
    array = np.ascontiguousarray(array)
    return array.view(array.real.dtype) if np.iscomplexobj(array) else array


def _numpy_dtype(tensor):
    return np.dtype(tensor.dtype.base_dtype.as_numpy_dtype)


def _parts(tensor):
    """How many real numbers an element consists of."""
    return 2 if _numpy_dtype(tensor).kind == 'c' else 1


def _jacobian(x, x_value, y, y_shape):
    """An array of zeros: a row for each number of x, a column for each of y."""
    rows = x_value.size * _parts(x)
    columns = int(np.prod(y_shape, dtype=np.int64)) * _parts(y)
    dtype = _numpy_dtype(x)
    return np.zeros((rows, columns), np.zeros(0, dtype).real.dtype)


def _theoretical(session, x, x_value, dx, y, y_shape, dy, feeds):
    """The Jacobian of x by `dx`, the gradient that the graph computes from `dy`."""
    jacobian = _jacobian(x, x_value, y, y_shape)
    for column in range(jacobian.shape[1]):
        dy_value = np.zeros(y_shape, _numpy_dtype(y))
        _real_view(dy_value).reshape(-1)[column] = 1
        value = session.run(dx, {**feeds, x: x_value, dy: dy_value})
        if hasattr(value, 'indices'):  # IndexedSlicesValue: rows of x
            dense = np.zeros(x_value.shape, x_value.dtype)
            np.add.at(dense, value.indices, value.values)
            value = dense
        jacobian[:, column] = _real_view(np.asarray(value, x_value.dtype)).reshape(-1)
    return jacobian


def _numeric(session, x, x_value, y, y_shape, delta, feeds):
    """The Jacobian of x by central differences."""
    jacobian = _jacobian(x, x_value, y, y_shape)
    step = jacobian.dtype.type(delta)
    for row in range(jacobian.shape[0]):
        ends = []
        for sign in (1, -1):
            moved = x_value.copy()
            _real_view(moved).reshape(-1)[row] += sign * step
            ends.append(_real_view(session.run(y, {**feeds, x: moved})).reshape(-1))
        jacobian[row] = (ends[0] - ends[1]) / (2 * delta)
    return jacobian


def _jacobians(x, x_shape, y, y_shape, x_init_value, delta, feeds, session):
    import headrace as tf

    for name, tensor in (('x', x), ('y', y)):
        assert tensor.dtype.base_dtype.name in _FLOATS, f"Don't support type {tensor.dtype.base_dtype.name} for {name}"
    dy = tf.identity(tf.constant(1.0, shape=y_shape, dtype=y.dtype))
    gradient = tf.gradients(y, x, dy)[0]
    assert gradient is not None, f'{y.name} does not depend on {x.name}: its gradient is None'
    if x_init_value is None:
        x_value = np.asarray(np.random.random_sample(x_shape), _numpy_dtype(x))
        if _parts(x) == 2:
            x_value.imag = np.random.random_sample(x_shape)
    else:
        x_value = np.array(x_init_value, _numpy_dtype(x))
        assert list(x_shape) == list(x_value.shape), f'x_shape = {x_shape}, init_data shape = {list(x_value.shape)}'
    return (_theoretical(session, x, x_value, gradient, y, y_shape, dy, feeds),
            _numeric(session, x, x_value, y, y_shape, delta, feeds))


def compute_gradient(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None):
    """The Jacobian of y with respect to x, computed twice.

    A complex number counts as two: its real and its imaginary part.

    Args:
      x: a tensor, or a list of tensors.
      x_shape: its shape, a list of integers, or a list of shapes.
      y: a tensor.
      y_shape: its shape, a list of integers.
      x_init_value: the value of x, or a list of values; random by default.
      delta: how far x is moved to each side for the differences.
      init_targets: a list of operations to run first.
      extra_feed_dict: values that are fed in all runs.

    Returns:
      `(theoretical, numeric)`: arrays with a row for each element of x and a column for each of y, or a list of such
      pairs. The first comes from `tf.gradients`, the second from differences.

    Raises:
      AssertionError: y does not depend on x, shapes disagree, or a dtype is no floating-point one.
    """
    import headrace as tf

    session = tf.get_default_session()
    if session is None:
        raise ValueError('compute_gradient needs a default session: call it in a `with tf.Session():` block')
    if init_targets is not None:
        assert isinstance(init_targets, (list, tuple)), 'init_targets must be a list of operations'
        for target in init_targets:
            session.run(target)
    feeds = extra_feed_dict or {}
    if not isinstance(x, list):
        return _jacobians(x, x_shape, y, y_shape, x_init_value, delta, feeds, session)
    values = [None] * len(x) if x_init_value is None else x_init_value
    return [_jacobians(each, shape, y, y_shape, value, delta, feeds, session)
            for each, shape, value in zip(x, x_shape, values)]


def compute_gradient_error(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None,
                           extra_feed_dict=None):
    """The greatest difference between the two Jacobians that `compute_gradient` returns.

    Args:
      x: see `compute_gradient`.
      x_shape: see `compute_gradient`.
      y: see `compute_gradient`.
      y_shape: see `compute_gradient`.
      x_init_value: see `compute_gradient`.
      delta: see `compute_gradient`.
      init_targets: see `compute_gradient`.
      extra_feed_dict: see `compute_gradient`.

    Returns:
      A number.
    """
    result = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    pairs = result if isinstance(result, list) else [result]
    return max((float(np.abs(theoretical - numeric).max()) for theoretical, numeric in pairs if theoretical.size),
               default=0)
