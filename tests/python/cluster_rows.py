"""Small programs about devices, clusters, shared state and configuration, each with what it says.

    PYTHON tests/python/cluster_rows.py MODULE

runs them all with MODULE ('headrace' or 'tensorflow') and prints a line for each thing that a program says.
recorded/cluster_rows.txt is what they said with TensorFlow 1.15. Runs under the reference's Python 3.7, too.
"""

import contextlib
import importlib
import os
import re
import socket
import sys
import threading
import traceback

tf = None  # the module
ROWS = []


def row(function):
    ROWS.append(function)
    return function


def say(*values):
    """Prints them without what differs between runs and machines: ports, handles, lines of programs, XLA's devices."""
    text = ' '.join(str(value) for value in values)
    for pattern, plain in [(r'localhost:\d+', 'localhost:PORT'), (r'Session [0-9a-f]+', 'Session HANDLE'),
                           (r'node (\S+) \(defined at [^)]*\) *', r'node \1 '),
                           (r'\[\[(?:\{\{)?(?:node )?([^\s\]}]+)[^\]]*\]\]', r'[[\1]]'),
                           (r', /job:\S*XLA_CPU:0', ''), (r' The requested device appears to be a GPU.*', ''), (r'\s+', ' ')]:
        text = re.sub(pattern, plain, text)
    print(text)


def attempt(function):
    """Says what it gives, or raises."""
    try:
        say('gives', function())
    except Exception as error:  # pylint: disable=broad-except
        say(type(error).__name__, getattr(error, 'message', None) or error)


def refused(function):
    """Says which error it raises."""
    try:
        say('gives', function())
    except Exception as error:  # pylint: disable=broad-except
        say(type(error).__name__)


def servers(jobs):
    """Servers of this process: from (job, task) to them."""
    sockets = [socket.socket() for _ in range(sum(jobs.values()))]
    for one in sockets:  # they hold the ports, and let servers listen at them
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(('localhost', 0))
    ports = iter([one.getsockname()[1] for one in sockets])
    cluster = {job: ['localhost:%d' % next(ports) for _ in range(count)] for job, count in jobs.items()}
    made = {(job, task): tf.train.Server(cluster, job_name=job, task_index=task)
            for job in jobs for task in range(jobs[job])}
    for one in sockets:
        one.close()
    return made


# ---- devices


@row
def names_of_devices():
    def device(*names):
        with tf.Graph().as_default(), contextlib.ExitStack() as stack:
            for name in names:
                stack.enter_context(tf.device(name))
            return repr(tf.constant(1).op.device)

    for names in [('/cpu:0',), ('/device:CPU:0',), ('/job:localhost/replica:0/task:0/device:CPU:0',), ('/CPU:0',), ('/gpu:1',),
                  ('/GPU:1',), ('/device:gpu:1',), ('/task:1/job:ps',), ('/job:ps', '/task:1'),
                  ('/job:ps/task:0', '/job:worker'), ('/job:ps/task:0/cpu:0', '/gpu:1'), ('/gpu:1', '/job:a'),
                  ('/job:ps/task:0', None), ('/job:ps', None, '/task:2'), ('/device:CPU:*',), ('/cpu:*', '/cpu:1'),
                  ('/cpu:1', '/cpu:*'), ('/replica:3', '/job:x'), ('/device:XLA_CPU:0',), ('/device:FOO:7',),
                  ('/job:worker/device:GPU',), ('/device:GPU:0', '/device:CPU'), ('', '/cpu:0'), ('/cpu:0', ''),
                  ('/job:a_b-c',), ('/task:5',), ('gpu0',), ('/gpu:x',), ('/job:',), ('/job:1a',), ('cpu:0',),
                  ('/cpu:0/gpu:0',), ('/job:a/job:b',), ('/foo:1',), ('/task:-1',), ('/task:a',), ('/device:',), ('/',),
                  ('//',)]:
        say(names)
        attempt(lambda: device(*names))  # pylint: disable=cell-var-from-loop


