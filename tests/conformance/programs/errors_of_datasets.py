import numpy as np
import tensorflow as tf

Dataset = tf.data.Dataset


def elements(dataset, count=8):
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    following = iterator.get_next()
    with tf.Session() as session:
        session.run(iterator.initializer)
        for _ in range(count):
            session.run(following)


@mistake
def slices_of_different_sizes():
    Dataset.from_tensor_slices(([1, 2], [1, 2, 3]))


@mistake
def slices_of_a_scalar():
    Dataset.from_tensor_slices(1)


@mistake
def zip_of_a_list():
    Dataset.zip([Dataset.range(1), Dataset.range(2)])


@mistake
def zip_of_numbers():
    Dataset.zip((Dataset.range(1), 2))


@mistake
def range_of_nothing():
    Dataset.range()


@mistake
def concatenation_of_other_types():
    Dataset.range(2).concatenate(Dataset.from_tensors("a"))


@mistake
def shard_out_of_range():
    elements(Dataset.range(5).shard(2, 2))


@mistake
def shard_of_none():
    elements(Dataset.range(5).shard(0, 0))


@mistake
def filter_of_numbers():
    Dataset.range(3).filter(lambda x: x)


@mistake
def map_of_nothing_to_call():
    Dataset.range(3).map(3)


@mistake
def padding_too_small():
    Dataset.from_tensors([1, 2, 3]).padded_batch(1, [2])


@mistake
def padding_of_another_dtype():
    Dataset.from_tensors([1, 2, 3]).padded_batch(1, [None], padding_values="a")


@mistake
def padding_of_another_rank():
    Dataset.from_tensors([1, 2, 3]).padded_batch(1, [None, None])


@mistake
def state_of_another_type():
    Dataset.range(3).reduce(0, lambda state, x: tf.cast(x, tf.float32))


@mistake
def one_shot_over_a_placeholder():
    tf.compat.v1.data.make_one_shot_iterator(Dataset.from_tensors(tf.placeholder(tf.float32, [2])))


@mistake
def one_shot_over_a_variable():
    tf.compat.v1.data.make_one_shot_iterator(Dataset.from_tensors(tf.Variable(1.0)))


@mistake
def initializer_of_a_one_shot_iterator():
    tf.compat.v1.data.make_one_shot_iterator(Dataset.range(3)).initializer


@mistake
def initializer_of_other_types():
    iterator = tf.data.Iterator.from_structure(tf.int64, [])
    iterator.make_initializer(Dataset.from_tensors(1.0))


@mistake
def initializer_of_other_shapes():
    iterator = tf.data.Iterator.from_structure(tf.int64, [])
    iterator.make_initializer(Dataset.range(3).batch(2))


@mistake
def the_end():
    elements(Dataset.range(3))


@mistake
def iterator_that_has_not_begun():
    following = tf.compat.v1.data.make_initializable_iterator(Dataset.range(3)).get_next()
    with tf.Session() as session:
        session.run(following)


@mistake
def batch_of_nothing():
    elements(Dataset.range(3).batch(tf.constant(0, tf.int64)))


@mistake
def batch_of_different_shapes():
    elements(Dataset.from_tensors([1]).concatenate(Dataset.from_tensors([1, 2])).batch(2))


@mistake
def shuffle_without_a_buffer():
    elements(Dataset.range(3).shuffle(0))


@mistake
def window_of_nothing():
    elements(Dataset.range(3).window(0).flat_map(lambda x: x))


@mistake
def prefetch_of_a_negative_number():
    elements(Dataset.range(3).prefetch(-3))


@mistake
def no_such_file():
    elements(tf.data.TextLineDataset("/tmp/no such file of lines"))


@mistake
def no_files_that_match():
    elements(Dataset.list_files("/tmp/no such files of records*"))


@mistake
def files_below_no_directory():
    elements(Dataset.list_files("/no such directory/*"))


@mistake
def files_below_a_file():
    elements(Dataset.list_files("/etc/passwd/*"))


@mistake
def generator_of_no_type():
    Dataset.from_generator(lambda: iter([1]), None)


@mistake
def generator_of_another_type():
    elements(Dataset.from_generator(lambda: iter(["text"]), tf.int64))


@mistake
def generator_of_another_shape():
    elements(Dataset.from_generator(lambda: iter([[1, 2]]), tf.int64, [3]))


@mistake
def generator_that_is_none():
    Dataset.from_generator(3, tf.int64)


@mistake
def element_of_more_than_one():
    with tf.Session() as session:
        session.run(tf.data.experimental.get_single_element(Dataset.range(2)))


@mistake
def element_of_none():
    with tf.Session() as session:
        session.run(tf.data.experimental.get_single_element(Dataset.range(0)))


@mistake
def error_in_a_function():
    elements(Dataset.from_tensor_slices([1.0, 0.0]).map(lambda x: tf.check_numerics(1 / x, "not a number")))


@mistake
def iteration_without_eager_execution():
    for _ in Dataset.range(3):
        pass


@mistake
def unknown_option():
    tf.data.Options().no_such_option = 3


@mistake
def apply_of_no_dataset():
    Dataset.range(3).apply(lambda dataset: 3)


@mistake
def choices_of_another_type():
    tf.data.experimental.choose_from_datasets([Dataset.range(3)], Dataset.from_tensors("a"))


@mistake
def windows_of_two_sizes():
    tf.data.experimental.group_by_window(lambda x: x, lambda key, window: window)


@mistake
def samples_with_whole_weights():
    tf.data.experimental.sample_from_datasets([Dataset.range(3), Dataset.range(3)], [1, 2])


@mistake
def samples_with_weights_too_many():
    tf.data.experimental.sample_from_datasets([Dataset.range(3), Dataset.range(3)], [0.5, 0.25, 0.25])


@mistake
def samples_of_different_elements():
    tf.data.experimental.sample_from_datasets([Dataset.range(3), Dataset.from_tensors("a")])


@mistake
def slices_of_none():
    Dataset.from_tensor_slices(None)


@mistake
def tensors_with_none():
    Dataset.from_tensors((1, None))


@mistake
def reduced_from_none():
    Dataset.range(3).reduce(None, lambda state, x: state)


@mistake
def concatenated_with_a_number():
    Dataset.range(3).concatenate(5)


@mistake
def padded_to_another_rank():
    Dataset.range(1, 4).map(lambda x: tf.range(x)).padded_batch(2, [2, 2])


@mistake
def padded_with_another_type():
    Dataset.range(1, 4).map(lambda x: tf.range(x)).padded_batch(2, [None], padding_values=1.5)


@mistake
def interleaved_by_too_many_calls():
    dataset = Dataset.range(3).interleave(lambda x: Dataset.range(x), 2, 1, num_parallel_calls=9)
    with tf.Session() as session:
        session.run(tf.data.make_one_shot_iterator(dataset).get_next())


@mistake
def state_of_more_components():
    reduced = tf.data.Dataset.range(4).reduce(np.int64(0), lambda state, x: (state, x))
    tf.Session().run(reduced)


@mistake
def state_of_fewer_components():
    reduced = tf.data.Dataset.range(4).reduce((np.int64(0), np.int64(1)), lambda state, x: (state[0] + x,))
    tf.Session().run(reduced)


@mistake
def one_shot_over_a_resource_variable():
    v = tf.get_variable("v", [], tf.int64, use_resource=True)
    tf.data.make_one_shot_iterator(tf.data.Dataset.range(3).map(lambda x: x + v))


@mistake
def one_shot_over_random_values():
    tf.data.make_one_shot_iterator(tf.data.Dataset.from_tensors(tf.random_uniform([])))
