import tensorflow as tf

import operator

import numpy as np

BINARY = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}


def both_sides(tensor, others, operators):
    results = []
    for name in operators:
        for other in others:
            results += [BINARY[name](tensor, other), BINARY[name](other, tensor)]
    return results


def float_operators():
    """Tensors with Python numbers, lists, tuples, tensors and variables on either side."""
    x = tf.constant([[1.0, -2.0], [3.5, 4.0]], name="x")
    v = tf.Variable([2.0, 3.0], name="v")
    fetches = both_sides(x, [2, 1.5, [1.0, 2.0], (3.0, 4.0), [[1, 2]], tf.constant(2.0), v], BINARY)
    fetches += both_sides(v, [2, 0.5, [1.0, 2.0]], ("add", "sub", "mul", "truediv", "pow", "lt"))
    fetches += [-x, +1 - x, abs(x), -v, abs(v), v * v, v + v, x / v, v / x, divmod(7, 2)[0] * x]
    return {"steps": [{"run": [v.initializer]}, {"fetch": fetches}], "facts": {"last": fetches[-1].name}}


def array_operators():
    """NumPy arrays and scalars on either side: the tensor's operator decides, whatever stands left."""
    x = tf.constant([[1.0, -2.0], [3.5, 4.0]], name="x")
    d = tf.constant([1.0, 2.0], tf.float64, name="d")
    i = tf.constant([4, 5], name="i")
    fetches = []
    for name in ("add", "sub", "mul", "truediv", "pow", "lt", "ge"):
        fetches += [BINARY[name](np.array([1.0, 2.0], np.float32), x), BINARY[name](x, np.array([[2.0, 3.0]])),
                    BINARY[name](np.float32(2), x), BINARY[name](x, np.float64(2)), BINARY[name](np.float64(3), d),
                    BINARY[name](i, np.int32(2)), BINARY[name](np.array([1, 2]), i), BINARY[name](i, np.int64(3))]
    return {"steps": [{"fetch": fetches}], "facts": {"types": " ".join(t.dtype.name for t in fetches)}}


