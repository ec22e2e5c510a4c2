import tensorflow as tf

import threading

import numpy as np


def first_graph():
    x = tf.Variable(3, name="x")
    y = tf.Variable(4, name="y")
    return x, y, x * x * y + y + 2


def explicit():
    x, y, f = first_graph()
    sess = tf.Session()
    nothing = sess.run(x.initializer)
    sess.run(y.initializer)
    result = sess.run(f)
    sess.close()
    return {"steps": [], "facts": {"result": result, "initializer": nothing, "f": f, "text": str(f), "x": x}}


def with_block():
    x, y, f = first_graph()
    before = tf.get_default_session()
    with tf.Session() as sess:
        ran = x.initializer.run()
        y.initializer.run()
        result = f.eval()
        is_default = tf.get_default_session() is sess
        tf.get_default_session().run(f)
    return {"steps": [], "facts": {"before": before, "run gives": ran, "result": result, "default": is_default,
                                   "after": tf.get_default_session(), "x": type(x.eval).__name__}}


def init_node():
    _, _, f = first_graph()
    init = tf.global_variables_initializer()
    with tf.Session():
        init.run()
        result = f.eval()
    return {"steps": [], "facts": {"result": result, "init": init, "control inputs": init.control_inputs}}


def interactive():
    _, _, f = first_graph()
    init = tf.global_variables_initializer()
    sess = tf.InteractiveSession()
    init.run()
    result = f.eval()
    is_default = tf.get_default_session() is sess
    sess.close()
    return {"steps": [], "facts": {"result": result, "default": is_default, "after": tf.get_default_session()}}


def several_graphs():
    x1 = tf.Variable(1)
    default = tf.get_default_graph()
    graph = tf.Graph()
    with graph.as_default():
        x2 = tf.Variable(2)
        inner = tf.get_default_graph() is graph
    facts = {"x1": x1.graph is tf.get_default_graph(), "x2 in graph": x2.graph is graph, "inner": inner,
             "x2 in default": x2.graph is tf.get_default_graph(), "back": tf.get_default_graph() is default,
             "names": [x1.name, x2.name], "op": x2.op.graph is graph, "value": x2.value().graph is graph}
    with tf.Session(graph=graph) as sess:
        sess.run(x2.initializer)
        facts["run"] = sess.run(x2)
        facts["session's graph"] = sess.graph is graph
        facts["graph in session"] = tf.get_default_graph() is graph
    tf.reset_default_graph()
    facts["reset"] = tf.get_default_graph() is default
    facts["nodes after reset"] = len(tf.get_default_graph().get_operations())
    tf.Variable(3)
    return {"steps": [], "facts": facts}


def lifecycle():
    w = tf.constant(3)
    x = w + 2
    y = x + 5
    z = x * 3
    facts = {}
    with tf.Session() as sess:
        facts["two evaluations"] = [y.eval(), z.eval()]
        y_val, z_val = sess.run([y, z])
        facts["one run"] = [y_val, z_val]
        facts["equal"] = bool(x.eval(session=sess) == sess.run(x))
    return {"steps": [], "facts": facts}


def side_effects_once():
    v = tf.Variable(0, name="v")
    count = tf.assign_add(v, 1)
    double = count * 2
    triple = count * 3
    facts = {}
    with tf.Session() as sess:
        sess.run(v.initializer)
        facts["one run"] = sess.run([double, triple])
        facts["two runs"] = [double.eval(), triple.eval()]
        facts["at last"] = v.eval()
    return {"steps": [], "facts": facts}


def sessions_are_apart():
    v = tf.Variable(1.0, name="v")
    add = v.assign_add(10.0)
    init = tf.global_variables_initializer()
    one, two = tf.Session(), tf.Session()
    facts = {}
    one.run(init)
    try:
        two.run(v)
    except tf.errors.FailedPreconditionError as error:
        facts["before its initializer"] = type(error)
    two.run(init)
    one.run(add)
    facts["values"] = [one.run(v), two.run(v)]
    with one.as_default():
        facts["default"] = v.eval()
        with two.as_default():
            facts["nested"] = v.eval()
    with one:
        pass
    try:
        one.run(v)
    except RuntimeError as error:
        facts["closed"] = type(error)
    two.close()
    two.close()
    return {"steps": [], "facts": facts}


def threads():
    v = tf.Variable(0, name="v")
    add = v.assign_add(1, use_locking=True)
    facts = {}
    values = [None] * 4

    def work(number, sess):
        for _ in range(25):
            sess.run(add)
        with sess.as_default():
            values[number] = isinstance(add.eval(), np.int32)

    def in_own_session():
        with tf.Session(graph=v.graph) as own:
            own.run(v.initializer)
            facts["own"] = own.run(v)
            facts["default graph of a thread"] = tf.get_default_graph() is v.graph

    with tf.Session() as sess:
        sess.run(v.initializer)
        workers = [threading.Thread(target=work, args=(i, sess)) for i in range(4)]
        workers.append(threading.Thread(target=in_own_session))
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        facts["count"] = sess.run(v)
    facts["values"] = values
    return {"steps": [], "facts": facts}


