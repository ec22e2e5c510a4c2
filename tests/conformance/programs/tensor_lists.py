"""Lists of tensors in variants: what is known of their elements, what they hold, and gradients."""

import tensorflow as tf

R = tf.raw_ops


def _hidden(value, dtype=tf.int32):
    """A constant of which neither value nor shape is known while the graph is built."""
    return tf.placeholder_with_default(tf.constant(value, dtype), None)


def _x():
    return tf.placeholder_with_default(tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), [3, 2], name="x")


def _reserve(count, shape, dtype=tf.float32):
    return R.TensorListReserve(element_shape=shape, num_elements=count, element_dtype=dtype)


def _set(handle, index, item):
    return R.TensorListSetItem(input_handle=handle, index=index, item=item)


def _stack(handle, shape=-1, dtype=tf.float32, count=-1):
    return R.TensorListStack(input_handle=handle, element_shape=shape, element_dtype=dtype, num_elements=count)


def _from(tensor, shape=-1):
    return R.TensorListFromTensor(tensor=tensor, element_shape=shape)


def _result(fetches, gradients=()):
    facts = {fetch.name: fetch.shape for fetch in fetches}
    return {"steps": [{"fetch": list(fetches) + list(gradients)}], "facts": facts}


def elements():
    """Set and read, unset and read, beside others and alone."""
    known, unknown = _reserve(3, [2]), _reserve(3, _hidden([-1]))
    filled = _set(_set(known, 1, [1.0, 2.0]), 2, [3.0, 4.0])
    beside = _set(unknown, 1, [5.0, 6.0, 7.0])
    words = _set(_reserve(2, tf.constant([], tf.int32), tf.string), 0, "a")
    get = lambda handle, index, shape=-1, dtype=tf.float32: R.TensorListGetItem(
        input_handle=handle, index=index, element_shape=shape, element_dtype=dtype)
    fetches = [get(filled, 1, [2]), get(filled, 0), get(beside, 0), get(beside, 1), get(unknown, 2, [2]),
               get(words, 0, dtype=tf.string), get(words, 1, dtype=tf.string), _stack(filled), _stack(filled, [2], count=3),
               _stack(beside), _stack(known, _hidden([2])), _stack(words, dtype=tf.string)]
    fetches += [R.TensorListLength(input_handle=known)]
    fetches += [R.TensorListElementShape(input_handle=handle, shape_type=dtype)
                for handle in (known, unknown, words) for dtype in (tf.int32, tf.int64)]
    return _result(fetches)


def ends():
    """Pushed and popped, of an empty list and others, one list going two ways."""
    empty = R.EmptyTensorList(element_shape=[2], max_num_elements=4, element_dtype=tf.float32)
    one = R.TensorListPushBack(input_handle=empty, tensor=[1.0, 2.0])
    two, other = (R.TensorListPushBack(input_handle=one, tensor=value) for value in ([3.0, 4.0], [5.0, 6.0]))
    pop = lambda handle: R.TensorListPopBack(input_handle=handle, element_shape=[2], element_dtype=tf.float32)
    less, last = pop(two)
    none, unset = pop(R.TensorListResize(input_handle=other, size=3))
    fetches = [last, unset, _stack(one), _stack(two), _stack(other), _stack(less), _stack(none), _stack(empty),
               _stack(R.TensorListResize(input_handle=two, size=1)), R.TensorListLength(input_handle=less)]
    return _result(fetches)


