"""Penalties on weights."""

import numbers

from headrace import _headrace as _c

__all__ = ['l1_regularizer', 'l2_regularizer', 'l1_l2_regularizer', 'sum_regularizer', 'apply_regularization']


def _none(_):
    return None


def _checked(scale):
    """Whether a penalty is wanted. ValueError for a scale that is an integer or negative."""
    if isinstance(scale, numbers.Integral):
        raise ValueError(f'scale cannot be an integer: {scale}')
    if isinstance(scale, numbers.Real):
        if scale < 0.0:
            raise ValueError(f'Setting a scale less than 0 on a regularizer: {scale:g}.')
        if scale == 0.0:
            from headrace import logging
            logging.info('Scale of 0 disables regularizer.')
            return False
    return True


def l1_regularizer(scale, scope=None):
    """scale * sum(|weights|).

    Args:
      scale: a float, of which 0.0 is no penalty, or a scalar tensor.
      scope: the name scope, 'l1_regularizer' where left out.

    Returns:
      A function from weights to the penalty, a scalar, or to None.
    """
    if not _checked(scale):
        return _none
    if not isinstance(scale, numbers.Real):
        return lambda weights: _c.l1_penalty(scale, weights, name=scope)
    return _c.l1_regularizer(float(scale), name=scope)


def l2_regularizer(scale, scope=None):
    """scale * sum(weights ** 2) / 2. Args and result are as of `l1_regularizer`."""
    if not _checked(scale):
        return _none
    if not isinstance(scale, numbers.Real):
        return lambda weights: _c.l2_penalty(scale, weights, name=scope)
    return _c.l2_regularizer(float(scale), name=scope)


def l1_l2_regularizer(scale_l1=1.0, scale_l2=1.0, scope=None):
    """The sum of both penalties."""
    for name, scale in (('scale_l1', scale_l1), ('scale_l2', scale_l2)):
        if isinstance(scale, numbers.Integral):
            raise ValueError(f'{name} cannot be an integer: {scale}')
    scope = scope or 'l1_l2_regularizer'
    if isinstance(scale_l1, numbers.Real) and scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if isinstance(scale_l2, numbers.Real) and scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope)


def sum_regularizer(regularizer_list, scope=None):
    """The sum of several penalties.

    Args:
      regularizer_list: regularizers, None among them.
      scope: the name scope, 'sum_regularizer' where left out.

    Returns:
      A regularizer; None for an empty list.
    """
    regularizers = [regularizer for regularizer in regularizer_list if regularizer is not None]
    if not regularizers:
        return None
    return lambda weights: _c.sum_of_penalties(regularizers, weights, name=scope)


def apply_regularization(regularizer, weights_list=None):
    """The sum of the penalties on all weights; it becomes one of REGULARIZATION_LOSSES.

    Args:
      regularizer: a function of a tensor.
      weights_list: tensors or variables; the collection WEIGHTS where left out.

    Raises:
      ValueError: there are no weights, or a penalty is no scalar.
    """
    return _c.apply_regularization(regularizer, weights_list or [])
