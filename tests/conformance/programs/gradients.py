import tensorflow as tf


def options():
    """grad_ys, several ys, stop_gradients, unconnected xs, gradients with respect to inner tensors."""
    x = tf.constant(3.0, name="x")
    y = tf.constant(4.0, name="y")
    z = tf.constant(5.0, name="z")
    f = tf.add(x * x * y, y, name="f")
    g = tf.multiply(f, x, name="g")
    fetches = tf.gradients(f, [x, y])
    fetches += tf.gradients([f, g], [x, y], name="two")
    fetches += tf.gradients([f, g], [x, y], grad_ys=[tf.constant(10.0), None], name="given")
    fetches += tf.gradients(g, [x, f], stop_gradients=[f], name="stopped")
    fetches += tf.gradients(g, [f, x], name="inner")
    fetches += tf.gradients(f, [f], name="itself")
    nothing = tf.gradients(f, [z], name="none")
    zero = tf.gradients(f, [z], unconnected_gradients="zero", name="zero")
    stop_op = tf.gradients(tf.stop_gradient(f) * x, [x, y], name="stop_op")
    integers = tf.gradients(tf.cast(x, tf.int32) * 2, [x], name="integers")
    fetches += zero + [stop_op[0]]
    facts = {"unconnected": str(nothing), "after stop_gradient": str(stop_op[1]), "through int32": str(integers)}
    return {"steps": [{"fetch": fetches}], "facts": facts}


def aggregation(methods):
    def build():
        x = tf.constant([1.0, 2.0], name="x")
        y = tf.add_n([tf.exp(x), tf.square(x), x, x * 3.0], name="y")
        return {"steps": [{"fetch": [tf.gradients(y, [x], aggregation_method=method)[0] for method in methods]}]}
    return build


def indexed_slices():
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]], name="table")
    indices = tf.placeholder(tf.int32, (None,), name="indices")
    rows = tf.gather(table, indices)
    looked_up = tf.nn.embedding_lookup(table, indices)
    sparse = tf.gradients(rows * rows, [table], name="sparse")[0]
    summed = tf.gradients(tf.reduce_sum(rows * looked_up) + tf.reduce_sum(looked_up), [table], name="summed")[0]
    dense = tf.convert_to_tensor(sparse)
    mixed = tf.gradients(tf.reduce_sum(rows) + tf.reduce_sum(table * table), [table], name="mixed")[0]
    columns = tf.gradients(tf.gather(table, indices, axis=1), [table], name="columns")[0]
    grouped = tf.gather(table, tf.constant([[0, 1], [2, 3]]))
    nested = tf.gradients(grouped, [table], name="nested")[0]
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    train = optimizer.minimize(tf.reduce_sum(tf.square(rows)), var_list=[table])
    momentum = tf.train.MomentumOptimizer(0.5, 0.9).minimize(tf.reduce_sum(tf.square(rows)), var_list=[table])
    adam = tf.train.AdamOptimizer(0.5).minimize(tf.reduce_sum(tf.square(rows)), var_list=[table])
    adagrad = tf.train.AdagradOptimizer(0.5).minimize(tf.reduce_sum(tf.square(rows)), var_list=[table])
    init = tf.global_variables_initializer()
    feed = {indices: [1, 1, 0]}
    steps = [{"run": [init]}, {"fetch": [sparse, summed, dense, mixed, nested], "feed": feed},
             {"fetch": [columns], "feed": {indices: [1, 0, 1]}}]
    for op in (train, momentum, adam, adagrad):
        steps += [{"run": [op], "feed": feed}, {"fetch": [table]}]
    return {"steps": steps, "facts": {"sparse": type(sparse).__name__, "mixed": type(mixed).__name__}}


def second_order():
    x = tf.constant([[0.3, -0.6], [0.9, 0.2]], name="x")
    y = tf.constant([[1.5, 0.5], [-0.25, 2.0]], name="y")
    functions = {
        "square": lambda: tf.square(x) * y,
        "product": lambda: x * x * y,
        "exp": lambda: tf.exp(x),
        "tanh": lambda: tf.tanh(x),
        "sigmoid": lambda: tf.sigmoid(x),
        "softmax": lambda: tf.nn.softmax(x) * y,
        "log_softmax": lambda: tf.nn.log_softmax(x) * y,
        "matmul": lambda: tf.matmul(tf.matmul(x, y), x, transpose_b=True),
        "division": lambda: x / y / x,
        "power": lambda: tf.pow(tf.abs(x), y),
        "log": lambda: tf.log(tf.abs(x)),
        "sqrt": lambda: tf.sqrt(tf.abs(x)),
        "rsqrt": lambda: tf.rsqrt(tf.abs(x)),
        "reciprocal": lambda: tf.reciprocal(x),
        "relu": lambda: tf.nn.relu(x) * x,
        "elu": lambda: tf.nn.elu(x),
        "selu": lambda: tf.nn.selu(x),
        "softplus": lambda: tf.nn.softplus(x),
        "mean": lambda: tf.reduce_mean(tf.square(x) * x, axis=0),
        "maximum": lambda: tf.maximum(x * x, y * x),
        "inverse": lambda: tf.matrix_inverse(x),
        "cross_entropy": lambda: tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=x),
        "bias_add": lambda: tf.square(tf.nn.bias_add(x, y[0])),
        "squared_difference": lambda: tf.squared_difference(x, y) * x,
    }
    fetches = []
    facts = {}
    for name in sorted(functions):
        with tf.name_scope(name):
            f = functions[name]()
            first = tf.gradients(f, [x, y], name="first")
            known = [g for g in first if g is not None]
            second = tf.gradients(known, [x, y], name="second")
        facts[name] = " ".join("none" if g is None else g.name for g in first + second)
        fetches += [g for g in first + second if g is not None]
    return {"steps": [{"fetch": fetches}], "facts": facts}


