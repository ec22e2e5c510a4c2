"""How the estimators of tf.contrib.learn run."""

import copy
import json
import os

from headrace.contrib.learn.estimators.constants import TaskType
from headrace.core.cluster_spec import ClusterSpec
from headrace.core.deprecation import deprecated
from headrace.estimator.run_config import RunConfig as CoreRunConfig

__all__ = ['RunConfig']


class RunConfig(CoreRunConfig):
    """The older RunConfig: the cluster comes from TF_CONFIG, in which `environment` may be 'local' or 'cloud'."""

    @deprecated(None, 'When switching to tf.estimator.Estimator, use tf.estimator.RunConfig instead.')
    def __init__(self, master=None, num_cores=0, log_device_placement=False, gpu_memory_fraction=1, tf_random_seed=None,
                 save_summary_steps=100, save_checkpoints_secs=0, save_checkpoints_steps=None, keep_checkpoint_max=5,
                 keep_checkpoint_every_n_hours=10000, log_step_count_steps=100, protocol=None, evaluation_master='',
                 model_dir=None, session_config=None, session_creation_timeout_secs=7200):
        """
        Args:
          master: the target; that of the task in TF_CONFIG for None.
          num_cores: how many threads sessions have; 0: as many as there are cores.
          log_device_placement: whether sessions log where nodes are placed.
          gpu_memory_fraction: how much of a GPU's memory is taken.
          save_checkpoints_secs: 600 for 0, unless `save_checkpoints_steps` is given.
          evaluation_master: the target of evaluations.
          Others: as of `tf.estimator.RunConfig`.
        """
        environment = json.loads(os.environ.get('TF_CONFIG', '') or '{}')
        task = environment.get('task', {})
        self._task_type, self._task_id = task.get('type'), int(task.get('index', 0))
        self._cluster_spec = ClusterSpec(environment.get('cluster', {}))
        self._master = self._found_master() if master is None else master
        self._num_ps_replicas = self._count(TaskType.PS)
        self._num_worker_replicas = self._count(TaskType.WORKER)
        self._environment = environment.get('environment', 'local')
        self._is_chief = self._found_chief()
        self._evaluation_master = evaluation_master or ''
        self._train_distribute = self._eval_distribute = self._experimental_max_worker_delay_secs = None
        self._device_fn = None
        self._tf_config = _session_config(num_cores, log_device_placement, gpu_memory_fraction)
        self._tf_random_seed = tf_random_seed
        self._save_summary_steps = save_summary_steps
        if save_checkpoints_secs == 0:
            save_checkpoints_secs = 600 if save_checkpoints_steps is None else None
        self._save_checkpoints_secs = save_checkpoints_secs
        self._log_step_count_steps = log_step_count_steps
        self._protocol = protocol
        self._session_config = session_config
        self._save_checkpoints_steps = save_checkpoints_steps
        self._keep_checkpoint_max = keep_checkpoint_max
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._model_dir = model_dir or environment.get('model_dir')
        self._session_creation_timeout_secs = session_creation_timeout_secs

    def _found_master(self):
        """The target of the task: '' where there is no cluster."""
        if not self._cluster_spec or self._task_type is None:
            return ''
        if len(self._cluster_spec.jobs) == 1 and self._count(self._task_type) == 1:
            return ''
        return 'grpc://' + self._cluster_spec.task_address(self._task_type, self._task_id)

    def _found_chief(self):
        if self._environment == 'cloud' and self._task_type == TaskType.MASTER:
            return True
        if self._environment == 'cloud' or TaskType.MASTER in self._cluster_spec.jobs:
            return self._task_type == TaskType.MASTER
        return self._task_id == 0 and self._task_type in (None, TaskType.WORKER)

    @property
    def environment(self):
        """'local' or 'cloud'."""
        return self._environment

    @property
    def tf_config(self):
        """The ConfigProto of sessions."""
        return self._tf_config

    def replace(self, **kwargs):
        """A copy with other values of some properties. ValueError for a property that there is not."""
        new = copy.deepcopy(self)
        for name, value in kwargs.items():
            if not hasattr(new, '_' + name):
                raise ValueError(f'Replacing {name} is not supported.')
            setattr(new, '_' + name, value)
        return new

    def uid(self, whitelist=None):
        """A text that tells configurations of one model from others, but for `whitelist`: names of properties."""
        left_out = {'_' + name for name in whitelist or ()} | {'_model_dir'}
        ordered = sorted((name, str(value)) for name, value in vars(self).items() if name not in left_out)
        return ', '.join(f'{name}={value!r}' for name, value in ordered)

    @staticmethod
    def get_task_id():
        """The index of the task in TF_CONFIG, 0 where it has none."""
        environment = json.loads(os.environ.get('TF_CONFIG', '') or '{}')
        return int(environment.get('task', {}).get('index', 0))


def _session_config(num_cores, log_device_placement, gpu_memory_fraction):
    from headrace.core.protos import ConfigProto
    config = ConfigProto(inter_op_parallelism_threads=num_cores, intra_op_parallelism_threads=num_cores,
                         log_device_placement=log_device_placement)
    config.gpu_options.per_process_gpu_memory_fraction = gpu_memory_fraction
    return config
