"""Input pipelines: records read alone, parsed one by one and in batches, lines of CSV; elements of functions."""

import os
import tempfile
import time

from timing import config, report

RECORDS, COLUMNS, BATCH, ROUNDS = 20000, 8, 100, 5


def write_files(tf, np, directory):
    """A file of records, one of lines with the same numbers."""
    values = np.random.RandomState(42).rand(RECORDS, COLUMNS + 1).astype(np.float32)
    records, lines = os.path.join(directory, 'records'), os.path.join(directory, 'lines')

    def feature(numbers):
        return tf.train.Feature(float_list=tf.train.FloatList(value=[float(number) for number in numbers]))

    with tf.python_io.TFRecordWriter(records) as writer:
        for row in values:
            example = tf.train.Example(features=tf.train.Features(
                feature={'x': feature(row[:-1]), 'y': feature(row[-1:])}))
            writer.write(example.SerializeToString())
    with open(lines, 'w') as file:
        for row in values:
            file.write(','.join('%.6f' % value for value in row) + '\n')
    return records, lines


def pipelines(tf, records, lines, threads):
    features = {'x': tf.FixedLenFeature([COLUMNS], tf.float32), 'y': tf.FixedLenFeature([], tf.float32)}
    numbers = tf.data.Dataset.range(RECORDS)
    read = tf.data.TFRecordDataset(records)

    def of_line(line):
        fields = tf.decode_csv(line, [[0.0]] * (COLUMNS + 1))
        return tf.stack(fields[:-1]), fields[-1]

    def one_by_one(record):
        return tf.parse_single_example(record, features)

    yield 'range', numbers.batch(BATCH)
    yield 'read', read.batch(BATCH)
    yield 'one_by_one', read.map(one_by_one).shuffle(1000, seed=1).batch(BATCH)
    yield 'one_by_one_prefetched', read.map(one_by_one, threads).shuffle(1000, seed=1).batch(BATCH).prefetch(1)
    yield 'in_batches', read.batch(BATCH).map(lambda batch: tf.parse_example(batch, features))
    yield 'csv', tf.data.TextLineDataset(lines).map(of_line).batch(BATCH)
    yield 'map', numbers.map(lambda i: tf.cast(i, tf.float32) * 2 + 1).batch(BATCH)
    yield 'filter', numbers.filter(lambda i: tf.equal(i % 2, 0)).batch(BATCH)
    yield 'flat_map', numbers.flat_map(lambda i: tf.data.Dataset.from_tensors(i)).batch(BATCH)


def time_through(tf, session, iterator, target):
    """Seconds from the iterator's start to its end, the least of some rounds."""
    run, least = session.make_callable(target), float('inf')
    for _ in range(ROUNDS):
        start = time.perf_counter()
        session.run(iterator.initializer)
        try:
            while True:
                run()
        except tf.errors.OutOfRangeError:
            least = min(least, time.perf_counter() - start)
    return least


def measure(tf, np, threads):
    with tempfile.TemporaryDirectory() as directory:
        records, lines = write_files(tf, np, directory)
        for name, dataset in pipelines(tf, records, lines, threads):
            iterator = tf.data.make_initializable_iterator(dataset)
            target = tf.group(iterator.get_next())
            with tf.Session(config=config(tf, threads)) as session:
                report(name, RECORDS / time_through(tf, session, iterator, target), 'elements/s')
