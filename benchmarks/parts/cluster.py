"""Clusters on this machine: a ps in a process of its own, and the worker's server in the client's process, as in programs
that train; small calls, transfers of 100 MB, steps of chapter 10's network. Plain TCP is what the machine allows."""

import importlib
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time

from network import LAYERS, network
from timing import report

MEGABYTES = 100


# ---- plain TCP ----------------------------------------------------------------------------------------------------


def tcp_server(listener):
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = bytearray(1 << 20)
    while connection.recv_into(buffer, 1):
        connection.sendall(b'x')  # pings
        if buffer[0] == ord('b'):
            break
    left = MEGABYTES << 20
    while left:
        left -= connection.recv_into(buffer)
    connection.sendall(b'x')


def plain_tcp():
    """Microseconds of a ping, and MB/s of one large message between two processes."""
    listener = socket.create_server(('127.0.0.1', 0))
    child = os.fork()
    if child == 0:
        tcp_server(listener)
        os._exit(0)
    s = socket.create_connection(listener.getsockname())
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    pings = []
    for _ in range(2000):
        start = time.perf_counter()
        s.sendall(b'a')
        s.recv(1)
        pings.append(time.perf_counter() - start)
    s.sendall(b'b')
    s.recv(1)
    data = bytes(MEGABYTES << 20)
    start = time.perf_counter()
    s.sendall(data)
    s.recv(1)
    seconds = time.perf_counter() - start
    os.waitpid(child, 0)
    return {'plain_tcp/ping': statistics.median(pings) * 1e6, 'plain_tcp': MEGABYTES * 1.048576 / seconds}


# ---- the cluster --------------------------------------------------------------------------------------------------


def serve(module, cluster):
    tf = importlib.import_module(module)
    tf.train.Server(cluster, job_name='ps', task_index=0)
    print('ready', flush=True)
    sys.stdin.read()
    os._exit(0)


def median_of(function, seconds=1.0, least=5):
    function()
    times, end = [], time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def small_calls(tf, np, local, remote, out):
    with tf.Graph().as_default():
        with tf.device('/job:ps/task:0'):
            v = tf.Variable(1.0, name='small_v')
            nothing = tf.no_op()
        with tf.Session(local) as s:
            s.run(v.initializer)
            out['no_op/local_master'] = median_of(lambda: s.run(nothing)) * 1e6
            out['scalar_pull'] = median_of(lambda: s.run(v)) * 1e6
        with tf.Session(remote) as s:
            out['no_op/remote_master'] = median_of(lambda: s.run(nothing)) * 1e6


def transfers(tf, np, local, remote, out):
    with tf.Graph().as_default():
        elements = MEGABYTES << 18
        with tf.device('/job:ps/task:0'):
            there = tf.Variable(tf.ones([elements]), name='there')
        with tf.device('/job:worker/task:0'):
            here = tf.Variable(tf.ones([elements]), name='here')
            pull = tf.identity(there).op
        with tf.device('/job:ps/task:0'):
            push = tf.assign(there, here).op
        with tf.Session(local) as s:
            s.run([there.initializer, here.initializer])
            out['pull'] = MEGABYTES * 1.048576 / median_of(lambda: s.run(pull), 2)
            out['push'] = MEGABYTES * 1.048576 / median_of(lambda: s.run(push), 2)


def training(tf, np, local, remote, out):
    with tf.Graph().as_default():
        random = np.random.RandomState(42)
        images, labels = random.rand(10000, LAYERS[0]).astype(np.float32), random.randint(10, size=10000)
        with tf.device(tf.train.replica_device_setter(ps_tasks=1, worker_device='/job:worker/task:0')):
            x, y, _, train = network(tf, np)
            init = tf.global_variables_initializer()
        with tf.Session(local) as s:
            s.run(init)
            at = [0]

            def one():
                at[0] = (at[0] + 50) % 10000
                s.run(train, {x: images[at[0]:at[0] + 50], y: labels[at[0]:at[0] + 50]})

            for _ in range(20):
                one()
            out['train'] = 1 / median_of(one, 3)


UNITS = {'pull': 'MB/s', 'push': 'MB/s', 'train': 'steps/s', 'plain_tcp': 'MB/s'}


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def measure(tf, np, threads):
    module = sys.argv[1]
    out = plain_tcp() if module == 'headrace' else {}
    ps, worker = free_ports(2)
    cluster = {'ps': [f'127.0.0.1:{ps}'], 'worker': [f'127.0.0.1:{worker}']}
    server = subprocess.Popen([sys.executable, '-W', 'ignore', os.path.abspath(__file__), module, json.dumps(cluster)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        server.stdout.readline()
        target = tf.train.Server(cluster, job_name='worker', task_index=0).target
        for question in (small_calls, transfers, training):
            question(tf, np, target, 'grpc://' + cluster['ps'][0], out)
        for name, value in out.items():
            report(name, value, UNITS.get(name, 'us'))
    finally:
        server.kill()
        server.wait()
    os._exit(0)  # TensorFlow's servers cannot be stopped


if __name__ == '__main__':
    serve(sys.argv[1], json.loads(sys.argv[2]))
