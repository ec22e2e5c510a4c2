"""Learning rates that change with the step: `tf.train.exponential_decay` and its kin."""

from headrace import _headrace as _c

__all__ = ['exponential_decay', 'natural_exp_decay', 'inverse_time_decay', 'polynomial_decay', 'cosine_decay',
           'cosine_decay_restarts', 'linear_cosine_decay', 'noisy_linear_cosine_decay', 'piecewise_constant',
           'piecewise_constant_decay']


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * decay_rate ^ (global_step / decay_steps), a scalar of the rate's dtype.

    Args:
      learning_rate: the first rate, a number or a tensor.
      global_step: the step, a variable, a tensor or a number.
      decay_steps: the number of steps in which the rate falls by decay_rate.
      decay_rate: the factor.
      staircase: takes the whole part of the exponent, so that the rate falls every decay_steps steps.
      name: of the operation.
    """
    return _c.exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=staircase, name=name)


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate * exp(-decay_rate * global_step / decay_steps). Arguments as of exponential_decay."""
    return _c.natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=staircase, name=name)


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """learning_rate / (1 + decay_rate * global_step / decay_steps). Arguments as of exponential_decay."""
    return _c.inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=staircase, name=name)


def polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False,
                     name=None):
    """From learning_rate to end_learning_rate in decay_steps, by (1 - global_step / decay_steps) ^ power. `cycle` begins
    again where the end has come, with decay_steps more in each cycle."""
    return _c.polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate=end_learning_rate, power=power,
                               cycle=cycle, name=name)


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """From learning_rate to alpha * learning_rate in decay_steps, by half a period of a cosine."""
    return _c.cosine_decay(learning_rate, global_step, decay_steps, alpha=alpha, name=name)


def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """learning_rate * ((alpha + linear) * cosine + beta): Bello et al., Neural optimizer search with RL, 2017."""
    return _c.linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=num_periods, alpha=alpha, beta=beta,
                                  name=name)


def noisy_linear_cosine_decay(learning_rate, global_step, decay_steps, initial_variance=1.0, variance_decay=0.55,
                              num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """`linear_cosine_decay` with noise upon the linear part, of variance
    initial_variance / (1 + global_step) ^ variance_decay."""
    return _c.noisy_linear_cosine_decay(learning_rate, global_step, decay_steps, initial_variance=initial_variance,
                                        variance_decay=variance_decay, num_periods=num_periods, alpha=alpha, beta=beta,
                                        name=name)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
    """By half a period of a cosine again and again (Loshchilov and Hutter, 2017). Each period is t_mul times as long as
    the one before, and begins with m_mul times its rate."""
    return _c.cosine_decay_restarts(learning_rate, global_step, first_decay_steps, t_mul=t_mul, m_mul=m_mul, alpha=alpha,
                                    name=name)


def piecewise_constant(x, boundaries, values, name=None):
    """values[i] where x, a step, is above boundaries[i - 1] and at most boundaries[i].

    Args:
      x: a scalar tensor or a variable.
      boundaries: an increasing list.
      values: a list of one value more.
      name: the name scope.

    Returns:
      A scalar tensor of the values' dtype.

    Raises:
      ValueError: another number of values, values of different dtypes, or boundaries of another dtype than x.
    """
    return _c.piecewise_constant(x, list(boundaries), list(values), name=name)


piecewise_constant_decay = piecewise_constant
