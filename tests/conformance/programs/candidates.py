import tensorflow as tf

import numpy as np

LABELS = [[1], [7], [0], [1]]
PAIRS = [[1, 2], [7, 3], [0, 0], [1, 9]]
INPUTS = np.random.RandomState(2).randn(4, 3).astype(np.float32)
WEIGHTS = np.random.RandomState(3).randn(10, 3).astype(np.float32)
BIASES = np.linspace(-1, 1, 10, dtype=np.float32)


def samplers():
    """Draws by seeds of the op, of the graph, of both; what is learned from run to run."""
    tf.set_random_seed(42)
    y = tf.constant(PAIRS, tf.int64, name="y")
    words = {"unigrams": [1.0, 5.0, 2.0, 2.0, 0.5, 9.0, 1.0, 1.0, 1.0, 3.0]}
    results = [
        tf.nn.uniform_candidate_sampler(y, 2, 5, True, 10), tf.nn.uniform_candidate_sampler(y, 2, 20, False, 10, seed=3),
        tf.nn.log_uniform_candidate_sampler(y, 2, 5, True, 10, seed=7, name="zipf"),
        tf.random.log_uniform_candidate_sampler(y, 2, 5, False, 10),
        tf.nn.learned_unigram_candidate_sampler(y, 2, 4, True, 10, seed=1),
        tf.nn.fixed_unigram_candidate_sampler(y, 2, 4, False, 10, distortion=0.75, seed=5, **words),
        tf.nn.fixed_unigram_candidate_sampler(y, 2, 4, True, 12, num_reserved_ids=2, **words),
        tf.nn.fixed_unigram_candidate_sampler(y, 2, 2, True, 5, num_shards=2, shard=1, **words),
        tf.nn.all_candidate_sampler(y, 2, 6, True),
        tf.nn.compute_accidental_hits(y, tf.constant([9, 1, 4, 0], tf.int64), 2),
        tf.nn.compute_accidental_hits(y, tf.constant([9, 1], tf.int64), 2, seed=3, name="hits"),
    ]
    flat = [tensor for result in results for tensor in result]
    return {"steps": [{"fetch": flat}, {"fetch": flat[::-1]}], "facts": {"shapes": [str(t.shape) for t in flat]}}


def trained(make_loss):
    """The loss of each example, and two steps of training by it."""
    def build():
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.placeholder(tf.int64, [None, None], name="y")
        w, b = tf.Variable(WEIGHTS, name="w"), tf.Variable(BIASES, name="b")
        losses = make_loss(w, b, y, x)
        loss = tf.reduce_mean(losses, name="loss")
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        feed = {x: INPUTS, y: PAIRS}
        steps = [{"run": [tf.global_variables_initializer()]}, {"fetch": [losses], "feed": feed}]
        steps += [{"run": [train], "feed": feed}, {"fetch": [w, b]}] * 2
        return {"steps": steps, "facts": {"name": losses.name, "shape": str(losses.shape)}}
    return build


def nce(w, b, y, x):
    return tf.nn.nce_loss(w, b, y, x, 4, 10, num_true=2)


def nce_without_hits(w, b, y, x):
    return tf.nn.nce_loss(weights=w, biases=b, labels=tf.cast(y, tf.int32), inputs=x, num_sampled=6, num_classes=10,
                          num_true=2, remove_accidental_hits=True, name="nce")


def nce_given(w, b, y, x):
    values = tf.nn.uniform_candidate_sampler(y, 2, 3, False, 10, seed=9)
    return tf.nn.nce_loss(w, b, y, x, 3, 10, 2, sampled_values=values)


def softmax(w, b, y, x):
    return tf.nn.sampled_softmax_loss(w, b, y, x, 5, 10, num_true=2, seed=4)


def softmax_with_hits(w, b, y, x):
    return tf.nn.sampled_softmax_loss(w, b, y, x, 9, 10, num_true=2, remove_accidental_hits=False, name="sampled")


def in_parts(strategy):
    """Weights and biases in parts, as large vocabularies have them; labels of one column."""
    def build():
        tf.set_random_seed(5)
        weights = tf.get_variable("weights", [10, 3], initializer=tf.random_normal_initializer(seed=3),
                                  partitioner=tf.fixed_size_partitioner(3))
        biases = [tf.Variable(part, name="biases%d" % i) for i, part in enumerate(np.array_split(BIASES, 3))]
        x = tf.constant(INPUTS, name="x")
        y = tf.constant(LABELS, tf.int64, name="y")
        one = tf.nn.nce_loss(weights, biases, y, x, 4, 10, partition_strategy=strategy)
        two = tf.nn.sampled_softmax_loss(weights, biases, y, x, 4, 10, partition_strategy=strategy)
        gradients = tf.gradients([one, two], list(weights) + biases)
        fetches = [one, two] + [tf.convert_to_tensor(g) for g in gradients]
        return {"steps": [{"run": [tf.global_variables_initializer()]}, {"fetch": fetches}]}
    return build


def word_vectors():
    """Skip-gram with a vocabulary of ten words: embeddings trained by both losses."""
    tf.set_random_seed(42)
    inputs = tf.placeholder(tf.int32, [None], name="inputs")
    labels = tf.placeholder(tf.int32, [None, 1], name="labels")
    embeddings = tf.Variable(tf.random_uniform([10, 4], -1.0, 1.0, seed=1), name="embeddings")
    embed = tf.nn.embedding_lookup(embeddings, inputs)
    weights = tf.Variable(tf.truncated_normal([10, 4], stddev=0.5, seed=2), name="weights")
    biases = tf.Variable(tf.zeros([10]), name="biases")
    loss = tf.reduce_mean(tf.nn.nce_loss(weights, biases, labels, embed, 5, 10), name="loss")
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    losses = tf.nn.sampled_softmax_loss(weights, biases, labels, embed, 5, 10)
    other = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(losses, name="softmax"))
    norm = tf.sqrt(tf.reduce_sum(tf.square(embeddings), axis=1, keepdims=True))
    similarity = tf.matmul(embeddings / norm, embeddings / norm, transpose_b=True)
    feed = {inputs: [1, 1, 2, 5], labels: [[2], [3], [1], [9]]}
    steps = [{"run": [tf.global_variables_initializer()]}]
    steps += [{"run": [train], "feed": feed}, {"run": [other], "feed": feed}] * 3
    return {"steps": steps + [{"fetch": [similarity]}]}


VARIANTS = {
    "samplers": samplers,
    "nce": trained(nce),
    "nce_without_hits": trained(nce_without_hits),
    "nce_given": trained(nce_given),
    "softmax": trained(softmax),
    "softmax_with_hits": trained(softmax_with_hits),
    "in_turn": in_parts("mod"),
    "in_blocks": in_parts("div"),
    "word_vectors": word_vectors,
}
