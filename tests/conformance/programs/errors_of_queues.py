import tensorflow as tf
from tensorflow.python.ops import data_flow_ops


def run_in_turn(*fetches, **options):
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=options.get("timeout", 20000))) as session:
        for fetch in fetches:
            session.run(fetch, options.get("feed"))


def queue_of_pairs():
    """Of a shared name, as others are told with a number."""
    return tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[2], []], shared_name="shared", name="pairs")


# ---- building ----


@mistake
def queue_shapes_unknown():
    tf.FIFOQueue(10, tf.float32, shapes=[[None]])


@mistake
def queue_shapes_too_few():
    tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[2]])


@mistake
def queue_names_too_few():
    tf.FIFOQueue(10, [tf.float32, tf.int32], names=["a"])


@mistake
def queue_shapes_no_list():
    tf.FIFOQueue(10, tf.float32, shapes="wide")


@mistake
def padding_queue_without_shapes():
    tf.PaddingFIFOQueue(10, tf.float32, shapes=None)


@mistake
def padding_queue_of_unknown_rank():
    tf.PaddingFIFOQueue(10, [tf.float32], shapes=[tf.TensorShape(None)])


@mistake
def padding_queue_shapes_too_few():
    tf.PaddingFIFOQueue(10, [tf.float32, tf.int32], shapes=[[None]])


@mistake
def priority_queue_without_shapes():
    tf.PriorityQueue(10, tf.float32)


@mistake
def enqueue_of_another_shape():
    queue_of_pairs().enqueue([[1.0, 2.0, 3.0], 4])


@mistake
def enqueue_of_another_dtype():
    queue_of_pairs().enqueue([[1.0, 2.0], 4.5])


@mistake
def enqueue_many_as_the_book_prints_it():
    queue = tf.FIFOQueue(10, [tf.float32], shapes=[[2]], name="queue")
    instances = tf.placeholder(tf.float32, shape=[None, 2])
    queue.enqueue([instances])


@mistake
def enqueue_many_of_different_lengths():
    queue_of_pairs().enqueue_many([[[1.0, 2.0], [3.0, 4.0]], [1, 2, 3]])


@mistake
def enqueue_many_of_scalars():
    queue_of_pairs().enqueue_many([1.0, 2])


@mistake
def enqueue_of_a_dictionary_without_names():
    queue_of_pairs().enqueue({"a": [1.0, 2.0], "b": 3})


@mistake
def enqueue_without_the_dictionary():
    tf.FIFOQueue(10, [tf.float32], names=["a"]).enqueue([1.0])


@mistake
def enqueue_of_other_names():
    tf.FIFOQueue(10, [tf.float32], names=["a"]).enqueue({"b": 1.0})


@mistake
def queues_of_different_dtypes():
    tf.QueueBase.from_list(0, [tf.FIFOQueue(10, tf.float32), tf.FIFOQueue(10, tf.int32)])


@mistake
def queues_of_different_names():
    tf.QueueBase.from_list(0, [tf.FIFOQueue(10, tf.float32), tf.FIFOQueue(10, tf.float32, names=["a"])])


@mistake
def queues_no_list():
    tf.QueueBase.from_list(0, tf.FIFOQueue(10, tf.float32))


@mistake
def queue_capacity_of_text():
    tf.FIFOQueue("three", tf.float32)


@mistake
def queue_least_of_text():
    tf.RandomShuffleQueue(5, "one", tf.float32)


@mistake
def queue_shared_name_of_a_number():
    tf.FIFOQueue(3, tf.float32, shared_name=4)


@mistake
def queue_shapes_known_in_part():
    tf.FIFOQueue(3, [tf.float32, tf.int32], shapes=[[2], None])


@mistake
def enqueue_of_a_tensor_of_another_dtype():
    tf.FIFOQueue(3, [tf.float32]).enqueue(tf.constant([1, 2], name="numbers"))


@mistake
def dequeue_many_of_a_fraction():
    tf.FIFOQueue(3, tf.float32, shapes=[[]]).dequeue_many(2.5)


@mistake
def dequeue_many_of_text():
    tf.FIFOQueue(3, tf.float32, shapes=[[]]).dequeue_many("two")


# ---- running ----


@mistake
def dequeue_from_a_closed_queue():
    queue = queue_of_pairs()
    run_in_turn(queue.close(), queue.dequeue())


@mistake
def dequeue_many_from_a_closed_queue():
    queue = queue_of_pairs()
    run_in_turn(queue.enqueue([[1.0, 2.0], 3]), queue.close(), queue.dequeue_many(2))


