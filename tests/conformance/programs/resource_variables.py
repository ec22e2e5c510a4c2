"""Variables behind handles: what is built around them, that what was read stays as it was, and all that uses them."""

import tensorflow as tf


def matrix(name="v", **options):
    return tf.Variable([[1.0, 2.0], [3.0, 4.0]], use_resource=True, name=name, **options)


def made():
    v = tf.Variable([1.0, 2.0], use_resource=True, name="v")
    w = tf.get_variable("w", [2, 3], use_resource=True, initializer=tf.constant_initializer(0.5))
    f = tf.Variable(lambda: tf.fill([2], 3.0), use_resource=True, dtype=tf.float32, name="f")
    words = tf.Variable(["a", "bc"], use_resource=True, name="words")
    flag = tf.get_variable("flag", initializer=True, use_resource=True)
    any_shape = tf.Variable(tf.placeholder_with_default([1, 2], None), use_resource=True, name="any_shape")
    with tf.device("/cpu:0"):
        placed = tf.Variable(1.0, use_resource=True, name="placed", trainable=False)
    cached = tf.Variable(2.0, use_resource=True, name="cached", caching_device="/cpu:0")
    total = v + tf.reduce_sum(w) * placed - cached
    unset = tf.report_uninitialized_variables()
    checked = tf.assert_variables_initialized([v, w])
    facts = {"repr": repr(v), "dtype": v.dtype, "shape": w.shape, "name": v.name, "op": v.op.type,
             "handle": v.handle.name, "handle dtype": v.handle.dtype, "initializer": v.initializer.name,
             "initial value": v.initial_value.name, "device": placed.device, "trainable": placed.trainable,
             "unknown shape": any_shape.shape, "create": v.create.name}
    init = tf.global_variables_initializer()
    return {"facts": facts, "steps": [
        {"fetch": [unset, tf.is_variable_initialized(v), v.is_initialized()]}, {"run": [init]},
        {"fetch": [unset, tf.is_variable_initialized(v)]}, {"run": [checked]},
        {"fetch": [v, w, f, words, flag, any_shape, total]},
        {"fetch": [any_shape.assign([[3, 4, 5]])]}, {"fetch": [any_shape]},
        {"fetch": [v, v.value(), v + 1.0], "feed": {v: [100.0, 200.0]}},
    ]}


def read_stays():
    """A value that was read before an update, in the same run, is not changed by it."""
    v = tf.Variable([1.0, 2.0], use_resource=True, name="v")
    m = matrix("m")
    n = tf.Variable(5, use_resource=True, name="n")
    before, rows, number = v.read_value(), m.read_value(), n.read_value()
    with tf.control_dependencies([before, rows, number]):
        changes = [v.assign_add([10.0, 10.0]).op, n.assign_add(1).op,
                   m.scatter_add(tf.IndexedSlices([[1.0, 1.0]], [0])).op]
    with tf.control_dependencies(changes):
        after = [before + 0.0, rows + 0.0, number + 0]
        again = [v.read_value(), m.read_value(), n.read_value()]
    with tf.control_dependencies(again):
        assigned = v.assign([7.0, 8.0])
    with tf.control_dependencies([assigned.op]):
        last = [before + 0.0, again[0] + 0.0, v.read_value()]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": after + again + last}, {"fetch": [v, m, n]}]}


