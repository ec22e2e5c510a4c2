import tensorflow as tf

from functools import partial
import glob
import os

import numpy as np

N_INPUTS, N_OUTPUTS = 6, 3


def _data(instances=24, seed=1):
    random = np.random.RandomState(seed)
    X = random.rand(instances, N_INPUTS).astype(np.float32)
    return X, np.argmax(X[:, :N_OUTPUTS] + X[:, N_OUTPUTS:], axis=1).astype(np.int32)


def _placeholders():
    return (tf.placeholder(tf.float32, shape=(None, N_INPUTS), name="X"),
            tf.placeholder(tf.int32, shape=(None), name="y"))


def _loss(logits, y):
    with tf.name_scope("loss"):
        xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        return tf.reduce_mean(xentropy, name="loss")


def _accuracy(logits, y):
    with tf.name_scope("eval"):
        correct = tf.nn.in_top_k(logits, y, 1)
        return tf.reduce_mean(tf.cast(correct, tf.float32), name="accuracy")


def _remove(*patterns):
    for pattern in patterns:
        for name in glob.glob(pattern):
            os.remove(name)


def selu():
    """Activations of one's own, with tf.where and >=."""
    tf.set_random_seed(42)
    X, y = _placeholders()

    def selu(z, scale=1.0507009873554804934193349852946, alpha=1.6732632423543772848170429916717):
        return scale * tf.where(z >= 0.0, z, alpha * tf.nn.elu(z))

    def leaky_relu(z, name=None):
        return tf.maximum(0.01 * z, z, name=name)

    with tf.name_scope("dnn"):
        hidden1 = tf.layers.dense(X, 5, activation=selu, name="hidden1")
        hidden2 = tf.layers.dense(hidden1, 4, activation=leaky_relu, name="hidden2")
        hidden3 = tf.layers.dense(hidden2, 4, activation=tf.nn.selu, name="hidden3",
                                  kernel_initializer=tf.variance_scaling_initializer())
        logits = tf.layers.dense(hidden3, N_OUTPUTS, name="outputs")
    loss = _loss(logits, y)
    with tf.name_scope("train"):
        training_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    trained = [{"fetch": [loss, hidden1], "feed": feed}, {"run": [training_op], "feed": feed}]
    return {"steps": [{"run": [init]}] + trained * 3}


def prelu():
    """A slope that is trained; and one that is random while training (RReLU)."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    training = tf.placeholder_with_default(False, shape=(), name="training")

    def prelu(z):
        alpha = tf.get_variable("alpha", z.shape[-1:], initializer=tf.constant_initializer(0.25))
        return tf.maximum(z, 0.0) + alpha * tf.minimum(z, 0.0)

    def rrelu(z):
        alpha = tf.cond(training, lambda: tf.random_uniform(tf.shape(z), 0.125, 0.375), lambda: tf.fill(tf.shape(z), 0.25))
        return tf.maximum(z, alpha * z)

    with tf.variable_scope("first"):
        hidden1 = prelu(tf.layers.dense(X, 5))
    with tf.variable_scope("second"):
        hidden2 = rrelu(tf.layers.dense(hidden1, 4))
    loss = _loss(tf.layers.dense(hidden2, N_OUTPUTS), y)
    training_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed, trained = {X: X_train, y: y_train}, {X: X_train, y: y_train, training: True}
    steps = [{"run": [init]}] + [{"fetch": [loss, hidden2], "feed": feed}, {"run": [training_op], "feed": trained}] * 3
    return {"steps": steps, "facts": {"trainable": [v.name for v in tf.trainable_variables()]}}


def batch_normalization():
    """tf.layers' batch normalization, its updates beside the training operation or as its dependencies."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    training = tf.placeholder_with_default(False, shape=(), name='training')
    with tf.name_scope("dnn"):
        he_init = tf.variance_scaling_initializer()
        my_batch_norm_layer = partial(tf.layers.batch_normalization, training=training, momentum=0.9)
        my_dense_layer = partial(tf.layers.dense, kernel_initializer=he_init)
        hidden1 = my_dense_layer(X, 5, name="hidden1")
        bn1 = tf.nn.elu(my_batch_norm_layer(hidden1))
        hidden2 = my_dense_layer(bn1, 4, name="hidden2")
        bn2 = tf.nn.elu(my_batch_norm_layer(hidden2))
        logits_before_bn = my_dense_layer(bn2, N_OUTPUTS, name="outputs")
        logits = my_batch_norm_layer(logits_before_bn)
    loss = _loss(logits, y)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    with tf.name_scope("train"):
        training_op = optimizer.minimize(loss)
    extra_update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    with tf.name_scope("again"):
        with tf.control_dependencies(extra_update_ops):
            again = optimizer.minimize(loss)
    accuracy = _accuracy(logits, y)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed, trained = {X: X_train, y: y_train}, {X: X_train, y: y_train, training: True}
    steps = [{"run": [init]}]
    for _ in range(2):
        steps += [{"run": extra_update_ops, "feed": trained}, {"run": [training_op], "feed": trained},
                  {"fetch": [accuracy, loss], "feed": feed}, {"run": [again], "feed": trained},
                  {"fetch": [loss], "feed": feed}]
    moved = [v for v in tf.global_variables() if "bias" not in v.name]  # whose gradients are rounding only
    return {"steps": steps + [{"fetch": moved}],
            "facts": {"trainable": [v.name for v in tf.trainable_variables()],
                      "global": [v.name for v in tf.global_variables()], "updates": [u.name for u in extra_update_ops]}}


