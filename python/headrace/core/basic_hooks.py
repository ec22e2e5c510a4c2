"""Hooks that stop a loop, watch it, and feed it."""

import time

import numpy

from headrace import errors
from headrace.core.event_files import FileWriterCache
from headrace.core.global_step import get_global_step, get_or_create_global_step_read
from headrace.core.graph import get_default_graph
from headrace.core.run_hooks import SessionRunArgs, SessionRunHook
from headrace.core.step_timer import NeverTriggerTimer, SecondOrStepTimer

__all__ = ['FeedFnHook', 'FinalOpsHook', 'GlobalStepWaiterHook', 'LoggingTensorHook', 'NanLossDuringTrainingError',
           'NanTensorHook', 'StepCounterHook', 'StopAtStepHook']


def step_tensor(hook):
    """The tensor of the global step that a hook reads. RuntimeError where the graph has no global step."""
    tensor = get_or_create_global_step_read()
    if tensor is None:
        raise RuntimeError(f'Global step should be created to use {type(hook).__name__}.')
    return tensor


def _element(fetch):
    """A tensor or operation of the default graph; a name without ':' is that of an operation's only output."""
    graph = get_default_graph()
    if not isinstance(fetch, str):
        if getattr(fetch, 'graph', None) is not graph:
            raise ValueError(f'Passed {fetch} should have graph attribute that is equal to current graph {graph}.')
        return fetch
    if ':' in fetch:
        return graph.as_graph_element(fetch)
    element = graph.as_graph_element(fetch + ':0')
    if len(element.op.outputs) > 1:
        raise ValueError(f'Name {fetch} is ambiguous, as this `Operation` has multiple outputs (at least 2).')
    return element


class StopAtStepHook(SessionRunHook):
    """Stops after a number of steps, or at a step."""

    def __init__(self, num_steps=None, last_step=None):
        """
        Args:
          num_steps: how many steps there are from the one that the session begins at.
          last_step: the global step to stop at.

        Raises:
          ValueError: not exactly one is given.
        """
        if num_steps is None and last_step is None:
            raise ValueError('One of num_steps or last_step must be specified.')
        if num_steps is not None and last_step is not None:
            raise ValueError('Only one of num_steps or last_step can be specified.')
        self._num_steps, self._last_step = num_steps, last_step

    def begin(self):
        self._global_step_tensor = step_tensor(self)

    def after_create_session(self, session, coord):
        if self._last_step is None:
            self._last_step = session.run(self._global_step_tensor) + self._num_steps

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        if run_values.results + 1 < self._last_step:
            return
        if run_context.session.run(self._global_step_tensor) >= self._last_step:  # which the run may not have moved
            run_context.request_stop()


class LoggingTensorHook(SessionRunHook):
    """Logs values every so many runs or seconds, and at the end."""

    def __init__(self, tensors, every_n_iter=None, every_n_secs=None, at_end=False, formatter=None):
        """
        Args:
          tensors: a dict from what is printed to tensors or their names, or a list of these.
          every_n_iter: logs every so many runs.
          every_n_secs: logs every so many seconds.
          at_end: logs at the end, and then only where neither of the others is given.
          formatter: a function from a dict of values to the line; 'tag = value, ...' for None.

        Raises:
          ValueError: both intervals are given, or nothing, or an interval below 1.
        """
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError('either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.')
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f'invalid every_n_iter={every_n_iter}.')
        if isinstance(tensors, dict):
            self._tag_order, self._tensors = sorted(tensors), tensors
        else:
            self._tag_order, self._tensors = tensors, {item: item for item in tensors}
        self._formatter = formatter
        self._timer = (NeverTriggerTimer() if only_at_end else
                       SecondOrStepTimer(every_secs=every_n_secs, every_steps=every_n_iter))
        self._log_at_end = at_end

    def begin(self):
        self._timer.reset()
        self._iter_count = 0
        self._current_tensors = {tag: _element(tensor) for tag, tensor in self._tensors.items()}

    def before_run(self, run_context):
        self._should_trigger = self._timer.should_trigger_for_step(self._iter_count)
        return SessionRunArgs(self._current_tensors) if self._should_trigger else None

    def after_run(self, run_context, run_values):
        if self._should_trigger:
            self._log_tensors(run_values.results)
        self._iter_count += 1

    def end(self, session):
        if self._log_at_end:
            self._log_tensors(session.run(self._current_tensors))

    def _log_tensors(self, tensor_values):
        from headrace import logging
        elapsed_secs, _ = self._timer.update_last_triggered_step(self._iter_count)
        if self._formatter:
            logging.info(self._formatter(tensor_values))
            return
        with numpy.printoptions(suppress=True):
            stats = ', '.join('%s = %s' % (tag, tensor_values[tag]) for tag in self._tag_order)
        if elapsed_secs is None:
            logging.info('%s', stats)
        else:
            logging.info('%s (%.3f sec)', stats, elapsed_secs)


