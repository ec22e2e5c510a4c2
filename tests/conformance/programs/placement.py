"""Where nodes stand in a session with two CPU devices, as the graphs tell that a run was cut into."""
import tensorflow as tf


def config(**options):
    made = tf.ConfigProto(device_count={"CPU": 2}, intra_op_parallelism_threads=1, inter_op_parallelism_threads=1,
                          **options)
    made.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    made.graph_options.rewrite_options.disable_meta_optimizer = True
    return made


def partitions(fetches, feed=None, session=None, **options):
    """The graphs that a run was cut into, by device. Without `session` a new one runs the initializers first."""
    if session is None:
        session = tf.Session(config=config(**options))
        session.run(tf.global_variables_initializer())
    metadata = tf.RunMetadata()
    session.run(fetches, feed, options=tf.RunOptions(output_partition_graphs=True), run_metadata=metadata)
    return {graph.node[0].device[-5:]: graph for graph in metadata.partition_graphs}


def places(*arguments, **options):
    """Name -> device of the nodes that the graph had."""
    found = {}
    graph = tf.get_default_graph()
    known = set(operation.name for operation in graph.get_operations())
    for part in partitions(*arguments, **options).values():
        found.update((node.name, node.device[-5:]) for node in part.node if node.name in known)
    return ["%s on %s" % item for item in sorted(found.items())]


def rewrite(**changes):
    """The graph once more, with some nodes asking for other devices or to be colocated with others."""
    definition = tf.get_default_graph().as_graph_def()
    for node in definition.node:
        if node.name in changes:
            device, classes = changes[node.name]
            node.device = device
            node.attr.pop("_class", None)
            if classes:
                node.attr["_class"].list.s.extend(b"loc:@" + name for name in classes)
    tf.reset_default_graph()
    tf.import_graph_def(definition, name="")


def generators():
    """Nodes without inputs stand with their consumers, if those are together."""
    a, b, c = (tf.constant(1.0, name=name) for name in "abc")
    p = tf.placeholder_with_default(1.0, [], name="p")
    r = tf.random_uniform([2], name="r")
    with tf.control_dependencies([a]):
        after = tf.constant(2.0, name="after")
    with tf.device("/cpu:1"):
        x = tf.add(a, b, name="x")
        y = tf.add(b, c, name="y")
        z = tf.add(r, after, name="z")
    w = tf.add(c, p, name="w")
    alone = tf.constant(5.0, name="alone")
    with tf.device("/cpu:1"), tf.control_dependencies([alone]):
        last = tf.no_op("last")
    return {"steps": [], "facts": {"places": places([x, y, z, w, last])}}


def metadata():
    """Shape, Size and Rank stand with their input, other nodes do not."""
    p = tf.placeholder(tf.float32, name="p")
    with tf.device("/cpu:1"):
        a = tf.identity(p, name="a")
    u = tf.placeholder(tf.float32, name="u")
    fetches = [tf.shape(a, name="shape"), tf.size(a, name="size"), tf.rank(a, name="rank"),
               tf.zeros_like(a, name="zeros"), tf.shape(u, name="other"), tf.shape(tf.identity(a, name="b"), name="sb")]
    fetches += [tf.add(fetches[0], 1, name="sum")] + tf.shape_n([a, u], name="several")
    return {"steps": [], "facts": {"places": places(fetches, {p: [1.0], u: [2.0]})}}


def variables():
    """What takes a variable's reference or handle stands with it."""
    with tf.device("/cpu:1"):
        v = tf.Variable([1.0, 2.0], name="v")
        h = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[2], name="h")
    o = tf.Variable(3.0, name="o")
    put = tf.raw_ops.AssignVariableOp(resource=h, value=[1.0, 2.0], name="put")
    with tf.control_dependencies([put]):
        read = tf.raw_ops.ReadVariableOp(resource=h, dtype=tf.float32, name="read")
    fetches = [tf.assign(v, [3.0, 4.0], name="set"), v + o, put, read, read + 1.0]
    return {"steps": [], "facts": {"places": places(fetches)}}


