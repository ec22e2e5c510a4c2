import tensorflow as tf

BATCH_TO_NORMALIZE = [[1.0, 2.0, 3.0]] * 6


def _adjust_batch(shape):
    return tf.ones([shape[0], 1]), tf.zeros([shape[0], 1])


def _normalize_batch(x=BATCH_TO_NORMALIZE, **options):
    return tf.layers.batch_normalization(tf.constant(x), **options)


@mistake
def bound_that_renormalizing_has_not():
    _normalize_batch(renorm=True, renorm_clipping={"max": 1.0})


@mistake
def renormalized_doubles():
    tf.layers.batch_normalization(tf.constant(BATCH_TO_NORMALIZE, tf.float64), renorm=True, training=True)


@mistake
def virtual_batch_of_nothing():
    _normalize_batch(virtual_batch_size=0)


@mistake
def virtual_batch_along_channels():
    _normalize_batch(virtual_batch_size=2, axis=0)


@mistake
def virtual_batch_adjusted():
    _normalize_batch(virtual_batch_size=2, adjustment=_adjust_batch)


@mistake
def virtual_batch_that_does_not_divide():
    _normalize_batch(virtual_batch_size=4, training=True)


@mistake
def virtual_batch_that_does_not_divide_what_is_fed():
    x = tf.placeholder_with_default(BATCH_TO_NORMALIZE, (None, 3))
    y = tf.layers.batch_normalization(x, virtual_batch_size=4, training=True, center=False, scale=False)
    tf.Session().run(y)


@mistake
def axis_that_is_text():
    _normalize_batch(axis="1")


@mistake
def axis_that_is_not_there():
    _normalize_batch(axis=2)


@mistake
def axis_named_twice():
    _normalize_batch(axis=[1, -1])


@mistake
def renormalized_with_weights():
    tf.contrib.layers.batch_norm(BATCH_TO_NORMALIZE, renorm=True, batch_weights=tf.ones(6))


@mistake
def renormalized_in_place():
    tf.contrib.layers.batch_norm(BATCH_TO_NORMALIZE, renorm=True, updates_collections=None)


@mistake
def renormalized_and_debiased():
    tf.contrib.layers.batch_norm(BATCH_TO_NORMALIZE, renorm=True, zero_debias_moving_mean=True)
