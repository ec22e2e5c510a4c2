import tensorflow as tf


def control_dependencies():
    """Nested frames, inputs that already come after a frame's op, None, ops and tensors, and variables inside."""
    a = tf.constant(1.0, name="a")
    b = tf.constant(2.0, name="b")
    c = tf.placeholder(tf.float32, name="c")
    with tf.control_dependencies([a]):
        tf.constant(3.0, name="plain")
        d = tf.add(a, b, name="uses_a")
        e = tf.add(d, b, name="after_uses_a")
        with tf.control_dependencies([b, c]):
            tf.add(e, b, name="nested")
            tf.no_op(name="nested_nothing")
            with tf.control_dependencies(None):
                tf.constant(4.0, name="free")
                with tf.control_dependencies([d]):
                    tf.constant(5.0, name="after_free")
        with tf.control_dependencies([d]):
            tf.constant(6.0, name="second")
            tf.identity(e, name="dominated")
        tf.identity(c, name="back_in_first")
    with tf.control_dependencies([]):
        tf.constant(7.0, name="empty")
    with tf.control_dependencies([d.op, d, a.op]):
        tf.constant(8.0, name="ops_and_tensors")
        v = tf.Variable(a, name="v")
        tf.get_variable("w", [2], initializer=tf.zeros_initializer())
        tf.placeholder(tf.float32, name="p")
        tf.add(v, 1.0, name="variable_plus")
    with tf.control_dependencies([v]):
        tf.constant(9.0, name="after_variable")
    group = tf.group(d, e, name="both")
    tf.tuple([d, e], name="pair")
    with tf.control_dependencies([group]):
        tf.identity(a, name="after_group")
    tf.group(name="nobody")
    return {"steps": []}


def colocation():
    a = tf.Variable(1.0, name="a")
    b = tf.constant(2.0, name="b")
    with tf.colocate_with(a):
        c = tf.constant(3.0, name="c")
        with tf.colocate_with(b):
            tf.constant(4.0, name="d")
        with tf.colocate_with(b, ignore_existing=True):
            tf.constant(5.0, name="e")
    with tf.colocate_with(c):
        tf.constant(6.0, name="f")
    with tf.device("/device:CPU:0"):
        g = tf.constant(7.0, name="g")
        with tf.colocate_with(a):
            tf.constant(8.0, name="h")
    with tf.colocate_with(g.op):
        tf.constant(9.0, name="i")
        with tf.device("/device:CPU:1"):
            tf.constant(10.0, name="j")
    with tf.colocate_with(None, ignore_existing=True):
        tf.constant(11.0, name="k")
    return {"steps": []}


def devices():
    with tf.device("/job:ps/task:1"):
        tf.constant(0, name="a")
        with tf.device("/cpu:0"):
            tf.constant(0, name="b")
            with tf.device("/job:worker"):
                tf.constant(0, name="c")
            with tf.device(None):
                tf.constant(0, name="d")
                with tf.device("/gpu:3"):
                    tf.constant(0, name="e")
        with tf.device("GPU:2"):
            tf.constant(0, name="f")
        with tf.device("/device:GPU:*"):
            tf.constant(0, name="g")
        with tf.device(""):
            tf.constant(0, name="h")
        with tf.device("/replica:4"):
            tf.constant(0, name="i")

    def on_matmul(op):
        return "/device:GPU:0" if op.type == "MatMul" else "/device:CPU:0"

    with tf.device("/job:local"):
        with tf.device(on_matmul):
            tf.matmul([[1.0]], [[2.0]], name="product")
            v = tf.Variable([[1.0]], name="v")
    with tf.device(on_matmul):
        with tf.device("/device:CPU:7"):
            tf.constant(0, name="inner_fixed")
    with tf.device("/device:GPU:0"):
        y = tf.square(v, name="y")
    tf.gradients(y, [v])
    with tf.device("/device:GPU:0"):
        tf.gradients(y, [v], name="again", colocate_gradients_with_ops=True)
    with tf.device(tf.train.replica_device_setter(ps_tasks=2)):
        for i in range(3):
            tf.Variable(float(i), name="ps_var")
        tf.constant(0, name="on_worker")
    return {"steps": []}


def default_graph_state():
    """Containers, attribute scopes, kernel label maps: the other things a scope carries."""
    graph = tf.get_default_graph()
    with graph.container("box"):
        tf.Variable(1.0, name="boxed")
        tf.get_variable("boxed_by_get", [1])
        with graph.container(""):
            tf.Variable(1.0, name="unboxed")
    return {"steps": []}


VARIANTS = {
    "control_dependencies": control_dependencies,
    "colocation": colocation,
    "devices": devices,
    "containers": default_graph_state,
}
