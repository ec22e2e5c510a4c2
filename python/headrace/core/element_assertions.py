"""Assertions about the elements of tensors, which fail runs where they do not hold.

They take the same arguments: `data` is a list of tensors and texts to be told in place of the compared tensors,
`summarize` how many elements of each are told (3 where it is left out), `message` a text before all others, `name` the
name scope. They give operations for `tf.control_dependencies`. Tensors that are known while the graph is built are
compared at once: InvalidArgumentError.
"""

from headrace import _headrace as _c

__all__ = ['assert_equal', 'assert_greater', 'assert_greater_equal', 'assert_less', 'assert_less_equal', 'assert_near',
           'assert_negative', 'assert_non_negative', 'assert_non_positive', 'assert_none_equal', 'assert_positive',
           'is_non_decreasing', 'is_strictly_increasing']


def assert_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Asserts that all elements are equal, `x` and `y` being broadcast."""
    return _c.assert_equal(x, y, data=data, summarize=summarize, message=message, name=name)


def assert_none_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Asserts that no element of `x` equals that of `y`."""
    return _c.assert_none_equal(x, y, data=data, summarize=summarize, message=message, name=name)


def assert_less(x, y, data=None, summarize=None, message=None, name=None):
    """Asserts x < y for all elements."""
    return _c.assert_less(x, y, data=data, summarize=summarize, message=message, name=name)


def assert_less_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Asserts x <= y for all elements."""
    return _c.assert_less_equal(x, y, data=data, summarize=summarize, message=message, name=name)


def assert_greater(x, y, data=None, summarize=None, message=None, name=None):
    """Asserts x > y for all elements."""
    return _c.assert_greater(x, y, data=data, summarize=summarize, message=message, name=name)


def assert_greater_equal(x, y, data=None, summarize=None, message=None, name=None):
    """Asserts x >= y for all elements."""
    return _c.assert_greater_equal(x, y, data=data, summarize=summarize, message=message, name=name)


def assert_near(x, y, rtol=None, atol=None, data=None, summarize=None, message=None, name=None):
    """Asserts |x - y| < atol + rtol |y| for all elements of two tensors of floats.

    Args:
      rtol, atol: the tolerances; ten times the distance from 1 to the next number where they are left out.
    """
    return _c.assert_near(x, y, rtol=rtol, atol=atol, data=data, summarize=summarize, message=message, name=name)


def assert_positive(x, data=None, summarize=None, message=None, name=None):
    """Asserts x > 0 for all elements."""
    return _c.assert_positive(x, data=data, summarize=summarize, message=message, name=name)


def assert_negative(x, data=None, summarize=None, message=None, name=None):
    """Asserts x < 0 for all elements."""
    return _c.assert_negative(x, data=data, summarize=summarize, message=message, name=name)


def assert_non_negative(x, data=None, summarize=None, message=None, name=None):
    """Asserts x >= 0 for all elements."""
    return _c.assert_non_negative(x, data=data, summarize=summarize, message=message, name=name)


def assert_non_positive(x, data=None, summarize=None, message=None, name=None):
    """Asserts x <= 0 for all elements."""
    return _c.assert_non_positive(x, data=data, summarize=summarize, message=message, name=name)


def is_non_decreasing(x, name=None):
    """Whether no element of `x`, in row-major order, is less than the one before: a bool scalar."""
    return _c.is_non_decreasing(x, name=name)


def is_strictly_increasing(x, name=None):
    """Whether each element of `x`, in row-major order, is greater than the one before: a bool scalar."""
    return _c.is_strictly_increasing(x, name=name)
