"""Input from files: TFRecords, read and parsed in several ways, lines of CSV, and queue runners. Each case is a function
that gives how many elements a second went through; CASES names them."""

import os
import shutil
import tempfile
import time

from timing import config, report

RECORDS, BATCH = 100000, 128  # a file's records; a batch


class Files:
    """The files of all cases, in a folder that goes away."""

    def __init__(self, tf, np):
        self.folder = tempfile.mkdtemp(prefix='input_benchmark_')
        random = np.random.RandomState(42)
        self.x, self.y = x, y = random.rand(RECORDS, 10).astype(np.float32), random.randint(0, 10, RECORDS)
        self.records, self.lines = (os.path.join(self.folder, name) for name in ('data.tfrecord', 'data.csv'))
        with tf.python_io.TFRecordWriter(self.records) as writer:
            for features, label in zip(x, y):
                writer.write(tf.train.Example(features=tf.train.Features(feature={
                    'x': tf.train.Feature(float_list=tf.train.FloatList(value=features)),
                    'y': tf.train.Feature(int64_list=tf.train.Int64List(value=[label]))})).SerializeToString())
        with open(self.lines, 'w') as file:
            for features, label in zip(x, y):
                file.write(','.join('%.6f' % value for value in features) + ',%d\n' % label)

    def remove(self):
        shutil.rmtree(self.folder)


FEATURES = {'x': ('FixedLenFeature', [10], 'float32'), 'y': ('FixedLenFeature', [], 'int64')}


def features_of(tf):
    return {key: getattr(tf, kind)(shape, getattr(tf, dtype)) for key, (kind, shape, dtype) in FEATURES.items()}


def rate(tf, session, run, elements, seconds=2.0):
    """Elements a second of `run`, with the graph's queue runners at work; best of three."""
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    run()
    rates = []
    for _ in range(3):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds / 3:
            for _ in range(10):
                run()
            count += 10
        rates.append(count * elements / (time.perf_counter() - start))
    coordinator.request_stop()
    session.close()
    coordinator.join(threads, stop_grace_period_secs=10, ignore_live_threads=True)
    return max(rates)


def names_of(tf, path):
    return tf.train.string_input_producer([path], shuffle=False)


def records_read(tf, files, session):
    """Records as they are, many a run."""
    keys, values = tf.TFRecordReader().read_up_to(names_of(tf, files.records), BATCH)
    run = session.make_callable(values.op)
    return rate(tf, session, run, BATCH)


def records_one_by_one(tf, files, session):
    """Each record read and parsed on its own, shuffled and batched."""
    _, value = tf.TFRecordReader().read(names_of(tf, files.records))
    parsed = tf.parse_single_example(value, features_of(tf))
    batch = tf.train.shuffle_batch([parsed['x'], parsed['y']], BATCH, capacity=2000, min_after_dequeue=1000,
                                   num_threads=2)
    return rate(tf, session, session.make_callable(batch), BATCH)


def records_in_batches(tf, files, session):
    """Many records read and parsed at once."""
    _, values = tf.TFRecordReader().read_up_to(names_of(tf, files.records), BATCH)
    parsed = tf.parse_example(values, features_of(tf))
    return rate(tf, session, session.make_callable([parsed['x'], parsed['y']]), BATCH)


def csv_lines(tf, files, session):
    """Lines read and parsed one by one, in batches."""
    _, line = tf.TextLineReader().read(names_of(tf, files.lines))
    fields = tf.decode_csv(line, [[0.0]] * 10 + [[0]])
    batch = tf.train.batch([tf.stack(fields[:10]), fields[10]], BATCH, capacity=2000, num_threads=2)
    return rate(tf, session, session.make_callable(batch), BATCH)


def queue_runners(tf, files, session):
    """Slices of arrays, shuffled and batched by queue runners."""
    x, y = tf.train.slice_input_producer([files.x, files.y])
    batch = tf.train.shuffle_batch([x, y], BATCH, capacity=2000, min_after_dequeue=1000, num_threads=2)
    return rate(tf, session, session.make_callable(batch), BATCH)


CASES = (records_read, records_one_by_one, records_in_batches, csv_lines, queue_runners)


def measure(tf, np, threads):
    files = Files(tf, np)
    try:
        for case in CASES:
            with tf.Graph().as_default():
                session = tf.Session(config=config(tf, threads))
                report(case.__name__, case(tf, files, session), 'elements/s')
    finally:
        files.remove()
