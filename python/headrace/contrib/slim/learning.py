"""Training loops: `slim.learning`."""

import os
import sys
import time

from headrace.contrib.training import training
from headrace.contrib.training.training import clip_gradient_norms  # noqa: F401, a public name of this module
from headrace.core.constants import constant
from headrace.core.control import group
from headrace.core.global_step import get_or_create_global_step, global_step as value_of_step
from headrace.core.graph import Tensor, get_default_graph, name_scope
from headrace.core.math_functions import equal
from headrace.core.optimizers import Optimizer
from headrace.core.public import export
from headrace.core.savers import Saver
from headrace.core.supervisor import Supervisor
from headrace.core.variable_lists import (
    global_variables_initializer, local_variables_initializer, report_uninitialized_variables, tables_initializer)

_USE_GLOBAL_STEP = _USE_DEFAULT = 0


def multiply_gradients(grads_and_vars, gradient_multipliers):
    """Gradients times numbers.

    Args:
      grads_and_vars: a list of pairs of gradients and variables.
      gradient_multipliers: a dict from variables, or their names, to numbers or tensors.

    Returns:
      A list of such pairs. ValueError for other arguments, and where a gradient to be multiplied is None.
    """
    return training.multiply_with(grads_and_vars, gradient_multipliers, lambda value, dtype: value if isinstance(
        value, Tensor) else constant(value, dtype=dtype))


def add_gradients_summaries(grads_and_vars):
    """Summaries of gradients and their norms; the list of them."""
    return training.summarize_gradients_as('%s/%s', grads_and_vars)


def create_train_op(total_loss, optimizer, global_step=_USE_GLOBAL_STEP, update_ops=None, variables_to_train=None,
                    clip_gradient_norm=0, summarize_gradients=False, gate_gradients=Optimizer.GATE_OP,
                    aggregation_method=None, colocate_gradients_with_ops=False, gradient_multipliers=None,
                    check_numerics=True):
    """A tensor whose run does a step of training and gives the loss.

    Args:
      total_loss, optimizer, global_step, update_ops, variables_to_train, summarize_gradients, gate_gradients,
        aggregation_method, colocate_gradients_with_ops, check_numerics: as of tf.contrib.training's.
      clip_gradient_norm: the largest norm of a gradient; 0: any.
      gradient_multipliers: a dict from variables, or their names, to what their gradients are multiplied by.

    Returns:
      A tensor.
    """
    def transform(gradients):
        if gradient_multipliers:
            with name_scope('multiply_grads'):
                gradients = multiply_gradients(gradients, gradient_multipliers)
        if clip_gradient_norm > 0:
            with name_scope('clip_grads'):
                gradients = clip_gradient_norms(gradients, clip_gradient_norm)
        return gradients

    return training.create_train_op(
        total_loss, optimizer, global_step, update_ops, variables_to_train, transform, summarize_gradients, gate_gradients,
        aggregation_method, colocate_gradients_with_ops, check_numerics)


def train_step(sess, train_op, global_step, train_step_kwargs):
    """Does a step of training.

    Args:
      sess: the session.
      train_op: what is run.
      global_step: the counter of the steps.
      train_step_kwargs: a dict with tensors `should_stop`, `should_log` and `should_trace`, and with `logdir` and
        `summary_writer`, as far as they are there.

    Returns:
      (the loss, whether to stop). ValueError for a trace without `logdir`.
    """
    from headrace import logging
    from headrace.core.protos import RunMetadata, RunOptions
    start, options, metadata = time.time(), None, None
    if 'should_trace' in train_step_kwargs:
        if 'logdir' not in train_step_kwargs:
            raise ValueError('logdir must be present in train_step_kwargs when should_trace is present')
        if sess.run(train_step_kwargs['should_trace']):
            options, metadata = RunOptions(trace_level=RunOptions.FULL_TRACE), RunMetadata()
    loss, step = sess.run([train_op, global_step], options=options, run_metadata=metadata)
    elapsed = time.time() - start
    if metadata is not None:
        _write_trace(metadata, step, train_step_kwargs)
    if 'should_log' in train_step_kwargs and sess.run(train_step_kwargs['should_log']):
        logging.info('global step %d: loss = %.4f (%.3f sec/step)', step, loss, elapsed)
    return loss, sess.run(train_step_kwargs['should_stop']) if 'should_stop' in train_step_kwargs else False


