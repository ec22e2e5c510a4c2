"""The estimators of tf.contrib.learn: models that train, evaluate and predict themselves."""

import copy
import os
import tempfile

from headrace.contrib.learn.data_feeder import DataFeeder
from headrace.contrib.learn.estimators.constants import MetricKey, ModeKeys
from headrace.contrib.learn.estimators.metric_spec import MetricSpec
from headrace.contrib.learn.estimators.model_fn import ModelFnOps
from headrace.contrib.learn.estimators.run_config import RunConfig
from headrace.contrib.learn.monitors import replace_monitors_with_hooks
from headrace.core.arrays import placeholder
from headrace.core.basic_hooks import FeedFnHook, LoggingTensorHook, NanTensorHook, StopAtStepHook
from headrace.core.checkpoints import NewCheckpointReader, latest_checkpoint, list_variables, load_variable
from headrace.core.control import group
from headrace.core.deprecation import deprecated, deprecated_args
from headrace.core.evaluation import StopAfterNEvalsHook, evaluate_once
from headrace.core.file_hooks import CheckpointSaverHook
from headrace.core.global_step import create_global_step, get_global_step, get_or_create_global_step_read
from headrace.core.graph import Graph, GraphKeys, Tensor, add_to_collection, device, get_collection
from headrace.core.monitored_session import MonitoredSession, MonitoredTrainingSession
from headrace.core.random_functions import set_random_seed
from headrace.core.savers import Saver
from headrace.core.scaffold import Scaffold
from headrace.core.session_creators import ChiefSessionCreator
from headrace.estimator import summaries
from headrace.estimator.inputs import arguments_of

__all__ = ['BaseEstimator', 'Estimator', 'NotFittedError', 'SKCompat', 'infer_real_valued_columns_from_input',
           'infer_real_valued_columns_from_input_fn']

_SKCOMPAT = deprecated_args('2016-12-01', 'Estimators take an input_fn. Arguments x, y and batch_size are those of SKCompat: '
                            'est = SKCompat(Estimator(...))', 'x', 'y', 'batch_size')
_SWITCH = 'Please replace uses of any Estimator from tf.contrib.learn with an Estimator from tf.estimator.*'


class NotFittedError(ValueError, AttributeError):
    """The model is not trained yet."""


@deprecated(None, 'Please specify feature columns explicitly.')
def infer_real_valued_columns_from_input_fn(input_fn):
    """A column of numbers for each feature that an input function gives. ValueError where one is not of numbers."""
    from headrace.contrib.layers import infer_real_valued_columns
    with Graph().as_default():
        features, _ = input_fn()
        return infer_real_valued_columns(features)


@deprecated(None, 'Please specify feature columns explicitly.')
def infer_real_valued_columns_from_input(x):
    """A column of numbers for an array of examples, or one for each array of a dict."""
    from headrace.contrib.layers import infer_real_valued_columns
    with Graph().as_default():
        features, _ = DataFeeder(x, None).input_builder()
        return infer_real_valued_columns(features)


def _inputs_of(x, y, input_fn, feed_fn, batch_size, shuffle=False, epochs=1):
    """(input function, feed function) of arrays, or as given."""
    if input_fn is not None:
        if x is not None or y is not None:
            raise ValueError('Can not provide both input_fn and x or y.')
        if batch_size is not None:
            raise ValueError('Can not provide both input_fn and batch_size.')
        return input_fn, feed_fn
    if x is None:
        raise ValueError('Either x or input_fn must be provided.')
    if isinstance(x, Tensor) or isinstance(y, Tensor):
        raise ValueError('Inputs cannot be tensors. Please provide input_fn.')
    if feed_fn is not None:
        raise ValueError('Can not provide both feed_fn and x or y.')
    feeder = DataFeeder(x, y, batch_size=batch_size, shuffle=shuffle, epochs=epochs)
    return feeder.input_builder, feeder.feed


