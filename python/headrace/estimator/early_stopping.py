"""Hooks that end a training early: when a metric of the evaluations says so, or at a step."""

import collections
import os
import time

from headrace import logging
from headrace.core.assignments import assign
from headrace.core.basic_hooks import StopAtStepHook, step_tensor
from headrace.core.checkpoints import latest_checkpoint, load_variable
from headrace.core.event_files import summary_iterator
from headrace.core.global_step import get_global_step
from headrace.core.graph import GraphKeys
from headrace.core.initializers import Constant
from headrace.core.run_hooks import SessionRunArgs, SessionRunHook
from headrace.core.step_timer import SecondOrStepTimer
from headrace.core.variable_scope import AUTO_REUSE, get_variable, variable_scope
from headrace.estimator.estimator import Estimator

__all__ = ['make_early_stopping_hook', 'make_stop_at_checkpoint_step_hook', 'stop_if_higher_hook', 'stop_if_lower_hook',
           'stop_if_no_decrease_hook', 'stop_if_no_increase_hook']


def make_early_stopping_hook(estimator, should_stop_fn, run_every_secs=60, run_every_steps=None):
    """A hook that ends the training once a function says so. All workers stop: the chief tells them by a variable.

    Args:
      estimator: the `tf.estimator.Estimator` that is trained; it must save checkpoints where workers are to stop.
      should_stop_fn: a function without arguments that gives a bool.
      run_every_secs: how often it is asked; None where `run_every_steps` says it.
      run_every_steps: after how many steps it is asked.

    Returns:
      A `SessionRunHook` for `estimator.train`, or for the `hooks` of a `TrainSpec`.

    Raises:
      TypeError: `estimator` is none, or `should_stop_fn` is no function.
      ValueError: both intervals are given.
    """
    if not isinstance(estimator, Estimator):
        raise TypeError(f'`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}')
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError('Only one of `run_every_secs` and `run_every_steps` must be set.')
    if estimator.config.is_chief:
        return _StopWhenTrue(should_stop_fn, run_every_secs, run_every_steps)
    return _StopWhenTold()


def stop_if_higher_hook(estimator, metric_name, threshold, eval_dir=None, min_steps=0, run_every_secs=60,
                        run_every_steps=None):
    """Ends the training when a metric of an evaluation has reached a value or is above it.

    Args:
      estimator: the `tf.estimator.Estimator` that is trained.
      metric_name: as the evaluation calls it, such as 'accuracy'.
      threshold: the value.
      eval_dir: where the evaluations' event files are; `estimator.eval_dir()` by default.
      min_steps: evaluations of earlier steps do not count.
      run_every_secs, run_every_steps: as of `make_early_stopping_hook`.

    Returns:
      A `SessionRunHook`.
    """
    return _threshold_hook(estimator, metric_name, threshold, True, eval_dir, min_steps, run_every_secs, run_every_steps)


def stop_if_lower_hook(estimator, metric_name, threshold, eval_dir=None, min_steps=0, run_every_secs=60,
                       run_every_steps=None):
    """Ends the training when a metric of an evaluation has reached a value or is below it. Arguments as of
    `stop_if_higher_hook`."""
    return _threshold_hook(estimator, metric_name, threshold, False, eval_dir, min_steps, run_every_secs,
                           run_every_steps)


def stop_if_no_increase_hook(estimator, metric_name, max_steps_without_increase, eval_dir=None, min_steps=0,
                             run_every_secs=60, run_every_steps=None):
    """Ends the training when a metric of the evaluations has had no new highest value for some steps.

    Args:
      max_steps_without_increase: how many.
      estimator, metric_name, eval_dir, min_steps, run_every_secs, run_every_steps: as of `stop_if_higher_hook`.

    Returns:
      A `SessionRunHook`.
    """
    return _improvement_hook(estimator, metric_name, max_steps_without_increase, True, eval_dir, min_steps,
                             run_every_secs, run_every_steps)


def stop_if_no_decrease_hook(estimator, metric_name, max_steps_without_decrease, eval_dir=None, min_steps=0,
                             run_every_secs=60, run_every_steps=None):
    """Ends the training when a metric of the evaluations, such as 'loss', has had no new lowest value for some steps.

    Args:
      max_steps_without_decrease: how many.
      estimator, metric_name, eval_dir, min_steps, run_every_secs, run_every_steps: as of `stop_if_higher_hook`.

    Returns:
      A `SessionRunHook`.
    """
    return _improvement_hook(estimator, metric_name, max_steps_without_decrease, False, eval_dir, min_steps,
                             run_every_secs, run_every_steps)


def make_stop_at_checkpoint_step_hook(estimator, last_step, wait_after_file_check_secs=30):
    """A hook that ends the training at a step. A worker that is not the chief stops when a checkpoint has that step.

    Args:
      estimator: the `tf.estimator.Estimator` that is trained.
      last_step: the global step.
      wait_after_file_check_secs: how long such a worker waits until it looks for a checkpoint again.

    Returns:
      A `SessionRunHook`.
    """
    if estimator.config.is_chief:
        return StopAtStepHook(last_step=last_step)
    return _StopAtCheckpoint(estimator.model_dir, last_step, wait_after_file_check_secs)


