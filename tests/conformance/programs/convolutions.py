"""Convolutions and pooling, as tf.nn has them, their gradients, and the layers made of them."""

import tensorflow as tf

import numpy as np

slim = tf.contrib.slim

RANDOM = np.random.RandomState(13)
IMAGES = RANDOM.uniform(-1, 1, (1, 6, 5, 3)).astype(np.float32)
SEQUENCES = RANDOM.uniform(-1, 1, (2, 7, 3)).astype(np.float32)
VOLUMES = RANDOM.uniform(-1, 1, (1, 4, 5, 4, 2)).astype(np.float32)
DIGITS = RANDOM.uniform(0, 1, (6, 28 * 28)).astype(np.float32)
LABELS = np.array([3, 1, 4, 1, 5, 9], np.int32)


def weights(*shape):
    return np.random.RandomState(sum(shape)).uniform(-0.5, 0.5, shape).astype(np.float32)


def ramp(*shape):
    """Weights that programs in C can have, too."""
    return ((np.arange(np.prod(shape)) % 7 - 3) / 4).reshape(shape).astype(np.float32)


def finished(outputs, feed, facts=None):
    """Everything fetched; gradients of a sum of it all."""
    facts = facts or {}
    facts["names"] = [output.name for output in outputs]
    facts["shapes"] = [str(output.shape) for output in outputs]
    facts["variables"] = ["%s %s" % (v.name, v.shape) for v in tf.global_variables()]
    facts["model variables"] = [v.name for v in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)]
    total = tf.add_n([tf.reduce_sum(output * output) for output in outputs])
    gradients = [g for g in tf.gradients(total, list(feed) + tf.trainable_variables()) if g is not None]
    steps = [{"fetch": outputs + gradients, "feed": feed}]
    if tf.global_variables():
        steps.insert(0, {"run": [tf.global_variables_initializer()]})
    return {"steps": steps, "facts": facts}


def functions():
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    y = tf.placeholder(tf.float32, (1, 3, 3, 5), name="y")
    w = tf.constant(weights(3, 3, 3, 5), name="w")
    outputs = [
        tf.nn.conv2d(x, weights(3, 3, 3, 4), [1, 1, 1, 1], "SAME"),
        tf.nn.conv2d(x, w, strides=[1, 2, 2, 1], padding="VALID", name="named"),
        tf.nn.conv2d(x, filters=w, strides=2, padding=[[0, 0], [1, 2], [0, 1], [0, 0]]),
        tf.nn.conv2d(x, w, strides=[2, 1], padding="SAME", use_cudnn_on_gpu=False),
        tf.nn.conv2d_transpose(y, w, [1, 6, 5, 3], [1, 2, 2, 1]),
        tf.nn.conv2d_transpose(input=y, filters=w, output_shape=tf.shape(x), strides=2, padding="SAME", name="up"),
        tf.nn.depthwise_conv2d(x, weights(3, 3, 3, 2), [1, 1, 1, 1], "SAME"),
        tf.nn.depthwise_conv2d_native(x, weights(2, 2, 3, 1), [1, 1, 1, 1], "VALID"),
        tf.nn.separable_conv2d(x, weights(3, 3, 3, 2), weights(1, 1, 6, 4), [1, 1, 1, 1], "SAME"),
    ]
    return finished(outputs, {x: IMAGES, y: RANDOM.uniform(-1, 1, (1, 3, 3, 5)).astype(np.float32)})


def pooling():
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    v = tf.placeholder(tf.float32, (1, 4, 5, 4, 2), name="v")
    s = tf.placeholder(tf.float32, (2, 7, 3), name="s")
    outputs = [
        tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), tf.nn.max_pool(x, 3, 2, "SAME", name="named"),
        tf.nn.max_pool(x, ksize=[2, 3], strides=[1, 2], padding="SAME"),
        tf.nn.max_pool2d(x, 2, 2, "VALID"), tf.nn.avg_pool(x, [1, 3, 3, 1], [1, 2, 2, 1], "SAME"),
        tf.nn.avg_pool2d(x, 2, 1, "VALID"), tf.nn.max_pool3d(v, 2, 2, "VALID"),
        tf.nn.avg_pool3d(v, [1, 2, 2, 2, 1], [1, 1, 2, 2, 1], "SAME"), tf.nn.max_pool1d(s, 2, 2, "VALID"),
        tf.nn.avg_pool1d(s, 3, 1, "SAME"), tf.nn.max_pool_v2(v, 2, 1, "VALID"), tf.nn.avg_pool_v2(s, 2, 2, "VALID"),
        tf.nn.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")[0],
        tf.nn.lrn(x, depth_radius=2, alpha=2e-5, beta=0.75), tf.nn.local_response_normalization(x, name="norm"),
    ]
    return finished(outputs, {x: IMAGES, v: VOLUMES, s: SEQUENCES})


