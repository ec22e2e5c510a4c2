"""Input pipelines of queues: readers, producers, batches."""

import os

import tensorflow as tf

import numpy as np


def write(name, text):
    with open(name, "w") as file:
        file.write(text)
    return name


def collected(fetches, runs, epochs=False):
    """What some runs give, with the graph's queue runners at work; "end" where there is nothing more."""
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        results = []
        try:
            for _ in range(runs):
                results.append(session.run(fetches))
        except tf.errors.OutOfRangeError:
            results.append("end")
        coordinator.request_stop()
        coordinator.join(threads)
    return results


def runners():
    return [[runner.name, [op.name for op in runner.enqueue_ops], runner.close_op.name, runner.cancel_op.name]
            for runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)]


def csv_file():
    """The file of chapter 12, read by hand and shuffled."""
    write("my_test.csv", "x1, x2, target\n1. , 2. , 0\n4. , 5  , 1\n7. ,    , 0\n")
    names = tf.FIFOQueue(capacity=10, dtypes=[tf.string], shapes=[()])
    filename = tf.placeholder(tf.string)
    enqueue, close = names.enqueue([filename]), names.close()
    reader = tf.TextLineReader(skip_header_lines=1)
    key, value = reader.read(names)
    x1, x2, target = tf.decode_csv(value, record_defaults=[[-1.], [-1.], [-1]])
    features = tf.stack([x1, x2])
    instances = tf.RandomShuffleQueue(capacity=10, min_after_dequeue=2, dtypes=[tf.float32, tf.int32], shapes=[[2], []],
                                      name="instance_q", shared_name="shared_instance_q", seed=42)
    put, close_instances = instances.enqueue([features, target]), instances.close()
    batch = instances.dequeue_up_to(2)
    counts = [reader.num_records_produced(), reader.num_work_units_completed()]
    results = []
    with tf.Session() as session:
        session.run(enqueue, feed_dict={filename: "my_test.csv"})
        session.run(close)
        try:
            while True:
                session.run(put)
        except tf.errors.OutOfRangeError:
            results.append("no more files")
        results.append(session.run(counts))
        session.run(close_instances)
        rows = []
        try:
            while True:
                x, y = session.run(batch)
                results.append(len(y))
                rows += [list(row) + [label] for row, label in zip(x.tolist(), y.tolist())]
        except tf.errors.OutOfRangeError:
            results.append("no more instances")
    os.remove("my_test.csv")
    return {"steps": [], "facts": {"results": results, "rows": sorted(rows), "key": key.name}}


def readers():
    """Every reader, with its counts and its state."""
    write("lines.txt", "header\none\ntwo\n")
    write("bytes.bin", "abcdefgh")
    with tf.python_io.TFRecordWriter("records", tf.python_io.TFRecordOptions(
            tf.python_io.TFRecordCompressionType.GZIP)) as writer:
        for record in (b"first", b"second", b"third"):
            writer.write(record)
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    made = [(tf.TextLineReader(skip_header_lines=1), "lines.txt"), (tf.TextLineReader(name="lines"), "lines.txt"),
            (tf.FixedLengthRecordReader(3, header_bytes=1, footer_bytes=1, hop_bytes=2), "bytes.bin"),
            (tf.TFRecordReader(options=options), "records"), (tf.WholeFileReader(), "bytes.bin"),
            (tf.IdentityReader("names"), "no file")]
    facts = {}
    with tf.Session() as session:
        for number, (reader, name) in enumerate(made):
            queue = tf.FIFOQueue(4, tf.string, shapes=[[]])
            session.run(queue.enqueue_many([[name] * 3]))
            session.run(queue.close())
            record = reader.read(queue)
            many = reader.read_up_to(queue, 2, name="many%d" % number)
            counts = [reader.num_records_produced(), reader.num_work_units_completed()]
            seen = [session.run(record), session.run(many), session.run(many), session.run(counts)]
            if reader.supports_serialize:
                state = session.run(reader.serialize_state())
                session.run(reader.reset())
                seen += [state, session.run(counts)]
                session.run(reader.restore_state(state))
            seen += [session.run(counts), reader.reader_ref.name]
            facts["reader%d" % number] = seen
    for name in ("lines.txt", "bytes.bin", "records"):
        os.remove(name)
    return {"steps": [], "facts": facts}


