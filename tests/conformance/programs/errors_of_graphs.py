import tensorflow as tf


@mistake
def uninitialized_variable():
    run(tf.Variable(1.0, name="v") + 1)


@mistake
def uninitialized_variable_fetched():
    run(tf.Variable(1.0, name="v"))


@mistake
def uninitialized_variable_assigned_add():
    run(tf.assign_add(tf.Variable(1.0, name="v"), 1.0))


@mistake
def uninitialized_variable_trained():
    v = tf.Variable(1.0, name="v")
    run(tf.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.constant(1.0), v)]))


@mistake
def no_default_session():
    tf.constant(1).eval()


@mistake
def no_default_session_for_run():
    tf.no_op().run()


@mistake
def closed_session():
    x = tf.constant(1)
    session = tf.Session()
    session.close()
    session.run(x)


@mistake
def empty_graph():
    run([])
    tf.Session().run(tf.Graph())


@mistake
def empty_graph_run():
    with tf.Session() as session:
        session.run("x:0")


@mistake
def graph_of_session_differs():
    x = tf.constant(1)
    with tf.Session(graph=tf.Graph()):
        x.eval()


@mistake
def finalized_graph():
    tf.get_default_graph().finalize()
    tf.constant(1)


@mistake
def mixed_graphs():
    with tf.Graph().as_default():
        x = tf.constant(1.0)
    tf.add(x, tf.constant(2.0))


@mistake
def variable_exists():
    with tf.variable_scope("relu"):
        tf.get_variable("threshold", shape=())
        tf.get_variable("threshold", shape=())


@mistake
def variable_missing():
    with tf.variable_scope("relu", reuse=True):
        tf.get_variable("threshold")


@mistake
def variable_made_otherwise():
    with tf.variable_scope("relu"):
        tf.Variable(1.0, name="threshold")
    with tf.variable_scope("relu", reuse=True):
        tf.get_variable("threshold")


@mistake
def variable_shape_differs():
    with tf.variable_scope("relu", reuse=tf.AUTO_REUSE):
        tf.get_variable("threshold", shape=())
        tf.get_variable("threshold", shape=(2,))


@mistake
def variable_type_differs():
    with tf.variable_scope("relu", reuse=tf.AUTO_REUSE):
        tf.get_variable("threshold", shape=())
        tf.get_variable("threshold", shape=(), dtype=tf.int32)


@mistake
def variable_without_shape():
    tf.get_variable("threshold")


@mistake
def variable_shape_unknown():
    tf.get_variable("v", shape=[None, 3])


@mistake
def variable_shape_with_value():
    tf.get_variable("v", shape=[3], initializer=tf.constant([1.0, 2.0, 3.0]))


@mistake
def variable_of_unknown_shape():
    tf.Variable(tf.placeholder(tf.float32))


@mistake
def variable_in_control_scope_name():
    with tf.variable_scope(3):
        pass


@mistake
def bad_node_name():
    tf.constant(1, name="a b")


@mistake
def bad_node_name_start():
    tf.constant(1, name="_a")


@mistake
def bad_scope_name():
    with tf.name_scope("a:b"):
        pass


@mistake
def gradient_missing():
    x = tf.placeholder(tf.float32, (2, 3))
    y = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 2], logits=x)
    tf.gradients(tf.gradients(y, [x]), [x])


@mistake
def gradient_unregistered():
    x = tf.placeholder(tf.float32, (2,))
    tf.gradients(tf.cast(tf.bitcast(x, tf.float32), tf.float32), [x])


@mistake
def gradient_types():
    x = tf.constant(1.0)
    tf.gradients(x * 2.0, [x], grad_ys=[tf.constant(1)])


@mistake
def gradient_lengths():
    x = tf.constant(1.0)
    tf.gradients([x * 2.0], [x], grad_ys=[None, None])


@mistake
def minimize_without_variables():
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0))


@mistake
def minimize_without_gradient():
    tf.Variable(1.0)
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0))


@mistake
def minimize_integer():
    v = tf.Variable(1)
    tf.train.GradientDescentOptimizer(0.1).minimize(v * 2)


@mistake
def apply_nothing():
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([])


@mistake
def assign_shape():
    tf.assign(tf.Variable([1.0, 2.0], name="v"), [1.0])