def integer_operators():
    fetches = []
    for dtype in (tf.int32, tf.int64, tf.uint8, tf.int16, tf.int8):
        with tf.name_scope(dtype.name):
            x = tf.constant([7, 3, 100], dtype, name="x")
            fetches += [x + 1, 2 * x, x - x, x / 2, 7 / x, x // 2, 7 // x, x > 3, 5 >= x, x < [1, 9, 9]]
    x = tf.constant([7, -7, 6], name="signed")
    fetches += [x // 2, x // -2, x % 3, x % -3, 3 % x, tf.constant([5], tf.int64) % 3, 20 // x, 20 % x, -x, abs(x),
                x ** 2, 2 ** tf.constant([1, 3]),
                tf.truncatediv(x, 2), tf.truncatemod(x, 3), tf.div(x, 2), tf.mod(x, 3), tf.floor_div(x, 2),
                x * x, x - 1, -x - 1]
    return {"steps": [{"fetch": fetches}], "facts": {"types": " ".join(t.dtype.name for t in fetches)}}


def bool_operators():
    a = tf.constant([True, False, True], name="a")
    b = tf.constant([True, True, False], name="b")
    fetches = [a & b, a | b, a ^ b, ~a, a & True, False | b, True ^ a, a & [True, False, False], [True] * 3 | b,
               np.array([True, False, True]) & b, tf.logical_xor(a, b), tf.equal(a, b), tf.not_equal(a, b),
               tf.logical_and(a, True), tf.reduce_any(a & b), tf.cast(a, tf.int32) + tf.cast(b, tf.int32)]
    return {"steps": [{"fetch": fetches}], "facts": {"a == a": a == a, "a == b": a == b, "a != b": a != b,
                                                     "in": a in [b, a],
                                                     "as key": {a: 1, b: 2}[b]}}


def complex_operators():
    z = tf.constant([1 + 2j, 3 - 1j], name="z")
    w = tf.constant([1 + 2j], tf.complex64, name="w")
    fetches = [z + 1, 2 * z, z - 1j, 1j - z, z * z, z / 2, 2 / z, -z, abs(z), z ** 2, w + 1, w * (1 + 1j), w / w,
               z + [1, 2j], np.array([1j, 2.0]) + z, tf.real(z), tf.imag(z), tf.conj(z), tf.angle(z),
               tf.complex(1.0, 2.0),
               tf.equal(z, 1 + 2j), tf.abs(w), tf.cast([1.0], tf.complex64) * w]
    return {"steps": [{"fetch": fetches}], "facts": {"types": " ".join(t.dtype.name for t in fetches)}}


def string_operators():
    s = tf.constant(["a", "b"], name="s")
    fetches = [s + "!", "?" + s, s + s, s + ["x", "y"], tf.add(s, b"\xff"), tf.equal(s, "a"),
               tf.not_equal(s, ["a", "c"]),
               np.array(["u", "v"]) + s]
    return {"steps": [{"fetch": fetches}]}


def matrix_operators():
    a = tf.placeholder(tf.float32, (None, 2), name="a")
    v = tf.Variable([[1.0], [2.0]], name="v")
    b = tf.constant(np.arange(8).reshape(2, 2, 2), tf.float32, name="b")
    array = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    fetches = [a @ v, a @ array, array @ v, a @ [[1.0], [1.0]], [[1.0, 2.0]] @ v, b @ b, b @ tf.transpose(b, [0, 2, 1])]
    return {"steps": [{"run": [v.initializer]}, {"fetch": fetches, "feed": {a: [[5.0, 6.0]]}}]}


def broadcasting():
    """Known, unknown and partly known shapes."""
    column = tf.placeholder(tf.float32, (None, 1), name="column")
    row = tf.placeholder(tf.float32, (1, None), name="row")
    cube = tf.placeholder(tf.float32, (2, None, 3), name="cube")
    unknown = tf.placeholder(tf.float32, name="unknown")
    scalar = tf.placeholder(tf.float32, (), name="scalar")
    results = [column + row, column * [1.0, 2.0, 3.0], cube - row, cube / column, unknown + column, scalar * cube,
               scalar - unknown, tf.maximum(cube, scalar), tf.pow(column, row), cube + tf.zeros([3]),
               column + tf.ones([4, 1]),
               tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([1, 3])), row > 0.0]
    facts = {"%02d" % i: str(result.shape) if isinstance(result, tf.Tensor) else str(result)
             for i, result in enumerate(results)}
    fetches = [result for result in results if isinstance(result, tf.Tensor)]
    fetches.append(tf.broadcast_dynamic_shape(tf.shape(column), tf.shape(row)))
    feed = {column: [[1.0], [2.0], [3.0], [4.0]], row: [[10.0, 20.0, 30.0]], cube: np.ones((2, 4, 3)),
            unknown: [[5.0]], scalar: 2.0}
    return {"steps": [{"fetch": fetches, "feed": feed}], "facts": facts}


def conversions():
    """What becomes a tensor where one is wanted, and of which type."""
    v = tf.Variable(1.0, name="v")
    one = tf.constant(1.0)
    values = [1, 1.5, True, "s", b"b", 1j, [1, 2], [1.0, 2], [[True]], np.float32(1), np.int8(1), np.arange(3),
              np.ones((1, 2)), np.array(["a"]), [one, 2.0], [[one, one], [1.0, 2.0]], (1, 2), one, v, [v, one], [],
              tf.TensorShape([1, 2]), tf.TensorShape([]), tf.Dimension(4), np.array([], np.int64), [np.float64(1)],
              np.bool_(True), np.float16(1), [np.int64(1), 2], [b"a", "b"]]
    tensors = [tf.convert_to_tensor(value) for value in values]
    typed = [tf.convert_to_tensor(1, tf.float32), tf.convert_to_tensor([1, 2], dtype=tf.int64, name="named"),
             tf.convert_to_tensor(np.ones(2), tf.float32), tf.convert_to_tensor(2, preferred_dtype=tf.float64),
             tf.convert_to_tensor(2.5, preferred_dtype=tf.int32), tf.convert_to_tensor(one, tf.float32),
             tf.convert_to_tensor_or_indexed_slices([1.0]), tf.constant(np.float64(1), tf.float32),
             tf.constant(1, "float64"), tf.constant([1, 2], np.int16), tf.constant(True, bool), tf.constant(2, float)]
    lists = tf.tuple([one, v.value()], name="pair")
    return {"steps": [{"run": [v.initializer]}, {"fetch": tensors + typed + lists}],
            "facts": {"same": tensors[17] is one, "names": [tensor.name for tensor in tensors + typed]}}


VARIANTS = {
    "float": float_operators,
    "array": array_operators,
    "integer": integer_operators,
    "bool": bool_operators,
    "complex": complex_operators,
    "string": string_operators,
    "matrix": matrix_operators,
    "broadcasting": broadcasting,
    "conversions": conversions,
}
