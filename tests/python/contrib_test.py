"""tf.contrib.layers and tf.contrib.framework, beyond the recorded programs."""

import headrace as tf
import numpy as np
import pytest
from headrace.contrib import framework, layers


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_argument_scopes():
    @framework.add_arg_scope
    def shown(x, a=1, *, b=2):
        return x, a, b

    assert framework.arg_scoped_arguments(shown) == ('a', 'b')
    with framework.arg_scope([shown], a=5) as scope:
        assert framework.current_arg_scope() is scope
        with framework.arg_scope([shown], b=6):
            assert shown(0) == (0, 5, 6) and shown(0, b=1) == (0, 5, 1)

    @framework.arg_scope([shown], a=77)
    def decorated():
        return shown(0)

    assert decorated() == (0, 77, 2) and shown(0) == (0, 1, 2)
    with pytest.raises(ValueError, match='not decorated with @add_arg_scope'):
        with framework.arg_scope([len], a=1):
            pass
    with pytest.raises(TypeError, match='list/tuple or reused scope'):
        with framework.arg_scope(shown, a=1):
            pass
    with pytest.raises(ValueError, match='kwargs must be empty'):
        with framework.arg_scope(scope, a=1):
            pass


def test_a_scope_places_the_variables_of_layers():
    with framework.arg_scope([framework.model_variable], device='/device:CPU:0'):
        layers.fully_connected(tf.ones([1, 2]), 3, scope='f')
    assert {v.device for v in tf.model_variables()} == {'/device:CPU:0'}
    assert [v.name for v in tf.model_variables()] == ['f/weights:0', 'f/biases:0']


def test_normalizers_aliases_and_collections():
    out = layers.fully_connected(tf.ones([1, 2]), 3, normalizer_fn=lambda x, scale: x * scale,
                                 normalizer_params={'scale': 2.0}, outputs_collections='outs', scope='f',
                                 variables_collections={'weights': ['w']})
    assert tf.get_collection('outs') == [out] and out.aliases == ['f']
    assert [v.name for v in tf.get_collection('w')] == [v.name for v in tf.model_variables()] == ['f/weights:0']
    assert list(layers.utils.convert_collection_to_dict('outs')) == ['f']
    with pytest.raises(ValueError, match='num_outputs type should be one of'):
        layers.fully_connected(tf.ones([1, 2]), 3.0)


def test_further_layers_compute():
    x = tf.constant([[1.0, 2.0], [3.0, 5.0]])
    biased = layers.bias_add(x, initializer=tf.ones_initializer(), activation_fn=tf.square)
    repeated = layers.repeat(x, 2, layers.fully_connected, 2, weights_initializer=tf.ones_initializer(), scope='rep')
    fetches = [biased, repeated, layers.softmax(tf.zeros([2, 3, 4])), layers.one_hot_encoding([1, 0], 2)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = session.run(fetches)
    np.testing.assert_allclose(values[0], [[4, 9], [16, 36]])
    np.testing.assert_allclose(values[1], [[6, 6], [16, 16]])
    np.testing.assert_allclose(values[2], np.full((2, 3, 4), 0.25))
    np.testing.assert_allclose(values[3], [[0, 1], [1, 0]])
    assert [v.op.name for v in tf.model_variables()[1:]] == [
        'rep/rep_1/weights', 'rep/rep_1/biases', 'rep/rep_2/weights', 'rep/rep_2/biases']


@pytest.mark.parametrize('make, kind, text', [
    (lambda: layers.l1_regularizer(1), ValueError, 'scale cannot be an integer: 1'),
    (lambda: layers.l2_regularizer(-1.0), ValueError, 'Setting a scale less than 0'),
    (lambda: layers.apply_regularization(layers.l1_regularizer(0.1)), ValueError, 'No weights to regularize'),
    (lambda: layers.variance_scaling_initializer(mode='X'), TypeError, 'Unknown mode X'),
    (lambda: layers.xavier_initializer(dtype=tf.int32), TypeError, 'non-floating point type'),
    (lambda: layers.stack(tf.ones([1, 2]), layers.fully_connected, 3), ValueError, 'stack_args need to be'),
    (lambda: framework.get_unique_variable('none'), ValueError, "Couldn't find variable none"),
    (lambda: framework.get_variables_to_restore(include='v'), TypeError, 'include is provided but is not a list'),
    (lambda: framework.assert_scalar(tf.ones([2])), ValueError, r'Expected scalar shape for ones:0, saw shape: \(2,\)'),
    (lambda: framework.assert_scalar_int(1.0), ValueError, 'Expected integer type'),
    (lambda: framework.assert_same_float_dtype([tf.constant(1)]), ValueError, 'Expected floating point type'),
    (lambda: framework.with_shape([3], tf.ones([2])), ValueError, 'Invalid shape'),
    (lambda: framework.assign_from_values({'none': np.zeros(2)}), ValueError, "Variable none wasn't found"),
    (lambda: framework.smart_cond('a', int, int), TypeError, 'must be a Tensor'),
])
def test_refusals(make, kind, text):
    with pytest.raises(kind, match=text):
        make()


def test_sums_of_penalties():
    w = tf.constant([1.0, -2.0])
    both = layers.sum_regularizer([layers.l1_regularizer(0.5), None, layers.l2_regularizer(2.0)], scope='sum')(w)
    assert layers.sum_regularizer([None]) is None
    assert layers.l1_l2_regularizer(0.0, 1.0)(w).name == 'l1_l2_regularizer:0'
    with tf.Session() as session:
        assert session.run(both) == 6.5


def test_assignments_from_a_checkpoint(tmp_path):
    v, w = tf.get_variable('v', [2]), tf.get_variable('w', [2])
    with tf.Session() as session:
        session.run([v.assign([1.0, 2.0]), w.assign([0.0, 0.0])])
        path = tf.train.Saver([v]).save(session, str(tmp_path / 'model.ckpt'))
        operation, feeds = framework.assign_from_checkpoint(path, {'v': w})
        session.run(operation, feeds)
        np.testing.assert_array_equal(session.run(w), [1, 2])
        session.run(v.assign([0.0, 0.0]))
        framework.assign_from_checkpoint_fn(path, [v, w], ignore_missing_vars=True)(session)
        np.testing.assert_array_equal(session.run(v), [1, 2])
        with pytest.raises(ValueError, match=r'Checkpoint is missing variable \[w\]'):
            framework.assign_from_checkpoint(path, [w])
    assert framework.list_variables(path) == [('v', [2])]


def test_summaries_of_layers():
    out = layers.relu(tf.ones([1, 2]), 3, scope='f')
    layers.summarize_activation(out)
    layers.summarize_tensor(tf.reduce_sum(out), 'total')
    layers.summarize_collection('model_variables', name_filter='f/w')
    assert [s.op.name for s in tf.get_collection('summaries')] == ['f/Relu/zeros', 'f/Relu/activation', 'total',
                                                                    'f/weights_summary']


def test_older_metrics_and_utilities():
    from headrace.contrib import metrics, util
    value, update = metrics.streaming_accuracy([1.0, 0.0], [1.0, 1.0], name='older')
    one, two = tf.constant([1.0]), tf.constant([2.0])
    relative, _ = metrics.streaming_mean_relative_error(two, one, normalizer=two)
    assert metrics.aggregate_metrics((value, update), (relative, update)) == ([value, relative], [update, update])
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        assert session.run(update) == 0.5 and value.op.name == 'older/value'
    np.testing.assert_array_equal(util.constant_value(tf.constant([1, 2])), [1, 2])
    assert util.constant_value(tf.placeholder(tf.int32)) is None
