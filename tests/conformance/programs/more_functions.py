import tensorflow as tf

import logging
import os

import numpy as np


def numeric():
    """Functions of rarer use."""
    x = tf.constant([0.25, 0.5, 0.75], name="x")
    p = tf.constant([1.5, 2.0, 3.0], name="p")
    a = tf.constant([[4.0, 1.0], [1.0, 3.0]], name="a")
    i = tf.constant([5, -8, 255], name="i")
    _, vectors = tf.self_adjoint_eig(a)
    q, r = tf.qr(a)
    counts, mean_sums, variance_sums, shift = tf.nn.sufficient_statistics(a, [0])
    mean, variance = tf.nn.normalize_moments(counts, mean_sums, variance_sums, shift)
    fetches = [
        tf.betainc(p, p, x), tf.zeta(p, x), tf.polygamma(p, x), tf.lbeta(p), tf.arg_min(a, 0), tf.bitwise.invert(i),
        tf.bitwise.right_shift(i, 1), tf.unsorted_segment_min(x, [0, 1, 0], 2), tf.abs(vectors), tf.abs(q), tf.abs(r),
        tf.tensor_scatter_add([1, 2, 3], [[1]], [5]), tf.tensor_scatter_sub([1, 2, 3], [[1]], [5]), mean, variance,
        tf.tensor_scatter_nd_update([1, 2], [[0]], [9]), tf.histogram_fixed_width_bins([0.1, 0.9], [0.0, 1.0], 4),
        tf.where_v2([[True], [False]], a, 0.0), tf.nn.batch_norm_with_global_normalization(
            tf.reshape(a, [1, 1, 2, 2]), tf.ones([2]), tf.constant([1.0, 4.0]), tf.zeros([2]), tf.ones([2]), 0.001,
            False),
        tf.reduce_sum(tf.squared_difference(a, 1.0)),
    ]
    fetches += tf.identity_n([x, i])
    return {"steps": [{"fetch": fetches}], "facts": {"names": [tensor.name for tensor in fetches]}}


def files():
    """Files read and written by ops."""
    facts = {}
    write = tf.write_file("one.txt", "content")
    read = tf.read_file("one.txt")
    matching = tf.matching_files("*.txt")
    with tf.Session() as sess:
        sess.run(write)
        facts["read"] = sess.run(read)
        facts["matching"] = sess.run(matching)
        facts["is there"] = os.path.exists("one.txt")
    os.remove("one.txt")
    return {"steps": [], "facts": facts}


def templates():
    """make_template shares variables between its calls."""
    def line(x, units):
        return tf.layers.dense(x, units, name="dense", kernel_initializer=tf.ones_initializer())

    shared = tf.make_template("line", line, units=2)
    x = tf.constant([[1.0, 2.0]], name="x")
    one, two = shared(x), shared(x * 2.0)
    other = tf.make_template("line", lambda x: tf.get_variable("scale", initializer=3.0) * x)
    three = other(x)
    init = tf.global_variables_initializer()
    facts = {"variables": [variable.name for variable in tf.global_variables()],
             "outputs": [one.name, two.name, three.name],
             "template": [shared.name, shared.var_scope.name]}
    return {"steps": [{"run": [init]}, {"fetch": [one, two, three]}], "facts": facts}


def partitions():
    """Variables in parts, by every partitioner."""
    made = [
        tf.get_variable("fixed", [5, 2], partitioner=tf.fixed_size_partitioner(2), initializer=tf.ones_initializer()),
        tf.get_variable("axis", [2, 6], partitioner=tf.variable_axis_size_partitioner(16, axis=1),
                        initializer=tf.zeros_initializer()),
        tf.get_variable("slices", [4, 2], partitioner=tf.min_max_variable_partitioner(2, min_slice_size=8),
                        initializer=tf.ones_initializer()),
    ]
    with tf.variable_scope("scope", partitioner=tf.fixed_size_partitioner(3)):
        made.append(tf.get_variable("default", [4], initializer=tf.zeros_initializer()))
        layer = tf.layers.dense(tf.ones([1, 3]), 2, name="layer", kernel_initializer=tf.ones_initializer())
    parts = tf.create_partitioned_variables([4, 2], [2, 1], tf.ones_initializer(), name="older")
    looked_up = tf.nn.embedding_lookup(made[0], [0, 4, 2], partition_strategy="div")
    init = tf.global_variables_initializer()
    facts = {"names": [[part.name for part in variable] for variable in made], "type": type(made[0]),
             "shape": made[0].get_shape(), "older": [part.name for part in parts], "len": len(list(made[0]))}
    return {"steps": [{"run": [init]}, {"fetch": [tf.convert_to_tensor(made[0]), layer, looked_up,
                                                  made[1].as_tensor()]}],
            "facts": facts}


def schedules():
    step = tf.Variable(3, trainable=False, name="step")
    fetches = [tf.train.linear_cosine_decay(0.1, step, 6),
               tf.train.cosine_decay(0.1, step, 10, alpha=0.1), tf.train.exponential_decay(0.1, step, 10, 0.5,
                                                                                           name="named"),
               tf.train.inverse_time_decay(1.0, step, 2, 0.5, staircase=True),
               tf.train.polynomial_decay(1.0, step, 2),
               tf.train.natural_exp_decay(1.0, step, 2, 0.5, staircase=True)]
    return {"steps": [{"run": [step.initializer]}, {"fetch": fetches}], "facts": {"names": [t.name for t in fetches]}}


