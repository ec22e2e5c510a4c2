import tensorflow as tf

columns = tf.feature_column


def place_feature(values=((0,), (7,))):
    return {"place": tf.constant(values, tf.int64)}


def run_layer(column, features):
    layer = columns.input_layer(features, [column])
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        session.run(layer)


@mistake
def column_of_missing_feature():
    columns.input_layer({"a": tf.constant([1.0])}, [columns.numeric_column("b")])


@mistake
def column_of_scalar():
    columns.input_layer({"a": tf.constant(1.0)}, [columns.numeric_column("a")])


@mistake
def column_that_is_categorical():
    columns.input_layer(place_feature(), [columns.categorical_column_with_identity("place", 3)])


@mistake
def columns_of_one_name():
    columns.input_layer({"a": tf.constant([1.0])}, [columns.numeric_column("a"), columns.numeric_column("a")])


@mistake
def columns_of_none():
    columns.input_layer({"a": tf.constant([1.0])}, [])


@mistake
def columns_in_dict():
    columns.input_layer({"a": tf.constant([1.0])}, {"a": columns.numeric_column("a")})


@mistake
def column_that_is_text():
    columns.input_layer({"a": tf.constant([1.0])}, ["a"])


@mistake
def columns_of_other_batch_sizes():
    features = {"a": tf.constant([1.0, 2.0]), "b": tf.constant([1.0, 2.0, 3.0])}
    columns.input_layer(features, [columns.numeric_column("a"), columns.numeric_column("b")])


@mistake
def id_above_all():
    run_layer(columns.indicator_column(columns.categorical_column_with_identity("place", 3)), place_feature())


@mistake
def id_below_all():
    run_layer(columns.indicator_column(columns.categorical_column_with_identity("place", 9)), place_feature([[-5], [2]]))


@mistake
def ids_that_are_floats():
    run_layer(columns.indicator_column(columns.categorical_column_with_identity("a", 3)), {"a": tf.constant([1.0])})


@mistake
def numbers_as_words():
    words = columns.categorical_column_with_vocabulary_list("place", ["a", "b"])
    run_layer(columns.indicator_column(words), place_feature())


@mistake
def words_as_numbers():
    run_layer(columns.numeric_column("a"), {"a": tf.constant(["x"])})


@mistake
def numbers_that_are_sparse():
    run_layer(columns.numeric_column("a"), {"a": tf.SparseTensor([[0, 0]], [1.0], [1, 1])})


@mistake
def weights_of_another_dtype():
    column = columns.weighted_categorical_column(columns.categorical_column_with_identity("place", 9), "w")
    run_layer(columns.indicator_column(column), dict(place_feature(), w=tf.constant([[1], [2]])))


@mistake
def numeric_column_of_strings():
    columns.numeric_column("a", dtype=tf.string)


@mistake
def numeric_column_of_negative_shape():
    columns.numeric_column("a", shape=(-1,))


@mistake
def numeric_column_of_float_shape():
    columns.numeric_column("a", shape=(1.5,))


@mistake
def numeric_column_with_default_of_another_shape():
    columns.numeric_column("a", shape=(2,), default_value=[1.0, 2.0, 3.0])


@mistake
def numeric_column_with_default_of_another_dtype():
    columns.numeric_column("a", dtype=tf.int32, default_value=1.5)


@mistake
def numeric_column_with_normalizer_that_is_none():
    columns.numeric_column("a", normalizer_fn=3)


@mistake
def numeric_column_of_number():
    columns.numeric_column(3)


@mistake
def buckets_of_words():
    columns.bucketized_column(columns.categorical_column_with_identity("place", 3), [1.0])


@mistake
def buckets_of_matrix():
    columns.bucketized_column(columns.numeric_column("a", shape=(2, 2)), [1.0])


@mistake
def buckets_out_of_order():
    columns.bucketized_column(columns.numeric_column("a"), [2.0, 1.0])


@mistake
def buckets_without_boundaries():
    columns.bucketized_column(columns.numeric_column("a"), [])


@mistake
def identity_without_buckets():
    columns.categorical_column_with_identity("a", 0)


@mistake
def identity_with_default_above():
    columns.categorical_column_with_identity("a", 3, default_value=3)


@mistake
def hash_without_buckets():
    columns.categorical_column_with_hash_bucket("a", None)


@mistake
def hash_of_floats():
    columns.categorical_column_with_hash_bucket("a", 10, tf.float32)


@mistake
def vocabulary_of_nothing():
    columns.categorical_column_with_vocabulary_list("a", [])


@mistake
def vocabulary_with_word_twice():
    columns.categorical_column_with_vocabulary_list("a", ["x", "x"])


@mistake
def vocabulary_with_default_and_buckets():
    columns.categorical_column_with_vocabulary_list("a", ["x"], default_value=1, num_oov_buckets=2)


@mistake
def vocabulary_of_numbers_for_words():
    columns.categorical_column_with_vocabulary_list("a", [1, 2], dtype=tf.string)


@mistake
def vocabulary_file_that_is_not_there():
    columns.categorical_column_with_vocabulary_file("a", "nowhere.txt")


@mistake
def cross_of_one():
    columns.crossed_column(["a"], 10)


@mistake
def cross_of_hashed():
    columns.crossed_column(["a", columns.categorical_column_with_hash_bucket("b", 3)], 10)


@mistake
def cross_of_dense():
    columns.crossed_column(["a", columns.numeric_column("b")], 10)


@mistake
def embedding_without_numbers():
    columns.embedding_column(columns.categorical_column_with_identity("a", 3), 0)


@mistake
def embedding_of_checkpoint_without_name():
    columns.embedding_column(columns.categorical_column_with_identity("a", 3), 2, ckpt_to_load_from="x")


@mistake
def embedding_with_initializer_that_is_none():
    columns.embedding_column(columns.categorical_column_with_identity("a", 3), 2, initializer=3)


@mistake
def shared_embeddings_of_other_sizes():
    columns.shared_embedding_columns([columns.categorical_column_with_identity("a", 3),
                                      columns.categorical_column_with_identity("b", 4)], 2)


@mistake
def shared_embeddings_of_other_kinds():
    columns.shared_embedding_columns([columns.categorical_column_with_identity("a", 3),
                                      columns.categorical_column_with_hash_bucket("b", 3)], 2)


@mistake
def spec_of_two_kinds():
    columns.make_parse_example_spec([columns.numeric_column("a"), columns.bucketized_column(
        columns.numeric_column("a", default_value=1.0), [1.0])])


@mistake
def spec_of_text():
    columns.make_parse_example_spec(["a"])


@mistake
def linear_model_of_sequence():
    columns.linear_model({"a": tf.constant([1.0])}, [columns.sequence_numeric_column("a")])
