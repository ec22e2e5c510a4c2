import tensorflow as tf

import glob
import os

import numpy as np

N_INPUTS, N_HIDDEN1, N_HIDDEN2, N_OUTPUTS = 6, 5, 4, 3


def _data(instances=24, seed=1):
    """Instances, in three classes, as the chapter's programs have pictures of digits."""
    random = np.random.RandomState(seed)
    X = random.rand(instances, N_INPUTS).astype(np.float32)
    return X, np.argmax(X[:, :N_OUTPUTS] + X[:, N_OUTPUTS:], axis=1).astype(np.int64)


def _loss(logits, y):
    with tf.name_scope("loss"):
        xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        return tf.reduce_mean(xentropy, name="loss")


def _accuracy(logits, y):
    with tf.name_scope("eval"):
        correct = tf.nn.in_top_k(logits, y, 1)
        return tf.reduce_mean(tf.cast(correct, tf.float32))


def _placeholders():
    return (tf.placeholder(tf.float32, shape=(None, N_INPUTS), name="X"),
            tf.placeholder(tf.int64, shape=(None), name="y"))


def _dnn(X, names=("hidden1", "hidden2", "outputs"), **arguments):
    from tensorflow.contrib.layers import fully_connected
    with tf.name_scope("dnn"):
        hidden1 = fully_connected(X, N_HIDDEN1, scope=names[0], **arguments)
        hidden2 = fully_connected(hidden1, N_HIDDEN2, scope=names[1], **arguments)
        return fully_connected(hidden2, N_OUTPUTS, activation_fn=None, scope=names[2], **arguments)


def _remove(*patterns):
    for pattern in patterns:
        for name in glob.glob(pattern):
            os.remove(name)


def he_initialization():
    """Rows 1 to 3: He and Xavier initialisation of whole MNIST layers; ELU and a leaky ReLU as activations."""
    from tensorflow.contrib.layers import fully_connected
    tf.set_random_seed(42)
    X = tf.placeholder(tf.float32, shape=(None, 784), name="X")
    he_init = tf.contrib.layers.variance_scaling_initializer()
    hidden1 = fully_connected(X, 300, weights_initializer=he_init, scope="h1")
    average = tf.contrib.layers.variance_scaling_initializer(mode="FAN_AVG")
    hidden2 = fully_connected(hidden1, 100, weights_initializer=average, activation_fn=tf.nn.elu)

    def leaky_relu(z, name=None):
        return tf.maximum(0.01 * z, z, name=name)

    hidden3 = fully_connected(hidden2, 100, activation_fn=leaky_relu, scope="hidden1")
    fully_connected(hidden3, 10, activation_fn=None, scope="outputs")
    z = tf.constant([-2.0, -1.0, -0.5, 0.0, 1.0])
    shown = [tf.nn.elu(z), leaky_relu(z), leaky_relu(z, name="leaky")]
    init = tf.global_variables_initializer()
    weights = [v for v in tf.trainable_variables() if "weights" in v.name]
    statistics = [f(w) for w in weights for f in (tf.reduce_max, tf.reduce_min, tf.reduce_mean, tf.norm)]
    return {"steps": [{"run": [init]}, {"fetch": shown}, {"fetch": statistics}],
            "facts": {"variables": [v.name for v in tf.global_variables()]}}


