#!/usr/bin/env python3
"""Writes runtime/base/unicode.txt: what TensorFlow 1.15 takes characters for.

Run it in the reference environment (tests/conformance/README.md). Lines are `category NAME RANGES`, `script NAME RANGES`
(classes of regular expressions, \\p{NAME}), `code NUMBER RANGES` (results of tf.strings.unicode_script) and `fold
CHARACTERS` (those that differ by case only). Numbers are hexadecimal, ranges `first-last` or one number.
"""

import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy
import tensorflow as tf

LAST = 0x10FFFF
CATEGORIES = ('Cc Cf Co Cs Ll Lm Lo Lt Lu Mc Me Mn Nd Nl No Pc Pd Pe Pf Pi Po Ps Sc Sk Sm So Zl Zp Zs').split()
SCRIPTS = '''
Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo Brahmi
Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Common Coptic Cuneiform Cypriot
Cyrillic Deseret Devanagari Dogra Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha
Greek Gujarati Gunjala_Gondi Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited
Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi Khmer Khojki Khudawadi Lao
Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi
Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean
Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian
Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa
Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng
Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Thai Tibetan
Tifinagh Tirhuta Ugaritic Vai Wancho Warang_Citi Yi Zanabazar_Square
'''.split()


def ranges(members):
    """The text of sorted characters."""
    members = numpy.asarray(members)
    if not len(members):
        return ''
    breaks = numpy.flatnonzero(numpy.diff(members) != 1)
    firsts, lasts = members[numpy.r_[0, breaks + 1]], members[numpy.r_[breaks, len(members) - 1]]
    return ' '.join('%x' % a if a == b else '%x-%x' % (a, b) for a, b in zip(firsts, lasts))


def classes(session, characters, kind, names):
    text = tf.placeholder(tf.string)
    pattern = tf.placeholder(tf.string, [])
    found = tf.strings.regex_full_match(text, pattern)
    for name in names:
        try:
            yield '%s %s %s' % (kind, name, ranges(numpy.flatnonzero(session.run(found, {text: characters, pattern: '\\p{%s}' % name}))))
        except tf.errors.InvalidArgumentError:
            pass


def codes(session):
    found = numpy.concatenate([session.run(tf.strings.unicode_script(numpy.arange(i, min(i + 65536, LAST + 1), dtype=numpy.int32)))
                               for i in range(0, LAST + 1, 65536)])
    for code in sorted(set(found)):
        yield 'code %x %s' % (code & 0xffffffff, ranges(numpy.flatnonzero(found == code)))


def folds(session):
    """Candidates are what Python's case changes bring together; those that the expressions do not are left out."""
    group = {}
    for c in range(LAST + 1):
        character = chr(c)
        for other in (character.lower(), character.upper(), character.title()):
            if len(other) == 1 and other != character:
                members = group.get(c, {c}) | group.get(ord(other), {ord(other)})
                for member in members:
                    group[member] = members
    text = tf.placeholder(tf.string)
    pattern = tf.placeholder(tf.string, [])
    found = tf.strings.regex_full_match(text, pattern)
    for c in sorted(group):
        members = sorted(group[c])
        same = session.run(found, {text: [chr(m).encode() for m in members], pattern: '(?i)[%s]' % chr(c)})
        kept = [m for m, is_same in zip(members, same) if is_same]
        if len(kept) > 1 and kept[0] == c:
            yield 'fold ' + ' '.join('%x' % m for m in kept)


def main():
    characters = numpy.array([chr(c).encode('utf-8', 'surrogatepass') for c in range(LAST + 1)], object)
    here = os.path.dirname(os.path.abspath(__file__))
    with tf.Session() as session, open(os.path.join(here, '..', 'runtime', 'base', 'unicode.txt'), 'w') as out:
        for lines in (classes(session, characters, 'category', CATEGORIES), classes(session, characters, 'script', SCRIPTS),
                      codes(session), folds(session)):
            for line in lines:
                out.write(line.rstrip() + '\n')


main()
