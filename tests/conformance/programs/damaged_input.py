"""What decoders and parsers say of damaged bytes, and what they make of those that they take."""

import base64
import re
import struct
import zlib

import tensorflow as tf

import numpy as np

# Gray waves, 50 x 40 pixels.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEBLAEsAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggL"
    "DAsKDAkKCgr/wAALCAAoADIBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQR"
    "BRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4"
    "eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEB"
    "AAA/APwb03Teny10Gm6b0+Wug03Teny10Gm6b0+Wug03Teny10Gm6b0+WtVdN4Hy9q+atN03p8tdBpum9PlroNN03p8tdBpum9PlroNN03p8"
    "tdBpum9PlrVXTeB8vavmrTdN6fLXQabpvT5a6DTdN6fLXQabpvT5a6DTdN6fLXQabpvT5a1V03gfL2r5q03Teny10Gm6b0+Wug03Teny10Gm"
    "6b0+Wug03Teny10Gm6b0+WtVdN4Hy9q+atN03p8tdBpum9PlroNN03p8tdBpum9PlroNN03p8tdBpum9PlrVXTeB8vav/9k=")


def told(value):
    value = np.asarray(value)
    if value.size > 24:
        return "%s%s crc %08x" % (value.dtype, list(value.shape), zlib.crc32(np.ascontiguousarray(value).tobytes()))
    return "%s%s %s" % (value.dtype, list(value.shape), value.tolist())


def answer(build):
    """The value, or class and text of the error; what a decoder's library says stands behind a colon and is left out."""
    with tf.Graph().as_default():
        try:
            fetched = build()
            with tf.Session() as session:
                found = session.run(fetched)
        except Exception as error:  # what it is is the answer
            text = (getattr(error, "message", None) or str(error)).split("\n")[0]
            return "%s: %s" % (type(error).__name__, re.sub("(file|crop window, data size [0-9]+|value)[:;].*", "\\1", text))
    return "; ".join(told(part) for part in found) if isinstance(found, (list, tuple)) else told(found)


def facts(cases):
    return {"steps": [], "facts": {name: answer(build) for name, build in cases.items()}}


# ---- pictures ------------------------------------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) & 0xffffffff)


def png(width, height, depth=8, colors=2, data=None, more=b""):
    data = b"\0" * ((width * 3 + 1) * height) if data is None else data
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colors, 0, 0, 0)) + more +
            chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def bmp(width, height, bits, pixels=b"0" * 50, start=54):
    return (b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, start) +
            struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, 0, 0, 0, 0, 0) + pixels)


def gif(frames, width=2, height=2, screen=0xf1, end=b";"):
    colors = bytes(bytearray([0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0])) if screen & 0x80 else b""
    made = b"GIF89a" + struct.pack("<HHBBB", width, height, screen, 0, 0) + colors
    for left, top, frame_width, frame_height, codes in frames:
        made += b"," + struct.pack("<HHHHB", left, top, frame_width, frame_height, 0) + codes
    return made + end


def flipped(data, at, bits=0x5a):
    return data[:at] + bytes(bytearray([bytearray(data)[at] ^ bits])) + data[at + 1:]


def cuts(decode, data, places):
    return {"cut at %d" % at: (lambda at=at: decode(data[:at])) for at in places}


def flips(decode, data, places):
    return {"flipped at %d" % at: (lambda at=at: decode(flipped(data, at))) for at in places}


def of_bytes(decode, cases):
    return {name: (lambda data=data: decode(data)) for name, data in cases.items()}


def png_files():
    good = png(5, 3, data=bytes(bytearray(i * 7 % 256 if i % 16 else 0 for i in range(48))))
    cases = of_bytes(tf.image.decode_png, {
        "good": good, "huge": png(100000, 100000, data=b"0"), "wide": png(2**31 - 1, 1, data=b"0"), "empty": png(0, 1, data=b""),
        "short of pixels": png(5, 5, data=b"\0" * 20), "of three bits": png(2, 2, depth=3), "of no kind": png(2, 2, colors=5),
        "without a palette": png(2, 2, colors=3, data=b"\0\0\1" * 2), "filtered in no way": png(2, 2, data=(b"\t" + b"1" * 6) * 2),
        "of one bit": png(8, 2, depth=1, colors=0, data=b"\0\xaa" * 2)})
    cases.update(cuts(tf.image.decode_png, good, (0, 1, 4, 7, 8, 9, 16, 25, 29, 33, len(good) - 20, len(good) - 12, len(good) - 1)))
    cases.update(flips(tf.image.decode_png, good, (0, 3, 8, 12, 15, 17, 24, 25, 28, 30, 45, len(good) - 14, len(good) - 2)))
    return facts(cases)