class BaseEstimator:
    """What all estimators share; subclasses give the operations of each mode."""

    @deprecated(None, _SWITCH)
    def __init__(self, model_dir=None, config=None):
        """`model_dir`: the directory of checkpoints, a temporary one for None; `config`: a RunConfig."""
        from headrace import logging
        if config is None:
            config = RunConfig()
            logging.info('Using default config.')
        if model_dir is not None and config.model_dir is not None and model_dir != config.model_dir:
            raise ValueError('model_dir are set both in constructor and RunConfig, but with different values. In '
                             f"constructor: '{model_dir}', in RunConfig: '{config.model_dir}' ")
        self._model_dir = model_dir or config.model_dir
        if self._model_dir is None:
            self._model_dir = tempfile.mkdtemp()
            logging.warning('Using temporary folder as model directory: %s', self._model_dir)
        if config.model_dir is None:
            config = config.replace(model_dir=self._model_dir)
        self._config = config
        self._session_config = config.session_config or getattr(config, 'tf_config', None)
        logging.info('Using config: %s', str(vars(config)))
        self._device_fn = _device_function(config)
        self._signatures = {}

    @property
    def config(self):
        """The RunConfig, a copy."""
        return copy.deepcopy(self._config)

    @property
    def model_dir(self):
        """The directory of checkpoints."""
        return self._model_dir

    # ---- training, evaluation, prediction

    @_SKCOMPAT
    def fit(self, x=None, y=None, input_fn=None, steps=None, batch_size=None, monitors=None, max_steps=None):
        """Trains the model, from the newest checkpoint on.

        Args:
          x, y, batch_size: arrays of examples and labels, in batches; deprecated, see SKCompat.
          input_fn: a function that gives tensors (features, labels).
          steps: how many steps; None for both: until the input ends.
          monitors: SessionRunHooks, or monitors as in tf.contrib.learn.monitors.
          max_steps: the global step to stop at.

        Returns:
          The estimator.

        Raises:
          ValueError: inputs are missing, or given in two ways; both kinds of steps.
        """
        from headrace import logging
        if steps is not None and max_steps is not None:
            raise ValueError('Can not provide both steps and max_steps.')
        if x is not None:
            SKCompat(self).fit(x, y, batch_size, steps, max_steps, monitors)
            return self
        input_fn, _ = _inputs_of(x, y, input_fn, None, batch_size)
        if max_steps is not None:
            try:
                start = NewCheckpointReader(latest_checkpoint(self._model_dir)).get_tensor(GraphKeys.GLOBAL_STEP)
            except Exception:  # no checkpoint, or one without a step
                start = 0
            if max_steps <= start:
                logging.info('Skipping training since max_steps has already saved.')
                return self
        hooks = replace_monitors_with_hooks(monitors, self)
        if steps is not None or max_steps is not None:
            hooks.append(StopAtStepHook(steps, max_steps))
        loss = self._train_model(input_fn, hooks)
        logging.info('Loss for final step: %s.', loss)
        return self

    @_SKCOMPAT
    def partial_fit(self, x=None, y=None, input_fn=None, steps=1, batch_size=None, monitors=None):
        """Trains for a step, or as many as `steps`, of a batch. Arguments as of `fit`."""
        from headrace import logging
        logging.warning('The current implementation of partial_fit is not optimized for use in a loop. Consider using fit() '
                        'instead.')
        return self.fit(x=x, y=y, input_fn=input_fn, steps=steps, batch_size=batch_size, monitors=monitors)

    @_SKCOMPAT
    def evaluate(self, x=None, y=None, input_fn=None, feed_fn=None, batch_size=None, steps=None, metrics=None, name=None,
                 checkpoint_path=None, hooks=None, log_progress=True):
        """Evaluates the newest checkpoint, and writes the result into an event file.

        Args:
          x, y, batch_size: arrays, in one batch by default; deprecated, see SKCompat.
          input_fn: a function that gives tensors (features, labels).
          feed_fn: a function that gives feeds of each batch.
          steps: how many batches; None: until the input ends.
          metrics: a dict from names to MetricSpecs, in addition to the model's.
          name: of the evaluation, where there are several.
          checkpoint_path: another checkpoint.
          hooks: SessionRunHooks.
          log_progress: whether to log how far it is.

        Returns:
          A dict of the metrics and 'global_step'.

        Raises:
          NotFittedError: there is no checkpoint.
        """
        if x is not None:
            return SKCompat(self).score(x, y, batch_size, steps, metrics, name)
        input_fn, feed_fn = _inputs_of(x, y, input_fn, feed_fn, batch_size)
        if metrics is not None and not isinstance(metrics, dict):
            raise ValueError(f'Metrics argument should be None or dict. Got {metrics}.')
        results, step = self._evaluate_model(input_fn, feed_fn, steps, metrics, name, checkpoint_path, hooks, log_progress)
        results.update({'global_step': step})
        return results

    @_SKCOMPAT
    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True, iterate_batches=False):
        """Predictions of the newest checkpoint.

        Args:
          x, batch_size: an array, in one batch by default; deprecated, see SKCompat.
          input_fn: a function that gives features.
          outputs: the names of the predictions that are wanted; None: all.
          as_iterable: whether they are yielded one by one; False: those of the first batch at once.
          iterate_batches: whether batches are yielded.

        Returns:
          Arrays, or dicts of arrays.

        Raises:
          NotFittedError: there is no checkpoint.
        """
        input_fn, feed_fn = _inputs_of(x, None, input_fn, None, batch_size)
        return self._infer_model(input_fn, feed_fn, outputs, as_iterable, iterate_batches)

    def get_variable_value(self, name):
        """The value of a variable in the newest checkpoint."""
        return load_variable(self.model_dir, name)

    def get_variable_names(self):
        """The names of the newest checkpoint's variables."""
        return [name for name, _ in list_variables(self.model_dir)]

    def get_params(self, deep=True):
        """The public attributes, a dict, as scikit-learn asks for them; with `deep`, also those of parts."""
        found = {}
        for name, value in vars(self).items():
            if name.startswith('_'):
                continue
            if deep and hasattr(value, 'get_params'):
                found.update((f'{name}__{key}', item) for key, item in value.get_params().items())
            found[name] = value
        return found

    def set_params(self, **params):
        """Sets public attributes. Gives the estimator. ValueError for an unknown one."""
        for name, value in params.items():
            if name.startswith('_') or not hasattr(self, name):
                raise ValueError(f'Invalid parameter {name} for estimator {type(self).__name__}')
            setattr(self, name, value)
        return self

    # ---- what subclasses give

    def _get_train_ops(self, features, labels):
        raise NotImplementedError('Subclasses say how they train')

    def _get_eval_ops(self, features, labels, metrics):
        raise NotImplementedError('_get_eval_ops not implemented in BaseEstimator')

    def _get_predict_ops(self, features):
        raise NotImplementedError('Subclasses say how they predict')

    # ---- the graphs

    def _check_inputs(self, features, labels):
        """ValueError where features or labels are not of the kind that the model has seen before."""
        for what, value in (('Features', features), ('Labels', labels)):
            signature = _signature(value)
            if self._signatures.setdefault(what, signature) != signature:
                raise ValueError(f'{what} are incompatible with given information. Given {what.lower()}: {value}, required '
                                 f'signatures: {self._signatures[what]}.')

    def _train_model(self, input_fn, hooks):
        config = self._config
        with Graph().as_default() as graph, device(self._device_fn):
            set_random_seed(config.tf_random_seed)
            create_global_step(graph)
            features, labels = input_fn()
            self._check_inputs(features, labels)
            get_or_create_global_step_read(graph)
            ops = self._get_train_ops(features, labels)
            add_to_collection(GraphKeys.LOSSES, ops.loss)
            hooks = [*hooks, NanTensorHook(ops.loss), LoggingTensorHook({'loss': ops.loss, 'step': get_global_step(graph)},
                                                                        every_n_iter=100)]
            scaffold = ops.scaffold or Scaffold()
            if not (scaffold.saver or get_collection(GraphKeys.SAVERS)):
                add_to_collection(GraphKeys.SAVERS, Saver(
                    sharded=True, max_to_keep=config.keep_checkpoint_max,
                    keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours, defer_build=True,
                    save_relative_paths=True))
            chief_hooks = []
            saves = config.save_checkpoints_secs or config.save_checkpoints_steps
            if saves and not any(isinstance(hook, CheckpointSaverHook) for hook in [
                    *hooks, *ops.training_hooks, *ops.training_chief_hooks]):
                chief_hooks = [CheckpointSaverHook(self._model_dir, save_secs=config.save_checkpoints_secs,
                                                   save_steps=config.save_checkpoints_steps, scaffold=scaffold)]
            with MonitoredTrainingSession(
                    master=config.master, is_chief=config.is_chief, checkpoint_dir=self._model_dir, scaffold=scaffold,
                    hooks=[*hooks, *ops.training_hooks], chief_only_hooks=[*chief_hooks, *ops.training_chief_hooks],
                    save_checkpoint_secs=0, save_summaries_steps=config.save_summary_steps, config=self._session_config,
                    max_wait_secs=config.session_creation_timeout_secs) as session:
                loss = None
                while not session.should_stop():
                    _, loss = session.run([ops.train_op, ops.loss])
            return loss

    def _checkpoint(self, checkpoint_path=None):
        path = checkpoint_path or latest_checkpoint(self._model_dir)
        if not path:
            raise NotFittedError(f"Couldn't find trained model at {self._model_dir}.")
        return path

    def _evaluate_model(self, input_fn, feed_fn, steps, metrics, name, checkpoint_path=None, hooks=None,
                        log_progress=True):
        """(dict of results, global step) of a checkpoint."""
        from headrace import logging
        path = self._checkpoint(checkpoint_path)
        with Graph().as_default() as graph, device(self._device_fn):
            set_random_seed(self._config.tf_random_seed)
            step = create_global_step(graph)
            features, labels = input_fn()
            self._check_inputs(features, labels)
            ops = self._get_eval_ops(features, labels, metrics)
            values = {key: pair[0] for key, pair in ops.eval_metric_ops.items()}
            updates = [pair[1] for pair in ops.eval_metric_ops.values()]
            update_op = group(*updates) if updates else None
            hooks = list(hooks or ())
            if feed_fn:
                hooks.append(FeedFnHook(feed_fn))
            if steps == 0:
                logging.warning('evaluation steps are 0. If `input_fn` does not raise `OutOfRangeError`, the evaluation will '
                                'never stop. Use steps=None if intended.')
            if steps:
                hooks.append(StopAfterNEvalsHook(steps, log_progress=log_progress))
            key = 'global_step'
            while key in values:
                key = '_' + key
            values[key] = step
            results = evaluate_once(path, master=self._config.evaluation_master, scaffold=ops.scaffold, eval_ops=update_op,
                                    final_ops=values, hooks=hooks, config=self._session_config)
        summaries.write_results(os.path.join(self._model_dir, f'eval_{name}' if name else 'eval'), results, results[key])
        return results, results[key]

    def _infer_model(self, input_fn, feed_fn, outputs, as_iterable=True, iterate_batches=False):
        path = self._checkpoint()
        with Graph().as_default() as graph, device(self._device_fn):
            set_random_seed(self._config.tf_random_seed)
            create_global_step(graph)
            features = input_fn()
            features = features[0] if isinstance(features, (list, tuple)) else features
            ops = self._get_predict_ops(features)
            predictions = _wanted(ops.predictions, outputs)
            session = MonitoredSession(ChiefSessionCreator(checkpoint_filename_with_path=path, scaffold=ops.scaffold,
                                                           config=self._session_config))
        if as_iterable:
            return _predictions(session, predictions, feed_fn, iterate_batches)
        with session:
            if not session.should_stop():
                return session.run(predictions, feed_fn() if feed_fn else None)
        return None


