import tensorflow as tf


def run_on_two(fetches, **options):
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2}, **options)) as session:
        session.run(fetches)


@mistake
def device_that_is_not_there():
    with tf.device("/gpu:3"):
        a = tf.identity(1.0, name="placed")
    run_on_two(a)


@mistake
def device_of_a_type_with_too_high_a_number():
    with tf.device("/cpu:2"):
        a = tf.identity(1.0, name="placed")
    run_on_two(a)


@mistake
def device_of_another_job():
    """Soft placement changes nothing about it."""
    with tf.device("/job:worker/cpu:1"):
        a = tf.identity(1.0, name="placed")
    run_on_two(a, allow_soft_placement=True)


@mistake
def variable_on_a_missing_device():
    with tf.device("/gpu:0"):
        v = tf.Variable(1, name="counter")
    run_on_two(v.initializer)


@mistake
def colocated_apart():
    """Colocated with two nodes that ask for different devices."""
    with tf.device("/cpu:0"):
        tf.identity(1.0, name="here")
    with tf.device("/cpu:1"):
        tf.identity(1.0, name="there")
    tf.identity(1.0, name="both")
    definition = tf.get_default_graph().as_graph_def()
    definition.node[-1].attr["_class"].list.s.extend([b"loc:@here", b"loc:@there"])
    with tf.Graph().as_default():
        tf.import_graph_def(definition, name="")
        run_on_two("both:0")


@mistake
def colocated_with_nobody():
    tf.identity(1.0, name="alone")
    definition = tf.get_default_graph().as_graph_def()
    definition.node[-1].attr["_class"].list.s.append(b"loc:@nobody")
    with tf.Graph().as_default():
        tf.import_graph_def(definition, name="")


@mistake
def steps_without_a_kernel():
    """An op of another build of the library: its graph is read."""
    steps = tf.constant([[1.0, 2.0]])
    quantized = tf.quantization.quantize(steps, 0.0, 2.0, tf.qint32, mode="SCALED").output
    tf.raw_ops.RequantizationRangePerChannel(input=quantized, input_min=[0.0, 0.0], input_max=[1.0, 2.0],
                                             clip_value_max=5.0, name="by_channel")
    definition = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default():
        tf.import_graph_def(definition, name="")
        run_on_two("by_channel:0")