def metric_kinds():
    labels = tf.constant([1.0, 0.0, 1.0, 0.0], name="labels")
    predictions = tf.constant([0.9, 0.2, 0.4, 0.6], name="predictions")
    pairs = [tf.metrics.true_negatives(labels, tf.round(predictions)), tf.metrics.percentage_below(predictions, 0.5),
             tf.metrics.mean_relative_error(labels, predictions, predictions), tf.metrics.mean_tensor(predictions),
             tf.metrics.mean_cosine_distance(labels, predictions, 0)]
    init = tf.local_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [update for _, update in pairs]},
                      {"fetch": [value for value, _ in pairs]}], "facts": {"names": [value.name for value, _ in pairs]}}


def thresholds():
    """Metrics that check their predictions while they run."""
    labels = tf.constant([1.0, 0.0, 1.0, 0.0], name="labels")
    predictions = tf.constant([0.9, 0.2, 0.4, 0.6], name="predictions")
    pairs = [metric(labels, predictions, [0.3, 0.7]) for metric in (
        tf.metrics.true_positives_at_thresholds, tf.metrics.precision_at_thresholds, tf.metrics.recall_at_thresholds)]
    pairs.append(tf.metrics.auc(labels, predictions, num_thresholds=5))
    init = tf.local_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [update for _, update in pairs]},
                      {"fetch": [value for value, _ in pairs]}]}


def conversions():
    """Conversion functions of the program's own, values known while building, device specifications."""
    class Celsius(object):
        def __init__(self, degrees):
            self.degrees = degrees

    def to_tensor(value, dtype=None, name=None, as_ref=False):
        return tf.constant(value.degrees, dtype or tf.float32, name=name or "celsius")

    tf.register_tensor_conversion_function(Celsius, to_tensor)
    total = tf.add(Celsius(20.0), 1.5)
    spec = tf.DeviceSpec(job="worker", replica=0, task=1, device_type="GPU", device_index=2)
    with tf.device(tf.DeviceSpec(device_type="CPU", device_index=0)):
        placed = tf.constant(1.0, name="placed")
    facts = {"total": total, "static": [tf.get_static_value(tf.constant([1, 2])),
                                        tf.get_static_value(tf.placeholder(tf.int32))],
             "dimension": [tf.dimension_value(tf.Dimension(3)), tf.dimension_value(7),
                           tf.dimension_at_index(tf.TensorShape([4, 5]), 1)],
             "spec": [spec.to_string(), tf.DeviceSpec.from_string("/job:ps/task:3").task], "placed": placed.device,
             "numeric": [tf.is_numeric_tensor(total), tf.is_numeric_tensor(tf.constant("a"))],
             "gradients": str(tf.gradients(placed, [total], unconnected_gradients=tf.UnconnectedGradients.ZERO))}
    return {"steps": [{"fetch": [total]}], "facts": facts}


def warnings():
    """Deprecated arguments and functions work and say so in the log, once a place."""
    class Kept(logging.Handler):
        def __init__(self):
            logging.Handler.__init__(self)
            self.lines = []

        def emit(self, record):
            self.lines.append(record.getMessage())

    kept, logger = Kept(), tf.get_logger()
    level = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.WARN)
    logger.addHandler(kept)
    x = tf.constant([[1.0, 2.0]], name="x")
    facts = {}
    try:
        for name, use in {
                "argmin": lambda: tf.argmin(x, dimension=1), "reduce_prod": lambda: tf.reduce_prod(x, keep_dims=True),
                "l2_normalize": lambda: tf.nn.l2_normalize(x, dim=1), "norm": lambda: tf.norm(x, keep_dims=True),
                "initialize_all_tables": tf.initialize_all_tables, "reduce_sum": lambda: tf.reduce_sum(x)}.items():
            del kept.lines[:]
            use()
            facts[name] = any("deprecated" in line for line in kept.lines)
        del kept.lines[:]
        tf.logging.warning("one %d", 1)
        tf.logging.warn("two")
        tf.logging.error("three")
        tf.logging.info("hidden")
        tf.logging.log_first_n(tf.logging.WARN, "four %s", 1, "times")
        facts["said"] = [line for line in kept.lines if "deprecated" not in line]
    finally:
        logger.removeHandler(kept)
        tf.logging.set_verbosity(level)
    return {"steps": [], "facts": facts}


def printing():
    """tf.print is an op; its line goes to the stream that the program names."""
    x = tf.constant([1, 2], name="x")
    shown = tf.print("x:", x, output_stream="file://shown.txt", name="shown")
    with tf.control_dependencies([shown]):
        y = tf.identity(x, name="y")
    facts = {"op": shown.type}
    with tf.Session() as sess:
        sess.run(y)
    with open("shown.txt") as stream:
        facts["text"] = stream.read()
    os.remove("shown.txt")
    return {"steps": [], "facts": facts}


def scopes():
    """init_scope, op_scope, names inside control dependencies."""
    with tf.name_scope("outer"), tf.control_dependencies([tf.no_op(name="first")]):
        with tf.init_scope():
            lifted = tf.constant(1.0, name="lifted")
        inner = tf.constant(1.0, name="inner")
    with tf.op_scope([lifted], "given", "default") as scope:
        named = tf.identity(lifted, name="named")
    facts = {"lifted": [lifted.name, lifted.op.control_inputs], "inner": inner.op.control_inputs, "scope": scope,
             "named": named.name}
    return {"steps": [], "facts": facts}


VARIANTS = {
    "numeric": numeric,
    "files": files,
    "templates": templates,
    "partitions": partitions,
    "schedules": schedules,
    "metric_kinds": metric_kinds,
    "thresholds": thresholds,
    "conversions": conversions,
    "warnings": warnings,
    "printing": printing,
    "scopes": scopes,
}
