import tensorflow as tf

import numpy as np

ROWS = np.random.RandomState(7).uniform(-1, 2, (6, 3)).astype(np.float32)
PICTURES = np.random.RandomState(8).uniform(-1, 2, (4, 2, 2, 3)).astype(np.float32)
CLIPPING = {"rmin": 0.5, "rmax": 1.5, "dmax": 0.25}


def trained(make, shape=(None, 3), flag=None, values=ROWS, dtype=tf.float32, trains=(True, True, False)):
    """A layer, its gradients, what training steps leave in its averages, and what it gives afterwards."""
    def build():
        x = tf.placeholder(dtype, shape, name="x")
        training = tf.placeholder(tf.bool, (), name="training") if flag == "placeholder" else flag
        y = make(x, training)
        weights = tf.constant(np.linspace(-1, 2, values.size, dtype=np.float32).reshape(values.shape), dtype)
        loss = tf.reduce_sum(tf.square(y) * weights, name="loss")
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        with tf.control_dependencies(updates):
            step = tf.train.GradientDescentOptimizer(0.1).minimize(loss) if tf.trainable_variables() else tf.no_op()
        gradient, = tf.gradients(loss, [x])
        steps = [{"run": [tf.global_variables_initializer()]}]
        for number in range(len(trains)):
            feed = {x: values * (number + 1)}
            if flag == "placeholder":
                feed[training] = trains[number]
            steps += [{"fetch": [y, loss, gradient], "feed": feed}, {"run": [step], "feed": feed},
                      {"fetch": tf.global_variables()}]
        facts = {"shape": str(y.shape), "name": y.name, "trainable": [v.name for v in tf.trainable_variables()],
                 "models": [v.name for v in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)]}
        return {"steps": steps, "facts": facts}
    return build


def layers_norm(**options):
    options = dict({"momentum": 0.9}, **options)
    return lambda x, training: tf.layers.batch_normalization(x, training=training, **options)


def contrib_norm(**options):
    return lambda x, training: tf.contrib.layers.batch_norm(x, is_training=training, decay=0.9, **options)


def adjustment(shape):
    """Each example scaled and moved by as much as its place in the batch says."""
    places = tf.cast(tf.range(shape[0]), tf.float32) / tf.cast(shape[0], tf.float32)
    size = tf.concat([shape[:1], tf.ones_like(shape[1:])], 0)
    return tf.reshape(places + 0.75, size), tf.reshape(places - 0.5, size)


def resource(x, training):
    with tf.variable_scope("here", use_resource=True):
        return tf.layers.batch_normalization(x, training=training, momentum=0.9, renorm=True, renorm_momentum=0.8)


def twice(x, training):
    """Which call moves the averages first is left open."""
    layer = tf.layers.BatchNormalization(momentum=0.9, renorm=True, renorm_clipping={"dmax": 0.1}, name="again")
    return layer(layer(x, training=training), training=training)


def members():
    """What a layer has, before and after it is called."""
    facts = {}
    for name, options in {"plain": {}, "renorm": {"renorm": True, "renorm_clipping": {"rmax": 2.0}},
                          "virtual": {"virtual_batch_size": 2}, "adjusted": {"adjustment": adjustment}}.items():
        for kind, shape in (("rows", (6, 3)), ("pictures", (4, 2, 2, 3))):
            layer = tf.layers.BatchNormalization(**options)
            keys = [sorted(key for key in layer.get_config() if "renorm" in key or "virtual" in key or "adj" in key)]
            y = layer(tf.ones(shape), training=True)
            facts["%s %s" % (name, kind)] = [
                keys, layer.axis, bool(layer.fused), str(y.shape), [v.name for v in layer.variables],
                [v.name for v in layer.trainable_variables], [op.name for op in layer.updates]]
    return {"steps": [], "facts": facts}


def fused():
    """`fused` asks for one node; where that cannot be, several do it."""
    x, rows = tf.ones((4, 2, 2, 3)), tf.ones((4, 3))
    facts = {}
    for name, input, options in (
            ("pictures", x, {"fused": True}), ("not", x, {"fused": False}), ("rows", rows, {"fused": True}),
            ("first", x, {"fused": True, "axis": 1}), ("second", x, {"fused": True, "axis": 2}),
            ("two", x, {"fused": True, "axis": [1, 3]}), ("negative", x, {"fused": True, "axis": -3}),
            ("renorm", x, {"fused": True, "renorm": True}), ("virtual", x, {"fused": True, "virtual_batch_size": 2}),
            ("adjusted", x, {"fused": True, "adjustment": adjustment})):
        layer = tf.layers.BatchNormalization(name=name, **options)
        y = layer(input)
        facts[name] = [layer.fused, y.op.type]
    return {"steps": [], "facts": facts}


