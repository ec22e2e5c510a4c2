"""Monitors: what `fit` of the older estimators called before hooks came. A hook asks them at every step."""

import copy
import inspect
import os
import time

import numpy

from headrace.core.basic_hooks import NanLossDuringTrainingError
from headrace.core.checkpoints import latest_checkpoint
from headrace.core.deprecation import deprecated
from headrace.core.event_files import FileWriter, FileWriterCache
from headrace.core.global_step import get_global_step
from headrace.core.graph import GraphKeys, get_collection, get_default_graph
from headrace.core.public import export
from headrace.core.run_hooks import SessionRunArgs, SessionRunHook

__all__ = ['BaseMonitor', 'CaptureVariable', 'CheckpointSaver', 'EveryN', 'GraphDump', 'LoggingTrainable', 'NanLoss',
           'NanLossDuringTrainingError', 'PrintTensor', 'RunHookAdapterForMonitors', 'StepCounter', 'StopAtStep',
           'SummarySaver', 'ValidationMonitor', 'get_default_monitors', 'replace_monitors_with_hooks']


class BaseMonitor:
    """What is told of each step of a training. Subclasses override what they need, and call this class's method first."""

    @deprecated('2016-12-05', 'Monitors are deprecated. Please use tf.train.SessionRunHook.')
    def __init__(self):
        self._begun = False
        self._current_epoch = self._current_step = self._max_steps = self._estimator = None

    @property
    def run_on_all_workers(self):
        """Whether workers that are not the chief have it, too."""
        return False

    def set_estimator(self, estimator):
        """Tells whose training it is. ValueError for None."""
        if estimator is None:
            raise ValueError('Missing estimator.')
        self._estimator = estimator

    def begin(self, max_steps=None):
        """The training begins. ValueError where it has begun."""
        if self._begun:
            raise ValueError('begin called twice without end.')
        self._begun, self._max_steps = True, max_steps

    def end(self, session=None):
        """The training has ended. ValueError where it has not begun."""
        if not self._begun:
            raise ValueError('end called without begin.')
        self._begun, self._max_steps = False, None

    def epoch_begin(self, epoch):
        """An epoch begins. ValueError inside of one, or for a negative number."""
        if self._current_epoch is not None:
            raise ValueError('epoch_begin called twice without epoch_end.')
        if epoch < 0:
            raise ValueError(f'Invalid epoch {epoch}.')
        self._current_epoch = epoch

    def epoch_end(self, epoch):
        """The epoch has ended. ValueError for another than the one that began."""
        if epoch != self._current_epoch:
            raise ValueError(f'epoch_end expected {self._current_epoch} but got {epoch}.')
        self._current_epoch = None

    def step_begin(self, step):
        """A step begins: gives a list of tensors, or names of tensors, that it is to compute, too.

        ValueError for a step below 0 or above `max_steps`."""
        if step < 0 or (self._max_steps is not None and step > self._max_steps):
            raise ValueError(f'Invalid step {step}.')
        self._current_step = step
        return []

    def step_end(self, step, output):
        """The step has run: `output` has what was asked for, by tensor or name. True ends the training.

        ValueError for another step than the one that began."""
        if step != self._current_step:
            raise ValueError(f'step_end expected {self._current_step} but got {step}.')
        self._current_step = None
        return False

    def post_step(self, step, session):
        """All monitors were told of the step's end."""


def _value_of(outputs, key):
    """What a step gave for a tensor, or the name of one."""
    return outputs[key] if key in outputs else outputs[key.name]


def _told(outputs, tensors):
    """The values of {tag: name} as text."""
    return ', '.join(f'{tag} = {outputs[name]}' for tag, name in tensors.items() if name in outputs)


class EveryN(BaseMonitor):
    """Looks at the first steps, and then at every so many: subclasses override what begins with every_n."""

    def __init__(self, every_n_steps=100, first_n_steps=1):
        super().__init__()
        self._every_n_steps, self._first_n_steps = every_n_steps, first_n_steps
        self._last_step, self._last_active_step = None, 0
        self._is_active = False

    def every_n_step_begin(self, step):
        """`step_begin` of a step that is looked at."""
        return []

    def every_n_step_end(self, step, outputs):
        """`step_end` of a step that is looked at."""
        return False

    def every_n_post_step(self, step, session):
        """`post_step` of a step that is looked at, and of the last step."""

    def step_begin(self, step):
        """As of BaseMonitor."""
        super().step_begin(step)
        is_first = step <= self._first_n_steps
        self._is_active = is_first or step >= self._last_active_step + self._every_n_steps or step == self._max_steps
        return self.every_n_step_begin(step) if self._is_active else []

    def step_end(self, step, output):
        """As of BaseMonitor."""
        super().step_end(step, output)
        return self.every_n_step_end(step, output) if self._is_active else False

    def post_step(self, step, session):
        """As of BaseMonitor."""
        super().post_step(step, session)
        if self._is_active:
            self.every_n_post_step(step, session)
            self._last_active_step = step
        self._last_step = step

    def end(self, session=None):
        """As of BaseMonitor."""
        super().end(session)
        if self._last_step != self._last_active_step:
            self.every_n_post_step(self._last_step, session)