@row
def device_functions():
    def variables(op):
        return '/cpu:0' if op.type in ('Variable', 'VariableV2') else '/gpu:0'

    def spec(op):
        return tf.DeviceSpec(job='w', task=3)

    with tf.Graph().as_default() as graph:
        with tf.device(variables):
            _ = tf.Variable(1.0) * tf.constant(2.0)
        with tf.device('/job:outer/gpu:3'), tf.device(variables):
            tf.constant(1.0, name='in_f')
        with tf.device(variables):
            for name, inner in [('f_in', '/job:inner'), ('f_gpu', '/gpu:2'), ('ff', lambda op: '/job:ps'),
                                ('fempty', lambda op: ''), ('cleared', None), ('spec', spec)]:
                with tf.device(inner):
                    tf.constant(1.0, name=name)
        with tf.device(tf.DeviceSpec(job='w', device_type='GPU', device_index=1)):
            tf.constant(1.0, name='ds')
        for op in graph.get_operations():
            say(op.name, op.type, repr(op.device))

    def wrong(op):
        return 7

    def raises(op):
        raise ValueError('mine')

    for function in (wrong, raises):
        def build():
            with tf.Graph().as_default(), tf.device(function):  # pylint: disable=cell-var-from-loop
                tf.constant(1)
        attempt(build)


@row
def device_specs():
    spec = tf.DeviceSpec
    for text in ['/job:ps/replica:1/task:2/device:CPU:3', '/device:GPU:*', '', '/job:a/task:1']:
        made = spec.from_string(text)
        say(text, made.to_string(), made.job, made.replica, made.task, made.device_type, made.device_index)
    one, other = spec(job='a', device_type='CPU', device_index=1), spec.from_string('/task:4/device:GPU:2')
    say(one.to_string(), one == spec.from_string('/job:a/device:CPU:1'), one == 3)
    refused(lambda: spec.from_string('/nonsense:1'))
    refused(lambda: spec.from_string('/device:GPU'))
    one.merge_from(other)
    say(one.to_string())


@row
def devices_that_are_not_there():
    def run(device, config=None, with_variable=False):
        with tf.Graph().as_default():
            with tf.device(device):
                value = tf.Variable(3, name='v') if with_variable else tf.constant([1.0, 2.0], name='c')
                result = tf.negative(value, name='n')
            with tf.Session(config=config) as session:
                if with_variable:
                    session.run(tf.global_variables_initializer())
                return session.run(result)

    soft = tf.ConfigProto(allow_soft_placement=True)
    for device in ['/gpu:0', '/cpu:1', '/job:ps', '/job:localhost/task:1', '/device:TPU:0', '/cpu:0', '/job:localhost',
                   '/replica:1', '/device:FOO:0']:
        say(device)
        attempt(lambda: run(device))  # pylint: disable=cell-var-from-loop
    attempt(lambda: run('/gpu:3', soft))
    attempt(lambda: run('/job:ps/gpu:3', soft))
    attempt(lambda: run('/gpu:0', with_variable=True))
    attempt(lambda: run('/gpu:0', soft, with_variable=True))


@row
def colocation():
    config = tf.ConfigProto(device_count={'CPU': 2})
    with tf.Graph().as_default() as graph:
        with tf.device('/cpu:1'):
            v, w = tf.Variable(1.0, name='v'), tf.constant(2.0, name='w')
        with tf.colocate_with(v):
            c = tf.constant(3.0, name='c')
            d = tf.identity(c, name='d')
        with tf.device('/cpu:0'):
            with tf.colocate_with(w):
                e = tf.constant(1.0, name='e')
            with tf.colocate_with(v, ignore_existing=True):
                f = tf.constant(1.0, name='f')
        with tf.colocate_with(c):
            h = tf.constant(1.0, name='h')
        add = tf.assign_add(v, 1.0)
        for op in graph.get_operations():
            say(op.name, repr(op.device), op.colocation_groups())
        with tf.Session(config=config) as session:
            session.run(v.initializer)
            say(session.run([d, e, f, h, add]))

    def apart():
        with tf.Graph().as_default():
            with tf.device('/cpu:0'):
                v = tf.Variable(1.0, name='v')
            with tf.device('/cpu:1'):
                u = tf.assign_add(v, 1.0, name='u')
            with tf.Session(config=config) as session:
                session.run(v.initializer)
                return session.run(u)

    attempt(apart)


