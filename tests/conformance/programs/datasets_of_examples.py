"""tf.data.experimental: rows of CSV files, examples, records that are written, groups that are reduced, samples."""

import os

import numpy as np
import tensorflow as tf

exp = tf.data.experimental


def one_shot(dataset):
    return tf.compat.v1.data.make_one_shot_iterator(dataset)


def flatten(value):
    if isinstance(value, dict):
        return [item for key in sorted(value) for item in flatten(value[key])]
    if isinstance(value, tuple):
        return [item for part in value for item in flatten(part)]
    return [value]


def steps_of(dataset, count):
    following = one_shot(dataset).get_next()
    return {"steps": [{"fetch": flatten(following)} for _ in range(count)], "facts": types_of(dataset)}


def types_of(dataset):
    return {"types": str(tf.compat.v1.data.get_output_types(dataset)),
            "shapes": str(tf.compat.v1.data.get_output_shapes(dataset))}


def plain(value):
    """Without arrays, which print in several ways."""
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, tf.SparseTensorValue) or hasattr(value, "dense_shape"):
        return ["sparse", value.indices.tolist(), value.values.tolist(), value.dense_shape.tolist()]
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def elements(dataset, most=20, initialize=False):
    """Up to `most`, then the class of the error."""
    found = []
    iterator = (tf.compat.v1.data.make_initializable_iterator if initialize else one_shot)(dataset)
    following = iterator.get_next()
    with tf.Session() as session:
        if initialize:
            session.run(iterator.initializer)
        while len(found) < most:
            try:
                found.append(plain(session.run(following)))
            except tf.errors.OpError as error:
                return str(found + [type(error).__name__])
    return str(found)


class Files:
    """Files in the working directory, for a while."""

    def __init__(self, **contents):
        self.contents = contents

    def __enter__(self):
        for name, content in self.contents.items():
            with open(name + ".part", "wb") as stream:
                stream.write(content)
        return [name + ".part" for name in self.contents]

    def __exit__(self, *unused):
        for name in self.contents:
            os.remove(name + ".part")


# ---- groups and samples ----


def reduced():
    reducer = exp.Reducer(lambda key: (np.int64(0), key), lambda state, x: (state[0] + x, state[1]),
                          lambda total, key: (key, total))
    return steps_of(tf.data.Dataset.range(10).apply(exp.group_by_reducer(lambda x: x % 3, reducer)), 3)


def reduced_captures():
    """Functions that read tensors from outside, states whose shape grows unknown, keys that come out of order."""
    offset = tf.constant(5, tf.int64, name="offset")
    reducer = exp.Reducer(lambda _: tf.zeros([0], tf.int64),
                          lambda state, x: tf.concat([state, [x + offset]], 0), lambda state: state)
    dataset = tf.data.Dataset.from_tensor_slices(np.array([7, 1, 4, 2, 8, 1], np.int64))
    return steps_of(dataset.apply(exp.group_by_reducer(lambda x: x % 4 + offset, reducer)), 4)


def resampled():
    dataset = tf.data.Dataset.range(60).map(lambda x: (tf.cast(x % 3, tf.int32), x))
    chosen = dataset.apply(exp.rejection_resample(lambda c, _: c, [0.6, 0.2, 0.2], [1 / 3., 1 / 3., 1 / 3.], seed=11))
    return steps_of(chosen, 12)


def resampled_by_estimate():
    dataset = tf.data.Dataset.from_tensor_slices(np.array([0, 1, 0, 0, 1, 0, 0, 0] * 4, np.int32))
    return steps_of(dataset.apply(exp.rejection_resample(lambda c: c, np.array([0.5, 0.5], np.float32), seed=5)), 8)


def resampled_elements():
    """What comes, without the graphs."""
    facts = {}
    for variant in (resampled, resampled_by_estimate):
        with tf.Graph().as_default(), tf.Session() as session:
            steps = variant()["steps"]
            facts[variant.__name__] = str([plain(tuple(session.run(step["fetch"]))) for step in steps])
    return {"steps": [], "facts": facts}


