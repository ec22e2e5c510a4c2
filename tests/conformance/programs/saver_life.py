import tensorflow as tf

import os

import numpy as np


def model():
    w = tf.Variable([1.0, 2.0], name="w")
    n = tf.Variable(3, name="n", trainable=False)
    return w, n, tf.global_variables_initializer()


def files():
    return sorted(name for name in os.listdir(".") if not name.startswith("."))


def kept():
    """What stays of many checkpoints, and what the state file says."""
    w, _, init = model()
    step = w.assign_add([1.0, 1.0])
    saver = tf.train.Saver(max_to_keep=2)
    facts = {}
    with tf.Session() as sess:
        sess.run(init)
        for number in range(4):
            sess.run(step)
            path = saver.save(sess, "./kept", global_step=number)
        facts["path"] = path
        facts["files"] = files()
        facts["last"] = saver.last_checkpoints
        facts["latest"] = tf.train.latest_checkpoint(".")
        state = tf.train.get_checkpoint_state(".")
        facts["state"] = [state.model_checkpoint_path, list(state.all_model_checkpoint_paths)]
        facts["exists"] = [tf.train.checkpoint_exists(path), tf.train.checkpoint_exists("./kept-0")]
        saver.restore(sess, "./kept-2")
        facts["restored"] = sess.run(w)
        saver.set_last_checkpoints(["./kept-2"])
        facts["set"] = saver.last_checkpoints
        facts["nowhere"] = [tf.train.latest_checkpoint("nowhere"), tf.train.get_checkpoint_state("nowhere")]
        facts["mtimes"] = len(tf.train.get_checkpoint_mtimes(["./kept-2", "./kept-3"]))
    for name in files():
        os.remove(name)
    return {"steps": [], "facts": facts}


def forms():
    """Options of save: no meta graph, no state, other suffixes, absolute and nested paths."""
    w, n, init = model()
    facts = {}
    here = os.getcwd()
    with tf.Session() as sess:
        sess.run(init)
        saver = tf.train.Saver()
        facts["plain"] = saver.save(sess, "./a.ckpt")
        facts["bare"] = saver.save(sess, "b.ckpt")
        facts["no meta"] = saver.save(sess, "./c.ckpt", write_meta_graph=False, write_state=False)
        facts["suffix"] = saver.save(sess, "./d", global_step=n, meta_graph_suffix="graph")
        facts["tensor step"] = saver.save(sess, "./e", global_step=7, latest_filename="other")
        facts["absolute"] = saver.save(sess, os.path.join(here, "f.ckpt")).replace(here, "HERE")
        facts["nested"] = saver.save(sess, "./deep/g.ckpt")
        facts["files"] = files()
        facts["other state"] = tf.train.latest_checkpoint(".", latest_filename="other")
        saver.restore(sess, os.path.join(here, "f.ckpt"))
        facts["values"] = sess.run([w, n])
        named = tf.train.Saver({"weights": w})
        named.save(sess, "./h.ckpt")
        facts["named"] = tf.train.list_variables("./h.ckpt")
        listed = tf.train.Saver([n, w], name="listed", max_to_keep=None)
        listed.save(sess, "./i.ckpt")
        facts["listed"] = tf.train.list_variables("./i.ckpt")
    for name in files():
        if os.path.isfile(name):
            os.remove(name)
    for name in os.listdir("deep"):
        os.remove("deep/" + name)
    os.rmdir("deep")
    return {"steps": [], "facts": facts}


def readers():
    w, n, init = model()
    tf.Variable(["a", "b"], name="scope/s")
    facts = {}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(sess, "./r.ckpt")
    reader = tf.train.NewCheckpointReader(path)
    again = tf.train.load_checkpoint(path)
    facts["shapes"] = sorted(reader.get_variable_to_shape_map().items())
    facts["types"] = sorted((key, value.name) for key, value in reader.get_variable_to_dtype_map().items())
    facts["has"] = [reader.has_tensor("w"), reader.has_tensor("x")]
    facts["tensor"] = [reader.get_tensor("w"), reader.get_tensor("n"), again.get_tensor("scope/s")]
    facts["load"] = tf.train.load_variable(path, "w")
    facts["list"] = tf.train.list_variables(".")
    try:
        reader.get_tensor("x")
    except tf.errors.NotFoundError as error:
        facts["missing"] = type(error)
    for name in files():
        os.remove(name)
    return {"steps": [], "facts": facts}


def restored_elsewhere():
    """A checkpoint in a rebuilt graph; under other names; through its meta graph alone."""
    w, n, init = model()
    y = tf.reduce_sum(w * 2.0, name="y")
    tf.add_to_collection("outputs", y)
    tf.add_to_collection("words", "text")
    facts = {}
    with tf.Session() as sess:
        sess.run(init)
        sess.run(w.assign([5.0, 6.0]))
        tf.train.Saver().save(sess, "./model.ckpt")
    with tf.Graph().as_default(), tf.Session() as sess:
        other = tf.Variable([0.0, 0.0], name="renamed")
        tf.train.Saver({"w": other}).restore(sess, "./model.ckpt")
        facts["renamed"] = sess.run(other)
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        saver = tf.train.import_meta_graph("./model.ckpt.meta")
        saver.restore(sess, "./model.ckpt")
        facts["meta"] = sess.run("y:0")
        facts["collections"] = [item if isinstance(item, bytes) else item.name
                                for key in ("outputs", "words") for item in graph.get_collection(key)]
        facts["variables"] = [variable.name for variable in tf.global_variables()]
        facts["trainable"] = [variable.name for variable in tf.trainable_variables()]
        facts["operations"] = len(graph.get_operations())
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        saver = tf.train.import_meta_graph("./model.ckpt.meta", import_scope="inside", clear_devices=True)
        facts["in scope"] = [variable.name for variable in tf.global_variables()]
        saver.restore(sess, "./model.ckpt")
        facts["in scope value"] = sess.run("inside/y:0")
    with tf.Graph().as_default(), tf.Session() as sess:
        (y_again,) = tf.import_graph_def(y.graph.as_graph_def(), return_elements=["y:0"])
        facts["constants of the graph"] = y_again
    for name in files():
        os.remove(name)
    return {"steps": [], "facts": facts}


