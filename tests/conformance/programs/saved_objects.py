"""What savers save beside variables: tables that change, and where iterators are."""

import os

import numpy as np
import tensorflow as tf

exp = tf.data.experimental


def cleaned(prefix):
    for name in os.listdir("."):
        if name.startswith(prefix) or name == "checkpoint":
            os.remove(name)


def tables():
    """Beside variables: what the table had comes back, and what came since goes where the table is dense."""
    weights = tf.get_variable("b_weights", initializer=[1.0, 2.0])
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name="c_table")
    dense = tf.contrib.lookup.MutableDenseHashTable(tf.int64, tf.float32, [0.0, 0.0], empty_key=-1, deleted_key=-2,
                                                    name="a_dense")
    insert = [table.insert(["x", "y"], np.array([1, 2], np.int64)), dense.insert(np.array([5], np.int64), [[1.0, 2.0]])]
    more = [table.insert(["z"], np.array([3], np.int64)), weights.assign([7.0, 8.0])]
    found = [table.lookup(tf.constant(["x", "z"])), dense.lookup(tf.constant([5, 6], tf.int64)), table.size(), weights]
    saver = tf.train.Saver()
    facts = {}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(insert)
        path = saver.save(session, os.path.join(os.getcwd(), "tables.part"), write_meta_graph=False)
        facts["keys"] = str([name for name, _ in tf.train.list_variables(path)])
        session.run(more)
        facts["changed"] = str([value.tolist() for value in session.run(found)])
        saver.restore(session, path)
        facts["restored"] = str([value.tolist() for value in session.run(found)])
    cleaned("tables.part")
    tf.get_default_graph().clear_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
    return {"steps": [], "facts": facts}


def iterators():
    iterator = tf.compat.v1.data.make_initializable_iterator(tf.data.Dataset.range(5))
    following = iterator.get_next()
    saveable = exp.make_saveable_from_iterator(iterator)
    other = tf.compat.v1.data.make_one_shot_iterator(tf.data.Dataset.range(3))
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, exp.make_saveable_from_iterator(other))
    saver = tf.train.Saver()
    facts = {"name": saveable.name, "specs": str([(spec.name, spec.slice_spec, spec.dtype) for spec in saveable.specs])}
    with tf.Session() as session:
        session.run(iterator.initializer)
        session.run([following, following])
        before = session.run(following)
        path = saver.save(session, os.path.join(os.getcwd(), "state.part"), write_meta_graph=False)
        after = session.run(following)
        saver.restore(session, path)
        facts["values"] = str([before, after, session.run(following)])
    cleaned("state.part")
    tf.get_default_graph().clear_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
    return {"steps": [], "facts": facts}


PASSES = {
    "mapped": lambda numbers: numbers.shuffle(5, seed=7).map(tf.identity).repeat(4),
    "small buffer": lambda numbers: numbers.shuffle(3, seed=7).map(tf.identity).repeat(),
    "batches": lambda numbers: numbers.shuffle(5, seed=7).batch(1).map(lambda x: x[0]).repeat(4),
    "two shuffles": lambda numbers: numbers.shuffle(5, seed=7).map(tf.identity).shuffle(2, seed=9).take(5).repeat(4),
    "two repeats": lambda numbers: numbers.shuffle(5, seed=7).map(tf.identity).repeat(2).map(tf.identity).repeat(2),
    "one order": lambda numbers: numbers.shuffle(5, 7, reshuffle_each_iteration=False).map(tf.identity).repeat(4),
    "fused": lambda numbers: numbers.shuffle(5, seed=7).repeat(4),
}


def elements(make, count, path, saves):
    """The next elements of a pipeline that a new session saves after them, or that goes on from where it was saved."""
    with tf.Graph().as_default(), tf.Session() as session:
        iterator = tf.compat.v1.data.make_initializable_iterator(make(tf.data.Dataset.range(5)))
        following = iterator.get_next()
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, exp.make_saveable_from_iterator(iterator))
        saver, found = tf.train.Saver(), []
        session.run(iterator.initializer)
        if not saves:
            saver.restore(session, path)
        for _ in range(count):
            try:
                found.append(int(session.run(following)))
            except tf.errors.OutOfRangeError:
                found.append("end")
        if saves:
            saver.save(session, path, write_meta_graph=False)
        return found


def shuffled_passes():
    """Each pass has another order, after a restore in a new session, too."""
    path, facts = os.path.join(os.getcwd(), "passes.part"), {}
    for name, make in PASSES.items():
        for count in (3, 8, 14):
            facts["%s after %d" % (name, count)] = str([elements(make, count, path, True),
                                                        elements(make, 21 - count, path, False)])
    cleaned("passes.part")
    return {"steps": [], "facts": facts}


VARIANTS = {function.__name__: function for function in (tables, iterators, shuffled_passes)}