def _batch_normalization(build):
    """Rows 4 to 6: a network with batch normalization, the loop that trains it."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    is_training = tf.placeholder(tf.bool, shape=(), name='is_training')
    bn_params = {'is_training': is_training, 'decay': 0.99, 'updates_collections': None}
    logits = build(X, bn_params)
    loss = _loss(logits, y)
    with tf.name_scope("train"):
        training_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    accuracy = _accuracy(logits, y)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    X_batches, y_batches = np.array_split(X_train, 3), np.array_split(y_train, 3)
    steps = [{"run": [init]}]
    for _ in range(2):
        for X_batch, y_batch in zip(X_batches, y_batches):
            steps += [{"run": [training_op], "feed": {is_training: True, X: X_batch, y: y_batch}}]
        steps += [{"fetch": [accuracy, loss], "feed": {is_training: False, X: X_train, y: y_train}}]
    steps += [{"fetch": tf.global_variables()}]
    facts = {"trainable": [v.name for v in tf.trainable_variables()]}

    def finish(session):
        try:
            session.run(accuracy, {X: X_train, y: y_train})
        except tf.errors.InvalidArgumentError as error:
            return {"not fed": "You must feed a value for placeholder tensor 'is_training'" in error.message}

    return {"steps": steps, "facts": facts, "finish": finish}


def batch_norm():
    def build(X, bn_params):
        from tensorflow.contrib.layers import batch_norm, fully_connected
        hidden1 = fully_connected(X, N_HIDDEN1, scope="hidden1", normalizer_fn=batch_norm, normalizer_params=bn_params)
        hidden2 = fully_connected(hidden1, N_HIDDEN2, scope="hidden2", normalizer_fn=batch_norm,
                                  normalizer_params=bn_params)
        return fully_connected(hidden2, N_OUTPUTS, activation_fn=None, scope="outputs", normalizer_fn=batch_norm,
                               normalizer_params=bn_params)
    return _batch_normalization(build)


def batch_norm_in_scope():
    def build(X, bn_params):
        from tensorflow.contrib.framework import arg_scope
        from tensorflow.contrib.layers import batch_norm, fully_connected
        with arg_scope([fully_connected], normalizer_fn=batch_norm, normalizer_params=bn_params):
            hidden1 = fully_connected(X, N_HIDDEN1, scope="hidden1")
            hidden2 = fully_connected(hidden1, N_HIDDEN2, scope="hidden2")
            return fully_connected(hidden2, N_OUTPUTS, scope="outputs", activation_fn=None)
    return _batch_normalization(build)


def scaled_elu():
    """`scale` for activations other than ReLU, ELU, He initialisation, and names that are made."""
    def build(X, bn_params):
        from tensorflow.contrib.framework import arg_scope
        from tensorflow.contrib.layers import batch_norm, fully_connected, variance_scaling_initializer
        bn_params = dict(bn_params, scale=True)
        with arg_scope([fully_connected], normalizer_fn=batch_norm, normalizer_params=bn_params,
                       activation_fn=tf.nn.elu, weights_initializer=variance_scaling_initializer()):
            hidden1 = fully_connected(X, N_HIDDEN1)
            hidden2 = fully_connected(hidden1, N_HIDDEN2)
            return fully_connected(hidden2, N_OUTPUTS, scope="outputs", activation_fn=None)
    return _batch_normalization(build)


def gradient_clipping():
    """Row 7."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    logits = _dnn(X)
    loss = _loss(logits, y)
    threshold = 0.01
    with tf.name_scope("train"):
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        grads_and_vars = optimizer.compute_gradients(loss)
        capped_gvs = [(tf.clip_by_value(grad, -threshold, threshold), var) for grad, var in grads_and_vars]
        training_op = optimizer.apply_gradients(capped_gvs)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"fetch": [loss] + [grad for grad, _ in capped_gvs], "feed": feed}, {"run": [training_op], "feed": feed}]
    return {"steps": steps}


def _pretrained(folder="."):
    """Trains a network of three hidden layers and saves it; what its variables are then."""
    from tensorflow.contrib.layers import fully_connected
    with tf.Graph().as_default():
        tf.set_random_seed(42)
        X, y = _placeholders()
        hidden = X
        for number, size in enumerate((5, 4, 4)):
            hidden = fully_connected(hidden, size, scope="hidden%d" % (number + 1))
        logits = fully_connected(hidden, N_OUTPUTS, activation_fn=None, scope="outputs")
        training_op = tf.train.GradientDescentOptimizer(0.1).minimize(_loss(logits, y))
        saver = tf.train.Saver()
        X_train, y_train = _data()
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            for _ in range(3):
                sess.run(training_op, feed_dict={X: X_train, y: y_train})
            saver.save(sess, folder + "/my_original_model.ckpt")
            return {v.name: v.eval() for v in tf.global_variables()}