def producers():
    """Producers of names, numbers and slices."""
    names = tf.train.string_input_producer(["a", "b", "c"], num_epochs=2, shuffle=False, name="names")
    shuffled = tf.train.string_input_producer(tf.constant(["x", "y", "z"]), seed=7, capacity=5, shared_name="shared")
    rows = tf.train.input_producer([[1., 2.], [3., 4.]], shuffle=False, num_epochs=1, capacity=4)
    numbers = tf.train.range_input_producer(4, num_epochs=1, shuffle=True, seed=3)
    slices = tf.train.slice_input_producer([[10, 20, 30], tf.constant([[1.], [2.], [3.]])], num_epochs=1, shuffle=False)
    limited = tf.train.limit_epochs(tf.constant(5), 2)
    same = tf.train.limit_epochs(limited)
    facts = {"runners": runners(), "same": same is limited, "summaries": [s.name for s in tf.get_collection(tf.GraphKeys.SUMMARIES)],
             "locals": [v.name for v in tf.local_variables()], "shapes": [str(s.shape) for s in slices]}
    if isinstance(names, tf.FIFOQueue):
        facts["names"] = collected(names.dequeue(), 9)
    return {"steps": [], "facts": facts}


def values():
    """What producers give, each in its order."""
    names = tf.train.string_input_producer(["a", "b", "c"], num_epochs=2, shuffle=False).dequeue()
    shuffled = tf.train.string_input_producer(["a", "b", "c", "d", "e"], seed=7, num_epochs=2).dequeue()
    numbers = tf.train.range_input_producer(5, num_epochs=1, seed=3).dequeue()
    facts = {"names": collected(names, 9), "shuffled": collected(shuffled, 12), "numbers": collected(numbers, 9)}
    return {"steps": [], "facts": facts}


def batches():
    """tf.train.batch and its kin."""
    x, y = tf.train.slice_input_producer([np.arange(7, dtype=np.float32), np.arange(14).reshape(7, 2)], num_epochs=1,
                                         shuffle=False)
    pairs = tf.train.batch([x, y], 3, allow_smaller_final_batch=True)
    named = tf.train.batch({"b": y, "a": x}, batch_size=2, num_threads=2, capacity=10, name="pairs", shared_name="s")
    alone = tf.train.batch({"only": x}, 2)
    single = tf.train.batch([x], 2, shapes=[[]])
    many = tf.train.batch([tf.constant([[1, 2], [3, 4], [5, 6]])], 2, enqueue_many=True)
    padded = tf.train.batch([tf.fill([tf.cast(x, tf.int32)], x)], 2, dynamic_pad=True, shapes=[[None]])
    facts = {"runners": runners(), "types": [type(pairs).__name__, sorted(named), sorted(alone)],
             "shapes": [str(t.shape) for t in pairs + [named["a"], alone["only"], single, many, padded]],
             "summaries": [s.name for s in tf.get_collection(tf.GraphKeys.SUMMARIES)]}
    return {"steps": [], "facts": facts}


def batch_values():
    x, y = tf.train.slice_input_producer([np.arange(7, dtype=np.float32), np.arange(14).reshape(7, 2)], num_epochs=1,
                                         shuffle=False)
    pairs = tf.train.batch([x, y], 3, allow_smaller_final_batch=True)
    return {"steps": [], "facts": {"pairs": collected(pairs, 5)}}


def padded_values():
    x = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    padded = tf.train.batch([tf.fill([x], x)], 2, dynamic_pad=True, shapes=[[None]])
    return {"steps": [], "facts": {"padded": collected(padded, 5)}}


def joined():
    """Several sources."""
    sources = [[tf.constant(n), tf.constant([float(n)] * 2)] for n in range(3)]
    join = tf.train.batch_join(sources, 4)
    more = tf.train.batch_join([{"n": a, "x": b} for a, b in sources], 4, allow_smaller_final_batch=True, capacity=20)
    many = tf.train.batch_join([[tf.constant([[1, 2]])], [tf.constant([[3, 4]])]], 2, enqueue_many=True, name="rows")
    shuffled = tf.train.shuffle_batch_join(sources, 4, capacity=30, min_after_dequeue=10, seed=5)
    return {"steps": [], "facts": {"runners": runners(), "shapes": [str(t.shape) for t in join + [more["x"], many] + shuffled]}}


