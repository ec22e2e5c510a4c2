"""Models that train, evaluate, predict and export themselves: `tf.estimator.Estimator`."""

import copy
import os
import tempfile

from headrace.core.basic_hooks import LoggingTensorHook, NanTensorHook, StopAtStepHook
from headrace.core.checkpoints import NewCheckpointReader, latest_checkpoint, list_variables, load_variable
from headrace.core.control import group
from headrace.core.evaluation import StopAfterNEvalsHook, evaluate_once, get_or_create_eval_step
from headrace.core.file_hooks import CheckpointSaverHook, CheckpointSaverListener
from headrace.core.global_step import (
    assert_global_step, create_global_step, get_global_step, get_or_create_global_step_read)
from headrace.core.graph import Graph, GraphKeys, add_to_collection, device, get_collection
from headrace.core.monitored_session import MonitoredSession, MonitoredTrainingSession
from headrace.core.random_functions import set_random_seed
from headrace.core.run_hooks import SessionRunHook
from headrace.core.scaffold import Scaffold
from headrace.core.savers import Saver
from headrace.core.session_creators import ChiefSessionCreator
from headrace.estimator import summaries
from headrace.estimator.estimator_spec import EstimatorSpec
from headrace.estimator.inputs import arguments_of, call_input_fn, features_and_labels, warn_of_endless_input
from headrace.estimator.mode_keys import ModeKeys
from headrace.estimator.run_config import RunConfig, TaskType, get_default_session_config
from headrace.estimator.warm_starting import WarmStartSettings, warm_start

__all__ = ['Estimator', 'WarmStartSettings']

_MODEL_FN_ARGUMENTS = ('features', 'labels', 'mode', 'params', 'self', 'config')
_LOSS = 'loss'
_FREE_TO_OVERRIDE = ('_call_input_fn', '_create_global_step', '_convert_train_steps_to_hooks',
                     '_convert_eval_steps_to_hooks', '_tf_api_names', '_tf_api_names_v1',
                     '_validate_features_in_predict_input', '_call_model_fn', '_add_meta_graph_for_mode')


