"""How an Estimator runs: `tf.estimator.RunConfig`, and what the environment says of the cluster."""

import copy
import inspect
import json
import os

from headrace.core.cluster_spec import ClusterSpec

__all__ = ['RunConfig']

_UNSET = object()

_REPLACEABLE = ['model_dir', 'tf_random_seed', 'save_summary_steps', 'save_checkpoints_steps', 'save_checkpoints_secs',
                'session_config', 'keep_checkpoint_max', 'keep_checkpoint_every_n_hours', 'log_step_count_steps',
                'train_distribute', 'device_fn', 'protocol', 'eval_distribute', 'experimental_distribute',
                'experimental_max_worker_delay_secs', 'session_creation_timeout_secs']


class TaskType:
    """What a task of a cluster does."""
    MASTER = 'master'
    PS = 'ps'
    WORKER = 'worker'
    CHIEF = 'chief'
    EVALUATOR = 'evaluator'


def get_default_session_config(device_filters=()):
    """The ConfigProto of sessions where a RunConfig has none."""
    from headrace.core.protos import ConfigProto, RewriterConfig
    config = ConfigProto(allow_soft_placement=True, device_filters=device_filters)
    config.graph_options.rewrite_options.meta_optimizer_iterations = RewriterConfig.ONE
    return config


