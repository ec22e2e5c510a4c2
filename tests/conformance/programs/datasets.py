"""tf.data: datasets, their functions, iterators of all kinds."""

import collections

import numpy as np
import tensorflow as tf


def one_shot(dataset):
    return tf.compat.v1.data.make_one_shot_iterator(dataset)


def steps_of(iterator, count):
    following = iterator.get_next()
    return [{"fetch": flatten(following)} for _ in range(count)]


def flatten(value):
    if isinstance(value, dict):
        return [item for key in sorted(value) for item in flatten(value[key])]
    if isinstance(value, tuple):
        return [item for part in value for item in flatten(part)]
    return [value]


def told(dataset):
    return {"types": str(tf.compat.v1.data.get_output_types(dataset)),
            "shapes": str(tf.compat.v1.data.get_output_shapes(dataset)), "dataset": repr(dataset)}


def tensors():
    dataset = tf.data.Dataset.from_tensors({"a": [1.0, 2.0], "b": (3, [[4], [5]])})
    return {"steps": steps_of(one_shot(dataset), 1), "facts": told(dataset)}


def slices():
    Point = collections.namedtuple("Point", ["x", "y"])
    dataset = tf.data.Dataset.from_tensor_slices((Point(np.arange(4), np.ones([4, 2], np.float32)), {"s": ["a", "b", "c", "d"]}))
    return {"steps": steps_of(one_shot(dataset), 4), "facts": told(dataset)}


def ranges():
    datasets = [tf.data.Dataset.range(3), tf.data.Dataset.range(2, 4), tf.data.Dataset.range(7, 1, -3)]
    whole = datasets[0].concatenate(datasets[1]).concatenate(datasets[2])
    return {"steps": steps_of(one_shot(whole), 7)}


def parts():
    numbers = tf.data.Dataset.range(20)
    part = numbers.skip(3).take(12).shard(3, 1)
    zipped = tf.data.Dataset.zip((part, {"again": numbers.repeat(2)}, tf.data.Dataset.range(5).enumerate(start=7)))
    return {"steps": steps_of(one_shot(zipped), 4), "facts": told(zipped)}


def maps():
    offset = tf.constant(3.0, name="offset")

    def add(x, y):
        """Adds what it captured."""
        return {"sum": tf.cast(x, tf.float32) + offset, "pair": (y["a"] * 2.0, tf.shape(y["a"]))}

    dataset = tf.data.Dataset.from_tensor_slices((np.arange(4), {"a": np.ones([4, 2], np.float32)}))
    mapped = dataset.map(add).map(lambda d: (d["sum"], d["pair"][0], tf.reduce_sum(d["pair"][1])))
    return {"steps": steps_of(one_shot(mapped), 4), "facts": told(mapped)}


def maps_in_parallel():
    dataset = tf.data.Dataset.range(20).map(lambda x: x * x, num_parallel_calls=3)
    return {"steps": steps_of(one_shot(dataset.prefetch(4)), 20)}


def constants_of_maps():
    """What is no tensor becomes one."""
    dataset = tf.data.Dataset.range(2).map(lambda x: (1, [x, x], 2.5, "text", np.float64(3.0)))
    return {"steps": steps_of(one_shot(dataset), 2), "facts": told(dataset)}


def shuffles():
    numbers = tf.data.Dataset.range(10)
    plain = one_shot(numbers.shuffle(5, seed=3)).get_next()
    same = one_shot(numbers.shuffle(5, seed=3, reshuffle_each_iteration=False).repeat(2)).get_next()
    repeated = one_shot(numbers.shuffle(5, seed=3).repeat(3)).get_next()
    mapped = one_shot(numbers.shuffle(4, seed=9).map(lambda x: x + 1).repeat(2)).get_next()
    endless = one_shot(numbers.take(3).shuffle(100, seed=5).repeat()).get_next()
    return {"steps": [{"fetch": [plain, same, repeated, mapped, endless]} for _ in range(10)] +
                     [{"fetch": [same, repeated, mapped, endless]} for _ in range(10)]}


