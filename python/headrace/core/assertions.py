"""Assertions about texts, containers and commands that `unittest` lacks, and old names of those that it has."""

import collections
import difflib
import json
import os
import re
import subprocess
import unittest
import urllib.parse

# Names that Python 3.12 has dropped.
_OLD_NAMES = {
    'assertEquals': 'assertEqual', 'assertNotEquals': 'assertNotEqual', 'assertAlmostEquals': 'assertAlmostEqual',
    'assertNotAlmostEquals': 'assertNotAlmostEqual', 'assert_': 'assertTrue', 'assertRaisesRegexp': 'assertRaisesRegex',
    'assertRegexpMatches': 'assertRegex', 'assertNotRegexpMatches': 'assertNotRegex', 'failUnlessEqual': 'assertEqual',
    'failIfEqual': 'assertNotEqual', 'failUnlessAlmostEqual': 'assertAlmostEqual',
    'failIfAlmostEqual': 'assertNotAlmostEqual', 'failUnless': 'assertTrue', 'failIf': 'assertFalse',
    'failUnlessRaises': 'assertRaises',
}


def _counts(sequence):
    """The elements of a sequence with how often they occur, whether they can be hashed or not."""
    counts = []
    for element in sequence:
        for pair in counts:
            if pair[0] == element:
                pair[1] += 1
                break
        else:
            counts.append([element, 1])
    return counts


