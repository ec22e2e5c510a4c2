"""Files written by TensorFlow 1.15 and read here, and the other way round. Skipped where TensorFlow is not installed."""

import json

import numpy as np
import pytest

import reference

HEAD = """

def say(*values):
    print(json.dumps([np.asarray(v).tolist() for v in values], default=lambda b: b.decode("latin-1")))

def network():
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    w = tf.get_variable("w", initializer=tf.constant([[1.0], [-2.0], [0.5]]))
    b = tf.Variable(0.25, name="b")
    y = tf.nn.relu(tf.matmul(x, w) + b, name="y")
    return x, y

def trained():
    x, y = network()
    loss = tf.reduce_mean(tf.square(y - 1.0), name="loss")
    step = tf.train.get_or_create_global_step()
    train = tf.train.AdamOptimizer(0.01).minimize(loss, global_step=step, name="train")
    tf.add_to_collection("names", "text of a collection")
    return x, loss, train

ROWS = [[1.0, 0.5, 2.0], [0.25, -1.0, 1.0], [3.0, 1.0, 1.0]]
"""

VARIABLES = """
def variables(start):
    kinds = [("f", np.float32), ("d", np.float64), ("i", np.int32), ("l", np.int64), ("u", np.uint8), ("c", np.complex64),
             ("h", np.float16)]
    made = [tf.Variable(np.asarray([start, 2, 3], dtype), name=name) for name, dtype in kinds]
    made += [tf.Variable([True, start == 1], name="t"), tf.Variable([b"one", b"", b"\\xff%d" % start], name="s"),
             tf.Variable(np.zeros([0, 3], np.float32), name="empty"), tf.Variable(float(start), name="scope/scalar")]
    return made

def shown(session, made):
    values = session.run(made)
    say(*[v.real if v.dtype == np.complex64 else v for v in map(np.asarray, values)])
"""

CHECKPOINT = VARIABLES + """
made = variables(1)
saver = tf.train.Saver(OPTIONS)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    path = saver.save(session, "./model.ckpt", global_step=7)
    shown(session, made)
"""
RESTORED = VARIABLES + """
made = variables(5)
with tf.Session() as session:
    tf.train.Saver().restore(session, tf.train.latest_checkpoint("."))
    shown(session, made)
"""

TRAINED = """
x, loss, train = trained()
saver = tf.train.Saver()
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(3):
        session.run(train, {x: ROWS})
    saver.save(session, "./model", global_step=tf.train.get_global_step())
    for _ in range(4):
        session.run(train, {x: ROWS})
    say(session.run(loss, {x: ROWS}), *session.run(["w:0", "b:0", "global_step:0"]))
"""
TRAINED_ON = """
saver = tf.train.import_meta_graph("./model-3.meta")
assert tf.get_collection("names")[0] in (b"text of a collection", "text of a collection")
with tf.Session() as session:
    saver.restore(session, "./model-3")
    for _ in range(4):
        session.run(tf.get_collection(tf.GraphKeys.TRAIN_OP)[0], {"x:0": ROWS})
    say(session.run("loss:0", {"x:0": ROWS}), *session.run(["w:0", "b:0", "global_step:0"]))
    assert [v.name for v in tf.trainable_variables()] == ["w:0", "b:0"]
"""

SAVED_MODEL = """
x, y = network()
with open("words.txt", "w") as stream:
    stream.write("one two")
words = tf.read_file(tf.constant("words.txt", name="path"))
tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, tf.get_default_graph().get_tensor_by_name("path:0"))
kept = tf.Variable(b"", name="kept")
keep = tf.assign(kept, words)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    signature = tf.saved_model.predict_signature_def(inputs={"rows": x}, outputs={"y": y})
    builder = tf.saved_model.Builder("model")
    builder.add_meta_graph_and_variables(session, ["serve"], signature_def_map={"serving_default": signature},
                                         assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                                         main_op=keep.op)
    builder.save(as_text=TEXT)
    session.run(keep)
    say(*session.run([y, kept], {x: ROWS}))
"""
SAVED_MODEL_LOADED = """
with tf.Session() as session:
    meta_graph = tf.saved_model.load(session, ["serve"], "model")
    signature = meta_graph.signature_def["serving_default"]
    y = signature.outputs["y"].name
    assert signature.method_name == "tensorflow/serving/predict"
    say(*session.run([y, "kept:0"], {signature.inputs["rows"].name: ROWS}))
"""

FROZEN = """
x, y = network()
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    frozen = tf.graph_util.convert_variables_to_constants(session, session.graph_def, ["y"])
    tf.train.write_graph(frozen, ".", "frozen.pb", as_text=TEXT)
    say(session.run(y, {x: ROWS}))
"""
FROZEN_LOADED = """
if TEXT:
    from google.protobuf import text_format
    definition = text_format.Parse(open("frozen.pb").read(), tf.GraphDef())
else:
    definition = tf.GraphDef.FromString(open("frozen.pb", "rb").read())
assert not any(node.op.startswith("Variable") for node in definition.node)
(y,) = tf.import_graph_def(definition, return_elements=["y:0"])
with tf.Session() as session:
    say(session.run(y, {"import/x:0": ROWS}))
"""