@row
def transfers():
    with tf.Graph().as_default():
        with tf.device('/cpu:1'):
            v = tf.Variable([1.0, 2.0], name='v')
        with tf.device('/cpu:0'):
            c = tf.square(v) + tf.exp(v) + v
        with tf.device('/cpu:2'):
            d = tf.negative(v)
        with tf.Session(config=tf.ConfigProto(device_count={'CPU': 3})) as session:
            session.run(v.initializer)
            metadata = tf.RunMetadata()
            say(session.run([c, d], run_metadata=metadata, options=tf.RunOptions(output_partition_graphs=True)))
            nodes = [node for graph in metadata.partition_graphs for node in graph.node]
            for op in ('_Send', '_Recv'):
                say(op, sorted((node.attr['send_device'].s, node.attr['recv_device'].s) for node in nodes if node.op == op))


@row
def pools_of_threads():
    with tf.Graph().as_default():
        c = tf.constant(2.0) * 3
        for config in [tf.ConfigProto(inter_op_parallelism_threads=2, intra_op_parallelism_threads=1),
                       tf.ConfigProto(use_per_session_threads=True), tf.ConfigProto(inter_op_parallelism_threads=-1)]:
            with tf.Session(config=config) as session:
                attempt(lambda: session.run(c))  # pylint: disable=cell-var-from-loop
        config = tf.ConfigProto()
        config.session_inter_op_thread_pool.add(num_threads=2)
        config.session_inter_op_thread_pool.add(num_threads=1, global_name='small')
        with tf.Session(config=config) as session:
            for pool in (0, 1, 2, -1, -2):
                attempt(lambda: session.run(c, options=tf.RunOptions(inter_op_thread_pool=pool)))  # pylint: disable=cell-var-from-loop
        clash = tf.ConfigProto()
        clash.session_inter_op_thread_pool.add(num_threads=3, global_name='small')
        attempt(lambda: tf.Session(config=clash).run(c))
        with tf.Session() as session:
            for pool in (0, 1, -1):
                attempt(lambda: session.run(c, options=tf.RunOptions(inter_op_thread_pool=pool)))  # pylint: disable=cell-var-from-loop


# ---- clusters


@row
def cluster_specs():
    spec = tf.train.ClusterSpec
    one = spec({'worker': ['w0:2222', 'w1:2222'], 'ps': {1: 'ps1:1', 3: 'ps3:3'}})
    say(sorted(one.as_dict().items()), sorted(one.jobs), one.num_tasks('ps'), one.task_indices('ps'), one.job_tasks('ps'),
        one.task_address('ps', 3))
    say(one == spec(one.as_cluster_def()), one != spec({}), bool(one), bool(spec({})), spec({}).as_dict())
    say(one.as_cluster_def())
    for wrong in [lambda: one.num_tasks('x'), lambda: one.task_indices('x'), lambda: one.task_address('ps', 0),
                  lambda: one.task_address('x', 0), lambda: one.job_tasks('x'), lambda: spec({'a': 3}),
                  lambda: spec({1: ['a']}), lambda: spec({'a': [3]}), lambda: spec(3), lambda: spec(None),
                  lambda: spec({'a': []}).as_dict(), lambda: spec({'a': ('h:1', 'h:2')}).as_dict(),
                  lambda: spec({'a': 'h:1'}), lambda: spec({'a': {0: 5}})]:
        attempt(wrong)
    refused(lambda: spec({'a': {'x': 'y'}}))