def updates():
    v = matrix()
    n = tf.Variable(0, use_resource=True, name="n")
    p = tf.placeholder(tf.float32, [2, 2], name="p")
    rows = tf.IndexedSlices(tf.constant([[2.0, 3.0]]), tf.constant([1]))
    steps = [tf.assign(v, p), tf.assign_add(v, [[1.0, 1.0], [1.0, 1.0]]), tf.assign_sub(v, v * 0.5),
             v.assign_add([[1.0, 1.0], [1.0, 1.0]], name="named"), v.scatter_sub(rows), v.scatter_add(rows),
             v.scatter_update(rows), v.scatter_mul(rows), v.scatter_div(rows), v.scatter_min(rows), v.scatter_max(rows),
             v.scatter_nd_sub([[0, 1]], [3.0]), v.scatter_nd_add([[0, 1], [1, 0]], [3.0, 4.0]),
             v.scatter_nd_update([[0, 0]], [9.0]), tf.scatter_add(v, [0, 0], [[1.0, 2.0], [3.0, 4.0]]),
             tf.scatter_sub(v, [0], [[1.0, 1.0]]), tf.scatter_mul(v, [1], [[2.0, 2.0]]),
             tf.scatter_div(v, [1], [[2.0, 4.0]]), tf.scatter_min(v, [0], [[0.0, 0.0]]),
             tf.scatter_max(v, [0], [[0.5, -1.0]]), tf.scatter_update(v, [0], [[7.0, 7.0]], name="su"),
             tf.scatter_nd_add(v, [[1]], [[1.0, 1.0]]), tf.scatter_nd_update(v, [[1, 1]], [0.25]),
             tf.scatter_nd_sub(v, [[0]], [[0.5, 0.5]]), v[0].assign([1.0, 2.0]), v[:, 1].assign([-1.0, -2.0]),
             v[0:1, 0:1].assign([[0.125]])]
    counted = [n.assign_add(1), n.count_up_to(3)]
    no_read = v.assign_sub([[1.0, 0.0], [0.0, 1.0]], read_value=False)
    later = v.assign(p, name="later")
    from_later = [later + 1.0, tf.identity(later), later.read_value(), later[0], later.assign_add(p).op.name]
    with tf.control_dependencies([later]):
        tf.no_op(name="waits")
    tf.group(later, n.assign_add(1), name="both")
    facts = {"repr": repr(later), "name": later.name, "op": later.op.name, "type": no_read.type}
    init = tf.global_variables_initializer()
    return {"facts": facts, "steps": [{"run": [init]}, {"fetch": [steps[0]], "feed": {p: [[4.0, 3.0], [2.0, 1.0]]}}] +
            [{"fetch": [step]} for step in steps[1:]] + [{"fetch": counted[:1]}, {"fetch": counted[1:]}, {"fetch": [n]},
             {"run": [no_read]}, {"fetch": [v]},
             {"fetch": from_later[:4], "feed": {p: [[4.0, 3.0], [2.0, 1.0]]}}]}


def reads():
    v = matrix()
    indices = tf.constant([1, 0, 1])
    found = [tf.gather(v, indices), tf.gather(v, [1], axis=1), v.sparse_read([0]), tf.gather_nd(v, [[0, 1]]),
             v.gather_nd([[1]]), tf.nn.embedding_lookup(v, [1, 1]), v[0], v[:, 1], tf.shape(v), tf.size(v), tf.rank(v),
             tf.stack([v, v]), tf.concat([v, v], 0), tf.convert_to_tensor(v), tf.add_n([v, v]), tf.cast(v, tf.int32),
             tf.zeros_like(v), tf.convert_to_tensor([v, v]), -v, abs(v), v > 2.0, 1.0 - v, 2.0 ** v, v < v, v / 2.0, v @ v,
             tf.matmul(v, v), tf.reduce_mean(v), tf.transpose(v), tf.where([True, False], v, -v), tf.nn.l2_loss(v)]
    same = tf.cast(v, tf.float32) is v
    init = tf.global_variables_initializer()
    return {"facts": {"cast": same}, "steps": [{"run": [init]}, {"fetch": found}]}


def gradients():
    v = matrix()
    w = tf.Variable([1.0, 2.0], use_resource=True, name="w")
    unused = tf.Variable(1.0, use_resource=True, name="unused")
    y = tf.reduce_sum(tf.matmul(v, v) * w)
    both = tf.reduce_sum(tf.gather(v, [0, 0])) + tf.reduce_sum(v * w)
    sparse = tf.gradients(tf.gather(v, [1, 0, 1]), v)
    some = tf.gradients(tf.gather_nd(v, [[0, 1], [1, 1]]), v)
    rows = tf.gradients(tf.gather_nd(v, [[1], [1]]), v)
    stopped = tf.gradients(v * v, [v], stop_gradients=[v])
    by_handle = tf.gradients(v.value() * 2.0, [v.handle])
    zero = tf.gradients(y, [unused], unconnected_gradients="zero")
    second = tf.gradients(tf.gradients(tf.reduce_sum(w ** 3.0), w)[0], w)
    init = tf.global_variables_initializer()
    return {"facts": {"unconnected": tf.gradients(y, [unused]), "sparse": type(sparse[0]).__name__}, "steps": [
        {"run": [init]}, {"fetch": tf.gradients(y, [v, w]) + tf.gradients(both, [v, w])},
        {"fetch": sparse + some + rows + stopped + by_handle + zero + second}]}


def trained(optimizer, sparse):
    def build():
        v, w = matrix(), tf.get_variable("w", [2, 1], use_resource=True, initializer=tf.ones_initializer())
        step = tf.train.get_or_create_global_step()
        count = tf.Variable(0, use_resource=True, name="count", trainable=False)
        x = tf.gather(v, [1, 0, 1]) if sparse else v
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
        train = optimizer(step).minimize(loss, global_step=count)
        init = tf.global_variables_initializer()
        return {"steps": [{"run": [init]}] + [{"run": [train]}, {"fetch": [loss, v, w, count]}] * 3}
    return build


def constrained():
    v = matrix(constraint=lambda x: tf.clip_by_value(x, 0.0, 3.5))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v))
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"run": [train]}, {"fetch": [v]}]}


