import tensorflow as tf

MISTAKES = {}


def mistake(function):
    MISTAKES[function.__name__] = function
    return function


def run(fetches, feed=None):
    with tf.Session() as session:
        return session.run(fetches, feed)


@mistake
def unfed_placeholder():
    run(tf.placeholder(tf.float32, name="X") + 1)


@mistake
def unfed_placeholder_with_shape():
    run(tf.placeholder(tf.float32, (None, 3), name="X") + 1)


@mistake
def unfed_placeholder_int64():
    run(tf.placeholder(tf.int64, (2,), name="y") + 1)


@mistake
def feed_of_wrong_rank():
    x = tf.placeholder(tf.float32, (None, 3))
    run(x + 1, {x: [1.0, 2.0]})


@mistake
def feed_of_wrong_columns():
    x = tf.placeholder(tf.float32, (None, 3))
    run(x + 1, {x: [[1.0, 2.0]]})


@mistake
def feed_of_wrong_type():
    x = tf.placeholder(tf.float32, (None, 3))
    run(x + 1, {x: [["text"]]})


@mistake
def feed_of_tensor():
    x = tf.placeholder(tf.float32)
    run(x + 1, {x: tf.constant(1.0)})


@mistake
def feed_of_large_integer():
    x = tf.placeholder(tf.int32)
    run(x + 1, {x: 2 ** 40})


@mistake
def feed_of_operation():
    x = tf.no_op()
    run(x, {x: 1})


@mistake
def feed_of_unfeedable():
    x = tf.constant(1.0)
    tf.get_default_graph().prevent_feeding(x)
    run(x + 1, {x: 1.0})


@mistake
def fetch_of_unfetchable():
    x = tf.constant(1.0)
    tf.get_default_graph().prevent_fetching(x.op)
    run(x)


@mistake
def fetch_of_number():
    tf.constant(1)
    run(3)


@mistake
def fetch_of_none():
    tf.constant(1)
    run(None)


@mistake
def fetch_of_missing_name():
    tf.constant(1, name="c")
    run("nowhere:0")


@mistake
def fetch_of_missing_output():
    tf.constant(1, name="c")
    run("c:1")


@mistake
def fetch_of_another_graph():
    with tf.Graph().as_default():
        x = tf.constant(1.0)
    tf.constant(1)
    run(x)


@mistake
def fed_and_fetched():
    x = tf.placeholder(tf.float32, name="x")
    assert run(x, {x: 2.0}) == 2.0