def sequences_and_volumes():
    s = tf.placeholder(tf.float32, (2, 7, 3), name="s")
    v = tf.placeholder(tf.float32, (1, 4, 5, 4, 2), name="v")
    outputs = [
        tf.nn.conv1d_transpose(s, weights(2, 4, 3), [2, 14, 4], 2), tf.nn.conv1d_transpose(
            s, weights(3, 2, 3), [2, 9, 2], strides=1, padding="VALID", name="longer"),
        tf.nn.conv1d(s, weights(3, 3, 4), 1, "SAME"), tf.nn.conv1d(s, weights(2, 3, 2), 2, "VALID", name="named"),
        tf.nn.conv3d(v, weights(2, 3, 3, 2, 3), [1, 1, 1, 1, 1], "SAME"),
        tf.nn.conv3d(v, filters=weights(2, 2, 2, 2, 1), strides=[1, 1, 2, 2, 1], padding="VALID"),
        tf.nn.conv3d_transpose(v, weights(2, 2, 2, 1, 2), [1, 4, 5, 8, 1], [1, 1, 1, 2, 1]),
    ]
    return finished(outputs, {s: SEQUENCES, v: VOLUMES})


def space():
    """Space, batch and channels; grey dilation."""
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    s = tf.placeholder(tf.float32, (2, 7, 3), name="s")
    outputs = [
        tf.space_to_batch_nd(x, [2, 1], [[0, 0], [1, 2]]), tf.space_to_batch_nd(s, block_shape=[3], paddings=[[1, 1]]),
        tf.batch_to_space_nd(tf.tile(x, [6, 1, 1, 1]), [3, 2], [[1, 0], [2, 3]]),
        tf.space_to_batch_nd(x, [2, 3, 1], [[0, 0], [1, 0], [0, 0]]), tf.space_to_batch(x, [[0, 0], [1, 0]], 2),
        tf.batch_to_space(tf.tile(x, [4, 1, 1, 1]), [[1, 0], [0, 2]], block_size=2, name="named"),
        tf.nn.dilation2d(x, weights(2, 2, 3), [1, 1, 1, 1], [1, 2, 1, 1], "SAME"),
        tf.nn.erosion2d(x, weights(2, 3, 3), [1, 2, 1, 1], [1, 1, 1, 1], "VALID"),
        tf.space_to_depth(x[:, :, :4], 2), tf.nn.depth_to_space(tf.tile(x, [1, 1, 1, 4]), 2),
        *[tf.cast(t, tf.float32) for t in tf.required_space_to_batch_paddings([6, 5], [2, 3], [[1, 0], [0, 0]])],
    ]
    return finished(outputs, {x: IMAGES, s: SEQUENCES})