def from_checkpoint():
    """New variables that start with a checkpoint's values."""
    with tf.Graph().as_default(), tf.Session() as sess:
        with tf.variable_scope("old"):
            a = tf.get_variable("a", initializer=tf.constant([1.0, 2.0]))
            b = tf.get_variable("b", initializer=tf.constant([[3.0]]))
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, "./old.ckpt")
    with tf.variable_scope("new"):
        a = tf.get_variable("a", [2])
        b = tf.get_variable("b", [1, 1])
    tf.train.init_from_checkpoint("./old.ckpt", {"old/": "new/"})
    facts = {}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        facts["values"] = sess.run([a, b])
    for name in files():
        os.remove(name)
    return {"steps": [], "facts": facts}


def meta_graphs():
    """MetaGraphDefs: exported, with a scope cut out, read back; SaverDefs."""
    with tf.name_scope("part"):
        v = tf.Variable(1.0, name="v")
        tf.add(v, 2.0, name="sum")
    tf.constant(0, name="outside")
    saver = tf.train.Saver(max_to_keep=3)
    meta = tf.train.export_meta_graph(collection_list=["variables"])
    tf.train.export_meta_graph("./m.meta", saver_def=saver.saver_def, as_text=False)
    scoped = tf.train.export_meta_graph(export_scope="part")
    whole = saver.export_meta_graph()
    rebuilt = tf.train.Saver.from_proto(saver.to_proto())
    definition = saver.as_saver_def()
    facts = {
        "nodes": [node.name for node in meta.graph_def.node], "collections": sorted(meta.collection_def),
        "version": [meta.meta_info_def.tensorflow_version != "", meta.meta_info_def.stripped_op_list.op[0].name],
        "scoped": [node.name for node in scoped.graph_def.node], "saver": definition,
        "whole": [whole.saver_def.max_to_keep, sorted(whole.collection_def)],
        "rebuilt": rebuilt.saver_def == definition,
        "variables": len(meta.collection_def["variables"].bytes_list.value),
    }
    with tf.Graph().as_default() as graph:
        again = tf.train.import_meta_graph("./m.meta")
        facts["imported"] = [op.name for op in graph.get_operations()][:4]
        facts["its saver"] = again.saver_def == saver.saver_def
    with tf.Graph().as_default():
        facts["without saver"] = tf.train.import_meta_graph(scoped)
    os.remove("m.meta")
    return {"steps": [], "facts": facts}


def state_files():
    tf.constant(1)
    tf.train.update_checkpoint_state(".", "a-3", ["a-1", "a-2"])
    facts = {}
    with open("checkpoint") as stream:
        facts["text"] = stream.read()
    state = tf.train.generate_checkpoint_state_proto("/save/dir", "/save/dir/m-2", ["/save/dir/m-1"])
    facts["proto"] = state
    facts["latest is not there"] = tf.train.latest_checkpoint(".")
    os.remove("checkpoint")
    return {"steps": [], "facts": facts}


def resumed():
    """Training that was interrupted goes on where the last checkpoint stands, to the same end."""
    x = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)

    def training(steps, save):
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.set_random_seed(1)
            w = tf.Variable(tf.random_uniform([2, 1], seed=5), name="w")
            loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - [[1.0], [2.0]]))
            train = tf.train.AdamOptimizer(0.1).minimize(loss)
            saver = tf.train.Saver()
            if tf.train.latest_checkpoint("."):
                saver.restore(sess, tf.train.latest_checkpoint("."))
            else:
                sess.run(tf.global_variables_initializer())
            for _ in range(steps):
                sess.run(train)
            if save:
                saver.save(sess, "./run.ckpt")
            return sess.run([w, loss])

    at_once = training(6, False)
    training(3, True)
    resumed_values = training(3, False)
    for name in files():
        os.remove(name)
    tf.constant(0)
    return {"steps": [], "facts": {"at once": at_once, "equal": bool(np.array_equal(at_once[0], resumed_values[0]))}}


def paths_of_bytes():
    """What is read and written by paths that are bytes, as export_savedmodel gives them."""
    w, _, init = model()
    facts = {}
    with tf.Session() as sess:
        sess.run(init)
        tf.train.Saver().save(sess, "./bytes")
        tf.saved_model.simple_save(sess, "saved", {"w": w}, {"w": w})
        sess.run(w.assign([5.0, 6.0]))
        tf.train.Saver().restore(sess, b"bytes")
        facts["restored"] = sess.run(w)
    with tf.Session(graph=tf.Graph()) as sess:
        loaded = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], b"saved")
        facts["signatures"] = sorted(loaded.signature_def)
        facts["loaded"] = sess.run("w:0")
    facts["is_saved_model"] = tf.saved_model.loader.maybe_saved_model_directory("saved")
    tf.gfile.DeleteRecursively("saved")
    for name in os.listdir("."):
        os.remove(name)
    return {"steps": [], "facts": facts}


VARIANTS = {
    "kept": kept,
    "paths_of_bytes": paths_of_bytes,
    "forms": forms,
    "readers": readers,
    "restored_elsewhere": restored_elsewhere,
    "from_checkpoint": from_checkpoint,
    "meta_graphs": meta_graphs,
    "state_files": state_files,
    "resumed": resumed,
}
