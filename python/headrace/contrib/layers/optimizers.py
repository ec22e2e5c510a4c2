"""Training by one function: `tf.contrib.layers.optimize_loss`."""

from headrace import _headrace as _c
from headrace import summary
from headrace.contrib.framework.checks import assert_scalar
from headrace.core import optimizers
from headrace.core.global_step import assert_global_step, get_global_step
from headrace.core.graph import GraphKeys, IndexedSlices, Tensor, convert_to_tensor, get_collection
from headrace.core.initializers import Constant
from headrace.core.random_functions import truncated_normal
from headrace.core.variable_lists import trainable_variables
from headrace.core.variable_scope import get_variable, variable_scope

__all__ = ['optimize_loss', 'OPTIMIZER_CLS_NAMES', 'OPTIMIZER_SUMMARIES']

OPTIMIZER_CLS_NAMES = {
    'Adagrad': optimizers.AdagradOptimizer,
    'Adam': optimizers.AdamOptimizer,
    'Ftrl': optimizers.FtrlOptimizer,
    'Momentum': lambda learning_rate: optimizers.MomentumOptimizer(learning_rate, momentum=0.9),
    'RMSProp': optimizers.RMSPropOptimizer,
    'SGD': optimizers.GradientDescentOptimizer,
}

OPTIMIZER_SUMMARIES = ['learning_rate', 'loss', 'gradients', 'gradient_norm', 'global_gradient_norm']


def optimize_loss(loss, global_step, learning_rate, optimizer, gradient_noise_scale=None, gradient_multipliers=None,
                  clip_gradients=None, learning_rate_decay_fn=None, update_ops=None, variables=None, name=None,
                  summaries=None, colocate_gradients_with_ops=False, increment_global_step=True):
    """Adds what trains for a step, and summaries of it.

    Args:
      loss: a scalar.
      global_step: the step that is counted; the graph's for None.
      learning_rate: a float, which becomes a variable, or a scalar tensor; None: the optimizer has its own.
      optimizer: an optimizer, its class, its name in OPTIMIZER_CLS_NAMES, or a function that makes one of a rate.
      gradient_noise_scale: the standard deviation of noise that is added to gradients.
      gradient_multipliers: a dict from variables, or their names, to numbers that their gradients are multiplied by.
      clip_gradients: the norm that all gradients together are clipped to, or a function of [(gradient, variable)].
      learning_rate_decay_fn: a function of the rate and the step that gives the rate.
      update_ops: operations that run before the loss is computed; the collection UPDATE_OPS for None.
      variables: what is trained; all trainable variables for None.
      name: of the variable scope; 'OptimizeLoss' for None.
      summaries: which there are, of OPTIMIZER_SUMMARIES; the loss, the rate and the norm of all gradients for None.
      colocate_gradients_with_ops: whether gradients stand beside what they are gradients of.
      increment_global_step: whether the step is counted.

    Returns:
      The loss, once the step is done.

    Raises:
      ValueError: an argument is of another kind, or of no use with the others.
    """
    loss = convert_to_tensor(loss)
    assert_scalar(loss)
    if global_step is None:
        global_step = get_global_step()
    else:
        assert_global_step(global_step)
    with variable_scope(name, 'OptimizeLoss', [loss, global_step]):
        update_ops = dict.fromkeys(get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else update_ops)
        if update_ops:
            loss = _c.with_dependencies([_node(op) for op in update_ops], loss)
        rate = _rate(learning_rate)
        summaries = _checked_summaries(summaries)
        if rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError('global_step is required for learning_rate_decay_fn.')
            rate = learning_rate_decay_fn(rate, global_step)
            if 'learning_rate' in summaries:
                summary.scalar('learning_rate', rate)
        made = _made(optimizer, rate)
        gradients = made.compute_gradients(loss, trainable_variables() if variables is None else variables,
                                           colocate_gradients_with_ops=colocate_gradients_with_ops)
        if gradient_noise_scale is not None:
            gradients = [(_with_noise(gradient, gradient_noise_scale), variable) for gradient, variable in gradients]
        if gradient_multipliers is not None:
            gradients = _multiplied(gradients, gradient_multipliers)
        gradients = _summarized_and_clipped(gradients, loss, clip_gradients, summaries)
        step = made.apply_gradients(gradients, global_step=global_step if increment_global_step else None, name='train')
        return _c.with_dependencies([step], loss)


def _node(op):
    return op.op if isinstance(op, (Tensor, _c.Variable)) else op