def reuse_layers():
    """Rows 8, 9 and 11: layers 1 to 3 restored by a regular expression, the first two of them frozen."""
    from tensorflow.contrib.layers import fully_connected
    original = _pretrained()
    tf.set_random_seed(43)
    X, y = _placeholders()
    hidden1 = fully_connected(X, 5, scope="hidden1")
    hidden2 = fully_connected(hidden1, 4, scope="hidden2")
    hidden3 = fully_connected(hidden2, 4, scope="hidden3")
    hidden4 = fully_connected(hidden3, 4, scope="hidden4")
    logits = fully_connected(hidden4, N_OUTPUTS, activation_fn=None, scope="outputs")
    loss = _loss(logits, y)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    train_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[34]|outputs")
    training_op = optimizer.minimize(loss, var_list=train_vars)
    init = tf.global_variables_initializer()
    reuse_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[123]")
    reuse_vars_dict = dict([(var.op.name, var) for var in reuse_vars])
    original_saver = tf.train.Saver(reuse_vars_dict)
    new_saver = tf.train.Saver()
    X_train, y_train = _data(seed=2)
    facts = {"trained": [v.name for v in train_vars], "reused": [v.name for v in reuse_vars]}

    def finish(sess):
        sess.run(init)
        original_saver.restore(sess, "./my_original_model.ckpt")
        restored = [bool((original[v.name] == v.eval(sess)).all()) for v in reuse_vars]
        losses = []
        for _ in range(3):
            losses.append(sess.run([loss, training_op], {X: X_train, y: y_train})[0])
        frozen = [bool((original[v.name] == v.eval(sess)).all()) for v in reuse_vars]
        new_saver.save(sess, "./my_new_model.ckpt")
        saved = sorted(tf.train.NewCheckpointReader("./my_new_model.ckpt").get_variable_to_shape_map())
        _remove("*.ckpt*", "checkpoint")
        return {"restored": restored, "frozen": frozen, "losses": ["%.4f" % l for l in losses], "saved": saved}

    return {"steps": [{"run": [init]}, {"fetch": [loss] + tf.global_variables(), "feed": {X: X_train, y: y_train}}],
            "facts": facts, "finish": finish}


def other_framework():
    """Row 10: weights of another framework through placeholders and assignments."""
    from tensorflow.contrib.layers import fully_connected
    original_w, original_b = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [7.0, 8.0, 9.0]
    X = tf.placeholder(tf.float32, shape=(None, 2), name="X")
    hidden1 = fully_connected(X, 3, scope="hidden1")
    with tf.variable_scope("", default_name="", reuse=True):
        hidden1_weights = tf.get_variable("hidden1/weights")
        hidden1_biases = tf.get_variable("hidden1/biases")
    original_weights = tf.placeholder(tf.float32, shape=(2, 3))
    original_biases = tf.placeholder(tf.float32, shape=(3))
    assign_hidden1_weights = tf.assign(hidden1_weights, original_weights)
    assign_hidden1_biases = tf.assign(hidden1_biases, original_biases)
    init = tf.global_variables_initializer()
    return {"steps": [{"run": [init]}, {"run": [assign_hidden1_weights.op], "feed": {original_weights: original_w}},
                      {"run": [assign_hidden1_biases.op], "feed": {original_biases: original_b}},
                      {"fetch": [hidden1], "feed": {X: [[10.0, 11.0]]}}],
            "facts": {"shape": original_biases.shape}}


def cached():
    """Row 12: the outputs of frozen layers, cached and fed; equal to what the uncached network does."""
    from tensorflow.contrib.layers import fully_connected
    tf.set_random_seed(42)
    X, y = _placeholders()
    hidden1 = fully_connected(X, N_HIDDEN1, scope="hidden1")
    hidden2 = fully_connected(hidden1, N_HIDDEN2, scope="hidden2")
    hidden3 = fully_connected(hidden2, N_HIDDEN2, scope="hidden3")
    logits = fully_connected(hidden3, N_OUTPUTS, activation_fn=None, scope="outputs")
    loss = _loss(logits, y)
    train_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="hidden[34]|outputs")
    training_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=train_vars)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()

    def finish(sess):
        losses = {}
        for way in ("cached", "whole"):
            sess.run(init)
            inputs, values = (hidden2, sess.run(hidden2, feed_dict={X: X_train})) if way == "cached" else (X, X_train)
            rnd = np.random.RandomState(3)
            losses[way] = []
            for epoch in range(2):
                shuffled_idx = rnd.permutation(len(values))
                batches = np.array_split(values[shuffled_idx], 4)
                y_batches = np.array_split(y_train[shuffled_idx], 4)
                for batch, y_batch in zip(batches, y_batches):
                    losses[way].append(sess.run([loss, training_op], feed_dict={inputs: batch, y: y_batch})[0])
        return {"shape": sess.run(hidden2, feed_dict={X: X_train}).shape, "count": len(losses["whole"]),
                "close": bool(np.allclose(losses["cached"], losses["whole"], rtol=1e-5))}

    return {"steps": [{"run": [init]}, {"fetch": [hidden2], "feed": {X: X_train}}], "finish": finish}


