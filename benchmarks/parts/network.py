"""The network of chapter 10."""

LAYERS = (784, 300, 100, 10)


def network(tf, np, optimizer=None):
    """(images, labels, logits, training op)."""
    tf.set_random_seed(42)
    x = tf.placeholder(tf.float32, (None, LAYERS[0]), name='X')
    y = tf.placeholder(tf.int64, (None,), name='y')
    z = x
    for i, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])):
        with tf.name_scope(f'layer{i}'):
            weights = tf.Variable(tf.truncated_normal((inputs, outputs), stddev=2 / np.sqrt(inputs)))
            z = tf.matmul(z if i == 0 else tf.nn.relu(z), weights) + tf.Variable(tf.zeros([outputs]))
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z))
    return x, y, z, (optimizer or tf.train.GradientDescentOptimizer(0.01)).minimize(loss)
