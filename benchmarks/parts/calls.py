"""What one run costs from Python: nothing, a constant, a scalar in and out, several fetches, a batch; one client thread
and several."""

import threading

from network import LAYERS, network
from timing import best, config, report

CLIENTS = (2, 4, 8)


def concurrent(run, clients, count=2000):
    """Microseconds a run as each of several threads sees it."""
    def work():
        for _ in range(count):
            run()

    def all_together():
        threads = [threading.Thread(target=work) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return best(all_together) / count * 1e6


def measure(tf, np, threads):
    x = tf.placeholder(tf.float32, (), name='x')
    plus_one, constant, nothing = x + 1.0, tf.constant(1.0), tf.no_op()
    images, _, logits, _ = network(tf, np)
    init = tf.global_variables_initializer()
    random = np.random.RandomState(42)
    image, batch = (random.rand(rows, LAYERS[0]).astype(np.float32) for rows in (1, 50))
    row_sums = tf.reduce_sum(images, 1)
    three = [plus_one, x * 2.0, constant]
    with tf.Session(config=config(tf, threads)) as session:
        session.run(init)
        callable_ = session.make_callable(plus_one, [x])
        report('no_op', best(lambda: session.run(nothing)) * 1e6, 'us')
        report('constant', best(lambda: session.run(constant)) * 1e6, 'us')
        report('scalar_feed_fetch', best(lambda: session.run(plus_one, {x: 1.0})) * 1e6, 'us')
        report('three_fetches', best(lambda: session.run(three, {x: 1.0})) * 1e6, 'us')
        report('feed_50x784', best(lambda: session.run(row_sums, {images: batch})) * 1e6, 'us')
        report('make_callable', best(lambda: callable_(1.0)) * 1e6, 'us')
        report('predict_one_image', best(lambda: session.run(logits, {images: image})) * 1e6, 'us')
        for clients in CLIENTS:
            report('scalar_feed_fetch/%d_clients' % clients,
                   concurrent(lambda: session.run(plus_one, {x: 1.0}), clients), 'us')
