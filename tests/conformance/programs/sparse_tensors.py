import tensorflow as tf

INDICES = [[0, 1], [3, 0], [1, 2], [1, 0]]
VALUES = [1.0, 2.0, 3.0, 4.0]


def _fed(dtype=tf.float32, rank=2):
    """A sparse tensor of placeholders of unknown sizes."""
    return tf.SparseTensor(tf.placeholder(tf.int64, (None, rank), name="indices"),
                           tf.placeholder(dtype, (None,), name="values"),
                           tf.placeholder(tf.int64, (rank,), name="shape"))


def _feed(x, indices=INDICES, values=VALUES, shape=(5, 3)):
    return {x.indices: indices, x.values: values, x.dense_shape: shape}


def functions():
    """Functions of a sparse tensor that only runs know, and their gradients."""
    x = _fed()
    ordered = tf.sparse_reorder(x)
    reshaped = tf.sparse_reshape(ordered, [3, -1], name="reshaped")
    again = tf.sparse.reshape(reshaped, tf.constant([1, 5, 3], tf.int64))
    kept = tf.sparse_retain(ordered, ordered.values > 1.5)
    filled, empty = tf.sparse_fill_empty_rows(x, 9.0)
    named, _ = tf.sparse.fill_empty_rows(x, tf.constant(7.0, name="seven"), name="named")
    dense = [tf.sparse_tensor_to_dense(ordered), tf.sparse.to_dense(reshaped, default_value=-1.0, name="dense"),
             tf.sparse_tensor_to_dense(x, validate_indices=False)]
    fetches = [ordered, reshaped, again, kept, filled, empty, named] + dense
    loss = tf.add_n([tf.reduce_sum(tf.square(t.values)) for t in (ordered, kept, filled)])
    fetches += tf.gradients(loss, [x.values])
    parts = [part for f in fetches
             for part in ([f.indices, f.values, f.dense_shape] if isinstance(f, tf.SparseTensor) else [f])]
    facts = {"shapes": [t.get_shape() for t in (ordered, reshaped, again, kept, filled)],
             "static": [t.indices.shape for t in (ordered, reshaped, again, kept, filled)]}
    return {"steps": [{"fetch": parts, "feed": _feed(x)}, {"fetch": parts, "feed": _feed(x, [[4, 2]], [1.0])},
                      {"fetch": parts[:3] + parts[12:15], "feed": _feed(x, [[1, 0], [1, 0], [0, 2], [1, 2], [1, 0]],
                                                                        [1.0, 2.0, 3.0, 4.0, 5.0])}],
            "facts": facts}


def known():
    """The same of constants."""
    x = tf.SparseTensor(INDICES, VALUES, [5, 3])
    names = tf.SparseTensor([[0, 0], [2, 1]], ["a", "b"], [3, 2])
    made = [tf.sparse_reorder(x), tf.sparse_reshape(x, [-1, 3, 1]), tf.sparse_retain(x, [True, False, True, False]),
            tf.sparse_fill_empty_rows(x, 0.0)[0], tf.sparse_fill_empty_rows(names, "none")[0], tf.sparse_reorder(names),
            tf.sparse_retain(names, [False, False])]
    parts = [part for t in made for part in (t.indices, t.values, t.dense_shape)]
    return {"steps": [{"fetch": parts}], "facts": {"shapes": [t.get_shape() for t in made]}}


def products():
    """A sparse matrix times a dense one, each way round."""
    x = _fed()
    dense = tf.placeholder(tf.float32, (None, 3), name="dense")
    wide = tf.placeholder(tf.float32, (5, None), name="wide")
    made = [tf.sparse_tensor_dense_matmul(x, dense, adjoint_b=True), tf.sparse.matmul(x, wide, adjoint_a=True),
            tf.sparse_tensor_dense_matmul(x, tf.transpose(dense), name="product"),
            tf.sparse_tensor_dense_matmul(x, tf.transpose(wide), adjoint_a=True, adjoint_b=True)]
    grads = tf.gradients(made, [x.values, dense, wide])
    turned = tf.SparseTensor([[0, 1], [1, 0]], tf.constant([1 + 2j, 3 - 1j], tf.complex64), [2, 2])
    made.append(tf.sparse_tensor_dense_matmul(turned, tf.constant([[1j, 2], [3, 1 - 1j]], tf.complex64), adjoint_a=True,
                                              adjoint_b=True))
    feed = _feed(x)
    feed.update({dense: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], wide: [[1.0, 2.0, 3.0, 4.0]] * 5})
    return {"steps": [{"fetch": made + grads, "feed": feed}], "facts": {"shapes": [t.shape for t in made]}}