class Assertions(unittest.TestCase):
    """`unittest.TestCase` with more assertions. Each fails with an AssertionError to which `msg` is added."""

    def _fail(self, text, msg=None):
        self.fail(self._formatMessage(msg, text))

    # Texts ------------------------------------------------------------------------------------------------------------

    def assertStartsWith(self, actual, expected_start, msg=None):
        """Checks that a text begins with another."""
        if not actual.startswith(expected_start):
            self._fail(f'{actual!r} does not start with {expected_start!r}', msg)

    def assertNotStartsWith(self, actual, unexpected_start, msg=None):
        """Checks that a text does not begin with another."""
        if actual.startswith(unexpected_start):
            self._fail(f'{actual!r} does start with {unexpected_start!r}', msg)

    def assertEndsWith(self, actual, expected_end, msg=None):
        """Checks that a text ends with another."""
        if not actual.endswith(expected_end):
            self._fail(f'{actual!r} does not end with {expected_end!r}', msg)

    def assertNotEndsWith(self, actual, unexpected_end, msg=None):
        """Checks that a text does not end with another."""
        if actual.endswith(unexpected_end):
            self._fail(f'{actual!r} does end with {unexpected_end!r}', msg)

    def assertRegexMatch(self, actual_str, regexes, message=None):
        """Checks that one of several regular expressions occurs in a text."""
        if isinstance(regexes, (str, bytes)):
            self.fail('regexes is string or bytes; use assertRegex instead.')
        if not regexes:
            self.fail('No regexes specified.')
        if not any(re.search(regex, actual_str) for regex in regexes):
            self._fail(f'"{actual_str}" does not contain any of these regexes: {list(regexes)}.', message)

    def assertMultiLineEqual(self, first, second, msg=None, **kwargs):
        """Checks that two texts agree; the error shows the lines that differ."""
        if first != second:
            lines = difflib.ndiff(first.splitlines(True), second.splitlines(True))
            changed = ''.join(line if line.endswith('\n') else line + '\n' for line in lines if line[0] in '-+?')
            self._fail('\n' + changed, msg)

    def assertContainsInOrder(self, strings, target, msg=None):
        """Checks that texts occur in another, in this order and without overlap."""
        strings = [strings] if isinstance(strings, str) else strings
        place, before = 0, ''
        for string in strings:
            found = target.find(string, place)
            if found < 0:
                after = f' after {before!r}' if before else ''
                self._fail(f'Did not find {string!r}{after} in {target!r}', msg)
            place, before = found + len(string), string

    def assertJsonEqual(self, first, second, msg=None):
        """Checks that two texts are the JSON of equal values."""
        try:
            values = [json.loads(text) for text in (first, second)]
        except ValueError as error:
            raise ValueError(self._formatMessage(msg, f'could not decode JSON: {error}')) from error
        self.assertSameStructure(*values, aname='first', bname='second', msg=msg)

    def assertUrlEqual(self, a, b, msg=None):
        """Checks that two URLs agree, in whatever order their parameters stand."""
        first, second = urllib.parse.urlparse(a), urllib.parse.urlparse(b)
        for part in ('scheme', 'netloc', 'path', 'fragment'):
            self.assertEqual(getattr(first, part), getattr(second, part), msg)
        self.assertEqual(sorted(first.params.split(';')), sorted(second.params.split(';')), msg)
        self.assertDictEqual(urllib.parse.parse_qs(first.query, keep_blank_values=True),
                             urllib.parse.parse_qs(second.query, keep_blank_values=True), msg)

    # Containers -------------------------------------------------------------------------------------------------------

    def assertLen(self, container, expected_len, msg=None):
        """Checks the number of elements."""
        if len(container) != expected_len:
            self._fail(f'{container!r} has length of {len(container)}, expected {expected_len}.', msg)

    def assertEmpty(self, container, msg=None):
        """Checks that there are no elements."""
        if len(container):
            self._fail(f'{container!r} has length of {len(container)}.', msg)

    def assertNotEmpty(self, container, msg=None):
        """Checks that there are elements."""
        if not len(container):
            self._fail(f'{container!r} has length of 0.', msg)

    def assertItemsEqual(self, first, second, msg=None):
        """Checks that two sequences have the same elements equally often, in any order."""
        self.assertCountEqual(first, second, msg)

    def assertSameElements(self, expected_seq, actual_seq, msg=None):
        """Checks that two sequences have the same elements, however often and in any order."""
        expected, actual = list(expected_seq), list(actual_seq)
        missing = [element for element, _ in _counts(expected) if element not in actual]
        unexpected = [element for element, _ in _counts(actual) if element not in expected]
        if missing or unexpected:
            lines = ([f'Expected, but missing:\n  {missing!r}'] if missing else []) + (
                [f'Unexpected, but present:\n  {unexpected!r}'] if unexpected else [])
            self._fail('\n'.join(lines), msg)

    def assertContainsSubset(self, expected_subset, actual_set, msg=None):
        """Checks that all elements of the first occur in the second."""
        missing = set(expected_subset) - set(actual_set)
        if missing:
            self._fail(f'Missing elements {missing}\nExpected: {expected_subset}\nActual: {actual_set}', msg)

    def assertNoCommonElements(self, expected_seq, actual_seq, msg=None):
        """Checks that no element of the first occurs in the second."""
        common = set(expected_seq) & set(actual_seq)
        if common:
            self._fail(f'Common elements {common}\nExpected: {expected_seq}\nActual: {actual_seq}', msg)

    def assertContainsSubsequence(self, container, subsequence, msg=None):
        """Checks that elements occur in a sequence in this order, others between them or not."""
        rest = iter(container)
        for element in subsequence:
            if element not in rest:
                self._fail(f'{subsequence} not a subsequence of {container}. First non-matching element: '
                           f'{element}', msg)

    def assertContainsExactSubsequence(self, container, subsequence, msg=None):
        """Checks that elements occur in a sequence in this order with nothing between them."""
        container, subsequence = list(container), list(subsequence)
        longest = 0
        for start in range(1 + len(container) - len(subsequence) if len(subsequence) <= len(container) else 0):
            length = 0
            while length < len(subsequence) and container[start + length] == subsequence[length]:
                length += 1
            longest = max(longest, length)
        if longest < len(subsequence):
            self._fail(f'{subsequence} not an exact subsequence of {container}. Longest matching prefix: '
                       f'{subsequence[:longest]}', msg)

    def assertSequenceStartsWith(self, prefix, whole, msg=None):
        """Checks that a sequence begins with another."""
        if not prefix and whole:
            self._fail(f'Prefix length is 0 but whole length is {len(whole)}: {whole}', msg)
        if list(prefix) != list(whole)[:len(prefix)]:
            self._fail(f'prefix: {prefix} not found at start of whole: {whole}.', msg)

    def assertSequenceAlmostEqual(self, expected_seq, actual_seq, places=None, msg=None, delta=None):
        """Checks that two sequences of numbers agree nearly; see `assertAlmostEqual`."""
        if len(expected_seq) != len(actual_seq):
            self._fail(f'Sequence size mismatch: {len(expected_seq)} vs {len(actual_seq)}', msg)
        for i, (expected, actual) in enumerate(zip(expected_seq, actual_seq)):
            try:
                self.assertAlmostEqual(expected, actual, places=places, delta=delta)
            except self.failureException as error:
                self._fail(f'At index {i}: {error}', msg)

    def assertTotallyOrdered(self, *groups, **kwargs):
        """Checks that elements of a group are equal, and less than those of later groups, by all operators."""
        msg = kwargs.get('msg')
        for i, group in enumerate(groups):
            for a in group:
                for b in group:
                    self.assertEqual(a, b, msg)
                    self.assertFalse(a < b or a > b, msg)
                    self.assertTrue(a <= b and a >= b, msg)
                for b in (element for later in groups[i + 1:] for element in later):
                    self.assertLess(a, b, msg)
                    self.assertLessEqual(a, b, msg)
                    self.assertGreater(b, a, msg)
                    self.assertGreaterEqual(b, a, msg)
                    self.assertNotEqual(a, b, msg)

    def assertDictEqual(self, a, b, msg=None):
        """Checks that two dictionaries agree; the error shows the entries that do not."""
        self.assertIsInstance(a, dict, 'First argument is not a dictionary')
        self.assertIsInstance(b, dict, 'Second argument is not a dictionary')
        if a == b:
            return
        lines = [f'{a!r} != {b!r}']
        for title, keys, source in (('Missing entries', [key for key in a if key not in b], a),
                                    ('Unexpected entries', [key for key in b if key not in a], b)):
            lines += [f'{title}:'] * bool(keys) + [f'{key!r}: {source[key]!r}' for key in keys]
        different = [key for key in a if key in b and a[key] != b[key]]
        lines += ['repr() of differing entries:'] * bool(different)
        lines += [f'{key!r}: {a[key]!r} != {b[key]!r}' for key in different]
        self._fail('\n'.join(lines) + '\n', msg)

    def assertDictContainsSubset(self, subset, dictionary, msg=None):
        """Checks that a dictionary has the entries of another."""
        self.assertDictEqual({**dictionary, **subset}, dictionary, msg)

    def assertSameStructure(self, a, b, aname='a', bname='b', msg=None):
        """Checks that two nests of dictionaries and lists agree; the error names the places that do not."""
        problems = []
        _differences(a, b, aname, bname, problems)
        if problems:
            self._fail('; '.join(problems), msg)

    def assertDataclassEqual(self, first, second, msg=None):
        """Checks that two instances of a dataclass agree."""
        self.assertIs(type(first), type(second), msg)
        self.assertDictEqual(vars(first), vars(second), msg)

    def assertBetween(self, value, minv, maxv, msg=None):
        """Checks that a number lies between two others, or is one of them."""
        if not minv <= value <= maxv:
            self._fail(f'"{value}" unexpectedly not between "{minv}" and "{maxv}"', msg)

    # Exceptions -------------------------------------------------------------------------------------------------------

    def assertRaisesWithLiteralMatch(self, expected_exception, expected_exception_message, callable_obj=None, *args,
                                     **kwargs):
        """Checks that an exception is raised whose text is this one: by a function, or in a `with` block."""
        pattern = '\\A' + re.escape(expected_exception_message) + '\\Z'
        if callable_obj is None:
            return self.assertRaisesRegex(expected_exception, pattern)
        return self.assertRaisesRegex(expected_exception, pattern, callable_obj, *args, **kwargs)

    # Commands and files -----------------------------------------------------------------------------------------------

    @staticmethod
    def _run(command, env, close_fds):
        shell = isinstance(command, (str, bytes))
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, shell=shell, env=env,
                              close_fds=close_fds, check=False)
        return done.returncode, done.stdout

    def _check_output(self, command, code, output, regexes, msg):
        regexes = [regexes] if isinstance(regexes, (str, bytes)) else regexes
        regexes = [regex.encode() if isinstance(regex, str) else regex for regex in regexes]
        if not any(re.search(regex, output) for regex in regexes):
            self._fail(f'Running {command!r} ended with {code} and printed {output!r}, which matches none of '
                       f'{regexes}', msg)

    def assertCommandSucceeds(self, command, regexes=(b'',), env=None, close_fds=True, msg=None):
        """Checks that a command ends with 0 and prints what one of several regular expressions matches."""
        code, output = self._run(command, env, close_fds)
        if code != 0:
            self._fail(f'Running {command!r} ended with {code} and printed {output!r}', msg)
        self._check_output(command, code, output, regexes, msg)

    def assertCommandFails(self, command, regexes, env=None, close_fds=True, msg=None):
        """Checks that a command does not end with 0 and prints what one of several regular expressions matches."""
        code, output = self._run(command, env, close_fds)
        if code == 0:
            self._fail(f'Running {command!r} succeeded and printed {output!r}', msg)
        self._check_output(command, code, output, regexes, msg)


