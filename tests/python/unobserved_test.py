"""Products that only control edges name: left out where nothing can tell, and run where something can."""

import headrace as tf
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()


def nodes_run(session, fetch, feeds=None):
    metadata = tf.RunMetadata()
    session.run(fetch, feeds, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)
    return {node.node_name for device in metadata.step_stats.dev_stats for node in device.node_stats}


def training_step():
    x = tf.placeholder(tf.float32, (None, 3), name='x')
    w = tf.Variable(np.ones((3, 2), np.float32))
    loss = tf.reduce_sum(tf.square(tf.matmul(x, w)))
    return x, w, tf.train.GradientDescentOptimizer(0.1).minimize(loss)


def run(config, feed):
    tf.reset_default_graph()
    x, w, step = training_step()
    with tf.Session(config=config) as session:
        session.run(tf.global_variables_initializer())
        names = nodes_run(session, step, {x: feed})
        return names, session.run(w)


def test_the_gradient_of_the_data_is_left_out_and_the_weights_are_the_same():
    as_built = tf.ConfigProto()
    as_built.graph_options.rewrite_options.disable_meta_optimizer = True
    feed = np.arange(6, dtype=np.float32).reshape(2, 3)
    unfused = tf.ConfigProto()
    unfused.graph_options.rewrite_options.remapping = 2  # the update would make the other product itself
    fewer, weights = run(unfused, feed)
    every, same = run(as_built, feed)
    assert 'gradients/MatMul_grad/MatMul' in every - fewer
    assert 'gradients/MatMul_grad/MatMul_1' in every & fewer
    assert weights.tobytes() == same.tobytes()


def test_the_gradient_of_images_is_left_out():
    x = tf.placeholder(tf.float32, (None, 5, 5, 2), name='x')
    w = tf.Variable(np.arange(36, dtype=np.float32).reshape(3, 3, 2, 2))
    loss = tf.reduce_sum(tf.square(tf.nn.conv2d(x, w, [1, 2, 2, 1], 'SAME')))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        names = nodes_run(session, step, {x: np.ones((1, 5, 5, 2), np.float32)})
    assert 'gradients/Conv2D_grad/Conv2DBackpropFilter' in names
    assert 'gradients/Conv2D_grad/Conv2DBackpropInput' not in names


def test_a_product_that_depends_on_an_effect_runs():
    v = tf.Variable(np.zeros((2, 2), np.float32))
    product = tf.matmul(tf.assign_add(v, np.ones((2, 2), np.float32)), np.ones((2, 2), np.float32))
    with tf.control_dependencies([product]):
        after = tf.no_op()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(after)
        assert session.run(v).tolist() == [[1, 1], [1, 1]]


def test_a_product_that_is_fetched_runs():
    a = tf.constant([[2.0]])
    product = tf.matmul(a, a)
    with tf.control_dependencies([product]):
        after = tf.identity(a)
    with tf.Session() as session:
        assert session.run([after, product])[1] == 4.0


def test_random_numbers_go_on_as_the_graph_says():
    """A product of random numbers draws them, read or not."""
    draws = tf.random_uniform([2, 2], seed=3)
    product = tf.matmul(draws, draws)
    with tf.control_dependencies([product]):
        after = tf.no_op()
    with tf.Session() as session:
        session.run(after)
        second = session.run(draws)
    with tf.Session() as session:
        session.run(draws)
        assert session.run(draws).tobytes() == second.tobytes()


def test_a_negation_that_only_control_edges_name_is_left_out():
    x = tf.placeholder(tf.float32, (4,), name='x')
    negation, sum_ = tf.negative(x, name='negation'), tf.add(x, tf.zeros([4]), name='sum')
    with tf.control_dependencies([negation, sum_]):
        y = tf.identity(x, name='y')
    with tf.Session() as session:
        names = nodes_run(session, y, {x: np.ones(4, np.float32)})
        assert 'negation' not in names and any('sum' in name for name in names)
        with pytest.raises(tf.errors.InvalidArgumentError):  # what can fail is not
            session.run(tf.reshape(tf.placeholder_with_default(session.run(y, {x: [1, 2, 3, 4]}), [None]), [3]))
