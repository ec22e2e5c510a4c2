"""Variables and their scopes, beyond the recorded programs."""

import headrace as tf
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize('make, kind, text', [
    (lambda: tf.variable_scope(None), TypeError, 'If default_name is None then name_or_scope is required'),
    (lambda: tf.variable_scope(3), TypeError, 'name_or_scope must be a string or VariableScope'),
    (lambda: tf.variable_scope('a', reuse='x'), ValueError, 'The reuse parameter must be True or False or None'),
    (lambda: tf.variable_scope(None, 'd', reuse=True), ValueError, 'reuse=True cannot be used without a name_or_scope'),
    (lambda: tf.get_variable('v', [2], initializer=3.0), ValueError, 'is a constant, do not specify shape'),
    (lambda: tf.get_variable('v', dtype=tf.int32, initializer=1.0), ValueError, 'Initializer type'),
    (lambda: tf.get_variable('v', [None]), ValueError, 'fully defined'),
    (lambda: tf.get_variable('v', [2], custom_getter=3), ValueError, 'custom_getter which is not callable'),
    (lambda: tf.get_variable('v', [2], collections='abc'), ValueError, 'must be a list, tuple, or set'),
    (lambda: tf.get_variable('v', [2], initializer=lambda shape: 1), TypeError, "keyword argument 'dtype'"),
    (lambda: tf.get_variable('v', [2], regularizer=3), TypeError, 'not callable'),
    (lambda: tf.Variable(), ValueError, 'initial_value must be specified'),
    (lambda: tf.Variable(1, constraint=3), ValueError, '`constraint` argument must be a callable'),
    (lambda: tf.Variable(tf.placeholder(tf.float32)), ValueError, 'must have a shape specified'),
    (lambda: len(tf.Variable([1, 2])), TypeError, 'no len'),
    (lambda: list(tf.Variable([1, 2])), TypeError, 'not iterable'),
    (lambda: tf.Variable(1.0).load(2.0), ValueError, 'default session should be established'),
])
def test_refusals(make, kind, text):
    with pytest.raises(kind, match=text):
        make()


def test_settings_of_a_scope_can_be_changed():
    with tf.variable_scope('a', initializer=tf.ones_initializer()) as scope:
        scope.set_caching_device('/cpu:0')
        scope.set_dtype(tf.float64)
        scope.set_regularizer(tf.reduce_sum)
        v = tf.get_variable('v', [2])
        assert (v.dtype.base_dtype, v.value().device, scope.dtype) == (tf.float64, '/device:CPU:0', tf.float64)
        scope.set_custom_getter(lambda getter, *args, **kwargs: (getter(*args, **kwargs), 'more'))
        assert tf.get_variable('w', [2])[1] == 'more'
        scope.set_custom_getter(None)
        scope.set_regularizer(None)
        assert tf.get_variable('u', [2]).op.type == 'VariableV2'
        assert [x.name for x in scope.global_variables()] == ['a/v:0', 'a/w:0', 'a/u:0']
    assert [loss.name for loss in tf.get_collection('regularization_losses')] == ['a/v/Regularizer/Sum:0',
                                                                                  'a/w/Regularizer/Sum:0']


def test_a_getter_is_told_everything_and_replaces_that_of_the_scope():
    told = []

    def getter(getter, *args, **kwargs):
        told.append(kwargs)
        return getter(*args, **kwargs)

    def other(getter, name, shape=None, **kwargs):
        return getter(name, shape, **kwargs)

    with tf.variable_scope('s', custom_getter=getter):
        tf.get_variable('own', [1], custom_getter=other)
        assert told == []
        with tf.variable_scope('inner', custom_getter=other, reuse=tf.AUTO_REUSE):
            tf.get_variable('v', [2], trainable=False, collections=['c', 'variables'])
        tf.get_variable('list', initializer=[1.0, 2.0])
    first, second = told
    assert sorted(first) == ['aggregation', 'caching_device', 'collections', 'constraint', 'dtype', 'initializer',
                             'name', 'partitioner', 'regularizer', 'reuse', 'shape', 'synchronization', 'trainable',
                             'use_resource', 'validate_shape']
    assert (first['name'], first['reuse'], first['trainable'], first['collections'], first['initializer']) == (
        's/inner/v', tf.AUTO_REUSE, False, ['c', 'variables'], None)
    assert (second['initializer'], second['shape'], second['reuse']) == ([1.0, 2.0], None, False)
    assert tf.get_collection('trainable_variables')[-1].dtype.base_dtype == tf.float32