def _deep(X, y):
    with tf.name_scope("dnn"):
        hidden = X
        for number, size in enumerate((5, 4, 4, 4)):
            hidden = tf.layers.dense(hidden, size, activation=tf.nn.relu, name="hidden%d" % (number + 1))
        logits = tf.layers.dense(hidden, N_OUTPUTS, name="outputs")
    loss = _loss(logits, y)
    accuracy = _accuracy(logits, y)
    with tf.name_scope("train"):
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        grads_and_vars = optimizer.compute_gradients(loss)
        capped_gvs = [(tf.clip_by_value(grad, -1.0, 1.0), var) for grad, var in grads_and_vars]
        training_op = optimizer.apply_gradients(capped_gvs)
    return accuracy, training_op


def _pretrained():
    """Trains and saves; the values of the variables then."""
    with tf.Graph().as_default():
        tf.set_random_seed(42)
        X, y = _placeholders()
        accuracy, training_op = _deep(X, y)
        for op in (X, y, accuracy, training_op):
            tf.add_to_collection("my_important_ops", op)
        saver = tf.train.Saver()
        X_train, y_train = _data()
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(3):
                sess.run(training_op, feed_dict={X: X_train, y: y_train})
            saver.save(sess, "./my_model_final.ckpt")
            return {v.name: v.eval() for v in tf.global_variables()}


def imported():
    """The whole network imported, and trained on; what it had in a collection."""
    original = _pretrained()
    saver = tf.train.import_meta_graph("./my_model_final.ckpt.meta")
    graph = tf.get_default_graph()
    names = [op.name for op in graph.get_operations()]
    X = graph.get_tensor_by_name("X:0")
    y = graph.get_tensor_by_name("y:0")
    accuracy = graph.get_tensor_by_name("eval/accuracy:0")
    training_op = graph.get_operation_by_name("train/GradientDescent")
    important = tf.get_collection("my_important_ops")
    X_train, y_train = _data(seed=2)

    def finish(sess):
        saver.restore(sess, "./my_model_final.ckpt")
        restored = [bool((sess.run(v) == original[v.name]).all()) for v in tf.global_variables()]
        found = []
        for _ in range(3):
            sess.run(training_op, {X: X_train, y: y_train})
            found.append("%.4f" % sess.run(accuracy, {X: X_train, y: y_train}))
        _remove("my_model_final*", "checkpoint")
        return {"restored": restored, "accuracies": found}

    return {"steps": [], "finish": finish,
            "facts": {"ops": len(names), "last": names[-1], "important": [getattr(op, "name", op) for op in important],
                      "same": [important[0] is X, important[3] is training_op]}}


