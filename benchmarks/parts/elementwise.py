"""Chains of ten elementwise ops, and broadcasts, on 10^3 to 10^7 floats."""

from timing import moved, time_targets, variable

SIZES = (10**3, 10**4, 10**5, 10**6, 10**7)


def arithmetic(tf, x):
    y = tf.nn.relu(x * 1.5 + 0.25)
    y = tf.square(y - 0.75) * 0.5
    y = tf.minimum(tf.maximum(y, 0.125), 4.0)
    return -y + x


def transcendental(tf, x):
    y = tf.tanh(x) * tf.sigmoid(x)
    y = tf.exp(-tf.square(y)) + 1.0
    y = tf.log(y) * tf.sqrt(tf.abs(x))
    return tf.sin(y)


def measure(tf, np, threads):
    random = np.random.RandomState(42)
    targets = {}
    for size in SIZES:
        x = variable(tf, np, random.rand(size).astype(np.float32))
        targets['arithmetic/%d' % size] = arithmetic(tf, x), moved(x, x)
        if size < 10**7:
            targets['transcendental/%d' % size] = transcendental(tf, x)
    matrix = variable(tf, np, random.rand(1000, 1000).astype(np.float32))
    row, column = (variable(tf, np, random.rand(*shape).astype(np.float32)) for shape in ((1000,), (1000, 1)))
    targets['broadcast/row'] = matrix + row, moved(matrix, matrix)
    targets['broadcast/column'] = matrix * column, moved(matrix, matrix)
    targets['broadcast/outer'] = row + column, moved(matrix)
    time_targets(tf, threads, targets)
