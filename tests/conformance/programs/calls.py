"""Ops called with Python values: the constants that they become."""

import numpy as np
import tensorflow as tf

ops = tf.raw_ops


def values():
    two, i = tf.constant(2.0), tf.constant(2)
    ops.Add(x=two, y=1)
    ops.Add(x=1, y=i)
    ops.Add(x=i, y=np.array([1.5, -2.5]))
    ops.Add(x=two, y=True, name="true")
    ops.AddV2(x=[1, 2], y=[[3], [4]])
    ops.Equal(x="a", y=["b", "c"])
    ops.OneHot(indices=[1], depth=3, on_value=1.0, off_value=0.0)
    tf.reduce_sum([1, 2], axis=0)
    ops.Reshape(tensor=[1], shape=[])
    ops.Range(start=0, limit=5, delta=2)
    ops.Range(start=0.5, limit=5, delta=2)
    ops.Cast(x=[1, 2.5], DstT=tf.int64)
    ops.MatMul(a=[[1.0, 2.0]], b=[[1], [2]], transpose_b=False)
    ops.Cast(x=2 ** 40, DstT=tf.float32)
    ops.Neg(x=[1 + 2j])
    v = tf.Variable(1.0, name="v")
    ops.Assign(ref=v, value=2)
    ops.Add(x=v, y=2)
    ops.Fill(dims=[2, 3], value="x")
    return {"steps": []}


def lists():
    two, i, v = tf.constant(2.0), tf.constant(2), tf.Variable(3.0, name="v")
    ops.Pack(values=[1, two])
    ops.Pack(values=[two, v, 1], axis=0)
    ops.Pack(values=[1, 2], axis=0)
    ops.AddN(inputs=[two, 1.5])
    ops.ConcatV2(values=[[1], [2]], axis=0)
    ops.IdentityN(input=[1, 2.0, "a", i])
    ops.Assert(condition=True, data=["a", 1, two])
    return {"steps": []}


def packs():
    one, x = tf.constant(1), tf.constant(1.5)
    tf.convert_to_tensor([one, 2])
    tf.convert_to_tensor([[one, 2], [3, 4]])
    tf.convert_to_tensor([[one, 2], [3, 4]], dtype=tf.float32)
    tf.convert_to_tensor([1, x], name="pair")
    tf.convert_to_tensor([x, [1.0, 2.0][0]])
    ops.Add(x=x, y=[one, 2])
    ops.Reshape(tensor=tf.zeros([4]), shape=[one, -1])
    tf.convert_to_tensor([np.array([1, 2], np.int32), [3, one]])
    tf.convert_to_tensor([[[1, 2]], [[one, 4]]])
    return {"steps": []}


VARIANTS = {"values": values, "lists": lists, "packs": packs}