def gif_files():
    codes = b"\x02\x03\x44\x34\x05\x00"
    good = gif([(0, 0, 2, 2, codes)])
    cases = of_bytes(tf.image.decode_gif, {
        "good": good, "two": gif([(0, 0, 2, 2, codes)] * 2), "without frames": gif([]), "without colors": gif([(0, 0, 2, 2, codes)], screen=0x70),
        "empty": gif([(0, 0, 0, 0, codes)], 0, 0), "huge": gif([(0, 0, 65535, 65535, codes)], 65535, 65535),
        "moved": gif([(1, 1, 2, 2, codes)]), "second one moved": gif([(0, 0, 2, 2, codes), (1, 1, 1, 1, b"\x02\x02\x44\x01\0")]),
        "without an end": gif([(0, 0, 2, 2, codes)], end=b""), "with more": good + b"more",
        "of other colors": gif([(0, 0, 2, 2, b"\x04\x03\x44\x34\x05\x00")]), "of another version": b"GIF99a" + good[6:]})
    cases.update(cuts(tf.image.decode_gif, good, range(0, len(good), 3)))
    cases.update(flips(tf.image.decode_gif, good, (0, 3, 25, 26, 28, 30, 33, 35, 40)))
    return facts(cases)


def bmp_files():
    good = bmp(5, 3, 24)
    cases = of_bytes(tf.image.decode_bmp, {
        "good": good, "upside down": bmp(5, -3, 24), "of no width": bmp(0, 3, 24), "of no height": bmp(3, 0, 24), "turned": bmp(-3, 3, 24),
        "huge": bmp(100000, 100000, 24), "largest": bmp(2**28 - 2, 1, 24), "larger": bmp(2**28 - 1, 1, 24), "deepest": bmp(3, -2**31, 24),
        "of one bit": bmp(8, 3, 1), "of 16 bits": bmp(5, 3, 16), "of 8 bits": bmp(5, 3, 8), "short": bmp(5, 3, 24, b"0" * 30),
        "far away": bmp(5, 3, 24, start=1000)})
    for bits, channels in ((24, 1), (24, 4), (32, 3), (8, 3)):
        cases["%d bits to %d channels" % (bits, channels)] = (
            lambda bits=bits, channels=channels: tf.image.decode_bmp(bmp(2, 2, bits), channels=channels))
    cases.update(cuts(tf.image.decode_bmp, good, (0, 1, 2, 20, 31, 32, 53, 54, 60, len(good) - 1)))
    return facts(cases)


def jpeg_files():
    cases = cuts(tf.image.decode_jpeg, JPEG, (0, 1, 2, 3, 20, 100, 300, 500, len(JPEG) - 2, len(JPEG) - 1))
    cases.update(flips(tf.image.decode_jpeg, JPEG, (0, 1, 2, 3, 5, 22)))
    for cut in (2, 3, 10, 150):
        for options in (dict(acceptable_fraction=0.3), dict(try_recover_truncated=True)):
            cases["without %d, %s" % (cut, sorted(options)[0])] = (
                lambda cut=cut, options=options: tf.image.decode_jpeg(JPEG[:-cut], **options))
    for name, options in (("ratio", dict(ratio=3)), ("method", dict(dct_method="x")), ("channels", dict(channels=4))):
        cases[name] = lambda options=options: tf.image.decode_jpeg(JPEG, **options)
    for window in ([0, 0, 0, 5], [-1, 0, 5, 5], [0, 0, 100, 5], [38, 45, 5, 5], [3, 4, 5, 6]):
        cases["window %s" % window] = lambda window=window: tf.image.decode_and_crop_jpeg(JPEG, window)
    return facts(cases)


# ---- examples ------------------------------------------------------------------------------------------------------


