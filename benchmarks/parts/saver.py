"""Saving and restoring 400 MB, beside plain files of the same bytes. Headrace's saver waits until the disk has them, as
`write_synced` does; TensorFlow's does not."""

import os
import shutil
import tempfile
import time

from timing import config, report

COUNT, ELEMENTS = 10, 10 * 10**6


def rate(function, rounds=3):
    """MB/s, the best of a few rounds."""
    least = float('inf')
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        least = min(least, time.perf_counter() - start)
    return COUNT * ELEMENTS * 4 / least / 1e6


def measure(tf, np, threads):
    values = np.random.RandomState(42).rand(ELEMENTS).astype(np.float32)
    source = tf.placeholder(tf.float32, (ELEMENTS,))
    variables = [tf.Variable(tf.zeros([ELEMENTS])) for _ in range(COUNT)]
    fill = [tf.assign(v, source).op for v in variables]
    saver = tf.train.Saver()
    folder = tempfile.mkdtemp(dir=os.environ.get('BENCHMARK_FOLDER'))
    plain, model = os.path.join(folder, 'plain'), os.path.join(folder, 'model')
    buffer = np.empty(ELEMENTS, np.float32)

    def write(sync=False):
        with open(plain, 'wb', buffering=0) as out:
            for _ in range(COUNT):
                out.write(values)
            if sync:
                os.fsync(out.fileno())

    def read():
        with open(plain, 'rb', buffering=0) as source:
            for _ in range(COUNT):
                source.readinto(buffer)

    try:
        with tf.Session(config=config(tf, threads)) as session:
            session.run(fill, {source: values})
            report('plain/write', rate(write), 'MB/s')
            report('plain/write_synced', rate(lambda: write(True)), 'MB/s')
            report('plain/read', rate(read), 'MB/s')
            os.remove(plain)
            report('save', rate(lambda: saver.save(session, model, write_meta_graph=False)), 'MB/s')
            report('restore', rate(lambda: saver.restore(session, model)), 'MB/s')
    finally:
        shutil.rmtree(folder)