def dilated():
    """Taps that lie apart; sizes that are not known."""
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    u = tf.placeholder(tf.float32, (None, None, None, 3), name="u")
    s = tf.placeholder(tf.float32, (2, 7, 3), name="s")
    outputs = [
        tf.nn.atrous_conv2d(x, weights(2, 2, 3, 3), 2, "SAME"), tf.nn.atrous_conv2d(x, weights(2, 2, 3, 3), 2, "VALID"),
        tf.nn.atrous_conv2d(u, weights(2, 2, 3, 3), 2, "SAME", name="named"),
        tf.nn.convolution(x, weights(2, 2, 3, 3), "SAME"), tf.nn.convolution(s, weights(2, 3, 3), "VALID", strides=[2]),
        tf.nn.convolution(s, weights(2, 3, 3), "SAME", dilation_rate=[3]),
        tf.nn.convolution(x, weights(2, 2, 3, 3), padding="VALID", dilations=[1, 2]),
        tf.nn.depthwise_conv2d(x, weights(2, 2, 3, 2), [1, 1, 1, 1], "SAME", rate=[2, 2]),
        tf.nn.separable_conv2d(x, weights(2, 2, 3, 2), weights(1, 1, 6, 4), [1, 1, 1, 1], "SAME", rate=[2, 1]),
        tf.nn.pool(x, [2, 2], "MAX", "SAME"), tf.nn.pool(x, [2, 2], "AVG", "VALID", dilation_rate=[2, 1]),
        tf.nn.pool(s, [2], "MAX", "VALID", strides=[2]), tf.layers.conv2d(x, 2, 2, dilation_rate=2, padding="same"),
        tf.layers.conv2d(x, 2, 2, dilation_rate=(1, 2), activation=tf.nn.relu), tf.layers.conv1d(s, 2, 2, dilation_rate=2),
        tf.contrib.layers.conv2d(x, 2, [2, 2], rate=2, scope="mine"),
    ]
    return finished(outputs, {x: IMAGES, u: IMAGES, s: SEQUENCES})


def apart():
    """Transposes whose taps lie apart; rates and shapes that the graph computes; pooling with gaps."""
    x = tf.placeholder(tf.float32, (1, 6, 5, 3), name="x")
    s = tf.placeholder(tf.float32, (2, 7, 3), name="s")
    v = tf.placeholder(tf.float32, (1, 4, 5, 4, 2), name="v")
    rate = tf.placeholder_with_default(np.array([2, 3], np.int32), [2], name="rate")
    shape = tf.placeholder_with_default(np.array([1, 6, 5, 4], np.int32), [4], name="shape")
    w = tf.constant(ramp(2, 3, 4, 3), name="w")

    def convolve(kernel):
        return lambda inner, count, padding: tf.nn.conv2d(inner, kernel, [1] * (count + 2), padding)

    paddings, crops = tf.required_space_to_batch_paddings(shape[1:3], rate, [[1, 0], [0, 2]])
    outputs = [
        tf.nn.convolution(x, ramp(2, 2, 3, 3), "SAME", dilation_rate=[2, 1], name="far"),
        tf.nn.convolution(s, ramp(2, 3, 3), "VALID", dilation_rate=[3]),
        tf.nn.convolution(v, ramp(2, 2, 2, 2, 1), "SAME", strides=[1, 2, 1]),
        tf.nn.atrous_conv2d(x, ramp(2, 2, 3, 3), 2, "SAME"),
        tf.nn.depthwise_conv2d(x, ramp(2, 2, 3, 2), [1, 1, 1, 1], "SAME", rate=[2, 2]),
        tf.nn.separable_conv2d(x, ramp(2, 2, 3, 1), ramp(1, 1, 3, 2), [1, 2, 2, 1], "VALID"),
        tf.nn.conv1d(s, ramp(2, 3, 2), 2, "VALID"),
        tf.nn.conv1d_transpose(s, ramp(2, 4, 3), [2, 14, 4], 2, name="long"),
        tf.nn.conv2d_transpose(x, w, [1, 12, 10, 4], 2),
        tf.nn.conv3d_transpose(v, ramp(2, 2, 2, 1, 2), [1, 4, 5, 8, 1], [1, 1, 2]),
        tf.nn.erosion2d(x, ramp(2, 3, 3), [1, 2, 1, 1], [1, 1, 1, 1], "VALID"),
        tf.nn.max_pool(x, 3, 2, "SAME"), tf.nn.avg_pool1d(s, 3, 1, "SAME"), tf.nn.max_pool1d(s, 2, 2, "VALID"),
        tf.nn.max_pool3d(v, 2, 2, "VALID"), tf.nn.avg_pool3d(v, [2, 2, 1], 1, "SAME"), tf.nn.max_pool2d(x, 2, 2, "VALID"),
        tf.nn.avg_pool(x, [2, 1], [1, 2], "VALID", name="mean"),
        tf.nn.atrous_conv2d_transpose(x, w, [1, 6, 5, 4], 1, "SAME"),
        tf.nn.atrous_conv2d_transpose(x, w, [1, 6, 5, 4], 2, "SAME"),
        tf.nn.atrous_conv2d_transpose(x, w, (1, 8, 9, 4), 2, "VALID", name="wide"),
        tf.nn.atrous_conv2d_transpose(x, w, shape, rate=2, padding="SAME"),
        tf.nn.conv_transpose(x, w, [1, 12, 10, 4], 2), tf.nn.conv_transpose(s, w[0], [2, 14, 4], 2, name="longer"),
        tf.nn.conv_transpose(v, ramp(2, 2, 2, 1, 2), [1, 4, 5, 4, 1], [1, 1, 1]),
        tf.nn.with_space_to_batch(x, rate, "SAME", convolve(ramp(2, 3, 3, 2)), filter_shape=[2, 3]),
        tf.nn.with_space_to_batch(x, [1, 2], "VALID", convolve(ramp(2, 2, 3, 2)), data_format="NHWC"),
        tf.nn.with_space_to_batch(v, [2, 1], "VALID", lambda inner, count, padding: inner * 2.0, spatial_dims=[1, 3]),
        tf.nn.with_space_to_batch(v, tf.convert_to_tensor(rate, name="again"), "VALID",
                                  lambda inner, count, padding: inner * 2.0, spatial_dims=[1, 3]),
        tf.nn.pool(x, [2, 2], "MAX", "VALID", dilation_rate=[1, 2], name="gaps"),
        tf.nn.pool(v, [2, 2, 2], "AVG", "SAME", strides=[1, 2, 1]), tf.nn.pool(s, [3], "AVG", "SAME"),
        tf.cast(paddings, tf.float32), tf.cast(crops, tf.float32),
        tf.manip.space_to_batch_nd(x, [1, 2], [[0, 0], [1, 2]]),
        tf.manip.batch_to_space_nd(tf.tile(x, [2, 1, 1, 1]), [1, 2], [[0, 0], [1, 2]]),
    ]
    return finished(outputs, {x: IMAGES, s: SEQUENCES, v: VOLUMES})