@mistake
def assign_shape_at_run():
    p = tf.placeholder(tf.float32, name="p")
    run(tf.assign(tf.Variable([1.0, 2.0], name="v"), p, name="set"), {p: [1.0]})


@mistake
def assign_type():
    tf.assign(tf.Variable(1.0, name="v"), tf.constant(1))


@mistake
def assign_to_constant():
    tf.assign(tf.constant(1.0), 1.0)


@mistake
def device_syntax():
    with tf.device("/nonsense:0"):
        tf.constant(1)


@mistake
def device_missing():
    with tf.device("/device:GPU:7"):
        x = tf.constant(1.0, name="x")
    run(x)


@mistake
def device_other_job():
    with tf.device("/job:ps"):
        x = tf.constant(1.0, name="x")
    run(x)


@mistake
def kernel_missing():
    with tf.device("/cpu:0"):
        quotient = tf.floordiv(tf.constant([1.0 + 2.0j]), 2.0, name="quotient")
    run(quotient)


@mistake
def op_unknown():
    tf.get_default_graph().create_op("Nonsense", [], [tf.float32])


@mistake
def timeout():
    queue = tf.FIFOQueue(1, tf.float32, name="queue")
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=50)) as session:
        session.run(queue.dequeue())


@mistake
def partial_run_not_set_up():
    x = tf.placeholder(tf.float32, name="x")
    y = tf.placeholder(tf.float32, name="y")
    z = x * 2.0
    with tf.Session() as session:
        handle = session.partial_run_setup([z], [x])
        session.partial_run(handle, y, {y: 1.0})


@mistake
def partial_run_fetched_twice():
    x = tf.placeholder(tf.float32, name="x")
    z = tf.multiply(x, 2.0, name="z")
    w = tf.multiply(z, 2.0, name="w")
    with tf.Session() as session:
        handle = session.partial_run_setup([z, w], [x])
        session.partial_run(handle, z, {x: 1.0})
        session.partial_run(handle, z)


@mistake
def partial_run_unfed():
    x = tf.placeholder(tf.float32, name="x")
    y = tf.placeholder(tf.float32, name="y")
    z = tf.multiply(x, y, name="z")
    with tf.Session() as session:
        handle = session.partial_run_setup([z], [x, y])
        session.partial_run(handle, z, {x: 1.0})


@mistake
def set_shape_conflict():
    tf.constant([1.0]).set_shape([2])


@mistake
def get_tensor_syntax():
    tf.get_default_graph().get_tensor_by_name("x")


@mistake
def get_operation_missing():
    tf.get_default_graph().get_operation_by_name("x")


@mistake
def seeds_out_of_range():
    tf.random_uniform([1], seed=2 ** 70)


@mistake
def losses_shapes():
    tf.losses.mean_squared_error([[1.0]], [[1.0, 2.0]])


@mistake
def losses_weights():
    tf.losses.mean_squared_error([[1.0, 2.0]], [[1.0, 2.0]], weights=[[1.0, 2.0, 3.0]])


@mistake
def dense_rank():
    tf.layers.dense(tf.placeholder(tf.float32), 3)


@mistake
def dense_last_unknown():
    tf.layers.dense(tf.placeholder(tf.float32, (2, None)), 3)


@mistake
def call_first_value_sets_type():
    tf.raw_ops.Add(x=1, y=tf.constant(2.0))


@mistake
def call_second_value_of_wrong_kind():
    tf.raw_ops.Add(x=tf.constant(2), y=1.5)


@mistake
def call_list_in_message():
    tf.raw_ops.Add(x=tf.constant(2), y=[1.5, 2.5])


@mistake
def call_op_refuses_type():
    tf.raw_ops.Sqrt(x=4)


@mistake
def call_list_does_not_match():
    tf.raw_ops.AddN(inputs=[1, 1.5])


@mistake
def call_list_does_not_match_tensor():
    tf.raw_ops.Pack(values=[tf.constant(2), 1.5], axis=0)


@mistake
def call_list_too_short():
    tf.raw_ops.AddN(inputs=[])


@mistake
def call_no_list():
    tf.raw_ops.AddN(inputs=3)


@mistake
def call_no_bool():
    tf.raw_ops.LogicalNot(x=3)


@mistake
def call_no_variable():
    tf.raw_ops.Assign(ref=tf.constant(1.0), value=2)


@mistake
def call_attribute_type():
    tf.raw_ops.RandomUniform(shape=[2], dtype=tf.int32)