@row
def mistakes_with_servers():
    server = tf.train.Server.create_local_server()
    say(server.target, server.server_def)
    server = tf.train.Server({'a': ['localhost:0']}, config=tf.ConfigProto(intra_op_parallelism_threads=1), start=False)
    attempt(server.start)
    attempt(server.start)
    for wrong in [lambda: tf.train.Server({'a': ['localhost:0']}, job_name='b'),
                  lambda: tf.train.Server({'a': ['localhost:0']}, task_index=3),
                  lambda: tf.train.Server({'a': ['localhost:0', 'localhost:1']}, start=False), lambda: tf.train.Server(4),
                  lambda: tf.train.Server({'a': ['localhost:0']}, job_name=3, start=False),
                  lambda: tf.train.Server({'a': ['nohost']}),
                  lambda: tf.train.Server({'a': ['localhost:0']}, task_index='x', start=False),
                  lambda: tf.Session('grpc://'), lambda: tf.Session('grpc://localhost'), lambda: tf.Session(5)]:
        attempt(wrong)
    for wrong in [lambda: tf.train.Server({'a': ['localhost:0']}, protocol='x'), lambda: tf.Session('local')]:
        refused(wrong)


@row
def nodes_without_a_task():
    cluster = servers({'worker': 2, 'ps': 1})
    for master in [('worker', 1), ('ps', 0)]:
        with tf.Graph().as_default(), tf.Session(cluster[master].target) as session:
            a = tf.placeholder(tf.float32, [], name='a')
            nodes = []
            for device, op in [(None, tf.square), ('/job:worker', tf.exp), ('/task:1', tf.negative), ('/cpu:0', tf.sqrt),
                               ('/job:worker/task:1', tf.sin)]:
                with tf.device(device):
                    nodes.append(op(a))

            def where(node):
                metadata = tf.RunMetadata()
                session.run(node, {a: 1.0}, run_metadata=metadata, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE))
                return [stats.device for stats in metadata.step_stats.dev_stats
                        if any(one.node_name == node.op.name for one in stats.node_stats)]

            for node in nodes:
                attempt(lambda: where(node))  # pylint: disable=cell-var-from-loop
            say(sorted(device.name for device in session.list_devices() if 'XLA' not in device.name))
            say(session.run(tf.cos(nodes[0]), {a: 0.0}))  # the graph grows
            with tf.device('/job:nojob'):
                lost = tf.identity(a, name='lost')
            attempt(lambda: session.run(lost, {a: 1.0}))


@row
def replica_devices():
    training = tf.contrib.training

    def placed(inner=(), **options):
        with tf.Graph().as_default() as graph, contextlib.ExitStack() as stack:
            stack.enter_context(tf.device(tf.train.replica_device_setter(**options)))
            for device in inner:
                stack.enter_context(tf.device(device))
            for i in range(5):
                tf.Variable(float(i), name='v%d' % i)
            tf.constant(1.0, name='c')
            tf.get_variable('r', [2], use_resource=True)
            tf.FIFOQueue(3, tf.float32, name='q')
            return [(op.name, op.device) for op in graph.get_operations() if op.name[0] in 'vrcq' and '/' not in op.name]

    cluster = {'ps': ['a:1', 'b:2'], 'worker': ['c:1']}
    for options in [dict(ps_tasks=2), dict(ps_tasks=0), dict(ps_tasks=2, merge_devices=False), dict(cluster=cluster),
                    dict(cluster=tf.train.ClusterSpec(cluster).as_cluster_def()), dict(cluster={'worker': ['a:1']}),
                    dict(ps_tasks=3, worker_device='/job:w/task:2', ps_device='/job:p/cpu:0'),
                    dict(ps_tasks=2, inner=('/gpu:1',)), dict(ps_tasks=2, inner=('/task:1', '/gpu:1')),
                    dict(ps_tasks=2, inner=('/job:x',)), dict(ps_tasks=2, ps_ops=['Const']),
                    dict(ps_tasks=2, ps_strategy=training.GreedyLoadBalancingStrategy(2, training.byte_size_load_fn)),
                    dict(ps_tasks=2, ps_strategy=training.RandomStrategy(2, seed=3)), dict(ps_tasks=2, ps_strategy=5),
                    dict(ps_tasks=2, ps_device='/job:ps/task:1'), dict(ps_tasks=2, worker_device='/job:worker/gpu:0')]:
        attempt(lambda: placed(**options))  # pylint: disable=cell-var-from-loop
    refused(lambda: placed(cluster=7))


