import tensorflow as tf

lookup = tf.contrib.lookup


def table_file(text):
    with open("table.txt", "w") as file:
        file.write(text)
    return "table.txt"


def run_of(fetch, filled=True):
    with tf.Session() as session:
        if filled:
            session.run(tf.tables_initializer())
        session.run(fetch)


def table_of(keys, values, default=-1):
    return lookup.HashTable(lookup.KeyValueTensorInitializer(keys, values), default, name="prices")


@mistake
def table_not_filled():
    run_of(table_of(["a"], [1]).lookup(tf.constant(["a"])), filled=False)


@mistake
def key_with_two_values():
    run_of(table_of(["a", "a"], [1, 2]).size())


@mistake
def key_twice():
    run_of(table_of(["a", "a"], [1, 1]).size())


@mistake
def keys_without_values():
    table_of(["a", "b"], [1])


@mistake
def keys_of_another_dtype():
    table_of(["a"], [1]).lookup(tf.constant([1]))


@mistake
def default_that_is_no_scalar():
    table_of(["a"], [1], [-1])


@mistake
def vocabulary_of_floats():
    lookup.index_table_from_tensor([1.5, 2.5])


@mistake
def vocabulary_of_strings_for_numbers():
    lookup.index_table_from_tensor(["a"], dtype=tf.int64)


@mistake
def no_vocabulary():
    lookup.index_table_from_tensor(None)


@mistake
def no_vocabulary_file():
    lookup.index_table_from_file("")


@mistake
def file_that_is_not_there():
    run_of(lookup.index_table_from_file("nowhere.txt").size())


@mistake
def fewer_lines_than_said():
    run_of(lookup.index_table_from_file(table_file("a\nb\n"), vocab_size=5).size())


@mistake
def line_that_is_empty():
    run_of(lookup.index_table_from_file(table_file("a\n\nb\n")).size())


@mistake
def line_that_is_there_twice():
    run_of(lookup.index_table_from_file(table_file("a\nb\na\n")).size())


@mistake
def field_that_is_no_number():
    reader = lookup.TextFileInitializer(table_file("a 1\nb x\n"), tf.string, 0, tf.int64, 1, delimiter=" ")
    run_of(lookup.HashTable(reader, -1).size())


@mistake
def column_that_is_not_there():
    reader = lookup.TextFileInitializer(table_file("a 1\nb 2\n"), tf.string, 0, tf.int64, 2, delimiter=" ")
    run_of(lookup.HashTable(reader, -1).size())


@mistake
def line_number_that_is_a_string():
    lookup.TextFileInitializer("f", tf.string, lookup.TextFileIndex.LINE_NUMBER, tf.int64, 1)


@mistake
def whole_line_that_is_a_float():
    lookup.TextFileInitializer("f", tf.string, 0, tf.float32, lookup.TextFileIndex.WHOLE_LINE)


@mistake
def column_below_all():
    lookup.TextFileInitializer("f", tf.string, -3, tf.int64, 1)


@mistake
def size_of_nothing():
    lookup.index_table_from_file("f", vocab_size=0)


@mistake
def buckets_below_zero():
    lookup.index_table_from_tensor(["a"], num_oov_buckets=-1)


@mistake
def buckets_of_nothing():
    lookup.IdTableWithHashBuckets(None, 0)


@mistake
def hasher_that_is_none():
    lookup.index_table_from_tensor(["a"], num_oov_buckets=1, hasher_spec="fast")


@mistake
def key_of_one_number():
    lookup.StrongHashSpec([1])


@mistake
def key_of_text():
    lookup.StrongHashSpec(["a", 1])


@mistake
def keys_that_are_floats():
    lookup.index_table_from_file("f", key_dtype=tf.float32)


@mistake
def empty_key_as_key():
    table = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 0, -2)
    run_of(table.insert(tf.constant([0], tf.int64), tf.constant([1], tf.int64)))


@mistake
def empty_key_looked_up():
    table = lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 0, -2)
    run_of(table.lookup(tf.constant([0], tf.int64)))


@mistake
def empty_and_deleted_key_the_same():
    run_of(lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 3, 3).size())


@mistake
def value_of_another_shape():
    run_of(lookup.MutableHashTable(tf.string, tf.float32, [0.0, 1.0]).insert(["a"], [1.0]))


@mistake
def taking_out_another_dtype():
    lookup.MutableHashTable(tf.string, tf.float32, 0.0).remove(tf.constant([1]))


@mistake
def lengths_that_differ():
    keys, values = tf.placeholder(tf.string, [None]), tf.placeholder(tf.int64, [None])
    table = lookup.HashTable(lookup.KeyValueTensorInitializer(keys, values), -1)
    with tf.Session() as session:
        session.run(table.init, {keys: ["a", "b"], values: [1]})


@mistake
def strong_key_of_three():
    run_of(tf.strings.to_hash_bucket_strong(tf.constant(["a"]), 10, [1, 2, 3]), filled=False)
