import tensorflow as tf


def sparse_training():
    """Every optimizer on the gradient of gathered rows, some of them twice."""
    train = tf.train
    optimizers = [
        train.GradientDescentOptimizer(0.5), train.MomentumOptimizer(0.5, 0.9),
        train.MomentumOptimizer(0.5, 0.9, use_nesterov=True), train.AdamOptimizer(0.5), train.AdagradOptimizer(0.5),
        train.RMSPropOptimizer(0.5, momentum=0.5), train.RMSPropOptimizer(0.5, centered=True),
        train.AdadeltaOptimizer(1.0), train.FtrlOptimizer(0.5, l1_regularization_strength=0.01),
        train.FtrlOptimizer(0.5, l2_shrinkage_regularization_strength=0.05),
        train.ProximalGradientDescentOptimizer(0.5, l1_regularization_strength=0.01),
        train.ProximalAdagradOptimizer(0.5, l1_regularization_strength=0.01),
    ]
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="table")
    indices = tf.placeholder(tf.int32, (None,), name="indices")
    loss = tf.reduce_sum(tf.square(tf.gather(table, indices)))
    updates = [optimizer.minimize(loss) for optimizer in optimizers]
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}]
    for update in updates:
        steps += [{"run": [update], "feed": {indices: [1, 1, 0]}}, {"fetch": [table]}]
    return {"steps": steps}


def layers():
    """Layers on tensors of more than two dimensions, flattening, dropout as a layer."""
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, (None, 2, 3), name="x")
    known = tf.constant([[[1.0, 2.0], [3.0, 4.0]]], name="known")
    outputs = [
        tf.layers.dense(x, 4, activation=tf.nn.relu), tf.layers.dense(known, 3, use_bias=False, name="static"),
        tf.contrib.layers.fully_connected(x, 2, scope="full"), tf.layers.flatten(x), tf.layers.flatten(known),
        tf.layers.dropout(x, 0.25, training=True, seed=3), tf.layers.dropout(x, 0.25),
    ]
    gradient = tf.gradients(outputs[0], tf.trainable_variables()[:2])
    init = tf.global_variables_initializer()
    feed = {x: [[[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]]]}
    return {"steps": [{"run": [init]}, {"fetch": outputs + gradient, "feed": feed}]}


def initializers():
    tf.set_random_seed(42)
    made = [
        tf.get_variable("tall", [4, 2], initializer=tf.orthogonal_initializer(seed=5)),
        tf.get_variable("wide", [2, 4], initializer=tf.orthogonal_initializer(gain=2.0, seed=6)),
        tf.get_variable("identity", [2, 3], initializer=tf.initializers.identity(gain=3.0)),
    ]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": made}]}


def pieces():
    """Functions of tf.nn and the clipping functions."""
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    c = tf.constant([[3.0, 4.0, 0.0], [0.0, 5.0, 12.0]], name="c")
    rate = tf.placeholder_with_default(0.5, [], name="rate")
    mean, variance = tf.nn.moments(x, [0])
    kept, kept_variance = tf.nn.moments(c, [1], keep_dims=True, name="kept")
    clipped, norm = tf.clip_by_global_norm([c, None, x], 2.0)
    named, _ = tf.clip_by_global_norm([c], 2.0, name="named")
    values, places = tf.nn.top_k(x, 2)
    fetches = [
        mean, variance, kept, kept_variance, clipped[0], clipped[2], norm, named[0], values, places,
        tf.nn.top_k(c, k=1, sorted=False, name="unsorted")[0], tf.nn.in_top_k(x, [1, 0], 2, name="hits"),
        tf.nn.l2_normalize(x, 1), tf.nn.l2_normalize(c, [0, 1], epsilon=0.5, name="unit"),
        tf.nn.dropout(x, rate=0.25, seed=7), tf.nn.dropout(x, rate=rate, seed=8, name="by_tensor"),
        tf.nn.dropout(c, rate=0.5, noise_shape=tf.constant([2, 1], name="noise"), seed=9), tf.clip_by_value(x, -1.0, 1.0),
        tf.clip_by_value(c, 1, 4, name="between"), tf.clip_by_norm(x, 2.0), tf.clip_by_norm(c, 2.0, name="short"),
        tf.global_norm([c, x]), tf.global_norm([c], name="length"),
    ]
    feed = {x: [[1.0, -2.0, 0.5], [0.25, 3.0, 1.0]]}
    return {"steps": [{"fetch": fetches, "feed": feed}, {"fetch": fetches, "feed": feed}]}


def unknown_losses():
    """Losses of a batch whose size is unknown, weighted by one number, through each reduction."""
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    y = tf.placeholder(tf.float32, (None, 3), name="y")
    classes = tf.placeholder(tf.int64, (None,), name="classes")
    losses = tf.losses
    functions = [
        losses.mean_squared_error, losses.absolute_difference, losses.log_loss, losses.huber_loss, losses.hinge_loss,
        losses.sigmoid_cross_entropy, losses.softmax_cross_entropy,
    ]
    made = [function(y, x) for function in functions]
    made += [losses.sparse_softmax_cross_entropy(classes, x), losses.cosine_distance(y, x, axis=1)]
    reductions = losses.Reduction
    for reduction in (reductions.NONE, reductions.SUM, reductions.MEAN, reductions.SUM_OVER_BATCH_SIZE,
                      reductions.SUM_BY_NONZERO_WEIGHTS):
        made.append(losses.mean_squared_error(y, x, weights=0.5, reduction=reduction, loss_collection=None))
    total = losses.get_total_loss()
    made += [total] + tf.gradients(total, [x])
    feed = {x: [[0.5, 0.25, 0.75], [0.125, 0.5, 0.25]], y: [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]], classes: [1, 2]}
    return {"steps": [{"fetch": made, "feed": feed}]}


VARIANTS = {
    "sparse_training": sparse_training,
    "layers": layers,
    "initializers": initializers,
    "pieces": pieces,
    "unknown_losses": unknown_losses,
}
