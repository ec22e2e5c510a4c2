import tensorflow as tf

import numpy as np


def variables(count=5):
    made = [tf.Variable(np.zeros([i + 1, 2], np.float32), name="v%d" % (i + 1)) for i in range(count)]
    total = tf.add_n([tf.reduce_sum(v) for v in made], name="total")
    return made, total


def by_turns():
    """Variables over two servers, the rest on the worker; inner blocks add to it."""
    with tf.device(tf.train.replica_device_setter(ps_tasks=2)):
        variables()
        with tf.device("/gpu:1"):
            tf.constant(1.0, name="card")
            with tf.device("/task:1"):
                tf.constant(1.0, name="other_task")
            tf.Variable(0.0, name="on_card")
        with tf.device("/job:worker/task:2"):
            tf.Variable(0.0, name="local")
            tf.constant(1.0, name="there")
        with tf.device("/job:ps/task:7"):
            tf.Variable(0.0, name="seventh")
        tf.get_variable("r", [2], use_resource=True)
    with tf.device("/job:other/cpu:0"), tf.device(tf.train.replica_device_setter(ps_tasks=3)):
        tf.Variable(0.0, name="outer")
    return {"steps": []}


def forms():
    """All arguments."""
    cluster = tf.train.ClusterSpec({"ps": ["a:1", "b:1", "c:1"], "worker": ["d:1"]})
    setters = {
        "cluster": dict(cluster=cluster), "dict": dict(cluster={"ps": ["a:1", "b:1"], "worker": ["d:1"]}),
        "proto": dict(cluster=cluster.as_cluster_def()),
        "named": dict(ps_tasks=2, ps_device="/job:servers/cpu:0", worker_device="/job:trainer/task:3"),
        "no_worker": dict(ps_tasks=1, worker_device=None), "no_ps": dict(ps_tasks=2, ps_device=None),
        "not_merged": dict(ps_tasks=2, merge_devices=False), "no_job": dict(ps_tasks=2, ps_device="/cpu:0"),
        "ops": dict(ps_tasks=2, ps_ops=["Const", "VarHandleOp"]),
        "strategy": dict(ps_tasks=4, ps_strategy=lambda op: len(op.name) % 4),
        "greedy": dict(ps_tasks=2, ps_strategy=tf.contrib.training.GreedyLoadBalancingStrategy(
            2, tf.contrib.training.byte_size_load_fn)),
        "random": dict(ps_tasks=3, ps_strategy=tf.contrib.training.RandomStrategy(3)),
        "seeded": dict(ps_tasks=3, ps_strategy=tf.contrib.training.RandomStrategy(3, seed=7)),
    }
    for name in sorted(setters):
        with tf.name_scope(name), tf.device(tf.train.replica_device_setter(**setters[name])):
            variables(4)
            with tf.device("/cpu:0"):
                tf.Variable(1.0, name="inner")
            with tf.device("/job:%s" % ("servers" if name == "named" else "worker")):
                tf.Variable(1.0, name="elsewhere")
            tf.get_variable(name, [3, 1], use_resource=True)
    nothing = {"none": tf.train.replica_device_setter(), "no tasks": tf.train.replica_device_setter(cluster={}),
               "other job": tf.train.replica_device_setter(cluster={"worker": ["a:1"]})}
    return {"steps": [], "facts": nothing}


def with_optimizer():
    """Slots stand beside their variables; the saver asks each server."""
    with tf.device(tf.train.replica_device_setter(ps_tasks=2)):
        step = tf.train.get_or_create_global_step()
        made, total = variables(3)
        tf.train.AdamOptimizer().minimize(tf.square(total), global_step=step)
        tf.train.Saver(sharded=True)
        tf.global_variables_initializer()
    return {"steps": []}


def partitioned():
    """The parts of a variable over servers, and rows looked up in them."""
    with tf.device(tf.train.replica_device_setter(ps_tasks=3)):
        table = tf.get_variable("table", [10, 4], partitioner=tf.fixed_size_partitioner(3))
        wide = tf.get_variable("wide", [64, 32], partitioner=tf.min_max_variable_partitioner(3, min_slice_size=2 << 10))
        ids = tf.constant([1, 5, 9, 1])
        rows = [tf.nn.embedding_lookup(table, ids, partition_strategy=strategy) for strategy in ("mod", "div")]
        loss = tf.add_n([tf.reduce_sum(tf.square(r)) for r in rows]) + tf.reduce_sum(wide)
        tf.train.AdagradOptimizer(0.1).minimize(loss)
    return {"steps": [], "facts": {"parts": [v.op.name for v in list(table) + list(wide)]}}


VARIANTS = {"by_turns": by_turns, "forms": forms, "with_optimizer": with_optimizer, "partitioned": partitioned}
