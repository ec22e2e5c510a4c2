"""What lives how long: graphs with Python callables in them are collected, and values outlive what they came from."""

import copy
import gc
import resource
import weakref

import headrace as tf
import numpy as np
import pytest


def build():
    """A graph with a callable of every kind, reference cycles through each of them, and a session that has run."""
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 3])

        def getter(getter, *args, **kwargs):
            assert graph is not None
            return getter(*args, **kwargs) * 1.0

        def creator(next_creator, **kwargs):
            assert graph is not None
            return next_creator(**kwargs)

        def ones(shape, dtype, partition_info):
            return tf.ones(shape, dtype) * tf.cast(graph is not None, dtype)

        with tf.variable_scope('scope', custom_getter=getter, initializer=ones,
                               regularizer=lambda w: tf.reduce_sum(w) if graph else None) as scope:
            scope.kept = graph
            y = tf.get_variable('y', [3])
        with tf.variable_creator_scope(creator):
            z = tf.Variable(lambda: tf.zeros([2]) if graph else None, constraint=lambda v: v if graph else None)
        with tf.device(lambda op: '/cpu:0' if graph else ''):
            layer = tf.layers.Dense(2, activation=lambda t: tf.nn.relu(t) if graph else t,
                                    activity_regularizer=lambda t: tf.reduce_sum(t) if graph else None)
            out = layer(x * y)
        tf.add_to_collection('mine', [graph, layer, out, z])
        tf.get_collection_ref('variables').append(z)
        template = tf.make_template('t', lambda v: tf.get_variable('t', initializer=1.0) * v + (0 if graph else 1))
        template(template(1.0))
        session = tf.Session(graph=graph)
        session.run(tf.global_variables_initializer())
        session.run(out, {x: np.ones((2, 3))})
    return graph


def test_graphs_are_collected():
    reference = weakref.ref(build())
    gc.collect()
    assert reference() is None


def test_graphs_that_failed_are_collected():
    graph = tf.Graph()
    with graph.as_default():
        for failing in (lambda: tf.get_variable('a', [2], initializer=lambda *args, **kwargs: 1 / 0),
                        lambda: tf.get_variable('b', [2], custom_getter=lambda getter, **kwargs: 1 / 0),
                        lambda: tf.get_variable('c', [2], regularizer=lambda w: 1 / 0),
                        lambda: tf.Variable(lambda: 1 / 0),
                        lambda: tf.layers.dense(tf.ones([1, 2]), 2, lambda t: 1 / 0)):
            try:
                failing()
            except ZeroDivisionError:
                continue
            raise AssertionError('the error of a callable is raised as itself')
    reference = weakref.ref(graph)
    del graph, failing
    gc.collect()
    assert reference() is None


def test_two_hundred_graphs_need_no_more_memory_than_some():
    def peak_after(count):
        for _ in range(count):
            build()
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    some = peak_after(60)
    assert peak_after(200) - some < 8 * 1024  # KiB; one graph with its session is above 100 KiB


def test_fetched_arrays_outlive_session_and_graph():
    with tf.Graph().as_default():
        v = tf.Variable(np.arange(1000.0), name='v')
        doubled, c = v * 2.0, tf.constant(np.arange(500))
        with tf.Session() as session:
            session.run(v.initializer)
            values = session.run([v, doubled, c])
            session.run(v.assign(np.zeros(1000)))
    del v, doubled, c, session
    gc.collect()
    for _ in range(20):  # what would write over freed memory
        np.ones(1000)
    np.testing.assert_array_equal(values[0], np.arange(1000.0))
    np.testing.assert_array_equal(values[1], np.arange(1000.0) * 2)
    np.testing.assert_array_equal(values[2], np.arange(500))


def test_fed_arrays_may_go_after_the_run():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, [None])
        v = tf.Variable(np.zeros(4096), name='v')
        same, kept = tf.identity(x), v.assign(x)
        fed = np.arange(4096.0)
        out, _ = session.run([same, kept.op], {x: fed})
        held = weakref.ref(fed)
        fed.fill(-1)
        del fed
        gc.collect()
        np.testing.assert_array_equal(session.run(v), np.arange(4096.0))
        assert out.sum() in (np.arange(4096.0).sum(), -4096.0)  # a copy, or the array that went in
        if out.sum() > 0:
            assert held() is None


@pytest.mark.parametrize('kind', [tf.Tensor, tf.Operation, tf.VariableScope])
def test_empty_objects_cannot_be_made(kind):
    with pytest.raises(TypeError):
        object.__new__(kind)
    with pytest.raises(TypeError):
        copy.deepcopy(tf.constant(1.0) if kind is tf.Tensor else tf.no_op() if kind is tf.Operation
                      else tf.get_variable_scope())