def shuffles_with_graph_seed():
    tf.set_random_seed(11)
    dataset = tf.data.Dataset.range(10).shuffle(5).repeat(2)
    dataset = dataset.map(lambda x: x + tf.random_uniform([], 0, 100, tf.int64))
    return {"steps": steps_of(one_shot(dataset), 20)}


def without_optimizations():
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.experimental_optimization.autotune = False
    dataset = tf.data.Dataset.range(10).shuffle(5, seed=3).repeat(2).with_options(options)
    return {"steps": steps_of(one_shot(dataset), 20)}


def with_other_options():
    options = tf.data.Options()
    options.experimental_optimization.map_fusion = True
    options.experimental_optimization.noop_elimination = False
    options.experimental_threading.private_threadpool_size = 2
    options.experimental_threading.max_intra_op_parallelism = 1
    options.experimental_deterministic = False
    dataset = tf.data.Dataset.range(4).map(lambda x: x + 1).with_options(options)
    return {"steps": steps_of(one_shot(dataset), 4)}


def batches():
    dataset = tf.data.Dataset.range(7).map(lambda x: (x, tf.fill([2], x)))
    kept, dropped = dataset.batch(3), dataset.batch(3, drop_remainder=True)
    first, second = one_shot(kept).get_next(), one_shot(dropped).get_next()
    return {"steps": [{"fetch": [*first, *second]}] * 2 + [{"fetch": [*first]}],
            "facts": dict(told(kept), dropped=repr(dropped))}


def padded_batches():
    dataset = tf.data.Dataset.range(1, 6).map(lambda x: (tf.fill(tf.stack([x]), x), tf.fill(tf.stack([x]), "s"), tf.fill(tf.stack([2, x]), 1.0)))
    padded = dataset.padded_batch(2, padded_shapes=([None], [6], [None, None]))
    filled = dataset.padded_batch(2, ([6], [-1], [3, -1]), (np.int64(-1), "pad", 9.0), drop_remainder=True)
    first, second = one_shot(padded).get_next(), one_shot(filled).get_next()
    return {"steps": [{"fetch": [*first, *second]}] * 2 + [{"fetch": [*first]}],
            "facts": dict(told(padded), filled=repr(filled))}


def filters():
    limit = tf.constant(3, tf.int64, name="limit")
    dataset = tf.data.Dataset.range(10).filter(lambda x: x > limit).filter(lambda x: tf.equal(x % 2, 0))
    return {"steps": steps_of(one_shot(dataset), 3)}


def flat_maps():
    dataset = tf.data.Dataset.range(1, 4).flat_map(lambda x: tf.data.Dataset.from_tensors(x).repeat(x).map(lambda y: y + x))
    return {"steps": steps_of(one_shot(dataset), 6), "facts": told(dataset)}


def interleaves():
    def numbers(x):
        return tf.data.Dataset.range(x).map(lambda y: 10 * x + y)

    dataset = tf.data.Dataset.range(1, 6)
    one = one_shot(dataset.interleave(numbers, cycle_length=2, block_length=2)).get_next()
    parallel = one_shot(dataset.interleave(numbers, cycle_length=3, num_parallel_calls=2)).get_next()
    return {"steps": [{"fetch": [one, parallel]} for _ in range(15)]}


def windows():
    dataset = tf.data.Dataset.range(7).map(lambda x: (x, x * 10))
    windows = dataset.window(3, shift=2, stride=2, drop_remainder=False)
    flat = windows.flat_map(lambda a, b: tf.data.Dataset.zip((a.batch(3), b.batch(3))))
    return {"steps": steps_of(one_shot(flat), 4), "facts": {"windows": repr(flat)}}