# ---- state


@row
def containers():
    cluster = servers({'a': 1, 'b': 1})
    target, other = cluster['a', 0].target, cluster['b', 0].target
    with tf.Graph().as_default() as graph:
        with tf.device('/job:b'), tf.container('my-1'):
            x = tf.Variable(1.0, name='x')
            with tf.container('inner.2'):
                y = tf.Variable(2.0, name='y')
                tf.FIFOQueue(2, tf.float32, name='q')
            with tf.container(''):
                z = tf.Variable(3.0, name='z')
        for op in graph.get_operations():
            if op.type in ('VariableV2', 'FIFOQueueV2'):
                say(op.name, op.get_attr('container'))
        first = tf.Session(target)
        first.run(tf.global_variables_initializer())
        say(tf.Session(other).run([x, y, z]))
        for names in (['my-1'], None, ['nothing']):
            tf.Session.reset(target, names)
            attempt(lambda: first.run(x))
            with tf.Session(target) as session:
                for v in (x, y, z):
                    attempt(lambda: session.run(v))  # pylint: disable=cell-var-from-loop
    for name in ['a b', '-x', '.x', 'a/b', '0']:
        def initialise():
            with tf.Graph().as_default(), tf.container(name):  # pylint: disable=cell-var-from-loop
                with tf.Session(target) as session:
                    return session.run(tf.Variable(1.0).initializer)
        attempt(initialise)


@row
def sharing():
    target = servers({'a': 1})['a', 0].target
    sessions = []
    for i in range(2):
        with tf.Graph().as_default():
            shared = tf.FIFOQueue(5, tf.float32, shapes=[()], shared_name='q')
            alone = tf.FIFOQueue(5, tf.float32, shapes=[()], name='same')
            records = tf.TextLineReader(name='r').num_records_produced()
            session = tf.Session(target)
            session.run([shared.enqueue(float(i)), alone.enqueue(float(i))])
            sessions.append((session, [shared.size(), alone.size()]))
            say(session.run(sessions[-1][1] + [records]))
    say(sessions[0][0].run(sessions[0][1]))
    for dtype, capacity in [(tf.int32, 5), (tf.float32, 7)]:
        with tf.Graph().as_default():
            attempt(lambda: tf.Session(target).run(  # pylint: disable=cell-var-from-loop
                tf.FIFOQueue(capacity, dtype, shapes=[()], shared_name='q').size()))  # pylint: disable=cell-var-from-loop
    with tf.Graph().as_default():
        refused(lambda: tf.Session(target).run(tf.RandomShuffleQueue(5, 0, tf.float32, shapes=[()], shared_name='q').size()))


@row
def blocked_steps():
    target = servers({'a': 1})['a', 0].target
    with tf.Graph().as_default():
        queue = tf.FIFOQueue(1, tf.float32, shapes=[()], shared_name='empty')
        taken, size = queue.dequeue(), queue.size()
        session = tf.Session(target)
        say(session.run(size))
        thread = threading.Thread(target=lambda: refused(lambda: session.run(taken)))
        thread.start()
        thread.join(0.5)
        session.close()
        thread.join(120)
        say(thread.is_alive())
        attempt(lambda: session.run(size))
        with tf.Session(target, config=tf.ConfigProto(operation_timeout_in_ms=300)) as session:
            refused(lambda: session.run(taken))
        with tf.Session(target) as session:
            refused(lambda: session.run(taken, options=tf.RunOptions(timeout_in_ms=300)))