def _write_trace(metadata, step, arguments):
    from headrace import logging
    from headrace.python.client.timeline import Timeline
    path = os.path.join(arguments['logdir'], f'tf_trace-{step}.json')
    logging.info('Writing trace to %s', path)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(Timeline(metadata.step_stats).generate_chrome_trace_format())
    if 'summary_writer' in arguments:
        arguments['summary_writer'].add_run_metadata(metadata, f'run_metadata-{step}')


def train(train_op, logdir, train_step_fn=train_step, train_step_kwargs=_USE_DEFAULT, log_every_n_steps=1, graph=None,
          master='', is_chief=True, global_step=None, number_of_steps=None, init_op=_USE_DEFAULT, init_feed_dict=None,
          local_init_op=_USE_DEFAULT, init_fn=None, ready_op=_USE_DEFAULT, summary_op=_USE_DEFAULT,
          save_summaries_secs=600, summary_writer=_USE_DEFAULT, startup_delay_steps=0, saver=None,
          save_interval_secs=600, sync_optimizer=None, session_config=None, session_wrapper=None,
          trace_every_n_steps=None, ignore_live_threads=False):
    """Trains until a number of steps is done or the input ends.

    Args:
      train_op: what is run, as `create_train_op` gives it.
      logdir: where checkpoints and summaries go; None: nowhere.
      train_step_fn, train_step_kwargs: the function that does a step, and its last argument.
      log_every_n_steps: how often the loss is logged; 0: never.
      graph: the graph; the default one where left out.
      master: the target.
      is_chief: whether the task initializes and saves.
      global_step: the counter of the steps; that of the graph where left out.
      number_of_steps: how many; None: any number.
      init_op, init_feed_dict, local_init_op, init_fn, ready_op, summary_op, summary_writer: as of tf.train.Supervisor.
      save_summaries_secs, save_interval_secs: how often summaries and checkpoints are saved.
      startup_delay_steps: at which step a task that is not the chief begins.
      saver: what saves; a Saver of all variables where left out.
      sync_optimizer: optimizers that put the gradients of several tasks together.
      session_config: a ConfigProto.
      session_wrapper: a function from the session to what is used in its place.
      trace_every_n_steps: how often a trace is written; None: never.
      ignore_live_threads: whether threads that go on at the end are no error.

    Returns:
      The loss of the last step.

    Raises:
      ValueError: arguments do not go together.
    """
    _check_arguments(train_op, logdir, summary_op, saver, trace_every_n_steps, sync_optimizer, startup_delay_steps,
                     number_of_steps)
    graph = graph or get_default_graph()
    with graph.as_default():
        if global_step is None:
            global_step = get_or_create_global_step()
        saver = saver or Saver()
        with name_scope('init_ops'):
            if init_op == _USE_DEFAULT:
                init_op = global_variables_initializer()
            if ready_op == _USE_DEFAULT:
                ready_op = report_uninitialized_variables()
            if local_init_op == _USE_DEFAULT:
                local_init_op = group(local_variables_initializer(), tables_initializer())
        if summary_op == _USE_DEFAULT:
            from headrace import summary
            summary_op = summary.merge_all()
        if summary_writer == _USE_DEFAULT:
            summary_writer = Supervisor.USE_DEFAULT
        if train_step_kwargs == _USE_DEFAULT:
            train_step_kwargs = _step_arguments(global_step, number_of_steps, log_every_n_steps,
                                                trace_every_n_steps if is_chief else None, logdir)
    supervisor = Supervisor(
        graph=graph, is_chief=is_chief, logdir=logdir, init_op=init_op, init_feed_dict=init_feed_dict,
        local_init_op=local_init_op, ready_for_local_init_op=None, ready_op=ready_op, summary_op=summary_op,
        summary_writer=summary_writer, global_step=global_step, saver=saver, save_summaries_secs=save_summaries_secs,
        save_model_secs=save_interval_secs, init_fn=init_fn)
    if summary_writer is not None:
        train_step_kwargs['summary_writer'] = supervisor.summary_writer
    from headrace import errors, logging
    while True:
        try:
            with supervisor.managed_session(master, start_standard_services=False, config=session_config) as session:
                logging.info('Starting Session.')
                if session_wrapper is not None:
                    logging.info('Wrapping session with wrapper function: %s', session_wrapper)
                    session = session_wrapper(session)
                if is_chief and logdir:
                    supervisor.start_standard_services(session)
                elif not is_chief and startup_delay_steps > 0:
                    _wait_for_step(session, global_step, min(startup_delay_steps, number_of_steps or sys.maxsize))
                return _loop(supervisor, session, train_op, train_step_fn, global_step, train_step_kwargs, logdir,
                             ignore_live_threads)
        except errors.AbortedError:
            logging.info('Retrying training!')


