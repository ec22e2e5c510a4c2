"""Records what TensorFlow 1.15 knows of values while it builds, as data/constants.tsv.

    /opt/tf115/bin/python tests/graph/record_constants.py

A line: a name, tab, the serialized GraphDef in hex, tab, the output in question, tab, its constant_value by the front
end, tab, by its constant_value_as_shape, tab, the shape that the shape refiner gives to RandomUniform(output) ("-" where the
output is no shape). Values are "dtype[dims]: elements", "?" for unknown.
"""
import os
import warnings

warnings.filterwarnings('ignore')
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import tensorflow.compat.v1 as tf  # noqa: E402
from tensorflow.python.framework import tensor_util  # noqa: E402
from tensorflow.python.ops import gen_array_ops, gen_math_ops, gen_random_ops  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def value_text(value):
    if value is None:
        return '?'
    dims = ','.join(str(d) for d in value.shape)
    return '%s[%s]: %s' % (value.dtype.name, dims, ' '.join('%g' % e for e in value.ravel()))


def shape_text(shape):
    if shape.dims is None:
        return '<unknown>'
    return '[%s]' % ','.join('?' if d.value is None else str(d.value) for d in shape.dims)


def cases():
    known = tf.placeholder(tf.float32, [2, 3, 4])
    partial = tf.placeholder(tf.float32, [None, 3, 4])
    unknown = tf.placeholder(tf.float32)
    fed = tf.placeholder(tf.int32, [])
    vector = tf.placeholder(tf.int32, [3])
    const = tf.constant([5, 6, 7])
    shape = gen_array_ops.shape
    yield 'const', const
    yield 'const of int64', tf.constant([5, -1], tf.int64)
    yield 'empty', tf.constant([], tf.int32)
    yield 'minus one', tf.constant(-1)
    yield 'shape', shape(known)
    yield 'shape of int64', shape(known, out_type=tf.int64)
    yield 'shape of partial', shape(partial)
    yield 'shape of unknown', shape(unknown)
    yield 'shape_n', gen_array_ops.shape_n([known, partial])[0]
    yield 'shape_n of partial', gen_array_ops.shape_n([known, partial])[1]
    yield 'size', gen_array_ops.size(known)
    yield 'rank', gen_array_ops.rank(partial)
    yield 'rank of unknown', gen_array_ops.rank(unknown)
    yield 'range', gen_math_ops._range(0, 3, 1)
    yield 'range down', gen_math_ops._range(7, 0, -3)
    yield 'range of rank', gen_math_ops._range(0, gen_array_ops.rank(known), 1)
    yield 'range unknown', gen_math_ops._range(0, fed, 1)
    yield 'range of floats', gen_math_ops._range(0.5, 2.5, 0.5)
    yield 'cast of floats', gen_math_ops.cast(tf.constant([2.7, 3.2]), tf.int32)
    yield 'cast of partial', gen_math_ops.cast(shape(partial), tf.int64)
    yield 'cast to floats', gen_math_ops.cast(const, tf.float32)
    yield 'pack', gen_array_ops.pack([2, tf.constant(3)])
    yield 'pack of partial', gen_array_ops.pack([2, fed, -1])
    yield 'pack of vectors', gen_array_ops.pack([const, const])
    yield 'pack axis 1', gen_array_ops.pack([const, const], axis=1)
    yield 'pack of sums', gen_array_ops.pack([gen_math_ops.add(2, 3), 4])
    yield 'concat', gen_array_ops.concat_v2([const, shape(known)], 0)
    yield 'concat of partial', gen_array_ops.concat_v2([[9], shape(partial), [8]], 0)
    yield 'concat of unknown', gen_array_ops.concat_v2([[9], shape(unknown)], 0)
    yield 'concat of vector', gen_array_ops.concat_v2([vector, [1]], 0)
    yield 'concat of matrices', gen_array_ops.concat_v2([[[1, 2]], [[3, 4]]], 1)
    yield 'concat offset', gen_array_ops.concat_offset(0, [[2, 3], [4, 3]])[1]
    yield 'fill', gen_array_ops.fill([2], 7)
    yield 'fill of unknown', gen_array_ops.fill([2], fed)
    yield 'equal', gen_math_ops.equal(const, [5, 0, 7])
    yield 'not equal', gen_math_ops.not_equal(const, 6)
    yield 'less', gen_math_ops.less(const, 6)
    yield 'slice of shape', gen_array_ops.strided_slice(shape(known), [1], [3], [1])
    yield 'slice of partial', gen_array_ops.strided_slice(shape(partial), [0], [2], [1])
    yield 'slice of partial from', gen_array_ops.strided_slice(shape(partial), [1], [0], [1], end_mask=1)
    yield 'slice of partial to', gen_array_ops.strided_slice(shape(partial), [9], [-1], [1], begin_mask=1)
    yield 'slice backwards', gen_array_ops.strided_slice(shape(partial), [0], [0], [-1], begin_mask=1, end_mask=1)
    yield 'slice backwards of const', gen_array_ops.strided_slice(const, [-1], [-9], [-2])
    yield 'element of shape', gen_array_ops.strided_slice(shape(known), [1], [2], [1], shrink_axis_mask=1)
    yield 'pack of elements', gen_array_ops.pack(
        [gen_array_ops.strided_slice(shape(partial), [0], [1], [1], shrink_axis_mask=1), 5])
    yield 'pack of known elements', gen_array_ops.pack(
        [gen_array_ops.strided_slice(shape(known), [-1], [0], [1], shrink_axis_mask=1), 5])
    yield 'identity', gen_array_ops.identity(const)
    yield 'add', gen_math_ops.add_v2(const, 1)
    yield 'sub', gen_math_ops.sub(1, const)
    yield 'mul', gen_math_ops.mul(const, const)
    yield 'floor div', gen_math_ops.floor_div(const, -2)
    yield 'floor mod', gen_math_ops.floor_mod(const, [2, -4, 5])
    yield 'div by zero', gen_math_ops.floor_div(const, 0)
    yield 'maximum', gen_math_ops.maximum(const, 6)
    yield 'minimum', gen_math_ops.minimum(const, 6)
    yield 'product', gen_math_ops.prod(shape(known), 0)
    yield 'product in pack', gen_array_ops.pack([gen_math_ops.prod(shape(known), 0), 2])
    yield 'sum', gen_math_ops._sum(const, 0)
    yield 'gather', gen_array_ops.gather_v2(shape(known), [2, 0], 0)
    yield 'slice', gen_array_ops._slice(const, [1], [-1])
    yield 'reshape', gen_array_ops.reshape(const, [3, 1])
    yield 'expand dims', gen_array_ops.expand_dims(gen_array_ops.size(known), 0)
    yield 'zeros like', gen_array_ops.zeros_like(const)
    yield 'placeholder', vector
    yield 'with default', gen_array_ops.placeholder_with_default(const, [3])
    yield 'wrapping', gen_math_ops.mul(tf.constant([2 ** 30]), 5)


def attempt(function):
    try:
        return function()
    except (ValueError, TypeError):
        return 'error'


def main():
    with open(os.path.join(HERE, 'data', 'constants.tsv'), 'w') as out:
        with tf.Graph().as_default() as graph:
            rows = list(cases())
            definition = graph.as_graph_def().SerializeToString().hex()
            out.write('graph\t%s\n' % definition)
            for name, tensor in rows:
                is_shape = tensor.dtype in (tf.int32, tf.int64)
                front = attempt(lambda: value_text(tensor_util.constant_value(tensor)))
                as_shape = attempt(lambda: shape_text(tensor_util.constant_value_as_shape(tensor))) if is_shape else '-'
                refined = attempt(lambda: shape_text(gen_random_ops.random_uniform(tensor, tf.float32).shape)) if is_shape else '-'
                out.write('\t'.join([name, tensor.name, front, as_shape, refined]) + '\n')


main()
