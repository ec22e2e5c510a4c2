"""Evaluation of checkpoints: runs of a metric's updates, counted in a variable, and then of its value."""

import math
import time

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.assignments import assign_add
from headrace.core.basic_hooks import FinalOpsHook
from headrace.core.checkpoints import latest_checkpoint
from headrace.core.graph import GraphKeys, control_dependencies, get_collection
from headrace.core.monitored_session import MonitoredSession
from headrace.core.run_hooks import SessionRunArgs, SessionRunHook
from headrace.core.session_creators import ChiefSessionCreator
from headrace.core.variable_scope import get_variable

__all__ = ['StopAfterNEvalsHook', 'checkpoints_iterator', 'evaluate_once', 'get_or_create_eval_step',
           'wait_for_new_checkpoint']


def get_or_create_eval_step():
    """The variable that counts runs of an evaluation: of the collection EVAL_STEP, made where that is empty."""
    steps = get_collection(GraphKeys.EVAL_STEP)
    if len(steps) > 1:
        raise ValueError('Multiple tensors added to tf.GraphKeys.EVAL_STEP')
    if steps:
        return steps[0]
    return get_variable('eval_step', shape=[], dtype=dtypes.int64, initializer=_c.zeros_initializer(), trainable=False,
                        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP])


class StopAfterNEvalsHook(SessionRunHook):
    """Stops an evaluation after a number of runs, and logs how far it is."""

    def __init__(self, num_evals, log_progress=True):
        """`num_evals`: how many runs; None: until the input ends."""
        self._num_evals, self._log_progress = num_evals, log_progress
        self._evals_completed = None
        # About ten lines an evaluation, but each run of a short one.
        self._log_frequency = 1 if num_evals is None or num_evals < 20 else math.floor(num_evals / 10.)

    def _set_evals_completed_tensor(self, updated_eval_step):
        self._evals_completed = updated_eval_step

    def before_run(self, run_context):
        return SessionRunArgs({'evals_completed': self._evals_completed})

    def after_run(self, run_context, run_values):
        evals_completed = run_values.results['evals_completed']
        if self._log_progress:
            from headrace import logging
            if self._num_evals is None:
                logging.info('Evaluation [%d]', evals_completed)
            elif evals_completed % self._log_frequency == 0 or self._num_evals == evals_completed:
                logging.info('Evaluation [%d/%d]', evals_completed, self._num_evals)
        if self._num_evals is not None and evals_completed >= self._num_evals:
            run_context.request_stop()


def _counted(eval_ops, counter):
    """What is run: the operations of a dict, a list, or one, and the counter with them."""
    if isinstance(eval_ops, dict):
        return {**eval_ops, 'update_eval_step': counter}
    return [*eval_ops, counter] if isinstance(eval_ops, (list, tuple)) else [eval_ops, counter]


def evaluate_once(checkpoint_path, master='', scaffold=None, eval_ops=None, feed_dict=None, final_ops=None,
                  final_ops_feed_dict=None, hooks=None, config=None):
    """Evaluates a checkpoint.

    Args:
      checkpoint_path: the checkpoint; None initializes the variables instead.
      master: the target.
      scaffold: a Scaffold.
      eval_ops: an operation, or a list or dict of them, that is run until a hook stops or the input ends.
      feed_dict: its feeds.
      final_ops: a fetch, in any structure, that is run at the end.
      final_ops_feed_dict: its feeds.
      hooks: SessionRunHooks.
      config: a ConfigProto.

    Returns:
      The value of `final_ops`.
    """
    from headrace import logging
    eval_step = get_or_create_eval_step()
    hooks = list(hooks or ())
    if eval_ops is not None:
        eval_ops = _counted(eval_ops, assign_add(eval_step, 1, use_locking=True))
        updates = list(eval_ops.values()) if isinstance(eval_ops, dict) else eval_ops
        with control_dependencies(updates):
            eval_step_value = _ops.identity(eval_step.read_value())
        for hook in hooks:
            if isinstance(hook, StopAfterNEvalsHook):
                hook._set_evals_completed_tensor(eval_step_value)
    logging.info('Starting evaluation at ' + time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()))
    creator = ChiefSessionCreator(scaffold=scaffold, checkpoint_filename_with_path=checkpoint_path, master=master,
                                  config=config)
    final_ops_hook = FinalOpsHook(final_ops, final_ops_feed_dict)
    hooks.append(final_ops_hook)
    with MonitoredSession(session_creator=creator, hooks=hooks) as session:
        if eval_ops is not None:
            while not session.should_stop():
                session.run(eval_ops, feed_dict)
    logging.info('Finished evaluation at ' + time.strftime('%Y-%m-%d-%H:%M:%S', time.gmtime()))
    return final_ops_hook.final_ops_values


def wait_for_new_checkpoint(checkpoint_dir, last_checkpoint=None, seconds_to_sleep=1, timeout=None):
    """Waits until a directory has another newest checkpoint.

    Args:
      checkpoint_dir: the directory.
      last_checkpoint: the path of the one that is known.
      seconds_to_sleep: how long to wait between looks.
      timeout: how many seconds to wait at most; None: for ever.

    Returns:
      The path of the new one; None where the time is up.
    """
    from headrace import logging
    logging.info('Waiting for new checkpoint at %s', checkpoint_dir)
    stop_time = None if timeout is None else time.monotonic() + timeout
    while True:
        path = latest_checkpoint(checkpoint_dir)
        if path is not None and path != last_checkpoint:
            logging.info('Found new checkpoint at %s', path)
            return path
        if stop_time is not None and time.monotonic() + seconds_to_sleep > stop_time:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(checkpoint_dir, min_interval_secs=0, timeout=None, timeout_fn=None):
    """Yields the paths of new checkpoints as they appear in a directory; some may be skipped.

    Args:
      checkpoint_dir: the directory.
      min_interval_secs: how far apart they are yielded at least.
      timeout: how many seconds to wait for the next at most; None: for ever.
      timeout_fn: a function that is asked then whether to stop; it stops for None.
    """
    from headrace import logging
    path = None
    while True:
        new_path = wait_for_new_checkpoint(checkpoint_dir, path, timeout=timeout)
        if new_path is None:
            if not timeout_fn:
                logging.info('Timed-out waiting for a checkpoint.')
                return
            if timeout_fn():
                return
            continue
        start = time.monotonic()
        path = new_path
        yield path
        remaining = start + min_interval_secs - time.monotonic()
        if remaining > 0:
            time.sleep(remaining)
