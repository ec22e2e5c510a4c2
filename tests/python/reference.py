"""The reference, where it is installed: an interpreter with TensorFlow 1.15."""

import functools
import json
import os
import subprocess
import sys

import pytest

@functools.lru_cache(maxsize=None)
def interpreter():
    """The path in TENSORFLOW_PYTHON, else ~/tf115/bin/python, where it has TensorFlow 1.15; else None."""
    path = os.environ.get("TENSORFLOW_PYTHON", os.path.expanduser("~/tf115/bin/python"))
    if not os.path.exists(path):
        return None
    found = subprocess.run([path, "-c", "import tensorflow; print(tensorflow.__version__)"], capture_output=True,
                           text=True)
    return path if found.stdout.startswith("1.15.") else None


# Runs programs one after the other, each in a folder and a graph of its own; says what each printed, or its error.
DRIVER = """
import contextlib, io, json, os, sys, traceback
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)

with open(sys.argv[1]) as stream:
    programs = json.load(stream)
said, home = {}, os.getcwd()
for name, text in programs.items():
    os.makedirs(os.path.join(home, name), exist_ok=True)
    os.chdir(os.path.join(home, name))
    tf.reset_default_graph()
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(text, name, "exec"), {"tf": tf, "np": np, "json": json})
        said[name] = [printed.getvalue(), None]
    except Exception:
        said[name] = [printed.getvalue(), traceback.format_exc()]
os.chdir(home)
with open(sys.argv[2], "w") as stream:
    json.dump(said, stream)
"""


def run(module, programs, folder):
    """What programs print that use `tf` and `np`, run with 'headrace' or 'tensorflow'.

    Args:
      module: which.
      programs: from names to texts.
      folder: each program runs in a folder of its name in it.

    Returns:
      From names to (what was printed, None or a traceback). Skips the test where the reference is not installed.
    """
    if module == "tensorflow" and interpreter() is None:
        pytest.skip("TensorFlow 1.15 is not installed (TENSORFLOW_PYTHON)")
    python = interpreter() if module == "tensorflow" else sys.executable
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
    if module == "tensorflow":
        environment.pop("PYTHONPATH", None)
    texts, said = os.path.join(folder, "programs.json"), os.path.join(folder, "said.json")
    with open(texts, "w", encoding="utf-8") as stream:
        json.dump(programs, stream)
    driver = DRIVER.replace("import tensorflow as tf", "import %s as tf" % module)
    done = subprocess.run([python, "-c", driver, texts, said], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    with open(said, encoding="utf-8") as stream:
        return json.load(stream)
