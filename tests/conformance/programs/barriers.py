import tensorflow as tf
from tensorflow.python.ops import data_flow_ops


def encoded(names):
    return [name.encode() for name in names]


def elements():
    """Components that come under keys in any order, batches of whole elements, and what a closed barrier still gives."""
    barrier = data_flow_ops.Barrier([tf.float32, tf.string], shapes=[[2], []], name="pairs")
    keys = tf.placeholder(tf.string, [None], name="keys")
    numbers, words = tf.placeholder(tf.float32, [None, 2], name="numbers"), tf.placeholder(tf.string, [None], name="words")
    first, second = barrier.insert_many(0, keys, numbers), barrier.insert_many(1, keys, words, name="second")
    ready, incomplete = barrier.ready_size(), barrier.incomplete_size(name="incomplete")
    two, rest = barrier.take_many(2), barrier.take_many(5, allow_small_batch=True, name="rest")
    close = barrier.close()
    facts = {"name": barrier.name, "two": [two[0], two[1], list(two[2])], "ready": ready, "first": first.name}

    def give(*names):
        return {"run": [first], "feed": {keys: encoded(names), numbers: [[ord(name), 0.5] for name in names]}}

    def give_word(*names):
        return {"run": [second], "feed": {keys: encoded(names), words: encoded(name * 3 for name in names)}}

    def taken(batch):
        return {"fetch": [batch[0], batch[1]] + list(batch[2])}

    sizes = {"fetch": [ready, incomplete]}
    steps = [give("c", "a"), sizes, give_word("b"), sizes, give_word("a", "c"), sizes, give("b", "d", "e"), sizes, taken(two),
             sizes, give_word("e"), give("f"), {"run": [close]}, give_word("d"), sizes, taken(rest), sizes]
    return {"steps": steps, "facts": facts}


def of_one_component():
    """Taken while the barrier is open; a key that comes again."""
    barrier = data_flow_ops.Barrier(tf.int64, shapes=[()])
    put = barrier.insert_many(0, tf.constant(["x", "y", "z"]), tf.constant([7, 8, 9], tf.int64))
    again = barrier.insert_many(0, ["y"], tf.constant([80], tf.int64))
    one, three = barrier.take_many(1), barrier.take_many(3)
    return {"steps": [{"run": [put]}, {"fetch": [one[0], one[1], one[2][0]]}, {"run": [again]},
                      {"fetch": [three[0], three[1], three[2][0]]}, {"fetch": [barrier.ready_size()]}],
            "facts": {"one": [one[0], one[1], one[2][0]]}}


VARIANTS = {"elements": elements, "of_one_component": of_one_component}
