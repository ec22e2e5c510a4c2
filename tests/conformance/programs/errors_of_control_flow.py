import tensorflow as tf


def predicate():
    return tf.placeholder_with_default(True, [], name="p")


# ---- conditionals ---------------------------------------------------------------------------------------------------


@mistake
def cond_without_function():
    tf.cond(predicate(), lambda: 1)


@mistake
def cond_without_functions():
    tf.cond(predicate())


@mistake
def cond_of_no_function():
    tf.cond(predicate(), 1, lambda: 2)


@mistake
def cond_of_a_function_twice():
    tf.cond(predicate(), lambda: 1, lambda: 2, fn1=lambda: 3)


@mistake
def cond_by_python_bool():
    tf.cond(True, lambda: 1, lambda: 2)


@mistake
def cond_by_a_float():
    tf.cond(tf.constant(1.0, name="number"), lambda: 1, lambda: 2)


@mistake
def cond_by_a_vector():
    tf.cond(tf.constant([True, False], name="both"), lambda: 1, lambda: 2)


@mistake
def cond_of_types():
    tf.cond(predicate(), lambda: tf.constant(1.0), lambda: tf.constant(1))


@mistake
def cond_of_numbers():
    tf.cond(predicate(), lambda: (1, 2), lambda: (1, 2, 3))


@mistake
def cond_of_structures():
    tf.cond(predicate(), lambda: (1, [2]), lambda: (1, 2))


@mistake
def cond_of_list_and_tuple():
    tf.cond(predicate(), lambda: [1, 2], lambda: (1, 2))


@mistake
def cond_of_nothing():
    tf.cond(predicate(), lambda: None, lambda: None)


@mistake
def cond_of_nothing_if_false():
    tf.cond(predicate(), lambda: 1, lambda: None)


@mistake
def cond_of_empty_lists():
    tf.cond(predicate(), lambda: [], lambda: [])


@mistake
def cond_of_none_in_a_list():
    tf.cond(predicate(), lambda: [1, None], lambda: [1, 2])


@mistake
def cond_that_raises():
    def fails():
        raise KeyError("the program's own")
    tf.cond(predicate(), lambda: 1, fails)


@mistake
def cond_with_a_mistake_inside():
    x = tf.constant([1.0, 2.0], name="x")
    tf.cond(predicate(), lambda: tf.matmul(x, x), lambda: x)


@mistake
def cond_of_shapes_at_run():
    x = tf.placeholder_with_default([1.0], None, name="x")
    run(tf.cond(predicate(), lambda: tf.add(x, [1.0, 2.0, 3.0]) + tf.placeholder_with_default([1.0, 2.0], None),
                lambda: x, name="branch"))


@mistake
def cond_fetched_inside():
    inside = []

    def branch():
        inside.append(tf.constant(1.0, name="inside"))
        return inside[0] + 1.0
    tf.cond(predicate(), branch, lambda: 2.0)
    run(inside[0])


@mistake
def cond_pivot_fetched():
    tf.cond(predicate(), lambda: 1, lambda: 2)
    run("cond/switch_t:0")


@mistake
def cond_runs_outside_of_branch():
    inside = []

    def branch():
        inside.append(tf.constant(1.0, name="inside"))
        return inside[0] + 1.0
    tf.cond(predicate(), lambda: 2.0, branch)
    run(tf.add(inside[0], 1.0, name="outside"))


@mistake
def variable_from_inside_a_branch():
    x = tf.constant(1.0, name="x")
    tf.cond(predicate(), lambda: tf.Variable(x * 2.0, name="v"), lambda: tf.Variable(x, name="w"))


# ---- cases ----------------------------------------------------------------------------------------------------------


@mistake
def case_of_no_list():
    tf.case(predicate())


@mistake
def case_of_no_pairs():
    tf.case([predicate()])


@mistake
def case_of_lists():
    tf.case([[predicate(), lambda: 1]])


@mistake
def case_by_python_bool():
    tf.case([(True, lambda: 1)])


@mistake
def case_by_a_float():
    tf.case([(tf.constant(1.0, name="number"), lambda: 1)])


@mistake
def case_of_no_function():
    tf.case([(predicate(), 1)])


@mistake
def case_of_two():
    p = predicate()
    run(tf.case([(p, lambda: 1), (p, lambda: 2)], default=lambda: 3, exclusive=True, name="one"))


