import tensorflow as tf


def vector():
    return tf.placeholder(tf.float32, [3], name="vector")


@mistake
def producer_of_no_names():
    tf.train.string_input_producer([])


@mistake
def producer_of_no_epochs():
    tf.train.string_input_producer(["a"], num_epochs=0)


@mistake
def producer_of_unknown_rows():
    tf.train.input_producer(tf.placeholder(tf.float32, [3, None]))


@mistake
def producer_of_other_rows():
    tf.train.input_producer(tf.placeholder(tf.float32, [3, 4]), element_shape=[5])


@mistake
def batch_of_no_threads():
    tf.train.batch([vector()], 2, num_threads=0)


@mistake
def batch_of_too_few_shapes():
    tf.train.batch([vector(), vector()], 2, shapes=[[3]])


@mistake
def batch_of_unknown_rows():
    tf.train.batch([tf.placeholder(tf.float32, [None, 3])], 2)


@mistake
def bucket_of_nothing():
    tf.contrib.training.bucket([], 0, 2, 2)


@mistake
def bucket_of_too_few_capacities():
    tf.contrib.training.bucket([vector()], 0, 2, 2, bucket_capacities=[3])


@mistake
def bucket_at_a_fraction():
    tf.contrib.training.bucket_by_sequence_length(tf.placeholder(tf.int32, []), [vector()], 2, [5.5])


@mistake
def record_of_text():
    with tf.python_io.TFRecordWriter("records") as writer:
        writer.write("text")


@mistake
def limited_to_negative_epochs():
    tf.train.limit_epochs(vector(), -1)


@mistake
def slices_of_nothing():
    tf.train.slice_input_producer([])


@mistake
def batch_of_nothing():
    tf.train.batch([], 2)


@mistake
def batch_of_unknown_rank():
    tf.train.batch([tf.placeholder(tf.float32, name="unknown")], 2)


@mistake
def batch_of_unknown_size():
    tf.train.batch([tf.placeholder(tf.float32, [None])], 2)


@mistake
def batch_of_scalars_as_many():
    tf.train.batch([tf.constant(1.)], 2, enqueue_many=True)


@mistake
def join_of_nothing():
    tf.train.batch_join([], 2)


@mistake
def join_of_other_dtypes():
    tf.train.batch_join([[tf.constant(1.)], [tf.constant(1)]], 2)


@mistake
def join_of_other_keys():
    tf.train.batch_join([{"a": vector()}, {"b": vector()}], 2)


@mistake
def join_of_list_and_dict():
    tf.train.batch_join([[vector()], {"a": vector()}], 2)


@mistake
def join_of_dict_and_list():
    tf.train.batch_join([{"a": vector()}, [vector()]], 2)


@mistake
def join_of_shorter_sources():
    tf.train.batch_join([[vector(), tf.constant(1.)], [vector()]], 2)


@mistake
def join_of_sparse_and_dense():
    tf.train.batch_join([[tf.SparseTensor([[0]], [1.], [2])], [vector()]], 2)


@mistake
def join_of_dense_and_sparse():
    tf.train.batch_join([[vector()], [tf.SparseTensor([[0]], [1.], [2])]], 2)


@mistake
def join_of_sparse_ranks():
    tf.train.batch_join([[tf.SparseTensor([[0]], [1.], [2])], [tf.SparseTensor([[0, 0]], [1.], [2, 2])]], 2)


@mistake
def join_of_an_empty_source():
    tf.train.batch_join([[], [vector()]], 2)


@mistake
def join_of_empty_sources():
    tf.train.batch_join([[], []], 2)


@mistake
def shuffled_join_of_empty_dicts():
    tf.train.shuffle_batch_join([{}, {}], 2, 10, 3)


@mistake
def join_of_lists_of_dtypes():
    tf.train.batch_join([[vector(), tf.constant(1)], [vector(), tf.constant(1.)]], 2)


@mistake
def join_of_shapes():
    tf.train.batch_join([[vector()], [tf.constant(1.)]], 2)


@mistake
def join_of_many_of_other_shapes():
    tf.train.batch_join([[tf.ones([2, 3])], [tf.ones([2, 4])]], 2, enqueue_many=True)


@mistake
def join_of_unknown_rank():
    tf.train.batch_join([[vector()], [tf.placeholder(tf.float32, name="unknown")]], 2)


@mistake
def join_without_capacity():
    tf.train.batch_join([[vector()], [vector()]], 2, capacity=0)


@mistake
def batch_without_capacity():
    tf.train.batch([vector()], 2, capacity=0)