pictures = {"shape": (None, 2, 2, 3), "values": PICTURES}
first = {"shape": (None, 3, 2, 2), "values": PICTURES.transpose(0, 3, 1, 2)}
halves = {"dtype": tf.float16}
doubles = {"dtype": tf.float64}
ghosts = {"virtual_batch_size": 3}
paired = {"virtual_batch_size": 2}
own = {"moving_mean_initializer": tf.constant_initializer(0.5),
       "moving_variance_initializer": tf.constant_initializer(4.0)}
own_parameters = {"param_initializers": {"moving_variance": tf.constant_initializer(4.0)}}
VARIANTS = {
    "training": trained(layers_norm(renorm=True), flag=True),
    "inference": trained(layers_norm(renorm=True), flag=False),
    "flag": trained(layers_norm(renorm=True), flag="placeholder"),
    "flag_not_at_first": trained(layers_norm(renorm=True, name="bn"), flag="placeholder", trains=(False, True, True)),
    "clipped": trained(layers_norm(renorm=True, renorm_clipping=CLIPPING, renorm_momentum=0.7), flag=True),
    "clipped_flag": trained(layers_norm(renorm=True, renorm_clipping=CLIPPING), flag="placeholder"),
    "rmax_alone": trained(layers_norm(renorm=True, renorm_clipping={"rmax": 1.1}), flag=True),
    "plain": trained(layers_norm(renorm=True, center=False, scale=False), flag="placeholder"),
    "scaled": trained(layers_norm(renorm=True, center=False), flag=True),
    "centered": trained(layers_norm(renorm=True, scale=False), flag=True),
    "own_averages": trained(layers_norm(renorm=True, **own), flag=True),
    "pictures": trained(layers_norm(renorm=True), flag="placeholder", **pictures),
    "axis": trained(layers_norm(renorm=True, axis=1), flag="placeholder", **first),
    "two_axes": trained(layers_norm(renorm=True, axis=[1, 3]), flag="placeholder", **pictures),
    "halves": trained(layers_norm(renorm=True), flag="placeholder", trains=[True], **halves),
    "ghosts_doubles": trained(layers_norm(**ghosts), flag="placeholder", **doubles),
    "not_trainable": trained(layers_norm(renorm=True, trainable=False), flag="placeholder"),
    "resource": trained(resource, flag="placeholder"),
    "resource_training": trained(resource, flag=True),
    "twice": trained(twice, flag="placeholder", trains=[]),
    "ghosts": trained(layers_norm(**ghosts), flag=True),
    "ghosts_inference": trained(layers_norm(**ghosts), flag=False),
    "ghosts_flag": trained(layers_norm(**ghosts), flag="placeholder"),
    "ghosts_pictures": trained(layers_norm(scale=False, **paired), flag="placeholder", **pictures),
    "ghosts_axis": trained(layers_norm(axis=1, **paired), flag=True, **first),
    "ghosts_two_axes": trained(layers_norm(axis=[1, 2], **paired), flag=True, **pictures),
    "ghosts_renorm": trained(layers_norm(renorm=True, **ghosts), flag="placeholder"),
    "adjusted": trained(layers_norm(adjustment=adjustment), flag=True),
    "adjusted_inference": trained(layers_norm(adjustment=adjustment), flag=False),
    "adjusted_flag": trained(layers_norm(adjustment=adjustment), flag="placeholder"),
    "adjusted_plain": trained(layers_norm(adjustment=adjustment, center=False, scale=False), flag="placeholder"),
    "adjusted_pictures": trained(layers_norm(adjustment=adjustment, scale=False), flag="placeholder", **pictures),
    "adjusted_axis": trained(layers_norm(adjustment=adjustment, axis=1), flag=True, **first),
    "adjusted_renorm": trained(layers_norm(adjustment=adjustment, renorm=True, renorm_clipping=CLIPPING),
                               flag="placeholder"),
    "contrib": trained(contrib_norm(renorm=True), flag=True),
    "contrib_inference": trained(contrib_norm(renorm=True), flag=False),
    "contrib_flag": trained(contrib_norm(renorm=True, scale=True, renorm_clipping=CLIPPING, renorm_decay=0.8,
                                         scope="bn"), flag="placeholder"),
    "contrib_pictures": trained(contrib_norm(renorm=True, scale=True, activation_fn=tf.nn.relu), flag="placeholder",
                                **pictures),
    "contrib_first": trained(contrib_norm(renorm=True, data_format="NCHW"), flag="placeholder", **first),
    "contrib_own": trained(contrib_norm(renorm=True, variables_collections=["all"], **own_parameters), flag=True),
    "contrib_adjusted": trained(contrib_norm(adjustment=adjustment), flag="placeholder"),
    "contrib_adjusted_pictures": trained(contrib_norm(adjustment=adjustment, scale=True), flag=True, **pictures),
    "members": members,
    "fused": fused,
}