@mistake
def case_of_none():
    p = tf.logical_not(predicate())
    run(tf.case([(p, lambda: 1), (p, lambda: 2)], name="one"))


@mistake
def case_of_types():
    p = predicate()
    tf.case([(p, lambda: 1), (p, lambda: 2.0)], default=lambda: 3)


# ---- assertions -----------------------------------------------------------------------------------------------------


@mistake
def assertion_of_floats():
    x = tf.placeholder_with_default([1.0, -2.0, 3.0, 4.0], [None], name="x")
    with tf.control_dependencies([tf.Assert(tf.reduce_all(x > 0.0), ["Not positive:", x], name="check")]):
        run(tf.identity(x))


@mistake
def assertion_of_two():
    x = tf.placeholder_with_default([1.5, 2.5, 3.5], [None], name="x")
    run(tf.Assert(tf.less(tf.size(x), 3), [x, tf.size(x)], summarize=2, name="check"))


@mistake
def assertion_by_a_number():
    tf.Assert(tf.constant(1.0, name="number"), [tf.constant(1.0)])


# ---- loops ----------------------------------------------------------------------------------------------------------


@mistake
def loop_without_condition():
    tf.while_loop(1, lambda i: i + 1, [0])


@mistake
def loop_without_body():
    tf.while_loop(lambda i: i < 3, 1, [0])


@mistake
def loop_without_variables():
    tf.while_loop(lambda: True, lambda: [], [])


@mistake
def loop_of_no_parallel_iterations():
    tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0], parallel_iterations=0)


@mistake
def loop_that_grows():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, tf.concat([x, x], 0)), [0, tf.ones([2, 3], name="start")])


@mistake
def loop_that_forgets_sizes():
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, x), [0, tf.ones([2], name="start")])


@mistake
def loop_that_changes_types():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, tf.cast(x, tf.int32)), [0, 1.0])


@mistake
def loop_that_changes_numbers():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1,), [0, 1.0])


@mistake
def loop_that_changes_structures():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, (x, x)), [0, 1.0])


@mistake
def loop_of_nothing():
    tf.while_loop(lambda i: i < 3, lambda i: None, [0])


@mistake
def loop_with_wrong_arguments():
    tf.while_loop(lambda i: i < 3, lambda i: i, [0, 1])


@mistake
def loop_of_wrong_invariants():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x), [0, tf.ones([2, 3], name="start")],
                  shape_invariants=[tf.TensorShape([]), tf.TensorShape([3, None])])


@mistake
def loop_of_invariants_missing():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x), [tf.constant(0), tf.ones([2, 3])],
                  shape_invariants=[tf.TensorShape([])])


@mistake
def loop_of_invariants_that_are_none():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x), [tf.constant(0), tf.ones([2, 3])],
                  shape_invariants=[tf.TensorShape([]), [2, 3]])


@mistake
def loop_up_to_a_vector():
    tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0], maximum_iterations=[1, 2])


@mistake
def limited_loop_of_other_structure():
    tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x), [0, tf.ones([2])], maximum_iterations=3)


@mistake
def limited_loop_of_more_variables():
    tf.while_loop(lambda x: x < 3, lambda x: (x, x + 1), [0], maximum_iterations=3, name="more")


@mistake
def limited_loop_of_other_keys():
    tf.while_loop(lambda d: d["i"] < 3, lambda d: {"j": d["i"] + 1}, [{"i": 0}], maximum_iterations=3)


@mistake
def loop_by_a_number():
    tf.while_loop(lambda i: i, lambda i: i + 1, [tf.constant(0, name="start")])


@mistake
def loop_by_a_vector():
    tf.while_loop(lambda x: x > 0.0, lambda x: x - 1.0, [tf.constant([1.0, 2.0], name="start")])


@mistake
def loop_that_raises():
    def fails(i):
        raise KeyError("the program's own")
    tf.while_loop(lambda i: i < 3, fails, [0])


@mistake
def loop_used_outside():
    inside = []

    def body(i):
        inside.append(tf.add(i, 1, name="inside"))
        return inside[0]
    tf.while_loop(lambda i: i < 3, body, [0])
    tf.negative(inside[0], name="outside")


@mistake
def loop_used_in_another():
    inside = []

    def body(i):
        inside.append(tf.add(i, 1, name="inside"))
        return inside[0]
    tf.while_loop(lambda i: i < 3, body, [0])
    tf.while_loop(lambda i: i < 3, lambda i: tf.add(i, inside[0], name="other"), [0], name="second")


