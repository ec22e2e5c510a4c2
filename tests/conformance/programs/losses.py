import tensorflow as tf

import numpy as np

PREDICTIONS = np.array([[0.1, 0.9, 0.4], [0.6, 0.2, 0.7]], np.float32)
LABELS = np.array([[0., 1., 0.], [1., 0., 1.]], np.float32)
WEIGHTS = np.array([[1.0], [0.5]], np.float32)


def loss_case(function):
    """The loss bare, weighted by a column, weighted by a scalar zero, and through each reduction."""
    def build():
        predictions = tf.placeholder(tf.float32, (None, 3), name="predictions")
        labels = tf.placeholder(tf.float32, (None, 3), name="labels")
        bare = function(labels, predictions)
        fixed = function(tf.constant(LABELS), tf.constant(PREDICTIONS), scope="fixed")
        weighted = function(labels, predictions, weights=tf.constant(WEIGHTS), scope="weighted")
        half = function(labels, predictions, weights=0.5)
        reductions = [function(labels, predictions, weights=tf.constant(WEIGHTS), reduction=reduction)
                      for reduction in tf.losses.Reduction.all() if reduction != tf.losses.Reduction.NONE]
        reductions.append(function(labels, predictions, reduction=tf.losses.Reduction.NONE, loss_collection=None))
        total = tf.losses.get_total_loss()
        gradient = tf.gradients(total, [predictions])[0]
        return {"steps": [{"fetch": [bare, fixed, weighted, half] + reductions + [total, gradient],
                           "feed": {predictions: PREDICTIONS, labels: LABELS}}]}
    return build


def static_case(function):
    """The same with shapes that are known: nothing is left to check when the graph runs."""
    def build():
        labels, predictions = tf.constant(LABELS), tf.constant(PREDICTIONS)
        weights = tf.constant(WEIGHTS)
        losses = [function(labels, predictions), function(labels, predictions, weights=weights, scope="weighted"),
                  function(labels, predictions, weights=0.5)]
        losses += [function(labels, predictions, weights=weights, reduction=reduction)
                   for reduction in tf.losses.Reduction.all() if reduction != tf.losses.Reduction.NONE]
        total = tf.losses.get_total_loss()
        return {"steps": [{"fetch": losses + [total] + tf.gradients(total, [predictions])}]}
    return build


def sparse_softmax_static():
    logits = tf.constant(np.random.RandomState(5).randn(3, 4).astype(np.float32))
    losses = [tf.losses.sparse_softmax_cross_entropy([0, 3, 1], logits),
              tf.losses.sparse_softmax_cross_entropy([0, 3, 1], logits, weights=[1.0, 0.0, 2.0])]
    total = tf.losses.get_total_loss()
    return {"steps": [{"fetch": losses + [total] + tf.gradients(total, [logits])}]}


def sparse_softmax():
    logits = tf.placeholder(tf.float32, (None, 4), name="logits")
    labels = tf.placeholder(tf.int32, (None,), name="labels")
    columns = tf.placeholder(tf.int64, (None, 1), name="columns")
    bare = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    column = tf.losses.sparse_softmax_cross_entropy(columns, logits, scope="column")
    weighted = tf.losses.sparse_softmax_cross_entropy(labels, logits, weights=[1.0, 0.0, 2.0])
    total = tf.losses.get_total_loss()
    gradient = tf.gradients(total, [logits])[0]
    values = np.random.RandomState(5).randn(3, 4).astype(np.float32)
    return {"steps": [{"fetch": [bare, column, weighted, total, gradient],
                       "feed": {logits: values, labels: [0, 3, 1], columns: [[2], [1], [0]]}}]}


def total_with_regularization():
    tf.set_random_seed(42)
    x = tf.constant([[1.0, 2.0]])
    out = tf.layers.dense(x, 2, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
    loss = tf.losses.mean_squared_error([[0.0, 1.0]], out)
    tf.losses.add_loss(tf.constant(3.0))
    total = tf.losses.get_total_loss()
    regularization = tf.losses.get_regularization_loss()
    bare = tf.losses.get_total_loss(add_regularization_losses=False, name="bare")
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [loss, total, regularization, bare]}]}


