import tensorflow as tf

import numpy as np

ROWS = np.random.RandomState(7).uniform(-1, 2, (6, 3)).astype(np.float32)
PICTURES = np.random.RandomState(8).uniform(-1, 2, (4, 2, 2, 3)).astype(np.float32)


def normalized(make, shape=(None, 3), flag=None, values=ROWS, dtype=tf.float32, trains=(True, True, False)):
    """A layer, its gradients, what training steps leave in its averages, and what it gives afterwards."""
    def build():
        x = tf.placeholder(dtype, shape, name="x")
        if flag is None:
            training = None
        elif flag == "placeholder":
            training = tf.placeholder(tf.bool, (), name="training")
        else:
            training = flag
        y = make(x) if training is None else make(x, training)
        weights = tf.constant(np.linspace(-1, 2, values.size, dtype=np.float32).reshape(values.shape), dtype)
        loss = tf.reduce_sum(tf.square(y) * weights, name="loss")
        gradients = tf.gradients(loss, [x] + tf.trainable_variables())
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        updates = [op.op if isinstance(op, tf.Tensor) else op for op in updates]
        averages = [v for v in tf.global_variables() if "moving" in v.name]
        steps = [{"run": [tf.global_variables_initializer()]}]
        for number in range(3):
            feed = {x: values * (number + 1)}
            if flag == "placeholder":
                feed[training] = trains[number]
            steps += [{"run": updates, "fetch": [y, loss] + gradients, "feed": feed}, {"fetch": averages}]
        facts = {"shape": str(y.shape), "name": y.name, "trainable": [v.name for v in tf.trainable_variables()],
                 "models": [v.name for v in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)]}
        return {"steps": steps, "facts": facts}
    return build


def layers_norm(**options):
    return lambda x, training=False: tf.layers.batch_normalization(x, training=training, momentum=0.9, **options)


def contrib_norm(**options):
    return lambda x, training=True: tf.contrib.layers.batch_norm(x, is_training=training, decay=0.9, **options)


def weighted(x, training=True):
    weights = tf.constant([1.0, 0.0, 2.0, 1.0, 0.5, 1.0], name="weights")
    return tf.contrib.layers.batch_norm(x, is_training=training, batch_weights=weights, updates_collections=None,
                                        param_initializers={"moving_mean": tf.ones_initializer()})


def thawed():
    """Updates of a layer count while it is trained: what it did before counts, too, from then on."""
    x = tf.constant(ROWS, name="x")
    layer = tf.layers.BatchNormalization(trainable=False, momentum=0.9)
    facts = {}
    for trainable in (False, True, False):
        layer.trainable = trainable
        y = layer(x, training=True)
        facts["updates of %s" % y.name] = [[op.name for op in layer.updates],
                                           [op.name for op in tf.get_collection(tf.GraphKeys.UPDATE_OPS)]]
    return {"steps": [], "facts": facts}


own_parameters = {
    "param_initializers": {"beta": tf.constant_initializer(0.3), "gamma": tf.constant_initializer(2.0),
                           "moving_mean": tf.constant_initializer(0.5),
                           "moving_variance": tf.constant_initializer(1.5)},
    "param_regularizers": {"gamma": tf.contrib.layers.l2_regularizer(0.1)}}
pictures = {"shape": (None, 2, 2, 3), "values": PICTURES}
first = {"shape": (None, 3, 2, 2), "values": PICTURES.transpose(0, 3, 1, 2)}
VARIANTS = {
    "layers_training": normalized(layers_norm(), flag=True),
    "layers_inference": normalized(layers_norm(name="bn", center=False)),
    "layers_flag": normalized(layers_norm(), flag="placeholder"),
    "layers_pictures": normalized(layers_norm(scale=False), flag=True, **pictures),
    "layers_pictures_flag": normalized(layers_norm(), flag="placeholder", **pictures),
    "layers_pictures_inference": normalized(layers_norm(center=False), **pictures),
    "layers_composed_pictures": normalized(layers_norm(fused=False, gamma_regularizer=tf.contrib.layers.l2_regularizer(
        0.1), beta_initializer=tf.constant_initializer(0.3), trainable=True), flag=True, **pictures),
    "layers_axis": normalized(layers_norm(axis=1, fused=False), flag=True, **first),
    "layers_two_axes": normalized(layers_norm(axis=[1, 3]), flag="placeholder", **pictures),
    "layers_not_trainable": normalized(layers_norm(trainable=False), flag="placeholder"),
    "layers_thawed": thawed,
    "contrib_default": normalized(contrib_norm(), flag=True),
    "contrib_inference": normalized(contrib_norm(scale=True, trainable=False), flag=False),
    "contrib_flag": normalized(contrib_norm(scope="bn"), flag="placeholder"),
    "contrib_flag_not_at_first": normalized(contrib_norm(), flag="placeholder", trains=(False, True, False)),
    "contrib_not_trainable": normalized(contrib_norm(fused=False, trainable=False), flag="placeholder"),
    "contrib_in_place": normalized(contrib_norm(updates_collections=None, scale=True), flag=True),
    "contrib_in_place_flag": normalized(contrib_norm(updates_collections=None), flag="placeholder"),
    "contrib_composed": normalized(contrib_norm(fused=False, activation_fn=tf.nn.relu), flag=True),
    "contrib_composed_flag": normalized(contrib_norm(fused=False, scale=True), flag="placeholder"),
    "contrib_composed_in_place": normalized(contrib_norm(fused=False, updates_collections=None), flag=True),
    "contrib_composed_in_place_flag": normalized(
        contrib_norm(fused=False, updates_collections=None), flag="placeholder"),
    "contrib_pictures": normalized(contrib_norm(), flag=True, **pictures),
    "contrib_pictures_in_place_flag": normalized(
        contrib_norm(updates_collections=None, center=False), flag="placeholder", **pictures),
    "contrib_debiased": normalized(contrib_norm(zero_debias_moving_mean=True), flag=True),
    "contrib_debiased_composed_flag": normalized(
        contrib_norm(zero_debias_moving_mean=True, fused=False), flag="placeholder"),
    "contrib_weights": normalized(weighted, flag="placeholder"),
    "contrib_own_parameters": normalized(contrib_norm(scale=True, **own_parameters), flag=True),
    "contrib_own_parameters_composed": normalized(contrib_norm(fused=False, scale=True, **own_parameters), flag=True),
    "contrib_channels_first": normalized(contrib_norm(
        data_format="NCHW", fused=False, updates_collections=None, scale=True), flag="placeholder", **first),
    "contrib_own_collection": normalized(contrib_norm(
        updates_collections="mine", variables_collections=["all"], outputs_collections="out"), flag=True),
}
