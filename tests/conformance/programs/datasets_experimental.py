"""tf.data.experimental: what people use of it."""

import numpy as np
import tensorflow as tf

exp = tf.data.experimental


def one_shot(dataset):
    return tf.compat.v1.data.make_one_shot_iterator(dataset)


def flatten(value):
    if isinstance(value, dict):
        return [item for key in sorted(value) for item in flatten(value[key])]
    if isinstance(value, tuple):
        return [item for part in value for item in flatten(part)]
    return [value]


def steps_of(dataset, count):
    following = one_shot(dataset).get_next()
    return {"steps": [{"fetch": flatten(following)} for _ in range(count)],
            "facts": {"types": str(tf.compat.v1.data.get_output_types(dataset)),
                      "shapes": str(tf.compat.v1.data.get_output_shapes(dataset))}}


def scans():
    dataset = tf.data.Dataset.range(5).apply(exp.scan(np.int64(0), lambda state, x: (state + x, (state, x))))
    return steps_of(dataset, 5)


def counters():
    return steps_of(exp.Counter(start=3, step=2), 4)


def filtered():
    numbers = tf.data.Dataset.from_tensor_slices([1, 3, 1, 2, 3, 9, 1])
    dataset = numbers.apply(exp.unique()).apply(exp.take_while(lambda x: x < 5))
    return steps_of(dataset, 3)


def without_errors():
    dataset = tf.data.Dataset.from_tensor_slices([1.0, 2.0, 0.0, 4.0])
    checked = dataset.map(lambda x: tf.check_numerics(1.0 / x, "bad")).apply(exp.ignore_errors())
    return steps_of(checked, 3)


def fused():
    dataset = tf.data.Dataset.range(7).apply(exp.map_and_batch(lambda x: (x, x * x), 3, drop_remainder=False))
    dropped = tf.data.Dataset.range(7).apply(exp.map_and_batch(lambda x: x, 3, num_parallel_batches=2, drop_remainder=True))
    shuffled = tf.data.Dataset.range(5).apply(exp.shuffle_and_repeat(4, count=2, seed=7)).batch(2)
    first, second, third = one_shot(dataset).get_next(), one_shot(dropped).get_next(), one_shot(shuffled).get_next()
    return {"steps": [{"fetch": [*first, second, third]}] * 2 + [{"fetch": [*first, third]}]}


def chosen():
    datasets = [tf.data.Dataset.from_tensors(text).repeat(2) for text in ("a", "b", "c")]
    return steps_of(exp.choose_from_datasets(datasets, tf.data.Dataset.range(3).repeat(2)), 6)


def sampled():
    """Drawn with weights, without, and with weights that change; two end and are drawn no more."""
    datasets = [tf.data.Dataset.range(10 * i, 10 * i + 4) for i in range(3)]
    weights = tf.data.Dataset.from_tensor_slices([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]).repeat()
    elements = [one_shot(dataset).get_next() for dataset in (
        exp.sample_from_datasets(datasets, [0.2, 0.3, 0.5], seed=7), exp.sample_from_datasets(datasets, seed=8),
        exp.sample_from_datasets(datasets, weights, seed=9), exp.sample_from_datasets(datasets[:1], seed=1))]
    return {"steps": [{"fetch": elements[:3]}] * 12 + [{"fetch": [elements[3]]}]}


def interleaved():
    dataset = tf.data.Dataset.range(1, 4).apply(exp.parallel_interleave(
        lambda x: tf.data.Dataset.from_tensors(x).repeat(3), cycle_length=2, block_length=2))
    return steps_of(dataset, 9)


def grouped():
    dataset = tf.data.Dataset.range(9).apply(exp.group_by_window(
        lambda x: x % 2, lambda key, window: window.batch(3), window_size=3))
    return steps_of(dataset, 4)


def bucketed():
    lengths = tf.data.Dataset.from_tensor_slices([1, 5, 2, 7, 3, 1, 6])
    sequences = lengths.map(lambda n: tf.fill(tf.reshape(n, [1]), n))
    dataset = sequences.apply(exp.bucket_by_sequence_length(lambda x: tf.size(x), [3, 6], [2, 2, 2]))
    return steps_of(dataset, 4)


def drawn():
    return steps_of(tf.data.Dataset.zip((exp.RandomDataset(seed=3).batch(2), tf.data.Dataset.range(5))), 3)


def single():
    value = exp.get_single_element(tf.data.Dataset.range(4).batch(9))
    counts = [exp.cardinality(dataset) for dataset in (
        tf.data.Dataset.range(7).batch(2), tf.data.Dataset.range(3).repeat(), tf.data.Dataset.range(4).filter(lambda x: x > 1))]
    return {"steps": [{"fetch": [value]}]}


def optionals():
    iterator = one_shot(tf.data.Dataset.range(1))
    following = exp.get_next_as_optional(iterator)
    has, value = following.has_value(), following.get_value()
    made = exp.Optional.from_value((tf.constant(1.0), tf.constant("text")))
    none = exp.Optional.none_from_structure(tf.TensorSpec([], tf.float32))
    return {"steps": [{"fetch": [has, value]}, {"fetch": [has]},
                      {"fetch": [made.has_value(), *made.get_value(), none.has_value()]}]}


VARIANTS = {function.__name__: function for function in (
    scans, counters, filtered, without_errors, fused, chosen, sampled, interleaved, grouped, bucketed, drawn, single, optionals)}
