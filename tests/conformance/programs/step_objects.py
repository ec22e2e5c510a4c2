import tensorflow as tf


def arrays():
    """What the handle says of the elements, as shape functions see it."""
    ops, facts = tf.raw_ops, {}
    for number, arguments in enumerate((dict(), dict(element_shape=[2]), dict(element_shape=[2, None]),
                                        dict(element_shape=[2, None], identical_element_shapes=True))):
        array = ops.TensorArrayV3(size=2, dtype=tf.float32, **arguments)
        gradients = ops.TensorArrayGradV3(handle=array.handle, flow_in=array.flow, source="s")
        wider = ops.TensorArrayGradWithShape(handle=array.handle, flow_in=0.0, shape_to_prepend=[3], source="w")
        handles = {"own": array.handle, "same": tf.identity(array.handle), "gradients": gradients.grad_handle,
                   "wider": wider.grad_handle}
        for name, handle in handles.items():
            read = ops.TensorArrayReadV3(handle=handle, index=0, flow_in=0.0, dtype=tf.float32)
            gathered = ops.TensorArrayGatherV3(handle=handle, indices=[0, 1], flow_in=0.0, dtype=tf.float32,
                                               element_shape=[7])
            facts["%s_%d" % (name, number)] = [read.shape, gathered.shape]
    array = ops.TensorArrayV3(size=1, dtype=tf.float32, element_shape=[2])
    wider = ops.TensorArrayGradWithShape(handle=array.handle, flow_in=array.flow, shape_to_prepend=[3], source="w")
    zeros = ops.TensorArrayReadV3(handle=wider.grad_handle, index=0, flow_in=wider.flow_out, dtype=tf.float32)
    return {"steps": [{"fetch": [zeros, ops.TensorArraySizeV3(handle=wider.grad_handle, flow_in=wider.flow_out)]}],
            "facts": facts}


def stacks():
    """Last in, first out; pushing passes the value on."""
    ops = tf.raw_ops
    x = tf.placeholder(tf.float32, name="x")
    handle = ops.StackV2(max_size=-1, elem_type=tf.float32, stack_name="kept")
    last, popped = x, []
    for _ in range(3):
        last = ops.StackPushV2(handle=handle, elem=last + 1.0)
    for _ in range(3):
        with tf.control_dependencies([last]):
            last = ops.StackPopV2(handle=handle, elem_type=tf.float32)
        popped.append(last)
    with tf.control_dependencies([last]):
        closed = ops.StackCloseV2(handle=handle)
    return {"steps": [{"fetch": popped, "run": [closed], "feed": {x: [1.0, 2.0]}}, {"fetch": popped, "feed": {x: 5.0}}]}


VARIANTS = {function.__name__: function for function in (arrays, stacks)}