class RunConfig:
    """Where an Estimator keeps its model, how often it saves and logs, and which task of a cluster it is.

    The cluster comes from the environment: TF_CONFIG is JSON with `cluster` (a dict as of ClusterSpec), `task` (a dict with
    `type` and `index`), `session_master`, `eval_session_master`, `model_dir` and `service`, all of which may be left out.
    """

    def __init__(self, model_dir=None, tf_random_seed=None, save_summary_steps=100, save_checkpoints_steps=_UNSET,
                 save_checkpoints_secs=_UNSET, session_config=None, keep_checkpoint_max=5,
                 keep_checkpoint_every_n_hours=10000, log_step_count_steps=100, train_distribute=None, device_fn=None,
                 protocol=None, eval_distribute=None, experimental_distribute=None,
                 experimental_max_worker_delay_secs=None, session_creation_timeout_secs=7200):
        """
        Args:
          model_dir: the directory of the model; None: as TF_CONFIG says, or a temporary one.
          tf_random_seed: the seed of the graphs.
          save_summary_steps: how often summaries are written.
          save_checkpoints_steps, save_checkpoints_secs: how often checkpoints are saved; 600 seconds where both are left
            out. None: not so.
          session_config: a ConfigProto.
          keep_checkpoint_max, keep_checkpoint_every_n_hours: as of `tf.train.Saver`.
          log_step_count_steps: how often the loss and the speed are logged; None: never.
          train_distribute, eval_distribute, experimental_distribute: kept, not used.
          device_fn: a function of an operation that names its device.
          protocol: 'grpc' or None.
          experimental_max_worker_delay_secs: how long workers wait at most before they start.
          session_creation_timeout_secs: how long workers wait for the chief.

        Raises:
          ValueError: an argument is out of range, or TF_CONFIG contradicts itself.
        """
        if save_checkpoints_steps is _UNSET:
            save_checkpoints_steps = None
            if save_checkpoints_secs is _UNSET:
                save_checkpoints_secs = 600
        elif save_checkpoints_secs is _UNSET:
            save_checkpoints_secs = None
        elif save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            raise ValueError('`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.')
        environment = json.loads(os.environ.get('TF_CONFIG', '') or '{}')
        self._set(model_dir=_model_dir(environment, model_dir), tf_random_seed=tf_random_seed,
                  save_summary_steps=save_summary_steps, save_checkpoints_steps=save_checkpoints_steps,
                  save_checkpoints_secs=save_checkpoints_secs, session_config=session_config,
                  keep_checkpoint_max=keep_checkpoint_max, keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
                  log_step_count_steps=log_step_count_steps, train_distribute=train_distribute, device_fn=device_fn,
                  protocol=protocol, eval_distribute=eval_distribute, experimental_distribute=experimental_distribute,
                  experimental_max_worker_delay_secs=experimental_max_worker_delay_secs,
                  session_creation_timeout_secs=session_creation_timeout_secs)
        self._service = _service(environment)
        self._take_cluster(environment)
        if self._session_config is None and environment.get('cluster') and self._task_type != TaskType.EVALUATOR:
            self._session_config = get_default_session_config(self._device_filters())

    def _set(self, **values):
        _validate(values)
        for name, value in values.items():
            setattr(self, '_' + name, value)

    # ---- the cluster

    def _take_cluster(self, environment):
        self._cluster_spec = ClusterSpec(environment.get('cluster', {}))
        task = environment.get('task', {})
        if self._cluster_spec:
            self._take_task(task, environment)
        else:
            self._task_type, self._task_id = task.get('type', TaskType.WORKER), int(task.get('index', 0))
            self._global_id_in_cluster = 0
            if self._task_type != TaskType.WORKER:
                raise ValueError('If "cluster" is not set in TF_CONFIG, task type must be WORKER.')
            if self._task_id != 0:
                raise ValueError('If "cluster" is not set in TF_CONFIG, task index must be 0.')
            self._master = environment.get('session_master', '')
            self._evaluation_master = environment.get('eval_session_master', '')
            self._is_chief, self._num_ps_replicas, self._num_worker_replicas = True, 0, 1

    def _take_task(self, task, environment):
        from headrace import logging
        jobs = self._cluster_spec.jobs
        has_master = TaskType.MASTER in jobs
        if TaskType.CHIEF not in jobs and not has_master:
            raise ValueError('If "cluster" is set in TF_CONFIG, it must have one "chief" node.')
        for job in (TaskType.CHIEF, TaskType.MASTER):
            if job in jobs and self._cluster_spec.num_tasks(job) > 1:
                raise ValueError(f'The "cluster" in TF_CONFIG must have only one "{job}" node.')
        for key in ('type', 'index'):
            if task.get(key) is None:
                raise ValueError(f'If "cluster" is set in TF_CONFIG, task {key} must be set.')
        self._task_type, self._task_id = task['type'], int(task['index'])
        if self._task_id < 0:
            raise ValueError('Task index must be non-negative number.')
        if self._task_type == TaskType.EVALUATOR:
            self._cluster_spec = ClusterSpec({})
            self._global_id_in_cluster = None
            self._master = self._evaluation_master = ''
            self._is_chief, self._num_ps_replicas, self._num_worker_replicas = False, 0, 0
        else:
            self._global_id_in_cluster = self._global_id(jobs)
            self._master = environment.get('session_master') or self._network_master()
            self._evaluation_master = ''
            self._is_chief = self._task_type in (TaskType.CHIEF, TaskType.MASTER)
            self._num_ps_replicas = self._count(TaskType.PS)
            self._num_worker_replicas = sum(map(self._count, (TaskType.CHIEF, TaskType.MASTER, TaskType.WORKER)))
        logging.info('TF_CONFIG environment variable: %s', environment)

    def _count(self, job):
        return self._cluster_spec.num_tasks(job) if job in self._cluster_spec.jobs else 0

    def _network_master(self):
        """The target of the task's sessions: '' where it is alone."""
        if self._task_type not in self._cluster_spec.jobs:
            raise ValueError(f'{self._task_type} is not a valid task_type in the cluster_spec:\n{self._cluster_spec}\n\n'
                             'Note that these values may be coming from the TF_CONFIG environment variable.')
        if self._task_id >= self._cluster_spec.num_tasks(self._task_type):
            raise ValueError(f'{self._task_id} is not a valid task_id for task_type {self._task_type} in the cluster_spec:\n'
                             f'{self._cluster_spec}\n\nNote that these values may be coming from the TF_CONFIG environment '
                             'variable.')
        if len(self._cluster_spec.jobs) == 1 and self._count(self._task_type) == 1:
            return ''
        return (self._protocol or 'grpc') + '://' + self._cluster_spec.task_address(self._task_type, self._task_id)

    def _global_id(self, jobs):
        """The number of the task among all: the chief first, then the master, workers, parameter servers, others."""
        known = [TaskType.CHIEF, TaskType.MASTER, TaskType.WORKER, TaskType.PS]
        order = [job for job in known if job in jobs] + sorted(set(jobs) - set(known))
        before = 0
        for job in order:
            if job == self._task_type:
                return before + self._task_id
            before += self._cluster_spec.num_tasks(job)
        return None

    def _device_filters(self):
        """What a task looks at: workers at themselves and at the parameter servers, but not at each other."""
        if self._task_type == TaskType.PS:
            return ['/job:ps', '/job:worker', '/job:chief', '/job:master']
        if self._task_type == TaskType.WORKER:
            return ['/job:ps', f'/job:worker/task:{self._task_id}']
        return ['/job:ps', f'/job:{self._task_type}'] if self._is_chief else []

    # ---- properties

    @property
    def cluster_spec(self):
        """The ClusterSpec."""
        return self._cluster_spec

    @property
    def device_fn(self):
        """A function of an operation that names its device, or None."""
        return self._device_fn

    @property
    def evaluation_master(self):
        """The target of evaluations."""
        return self._evaluation_master

    @property
    def is_chief(self):
        """Whether the task initializes and saves."""
        return self._is_chief

    @property
    def master(self):
        """The target of sessions."""
        return self._master

    @property
    def num_ps_replicas(self):
        """How many parameter servers there are."""
        return self._num_ps_replicas

    @property
    def num_worker_replicas(self):
        """How many workers there are, the chief among them."""
        return self._num_worker_replicas

    @property
    def task_id(self):
        """The index of the task in its job."""
        return self._task_id

    @property
    def global_id_in_cluster(self):
        """The number of the task among all of the cluster; None for an evaluator."""
        return self._global_id_in_cluster

    @property
    def task_type(self):
        """The job of the task."""
        return self._task_type

    @property
    def tf_random_seed(self):
        """The seed of the graphs."""
        return self._tf_random_seed

    @property
    def save_summary_steps(self):
        """How often summaries are written."""
        return self._save_summary_steps

    @property
    def save_checkpoints_secs(self):
        """How often checkpoints are saved, or None."""
        return self._save_checkpoints_secs

    @property
    def session_config(self):
        """The ConfigProto of sessions, or None."""
        return self._session_config

    @property
    def save_checkpoints_steps(self):
        """How often checkpoints are saved, or None."""
        return self._save_checkpoints_steps

    @property
    def keep_checkpoint_max(self):
        """How many checkpoints stay."""
        return self._keep_checkpoint_max

    @property
    def session_creation_timeout_secs(self):
        """How long workers wait for the chief."""
        return self._session_creation_timeout_secs

    @property
    def keep_checkpoint_every_n_hours(self):
        """Of the checkpoints that would be deleted, one in so many hours stays."""
        return self._keep_checkpoint_every_n_hours

    @property
    def log_step_count_steps(self):
        """How often the loss and the speed are logged."""
        return self._log_step_count_steps

    @property
    def experimental_max_worker_delay_secs(self):
        """How long workers wait at most before they start."""
        return self._experimental_max_worker_delay_secs

    @property
    def model_dir(self):
        """The directory of the model, or None."""
        return self._model_dir

    @property
    def service(self):
        """What TF_CONFIG says of the platform, or None."""
        return self._service

    @property
    def train_distribute(self):
        """Kept as given."""
        return self._train_distribute

    @property
    def eval_distribute(self):
        """Kept as given."""
        return self._eval_distribute

    @property
    def protocol(self):
        """The protocol of the cluster, or None."""
        return self._protocol

    def replace(self, **kwargs):
        """A copy with other values of some properties: those of the constructor. ValueError for any other."""
        for name in kwargs:
            if name not in _REPLACEABLE:
                raise ValueError(f'Replacing {name} is not supported. Allowed properties are {_REPLACEABLE}.')
        new = copy.deepcopy(self)
        if 'save_checkpoints_steps' in kwargs and 'save_checkpoints_secs' in kwargs:
            if kwargs['save_checkpoints_steps'] is not None and kwargs['save_checkpoints_secs'] is not None:
                raise ValueError('`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.')
        elif 'save_checkpoints_steps' in kwargs:
            new._save_checkpoints_secs = None
        elif 'save_checkpoints_secs' in kwargs:
            new._save_checkpoints_steps = None
        new._set(**kwargs)
        return new