# ---- configuration, and less on the wire


@row
def tf_config():
    for text in [
            '{}', '{"cluster": {"chief": ["a:1"], "ps": ["b:1"], "worker": ["c:1", "d:1"]}, "task": {"type": "worker", "index": 1}}',
            '{"cluster": {"worker": ["c:1"]}, "task": {"type": "worker", "index": 0}}',
            '{"cluster": {"chief": ["a:1"], "worker": ["c:1"]}}',
            '{"cluster": {"chief": ["a:1"]}, "task": {"type": "chief", "index": 1}}',
            '{"cluster": {"chief": ["a:1"], "ps": ["b:1"]}, "task": {"type": "evaluator", "index": 0}}',
            '{"cluster": {"chief": ["a:1"], "ps": ["b:1"]}, "task": {"type": "ps", "index": 0}, "model_dir": "/tmp/x"}', 'nonsense',
            '{"cluster": {"chief": ["a:1"], "worker": ["c:1"]}, "task": {"type": "worker", "index": -1}}',
            '{"cluster": {"chief": ["a:1"], "worker": ["c:1"]}, "task": {"type": "zz", "index": 0}}',
            '{"task": {"type": "worker", "index": 0}}',
            '{"cluster": {"chief": ["a:1", "b:2"], "worker": ["c:1"]}, "task": {"type": "chief", "index": 0}}',
            '{"cluster": {"chief": ["a:1"], "worker": ["c:1"]}, "task": {"type": "worker", "index": 0}, "session_master": "xx"}']:
        os.environ['TF_CONFIG'] = text

        def read():
            c = tf.estimator.RunConfig()
            return (sorted(c.cluster_spec.as_dict().items()), c.task_type, c.task_id, c.global_id_in_cluster, c.master,
                    c.num_ps_replicas, c.num_worker_replicas, c.is_chief, c.evaluation_master, c.model_dir)

        attempt(read)
    del os.environ['TF_CONFIG']


@row
def partitions():
    for partitioner in [tf.fixed_size_partitioner(3), tf.min_max_variable_partitioner(max_partitions=4, min_slice_size=16),
                        tf.variable_axis_size_partitioner(64, max_shards=3), tf.fixed_size_partitioner(2, axis=1)]:
        with tf.Graph().as_default(), tf.device(tf.train.replica_device_setter(ps_tasks=2)):
            v = tf.get_variable('v', [10, 4], partitioner=partitioner, initializer=tf.zeros_initializer())  # pylint: disable=cell-var-from-loop
            say([(x.name, x.shape.as_list(), x.device, x._save_slice_info.spec) for x in v])


@row
def half_the_bytes():
    cluster = servers({'a': 1, 'b': 1})
    config = tf.ConfigProto()
    config.graph_options.enable_bfloat16_sendrecv = True
    with tf.Graph().as_default():
        with tf.device('/job:a'):
            v = tf.Variable([1.00390625, 3.14159274, 1e-3], name='v')
        with tf.device('/job:b'):
            product, number = v * 1.0, tf.cast(v * 1000, tf.int32)
        for given in (config, None):
            with tf.Session(cluster['a', 0].target, config=given) as session:
                session.run(v.initializer)
                say([x.tolist() for x in session.run([product, number, v])])


if __name__ == '__main__':
    tf = importlib.import_module(sys.argv[1])
    tf.logging.set_verbosity(tf.logging.ERROR)
    for each in ROWS:
        print('----', each.__name__)
        try:
            each()
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc()
    sys.stdout.flush()
    os._exit(0)  # servers go on
