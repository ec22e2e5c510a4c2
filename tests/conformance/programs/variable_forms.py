import tensorflow as tf

import numpy as np


def describe(variable):
    return "%s %s %s %s" % (variable.name, variable.dtype.name, variable.shape, variable.op.type)


def constructors():
    """The forms of tf.Variable: initial values of every kind."""
    made = [
        tf.Variable(3, name="x"), tf.Variable(0.0), tf.Variable([1, 2]), tf.Variable(np.zeros((2, 3))),
        tf.Variable(tf.zeros([2]), name="zeros"), tf.Variable(True, trainable=False),
        tf.Variable("text", trainable=False),
        tf.Variable(1, dtype=tf.float32), tf.Variable(lambda: tf.ones([2, 2]), name="from_function"),
        tf.Variable(lambda: 5.0, dtype=tf.float64), tf.Variable(initial_value=tf.constant(1.0), name="given"),
        tf.Variable(1.0, collections=["mine", tf.GraphKeys.GLOBAL_VARIABLES]), tf.Variable(2.0, collections=[]),
        tf.Variable(tf.placeholder(tf.float32, (None, 2)), validate_shape=False, name="loose"),
        tf.Variable(1.0, expected_shape=[], name="expected"),
        tf.Variable(1.0, name="a/b/c"), tf.Variable(3, name="x"), tf.Variable(1 + 1j, name="complex"),
        tf.Variable(1.0, constraint=tf.abs, name="constrained"),
        tf.Variable(1.0, aggregation=tf.VariableAggregation.MEAN, synchronization=tf.VariableSynchronization.AUTO),
    ]
    facts = {"%02d" % i: describe(variable) for i, variable in enumerate(made)}
    facts["repr"] = [made[0], made[8], made[13]]
    facts["constraint"] = made[18].constraint is tf.abs
    facts["trainable"] = [variable.trainable for variable in made]
    return {"steps": [], "facts": facts}


def members():
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
    w = tf.Variable(7, name="w", trainable=False)
    facts = {
        "name": v.name, "dtype": v.dtype, "base": v.dtype.base_dtype, "shape": v.shape,
        "get_shape": v.get_shape().as_list(),
        "op": v.op.name, "graph": v.graph is tf.get_default_graph(), "device": v.device, "initializer": v.initializer,
        "initial_value": v.initial_value, "value": v.value(), "read_value": v.read_value(),
        "trainable": [v.trainable, w.trainable],
        "text": str(v), "dims": [v.shape.ndims, int(v.shape[1])], "is variable": isinstance(v, tf.Variable),
        "convert": tf.convert_to_tensor(v), "ref is not value": tf.identity(v).dtype,
        "snapshot": v.initialized_value is not None,
    }
    steps = [{"run": [v.initializer, w.initializer]}, {"fetch": [
        v.assign([[5.0, 6.0], [7.0, 8.0]])]}, {"fetch": [v.assign_add(tf.ones([2, 2]))]},
        {"fetch": [v.assign_sub([[1.0, 1.0], [1.0, 1.0]], use_locking=True)]}, {"fetch": [w.count_up_to(9)]},
        {"fetch": [w]},
        {"fetch": [v.scatter_sub(tf.IndexedSlices(tf.constant([[1.0, 1.0]]), tf.constant([0])))]},
        {"fetch": [tf.assign(v, [[0.0, 0.0], [0.0, 0.0]], use_locking=False, name="reset")]}, {"fetch": [v]}]
    return {"steps": steps, "facts": facts}


