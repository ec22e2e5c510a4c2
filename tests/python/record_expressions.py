"""Records what the lines in expressions/ do in TensorFlow 1.15.

    TENSORFLOW_PYTHON tests/python/record_expressions.py [NAME ...]

writes recorded/expressions/NAME.json: a list of [line, outcome].
"""

import json
import os
import sys
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
warnings.filterwarnings('ignore')

import tensorflow as tf  # noqa: E402
import tensorflow.contrib  # noqa: E402, F401

import expressions  # noqa: E402

for name in sys.argv[1:] or expressions.names():
    lines = expressions.read(name)
    recorded = list(zip(lines, expressions.outcomes(lines, tf)))
    path = os.path.join(os.path.dirname(expressions.FOLDER), 'recorded', 'expressions', name + '.json')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(each, sort_keys=True) for each in recorded) + '\n]\n')
    print(path, len(recorded), 'lines')
