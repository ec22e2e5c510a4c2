"""Writes the messages of this folder with TensorFlow 1.15: serialised (map entries by key) and as text.

Usage: python record.py FOLDER   (a Python 3.7 environment with tensorflow==1.15.5)
"""
import os
import sys

import tensorflow as tf
from google.protobuf import text_format
from tensorflow.core.example import example_pb2
from tensorflow.python.training import checkpoint_state_pb2


def graph():
    with tf.Graph().as_default() as g:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        w = tf.Variable(tf.random_uniform([3, 2], -1.0, 1.0, seed=42), name="w")
        with tf.name_scope("loss"):
            tf.reduce_mean(tf.square(tf.matmul(x, w)), name="mse")
        tf.constant([["a\nb", "\"quoted\""], ["\\", "\x00\xff"]], name="text")
        return g.as_graph_def()


def summary():
    s = tf.Summary()
    s.value.add(tag="plain", simple_value=0.1)
    for i, v in enumerate([1.0, 1e-5, 1e16, 3.4028235e38, float("inf"), float("-inf"), float("nan"), -0.5, 123456792.0]):
        s.value.add(tag="v%d" % i, simple_value=v)
    h = s.value.add(tag="histogram").histo
    h.min, h.max, h.num, h.sum, h.sum_squares = -1.5, 2.25, 3.0, 1e22, 0.1
    h.bucket_limit.extend([1e-12, 1.0 / 3.0, 1.7976931348623157e308])
    h.bucket.extend([1.0, 2.0, 0.0])
    s.value.add(tag="image").image.encoded_image_string = bytes(range(256))
    return s


def example():
    e = example_pb2.Example()
    e.features.feature["name"].bytes_list.value.extend([b"caf\xc3\xa9", b""])
    e.features.feature["size"].int64_list.value.extend([1, -1, 2**63 - 1, -2**63])
    e.features.feature["weight"].float_list.value.extend([0.25, 1e-45])
    e.features.feature["nothing"]
    return e


def config():
    c = tf.ConfigProto(allow_soft_placement=True, device_count={"GPU": 0, "CPU": 2})
    c.gpu_options.per_process_gpu_memory_fraction = 0.3
    c.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    return c


def checkpoint():
    return checkpoint_state_pb2.CheckpointState(
        model_checkpoint_path="model.ckpt-2", all_model_checkpoint_paths=["model.ckpt-1", "model.ckpt-2"],
        all_model_checkpoint_timestamps=[1617181723.25, 1617181724.0], last_preserved_timestamp=1617181700.123456)


for make in (graph, summary, example, config, checkpoint):
    message = make()
    base = os.path.join(sys.argv[1], make.__name__)
    with open(base + ".pb", "wb") as f:
        f.write(message.SerializeToString(deterministic=True))
    with open(base + ".pbtxt", "w") as f:
        f.write(text_format.MessageToString(message))
