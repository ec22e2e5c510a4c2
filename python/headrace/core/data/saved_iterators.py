"""Iterators in checkpoints."""

from headrace import _ops
from headrace.core.checkpoints import latest_checkpoint
from headrace.core.file_hooks import CheckpointSaverHook
from headrace.core.graph import get_default_graph
from headrace.core.run_hooks import SessionRunHook
from headrace.core.savers import SavedObject, Saver


def _saved(handle):
    return SavedObject(1, handle, handle, handle.name, [_ops.serialize_iterator(handle)])


def make_saveable_from_iterator(iterator):
    """What a Saver saves of an iterator: where it is. Put it into the collection `GraphKeys.SAVEABLE_OBJECTS`, or into a
    Saver's list."""
    return _saved(iterator._iterator_resource)


class _InputSaver(Saver):
    """Saves iterators, and keeps a state file of its own."""

    def __init__(self, objects, state_file):
        super().__init__(objects)
        self._state_file = state_file

    def save(self, sess, save_path, global_step=None, latest_filename=None, *args, **kwargs):
        return super().save(sess, save_path, global_step, latest_filename or self._state_file, *args, **kwargs)


class CheckpointInputPipelineHook(SessionRunHook):
    """Saves where the iterators of the graph are beside an estimator's checkpoints, and goes on from there when training
    is taken up again. They have checkpoints of their own, 'input.ckpt-STEP'.

    Args:
      estimator: the estimator, whose RunConfig says how often.
    """

    def __init__(self, estimator):
        config = estimator.config
        prefix = 'input'
        if config.num_worker_replicas > 1:
            prefix += f'_{config.task_type}_{config.task_id}'
        self._hook = CheckpointSaverHook(estimator.model_dir, save_secs=config.save_checkpoints_secs,
                                         save_steps=config.save_checkpoints_steps, checkpoint_basename=prefix + '.ckpt')
        self._state_file, self._is_first_run = 'checkpoint_' + prefix, True

    def begin(self):
        if self._hook._saver is None and self._hook._scaffold is None:
            objects = [_saved(handle) for handle in get_default_graph().get_collection('iterators')]
            self._hook._saver = _InputSaver(objects, self._state_file)
        self._hook.begin()

    def before_run(self, run_context):
        if self._is_first_run:
            self._is_first_run = False
            self._restore_or_save(run_context.session)
        return self._hook.before_run(run_context)

    def _restore_or_save(self, session):
        path = latest_checkpoint(self._hook._checkpoint_dir, latest_filename=self._state_file)
        if path:
            self._hook._get_saver().restore(session, path)
            return
        step = session.run(self._hook._global_step_tensor)
        self._hook._save(session, step)
        self._hook._timer.update_last_triggered_step(step)

    def after_run(self, run_context, run_values):
        self._hook.after_run(run_context, run_values)

    def end(self, session):
        self._hook.end(session)
