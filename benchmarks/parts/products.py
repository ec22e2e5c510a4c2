"""Matrix products and linear algebra."""

from timing import time_targets, variable

SHAPES = ((50, 10, 100), (50, 784, 300), (200, 300, 100), (1, 784, 300), (512, 512, 512), (1000, 784, 300), (2048, 2048, 2048))


def measure(tf, np, threads):
    random = np.random.RandomState(42)
    targets = {}
    for rows, inner, columns in SHAPES:
        a = random.randn(rows, inner).astype(np.float32)
        b = random.randn(inner, columns).astype(np.float32)
        name, work = '%dx%dx%d' % (rows, inner, columns), '%g flops' % (2.0 * rows * inner * columns)
        targets['float/' + name] = tf.matmul(variable(tf, np, a), variable(tf, np, b)), work
        if (rows, inner) in ((50, 784), (512, 512)):
            targets['double/' + name] = tf.matmul(variable(tf, np, a.astype(np.float64)), variable(tf, np, b.astype(np.float64)))
            for dtype in (tf.float16, tf.bfloat16):
                narrow = [tf.Variable(tf.cast(values, dtype)) for values in (a, b)]
                targets['%s/%s' % (dtype.name, name)] = tf.matmul(*narrow)
            targets['transposed/' + name] = tf.matmul(variable(tf, np, a.T), variable(tf, np, b.T), True, True)
    many = random.randn(64, 64, 64).astype(np.float32)
    targets['batched/64x64x64x64'] = tf.matmul(variable(tf, np, many), variable(tf, np, many))
    square = random.randn(256, 256)
    symmetric = variable(tf, np, square @ square.T + 256 * np.eye(256))
    general = variable(tf, np, square)
    right = variable(tf, np, random.randn(256, 8))
    targets.update({
        'cholesky/256': tf.cholesky(symmetric), 'inverse/256': tf.matrix_inverse(general),
        'solve/256': tf.matrix_solve(general, right), 'eigenvalues/256': tf.self_adjoint_eig(symmetric)[0],
        'svd/256': tf.svd(general)[0], 'determinant/256': tf.matrix_determinant(general),
    })
    time_targets(tf, threads, targets)
