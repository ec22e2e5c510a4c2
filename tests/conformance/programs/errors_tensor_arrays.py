import tensorflow as tf

import numpy as np


def array(size=3, dtype=tf.float32, **options):
    return tf.TensorArray(dtype, size, tensor_array_name="listed", **options)


def unknown(value):
    return tf.placeholder_with_default(np.asarray(value, np.float32), None, name="value")


@mistake
def array_without_size():
    tf.TensorArray(tf.float32)


@mistake
def array_of_handle_and_size():
    made = array()
    tf.TensorArray(tf.float32, 3, handle=made.handle, flow=made.flow)


@mistake
def array_of_handle_and_dynamic_size():
    made = array()
    tf.TensorArray(tf.float32, dynamic_size=False, handle=made.handle, flow=made.flow)


@mistake
def array_of_handle_and_shape():
    made = array()
    tf.TensorArray(tf.float32, element_shape=[2], handle=made.handle, flow=made.flow)


@mistake
def array_of_handle_and_name():
    made = array()
    tf.TensorArray(tf.float32, tensor_array_name="other", handle=made.handle, flow=made.flow)


@mistake
def array_of_handle_without_flow():
    tf.TensorArray(tf.float32, handle=array().handle)


@mistake
def array_write_of_other_shape():
    array(element_shape=[2]).write(0, tf.placeholder(tf.float32, (3, None)))


@mistake
def array_scatter_of_other_shape():
    array().write(0, [1.0, 2.0]).scatter([1], [[1.0]])


@mistake
def array_split_of_other_shape():
    array(element_shape=[2]).split([1.0, 2.0, 3.0], [1, 1, 1])


@mistake
def array_split_of_other_dtype():
    array().split(tf.constant([1, 2], name="whole"), [1, 1])


@mistake
def array_unstack_of_scalar():
    array().unstack(tf.constant(1.0))


@mistake
def array_gradient_outside_of_gradients():
    x = tf.constant(1.0)
    tf.gradients(array().write(0, x).read(0), x, name="other")


@mistake
def array_of_negative_size():
    run(array(-1).size())


@mistake
def array_write_beyond_size():
    run(array().write(3, 1.0).flow)


@mistake
def array_write_before_first():
    run(array(dynamic_size=True).write(-1, 1.0).flow)


@mistake
def array_write_twice():
    run(array().write(1, 1.0).write(1, 2.0).flow)


@mistake
def array_write_of_other_dtype():
    run(array().write(0, tf.constant(1)).flow)


@mistake
def array_write_of_shape_known_late():
    run(array(element_shape=[2, None]).write(0, unknown([[1.0, 2.0, 3.0]])).flow)


@mistake
def array_write_of_two_shapes():
    run(array().write(0, unknown([1.0, 2.0])).write(1, unknown([1.0])).flow)


@mistake
def array_read_beyond_size():
    run(array(dynamic_size=True, size=0).read(4))


@mistake
def array_read_of_nothing():
    run(array().read(0))


@mistake
def array_read_twice():
    made = array().write(0, 1.0)
    first = made.read(0)
    with tf.control_dependencies([first]):
        run(made.read(0))


@mistake
def array_write_after_read():
    made = array(clear_after_read=False).write(0, 1.0)
    first = made.read(0)
    with tf.control_dependencies([first]):
        run(made.write(0, 2.0).flow)


@mistake
def array_stack_of_hole():
    run(array(infer_shape=False).write(0, unknown(1.0)).stack())


@mistake
def array_stack_of_two_shapes():
    run(array(2, infer_shape=False).write(0, unknown([1.0, 2.0])).write(1, unknown([1.0])).stack())


@mistake
def array_stack_of_nothing():
    run(array(0).stack())


@mistake
def array_concat_of_scalars():
    run(array(1).write(0, unknown(1.0)).concat())


@mistake
def array_concat_of_two_shapes():
    made = array(2, infer_shape=False).write(0, unknown([[1.0, 2.0]])).write(1, unknown([[1.0]]))
    run(made.concat())


@mistake
def array_concat_of_nothing():
    run(array(0).concat())


@mistake
def array_split_of_wrong_sum():
    run(array(2).split(unknown([1.0, 2.0, 3.0]), [1, 1]).flow)


@mistake
def array_split_into_other_number():
    run(array(3).split(unknown([1.0, 2.0, 3.0]), [1, 2]).flow)


@mistake
def array_scatter_of_other_number():
    run(array().scatter(tf.placeholder_with_default([0, 1], None), unknown([[1.0], [2.0], [3.0]])).flow)


@mistake
def array_scatter_beyond_size():
    run(array().scatter([0, 7], unknown([[1.0], [2.0]])).flow)


@mistake
def array_scatter_twice():
    run(array().scatter([0, 0], unknown([[1.0], [2.0]])).flow)


@mistake
def array_scatter_of_scalar_known_late():
    run(array().scatter([0], unknown(1.0)).flow)


@mistake
def array_closed():
    made = array()
    with tf.control_dependencies([made.close()]):
        run(made.write(0, 1.0).flow)


@mistake
def array_of_gradients_of_two_shapes():
    run(array().grad("g").write(0, unknown([1.0, 2.0])).write(0, unknown([1.0])).flow)


@mistake
def array_of_gradients_of_other_shape():
    run(array(infer_shape=False).write(0, unknown([1.0, 2.0])).grad("g").write(0, unknown([1.0])).flow)


@mistake
def array_grows_after_gradients():
    made = array(2, dynamic_size=True)
    run(made.write(4, 1.0).grad("g").flow, {})
    with tf.control_dependencies([made.grad("g").flow]):
        run(made.write(4, 1.0).flow)


@mistake
def array_second_gradient():
    x = tf.constant([1.0, 2.0])
    made = array(2).unstack(x)
    first = tf.gradients(made.read(0) * made.read(1), x)[0]
    run(tf.gradients(first, x)[0])


@mistake
def stack_of_other_dtype():
    handle = tf.raw_ops.StackV2(max_size=-1, elem_type=tf.float32)
    with tf.control_dependencies([tf.raw_ops.StackPushV2(handle=handle, elem=1)]):
        run(tf.raw_ops.StackPopV2(handle=handle, elem_type=tf.float32))


@mistake
def stack_is_full():
    handle = tf.raw_ops.StackV2(max_size=0, elem_type=tf.float32, stack_name="small")
    with tf.control_dependencies([tf.raw_ops.StackPushV2(handle=handle, elem=1.0)]):
        run(tf.raw_ops.StackPopV2(handle=handle, elem_type=tf.float32))


@mistake
def stack_is_empty():
    handle = tf.raw_ops.StackV2(max_size=-1, elem_type=tf.float32, stack_name="small")
    run(tf.raw_ops.StackPopV2(handle=handle, elem_type=tf.float32))


@mistake
def stack_is_closed():
    handle = tf.raw_ops.StackV2(max_size=-1, elem_type=tf.float32, stack_name="small")
    with tf.control_dependencies([tf.raw_ops.StackCloseV2(handle=handle)]):
        run(tf.raw_ops.StackPopV2(handle=handle, elem_type=tf.float32))


@mistake
def stack_as_array():
    handle = tf.raw_ops.StackV2(max_size=-1, elem_type=tf.float32, stack_name="small")
    run(tf.raw_ops.TensorArrayReadV3(handle=handle, index=0, flow_in=0.0, dtype=tf.float32))