for _old, _new in _OLD_NAMES.items():
    if not hasattr(unittest.TestCase, _old):
        setattr(Assertions, _old, getattr(unittest.TestCase, _new))


def _differences(a, b, aname, bname, problems):
    """Adds a line to `problems` for each place where two nests differ."""
    mappings = [isinstance(each, collections.abc.Mapping) for each in (a, b)]
    sequences = [isinstance(each, collections.abc.Sequence) and not isinstance(each, (str, bytes)) for each in (a, b)]
    if all(mappings):
        for key in a:
            if key in b:
                _differences(a[key], b[key], f'{aname}[{key!r}]', f'{bname}[{key!r}]', problems)
            else:
                problems.append(f'{aname} has [{key!r}] with value {a[key]!r} but it\'s missing in {bname}')
        problems.extend(f'{aname} lacks [{key!r}] but {bname} has it with value {b[key]!r}'
                        for key in b if key not in a)
    elif all(sequences):
        for i, (each, other) in enumerate(zip(a, b)):
            _differences(each, other, f'{aname}[{i}]', f'{bname}[{i}]', problems)
        if len(a) != len(b):
            problems.append(f'{aname} has {len(a)} elements but {bname} has {len(b)}')
    elif a != b or any(mappings) or any(sequences):
        problems.append(f'{aname} is {a!r} but {bname} is {b!r}')


