import tensorflow as tf


def facts_of(queue):
    return "%s %s %s %s %s" % (queue.name, queue.dtypes, queue.shapes, queue.names, queue.queue_ref)


def first_in_first_out():
    """All forms of putting in and taking out, with and without names of one's own."""
    queue = tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[2], []])
    x = tf.placeholder(tf.float32, name="x")
    put = queue.enqueue([[1.0, 2.0], 3])
    put_many = queue.enqueue_many(([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [7, 8, 9]), name="many")
    put_fed = queue.enqueue((x, 4), name="fed")
    one, two, some = queue.dequeue(), queue.dequeue_many(2), queue.dequeue_up_to(3)
    named = queue.dequeue(name="taken"), queue.dequeue_many(1, name="one"), queue.dequeue_up_to(1, name="some")
    size, closed = queue.size(), queue.is_closed()
    close, cancel = queue.close(), queue.close(cancel_pending_enqueues=True, name="cancel")
    more = [queue.size(name="how_many"), queue.is_closed(name="whether")]
    facts = {"queue": facts_of(queue), "one": one, "two": two, "some": some, "named": named, "size": size,
             "closed": closed, "more": more}
    steps = [{"run": [put]}, {"run": [put_many]}, {"run": [put_fed], "feed": {x: [0.5, 0.25]}},
             {"fetch": [size, closed]}, {"fetch": list(one)}, {"fetch": list(two)}, {"fetch": [size]},
             {"run": [put_many]}, {"run": [close]}, {"fetch": [closed, size]}, {"fetch": list(some)},
             {"fetch": list(some)}, {"fetch": [size]}, {"run": [cancel]}]
    return {"steps": steps, "facts": facts}


def names_and_shapes():
    """One component or several, with names or without, of known shapes or not."""
    single = tf.FIFOQueue(5, tf.string, name="single")
    listed = tf.FIFOQueue(5, [tf.string], shapes=[()], name="listed")
    flat = tf.FIFOQueue(5, tf.float32, shapes=(2, 3), name="flat")
    shaped = tf.FIFOQueue(5, tf.float32, shapes=tf.TensorShape([4]), name="shaped")
    named = tf.FIFOQueue(5, [tf.float32, tf.int64], shapes=[(), (2,)], names=["value", "place"], shared_name="shared")
    again = tf.FIFOQueue(5, [tf.float32, tf.int64], shapes=[(), (2,)], names=["value", "place"], shared_name="shared")
    with tf.name_scope("inside"):
        inner = tf.FIFOQueue(-1, [tf.bool])
        inner_put, inner_taken = inner.enqueue(True), inner.dequeue()
    put = [single.enqueue("a"), single.enqueue(["b"]), listed.enqueue_many([["c", "d"]]), flat.enqueue([tf.zeros([2, 3])]),
           shaped.enqueue([[1.0, 2.0, 3.0, 4.0]]), named.enqueue({"place": [1, 2], "value": 0.5}),
           named.enqueue_many({"place": [[3, 4]], "value": [1.5]})]
    taken = [single.dequeue(), listed.dequeue_many(2), flat.dequeue(), shaped.dequeue_up_to(1)]
    mapped = again.dequeue_many(2)
    by_handle = tf.QueueBase([tf.string], None, None, single.queue_ref)
    behind = by_handle.dequeue()
    facts = {queue.name: facts_of(queue) for queue in (single, listed, flat, shaped, named, inner, by_handle)}
    facts.update({"taken": taken, "mapped": sorted(mapped.items()), "inner": inner_taken, "behind": behind})
    return {"steps": [{"run": put[:1]}, {"run": put[1:2]}, {"run": put[2:-1] + [inner_put]}, {"run": put[-1:]}, {"fetch": taken},
                      {"fetch": [mapped["value"], mapped["place"]]}, {"fetch": [inner_taken, behind]}], "facts": facts}


def chosen():
    """One queue of a list, by an index that a run knows."""
    first = tf.FIFOQueue(5, [tf.float32, tf.int32], shapes=[[2, 3], []], name="first")
    second = tf.FIFOQueue(5, [tf.float32, tf.int32], shapes=[[2, 4], []], name="second")
    third = tf.RandomShuffleQueue(5, 0, [tf.float32, tf.int32], name="third")
    index = tf.placeholder(tf.int32, (), name="index")
    either = tf.QueueBase.from_list(index, [first, second])
    any_of = tf.QueueBase.from_list(index, [first, second, third])
    put, taken, size = any_of.enqueue([tf.zeros([2, 4]), 3]), either.dequeue(), any_of.size()
    facts = {"either": facts_of(either), "any": facts_of(any_of), "taken": taken}
    return {"steps": [{"run": [put], "feed": {index: 1}}, {"run": [put], "feed": {index: 2}},
                      {"fetch": list(taken), "feed": {index: 1}}, {"fetch": [size], "feed": {index: 0}},
                      {"fetch": [size], "feed": {index: 2}}], "facts": facts}


def shuffled():
    """In the order of the seeds, of the graph, the op, and the name that queues share."""
    queue = tf.RandomShuffleQueue(50, 10, [tf.float32, tf.string], shapes=[[], []], seed=42)
    put = queue.enqueue_many([tf.range(22.0), tf.as_string(tf.range(22))])
    batch, one, rest = queue.dequeue_many(5), queue.dequeue(), queue.dequeue_up_to(20)
    tf.set_random_seed(7)
    by_graph = tf.RandomShuffleQueue(20, 0, tf.int32, shapes=[()], name="by_graph")
    by_name = tf.RandomShuffleQueue(20, 0, tf.int32, shapes=[()], shared_name="name", name="by_name")
    by_both = tf.RandomShuffleQueue(20, 2, tf.int32, shapes=[()], seed=3, shared_name="other", name="by_both")
    puts = [each.enqueue_many([tf.range(12)]) for each in (by_graph, by_name, by_both)]
    takes = [each.dequeue_many(9) for each in (by_graph, by_name, by_both)]
    facts = {"queue": facts_of(queue), "batch": batch}
    return {"steps": [{"run": [put]}, {"fetch": list(batch)}, {"fetch": list(batch)}, {"fetch": list(one)},
                      {"run": [put]}, {"fetch": list(batch)}, {"run": [queue.close()]}, {"fetch": list(batch)},
                      {"fetch": list(rest)}, {"run": puts}, {"fetch": takes}], "facts": facts}


def padded():
    """Elements of different sizes make a batch of the largest."""
    queue = tf.PaddingFIFOQueue(10, [tf.int32, tf.string], [[None, None], [None]])
    sizes = [(3, 2), (1, 1), (2, 4), (0, 3)]
    puts = [queue.enqueue([tf.fill([rows, columns], i + 1), tf.fill([columns], "s%d" % i)])
            for i, (rows, columns) in enumerate(sizes)]
    many = queue.enqueue_many([tf.ones([2, 1, 2], tf.int32), [["a"], ["b"]]])
    full = tf.PaddingFIFOQueue(10, tf.float32, shapes=[(2,)], names=["only"], name="full")
    full_put, full_taken = full.enqueue({"only": [1.0, 2.0]}), full.dequeue_many(1)
    batch, rest, one = queue.dequeue_many(3), queue.dequeue_up_to(5), queue.dequeue()
    facts = {"queue": facts_of(queue), "batch": batch, "rest": rest, "full": facts_of(full), "one": one}
    steps = [{"run": [put]} for put in puts] + [{"fetch": list(batch)}, {"run": [many]}, {"run": [queue.close()]},
                                               {"fetch": list(one)}, {"fetch": list(rest)}, {"run": [full_put]},
                                               {"fetch": [full_taken["only"]]}]
    return {"steps": steps, "facts": facts}


def prioritised():
    """The least priority first, and among equals as a heap has them."""
    queue = tf.PriorityQueue(50, [tf.string], [[]])
    priorities = [5, 1, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
    put = queue.enqueue_many([tf.constant(priorities, tf.int64), tf.as_string(tf.range(len(priorities)))])
    one, some, rest = queue.dequeue(), queue.dequeue_many(7), queue.dequeue_up_to(9)
    late = queue.enqueue([tf.constant(0, tf.int64), "late"])
    named = tf.PriorityQueue(5, tf.float32, [[]], names=["priority", "value"], name="named")
    named_put, named_taken = named.enqueue({"priority": tf.constant(1, tf.int64), "value": 0.5}), named.dequeue()
    facts = {"queue": facts_of(queue), "one": one, "some": some, "named": facts_of(named)}
    return {"steps": [{"run": [put]}, {"fetch": list(one)}, {"fetch": list(some)}, {"run": [late]},
                      {"fetch": list(one)}, {"run": [queue.close()]}, {"fetch": list(rest)}, {"run": [named_put]},
                      {"fetch": [named_taken["value"], named_taken["priority"]]}], "facts": facts}


def component_alone():
    """Who takes one component has taken the whole element."""
    queue = tf.FIFOQueue(10, [tf.float32, tf.int32], shapes=[[], []])
    put = queue.enqueue_many([[1.0, 2.0, 3.0], [1, 2, 3]])
    value, number = queue.dequeue()
    return {"steps": [{"run": [put]}, {"fetch": [value]}, {"fetch": [number]}, {"fetch": [queue.size()]},
                      {"fetch": [number, value]}]}


def through_the_graph():
    """What is taken goes on: through ops, into another queue, with control edges."""
    numbers = tf.FIFOQueue(100, tf.float32, shapes=[()], name="numbers")
    squares = tf.FIFOQueue(100, tf.float32, shapes=[()], name="squares")
    count = tf.get_variable("count", (), tf.int32, tf.zeros_initializer(), trainable=False)
    put = numbers.enqueue_many([tf.range(10.0)])
    with tf.control_dependencies([tf.assign_add(count, 1)]):
        move = squares.enqueue(tf.square(numbers.dequeue()))
    move_many = squares.enqueue_many([tf.square(numbers.dequeue_many(5))])
    total = tf.reduce_sum(squares.dequeue_many(7))
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [put]}, {"run": [move]}, {"run": [move]},
                      {"run": [move_many]}, {"fetch": [count, numbers.size(), squares.size()]}, {"fetch": [total]}]}


VARIANTS = {"first_in_first_out": first_in_first_out, "names_and_shapes": names_and_shapes, "chosen": chosen,
            "shuffled": shuffled, "padded": padded, "prioritised": prioritised, "component_alone": component_alone,
            "through_the_graph": through_the_graph}
