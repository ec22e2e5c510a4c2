"""What the parts share. Run by run_part.py of this folder."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'parts'))
from timing import best, report  # noqa: E402,F401  (the same clock as the other side's)


def time_functions(functions, scale=1e6, unit='us'):
    """Reports what a call of each of {name: function} costs."""
    for name, function in functions.items():
        report(name, best(function) * scale, unit)
