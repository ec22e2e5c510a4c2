"""Training steps made of a loss and an optimizer, and their loop."""

from headrace import _headrace as _c
from headrace import _ops, summary
from headrace.core.control import group  # noqa: F401
from headrace.core.global_step import get_or_create_global_step
from headrace.core.graph import (
    GraphKeys, IndexedSlices, control_dependencies, convert_to_tensor, get_collection_ref, get_default_graph, name_scope)
from headrace.core.math_functions import clip_by_norm, global_norm
from headrace.core.monitored_session import MonitoredTrainingSession
from headrace.core.optimizers import Optimizer
from headrace.core.variable_lists import trainable_variables

__all__ = ['add_gradients_summaries', 'clip_gradient_norms', 'clip_gradient_norms_fn', 'create_train_op',
           'multiply_gradients', 'train']

_USE_GLOBAL_STEP = 0


def summarize_gradients_as(pattern, grads_and_vars):
    """Summaries of gradients and their norms; `pattern` says how the tag follows from the variable's name."""
    summaries = []
    for gradient, variable in grads_and_vars:
        if gradient is None:
            from headrace import logging
            logging.info('Var %s has no gradient', variable.op.name)
            continue
        values = gradient.values if isinstance(gradient, IndexedSlices) else gradient
        summaries.append(summary.histogram(pattern % (variable.op.name, 'gradient'), values))
        summaries.append(summary.scalar(pattern % (variable.op.name, 'gradient_norm'), global_norm([values])))
    return summaries


def add_gradients_summaries(grads_and_vars):
    """Summaries of gradients and their norms; the list of them."""
    return summarize_gradients_as('%s_%s', grads_and_vars)


def clip_gradient_norms(gradients_to_variables, max_norm):
    """Each gradient with a norm of at most `max_norm`.

    Args:
      gradients_to_variables: pairs of gradients and variables.
      max_norm: a number.

    Returns:
      A list of such pairs.
    """
    clipped = []
    for gradient, variable in gradients_to_variables:
        if isinstance(gradient, IndexedSlices):
            gradient = IndexedSlices(clip_by_norm(gradient.values, max_norm), gradient.indices, gradient.dense_shape)
        elif gradient is not None:
            gradient = clip_by_norm(gradient, max_norm)
        clipped.append((gradient, variable))
    return clipped


def clip_gradient_norms_fn(max_norm):
    """`clip_gradient_norms` as a function of the pairs alone."""
    return lambda gradients_to_variables: clip_gradient_norms(gradients_to_variables, max_norm)


def multiply_gradients(grads_and_vars, gradient_multipliers):
    """Gradients times numbers.

    Args:
      grads_and_vars: a list of pairs of gradients and variables.
      gradient_multipliers: a dict from variables, or their names, to numbers or tensors.

    Returns:
      A list of such pairs. ValueError for other arguments, and where a gradient to be multiplied is None.
    """
    return multiply_with(grads_and_vars, gradient_multipliers, lambda value, dtype: convert_to_tensor(value, dtype))


def multiply_with(grads_and_vars, gradient_multipliers, as_tensor):
    """`multiply_gradients`; `as_tensor` makes a tensor of a multiplier and a dtype."""
    if not isinstance(grads_and_vars, list):
        raise ValueError('`grads_and_vars` must be a list.')
    if not gradient_multipliers:
        raise ValueError('`gradient_multipliers` is empty.')
    if not isinstance(gradient_multipliers, dict):
        raise ValueError('`gradient_multipliers` must be a dict.')
    multiplied = []
    for gradient, variable in grads_and_vars:
        key = variable if variable in gradient_multipliers else variable.op.name
        if key in gradient_multipliers:
            if gradient is None:
                raise ValueError('Requested multiple of `None` gradient.')
            factor = as_tensor(gradient_multipliers[key], gradient.dtype)
            if isinstance(gradient, IndexedSlices):
                gradient = IndexedSlices(gradient.values * factor, gradient.indices, gradient.dense_shape)
            else:
                gradient *= factor
        multiplied.append((gradient, variable))
    return multiplied


