"""Convolutions and pooling, forwards and backwards, and a step of the network of chapter 13 on handwritten digits."""

from timing import time_targets, variable

# Batch, height, width, channels, filters, window, stride.
SHAPES = ((32, 28, 28, 1, 32, 3, 1), (32, 28, 28, 32, 64, 3, 2), (8, 56, 56, 64, 64, 3, 1), (8, 28, 28, 128, 128, 3, 1),
          (8, 56, 56, 64, 256, 1, 1), (8, 56, 56, 64, 128, 1, 2), (1, 224, 224, 3, 64, 7, 2))
POOLS = ((32, 28, 28, 32, 2, 2), (8, 112, 112, 64, 3, 2))
# Batch, size, channels, window, stride.
DEPTHWISE = ((8, 56, 64, 3, 1), (8, 112, 32, 3, 2), (8, 28, 256, 3, 1))


def convolutions(tf, np, targets):
    random = np.random.RandomState(42)
    for batch, height, width, channels, filters, window, stride in SHAPES:
        x = variable(tf, np, random.randn(batch, height, width, channels).astype(np.float32))
        w = variable(tf, np, random.randn(window, window, channels, filters).astype(np.float32))
        y = tf.nn.conv2d(x, w, [1, stride, stride, 1], 'SAME')
        dy = variable(tf, np, random.randn(*y.shape.as_list()).astype(np.float32))
        work = '%g flops' % (2.0 * y.shape.num_elements() * window * window * channels)
        name = '%dx%dx%dx%d/%dx%d/%d/%d' % (batch, height, width, channels, window, window, filters, stride)
        targets['forward/' + name] = y, work
        by_input, by_filter = tf.gradients(y, [x, w], dy)
        targets['by_input/' + name] = by_input, work
        targets['by_filter/' + name] = by_filter, work


def depthwise(tf, np, targets):
    random = np.random.RandomState(42)
    for batch, size, channels, window, stride in DEPTHWISE:
        x = variable(tf, np, random.randn(batch, size, size, channels).astype(np.float32))
        w = variable(tf, np, random.randn(window, window, channels, 1).astype(np.float32))
        y = tf.nn.depthwise_conv2d(x, w, [1, stride, stride, 1], 'SAME')
        dy = variable(tf, np, random.randn(*y.shape.as_list()).astype(np.float32))
        name = '%dx%dx%dx%d/%dx%d/%d' % (batch, size, size, channels, window, window, stride)
        by_input, by_filter = tf.gradients(y, [x, w], dy)
        targets.update({'depthwise/' + name: y, 'depthwise_by_input/' + name: by_input,
                        'depthwise_by_filter/' + name: by_filter})


def pools(tf, np, targets):
    random = np.random.RandomState(42)
    for batch, height, width, channels, window, stride in POOLS:
        x = variable(tf, np, random.randn(batch, height, width, channels).astype(np.float32))
        name = '%dx%dx%dx%d/%d/%d' % (batch, height, width, channels, window, stride)
        size, step = [1, window, window, 1], [1, stride, stride, 1]
        largest = tf.nn.max_pool(x, size, step, 'SAME')
        means = tf.nn.avg_pool(x, size, step, 'SAME')
        targets.update({'max_pool/' + name: largest, 'mean_pool/' + name: means})
        # Of variables: the gradient of means of ones is a constant, which peers compute once, and the largest elements
        # are there already when a network's gradient is computed.
        dy = variable(tf, np, random.randn(*means.shape.as_list()).astype(np.float32))
        pooled = tf.Variable(tf.nn.max_pool(x.initialized_value(), size, step, 'SAME'))
        targets['max_pool_gradient/' + name] = tf.raw_ops.MaxPoolGrad(
            orig_input=x, orig_output=pooled, grad=dy, ksize=size, strides=step, padding='SAME')
        targets['mean_pool_gradient/' + name] = tf.gradients(means, x, dy)[0]


def digits(tf, np):
    """A training step on 50 images: convolutions with 32 and 64 filters, pooling, two dense layers, Adam."""
    random = np.random.RandomState(42)
    images = variable(tf, np, random.rand(50, 28, 28, 1).astype(np.float32))
    labels = tf.constant(random.randint(10, size=50))
    weights = []

    def weight(*shape):
        weights.append(variable(tf, np, (0.1 * random.randn(*shape)).astype(np.float32)))
        return weights[-1]

    def convolved(net, window, stride):
        net = tf.nn.conv2d(net, window, [1, stride, stride, 1], 'SAME')
        return tf.nn.relu(tf.nn.bias_add(net, weight(net.shape.as_list()[-1])))

    net = convolved(convolved(images, weight(3, 3, 1, 32), 1), weight(3, 3, 32, 64), 2)
    net = tf.reshape(tf.nn.max_pool(net, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID'), [50, 7 * 7 * 64])
    net = tf.nn.relu(tf.nn.bias_add(tf.matmul(net, weight(7 * 7 * 64, 64)), weight(64)))
    logits = tf.nn.bias_add(tf.matmul(net, weight(64, 10)), weight(10))
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    return tf.train.AdamOptimizer().minimize(loss, var_list=weights)


def measure(tf, np, threads):
    targets = {}
    convolutions(tf, np, targets)
    depthwise(tf, np, targets)
    pools(tf, np, targets)
    targets['train/digits/50'] = digits(tf, np)
    time_targets(tf, threads, targets)
