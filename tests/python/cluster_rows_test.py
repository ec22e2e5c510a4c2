"""Programs about devices and clusters say what they said with TensorFlow 1.15; see cluster_rows.py."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def rows(text):
    """From names of programs to the lines that they said."""
    return {part.split('\n', 1)[0]: part.split('\n')[1:] for part in text.split('---- ')[1:]}


def test_rows():
    done = subprocess.run([sys.executable, os.path.join(HERE, 'cluster_rows.py'), 'headrace'], capture_output=True, text=True,
                          timeout=300)
    assert 'Traceback' not in done.stderr, done.stderr
    with open(os.path.join(HERE, 'recorded', 'cluster_rows.txt'), encoding='utf-8') as file:
        wanted = rows(file.read())
    said = rows(done.stdout)
    assert list(said) == list(wanted)
    for name, lines in wanted.items():
        assert said[name] == lines, name
