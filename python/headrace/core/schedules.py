"""Learning rates that change with the step: `tf.train.exponential_decay` and its kin."""

from headrace import _headrace as _c

__all__ = ['exponential_decay', 'natural_exp_decay', 'inverse_time_decay', 'polynomial_decay', 'cosine_decay',
           'linear_cosine_decay']


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
    """From learning_rate to end_learning_rate in decay_steps, by (1 - global_step / decay_steps) ^ power."""
    if cycle:
        raise NotImplementedError('polynomial_decay(cycle=True) needs tf.cond, which is not there yet')
    return _c.polynomial_decay(learning_rate, global_step, decay_steps, end_learning_rate=end_learning_rate, power=power,
                               name=name)


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """From learning_rate to alpha * learning_rate in decay_steps, by half a period of a cosine."""
    return _c.cosine_decay(learning_rate, global_step, decay_steps, alpha=alpha, name=name)


def linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=0.5, alpha=0.0, beta=0.001, name=None):
    """learning_rate * ((alpha + linear) * cosine + beta): Bello et al., Neural optimizer search with RL, 2017."""
    return _c.linear_cosine_decay(learning_rate, global_step, decay_steps, num_periods=num_periods, alpha=alpha, beta=beta,
                                  name=name)
