import tensorflow as tf

import numpy as np


def dense():
    """Added, dropped as stale, taken: the step moves on."""
    gradient = tf.placeholder(tf.float32, [2], name="gradient")
    sums = tf.ConditionalAccumulator(tf.float32, shape=[2], name="sums")
    fresh = sums.apply_grad(gradient, local_step=1)
    stale = sums.apply_grad([100.0, 100.0], name="stale")
    count = sums.num_accumulated()
    mean = sums.take_grad(3, name="mean")
    one = sums.take_grad(1)
    move = sums.set_global_step(tf.constant(7, tf.int64))
    late = sums.apply_grad([1.0, 1.0], local_step=7, name="late")
    steps = [{"run": [stale]}, {"run": [fresh], "feed": {gradient: [1.0, 2.0]}},
             {"run": [fresh], "feed": {gradient: [0.5, -4.0]}}, {"fetch": [count]}, {"fetch": [mean]},
             {"run": [stale]}, {"fetch": [count]}, {"run": [fresh], "feed": {gradient: [0.25, 3.0]}},
             {"fetch": [one]}, {"run": [move]}, {"run": [fresh], "feed": {gradient: [9.0, 9.0]}}, {"fetch": [count]},
             {"run": [late]}, {"fetch": [one]}]
    facts = {"name": sums.name, "dtype": sums.dtype, "handle": sums.accumulator_ref.dtype, "mean": mean.shape}
    return {"steps": steps, "facts": facts}


def forms():
    """Dtypes, unknown shapes, sums in place of means, shared names, scopes, more than one who takes."""
    steps = []
    with tf.name_scope("scope"):
        wide = tf.ConditionalAccumulator(tf.float64, shared_name="wide", reduction_type="SUM")
        add = wide.apply_grad(np.array([[1.0, 2.0, 3.0]]))
        total = wide.take_grad(2)
        count = wide.num_accumulated()
    again = tf.ConditionalAccumulator(tf.float64, shared_name="wide", reduction_type="SUM")
    steps += [{"run": [add]}, {"run": [add, again.apply_grad(tf.ones([1, 3], tf.float64))]}, {"fetch": [count]},
              {"fetch": [total]}, {"fetch": [again.num_accumulated(name="counted")]}]
    half = tf.ConditionalAccumulator(tf.float16, shape=[None])
    adds = [half.apply_grad(values) for values in ([1.0, 2.0], [2.0, 3.0], [2.0, 5.0])]
    steps += [{"run": adds}, {"fetch": [half.take_grad(3)]}]
    scalar = tf.ConditionalAccumulator(tf.float32, shape=[])
    step = tf.Variable(0, name="step")
    add = scalar.apply_grad(tf.constant(2.5), local_step=step, name="add")
    steps += [{"run": [step.initializer]}, {"run": [add]}, {"run": [scalar.set_global_step(step + 2)]}, {"run": [add]},
              {"fetch": [scalar.num_accumulated()]}, {"fetch": [scalar.take_grad(tf.constant(1))]}]
    other = tf.ConditionalAccumulator(tf.float32)
    steps += [{"run": [other.apply_grad([1.0, 2.0])]}, {"fetch": [other.take_grad(1)]},
              {"run": [other.apply_grad([[3.0]], local_step=1)]}, {"fetch": [other.take_grad(1, name="other_shape")]}]
    facts = {"names": [wide.name, again.name, half.name, scalar.name, other.name]}
    return {"steps": steps, "facts": facts}


def taken_in_step():
    """One run adds and takes: the Take waits inside of it."""
    sums = tf.ConditionalAccumulator(tf.float32, shape=[2])
    adds = [sums.apply_grad([float(i), 1.0], local_step=i) for i in range(4)]
    mean = sums.take_grad(4)
    return {"steps": [{"fetch": [mean * 2.0], "run": adds}, {"fetch": [sums.num_accumulated()]}]}


def sparse():
    """Slices are added row by row; the mean of each is over those that have it."""
    sums = tf.SparseConditionalAccumulator(tf.float32, shape=[8, 2], name="rows")
    rows = tf.placeholder(tf.int64, [None], name="rows_in")
    values = tf.placeholder(tf.float32, [None, 2], name="values")
    add = sums.apply_grad(rows, values)
    slices = tf.IndexedSlices(tf.constant([[10.0, 20.0], [30.0, 40.0]]), tf.constant([1, 7], tf.int64),
                              tf.constant([8, 2], tf.int64))
    add_slices = sums.apply_indexed_slices_grad(slices, local_step=0)
    add_lists = sums.apply_grad([2], [[5.0, 6.0]], grad_shape=[8, 2], name="lists")
    indices, mean, shape = sums.take_grad(4)
    taken = sums.take_indexed_slices_grad(1, name="taken")
    count = sums.num_accumulated()
    steps = [{"run": [add], "feed": {rows: [1, 2, 5], values: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}},
             {"run": [add], "feed": {rows: [0, 2, 7], values: [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]}},
             {"run": [add_slices]}, {"run": [add_lists]}, {"fetch": [count]}, {"fetch": [indices, mean, shape]},
             {"run": [add_slices]}, {"fetch": [count]}, {"run": [sums.set_global_step(0)]}, {"run": [add_slices]},
             {"fetch": [count]}, {"run": [sums.set_global_step(2)]}, {"run": [add_lists]}, {"fetch": [count]}]
    facts = {"name": sums.name, "dtype": sums.dtype, "handle": sums.accumulator_ref.dtype,
             "shapes": [indices.shape, mean.shape, shape.shape], "taken": taken,
             "returned": type(sums.take_grad(1)).__name__}
    return {"steps": steps, "facts": facts}


def sparse_forms():
    """Sums, rows out of order and twice, vectors, no rows at all, shapes that are not known."""
    steps = []
    for reduction, shape in (("SUM", None), ("MEAN", [None, 1])):
        sums = tf.SparseConditionalAccumulator(tf.float64, shape, shared_name=reduction, reduction_type=reduction)
        adds = [sums.apply_grad(rows, np.reshape(np.arange(len(rows), dtype=np.float64) + 1.0, [-1, 1]))
                for rows in ([5, 2], [2, 7], [5, 5], [5, 2, 9])]
        steps += [{"run": [add]} for add in adds]
        steps += [{"fetch": list(sums.take_grad(4))}]
    vectors = tf.SparseConditionalAccumulator(tf.float32)
    add_none = vectors.apply_grad(tf.zeros([0], tf.int64), tf.zeros([0]))
    add = vectors.apply_grad([3, 4], [1.0, 2.0])
    take = list(vectors.take_grad(2))
    steps += [{"run": [add_none]}, {"run": [add]}, {"fetch": take}, {"fetch": [vectors.num_accumulated()]}]
    return {"steps": steps}


def operations():
    """The forms by reference, which TensorFlow's Python does not use any more."""
    handle = tf.raw_ops.ConditionalAccumulator(dtype=tf.float32, shape=[2], name="old", container="",
                                               shared_name="", reduction_type="MEAN")
    return {"steps": [], "facts": {"handle": handle, "dtype": handle.dtype}}


VARIANTS = {"dense": dense, "forms": forms, "taken_in_step": taken_in_step, "sparse": sparse,
            "sparse_forms": sparse_forms, "operations": operations}