def three_exps():
    x = tf.Variable(0.5, name="x")
    y = tf.exp(tf.exp(tf.exp(x)))
    gradient = tf.gradients(y, [x])[0]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [y, gradient]}]}


def sine_loop():
    a = tf.Variable(0.2, name="a")
    b = tf.Variable(0.3, name="b")
    z = tf.constant(0.0, name="z0")
    for i in range(20):
        z = a * tf.cos(z + i) + z * tf.sin(b - i)
    gradients = tf.gradients(z, [a, b])
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": [z] + gradients}]}


def hessians():
    x = tf.constant([1.0, 2.0, 3.0], name="x")
    f = tf.reduce_sum(x * x * x) + x[0] * x[1]
    check = tf.gradients(tf.reduce_sum(tf.square(tf.gradients(f, [x])[0])), [x])[0]
    return {"steps": [{"fetch": [check]}]}


def clipped_training():
    """compute_gradients, clipping by value, by norm and by global norm, a decayed rate, apply_gradients."""
    v = tf.Variable([[3.0, -4.0], [0.5, 12.0]], name="v")
    w = tf.Variable([1.0, 2.0], name="w")
    loss = tf.reduce_sum(tf.matmul(v, tf.reshape(w, [2, 1])) ** 2, name="loss")
    step = tf.Variable(0, trainable=False, name="global_step")
    rate = tf.train.exponential_decay(0.01, step, 2, 0.5, staircase=True)
    optimizer = tf.train.MomentumOptimizer(rate, 0.9)
    pairs = optimizer.compute_gradients(loss)
    capped = [(tf.clip_by_value(grad, -1.0, 1.0), var) for grad, var in pairs]
    normed = [tf.clip_by_norm(grad, 2.0) for grad, _ in pairs]
    by_global, norm = tf.clip_by_global_norm([grad for grad, _ in pairs], 5.0)
    train = optimizer.apply_gradients(capped, global_step=step)
    init = tf.global_variables_initializer()
    steps = [{"run": [init]}, {"fetch": normed + by_global + [norm, rate]}]
    for _ in range(4):
        steps += [{"run": [train]}, {"fetch": [v, w, step, rate, loss]}]
    return {"steps": steps}


def gating():
    fetches = []
    for gate in (tf.train.Optimizer.GATE_NONE, tf.train.Optimizer.GATE_OP, tf.train.Optimizer.GATE_GRAPH):
        with tf.name_scope("gate_%d" % gate):
            v = tf.Variable([1.0, 2.0], name="v")
            w = tf.Variable([3.0], name="w")
            loss = tf.reduce_sum(v * w)
            optimizer = tf.train.GradientDescentOptimizer(0.1)
            fetches += [grad for grad, _ in optimizer.compute_gradients(loss, [v, w], gate_gradients=gate)]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"fetch": fetches}]}


def clipped_rows():
    """Rows of what was clipped: the gradient comes in rows, and is made dense where it is read."""
    x = tf.placeholder_with_default([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]], [None, 2], name="x")
    fetches = []
    for axes in (None, [1]):
        rows = tf.gather(tf.clip_by_norm(x, 1.0, axes=axes), [0, 2, 1])
        fetches += [rows, tf.gradients(rows, x)[0]]
    quotient = tf.gather(tf.constant(2.0) / x[:2], [1], name="rows")
    fetches += [tf.gradients(quotient, x)[0]]
    return {"steps": [{"fetch": fetches}]}


def given_numbers():
    """What arrives is a number, an array, a tensor, or left out."""
    x = tf.Variable([1.0, 2.0], name="x")
    y, z = tf.square(x, name="y"), tf.multiply(x, 3.0, name="z")
    fetches = [tf.gradients([y, z], x, grad_ys=[[2.0, 3.0], None])[0],
               tf.gradients([z, y, z], x, grad_ys=[tf.ones([2]), [1.0, 5.0], x])[0],
               tf.gradients(tf.reduce_sum(y), [x], grad_ys=0.5, name="half")[0]]
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": fetches}]}


VARIANTS = {
    "given_numbers": given_numbers,
    "options": options,
    "aggregation": aggregation([tf.AggregationMethod.ADD_N, tf.AggregationMethod.EXPERIMENTAL_TREE]),
    "accumulate_n": aggregation([tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N]),
    "indexed_slices": indexed_slices,
    "second_order": second_order,
    "three_exps": three_exps,
    "sine_loop": sine_loop,
    "hessians": hessians,
    "clipped_training": clipped_training,
    "gating": gating,
    "clipped_rows": clipped_rows,
}
