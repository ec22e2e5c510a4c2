"""Input functions of pandas' frames, against batches of TensorFlow 1.15 (recorded/pandas.txt).

    TENSORFLOW_PYTHON tests/python/pandas_program.py > tests/python/recorded/pandas.txt
"""

import os

import pytest

import headrace as tf

from pandas_program import batches

pytest.importorskip('pandas')


def test_batches_are_those_of_tensorflow():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'recorded', 'pandas.txt')
    with open(path, encoding='utf-8') as file:
        assert batches(tf) == file.read().splitlines()