class StopAtStep(BaseMonitor):
    """Ends the training after `num_steps` steps, or at the step `last_step`; one of them must be given."""

    def __init__(self, num_steps=None, last_step=None):
        super().__init__()
        if num_steps is None and last_step is None:
            raise ValueError('One of num_steps or last_step must be specified.')
        if num_steps is not None and last_step is not None:
            raise ValueError('Only one of num_steps or last_step can be specified.')
        self._num_steps, self._last_step = num_steps, last_step

    @property
    def run_on_all_workers(self):
        """True: every worker stops."""
        return True

    def step_begin(self, step):
        """As of BaseMonitor."""
        super().step_begin(step)
        if self._last_step is None:
            self._last_step = step + self._num_steps - 1
        return []

    def step_end(self, step, output):
        """As of BaseMonitor."""
        super().step_end(step, output)
        return step >= self._last_step


class PrintTensor(EveryN):
    """Logs tensors, by their names: a list, or {tag: name}."""

    def __init__(self, tensor_names, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._tensor_names = tensor_names if isinstance(tensor_names, dict) else {name: name for name in tensor_names}

    def every_n_step_begin(self, step):
        """As of EveryN."""
        super().every_n_step_begin(step)
        return list(self._tensor_names.values())

    def every_n_step_end(self, step, outputs):
        """As of EveryN."""
        from headrace import logging
        super().every_n_step_end(step, outputs)
        logging.info('Step %d: %s', step, _told(outputs, self._tensor_names))


class LoggingTrainable(EveryN):
    """Logs the trainable variables of a scope, or all."""

    def __init__(self, scope=None, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._scope, self._names = scope, {}

    def every_n_step_begin(self, step):
        """As of EveryN."""
        super().every_n_step_begin(step)
        variables = get_collection(GraphKeys.TRAINABLE_VARIABLES, self._scope)
        self._names = {variable.name: variable.value().name for variable in variables}
        return list(self._names.values())

    def every_n_step_end(self, step, outputs):
        """As of EveryN."""
        from headrace import logging
        super().every_n_step_end(step, outputs)
        logging.info('Logging Trainable: Step %d: %s', step, _told(outputs, self._names))


class SummarySaver(EveryN):
    """Writes summaries every `save_steps` steps: of `summary_op`, or of the scaffold's; into `summary_writer`, or files of
    `output_dir` or of the estimator's model."""

    def __init__(self, summary_op, save_steps=100, output_dir=None, summary_writer=None, scaffold=None):
        super().__init__(every_n_steps=save_steps)
        self._summary_op, self._scaffold = summary_op, scaffold
        self._summary_writer = summary_writer
        if output_dir and summary_writer is None:
            self._summary_writer = FileWriter(output_dir)

    def set_estimator(self, estimator):
        """As of BaseMonitor."""
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = FileWriter(estimator.model_dir)

    def every_n_step_begin(self, step):
        """As of EveryN."""
        super().every_n_step_begin(step)
        if self._summary_op is None and self._scaffold is not None:
            self._summary_op = self._scaffold.summary_op
        return [] if self._summary_op is None else [self._summary_op]

    def every_n_step_end(self, step, outputs):
        """As of EveryN."""
        super().every_n_step_end(step, outputs)
        if self._summary_op is not None and self._summary_writer:
            self._summary_writer.add_summary(_value_of(outputs, self._summary_op), step)
        return False

    def end(self, session=None):
        """As of BaseMonitor."""
        super().end(session)
        if self._summary_writer:
            self._summary_writer.flush()


class ValidationMonitor(EveryN):
    """Evaluates the newest checkpoint, and may end the training where the model gets no better.

    Args:
      x, y, input_fn, batch_size, metrics, hooks, name: as of the estimator's `evaluate`.
      eval_steps: its `steps`.
      every_n_steps: how often it looks for a new checkpoint.
      early_stopping_rounds: ends the training after so many steps without a better value of
        `early_stopping_metric`, of which less is better, or more where not `early_stopping_metric_minimize`.
      check_interval_secs: how many seconds are at least between two looks; None: none.
    """

    def __init__(self, x=None, y=None, input_fn=None, batch_size=None, eval_steps=None, every_n_steps=100, metrics=None,
                 hooks=None, early_stopping_rounds=None, early_stopping_metric='loss', early_stopping_metric_minimize=True,
                 name=None, check_interval_secs=5):
        super().__init__(every_n_steps=every_n_steps, first_n_steps=-1)
        if x is None and input_fn is None:
            raise ValueError('Either x or input_fn should be provided.')
        self.x, self.y, self.input_fn, self.batch_size = x, y, input_fn, batch_size
        self.eval_steps, self.metrics, self.hooks, self.name = eval_steps, metrics, hooks, name
        self.early_stopping_rounds, self.early_stopping_metric = early_stopping_rounds, early_stopping_metric
        self.early_stopping_metric_minimize = early_stopping_metric_minimize
        self._best_step = self._best_value = self._best_metrics = None
        self._early_stopped = False
        self._seen_path = self._looked_at = None
        self._check_interval_secs = check_interval_secs

    @property
    def early_stopped(self):
        """Whether it ended the training."""
        return self._early_stopped

    @property
    def best_step(self):
        """The step of the best value."""
        return self._best_step

    @property
    def best_value(self):
        """The best value of the metric."""
        return self._best_value

    @property
    def best_metrics(self):
        """All that was evaluated together with the best value."""
        return self._best_metrics

    def _has_new_checkpoint(self):
        now = time.time()
        if None not in (self._check_interval_secs, self._looked_at) and now - self._looked_at <= self._check_interval_secs:
            return False
        self._looked_at = now
        path = latest_checkpoint(self._estimator.model_dir)
        if path is None or path == self._seen_path:
            return False
        self._seen_path = path
        return True

    def _evaluate(self):
        from headrace.contrib.learn.estimators.estimator import BaseEstimator
        arguments = {'input_fn': self.input_fn, 'steps': self.eval_steps, 'hooks': self.hooks, 'name': self.name}
        older = {'x': self.x, 'y': self.y, 'batch_size': self.batch_size, 'metrics': self.metrics}
        if isinstance(self._estimator, BaseEstimator):
            return self._estimator.evaluate(**arguments, **older)
        if any(value is not None for value in older.values()):
            raise ValueError('tf.estimator.Estimator does not support following arguments: x, y, batch_size, metrics. '
                             'Should set as `None` in ValidationMonitor')
        return self._estimator.evaluate(**arguments)

    def _note_best(self, step, results):
        if self.early_stopping_metric not in results:
            raise ValueError(f'Metric {self.early_stopping_metric} missing from outputs {set(results)}.')
        value, best = results[self.early_stopping_metric], self._best_value
        if best is None or (value < best if self.early_stopping_metric_minimize else value > best):
            self._best_step, self._best_value, self._best_metrics = step, value, copy.deepcopy(results)

    def every_n_step_end(self, step, outputs):
        """As of EveryN."""
        from headrace import logging
        super().every_n_step_end(step, outputs)
        if self._estimator is None:
            raise ValueError('Missing call to set_estimator.')
        if not self._has_new_checkpoint():
            return False
        results = self._evaluate()
        logging.info('Validation (step %d): %s', step, ', '.join(f'{name} = {value}' for name, value in results.items()))
        if self.early_stopping_rounds is None:
            return False
        self._note_best(step, results)
        self._early_stopped = bool(step - self._best_step >= self.early_stopping_rounds)
        if self._early_stopped:
            logging.info('Stopping. Best step: %s with %s = %s.', self._best_step, self.early_stopping_metric,
                         self._best_value)
        return self._early_stopped


class CaptureVariable(EveryN):
    """Keeps the values that a tensor has, given by its name: {step: value} in `values`."""

    def __init__(self, var_name, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._var_name, self._values = var_name, {}

    @property
    def values(self):
        """The values by step."""
        return self._values

    def every_n_step_begin(self, step):
        """As of EveryN."""
        super().every_n_step_begin(step)
        return [self._var_name]

    def every_n_step_end(self, step, outputs):
        """As of EveryN."""
        super().every_n_step_end(step, outputs)
        self._values[step] = _value_of(outputs, self._var_name)


class GraphDump(BaseMonitor):
    """Keeps what all nodes compute, but those of the ops that are ignored: {step: values} in `data`."""

    IGNORE_OPS = ['Const', 'Assign', 'Identity', 'Placeholder', 'RandomUniform', 'Cast', 'RestoreSlice']

    def __init__(self, ignore_ops=None):
        super().__init__()
        self._ignore_ops = ignore_ops or GraphDump.IGNORE_OPS
        self._tensors, self._data = [], {}

    @property
    def data(self):
        """The values by step."""
        return self._data

    def begin(self, max_steps=None):
        """As of BaseMonitor."""
        from headrace import logging
        super().begin(max_steps)
        self._tensors = []
        for operation in get_default_graph().get_operations():
            if operation.type not in self._ignore_ops:
                logging.info('op=%s name=%s.', operation.type, operation.name)
                self._tensors += operation.outputs[:1]

    def step_begin(self, step):
        """As of BaseMonitor."""
        super().step_begin(step)
        return self._tensors

    def step_end(self, step, output):
        """As of BaseMonitor."""
        super().step_end(step, output)
        self._data[step] = output

    def compare(self, other_dump, step, atol=1e-06):
        """What the values of a step have in common with another dump's.

        Args:
          other_dump: a GraphDump.
          step: the step.
          atol: how far apart arrays may be.

        Returns:
          The names of values that are equal, and {name: difference} of the others.

        Raises:
          ValueError: the other dump lacks a value.
        """
        equal, others = [], {}
        there = other_dump.data.get(step, {})
        for key, value in self.data.get(step, {}).items():
            if not isinstance(key, str):
                continue
            if key not in there:
                raise ValueError(f'{key} missing at step {step}.')
            if isinstance(value, numpy.ndarray):
                if numpy.allclose(value, there[key], atol=atol):
                    equal.append(key)
                else:
                    others[key] = value - there[key]
            elif not isinstance(value, str):
                if value == there[key]:
                    equal.append(key)
                else:
                    others[key] = value, there[key]
        return equal, others


class CheckpointSaver(BaseMonitor):
    """Saves checkpoints every `save_steps` steps or `save_secs` seconds, and at both ends of the training: by `saver`, or
    the scaffold's. ValueError where not one of the two is given."""

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None, checkpoint_basename='model.ckpt',
                 scaffold=None):
        from headrace import logging
        logging.info('Create CheckpointSaver.')
        super().__init__()
        self._saver, self._scaffold = saver, scaffold
        self._save_secs, self._save_steps = save_secs, save_steps
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._summary_writer = FileWriterCache.get(checkpoint_dir)
        self._begun_step = self._saved_step = self._saved_time = None
        if save_steps is None and save_secs is None:
            raise ValueError('Either save_steps or save_secs should be provided')
        if save_steps is not None and save_secs is not None:
            raise ValueError('Can not provide both save_steps and save_secs.')

    def begin(self, max_steps=None):
        """As of BaseMonitor."""
        super().begin(max_steps)
        self._begun_step = self._saved_step = self._saved_time = None

    def step_begin(self, step):
        """As of BaseMonitor."""
        super().step_begin(step)
        self._begun_step = step
        return []

    def post_step(self, step, session):
        """As of BaseMonitor."""
        super().post_step(step, session)
        if (self._saved_time is None or (self._save_steps is not None and step >= self._saved_step + self._save_steps) or
                (self._save_secs is not None and time.time() >= self._saved_time + self._save_secs)):
            self._save(step, session)

    def end(self, session=None):
        """As of BaseMonitor."""
        super().end(session)
        self._save(self._begun_step, session)

    def _save(self, step, session):
        from headrace import logging
        from headrace.core.protos import SessionLog
        if step == self._saved_step:
            return
        logging.info('Saving checkpoints for %d into %s.', step, self._path)
        self._saved_time, self._saved_step = time.time(), step
        saver = self._scaffold.saver if self._saver is None else self._saver
        saver.save(session, self._path, global_step=step)
        self._summary_writer.add_session_log(SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=self._path), step)


class StepCounter(EveryN):
    """Writes how many steps a second there are, into `summary_writer`, or files of `output_dir` or of the model."""

    def __init__(self, every_n_steps=100, output_dir=None, summary_writer=None):
        super().__init__(every_n_steps=every_n_steps)
        self._told_step = self._told_time = None
        self._summary_writer = summary_writer
        if output_dir and summary_writer is None:
            self._summary_writer = FileWriterCache.get(output_dir)

    def set_estimator(self, estimator):
        """As of BaseMonitor."""
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = FileWriterCache.get(estimator.model_dir)

    def every_n_step_end(self, current_step, outputs):
        """As of EveryN."""
        from headrace.core.protos import Summary
        now = time.time()
        if self._told_time is not None and self._summary_writer:
            speed = (current_step - self._told_step) / max(now - self._told_time, 1e-9)
            summary = Summary(value=[Summary.Value(tag='global_step/sec', simple_value=speed)])
            self._summary_writer.add_summary(summary, current_step)
        self._told_step, self._told_time = current_step, now


class NanLoss(EveryN):
    """Ends the training where the loss is no number: by an error, or, where not `fail_on_nan_loss`, with a warning."""

    def __init__(self, loss_tensor, every_n_steps=100, fail_on_nan_loss=True):
        super().__init__(every_n_steps=every_n_steps)
        self._loss_tensor, self._fail_on_nan_loss = loss_tensor, fail_on_nan_loss

    def every_n_step_begin(self, step):
        """As of EveryN."""
        super().every_n_step_begin(step)
        return [self._loss_tensor]

    def every_n_step_end(self, step, outputs):
        """As of EveryN. NanLossDuringTrainingError."""
        from headrace import logging
        super().every_n_step_end(step, outputs)
        if not numpy.isnan(_value_of(outputs, self._loss_tensor)):
            return False
        message = 'Model diverged with loss = NaN.'
        if self._fail_on_nan_loss:
            logging.error(message)
            raise NanLossDuringTrainingError
        logging.warning(message)
        return True


@deprecated(None, 'Use tf.train.MonitoredTrainingSession.')
def get_default_monitors(loss_op=None, summary_op=None, save_summary_steps=100, output_dir=None, summary_writer=None):
    """Monitors that log a loss and write summaries, of what is given."""
    monitors = [] if loss_op is None else [PrintTensor({'loss': loss_op.name})]
    if summary_op is not None:
        monitors.append(SummarySaver(summary_op, save_summary_steps, output_dir, summary_writer))
    return monitors


# ---- hooks for them


def _element(wanted):
    """The tensor or operation that a monitor asks for. ValueError for one of another graph, and for the name of an
    operation of several outputs."""
    graph = get_default_graph()
    if not isinstance(wanted, str):
        if getattr(wanted, 'graph', None) is not graph:
            raise ValueError(f'Passed {wanted} should have graph attribute that is equal to current graph {graph}.')
        return wanted
    element = graph.as_graph_element(wanted)
    if not hasattr(element, 'outputs'):
        return element
    if len(element.outputs) > 1:
        raise ValueError(f"Name '{wanted}' is not unique: it has {len(element.outputs)} outputs.")
    return element.outputs[0] if element.outputs else element


class RunHookAdapterForMonitors(SessionRunHook):
    """The hook that tells monitors of what happens."""

    def __init__(self, monitors):
        self._monitors = monitors
        self._step = self._global_step = None

    def begin(self):
        """As of SessionRunHook."""
        self._step, self._global_step = None, get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def before_run(self, run_context):
        """As of SessionRunHook. ValueError for a monitor that gives no list."""
        if self._step is None:
            self._step = run_context.session.run(self._global_step) + 1
        wanted = []
        for monitor in self._monitors:
            more = monitor.step_begin(self._step)
            if more and not isinstance(more, list):
                raise ValueError('Monitor.step_begin should return a list.')
            wanted += more or []
        return SessionRunArgs({'step': self._global_step, 'monitors': {key: _element(key) for key in wanted}})

    def after_run(self, run_context, run_values):
        """As of SessionRunHook."""
        results = run_values.results['monitors']
        if any([monitor.step_end(self._step, results) for monitor in self._monitors]):
            run_context.request_stop()
        for monitor in self._monitors:
            monitor.post_step(self._step, run_context.session)
        self._step = run_values.results['step'] + 1

    def end(self, session):
        """As of SessionRunHook."""
        self._step = None
        for monitor in self._monitors:
            takes_session = 'session' in inspect.signature(monitor.end).parameters
            monitor.end(**({'session': session} if takes_session else {}))


def replace_monitors_with_hooks(monitors_or_hooks, estimator):
    """Hooks as they are, and one for all monitors, which are told the estimator."""
    hooks = [item for item in monitors_or_hooks or () if isinstance(item, SessionRunHook)]
    monitors = [item for item in monitors_or_hooks or () if not isinstance(item, SessionRunHook)]
    if not estimator.config.is_chief:
        monitors = [monitor for monitor in monitors if monitor.run_on_all_workers]
    for monitor in monitors:
        monitor.set_estimator(estimator)
    return hooks + [RunHookAdapterForMonitors(monitors)] if monitors else hooks


export(globals())
