"""Inputs for record_kernels.py, as in kernel_cases.py: regular expressions, n-grams, characters and encodings."""

import numpy as np

from kernel_inputs import i32

I64 = np.int64


def words(*items):
    return np.array(items, object)


TEXTS = words(b"", b"a", b"ab", b"abc", b"aaa", b"abcd", b"foo bar", b"AbC", b"abbb", b"x", b"a\nc", b"a\nb\nc",
              u"\u00e9a".encode(), u"\u00c9\u00c0".encode(), u"Stra\u00dfe".encode(), b"STRASSE", b"12 3", b"a.b",
              u"A\u00c0\u00e9".encode(), u"\u0391\u03a9".encode(), u"\u212a".encode(), b"k", b"s", u"\u017f".encode(),
              b"b", b"ba", b"a1-2", b"aab", u"\u65e5\u672c".encode(), b"-", b"_", b"]", b"{", b"a{,2}", b"a\xffb", b"\0")
PATTERNS = (
    'a*', '(a)(b)?', 'a|ab', '(a|ab)(c|bcd)(d*)', '(a+)(b+)', 'x*', '^abc$', '[a-c]+', '[^a-c]+', r'\d+', r'\w+\s\W',
    '(?i)AbC', u'(?i)stra\u00dfe', '(?i)[k]', r'\bfoo\b', 'a{2,3}', 'a{2,3}?', '(ab){2}', 'a{,2}', 'a{2', '(?P<x>a)b',
    '(?:a)b', 'a.c', '(?s)a.c', '(?m)^b$', '^b$', r'\Qa.b\E', r'\x41\x{e9}', r'\101', '[[:alpha:]]+', '[[:^alpha:]]',
    r'[\d-]+', '[]a]', '[^]a]', '[a-]', r'\pL+', r'\p{Greek}+', r'\PL', r'\p{^Lu}', r'[\p{Lu}x]+', '(a*)*', '(a*)+',
    '(a|b)*', '((a)|b)*', '(|a)*', '(a?)*?b', 'a+?', '(?U)a+', '(?U)a+?', r'\C', '.', '', u'\u00e9', u'[\u00e9-\u00fc]',
    '^*', '(^)*a', '$a', 'a$b|c', 'a??', '(a??)(a*)', '.*(b)', '.*?(b)', '(?i:a)b', '(?i)a(?-i)b', r'[.*]', '(?s:.)',
    r'\z', r'\A', r'\B', r'\_', r'\-', 'a|', '(|)', '((((a))))', u'(?i)\u017f', u'(?i)\u212a', '}', ']', 'a{0}',
    '(a{0,2}){2}', '[[:word:]]+', '(?i)[^k]', u'(?i)\u00e9', r'\pL{2}', '(?:(?:a{10}){10}){10}', '(a*)*b', '(x+x+)+y')
MISTAKES = ('(', 'a)', '[a', 'a**', '*a', 'a{1001}', 'a{2}{3}', '(?x)a', r'\8', 'a\\', '(?P<1>a', '[z-a]', r'\p{Foo}', '(?i',
            'x{3,2}', 'a++', r'[a-\d]', r'\1', r'\x', r'\x{110000}', '((a{100}){100}){100}')
REWRITES = ('', '-', r'<\0>', r'<\1\2>', r'\\\1', r'[\9]', r'x\q', 'x\\')


def scalar(text):
    return np.array(text if isinstance(text, bytes) else text.encode("utf-8"), object)


def expressions():
    for pattern in PATTERNS:
        yield "RegexFullMatch", {"input": TEXTS, "pattern": scalar(pattern)}, {}
        yield "StaticRegexFullMatch", {"input": TEXTS}, {"pattern": pattern}
    for pattern in MISTAKES:
        yield "RegexFullMatch", {"input": TEXTS, "pattern": scalar(pattern)}, {}
    yield "RegexFullMatch", {"input": TEXTS.reshape(6, -1), "pattern": scalar("a+")}, {}
    yield "RegexFullMatch", {"input": TEXTS, "pattern": words(b"a")}, {}


def replacements():
    for pattern in PATTERNS:
        for everywhere in (True, False):
            for rewrite in ('-', r'<\0|\1|\2>'):
                yield "RegexReplace", {"input": TEXTS, "pattern": scalar(pattern), "rewrite": scalar(rewrite)}, \
                    {"replace_global": everywhere}
        yield "StaticRegexReplace", {"input": TEXTS}, {"pattern": pattern, "rewrite": "."}
    for rewrite in REWRITES:
        for everywhere in (True, False):
            yield "RegexReplace", {"input": TEXTS, "pattern": scalar("(a)(b)?"), "rewrite": scalar(rewrite)}, \
                {"replace_global": everywhere}
    yield "RegexReplace", {"input": TEXTS, "pattern": scalar("("), "rewrite": scalar("")}, {}
    yield "RegexReplace", {"input": TEXTS, "pattern": words(b"a"), "rewrite": scalar("")}, {}
    yield "RegexReplace", {"input": TEXTS, "pattern": scalar("a"), "rewrite": words(b"a", b"b")}, {}


def n_grams():
    data = words(b"a", b"b", b"c", b"d", b"e")
    for dtype in (np.int32, I64):
        for splits in ((0, 3, 5), (0, 1, 5), (0, 0, 5), (0, 5), (0,)):
            for widths in ([2], [2, 3], [1], [4], []):
                for pad in (0, 1, -1, 7):
                    for short in (False, True):
                        if pad and 0 in np.diff(splits) or pad < 0 and short and not widths:
                            continue  # reads outside of the row in TensorFlow
                        yield "StringNGrams", {"data": data, "data_splits": np.array(splits, dtype)}, {
                            "separator": " ", "ngram_widths": widths, "left_pad": "<", "right_pad": ">", "pad_width": pad,
                            "preserve_short_sequences": short}


