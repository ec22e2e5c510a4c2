import tensorflow as tf

import numpy as np


def problem(**options):
    """A line; the variables on parameter servers, the rest on a worker."""
    with tf.device(tf.train.replica_device_setter(ps_tasks=2, **options)):
        step = tf.train.get_or_create_global_step()
        w = tf.get_variable("w", [2, 1], initializer=tf.constant_initializer([[1.0], [-2.0]]))
        b = tf.Variable(0.5, name="b")
        x = tf.constant([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]], name="x")
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - [[1.0], [2.0], [3.0]]), name="loss")
    return step, w, b, loss


def facts_of(sync, train):
    runner = sync.get_chief_queue_runner()
    return {"train": train, "name": sync.get_name(), "runner": runner.name, "queue": runner.queue.name,
            "enqueue": [op.name for op in runner.enqueue_ops], "close": runner.close_op.name,
            "cancel": runner.cancel_op.name, "local init": sync.local_step_init_op, "chief init": sync.chief_init_op,
            "ready": sync.ready_for_local_init_op, "slot names": sync.get_slot_names(),
            "variables": [v.name for v in sync.variables()]}


def on_servers():
    """The graph of one of three workers, of which two are waited for."""
    step, w, b, loss = problem()
    with tf.device(tf.train.replica_device_setter(ps_tasks=2)):
        optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
        sync = tf.train.SyncReplicasOptimizer(optimizer, replicas_to_aggregate=2, total_num_replicas=3)
        train = sync.minimize(loss, global_step=step)
    tokens = sync.get_init_tokens_op()
    few = sync.get_init_tokens_op(1)
    none = sync.get_init_tokens_op(0)
    hook = sync.make_session_run_hook(True)
    facts = facts_of(sync, train)
    facts.update(slot=sync.get_slot(w, "momentum"), tokens=tokens, few=few, none=none, hook=type(hook).__name__)
    return {"steps": [], "facts": facts}


def averaged():
    """Moving averages of the variables follow each update."""
    step, w, b, loss = problem(merge_devices=False)
    averages = tf.train.ExponentialMovingAverage(0.9, step)
    sync = tf.train.SyncReplicasOptimizer(tf.train.AdamOptimizer(0.1), 3, variable_averages=averages,
                                          variables_to_average=[w, b], name="together")
    with tf.name_scope("outer"):
        pairs = sync.compute_gradients(loss, var_list=[b, w])
        train = sync.apply_gradients([(2.0 * gradient, variable) for gradient, variable in pairs], step, name="ignored")
    return {"steps": [], "facts": facts_of(sync, train)}


def sparse():
    """Gradients of rows, one variable without a gradient, a step of 32 bits."""
    step = tf.Variable(0, name="step", trainable=False)
    table = tf.Variable(np.arange(8.0).reshape(4, 2), name="table", dtype=tf.float32)
    other = tf.Variable(1.0, name="other")
    loss = tf.reduce_sum(tf.square(tf.gather(table, [1, 3, 1])))
    sync = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.5), 1)
    train = sync.apply_gradients(sync.compute_gradients(loss, [table, other]), global_step=step)
    runner = sync.get_chief_queue_runner()
    steps = [{"run": [tf.global_variables_initializer()]}, {"run": [sync.chief_init_op]}]
    for _ in range(3):  # the worker and the chief in one run: the worker waits for the chief's token
        steps += [{"run": [train.op] + list(runner.enqueue_ops)}, {"fetch": [table, step, sync._local_step]}]
    return {"steps": steps, "facts": facts_of(sync, train)}


def resources():
    """The same with resource variables."""
    with tf.variable_scope("model", use_resource=True):
        step = tf.get_variable("step", [], tf.int64, tf.zeros_initializer(), trainable=False)
        w = tf.get_variable("w", [3], initializer=tf.ones_initializer())
        loss = tf.reduce_sum(w * w)
        sync = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.25), 1)
        train = sync.minimize(loss, global_step=step)
    runner = sync.get_chief_queue_runner()
    steps = [{"run": [tf.global_variables_initializer()]}, {"run": [sync.chief_init_op]}]
    worker = tf.get_default_graph().get_operation_by_name("AssignVariableOp")
    for _ in range(3):
        steps += [{"run": [worker] + list(runner.enqueue_ops)}, {"fetch": [w, step]}]
    facts = facts_of(sync, None)
    del facts["local init"]
    return {"steps": steps, "facts": facts}


VARIANTS = {"on_servers": on_servers, "averaged": averaged, "sparse": sparse, "resources": resources}