def _optimized(make):
    """Rows 13 to 18: one of the faster optimizers on the chapter's network."""
    def build():
        tf.set_random_seed(42)
        X, y = _placeholders()
        loss = _loss(_dnn(X), y)
        with tf.name_scope("train"):
            training_op = make().minimize(loss)
        init = tf.global_variables_initializer()
        X_train, y_train = _data()
        feed = {X: X_train, y: y_train}
        steps = [{"run": [init]}]
        for _ in range(3):
            steps += [{"fetch": [loss], "feed": feed}, {"run": [training_op], "feed": feed}]
        return {"steps": steps + [{"fetch": tf.global_variables()}],
                "facts": {"variables": [v.name for v in tf.global_variables()]}}
    return build


def schedule():
    """Row 19."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    loss = _loss(_dnn(X), y)
    initial_learning_rate = 0.1
    decay_steps = 10000
    decay_rate = 1/10
    global_step = tf.Variable(0, trainable=False)
    learning_rate = tf.train.exponential_decay(initial_learning_rate, global_step, decay_steps, decay_rate)
    optimizer = tf.train.MomentumOptimizer(learning_rate, momentum=0.9)
    training_op = optimizer.minimize(loss, global_step=global_step)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"fetch": [learning_rate, global_step]}, {"run": [training_op], "feed": {X: X_train, y: y_train}}]
    steps += [{"fetch": [learning_rate], "feed": {global_step: step}} for step in (5000, 10000, 20000)]
    return {"steps": steps, "facts": {"step": global_step.name}}


def early_stopping():
    """Row 20, with a learning rate that falls when the loss does not: performance scheduling."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    rate = tf.Variable(0.5, trainable=False, name="rate")
    slower = rate.assign(rate / 10.0)
    loss = _loss(_dnn(X), y)
    training_op = tf.train.MomentumOptimizer(rate, 0.9).minimize(loss)
    init = tf.global_variables_initializer()
    saver = tf.train.Saver()
    (X_train, y_train), (X_valid, y_valid) = _data(), _data(seed=2)

    def finish(sess):
        sess.run(init)
        best, since, steps, rates = np.inf, 0, 0, []
        while since < 6 and steps < 200:
            for _ in range(5):
                sess.run(training_op, {X: X_train, y: y_train})
                steps += 1
            now = loss.eval({X: X_valid, y: y_valid}, sess)
            if now < best:
                best, since = now, 0
                saver.save(sess, "./winner.ckpt")
            else:
                since += 1
                if since % 3 == 0:
                    rates.append("%.3f" % sess.run(slower))
        saver.restore(sess, "./winner.ckpt")
        again = loss.eval({X: X_valid, y: y_valid}, sess)
        kept = len(saver.last_checkpoints)
        _remove("winner.ckpt*", "checkpoint")
        return {"restored": bool(again == best), "kept": kept, "rates": rates, "stopped": since, "best": "%.2f" % best}

    return {"steps": [{"run": [init]}], "finish": finish}


def l1_by_hand():
    """Row 21."""
    from tensorflow.contrib.layers import fully_connected
    tf.set_random_seed(42)
    X, y = _placeholders()
    hidden1 = fully_connected(X, N_HIDDEN1, scope="hidden1")
    logits = fully_connected(hidden1, N_OUTPUTS, activation_fn=None, scope="out")
    with tf.variable_scope("", reuse=True):
        weights1, weights2 = tf.get_variable("hidden1/weights"), tf.get_variable("out/weights")
    xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
    base_loss = tf.reduce_mean(xentropy, name="avg_xentropy")
    reg_losses = tf.reduce_sum(tf.abs(weights1)) + tf.reduce_sum(tf.abs(weights2))
    scale = 0.001
    loss = tf.add(base_loss, scale * reg_losses, name="loss")
    training_op = tf.train.AdagradOptimizer(0.1).minimize(loss)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    steps = [{"run": [init]}] + [{"fetch": [loss, base_loss], "feed": feed}, {"run": [training_op], "feed": feed}] * 2
    return {"steps": steps + [{"fetch": [loss, weights1, weights2], "feed": feed}]}


