"""Sums, joins, reductions and products of sparse tensors, and their gradients."""

import tensorflow as tf

INDICES = [[0, 1], [1, 0], [1, 2], [3, 0]]


def fed(name, rank=2, dtype=tf.float32):
    """A sparse tensor of placeholders of unknown sizes."""
    return tf.SparseTensor(tf.placeholder(tf.int64, (None, rank), name=name + "_indices"),
                           tf.placeholder(dtype, (None,), name=name + "_values"),
                           tf.placeholder(tf.int64, (rank,), name=name + "_shape"))


def feed(x, indices=INDICES, values=(1.0, -2.0, 3.0, 4.0), shape=(5, 3)):
    return {x.indices: indices, x.values: values, x.dense_shape: shape}


def fed_pair():
    a, b = fed("a"), fed("b")
    given = feed(a)
    given.update(feed(b, [[0, 1], [0, 2], [3, 0], [4, 2]], (2.5, 1.0, -4.0, 7.0)))
    return a, b, given


def parts(made):
    """What can be fetched of tensors, sparse tensors and lists of them."""
    found = []
    for x in made:
        if isinstance(x, (list, tuple)):
            found += parts(x)
        elif isinstance(x, tf.SparseTensor):
            found += [x.indices, x.values, x.dense_shape]
        else:
            found.append(x)
    return found


