import tensorflow as tf

import threading
import time


def message(runner):
    return str(runner.to_proto()).replace("\n", " ")


def counted(limit, capacity=4, name="counter"):
    """A queue, and the operation that puts 1, 2, ... limit in, and then is out of range."""
    count = tf.get_variable(name, (), tf.int32, tf.zeros_initializer(), trainable=False, use_resource=False)
    queue = tf.FIFOQueue(capacity, tf.int32, shapes=[()], name=name + "_queue")
    return queue, queue.enqueue(tf.count_up_to(count, limit))


def made():
    """What a runner adds to the graph, and what it says of itself."""
    queue, put = counted(10)
    runner = tf.train.QueueRunner(queue, [put] * 2)
    tf.train.add_queue_runner(runner)
    with tf.name_scope("inside"):
        other = tf.FIFOQueue(4, tf.float32)
        puts = [other.enqueue(1.0), other.enqueue(2.0)]
        close, cancel = other.close(name="close_it"), other.close(cancel_pending_enqueues=True, name="cancel_it")
        by_hand = tf.train.QueueRunner(other, puts, close_op=close, cancel_op=cancel, queue_closed_exception_types=(
            tf.errors.OutOfRangeError, tf.errors.CancelledError))
    tf.train.add_queue_runner(by_hand, collection="others")
    again = tf.train.QueueRunner(queue_runner_def=runner.to_proto())
    scoped = tf.train.QueueRunner.from_proto(by_hand.to_proto("inside"), import_scope="inside")
    facts = {"runner": message(runner), "by_hand": message(by_hand), "again": message(again), "scoped": message(scoped),
             "exported": str(by_hand.to_proto("inside")).replace("\n", " "), "outside": by_hand.to_proto("elsewhere"),
             "names": [runner.name, by_hand.name, again.name], "ops": [op.name for op in by_hand.enqueue_ops],
             "close": [runner.close_op.name, runner.cancel_op.name, by_hand.close_op.name, again.cancel_op.name],
             "types": [t.__name__ for t in by_hand.queue_closed_exception_types],
             "queue": again.queue.name, "collected": len(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS))}
    return {"steps": [], "facts": facts}


def run_to_the_end():
    """Two threads count up; when both are through the queue is closed, and what it has left comes out."""
    queue, put = counted(25)
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [put] * 2))
    taken = queue.dequeue()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coord)
        again = tf.train.start_queue_runners(session, coord)
        numbers = []
        try:
            while not coord.should_stop():
                numbers.append(int(session.run(taken)))
        except tf.errors.OutOfRangeError as error:
            coord.request_stop(error)
        coord.join(threads)
    facts = {"numbers": sorted(numbers), "threads": len(threads), "again": len(again), "joined": coord.joined,
             "names": sorted(thread.name for thread in threads), "daemon": [thread.daemon for thread in threads]}
    return {"steps": [], "facts": facts}


def stopped():
    """A stop cancels what waits at a full queue."""
    queue, put = counted(1000, capacity=2)
    runner = tf.train.QueueRunner(queue, [put] * 3)
    taken = queue.dequeue()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        coord = tf.train.Coordinator(clean_stop_exception_types=(tf.errors.CancelledError,))
        threads = runner.create_threads(session, coord=coord, daemon=True, start=True)
        numbers = [int(session.run(taken)) for _ in range(5)]
        coord.request_stop()
        coord.join(threads, stop_grace_period_secs=20)
        left = [thread.is_alive() for thread in threads]
    return {"steps": [], "facts": {"count": len(numbers), "distinct": len(set(numbers)), "left": left}}


