"""Functions beyond the recorded lines in expressions/: values, one function under its several names, docstrings."""

import headrace as tf
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(*fetches):
    with tf.Session() as session:
        return session.run(fetches[0] if len(fetches) == 1 else fetches)


@pytest.mark.parametrize('equation, shapes', [
    ('ij,jk->ik', [(2, 3), (3, 4)]), ('ij,jk', [(2, 3), (3, 4)]), ('ij->ji', [(2, 3)]), ('ij->', [(2, 3)]),
    ('i,j->ji', [(2,), (3,)]), ('i,i->', [(3,), (3,)]), ('ij,ij->i', [(2, 3), (2, 3)]), ('ij,ij->ji', [(2, 3), (2, 3)]),
    ('bij,bjk->bik', [(2, 3, 4), (2, 4, 5)]), ('bij,bjk->kbi', [(2, 3, 4), (2, 4, 5)]),
    ('abc,acd->d', [(2, 3, 4), (2, 4, 5)]), ('ij,jk,kl->il', [(2, 3), (3, 4), (4, 5)]),
    ('...ij,...jk->...ik', [(2, 3, 4), (2, 4, 5)]), ('ba,ac', [(2, 3), (3, 4)]), ('ij,k->k', [(2, 3), (4,)]),
    ('Ab,bC->CA', [(2, 3), (3, 4)]),
])
def test_einsum_is_numpy_s(equation, shapes):
    arrays = [np.arange(np.prod(shape), dtype=np.float32).reshape(shape) - 2 for shape in shapes]
    expected = np.einsum(equation, *arrays)
    known = tf.einsum(equation, *[tf.constant(array) for array in arrays])
    unknown = [tf.placeholder(tf.float32, [None] * array.ndim) for array in arrays]
    fed = tf.einsum(equation, *unknown)
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(known), expected)
        np.testing.assert_allclose(session.run(fed, dict(zip(unknown, arrays))), expected)
    assert known.shape.as_list() == list(expected.shape)


def test_sorting_of_whole_numbers_and_along_axes():
    array = np.array([[3, -1, 2], [0, 5, -7]], np.int32)
    for axis in (0, 1, -1):
        up, down, order = run(tf.sort(array, axis), tf.sort(array, axis, 'DESCENDING'), tf.argsort(array, axis))
        np.testing.assert_array_equal(up, np.sort(array, axis))
        np.testing.assert_array_equal(down, -np.sort(-array, axis))
        np.testing.assert_array_equal(order, np.argsort(array, axis))


def test_slices_of_variables_are_assigned_to():
    v = tf.Variable([[1., 2.], [3., 4.]])
    with tf.Session() as session:
        session.run(v.initializer)
        assert session.run(v[0, 1].assign(9.)).tolist() == [[1, 9], [3, 4]]
        assert session.run(v[:, :1].assign([[5.], [6.]])).tolist() == [[5, 9], [6, 4]]
        assert session.run(v).tolist() == [[5, 9], [6, 4]]
    with pytest.raises(AttributeError):
        tf.constant(1).assign


def test_polynomials_and_series():
    x = np.array([-2., 0., 0.5, 3.], np.float32)
    coefficients = [2., 0., -1., 4.]
    polynomial, i0, i1 = run(tf.math.polyval(coefficients, x), tf.math.bessel_i0(x), tf.math.bessel_i1(x))
    np.testing.assert_allclose(polynomial, np.polyval(coefficients, x))
    np.testing.assert_allclose(i0, np.i0(x), rtol=1e-5)
    step = 1e-4  # the second is the slope of the first
    slopes = (np.i0(x.astype(float) + step) - np.i0(x.astype(float) - step)) / (2 * step)
    np.testing.assert_allclose(i1, slopes, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize('names', [
    ['abs', 'math.abs'], ['matmul', 'linalg.matmul'], ['reduce_sum', 'math.reduce_sum'], ['cast', 'dtypes.cast'],
    ['random_uniform', 'random.uniform'], ['substr', 'strings.substr', 'compat.v1.substr'],
    ['random.set_random_seed', 'set_random_seed'], ['nn.sigmoid', 'sigmoid', 'math.sigmoid'],
    ['nn.l2_normalize', 'math.l2_normalize', 'linalg.l2_normalize'], ['einsum', 'linalg.einsum'],
    ['zeros_initializer', 'initializers.zeros', 'keras.initializers.zeros'], ['trace', 'linalg.trace'],
    ['OpError', 'errors.OpError'], ['assert_rank', 'debugging.assert_rank'], ['sparse.SparseTensor', 'SparseTensor'],
])
def test_one_function_under_several_names(names):
    def find(name):
        found = tf
        for part in name.split('.'):
            found = getattr(found, part)
        return found
    assert len({id(find(name)) for name in names}) == 1


def test_public_functions_have_docstrings():
    spaces = [tf, tf.math, tf.linalg, tf.nn, tf.random, tf.strings, tf.dtypes, tf.debugging, tf.bitwise, tf.manip,
              tf.losses, tf.initializers, tf.sparse]
    functions = {(space.__name__, name): value for space in spaces for name, value in vars(space).items()
                 if not name.startswith('_') and callable(value)}
    assert len(functions) > 600
    assert [name for name, function in functions.items() if not function.__doc__] == []


def test_gradients_of_tensors_around():
    """In a function, a loop and a branch in it: of tensors outside; the numbers are TensorFlow 1.15's."""
    with tf.Graph().as_default():
        w = tf.constant(1.5)
        squared, other = w * w, tf.constant([2.0])

        def function(x):
            x = tf.cast(x, tf.float32)
            y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * x * squared), [tf.constant(0), x])[1]
            inside = tf.cond(x > 1.0, lambda: tf.gradients(x * x * squared, [x, w])[1], lambda: x)
            second = tf.hessians(x * x * x, x)[0]
            return tuple(tf.gradients(y, [x, w, squared, other], unconnected_gradients="zero")) + (inside, second)

        iterator = tf.data.make_initializable_iterator(tf.data.Dataset.range(1, 3).map(function))
        following = iterator.get_next()
        with tf.Session() as session:
            session.run(iterator.initializer)
            rows = [session.run(following) for _ in range(2)]
    assert [[float(np.sum(value)) for value in row] for row in rows] == [
        [45.5625, 45.5625, 15.1875, 0.0, 1.0, 6.0], [364.5, 729.0, 243.0, 0.0, 12.0, 12.0]]
