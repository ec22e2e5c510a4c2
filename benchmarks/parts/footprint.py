"""Time and memory of the import (which run_part.py reports), and memory of training beyond the data."""

from network import LAYERS, network
from timing import config, report, resident


def measure(tf, np, threads):
    random = np.random.RandomState(42)
    data, labels = random.rand(55000, LAYERS[0]).astype(np.float32), random.randint(10, size=55000)
    before = data.nbytes + labels.nbytes
    x, y, _, step = network(tf, np)
    init = tf.global_variables_initializer()
    with tf.Session(config=config(tf, threads)) as session:
        session.run(init)
        for i in range(1100):
            session.run(step, {x: data[i * 50:i * 50 + 50], y: labels[i * 50:i * 50 + 50]})
        report('resident_beyond_data', (resident() - before) / 2**20, 'MiB')