def _predictions(session, predictions, feed_fn, iterate_batches):
    """Yields predictions until the feeds end; of an input without feeds or queues, those of one batch."""
    with session:
        endless = feed_fn is None and not session.graph.get_collection(GraphKeys.QUEUE_RUNNERS)
        while not session.should_stop():
            values = session.run(predictions, feed_fn() if feed_fn else None)
            if iterate_batches:
                yield values
            elif not isinstance(predictions, dict):
                yield from values
            else:
                for index in range(next(iter(values.values())).shape[0]):
                    yield {key: value[index] for key, value in values.items()}
            if endless:
                return


class Estimator(BaseEstimator):
    """An estimator whose model a function builds."""

    def __init__(self, model_fn=None, model_dir=None, config=None, params=None, feature_engineering_fn=None):
        """
        Args:
          model_fn: a function of features and labels, and as far as it names them `mode`, `params`, `config` and
            `model_dir`, that gives a ModelFnOps, or (predictions, loss, train_op).
          model_dir: the directory of checkpoints, a temporary one for None.
          config: a RunConfig.
          params: a dict for the model function.
          feature_engineering_fn: a function of features and labels that gives others.

        Raises:
          ValueError: `params` are given, but the model function takes none.
        """
        super().__init__(model_dir=model_dir, config=config)
        if model_fn is not None:
            names = arguments_of(model_fn)
            if params is not None and 'params' not in names:
                raise ValueError(f'Estimator\'s model_fn ({model_fn}) does not have a params argument, but params ({params}) '
                                 'were passed to the Estimator\'s constructor.')
        self._model_fn, self.params = model_fn, params
        self._feature_engineering_fn = feature_engineering_fn or (lambda features, labels: (features, labels))

    def _call_model_fn(self, features, labels, mode, metrics=None, config=None):
        features, labels = self._feature_engineering_fn(features, labels)
        names = arguments_of(self._model_fn)
        offered = {'mode': mode, 'params': self.params, 'config': config or self.config, 'model_dir': self.model_dir}
        results = self._model_fn(features, labels, **{name: value for name, value in offered.items() if name in names})
        if isinstance(results, ModelFnOps):
            return results
        if len(results) != 3:
            raise ValueError('Unrecognized value returned by model_fn, please return ModelFnOps.')
        return ModelFnOps(mode, predictions=results[0], loss=results[1], train_op=results[2])

    def _get_train_ops(self, features, labels):
        return self._call_model_fn(features, labels, ModeKeys.TRAIN)

    def _get_eval_ops(self, features, labels, metrics):
        ops = self._call_model_fn(features, labels, ModeKeys.EVAL)
        features, labels = self._feature_engineering_fn(features, labels)
        if metrics:
            ops.eval_metric_ops.update(_metric_ops(metrics, features, labels, ops.predictions))
        if MetricKey.LOSS not in ops.eval_metric_ops:
            from headrace.metrics import mean
            ops.eval_metric_ops[MetricKey.LOSS] = mean(ops.loss)
        return ops

    def _get_predict_ops(self, features):
        return self._call_model_fn(features, _placeholders(self._signatures.get('Labels')), ModeKeys.INFER)