def test_initializers_without_a_shape():
    assert tf.get_variable('v', initializer=lambda: np.ones([3], np.float32)).shape.as_list() == [3]


def test_creators_may_change_what_is_made():
    def creator(next_creator, **kwargs):
        value = kwargs['initial_value']
        kwargs['initial_value'] = (lambda: value() * 2) if callable(value) else value * 2
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator), tf.variable_creator_scope(creator):
        v, w = tf.Variable(1.0), tf.get_variable('w', [2], initializer=tf.ones_initializer())
    plain = tf.Variable(1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(w), [4, 4])
        assert session.run([v, plain]) == [4.0, 1.0]


def test_callables_may_not_be_called_later():
    kept = []
    tf.get_variable('v', [1], custom_getter=lambda getter, **kwargs: kept.append((getter, kwargs)) or getter(**kwargs))
    with pytest.raises(RuntimeError, match='only while the custom getter runs'):
        kept[0][0](**kept[0][1])

    def creator(next_creator, **kwargs):
        kept.append((next_creator, kwargs))
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        tf.get_variable('w', [1])
    with pytest.raises(RuntimeError, match='only while the creator runs'):
        kept[1][0](**kept[1][1])
    with pytest.raises(RuntimeError, match='only while the creator runs'):
        kept[1][1]['initial_value']()


def test_an_error_of_a_callable_leaves_the_graph_usable():
    with pytest.raises(KeyError, match='mine'):
        tf.get_variable('v', [1], initializer=lambda *args, **kwargs: {}['mine'])
    assert tf.get_variable('u', [1]).name == 'u:0'
    with pytest.raises(ValueError, match='already exists'):  # the exception before does not come back
        tf.get_variable('u', [1])


def test_slices_are_assigned_to():
    v = tf.Variable([1.0, 2.0, 3.0])
    changed = v[1:].assign([7.0, 8.0])
    assert changed.name == 'strided_slice/_assign:0'
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(changed)
        np.testing.assert_array_equal(session.run(v), [1, 7, 8])


def test_templates():
    template = tf.make_template('t', lambda x: x * tf.get_variable('scale', initializer=2.0))
    assert (template.variable_scope, template.variables) == (None, [])
    template(1.0), template(2.0)
    assert [v.name for v in template.trainable_variables] == ['t/scale:0']
    growing = tf.make_template('grows', lambda: tf.Variable(1.0))
    growing()
    with pytest.raises(ValueError, match='Trainable variable created when calling a template after the first time'):
        growing()
    with pytest.raises(ValueError, match='name cannot be None'):
        tf.make_template(None, len)


def test_collections_are_live_lists():
    live = tf.get_collection_ref('variables')
    v = tf.Variable(1.0)
    assert live == [v] and list(live) == [v] and len(live) == 1 and v in live
    live.remove(v)
    assert tf.global_variables() == []


