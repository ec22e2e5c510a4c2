"""Records what TensorFlow 1.15's timeline makes of step statistics.

    TENSORFLOW_PYTHON tests/python/record_timeline.py

writes recorded/timeline.json: a list of {step_stats (text format), maximums, traces: [options, trace]}. The
statistics are those of a training step and of devices made up in timeline_synthetic.txt.
"""

import json
import os
import warnings

warnings.filterwarnings('ignore')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from google.protobuf import text_format  # noqa: E402
from tensorflow.core.framework import step_stats_pb2  # noqa: E402
from tensorflow.python.client import timeline  # noqa: E402

FOLDER = os.path.dirname(os.path.abspath(__file__))


def trained():
    """The statistics of a step."""
    a = tf.placeholder(tf.float32, [100, 50], name='a')
    v = tf.Variable(tf.random_normal([50, 20], seed=1), name='v')
    loss = tf.reduce_sum(tf.matmul(a, v, name='m'), name='loss')
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    metadata = tf.RunMetadata()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run([loss, train], {a: np.ones((100, 50))}, run_metadata=metadata,
                    options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE))
    return metadata.step_stats


def main():
    """Writes the file."""
    with open(os.path.join(FOLDER, 'timeline_synthetic.txt')) as file:
        synthetic = text_format.Parse(file.read(), step_stats_pb2.StepStats())
    recorded = []
    for step_stats in (trained(), synthetic, step_stats_pb2.StepStats()):
        analysis = timeline.Timeline(step_stats).analyze_step_stats()
        maximums = {name: [maximum.timestamp, maximum.num_bytes, sorted(maximum.tensors)]
                    for name, maximum in analysis.allocator_maximums.items()}
        traces = [[options, json.loads(timeline.Timeline(step_stats).generate_chrome_trace_format(**options))]
                  for options in ({}, {'show_memory': True}, {'show_dataflow': False, 'show_memory': True})]
        recorded.append({'step_stats': text_format.MessageToString(step_stats, as_one_line=True),
                         'maximums': maximums, 'traces': traces})
    with open(os.path.join(FOLDER, 'recorded', 'timeline.json'), 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(each, sort_keys=True) for each in recorded) + '\n]\n')


main()
