"""RecordInput, an op without a public function: batches of records in random order.

TensorFlow reads in threads of its own: what a run gets is certain where the buffer holds a whole pass, and the next
pass has been read when it is asked for. Hence one file at a time, and pauses."""

import os
import time

import tensorflow as tf

READS_IN_THREADS = tf.__name__ == "tensorflow"
FILES = ["%d.records" % i for i in range(7)]


def batches(count, pause=0.2, **options):
    """The records of some runs, and the static shape."""
    definition = tf.GraphDef()
    node = definition.node.add(name="records", op="RecordInput")
    for name, value in dict({"file_pattern": ",".join(FILES), "file_parallelism": 1, "batch_size": 9},
                            **options).items():
        if isinstance(value, str):
            node.attr[name].s = value.encode()
        elif isinstance(value, float):
            node.attr[name].f = value
        else:
            node.attr[name].i = value
    found = []
    with tf.Graph().as_default(), tf.Session() as session:
        records, = tf.import_graph_def(definition, return_elements=["records:0"])
        found.append(str(records.shape))
        for _ in range(count):
            try:
                found.append(b" ".join(session.run(records)).decode())
            except tf.errors.OpError as error:
                found.append("%s: %s" % (type(error).__name__, error.message.split("\n")[0]))
            if READS_IN_THREADS:
                time.sleep(pause)
    return found


def build():
    for i, name in enumerate(FILES):
        with tf.io.TFRecordWriter(name) as writer:
            for j in range(5):
                writer.write(b"%d%d" % (i, j))
    with tf.io.TFRecordWriter("packed", tf.io.TFRecordOptions("ZLIB")) as writer:
        for j in range(40):
            writer.write(b"z%d" % j)
    with open(FILES[0], "rb") as whole, open("cut", "wb") as cut:
        cut.write(whole.read()[:-3])
    facts = {
        "passes": batches(11, batch_size=7),
        "seeded": batches(8, batch_size=7, file_random_seed=-5),
        "turned": batches(8, batch_size=7, file_shuffle_shift_ratio=0.5),
        "turned too far": batches(4, batch_size=7, file_shuffle_shift_ratio=1.5),
        "even": batches(9, file_pattern=",".join(FILES[:6]), batch_size=10),
        "one file": batches(8, file_pattern=FILES[2], batch_size=3),
        "small buffer": batches(60, 0.05, batch_size=1, file_buffer_size=4),
        "buffer of one": batches(20, 0.05, batch_size=1, file_buffer_size=1),
        "no limit": batches(3, file_buffer_size=-1),
        "packed": batches(3, file_pattern="packed", compression_type="ZLIB"),
        "nothing to take": batches(2, batch_size=0),
        "no files": batches(2, file_pattern="nowhere*"),
        "cut": batches(2, file_pattern=FILES[1] + ",cut"),
        "not packed": batches(2, compression_type="ZLIB"),
    }
    for name in FILES + ["packed", "cut"]:
        os.remove(name)
    return {"steps": [], "facts": facts}