def more_layers():
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    s = tf.placeholder(tf.float32, (None, 7, 3), name="s")
    v = tf.placeholder(tf.float32, (None, 4, 5, 4, 2), name="v")
    layers = tf.layers
    outputs = [
        layers.separable_conv1d(s, 4, 3, depth_multiplier=2, strides=2, activation=tf.nn.relu),
        layers.separable_conv1d(s, 2, 2, dilation_rate=2, padding="same", use_bias=False, name="apart"),
        layers.separable_conv2d(x, 2, 2, dilation_rate=(1, 2), activation=tf.nn.relu, name="mixed"),
        layers.separable_conv2d(x, 2, 2, dilation_rate=(1, 2), activation=tf.nn.relu, name="mixed", reuse=True),
        layers.conv3d_transpose(v, 1, 2, strides=(1, 2, 1), activation=tf.nn.relu),
        layers.conv3d_transpose(v, 2, (2, 3, 2), strides=(1, 2, 1), padding="same"),
        layers.conv3d(v, 2, 2, dilation_rate=(1, 2, 1)), layers.conv1d(s, 3, 2, dilation_rate=3, padding="same"),
        layers.average_pooling1d(s, 2, 2, padding="same"), layers.max_pooling3d(v, (2, 1, 2), (1, 2, 1), padding="same"),
    ]
    layer = layers.SeparableConv1D(3, 2, name="mine")
    outputs.append(layer(s))
    deep = layers.Conv3DTranspose(2, 2)
    facts = {"kernels": [layer.depthwise_kernel.name, layer.pointwise_kernel.name],
             "shape": str(deep.compute_output_shape(tf.TensorShape([None, 4, 5, 4, 2]))),
             "trainable": [variable.name for variable in layer.trainable_variables]}
    return finished(outputs, {x: IMAGES, s: SEQUENCES, v: VOLUMES}, facts)