def _checked_summaries(summaries):
    if summaries is None:
        return ['loss', 'learning_rate', 'global_gradient_norm']
    for name in summaries:
        if name not in OPTIMIZER_SUMMARIES:
            raise ValueError(f'Summaries should be one of [{", ".join(OPTIMIZER_SUMMARIES)}], you provided {name}.')
    return summaries


def _rate(learning_rate):
    """The rate as a tensor or variable; None for None."""
    if learning_rate is None or (isinstance(learning_rate, Tensor) and learning_rate.get_shape().ndims == 0):
        return learning_rate
    if not isinstance(learning_rate, float):
        raise ValueError(f'Learning rate should be 0d Tensor or float. Got {learning_rate} of type {type(learning_rate)}')
    if learning_rate < 0.0:
        raise ValueError(f'Invalid learning_rate {learning_rate}.')
    return get_variable('learning_rate', [], trainable=False, initializer=Constant(learning_rate))


def _made(optimizer, rate):
    """The optimizer."""
    if isinstance(optimizer, optimizers.Optimizer):
        return optimizer
    is_name, is_class = isinstance(optimizer, str), isinstance(optimizer, type)
    if is_name and optimizer not in OPTIMIZER_CLS_NAMES:
        raise ValueError(f'Optimizer name should be one of [{", ".join(OPTIMIZER_CLS_NAMES)}], you provided {optimizer}.')
    if (is_name or is_class) and rate is None:
        raise ValueError(f'Learning rate is None, but should be specified if optimizer is a name or a class ({optimizer}).')
    if is_name:
        return OPTIMIZER_CLS_NAMES[optimizer](learning_rate=rate)
    if is_class and issubclass(optimizer, optimizers.Optimizer):
        return optimizer(learning_rate=rate)
    if not callable(optimizer):
        raise ValueError('Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass of Optimizer '
                         f'or function with one argument. Got {optimizer}.')
    made = optimizer() if rate is None else optimizer(rate)
    if not isinstance(made, optimizers.Optimizer):
        raise ValueError(f'Unrecognized optimizer: function should return subclass of Optimizer. Got {made}.')
    return made


def _with_noise(gradient, scale):
    if gradient is None:
        return None
    shape = gradient.dense_shape if isinstance(gradient, IndexedSlices) else gradient.get_shape()
    return gradient + truncated_normal(shape) * scale


def _multiplied(gradients, multipliers):
    """The gradients, those of some variables multiplied. ValueError for none."""
    found = []
    for gradient, variable in gradients:
        key = variable if variable in multipliers else variable.name
        if gradient is not None and key in multipliers:
            multiplier = _c.tf_cast(multipliers[key], gradient.dtype)
            if isinstance(gradient, IndexedSlices):
                gradient = IndexedSlices(gradient.values * multiplier, gradient.indices, gradient.dense_shape)
            else:
                gradient = gradient * multiplier
        found.append((gradient, variable))
    if not found:
        raise ValueError('Empty list of (gradient, var) pairs encountered: gradient_multipliers leave nothing to train.')
    return found


def _summarized_and_clipped(gradients, loss, clip_gradients, summaries):
    from headrace import clip_by_global_norm, global_norm
    wants_norm = 'global_gradient_norm' in summaries or 'gradient_norm' in summaries
    if wants_norm:
        summary.scalar('global_norm/gradient_norm', global_norm([gradient for gradient, _ in gradients]))
    if isinstance(clip_gradients, float):
        clipped, _ = clip_by_global_norm([gradient for gradient, _ in gradients], clip_gradients)
        gradients = list(zip(clipped, [variable for _, variable in gradients]))
    elif callable(clip_gradients):
        gradients = clip_gradients(gradients)
    elif clip_gradients is not None:
        raise ValueError(f'Unknown type {type(clip_gradients)} for clip_gradients')
    if 'loss' in summaries:
        summary.scalar('loss', loss)
    for gradient, variable in gradients:
        if gradient is None:
            continue
        values = gradient.values if isinstance(gradient, IndexedSlices) else gradient
        name = variable.name.replace(':', '_')
        if 'gradients' in summaries:
            summary.histogram(f'gradients/{name}', values)
        if 'gradient_norm' in summaries:
            summary.scalar(f'gradient_norm/{name}', global_norm([values]))
    if clip_gradients is not None and wants_norm:
        summary.scalar('global_norm/clipped_gradient_norm', global_norm([gradient for gradient, _ in gradients]))
    return gradients