def get_variable_forms():
    """Initializers as objects, classes' instances, constants, names of dtypes; regularizers; collections."""
    made = [
        tf.get_variable("plain", [2, 3]), tf.get_variable("int", [2], tf.int32), tf.get_variable("scalar", ()),
        tf.get_variable("list", shape=[3], initializer=tf.zeros_initializer()),
        tf.get_variable("value", initializer=tf.constant([1.0, 2.0])), tf.get_variable("python", initializer=5.0),
        tf.get_variable("array", initializer=np.arange(3)), tf.get_variable("number", [2],
                                                                            initializer=tf.constant_initializer(3)),
        tf.get_variable("double", [1], tf.float64, initializer=tf.ones_initializer()),
        tf.get_variable("frozen", [1], trainable=False), tf.get_variable("local", [1],
                                                                         collections=[tf.GraphKeys.LOCAL_VARIABLES]),
        tf.get_variable("squared", [2], regularizer=lambda w: tf.reduce_sum(w * w, name="sum")),
        tf.get_variable("class", [2], initializer=tf.random_normal_initializer),
        tf.get_variable("shape", tf.TensorShape([1, 2])),
        tf.get_variable("validated", initializer=tf.placeholder_with_default([1.0], [None]), validate_shape=False),
        tf.get_variable("function", [2, 2], initializer=lambda shape, dtype, partition_info: tf.ones(shape,
                                                                                                     dtype) * 2.0),
        tf.get_variable("bool", [2], tf.bool, tf.zeros_initializer), tf.get_variable("positive", [2],
                                                                                     constraint=tf.abs),
        tf.get_variable("deep/name", [1]), tf.get_local_variable("own", [1]),
        tf.get_variable("text", [1], tf.string, tf.zeros_initializer),
    ]
    facts = {"%02d" % i: describe(variable) for i, variable in enumerate(made)}
    return {"steps": [], "facts": facts}


def sharing():
    """reuse by flag, by scope object, by reuse_variables, by AUTO_REUSE, by nesting."""
    facts = {}
    with tf.variable_scope("relu") as scope:
        first = tf.get_variable("threshold", shape=(), initializer=tf.constant_initializer(0.0))
        facts["before"] = scope.reuse
        scope.reuse_variables()
        facts["after"] = scope.reuse
        facts["in block"] = tf.get_variable("threshold") is first
        with tf.variable_scope("inner") as inner:
            facts["inherited"] = inner.reuse
    with tf.variable_scope("relu", reuse=True):
        facts["flag"] = tf.get_variable("threshold") is first
    with tf.variable_scope(scope, reuse=True):
        facts["object"] = tf.get_variable("threshold") is first
    for i in range(3):
        with tf.variable_scope("loop", reuse=(i >= 1)):
            tf.get_variable("w", [1])
            tf.constant(0.0, name="c")
    with tf.variable_scope("auto", reuse=tf.AUTO_REUSE) as auto:
        one = tf.get_variable("v", [1])
        facts["auto"] = tf.get_variable("v", [1]) is one
        facts["reuse"] = str(auto.reuse == tf.AUTO_REUSE)
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        facts["root"] = tf.get_variable("root_variable", [1]).name
    with tf.variable_scope("", default_name="", reuse=True):
        facts["root again"] = tf.get_variable("relu/threshold") is first
    facts["trainable"] = [variable.name for variable in tf.trainable_variables()]
    facts["in scope"] = [variable.name for variable in tf.trainable_variables("loop")]
    facts["global"] = [variable.op.name for variable in tf.global_variables(scope="relu")]
    return {"steps": [], "facts": facts}


def scope_members():
    """What a VariableScope says, and the defaults that it hands on."""
    facts = {}
    regularizer = tf.contrib.layers.l2_regularizer(0.5)
    with tf.variable_scope("outer", initializer=tf.ones_initializer(), regularizer=regularizer,
                           dtype=tf.float64) as outer:
        v = tf.get_variable("v", [2])
        facts["outer"] = [outer.name, outer.original_name_scope, outer.dtype, outer.initializer is not None]
        with tf.variable_scope("inner", dtype=tf.float32) as inner:
            w = tf.get_variable("w", [2], initializer=tf.zeros_initializer(), regularizer=tf.no_regularizer)
            facts["inner"] = [inner.name, inner.original_name_scope, inner.dtype, tf.get_variable_scope().name,
                              tf.get_variable_scope() is inner]
            inner.set_initializer(tf.constant_initializer(9.0))
            x = tf.get_variable("x", [1], regularizer=tf.no_regularizer)
    with tf.variable_scope(None, default_name="unnamed"):
        facts["default"] = tf.get_variable("v", [1]).name
    with tf.variable_scope(None, "unnamed"):
        facts["default again"] = tf.get_variable("v", [1]).name
    with tf.variable_scope(outer):
        facts["by object"] = [tf.constant(0, name="c").name, tf.get_variable_scope().name]
    with tf.variable_scope("outer", auxiliary_name_scope=False):
        facts["no name scope"] = tf.constant(0, name="c").name
    with tf.variable_scope(outer, auxiliary_name_scope=False), tf.name_scope(outer.original_name_scope):
        facts["original"] = tf.constant(0, name="c").name
    facts["scoped"] = tf.get_variable_scope().name
    init = tf.global_variables_initializer()
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    facts["losses"] = [loss.name for loss in losses]
    return {"steps": [{"run": [init]}, {"fetch": [v, w, x] + losses}], "facts": facts}


