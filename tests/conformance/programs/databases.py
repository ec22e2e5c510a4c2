"""Records of databases: LMDB by a reader, SQLite as a dataset."""

import gzip
import os
import sqlite3

import tensorflow as tf

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "io", "fixtures")


def lmdb_reader():
    """The keys of a database's records are the database's own."""
    with gzip.open(os.path.join(FIXTURES, "database.mdb.gz")) as packed, open("data.mdb", "wb") as unpacked:
        unpacked.write(packed.read())
    names = tf.FIFOQueue(10, tf.string, shapes=[()], name="names")
    reader = tf.LMDBReader()
    record, some = reader.read(names), tf.LMDBReader(name="some").read_up_to(names, 70)
    sums = [tf.reduce_join(some.keys, 0), tf.reduce_join(some.values, 0)]
    found = []
    with tf.Session() as session:
        session.run(names.enqueue("data.mdb"))
        session.run(names.enqueue("."))
        session.run(names.close())
        found += [session.run(record) for _ in range(3)]
        found += [[str(len(text)) for text in session.run(sums)] for _ in range(2)]
        found += [session.run([reader.num_records_produced(), reader.num_work_units_completed()])]
    os.remove("data.mdb")
    if os.path.exists("data.mdb-lock"):
        os.remove("data.mdb-lock")
    return {"steps": [], "facts": {"found": found, "reader": repr(reader.reader_ref),
                                   "serializes": reader.supports_serialize}}


def lmdb_dataset():
    """Pairs of key and value."""
    with gzip.open(os.path.join(FIXTURES, "database.mdb.gz")) as packed, open("data.mdb", "wb") as unpacked:
        unpacked.write(packed.read())
    with open("other.mdb", "wb") as other:
        other.write(b"x" * 20000)
    datasets = [tf.contrib.data.LMDBDataset("data.mdb").skip(118),
                tf.contrib.data.LMDBDataset(["data.mdb", "."]).shard(60, 1).map(lambda key, value: key + b": " + value),
                tf.contrib.data.LMDBDataset([]), tf.contrib.data.LMDBDataset("nowhere"),
                tf.contrib.data.LMDBDataset("other.mdb")]
    found = []
    for dataset in datasets:
        following, some = tf.compat.v1.data.make_one_shot_iterator(dataset).get_next(), []
        with tf.Session() as session:
            try:
                while True:
                    some.append(session.run(following))
            except tf.errors.OpError as error:
                some.append(type(error).__name__)
        found.append(some)
    for name in ("data.mdb", "data.mdb-lock", "other.mdb", "lock.mdb", "other.mdb-lock", "nowhere-lock"):
        if os.path.exists(name):
            os.remove(name)
    return {"steps": [], "facts": {"found": found, "spec": str(datasets[0].element_spec)}}


def rows(query, types):
    """What a query gives, and how it ends."""
    following = tf.compat.v1.data.make_one_shot_iterator(
        tf.data.experimental.SqlDataset("sqlite", "rows.db", query, types)).get_next()
    found = []
    with tf.Session() as session:
        try:
            while True:
                found.append(session.run(following))
        except tf.errors.OutOfRangeError:
            pass
        except tf.errors.OpError as error:
            found.append("%s: %s" % (type(error).__name__, error.message.split("\n")[0].replace("[_Derived_]", "")))
    return found


def sql():
    database = sqlite3.connect("rows.db")
    database.execute("create table rows (i int, f real, s text, b blob, n int)")
    database.executemany("insert into rows values (?, ?, ?, ?, ?)", [
        (1, 1.5, "a", b"\x00\xff", None), (-300, 2.5, "b\0c", b"", 7), (2 ** 40, 1e300, "", b"x", 1)])
    database.commit()
    database.close()
    queries = [("select i, f, s, b from rows", (tf.int64, tf.float64, tf.string, tf.string)),
               ("select i, i, i, i, i from rows", (tf.int8, tf.uint8, tf.int16, tf.uint16, tf.int32)),
               ("select i, f from rows", (tf.string, tf.string)), ("select s, b from rows", (tf.int64, tf.float64)),
               ("select n, n, n from rows", (tf.bool, tf.float64, tf.string)), ("select f from rows", (tf.int64,)),
               ("select s, i from rows where i > ''", {"b": tf.string, "a": tf.int64}),
               ("select count(*) from rows", tf.int64), ("select 1; drop table rows", (tf.int32,)),
               ("select i from rows", (tf.int64, tf.int64)), ("", (tf.int64,)), ("select nope from rows", (tf.int64,)),
               ("no query", (tf.int64,)), ("select i from rows", (tf.float32,))]
    facts = {query or "empty": rows(query, types) for query, types in queries}
    facts["other driver"] = ""
    try:
        other = tf.data.experimental.SqlDataset("mysql", "rows.db", "select 1", (tf.int64,))
        with tf.Session() as session:
            session.run(tf.compat.v1.data.make_one_shot_iterator(other).get_next())
    except tf.errors.InvalidArgumentError as error:
        facts["other driver"] = error.message.split("\n")[0].replace("[_Derived_]", "")
    with open("rows.db", "wb") as stream:
        stream.write(b"junk" * 2000)
    facts["junk"] = rows("select 1 from x", (tf.int64,))
    os.remove("rows.db")
    return {"steps": [], "facts": facts}


def sql_dataset():
    """The dataset's own description."""
    dataset = tf.data.experimental.SqlDataset("sqlite", "rows.db", "select a, b", {"a": tf.string, "b": tf.int32})
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset.batch(2))
    following = iterator.get_next()
    return {"steps": [], "facts": {"dataset": repr(dataset), "shape": str(following["a"].shape)}}


def lmdb_batches():
    """The graph alone."""
    dataset = tf.contrib.data.LMDBDataset(["a.mdb", "b"]).batch(2)
    following = tf.compat.v1.data.make_initializable_iterator(dataset).get_next()
    return {"steps": [], "facts": {"shape": str(following[1].shape)}}


VARIANTS = {"lmdb_reader": lmdb_reader, "lmdb_dataset": lmdb_dataset, "lmdb_batches": lmdb_batches, "sql": sql,
            "sql_dataset": sql_dataset}
