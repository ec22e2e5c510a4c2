"""Records what logging_program.py prints to standard error in TensorFlow 1.15, without its remarks on names.

    TENSORFLOW_PYTHON tests/python/record_logging.py

writes recorded/logging.txt.
"""

import os
import subprocess
import sys

folder = os.path.dirname(os.path.abspath(__file__))
program = ('import warnings; warnings.filterwarnings("ignore")\nimport tensorflow.compat.v1 as tf\n'
           'exec(compile(open("logging_program.py").read(), "logging_program.py", "exec"))')
done = subprocess.run([sys.executable, '-W', 'ignore', '-c', program], cwd=folder, stderr=subprocess.PIPE, check=True)
with open(os.path.join(folder, 'recorded', 'logging.txt'), 'wb') as file:
    file.write(done.stderr)