def shuffled():
    x = tf.train.range_input_producer(20, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.shuffle_batch([x, x * 2], 4, capacity=20, min_after_dequeue=10, seed=5)
    other = tf.train.shuffle_batch({"x": x}, 4, 20, 10, num_threads=2, allow_smaller_final_batch=True, name="other")
    many = tf.train.shuffle_batch([tf.constant([1, 2, 3])], 2, 10, 3, enqueue_many=True)
    return {"steps": [], "facts": {"runners": runners(), "shapes": [str(t.shape) for t in batch + [other["x"], many]],
                                   "summaries": [s.name for s in tf.get_collection(tf.GraphKeys.SUMMARIES)]}}


def maybe():
    """Some elements are left out."""
    x = tf.train.range_input_producer(10, num_epochs=1, shuffle=False).dequeue()
    odd = tf.equal(x % 2, 1)
    kept = tf.train.maybe_batch([x], odd, 2)
    never = tf.train.maybe_batch([x], False, 2)
    rows = tf.train.maybe_batch([tf.constant([1, 2, 3])], tf.constant([True, False, True]), 2, enqueue_many=True)
    join = tf.train.maybe_batch_join([[x], [x]], odd, 2)
    shuffled = tf.train.maybe_shuffle_batch([x], 2, 10, 3, odd)
    both = tf.train.maybe_shuffle_batch_join([[x], [x]], 2, 10, 3, odd, enqueue_many=False)
    return {"steps": [], "facts": {"runners": runners(), "shapes": [str(t.shape) for t in (kept, never, rows, join, shuffled, both)]}}


def kept_values():
    x = tf.train.range_input_producer(10, num_epochs=1, shuffle=False).dequeue()
    kept = tf.train.maybe_batch([x], tf.equal(x % 2, 1), 2, allow_smaller_final_batch=True)
    return {"steps": [], "facts": {"kept": collected(kept, 5)}}


def sparse():
    """Sparse tensors wait under keys."""
    x = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    row = tf.SparseTensor(tf.reshape(tf.cast(x, tf.int64) % 4, [1, 1]), [tf.cast(x, tf.float32)], [4])
    batch = tf.train.batch([row, x], 2)
    rows = tf.SparseTensor([[0, 1], [2, 0]], [5, 6], [3, 2])
    many = tf.train.batch([rows], 2, enqueue_many=True)
    join = tf.train.batch_join([[row, x], [row, x]], 2)
    kept = tf.train.maybe_batch([row], tf.equal(x % 2, 1), 2)
    kept_rows = tf.train.maybe_batch([rows], tf.constant([True, False, True]), 2, enqueue_many=True)
    some = tf.train.maybe_batch([rows], tf.equal(x % 2, 1), 2, enqueue_many=True)
    return {"steps": [], "facts": {"runners": runners(), "shapes": [
        str(t.get_shape()) for t in batch + [many] + join + [kept, kept_rows, some]]}}


def sparse_alone():
    """One sparse component: nodes that wait for it are built, and what was taken is given."""
    def row():
        return tf.SparseTensor([[0, 1]], [1.], [2, 2])
    given = tf.sparse_placeholder(tf.float32)
    tensors = [tf.train.batch([row()], 2), tf.train.batch({"a": row()}, 2)["a"], tf.train.batch_join([[row()], [given]], 2),
               tf.train.batch_join([[given], [row()]], 2, enqueue_many=True)]
    return {"steps": [], "facts": {"names": [[part.name for part in (t.indices, t.values, t.dense_shape)] for t in tensors],
                                   "shapes": [[str(t.indices.shape), str(t.dense_shape.shape)] for t in tensors]}}


def longer_sources():
    """The first source says how many components there are, and of which shape."""
    x, y = tf.placeholder(tf.float32, [None], name="x"), tf.placeholder(tf.float32, [3], name="y")
    keep = tf.placeholder(tf.bool, [], name="keep")
    tensors = [tf.train.batch_join([[y], [y, 5, "more"]], 2), tf.train.batch_join([[x], [y], [[1., 2.]]], 2, dynamic_pad=True),
               tf.train.maybe_batch_join([[y], (y, x)], keep, 2), tf.train.shuffle_batch_join([[y], [y, 5]], 2, 10, 3, seed=1),
               tf.train.maybe_shuffle_batch_join([[y], [y, x]], 2, 10, 3, keep),
               tf.train.maybe_batch([y], 1, 2), tf.train.shuffle_batch_join([[y], [y]], 2, 3, 5)]
    return {"steps": [], "facts": {"shapes": [str(t.shape) for t in tensors], "runners": runners()}}


def sparse_values():
    x = tf.train.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    row = tf.SparseTensor(tf.reshape(tf.cast(x, tf.int64) % 4, [1, 1]), [tf.cast(x, tf.float32)], [4])
    batch = tf.train.batch([row, x], 2)
    return {"steps": [], "facts": {"rows": [[str(part) for part in found] if found != "end" else found
                                            for found in collected([batch[0].indices, batch[0].values, batch[1]], 5)]}}


def matched():
    """match_filenames_once."""
    for name in ("a1.txt", "a2.txt", "b.txt"):
        write(name, name)
    names = tf.train.match_filenames_once("a*.txt")
    queue = tf.train.string_input_producer(names, num_epochs=1, shuffle=False)
    found = [os.path.basename(name) for name in collected(queue.dequeue(), 5) if name != "end"]
    for name in ("a1.txt", "a2.txt", "b.txt"):
        os.remove(name)
    named = tf.train.match_filenames_once(tf.constant(["x", "y"]), name="named")
    return {"steps": [], "facts": {"found": found, "locals": [v.name for v in tf.local_variables()], "shape": str(named.shape)}}


VARIANTS = {"csv_file": csv_file, "readers": readers, "producers": producers, "values": values, "batches": batches,
            "batch_values": batch_values, "padded_values": padded_values, "joined": joined, "shuffled": shuffled, "maybe": maybe,
            "kept_values": kept_values, "sparse": sparse, "sparse_values": sparse_values,
            "sparse_alone": sparse_alone, "longer_sources": longer_sources, "matched": matched}


def arrays():
    """tf.estimator.inputs.numpy_input_fn."""
    x, y = np.arange(10, dtype=np.float32).reshape(5, 2), np.arange(5)
    ordered = tf.estimator.inputs.numpy_input_fn(x, y, batch_size=2, num_epochs=1, shuffle=False)()
    named = tf.estimator.inputs.numpy_input_fn({"b": x, "a": y}, batch_size=2, num_epochs=None, shuffle=True,
                                               queue_capacity=20, num_threads=2)()
    targets = tf.estimator.inputs.numpy_input_fn({"a": x}, {"t": y}, batch_size=3, shuffle=False)()
    facts = {"shapes": [str(t.shape) for t in (ordered[0], ordered[1], named["a"], named["b"], targets[0]["a"], targets[1]["t"])],
             "types": [type(targets).__name__, sorted(named)]}
    return {"steps": [], "facts": facts}


def array_values():
    x, y = np.arange(10, dtype=np.float32).reshape(5, 2), np.arange(5)
    batch = tf.estimator.inputs.numpy_input_fn(x, y, batch_size=2, num_epochs=2, shuffle=False)()
    return {"steps": [], "facts": {"batches": collected(list(batch), 9)}}


def preloaded():
    """Data in a variable that is not saved, from a placeholder of any number of rows."""
    start = tf.placeholder(tf.float32, shape=(None, 2))
    data = tf.Variable(start, trainable=False, collections=[], validate_shape=False, name="training_set")
    with tf.Session() as session:
        session.run(data.initializer, feed_dict={start: [[1., 2.], [3., 4.], [5., 6.]]})
        value = session.run(data)
    return {"steps": [], "facts": {"value": value, "globals": tf.global_variables(), "shape": str(data.shape)}}


VARIANTS.update(arrays=arrays, array_values=array_values, preloaded=preloaded)


def batches_of_files():
    """tf.contrib.learn: examples of files."""
    from tensorflow.contrib import learn
    for name in ("part1", "part2"):
        with tf.python_io.TFRecordWriter(name) as writer:
            for number in range(3):
                feature = tf.train.Feature(float_list=tf.train.FloatList(value=[number, 0.5]))
                writer.write(tf.train.Example(features=tf.train.Features(feature={"x": feature})).SerializeToString())
    write("lines", "a\nb\nc\n")
    wanted = {"x": tf.FixedLenFeature([2], tf.float32), "v": tf.VarLenFeature(tf.int64)}
    ordered = learn.read_batch_features("part*", 2, wanted, tf.TFRecordReader, randomize_input=False, num_epochs=1)
    shuffled = learn.read_batch_record_features("part1", 2, wanted)
    keys, lines = learn.read_keyed_batch_examples(["lines"], 2, tf.TextLineReader, num_threads=2, name="lines", seed=3)
    parsed = learn.read_batch_examples("lines", 2, tf.TextLineReader, randomize_input=False, read_batch_size=3,
                                       parse_fn=lambda records: {"upper": tf.string_join([records, "!"])})
    for name in ("part1", "part2", "lines"):
        os.remove(name)
    tensors = [ordered["x"], shuffled["x"], keys, lines, parsed["upper"]]
    return {"steps": [], "facts": {"runners": runners(), "shapes": [str(t.shape) for t in tensors],
                                   "sparse": str(ordered["v"].get_shape())}}


VARIANTS["batches_of_files"] = batches_of_files