@mistake
def loop_fetched_inside():
    inside = []

    def body(i):
        inside.append(tf.add(i, 1, name="inside"))
        return inside[0]
    tf.while_loop(lambda i: i < 3, body, [0])
    run(inside[0])


@mistake
def loop_fed_inside():
    inside = []

    def body(i):
        inside.append(tf.add(i, 1, name="inside"))
        return inside[0]
    result = tf.while_loop(lambda i: i < 3, body, [0])
    run(result, {inside[0]: 1})


@mistake
def loop_with_a_mistake_at_run():
    x = tf.placeholder_with_default([1.0, 2.0], None, name="x")
    run(tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.add(y, [1.0, 2.0, 3.0], name="sum")), [0, x],
                      shape_invariants=[tf.TensorShape([]), tf.TensorShape(None)]))


@mistake
def loop_without_end():
    loop = tf.while_loop(lambda i: i >= 0, lambda i: i * 0, [0], name="endless")
    with tf.Session() as session:
        session.run(loop, options=tf.RunOptions(timeout_in_ms=100))


@mistake
def variable_from_inside_a_loop():
    tf.while_loop(lambda x: x < 3.0, lambda x: x + tf.Variable(x, name="v"), [1.0])


# ---- gradients ------------------------------------------------------------------------------------------------------


@mistake
def second_gradient_of_a_loop():
    x = tf.constant(2.0, name="x")
    y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, 1.0])[1]
    tf.gradients(tf.gradients(y, x)[0], x)


@mistake
def gradient_to_where_a_loop_began():
    x = tf.constant(2.0, name="x")
    tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + tf.gradients(a * a, x)[0]), [0, x])


@mistake
def gradient_of_a_loop_without_its_contexts():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="x")
        tf.identity(tf.while_loop(lambda a: a < 9.0, lambda a: a * x, [x]), name="y")
    x = tf.constant(2.0, name="x")
    y, = tf.import_graph_def(graph.as_graph_def(), {"x": x}, ["y:0"])
    tf.gradients(y, x)


# ---- one of several ----------------------------------------------------------------------------------------------


@mistake
def switch_case_by_a_number():
    tf.switch_case(1, [lambda: 1])


@mistake
def switch_case_by_a_float():
    tf.switch_case(tf.constant(1.0), [lambda: 1])


@mistake
def switch_case_by_a_long():
    tf.switch_case(tf.constant(1, tf.int64, name="n"), [lambda: 1, lambda: 2])


@mistake
def switch_case_of_nothing():
    tf.switch_case(tf.constant(1), [])


@mistake
def switch_case_of_a_set():
    tf.switch_case(tf.constant(1), {1, 2})


@mistake
def switch_case_of_no_pairs():
    tf.switch_case(tf.constant(1), [1, 2])


@mistake
def switch_case_of_names():
    tf.switch_case(tf.constant(1), {"a": lambda: 1})


@mistake
def switch_case_of_values():
    tf.switch_case(tf.constant(1), {0: 1})


@mistake
def switch_case_with_a_gap():
    tf.switch_case(tf.constant(1), {0: lambda: 1, 2: lambda: 2})


@mistake
def switch_case_of_other_structures():
    tf.switch_case(tf.constant(1), [lambda: (1, 2), lambda: [1, 2]])


@mistake
def switch_case_of_other_dtypes():
    tf.switch_case(tf.constant(1), [lambda: tf.constant(1), lambda: tf.constant(1.0)])


@mistake
def switch_case_reads_another_branch():
    inside = []

    def first():
        inside.append(tf.constant(1.0, name="inside"))
        return inside[0]

    tf.switch_case(tf.constant(1), [first, lambda: inside[0] + 1.0])


# ---- files ----------------------------------------------------------------------------------------------------------


@mistake
def imported_shapes_contradict():
    with tf.Graph().as_default() as graph:
        tf.constant([1.0, 2.0], name="x")
    definition = graph.as_graph_def(add_shapes=True)
    definition.node[0].attr["_output_shapes"].list.shape[0].dim[0].size = 3
    tf.import_graph_def(definition, name="")


