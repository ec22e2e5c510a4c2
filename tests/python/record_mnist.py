"""Records the batches that TensorFlow 1.15 makes of the MNIST files in data/mnist.

    TENSORFLOW_PYTHON tests/python/record_mnist.py

writes recorded/mnist.json.
"""

import json
import os
import sys
import warnings

folder = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, folder)
warnings.filterwarnings('ignore')

import tensorflow as tf  # noqa: E402
from tensorflow.examples.tutorials.mnist import input_data  # noqa: E402

import mnist_cases  # noqa: E402

tf.logging.set_verbosity(tf.logging.ERROR)
data = os.path.join(os.path.dirname(os.path.dirname(folder)), 'data', 'mnist')
with open(os.path.join(folder, 'recorded', 'mnist.json'), 'w') as file:
    json.dump(mnist_cases.cases(tf, input_data, data), file, indent=1, sort_keys=True)
    file.write('\n')