def reductions():
    dataset = tf.data.Dataset.range(5)
    total = dataset.reduce(np.int64(0), lambda state, x: state + x)
    both = dataset.reduce((np.int64(0), 1.0), lambda state, x: (state[0] + x, state[1] * 2.0))
    return {"steps": [{"fetch": [total, *both]}]}


def unbatched():
    dataset = tf.data.Dataset.from_tensors((np.arange(6).reshape(3, 2), ["a", "b", "c"])).repeat(2).unbatch()
    return {"steps": steps_of(one_shot(dataset), 6), "facts": told(dataset)}


def caches():
    dataset = tf.data.Dataset.range(6).shuffle(3, seed=4).cache().repeat(2)
    return {"steps": steps_of(one_shot(dataset), 12)}


def initializable():
    limit = tf.placeholder(tf.int64, [], name="limit")
    variable = tf.get_variable("v", initializer=tf.constant(5, tf.int64), use_resource=True)
    dataset = tf.data.Dataset.range(limit).map(lambda x: x + variable)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset, shared_name="shared")
    following = iterator.get_next(name="following")
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [iterator.initializer], "feed": {limit: 3}},
                      {"fetch": [following]}, {"fetch": [following]}, {"run": [iterator.initializer], "feed": {limit: 1}},
                      {"fetch": [following]}]}


def random_maps_begin_again():
    dataset = tf.data.Dataset.range(4).map(lambda x: tf.random_uniform([], 0, 1000, tf.int64, seed=5)).repeat(2)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    following = iterator.get_next()
    steps = [{"run": [iterator.initializer]}] + [{"fetch": [following]}] * 8
    return {"steps": steps + steps}


def captured_reference():
    """The optimizations are left out."""
    variable = tf.Variable(3.0, name="v")
    dataset = tf.data.Dataset.range(3).map(lambda x: tf.cast(x, tf.float32) * variable)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [iterator.initializer]}] +
                     steps_of(iterator, 3)}


def reinitializable():
    first = tf.data.Dataset.range(3).map(lambda x: (x, tf.fill([2], 1.0)))
    second = tf.data.Dataset.range(5, 7).map(lambda x: (x, tf.fill([3], 2.0)))
    iterator = tf.data.Iterator.from_structure(tf.compat.v1.data.get_output_types(first),
                                               (tf.TensorShape([]), tf.TensorShape([None])))
    begin = [iterator.make_initializer(first), iterator.make_initializer(second, name="begin_second")]
    following = iterator.get_next()
    return {"steps": [{"run": [begin[0]]}, {"fetch": [*following]}, {"run": [begin[1]]}, {"fetch": [*following]},
                      {"fetch": [*following]}, {"run": [begin[0]]}, {"fetch": [*following]}],
            "facts": {"shapes": str(iterator.output_shapes), "types": str(iterator.output_types)}}


def feedable():
    datasets = [tf.data.Dataset.range(3), tf.data.Dataset.range(10, 13)]
    iterators = [one_shot(dataset) for dataset in datasets]
    handle = tf.placeholder(tf.string, [], name="handle")
    iterator = tf.data.Iterator.from_string_handle(handle, tf.int64, tf.TensorShape([]))
    following = iterator.get_next()
    named = iterators[0].string_handle("named")
    found = []
    with tf.Session() as session:
        handles = [session.run(iterators[0].string_handle()), session.run(iterators[1].string_handle())]
        for i in (0, 1, 1, 0, 0, 1):
            found.append(session.run(following, {handle: handles[i]}))
        assert session.run(named) == handles[0]
    return {"steps": [], "facts": {"found": found, "named": named.name}}


def generators():
    def squares(n):
        for i in range(n):
            yield i, [i * i] * i

    dataset = tf.data.Dataset.from_generator(squares, (tf.int32, tf.float32), (tf.TensorShape([]), tf.TensorShape([None])),
                                             args=(3,))
    iterator = tf.compat.v1.data.make_one_shot_iterator(dataset.repeat(2))
    following = iterator.get_next()
    found = []
    with tf.Session() as session:
        try:
            while True:
                found.append(session.run(following))
        except tf.errors.OutOfRangeError as error:
            found.append(type(error).__name__)
    return {"steps": [], "facts": dict(told(dataset), found=str([str(item) for item in found]))}