def overruled():
    """A device asked for by what takes a reference gives way."""
    with tf.device("/cpu:1"):
        v = tf.Variable(1.0, name="v")
    with tf.device("/cpu:0"):
        w = tf.assign_add(v, 1.0, name="w")
    rewrite(w=("/device:CPU:0", None))
    session = tf.Session(config=config())
    session.run("v/Assign")
    return {"steps": [], "facts": {"device": tf.get_default_graph().get_operation_by_name("w").device,
                                   "places": places("w:0", session=session), "w": w.dtype.name}}


def colocated():
    a = tf.constant(1.0, name="a")
    with tf.colocate_with(a.op):
        b = tf.identity(2.0, name="b")
    with tf.device("/cpu:1"), tf.colocate_with(b.op, ignore_existing=True):
        c = tf.identity(3.0, name="c")
    d = tf.identity(4.0, name="d")
    e = tf.identity(5.0, name="e")
    facts = {"device of c": c.device, "classes": [node.op.colocation_groups() for node in (a, b, c, d, e)]}
    rewrite(a=("/device:CPU:1", None), d=("", [b"c"]), e=("", [b"c", b"d"]))
    facts["places"] = places([node + ":0" for node in "abcde"])
    return {"steps": [], "facts": facts}


def partial_names():
    fetches = []
    for device in ["/job:localhost", "/device:CPU:*", "/task:0", "/device:CPU:1", "/replica:0/cpu:1",
                   "/job:localhost/replica:0/task:0/device:CPU:1", "", None]:
        with tf.device(device):
            fetches.append(tf.identity(1.0, name="x"))
    return {"steps": [], "facts": {"places": places(fetches)}}


def soft():
    """What cannot be had is not asked for, under soft placement; nor what colocated nodes do not agree about."""
    fetches = []
    for device in ["/gpu:0", "/cpu:7", "/device:FPGA:3", "/cpu:1"]:
        with tf.device(device):
            fetches.append(tf.identity(1.0, name="x"))
    with tf.device("/cpu:1"):
        v = tf.identity(1.0, name="v")
    with tf.device("/cpu:0"):
        w = tf.identity(v, name="w")
    names = [node.name for node in fetches + [v, w]]
    rewrite(w=("/cpu:0", [b"v"]))
    return {"steps": [], "facts": {"places": places(names, allow_soft_placement=True)}}


def grown():
    """What an earlier run placed stays; what came since stands where it would have."""
    session = tf.Session(config=config())
    a = tf.constant(1.0, name="a")
    b = tf.identity(a, name="b")
    facts = {"before": places(b, session=session)}
    with tf.device("/cpu:1"):
        c = tf.add(b, 2.0, name="c")
    with tf.colocate_with(c.op):
        d = tf.identity(c, name="d")
    facts["after"] = places([b, c, d], session=session)
    return {"steps": [], "facts": facts}


def device_functions():
    """The book's: variables on one device, the rest on another."""
    def variables_on_first(op):
        return "/device:CPU:0" if op.type == "VariableV2" else "/device:CPU:1"

    with tf.device(variables_on_first):
        i = tf.Variable(3.0, name="i")
        j = tf.constant(4.0, name="j")
        k = tf.multiply(i, j, name="k")
        with tf.device("/cpu:0"):
            m = tf.identity(k, name="m")
    return {"steps": [], "facts": {"places": places([k, m]), "init": places(i.initializer)}}


def parts(*arguments, **options):
    """The nodes of each device and what they read, with the transfers. An end's memory is not told apart."""
    facts = {}
    for device, graph in partitions(*arguments, **options).items():
        facts[device] = sorted("%s = %s(%s)" % (node.name, node.op.replace("Host", ""), ", ".join(node.input))
                               for node in graph.node)
    return facts


def transfers():
    """One transfer for a value and a device, however many read it there."""
    with tf.device("/cpu:0"):
        a = tf.Variable(3.0, name="a")
    with tf.device("/cpu:1"):
        b = tf.constant(4.0, name="b")
        c = tf.multiply(a, b, name="c")
        d = tf.add(a, c, name="d")
    with tf.device("/cpu:0"):
        e = tf.subtract(d, c, name="e")
        f = tf.add(d, a, name="f")
    session = tf.Session(config=config())
    return {"steps": [], "facts": dict(parts([e, f, d]), init=parts(a.initializer, session=session),
                                       values=session.run([e, f, d]))}


