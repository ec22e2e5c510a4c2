"""tf.io.decode_proto and tf.io.encode_proto: TensorFlow's own messages as tensors, and back."""

import tensorflow as tf


def build():
    lists = [tf.train.FloatList(value=[1.5, 2.5]), tf.train.FloatList(), tf.train.FloatList(value=[3])]
    serialized = tf.constant([[message.SerializeToString() for message in lists]])
    sizes, values = tf.io.decode_proto(serialized, "tensorflow.FloatList", ["value"], [tf.float32], name="floats")
    decoded = tf.io.decode_proto(tf.placeholder_with_default([tf.NodeDef(name="n", input=["a", "b"]).SerializeToString()], [None]),
                                 message_type="tensorflow.NodeDef", field_names=["input", "name", "device"],
                                 output_types=[tf.string] * 3, sanitize=True)
    again = tf.io.encode_proto(sizes, [values[0] * 2], field_names=["value"], message_type="tensorflow.FloatList")
    back = tf.io.encode_proto(decoded.sizes, decoded.values, ["input", "name", "device"], "tensorflow.NodeDef", name="back")
    return {"steps": [{"fetch": [sizes, values[0], decoded.sizes] + list(decoded.values) + [again, back]}],
            "facts": {"shapes": str([t.shape for t in (sizes, values[0], decoded.values[1], again, back)]),
                      "kind": type(decoded).__name__}}