def l1_in_scope():
    """Row 22, and weights that are nearly zero set to it (section "Training Sparse Models")."""
    from tensorflow.contrib.framework import arg_scope
    from tensorflow.contrib.layers import fully_connected
    tf.set_random_seed(42)
    X, y = _placeholders()
    with arg_scope([fully_connected], weights_regularizer=tf.contrib.layers.l1_regularizer(scale=0.01)):
        hidden1 = fully_connected(X, N_HIDDEN1, scope="hidden1")
        hidden2 = fully_connected(hidden1, N_HIDDEN2, scope="hidden2")
        logits = fully_connected(hidden2, N_OUTPUTS, activation_fn=None, scope="out")
    base_loss = _loss(logits, y)
    reg_losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    loss = tf.add_n([base_loss] + reg_losses, name="loss")
    training_op = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    weights = [v for v in tf.trainable_variables() if v.op.name.endswith("weights")]
    zeroed = [tf.assign(w, tf.where(tf.abs(w) < 0.1, tf.zeros_like(w), w)) for w in weights]
    zeros = tf.add_n([tf.reduce_sum(tf.cast(tf.equal(w, 0.0), tf.int32)) for w in weights])
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    steps = [{"run": [init]}] + [{"fetch": [loss] + reg_losses, "feed": feed}, {"run": [training_op], "feed": feed}] * 2
    steps += [{"fetch": zeroed}, {"fetch": [zeros]}]
    return {"steps": steps, "facts": {"losses": [l.name for l in reg_losses]}}


def dropout():
    """Row 23."""
    from tensorflow.contrib.layers import dropout, fully_connected
    tf.set_random_seed(42)
    X, y = _placeholders()
    is_training = tf.placeholder(tf.bool, shape=(), name='is_training')
    keep_prob = 0.5
    X_drop = dropout(X, keep_prob, is_training=is_training)
    hidden1 = fully_connected(X_drop, N_HIDDEN1, scope="hidden1")
    hidden1_drop = dropout(hidden1, keep_prob, is_training=is_training)
    hidden2 = fully_connected(hidden1_drop, N_HIDDEN2, scope="hidden2")
    hidden2_drop = dropout(hidden2, keep_prob, is_training=is_training)
    logits = fully_connected(hidden2_drop, N_OUTPUTS, activation_fn=None, scope="outputs")
    loss = _loss(logits, y)
    training_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    steps = [{"run": [init]}]
    for training in (True, False, True):
        feed = {X: X_train, y: y_train, is_training: training}
        steps += [{"fetch": [X_drop, loss], "feed": feed}, {"run": [training_op], "feed": feed}]
    return {"steps": steps, "facts": {"names": [t.name for t in (X_drop, hidden1_drop, hidden2_drop)]}}


def max_norm():
    """Rows 24 to 27."""
    tf.set_random_seed(42)
    X, y = _placeholders()
    loss = _loss(_dnn(X), y)
    training_op = tf.train.MomentumOptimizer(0.5, 0.9).minimize(loss)
    with tf.variable_scope("hidden1", reuse=True):
        weights = tf.get_variable("weights")
    with tf.variable_scope("", default_name="", reuse=True):
        hidden1_weights = tf.get_variable("hidden1/weights")
        hidden2_weights = tf.get_variable("hidden2/weights")
    threshold = 1.0
    clipped_weights = tf.clip_by_norm(weights, clip_norm=threshold, axes=1)
    clip_weights = tf.assign(weights, clipped_weights)
    norms = tf.norm(weights, axis=1)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"run": [training_op], "feed": feed}, {"fetch": [clip_weights]}, {"fetch": [norms]}]
    return {"steps": steps, "facts": {"variables": [v.name for v in tf.global_variables()],
                                      "same": [weights is hidden1_weights, weights is hidden2_weights]}}


