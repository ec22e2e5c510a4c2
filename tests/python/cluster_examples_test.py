"""The programs of examples/cluster at small size, on servers of this machine."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys

import numpy as np
import pytest
from headrace.core.launcher import held_addresses

import clusters
import headrace as tf

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, '..', '..', 'examples', 'cluster')


def program(name):
    return os.path.join(EXAMPLES, name)


def run(*command, seconds=320):
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def launch(*arguments):
    """The JSON object that the chief printed last."""
    out = run('-m', 'headrace.command_line', 'launch', '--timeout', 300, *arguments)
    lines = [line.partition(' | ')[2] for line in out.splitlines() if line.startswith(('chief 0', 'worker 0'))]
    return json.loads([line for line in lines if line.startswith('{')][-1])


def test_asynchronous_training():
    result = launch('-n', 2, '--ps', 2, program('parallel_training.py'), '--steps', 200, '--hidden', '50')
    assert result['workers'] == 2 and not result['sync']
    assert result['accuracy'] > 0.7


def test_synchronous_training_with_a_spare_worker():
    result = launch('-n', 3, '--ps', 1, program('parallel_training.py'), '--sync', '--spare', 1, '--steps', 60,
                    '--hidden', '50')
    assert result['workers'] == 3 and result['sync']
    assert result['accuracy'] > 0.5


def test_a_network_cut_over_tasks():
    result = launch('-n', 2, program('vertical.py'), '--tasks', '--steps', 100)
    assert result['devices'] == ['/job:chief/task:0', '/job:worker/task:0']
    assert result['accuracy'] > 0.7


def test_an_estimator_of_a_cluster(tmp_path):
    out = run('-m', 'headrace.command_line', 'launch', '--timeout', 300, '-n', 2, '--ps', 1, '--evaluator',
              program('estimator_training.py'), '--folder', tmp_path / 'model', '--steps', 150)
    found = re.search(r'^evaluator 0 \| accuracy (\S+) at step (\d+)', out, re.M)
    assert found and float(found[1]) > 0.5 and int(found[2]) >= 150


def test_a_local_cluster_in_this_process():
    workers, servers = tf.test.create_local_cluster(num_workers=2, num_ps=1)
    with tf.Graph().as_default(), tf.device(tf.train.replica_device_setter(ps_tasks=1)):
        v = tf.get_variable('v', [], initializer=tf.zeros_initializer())
        add, init = tf.assign_add(v, 1.0), tf.global_variables_initializer()
        with tf.Session(workers[0].target) as session:
            session.run(init)
            session.run(add)
        with tf.Session(workers[1].target) as session:
            assert session.run(add) == 2.0
    assert len(servers) == 1 and servers[0].server_def.job_name == 'ps'


def write_program(path, text):
    path.write_text('#!/bin/bash\n' + text)
    path.chmod(0o755)


def test_over_ssh(tmp_path):
    """With an ssh that stays on this machine."""
    write_program(tmp_path / 'ssh', 'shift; exec bash -c "$1"\n')
    (tmp_path / 'python3').symlink_to(sys.executable)
    with held_addresses(3) as addresses:
        done = subprocess.run(
            [program('over_ssh.sh'), 'ps=%s chief=%s worker=%s' % tuple(addresses),
             program('parallel_training.py'), '--steps', '20', '--hidden', '20'],
            env=dict(os.environ, SSH=str(tmp_path / 'ssh'), PATH='%s:%s' % (tmp_path, os.environ['PATH'])),
            capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r'^chief 0 \| asynchronous training by 2 workers: 20 updates', done.stdout, re.M)


@contextlib.contextmanager
def ports_in_a_row(count):
    """The first of so many free ports, held as those of `held_addresses` are."""
    while True:
        with contextlib.ExitStack() as held:
            first = int(held.enter_context(held_addresses(1))[0].rpartition(':')[2])
            try:
                for port in range(first + 1, first + count):
                    one = held.enter_context(socket.socket())
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    one.bind(('127.0.0.1', port))
            except (OSError, OverflowError):
                continue
            yield first
            return


def test_under_slurm(tmp_path):
    """With an srun that starts four processes on this machine, and ends the last one when the others have ended."""
    write_program(tmp_path / 'scontrol', 'echo localhost\n')
    write_program(tmp_path / 'srun', """
