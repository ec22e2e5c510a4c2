import tensorflow as tf

import numpy as np

losses = tf.contrib.losses

RNG = np.random.RandomState(3)
P = RNG.rand(4, 3).astype(np.float32)
Y = RNG.randint(0, 2, (4, 3)).astype(np.float32)
ROWS = np.array([0.5, 0.0, 2.0, 1.0], np.float32)
CLASSES = np.array([[0], [2], [1], [2]], np.int32)


def program(build):
    """A loss, its gradient, and what the collection of losses holds."""
    def run():
        fetched = build()
        fetched = fetched if isinstance(fetched, list) else [fetched]
        facts = {"losses": [loss.name for loss in losses.get_losses()]}
        return {"steps": [{"fetch": fetched}], "facts": facts}
    return run


def of(loss, labels=Y, **options):
    """A loss of fed predictions, with its gradient."""
    def build():
        made = {name: tf.constant(value) if isinstance(value, np.ndarray) else value for name, value in options.items()}
        predictions = tf.constant(P)
        loss_value = loss(predictions, tf.constant(labels), **made)
        return [loss_value] + tf.gradients(loss_value, [predictions])
    return program(build)


def total():
    """All losses of a graph, with a penalty."""
    losses.mean_squared_error(tf.constant(P), tf.constant(Y), scope="mine")
    losses.add_loss(tf.constant(3.0))
    tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, tf.constant(0.25, name="penalty"))
    return [losses.get_total_loss(), losses.get_total_loss(False, "few")] + losses.get_regularization_losses()


def kind_of(function):
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def mistakes():
    p, y = tf.constant(P), tf.constant(Y)
    with tf.Graph().as_default():
        unknown = tf.placeholder(tf.float32)
        kinds = [kind_of(lambda: losses.compute_weighted_loss(unknown)),
                 kind_of(lambda: losses.compute_weighted_loss(tf.constant(P), unknown))]
    kinds += [kind_of(lambda: losses.absolute_difference(p, y[:, :2])), kind_of(lambda: losses.cosine_distance(p, y))]
    return {"steps": [], "facts": {"mistakes": kinds}}


VARIANTS = {
    "absolute": of(losses.absolute_difference),
    "squared": of(losses.mean_squared_error, weights=ROWS),
    "squared_matrix": of(losses.mean_squared_error, weights=ROWS.reshape(4, 1)),
    "squared_elements": of(losses.mean_squared_error, weights=Y, scope="mine"),
    "integers": program(lambda: losses.absolute_difference(tf.constant([[1, 2]]), tf.constant([[3, 5]]), weights=2.0)),
    "weighted": program(lambda: losses.compute_weighted_loss(tf.constant([[1, 2], [3, 5]]), tf.constant([0, 1]))),
    "log": of(losses.log_loss, epsilon=1e-3, weights=0.5),
    "cosine": of(losses.cosine_distance, axis=1, weights=ROWS),
    "hinge": of(losses.hinge_loss),
    "sigmoid": of(losses.sigmoid_cross_entropy, label_smoothing=0.2),
    "softmax": of(losses.softmax_cross_entropy, label_smoothing=0.1, weights=ROWS),
    "sparse": of(losses.sparse_softmax_cross_entropy, labels=CLASSES, weights=ROWS),
    "pairwise": of(losses.mean_pairwise_squared_error),
    "pairwise_weighted": of(losses.mean_pairwise_squared_error, weights=ROWS),
    "total": program(total),
    "mistakes": mistakes,
}
