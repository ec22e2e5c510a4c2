"""The `headrace` command: `headrace launch`, which runs a program as a small cluster on this machine, and
`headrace server`, one task of a cluster."""

import argparse
import sys

__all__ = ['main']


def _launch(arguments):
    from headrace.core.launcher import launch
    return launch([arguments.program] + arguments.arguments, workers=arguments.workers, ps=arguments.ps,
                  has_chief=not arguments.no_chief, has_evaluator=arguments.evaluator, grace=arguments.grace,
                  timeout=arguments.timeout, colour=None if arguments.colour == 'auto' else arguments.colour == 'always')


def _tasks(text):
    """{job: [addresses]} of "ps=host:2222;worker=host:2223,host:2224"."""
    cluster = {}
    for part in filter(None, text.split(';')):
        job, found, addresses = part.partition('=')
        if not found or not job or not addresses:
            raise argparse.ArgumentTypeError(f'{part!r} is not JOB=HOST:PORT,HOST:PORT')
        cluster.setdefault(job.strip(), []).extend(address.strip() for address in addresses.split(','))
    return cluster


def _server(arguments):
    import headrace as tf
    cluster, job, task = arguments.cluster, arguments.job, arguments.task
    if cluster is None:
        from headrace.core.cluster_config import cluster_from_environment
        found = cluster_from_environment()
        if found is None:
            raise SystemExit('headrace server: give --cluster and --job, or set TF_CONFIG')
        cluster, job, task = found.cluster, found.job, found.task
    server = tf.train.Server(cluster, job_name=job, task_index=task)
    print(server.target, flush=True)
    try:
        server.join()
    except KeyboardInterrupt:
        pass
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog='headrace', description=__doc__)
    commands = parser.add_subparsers(dest='command', required=True, metavar='COMMAND')
    launch = commands.add_parser('launch', help='run a program as a cluster on this machine',
                                 description='Runs a program once for each task of a cluster on this machine. Each gets '
                                 'TF_CONFIG, with addresses that are free, and its output is marked with its task. The '
                                 'exit code is that of the chief; Ctrl-C stops all.')
    launch.add_argument('-n', '--workers', type=int, default=1, metavar='N', help='workers, the chief among them (1)')
    launch.add_argument('--ps', type=int, default=0, metavar='N', help='parameter servers (0)')
    launch.add_argument('--no-chief', action='store_true', help='worker 0 in place of a job "chief"')
    launch.add_argument('--evaluator', action='store_true', help='a task more, which evaluates')
    launch.add_argument('--grace', type=float, default=30, metavar='SECONDS',
                        help='how long workers may go on when the chief has ended (30)')
    launch.add_argument('--timeout', type=float, metavar='SECONDS', help='stop all after so long, with exit code 124')
    launch.add_argument('--colour', '--color', choices=['auto', 'always', 'never'], default='auto',
                        help='of the marks (auto: on a terminal)')
    launch.add_argument('program', help='a Python program, or another one that can be executed')
    launch.add_argument('arguments', nargs=argparse.REMAINDER, help='its arguments')
    launch.set_defaults(run=_launch)
    server = commands.add_parser('server', help='run one task of a cluster',
                                 description='Runs one task of a cluster until it is interrupted. Without options it is '
                                 'the one that TF_CONFIG names.')
    server.add_argument('--cluster', type=_tasks, metavar='"JOB=HOST:PORT,HOST:PORT;JOB=..."')
    server.add_argument('--job')
    server.add_argument('--task', type=int, default=0)
    server.set_defaults(run=_server)
    return parser


def main(arguments=None):
    """Runs the command; gives its exit code."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if parsed.command == 'launch' and (parsed.workers < 1 or parsed.ps < 0):
        parser.error('there must be at least one worker, and no fewer than zero parameter servers')
    if parsed.command == 'server' and (parsed.cluster is None) != (parsed.job is None):
        parser.error('--cluster and --job go together')
    return parsed.run(parsed)


if __name__ == '__main__':
    sys.exit(main())