while [[ $1 = --* ]]; do shift; done
for task in 0 1 2 3; do SLURM_PROCID=$task "$@" & pids[$task]=$!; done
for task in 0 1 2; do wait ${pids[$task]} || exit 1; done
kill ${pids[3]}
""")
    (tmp_path / 'python3').symlink_to(sys.executable)
    with ports_in_a_row(4) as first:
        done = subprocess.run(
            ['bash', program('slurm.sh'), program('parallel_training.py'), '--steps', '20', '--hidden', '20'],
            env=dict(os.environ, PATH='%s:%s' % (tmp_path, os.environ['PATH']), PORT=str(first), SLURM_NTASKS='4',
                     SLURM_JOB_ID='1', SLURM_JOB_NODELIST='localhost', SLURM_TASKS_PER_NODE='4',
                     CHECKPOINTS=str(tmp_path / 'checkpoints')),
            capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'training by 3 workers: 20 updates' in done.stdout
    assert (tmp_path / 'checkpoints' / 'checkpoint').exists()


def test_slurm_tasks_on_several_hosts():
    def config(task):
        return json.loads(run(program('slurm_config.py'), 'n1,n2,n3', 8, '3(x2),2', task, 2222))
    assert config(0)['cluster'] == {'chief': ['n1:2222'], 'ps': ['n3:2223'],
                                    'worker': ['n1:2223', 'n1:2224', 'n2:2222', 'n2:2223', 'n2:2224', 'n3:2222']}
    assert [config(task)['task'] for task in (0, 1, 6, 7)] == [
        {'type': 'chief', 'index': 0}, {'type': 'worker', 'index': 0}, {'type': 'worker', 'index': 5},
        {'type': 'ps', 'index': 0}]


# What the examples use of the schema of TFJob (kubeflow.org/v1) and of Kubernetes' pods. A list holds what stands in each
# of its items, a tuple what a text may be; '*' stands for any name.
CONTAINER = {'name': str, 'image': str, 'command': [str], 'args': [str], 'env': [{'name': str, 'value': str}],
             'volumeMounts': [{'name': str, 'mountPath': str, 'readOnly': bool}],
             'ports': [{'name': str, 'containerPort': int}], 'resources': {'limits': {'*': object}, 'requests': {'*': object}}}
VOLUME = {'name': str, 'persistentVolumeClaim': {'claimName': str, 'readOnly': bool}, 'emptyDir': dict}
TF_JOB = {
    'apiVersion': ('kubeflow.org/v1',), 'kind': ('TFJob',), 'metadata': {'name': str, 'namespace': str, 'labels': {'*': str}},
    'spec': {
        'runPolicy': {'cleanPodPolicy': ('All', 'Running', 'None'), 'ttlSecondsAfterFinished': int,
                      'activeDeadlineSeconds': int, 'backoffLimit': int, 'suspend': bool},
        'successPolicy': ('', 'AllWorkers'), 'enableDynamicWorker': bool,
        'tfReplicaSpecs': {'*': {
            'replicas': int, 'restartPolicy': ('Always', 'OnFailure', 'Never', 'ExitCode'),
            'template': {'metadata': {'labels': {'*': str}, 'annotations': {'*': str}},
                         'spec': {'containers': [CONTAINER], 'volumes': [VOLUME]}}}}}}


def check_fields(value, schema, where):
    if isinstance(schema, dict):
        assert isinstance(value, dict), where
        for name, inside in value.items():
            assert name in schema or '*' in schema, '%s has no field %s' % (where, name)
            check_fields(inside, schema.get(name, schema.get('*')), where + '.' + name)
    elif isinstance(schema, list):
        assert isinstance(value, list), where
        for item in value:
            check_fields(item, schema[0], where + '[]')
    elif isinstance(schema, tuple):
        assert value in schema, where
    else:
        assert isinstance(value, schema), where


def test_kubernetes_job():
    """Its fields are those of the schema, and it keeps the rules that the operator adds."""
    yaml = pytest.importorskip('yaml')
    with open(program('tfjob.yaml')) as file:
        job = yaml.safe_load(file)
    check_fields(job, TF_JOB, 'TFJob')
    assert re.fullmatch('[a-z0-9]([-a-z0-9]*[a-z0-9])?', job['metadata']['name'])
    replicas = job['spec']['tfReplicaSpecs']
    assert set(replicas) == {'Chief', 'Worker', 'PS'}
    assert replicas['Chief']['replicas'] == 1
    for kind, replica in replicas.items():
        pod = replica['template']['spec']
        assert [container['name'] for container in pod['containers']] == ['tensorflow'], kind
        volumes = {volume['name'] for volume in pod.get('volumes', [])}
        for container in pod['containers']:
            assert container['image']
            assert {mount['name'] for mount in container.get('volumeMounts', [])} <= volumes
            script, arguments = os.path.basename(container['command'][1]), container['command'][2:]
            said = run(program(script), '--help')
            assert all(argument in said for argument in arguments if argument.startswith('--'))


@pytest.mark.parametrize('narrow', [False, True])
def test_floats_travel_as_bfloat16_where_the_session_says_so(narrow):
    config = tf.ConfigProto()
    config.graph_options.enable_bfloat16_sendrecv = narrow
    config.graph_options.optimizer_options.opt_level = config.graph_options.optimizer_options.L0
    workers, _ = tf.test.create_local_cluster(num_workers=2, num_ps=0)
    values = [1.0, 1.0 + 2.0 ** -9, 1.0 + 2.0 ** -7, 3.1415927]
    with tf.Graph().as_default():
        with tf.device('/job:worker/task:1'):
            far = tf.Variable(values)
            far_double, far_int = tf.constant(1.0 + 2.0 ** -40, tf.float64), tf.constant(65537)
        with tf.device('/job:worker/task:0'):
            here = [tf.identity(x) for x in (far, far_double, far_int)]
            with tf.control_dependencies([far.initializer]):
                after = tf.constant(2.5)
        with tf.Session(workers[0].target, config=config) as session:
            session.run(far.initializer)
            floats, double, whole = session.run(here)
            assert session.run(after) == 2.5
    exact = np.array(values, np.float32)
    rounded = np.array([1.0, 1.0, 1.0 + 2.0 ** -7, 3.140625], np.float32)
    np.testing.assert_array_equal(floats, rounded if narrow else exact)
    assert double == 1.0 + 2.0 ** -40 and whole == 65537


@pytest.mark.parametrize('strategy', ['mod', 'div'])
def test_a_table_cut_over_servers(strategy):
    """Parts of a table on three servers, rows of it looked up and trained: the same numbers as on one machine."""
    ids = np.array([[1, 5, 9], [1, 0, 7]])

    def trained(target):
        with tf.Graph().as_default(), tf.device(tf.train.replica_device_setter(ps_tasks=3) if target else None):
            start = tf.random_uniform_initializer(seed=3)
            table = tf.get_variable('table', [10, 4], initializer=start, partitioner=tf.fixed_size_partitioner(3))
            rows = tf.nn.embedding_lookup(table, ids, partition_strategy=strategy)
            loss = tf.reduce_sum(tf.square(rows))
            optimizer = tf.train.AdagradOptimizer(0.1)
            pairs = optimizer.compute_gradients(loss)
            assert all(isinstance(gradient, tf.IndexedSlices) for gradient, _ in pairs)
            train = optimizer.apply_gradients(pairs)
            whole = tf.convert_to_tensor(table)
            init = tf.global_variables_initializer()
            with tf.Session(target) as session:
                session.run(init)
                for _ in range(3):
                    session.run(train)
                return session.run(whole), [v.device for v in table]

    workers, _ = tf.test.create_local_cluster(num_workers=1, num_ps=3)
    there, devices = trained(workers[0].target)
    assert devices == ['/job:ps/task:%d' % task for task in range(3)]
    np.testing.assert_array_equal(there, trained('')[0])


def test_a_search_and_an_ensemble_of_the_best(tmp_path):
    best = tmp_path / 'best.json'
    with clusters.start({'local': 1}) as servers:
        target = servers['local'][0].target
        out = run(program('search.py'), '--target', target, '--trials', 4, '--steps', 60, '--best', best)
        assert len(out.splitlines()) == 4
        chosen = json.loads(best.read_text())
        assert len(chosen) == 3 and chosen[0]['accuracy'] >= chosen[2]['accuracy']
        result = json.loads(run(program('ensemble.py'), '--target', target, '--best', best).splitlines()[-1])
    # The networks are those that were trained: the server kept them.
    assert [round(accuracy, 4) for accuracy in result['single']] == [round(one['accuracy'], 4) for one in chosen]
    assert result['ensemble'] > 0.5
