"""tf.contrib.training: batches of elements of one kind, or of about one length."""

import tensorflow as tf

import numpy as np

from tensorflow.contrib.training import bucket, bucket_by_sequence_length


def runners():
    return [[runner.name, [op.name for op in runner.enqueue_ops], runner.close_op.name, runner.cancel_op.name,
             sorted(kind.__name__ for kind in runner.queue_closed_exception_types)]
            for runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)]


def collected(fetches, runs):
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


def numbers(count):
    return tf.train.range_input_producer(count, num_epochs=1, shuffle=False).dequeue()


def kinds():
    x = numbers(8)
    which, pair = bucket([x, tf.cast(x, tf.float32)], which_bucket=x % 2, batch_size=2, num_buckets=2)
    named = bucket({"b": x, "a": x}, x % 3, [1, 2, 3], 3, num_threads=2, capacity=10, bucket_capacities=[5, 6, 7],
                   allow_smaller_final_batch=True, shared_name="s", name="named")
    kept = bucket([tf.fill([x], x)], x % 2, 2, 2, dynamic_pad=True, shapes=[[None]], keep_input=x > 2)
    tensors = [which] + pair + [named[0], named[1]["a"], kept[0], kept[1]]
    return {"steps": [], "facts": {"runners": runners(), "shapes": [str(t.shape) for t in tensors],
                                   "summaries": [s.name for s in tf.get_collection(tf.GraphKeys.SUMMARIES)]}}


def kind_values():
    x = numbers(8)
    which, batch = bucket([x], which_bucket=x % 2, batch_size=2, num_buckets=2)
    found = collected([which, batch], 9)
    return {"steps": [], "facts": {"batches": sorted(str(np.asarray(part[1])) for part in found if part != "end"),
                                   "end": found[-1]}}


def lengths():
    x = numbers(8)
    length, (words,) = bucket_by_sequence_length(x, [tf.fill([x], x)], batch_size=2, bucket_boundaries=[3, 6],
                                                 dynamic_pad=True, shapes=[[None]], allow_smaller_final_batch=True)
    named, parts = bucket_by_sequence_length(x, {"x": x, "y": x}, 2, [4], name="by_length")
    return {"steps": [], "facts": {"runners": runners(), "shapes": [str(t.shape) for t in (length, words, named, parts["x"])]}}


def lengths_of_one():
    x = numbers(8)
    length, batch = bucket_by_sequence_length(x, {"x": x}, 2, [4])
    (only,) = batch["x"]  # a list, in a dict of one key
    return {"steps": [], "facts": {"form": type(batch["x"]).__name__, "names": [length.name, only.name],
                                   "shapes": [str(t.shape) for t in (length, only)]}}


def one_bucket():
    """A list with the size of each bucket: the size of a batch is unknown, be there only one."""
    x = tf.placeholder(tf.float32, [3], name="x")
    which, given = tf.placeholder(tf.int32, [], name="which"), tf.placeholder(tf.int32, [], name="given")
    row = tf.SparseTensor([[0, 1]], [1.], [2, 2])
    tensors = [bucket([x], which, sizes, count)[1] for sizes, count in (([2], 1), (2, 1), ([given], 1), ([2, given], 2))]
    sparse = bucket({"a": row}, which, 2, 2)[1]["a"]
    return {"steps": [], "facts": {"shapes": [str(t.shape) for t in tensors], "names": [sparse.indices.name]}}


def lengths_alone():
    """Without tensors the lengths are taken apart."""
    length = tf.placeholder(tf.int32, [], name="length")
    first, others = bucket_by_sequence_length(length, [], 2, [5])
    named, none = bucket_by_sequence_length(length, {}, [2, 3], [5], name="named")
    return {"steps": [], "facts": {"shapes": [str(t.shape) for t in (first, others, named)], "none": str(none)}}


VARIANTS = {"one_bucket": one_bucket, "lengths_alone": lengths_alone, "kinds": kinds, "kind_values": kind_values, "lengths": lengths, "lengths_of_one": lengths_of_one}