def new_layer_on_imported():
    """A new hidden layer and outputs upon the third layer of an imported graph."""
    _pretrained()
    saver = tf.train.import_meta_graph("./my_model_final.ckpt.meta")
    tf.set_random_seed(42)
    graph = tf.get_default_graph()
    X, y = graph.get_tensor_by_name("X:0"), graph.get_tensor_by_name("y:0")
    hidden3 = graph.get_tensor_by_name("dnn/hidden3/Relu:0")
    new_hidden4 = tf.layers.dense(hidden3, 4, activation=tf.nn.relu, name="new_hidden4")
    new_logits = tf.layers.dense(new_hidden4, N_OUTPUTS, name="new_outputs")
    with tf.name_scope("new_loss"):
        xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=new_logits)
        loss = tf.reduce_mean(xentropy, name="loss")
    with tf.name_scope("new_eval"):
        correct = tf.nn.in_top_k(new_logits, y, 1)
        accuracy = tf.reduce_mean(tf.cast(correct, tf.float32), name="accuracy")
    with tf.name_scope("new_train"):
        training_op = tf.train.AdamOptimizer(0.01, name="Adam2").minimize(loss)
    init = tf.global_variables_initializer()
    new_saver = tf.train.Saver()
    X_train, y_train = _data(seed=2)

    def finish(sess):
        init.run(session=sess)
        saver.restore(sess, "./my_model_final.ckpt")
        losses = []
        for _ in range(3):
            losses.append("%.3f" % sess.run([loss, training_op], {X: X_train, y: y_train})[0])
        new_saver.save(sess, "./my_new_model_final.ckpt")
        shapes = tf.train.NewCheckpointReader("./my_new_model_final.ckpt").get_variable_to_shape_map()
        _remove("my_*.ckpt*", "checkpoint")
        return {"losses": losses, "saved": sorted(shapes)}

    return {"steps": [], "finish": finish, "facts": {"accuracy": accuracy.name, "loss": loss.name}}


def initial_values_fed():
    """Weights of another framework fed as initial values while `init` runs."""
    original_w = [[1., 2., 3.], [4., 5., 6.]]
    original_b = [7., 8., 9.]
    X = tf.placeholder(tf.float32, shape=(None, 2), name="X")
    hidden1 = tf.layers.dense(X, 3, activation=tf.nn.relu, name="hidden1")
    graph = tf.get_default_graph()
    assign_kernel = graph.get_operation_by_name("hidden1/kernel/Assign")
    assign_bias = graph.get_operation_by_name("hidden1/bias/Assign")
    init_kernel = assign_kernel.inputs[1]
    init_bias = assign_bias.inputs[1]
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init], "feed": {init_kernel: original_w, init_bias: original_b}},
                      {"fetch": [hidden1], "feed": {X: [[10.0, 11.0]]}}],
            "facts": {"fed": [init_kernel.name, init_bias.name]}}