class Estimator:
    """Trains, evaluates, uses and exports the model that a function builds.

    Each of these builds a graph of its own; what they share are the checkpoints in a directory. Subclasses give another
    model function; they override nothing else.
    """

    def __init__(self, model_fn, model_dir=None, config=None, params=None, warm_start_from=None):
        """
        Args:
          model_fn: a function of `features`, and as far as it names them `labels`, `mode`, `params` and `config`, that gives
            an EstimatorSpec.
          model_dir: the directory; that of `config`, or a temporary one, for None.
          config: a RunConfig.
          params: a dict for the model function.
          warm_start_from: a checkpoint, or WarmStartSettings, that training begins from.

        Raises:
          ValueError: `model_fn` takes other arguments, or the two directories differ, or a subclass overrides a method.
        """
        self._check_members()
        self._config = _settled_config(config, model_dir)
        self._session_config = self._config.session_config
        self._model_dir = self._config.model_dir
        from headrace import logging
        logging.info('Using config: %s', str(vars(self._config)))
        self._device_fn = self._config.device_fn or _device_function(self._config)
        if model_fn is None:
            raise ValueError('model_fn must be provided to Estimator.')
        _check_model_fn(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._warm_start_settings = _warm_start_settings(warm_start_from)

    def _check_members(self):
        members = {name for name in vars(Estimator) if not name.startswith('__') and name not in _FREE_TO_OVERRIDE}
        for name in members:
            if getattr(type(self), name) is not getattr(Estimator, name):
                raise ValueError(f'Subclasses of Estimator cannot override members of Estimator. {type(self)} does override '
                                 f'{name}')

    # ---- what it is

    @property
    def model_dir(self):
        """The directory."""
        return self._model_dir

    @property
    def config(self):
        """The RunConfig, a copy."""
        return copy.deepcopy(self._config)

    @property
    def params(self):
        """The parameters of the model function, a copy."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self):
        """The model function, as a function of features, labels, mode and config."""
        def public_model_fn(features, labels, mode, config):
            return self._call_model_fn(features, labels, mode, config)
        return public_model_fn

    def get_variable_value(self, name):
        """The value of a variable in the newest checkpoint. ValueError where the model is not trained."""
        self._check_trained()
        return load_variable(self.model_dir, name)

    def get_variable_names(self):
        """The names of the newest checkpoint's variables. ValueError where the model is not trained."""
        self._check_trained()
        return [name for name, _ in list_variables(self.model_dir)]

    def latest_checkpoint(self):
        """The path of the newest checkpoint, or None."""
        return latest_checkpoint(self.model_dir)

    def _check_trained(self):
        if not latest_checkpoint(self.model_dir):
            raise ValueError(f'Could not find trained model in model_dir: {self.model_dir}.')

    def eval_dir(self, name=None):
        """The directory of an evaluation's event file."""
        return os.path.join(self._model_dir, 'eval' if not name else 'eval_' + name)

    # ---- training

    def train(self, input_fn, hooks=None, steps=None, max_steps=None, saving_listeners=None):
        """Trains the model, from the newest checkpoint on.

        Args:
          input_fn: a function that gives (features, labels), each a tensor or a dict of tensors, or a dataset of them. It
            may name `mode`, `params` and `config` as arguments.
          hooks: SessionRunHooks.
          steps: how many steps; with None for both, until the input ends.
          max_steps: the global step to stop at.
          saving_listeners: CheckpointSaverListeners.

        Returns:
          The estimator.

        Raises:
          ValueError: both `steps` and `max_steps` are given, or a number below 1.
        """
        from headrace import logging
        if self.config.task_type in (TaskType.EVALUATOR, TaskType.PS):
            raise ValueError('Train has been called wrong configuration. Please use tf.estimator.train_and_evaluate which '
                             f'calls proper API according to given configuration. Current configuration: {self.config}.')
        if steps is not None and max_steps is not None:
            raise ValueError('Can not provide both steps and max_steps.')
        for name, value in (('steps', steps), ('max_steps', max_steps)):
            if value is not None and value <= 0:
                raise ValueError(f'Must specify {name} > 0, given: {value}')
        if max_steps is not None and max_steps <= _step_of_checkpoint(self._model_dir):
            logging.info('Skipping training since max_steps has already saved.')
            return self
        hooks = _checked_hooks(hooks)
        hooks.extend(self._convert_train_steps_to_hooks(steps, max_steps))
        loss = self._train_model(input_fn, hooks, _checked_listeners(saving_listeners))
        logging.info('Loss for final step: %s.', loss)
        return self

    def _convert_train_steps_to_hooks(self, steps, max_steps):
        if steps is not None or max_steps is not None:
            return [StopAtStepHook(steps, max_steps)]
        return []

    def _train_model(self, input_fn, hooks, saving_listeners):
        with Graph().as_default() as graph, device(self._device_fn):
            set_random_seed(self._config.tf_random_seed)
            step = self._create_and_assert_global_step(graph)
            if step is not None:
                get_or_create_global_step_read(graph)
            features, labels, input_hooks = self._inputs(input_fn, ModeKeys.TRAIN)
            spec = self._call_model_fn(features, labels, ModeKeys.TRAIN, self.config)
            return self._train_with_spec(spec, [*input_hooks, *hooks], get_global_step(graph), saving_listeners)

    def _train_with_spec(self, spec, hooks, step, saving_listeners):
        from headrace import logging, summary
        config = self._config
        if self._warm_start_settings:
            logging.info('Warm-starting with WarmStartSettings: %s', self._warm_start_settings)
            warm_start(*self._warm_start_settings)
        if not any(item.op.name == 'loss' for item in get_collection(GraphKeys.SUMMARIES)):
            summary.scalar('loss', spec.loss)
        add_to_collection(GraphKeys.LOSSES, spec.loss)
        worker_hooks = [*hooks, NanTensorHook(spec.loss)]
        if config.log_step_count_steps is not None:
            worker_hooks.append(LoggingTensorHook({'loss': spec.loss, 'step': step},
                                                  every_n_iter=config.log_step_count_steps))
        worker_hooks.extend(spec.training_hooks)
        if not (spec.scaffold.saver or get_collection(GraphKeys.SAVERS)):
            add_to_collection(GraphKeys.SAVERS, Saver(
                sharded=True, max_to_keep=config.keep_checkpoint_max,
                keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours, defer_build=True,
                save_relative_paths=True))
        chief_hooks = self._chief_hooks(spec, worker_hooks, saving_listeners)
        with MonitoredTrainingSession(
                master=config.master, is_chief=config.is_chief, checkpoint_dir=self._model_dir, scaffold=spec.scaffold,
                hooks=worker_hooks, chief_only_hooks=chief_hooks, save_checkpoint_secs=0,
                save_summaries_steps=config.save_summary_steps, config=self._session_config,
                max_wait_secs=config.session_creation_timeout_secs,
                log_step_count_steps=config.log_step_count_steps) as session:
            loss, done = None, False
            while not session.should_stop():
                _, loss = session.run([spec.train_op, spec.loss])
                done = True
        if not done:
            logging.warning('Training with estimator made no steps. Perhaps input is empty or misspecified.')
        return loss

    def _chief_hooks(self, spec, worker_hooks, saving_listeners):
        """The chief's hooks, with one that saves, unless the program has its own."""
        config = self._config
        chief_hooks = []
        savers = [hook for hook in [*worker_hooks, *spec.training_chief_hooks] if isinstance(hook, CheckpointSaverHook)]
        if (config.save_checkpoints_secs or config.save_checkpoints_steps) and not savers:
            savers = chief_hooks = [CheckpointSaverHook(self._model_dir, save_secs=config.save_checkpoints_secs,
                                                        save_steps=config.save_checkpoints_steps,
                                                        scaffold=spec.scaffold)]
        if saving_listeners:
            if not savers:
                raise ValueError('There should be a CheckpointSaverHook to use saving_listeners. Please set one of the '
                                 'RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs.')
            savers[0]._listeners.extend(saving_listeners)
        return [*chief_hooks, *spec.training_chief_hooks]

    # ---- evaluation

    def evaluate(self, input_fn, steps=None, hooks=None, checkpoint_path=None, name=None):
        """Evaluates a checkpoint, and writes the result into an event file.

        Args:
          input_fn: as of `train`.
          steps: how many batches; None: until the input ends.
          hooks: SessionRunHooks.
          checkpoint_path: the checkpoint; the newest one for None.
          name: of the evaluation, where there are several.

        Returns:
          A dict of the metrics of the model function, 'loss' and 'global_step'.
        """
        hooks = _checked_hooks(hooks)
        hooks.extend(self._convert_eval_steps_to_hooks(steps))
        checkpoint_path = self._checkpoint_or_none(checkpoint_path, 'evaluate')
        with Graph().as_default() as graph, device(self._device_fn):
            scaffold, update_op, values, all_hooks = self._evaluation_graph(graph, input_fn, hooks, checkpoint_path)
            results = evaluate_once(checkpoint_path, master=self._config.evaluation_master, scaffold=scaffold,
                                    eval_ops=update_op, final_ops=values, hooks=all_hooks, config=self._session_config)
        step = results[GraphKeys.GLOBAL_STEP]
        summaries.write_results(self.eval_dir(name), results, step)
        if checkpoint_path:
            summaries.write_checkpoint_path(self.eval_dir(name), checkpoint_path, step)
        return results

    def _convert_eval_steps_to_hooks(self, steps):
        if steps is None:
            return []
        if steps <= 0:
            raise ValueError(f'Must specify steps > 0, given: {steps}')
        return [StopAfterNEvalsHook(num_evals=steps)]

    def _checkpoint_or_none(self, checkpoint_path, purpose):
        """The checkpoint, or the newest one; None, with a line in the log, where there is none."""
        path = checkpoint_path or latest_checkpoint(self._model_dir)
        if not path:
            from headrace import logging
            logging.info('Could not find trained model in model_dir: %s, running initialization to %s.', self._model_dir,
                         purpose)
        return path

    def _evaluation_graph(self, graph, input_fn, hooks, checkpoint_path):
        """(scaffold, update operation, dict of values, hooks) of the graph of an evaluation."""
        set_random_seed(self._config.tf_random_seed)
        step = self._create_and_assert_global_step(graph)
        features, labels, input_hooks = self._inputs(input_fn, ModeKeys.EVAL)
        spec = self._call_model_fn(features, labels, ModeKeys.EVAL, self.config)
        self._maybe_warm_start(checkpoint_path)
        metrics = spec.eval_metric_ops
        if _LOSS in metrics:
            raise ValueError(f'Metric with name "{_LOSS}" is not allowed, because Estimator already defines a default metric '
                             'with the same name.')
        from headrace.metrics import mean
        metrics = {**metrics, _LOSS: mean(spec.loss)}
        values = {name: metrics[name][0] for name in sorted(metrics)}
        update_op = group(*[metrics[name][1] for name in sorted(metrics)])
        if GraphKeys.GLOBAL_STEP in values:
            raise ValueError('Metric with name `global_step` is not allowed, because Estimator already defines a default '
                             'metric with the same name.')
        values[GraphKeys.GLOBAL_STEP] = step
        scaffold = spec.scaffold
        if scaffold and scaffold.local_init_op:  # it does not know of the variables that were added since
            get_or_create_eval_step()
            scaffold = Scaffold(local_init_op=group(scaffold.local_init_op, Scaffold.default_local_init_op()),
                                copy_from_scaffold=scaffold)
        return scaffold, update_op, values, [*input_hooks, *hooks, *spec.evaluation_hooks]

    # ---- prediction

    def predict(self, input_fn, predict_keys=None, hooks=None, checkpoint_path=None, yield_single_examples=True):
        """Yields predictions until the input ends.

        Args:
          input_fn: a function that gives features, or (features, anything), or a dataset of these.
          predict_keys: the names of the predictions that are wanted; None: all.
          hooks: SessionRunHooks.
          checkpoint_path: the checkpoint; the newest one for None.
          yield_single_examples: whether each example is yielded by itself, not each batch.

        Yields:
          The values of the model function's `predictions`: arrays, or dicts of arrays.

        Raises:
          ValueError: predictions of one batch have different lengths, or `predict_keys` fits none.
        """
        hooks = _checked_hooks(hooks)
        checkpoint_path = self._checkpoint_or_none(checkpoint_path, 'predict')
        with Graph().as_default() as graph, device(self._device_fn):
            set_random_seed(self._config.tf_random_seed)
            self._create_and_assert_global_step(graph)
            features, _, input_hooks = self._inputs(input_fn, ModeKeys.PREDICT)
            warn_of_endless_input(features)
            spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self.config)
            self._maybe_warm_start(checkpoint_path)
            predictions = _wanted(spec.predictions, predict_keys)
            creator = ChiefSessionCreator(checkpoint_filename_with_path=checkpoint_path, master=self._config.master,
                                          scaffold=spec.scaffold, config=self._session_config)
            with MonitoredSession(session_creator=creator, hooks=[*input_hooks, *hooks, *spec.prediction_hooks]) as session:
                while not session.should_stop():
                    values = session.run(predictions)
                    if not yield_single_examples:
                        yield values
                    elif not isinstance(predictions, dict):
                        yield from values
                    else:
                        for index in range(_batch_length(values)):
                            yield {key: value[index] for key, value in values.items()}

    # ---- exporting

    def export_saved_model(self, export_dir_base, serving_input_receiver_fn, assets_extra=None, as_text=False,
                           checkpoint_path=None, experimental_mode=ModeKeys.PREDICT):
        """Writes the model as a SavedModel, without attributes that equal their op's default.

        Args:
          export_dir_base: a directory, in which a new one is made, named for the time.
          serving_input_receiver_fn: a function that gives a ServingInputReceiver.
          assets_extra: a dict from paths inside the model's assets.extra to files that are copied there.
          as_text: whether it is written as text.
          checkpoint_path: the checkpoint; the newest one for None.
          experimental_mode: the mode that the model function is called with.

        Returns:
          The path of the new directory, as bytes.

        Raises:
          ValueError: there is no checkpoint, or the model has no outputs to export.
        """
        from headrace.estimator.export.saved_models import export_model
        return export_model(self, export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path, True,
                            experimental_mode)

    def export_savedmodel(self, export_dir_base, serving_input_receiver_fn, assets_extra=None, as_text=False,
                          checkpoint_path=None, strip_default_attrs=False):
        """The old name of export_saved_model, which keeps attributes unless `strip_default_attrs`."""
        from headrace.estimator.export.saved_models import export_model
        return export_model(self, export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path,
                            strip_default_attrs, ModeKeys.PREDICT)

    # ---- the pieces

    def _create_global_step(self, graph):
        return create_global_step(graph)

    def _create_and_assert_global_step(self, graph):
        step = self._create_global_step(graph)
        if step is not None:
            if step is not get_global_step(graph):
                raise AssertionError('_create_global_step made another global step than that of the graph')
            assert_global_step(step)
        return step

    def _inputs(self, input_fn, mode):
        return features_and_labels(self._call_input_fn(input_fn, mode))

    def _call_input_fn(self, input_fn, mode):
        return call_input_fn(input_fn, mode, self.params, self.config)

    def _call_model_fn(self, features, labels, mode, config):
        from headrace import logging
        names = arguments_of(self._model_fn)
        arguments = {}
        if 'labels' in names:
            arguments['labels'] = labels
        elif labels is not None:
            raise ValueError('model_fn does not take labels, but input_fn returns labels.')
        for name, value in (('mode', mode), ('params', self.params), ('config', config)):
            if name in names:
                arguments[name] = value
        logging.info('Calling model_fn.')
        spec = self._model_fn(features=features, **arguments)
        logging.info('Done calling model_fn.')
        if not isinstance(spec, EstimatorSpec):
            raise ValueError('model_fn should return an EstimatorSpec.')
        return spec

    def _maybe_warm_start(self, checkpoint_path):
        if not checkpoint_path and self._warm_start_settings:
            from headrace import logging
            logging.info('Warm-starting with WarmStartSettings: %s', self._warm_start_settings)
            warm_start(*self._warm_start_settings)


