import tensorflow as tf

import os

import numpy as np


def test_cases():
    """tf.test.TestCase: sessions, comparisons, and which of them fail."""
    class Numbers(tf.test.TestCase):
        def runTest(self):
            pass

    case = Numbers()
    case.setUp()
    facts = {}
    with case.test_session() as sess:
        x = tf.constant([1.0, 2.0])
        facts["default"] = tf.get_default_session() is sess
        facts["eval"] = x.eval()
        facts["evaluate"] = case.evaluate(x + 1.0)
        case.assertAllEqual(x.eval(), [1.0, 2.0])
    with case.session() as sess:
        facts["session"] = sess.run(tf.constant(1))
    checks = {
        "close": lambda: case.assertAllClose([1.0], [1.0 + 1e-8]), "not close": lambda: case.assertAllClose([1.0],
                                                                                                            [1.1]),
        "tolerance": lambda: case.assertAllClose([1.0], [1.1], atol=0.2),
        "dict": lambda: case.assertAllClose({"a": 1.0}, {"a": 1.0}),
        "nested": lambda: case.assertAllClose([[1.0], (2.0,)], [[1.0], (2.0,)]),
        "equal": lambda: case.assertAllEqual([1, 2], [1, 2]),
        "not equal": lambda: case.assertAllEqual([1, 2], [1, 3]), "shapes": lambda: case.assertAllEqual([1, 2], [1]),
        "near": lambda: case.assertNear(1.0, 1.05, 0.1), "array near": lambda: case.assertArrayNear([1.0], [1.0], 1e-6),
        "shape": lambda: case.assertShapeEqual(np.ones((2,)), tf.ones([2])),
        "starts": lambda: case.assertStartsWith("text", "te"),
        "to type": lambda: case.assertAllCloseAccordingToType(np.float16([1.0]), np.float16([1.0])),
        "proto": lambda: case.assertProtoEquals(
            "node { name: 'x' op: 'NoOp' }", tf.GraphDef(node=[tf.NodeDef(name="x", op="NoOp")])),
            "ndarray near": lambda: case.assertNDArrayNear(
                np.ones(2), np.ones(2), 1e-6), "greater": lambda: case.assertAllGreater([1, 2], 0),
                "less": lambda: case.assertAllLess([1], 0),
        "in": lambda: case.assertAllInRange([1, 2], 1, 2), "distinct": lambda: case.assertNotAllClose([1.0], [2.0]),
        "set": lambda: case.assertAllInSet([1], [1, 2]),
    }
    for name, check in checks.items():
        try:
            check()
            facts[name] = "holds"
        except AssertionError:
            facts[name] = "fails"
    with case.assertRaisesOpError("not defined|uninitialized"), tf.Session() as sess:
        sess.run(tf.Variable(1.0, name="v"))
    with case.assertRaisesRegexp(ValueError, "shape"):
        tf.ones([2]).set_shape([3])
    facts["temp"] = os.path.isdir(case.get_temp_dir())
    return {"steps": [], "facts": facts}


def gradient_errors():
    """Numeric gradients beside built ones."""
    x = tf.constant([[0.5, -1.0]], tf.float64, name="x")
    y = tf.sin(x) * x
    facts = {}
    with tf.Session():
        theoretical, numerical = tf.test.compute_gradient(x, [1, 2], y, [1, 2], x_init_value=np.array([[0.5, -1.0]]))
        facts["theoretical"] = theoretical
        facts["numerical close"] = bool(np.allclose(theoretical, numerical, atol=1e-6))
        facts["error"] = bool(tf.test.compute_gradient_error(x, [1, 2], y, [1, 2],
                                                             x_init_value=np.array([[0.5, -1.0]])) < 1e-6)
        facts["devices"] = [tf.test.is_gpu_available(), tf.test.gpu_device_name(), tf.test.is_built_with_cuda()]
    return {"steps": [], "facts": facts}


def files():
    """tf.gfile."""
    tf.constant(0)
    facts = {}
    tf.gfile.MakeDirs("a/b")
    tf.gfile.MkDir("c")
    with tf.gfile.GFile("a/one.txt", "w") as stream:
        stream.write("first\nsecond\n")
    with tf.gfile.FastGFile("a/one.txt", "r") as stream:
        facts["line"] = stream.readline()
        facts["rest"] = stream.read()
    with tf.gfile.Open("a/one.txt", "rb") as stream:
        facts["bytes"] = stream.read(5)
        facts["size"] = stream.size()
        stream.seek(2)
        facts["tell"] = stream.tell()
    with tf.gfile.GFile("a/one.txt", "a") as stream:
        stream.write("third\n")
    facts["lines"] = list(tf.gfile.GFile("a/one.txt"))
    facts["exists"] = [tf.gfile.Exists("a/one.txt"), tf.gfile.Exists("nothing"), tf.gfile.IsDirectory("a"),
                       tf.gfile.IsDirectory("a/one.txt")]
    tf.gfile.Copy("a/one.txt", "a/b/two.txt")
    tf.gfile.Rename("a/b/two.txt", "c/three.txt", overwrite=True)
    facts["list"] = sorted(tf.gfile.ListDirectory("a"))
    facts["glob"] = sorted(tf.gfile.Glob("*/*.txt"))
    facts["walk"] = sorted((place, sorted(folders), sorted(found)) for place, folders, found in tf.gfile.Walk("a"))
    facts["stat"] = [tf.gfile.Stat("a/one.txt").length, tf.gfile.Stat("a").is_directory]
    for name, ask in {"open": lambda: tf.gfile.GFile("none").read(), "remove": lambda: tf.gfile.Remove("none"),
                      "copy": lambda: tf.gfile.Copy("a/one.txt", "c/three.txt"),
                      "list": lambda: tf.gfile.ListDirectory("none")}.items():
        try:
            ask()
        except tf.errors.OpError as error:
            facts["wrong " + name] = type(error)
    tf.gfile.Remove("a/one.txt")
    tf.gfile.DeleteRecursively("a")
    tf.gfile.DeleteRecursively("c")
    return {"steps": [], "facts": facts}