def channels_first():
    """Graphs alone: TensorFlow's CPU convolves none of them."""
    with tf.Graph().as_default():  # TensorFlow's first layer of this kind asks for devices, through nodes of its own
        tf.layers.max_pooling1d(tf.placeholder(tf.float32, (None, 3, 7)), 2, 2, data_format="channels_first")
    x = tf.placeholder(tf.float32, (None, 3, 6, 5), name="x")
    s = tf.placeholder(tf.float32, (None, 3, 7), name="s")
    v = tf.placeholder(tf.float32, (None, 2, 4, 5, 4), name="v")
    layers, first = tf.layers, "channels_first"
    outputs = [
        layers.conv1d(s, 4, 3, data_format=first, activation=tf.nn.relu), layers.conv1d(s, 2, 2, data_format=first,
                                                                                       dilation_rate=2),
        layers.conv2d(x, 4, 3, data_format=first, dilation_rate=2, padding="same"),
        layers.conv2d(x, 4, 3, data_format=first, strides=2), layers.conv3d(v, 2, 2, data_format=first),
        layers.separable_conv1d(s, 4, 3, data_format=first), layers.separable_conv2d(x, 4, 3, data_format=first),
        layers.conv3d_transpose(v, 3, 2, data_format=first, padding="same"), layers.conv2d_transpose(
            x, 2, 3, strides=2, data_format=first), layers.max_pooling1d(s, 2, 2, data_format=first),
        layers.max_pooling2d(x, 2, 2, data_format=first),
        layers.average_pooling3d(v, 2, 2, data_format=first), tf.nn.conv1d(s, ramp(2, 3, 3), 2, "SAME", data_format="NCW"),
        tf.nn.conv2d_transpose(x, ramp(2, 2, 2, 3), [1, 2, 12, 10], 2, data_format="NCHW"),
        tf.nn.convolution(x, ramp(2, 2, 3, 3), "SAME", dilation_rate=[2, 1], data_format="NCHW"),
        tf.nn.pool(x, [2, 2], "AVG", "VALID", dilation_rate=[1, 2], data_format="NCHW"),
        tf.nn.depthwise_conv2d(x, ramp(2, 2, 3, 1), [1, 1, 1, 1], "SAME", rate=[2, 2], data_format="NCHW"),
        tf.nn.max_pool1d(s, 2, 2, "VALID", data_format="NCW"),
    ]
    return {"steps": [], "facts": {"shapes": [str(output.shape) for output in outputs]}}


def layers():
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    s = tf.placeholder(tf.float32, (None, 7, 3), name="s")
    v = tf.placeholder(tf.float32, (None, 4, 5, 4, 2), name="v")
    outputs = [
        tf.layers.conv2d(x, 4, 3), tf.layers.conv2d(x, 4, [3, 2], strides=2, padding="same", activation=tf.nn.relu),
        tf.layers.conv2d(x, 2, 3, use_bias=False, name="named"),
        tf.layers.conv2d(x, 2, 3, use_bias=False, name="named", reuse=True),
        tf.layers.conv2d(x, filters=2, kernel_size=1, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1),
                         bias_initializer=tf.ones_initializer(), kernel_initializer=tf.truncated_normal_initializer(seed=2)),
        tf.layers.conv1d(s, 4, 3), tf.layers.conv1d(s, 4, 2, strides=2, padding="same", activation="tanh"),
        tf.layers.conv3d(v, 3, 2), tf.layers.separable_conv2d(x, 4, 3, depth_multiplier=2),
        tf.layers.conv2d_transpose(x, 2, 3, strides=2, padding="same"),
        tf.layers.conv2d_transpose(x, 1, 3, strides=2, activation=tf.nn.relu),
        tf.layers.max_pooling2d(x, 2, 2), tf.layers.max_pooling2d(x, pool_size=[3, 2], strides=[2, 1], padding="same"),
        tf.layers.average_pooling2d(x, 2, 2, name="mean"), tf.layers.max_pooling1d(s, 2, 2),
        tf.layers.average_pooling1d(s, 3, 1, padding="same"), tf.layers.max_pooling3d(v, 2, 2),
        tf.layers.average_pooling3d(v, 2, 1),
    ]
    layer = tf.layers.Conv2D(3, 3, name="mine")
    outputs += [layer(x), layer(x * 2.0)]
    facts = {"kernel": layer.kernel.name, "bias": layer.bias.name, "strides": layer.strides,
             "losses": [loss.name for loss in tf.losses.get_regularization_losses()],
             "output shape": str(layer.compute_output_shape(tf.TensorShape([None, 6, 5, 3])))}
    return finished(outputs, {x: IMAGES, s: SEQUENCES, v: VOLUMES}, facts)