class SKCompat:
    """An estimator as scikit-learn has them: of arrays, in batches."""

    @deprecated(None, 'Please switch to the Estimator interface.')
    def __init__(self, estimator):
        """`estimator`: an estimator."""
        self._estimator = estimator

    def fit(self, x, y, batch_size=128, steps=None, max_steps=None, monitors=None):
        """Trains on shuffled batches, epoch after epoch, for a number of steps. Gives the SKCompat."""
        input_fn, feed_fn = _inputs_of(x, y, None, None, batch_size, shuffle=True, epochs=None)
        self._estimator.fit(input_fn=input_fn, steps=steps, max_steps=max_steps,
                            monitors=[FeedFnHook(feed_fn), *(monitors or ())])
        return self

    def score(self, x, y, batch_size=128, steps=None, metrics=None, name=None):
        """The dict of an evaluation of all examples, or of `steps` batches."""
        input_fn, feed_fn = _inputs_of(x, y, None, None, batch_size)
        if metrics is not None and not isinstance(metrics, dict):
            raise ValueError(f'Metrics argument should be None or dict. Got {metrics}.')
        results, step = self._estimator._evaluate_model(input_fn, feed_fn, steps, metrics, name)
        results.update({'global_step': step})
        return results

    def predict(self, x, batch_size=128, outputs=None):
        """The predictions of all examples: an array, or a dict of arrays."""
        import numpy
        input_fn, feed_fn = _inputs_of(x, None, None, None, batch_size)
        batches = list(self._estimator._infer_model(input_fn, feed_fn, outputs, as_iterable=True, iterate_batches=True))
        if not isinstance(batches[0], dict):
            return numpy.concatenate(batches, axis=0)
        return {key: numpy.concatenate([batch[key] for batch in batches], axis=0) for key in batches[0]}

    get_params = BaseEstimator.get_params
    set_params = BaseEstimator.set_params


