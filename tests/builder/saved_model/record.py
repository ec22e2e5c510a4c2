"""Records the fixtures of this folder with TensorFlow 1.15: python record.py (run in this folder).

fixtures/model, fixtures/text    what the program of `model` saves, as .pb and as .pbtxt
fixtures/signatures.tsv          name, TensorInfo or SignatureDef in hexadecimal (fields in order), whether it is valid
"""

import os
import shutil
import warnings

warnings.filterwarnings("ignore")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
saved_model = tf.compat.v1.saved_model


def model(directory, as_text):
    """test_saved_model.c builds the same."""
    shutil.rmtree(directory, ignore_errors=True)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        with tf.device("/device:CPU:0"):
            w = tf.Variable([[1.0], [2.0]], name="w")
        y = tf.matmul(x, w, name="y")
        path = tf.constant("vocabulary.txt", name="path")
        found = tf.Variable("nowhere", name="found", trainable=False)
        take = tf.group(tf.assign(found, path, name="take"), name="main")
        init = tf.global_variables_initializer()
        session.run(init)
        builder = saved_model.Builder(directory)
        predict = saved_model.predict_signature_def({"x": x}, {"y": y, "again": y})
        builder.add_meta_graph_and_variables(session, ["serve", "first"],
                                             {"serving_default": predict, "other": predict},
                                             assets_collection=[path], main_op=take, strip_default_attrs=True)
        builder.add_meta_graph(["train"], clear_devices=True)
        builder.save(as_text)


def hexadecimal(message):
    return message.SerializeToString(deterministic=True).hex()


def signatures():
    lines = []
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        scalar = tf.placeholder(tf.float32, [], name="scalar")
        text = tf.placeholder(tf.string, name="text")
        v = tf.Variable([1.0], name="v")
        sparse = tf.sparse_placeholder(tf.float32, [3, 4], name="sparse")
        info = saved_model.build_tensor_info
        for name, value in (("info_x", x), ("info_scalar", scalar), ("info_text", text), ("info_v", v),
                            ("info_sparse", sparse)):
            lines.append((name, hexadecimal(info(value)), ""))
        build = saved_model.build_signature_def
        predict, classify, regress = (saved_model.PREDICT_METHOD_NAME, saved_model.CLASSIFY_METHOD_NAME,
                                      saved_model.REGRESS_METHOD_NAME)
        for name, signature in (
                ("predict", saved_model.predict_signature_def({"b": x, "a": scalar}, {"out": x})),
                ("classify", saved_model.classification_signature_def(text, text, scalar)),
                ("classify_scores", saved_model.classification_signature_def(text, None, scalar)),
                ("regress", saved_model.regression_signature_def(text, scalar)),
                ("empty", build()),
                ("no_input", build({}, {"a": info(x)}, predict)),
                ("no_output", build({"a": info(x)}, {}, predict)),
                ("other_method", build({"a": info(x)}, {"a": info(x)}, "other")),
                ("classify_other_key", build({"inputs": info(text)}, {"other": info(scalar)}, classify)),
                ("classify_float_input", build({"inputs": info(x)}, {"scores": info(scalar)}, classify)),
                ("classify_text_scores", build({"inputs": info(text)}, {"scores": info(text)}, classify)),
                ("classify_float_classes", build({"inputs": info(text)}, {"classes": info(x)}, classify)),
                ("classify_more", build({"inputs": info(text)}, {"classes": info(text), "z": info(x)}, classify)),
                ("classify_more_inputs", build({"inputs": info(text), "z": info(x)}, {"classes": info(text)}, classify)),
                ("regress_float_input", build({"inputs": info(x)}, {"outputs": info(scalar)}, regress)),
                ("regress_text_output", build({"inputs": info(text)}, {"outputs": info(text)}, regress)),
                ("regress_other_key", build({"inputs": info(text)}, {"other": info(scalar)}, regress))):
            lines.append((name, hexadecimal(signature), str(saved_model.is_valid_signature(signature))))
    with open("signatures.tsv", "w") as out:
        out.writelines("\t".join(line) + "\n" for line in lines)


if __name__ == "__main__":
    os.chdir("fixtures")
    with open("vocabulary.txt", "w") as file:
        file.write("one\ntwo\n")
    model("model", as_text=False)
    model("text", as_text=True)
    signatures()
