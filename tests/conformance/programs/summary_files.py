import tensorflow as tf

import os

import numpy as np


def events_of(folder):
    """What the event files of a folder hold, without times."""
    found = []
    for name in sorted(os.listdir(folder)):
        for event in tf.train.summary_iterator(os.path.join(folder, name)):
            kind = event.WhichOneof("what")
            if kind == "summary":
                found.append((event.step, [(value.tag, value.WhichOneof("value")) for value in event.summary.value]))
            else:
                found.append((event.step, kind))
    return found


def emptied(folder):
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    os.removedirs(folder)


def writer():
    """The book's way: a scalar every few steps, into a directory that is not there yet."""
    x = tf.placeholder(tf.float32, (), name="x")
    mse_summary = tf.summary.scalar("MSE", x)
    file_writer = tf.summary.FileWriter("logs/run-1/", tf.get_default_graph())
    facts = {}
    with tf.Session() as sess:
        for step in range(0, 30, 10):
            summary_str = mse_summary.eval(feed_dict={x: step / 10.0})
            file_writer.add_summary(summary_str, step)
    file_writer.flush()
    file_writer.close()
    facts["summary type"] = isinstance(summary_str, bytes)
    facts["directory"] = file_writer.get_logdir()
    facts["names"] = [name[:len("events.out.tfevents.")] for name in os.listdir("logs/run-1")]
    facts["events"] = events_of("logs/run-1")
    values = [value.simple_value for name in os.listdir("logs/run-1")
              for event in tf.train.summary_iterator("logs/run-1/" + name) for value in event.summary.value]
    facts["values"] = values
    emptied("logs/run-1")
    return {"steps": [], "facts": facts}


def of_definition():
    """A GraphDef in place of the graph."""
    tf.constant(1.0, name="one")
    definition = tf.get_default_graph().as_graph_def()
    with tf.summary.FileWriter("logs/run-2", graph_def=definition) as file_writer:
        file_writer.add_summary(tf.Summary(), 3)
    facts = {"events": events_of("logs/run-2")}
    emptied("logs/run-2")
    return {"steps": [], "facts": facts}


def everything():
    """All that a FileWriter takes: graphs, summaries as messages, sessions' states, metadata, plugins' data once."""
    x = tf.constant([1.0, 2.0], name="x")
    text = tf.summary.text("words", tf.constant("hello"))
    facts = {}
    with tf.summary.FileWriter("logs", filename_suffix=".mine", max_queue=2, flush_secs=1) as file_writer:
        file_writer.add_graph(x.graph)
        summary = tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.5)])
        file_writer.add_summary(summary, global_step=3)
        file_writer.add_summary(summary.SerializeToString())
        file_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 4)
        file_writer.add_event(tf.Event(step=9, wall_time=1.0))
        with tf.Session() as sess:
            metadata = tf.RunMetadata()
            sess.run(x * 2.0, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)
            file_writer.add_run_metadata(metadata, "step5", 5)
            for step in range(2):
                file_writer.add_summary(sess.run(text), step)
        file_writer.add_meta_graph(tf.train.export_meta_graph(), 6)
    facts["events"] = events_of("logs")
    file_writer.reopen()
    file_writer.add_summary(summary, 20)
    file_writer.close()
    facts["suffix"] = sorted({name[-5:] for name in os.listdir("logs")})
    facts["cached"] = tf.summary.FileWriterCache.get("logs") is tf.summary.FileWriterCache.get("logs")
    tf.summary.FileWriterCache.clear()
    emptied("logs")
    return {"steps": [], "facts": facts}


def kinds():
    """Summary ops of every kind, with scopes, families, collections, and what they compute."""
    x = tf.placeholder(tf.float32, (None, 3), name="x")
    loss = tf.reduce_mean(x, name="loss")
    scalars = [tf.summary.scalar("loss", loss), tf.summary.scalar("loss", loss), tf.summary.scalar("a b/c!", loss),
               tf.summary.scalar("int", tf.constant(3)), tf.summary.scalar("family", loss, family="f"),
               tf.summary.scalar("mine", loss, collections=["mine", "others"])]
    histogram = tf.summary.histogram("values", x)
    text = tf.summary.text("words", tf.constant(["a", "b"]))
    tensor = tf.summary.tensor_summary("tensor", x, summary_description="said", display_name="shown")
    audio = tf.summary.audio("sound", tf.constant([[0.0, 0.5, -0.5, 0.25]]), 8000)
    merged = tf.summary.merge(scalars[:2] + [histogram], collections=["merged"])
    everything = tf.summary.merge_all()
    scoped = tf.summary.merge_all(scope="layer")
    with tf.name_scope("layer"):
        inside = tf.summary.scalar("loss", loss)
    again = tf.summary.merge_all(scope="layer")
    facts = {"names": [item.name for item in scalars + [histogram, text, tensor, audio, merged, everything, inside]],
             "nothing": [tf.summary.merge_all("none"), scoped], "scoped": again.op.type,
             "collection": [item.name for item in tf.get_collection(tf.GraphKeys.SUMMARIES)],
             "mine": [item.name for item in tf.get_collection("mine")], "dtype": merged.dtype, "shape": merged.shape}
    return {"steps": [{"fetch": scalars + [histogram, text, tensor, audio, merged, inside],
                       "feed": {x: [[1.0, 2.0, 3.0], [-1.0, 0.0, 4.0]]}}], "facts": facts}


def images():
    """Images of all depths and types: the size, the tags and the format, not the compressed bytes."""
    gray = tf.constant(np.arange(12).reshape(1, 3, 4, 1), tf.float32)
    color = tf.constant(np.arange(2 * 2 * 2 * 3).reshape(2, 2, 2, 3) * 10, tf.uint8)
    made = [tf.summary.image("gray", gray), tf.summary.image("color", color, max_outputs=2),
            tf.summary.image("one", color, max_outputs=1), tf.summary.image("half", tf.cast(gray, tf.float16))]
    facts = {}
    with tf.Session() as sess:
        for tensor, value in zip(made, sess.run(made)):
            summary = tf.Summary.FromString(value)
            facts[tensor.op.name] = [(item.tag, item.image.width, item.image.height, item.image.colorspace,
                                      item.image.encoded_image_string[:4]) for item in summary.value]
    return {"steps": [], "facts": facts}


def messages():
    """Summary messages, read and written by hand."""
    p = tf.placeholder(tf.float32, (3,), name="p")
    histogram = tf.summary.histogram("h", p)
    facts = {}
    with tf.Session() as sess:
        value = tf.Summary.FromString(sess.run(histogram, {p: [1.0, 2.0, 2.0]})).value[0]
        facts["histogram"] = [value.tag, value.histo.num, value.histo.sum, value.histo.min, value.histo.max,
                              value.histo.sum_squares]
        facts["buckets"] = len(value.histo.bucket) == len(value.histo.bucket_limit)
    summary = tf.Summary()
    summary.value.add(tag="t", simple_value=0.5)
    facts["made"] = summary
    merged = tf.Summary()
    merged.MergeFrom(summary)
    merged.ParseFromString(summary.SerializeToString())
    facts["parsed"] = merged == summary
    facts["event"] = tf.Event(step=3, summary=summary)
    return {"steps": [], "facts": facts}


VARIANTS = {
    "of_definition": of_definition,
    "writer": writer,
    "everything": everything,
    "kinds": kinds,
    "images": images,
    "messages": messages,
}
