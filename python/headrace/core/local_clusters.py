"""Clusters of servers in this process, for tests."""

from headrace.core.launcher import held_addresses

__all__ = ['create_local_cluster']


def create_local_cluster(num_workers, num_ps, protocol='grpc', worker_config=None, ps_config=None):
    """Starts servers in this process, on ports that are free.

    Args:
      num_workers: how many tasks the job "worker" has.
      num_ps: how many tasks the job "ps" has.
      protocol: 'grpc'.
      worker_config: a ConfigProto of the workers.
      ps_config: a ConfigProto of the parameter servers.

    Returns:
      (a list of the workers, a list of the parameter servers), each a tf.train.Server.
    """
    from headrace.core.servers import Server
    with held_addresses(num_workers + num_ps) as addresses:
        cluster = {'worker': addresses[:num_workers], 'ps': addresses[num_workers:]}
        workers = [Server(cluster, job_name='worker', protocol=protocol, task_index=index, config=worker_config)
                   for index in range(num_workers)]
        servers = [Server(cluster, job_name='ps', protocol=protocol, task_index=index, config=ps_config)
                   for index in range(num_ps)]
    return workers, servers