def stopped_gradient():
    """Layers frozen by stop_gradient, their outputs cached."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    with tf.name_scope("dnn"):
        hidden1 = tf.layers.dense(X, 5, activation=tf.nn.relu, name="hidden1")
        hidden2 = tf.layers.dense(hidden1, 4, activation=tf.nn.relu, name="hidden2")
        hidden2_stop = tf.stop_gradient(hidden2)
        hidden3 = tf.layers.dense(hidden2_stop, 4, activation=tf.nn.relu, name="hidden3")
        logits = tf.layers.dense(hidden3, N_OUTPUTS, name="outputs")
    loss = _loss(logits, y)
    with tf.name_scope("train"):
        training_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    hidden = np.abs(np.random.RandomState(4).randn(24, 4))
    steps = [{"run": [init]}]
    for _ in range(2):
        steps += [{"fetch": [loss], "feed": {X: X_train, y: y_train}},
                  {"run": [training_op], "feed": {hidden2: hidden, y: y_train}}]
    return {"steps": steps + [{"fetch": tf.global_variables()}]}


def dnn(n_hidden_layers=3):
    """Exercise 8: a function that builds networks; ELU, He, batch normalization, dropout by one placeholder; the best
    parameters kept in memory and put back through the variables' Assign operations."""
    tf.set_random_seed(42)
    he_init = tf.variance_scaling_initializer()

    def dnn(inputs, n_hidden_layers=5, n_neurons=100, name=None, activation=tf.nn.elu, initializer=he_init):
        with tf.variable_scope(name, "dnn"):
            for layer in range(n_hidden_layers):
                inputs = tf.layers.dropout(inputs, 0.25, training=training)
                inputs = tf.layers.dense(inputs, n_neurons, kernel_initializer=initializer, name="hidden%d" % (layer + 1))
                inputs = tf.layers.batch_normalization(inputs, momentum=0.9, training=training)
                inputs = activation(inputs, name="hidden%d_out" % (layer + 1))
            return inputs

    X, y = _placeholders()
    training = tf.placeholder_with_default(False, shape=(), name='training')
    outputs = dnn(X, n_hidden_layers, 4)
    logits = tf.layers.dense(outputs, N_OUTPUTS, kernel_initializer=he_init, name="logits")
    Y_proba = tf.nn.softmax(logits, name="Y_proba")
    xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
    loss = tf.reduce_mean(xentropy, name="loss")
    optimizer = tf.train.AdamOptimizer(0.01)
    training_op = optimizer.minimize(loss, name="training_op")
    correct = tf.nn.in_top_k(logits, y, 1)
    accuracy = tf.reduce_mean(tf.cast(correct, tf.float32), name="accuracy")
    init = tf.global_variables_initializer()
    saver = tf.train.Saver()
    extra_update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    X_train, y_train = _data()
    feed, trained = {X: X_train, y: y_train}, {X: X_train, y: y_train, training: True}
    steps = [{"run": [init]}]
    for _ in range(2):
        steps += [{"run": [training_op], "feed": trained}, {"run": extra_update_ops, "feed": trained},
                  {"fetch": [loss, Y_proba, accuracy], "feed": feed}]

    def finish(sess):
        gvars = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
        kept = {gvar.op.name: value for gvar, value in zip(gvars, sess.run(gvars))}
        before = sess.run(loss, feed)
        sess.run(training_op, trained)
        assign_ops = {name: tf.get_default_graph().get_operation_by_name(name + "/Assign") for name in kept}
        init_values = {name: op.inputs[1] for name, op in assign_ops.items()}
        sess.run(list(assign_ops.values()), {init_values[name]: kept[name] for name in kept})
        return {"back": bool(before == sess.run(loss, feed)), "saver": saver.as_saver_def().filename_tensor_name}

    return {"steps": steps, "finish": finish, "facts": {"names": [outputs.name, training_op.name],
                                                        "variables": [v.name for v in tf.global_variables()]}}


