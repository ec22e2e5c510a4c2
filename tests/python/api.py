"""The public names of TensorFlow 1.15 and what Headrace has under them."""

import gzip
import importlib
import inspect
import os
import re

RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'recorded', 'api-1.15.tsv.gz')
_MISSING = object()
# What a decorator of TensorFlow's left of a signature: any arguments.
_ANYTHING = re.compile(r'\((self, )?\*args, \*\*kw\w+\)$')


def read():
    """The rows (symbol, kind, signature) of the recorded list."""
    with gzip.open(RECORDED, 'rt', encoding='utf-8') as file:
        rows = [line.rstrip('\n').split('\t') for line in file]
    return [tuple(row + [''] * (3 - len(row))) for row in rows if row[0] != 'symbol']


def find(symbol):
    """What stands at a public place.

    Args:
      symbol: for example 'tf.train.Saver.save'.

    Returns:
      The object; `missing(object)` where there is none.
    """
    value = importlib.import_module('headrace')
    for name in symbol.split('.')[1:]:
        try:
            value = getattr(value, name)
        except (AttributeError, ImportError):
            return _MISSING
    return value


def missing(value):
    """Whether `find` found nothing."""
    return value is _MISSING


def _signature(value):
    """The signature of a function or class as text, or None where Python does not know it."""
    if isinstance(value, type):
        value = next((f for f in (value.__new__, value.__init__) if inspect.isfunction(f)), value)
    try:
        return str(inspect.signature(value))
    except (TypeError, ValueError):
        return None


def _inherited_from_python(value):
    module = getattr(value, '__module__', None) or getattr(value, '__objclass__', value).__module__ or ''
    return module.partition('.')[0] in ('unittest', 'builtins', 'enum') or inspect.isbuiltin(value)


def _parameters(text):
    """The parameters of a signature's text, without the object or class of a method."""
    # Defaults that have no short form of their own are recorded by the name of their class, lists too; dtypes by their names.
    text = re.sub(r'<(\w+)\.\w+: [^>]*>', r'\1', text)
    text = re.sub(r'<(?:[\w.]*\.)?(\w+) object at [^>]*>', r'\1', text)
    text = re.sub(r'\btf\.(\w+)', r'\1', text)
    text = re.sub(r'=\[[^\]]*\]', '=list', text)
    depth, part, parts = 0, '', []
    for character in text.strip()[1:-1]:
        depth += character in '([{'
        depth -= character in ')]}'
        if character == ',' and depth == 0:
            parts.append(part.strip())
            part = ''
        else:
            part += character
    parts = [each for each in [*parts, part.strip()] if each]
    return [each for each in parts[parts[:1] in (['self'], ['cls']):] if each != '/']


def _agree(wanted, got):
    """Whether parameters are the wanted ones; more that have defaults may follow them."""
    if got[:len(wanted)] == wanted:
        return all('=' in each or each.startswith('*') for each in got[len(wanted):])
    return False


def problem(symbol, kind, signature):
    """What is wrong with a public name, or None.

    Args:
      symbol: a row's name.
      kind: its kind.
      signature: its signature, or its value.

    Returns:
      Text.
    """
    value = find(symbol)
    if missing(value):
        return 'is missing'
    if kind in ('property', 'message'):
        return None
    if kind == 'value':
        simple = isinstance(value, (int, float, str, type(None))) and not isinstance(value, bool)
        agrees = signature in (repr(value), type(value).__name__)
        return f'is {value!r}, not {signature}' if simple and not agrees else None
    if not callable(value):
        return f'is no {kind}'
    if _ANYTHING.match(signature) or not signature or _inherited_from_python(value):
        return None
    got = _signature(value)
    if got is None:
        return 'has no signature that Python can tell'
    return None if _agree(_parameters(signature), _parameters(got)) else f'takes {got}, not {signature}'