def cross_entropies():
    logits = tf.placeholder(tf.float32, (None, 4), name="logits")
    labels = tf.placeholder(tf.float32, (None, 4), name="labels")
    classes = tf.placeholder(tf.int64, None, name="classes")
    static = tf.constant([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, -1.0, 5.0]])
    fetches = [
        tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits),
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits),
        tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits),
        tf.nn.weighted_cross_entropy_with_logits(labels=labels, logits=logits, pos_weight=2.0),
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits),
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 3], logits=static),
        tf.nn.softmax_cross_entropy_with_logits_v2(labels=[[0., 1., 0., 0.], [.5, .5, 0., 0.]], logits=static),
        tf.nn.softmax(logits), tf.nn.log_softmax(logits), tf.nn.softmax(tf.reshape(logits, [2, 2, -1]), axis=1),
        tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, classes, 1), tf.float32)),
        tf.nn.l2_loss(logits),
    ]
    gradients = [tf.gradients(fetch, [logits])[0] for fetch in fetches[:5] + fetches[7:10]]
    values = np.random.RandomState(5).randn(2, 4).astype(np.float32)
    return {"steps": [{"fetch": fetches + gradients,
                       "feed": {logits: values, labels: [[0., 1., 0., 0.], [.25, .25, .5, 0.]], classes: [1, 2]}}]}


def softmax(labels, predictions, **options):
    return tf.losses.softmax_cross_entropy(labels, predictions, label_smoothing=0.1, **fix_weights(options))


def fix_weights(options):
    """One weight a row: these losses have dropped the class axis."""
    if hasattr(options.get("weights"), "get_shape"):
        options["weights"] = tf.squeeze(options["weights"], 1)
    return options


FUNCTIONS = {
    "mean_squared_error": tf.losses.mean_squared_error,
    "absolute_difference": tf.losses.absolute_difference,
    "log_loss": tf.losses.log_loss,
    "huber_loss": tf.losses.huber_loss,
    "hinge_loss": tf.losses.hinge_loss,
    "sigmoid_cross_entropy": tf.losses.sigmoid_cross_entropy,
    "softmax_cross_entropy": softmax,
}

def sparse_softmax_of_unknown_ranks():
    """Labels made with shape=(None), which is no shape at all, and weights of which nothing is known."""
    logits = tf.placeholder(tf.float32, (None, 4), name="logits")
    labels = tf.placeholder(tf.int32, shape=(None), name="labels")
    known = tf.placeholder(tf.int32, (None,), name="known")
    weights = tf.placeholder(tf.float32, name="weights")
    column = tf.placeholder(tf.float32, (None, 1), name="column")
    losses = [tf.losses.sparse_softmax_cross_entropy(labels, logits),
              tf.losses.sparse_softmax_cross_entropy(labels, logits, weights=weights, scope="weighted"),
              tf.losses.sparse_softmax_cross_entropy(labels, logits, weights=column, scope="by_column"),
              tf.losses.sparse_softmax_cross_entropy(known, logits, weights=weights, scope="known")]
    total = tf.losses.get_total_loss()
    fetched = losses + [total] + tf.gradients(total, [logits])
    values = np.random.RandomState(5).randn(3, 4).astype(np.float32)
    feed = {logits: values, known: [3, 0, 2], column: [[1.0], [0.0], [2.0]]}
    return {"steps": [{"fetch": fetched, "feed": dict(feed, **{"labels:0": [0, 3, 1], "weights:0": [1.0, 0.0, 2.0]})},
                      {"fetch": fetched, "feed": dict(feed, **{"labels:0": [[0], [3], [1]],
                                                               "weights:0": [[1.0], [0.0], [2.0]]})}]}


VARIANTS = {
    "sparse_softmax_cross_entropy": sparse_softmax,
    "sparse_softmax_cross_entropy_of_unknown_ranks": sparse_softmax_of_unknown_ranks,
    "sparse_softmax_cross_entropy_static": sparse_softmax_static,
    "total_with_regularization": total_with_regularization,
    "cross_entropies": cross_entropies,
}
VARIANTS.update({name: loss_case(function) for name, function in FUNCTIONS.items()})
VARIANTS.update({name + "_static": static_case(function) for name, function in FUNCTIONS.items()})