# ---- checks and settings


def _settled_config(config, model_dir):
    """The RunConfig, with a directory and a session's configuration."""
    from headrace import logging
    if config is None:
        config = RunConfig()
        logging.info('Using default config.')
    if not isinstance(config, RunConfig):
        raise ValueError(f'config must be an instance of `RunConfig`, but provided {config}.')
    if config.session_config is None:
        config = config.replace(session_config=get_default_session_config())
    if model_dir is not None:
        model_dir = os.fspath(model_dir)
        if config.model_dir is not None and config.model_dir != model_dir:
            raise ValueError('`model_dir` are set both in constructor and `RunConfig`, but with different values. In '
                             f"constructor: '{model_dir}', in `RunConfig`: '{config.model_dir}' ")
    if model_dir:
        return config.replace(model_dir=model_dir)
    if config.model_dir is None:
        model_dir = tempfile.mkdtemp()
        logging.warning('Using temporary folder as model directory: %s', model_dir)
        return config.replace(model_dir=model_dir)
    return config


def _device_function(config):
    """Variables go to the parameter servers where there are some."""
    if config.num_ps_replicas <= 0:
        return None
    from headrace.core.replica_devices import replica_device_setter
    ops = ['Variable', 'VariableV2', 'AutoReloadVariable', 'MutableHashTable', 'MutableHashTableV2',
           'MutableHashTableOfTensors', 'MutableHashTableOfTensorsV2', 'MutableDenseHashTable', 'MutableDenseHashTableV2',
           'VarHandleOp', 'BoostedTreesEnsembleResourceHandleOp', 'BoostedTreesQuantileStreamResourceHandleOp']
    worker = f'/job:{config.task_type}/task:{config.task_id}' if config.task_type else '/job:worker'
    return replica_device_setter(ps_tasks=config.num_ps_replicas, worker_device=worker, merge_devices=True, ps_ops=ops,
                                 cluster=config.cluster_spec)


