"""Which tasks make up a cluster, and where they listen: `tf.train.ClusterSpec`."""

import numbers

__all__ = ['ClusterSpec']


def _tasks(job_name, tasks):
    """{index: address} of the tasks of a job, as a list or a dict."""
    if isinstance(tasks, (list, tuple)):
        tasks = dict(enumerate(tasks))
    elif not isinstance(tasks, dict):
        raise TypeError(f'The tasks for job {job_name!r} must be a list or a dictionary from integers to strings.')
    found = {}
    for index, address in sorted(tasks.items()):
        if not isinstance(address, (str, bytes)):
            raise TypeError(f'Task address {address!r} must be bytes or unicode')
        if not isinstance(index, numbers.Integral):
            raise TypeError(f'{index!r} has type {type(index).__name__}, but expected one of: int')
        found[int(index)] = address.decode() if isinstance(address, bytes) else address
    return found


class ClusterSpec:
    """Jobs, and the network addresses of their tasks."""

    def __init__(self, cluster):
        """
        Args:
          cluster: a dict from job names to lists of 'host:port', or to dicts from task indices to them; a ClusterDef; or a
            ClusterSpec.

        Raises:
          TypeError: it is none of these.
        """
        if isinstance(cluster, ClusterSpec):
            jobs = cluster._jobs
        elif isinstance(cluster, dict):
            jobs = cluster
        elif hasattr(cluster, 'job') and hasattr(cluster, 'SerializeToString'):
            jobs = {job.name: dict(job.tasks) for job in cluster.job}
        else:
            raise TypeError('`cluster` must be a dictionary mapping one or more job names to lists of network addresses, '
                            'or a `ClusterDef` protocol buffer')
        for name in jobs:
            if not isinstance(name, (str, bytes)):
                raise TypeError(f'Job name {name!r} must be bytes or unicode')
        self._jobs = {name: _tasks(name, tasks) for name, tasks in jobs.items()}

    def __bool__(self):
        return bool(self._jobs)

    def __eq__(self, other):
        return isinstance(other, ClusterSpec) and self._jobs == other._jobs

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(str(self))

    def __str__(self):
        return f'ClusterSpec({dict(sorted(self.as_dict().items()))})'

    def as_dict(self):
        """A dict from job names to lists of addresses; to dicts where indices are left out."""
        return {name: list(tasks.values()) if tasks and list(tasks) == list(range(len(tasks))) else dict(tasks)
                for name, tasks in self._jobs.items()}

    def as_cluster_def(self):
        """The ClusterDef message."""
        from headrace.core.protos import ClusterDef
        cluster = ClusterDef()
        for name, tasks in sorted(self._jobs.items()):
            job = cluster.job.add(name=name)
            for index, address in tasks.items():
                job.tasks[index] = address
        return cluster

    @property
    def jobs(self):
        """The names of the jobs."""
        return list(self._jobs)

    def _job(self, job_name):
        if job_name not in self._jobs:
            raise ValueError(f'No such job in cluster: {job_name!r}')
        return self._jobs[job_name]

    def num_tasks(self, job_name):
        """How many tasks a job has. ValueError for an unknown job, here and below."""
        return len(self._job(job_name))

    def task_indices(self, job_name):
        """The indices of a job's tasks."""
        return list(self._job(job_name))

    def task_address(self, job_name, task_index):
        """The address of a task. ValueError where there is none."""
        tasks = self._job(job_name)
        if task_index not in tasks:
            raise ValueError(f'No task with index {task_index!r} in job {job_name!r}')
        return tasks[task_index]

    def job_tasks(self, job_name):
        """The addresses of a job's tasks by index; None for indices that are left out."""
        tasks = self._job(job_name)
        return [tasks.get(index) for index in range(max(tasks, default=-1) + 1)]
