#!/usr/bin/env python3
"""A part of ../parts in PyTorch: run_part.py eager|compiled PART THREADS. Prints NAME<TAB>VALUE<TAB>UNIT.

`compiled` puts torch.compile around what is timed."""

import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main():
    mode, part, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    import numpy as np
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(42)
    wrap = torch.compile if mode == 'compiled' else lambda function: function
    importlib.import_module('torch_' + part).measure(torch, np, wrap)


main()