@mistake
def imported_shapes_are_too_few():
    with tf.Graph().as_default() as graph:
        tf.constant([1.0, 2.0], name="x")
    definition = graph.as_graph_def(add_shapes=True)
    del definition.node[0].attr["_output_shapes"].list.shape[:]
    definition.node[0].attr["_output_shapes"].list.SetInParent()
    tf.import_graph_def(definition, name="")


@mistake
def switch_case_fetched_itself():
    tf.switch_case(tf.constant(1), [lambda: 1.0, lambda: 2.0], name="c")
    tf.Session().run("c/indexed_case:0")


@mistake
def switch_case_gradient_fetched_itself():
    x = tf.constant(2.0, name="x")
    dx, = tf.gradients(tf.switch_case(tf.constant(1), [lambda: x, lambda: x * x]), x)
    tf.Session().run(dx.op.inputs[0])


def _sum_of_optionals(*components):
    optionals = [tf.raw_ops.OptionalFromValue(components=list(each)) if each else tf.raw_ops.OptionalNone()
                 for each in components]
    run(tf.raw_ops.OptionalHasValue(optional=tf.raw_ops.AddN(inputs=optionals)))


@mistake
def sum_of_an_optional_and_none():
    _sum_of_optionals([tf.constant(1.0)], [])


@mistake
def sum_of_optionals_of_other_widths():
    _sum_of_optionals([tf.constant(1.0)], [tf.constant(1.0), tf.constant(2.0)])


@mistake
def sum_of_optionals_of_other_shapes():
    _sum_of_optionals([tf.constant([1.0, 2.0])], [tf.constant([1.0])])


@mistake
def sum_of_optionals_of_text():
    _sum_of_optionals([tf.constant("a")], [tf.constant("b")])


@mistake
def zeros_like_an_optional_of_text():
    text = tf.raw_ops.OptionalFromValue(components=[tf.constant("a")])
    run(tf.raw_ops.OptionalHasValue(optional=tf.raw_ops.ZerosLike(x=text)))


@mistake
def zeros_like_a_dataset():
    dataset = tf.raw_ops.RangeDataset(start=tf.constant(0, tf.int64), stop=tf.constant(1, tf.int64),
                                      step=tf.constant(1, tf.int64), output_types=[tf.int64], output_shapes=[[]])
    run(tf.raw_ops.OptionalHasValue(optional=tf.raw_ops.ZerosLike(x=dataset)))


def _power(x):
    return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, x])[1]


def _second_gradient(y, x):
    tf.gradients(tf.gradients(y, x), x)


@mistake
def second_gradient_of_a_loop_in_a_conditional():
    x = tf.constant(2.0)
    _second_gradient(tf.cond(tf.constant(True), lambda: _power(x), lambda: x * x), x)


@mistake
def gradient_of_a_gradient_in_a_conditional():
    x = tf.constant(2.0)
    tf.gradients(tf.cond(tf.constant(True), lambda: tf.gradients(_power(x), x)[0], lambda: x), x)


@mistake
def hessian_of_a_loop():
    x = tf.constant([2.0, 1.0])
    tf.hessians(_power(x), x)


@mistake
def second_gradient_of_a_map():
    x = tf.constant([1.0, 2.0])
    _second_gradient(tf.map_fn(lambda a: a * a, x), x)


@mistake
def second_gradient_of_a_scan():
    x = tf.constant([1.0, 2.0])
    _second_gradient(tf.scan(lambda a, b: a * b, x), x)


@mistake
def second_gradient_of_a_fold():
    x = tf.constant([1.0, 2.0])
    _second_gradient(tf.foldr(lambda a, b: a + b * b, x), x)


# ---- control flow of version 2 --------------------------------------------------------------------------------------


def _functional(build):
    tf.enable_control_flow_v2()
    try:
        build()
    finally:
        tf.disable_control_flow_v2()


@mistake
def functional_cond_by_python_bool():
    _functional(lambda: tf.cond(True, lambda: 1, lambda: 2))


@mistake
def functional_cond_of_two_dtypes():
    _functional(lambda: tf.cond(predicate(), lambda: 1, lambda: 2.0))


@mistake
def functional_loop_of_another_dtype():
    _functional(lambda: tf.while_loop(lambda i: i < 3, lambda i: tf.cast(i, tf.float32),
                                      [tf.constant(0, name="start")]))


@mistake
def functional_loop_that_grows():
    _functional(lambda: tf.while_loop(lambda i: tf.size(i) < 3, lambda i: tf.stack([i, i]),
                                      [tf.constant(0, name="start")]))