# ---- the small print


def _signature(value):
    """dtypes and shapes but for the batch, of a tensor or a dict of tensors; None for None."""
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: _signature(item) for key, item in value.items()}
    shape = value.get_shape()
    return value.dtype, None if shape.ndims is None else tuple(shape.as_list()[1:])


def _placeholders(signature):
    """Placeholders of a signature; None for None."""
    if signature is None:
        return None
    if isinstance(signature, dict):
        return {key: _placeholders(item) for key, item in signature.items()}
    dtype, sizes = signature
    return placeholder(dtype, None if sizes is None else [None, *sizes])


def _wanted(predictions, outputs):
    if not outputs:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError('outputs argument is not valid in case of non-dict predictions.')
    wanted = {key: value for key, value in predictions.items() if key in outputs}
    if not wanted:
        raise ValueError(f'Expected to run at least one output from {list(predictions)}, provided {outputs}.')
    return wanted


def _metric_ops(metrics, features, labels, predictions):
    """{name: (value, update operation)} of MetricSpecs, or of functions of predictions and labels."""
    labels = labels[next(iter(labels))] if isinstance(labels, dict) and len(labels) == 1 else labels
    found = {}
    for name, metric in sorted(metrics.items(), key=lambda item: str(item[0])):
        if isinstance(metric, MetricSpec):
            found[name] = metric.create_metric_ops(features, labels, predictions)
        elif isinstance(name, tuple):
            if len(name) != 2:
                raise ValueError(f'Invalid metric for {name}. It returned a tuple with len {len(name)}, expected 2.')
            found[name[0]] = metric(predictions[name[1]], labels)
        else:
            if isinstance(predictions, dict):
                raise ValueError('Metrics passed provide only name, no prediction, but predictions are dict. Metrics: '
                                 f'{metrics}, Labels: {labels}.')
            found[name] = metric(predictions, labels)
    return found


def _device_function(config):
    """Variables go to the parameter servers where there are some."""
    if config.num_ps_replicas <= 0:
        return None
    from headrace.core.replica_devices import replica_device_setter
    return replica_device_setter(ps_tasks=config.num_ps_replicas, merge_devices=True, cluster=config.cluster_spec,
                                 worker_device=f'/job:{config.task_type or "worker"}/task:{config.task_id}')