def _loop(supervisor, session, train_op, train_step_fn, global_step, arguments, logdir, ignore_live_threads):
    from headrace import errors, logging
    threads, loss = supervisor.start_queue_runners(session), None
    logging.info('Starting Queues.')
    try:
        while not supervisor.should_stop():
            loss, should_stop = train_step_fn(session, train_op, global_step, arguments)
            if should_stop:
                logging.info('Stopping Training.')
                supervisor.request_stop()
                break
    except errors.OutOfRangeError as error:
        logging.info('Caught OutOfRangeError. Stopping Training. %s', error)
    if logdir and supervisor.is_chief:
        logging.info('Finished training! Saving model to disk.')
        supervisor.saver.save(session, supervisor.save_path, global_step=supervisor.global_step)
        supervisor.stop(threads, close_summary_writer=True, ignore_live_threads=ignore_live_threads)
    return loss


def _check_arguments(train_op, logdir, summary_op, saver, trace_every_n_steps, sync_optimizer, startup_delay_steps,
                     number_of_steps):
    if train_op is None:
        raise ValueError('train_op cannot be None.')
    if logdir is None:
        for name, given in (('summary_op', summary_op != _USE_DEFAULT), ('saver', saver is not None),
                            ('trace_every_n_steps', trace_every_n_steps is not None)):
            if given:
                raise ValueError(f'Cannot provide {name} because logdir=None')
    if sync_optimizer is not None:
        if startup_delay_steps > 0:
            raise ValueError('startup_delay_steps must be zero when sync_optimizer is supplied.')
        raise NotImplementedError('slim.learning.train with a sync_optimizer is not there yet')
    if number_of_steps is not None and number_of_steps <= 0:
        raise ValueError('`number_of_steps` must be either None or a positive number.')


def _step_arguments(global_step, number_of_steps, log_every_n_steps, trace_every_n_steps, logdir):
    """What `train_step` is told."""
    from headrace import _ops

    def every(count):
        return equal(_ops.floor_mod(global_step, count), 0)

    with name_scope('train_step'):
        arguments = {'should_stop': _ops.greater_equal(global_step, number_of_steps) if number_of_steps else
                     constant(False)}
        if log_every_n_steps > 0:
            arguments['should_log'] = every(log_every_n_steps)
        if trace_every_n_steps is not None:
            arguments.update(should_trace=every(trace_every_n_steps), logdir=logdir)
    return arguments


def _wait_for_step(session, global_step, step):
    while value_of_step(session, global_step) < step:
        time.sleep(1.0)


export(globals())
