import tensorflow as tf

import numpy as np

LOGITS = [[2.0, -1.0, 0.5], [0.0, 3.0, -2.0]]


def activations():
    x = tf.constant([[-2.0, -0.5, 0.0], [0.5, 2.0, 7.0]], name="x")
    fetches = [function(x) for function in (
        tf.nn.relu, tf.nn.relu6, tf.nn.elu, tf.nn.selu, tf.nn.softplus, tf.nn.softsign, tf.nn.sigmoid, tf.nn.tanh,
        tf.nn.softmax,
        tf.nn.log_softmax, tf.nn.crelu, tf.nn.leaky_relu, tf.sigmoid, tf.tanh, tf.nn.log_softmax, tf.math.softplus,
        tf.log_sigmoid)]
    fetches += [tf.nn.relu(x, name="named"), tf.nn.leaky_relu(x, alpha=0.1), tf.nn.leaky_relu(x, 0.3, name="leaky"),
                tf.nn.softmax(x, axis=0),
                tf.nn.softmax(x, dim=-1), tf.nn.log_softmax(x, axis=0), tf.nn.crelu(x, axis=0), tf.maximum(0.01 * x, x),
                tf.keras.activations.relu(x),
                tf.keras.activations.get("tanh")(x), tf.nn.softmax([1.0, 2.0]), tf.nn.relu([-1, 2]),
                tf.contrib.layers.softmax(x),
                tf.cast(tf.greater_equal(x, 0), x.dtype, name="heaviside")]
    gradients = [tf.gradients(y, [x])[0] for y in fetches[:12]]
    return {"steps": [{"fetch": fetches + gradients}], "facts": {"names": [tensor.name for tensor in fetches]}}


def entropies():
    logits = tf.constant(LOGITS, name="logits")
    labels = tf.constant([0, 1], tf.int64, name="labels")
    one_hot = tf.constant([[1.0, 0.0, 0.0], [0.2, 0.5, 0.3]], name="one_hot")
    unknown = tf.placeholder(tf.int64, shape=(None), name="y")
    extreme = tf.constant([[1e4, -1e4], [0.0, 500.0]], name="extreme")
    fetches = [
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits),
        tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=[2, 2], name="named"),
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=unknown, logits=logits),
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.constant([[0, 1]]), logits=[LOGITS]),
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 0], logits=extreme),
        tf.nn.softmax_cross_entropy_with_logits(labels=one_hot, logits=logits),
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=one_hot, logits=logits),
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=one_hot, logits=logits, axis=0, name="columns"),
        tf.nn.softmax_cross_entropy_with_logits(labels=one_hot, logits=logits, dim=-1),
        tf.nn.sigmoid_cross_entropy_with_logits(labels=one_hot, logits=logits),
        tf.nn.weighted_cross_entropy_with_logits(targets=one_hot, logits=logits, pos_weight=2.0),
        tf.nn.log_poisson_loss([1.0, 2.0], [0.5, 0.1]),
    ]
    gradients = [tf.gradients(y, [logits])[0] for y in fetches[:3] + fetches[5:8]]
    return {"steps": [{"fetch": fetches + gradients, "feed": {unknown: [2, 0]}}],
            "facts": {"shapes": [str(t.shape) for t in fetches]}}


def evaluation():
    """Accuracy as the book measures it, and the functions around it."""
    logits = tf.placeholder(tf.float32, (None, 3), name="logits")
    y = tf.placeholder(tf.int64, shape=(None), name="y")
    correct = tf.nn.in_top_k(logits, y, 1)
    accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
    fetches = [correct, accuracy, tf.nn.in_top_k(predictions=logits, targets=y, k=2, name="top2"),
               tf.nn.in_top_k(logits, tf.cast(y, tf.int32), 1)]
    fetches += list(tf.nn.top_k(logits)) + list(tf.nn.top_k(logits, k=1, sorted=False))
    fetches += [tf.nn.l2_normalize(logits, 1), tf.nn.l2_normalize(logits, axis=0, epsilon=1e-3), tf.nn.l2_loss(logits),
                tf.argmax(logits, 1)]
    fetches += list(tf.nn.moments(logits, [0])) + list(tf.nn.weighted_moments(logits, [0], 1.0))
    return {"steps": [{"fetch": fetches, "feed": {logits: LOGITS + [[1.0, 1.0, 0.0]], y: [0, 1, 1]}}],
            "facts": {"shapes": [str(tensor.shape) for tensor in fetches]}}