# ---- what evaluations have found ------------------------------------------------------------------------------------


def read_eval_metrics(eval_dir):
    """The numbers in a directory's event files: global step -> name -> value, sorted by step."""
    found = collections.defaultdict(dict)
    files = os.listdir(eval_dir) if os.path.isdir(eval_dir) else []
    for file in sorted(name for name in files if '.tfevents.' in name):
        for event in summary_iterator(os.path.join(eval_dir, file)):
            values = {value.tag: value.simple_value for value in event.summary.value if value.HasField('simple_value')}
            if values:
                found[event.step] = values
    return collections.OrderedDict(sorted(found.items()))


def _values(estimator, metric_name, eval_dir, min_steps):
    """A function that gives (step, value) of each evaluation that counts."""
    eval_dir = eval_dir or estimator.eval_dir()
    return lambda: [(step, metrics[metric_name]) for step, metrics in read_eval_metrics(eval_dir).items()
                    if step >= min_steps]


def _threshold_hook(estimator, metric_name, threshold, higher, eval_dir, min_steps, run_every_secs, run_every_steps):
    values = _values(estimator, metric_name, eval_dir, min_steps)

    def should_stop():
        for step, value in values():
            if value >= threshold if higher else value <= threshold:
                logging.info('At step %s, metric "%s" has value %s which is %s the configured threshold (%s) for early '
                             'stopping.', step, metric_name, value,
                             'higher than' if higher else 'lower than', threshold)
                return True
        return False

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


def _improvement_hook(estimator, metric_name, most_steps, higher, eval_dir, min_steps, run_every_secs, run_every_steps):
    values = _values(estimator, metric_name, eval_dir, min_steps)

    def should_stop():
        best, best_step = None, None
        for step, value in values():
            if best is None or (value > best if higher else value < best):
                best, best_step = value, step
            if step - best_step >= most_steps:
                logging.info('No %s in metric "%s" for %s steps, which is greater than or equal to max steps (%s) '
                             'configured for early stopping.', 'increase' if higher else 'decrease', metric_name,
                             step - best_step, most_steps)
                return True
        return False

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


# ---- hooks ----------------------------------------------------------------------------------------------------------


def _stop_variable():
    """By which the chief tells all workers to stop."""
    with variable_scope('signal_early_stopping', reuse=AUTO_REUSE):
        return get_variable('STOP', shape=[], dtype='bool', initializer=Constant(False), trainable=False,
                            collections=[GraphKeys.GLOBAL_VARIABLES])


class _StopWhenTrue(SessionRunHook):
    """Of the chief."""

    def __init__(self, should_stop_fn, run_every_secs, run_every_steps):
        if not callable(should_stop_fn):
            raise TypeError('`should_stop_fn` must be callable.')
        self._should_stop = should_stop_fn
        self._timer = SecondOrStepTimer(every_secs=run_every_secs, every_steps=run_every_steps)

    def begin(self):
        self._timer.reset()
        self._step = get_global_step()
        self._stop = assign(_stop_variable(), True)

    def before_run(self, run_context):
        return SessionRunArgs(self._step)

    def after_run(self, run_context, run_values):
        step = run_values.results
        if not self._timer.should_trigger_for_step(step):
            return
        self._timer.update_last_triggered_step(step)
        if self._should_stop():
            logging.info('Requesting early stopping at global step %d', step)
            run_context.session.run(self._stop)
            run_context.request_stop()


class _StopWhenTold(SessionRunHook):
    """Of the other workers."""

    def begin(self):
        self._stop = _stop_variable()

    def before_run(self, run_context):
        return SessionRunArgs(self._stop)

    def after_run(self, run_context, run_values):
        if run_values.results:
            logging.info('Early stopping requested, suspending run.')
            run_context.request_stop()


class _StopAtCheckpoint(SessionRunHook):
    """Stops when the checkpoints have come to a step."""

    def __init__(self, model_dir, last_step, wait_secs):
        if last_step is None:
            raise ValueError('last_step must be specified.')
        if model_dir is None:
            raise ValueError('model_dir must be specified.')
        self._model_dir, self._last_step, self._wait_secs = model_dir, last_step, wait_secs

    def begin(self):
        self._step = step_tensor(self)

    def before_run(self, run_context):
        return SessionRunArgs(self._step)

    def after_run(self, run_context, run_values):
        if run_values.results + 1 < self._last_step:
            return
        while True:
            saved = self._saved_step()
            if saved is not None and saved >= self._last_step:
                break
            logging.info('Waiting for a checkpoint at step %d.', self._last_step)
            time.sleep(self._wait_secs)
        run_context.request_stop()

    def _saved_step(self):
        path = latest_checkpoint(self._model_dir)
        return None if path is None else int(load_variable(path, GraphKeys.GLOBAL_STEP))
