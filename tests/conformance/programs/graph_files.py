import tensorflow as tf

import os

import numpy as np


def model():
    x = tf.placeholder(tf.float32, (None, 2), name="x")
    w = tf.get_variable("w", initializer=tf.constant([[1.0], [2.0]]))
    b = tf.Variable(0.5, name="b")
    y = tf.add(tf.matmul(x, w), b, name="y")
    tf.Variable(3.0, name="unused")
    return x, y


def names(definition):
    return ["%s %s" % (node.name, node.op) for node in definition.node]


def frozen():
    """Variables become constants; what the outputs do not need goes."""
    x, y = model()
    facts = {}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        constant = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, ["y"])
        some = tf.graph_util.convert_variables_to_constants(sess, sess.graph.as_graph_def(), ["y"],
                                                            variable_names_blacklist=["b"])
        facts["constant"] = names(constant)
        facts["some"] = names(some)
        facts["producer"] = constant.versions.producer
        expected = sess.run(y, {x: [[1.0, 1.0]]})
    cut = tf.graph_util.extract_sub_graph(y.graph.as_graph_def(), ["MatMul"])
    facts["cut"] = names(cut)
    facts["without identities"] = names(tf.graph_util.remove_training_nodes(constant, protected_nodes=["y"]))
    with tf.Graph().as_default(), tf.Session() as sess:
        (again,) = tf.import_graph_def(constant, return_elements=["y:0"], name="frozen")
        facts["same"] = bool(np.array_equal(sess.run(again, {"frozen/x:0": [[1.0, 1.0]]}), expected))
    facts["cpu only"] = tf.graph_util.must_run_on_cpu(y.graph.as_graph_def().node[0])
    tf.test.assert_equal_graph_def(cut, tf.graph_util.extract_sub_graph(y.graph.as_graph_def(), ["MatMul"]))
    return {"steps": [], "facts": facts}


def written():
    """write_graph in both forms, read back through files."""
    _, y = model()
    facts = {"path": tf.train.write_graph(y.graph, ".", "graph.pb", as_text=False),
             "text path": tf.train.write_graph(y.graph.as_graph_def(), "sub", "graph.pbtxt")}
    with tf.gfile.GFile("graph.pb", "rb") as stream:
        definition = tf.GraphDef.FromString(stream.read())
    with tf.gfile.Open("sub/graph.pbtxt") as stream:
        facts["text begins"] = stream.read().split("\n")[:3]
    facts["equal"] = definition == y.graph.as_graph_def()
    os.remove("graph.pb")
    os.remove("sub/graph.pbtxt")
    os.rmdir("sub")
    return {"steps": [], "facts": facts}


def imported():
    """import_graph_def with every option, into a graph with scopes open."""
    with tf.Graph().as_default() as source:
        a = tf.placeholder(tf.float32, (2,), name="a")
        b = tf.multiply(a, 2.0, name="part/b")
        with tf.control_dependencies([b]), tf.device("/device:CPU:0"):
            tf.add(b, 1.0, name="c")
        tf.split(b, 2, name="halves")
    definition = source.as_graph_def()
    mine = tf.constant([5.0, 6.0], name="mine")
    nothing = tf.import_graph_def(definition, name="first")
    c, op, half = tf.import_graph_def(definition, name="second", input_map={"a": mine},
                                      return_elements=["c:0", "c", "halves:1"])
    inner = tf.import_graph_def(definition, input_map={"part/b:0": mine}, return_elements=["c:0"], name="")
    with tf.name_scope("scope"):
        scoped = tf.import_graph_def(definition, return_elements=["c:0"])
        again = tf.import_graph_def(definition, return_elements=["c:0"])
    with tf.variable_scope("vars"):
        (deep,) = tf.graph_util.import_graph_def(definition, {"a:0": mine + 1.0}, ["c:0"], name="deep")
    facts = {"nothing": nothing, "c": c, "op": op, "half": half, "inner": inner, "scoped": scoped + again, "deep": deep}
    return {"steps": [{"fetch": [c, half, inner[0], deep], "feed": {"a:0": [1.0, 1.0]}}], "facts": facts}


