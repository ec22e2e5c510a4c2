"""Evaluation of checkpoints: `slim.evaluation`."""

from headrace import summary
from headrace.contrib.training import evaluation
from headrace.core.evaluation import checkpoints_iterator, wait_for_new_checkpoint  # noqa: F401
from headrace.core.public import export
from headrace.core.savers import Saver
from headrace.core.scaffold import Scaffold

_USE_DEFAULT = 0


def _hooks(num_evals, logdir, summary_op, feed_dict, hooks):
    if summary_op == _USE_DEFAULT:
        summary_op = summary.merge_all()
    found = [evaluation.StopAfterNEvalsHook(num_evals)]
    if summary_op is not None:
        found.append(evaluation.SummaryAtEndHook(log_dir=logdir, summary_op=summary_op, feed_dict=feed_dict))
    return found + list(hooks or ())


def evaluate_once(master, checkpoint_path, logdir, num_evals=1, initial_op=None, initial_op_feed_dict=None, eval_op=None,
                  eval_op_feed_dict=None, final_op=None, final_op_feed_dict=None, summary_op=_USE_DEFAULT,
                  summary_op_feed_dict=None, variables_to_restore=None, session_config=None, hooks=None):
    """Evaluates a checkpoint.

    Args:
      master: the target.
      checkpoint_path: the checkpoint.
      logdir: where summaries go.
      num_evals: how often `eval_op` is run.
      initial_op, initial_op_feed_dict: what is run at first, and its feeds.
      eval_op, eval_op_feed_dict: what is run again and again, and its feeds.
      final_op, final_op_feed_dict: what is fetched at the end, and its feeds.
      summary_op, summary_op_feed_dict: the summaries, all of the graph where left out, and their feeds.
      variables_to_restore: a list or dict of variables; all where left out.
      session_config: a ConfigProto.
      hooks: further SessionRunHooks.

    Returns:
      The value of `final_op`.
    """
    hooks = _hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks)
    saver = None if variables_to_restore is None else Saver(variables_to_restore)
    scaffold = Scaffold(init_op=initial_op, init_feed_dict=initial_op_feed_dict, saver=saver)
    return evaluation.evaluate_once(
        checkpoint_path, master=master, scaffold=scaffold, eval_ops=eval_op, feed_dict=eval_op_feed_dict,
        final_ops=final_op, final_ops_feed_dict=final_op_feed_dict, hooks=hooks, config=session_config)


def evaluation_loop(master, checkpoint_dir, logdir, num_evals=1, initial_op=None, initial_op_feed_dict=None, init_fn=None,
                    eval_op=None, eval_op_feed_dict=None, final_op=None, final_op_feed_dict=None,
                    summary_op=_USE_DEFAULT, summary_op_feed_dict=None, variables_to_restore=None,
                    eval_interval_secs=60, max_number_of_evaluations=None, session_config=None, timeout=None,
                    timeout_fn=None, hooks=None):
    """Evaluates checkpoints as they appear in a directory.

    Args:
      master, logdir, num_evals, initial_op, initial_op_feed_dict, eval_op, eval_op_feed_dict, final_op,
        final_op_feed_dict, summary_op, summary_op_feed_dict, variables_to_restore, session_config, hooks: as of
        `evaluate_once`.
      checkpoint_dir: the directory.
      init_fn: called with the scaffold and the session after the initial operation.
      eval_interval_secs: how far evaluations are apart at least.
      max_number_of_evaluations: how many there are at most; None: any number.
      timeout, timeout_fn: as of `checkpoints_iterator`.

    Returns:
      The last value of `final_op`.
    """
    hooks = _hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks)
    saver = None if variables_to_restore is None else Saver(variables_to_restore)
    scaffold = Scaffold(init_op=initial_op, init_feed_dict=initial_op_feed_dict, init_fn=init_fn, saver=saver)
    return evaluation.evaluate_repeatedly(
        checkpoint_dir, master=master, scaffold=scaffold, eval_ops=eval_op, feed_dict=eval_op_feed_dict,
        final_ops=final_op, final_ops_feed_dict=final_op_feed_dict, eval_interval_secs=eval_interval_secs, hooks=hooks,
        config=session_config, max_number_of_evaluations=max_number_of_evaluations, timeout=timeout,
        timeout_fn=timeout_fn)


export(globals())