@mistake
def join_of_worded_capacity():
    tf.train.batch_join([[vector()], [vector()]], 2, capacity="x")


@mistake
def shuffled_join_without_room():
    tf.train.shuffle_batch_join([[vector()], [vector()]], 2, 3, 3)


@mistake
def shuffled_join_of_worded_minimum():
    tf.train.maybe_shuffle_batch_join([[vector()], [vector()]], 2, 20, "x", True)


@mistake
def join_kept_by_none():
    tf.train.maybe_batch_join([[vector()], [vector()]], None, 2)


@mistake
def batch_of_minus_one_threads():
    tf.train.batch([vector()], 2, num_threads=-1)


@mistake
def batch_of_half_a_thread():
    tf.train.batch([vector()], 2, num_threads=0.5)


@mistake
def batch_of_named_number():
    tf.train.batch([vector()], 2, shared_name=5)


@mistake
def bucket_of_no_threads():
    tf.contrib.training.bucket([vector()], 0, 2, 2, num_threads=0)


@mistake
def bucket_of_minus_one_buckets():
    tf.contrib.training.bucket([vector()], 0, 2, -1)


@mistake
def bucket_of_one_capacity():
    tf.contrib.training.bucket([vector()], 0, 2, 2, bucket_capacities=3)


@mistake
def bucket_of_no_capacities():
    tf.contrib.training.bucket([vector()], 0, 2, 2, bucket_capacities=[])


@mistake
def bucket_without_capacity():
    tf.contrib.training.bucket([vector()], 0, 2, 2, capacity=0)


@mistake
def bucket_of_worded_capacities():
    tf.contrib.training.bucket([vector()], 0, 2, 2, bucket_capacities=["x", 3])


@mistake
def bucket_of_a_tuple_of_sizes():
    tf.contrib.training.bucket([vector()], 0, (2, 3), 2)


@mistake
def bucket_of_one_size_for_two():
    tf.contrib.training.bucket_by_sequence_length(0, [vector()], [2], [5])


@mistake
def bucket_of_no_size():
    tf.contrib.training.bucket([vector()], 0, None, 2)


@mistake
def bucket_kept_by_none():
    tf.contrib.training.bucket([vector()], 0, 2, 2, keep_input=None)


@mistake
def bucket_at_a_letter():
    tf.contrib.training.bucket_by_sequence_length(0, [vector()], 2, ["a"])


@mistake
def bucket_at_a_number_and_a_letter():
    tf.contrib.training.bucket_by_sequence_length(0, [vector()], 2, [5, "a"])


@mistake
def bucket_at_one_boundary():
    tf.contrib.training.bucket_by_sequence_length(0, [vector()], 2, 5)


@mistake
def bucket_at_descending_boundaries():
    tf.contrib.training.bucket_by_sequence_length(0, [vector()], 2, [5, 4])


@mistake
def bucket_by_length_of_a_tuple():
    tf.contrib.training.bucket_by_sequence_length(0, (vector(),), 2, [5])


@mistake
def shuffled_with_too_little_room():
    tf.train.shuffle_batch([vector()], 2, capacity=10, min_after_dequeue=10)


@mistake
def kept_by_vector():
    tf.train.maybe_batch([vector()], [True, False], 2)


@mistake
def kept_by_matrix():
    tf.train.maybe_batch([vector()], [[True]], 2, enqueue_many=True)


@mistake
def kept_by_unknown_rank():
    tf.train.maybe_batch([vector()], tf.placeholder(tf.bool), 2)


@mistake
def reader_of_missing_file():
    queue = tf.FIFOQueue(1, tf.string, shapes=[[]])
    with tf.control_dependencies([queue.enqueue(["no/such/file"])]):
        handle = tf.identity(queue.queue_ref)
    run(tf.TextLineReader().read(handle, name="line").value)


@mistake
def reader_of_closed_queue():
    queue = tf.FIFOQueue(1, tf.string, shapes=[[]], shared_name="names")
    with tf.control_dependencies([queue.close()]):
        handle = tf.identity(queue.queue_ref)
    run(tf.WholeFileReader().read(handle, name="file").value)


@mistake
def reader_state_of_lines():
    run(tf.TextLineReader().serialize_state(name="state"))


@mistake
def reader_state_of_garbage():
    run(tf.IdentityReader().restore_state(b"\xff", name="state"))


@mistake
def arrays_not_said_whether_shuffled():
    tf.estimator.inputs.numpy_input_fn({"a": []}, batch_size=2)
