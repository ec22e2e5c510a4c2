"""tf.test with graphs: sessions, assertions about tensors, numeric gradients, benchmarks, and a program's own tests."""

import os
import subprocess
import sys

import numpy as np
import pytest

import headrace as tf


class Case(tf.test.TestCase):
    """The test that the tests below are made of."""

    def test(self):
        """Nothing."""


@pytest.fixture
def case():
    test = Case('test')
    test.setUp()
    yield test
    test.tearDown()
    tf.reset_default_graph()


def test_each_test_has_a_graph_of_its_own():
    tf.constant(1, name='left_over')
    test = Case('test')
    test.setUp()
    assert tf.get_default_graph().get_operations() == []
    assert tf.get_default_graph().seed == 87654321
    # The first numbers of TensorFlow 1.15 with this seed.
    with test.cached_session() as session:
        assert session.run(tf.random_uniform([2])).tolist() == pytest.approx([0.3869294, 0.36002624], rel=1e-6)
    test.tearDown()


def test_sessions(case):
    graph = tf.get_default_graph()
    with case.session() as session:
        assert session.graph is graph and tf.get_default_session() is session
        assert tf.constant(1).device == '/device:CPU:0'
    with case.session(use_gpu=True):
        assert tf.constant(1).device == ''
    with pytest.raises(RuntimeError):
        session.run(tf.constant(1))
    other = tf.Graph()
    with case.session(graph=other) as session:
        assert session.graph is other and tf.get_default_graph() is other


def test_the_cached_session_stays_open(case):
    variable = tf.Variable(1.0)
    with case.cached_session() as first:
        variable.initializer.run()
    with case.test_session() as second:
        assert second is first and variable.eval() == 1.0
    assert case.evaluate(variable) == 1.0
    with pytest.raises(ValueError, match='graph used to get the cached session is different'):
        with case.cached_session(graph=tf.Graph()):
            pass
    with pytest.raises(ValueError, match='config used to get the cached session is different'):
        with case.cached_session(config=tf.ConfigProto(log_device_placement=True)):
            pass


def test_assertions_take_tensors(case):
    tensor = tf.constant([1.0, 2.0])
    case.assertAllClose([1, 2], tensor)
    case.assertAllClose({'a': [tensor, 3.0]}, {'a': [np.array([1.0, 2.0]), 3.0]})
    case.assertAllEqual(tensor, [1, 2])
    case.assertAllGreater(tensor, 0)
    case.assertShapeEqual(np.ones((2,)), tensor)
    case.assertDTypeEqual(tensor, np.float32)
    case.assertDTypeEqual(tensor, tf.float32)
    for check in (lambda: case.assertAllClose([1, 2.1], tensor), lambda: case.assertAllEqual(tensor, [1, 3]),
                  lambda: case.assertShapeEqual(np.ones((3,)), tensor), lambda: case.assertAllGreater(tensor, 1),
                  lambda: case.assertDTypeEqual(tensor, np.float64)):
        with pytest.raises(AssertionError):
            check()
    with pytest.raises(TypeError, match='must be a Tensor'):
        case.assertShapeEqual(np.ones(1), np.ones(1))
    with pytest.raises(TypeError, match='must be a Numpy ndarray'):
        case.assertShapeEqual([1], tensor)
    assert case.evaluate([tensor, {'a': tensor[0]}])[1]['a'] == 1.0


def test_devices(case):
    case.assertDeviceEqual('/cpu:0', '/device:CPU:0')
    case.assertDeviceEqual(None, '')
    with pytest.raises(AssertionError, match='Devices /device:CPU:0 and /device:CPU:1 are not equal'):
        case.assertDeviceEqual('/cpu:0', '/cpu:1')
    assert tf.test.gpu_device_name() == '' and not tf.test.is_gpu_available()


def test_errors_of_operations_match_by_name(case):
    with case.session() as session, case.assertRaisesOpError('oops_here'):
        session.run(tf.placeholder(tf.float32, name='oops_here'))
    with pytest.raises(AssertionError):
        with case.assertRaisesOpError('other'):
            raise tf.errors.InternalError(None, tf.no_op(name='first'), 'text')
    with case.assertRaisesOpError('^text\nCaused by: second$'):
        raise tf.errors.InternalError(None, tf.no_op(name='second'), 'text')


def test_writes_are_captured(case, capfd):
    with capfd.disabled():
        with case.captureWritesToStream(sys.__stderr__) as captured:
            os.write(2, b'written')
        assert captured.contents() == 'written'


def test_files(case):
    assert case.create_tempfile(content='text').read_text() == 'text'
    assert case.create_tempfile('folder/name', content=b'bytes').read_bytes() == b'bytes'
    assert os.listdir(case.create_tempdir().full_path) == []
    assert os.path.dirname(case.get_temp_dir()) == tf.test.get_temp_dir()