def sparse_batches():
    dataset = tf.data.Dataset.from_tensor_slices(np.array([1, 3, 0, 2, 4], np.int32)).map(lambda n: tf.fill([n], n))
    first = dataset.apply(exp.dense_to_sparse_batch(2, [6]))
    second = dataset.map(lambda x: tf.expand_dims(x, 0)).apply(exp.dense_to_sparse_batch(3, [None, 5]))
    third = dataset.apply(exp.dense_to_sparse_batch(batch_size=5, row_shape=tf.TensorShape([None])))
    facts = {"elements %d" % i: elements(each) for i, each in enumerate((first, second, third))}
    facts.update(types_of(second))
    short = dataset.apply(exp.dense_to_sparse_batch(5, [3]))
    wrong = dataset.apply(exp.dense_to_sparse_batch(5, [3, 3]))
    facts.update(short=elements(short), wrong=elements(wrong))
    return {"steps": [], "facts": facts}


# ---- CSV ----


TABLE = (b"id,name,score\n1,one,1.5\n2,\"two, \"\"or\"\" so\",2.5\n3,,\n4,\"over\nlines\",-1e3\n")


def csv():
    with Files(a=TABLE, b=b"id,name,score\r\n5,five,5\r\n", c=b"1,2,x\n", d=b"1|2|NA\n3|\"x\"|5", e=b"") as paths:
        rows = exp.CsvDataset(paths[:2], [tf.int32, "none", [0.25]], header=True)
        chosen = exp.CsvDataset(paths[0], [[0.5], tf.int64], header=True, select_cols=[2, 0], buffer_size=3)
        ordered = exp.CsvDataset(paths[0], [tf.constant([7], tf.int64), [0.5]], header=True, select_cols=[0, 2],
                                 buffer_size=3)
        wrong = exp.CsvDataset(paths[2], [tf.int32, tf.int32, tf.float32])
        few = exp.CsvDataset(paths[2], [tf.int32, tf.int32])
        many = exp.CsvDataset(paths[2], [tf.int32, tf.int32, tf.string, tf.int32])
        other = exp.CsvDataset(paths[3], [tf.int32, tf.string, [9.0]], field_delim="|", na_value="NA",
                               use_quote_delim=False)
        required = exp.CsvDataset(paths[0], [tf.int32, tf.string, tf.float32], header=True)
        empty = exp.CsvDataset(paths[4:] + paths[1:2], [[1], [""], [1.0]], header=False)
        missing = exp.CsvDataset("nowhere.part", [[1]])
        alone = exp.CsvDataset(paths[1], [5, "q", 0.5], header=True)
        by_number = exp.CsvDataset(paths[0], [3, 1.0], header=True, select_cols=[0, 2])
        facts = {}
        for name, dataset in dict(alone=alone, by_number=by_number, rows=rows, ordered=ordered, wrong=wrong, few=few, many=many, other=other,
                                  required=required, empty=empty, missing=missing).items():
            facts[name] = elements(dataset)
        facts["chosen"] = elements(chosen)
        facts.update(types_of(rows))
        return {"steps": [], "facts": facts}


def csv_graph():
    dataset = exp.CsvDataset("a.part", [[0.5], tf.int64, "none"], header=True, field_delim=";", select_cols=[0, 2, 3])
    one_shot(dataset).get_next()
    return {"steps": []}


def csv_oddities():
    """Quotes in odd places, ends of lines, blanks, numbers out of range."""
    texts = [b'"a"\n', b'a"b\n', b'"a"b\n', b'"a\n', b'""\n', b'"a""b"\n', b'"\n"\n', b"\n", b"\na\n", b"a\r\nb\r\n", b"a\rb\r",
             b" a \n", b"a", b'"a"', b"a\n\n\nb", b'"a"\r\n"b"\r', b"a\r", b"\r\n"]
    numbers = [b"1\n", b" 1\n", b"1 \n", b"99999999999\n", b"1.5\n", b"-3\n", b"+3\n", b"\n", b"0x10\n", b'"7"\n']
    facts = {}
    for i, text in enumerate(texts):
        with Files(a=text) as paths:
            facts["text %d" % i] = elements(exp.CsvDataset(paths, [["-"]]))
            facts["plain %d" % i] = elements(exp.CsvDataset(paths, [["-"]], use_quote_delim=False))
    for i, text in enumerate(numbers):
        with Files(a=text) as paths:
            for name, dtype in (("int", tf.int32), ("long", tf.int64), ("float", tf.float32), ("double", tf.float64)):
                facts["%s %d" % (name, i)] = elements(exp.CsvDataset(paths, [dtype]))
    return {"steps": [], "facts": facts}


