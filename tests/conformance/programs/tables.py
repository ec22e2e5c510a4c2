"""Lookup tables: vocabularies, files, buckets for other keys, tables that change."""

import os

import tensorflow as tf

lookup = tf.contrib.lookup


def _file(name, text):
    with open(name, "w") as file:
        file.write(text)
    return name


def _filled(fetches):
    return dict(steps=[dict(run=[tf.tables_initializer()]), dict(fetch=fetches), dict(fetch=fetches[:1])])


def from_tensors():
    words = lookup.index_table_from_tensor(["emerson", "lake", "palmer"], default_value=-7)
    buckets = lookup.index_table_from_tensor(tf.constant(["a", "b"]), num_oov_buckets=3, name="words")
    numbers = lookup.index_table_from_tensor([5, 7, 9], dtype=tf.int32)
    keyed = lookup.index_table_from_tensor(
        tf.constant([4, 5], tf.int64), num_oov_buckets=2, dtype=tf.int64, hasher_spec=lookup.StrongHashSpec([3, 4]))
    text = lookup.index_to_string_table_from_tensor(["x", "y"])
    other = lookup.index_to_string_table_from_tensor(tf.constant(["x", "y"]), default_value="none", name="back")
    sparse = tf.SparseTensor([[0, 1], [2, 0]], ["b", "what"], [3, 2])
    found = buckets.lookup(sparse)
    return _filled([
        words.lookup(tf.constant([["lake", "x"], ["palmer", "emerson"]])), words.size(),
        buckets.lookup(tf.constant(["b", "who", "where", "a"]), name="mine"), buckets.size(), found.values,
        found.indices, numbers.lookup(tf.constant([9, 8], tf.int64)),
        keyed.lookup(tf.constant([5, 100, 4, 101], tf.int64)), text.lookup(tf.constant([1, 2, 0], tf.int64)),
        other.lookup(tf.constant([[1], [-1]], tf.int64))])


def from_files():
    path = _file("words.txt", "one\ntwo\r\nthree\n")
    table = _file("pairs.txt", "a,3,0.5\nb,4,1.5\nc,5,2.5")
    words = lookup.index_table_from_file(path)
    buckets = lookup.index_table_from_file(tf.constant(path), num_oov_buckets=2, vocab_size=2)
    numbers = lookup.index_table_from_file(table, key_dtype=tf.int64, key_column_index=1, delimiter=",")
    text = lookup.index_to_string_table_from_file(path, default_value="?")
    columns = lookup.HashTable(lookup.TextFileInitializer(table, tf.string, 0, tf.float32, 2, delimiter=","), -1.0)
    found = [words.lookup(tf.constant(["two", "three", "four"])), words.size(),
             buckets.lookup(tf.constant(["one", "three"])), numbers.lookup(tf.constant([5, 3, 1], tf.int64)),
             text.lookup(tf.constant([2, 3], tf.int64)), columns.lookup(tf.constant(["c", "a", "z"]))]
    with tf.Session() as session:  # here, where the files are
        session.run(tf.tables_initializer())
        facts = {"found": [value.tolist() for value in session.run(found)]}
    os.remove(path)
    os.remove(table)
    return dict(steps=[], facts=facts)


def static():
    pairs = lookup.KeyValueTensorInitializer(["a", "b"], [1.5, 2.5])
    table = lookup.HashTable(pairs, 0.0, name="prices")
    integers = lookup.KeyValueTensorInitializer([1, 2], [10, 20], tf.int64, tf.int64, name="fill")
    plain = tf.lookup.StaticHashTable(integers, -1)
    vocabulary = tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(["k", "l"], tf.constant([0, 1], tf.int64)), 2)
    bare = lookup.IdTableWithHashBuckets(None, 5)
    shared = lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [7]), -1, shared_name="shared")
    again = lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [7]), -2, shared_name="shared")
    result = _filled([
        table.lookup(tf.constant(["b", "c"])), plain.lookup(tf.constant([2, 3], tf.int64), name="ask"),
        vocabulary.lookup(tf.constant(["l", "m", "n"])), vocabulary.size(), bare.lookup(tf.constant(["p", "q"])),
        bare.size(), again.lookup(tf.constant(["a", "b"])), shared.size(name="how_many"),
        plain.default_value])
    result["facts"] = {"dtypes": [table.key_dtype.name, table.value_dtype.name, plain.value_dtype.name],
                       "names": [table.name, plain.name, vocabulary.name, bare.name]}
    return result


def exported():
    table = lookup.HashTable(lookup.KeyValueTensorInitializer(["a"], [1.5]), 0.0)
    keys, values = table.export()
    return _filled([keys, values])


def changing():
    table = lookup.MutableHashTable(tf.string, tf.int64, -1)
    vectors = lookup.MutableHashTable(tf.int64, tf.float32, [0.0, 1.0], name="vectors")
    dense = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 0, -2, checkpoint=False)
    insert = table.insert(["a", "b"], [1, 2])
    again = table.insert(tf.constant(["b", "c"]), tf.constant([20, 30], tf.int64))
    take = table.remove(tf.constant(["a", "zz"]))
    put = vectors.insert(tf.constant([[5]], tf.int64), [[[3.0, 4.0]]])
    fill = dense.insert(tf.constant([1, 2], tf.int64), tf.constant([3, 4], tf.int64))
    found = [table.lookup(["a", "b", "c"]), table.size(), vectors.lookup([[5, 6]]),
             dense.lookup(tf.constant([2, 3], tf.int64)), dense.size(name="count")]
    keys, values = vectors.export(name="all")
    steps = [dict(fetch=found), dict(run=[insert, put, fill]), dict(fetch=found + [keys, values]), dict(run=[again]),
             dict(fetch=found[:2]), dict(run=[take]), dict(fetch=found[:2])]
    return dict(steps=steps, facts={"shapes": [found[2].shape.as_list(), values.shape.as_list()]})


def hashes():
    words = tf.constant([["", "a", "abcd"], ["a longer text than that of the others, with sixty-four bytes!",
                                             "seventeen letters", "x" * 200]])
    return dict(steps=[dict(fetch=[
        tf.strings.to_hash_bucket_fast(words, 1000), tf.string_to_hash_bucket_fast(words, 7, name="few"),
        tf.strings.to_hash_bucket_strong(words, 1 << 40, [1, 2]), tf.string_to_hash_bucket(words, 100),
        tf.strings.to_hash_bucket(words, 1000)])])


VARIANTS = {"from_tensors": from_tensors, "from_files": from_files, "static": static, "exported": exported,
            "changing": changing, "hashes": hashes}