def saved_model():
    """A SavedModel with two MetaGraphs: files, signatures, loading by tags."""
    x, y = model()
    facts = {}
    signature = tf.saved_model.signature_def_utils.predict_signature_def(inputs={"x": x}, outputs={"y": y})
    built = tf.saved_model.signature_def_utils.build_signature_def(
        inputs={"in": tf.saved_model.utils.build_tensor_info(x)}, outputs={"out": tf.saved_model.build_tensor_info(y)},
        method_name="mine")
    builder = tf.saved_model.builder.SavedModelBuilder("./exported")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING], signature_def_map={
            tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature, "mine": built})
        builder.add_meta_graph(["other"])
    path = builder.save()
    facts["path"] = path if isinstance(path, str) else path.decode()
    facts["files"] = sorted(os.path.join(folder, name) for folder, _, found in os.walk("exported") for name in found)
    facts["info"] = tf.saved_model.utils.build_tensor_info(x)
    facts["method"] = [signature.method_name, built.method_name, tf.saved_model.is_valid_signature(signature)]
    facts["maybe"] = [tf.saved_model.maybe_saved_model_directory("exported"), tf.saved_model.contains_saved_model("."),
                      tf.saved_model.loader.maybe_saved_model_directory("nowhere")]
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as sess:
        meta = tf.saved_model.loader.load(sess, ["serve"], "./exported")
        found = meta.signature_def["serving_default"]
        output = tf.saved_model.utils.get_tensor_from_tensor_info(found.outputs["y"], graph)
        facts["loaded"] = sess.run(output, {found.inputs["x"].name: [[1.0, 2.0]]})
        facts["signatures"] = sorted(meta.signature_def)
        facts["tags"] = list(meta.meta_info_def.tags)
        facts["variables"] = [variable.name for variable in tf.global_variables()]
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.saved_model.load(sess, {"serve"}, "exported", import_scope="inside")
        facts["inside"] = sess.run("inside/y:0", {"inside/x:0": [[0.0, 1.0]]})
    for name, ask in {"tags": lambda sess: tf.saved_model.loader.load(sess, ["none"], "exported"),
                      "folder": lambda sess: tf.saved_model.loader.load(sess, ["serve"], "nowhere")}.items():
        with tf.Graph().as_default(), tf.Session() as sess:
            try:
                ask(sess)
            except Exception as error:  # its class is the fact
                facts["wrong " + name] = type(error)
    try:
        tf.saved_model.builder.SavedModelBuilder("./exported")
    except AssertionError as error:
        facts["exists"] = type(error)
    tf.gfile.DeleteRecursively("exported")
    return {"steps": [], "facts": facts}


def simple_save():
    """simple_save, a main op, assets, a text form."""
    x, y = model()
    facts = {}
    with open("words.txt", "w") as stream:
        stream.write("one\ntwo\n")
    asset = tf.constant("words.txt", name="asset")
    tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, asset)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, "simple", inputs={"x": x}, outputs={"y": y})
        builder = tf.saved_model.Builder("full")
        builder.add_meta_graph_and_variables(sess, ["serve"],
                                             assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                                             main_op=tf.assign(tf.get_default_graph().get_tensor_by_name("b:0"),
                                                               100.0).op,
                                             strip_default_attrs=True)
        builder.save(as_text=True)
    for folder in ("simple", "full"):
        facts[folder] = sorted(os.path.join(place, name) for place, _, found in os.walk(folder) for name in found)
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.saved_model.load(sess, ["serve"], "full")
        facts["after the main op"] = sess.run("y:0", {"x:0": [[1.0, 1.0]]})
        facts["asset"] = sess.run(tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS))[0].decode().split("full/")[-1]
    facts["constants"] = [tf.saved_model.constants.SAVED_MODEL_FILENAME_PB,
                          tf.saved_model.constants.VARIABLES_DIRECTORY,
                          tf.saved_model.tag_constants.TRAINING, tf.saved_model.signature_constants.PREDICT_METHOD_NAME,
                          tf.saved_model.signature_constants.CLASSIFY_INPUTS,
                          tf.saved_model.signature_constants.REGRESS_OUTPUTS]
    tf.gfile.DeleteRecursively("simple")
    tf.gfile.DeleteRecursively("full")
    os.remove("words.txt")
    return {"steps": [], "facts": facts}


VARIANTS = {
    "frozen": frozen,
    "written": written,
    "imported": imported,
    "saved_model": saved_model,
    "simple_save": simple_save,
}