def create_train_op(total_loss, optimizer, global_step=_USE_GLOBAL_STEP, update_ops=None, variables_to_train=None,
                    transform_grads_fn=None, summarize_gradients=False, gate_gradients=Optimizer.GATE_OP,
                    aggregation_method=None, colocate_gradients_with_ops=False, check_numerics=True):
    """A tensor whose run does a step of training and gives the loss.

    Args:
      total_loss: the loss.
      optimizer: an Optimizer.
      global_step: what counts the steps; None: nothing; that of the graph where left out.
      update_ops: operations that run before the loss; those of the collection UPDATE_OPS where left out.
      variables_to_train: the variables; all that are trained where left out.
      transform_grads_fn: a function from pairs of gradients and variables to such pairs.
      summarize_gradients: whether gradients are summarized.
      gate_gradients, aggregation_method, colocate_gradients_with_ops: as of `Optimizer.compute_gradients`.
      check_numerics: whether a loss that is not finite is an error.

    Returns:
      A tensor, which is in the collection TRAIN_OP.
    """
    return train_op_with(add_gradients_summaries, total_loss, optimizer, global_step, update_ops, variables_to_train,
                         transform_grads_fn, summarize_gradients, gate_gradients, aggregation_method,
                         colocate_gradients_with_ops, check_numerics)


def train_op_with(add_summaries, total_loss, optimizer, global_step, update_ops, variables_to_train, transform_grads_fn,
                  summarize_gradients, gate_gradients, aggregation_method, colocate_gradients_with_ops, check_numerics):
    """`create_train_op`; `add_summaries` summarizes gradients."""
    if global_step is _USE_GLOBAL_STEP:
        global_step = get_or_create_global_step()
    known = get_default_graph().get_collection(GraphKeys.UPDATE_OPS)
    updates = known if update_ops is None else list(update_ops)
    if any(update not in updates for update in known):
        from headrace import logging
        logging.warning('update_ops in create_train_op does not contain all the update_ops in GraphKeys.UPDATE_OPS')
    if updates:
        with control_dependencies(updates):
            barrier = _ops.no_op(name='update_barrier')
        total_loss = _c.with_dependencies([barrier], total_loss)
    variables = trainable_variables() if variables_to_train is None else variables_to_train
    assert variables and all(variable.trainable for variable in variables)
    gradients = optimizer.compute_gradients(
        total_loss, variables, gate_gradients=gate_gradients, aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops)
    if transform_grads_fn:
        gradients = transform_grads_fn(gradients)
    if summarize_gradients:
        with name_scope('summarize_grads'):
            add_summaries(gradients)
    applied = optimizer.apply_gradients(gradients, global_step=global_step)
    with name_scope('train_op'):
        if check_numerics:
            total_loss = _ops.check_numerics(total_loss, 'LossTensor is inf or nan')
        train_op = _c.with_dependencies([applied], total_loss)
    train_ops = get_collection_ref(GraphKeys.TRAIN_OP)
    if not any(train_op is known_op for known_op in train_ops):
        train_ops.append(train_op)
    return train_op


def train(train_op, logdir, master='', is_chief=True, scaffold=None, hooks=None, chief_only_hooks=None,
          save_checkpoint_secs=600, save_summaries_steps=100, config=None, max_wait_secs=7200, run_metadata=None):
    """Runs a step of training until a hook stops or the input ends.

    Args:
      train_op: what is run.
      logdir: where checkpoints and summaries go; None with neither.
      master, is_chief, scaffold, hooks, chief_only_hooks, save_checkpoint_secs, save_summaries_steps, config,
        max_wait_secs: as of MonitoredTrainingSession.
      run_metadata: a RunMetadata that the runs fill.

    Returns:
      The value of the last run, or None. ValueError without a directory for what is saved.
    """
    if logdir is None and is_chief:
        if save_summaries_steps:
            raise ValueError('logdir cannot be None when save_summaries_steps is not None')
        if save_checkpoint_secs:
            raise ValueError('logdir cannot be None when save_checkpoint_secs is not None')
    with MonitoredTrainingSession(
            master=master, is_chief=is_chief, checkpoint_dir=logdir, scaffold=scaffold, hooks=hooks,
            chief_only_hooks=chief_only_hooks, save_checkpoint_secs=save_checkpoint_secs,
            save_summaries_steps=save_summaries_steps, config=config, max_wait_secs=max_wait_secs) as session:
        loss = None
        while not session.should_stop():
            loss = session.run(train_op, run_metadata=run_metadata)
    return loss