def custom_getters():
    """Getters wrap variables, also one within another; creators do for both kinds of making."""
    facts = {"asked": []}

    def doubled(getter, name, *args, **kwargs):
        facts["asked"].append(name)
        return getter(name, *args, **kwargs) * 2.0

    def frozen(getter, *args, **kwargs):
        kwargs["trainable"] = False
        return getter(*args, **kwargs)

    def creator(next_creator, **kwargs):
        kwargs["name"] = "created_" + (kwargs["name"] or "nameless")
        return next_creator(**kwargs)

    with tf.variable_scope("outer", custom_getter=doubled):
        one = tf.get_variable("one", [2], initializer=tf.ones_initializer())
        with tf.variable_scope("inner", custom_getter=frozen):
            two = tf.get_variable("two", [2], initializer=tf.ones_initializer())
        dense = tf.layers.dense(tf.ones([1, 2]), 1, kernel_initializer=tf.ones_initializer(), name="dense")
    three = tf.get_variable("three", [1], custom_getter=frozen)
    with tf.variable_creator_scope(creator):
        tf.Variable(1.0, name="v")
        tf.get_variable("w", [1])
    facts["kinds"] = [one.op.type, two.op.type, three.op.type]
    facts["trainable"] = [variable.name for variable in tf.trainable_variables()]
    facts["all"] = [variable.name for variable in tf.global_variables()]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [one, two, dense]}], "facts": facts}


def op_scopes():
    """variable_op_scope and name scopes around get_variable."""
    facts = {}
    x = tf.constant(1.0, name="x")
    with tf.variable_scope("given", "default", [x]):
        facts["values"] = tf.get_variable("v", [1]).name
    with tf.variable_op_scope([x], None, "older"):
        facts["older"] = tf.get_variable("v", [1]).name
    with tf.name_scope("names"):
        facts["name scope ignored"] = tf.get_variable("v", [1]).name
        facts["but not by Variable"] = tf.Variable(1.0, name="u").name
        with tf.variable_scope("vars"):
            facts["mixed"] = [tf.get_variable("v", [1]).name, tf.constant(0, name="c").name]
    with tf.variable_scope("a/b"):
        facts["slashes"] = tf.get_variable("v", [1]).name
        with tf.variable_scope("c"):
            facts["deeper"] = [tf.get_variable("v", [1]).name, tf.add(x, x).name]
    for _ in range(2):
        with tf.variable_scope("again", reuse=tf.AUTO_REUSE):
            facts.setdefault("again", []).append(tf.add(x, x).name)
    return {"steps": [], "facts": facts}


def initialization():
    """Initializers of groups, what is not initialized yet, states of local variables."""
    a = tf.Variable(1.0, name="a")
    b = tf.get_variable("b", [2], initializer=tf.ones_initializer())
    c = tf.get_variable("c", [1], collections=[tf.GraphKeys.LOCAL_VARIABLES], initializer=tf.zeros_initializer())
    check = tf.is_variable_initialized(a)
    missing = tf.report_uninitialized_variables()
    some = tf.report_uninitialized_variables([a, c], name="some")
    init, local = tf.global_variables_initializer(), tf.local_variables_initializer()
    only_b = tf.variables_initializer([b], name="only_b")
    older = tf.initialize_variables([a], name="older")
    everything, older_local = tf.initialize_all_variables(), tf.initialize_local_variables()
    nothing = tf.variables_initializer([])
    steps = [{"fetch": [missing, some, check]}, {"run": [only_b]}, {"fetch": [missing]}, {"run": [local, older]},
             {"fetch": [missing, some, check]}, {"run": [init]}, {"fetch": [missing, a, b, c]},
             {"run": [everything, older_local]}]
    facts = {"local": [variable.name for variable in tf.local_variables()], "all": len(tf.all_variables()),
             "model": len(tf.model_variables()), "moving": len(tf.moving_average_variables()), "nothing": nothing,
             "init": init.type, "names": [op.name for op in (init, local, only_b, older, everything, older_local)]}
    return {"steps": steps, "facts": facts}


VARIANTS = {
    "constructors": constructors,
    "members": members,
    "get_variable": get_variable_forms,
    "sharing": sharing,
    "scope_members": scope_members,
    "custom_getters": custom_getters,
    "op_scopes": op_scopes,
    "initialization": initialization,
}
