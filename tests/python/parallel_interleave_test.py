"""Interleaved datasets that are read in parallel: all at once, in one order; a sloppy one takes what is there."""

import threading

import pytest

import headrace as tf


def meeting(parties, sources, length=4):
    """A function that makes dataset i: its elements come once all of the first `parties` datasets have been begun."""
    barrier = threading.Barrier(parties)

    def numbers(i):
        if i < parties:
            barrier.wait(timeout=60)
        yield from (10 * int(i) + j for j in range(length))

    def make(i):
        return tf.data.Dataset.from_generator(numbers, tf.int64, (), args=(i,))

    return tf.data.Dataset.range(sources), make


def elements(dataset):
    element = tf.data.make_one_shot_iterator(dataset).get_next()
    found = []
    with tf.Session() as session:
        try:
            while True:
                found.append(int(session.run(element)))
        except tf.errors.OutOfRangeError:
            return found


IN_ORDER = [0, 1, 10, 11, 20, 21, 2, 3, 12, 13, 22, 23, 30, 31, 40, 41, 32, 33, 42, 43]


def test_datasets_are_read_at_once_and_in_order():
    with tf.Graph().as_default():
        dataset, make = meeting(3, 5)
        assert elements(dataset.interleave(make, cycle_length=3, block_length=2, num_parallel_calls=3)) == IN_ORDER


def test_the_older_function():
    with tf.Graph().as_default():
        dataset, make = meeting(3, 5)
        parallel = tf.data.experimental.parallel_interleave(make, cycle_length=3, block_length=2)
        assert elements(dataset.apply(parallel)) == IN_ORDER


@pytest.mark.parametrize('calls', [1, 2, 3])
def test_the_order_does_not_depend_on_the_calls(calls):
    with tf.Graph().as_default():
        dataset, make = meeting(1, 5)
        assert elements(dataset.interleave(make, cycle_length=3, block_length=2, num_parallel_calls=calls)) == IN_ORDER


def test_a_sloppy_one_takes_what_is_there():
    gate = threading.Event()

    def numbers(i):
        if i == 0:
            gate.wait(timeout=60)
        yield from (10 * int(i) + j for j in range(3))

    with tf.Graph().as_default():
        dataset = tf.data.Dataset.range(2).apply(tf.data.experimental.parallel_interleave(
            lambda i: tf.data.Dataset.from_generator(numbers, tf.int64, (), args=(i,)), cycle_length=2, sloppy=True))
        element = tf.data.make_one_shot_iterator(dataset).get_next()
        with tf.Session() as session:
            assert [session.run(element) for _ in range(3)] == [10, 11, 12]
            gate.set()
            assert [session.run(element) for _ in range(3)] == [0, 1, 2]
            with pytest.raises(tf.errors.OutOfRangeError):
                session.run(element)


def test_an_error_has_its_place():
    def make(i):
        with tf.control_dependencies([tf.debugging.assert_less(i, tf.constant(2, tf.int64))]):
            return tf.data.Dataset.from_tensors(tf.identity(i)).repeat(2)

    with tf.Graph().as_default():
        dataset = tf.data.Dataset.range(4).interleave(make, cycle_length=4, num_parallel_calls=4)
        element = tf.data.make_one_shot_iterator(dataset).get_next()
        with tf.Session() as session:
            assert [session.run(element) for _ in range(2)] == [0, 1]
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(element)