def records():
    """TFRecord files and Example messages."""
    tf.constant(0)
    example = tf.train.Example(features=tf.train.Features(feature={
        "ints": tf.train.Feature(int64_list=tf.train.Int64List(value=[1, -2])),
        "floats": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5])),
        "bytes": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"a", b"\xff"]))}))
    sequence = tf.train.SequenceExample(feature_lists=tf.train.FeatureLists(feature_list={
        "steps": tf.train.FeatureList(feature=[tf.train.Feature(int64_list=tf.train.Int64List(value=[7]))])}))
    facts = {"example": example, "sequence": sequence, "size": example.ByteSize()}
    with tf.python_io.TFRecordWriter("r.tfrecord") as writer:
        writer.write(example.SerializeToString())
        writer.write(b"")
    read = list(tf.python_io.tf_record_iterator("r.tfrecord"))
    facts["read"] = [len(read), tf.train.Example.FromString(read[0]) == example, read[1]]
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    with tf.python_io.TFRecordWriter("z.tfrecord", options) as writer:
        writer.write(b"compressed")
    facts["compressed"] = list(tf.python_io.tf_record_iterator("z.tfrecord", options))
    os.remove("r.tfrecord")
    os.remove("z.tfrecord")
    return {"steps": [], "facts": facts}


def logs_and_flags():
    """tf.logging, tf.app and tf.flags, versions, the names of errors."""
    tf.constant(0)
    level = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.FATAL)
    tf.logging.info("%s is not shown", "this")
    tf.logging.log(tf.logging.DEBUG, "nor this")
    facts = {"levels": [tf.logging.DEBUG, tf.logging.INFO, tf.logging.WARN, tf.logging.ERROR, tf.logging.FATAL],
             "verbosity": tf.logging.get_verbosity()}
    tf.logging.set_verbosity(level)
    tf.app.flags.DEFINE_string("conformance_name", "default", "a name")
    tf.flags.DEFINE_integer("conformance_count", 3, "a count")
    tf.flags.DEFINE_float("conformance_rate", 0.5, "a rate")
    tf.flags.DEFINE_boolean("conformance_on", False, "whether")
    flags = tf.app.flags.FLAGS
    rest = flags(["program", "--conformance_name=given", "--conformance_on", "rest"])
    facts["flags"] = [flags.conformance_name, flags.conformance_count, flags.conformance_rate, flags.conformance_on,
                      list(rest)]
    flags.conformance_count = 9
    facts["set"] = tf.flags.FLAGS.conformance_count
    facts["versions"] = [tf.__version__, tf.VERSION, tf.version.VERSION, tf.GRAPH_DEF_VERSION,
                         tf.version.GRAPH_DEF_VERSION]
    facts["codes"] = [tf.errors.INVALID_ARGUMENT, tf.errors.NOT_FOUND, tf.errors.InvalidArgumentError(None, None,
                                                                                                      "m").error_code,
                      tf.errors.exception_type_from_error_code(3),
                      tf.errors.error_code_from_exception_type(tf.errors.AbortedError)]
    error = tf.errors.NotFoundError(None, None, "the message")
    facts["error"] = [error.message, error.node_def, error.op, isinstance(error, tf.errors.OpError),
                      isinstance(error, Exception)]
    facts["executing"] = [tf.executing_eagerly(), tf.compat.v1.executing_eagerly()]
    return {"steps": [], "facts": facts}


def messages():
    """Protocol buffers as values."""
    tf.constant(0)
    config = tf.ConfigProto(device_count={"CPU": 2}, intra_op_parallelism_threads=3)
    config.gpu_options.per_process_gpu_memory_fraction = 0.5
    node = tf.NodeDef(name="n", op="Const", input=["a", "^b"])
    node.attr["dtype"].type = tf.float32.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto([1.0, 2.0]))
    node.attr["list"].list.i.extend([1, 2])
    proto = tf.make_tensor_proto([[1, 2]], dtype=tf.int64)
    facts = {"config": config, "node": node, "tensor": proto, "array": tf.make_ndarray(proto),
             "attr": tf.AttrValue(s=b"x"), "options": tf.RunOptions(
        trace_level=tf.RunOptions.FULL_TRACE), "history": tf.HistogramProto(min=1.0, max=2.0),
        "graph options": tf.GraphOptions(infer_shapes=True),
             "strings": tf.make_tensor_proto(["a", b"b"]), "shape": tf.make_tensor_proto(7, shape=[2, 2]),
             "half": tf.make_ndarray(
                 tf.make_tensor_proto(np.float16([1.5]))),
                 "parsed": tf.NodeDef.FromString(node.SerializeToString()) == node,
             "merged": tf.ConfigProto.FromString(config.SerializeToString()).device_count["CPU"],
             "rank": tf.contrib.util.constant_value(tf.rank([1, 2])),
             "constant": tf.contrib.util.constant_value(tf.constant([1, 2])),
             "unknown": tf.contrib.util.constant_value(tf.placeholder(tf.int32)),
             "make": tf.contrib.util.make_ndarray(tf.contrib.util.make_tensor_proto(1.5))}
    return {"steps": [], "facts": facts}


VARIANTS = {
    "test_cases": test_cases,
    "gradient_errors": gradient_errors,
    "files": files,
    "records": records,
    "logs_and_flags": logs_and_flags,
    "messages": messages,
}
