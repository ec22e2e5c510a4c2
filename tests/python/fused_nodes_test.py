"""Step statistics and timelines name every node that a fused kernel does the work of."""

import json

import headrace as tf
import numpy as np
import pytest
from headrace.python.client import timeline

GRADIENT = 'gradients/product_grad/MatMul_1:MatMul'
UPDATE = 'GradientDescent/update_w/ApplyGradientDescent:ApplyGradientDescent'


def train(**switches):
    """The statistics of a step of a model with a chain of elementwise nodes."""
    tf.reset_default_graph()
    x = tf.placeholder(tf.float32, (4, 3), name='x')
    w = tf.get_variable('w', (3, 2), initializer=tf.ones_initializer())
    hidden = tf.tanh(tf.negative(tf.exp(x, name='exp'), name='neg'), name='tanh')
    loss = tf.reduce_sum(tf.square(tf.matmul(hidden, w, name='product'), name='square'), name='loss')
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    config = tf.ConfigProto()
    for name, value in switches.items():
        setattr(config.graph_options.rewrite_options, name, value)
    metadata = tf.RunMetadata()
    with tf.Session(config=config) as session:
        session.run(tf.global_variables_initializer())
        session.run(step, {x: np.ones((4, 3))}, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE),
                    run_metadata=metadata)
    return metadata.step_stats


def labels(step_stats):
    return {node.node_name: node.timeline_label for device in step_stats.dev_stats for node in device.node_stats}


def test_labels():
    have = labels(train())
    assert have['tanh'] == 'tanh = _FusedElementwise(x) of exp:Exp, neg:Neg, tanh:Tanh'
    name = UPDATE.split(':')[0]
    assert have[name].startswith(f'{name} = _FusedUpdate(w, GradientDescent/learning_rate, tanh, ')
    assert have[name].endswith(f') of {GRADIENT}, {UPDATE}')


def test_timeline():
    trace = json.loads(timeline.Timeline(train()).generate_chrome_trace_format())
    shown = {event['args']['name']: event['args'] for event in trace['traceEvents'] if event['ph'] == 'X'}
    tanh = shown['tanh']
    assert tanh['op'] == '_FusedElementwise' and tanh['input0'] == 'x'
    assert [tanh[f'node{i}'] for i in range(3)] == ['exp:Exp', 'neg:Neg', 'tanh:Tanh']
    update = shown[UPDATE.split(':')[0]]
    assert [update['node0'], update['node1']] == [GRADIENT, UPDATE]


@pytest.mark.parametrize('switches', ({'remapping': 2}, {'disable_meta_optimizer': True}))
def test_without_fusion_every_node_is_there(switches):
    have = labels(train(**switches))
    for member in ('exp:Exp', 'neg:Neg', 'tanh:Tanh', GRADIENT, UPDATE):
        name, op = member.split(':')
        assert have[name].startswith(f'{name} = {op}(')
        assert ' of ' not in have[name]