def new_softmax():
    """Exercise 9: everything but the outputs frozen, a second optimizer, the gradients of some layers."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    _, _ = _deep(X, y)
    graph = tf.get_default_graph()
    hidden4 = graph.get_tensor_by_name("dnn/hidden4/Relu:0")
    new_logits = tf.layers.dense(hidden4, 2, kernel_initializer=tf.variance_scaling_initializer(), name="new_logits")
    labels = tf.cast(tf.equal(y, 0), tf.int32)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=new_logits))
    logits_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="new_logits")
    unfrozen = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[34]|new_logits")
    first = tf.train.AdamOptimizer(0.01, name="Adam2").minimize(loss, var_list=logits_vars)
    second = tf.train.AdamOptimizer(0.01, name="Adam3").minimize(loss, var_list=unfrozen)
    third = tf.train.AdamOptimizer(0.01, name="Adam4").minimize(loss)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    steps = [{"run": [init]}]
    for step in (first, second, third):
        steps += [{"fetch": [loss], "feed": feed}, {"run": [step], "feed": feed}]
    return {"steps": steps, "facts": {"trained": [[v.name for v in vs] for vs in (logits_vars, unfrozen)],
                                      "variables": [v.name for v in tf.global_variables()]}}


def pairs():
    """Exercise 10: two towers in scopes of their own, concatenated, one logistic output."""
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 2, N_INPUTS), name="X")
    X1, X2 = tf.unstack(X, axis=1)
    y = tf.placeholder(tf.int32, shape=[None, 1])
    he_init = tf.variance_scaling_initializer()

    def dnn(inputs, name):
        with tf.variable_scope(name, "dnn"):
            for layer in range(2):
                inputs = tf.layers.dense(inputs, 4, kernel_initializer=he_init, name="hidden%d" % (layer + 1))
                inputs = tf.nn.elu(inputs, name="hidden%d_out" % (layer + 1))
            return inputs

    dnn1, dnn2 = dnn(X1, name="DNN_A"), dnn(X2, name="DNN_B")
    dnn_outputs = tf.concat([dnn1, dnn2], axis=1)
    hidden = tf.layers.dense(dnn_outputs, units=10, activation=tf.nn.elu, kernel_initializer=he_init)
    logits = tf.layers.dense(hidden, units=1, kernel_initializer=he_init)
    y_proba = tf.nn.sigmoid(logits)
    y_pred = tf.cast(tf.greater_equal(logits, 0), tf.int32)
    y_as_float = tf.cast(y, tf.float32)
    xentropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_as_float, logits=logits)
    loss = tf.reduce_mean(xentropy)
    optimizer = tf.train.MomentumOptimizer(0.01, 0.95, use_nesterov=True)
    training_op = optimizer.minimize(loss)
    y_pred_correct = tf.equal(y_pred, y)
    accuracy = tf.reduce_mean(tf.cast(y_pred_correct, tf.float32))
    dnn_A_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="DNN_A")
    restore_saver = tf.train.Saver(var_list={var.op.name: var for var in dnn_A_vars})
    init = tf.global_variables_initializer()
    random = np.random.RandomState(5)
    feed = {X: random.rand(8, 2, N_INPUTS), y: random.randint(0, 2, (8, 1))}
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"fetch": [loss, accuracy, y_proba], "feed": feed}, {"run": [training_op], "feed": feed}]
    return {"steps": steps, "facts": {"shapes": [t.shape for t in (X1, dnn1, dnn_outputs, hidden, y_pred)],
                                      "saver": restore_saver.as_saver_def().restore_op_name}}


def margin():
    """Max margin learning, and a step of a restricted Boltzmann machine."""
    tf.set_random_seed(42)
    good = tf.placeholder(tf.float32, (None, 1), name="good")
    bad = tf.placeholder(tf.float32, (None, 1), name="bad")
    loss = tf.reduce_mean(tf.maximum(0.0, 1.0 - good + bad), name="loss")
    slopes = tf.gradients(loss, [good, bad])
    x = tf.placeholder(tf.float32, (None, 6), name="x")
    W = tf.Variable(tf.random_normal((6, 3), stddev=0.1), name="W")
    b_hidden, b_visible = tf.Variable(tf.zeros([3]), name="b_hidden"), tf.Variable(tf.zeros([6]), name="b_visible")

    def sample(p):
        return tf.cast(tf.random_uniform(tf.shape(p)) < p, tf.float32)

    temperature = 1.0
    h = sample(tf.sigmoid((tf.matmul(x, W) + b_hidden) / temperature))
    x_dot = sample(tf.sigmoid((tf.matmul(h, W, transpose_b=True) + b_visible) / temperature))
    h_dot = sample(tf.sigmoid((tf.matmul(x_dot, W) + b_hidden) / temperature))
    rate, size = 0.1, tf.cast(tf.shape(x)[0], tf.float32)
    step = (tf.matmul(x, h, transpose_a=True) - tf.matmul(x_dot, h_dot, transpose_a=True)) / size
    updates = [W.assign_add(rate * step), b_hidden.assign_add(rate * tf.reduce_mean(h - h_dot, axis=0)),
               b_visible.assign_add(rate * tf.reduce_mean(x - x_dot, axis=0))]
    train = tf.group(*updates)
    init = tf.global_variables_initializer()
    X = (np.random.RandomState(6).rand(10, 6) < 0.5).astype(np.float32)
    scores = {good: [[1.0], [0.0], [3.0]], bad: [[0.5], [0.25], [1.0]]}
    return {"steps": [{"fetch": [loss] + slopes, "feed": scores}, {"run": [init]}, {"run": [train], "feed": {x: X}},
                      {"run": [train], "feed": {x: X}}, {"fetch": [W, b_hidden, b_visible]}]}


VARIANTS = {
    "selu": selu,
    "prelu": prelu,
    "batch_normalization": batch_normalization,
    "imported": imported,
    "new_layer_on_imported": new_layer_on_imported,
    "initial_values_fed": initial_values_fed,
    "stopped_gradient": stopped_gradient,
    "dnn": dnn,
    "new_softmax": new_softmax,
    "pairs": pairs,
    "margin": margin,
}
