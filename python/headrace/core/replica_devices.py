"""Where replicated training puts operations: variables on parameter servers by turns, the rest on the worker."""

from headrace.core.device_spec import DeviceSpec

__all__ = ['replica_device_setter']

_STANDARD_PS_OPS = ('Variable', 'VariableV2', 'AutoReloadVariable', 'MutableHashTable', 'MutableHashTableV2',
                    'MutableHashTableOfTensors', 'MutableHashTableOfTensorsV2', 'MutableDenseHashTable',
                    'MutableDenseHashTableV2', 'VarHandleOp', 'BoostedTreesEnsembleResourceHandleOp')


def _by_turns(tasks):
    """A strategy that gives each operation the next task."""
    next_task = 0

    def strategy(op):
        nonlocal next_task
        task = next_task
        next_task = (task + 1) % tasks
        return task
    return strategy


def replica_device_setter(ps_tasks=0, ps_device='/job:ps', worker_device='/job:worker', merge_devices=True,
                          cluster=None, ps_ops=None, ps_strategy=None):
    """A device function, for `with tf.device(...):`, that spreads variables over parameter servers.

    Args:
      ps_tasks: how many tasks the servers' job has; `cluster` overrides it.
      ps_device: the servers' device, without a task; None leaves variables where the rest is.
      worker_device: the device of all else.
      merge_devices: completes devices that inner blocks name; False takes those as they are.
      cluster: a ClusterSpec, a ClusterDef or a dict of jobs, whose job that `ps_device` names is counted.
      ps_ops: the types of operations that go to the servers; those of variables and tables for None.
      ps_strategy: a function of the operation that gives its task; by turns for None.

    Returns:
      The function, or None where there are no servers.

    Raises:
      TypeError: `cluster` is something else, or `ps_strategy` is no function.
    """
    if cluster is not None:
        jobs = cluster.as_dict() if hasattr(cluster, 'as_dict') else cluster
        if hasattr(jobs, 'job'):
            jobs = {job.name: job.tasks for job in jobs.job}
        if not isinstance(jobs, dict):
            raise TypeError('`cluster` must be a dictionary mapping one or more job names to lists of network addresses, '
                            f'or a `ClusterDef` protocol buffer, not {cluster!r}')
        name = DeviceSpec.from_string(ps_device).job
        if name not in jobs or not jobs[name]:
            return None
        ps_tasks = len(jobs[name])
    if not ps_tasks:
        return None
    strategy = _by_turns(ps_tasks) if ps_strategy is None else ps_strategy
    if not callable(strategy):
        raise TypeError('ps_strategy must be callable')
    types = _STANDARD_PS_OPS if ps_ops is None else ps_ops

    def choose(op):
        if op.device and not merge_devices:
            return op.device
        current = DeviceSpec.from_string(op.device or '')
        if ps_device and op.type in types:
            server = DeviceSpec.from_string(ps_device)
            if server.job and current.job in (None, server.job):
                server = server.replace(task=strategy(op))
            return _merged(server, current)
        return _merged(DeviceSpec.from_string(worker_device or ''), current)
    return choose


def _merged(outer, inner):
    return outer.make_merged_spec(inner).to_string()