def _embeddings(rows, parts):
    if parts == 1:
        return tf.get_variable("table", (rows, 2), initializer=tf.random_uniform_initializer(seed=1))
    return [tf.get_variable("part_%d" % part, (rows // parts, 2), initializer=tf.random_uniform_initializer(seed=part + 1))
            for part in range(parts)]


def embeddings():
    """Embeddings of sparse ids, combined in each way; their sparse gradients, applied."""
    table, parts = _embeddings(6, 1), _embeddings(6, 3)
    ids = _fed(tf.int64)
    weights = tf.SparseTensor(ids.indices, tf.placeholder(tf.float32, (None,), name="weights"), ids.dense_shape)
    look_up = tf.nn.embedding_lookup_sparse
    made = [look_up(table, ids, None, combiner="mean"), look_up(table, ids, None, combiner="sqrtn", name="roots"),
            look_up(parts, ids, None, "div", combiner="sum"), look_up(table, ids, weights, combiner="mean"),
            look_up(parts, ids, weights, combiner="sqrtn"), look_up([table], ids, weights, combiner="sum", name="sums"),
            look_up(table, ids, None, combiner="mean", max_norm=0.5)]
    loss = tf.add_n([tf.reduce_sum(tf.square(y)) for y in made])
    train = tf.train.AdagradOptimizer(0.1).minimize(loss)
    init = tf.global_variables_initializer()
    feed = _feed(ids, [[0, 0], [0, 1], [1, 0], [2, 0], [2, 1], [2, 2]], [1, 3, 5, 0, 0, 3], (3, 3))
    feed[weights.values] = [1.0, 2.0, 0.5, 1.0, -1.0, 3.0]
    return {"steps": [{"run": [init]}, {"fetch": made, "feed": feed}, {"run": [train], "feed": feed},
                      {"fetch": [table] + parts}], "facts": {"shapes": [y.shape for y in made]}}


def safe_embeddings():
    """Invalid ids and weights, examples without any, ids of three dimensions."""
    table, parts = _embeddings(6, 1), _embeddings(6, 2)
    ids, deep = _fed(tf.int64), _fed(tf.int64, rank=3)
    weights = tf.SparseTensor(ids.indices, tf.placeholder(tf.float32, (None,), name="weights"), ids.dense_shape)
    look_up = tf.nn.safe_embedding_lookup_sparse
    made = [look_up(table, ids), look_up([table], ids, weights, default_id=3), look_up(parts, ids, weights, "sum"),
            look_up(parts, ids, combiner="sqrtn", partition_strategy="mod", name="named"),
            look_up(table, ids, weights, "sqrtn", max_norm=0.5), look_up(table, deep, combiner="sum")]
    grads = tf.gradients(made[0], [table])[0].values
    init = tf.global_variables_initializer()
    feed = _feed(ids, [[0, 0], [0, 1], [1, 0], [3, 0], [3, 1], [3, 2]], [1, 3, -1, 0, 0, 3], (5, 3))
    feed[weights.values] = [1.0, 2.0, 0.5, 1.0, -1.0, 3.0]
    feed.update(_feed(deep, [[0, 0, 0], [0, 2, 1], [1, 0, 1]], [1, 2, 3], (2, 3, 2)))
    return {"steps": [{"run": [init]}, {"fetch": made + [grads], "feed": feed}],
            "facts": {"shapes": [y.shape for y in made]}}


VARIANTS = {"functions": functions, "known": known, "products": products, "embeddings": embeddings,
            "safe_embeddings": safe_embeddings}
