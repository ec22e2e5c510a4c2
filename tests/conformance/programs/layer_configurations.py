"""The configurations of layers, and layers that are made of them."""
import tensorflow as tf


def layers():
    new = tf.layers
    uniform = tf.random_uniform_initializer(-1, 1, seed=3)
    return [new.Dense(3), new.Dense(2, activation=tf.nn.relu, use_bias=False, name="named", trainable=False,
                                    kernel_initializer=tf.glorot_normal_initializer(seed=2), dtype=tf.float32),
            new.Dense(3, kernel_initializer=tf.truncated_normal_initializer(stddev=0.1, seed=1),
                      bias_initializer=tf.constant_initializer(0.5), kernel_regularizer=tf.keras.regularizers.l2(0.1)),
            new.Dense(3, kernel_initializer=uniform, bias_initializer=tf.ones_initializer()),
            new.Dense(3, kernel_initializer=tf.variance_scaling_initializer(seed=4)),
            new.Dense(3, kernel_initializer=tf.orthogonal_initializer(seed=5)),
            new.Conv1D(3, 2, activation=tf.nn.relu), new.Conv2D(3, 2, kernel_initializer=uniform), new.Conv3D(3, 2),
            new.Conv2DTranspose(3, 2, kernel_initializer=uniform), new.SeparableConv2D(3, 2, depthwise_initializer=uniform),
            new.Dropout(0.3), new.Flatten(), new.MaxPooling2D(2, 2), new.AveragePooling1D(2, 2), new.BatchNormalization()]


def configurations():
    facts = {}
    for number, layer in enumerate(layers()):
        facts["%02d %s" % (number, type(layer).__name__)] = sorted(layer.get_config().items())
    return {"steps": [], "facts": facts}


def layers_of_configurations():
    """What is made of a configuration builds what the layer would have built."""
    image = tf.placeholder(tf.float32, [2, 6, 6, 1], name="image")
    row = tf.placeholder(tf.float32, [2, 4], name="row")
    tf.set_random_seed(7)
    for layer in layers():
        kind = type(layer).__name__
        if "1D" in kind or "3D" in kind or kind == "Flatten":
            continue
        again = type(layer).from_config(layer.get_config())
        again(image if "2D" in kind else row)
    return {"steps": []}


VARIANTS = {"configurations": configurations, "layers_of_configurations": layers_of_configurations}