RECORDS = """
def feature(value):
    if isinstance(value[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=value))
    if isinstance(value[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=value))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=value))

options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.KIND)
with tf.python_io.TFRecordWriter("examples.tfrecord", options) as writer:
    for i in range(20):
        features = {"i": feature([i, -i]), "f": feature([0.5 * i]), "b": feature([b"x" * i, b"\\xff"])}
        writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
say(*range(20))
"""
RECORDS_READ = """
options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.KIND)
seen = []
for record in tf.python_io.tf_record_iterator("examples.tfrecord", options):
    feature = tf.train.Example.FromString(record).features.feature
    i = feature["i"].int64_list.value[0]
    assert list(feature["i"].int64_list.value) == [i, -i] and feature["f"].float_list.value[0] == 0.5 * i
    assert list(feature["b"].bytes_list.value) == [b"x" * i, b"\\xff"]
    seen.append(i)
say(*seen)
"""

EVENTS = """
x = tf.placeholder(tf.float32, (None,), name="x")
tf.summary.scalar("average", tf.reduce_mean(x))
tf.summary.histogram("spread", x)
tf.summary.image("picture", tf.constant(np.arange(48).reshape(1, 4, 4, 3), tf.uint8))
tf.summary.text("words", tf.constant("hello"))
merged = tf.summary.merge_all()
with tf.Session() as session, tf.summary.FileWriter("logs", session.graph) as writer:
    for step in range(5):
        metadata = tf.RunMetadata()
        summary = session.run(merged, {x: [step, step + 2.0]}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE),
                              run_metadata=metadata)
        writer.add_summary(summary, step)
        writer.add_run_metadata(metadata, "step%d" % step, step)
    writer.add_session_log(tf.SessionLog(status=tf.SessionLog.STOP), 9)
say(*range(5))
"""
EVENTS_READ = """
import glob
(path,) = glob.glob("logs/events.out.tfevents.*")
steps = []
for event in tf.train.summary_iterator(path):
    kind = event.WhichOneof("what")
    if kind == "summary":
        tags = {value.tag: value for value in event.summary.value}
        assert tags["average"].simple_value == event.step + 1.0
        assert tags["spread"].histo.num == 2 and tags["spread"].histo.max == event.step + 2.0
        assert tags["picture/image/0"].image.width == 4 and tags["picture/image/0"].image.encoded_image_string[:4] == b"\\x89PNG"
        assert tags["words"].tensor.string_val[0] == b"hello"
        assert tags["words"].HasField("metadata") == (event.step == 0)
        steps.append(event.step)
    elif kind == "graph_def":
        names = [node.name for node in tf.GraphDef.FromString(event.graph_def).node]
        assert "average" in names and "Merge/MergeSummary" in names
    elif kind == "meta_graph_def":
        assert tf.MetaGraphDef.FromString(event.meta_graph_def).meta_info_def.tensorflow_version
    elif kind == "tagged_run_metadata":
        metadata = tf.RunMetadata.FromString(event.tagged_run_metadata.run_metadata)
        assert event.tagged_run_metadata.tag == "step%d" % event.step
        assert any(stats.node_name == "Merge/MergeSummary" for device in metadata.step_stats.dev_stats
                   for stats in device.node_stats)
    elif kind == "file_version":
        assert event.file_version == "brain.Event:2"
    else:
        assert kind == "session_log" and event.session_log.status == tf.SessionLog.STOP
say(*steps)
"""

FILES = {
    "checkpoint": (CHECKPOINT.replace("OPTIONS", ""), RESTORED),
    "sharded checkpoint": (CHECKPOINT.replace("OPTIONS", "sharded=True"), RESTORED),
    "checkpoint of version 1": (CHECKPOINT.replace("OPTIONS", "write_version=tf.train.SaverDef.V1"), RESTORED),
    "training": (TRAINED, TRAINED_ON),
    "saved model": (SAVED_MODEL.replace("TEXT", "False"), SAVED_MODEL_LOADED),
    "saved model as text": (SAVED_MODEL.replace("TEXT", "True"), SAVED_MODEL_LOADED),
    "frozen graph": (FROZEN.replace("TEXT", "False"), FROZEN_LOADED.replace("TEXT", "False")),
    "frozen graph as text": (FROZEN.replace("TEXT", "True"), FROZEN_LOADED.replace("TEXT", "True")),
    "examples": (RECORDS.replace("KIND", "NONE"), RECORDS_READ.replace("KIND", "NONE")),
    "zipped examples": (RECORDS.replace("KIND", "GZIP"), RECORDS_READ.replace("KIND", "GZIP")),
    "events": (EVENTS, EVENTS_READ),
}


@pytest.fixture(scope="module", params=[("tensorflow", "headrace"), ("headrace", "tensorflow")], ids="-".join)
def said(request, tmp_path_factory):
    """What all writers and all readers said, in one direction."""
    folder = tmp_path_factory.mktemp("files")
    return [reference.run(module, {kind: HEAD + pair[i] for kind, pair in FILES.items()}, folder)
            for i, module in enumerate(request.param)]


@pytest.mark.parametrize("kind", FILES)
def test_files(kind, said):
    values = []
    for printed, error in (side[kind] for side in said):
        if error:
            pytest.fail(error, pytrace=False)
        values.append(json.loads(printed))
    written, read = values
    assert len(written) == len(read)
    for expected, actual in zip(written, read):
        if np.asarray(expected).dtype.kind == "f":
            np.testing.assert_allclose(actual, expected, rtol=1e-5)
        else:
            assert actual == expected