# ---- checks


def _model_dir(environment, model_dir):
    if model_dir is not None and not model_dir:
        raise ValueError('model_dir should be non-empty.')
    from_environment = environment.get('model_dir')
    if from_environment is None:
        return None if model_dir is None else os.fspath(model_dir)
    if not from_environment:
        raise ValueError('model_dir in TF_CONFIG should be non-empty.')
    if model_dir and model_dir != from_environment:
        raise ValueError(f'`model_dir` provided in RunConfig construct, if set, must have the same value as the model_dir in '
                         f'TF_CONFIG. model_dir: {model_dir}\nTF_CONFIG["model_dir"]: {from_environment}.\n')
    return from_environment


def _service(environment):
    service = environment.get('service')
    if service is not None and not isinstance(service, dict):
        raise TypeError(f'If "service" is set in TF_CONFIG, it must be a dict. Given {type(service)}')
    return service


def _is_count(value):
    return value >= 0


def _is_positive(value):
    return value > 0


_RANGES = {'save_summary_steps': (_is_count, '>= 0'), 'save_checkpoints_steps': (_is_count, '>= 0'),
           'save_checkpoints_secs': (_is_count, '>= 0'), 'keep_checkpoint_max': (_is_count, '>= 0'),
           'keep_checkpoint_every_n_hours': (_is_positive, '> 0'), 'log_step_count_steps': (_is_positive, '> 0'),
           'session_creation_timeout_secs': (_is_positive, '> 0')}


def _validate(values):
    """ValueError for a property that is out of its range."""
    for name, value in values.items():
        if value is None:
            continue
        if name in _RANGES and not _RANGES[name][0](value):
            raise ValueError(f'{name} should be {_RANGES[name][1]}')
        if name == 'model_dir' and not value:
            raise ValueError('model_dir should be non-empty')
        if name == 'session_config' and not _is_config(value):
            raise ValueError('session_config must be instance of ConfigProto')
        if name == 'tf_random_seed' and not hasattr(value, '__index__'):
            raise ValueError('tf_random_seed must be integer.')
        if name == 'device_fn' and not (callable(value) and list(inspect.signature(value).parameters) == ['op']):
            raise ValueError('device_fn must be callable with exactly one argument "op".')
        if name == 'protocol' and value not in ('grpc', 'grpc+verbs'):
            raise ValueError('protocol should be grpc or grpc+verbs')


def _is_config(value):
    return hasattr(value, 'SerializeToString') and value.DESCRIPTOR.full_name == 'tensorflow.ConfigProto'
