"""Evaluation of checkpoints, once or again and again."""

import time

from headrace import summary
from headrace.core.assignments import assign_add
from headrace.core.basic_hooks import FinalOpsHook
from headrace.core.evaluation import (
    StopAfterNEvalsHook, _counted, checkpoints_iterator, evaluate_once, get_or_create_eval_step, wait_for_new_checkpoint)
from headrace.core.event_files import FileWriterCache
from headrace.core.global_step import get_or_create_global_step, global_step as value_of_step
from headrace.core.monitored_session import MonitoredSession
from headrace.core.run_hooks import SessionRunHook
from headrace.core.session_creators import ChiefSessionCreator

__all__ = ['StopAfterNEvalsHook', 'SummaryAtEndHook', 'checkpoints_iterator', 'evaluate_once', 'evaluate_repeatedly',
           'get_or_create_eval_step', 'wait_for_new_checkpoint']


class SummaryAtEndHook(SessionRunHook):
    """Writes summaries when an evaluation ends."""

    def __init__(self, log_dir=None, summary_writer=None, summary_op=None, feed_dict=None):
        """
        Args:
          log_dir: where to write.
          summary_writer: what writes; made for `log_dir` where left out.
          summary_op: the summaries; all of the graph where left out.
          feed_dict: their feeds.

        Raises:
          ValueError: neither `log_dir` nor `summary_writer` is given.
        """
        if log_dir is None and summary_writer is None:
            raise ValueError('One of log_dir or summary_writer should be used.')
        self._summary_op, self._replace_summary_op, self._feed_dict = summary_op, summary_op is None, feed_dict
        self._summary_writer, self._log_dir = summary_writer, log_dir

    def begin(self):
        if self._replace_summary_op:
            self._summary_op = summary.merge_all()
        self._global_step = get_or_create_global_step()

    def after_create_session(self, session, coord):
        if self._summary_writer is None and self._log_dir:
            self._summary_writer = FileWriterCache.get(self._log_dir)

    def end(self, session):
        if self._summary_op is not None:
            step = value_of_step(session, self._global_step)
            text = session.run(self._summary_op, self._feed_dict)
            if self._summary_writer:
                self._summary_writer.add_summary(text, step)
        if self._summary_writer:
            self._summary_writer.flush()


def evaluate_repeatedly(checkpoint_dir, master='', scaffold=None, eval_ops=None, feed_dict=None, final_ops=None,
                        final_ops_feed_dict=None, eval_interval_secs=60, hooks=None, config=None,
                        max_number_of_evaluations=None, timeout=None, timeout_fn=None):
    """Evaluates checkpoints as they appear in a directory.

    Args:
      checkpoint_dir: the directory.
      master, scaffold, eval_ops, feed_dict, final_ops, final_ops_feed_dict, hooks, config: as of `evaluate_once`.
      eval_interval_secs: how far evaluations are apart at least.
      max_number_of_evaluations: how many there are at most; None: any number.
      timeout, timeout_fn: as of `checkpoints_iterator`.

    Returns:
      The last value of `final_ops`.
    """
    from headrace import logging
    eval_step = get_or_create_eval_step()
    hooks = hooks or []
    if eval_ops is not None:
        counter = assign_add(eval_step, 1)
        for hook in hooks:
            if isinstance(hook, StopAfterNEvalsHook):
                hook._set_evals_completed_tensor(counter)
        eval_ops = _counted(eval_ops, counter)
    final = FinalOpsHook(final_ops, final_ops_feed_dict)
    hooks.append(final)
    count = 0
    for path in checkpoints_iterator(checkpoint_dir, eval_interval_secs, timeout, timeout_fn):
        creator = ChiefSessionCreator(scaffold=scaffold, checkpoint_filename_with_path=path, master=master, config=config)
        with MonitoredSession(session_creator=creator, hooks=hooks) as session:
            logging.info('Starting evaluation at ' + time.strftime('%Y-%m-%d-%H:%M:%S', time.gmtime()))
            if eval_ops is not None:
                while not session.should_stop():
                    session.run(eval_ops, feed_dict)
            logging.info('Finished evaluation at ' + time.strftime('%Y-%m-%d-%H:%M:%S', time.gmtime()))
        count += 1
        if max_number_of_evaluations is not None and count >= max_number_of_evaluations:
            break
    return final.final_ops_values