class TemporaryFile:
    """A file of a test, deleted with it."""

    def __init__(self, path):
        """Keeps the path."""
        self.full_path = path

    def __fspath__(self):
        return self.full_path

    def read_text(self, encoding='utf8', errors='strict'):
        """The text of the file."""
        with open(self.full_path, encoding=encoding, errors=errors) as file:
            return file.read()

    def read_bytes(self):
        """The bytes of the file."""
        with open(self.full_path, 'rb') as file:
            return file.read()

    def write_text(self, text, mode='w', encoding='utf8', errors='strict'):
        """Writes text to the file."""
        with open(self.full_path, mode, encoding=encoding, errors=errors) as file:
            file.write(text)

    def write_bytes(self, data, mode='wb'):
        """Writes bytes to the file."""
        with open(self.full_path, mode) as file:
            file.write(data)

    def exists(self):
        """Whether the file is still there."""
        return os.path.exists(self.full_path)


class TemporaryDirectory:
    """A folder of a test, deleted with it."""

    def __init__(self, path):
        """Keeps the path."""
        self.full_path = path

    def __fspath__(self):
        return self.full_path

    def create_file(self, file_path=None, content=None, mode='w', encoding='utf8', errors='strict'):
        """Makes a file in the folder; see `TestCase.create_tempfile`."""
        path = os.path.join(self.full_path, file_path or f'file{len(os.listdir(self.full_path))}')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        binary = 'b' in mode or isinstance(content, bytes)
        text_options = {} if binary else {'encoding': encoding, 'errors': errors}
        with open(path, 'wb' if binary else mode, **text_options) as file:
            file.write(content if content is not None else b'' if binary else '')
        return TemporaryFile(path)

    def mkdir(self, dir_path=None):
        """Makes a folder in the folder."""
        path = os.path.join(self.full_path, dir_path or f'dir{len(os.listdir(self.full_path))}')
        os.makedirs(path)
        return TemporaryDirectory(path)
