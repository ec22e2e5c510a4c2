"""Sessions at servers: everything that a session does, at the reference's servers and at ours."""

import json
import os
import signal
import subprocess
import threading

import numpy as np
import pytest
from headrace.core.launcher import held_addresses

import clusters
import reference

import headrace as tf

KINDS = ["tensorflow", "headrace"]
MIXED = {"our master": {"ps": "tensorflow", "worker": "headrace"}, "our ps": {"ps": "headrace", "worker": "tensorflow"}}


@pytest.fixture(scope="module", params=KINDS + [pytest.param(kinds, id=name) for name, kinds in MIXED.items()])
def cluster(request):
    with clusters.start({"ps": 1, "worker": 1}, request.param) as servers:
        yield servers


class Model:
    """A variable on the ps, a product on the worker, and a loop that never ends."""

    def __init__(self):
        self.graph = tf.Graph()
        with self.graph.as_default():
            with tf.device("/job:ps/task:0"):
                self.v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
            self.x = tf.placeholder(tf.float32, [None, 2], name="x")
            with tf.device("/job:worker/task:0"):
                self.y = tf.matmul(self.x, self.v, name="y")
                self.endless = tf.while_loop(lambda i: i >= 0.0, lambda i: i + 0.0, [tf.constant(1.0)], name="endless")
            self.init = tf.global_variables_initializer()
            self.add = tf.assign_add(self.v, [[1.0, 1.0], [1.0, 1.0]], name="add")


@pytest.fixture
def model(cluster):
    model = Model()
    model.target = cluster["worker"][0].target
    model.session = tf.Session(model.target, graph=model.graph)
    model.session.run(model.init)
    yield model
    try:
        model.session.close()
    except tf.errors.AbortedError:  # a test has ended all sessions
        pass


ROW = [[1.0, 2.0]]
PRODUCT = [[7.0, 10.0]]


def test_run(model):
    with model.graph.as_default():
        text = tf.constant(["a", "a longer string than those that fit inside", ""])
    y, v, words = model.session.run([model.y, model.v, text], {model.x: ROW})
    np.testing.assert_array_equal(y, PRODUCT)
    v += 1  # a value of its own
    y, v, again = model.session.run([model.y, model.v, model.v], {model.x: ROW})
    np.testing.assert_array_equal(v, [[1, 2], [3, 4]])
    assert list(words) == [b"a", b"a longer string than those that fit inside", b""]


def test_dtypes(model):
    for dtype in [np.float16, np.float64, np.int8, np.uint8, np.int16, np.int64, np.complex64, bool]:
        with model.graph.as_default():
            fed = tf.placeholder(tf.as_dtype(dtype))
            out = tf.identity(fed)
        for value in [np.asarray(3).astype(dtype), np.ones((2, 3)).astype(dtype), np.zeros((0, 2)).astype(dtype)]:
            got = model.session.run(out, {fed: value})
            assert got.dtype == dtype
            np.testing.assert_array_equal(got, value)


def test_graph_grows_between_runs(model):
    for i in range(3):
        with model.graph.as_default():
            sum_of_it = tf.add(model.y, float(i), name="z%d" % i)
        np.testing.assert_array_equal(model.session.run(sum_of_it, {model.x: ROW}), np.add(PRODUCT, i))


def test_large_values(model):
    rows = np.arange(2000000, dtype=np.float32).reshape(-1, 2) % 7
    got = model.session.run(model.y, {model.x: rows})
    np.testing.assert_array_equal(got, rows @ np.float32([[1, 2], [3, 4]]))


def test_variables_outlive_sessions(model):
    model.session.run(model.add)
    with tf.Session(model.target, graph=model.graph) as other:
        np.testing.assert_array_equal(other.run(model.v), [[2, 3], [4, 5]])