def ends():
    """Behind the last element."""
    dataset = tf.data.Dataset.range(2)
    following = one_shot(dataset).get_next()
    found = []
    with tf.Session() as session:
        for _ in range(4):
            try:
                found.append(int(session.run(following)))
            except tf.errors.OutOfRangeError as error:
                found.append(error.op.name)
    return {"steps": [], "facts": {"found": str(found)}}


def control():
    """Stateful nodes of a function run, in their order."""
    variable = tf.get_variable("v", initializer=tf.constant(0, tf.int64), use_resource=True)

    def count(x):
        variable.assign_add(x)
        variable.assign_add(1)
        return x

    dataset = tf.data.Dataset.range(1, 4).map(count)
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    following = iterator.get_next()
    return {"steps": [{"run": [tf.global_variables_initializer()]}, {"run": [iterator.initializer]},
                      {"fetch": [following]}, {"fetch": [following]}, {"fetch": [variable]}]}


VARIANTS = {function.__name__: function for function in (
    tensors, slices, ranges, parts, maps, maps_in_parallel, constants_of_maps, shuffles, shuffles_with_graph_seed,
    without_optimizations, with_other_options, batches, padded_batches, filters, flat_maps, interleaves, windows,
    reductions, unbatched, caches, initializable, random_maps_begin_again, captured_reference, reinitializable, feedable,
    generators, ends, control)}


def generated_texts():
    """Texts alone and in lists, as Python's and as NumPy's, from a generator."""
    given = [(1, "a"), (2, b"b"), (3, np.str_("c")), (4, np.array("d")), (5, np.array(b"e", dtype=object))]
    single = tf.data.Dataset.from_generator(lambda: iter(given), (tf.int32, tf.string))
    lists = tf.data.Dataset.from_generator(lambda: iter([["a", "bc"], np.array([b"d"])]), tf.string)
    with tf.Session() as session:
        found = [[session.run(following) for _ in range(count)]
                 for following, count in ((one_shot(single).get_next(), len(given)), (one_shot(lists).get_next(), 2))]
    return {"steps": [], "facts": {"found": str([[str(item) for item in items] for items in found])}}


VARIANTS["generated_texts"] = generated_texts


def sparse_rows():
    """Rows of a sparse tensor as indices, values and shape; the number of values is known, and not."""
    rows = tf.SparseTensor([[0, 0], [1, 2], [1, 3]], [1., 2., 3.], [2, 4])
    fed = tf.sparse_placeholder(tf.string, [None, 2, 3])
    dataset, other = (tf.data.Dataset.from_sparse_tensor_slices(x) for x in (rows, fed))
    iterator = tf.compat.v1.data.make_initializable_iterator(dataset)
    steps = steps_of(iterator, 2)
    return {"steps": [{"run": [iterator.initializer]}] + steps, "facts": dict(told(dataset), other=str(other.output_shapes))}


def lengths_to_boundaries():
    """Batches of like length, padded to the boundary behind them."""
    dataset = tf.data.Dataset.range(1, 7).map(lambda x: tf.range(x))
    batches = dataset.apply(tf.data.experimental.bucket_by_sequence_length(
        lambda x: tf.shape(x)[0], [4, 7], [2, 2, 2], pad_to_bucket_boundary=True))
    following = one_shot(batches).get_next()
    with tf.Session() as session:
        found = [session.run(following).tolist() for _ in range(4)]
    return {"steps": [], "facts": dict(told(batches), found=str(found))}


VARIANTS.update(sparse_rows=sparse_rows, lengths_to_boundaries=lengths_to_boundaries)
