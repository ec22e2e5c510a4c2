import tensorflow as tf


def example(**features):
    made = {name: tf.train.Feature(float_list=tf.train.FloatList(value=values)) for name, values in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


ONE = {"a": tf.FixedLenFeature([2], tf.float32)}


@mistake
def parsed_without_features():
    tf.parse_example(["x"], {})


@mistake
def parsed_without_single_features():
    tf.parse_single_example("x", None)


@mistake
def parsed_feature_of_no_kind():
    tf.parse_example(["x"], {"a": 3})


@mistake
def parsed_feature_without_dtype():
    tf.parse_example(["x"], {"a": tf.VarLenFeature(None)})


@mistake
def parsed_feature_without_shape():
    tf.parse_example(["x"], {"a": tf.FixedLenFeature(None, tf.float32)})


@mistake
def parsed_feature_with_open_first_size():
    tf.parse_example(["x"], {"a": tf.FixedLenFeature([None, 2], tf.float32)})


@mistake
def parsed_feature_with_open_size():
    tf.parse_example(["x"], {"a": tf.FixedLenFeature([2, None], tf.float32)})


@mistake
def parsed_sequence_that_must_be_there():
    tf.parse_example(["x"], {"a": tf.FixedLenSequenceFeature([2], tf.float32)})


@mistake
def parsed_sparse_without_index_key():
    tf.parse_example(["x"], {"a": tf.SparseFeature("", "v", tf.float32, 3)})


@mistake
def parsed_sparse_without_value_key():
    tf.parse_example(["x"], {"a": tf.SparseFeature("i", None, tf.float32, 3)})


@mistake
def parsed_sparse_of_conflicting_types():
    tf.parse_example(["x"], {"a": tf.SparseFeature("i", "v", tf.float32, 3), "b": tf.SparseFeature("v", "i", tf.int64, 3)})


@mistake
def parsed_key_dense_and_sparse():
    tf.parse_example(["x"], {"a": tf.SparseFeature("b", "v", tf.float32, 3), "b": tf.FixedLenFeature([], tf.int64)})


@mistake
def parsed_default_of_another_shape():
    tf.parse_example(["x"], {"a": tf.FixedLenFeature([3], tf.float32, default_value=[1., 2.])})


@mistake
def parsed_matrix_of_messages():
    tf.parse_example(tf.placeholder(tf.string, [2, 2]), ONE)


@mistake
def parsed_single_vector():
    tf.parse_single_example(["x"], ONE)


@mistake
def parsed_single_vector_with_names():
    tf.parse_single_example(["x"], ONE, example_names="n")


@mistake
def parsed_uint8_feature():
    tf.parse_example(["x"], {"a": tf.FixedLenFeature([2], tf.uint8)})


@mistake
def parsed_feature_missing():
    run(tf.parse_example([example(b=[1.])], ONE)["a"])


@mistake
def parsed_feature_missing_with_name():
    run(tf.parse_example([example(b=[1.])], ONE, example_names=["the first"])["a"])


@mistake
def parsed_feature_of_other_type():
    run(tf.parse_example([example(a=[1.])], {"a": tf.VarLenFeature(tf.int64)})["a"].values)


@mistake
def parsed_feature_of_other_number():
    run(tf.parse_example([example(a=[1., 2.]), example(a=[1.])], ONE)["a"])


@mistake
def parsed_text_of_other_number():
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"x", b"y"]))
    message = tf.train.Example(features=tf.train.Features(feature={"c": feature})).SerializeToString()
    run(tf.parse_example([message], {"c": tf.FixedLenFeature([], tf.string)})["c"])


@mistake
def parsed_example_cut_short():
    run(tf.parse_example([example(a=[1., 2.])[:8]], {"a": tf.VarLenFeature(tf.float32)})["a"].values)


@mistake
def parsed_single_example_cut_short():
    run(tf.parse_single_example(example(a=[1., 2.])[:8], {"a": tf.VarLenFeature(tf.float32)})["a"].values)


@mistake
def parsed_single_feature_missing():
    run(tf.parse_single_example(example(b=[1.]), ONE)["a"])


@mistake
def parsed_sequence_with_fixed_list():
    tf.parse_single_sequence_example("x", None, ONE)


@mistake
def parsed_sequence_with_sequence_in_context():
    tf.parse_single_sequence_example("x", {"a": tf.FixedLenSequenceFeature([], tf.int64)}, None)


@mistake
def parsed_sequence_without_features():
    tf.parse_single_sequence_example("x")


@mistake
def parsed_sequence_with_default():
    tf.parse_single_sequence_example("x", None, {"a": tf.FixedLenSequenceFeature([], tf.int64, default_value=3)})


@mistake
def csv_with_too_few_fields():
    run(tf.decode_csv(["1,2", "1"], [[0.], [0.]], name="csv"))


@mistake
def csv_without_required_field():
    run(tf.decode_csv([",2"], [tf.constant([], tf.float32), [0.]]))


@mistake
def csv_of_text_for_a_number():
    run(tf.decode_csv(["1,x"], [[0.], [0]]))


@mistake
def csv_with_open_quote():
    run(tf.decode_csv(['"a'], [[""]]))


@mistake
def csv_default_of_two():
    tf.decode_csv(["1"], [[0., 1.]])


@mistake
def csv_default_of_bool():
    tf.decode_csv(["1"], [[True]])


@mistake
def csv_delimiter_of_two():
    run(tf.decode_csv(["1"], [[0.]], field_delim=";;"))


@mistake
def csv_columns_out_of_order():
    tf.decode_csv(["1,2"], [[0.], [0.]], select_cols=[1, 0])


@mistake
def csv_negative_columns():
    tf.decode_csv(["1,2"], [[0.]], select_cols=[-1])


@mistake
def csv_columns_and_defaults():
    tf.decode_csv(["1,2"], [[0.]], select_cols=[0, 1])


@mistake
def tensor_of_another_dtype():
    run(tf.parse_tensor(tf.serialize_tensor(tf.constant(1.)), tf.int32))


@mistake
def compressed_garbage():
    run(tf.decode_compressed(["garbage"], "ZLIB"))


@mistake
def compressed_in_unknown_way():
    run(tf.decode_compressed(["x"], "LZ"))


@mistake
def json_with_unknown_field():
    run(tf.decode_json_example('{"x": 1}'))


@mistake
def json_cut_short():
    run(tf.decode_json_example('{"features": {'))


@mistake
def merged_with_one_size_for_two():
    x = tf.SparseTensor([[0, 0]], tf.constant([1], tf.int64), [1, 1])
    tf.sparse_merge([x, x], x, [3])


@mistake
def merged_with_size_of_text():
    x = tf.SparseTensor([[0, 0]], tf.constant([1], tf.int64), [1, 1])
    tf.sparse_merge(x, x, "three")


@mistake
def merged_nothing_sparse():
    tf.sparse_merge(3, 3, [3])


@mistake
def string_to_no_number():
    run(tf.string_to_number("12 34"))
