"""Who waits for an element of a dataset holds up nobody else."""

import threading

import pytest

import headrace as tf


def gated(gate, begun=None, count=2000):
    """A dataset whose elements come when the gate is open; `begun` tells that somebody asks for the first one."""

    def numbers():
        if begun:
            begun.set()
        gate.wait()
        yield from range(count)

    return tf.data.Dataset.from_generator(numbers, tf.int64, ())


def in_background(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    return thread, results


def test_a_thousand_wait_and_others_run():
    gate = threading.Event()
    with tf.Graph().as_default():
        iterator = tf.data.make_initializable_iterator(gated(gate))
        total = tf.add_n([iterator.get_next() for _ in range(1000)])
        other = tf.reduce_sum(tf.range(10))
        config = tf.ConfigProto(inter_op_parallelism_threads=1, intra_op_parallelism_threads=1)
        with tf.Session(config=config) as session:
            session.run(iterator.initializer)
            before = threading.active_count()
            thread, results = in_background(lambda: session.run(total))
            for _ in range(100):
                assert session.run(other) == 45
            assert not results and threading.active_count() <= before + 2
            gate.set()
            thread.join()
            assert results == [sum(range(1000))]


def test_what_does_not_need_the_element_runs_meanwhile():
    """Even in one run, in which the gate is opened behind a waiting node."""
    gate = threading.Event()
    with tf.Graph().as_default():
        closed = tf.data.make_one_shot_iterator(gated(gate))

        def open_gate(x):
            gate.set()
            return x

        opened = tf.py_func(open_gate, [tf.constant(7.0)], tf.float32)
        with tf.Session() as session:
            assert session.run([closed.get_next(), opened]) == [0, 7.0]


def test_a_run_that_is_cancelled_leaves_the_line():
    gate, begun = threading.Event(), threading.Event()
    with tf.Graph().as_default():
        iterator = tf.data.make_initializable_iterator(gated(gate, begun))
        element = iterator.get_next()
        with tf.Session() as session:
            session.run(iterator.initializer)
            thread, results = in_background(lambda: session.run(element))
            begun.wait()
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(iterator.get_next(), options=tf.RunOptions(timeout_in_ms=50))
            gate.set()
            thread.join()
            assert results == [0] and session.run(element) == 1


def test_elements_behind_a_prefetch():
    """What is in the buffer comes at once; then the run waits, and others do not."""
    gate = threading.Event()

    def numbers():
        yield 1
        yield 2
        gate.wait()
        yield 3

    with tf.Graph().as_default():
        dataset = tf.data.Dataset.from_generator(numbers, tf.int64, ()).prefetch(4)
        element = tf.data.make_one_shot_iterator(dataset).get_next()
        with tf.Session() as session:
            assert [session.run(element), session.run(element)] == [1, 2]
            thread, results = in_background(lambda: session.run(element))
            with pytest.raises(tf.errors.DeadlineExceededError):
                session.run(element, options=tf.RunOptions(timeout_in_ms=50))
            gate.set()
            thread.join()
            assert results == [3]
            with pytest.raises(tf.errors.OutOfRangeError, match='End of sequence'):
                session.run(element)


def test_closing_ends_who_waits_in_line():
    gate, begun = threading.Event(), threading.Event()
    with tf.Graph().as_default():
        iterator = tf.data.make_initializable_iterator(gated(gate, begun))
        element = iterator.get_next()
        session = tf.Session()
        session.run(iterator.initializer)

        def ask():
            try:
                return session.run(element)
            except (tf.errors.CancelledError, RuntimeError):  # in line, or too late
                return 'cancelled'

        asking = [in_background(ask) for _ in range(5)]
        begun.wait()
        closing, _ = in_background(session.close)
        gate.set()
        closing.join()
        for thread, results in asking:
            thread.join()
            assert len(results) == 1 and results[0] in (0, 1, 2, 3, 4, 'cancelled')


def waiting_map(gate):
    """Calls of the host program, all of which wait."""
    def wait(x):
        gate.wait()
        return x

    return tf.data.Dataset.range(8).map(lambda x: tf.py_func(wait, [x], tf.int64), num_parallel_calls=8)


def waiting_interleave(gate):
    """Generators, all of which wait."""
    def numbers(i):
        gate.wait()
        yield i

    return tf.data.Dataset.range(8).interleave(
        lambda i: tf.data.Dataset.from_generator(numbers, tf.int64, (), args=(i,)), cycle_length=8,
        num_parallel_calls=8)


@pytest.mark.parametrize('waiting', [waiting_map, waiting_interleave])
@pytest.mark.parametrize('threads', [1, 2])
def test_what_waits_in_parallel_leaves_threads_to_others(waiting, threads):
    """More wait than there are threads; runs of the same session go on, in which nodes wait for one another and loops
    are split."""
    gate = threading.Event()
    with tf.Graph().as_default():
        element = tf.data.make_one_shot_iterator(waiting(gate)).get_next()
        queue = tf.FIFOQueue(1, tf.float32, shapes=[()])
        passed = tf.group(queue.enqueue(1.0)), queue.dequeue()
        product = tf.reduce_sum(tf.matmul(tf.ones([200, 200]), tf.ones([200, 200])))
        others = tf.data.Dataset.range(20).map(lambda x: x + 1, num_parallel_calls=4)
        numbers = tf.data.make_initializable_iterator(others)
        number = numbers.get_next()
        config = tf.ConfigProto(inter_op_parallelism_threads=threads, intra_op_parallelism_threads=threads)
        with tf.Session(config=config) as session:
            thread, results = in_background(lambda: [int(session.run(element)) for _ in range(8)])
            for _ in range(20):
                assert session.run([*passed, product])[1:] == [1.0, 8e6]
                session.run(numbers.initializer)
                assert [session.run(number) for _ in range(2)] == [1, 2]
            assert not results
            gate.set()
            thread.join()
            assert results == [list(range(8))]