def joined_segments():
    matrix = words(b"a", b"b", b"c", b"d").reshape(2, 2)
    for dtype in (np.int32, I64):
        for separator in ("", ", "):
            for inputs, ids, count in ((matrix[0], [1, 1], 2), (matrix.ravel(), [0, 2, 0, 0], 3), (matrix, [1, 0], 2),
                                       (matrix, [[0, 1], [1, 0]], 2), (matrix[:0], [], 2), (matrix, [1, 1], 4)):
                yield "UnsortedSegmentJoin", {"inputs": inputs, "segment_ids": np.array(ids, dtype),
                                              "num_segments": np.array(count, dtype)}, {"separator": separator}
    for ids in ([0, 2], [-1, 0]):
        yield "UnsortedSegmentJoin", {"inputs": matrix, "segment_ids": i32(ids), "num_segments": np.int32(2)}, {}


MALFORMED = words(b"\xe2\x82A", b"\xff\xfe", b"\xf0\x9f\x98", b"\xc0\x80", b"\xed\xa0\x80", b"\xe0\x80\x80",
                  b"\xf5\x80\x80\x80", b"\xf4\x90\x80\x80", b"\xf0\x80\x80\x80", b"a\x80b", b"\xef\xbb\xbfa",
                  b"\xe2\x82\xe2\x82\xac", b"\x00a\x01", b"\xf0\x9fA", b"\xe2A\x82", b"\xc3", b"", b"\xd8\x00\x00a",
                  b"\xdc\x00\x00a", b"\xd8\x00", b"\xd8\x00\xd8\x00\xdc\x00", b"\x00\x11\x00\x00", b"\xff\xfea\x00",
                  b"\xfe\xff\x00a", b"\x93\xfa\x96{", b"plain", u"a\u00e9\u20ac\U0001f600".encode("utf-8"))
ENCODINGS = ("UTF-8", "UTF-16-BE", "utf-16le", "UTF-32-BE", "utf32le", "US-ASCII", "ISO-8859-1", "latin1",
             "windows-1252", "KOI8-R")
OUTPUTS = ("UTF-8", "UTF-16-BE", "UTF-32-BE")


def characters():
    for encoding in ENCODINGS:
        for errors in ("replace", "ignore"):
            for controls in (False, True):
                attrs = {"input_encoding": encoding, "errors": errors, "replace_control_characters": controls}
                yield "UnicodeDecode", {"input": MALFORMED}, attrs
                yield "UnicodeDecodeWithOffsets", {"input": MALFORMED}, dict(attrs, replacement_char=66)
                for output in OUTPUTS:
                    yield "UnicodeTranscode", {"input": MALFORMED}, dict(attrs, output_encoding=output)
    for text in MALFORMED:
        strict = {"input_encoding": "UTF-8", "errors": "strict"}
        yield "UnicodeDecode", {"input": np.array(text, object)}, strict
        yield "UnicodeTranscode", {"input": np.array(text, object)}, dict(strict, output_encoding="UTF-8")
    # The order of bytes that a mark tells holds for later strings, too, in TensorFlow: one string each.
    for encoding, text in (("UTF-16", b"\xff\xfea\x00"), ("UTF-16", b"\xfe\xff\x00a"), ("utf_16", b"\x00a\x00b"),
                           ("UTF32", b"\xff\xfe\x00\x00a\x00\x00\x00"), ("UTF-32", b"\x00\x00\x00a")):
        yield "UnicodeDecodeWithOffsets", {"input": words(text)}, {"input_encoding": encoding}
    japanese = words(u"\u65e5\u672c a".encode("shift-jis"), b"abc")
    for encoding in ("SHIFT-JIS", "nonsense"):
        yield "UnicodeDecodeWithOffsets", {"input": japanese.reshape(2, 1)}, {"input_encoding": encoding}
    yield "UnicodeTranscode", {"input": words(b"a\xff")}, {"input_encoding": "UTF-8", "output_encoding": "UTF-8",
                                                            "replacement_char": 0xd800}
    values = i32(97, 0xe9, 0x20ac, 0x1f600, 0xd800, 0xd83d, 0xde00, -1, 0x110000, 0xfffe, 0, 0x10ffff)
    for dtype in (np.int32, I64):
        for output in OUTPUTS:
            for errors in ("replace", "ignore"):
                for splits in ((0, 12), (0, 2, 2, 6, 12), (0, 4), (0,)):
                    yield "UnicodeEncode", {"input_values": values, "input_splits": np.array(splits, dtype)}, \
                        {"output_encoding": output, "errors": errors}
    yield "UnicodeEncode", {"input_values": values, "input_splits": i32(0, 12)}, {"output_encoding": "UTF-8", "errors": "strict"}
    yield "UnicodeEncode", {"input_values": values[:7], "input_splits": i32(0, 7)}, {"output_encoding": "UTF-8", "errors": "strict"}
    some = np.concatenate([np.arange(0, 0x3000, 7), np.arange(0x3000, 0x110100, 997), [-1, -5, 0x7fffffff]])
    yield "UnicodeScript", {"input": some.astype(np.int32)}, {}
    yield "UnicodeScript", {"input": np.array(97, np.int32)}, {}


FAMILIES = {"expressions": expressions, "replacements": replacements, "n_grams": n_grams, "joined_segments": joined_segments,
            "characters": characters}