def csv_tables():
    with Files(a=b"id,name,score\n1,one,1.5\n2,two,2.5\n3,three,3\n", b=b"id,name,score\n4,four,4\n5,five,5\n") as paths:
        columns = exp.make_csv_dataset("[ab].part", 2, label_name="score", num_epochs=1, shuffle=False)
        typed = exp.make_csv_dataset(paths, 3, column_names=["i", "n", "s"], column_defaults=[tf.int64, "-", tf.float64],
                                     num_epochs=2, shuffle=False, prefetch_buffer_size=0)
        chosen = exp.make_csv_dataset(paths[0], 2, select_columns=["score", "id"], num_epochs=1, shuffle=False)
        numbered = exp.make_csv_dataset(paths[0], 2, select_columns=[1, 2], num_epochs=1, shuffle=False,
                                        label_name="name")
        shuffled = exp.make_csv_dataset(paths, 2, shuffle_seed=3, shuffle_buffer_size=4, num_epochs=3)
        bare = exp.make_csv_dataset(paths[1], 2, header=False, column_names=["a", "b", "c"], num_epochs=1, shuffle=False)
        facts = {}
        for name, dataset in dict(columns=columns, typed=typed, chosen=chosen, numbered=numbered, bare=bare).items():
            facts[name] = elements(dataset)
            types = tf.compat.v1.data.get_output_types(dataset)
            types, label = types if isinstance(types, tuple) else (types, None)
            facts[name + " types"] = str(([(key, types[key]) for key in sorted(types)], label))
        facts["shuffled"] = elements(shuffled, 3)
        return {"steps": [], "facts": facts}


def csv_tables_in_parallel():
    with Files(a=b"1,2\n3,4\n5,6\n", b=b"7,8\n9,10\n") as paths:
        dataset = exp.make_csv_dataset(paths, 2, column_names=["x", "y"], header=False, num_parallel_reads=2,
                                       shuffle=False, num_epochs=1, ignore_errors=False)
        lenient = exp.make_csv_dataset(paths, 2, column_names=["x", "y"], column_defaults=[tf.int32, tf.int32],
                                       header=False, shuffle=False, num_epochs=1, ignore_errors=True)
        return {"steps": [], "facts": {"dataset": elements(dataset), "lenient": elements(lenient)}}


# ---- examples ----


def example(**features):
    made = tf.train.Example()
    for name, values in features.items():
        feature = made.features.feature[name]
        if isinstance(values[0], bytes):
            feature.bytes_list.value.extend(values)
        elif isinstance(values[0], float):
            feature.float_list.value.extend(values)
        else:
            feature.int64_list.value.extend(values)
    return made.SerializeToString(deterministic=True)


FEATURES = {"age": tf.io.FixedLenFeature([], tf.int64, default_value=-1),
            "tags": tf.io.VarLenFeature(tf.string),
            "point": tf.io.FixedLenFeature([2], tf.float32, default_value=[0.0, 0.5])}
EXAMPLES = [example(age=[i], tags=[b"t"] * (i % 3 + 1), point=[i + 0.5, -1.0]) for i in range(5)] + [example(age=[9])]


def parsed():
    dataset = tf.data.Dataset.from_tensor_slices(EXAMPLES).batch(4)
    return steps_of_dicts(dataset.apply(exp.parse_example_dataset(FEATURES)), 2)


def parsed_in_parallel():
    ragged = dict(FEATURES, words=tf.io.FixedLenSequenceFeature([], tf.string, allow_missing=True, default_value="?"))
    dataset = tf.data.Dataset.from_tensor_slices(EXAMPLES).batch(3)
    return steps_of_dicts(dataset.apply(exp.parse_example_dataset(ragged, num_parallel_calls=3)), 2)


def parsed_sparse():
    features = {"x": tf.io.SparseFeature("tags", "age", tf.int64, 10), "y": tf.io.FixedLenFeature([1], tf.int64)}
    bytes_of = [example(tags=[1, 3], age=[10, 30], y=[1]), example(tags=[2], age=[20], y=[2])]
    dataset = tf.data.Dataset.from_tensors(bytes_of)
    return steps_of_dicts(dataset.apply(exp.parse_example_dataset(features)), 1)


def steps_of_dicts(dataset, count):
    following = one_shot(dataset).get_next()
    fetches = []
    for key in sorted(following):
        value = following[key]
        fetches += [value.indices, value.values, value.dense_shape] if isinstance(value, tf.SparseTensor) else [value]
    types = tf.compat.v1.data.get_output_types(dataset)
    return {"steps": [{"fetch": fetches}] * count, "facts": {"types": str([(key, types[key]) for key in sorted(types)])}}