def varint(number):
    made, number = bytearray(), number % 2**64
    while number >= 0x80:
        made.append(number & 0x7f | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def strings(*values):
    return field(1, b"".join(field(1, value) for value in values))


def floats(*values):
    return field(2, field(1, struct.pack("<%df" % len(values), *values)))


def integers(*values):
    return field(3, field(1, b"".join(varint(value) for value in values)))


def example(*features):
    return field(1, b"".join(field(1, field(1, key) + field(2, feature)) for key, feature in features))


def flat(parsed):
    """The tensors of what was parsed, sorted by their keys."""
    parts = []
    for key in sorted(parsed):
        value = parsed[key]
        parts += [value.indices, value.values, value.dense_shape] if isinstance(value, tf.SparseTensor) else [value]
    return parts


WANTED = {"a": tf.FixedLenFeature([2], tf.float32), "b": tf.FixedLenFeature([], tf.int64), "c": tf.VarLenFeature(tf.string)}
GOOD = example((b"a", floats(1, 2)), (b"b", integers(3)), (b"c", strings(b"x", b"yz")))


def batch(data, wanted=None, **options):
    return flat(tf.parse_example([data], wanted or WANTED, **options))


def single(data, wanted=None):
    return flat(tf.parse_single_example(data, wanted or WANTED))


def cut_examples():
    cases = cuts(batch, GOOD, range(len(GOOD) + 1))
    cases.update({name + ", single": build for name, build in cuts(single, GOOD, range(0, len(GOOD), 5)).items()})
    return facts(cases)


def flipped_examples():
    """Without those that end TensorFlow 1.15."""
    places = [at for at in range(len(GOOD)) if at not in (12, 29, 31)]
    return facts(flips(batch, GOOD, places))


def odd_examples():
    three = integers(3)
    odd = {
        "empty": b"", "unknown field": field(9, b"z") + GOOD, "twice": example((b"a", floats(1, 2)), (b"a", floats(3, 4)), (b"b", three)),
        "two lists": example((b"a", floats(1, 2) + integers(1)), (b"b", three)), "one list twice": example((b"a", floats(1, 2) + floats(5)), (b"b", three)),
        "other kind": example((b"a", integers(1, 2)), (b"b", three)), "other kind of many": example((b"a", floats(1, 2)), (b"b", three), (b"c", three)),
        "too few": example((b"a", floats(1)), (b"b", three)), "too many": example((b"a", floats(1, 2, 3)), (b"b", three)),
        "none": example((b"a", floats()), (b"b", three)), "no list": example((b"a", b""), (b"b", three)), "no kind": example((b"a", field(5, b"x")), (b"b", three)),
        "missing": example((b"a", floats(1, 2))), "without a key": field(1, field(1, field(2, floats(1, 2)))),
        "key behind": field(1, field(1, field(2, floats(1, 2)) + field(1, b"a")) + field(1, field(1, b"b") + field(2, three))),
        "endless number": example((b"a", floats(1, 2)), (b"b", field(3, field(1, b"\x80" * 10 + b"\x01")))),
        "number for floats": example((b"a", field(2, b"\x08\x05")), (b"b", three))}
    wanted = {"given": None, "default": {"a": tf.FixedLenFeature([2], tf.float32, [7., 8.])}, "many": {"a": tf.VarLenFeature(tf.float32)},
              "rows": {"a": tf.FixedLenSequenceFeature([2], tf.float32, allow_missing=True)},
              "sparse": {"s": tf.SparseFeature("b", "a", tf.float32, 10)}}
    cases = {}
    for name, data in odd.items():
        for kind, features in wanted.items():
            if (name, kind) == ("number for floats", "rows"):
                continue
            cases["%s, %s" % (name, kind)] = lambda data=data, features=features: batch(data, features)
            cases["%s, %s, single" % (name, kind)] = lambda data=data, features=features: single(data, features)
        cases[name + ", named"] = lambda data=data: batch(data, example_names=["n"])
    return facts(cases)


def cut_sequences():
    """A context and two lists, cut inside of keys and values."""
    lists = b"".join(field(1, field(1, key) + field(2, b"".join(field(1, value) for value in values)))
                     for key, values in ((b"t", [integers(1), integers(2)]), (b"v", [strings(b"x"), strings(b"y", b"z")])))
    good = field(1, field(1, field(1, b"a") + field(2, floats(1, 2)))) + field(2, lists)
    context, steps = {"a": tf.FixedLenFeature([2], tf.float32)}, {"t": tf.FixedLenSequenceFeature([], tf.int64)}

    def several(data):
        found = tf.io.parse_sequence_example([data], context, steps)
        return flat(found[0]) + flat(found[1])

    def one(data):
        found = tf.io.parse_single_sequence_example(data, context, steps)
        return flat(found[0]) + flat(found[1])

    places = (1, 3, 5, 6, 12, 14, 18, len(good))
    cases = {name + ", single": build for name, build in cuts(one, good, places).items()}
    cases.update(cuts(several, good, places))
    return facts(cases)


VARIANTS = {"cut_sequences": cut_sequences, "png": png_files, "gif": gif_files, "bmp": bmp_files, "jpeg": jpeg_files, "cut_examples": cut_examples,
            "flipped_examples": flipped_examples, "odd_examples": odd_examples}
