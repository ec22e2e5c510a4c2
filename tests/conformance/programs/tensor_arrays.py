import tensorflow as tf

import numpy as np


def elements():
    """Written, read, stacked, gathered; the array is closed in the end."""
    x = tf.placeholder(tf.float32, (2,), name="x")
    array = tf.TensorArray(tf.float32, 3, clear_after_read=False)
    array = array.write(0, x).write(1, [3.0, 4.0], name="second").write(2, x * 2.0)
    read, named = array.read(0), array.read(1, name="named")
    stacked, gathered, joined = array.stack(), array.gather([2, 0]), array.concat()
    size = array.size()
    with tf.control_dependencies([read, named, stacked, gathered, joined, size]):
        closed = array.close(name="closed")
    facts = {"dtype": array.dtype, "element_shape": array.element_shape, "dynamic": array.dynamic_size,
             "handle": array.handle, "flow": array.flow, "read": read.shape, "stacked": stacked.shape,
             "gathered": gathered.shape, "joined": joined.shape}
    return {"steps": [{"fetch": [read, named, stacked, gathered, joined, size], "run": [closed], "feed": {x: [1.0, 2.0]}}],
            "facts": facts}


def rows():
    """Unstacked, scattered, split; sizes that only a run knows."""
    x = tf.placeholder(tf.float32, (None, 2), name="x")
    count = tf.placeholder(tf.int32, (), name="count")
    unstacked = tf.TensorArray(tf.float32, count, name="rows").unstack(x)
    scattered = tf.TensorArray(tf.float32, 3, tensor_array_name="shared").scatter([2, 0], [[1.0], [2.0]])
    split = tf.TensorArray(tf.float32, 2, infer_shape=False).split(x, [1, 2])
    equal = tf.TensorArray(tf.int32, 2).split([1, 2, 3, 4], [2, 2], name="halves")
    lengths = tf.placeholder(tf.int64, (None,), name="lengths")
    fed = tf.TensorArray(tf.float32, 2, infer_shape=False).split(x, lengths)
    fetches = [unstacked.stack(name="all"), unstacked.size(), scattered.read(2), scattered.read(0), split.concat(name="again"),
               equal.read(1), fed.read(0), fed.read(1)]
    facts = {"unstacked": unstacked.element_shape, "scattered": scattered.element_shape, "split": split.element_shape,
             "equal": equal.element_shape, "fed": fed.element_shape}
    return {"steps": [{"fetch": fetches, "feed": {x: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], count: 3, lengths: [2, 1]}}],
            "facts": facts}


def shapes():
    """What is learnt of the elements' shape, and what names the states take."""
    unknown, half = tf.placeholder(tf.float32), tf.placeholder(tf.float32, (None, 2))
    other = tf.placeholder(tf.float32, (3, None))
    facts = {}
    array = tf.TensorArray(tf.float32, 4, element_shape=[None, None])
    for number, value in enumerate((unknown, half, other)):
        array = array.write(number, value)
        facts["after_%d" % number] = array.element_shape
    free = tf.TensorArray(tf.float32, 4, infer_shape=False, element_shape=[None, 2]).write(0, half)
    facts.update(free=free.element_shape, read=array.read(0).shape, joined=array.concat().shape,
                 stacked=array.stack().shape, free_stacked=free.stack().shape)
    same = array.identity()
    again = tf.TensorArray(tf.float32, handle=array.handle, flow=same.flow, infer_shape=False)
    facts.update(same=same.element_shape, again=again.element_shape, again_read=again.read(1).shape)
    last = tf.TensorArray(tf.int64, 1)
    facts.update(last=last.handle.name, flow=last.flow.name)
    return {"steps": [], "facts": facts}


def places():
    """Devices and colocation: with the first value that is written, or as they are told."""
    with tf.device("/cpu:0"):
        x = tf.constant([1.0, 2.0], name="x")
        array = tf.TensorArray(tf.float32, 2)
        array = array.unstack(x)
        with tf.name_scope("inside"):
            array.write(1, 3.0)
    with tf.device("/cpu:0"), tf.colocate_with(x):
        beside = tf.TensorArray(tf.float32, 2, colocate_with_first_write_call=False)
    beside.write(0, x)
    v = tf.Variable(3.0, name="v")
    tf.TensorArray(tf.float32, 2).write(0, v).gather(tf.placeholder(tf.int32, (None,)), name="picked")
    return {"steps": []}


def growth():
    """An array that grows, and the size of its gradients."""
    x = tf.placeholder(tf.float32, (2,), name="x")
    array = tf.TensorArray(tf.float32, 0, dynamic_size=True).write(4, x).write(1, x * x)
    sizes = [array.size(), tf.TensorArray(tf.float32, 1, dynamic_size=True).scatter([0, 6], [1.0, 2.0]).size()]
    gradient = tf.gradients([array.read(4), array.read(1)], x)[0]
    return {"steps": [{"fetch": sizes + [gradient], "feed": {x: [3.0, -1.0]}}],
            "facts": {"dynamic": array.dynamic_size}}