def layers_by_hand():
    x = tf.constant(LOGITS, name="x")
    w = tf.Variable(np.ones((3, 2)), dtype=tf.float32, name="w")
    b = tf.Variable([0.5, -0.5], name="b")
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="table")
    mean, variance = tf.nn.moments(x, [0])
    fetches = [
        tf.nn.xw_plus_b(x, w, b), tf.nn.relu_layer(x, w, b), tf.nn.bias_add(tf.matmul(x, w), b),
        tf.nn.bias_add(tf.matmul(x, w), b, data_format="NHWC", name="named"),
        tf.nn.embedding_lookup(table, [2, 0]), tf.nn.embedding_lookup([table, table], [1, 4], partition_strategy="mod"),
        tf.matmul(x, w) + b,
        tf.nn.batch_normalization(x, mean, variance, 0.0, 1.0, 1e-3), (x - mean) / tf.sqrt(variance),
        tf.nn.dropout(x, 1.0),
        tf.nn.embedding_lookup(table, [[0, 1]], max_norm=1.0),
    ]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": fetches}], "facts": {"names": [tensor.name for tensor in fetches]}}


def loss_functions():
    """tf.losses with static shapes: reductions, weights, names, collections."""
    y = tf.constant([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]], name="y")
    p = tf.constant([[0.5, 0.25, 1.0], [0.1, 0.9, 0.4]], name="p")
    losses = tf.losses
    fetches = [
        losses.mean_squared_error(y, p), losses.mean_squared_error(y, p, weights=2.0),
        losses.mean_squared_error(y, p, [[1.0], [0.0]]),
        losses.absolute_difference(y, p, scope="named"), losses.huber_loss(y, p, delta=0.5), losses.log_loss(y, p),
        losses.log_loss(y, p, epsilon=1e-3, scope="loss"),
        losses.hinge_loss(y, p), losses.sigmoid_cross_entropy(y, p, label_smoothing=0.1),
        losses.softmax_cross_entropy(y, p),
        losses.softmax_cross_entropy(y, p, weights=[1.0, 0.5], label_smoothing=0.2),
        losses.sparse_softmax_cross_entropy([0, 2], p),
        losses.sparse_softmax_cross_entropy(labels=tf.constant([[1], [1]]), logits=p),
        losses.cosine_distance(y, p, axis=1),
        losses.mean_pairwise_squared_error(y, p), losses.compute_weighted_loss(tf.square(y - p), 0.5),
        losses.compute_weighted_loss(y, loss_collection="mine"), losses.mean_squared_error(y, p, loss_collection=None),
    ]
    for reduction in (losses.Reduction.NONE, losses.Reduction.SUM, losses.Reduction.MEAN,
                      losses.Reduction.SUM_OVER_BATCH_SIZE,
                      losses.Reduction.SUM_BY_NONZERO_WEIGHTS, losses.Reduction.SUM_OVER_NONZERO_WEIGHTS):
        fetches.append(losses.mean_squared_error(y, p, weights=0.5, reduction=reduction, loss_collection=None))
    tf.losses.add_loss(fetches[0] * 2.0)
    tf.losses.add_loss(fetches[1], loss_collection="mine")
    fetches += [tf.losses.get_total_loss(), tf.losses.get_total_loss(False, name="bare")]
    facts = {"losses": [loss.name for loss in tf.losses.get_losses()],
             "mine": [loss.name for loss in tf.losses.get_losses(loss_collection="mine")],
             "scoped": [loss.name for loss in tf.losses.get_losses("named")],
             "names": [tensor.name for tensor in fetches],
             "reductions": list(losses.Reduction.all())}
    return {"steps": [{"fetch": fetches}], "facts": facts}


VARIANTS = {
    "activations": activations,
    "entropies": entropies,
    "evaluation": evaluation,
    "layers_by_hand": layers_by_hand,
    "loss_functions": loss_functions,
}