def batched_features():
    for name, part in (("a", EXAMPLES[:3]), ("b", EXAMPLES[3:])):
        with tf.python_io.TFRecordWriter(name + ".part") as writer:
            for each in part:
                writer.write(each)
    try:
        plain_one = exp.make_batched_features_dataset("[ab].part", 2, FEATURES, shuffle=False, num_epochs=1,
                                                      drop_final_batch=False)
        labelled = exp.make_batched_features_dataset(["a.part", "b.part"], 4, FEATURES, label_key="age", shuffle=False,
                                                     num_epochs=2, drop_final_batch=True)
        shuffled = exp.make_batched_features_dataset(["a.part", "b.part"], 2, FEATURES, shuffle_seed=7,
                                                     shuffle_buffer_size=3, reader_num_threads=2, parser_num_threads=2)
        return {"steps": [], "facts": {"plain": elements(plain_one), "labelled": elements(labelled),
                                       "shuffled": elements(shuffled, 4)}}
    finally:
        for name in "ab":
            os.remove(name + ".part")


def batched_lines():
    with Files(a=b"x\n") as paths:
        def read(filenames, header):
            return tf.data.Dataset.from_tensor_slices(EXAMPLES[:2]).map(lambda line: (tf.constant("key"), line))
        dataset = exp.make_batched_features_dataset(paths, 2, FEATURES, reader=read, reader_args=[1], shuffle=False,
                                                    num_epochs=1)
        return {"steps": [], "facts": {"dataset": elements(dataset)}}


# ---- what is written ----


def written():
    dataset = tf.data.Dataset.from_tensor_slices([b"one", b"", b"three"])
    writes = [exp.TFRecordWriter("a.part").write(dataset), exp.TFRecordWriter("b.part", "GZIP").write(dataset.take(2))]
    with tf.Session() as session:
        session.run(writes)
    facts = {"a": str(list(tf.python_io.tf_record_iterator("a.part"))),
             "b": elements(tf.data.TFRecordDataset("b.part", "GZIP")),
             "types": str([type(write).__name__ for write in writes])}
    for name in "ab":
        os.remove(name + ".part")
    return {"steps": [], "facts": facts}


# ---- statistics ----


def statistics():
    aggregator = exp.StatsAggregator()
    dataset = tf.data.Dataset.from_tensor_slices([b"a", b"bcd", b""]).apply(exp.bytes_produced_stats("bytes"))
    dataset = dataset.apply(exp.latency_stats("latency"))
    options = tf.data.Options()
    options.experimental_stats.aggregator = aggregator
    options.experimental_stats.prefix = "p/"
    options.experimental_stats.latency_all_edges = False
    dataset = dataset.with_options(options)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    following, summary = iterator.get_next(), aggregator.get_summary()
    found = []
    with tf.Session() as session:
        session.run(iterator.initializer)
        for _ in range(3):
            session.run(following)
        for value in sorted(tf.Summary.FromString(session.run(summary)).value, key=lambda value: value.tag):
            kind = value.WhichOneof("value")
            found.append((value.tag, kind, value.histo.num if kind == "histo" else value.simple_value))
            if kind == "histo" and "bytes" in value.tag:
                found.append((value.histo.sum, value.histo.min, value.histo.max))
    return {"steps": [], "facts": {"summary": str(found)}}


def resampled_from_known():
    """From the wanted distribution, and from one without a class."""
    dataset = tf.data.Dataset.from_tensor_slices([0, 1, 0, 1])
    iterators = [tf.compat.v1.data.make_one_shot_iterator(dataset.apply(exp.rejection_resample(lambda c: c, *both, seed=1)))
                 for both in (([.5, .5], [.5, .5]), ([0., 1.], [.5, .5]))]
    return {"steps": [], "facts": {"found": str([collected(iterator.get_next()) for iterator in iterators])}}


def collected(following):
    found = []
    with tf.Session() as session:
        try:
            while True:
                found.append(str(session.run(following)))
        except tf.errors.OutOfRangeError:
            return found


VARIANTS = {function.__name__: function for function in (
    reduced, reduced_captures, resampled, resampled_from_known, resampled_by_estimate, resampled_elements, sparse_batches, csv, csv_graph, csv_oddities,
    csv_tables, csv_tables_in_parallel, parsed, parsed_in_parallel, parsed_sparse, batched_features, batched_lines,
    written, statistics)}
