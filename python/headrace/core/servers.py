"""A task of a cluster in this process: `tf.train.Server`."""

from headrace import _headrace as _c
from headrace.core.cluster_spec import ClusterSpec

__all__ = ['Server']


def _server_def(given, job_name, task_index, protocol, config):
    """The ServerDef of what `Server` is given."""
    from headrace.core.protos import ServerDef
    definition = ServerDef()
    if getattr(getattr(given, 'DESCRIPTOR', None), 'full_name', '') == 'tensorflow.ServerDef':
        definition.ParseFromString(given.SerializeToString())  # also one of another protobuf pool
        if job_name is not None:
            definition.job_name = job_name
        if task_index is not None:
            definition.task_index = task_index
        if protocol is not None:
            definition.protocol = protocol
        if config is not None:
            definition.default_session_config.ParseFromString(config.SerializeToString())
        if not definition.job_name:
            raise ValueError('server_or_cluster_def.job_name must be set.')
        return definition
    try:
        spec = ClusterSpec(given)
    except TypeError:
        raise TypeError('Could not convert `server_or_cluster_def` to a `tf.train.ServerDef` or '
                        '`tf.train.ClusterSpec`.') from None
    if job_name is None:
        if len(spec.jobs) != 1:
            raise ValueError('Must specify an explicit `job_name`.')
        job_name = spec.jobs[0]
    if task_index is None:
        indices = spec.task_indices(job_name)
        if len(indices) != 1:
            raise ValueError('Must specify an explicit `task_index`.')
        task_index = indices[0]
    definition.cluster.CopyFrom(spec.as_cluster_def())
    definition.job_name, definition.task_index, definition.protocol = job_name, task_index, protocol or 'grpc'
    if config is not None:
        definition.default_session_config.ParseFromString(config.SerializeToString())
    return definition


class Server:
    """Runs one task of a cluster in this process: its devices are there for sessions of the whole cluster, and its
    address is a target of sessions.

    It goes on until the process ends, whether or not the object is kept. Certificates come from HEADRACE_TLS_CERT,
    HEADRACE_TLS_KEY and HEADRACE_TLS_CA; a task whose own address is 'localhost' or another loopback one can be reached
    from this machine only.
    """

    def __init__(self, server_or_cluster_def, job_name=None, task_index=None, protocol=None, config=None, start=True):
        """
        Args:
          server_or_cluster_def: a ServerDef; or a ClusterSpec, ClusterDef or dict of the cluster.
          job_name: the job of the task; not needed where there is one job.
          task_index: the index of the task; not needed where the job has one task.
          protocol: 'grpc', also where it is None.
          config: a ConfigProto: the default of sessions, and what decides the server's devices and threads.
          start: whether it answers at once; else `start` does.

        Raises:
          tf.errors.OpError: the task is not in the cluster, the port cannot be had, ...
        """
        self._server_def = _server_def(server_or_cluster_def, job_name, task_index, protocol, config)
        self._server = _c._Server(self._server_def.SerializeToString())
        if start:
            self.start()

    def start(self):
        """Begins to answer; a second call does nothing."""
        self._server.start()

    def join(self):
        """Waits for ever; Ctrl-C ends it."""
        self._server.join()

    @property
    def server_def(self):
        """The ServerDef it was made from."""
        return self._server_def

    @property
    def target(self):
        """The target of sessions at this server, as in 'grpc://localhost:2222'."""
        return self._server.target

    @staticmethod
    def create_local_server(config=None, start=True):
        """A server of a cluster of its own, with one task and a free port."""
        return Server({'local': ['localhost:0']}, protocol='grpc', config=config, start=start)
