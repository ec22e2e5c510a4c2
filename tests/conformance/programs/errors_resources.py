import tensorflow as tf


def vector():
    return tf.Variable([1.0, 2.0], use_resource=True, name="weights")


def handle(shared_name="v", dtype=tf.float32, shape=(2,)):
    return tf.raw_ops.VarHandleOp(dtype=dtype, shape=tf.TensorShape(shape), shared_name=shared_name, container="")


def initialized_session():
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session


@mistake
def resource_read_uninitialized():
    tf.Session().run(vector() + 1.0)


@mistake
def resource_gather_uninitialized():
    tf.Session().run(tf.gather(vector(), [0]))


@mistake
def resource_update_uninitialized():
    tf.Session().run(vector().assign_add([1.0, 1.0]))


@mistake
def resource_scatter_uninitialized():
    v = vector()
    tf.Session().run(v.scatter_add(tf.IndexedSlices([1.0], [0])))


@mistake
def resource_assign_of_wrong_shape():
    vector().assign([1.0, 2.0, 3.0])


@mistake
def resource_assign_of_wrong_shape_at_run():
    p = tf.placeholder(tf.float32, None, name="p")
    a = handle(shape=None)
    session = tf.Session()
    session.run(tf.raw_ops.AssignVariableOp(resource=a, value=[1.0, 2.0]))
    session.run(tf.raw_ops.AssignAddVariableOp(resource=a, value=p, name="add"), {p: [1.0]})


@mistake
def resource_assign_of_wrong_dtype():
    vector().assign(tf.constant([1, 2], name="integers"))


@mistake
def resource_assign_of_text():
    vector().assign(["a", "b"])


@mistake
def resource_read_of_wrong_dtype():
    tf.raw_ops.ReadVariableOp(resource=handle(), dtype=tf.int32)


@mistake
def resource_read_of_wrong_dtype_at_run():
    a, b = handle("shared"), handle("shared", tf.int32)
    session = tf.Session()
    session.run(tf.raw_ops.AssignVariableOp(resource=a, value=[1.0, 2.0]))
    session.run(tf.raw_ops.ReadVariableOp(resource=b, dtype=tf.int32))


@mistake
def resource_assign_of_wrong_dtype_at_run():
    a, b = handle("shared"), handle("shared", tf.int32)
    session = tf.Session()
    session.run(tf.raw_ops.AssignVariableOp(resource=a, value=[1.0, 2.0]))
    session.run(tf.raw_ops.AssignVariableOp(resource=b, value=[1, 2]))


@mistake
def resource_gather_out_of_range():
    v = vector()
    initialized_session().run(tf.gather(v, [0, 2], name="rows"))


@mistake
def resource_scatter_out_of_range():
    v = vector()
    update = tf.scatter_add(v, [5], [1.0], name="update")
    initialized_session().run(update.op)


@mistake
def resource_scatter_of_a_list():
    vector().scatter_add([1.0])


@mistake
def resource_count_past_the_limit():
    n = tf.Variable(3, use_resource=True, name="n")
    count = n.count_up_to(3)
    initialized_session().run(count)


@mistake
def resource_count_of_floats():
    vector().count_up_to(3)


@mistake
def resource_set_shape():
    vector().set_shape([2])


@mistake
def resource_added_in_place():
    v = vector()
    v += 1.0


@mistake
def resource_truth():
    if vector():
        pass


@mistake
def resource_iteration():
    list(vector())


@mistake
def resource_without_a_value():
    tf.Variable(None, use_resource=True)


@mistake
def resource_shared_with_another_shape():
    tf.get_variable("v", [2], use_resource=True)
    with tf.variable_scope("", reuse=True):
        tf.get_variable("v", [3])


@mistake
def resource_slice_of_wrong_shape():
    v = tf.Variable([[1.0, 2.0]], use_resource=True, name="v")
    update = v[:, 0].assign([1.0, 2.0])
    initialized_session().run(update.op)


@mistake
def resource_destroyed():
    a = handle()
    session = tf.Session()
    session.run(tf.raw_ops.AssignVariableOp(resource=a, value=[1.0, 2.0]))
    session.run(tf.raw_ops.DestroyResourceOp(resource=a))
    session.run(tf.raw_ops.ReadVariableOp(resource=a, dtype=tf.float32, name="read"))


@mistake
def resource_destroyed_twice():
    a = handle()
    destroy = tf.raw_ops.DestroyResourceOp(resource=a, ignore_lookup_error=False, name="destroy")
    session = tf.Session()
    session.run(tf.raw_ops.AssignVariableOp(resource=a, value=[1.0, 2.0]))
    session.run(destroy)
    session.run(destroy)


@mistake
def resource_where_a_reference_is_wanted():
    tf.raw_ops.AssignAdd(ref=vector(), value=[1.0, 2.0])


@mistake
def resource_step_of_wrong_shape():
    v = vector()
    tf.train.GradientDescentOptimizer(0.1).apply_gradients([(tf.constant([1.0, 2.0, 3.0], name="g"), v)])