def rows():
    """Lists of a tensor's rows and pieces, scattered, gathered and joined."""
    x = _x()
    pieces = R.TensorListSplit(tensor=x, element_shape=[-1, 2], lengths=tf.constant([1, 2], tf.int64))
    scattered = R.TensorListScatter(tensor=x, indices=[3, 0, 1], element_shape=[2])
    more = R.TensorListScatterV2(tensor=x, indices=[3, 0, 1], element_shape=[2], num_elements=5)
    into = R.TensorListScatterIntoExistingList(input_handle=_from(x), tensor=x, indices=[0, 2, 2])
    both = R.TensorListConcatLists(input_a=_from(x), input_b=_from(x), element_dtype=tf.float32)
    unset = _set(_reserve(3, _hidden([-1, 2])), 1, x)
    concat = lambda handle, shape=-1, dims=(): list(R.TensorListConcatV2(
        input_handle=handle, element_shape=shape, leading_dims=tf.constant(dims, tf.int64), element_dtype=tf.float32))
    fetches = [_stack(_from(x)), _stack(_from(x, [2]), count=3), _stack(scattered), _stack(more), _stack(into), _stack(both),
               R.TensorListGather(input_handle=scattered, indices=[1, 1, 3], element_shape=[2], element_dtype=tf.float32),
               R.TensorListGather(input_handle=_from(x), indices=[[0], [2]], element_shape=-1, element_dtype=tf.float32)]
    fetches += concat(pieces) + concat(pieces, [-1, 2]) + concat(unset, [-1, 2], [1, 5, 2]) + concat(_from(x), [-1])
    fetches += R.TensorListConcat(input_handle=pieces, element_dtype=tf.float32, element_shape=[None, 2])
    fetches += R.TensorListConcat(input_handle=_from(x), element_dtype=tf.float32)
    lists = R.TensorListPushBackBatch(input_handles=tf.stack([_from(x), scattered]), tensor=x[:2])
    fetches += [_stack(handle) for handle in tf.unstack(lists, num=2)]
    return _result(fetches)


def sums():
    """Sums of lists and zeros like them."""
    x, unset = _x(), _set(_reserve(3, _hidden([-1])), 1, [7.0, 8.0])
    return _result([_stack(tf.add_n([_from(x), unset, _from(2.0 * x)])), _stack(tf.zeros_like(_from(x))),
                    _stack(tf.zeros_like(unset)), _stack(tf.add_n([_reserve(2, [2]), _reserve(2, [2])]))])


def gradients_of_elements():
    x = tf.placeholder_with_default(tf.constant([1.0, 2.0]), [2], name="x")
    handle = _set(_set(_reserve(3, [2]), 1, x * x), 2, 3.0 * x)
    first = R.TensorListGetItem(input_handle=handle, index=1, element_shape=[2], element_dtype=tf.float32)
    empty = R.EmptyTensorList(element_shape=[2], max_num_elements=-1, element_dtype=tf.float32)
    pushed = R.TensorListPushBack(input_handle=R.TensorListPushBack(input_handle=empty, tensor=x * x), tensor=x)
    less, last = R.TensorListPopBack(input_handle=pushed, element_shape=[2], element_dtype=tf.float32)
    return _result([], tf.gradients(first, x) + tf.gradients(_stack(handle, [2]), x) + tf.gradients(last, x) +
                   tf.gradients(_stack(less, [2]), x) + tf.gradients([last, _stack(less)], x))


def gradients_of_rows():
    x = _x()
    y = x * x
    pieces = R.TensorListSplit(tensor=y, element_shape=[-1, 2], lengths=tf.constant([1, 2], tf.int64))
    joined = R.TensorListConcatV2(input_handle=pieces, element_shape=[-1, 2], leading_dims=tf.constant([], tf.int64),
                                  element_dtype=tf.float32).tensor
    old = R.TensorListConcat(input_handle=pieces, element_dtype=tf.float32, element_shape=[None, 2]).tensor
    gathered = R.TensorListGather(input_handle=_from(y, [2]), indices=[1, 0], element_shape=[2], element_dtype=tf.float32)
    scattered = R.TensorListScatter(tensor=y, indices=[1, 3, 0], element_shape=[2])
    more = R.TensorListScatterV2(tensor=y, indices=[1, 3, 0], element_shape=[2], num_elements=5)
    into = R.TensorListScatterIntoExistingList(input_handle=more, tensor=x, indices=[1, 2, 0])
    resized = R.TensorListResize(input_handle=_from(y, [2]), size=2)
    ys = [_stack(_from(y)), _stack(_from(y, [2]), [2], count=3), joined, old, gathered, _stack(scattered), _stack(into),
          _stack(resized)]
    return _result([], [g for part in ys for g in tf.gradients(part * part, x)] + tf.gradients(ys, x))


def gradients_of_unknown_shapes():
    x = tf.placeholder_with_default(tf.constant([[1.0, 2.0], [3.0, 4.0]]), None, name="x")
    scalars = tf.placeholder_with_default(tf.constant([1.0, 2.0]), [None], name="scalars")
    none = tf.constant([], tf.int32)
    return _result([], tf.gradients(_stack(_from(x * x)), x) + tf.gradients(_stack(_from(scalars, none), none), scalars))


VARIANTS = {f.__name__: f for f in (elements, ends, rows, sums, gradients_of_elements, gradients_of_rows,
                                    gradients_of_unknown_shapes)}
