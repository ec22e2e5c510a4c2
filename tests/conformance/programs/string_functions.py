import tensorflow as tf

import numpy as np


def strings():
    s = tf.constant(["Hello", "wide world", "", "caf\u00e9"], name="s")
    words = np.array(["Do", "you", "want", "some", "caf\u00e9?"])
    fetches = [
        tf.constant(words), tf.string_join([s, "!"]), tf.string_join(["a", "b", "c"], separator=", "),
        tf.strings.join(["x", s], "-", name="named"),
        tf.as_string([1, 2]), tf.as_string([1.25, -3.0], precision=1), tf.as_string(True),
        tf.strings.as_string(3, width=5, fill="0"), tf.as_string(2.5, scientific=True),
        tf.string_to_number(["1", "2.5"]), tf.string_to_number("7", tf.int64),
        tf.strings.to_number("3", out_type=tf.int32), tf.strings.length(s),
        tf.strings.length(s, unit="UTF8_CHAR"), tf.substr(s[1], 0, 4), tf.strings.substr("abcdef", 2, 3),
        tf.strings.lower(s), tf.strings.upper("abc"),
        tf.strings.strip("  a b "), tf.reduce_join([["a", "b"], ["c", "d"]], 0),
        tf.reduce_join([["a", "b"]], 1, keep_dims=True, separator="+"),
        tf.strings.reduce_join(["x", "y"]), tf.string_split(["a b", "c"]).values, tf.string_split(["a,b"], ",").values,
        tf.encode_base64("data"), tf.decode_base64(tf.encode_base64("data")),
        tf.decode_raw(b"\x01\x00\x02\x00", tf.int16), tf.strings.format("{} and {}", (1, [2, 3])),
        tf.equal(s, "Hello"), tf.constant([b"a", "b"]), tf.constant("a", shape=[2]), tf.fill([2], "f"),
        tf.reshape(s, [2, 2]), tf.concat([s, ["z"]], 0), tf.gather(s, [1]),
        tf.tile(["t"], [2]), tf.where([True, False, True, True], s, s), tf.size(s), tf.expand_dims(s, 0),
        tf.zeros([2], tf.string),
    ]
    return {"steps": [{"fetch": fetches}], "facts": {"names": [tensor.name for tensor in fetches]}}


def compat():
    """tf.compat: bytes and text of both Pythons."""
    facts = {"bytes": tf.compat.as_bytes("caf\u00e9"), "text": tf.compat.as_text(b"caf\xc3\xa9"),
             "str": tf.compat.as_str(b"x"),
             "any": tf.compat.as_str_any(3), "same": tf.compat.as_bytes(b"\xff"), "path": tf.compat.path_to_str("a/b"),
             "types": [isinstance(3, tf.compat.integral_types), isinstance(1.0, tf.compat.real_types),
                       isinstance(1j, tf.compat.complex_types),
                       isinstance("s", tf.compat.bytes_or_text_types)],
             "v1": [tf.compat.v1.placeholder is tf.placeholder, tf.compat.v1.Session is tf.Session,
                    tf.compat.v1.train.Saver is tf.train.Saver]}
    tf.constant(0)
    return {"steps": [], "facts": facts}


def expressions():
    """Regular expressions, given as text and as tensors; what splits; characters and encodings."""
    s = tf.constant(["abcabc", "foo bar", "", "caf\u00e9 12"], name="s")
    fed = tf.placeholder_with_default("(b)(c)", [], name="fed")
    split = [tf.strings.split(s), tf.strings.split(s, sep="b", maxsplit=1), tf.strings.split(s, " ", name="parts"),
             tf.strings.split(source=["a,b"], sep=tf.constant(","))]
    fetches = [
        tf.strings.regex_full_match(s, "[a-c]+"), tf.strings.regex_full_match(s, fed, name="named"),
        tf.regex_replace(s, "(b)(c)", r"<\2\1>"), tf.strings.regex_replace(s, fed, r"\1", replace_global=False),
        tf.strings.regex_replace(s, r"\b", tf.constant("|"), name="edges"), tf.strings.regex_full_match("abc", b"a.c"),
        tf.strings.unicode_script([97, 0x3b1, -1]), tf.strings.unicode_transcode(s, "UTF-8", "UTF-16-BE"),
        tf.strings.unicode_transcode([b"a\xff\x01"], "UTF-8", "UTF-8", errors="ignore", replace_control_characters=True),
        tf.strings.unsorted_segment_join(["a", "b", "c"], [0, 1, 0], 2, separator="-", name="joined")]
    facts = {"shapes": [str(x.get_shape()) for x in split], "names": [x.name for x in fetches]}
    parts = [part for x in split for part in (x.indices, x.values, x.dense_shape)]
    return {"steps": [{"fetch": fetches + parts}], "facts": facts}


VARIANTS = {"strings": strings, "compat": compat, "expressions": expressions}
