"""Training with evaluations in between: `tf.estimator.train_and_evaluate`."""

import collections
import os
import time

from headrace.core.file_hooks import CheckpointSaverListener
from headrace.core.graph import GraphKeys
from headrace.core.run_hooks import SessionRunHook
from headrace.core.step_timer import SecondOrStepTimer
from headrace.estimator.exporter import Exporter
from headrace.estimator.run_config import TaskType

__all__ = ['TrainSpec', 'EvalSpec', 'train_and_evaluate']


def _checked_hooks(hooks):
    hooks = tuple(hooks or ())
    for hook in hooks:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f'All hooks must be `SessionRunHook` instances, given: {hook}')
    return hooks


def _check_input_fn(input_fn):
    if not callable(input_fn):
        raise TypeError(f'`input_fn` must be callable, given: {input_fn}')


class TrainSpec(collections.namedtuple('TrainSpec', ['input_fn', 'max_steps', 'hooks'])):
    """What `train_and_evaluate` trains with."""

    def __new__(cls, input_fn, max_steps=None, hooks=None):
        """`input_fn`, `max_steps`, `hooks`: as of `Estimator.train`. ValueError for `max_steps` below 1."""
        _check_input_fn(input_fn)
        if max_steps is not None and max_steps <= 0:
            raise ValueError(f'Must specify max_steps > 0, given: {max_steps}')
        return super().__new__(cls, input_fn, max_steps, _checked_hooks(hooks))


class EvalSpec(collections.namedtuple('EvalSpec', [
        'input_fn', 'steps', 'name', 'hooks', 'exporters', 'start_delay_secs', 'throttle_secs'])):
    """What `train_and_evaluate` evaluates with."""

    def __new__(cls, input_fn, steps=100, name=None, hooks=None, exporters=None, start_delay_secs=120, throttle_secs=600):
        """
        Args:
          input_fn, steps, name, hooks: as of `Estimator.evaluate`.
          exporters: an Exporter or a list of them, whose names differ.
          start_delay_secs: when the first evaluation of an evaluator's task begins.
          throttle_secs: how far evaluations are apart at least.

        Raises:
          TypeError, ValueError: an argument is of another type, or out of range.
        """
        _check_input_fn(input_fn)
        if steps is not None and steps <= 0:
            raise ValueError(f'Must specify steps > 0, given: {steps}')
        if name is not None and not isinstance(name, str):
            raise TypeError(f'`name` must be string, given: {name}')
        for what, value in (('start_delay_secs', start_delay_secs), ('throttle_secs', throttle_secs)):
            if value < 0:
                raise ValueError(f'Must specify {what} >= 0, given: {value}')
        return super().__new__(cls, input_fn, steps, name, _checked_hooks(hooks), _checked_exporters(exporters),
                               start_delay_secs, throttle_secs)


def _checked_exporters(exporters):
    if exporters is None:
        return ()
    exporters = (exporters,) if isinstance(exporters, Exporter) else tuple(exporters)
    names = []
    for exporter in exporters:
        if not isinstance(exporter, Exporter):
            raise TypeError(f'`exporters` must be an Exporter, an iterable of Exporter, or `None`, found {exporters}.')
        if not exporter.name:
            raise ValueError(f'An Exporter cannot have a name that is `None` or empty. All exporter names: {names}')
        if exporter.name in names:
            raise ValueError(f'`exporters` must have unique names. Such a name cannot be used twice: {exporter.name}')
        names.append(exporter.name)
    return exporters


def train_and_evaluate(estimator, train_spec, eval_spec):
    """Trains, and evaluates and exports after checkpoints.

    In this process alone, each checkpoint is evaluated as it is saved, but for those that come too soon after the last.
    Where TF_CONFIG names a cluster, the process is what it says: a parameter server waits for ever, the chief and workers
    train together, and the evaluator waits for checkpoints that the chief saves.

    Args:
      estimator: an Estimator.
      train_spec: a TrainSpec.
      eval_spec: an EvalSpec.

    Returns:
      (the dict of the last evaluation, the list of its exports); (None, None) where there was none. None for the chief and
      the workers of a cluster.

    Raises:
      TypeError: an argument is of another type.
      ValueError: the task is none of these, or the second evaluator.
    """
    from headrace import logging
    from headrace.estimator.estimator import Estimator
    for value, kind in ((estimator, Estimator), (train_spec, TrainSpec), (eval_spec, EvalSpec)):
        if not isinstance(value, kind):
            raise TypeError(f'`{kind.__name__}` must be given, but got {type(value)}')
    config = estimator.config
    evaluator = _Evaluator(estimator, eval_spec, train_spec.max_steps)
    if config.task_type == TaskType.EVALUATOR:
        if config.task_id > 0:
            raise ValueError('For distributed training, there can only be one `evaluator` task (with task id 0). Given task '
                             f'id {config.task_id}')
        return _evaluate_continuously(evaluator)
    if config.cluster_spec:
        return _run_in_cluster(evaluator, train_spec)
    logging.info('Not using Distribute Coordinator.')
    logging.info('Running training and evaluation locally (non-distributed).')
    return _train_locally(evaluator, train_spec)


_SECS_BETWEEN_WORKERS, _MAX_DELAY_SECS = 5, 60  # so that workers do not ask the parameter servers all at once


