"""What books print and TensorFlow 1.15 refuses, or calls otherwise: accepted."""

import pytest

import headrace as tf


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()


def test_names():
    assert tf.Saver is tf.train.Saver
    assert tf.train.FTRLOptimizer is tf.train.FtrlOptimizer


def test_saver_takes_the_default_session(tmp_path):
    v = tf.Variable(1.0, name='v')
    saver, path = tf.train.Saver(), str(tmp_path / 'model.ckpt')
    with tf.Session() as session:
        session.run(v.initializer)
        assert saver.save(path) == path
        session.run(v.assign(5.0))
        saver.restore(path)
        assert session.run(v) == 1.0
    with pytest.raises(ValueError, match='default session'):
        saver.save(path)
    with pytest.raises(TypeError):
        saver.save('a', 'b')
    with pytest.raises(TypeError):
        saver.save(save_path='b')


def test_variables_by_name(tmp_path):
    """dict([(var.name, var.name) for var in ...]), as the reuse of layers is printed."""
    w, b = tf.Variable([1.0, 2.0], name='hidden1/weights'), tf.Variable(3.0, name='hidden1/biases')
    path = str(tmp_path / 'model.ckpt')
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, path)
        reused = tf.train.Saver(dict([(var.name, var.name) for var in tf.global_variables()]))
        session.run([w.assign([0.0, 0.0]), b.assign(0.0)])
        reused.restore(session, path)
        assert session.run(w).tolist() == [1.0, 2.0] and session.run(b) == 3.0
        tf.train.Saver({'other': 'hidden1/biases'}).save(session, path)
        assert [name for name, _ in tf.train.list_variables(path)] == ['other']
    for bad in ('no_such_variable', 7):
        with pytest.raises(TypeError, match='names_to_saveables'):
            tf.train.Saver({'x': bad})


def test_integer_shape():
    assert tf.placeholder(tf.float32, shape=(4)).shape.as_list() == [4]
    assert tf.placeholder(tf.float32, shape=(None)).shape.ndims is None