JACOBIANS = {
    # name: (x's dtype and value, y of x, Jacobian)
    'square': (tf.float32, [3., 4.], lambda x: x * x, [[6, 0], [0, 8]]),
    'double': (tf.float64, [1., 2.], lambda x: tf.exp(x), [[np.e, 0], [0, np.e**2]]),
    'slices': (tf.float32, [1., 2.], lambda x: tf.gather(x, [0, 0, 1]), [[1, 1, 0], [0, 0, 1]]),
    'complex': (tf.complex64, [1 + 2j], lambda x: x * x, [[2, 4], [-4, 2]]),
    'complex128': (tf.complex128, [1j * np.pi], lambda x: tf.exp(x), [[-1, 0], [0, -1]]),
}


@pytest.mark.parametrize('name', JACOBIANS)
def test_gradients(case, name):
    dtype, value, function, want = JACOBIANS[name]
    x = tf.constant(value, dtype)
    y = function(x)
    with case.session():
        theoretical, numeric = tf.test.compute_gradient(x, x.shape.as_list(), y, y.shape.as_list(), x_init_value=value)
        np.testing.assert_allclose(theoretical, want, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(numeric, want, rtol=1e-2, atol=1e-2)
        assert tf.test.compute_gradient_error(x, x.shape.as_list(), y, y.shape.as_list(), x_init_value=value) < 1e-2


def test_gradients_of_several(case):
    a, b = tf.constant([[1., 2.]]), tf.constant([[3.], [4.]])
    y = tf.matmul(a, b)
    with case.session():
        pairs = tf.test.compute_gradient([a, b], [[1, 2], [2, 1]], y, [1, 1],
                                         x_init_value=[np.array([[1., 2.]]), np.array([[3.], [4.]])])
        assert [theoretical.tolist() for theoretical, _ in pairs] == [[[3], [4]], [[1], [2]]]
        # Random values, by NumPy's generator as setUp has seeded it; TensorFlow 1.15 computes the same.
        x = tf.constant([1., 2.])
        theoretical, _ = tf.test.compute_gradient(x, [2], x * x, [2])
        np.testing.assert_allclose(np.diag(theoretical), [0.36926866, 1.5496218], rtol=1e-6)


def test_gradients_of_what_does_not_depend(case):
    x = tf.constant([1.])
    with case.session(), pytest.raises(AssertionError, match='None'):
        tf.test.compute_gradient(x, [1], tf.constant([2.]), [1])
    with pytest.raises(ValueError, match='default session'):
        tf.test.compute_gradient(x, [1], x * x, [1])


def test_graph_defs():
    graph = tf.GraphDef(node=[{'name': 'a', 'op': 'NoOp'}, {'name': 'b', 'op': 'NoOp'}])
    turned = tf.GraphDef(node=[{'name': 'b', 'op': 'NoOp'}, {'name': 'a', 'op': 'NoOp'}])
    tf.test.assert_equal_graph_def(graph, turned)
    turned.node[0].op = 'Other'
    with pytest.raises(AssertionError, match="'b'"):
        tf.test.assert_equal_graph_def(graph, turned)
    del turned.node[0]
    with pytest.raises(AssertionError, match='unexpected node'):
        tf.test.assert_equal_graph_def(graph, turned)
    with pytest.raises(TypeError, match='int'):
        tf.test.assert_equal_graph_def(graph, 3)


PROGRAM = '''
import headrace as tf

class Sum(tf.test.TestCase):
    def testSum(self):
        with self.test_session():
            self.assertAllClose((tf.constant([1., 2.]) + 1.).eval(), [2., 3.])

class Add(tf.test.Benchmark):
    def benchmarkAdd(self):
        with tf.Session() as session:
            self.run_op_benchmark(session, tf.constant(1.) + 1., min_iters=3, extras={'size': 1})

if __name__ == '__main__':
    tf.test.main()
'''


def run(tmp_path, *arguments):
    (tmp_path / 'program.py').write_text(PROGRAM)
    return subprocess.run([sys.executable, str(tmp_path / 'program.py'), *arguments], capture_output=True, text=True)


def test_main_runs_tests(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0 and 'Ran 2 tests' in done.stderr, done.stderr  # test_session counts and is skipped
    assert run(tmp_path, 'Sum.testNothing').returncode != 0


def test_main_runs_benchmarks(tmp_path):
    done = run(tmp_path, '--benchmarks=Add')
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('entry {\n  name: "Add.benchmarkAdd"\n  iters: 3\n  wall_time: ')
    assert 'key: "size"\n    value {\n      double_value: 1.0\n' in done.stdout
    assert 'Benchmark [Add.benchmarkAdd] iters: 3' in done.stderr