def failing():
    """An error in a thread stops all, and is raised where they are joined."""
    queue = tf.FIFOQueue(4, tf.float32, shapes=[()], name="queue")
    denominator = tf.placeholder_with_default(0, (), name="denominator")
    bad = queue.enqueue(tf.cast(tf.floordiv(1, denominator, name="quotient"), tf.float32))
    runner = tf.train.QueueRunner(queue, [bad])
    facts = {}
    with tf.Session() as session:
        coord = tf.train.Coordinator()
        threads = runner.create_threads(session, coord=coord, daemon=True, start=True)
        try:
            coord.join(threads, stop_grace_period_secs=20)
        except tf.errors.InvalidArgumentError as error:
            facts["error"] = error.message.split("\n")[0]
        facts["stops"], facts["raised"] = coord.should_stop(), runner.exceptions_raised
    return {"steps": [], "facts": facts}


def stored():
    """A runner goes through a MetaGraph and fills its queue there, in a scope or not."""
    queue, put = counted(12)
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [put]))
    total = tf.reduce_sum(queue.dequeue_many(5), name="total")
    meta_graph = tf.train.export_meta_graph()
    facts = {"total": total.shape,
             "stored": str(sorted(meta_graph.collection_def)),
             "kind": meta_graph.collection_def["queue_runners"].WhichOneof("kind")}
    for scope in (None, "scope"):
        with tf.Graph().as_default() as graph, tf.Session() as session:
            tf.train.import_meta_graph(meta_graph, import_scope=scope)
            prefix = scope + "/" if scope else ""
            runners = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
            facts["came back %s" % scope] = [message(runner) for runner in runners]
            session.run(tf.global_variables_initializer())
            coord = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coord)
            facts["totals %s" % scope] = [int(session.run(prefix + "total:0")) for _ in range(2)]
            coord.request_stop()
            coord.join(threads)
    return {"steps": [], "facts": facts}


def in_a_monitored_session():
    """A monitored session starts the runners of the graph, and stops them."""
    queue, put = counted(20)
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [put]))
    taken = queue.dequeue()
    tf.train.get_or_create_global_step()
    numbers = []
    with tf.train.MonitoredSession() as session:
        while not session.should_stop():
            numbers.append(int(session.run(taken)))
    return {"steps": [], "facts": {"numbers": numbers}}


def coordinated():
    """A coordinator with threads of the program's own."""
    facts = {}
    coord = tf.train.Coordinator()
    seen = []

    def work(limit):
        with coord.stop_on_exception():
            while not coord.should_stop():
                seen.append(1)
                if len(seen) > limit:
                    coord.request_stop()
                time.sleep(0.001)

    threads = [threading.Thread(target=work, args=(20,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    facts["stopped"] = coord.wait_for_stop(20)
    coord.join(threads)
    facts["joined"], facts["enough"] = coord.joined, len(seen) > 20
    coord.clear_stop()
    facts["cleared"] = [coord.should_stop(), coord.joined, coord.wait_for_stop(0.01)]
    loops = []
    looper = tf.train.LooperThread.loop(coord, None, lambda x: (loops.append(x), len(loops) > 4 and coord.request_stop()),
                                        args=(7,))
    coord.join()
    facts["loops"] = [loops[0], len(loops) > 4, looper.is_alive()]
    failing = tf.train.Coordinator()
    with failing.stop_on_exception():
        raise KeyError("lost")
    for name, function in [("join", failing.join), ("raise", failing.raise_requested_exception)]:
        try:
            function()
        except KeyError as error:
            facts[name] = str(error)
    ended = tf.train.Coordinator()
    ended.request_stop(tf.errors.OutOfRangeError(None, None, "over"))
    ended.join()
    facts["ended"] = ended.joined
    blocked = tf.train.Coordinator()
    free = threading.Event()
    thread = threading.Thread(target=free.wait, args=(20,), name="blocked")
    thread.start()
    blocked.register_thread(thread)
    blocked.request_stop()
    try:
        blocked.join(stop_grace_period_secs=0.05)
    except RuntimeError as error:
        facts["still running"] = str(error)
    free.set()
    thread.join()
    return {"steps": [], "facts": facts}


VARIANTS = {"made": made, "run_to_the_end": run_to_the_end, "stopped": stopped, "failing": failing, "stored": stored,
            "in_a_monitored_session": in_a_monitored_session, "coordinated": coordinated}
