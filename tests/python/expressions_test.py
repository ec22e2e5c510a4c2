"""Lines of Python do in Headrace what they did in TensorFlow 1.15; see expressions.py."""

import json
import os

import pytest

import expressions
import headrace as tf

TEXTS_OF_OUR_OWN = ['testing']  # whose errors share the class, not the form of numbers
RECORDED = os.path.join(os.path.dirname(__file__), 'recorded', 'expressions')


def recorded(name):
    with open(os.path.join(RECORDED, name + '.json'), encoding='utf-8') as file:
        return json.load(file)


@pytest.mark.parametrize('name', expressions.names())
def test_expressions(name):
    lines = expressions.read(name)
    expected = recorded(name)
    assert lines == [line for line, _ in expected], 'recorded/ is older than expressions/'
    wrong = []
    for (line, want), got in zip(expected, expressions.outcomes(lines, tf)):
        missing = set(want.pop('facts', [])) - set(got.pop('facts', [])) if name not in TEXTS_OF_OUR_OWN else set()
        want.pop('facts', None)
        got.pop('facts', None)
        if got != want or missing:
            wrong.append(f'{line}\n    wanted {want}\n    got    {got}' + (f', without {missing}' if missing else ''))
    assert not wrong, '\n' + '\n'.join(wrong)