def kind_of(function):
    """The class of the exception that a call raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


def shapes(made):
    return [str(x.get_shape()) for x in made]


def sums():
    a, b, given = fed_pair()
    dense = tf.placeholder_with_default([[1.0, 2.0, 3.0]] * 5, [None, 3], name="dense")
    made = [tf.sparse_add(a, b), tf.sparse.add(a, b, threshold=0.5), tf.sparse_add(a, b, thresh=tf.constant(3.0)),
            tf.sparse_add(a, dense), tf.sparse.add(dense, b), tf.sparse_add(a, tf.SparseTensorValue(INDICES, [1.0] * 4, [5, 3]))]
    loss = tf.add_n([tf.reduce_sum(tf.square(x.values if isinstance(x, tf.SparseTensor) else x)) for x in made])
    slopes = tf.gradients(loss, [a.values, b.values, dense])
    facts = {"shapes": shapes(made),
             "mistakes": [kind_of(lambda: tf.sparse_add(dense, dense)), kind_of(lambda: tf.sparse_add(a, 1.0)),
                          kind_of(lambda: tf.sparse_add(a, b, threshold=1.0, thresh=2.0))]}
    return {"steps": [{"fetch": parts(made + slopes), "feed": given}], "facts": facts}


def sums_of_numbers():
    """Of other dtypes, where all is constant."""
    made = []
    for dtype in (tf.int32, tf.int64, tf.float64, tf.complex64):
        a = tf.SparseTensor([[0], [2]], tf.constant([1, 2], dtype), [4])
        b = tf.SparseTensor([[0], [3]], tf.constant([-1, 3], dtype), [4])
        made += [tf.sparse_add(a, b), tf.sparse_add(a, b, 1)]
    return {"steps": [{"fetch": parts(made)}], "facts": {"shapes": shapes(made)}}


def joins():
    a, b, given = fed_pair()
    c = tf.SparseTensor([[0, 0], [2, 1]], [5.0, 6.0], [3, 4])
    words = [tf.SparseTensor([[0, 0]], ["a"], [2, 1]), tf.SparseTensor([[1, 2]], ["b"], [2, 3])]
    made = [tf.sparse_concat(0, [a, b]), tf.sparse.concat(axis=-1, sp_inputs=[a, b], name="wide"),
            tf.sparse_concat(1, [a, c], expand_nonconcat_dim=True), tf.sparse_concat(None, words, concat_dim=1),
            tf.sparse_concat(0, [a]), tf.sparse.concat(0, words, expand_nonconcat_dim=True, name="low")]
    facts = {"shapes": shapes(made),
             "mistakes": [kind_of(lambda: tf.sparse_concat(0, [a, c.values])), kind_of(lambda: tf.sparse_concat(0, 3)),
                          kind_of(lambda: tf.sparse_concat(0, [a, words[0]])),
                          kind_of(lambda: tf.sparse_concat(0, words, expand_nonconcat_dims=True))]}
    return {"steps": [{"fetch": parts(made), "feed": given}], "facts": facts}


def pieces():
    a = fed("a")
    known = tf.SparseTensor(INDICES, ["a", "b", "c", "d"], [5, 3])
    made = [tf.sparse_split(sp_input=a, num_split=2, axis=0), tf.sparse.split(sp_input=known, num_split=3, axis=1, name="columns"),
            tf.sparse_split(sp_input=a, num_split=1, axis=1)]
    facts = {"shapes": [shapes(x) for x in made],
             "mistakes": [kind_of(lambda: tf.sparse_split(a, 2, 0)), kind_of(lambda: tf.sparse_split(sp_input=a, axis=0)),
                          kind_of(lambda: tf.sparse_split(sp_input=a, num_split=2)),
                          kind_of(lambda: tf.sparse_split(num_split=2, axis=0)),
                          kind_of(lambda: tf.sparse_split(sp_input=a, num_split=1, split_dim=1))]}
    return {"steps": [{"fetch": parts(made), "feed": feed(a)}], "facts": facts}


def turns():
    a, deep = fed("a"), fed("deep", 3)
    known = tf.SparseTensor(INDICES, [1, 2, 3, 4], [5, 3])
    made = [tf.sparse_transpose(a), tf.sparse.transpose(deep, [2, 0, 1], name="turned"), tf.sparse_transpose(known),
            tf.sparse_transpose(known, perm=[0, 1]), tf.sparse.expand_dims(a), tf.sparse.expand_dims(known, 0),
            tf.sparse.expand_dims(known, axis=-2, name="third"), tf.sparse.eye(3), tf.sparse.eye(2, 4, tf.int32, "low"),
            tf.sparse.eye(4, num_columns=2, dtype=tf.float64)]
    slopes = tf.gradients([tf.square(made[0].values), tf.square(made[1].values)], [a.values, deep.values])
    given = feed(a)
    given.update(feed(deep, [[0, 1, 1], [1, 0, 0], [1, 2, 0]], (1.0, 2.0, 3.0), (2, 3, 2)))
    return {"steps": [{"fetch": parts(made + slopes), "feed": given}], "facts": {"shapes": shapes(made)}}


def reductions():
    a = fed("a")
    known = tf.SparseTensor(INDICES, tf.constant([1, 2, 3, 4], tf.int64), [5, 3])
    made = [tf.sparse_reduce_sum(a), tf.sparse_reduce_sum(a, 1), tf.sparse.reduce_sum(a, [0], keepdims=True),
            tf.sparse_reduce_sum(known, axis=-1, keep_dims=True), tf.sparse_reduce_max(a, reduction_axes=0),
            tf.sparse.reduce_max(known, [0, 1]), tf.sparse_reduce_max(known, -1, True),
            tf.sparse_reduce_sum_sparse(a, 1), tf.sparse.reduce_sum_sparse(known, keepdims=True),
            tf.sparse_reduce_max_sparse(a, 0), tf.sparse.reduce_max_sparse(known, [1])]
    slopes = tf.gradients([tf.square(x) for x in made[:3]], a.values)
    dense = [x for x in made if isinstance(x, tf.Tensor)]
    return {"steps": [{"fetch": parts(made + slopes), "feed": feed(a)}],
            "facts": {"shapes": shapes(dense), "more": shapes([x for x in made if isinstance(x, tf.SparseTensor)])}}


def products():
    """Elements times and by those of dense tensors, which broadcast."""
    a = fed("a")
    dense = tf.placeholder_with_default([[1.0, 2.0, 4.0]] * 5, [None, 3], name="dense")
    row = tf.constant([[1.0, 2.0, 5.0]])
    made = [a * dense, a / dense, dense * a, a * row, a / row, a * 2.0, a / tf.constant(4.0)]
    loss = tf.add_n([tf.reduce_sum(tf.square(x.values)) for x in made[:5]])
    slopes = tf.gradients(loss, [a.values])
    numbers = tf.SparseTensor([[0], [2]], [7, -8], [3])
    made += [numbers * [2, 3, 4], numbers / [2, 3, 4]]
    return {"steps": [{"fetch": parts(made + slopes), "feed": feed(a)}], "facts": {"shapes": shapes(made)}}


def softmax():
    a, deep = fed("a"), fed("deep", 3, tf.float64)
    made = [tf.sparse_softmax(a), tf.sparse.softmax(deep, name="each")]
    slopes = tf.gradients([tf.square(x.values)[0] for x in made], [a.values, deep.values])
    given = feed(a)
    given.update(feed(deep, [[0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 2, 0]], (1.0, 2.0, 3.0, -700.0), (2, 3, 2)))
    return {"steps": [{"fetch": parts(made + slopes), "feed": given}], "facts": {"shapes": shapes(made)}}


def extremes():
    a, b, given = fed_pair()
    made = [tf.sparse_maximum(a, b), tf.sparse.minimum(a, b), tf.sparse_minimum(b, a, name="low"),
            tf.sparse.maximum(b, a, name="high")]
    whole = tf.SparseTensor([[0], [2]], [1, -2], [3])
    made += [tf.sparse_maximum(whole, whole), tf.sparse_minimum(whole, tf.SparseTensor([[1]], [5], [3]))]
    return {"steps": [{"fetch": parts(made), "feed": given}], "facts": {"shapes": shapes(made)}}


def forms():
    """Other shapes around the same elements; rows without some."""
    a = fed("a")
    known = tf.SparseTensor(INDICES, [1, 2, 3, 4], [5, 3])
    made = [tf.sparse_reset_shape(a), tf.sparse.reset_shape(a, [6, 4]), tf.sparse_reset_shape(known, new_shape=[7, 3]),
            tf.sparse.reset_shape(known)]
    slices = tf.IndexedSlices(tf.constant([[1.0], [2.0], [3.0], [4.0]]), tf.constant([2, 5, 7, 9]))
    kept, named = tf.sparse_mask(slices, [5, 9]), tf.sparse.mask(slices, tf.constant([2, 7]), name="some")
    facts = {"shapes": shapes(made)}
    fetches = parts(made) + [kept.values, kept.indices, named.values, named.indices]
    return {"steps": [{"fetch": fetches, "feed": feed(a)}], "facts": facts}


VARIANTS = {"sums": sums, "sums_of_numbers": sums_of_numbers, "joins": joins, "pieces": pieces, "turns": turns,
            "reductions": reductions, "products": products, "softmax": softmax, "extremes": extremes, "forms": forms}