@mistake
def dequeue_up_to_from_a_closed_queue():
    queue = tf.RandomShuffleQueue(10, 2, tf.float32, shapes=[()], shared_name="shared", name="mixed")
    some = queue.dequeue_up_to(5)
    run_in_turn(queue.enqueue_many([[1.0, 2.0, 3.0]]), queue.close(), some, some)


@mistake
def enqueue_into_a_closed_queue():
    queue = queue_of_pairs()
    run_in_turn(queue.close(), queue.enqueue([[1.0, 2.0], 3]))


@mistake
def closed_twice():
    queue = queue_of_pairs()
    run_in_turn(queue.close(), queue.close())


@mistake
def dequeue_many_without_shapes():
    run_in_turn(tf.FIFOQueue(10, tf.float32, name="queue").dequeue_many(2))


@mistake
def dequeue_of_a_negative_number():
    run_in_turn(queue_of_pairs().dequeue_many(-1))


@mistake
def enqueue_fed_with_another_shape():
    x = tf.placeholder(tf.float32, name="x")
    run_in_turn(queue_of_pairs().enqueue([x, 1]), feed={x: [1.0, 2.0, 3.0]})


@mistake
def enqueue_many_fed_with_other_rows():
    x = tf.placeholder(tf.float32, name="x")
    run_in_turn(queue_of_pairs().enqueue_many([x, [1, 2]]), feed={x: [[1.0, 2.0]]})


@mistake
def padding_queue_fed_with_another_rank():
    x = tf.placeholder(tf.float32, name="x")
    run_in_turn(tf.PaddingFIFOQueue(10, [tf.float32], [[None, 2]], name="padded").enqueue([x]), feed={x: [1.0, 2.0]})


@mistake
def priority_of_several_numbers():
    x = tf.placeholder(tf.int64, name="x")
    run_in_turn(tf.PriorityQueue(10, [tf.float32], [], name="ranked").enqueue([x, 1.0]), feed={x: [1, 2]})


@mistake
def min_after_dequeue_beyond_the_capacity():
    run_in_turn(tf.RandomShuffleQueue(10, 10, tf.float32, name="mixed").size())


@mistake
def min_after_dequeue_of_no_capacity():
    run_in_turn(tf.RandomShuffleQueue(0, 0, tf.float32, name="mixed").size())


@mistake
def shared_padding_queue_of_a_shape_that_fits():
    one = tf.PaddingFIFOQueue(3, [tf.float32], [[2]], shared_name="shared", name="one")
    other = tf.PaddingFIFOQueue(3, [tf.float32], [[None]], shared_name="shared", name="other")
    run_in_turn(one.size(), other.size())


@mistake
def shared_padding_queue_of_another_shape():
    one = tf.PaddingFIFOQueue(3, [tf.float32], [[2, 3]], shared_name="shared", name="one")
    other = tf.PaddingFIFOQueue(3, [tf.float32], [[None, 4]], shared_name="shared", name="other")
    run_in_turn(one.size(), other.size())


@mistake
def queue_chosen_beyond_the_list():
    queues = [tf.FIFOQueue(3, tf.float32, name="one"), tf.FIFOQueue(3, tf.float32, name="other")]
    index = tf.placeholder(tf.int32, [])
    run_in_turn(tf.QueueBase.from_list(index, queues).size(), feed={index: 2})


@mistake
def min_after_dequeue_negative():
    run_in_turn(tf.RandomShuffleQueue(10, -1, tf.float32, name="mixed").size())


@mistake
def shared_queue_of_another_capacity():
    one = tf.FIFOQueue(10, tf.float32, shared_name="shared", name="one")
    other = tf.FIFOQueue(20, tf.float32, shared_name="shared", name="other")
    run_in_turn(one.size(), other.size())


@mistake
def shared_queue_of_another_kind():
    one = tf.FIFOQueue(10, tf.float32, shared_name="shared", name="one")
    other = tf.RandomShuffleQueue(10, 0, tf.float32, shared_name="shared", name="other")
    run_in_turn(one.size(), other.size())


@mistake
def shared_queue_of_other_dtypes():
    one = tf.FIFOQueue(10, tf.float32, shared_name="shared", name="one")
    other = tf.FIFOQueue(10, tf.int32, shared_name="shared", name="other")
    run_in_turn(one.size(), other.size())


@mistake
def dequeue_waits_too_long():
    run_in_turn(queue_of_pairs().dequeue(), timeout=50)


@mistake
def enqueue_waits_too_long():
    queue = tf.FIFOQueue(1, tf.float32, name="queue")
    put = queue.enqueue(1.0)
    run_in_turn(put, put, timeout=50)