def _check_model_fn(model_fn, params):
    names = arguments_of(model_fn)
    if 'features' not in names:
        raise ValueError(f'model_fn ({model_fn}) must include features argument.')
    if params is not None and 'params' not in names:
        raise ValueError(f'model_fn ({model_fn}) does not include params argument, but params ({params}) is passed to '
                         'Estimator.')
    if params is None and 'params' in names:
        from headrace import logging
        logging.warning("Estimator's model_fn (%s) includes params argument, but params are not passed to Estimator.",
                        model_fn)
    unknown = sorted(set(names) - set(_MODEL_FN_ARGUMENTS))
    if unknown:
        raise ValueError(f'model_fn ({model_fn}) has following not expected args: {unknown}')


def _checked_hooks(hooks):
    hooks = list(hooks or ())
    for hook in hooks:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f'Hooks must be a SessionRunHook, given: {hook}')
    return hooks


def _checked_listeners(listeners):
    listeners = list(listeners or ())
    for listener in listeners:
        if not isinstance(listener, CheckpointSaverListener):
            raise TypeError(f'saving_listeners must be a list of CheckpointSaverListener, given: {listener}')
    return listeners


def _step_of_checkpoint(model_dir):
    """The global step of the newest checkpoint; 0 where there is none."""
    try:
        return NewCheckpointReader(latest_checkpoint(model_dir)).get_tensor(GraphKeys.GLOBAL_STEP)
    except Exception:  # no checkpoint, or one without a step
        return 0


def _warm_start_settings(warm_start_from):
    if warm_start_from is None or isinstance(warm_start_from, WarmStartSettings):
        return warm_start_from
    if isinstance(warm_start_from, (str, bytes)):
        return WarmStartSettings(ckpt_to_initialize_from=warm_start_from)
    raise ValueError(f'warm_start_from must be a string or a WarmStartSettings, instead got {type(warm_start_from)}')


def _wanted(predictions, keys):
    if not keys:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError('predict_keys argument is not valid in case of non-dict predictions.')
    wanted = {key: value for key, value in predictions.items() if key in keys}
    if not wanted:
        raise ValueError(f'Expected to run at least one output from {list(predictions)}, provided {keys}.')
    return wanted


def _batch_length(values):
    lengths = {key: value.shape[0] for key, value in values.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f'Batch length of predictions should be same. Lengths: {lengths}')
    return next(iter(lengths.values()))