def test_errors_name_the_node(model):
    with model.graph.as_default():
        unfed = tf.placeholder(tf.float32, [2], name="unfed")
        bad = tf.check_numerics(unfed, "no number", name="checked")
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        model.session.run(bad, {unfed: [1.0, np.nan]})
    assert error.value.op is bad.op
    assert "no number" in error.value.message and "node checked" in error.value.message
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        model.session.run(bad)
    assert error.value.op is unfed.op and error.value.node_def.name == "unfed"
    with model.graph.as_default(), tf.device("/job:ps/task:0"):
        fresh = tf.Variable(1.0, name="fresh")
    with pytest.raises(tf.errors.FailedPreconditionError, match="fresh"):
        model.session.run(fresh)


def test_nothing_at_that_device(model):
    with model.graph.as_default(), tf.device("/job:nowhere/task:3"):
        lost = tf.identity(model.v, name="lost")
    with pytest.raises(tf.errors.InvalidArgumentError, match="lost"):
        model.session.run(lost)


def test_callable(model):
    call = model.session.make_callable([model.y, model.v], feed_list=[model.x])
    for _ in range(3):
        y, v = call(ROW)
        np.testing.assert_array_equal(y, PRODUCT)
        np.testing.assert_array_equal(v, [[1, 2], [3, 4]])
    effect = model.session.make_callable(model.add.op)
    assert effect() is None
    np.testing.assert_array_equal(call(ROW)[1], [[2, 3], [4, 5]])
    del call, effect


def test_partial_run(model):
    with model.graph.as_default():
        a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
        first = a + 1.0
        second = first * b
    try:
        handle = model.session.partial_run_setup([first, second], [a, b])
        got = model.session.partial_run(handle, first, {a: 2.0})
    except tf.errors.UnimplementedError as error:
        pytest.skip(str(error))
    assert got == 3.0
    assert model.session.partial_run(handle, second, {b: got * 10}) == 90.0


def test_timeout(model):
    with pytest.raises(tf.errors.DeadlineExceededError):
        model.session.run(model.endless, options=tf.RunOptions(timeout_in_ms=200))
    config = tf.ConfigProto(operation_timeout_in_ms=200)
    with tf.Session(model.target, graph=model.graph, config=config) as session:
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(model.endless)
    np.testing.assert_array_equal(model.session.run(model.y, {model.x: ROW}), PRODUCT)


def test_interrupt(model):
    timer = threading.Timer(0.4, os.kill, [os.getpid(), signal.SIGINT])
    with pytest.raises(KeyboardInterrupt):
        timer.start()
        model.session.run(model.endless, options=tf.RunOptions(timeout_in_ms=120000))
    timer.join()
    np.testing.assert_array_equal(model.session.run(model.y, {model.x: ROW}), PRODUCT)


def test_metadata(model):
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, output_partition_graphs=True)
    got = model.session.run(model.y, {model.x: ROW}, options=options, run_metadata=metadata)
    np.testing.assert_array_equal(got, PRODUCT)
    devices = {stats.device for stats in metadata.step_stats.dev_stats}
    assert {"/job:ps/replica:0/task:0/device:CPU:0", "/job:worker/replica:0/task:0/device:CPU:0"} <= devices
    assert metadata.partition_graphs


def test_devices(model):
    names = [device.name for device in model.session.list_devices()]
    assert "/job:ps/replica:0/task:0/device:CPU:0" in names and "/job:worker/replica:0/task:0/device:CPU:0" in names


def test_closed(model):
    session = tf.Session(model.target, graph=model.graph)
    session.run(model.v)
    session.close()
    session.close()
    with pytest.raises(RuntimeError, match="closed Session"):
        session.run(model.v)


def test_containers_and_reset(model):
    with model.graph.as_default(), tf.device("/job:ps/task:0"), tf.container("mine"):
        kept = tf.Variable(5.0, name="kept")
    model.session.run(kept.initializer)
    tf.Session.reset(model.target, ["mine"])
    with pytest.raises(tf.errors.AbortedError):
        model.session.run(model.v)
    with tf.Session(model.target, graph=model.graph) as session:
        np.testing.assert_array_equal(session.run(model.v), [[1, 2], [3, 4]])
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(kept)
    tf.Session.reset(model.target)
    with tf.Session(model.target, graph=model.graph) as session:
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(model.v)


