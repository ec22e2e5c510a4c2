#!/usr/bin/env python3
"""One part of what Python programs do, over Headrace or a TensorFlow: the same program, another import.

    run_part.py MODULE PART THREADS     MODULE: headrace, tensorflow, tensorflow.compat.v1

PART is a file of parts/; THREADS how many may work. Prints NAME<TAB>VALUE<TAB>UNIT. compare.py runs the parts by turns;
a process measures one part, because TensorFlow makes its threads once a process.
"""

import importlib
import os
import sys
import time

STARTED = time.perf_counter()


def main():
    module, part, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'parts'))
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    import numpy as np  # what every program has
    started = time.perf_counter()
    tf = importlib.import_module(module)
    imported = time.perf_counter() - started
    if part == 'footprint':
        from timing import report, resident
        report('import', (imported + started - STARTED) * 1e3, 'ms')
        report('resident_after_import', resident() / 2**20, 'MiB')
    tf.logging.set_verbosity(tf.logging.ERROR)
    if module == 'tensorflow.compat.v1':
        tf.disable_v2_behavior()
    importlib.import_module(part).measure(tf, np, threads)


main()