def _run_in_cluster(evaluator, train_spec):
    """What the task of this process does in its cluster."""
    from headrace import logging
    config = evaluator.estimator.config
    if config.task_type not in (TaskType.CHIEF, TaskType.MASTER, TaskType.WORKER, TaskType.PS):
        raise ValueError(f'Task type {config.task_type} is not supported. Supported task types are '
                         f'{[TaskType.CHIEF, TaskType.MASTER, TaskType.WORKER, TaskType.PS, TaskType.EVALUATOR]}')
    server = _start_server(config)
    if config.task_type == TaskType.PS:
        logging.info('Start parameter server %d', config.task_id)
        server.join()
        return None
    if config.task_type == TaskType.MASTER:
        return _train_locally(evaluator, train_spec)
    if config.task_type == TaskType.WORKER:
        most = config.experimental_max_worker_delay_secs
        delay = min(_MAX_DELAY_SECS if most is None else most, (config.task_id + 1) * _SECS_BETWEEN_WORKERS)
        if delay > 0:
            logging.info('Waiting %d secs before starting training.', delay)
            time.sleep(delay)
    evaluator.estimator.train(input_fn=train_spec.input_fn, max_steps=train_spec.max_steps, hooks=list(train_spec.hooks))
    return None


def _start_server(config):
    """The server of the task; None where it is alone, and needs none."""
    if not config.master and config.task_type != TaskType.PS:
        return None
    from headrace.core.protos import ConfigProto
    from headrace.core.servers import Server
    server_config = ConfigProto()
    if config.session_config is not None:
        server_config.gpu_options.CopyFrom(config.session_config.gpu_options)
    return Server(config.cluster_spec, job_name=config.task_type, task_index=config.task_id, config=server_config,
                  protocol=config.protocol)


def _train_locally(evaluator, train_spec):
    from headrace import logging
    config = evaluator.estimator.config
    logging.info('Start train and evaluate loop. The evaluate will happen after every checkpoint. Checkpoint frequency is '
                 'determined based on RunConfig arguments: save_checkpoints_steps %s or save_checkpoints_secs %s.',
                 config.save_checkpoints_steps, config.save_checkpoints_secs)
    listener = _EvaluatingListener(evaluator)
    evaluator.estimator.train(input_fn=train_spec.input_fn, max_steps=train_spec.max_steps, hooks=list(train_spec.hooks),
                              saving_listeners=[listener])
    if listener.result is None:
        return None, None
    return listener.result.metrics, listener.exports


def _evaluate_continuously(evaluator):
    """Evaluates checkpoints as they appear, until one has the last step."""
    from headrace import logging
    spec = evaluator.spec
    if spec.start_delay_secs:
        logging.info('Waiting %f secs before starting eval.', spec.start_delay_secs)
        time.sleep(spec.start_delay_secs)
    while not evaluator.is_done():
        start = time.monotonic()
        result, exports = evaluator.evaluate_and_export()
        if evaluator.is_done():
            return result.metrics, exports
        pause = max(0, spec.throttle_secs - (time.monotonic() - start))
        logging.info('Waiting %f secs before starting next eval run.', pause)
        time.sleep(pause)
    return None, None


_Result = collections.namedtuple('_Result', ['metrics', 'checkpoint_path'])


class _Evaluator:
    """Evaluates the newest checkpoint, and lets exporters export it."""

    def __init__(self, estimator, spec, max_steps):
        self.estimator, self.spec, self._max_steps = estimator, spec, max_steps
        self._previous_path = None
        self._last_step = None

    def is_done(self):
        """Whether the last step was evaluated."""
        return self._max_steps is not None and self._last_step is not None and self._last_step >= self._max_steps

    def evaluate_and_export(self):
        """(result, exports); (None, None) where there is no checkpoint, or no other than last time."""
        from headrace import logging
        path = self.estimator.latest_checkpoint()
        if not path:
            logging.info('Estimator is not trained yet. Will start an evaluation when a checkpoint is ready.')
            return None, None
        if path == self._previous_path:
            logging.info('No new checkpoint ready for evaluation. Skip the current evaluation pass as evaluation results are '
                         'expected to be same for the same checkpoint.')
            return None, None
        metrics = self.estimator.evaluate(input_fn=self.spec.input_fn, steps=self.spec.steps, name=self.spec.name,
                                          checkpoint_path=path, hooks=self.spec.hooks)
        self._previous_path, self._last_step = path, metrics[GraphKeys.GLOBAL_STEP]
        return _Result(metrics, path), self._exports(metrics, path)

    def _exports(self, metrics, path):
        folder = os.path.join(self.estimator.model_dir, 'export')
        return [exporter.export(estimator=self.estimator, export_path=os.path.join(folder, exporter.name),
                                checkpoint_path=path, eval_result=metrics, is_the_final_export=self.is_done())
                for exporter in self.spec.exporters]


class _EvaluatingListener(CheckpointSaverListener):
    """Evaluates each checkpoint once it is saved, but for the first, and those that come too soon."""

    def __init__(self, evaluator):
        self._evaluator = evaluator
        self.result = self.exports = None

    def begin(self):
        self._timer = SecondOrStepTimer(every_secs=self._evaluator.spec.throttle_secs)
        self._is_first = True

    def after_save(self, session, global_step_value):
        if self._is_first:  # a checkpoint that is as it was before
            self._is_first = False
            return
        if self._timer.should_trigger_for_step(global_step_value):
            self._evaluate(global_step_value)
        else:
            from headrace import logging
            logging.info('Skip the current checkpoint eval due to throttle secs (%s secs).',
                         self._evaluator.spec.throttle_secs)

    def end(self, session, global_step_value):
        if global_step_value != self._timer.last_triggered_step():
            self._evaluate(global_step_value)

    def _evaluate(self, global_step_value):
        self._timer.update_last_triggered_step(global_step_value)
        result, exports = self._evaluator.evaluate_and_export()
        if result is None:
            raise RuntimeError('There was no new checkpoint after the training.')
        self.result, self.exports = result, exports