def growing_graph():
    x = tf.constant(1.0, name="x")
    facts = {}
    with tf.Session() as sess:
        facts["first"] = sess.run(x)
        y = tf.add(x, 1.0, name="y")
        facts["second"] = sess.run(y)
        facts["by name"] = sess.run("y:0")
        facts["operation by name"] = sess.run("y")
    return {"steps": [], "facts": facts}


def callables():
    x = tf.placeholder(tf.float32, (None,), name="x")
    y = tf.multiply(x, 2.0, name="y")
    v = tf.Variable(1.0, name="v")
    add = v.assign_add(1.0)
    facts = {}
    with tf.Session() as sess:
        sess.run(v.initializer)
        double = sess.make_callable(y, [x])
        facts["one"] = double([1.0, 2.0])
        facts["array"] = double(np.array([3.0], np.float32))
        both = sess.make_callable([x, {"y": y}], feed_list=[x])
        facts["structure"] = both([1.0])
        step = sess.make_callable(add)
        facts["no feeds"] = [step(), step()]
        nothing = sess.make_callable(add.op)
        facts["operation"] = nothing()
        traced = sess.make_callable(y, [x], accept_options=True)
        metadata = tf.RunMetadata()
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        facts["with options"] = traced([5.0], options=options, run_metadata=metadata)
        facts["traced devices"] = len(metadata.step_stats.dev_stats) > 0
    return {"steps": [], "facts": facts}


def options_and_metadata():
    x = tf.constant([[1.0, 2.0]], name="x")
    y = tf.matmul(x, x, transpose_b=True, name="y")
    facts = {}
    config = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False, device_count={"CPU": 1},
                            gpu_options=tf.GPUOptions(allow_growth=True))
    config.intra_op_parallelism_threads = 1
    config.graph_options.CopyFrom(tf.GraphOptions(optimizer_options=tf.OptimizerOptions(
        opt_level=tf.OptimizerOptions.L0)))
    with tf.Session(config=config) as sess:
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, timeout_in_ms=60000)
        metadata = tf.RunMetadata()
        facts["value"] = sess.run(y, options=options, run_metadata=metadata)
        nodes = [node.node_name for device in metadata.step_stats.dev_stats for node in device.node_stats]
        facts["y was traced"] = "y" in nodes
        facts["plain run"] = sess.run(y, None, None, None)
        facts["devices"] = [(device.name, device.device_type) for device in sess.list_devices()
                            if device.device_type == "CPU"]
        facts["target"] = sess.sess_str
        facts["graph_def"] = [node.name for node in sess.graph_def.node]
    return {"steps": [], "facts": facts}


def partial_run():
    a = tf.placeholder(tf.float32, [], name="a")
    b = tf.placeholder(tf.float32, [], name="b")
    c = tf.placeholder(tf.float32, [], name="c")
    r1 = tf.add(a, b, name="r1")
    r2 = tf.multiply(r1, c, name="r2")
    facts = {}
    with tf.Session() as sess:
        handle = sess.partial_run_setup([r1, r2], [a, b, c])
        facts["first"] = sess.partial_run(handle, r1, feed_dict={a: 1, b: 2})
        facts["second"] = sess.partial_run(handle, [r2], feed_dict={c: 17})
    return {"steps": [], "facts": facts}


def defaults_and_names():
    """Default stacks, sessions of an explicit graph, eval and run with a session given."""
    graph = tf.Graph()
    with graph.as_default():
        x = tf.constant(5.0, name="x")
        op = tf.no_op(name="nothing")
    sess = tf.Session(graph=graph)
    facts = {"eval": x.eval(session=sess), "run": op.run(session=sess), "eval with feed": x.eval({x: 6.0}, sess)}
    with sess.as_default():
        facts["graph is not default"] = tf.get_default_graph() is not graph
    with sess.graph.as_default(), sess.as_default():
        facts["both"] = (x + 1.0).eval()
    sess.close()
    tf.constant(1, name="in_default")
    return {"steps": [], "facts": facts}


VARIANTS = {
    "explicit": explicit,
    "with_block": with_block,
    "init_node": init_node,
    "interactive": interactive,
    "several_graphs": several_graphs,
    "lifecycle": lifecycle,
    "side_effects_once": side_effects_once,
    "sessions_are_apart": sessions_are_apart,
    "threads": threads,
    "growing_graph": growing_graph,
    "callables": callables,
    "options_and_metadata": options_and_metadata,
    "partial_run": partial_run,
    "defaults_and_names": defaults_and_names,
}