def test_many_threads(model):
    wrong = []

    def work(number):
        for i in range(20):
            got = model.session.run(model.y, {model.x: [[number, i]]})
            if not np.array_equal(got, [[number + 3 * i, 2 * number + 4 * i]]):
                wrong.append(got)

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(200)
    assert not wrong


@pytest.mark.parametrize("kind", KINDS)
def test_server_that_dies(kind):
    with clusters.start({"worker": 1}, kind) as servers:
        with tf.Graph().as_default(), tf.Session(servers["worker"][0].target) as session:
            endless = tf.while_loop(lambda i: i >= 0.0, lambda i: i + 0.0, [tf.constant(1.0)])
            one = tf.constant(1.0)
            assert session.run(one) == 1.0
            timer = threading.Timer(0.3, servers["worker"][0].kill)
            timer.start()
            with pytest.raises((tf.errors.UnavailableError, tf.errors.AbortedError)):
                session.run(endless, options=tf.RunOptions(timeout_in_ms=120000))
            timer.join()
            with pytest.raises(tf.errors.UnavailableError):
                session.run(one)


def test_server_that_is_frozen():
    """A call ends at its deadline, also with values under way that nobody reads."""
    with clusters.start({"worker": 1}) as servers, tf.Graph().as_default():
        fed = tf.placeholder(tf.float32)
        total = tf.reduce_sum(fed)
        large = np.ones(1 << 24, np.float32)
        with tf.Session(servers["worker"][0].target) as session:
            assert session.run(total, {fed: large}) == 1 << 24
            servers["worker"][0].process.send_signal(signal.SIGSTOP)
            with pytest.raises(tf.errors.DeadlineExceededError):  # before the connection is given up, which is another error
                session.run(total, {fed: large}, options=tf.RunOptions(timeout_in_ms=500))
            servers["worker"][0].process.send_signal(signal.SIGCONT)
            assert session.run(total, {fed: large}) == 1 << 24


CLIENT = """
import json, sys, numpy as np
import tensorflow as tf
with tf.device("/job:ps/task:0"):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
x = tf.placeholder(tf.float32, [None, 2], name="x")
with tf.device("/job:worker/task:0"):
    y = tf.matmul(x, v)
    loss = tf.reduce_sum(tf.square(y - 1.0))
train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
session = tf.Session(sys.argv[1])
session.run(tf.global_variables_initializer())
losses = [float(session.run([loss, train], {x: [[1, 2]]})[0]) for _ in range(5)]
call = session.make_callable(y, [x])
try:
    session.run(y)
except tf.errors.InvalidArgumentError as error:
    failed = error.op.name
print(json.dumps([losses, session.run(v).tolist(), np.asarray(call([[1, 1]])).tolist(), failed,
                  len(session.list_devices()) >= 2]))
"""


def test_client_of_the_reference():
    if reference.interpreter() is None:
        pytest.skip("TensorFlow 1.15 is not installed (TENSORFLOW_PYTHON)")
    said = []
    for kind in KINDS:
        with clusters.start({"ps": 1, "worker": 1}, kind) as servers:
            environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
            environment.pop("PYTHONPATH", None)
            done = subprocess.run([reference.interpreter(), "-c", CLIENT, servers["worker"][0].target], env=environment,
                                  capture_output=True, text=True, timeout=200)
            assert done.returncode == 0, done.stderr[-2000:]
            said.append(json.loads(done.stdout.splitlines()[-1]))
    assert said[0][3:] == said[1][3:] == ["x", True]
    for theirs, ours in zip(said[0][:3], said[1][:3]):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_server_that_is_not_there():
    config = tf.ConfigProto(operation_timeout_in_ms=300)
    with held_addresses(1) as (address,):  # nobody listens there
        with tf.Graph().as_default(), tf.Session("grpc://" + address, config=config) as session:
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(tf.constant(1.0))
        with pytest.raises(tf.errors.UnavailableError):
            tf.Session.reset("grpc://" + address)
    with pytest.raises(tf.errors.NotFoundError):
        tf.Session("http://localhost:1")