class StepCounterHook(SessionRunHook):
    """Logs how many global steps a second there are, and writes that into an event file."""

    def __init__(self, every_n_steps=100, every_n_secs=None, output_dir=None, summary_writer=None):
        """
        Args:
          every_n_steps, every_n_secs: how often; one of them is None.
          output_dir: the directory of the event file; none for None.
          summary_writer: a writer in place of it.

        Raises:
          ValueError: both intervals are given, or none.
        """
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError('exactly one of every_n_steps and every_n_secs should be provided.')
        self._timer = SecondOrStepTimer(every_steps=every_n_steps, every_secs=every_n_secs)
        self._summary_writer, self._output_dir = summary_writer, output_dir
        self._last_global_step = None

    def begin(self):
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = FileWriterCache.get(self._output_dir)
        self._global_step_tensor = step_tensor(self)
        self._summary_tag = get_global_step().op.name + '/sec'

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        stale_global_step = run_values.results
        if self._timer.should_trigger_for_step(stale_global_step + 1):
            global_step = run_context.session.run(self._global_step_tensor)
            if self._timer.should_trigger_for_step(global_step):
                elapsed_time, elapsed_steps = self._timer.update_last_triggered_step(global_step)
                if elapsed_time is not None:
                    self._log_and_record(elapsed_steps, elapsed_time, global_step)
        self._warn_of_standstill(stale_global_step)
        self._last_global_step = stale_global_step

    def _log_and_record(self, elapsed_steps, elapsed_time, global_step):
        from headrace import logging
        steps_per_sec = elapsed_steps / elapsed_time
        if self._summary_writer is not None:
            from headrace.core.protos import Summary
            value = Summary.Value(tag=self._summary_tag, simple_value=steps_per_sec)
            self._summary_writer.add_summary(Summary(value=[value]), global_step)
        logging.info('%s: %g', self._summary_tag, steps_per_sec)

    def _warn_of_standstill(self, stale_global_step):
        if stale_global_step == self._last_global_step:
            from headrace import logging
            logging.log_first_n(logging.WARN, 'The global step was %s before two runs in a row. Pass '
                                'tf.train.get_global_step() to Optimizer.apply_gradients or Optimizer.minimize, so that '
                                'training steps are counted.', 5, stale_global_step)


class NanLossDuringTrainingError(RuntimeError):
    """The loss was not a number."""

    def __str__(self):
        return 'NaN loss during training.'


class NanTensorHook(SessionRunHook):
    """Stops where a loss is not a number."""

    def __init__(self, loss_tensor, fail_on_nan_loss=True):
        """`loss_tensor`: the loss; `fail_on_nan_loss`: raises NanLossDuringTrainingError, where False stops the loop."""
        self._loss_tensor, self._fail_on_nan_loss = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context):
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context, run_values):
        if not numpy.isnan(run_values.results):
            return
        from headrace import logging
        message = 'Model diverged with loss = NaN.'
        if self._fail_on_nan_loss:
            logging.error(message)
            raise NanLossDuringTrainingError
        logging.warning(message)
        run_context.request_stop()


class GlobalStepWaiterHook(SessionRunHook):
    """Holds the loop up until the global step has come to a value, as other workers move it."""

    def __init__(self, wait_until_step):
        self._wait_until_step = wait_until_step

    def begin(self):
        self._worker_is_started = False
        self._global_step_tensor = step_tensor(self)

    def before_run(self, run_context):
        if self._worker_is_started:
            return None
        from headrace import logging
        if self._wait_until_step <= 0:
            self._worker_is_started = True
            return None
        logging.info('Waiting for global step %d before starting training.', self._wait_until_step)
        last_logged_step = 0
        while True:
            current_step = run_context.session.run(self._global_step_tensor)
            if current_step >= self._wait_until_step:
                logging.info('Starting training now.')
                self._worker_is_started = True
                return None
            if current_step - last_logged_step > 1000:
                logging.info('Waiting for global step %d before starting training. Current step is %d.',
                             self._wait_until_step, current_step)
                last_logged_step = current_step
            time.sleep(0.5)


class FinalOpsHook(SessionRunHook):
    """Runs something once, at the end."""

    def __init__(self, final_ops, final_ops_feed_dict=None):
        """`final_ops`: fetches, in any structure; `final_ops_feed_dict`: their feeds."""
        self._final_ops, self._final_ops_feed_dict = final_ops, final_ops_feed_dict
        self._final_ops_values = None

    @property
    def final_ops_values(self):
        """The values; None before the end."""
        return self._final_ops_values

    def end(self, session):
        if self._final_ops is None:
            return
        try:
            self._final_ops_values = session.run(self._final_ops, feed_dict=self._final_ops_feed_dict)
        except (errors.OutOfRangeError, StopIteration) as error:
            from headrace import logging
            logging.warning('FinalOpsHook ran into the end of its input: its operations read what the loop has used up. '
                            'Type: %s, error message: %s', type(error), error)
            raise


class FeedFnHook(SessionRunHook):
    """Feeds each run what a function gives."""

    def __init__(self, feed_fn):
        """`feed_fn`: a function without arguments that gives a dict of feeds."""
        self.feed_fn = feed_fn

    def before_run(self, run_context):
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())