def gradients():
    """Of all operations that pass values on; elements that are used twice, or never."""
    x = tf.placeholder(tf.float32, (3, 2), name="x")
    fetches = []
    array = tf.TensorArray(tf.float32, 4, clear_after_read=False, element_shape=[2]).unstack(x)
    fetches += tf.gradients([array.read(0) * array.read(0), array.read(2)], x)
    array = tf.TensorArray(tf.float32, 3).unstack(x)
    fetches += tf.gradients(array.gather([2, 0]) * [[1.0, 2.0], [3.0, 4.0]], x)
    array = tf.TensorArray(tf.float32, 2, infer_shape=False).split(x * x, [1, 2])
    fetches += tf.gradients(array.concat() * 3.0, x)
    array = tf.TensorArray(tf.float32, 2).write(0, x).write(1, tf.sin(x))
    fetches += tf.gradients(array.stack(), x)
    array = tf.TensorArray(tf.float32, 5).scatter([3, 1, 2], x)
    fetches += tf.gradients(array.gather([1, 2, 3]), x, grad_ys=[tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])])
    return {"steps": [{"fetch": fetches, "feed": {x: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}}]}


def second_gradients():
    """The graph of second derivatives."""
    x = tf.constant([1.0, 2.0], name="x")
    array = tf.TensorArray(tf.float32, 2).unstack(x)
    first = tf.gradients(array.read(0) * array.read(1), x)[0]
    second = tf.gradients(first, x)[0]
    return {"steps": [{"fetch": [first]}], "facts": {"second": second}}


def array_of_gradients():
    """What is written to one element adds up; what was not written is zero, where its shape is known."""
    array = tf.TensorArray(tf.float32, 3, element_shape=[2]).write(0, [1.0, 2.0])
    by_name = array.grad("one", name="one")
    by_flow = array.grad("two", flow=tf.constant(0.0))
    one = by_name.write(0, [3.0, 4.0]).write(0, [5.0, 6.0]).write(2, [7.0, 8.0])
    facts = {"one": by_name.handle, "two": by_flow.flow, "shape": by_flow.element_shape}
    return {"steps": [{"fetch": [one.read(0), one.read(1), one.read(2), by_flow.read(2)]}], "facts": facts}


def dtypes():
    """Elements of many types through every operation."""
    fetches = []
    for dtype in (tf.float64, tf.float16, tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint16, tf.bool,
                  tf.complex64, tf.complex128):
        values = tf.cast(tf.constant([[1.0, 0.0], [2.0, 3.0], [0.0, 4.0]]), dtype)
        array = tf.TensorArray(dtype, 3, clear_after_read=False).unstack(values)
        fetches += [array.stack(), array.concat(), array.read(1), array.gather([1])]
        fetches.append(tf.TensorArray(dtype, 2, infer_shape=False).split(values, [2, 1]).concat())
        if dtype != tf.bool:
            sums = array.grad("sums").unstack(values)
            fetches.append(sums.write(0, values[1]).stack())
    return {"steps": [{"fetch": fetches}]}


def strings():
    words = tf.constant([["a", "of"], ["a", "kind that is longer than others"], ["", "e"]])
    array = tf.TensorArray(tf.string, 3, clear_after_read=False).unstack(words)
    single = tf.TensorArray(tf.string, 3).unstack(words[:, 1])
    fetches = [array.stack(), array.concat(), array.read(1), single.read(2), single.gather([1, 0]),
               tf.TensorArray(tf.string, 2, infer_shape=False).split(words, [2, 1]).read(0)]
    return {"steps": [{"fetch": fetches}]}


def many_elements():
    """Enough of them that copies are shared between threads; scalars among them."""
    x = tf.reshape(tf.range(40000.0), [200, 200])
    array = tf.TensorArray(tf.float32, 200).unstack(x)
    scalars = tf.TensorArray(tf.int64, 1000).unstack(tf.range(1000, dtype=tf.int64))
    loss = tf.reduce_sum(tf.square(array.stack()))
    return {"steps": [{"fetch": [loss, tf.gradients(loss, x)[0], scalars.stack()]}]}


def empty():
    """No elements, and elements without any."""
    nothing = tf.TensorArray(tf.float32, 0, element_shape=[2, 3])
    joined = tf.TensorArray(tf.float32, 0, element_shape=[0, 3]).concat()
    hollow = tf.TensorArray(tf.float32, 2).unstack(tf.zeros([2, 0]))
    parts = tf.TensorArray(tf.float32, 3, infer_shape=False).split(tf.constant([1.0, 2.0]), [0, 2, 0])
    return {"steps": [{"fetch": [nothing.stack(), joined, nothing.size(), hollow.stack(), parts.read(0), parts.read(1)]}]}


VARIANTS = {function.__name__: function for function in (
    elements, rows, shapes, places, growth, gradients, second_gradients, array_of_gradients, dtypes, strings,
    many_elements, empty)}