@mistake
def dequeue_waits_longer_than_the_run_may():
    queue = queue_of_pairs()
    with tf.Session() as session:
        session.run(queue.dequeue(), options=tf.RunOptions(timeout_in_ms=50))


@mistake
def shuffled_dequeue_leaves_the_least():
    queue = tf.RandomShuffleQueue(10, 2, tf.float32, shapes=[()], name="mixed")
    run_in_turn(queue.enqueue_many([[1.0, 2.0, 3.0]]), queue.dequeue_many(2), timeout=50)


# ---- staging areas ----


def staged_pairs(**options):
    return tf.contrib.staging.StagingArea([tf.float32, tf.int32], shapes=[[2], []], **options)


@mistake
def staging_shapes_too_few():
    tf.contrib.staging.StagingArea([tf.float32, tf.int32], shapes=[[2]])


@mistake
def staging_names_too_few():
    staged_pairs(names=["a"])


@mistake
def staging_another_dtype():
    staged_pairs().put([tf.zeros([2]), tf.constant(1.0)])


@mistake
def staging_another_shape():
    staged_pairs().put([tf.zeros([3]), tf.constant(1)])


@mistake
def staging_too_many():
    staged_pairs().put([tf.zeros([2]), tf.constant(1), tf.constant(1)])


@mistake
def staging_without_the_dictionary():
    staged_pairs(names=["a", "b"]).put([tf.zeros([2]), tf.constant(1)])


@mistake
def staging_of_other_names():
    staged_pairs(names=["a", "b"]).put({"a": tf.zeros([2]), "c": tf.constant(1)})


@mistake
def staging_beyond_the_memory():
    area = tf.contrib.staging.StagingArea([tf.float32], memory_limit=10)
    run_in_turn(area.put([tf.zeros([20])]))


# ---- staging areas with keys ----


def map_of_pairs(**options):
    return data_flow_ops.MapStagingArea([tf.float32, tf.int32], shapes=[[2], []], **options)


def key(number):
    return tf.constant(number, tf.int64)


@mistake
def map_staging_shapes_too_few():
    data_flow_ops.MapStagingArea([tf.float32, tf.int32], shapes=[[2]])


@mistake
def map_staging_names_too_many():
    map_of_pairs(names=["a", "b", "c"])


@mistake
def map_staging_another_dtype():
    map_of_pairs().put(key(1), [tf.zeros([2]), tf.constant(1.0)], [0, 1])


@mistake
def map_staging_another_shape():
    map_of_pairs().put(key(1), [tf.zeros([3]), tf.constant(1)], [0, 1])


@mistake
def map_staging_without_indices():
    map_of_pairs().put(key(1), [tf.zeros([2]), tf.constant(1)])


@mistake
def map_staging_without_the_dictionary():
    map_of_pairs(names=["a", "b"]).put(key(1), [tf.zeros([2]), tf.constant(1)], [0, 1])


@mistake
def map_staging_of_other_names():
    map_of_pairs(names=["a", "b"]).put(key(1), {"a": tf.zeros([2]), "c": tf.constant(1)})


@mistake
def map_staging_a_dictionary_without_names():
    map_of_pairs().put(key(1), {"a": tf.zeros([2])})


@mistake
def map_staging_no_indices():
    map_of_pairs().get(key(1), indices=[])


@mistake
def map_staging_names_of_none():
    map_of_pairs().get(key(1), indices=["a"])


@mistake
def map_staging_mixed_indices():
    map_of_pairs(names=["a", "b"]).peek(key(1), indices=["a", 1])


@mistake
def map_staging_indices_of_another_type():
    map_of_pairs().get(indices=3)


@mistake
def map_staging_a_key_of_floats():
    map_of_pairs().get(1.5)


@mistake
def map_staging_twice():
    put = map_of_pairs().put(key(1), [tf.zeros([2])], [0])
    run_in_turn(put, put)


@mistake
def map_staging_gone_already():
    area = map_of_pairs()
    run_in_turn(area.put(key(1), [tf.zeros([2]), tf.constant(1)], [0, 1]), area.get(key(1), [0]), area.peek(key(1), [0]))


@mistake
def map_staging_in_falling_order():
    area = map_of_pairs(ordered=True)
    run_in_turn(area.put(key(1), [tf.constant(1), tf.zeros([2])], [1, 0]))


@mistake
def map_staging_beyond_the_memory():
    area = data_flow_ops.MapStagingArea([tf.float32, tf.int32], memory_limit=10)
    run_in_turn(area.put(key(1), [tf.zeros([20])], [0]))
