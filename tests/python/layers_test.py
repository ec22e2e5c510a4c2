"""Layers as objects, beyond the recorded programs: what they say, refuse, collect."""

import headrace as tf
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def placeholder():
    return tf.placeholder(tf.float32, [None, 6], name='x')


def test_a_layer_before_and_after_its_first_call():
    layer = tf.layers.Dense(3, name='d')
    assert (layer.built, layer.dtype, layer.variables) == (False, None, [])
    assert repr(layer.input_spec) == 'InputSpec(min_ndim=2)'
    with pytest.raises(ValueError, match='because the layer "d" has not been used yet'):
        layer.scope_name
    with pytest.raises(ValueError, match="You tried to call `count_params` on d, but the layer isn't built"):
        layer.count_params()
    layer(placeholder())
    assert (layer.built, layer.dtype, layer.scope_name, layer.count_params()) == (True, 'float32', 'd', 21)
    assert repr(layer.input_spec) == 'InputSpec(min_ndim=2, axes={-1: 6})'
    assert [v.name for v in layer.weights] == ['d/kernel:0', 'd/bias:0']
    with pytest.raises(AttributeError, match='Layer d is not connected, no input to return'):
        layer.input


@pytest.mark.parametrize('make, kind, text', [
    (lambda: tf.layers.Dense(3)(tf.constant([1, 2])), ValueError, 'expected min_ndim=2, found ndim=1'),
    (lambda: tf.layers.Dense(3)(tf.constant([[1, 2]])), TypeError, 'non-floating point dtype'),
    (lambda: tf.layers.Dense(3)(tf.placeholder(tf.float32, (2, None))), ValueError, 'last dimension of the inputs'),
    (lambda: tf.layers.Dense(3)(tf.placeholder(tf.float32)), ValueError, 'its rank is undefined'),
    (lambda: tf.layers.Dense(3, foo=1), TypeError, 'Keyword argument not understood'),
    (lambda: tf.layers.flatten(tf.ones([])), ValueError, 'expected min_ndim=1, found ndim=0'),
    (lambda: tf.layers.Flatten(data_format='x'), ValueError, 'data_format'),
    (lambda: tf.layers.Dense(2, activation='nothing'), ValueError, 'Unknown activation function:nothing'),
    (lambda: tf.layers.dropout(tf.ones([2]), training='yes'), TypeError, 'condition'),
    (lambda: tf.layers.batch_normalization(tf.placeholder(tf.float32, (2, None))), ValueError, 'undefined `axis`'),
    (lambda: tf.layers.batch_normalization(tf.placeholder(tf.float32)), ValueError, 'undefined rank'),
    (lambda: tf.layers.batch_normalization(placeholder(), axis=4), ValueError, 'Invalid axis: 4'),
    (lambda: tf.layers.batch_normalization(placeholder(), axis=[1, -1]), ValueError, 'Duplicate axis'),
    (lambda: tf.contrib.layers.batch_norm(placeholder(), data_format='x'), ValueError, 'either NCHW or NHWC'),
    (lambda: tf.contrib.layers.batch_norm(tf.placeholder(tf.float32, (2, None))), ValueError, 'undefined'),
    (lambda: tf.layers.InputSpec(ndim=2, axes={3: 1}), ValueError, 'Axis 3 is greater'),
])
def test_refusals(make, kind, text):
    with pytest.raises(kind, match=text):
        make()


def test_a_built_layer_refuses_other_sizes():
    layer = tf.layers.Dense(3, name='d')
    layer(placeholder())
    with pytest.raises(ValueError, match=r'expected axis -1 of input shape to have value 6 but .* shape \[2, 5\]'):
        layer(tf.ones([2, 5]))


def test_own_layers_collect_losses_and_updates():
    class Counting(tf.layers.Layer):
        def build(self, input_shape):
            self.count = self.add_weight('count', [2], dtype=tf.int32, trainable=False, initializer='zeros')
            self.scale = self.add_weight('scale', [2], regularizer=tf.reduce_sum)

        def call(self, inputs):
            self.add_loss(tf.reduce_sum(inputs), inputs=inputs)
            self.add_update(tf.no_op(), inputs=True)
            self.add_update(self.count.assign_add([1, 1]))
            self.add_loss(lambda: tf.constant(2.0))
            return inputs

    x, layer = placeholder(), Counting(name='t')
    assert layer(x) is x
    assert [v.name for v in layer.weights] == ['t/scale:0', 't/count:0']
    assert [loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)] == [
        't/scale/Regularizer/Sum:0', 't/Sum:0', 't/Const_1:0']
    assert [op.name for op in tf.get_collection(tf.GraphKeys.UPDATE_OPS)] == ['t/NoOp', 't/AssignAdd']
    assert [loss.name for loss in layer.losses] == ['t/Sum:0', 'scale/Regularizer/Sum:0', 'Const:0']
    assert [loss.name for loss in layer.get_losses_for(x)] == ['t/Sum:0']
    assert [op.name for op in layer.get_updates_for(None)] == ['t/AssignAdd']
    layer.trainable = False
    assert (layer.trainable_weights, layer.updates) == ([], [])
    assert [v.name for v in layer.non_trainable_weights] == ['t/scale:0', 't/count:0']


def test_calls_take_scopes_and_arrays():
    class Shown(tf.layers.Layer):
        def call(self, inputs, scope=None):
            return inputs + 1.0, scope.name

    assert Shown()(placeholder(), scope='given')[1] == 'given'
    out = tf.layers.Dense(2)(np.ones((2, 3)))
    assert (out.shape.as_list(), out.dtype) == ([2, 2], tf.float64)
    with pytest.raises(ValueError, match='expects 1 inputs, but it received 2 input tensors'):
        tf.layers.Dense(2)([[1.0, 2.0]])


def test_weights_in_a_session():
    layer = tf.layers.Dense(2)
    out = layer(tf.ones([1, 3]))
    with tf.Session():
        tf.global_variables_initializer().run()
        layer.set_weights([np.ones((3, 2)), np.array([1.0, 2.0])])
        np.testing.assert_array_equal(out.eval(), [[4, 5]])
        np.testing.assert_array_equal(layer.get_weights()[1], [1, 2])
        with pytest.raises(ValueError, match='weight list of length 1'):
            layer.set_weights([np.ones(2)])


def test_layers_of_another_getter():
    """What a getter makes of a variable is what a layer computes with."""
    with tf.variable_scope('outer', custom_getter=lambda getter, *args, **kwargs: getter(*args, **kwargs) * 3.0):
        out = tf.layers.dense(tf.ones([1, 2]), 1, kernel_initializer=tf.ones_initializer())
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(out) == 6.0


def test_deprecated_functions_warn_once(monkeypatch):
    said = []
    monkeypatch.setattr(tf.logging, 'warning', lambda *args: said.append(args))
    monkeypatch.setattr('headrace.core.deprecation._given', set())
    for _ in range(2):
        tf.layers.flatten(tf.ones([2, 2]))
    assert len(said) == 1 and 'Use keras.layers.flatten instead.' in said[0]