def scopes():
    facts = {}
    with tf.variable_scope("s", use_resource=True) as s:
        facts["inherited"] = s.use_resource
        a = tf.get_variable("a", [1])
        with tf.variable_scope("inner") as inner:
            facts["inner"] = inner.use_resource
            tf.get_variable("a", [1])
            tf.Variable(1.0)
        with tf.variable_scope("by_reference", use_resource=False):
            tf.get_variable("a", [1])
        tf.get_variable("r", [1], use_resource=False, regularizer=tf.contrib.layers.l2_regularizer(0.1))
        tf.get_variable("l2", [1], regularizer=tf.contrib.layers.l2_regularizer(0.1))
        tf.get_variable("l1", [1], regularizer=tf.contrib.layers.l1_regularizer(0.1))
        tf.get_variable("own", [1], regularizer=lambda w: tf.reduce_sum(tf.abs(w)))
    with tf.variable_scope("s", reuse=True):
        facts["shared"] = tf.get_variable("a", [1]) is a
    facts["root"] = tf.get_variable_scope().use_resource
    tf.enable_resource_variables()
    try:
        facts["enabled"] = tf.resource_variables_enabled()
        tf.Variable(1.0, name="by_default")
        tf.get_variable("also", [2])
        tf.Variable(1.0, use_resource=False, name="not_this")
    finally:
        tf.disable_resource_variables()
    facts["disabled"] = tf.resource_variables_enabled()
    tf.Variable(1.0, name="by_reference_again")
    with tf.variable_scope("set") as scope:
        scope.set_use_resource(True)
        tf.get_variable("v", [1])
    return {"facts": facts, "steps": []}


def parts():
    v = tf.get_variable("v", [5, 2], use_resource=True, initializer=tf.ones_initializer(),
                        partitioner=tf.fixed_size_partitioner(2))
    one = tf.get_variable("one", [2], use_resource=True, initializer=tf.zeros_initializer(),
                          partitioner=tf.fixed_size_partitioner(1))
    rows = tf.nn.embedding_lookup(v, [0, 3, 4])
    whole, single = tf.identity(v), tf.identity(one)
    saver = tf.train.Saver()
    init = tf.global_variables_initializer()

    def finish(session):
        saver.save(session, "model.ckpt")

    return {"steps": [{"run": [init]}, {"fetch": [rows, whole, single]}], "finish": finish}


def saved():
    v = matrix()
    with tf.device("/cpu:0"):
        w = tf.Variable([5, 6], use_resource=True, name="w")
    r = tf.Variable([0.5], name="r")
    saver = tf.train.Saver()
    reshaping = tf.train.Saver([v], reshape=True, sharded=True, name="reshaping")
    init = tf.global_variables_initializer()

    def finish(session):
        path = saver.save(session, "model.ckpt")
        session.run([v.assign_add([[1.0, 1.0], [1.0, 1.0]]), w.assign([0, 0])])
        saver.restore(session, path)
        return {"v": session.run(v), "w": session.run(w), "r": session.run(r), "proto": str(v.to_proto()),
                "reshaping": reshaping.saver_def.restore_op_name}

    return {"steps": [{"run": [init]}, {"fetch": [v, w, r]}], "finish": finish}


def imported():
    with tf.Graph().as_default():
        v = tf.Variable([1.0, 2.0], use_resource=True, name="v")
        cached = tf.Variable(3.0, use_resource=True, name="cached", caching_device="/cpu:0")
        tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v * cached))
        meta = tf.train.export_meta_graph()
    tf.train.import_meta_graph(meta, import_scope="in")
    v, cached = tf.global_variables()
    facts = {"names": [v.name, cached.name], "shape": v.shape, "dtype": v.dtype, "handle": v.handle.name,
             "value": cached.value().name, "initial": v.initial_value.name}
    y = v + cached
    loss = tf.reduce_sum(y * y)
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    init = tf.global_variables_initializer()
    return {"facts": facts, "steps": [{"run": [init]}, {"run": [train]}, {"fetch": [v, cached, y]}]}


def in_branches():
    v, w = matrix(), tf.Variable([1.0, 2.0], use_resource=True, name="w")
    p = tf.placeholder(tf.bool, [], name="p")
    doubled = tf.Variable(w.initialized_value() * 2.0, use_resource=True, name="doubled")
    read = tf.cond(p, lambda: w + 1.0, lambda: w * doubled)
    changed = tf.cond(p, lambda: w.assign_add([1.0, 1.0]), lambda: w.assign([5.0, 6.0]))
    rows = tf.cond(p, lambda: tf.gather(v, [0]), lambda: tf.gather(v, [1]) * 2.0)
    slopes = tf.gradients(read, w) + tf.gradients(rows, v)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [w.initializer]}, {"run": [init]}] + [
        {"fetch": fetches, "feed": {p: way}} for way in (True, False) for fetches in ([read, rows] + slopes, [changed])]}