def transfers_of_several_outputs():
    with tf.device("/cpu:1"):
        x = tf.placeholder(tf.float32, [4], name="x")
        top = tf.nn.top_k(x, 2, name="top")
        low, high = tf.split(x, 2, name="halves")
    with tf.device("/cpu:0"):
        fetches = [tf.add(low, high, name="sum"), tf.gather(x, top.indices, name="picked")]
    return {"steps": [], "facts": parts(fetches + [top.values], {x: [3.0, 1.0, 4.0, 1.5]})}


def transfers_of_feeds_and_controls():
    x = tf.placeholder(tf.float32, name="x")
    w = tf.placeholder(tf.float32, name="w")
    with tf.device("/cpu:1"):
        y = tf.identity(x, name="y")
        z = tf.add(x, y, name="z")
        op = tf.group(z, name="op")
    with tf.device("/cpu:0"), tf.control_dependencies([op]):
        v = tf.add(tf.constant(1.0, name="one"), x, name="v")
    with tf.device("/cpu:0"), tf.control_dependencies([op, v]):
        last = tf.no_op("last")
    return {"steps": [], "facts": parts([z, y, v, w + 1.0, last], {x: 1.0, w: 2.0})}


def transfers_in_branches():
    p = tf.placeholder(tf.bool, name="p")
    with tf.device("/cpu:1"):
        a = tf.constant(1.0, name="a")

    def yes():
        with tf.device("/cpu:1"):
            return tf.add(a, 1.0, name="t")

    def no():
        with tf.device("/cpu:0"):
            return tf.add(a, 2.0, name="f")

    with tf.device("/cpu:0"):
        chosen = tf.cond(p, yes, no)
    session = tf.Session(config=config())
    found = parts(chosen, {p: True}, session=session)
    return {"steps": [], "facts": {"values": [session.run(chosen, {p: taken}) for taken in (True, False)],
                                   "transfers": sum("_Send" in node for part in found.values() for node in part)}}


def transfers_in_loops():
    def body(i, x):
        with tf.device("/cpu:1"):
            x = tf.add(x, 1.0, name="step")
        return i + 1, x

    with tf.device("/cpu:0"):
        last = tf.while_loop(lambda i, x: i < 3, body, [0, 1.0])
    return {"steps": [], "facts": {"values": tf.Session(config=config()).run(last), "places": places(list(last))}}


def misplaced():
    """What a node that cannot be placed does to runs that do not need it."""
    facts = {}

    def attempt(what, function):
        try:
            facts[what] = function()
        except tf.errors.InvalidArgumentError as error:
            facts[what] = error.message[:40]

    for kind, pruned, soft in (("whole", False, False), ("pruned", True, False), ("soft", False, True)):
        with tf.Graph().as_default():
            options = tf.ConfigProto(allow_soft_placement=soft)
            options.graph_options.place_pruned_graph = pruned
            session = tf.Session(config=options)
            p = tf.placeholder(tf.float32, [], name="p")
            good = tf.add(1.0, 2.0, name="good")
            fed = tf.add(p, 1.0, name="fed")
            before = session.make_callable(good)
            attempt(kind + " before", lambda: session.run(good))
            with tf.device("/job:ps/task:0" if not soft else "/gpu:3"):
                bad = tf.identity(good, name="bad")
            for what, fetch in (("good", good), ("bad", bad), ("other", tf.multiply(good, 3.0, name="other"))):
                attempt("%s %s" % (kind, what), lambda: session.run(fetch))
            attempt(kind + " callable from before", before)
            attempt(kind + " callable", lambda: session.make_callable(good)())
            attempt(kind + " partial run", lambda: str(session.partial_run_setup([fed], [p]))[:0])
            attempt(kind + " another session", lambda: tf.Session(config=options).run(good))
    return {"steps": [], "facts": facts}


VARIANTS = {function.__name__: function for function in
            [generators, metadata, variables, overruled, colocated, partial_names, soft, grown, device_functions, transfers,
             transfers_of_several_outputs, transfers_of_feeds_and_controls, transfers_in_branches, transfers_in_loops,
             misplaced]}