def max_norm_regularizer():
    """Rows 28 and 29."""
    from tensorflow.contrib.layers import fully_connected
    tf.set_random_seed(42)

    def max_norm_regularizer(threshold, axes=1, name="max_norm", collection="max_norm"):
        def max_norm(weights):
            clipped = tf.clip_by_norm(weights, clip_norm=threshold, axes=axes)
            clip_weights = tf.assign(weights, clipped, name=name)
            tf.add_to_collection(collection, clip_weights)
            return None  # there is no regularization loss term
        return max_norm

    X, y = _placeholders()
    max_norm_reg = max_norm_regularizer(threshold=0.5)
    hidden1 = fully_connected(X, N_HIDDEN1, scope="hidden1", weights_regularizer=max_norm_reg)
    hidden2 = fully_connected(hidden1, N_HIDDEN2, scope="hidden2", weights_regularizer=max_norm_reg)
    logits = fully_connected(hidden2, N_OUTPUTS, activation_fn=None, scope="outputs")
    loss = _loss(logits, y)
    training_op = tf.train.MomentumOptimizer(0.5, 0.9).minimize(loss)
    clip_all_weights = tf.get_collection("max_norm")
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    steps = [{"run": [init]}]
    for _ in range(3):
        steps += [{"run": [training_op], "feed": feed}, {"fetch": clip_all_weights}]
    return {"steps": steps, "facts": {"clips": [t.name for t in clip_all_weights],
                                      "losses": len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))}}


def default_configuration():
    """Row 31, table 11-2: He initialisation, ELU, batch normalization, dropout and Adam under one placeholder, with the
    rates of a schedule and a regularizer."""
    from tensorflow.contrib.framework import arg_scope
    from tensorflow.contrib.layers import batch_norm, dropout, fully_connected
    tf.set_random_seed(42)
    X, y = _placeholders()
    is_training = tf.placeholder_with_default(False, shape=(), name="is_training")
    global_step = tf.train.get_or_create_global_step()
    bn_params = {"is_training": is_training, "decay": 0.9, "updates_collections": None, "scale": True}
    with arg_scope([fully_connected], normalizer_fn=batch_norm, normalizer_params=bn_params, activation_fn=tf.nn.elu,
                   weights_initializer=tf.contrib.layers.variance_scaling_initializer(),
                   weights_regularizer=tf.contrib.layers.l2_regularizer(0.001)):
        with arg_scope([dropout], is_training=is_training):
            hidden1 = dropout(fully_connected(X, N_HIDDEN1, scope="hidden1"), 0.8)
            hidden2 = dropout(fully_connected(hidden1, N_HIDDEN2, scope="hidden2"), keep_prob=0.8)
            logits = fully_connected(hidden2, N_OUTPUTS, activation_fn=None, scope="outputs")
    _loss(logits, y)
    loss = tf.add_n([tf.get_default_graph().get_tensor_by_name("loss/loss:0")] +
                    tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
    rate = tf.train.exponential_decay(0.01, global_step, 10, 0.5)
    training_op = tf.train.AdamOptimizer(rate).minimize(loss, global_step=global_step)
    accuracy = _accuracy(logits, y)
    init = tf.global_variables_initializer()
    X_train, y_train = _data()
    feed = {X: X_train, y: y_train}
    steps = [{"run": [init]}, {"fetch": [loss, accuracy], "feed": feed}]
    for _ in range(3):
        steps += [{"run": [training_op], "feed": {X: X_train, y: y_train, is_training: True}},
                  {"fetch": [loss, rate], "feed": feed}]
    return {"steps": steps}


VARIANTS = {
    "he_initialization": he_initialization,
    "batch_norm": batch_norm,
    "batch_norm_in_scope": batch_norm_in_scope,
    "scaled_elu": scaled_elu,
    "gradient_clipping": gradient_clipping,
    "reuse_layers": reuse_layers,
    "other_framework": other_framework,
    "cached": cached,
    "momentum": _optimized(lambda: tf.train.MomentumOptimizer(learning_rate=0.1, momentum=0.9)),
    "nesterov": _optimized(lambda: tf.train.MomentumOptimizer(learning_rate=0.1, momentum=0.9, use_nesterov=True)),
    "adagrad": _optimized(lambda: tf.train.AdagradOptimizer(0.1)),
    "rmsprop": _optimized(lambda: tf.train.RMSPropOptimizer(learning_rate=0.01, momentum=0.9, decay=0.9, epsilon=1e-10)),
    "adam": _optimized(lambda: tf.train.AdamOptimizer(learning_rate=0.01)),
    "ftrl": _optimized(lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01)),
    "schedule": schedule,
    "early_stopping": early_stopping,
    "l1_by_hand": l1_by_hand,
    "l1_in_scope": l1_in_scope,
    "dropout": dropout,
    "max_norm": max_norm,
    "max_norm_regularizer": max_norm_regularizer,
    "default_configuration": default_configuration,
}