def test_variables_in_parts():
    told = []

    def initializer(shape, dtype, partition_info):
        told.append((shape, partition_info.full_shape, partition_info.var_offset, partition_info.single_offset(shape)))
        return tf.fill(shape, float(len(told)))

    partitioner = tf.fixed_size_partitioner(2)
    v = tf.get_variable('v', [5, 2], initializer=initializer, partitioner=partitioner)
    assert told == [([3, 2], [5, 2], [0, 0], 0), ([2, 2], [5, 2], [3, 0], 3)]
    assert (v.name, [part.name for part in v], v.shape.as_list(), v.dtype, v._get_partitions()) == (
        'v', ['v/part_0:0', 'v/part_1:0'], [5, 2], tf.float32, [2, 1])
    assert not isinstance(v, tf.Variable)
    fixed = tf.get_variable('w', [4], initializer=tf.constant([1.0, 2.0, 3.0, 4.0]),
                            partitioner=lambda shape, dtype: [2])
    assert tf.get_variable('scalar', [], partitioner=partitioner).name == 'scalar:0'
    with tf.variable_scope('', reuse=True):
        assert tf.get_variable('v', [5, 2]) is v
        with pytest.raises(ValueError, match=r'specified shape \(4, 2\) and found shape \(5, 2\)'):
            tf.get_variable('v', [4, 2])
    changed = v.assign(tf.ones([5, 2]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(v + 0.0)[:, 0], [1, 1, 1, 2, 2])
        np.testing.assert_array_equal(session.run(tf.convert_to_tensor(fixed)), [1, 2, 3, 4])
        session.run(changed)
        np.testing.assert_array_equal(session.run(v.as_tensor()), np.ones((5, 2)))


@pytest.mark.parametrize('partitioner, text', [
    (3, 'Partitioner must be callable'),
    (lambda shape, dtype: 2, 'must return a sequence'),
    (lambda shape, dtype: [2], "does not match the Variable's rank"),
    (lambda shape, dtype: [0, 1], 'zero partitions'),
    (lambda shape, dtype: [2, 2], 'Can only slice a variable along one dimension'),
    (lambda shape, dtype: [9, 1], 'into 9 parts'),
    (tf.fixed_size_partitioner(2, axis=5), 'Cannot partition axis 5'),
])
def test_partitioners_that_are_refused(partitioner, text):
    with pytest.raises(ValueError, match=text):
        tf.get_variable('v', [4, 2], partitioner=partitioner)


def test_whole_variables_and_those_in_parts_have_names_of_their_own():
    tf.get_variable('parts', [4], partitioner=tf.fixed_size_partitioner(2))
    tf.get_variable('whole', [4])
    with pytest.raises(ValueError, match='already exists'):
        tf.get_variable('parts', [4], partitioner=tf.fixed_size_partitioner(2))
    with pytest.raises(ValueError, match='an unpartitioned version of the variable was found: whole'):
        tf.get_variable('whole', [4], partitioner=tf.fixed_size_partitioner(2))
    with tf.variable_scope('', reuse=True), pytest.raises(ValueError, match='PartitionedVariable none does not exist'):
        tf.get_variable('none', [4], partitioner=tf.fixed_size_partitioner(2))


def test_sizes_of_parts():
    assert tf.variable_axis_size_partitioner(64)(tf.TensorShape([100, 4]), tf.float32) == [25, 1]
    assert tf.variable_axis_size_partitioner(64, max_shards=3)(tf.TensorShape([100, 4])) == [3, 1]
    assert tf.min_max_variable_partitioner(8, min_slice_size=400)(tf.TensorShape([100, 4])) == [4, 1]
    assert tf.min_max_variable_partitioner(8)(tf.TensorShape([100, 4])) == [1, 1]
    with pytest.raises(ValueError, match='max_shards'):
        tf.variable_axis_size_partitioner(64, max_shards=0)


def test_layers_in_parts():
    with tf.variable_scope('s', partitioner=tf.fixed_size_partitioner(2)):
        layer = tf.layers.Dense(2, kernel_regularizer=tf.contrib.layers.l2_regularizer(1.0), kernel_initializer='ones')
        out = layer(tf.ones([1, 3]))
    assert [len(v) for v in layer.weights] == [2, 2]
    assert len(tf.get_collection('regularization_losses')) == 2
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(out), [[3, 3]])
