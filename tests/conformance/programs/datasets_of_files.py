"""tf.data: lines and records of files."""

import contextlib
import gzip
import os
import zlib

import tensorflow as tf


@contextlib.contextmanager
def files(**contents):
    """Files in the working directory, for a while."""
    paths = []
    for name, content in contents.items():
        path = name + ".part"
        paths.append(path)
        with open(path, "wb") as stream:
            stream.write(content)
    try:
        yield paths
    finally:
        for path in paths:
            os.remove(path)


def elements(dataset):
    """All of them, then the class of the error."""
    following = tf.compat.v1.data.make_one_shot_iterator(dataset).get_next()
    found = []
    with tf.Session() as session:
        while len(found) < 100:
            try:
                found.append(session.run(following))
            except tf.errors.OpError as error:
                return found + [type(error).__name__]


def found(*datasets):
    return {"steps": [], "facts": {"dataset %d" % i: str(elements(dataset)) for i, dataset in enumerate(datasets)}}


TEXT = b"one\ntwo\r\n\nfour"


def lines():
    with files(a=TEXT, b=b"", c=b"five\n", d=gzip.compress(b"six\nseven\n"), e=zlib.compress(b"eight\n")) as paths:
        plain = tf.data.TextLineDataset(paths[:3])
        named = tf.data.TextLineDataset(tf.data.Dataset.from_tensor_slices(paths[:1]).repeat(2), buffer_size=2)
        packed = [tf.data.TextLineDataset(paths[3], "GZIP"), tf.data.TextLineDataset(paths[4], compression_type="ZLIB")]
        parallel = tf.data.TextLineDataset(paths[:3], num_parallel_reads=2)
        missing = tf.data.TextLineDataset(["a.part", "nowhere.part"])
        return found(plain, named, packed[0], packed[1], parallel, missing, plain.skip(1).shuffle(3, seed=5).repeat(2))


def records():
    with tf.python_io.TFRecordWriter("a.part") as writer:
        for i in range(5):
            writer.write(b"x" * i)
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    with tf.python_io.TFRecordWriter("b.part", options=options) as writer:
        writer.write(b"packed")
    try:
        with open("a.part", "rb") as stream:
            content = stream.read()
        with files(c=content[:-2], d=content[:30] + b"?" + content[31:]):
            return found(tf.data.TFRecordDataset("a.part"), tf.data.TFRecordDataset(["b.part"] * 2, "GZIP"),
                         tf.data.TFRecordDataset(["a.part", "a.part"], num_parallel_reads=2),
                         tf.data.TFRecordDataset("c.part"), tf.data.TFRecordDataset("d.part"))
    finally:
        os.remove("a.part")
        os.remove("b.part")


def fixed_records():
    with files(a=b"HEADabcdefghiFOOT", b=b"abcd", c=zlib.compress(b"Habcdef")) as paths:
        return found(tf.data.FixedLengthRecordDataset(paths[0], 3, 4, 4), tf.data.FixedLengthRecordDataset(paths[1], 2),
                     tf.data.FixedLengthRecordDataset([paths[2]], 2, header_bytes=1, compression_type="ZLIB"),
                     tf.data.FixedLengthRecordDataset(paths[1], 3))


def listed():
    with files(a1=b"", a2=b"", b=b""):
        return found(tf.data.Dataset.list_files("a*.part", shuffle=False),
                     tf.data.Dataset.list_files(["b.part", "a*.part"], seed=3),
                     tf.data.Dataset.list_files("z*.part"))


def cached():
    """In files: the second pass does not ask the first dataset."""
    dataset = tf.data.Dataset.range(4).map(lambda x: (x, tf.as_string(x))).cache("kept")
    try:
        first, second = elements(dataset), elements(dataset.repeat(2))
        return {"steps": [], "facts": {"first": str(first), "second": str(second)}}
    finally:
        for name in os.listdir("."):
            if name.startswith("kept"):
                os.remove(name)


VARIANTS = {function.__name__: function for function in (lines, records, fixed_records, listed, cached)}
