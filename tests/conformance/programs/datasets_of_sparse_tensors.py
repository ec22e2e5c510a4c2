"""Datasets whose elements hold sparse tensors."""

import numpy as np
import tensorflow as tf

SPARSE = tf.SparseTensorValue(np.array([[0, 0], [1, 2], [2, 1]], np.int64), np.array([1, 2, 3], np.float32), (3, 4))


def steps_of(dataset, count):
    following = tf.compat.v1.data.make_one_shot_iterator(dataset).get_next()
    parts = []
    for value in tf.nest.flatten(following):
        parts += [value.indices, value.values, value.dense_shape] if isinstance(value, tf.SparseTensor) else [value]
    return {"steps": [{"fetch": parts} for _ in range(count)],
            "facts": {"types": str(tf.compat.v1.data.get_output_types(dataset)),
                      "shapes": str(tf.compat.v1.data.get_output_shapes(dataset))}}


def whole():
    return steps_of(tf.data.Dataset.from_tensors(SPARSE), 1)


def sliced():
    return steps_of(tf.data.Dataset.from_tensor_slices((SPARSE, [1, 2, 3])), 3)


def stacked():
    return steps_of(tf.data.Dataset.from_tensor_slices(SPARSE).shuffle(3, seed=1).repeat(2).batch(4), 2)


def mapped():
    dataset = tf.data.Dataset.range(3).map(lambda i: (tf.SparseTensor([[i]], [i], [5]), i))
    return steps_of(dataset.map(lambda x, i: tf.sparse_tensor_to_dense(x) + i), 3)


def parsed():
    def example(count):
        numbers = tf.train.Feature(int64_list=tf.train.Int64List(value=range(count)))
        return tf.train.Example(features=tf.train.Features(feature={"a": numbers})).SerializeToString()

    records = tf.data.Dataset.from_tensor_slices([example(count) for count in range(3)])
    return steps_of(records.map(lambda x: tf.parse_single_example(x, {"a": tf.VarLenFeature(tf.int64)})).batch(2), 2)


def taken_apart():
    return steps_of(tf.data.Dataset.from_tensors(SPARSE).unbatch(), 3)


VARIANTS = {function.__name__: function for function in (whole, sliced, stacked, mapped, parsed, taken_apart)}
