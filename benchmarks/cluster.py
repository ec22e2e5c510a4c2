#!/usr/bin/env python3
"""Clusters on this machine: Headrace's servers and clients beside TensorFlow 1.15's, by turns, and plain TCP.

    cluster.py --build build [--tensorflow PYTHON] [--rounds 3] [--only small,transfer,train]

A ps in a process of its own; the worker's server is in the client's process, as in programs that train. Prints for each
question the medians of both, how many times better Headrace is, and the ratio we want; transfers also as a share of
what a plain TCP connection moves in the same run.
"""

import argparse
import importlib
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time

MEGABYTES = 100
LAYERS = (784, 300, 100, 10)
WANTED = {'no_op/local_master': 4, 'no_op/remote_master': 4, 'scalar_pull': 4, 'pull': 2.5, 'push': 2.5, 'train': 3}


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
    return {'tcp_ping': statistics.median(pings) * 1e6, 'tcp': MEGABYTES * 1.048576 / seconds}


# ---- one side's processes -----------------------------------------------------------------------------------------


def serve(module, cluster, job):
    tf = importlib.import_module(module)
    tf.train.Server(cluster, job_name=job, task_index=0)
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
        tf.set_random_seed(42)
        rng = np.random.RandomState(42)
        images = rng.rand(10000, LAYERS[0]).astype(np.float32)
        labels = rng.randint(0, 10, 10000).astype(np.int64)
        with tf.device(tf.train.replica_device_setter(ps_tasks=1, worker_device='/job:worker/task:0')):
            x = tf.placeholder(tf.float32, (None, LAYERS[0]))
            y = tf.placeholder(tf.int64, (None,))
            z = x
            for i, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])):
                weights = tf.Variable(tf.truncated_normal((inputs, outputs), stddev=2 / np.sqrt(inputs)))
                z = tf.matmul(z if i == 0 else tf.nn.relu(z), weights) + tf.Variable(tf.zeros([outputs]))
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z))
            train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
            init = tf.global_variables_initializer()
        with tf.Session(local) as s:
            s.run(init)
            step = [0]

            def one():
                at = step[0] * 50 % 10000
                step[0] += 1
                s.run(train, {x: images[at:at + 50], y: labels[at:at + 50]})

            for _ in range(20):
                one()
            out['train'] = 1 / median_of(one, 3)


QUESTIONS = {'small': small_calls, 'transfer': transfers, 'train': training}


def client(module, cluster, only):
    import numpy as np
    tf = importlib.import_module(module)
    tf.logging.set_verbosity(tf.logging.ERROR)
    server = tf.train.Server(cluster, job_name='worker', task_index=0)
    out = {}
    for question in only:
        QUESTIONS[question](tf, np, server.target, 'grpc://' + cluster['ps'][0], out)
    print(json.dumps(out), flush=True)
    os._exit(0)


# ---- all of it ----------------------------------------------------------------------------------------------------


def free_ports(count):
    sockets = [socket.create_server(('127.0.0.1', 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def measure(python, environment, module, only):
    ps, worker = free_ports(2)
    cluster = json.dumps({'ps': [f'127.0.0.1:{ps}'], 'worker': [f'127.0.0.1:{worker}']})
    me = [python, os.path.abspath(__file__)]
    server = subprocess.Popen(me + ['serve', module, cluster, 'ps'], env=environment, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        server.stdout.readline()
        done = subprocess.run(me + ['client', module, cluster, ','.join(only)], env=environment, text=True,
                              stdout=subprocess.PIPE, timeout=300, check=True)
        return json.loads(done.stdout.strip().splitlines()[-1])
    finally:
        server.kill()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', default='build')
    parser.add_argument('--tensorflow', default='/opt/tf115/bin/python')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--only', default='small,transfer,train')
    options = parser.parse_args()
    only = options.only.split(',')
    plain = dict(os.environ, TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='')
    ours = dict(plain, PYTHONPATH=os.path.join(os.path.abspath(options.build), 'python'))
    results = {'headrace': [], 'tensorflow': [], 'tcp': []}
    for _ in range(options.rounds):
        results['tcp'].append(plain_tcp())
        results['headrace'].append(measure(sys.executable, ours, 'headrace', only))
        results['tensorflow'].append(measure(options.tensorflow, plain, 'tensorflow', only))
    tcp = {name: statistics.median(r[name] for r in results['tcp']) for name in results['tcp'][0]}
    print(f'plain TCP: ping {tcp["tcp_ping"]:.0f} us, {MEGABYTES} MB at {tcp["tcp"]:.0f} MB/s')
    print(f'{"":22}{"Headrace":>12}{"TensorFlow":>12}{"ratio":>8}{"wanted":>8}')
    for name in results['headrace'][0]:
        mine, theirs = (statistics.median(r[name] for r in results[side]) for side in ('headrace', 'tensorflow'))
        rate = name in ('pull', 'push', 'train')
        unit = 'MB/s' if name in ('pull', 'push') else 'steps/s' if rate else 'us'
        ratio = mine / theirs if rate else theirs / mine
        share = f'  {mine / tcp["tcp"]:.0%} of TCP' if unit == 'MB/s' else ''
        print(f'{name:22}{mine:12.0f}{theirs:12.0f}{ratio:8.2f}{WANTED[name]:8} {unit}{share}')


if __name__ == '__main__':
    if len(sys.argv) > 1 and sys.argv[1] == 'serve':
        serve(sys.argv[2], json.loads(sys.argv[3]), sys.argv[4])
    elif len(sys.argv) > 1 and sys.argv[1] == 'client':
        client(sys.argv[2], json.loads(sys.argv[3]), sys.argv[4].split(','))
    else:
        main()
