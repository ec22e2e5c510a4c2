import tensorflow as tf

import numpy as np


@mistake
def graph_left_behind():
    """A variable kept on a function, used after the default graph was replaced."""
    kept = tf.Variable(0.0, name="threshold")
    with tf.Graph().as_default():
        tf.maximum(tf.constant(1.0), kept)


@mistake
def operators_across_graphs():
    with tf.Graph().as_default():
        x = tf.constant(1.0, name="x")
    tf.constant(2.0, name="y") * x


@mistake
def control_input_of_another_graph():
    with tf.Graph().as_default():
        x = tf.constant(1.0, name="x")
    with tf.control_dependencies([x]):
        tf.constant(2.0)


@mistake
def restore_of_slots():
    """A checkpoint of gradient descent into a graph with momentum."""
    saved(("theta", 1.0))
    theta = tf.Variable(1.0, name="theta")
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(theta * theta)
    tf.train.Saver().restore(tf.Session(), "model.ckpt")


@mistake
def uninitialized_by_name():
    v = tf.Variable([1.0, 2.0], name="scope/weights")
    run(tf.reduce_sum(v * 2.0))


@mistake
def uninitialized_in_new_session():
    v = tf.Variable(1.0, name="x")
    run(v.initializer)
    run(v)


@mistake
def unfed_one_of_two():
    x = tf.placeholder(tf.float32, (None, 2), name="X")
    y = tf.placeholder(tf.float32, (None, 1), name="y")
    run(tf.reduce_sum(x) + tf.reduce_sum(y), {x: [[1.0, 2.0]]})


@mistake
def feed_of_none():
    x = tf.placeholder(tf.float32, name="x")
    run(x + 1, {x: None})


@mistake
def feed_of_text_for_number():
    x = tf.placeholder(tf.float32, name="x")
    run(x + 1, {x: "text"})


@mistake
def feed_of_ragged_list():
    x = tf.placeholder(tf.float32, name="x")
    run(x + 1, {x: [[1.0, 2.0], [3.0]]})


@mistake
def feed_of_missing_name():
    x = tf.constant(1.0, name="x")
    run(x, {"y:0": 1.0})


@mistake
def feed_of_another_graph():
    with tf.Graph().as_default():
        other = tf.placeholder(tf.float32, name="other")
    run(tf.constant(1.0), {other: 1.0})


@mistake
def feed_by_number():
    run(tf.constant(1.0), {3: 1.0})


@mistake
def feed_dict_is_a_list():
    x = tf.placeholder(tf.float32, name="x")
    run(x, [x, 1.0])


@mistake
def feed_twice():
    x = tf.placeholder(tf.float32, name="x")
    run(x + 1.0, {x: 1.0, "x:0": 2.0})


@mistake
def feed_of_scalar_for_vector():
    x = tf.placeholder(tf.float32, (3,), name="x")
    run(x + 1.0, {x: 1.0})


@mistake
def feed_into_variable():
    v = tf.Variable([1.0, 2.0], name="v")
    run(v + 1.0, {v: [1.0, 2.0, 3.0]})


@mistake
def feed_of_float_for_large_int64():
    x = tf.placeholder(tf.int8, name="x")
    run(x, {x: 300})


@mistake
def fetch_in_list_of_none():
    x = tf.constant(1.0)
    run([x, None])


@mistake
def fetch_of_array():
    tf.constant(1.0)
    run(np.ones(3))


@mistake
def fetch_of_no_output():
    run("nothing:0" if tf.no_op(name="nothing") is not None else None)


@mistake
def eval_in_session_of_another_graph():
    x = tf.constant(1.0, name="x")
    with tf.Graph().as_default():
        session = tf.Session()
    x.eval(session=session)


@mistake
def run_in_session_of_another_graph():
    op = tf.no_op(name="nothing")
    with tf.Graph().as_default():
        session = tf.Session()
    op.run(session=session)


@mistake
def variable_eval_without_session():
    tf.Variable(1.0, name="v").eval()


@mistake
def closed_interactive_session():
    x = tf.constant(1.0)
    session = tf.InteractiveSession()
    session.close()
    session.run(x)


@mistake
def closed_by_with():
    x = tf.constant(1.0)
    with tf.Session() as session:
        pass
    session.run(x)


@mistake
def session_of_no_graph():
    tf.Session(graph=3)


@mistake
def session_of_no_config():
    tf.Session(config="fast")


@mistake
def session_target_is_number():
    tf.Session(3)


@mistake
def callable_called_without_feed():
    x = tf.placeholder(tf.float32, name="x")
    with tf.Session() as session:
        session.make_callable(x + 1.0, [x])()


@mistake
def callable_feeds_not_a_list():
    x = tf.placeholder(tf.float32, name="x")
    with tf.Session() as session:
        session.make_callable(x + 1.0, x)


@mistake
def callable_of_wrong_shape():
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    with tf.Session() as session:
        session.make_callable(x + 1.0, [x])(np.ones(2, np.float32))


@mistake
def session_reset_unknown_container():
    x = tf.constant(1.0)
    with tf.Session() as session:
        session.partial_run("no handle", x)


@mistake
def partial_run_of_nothing():
    tf.constant(1.0)
    with tf.Session() as session:
        session.partial_run_setup([])


@mistake
def load_without_session():
    tf.Variable(1.0, name="v").load(2.0)


@mistake
def load_of_wrong_shape():
    v = tf.Variable([1.0, 2.0], name="v")
    with tf.Session() as session:
        v.load([1.0, 2.0, 3.0], session)