def in_loops():
    v, w = matrix(), tf.Variable([1.0, 2.0], use_resource=True, name="w")
    i = tf.constant(0)
    _, product = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * w), [i, tf.ones([2])])
    _, rows = tf.while_loop(lambda i, x: i < 2, lambda i, x: (i + 1, x * tf.gather(v, [i])), [i, tf.ones([1, 2])])
    slopes = tf.gradients(product, w) + tf.gradients(rows, v)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [product, rows] + slopes}]}


def frozen():
    v, w = matrix(), tf.Variable([[5.0], [6.0]], name="w")
    x = tf.placeholder(tf.float32, [1, 2], name="x")
    tf.identity(tf.matmul(tf.matmul(x, v), w), name="y")
    tf.identity(tf.gather(v, tf.constant([1], tf.int64)), name="z")
    init = tf.global_variables_initializer()

    def finish(session):
        definition = session.graph.as_graph_def()
        facts = {}
        for kept in ([], ["w"]):
            frozen = tf.graph_util.convert_variables_to_constants(session, definition, ["y", "z"],
                                                                  variable_names_blacklist=kept)
            facts["kept %s" % kept] = [" ".join([node.name, node.op] + list(node.input) + sorted(node.attr))
                                       for node in frozen.node]
            if not kept:
                with tf.Graph().as_default():
                    tf.import_graph_def(frozen, name="")
                    facts["values"] = tf.Session().run(["y:0", "z:0"], {"x:0": [[1.0, 2.0]]})
        return facts

    return {"steps": [{"run": [init]}], "finish": finish}


def averages():
    v = matrix()
    keeper = tf.train.ExponentialMovingAverage(0.9)
    update = keeper.apply([v])
    average = keeper.average(v)
    init = tf.global_variables_initializer()
    return {"facts": {"average": repr(average)}, "steps": [
        {"run": [init]}, {"run": [v.assign([[5.0, 6.0], [7.0, 8.0]]).op]}, {"run": [update]}, {"fetch": [average]}]}


def layers_by_default():
    tf.enable_resource_variables()
    try:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.placeholder(tf.int64, [None], name="y")
        hidden = tf.layers.dense(x, 4, activation=tf.nn.relu, kernel_initializer=tf.ones_initializer(),
                                 kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
        logits = tf.contrib.layers.fully_connected(hidden, 2, activation_fn=None,
                                                   weights_initializer=tf.constant_initializer([[0.1, 0.2]] * 4))
        losses = [tf.losses.sparse_softmax_cross_entropy(y, logits)] + tf.losses.get_regularization_losses()
        loss = tf.add_n(losses)
        step = tf.train.get_or_create_global_step()
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)
        accuracy, update = tf.metrics.accuracy(y, tf.argmax(logits, 1))
        init = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())
    finally:
        tf.disable_resource_variables()
    feed = {x: [[1.0, 2.0, 3.0], [0.5, -1.0, 1.0]], y: [0, 1]}
    return {"steps": [{"run": [init]}, {"run": [train], "feed": feed}, {"fetch": [loss, step], "feed": feed},
                      {"run": [update], "feed": feed}, {"fetch": [accuracy]}]}


OPTIMIZERS = {
    "gradient_descent": lambda step: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda step: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda step: tf.train.AdamOptimizer(0.1),
    "adagrad": lambda step: tf.train.AdagradOptimizer(0.1),
    "rmsprop": lambda step: tf.train.RMSPropOptimizer(0.1, momentum=0.5),
    "centered_rmsprop": lambda step: tf.train.RMSPropOptimizer(0.1, centered=True),
    "adadelta": lambda step: tf.train.AdadeltaOptimizer(0.1),
    "ftrl": lambda step: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
    "ftrl_v2": lambda step: tf.train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=0.1),
    "proximal_gradient_descent": lambda step: tf.train.ProximalGradientDescentOptimizer(0.1, 0.01, 0.01),
    "proximal_adagrad": lambda step: tf.train.ProximalAdagradOptimizer(0.1, l1_regularization_strength=0.01),
    "adagrad_da": lambda step: tf.train.AdagradDAOptimizer(0.1, step),
}

VARIANTS = {"made": made, "read_stays": read_stays, "updates": updates, "reads": reads, "gradients": gradients,
            "constrained": constrained, "scopes": scopes, "parts": parts, "saved": saved, "imported": imported,
            "in_branches": in_branches, "in_loops": in_loops, "averages": averages, "frozen": frozen,
            "layers_by_default": layers_by_default}
for _name, _optimizer in OPTIMIZERS.items():
    VARIANTS[_name] = trained(_optimizer, False)
    VARIANTS["sparse_" + _name] = trained(_optimizer, True)
