"""The cluster that TF_CONFIG describes, and this process's place in it."""

import collections
import json
import os

__all__ = ['ClusterConfig', 'cluster_from_environment']


class ClusterConfig(collections.namedtuple('ClusterConfig', ['cluster', 'job', 'task'])):
    """A cluster (a dict of jobs to addresses), and the job and the task of this process."""

    @property
    def is_chief(self):
        """Whether this process initializes and saves: the chief, or the first worker where there is no such job."""
        if self.job in ('chief', 'master'):
            return True
        return self.job == 'worker' and self.task == 0 and not {'chief', 'master'} & set(self.cluster)

    @property
    def workers(self):
        """How many tasks train."""
        return sum(len(self.cluster.get(job, ())) for job in ('chief', 'master', 'worker'))


def cluster_from_environment(environment=None):
    """What TF_CONFIG says; None where it is not set or names no cluster.

    Args:
      environment: a mapping in place of `os.environ`.

    Raises:
      ValueError: it is no JSON object, or the task is not in the cluster.
    """
    text = (os.environ if environment is None else environment).get('TF_CONFIG')
    if not text:
        return None
    try:
        config = json.loads(text)
    except ValueError as error:
        raise ValueError(f'TF_CONFIG is not JSON: {error}') from None
    if not isinstance(config, dict):
        raise ValueError('TF_CONFIG must be a JSON object')
    cluster = config.get('cluster')
    if not cluster:
        return None
    task = config.get('task') or {}
    job, index = task.get('type'), int(task.get('index', 0))
    if job != 'evaluator' and (job not in cluster or not 0 <= index < len(cluster[job])):
        raise ValueError(f'Task {job}:{index} of TF_CONFIG is not in its cluster {cluster}')
    return ClusterConfig(cluster, job, index)
