"""Lines of Python that are run with TensorFlow and with Headrace, and what each line did.

A file in expressions/ holds one line of Python a line; '#' begins a comment. Lines see `tf`, `np`, the modules below
and `D`, an empty folder. Runs under the reference's Python 3.7, too.
"""

import collections
import contextlib
import enum
import io
import os
import pathlib
import pickle
import re
import sys
import tempfile

import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'expressions')


def show(value):
    """A value as text that does not depend on the versions of Python and NumPy, nor on addresses."""
    if isinstance(value, collections.abc.Mapping):
        items = ', '.join('{}: {}'.format(show(key), show(value[key])) for key in value)
        return '{}{{{}}}'.format('' if type(value) is dict else type(value).__name__, items)
    if isinstance(value, tuple) and hasattr(value, '_fields'):
        fields = ', '.join('{}={}'.format(name, show(getattr(value, name))) for name in value._fields)
        return '{}({})'.format(type(value).__name__, fields)
    if isinstance(value, (list, tuple)):
        inner = ', '.join(map(show, value))
        return '[{}]'.format(inner) if isinstance(value, list) else '({})'.format(inner)
    if isinstance(value, (np.ndarray, np.generic)):
        return '{}:{}'.format(value.dtype, value.tolist())
    if isinstance(value, type):
        return 'class ' + value.__name__
    text = repr(value)
    return type(value).__name__ if ' at 0x' in text else text


def facts(message):
    """Numbers, paths and quoted names in the text of an error."""
    return sorted(set(re.findall(r"D/[\w./]+|'[\w./]+'|(?<![\w.])\d+(?:\.\d+)?", message)))


def outcomes(lines, tf):
    """What each line did.

    Args:
      lines: lines of Python.
      tf: the module.

    Returns:
      A list with a dict for each line: 'value' (as text), 'printed', or 'error' (its class) and 'facts'.
    """
    results = []
    with tempfile.TemporaryDirectory() as folder:
        space = {'tf': tf, 'np': np, 'D': folder, 'collections': collections, 'enum': enum, 'os': os,
                 'pathlib': pathlib, 'pickle': pickle, 'sys': sys}
        arguments, sys.argv = sys.argv, ['program']
        try:
            for line in lines:
                results.append(outcome(line, space, folder))
        finally:
            sys.argv = arguments
    return results


def outcome(line, space, folder):
    """What one line did; see `outcomes`."""
    result = {}
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            try:
                code = compile(line, 'program', 'eval')
            except SyntaxError:
                exec(compile(line, 'program', 'exec'), space)
            else:
                result['value'] = show(eval(code, space)).replace(folder, 'D')
    except Exception as error:  # whatever it is: that is the outcome
        result.pop('value', None)
        result.update(error=type(error).__name__, facts=facts(str(error).replace(folder, 'D')))
    if printed.getvalue():
        result['printed'] = printed.getvalue().replace(folder, 'D')
    return result


def read(name):
    """The lines of a file in expressions/."""
    with open(os.path.join(FOLDER, name + '.txt'), encoding='utf-8') as file:
        lines = [line.rstrip('\n') for line in file]
    return [line for line in lines if line and not line.startswith('#')]


def names():
    """The names of the files in expressions/."""
    return sorted(name[:-len('.txt')] for name in os.listdir(FOLDER))