def contrib_layers():
    tf.set_random_seed(1)
    layers = tf.contrib.layers
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    s = tf.placeholder(tf.float32, (None, 7, 3), name="s")
    outputs = [
        layers.conv2d(x, 4, 3), layers.conv2d(x, 4, [3, 3], stride=2, padding="VALID", activation_fn=None, scope="mine"),
        layers.conv2d(x, 4, [3, 3], stride=2, padding="VALID", activation_fn=None, scope="mine", reuse=True),
        layers.conv2d(x, 4, 3, normalizer_fn=layers.batch_norm, normalizer_params={"is_training": True}),
        layers.convolution(s, 3, 2), layers.conv2d_transpose(x, 2, 3, stride=2), layers.separable_conv2d(x, 4, 3, 2),
        layers.separable_conv2d(x, None, 3, 1, biases_initializer=None), layers.max_pool2d(x, 2),
        layers.max_pool2d(x, [3, 3], stride=1, padding="SAME", scope="pool"), layers.avg_pool2d(x, [2, 2]),
    ]
    return finished(outputs, {x: IMAGES, s: SEQUENCES})


def slim_network():
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, (None, 6, 5, 3), name="x")
    with slim.arg_scope([slim.conv2d, slim.fully_connected], weights_regularizer=slim.l2_regularizer(0.0005),
                        weights_initializer=tf.truncated_normal_initializer(stddev=0.1)):
        with slim.arg_scope([slim.conv2d], padding="SAME", outputs_collections="ends"):
            net = slim.repeat(x, 2, slim.conv2d, 4, [3, 3], scope="conv1")
            net = slim.max_pool2d(net, [2, 2], scope="pool1")
            net = slim.stack(net, slim.conv2d, [(5, [3, 3]), (6, [1, 1])], scope="conv2")
            net = slim.avg_pool2d(net, [2, 2], scope="pool2")
            net = slim.fully_connected(slim.flatten(net), 10, activation_fn=None, scope="logits")
    facts = {"ends": [end.name for end in tf.get_collection("ends")],
             "losses": [loss.name for loss in tf.losses.get_regularization_losses()]}
    return finished([net], {x: IMAGES}, facts)


def digits(optimizer):
    """The network of the book's exercise on handwritten digits, smaller."""
    tf.set_random_seed(42)
    with tf.name_scope("inputs"):
        x = tf.placeholder(tf.float32, shape=[None, 28 * 28], name="X")
        x_reshaped = tf.reshape(x, shape=[-1, 28, 28, 1])
        y = tf.placeholder(tf.int32, shape=[None], name="y")
    conv1 = tf.layers.conv2d(x_reshaped, filters=8, kernel_size=3, strides=1, padding="SAME", activation=tf.nn.relu,
                             name="conv1")
    conv2 = tf.layers.conv2d(conv1, filters=12, kernel_size=3, strides=2, padding="SAME", activation=tf.nn.relu,
                             name="conv2")
    with tf.name_scope("pool3"):
        pool3 = tf.nn.max_pool(conv2, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
        flat = tf.reshape(pool3, shape=[-1, 12 * 7 * 7])
    with tf.name_scope("fc1"):
        fc1 = tf.layers.dense(flat, 16, activation=tf.nn.relu, name="fc1")
    with tf.name_scope("output"):
        logits = tf.layers.dense(fc1, 10, name="output")
        tf.nn.softmax(logits, name="Y_proba")
    with tf.name_scope("train"):
        xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=y)
        loss = tf.reduce_mean(xentropy)
        training_op = optimizer().minimize(loss)
    step = {"fetch": [loss], "run": [training_op], "feed": {x: DIGITS, y: LABELS}}
    return {"steps": [{"run": [tf.global_variables_initializer()]}] + [step] * 4}


VARIANTS = {
    "functions": functions,
    "pooling": pooling,
    "sequences_and_volumes": sequences_and_volumes,
    "space": space,
    "dilated": dilated,
    "layers": layers,
    "apart": apart,
    "more_layers": more_layers,
    "channels_first": channels_first,
    "contrib_layers": contrib_layers,
    "slim": slim_network,
    "digits": lambda: digits(tf.train.AdamOptimizer),
}
