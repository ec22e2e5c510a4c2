import tensorflow as tf

import numpy as np


@mistake
def misspelt_argument():
    tf.matmul([[1.0]], [[1.0]], transpose_x=True)


@mistake
def misspelt_argument_of_op():
    tf.reduce_mean([1.0], axes=0)


@mistake
def misspelt_argument_of_class():
    tf.train.MomentumOptimizer(learning_rate=0.1, momentom=0.9)


@mistake
def missing_argument():
    tf.train.MomentumOptimizer(0.1)


@mistake
def missing_argument_of_op():
    tf.matmul([[1.0]])


@mistake
def missing_attribute_of_module():
    tf.nn.reluu


@mistake
def placeholder_without_type():
    tf.placeholder()


@mistake
def placeholder_of_unknown_type():
    tf.placeholder("flaot32")


@mistake
def placeholder_shape():
    tf.placeholder(tf.float32, shape="wide")


@mistake
def placeholder_negative_shape():
    tf.placeholder(tf.float32, shape=[-2])


@mistake
def variable_without_value():
    tf.Variable()


@mistake
def variable_of_none():
    tf.Variable(None)


@mistake
def variable_value_shape():
    tf.Variable([1.0, 2.0], expected_shape=[3], name="v", validate_shape=True)


@mistake
def variable_type_and_value():
    tf.Variable(1.5, dtype=tf.int32)


@mistake
def variable_as_bool():
    if tf.Variable(True):
        pass


@mistake
def variable_iterated():
    list(tf.Variable([1.0, 2.0]))


@mistake
def variable_initializer_of_wrong_type():
    tf.get_variable("v", [2], initializer="zeros and ones")


@mistake
def variable_initializer_not_callable():
    tf.get_variable("v", [2], tf.float32, [1.0, 2.0])


@mistake
def variable_name_missing():
    tf.get_variable()


@mistake
def variable_exists_at_root():
    tf.get_variable("v", [1])
    tf.get_variable("v", [1])


@mistake
def variable_exists_in_nested():
    with tf.variable_scope("a"), tf.variable_scope("b"):
        tf.get_variable("v", [1])
    with tf.variable_scope("a/b"):
        tf.get_variable("v", [1])


@mistake
def variable_missing_at_root():
    with tf.variable_scope("", reuse=True):
        tf.get_variable("v", [1])


@mistake
def reuse_is_text():
    with tf.variable_scope("s", reuse="yes"):
        tf.get_variable("v", [1])


@mistake
def reuse_turned_off():
    with tf.variable_scope("s", reuse=True) as scope:
        with tf.variable_scope(scope, reuse=False):
            tf.get_variable("v", [1])


@mistake
def scope_without_name():
    with tf.variable_scope(None):
        pass


@mistake
def scope_of_wrong_type():
    with tf.variable_scope(tf.constant(1.0)):
        pass


@mistake
def scope_default_with_reuse():
    with tf.variable_scope(None, "default", reuse=True):
        pass


@mistake
def name_scope_without_name():
    with tf.name_scope():
        pass


@mistake
def layer_exists():
    x = tf.ones([1, 2])
    tf.layers.dense(x, 3, name="hidden")
    tf.layers.dense(x, 3, name="hidden")


@mistake
def layer_reused_with_other_shape():
    tf.layers.dense(tf.ones([1, 2]), 3, name="hidden")
    tf.layers.dense(tf.ones([1, 4]), 3, name="hidden", reuse=True)


@mistake
def layer_missing():
    tf.layers.dense(tf.ones([1, 2]), 3, name="hidden", reuse=True)


@mistake
def layer_of_integers():
    tf.layers.dense(tf.constant([[1, 2]]), 3)


@mistake
def layer_object_with_other_shape():
    layer = tf.layers.Dense(3, name="layer")
    layer(tf.ones([1, 2]))
    layer(tf.ones([1, 4]))


@mistake
def fully_connected_units():
    tf.contrib.layers.fully_connected(tf.ones([1, 2]), 2.5)


@mistake
def fully_connected_exists():
    tf.contrib.layers.fully_connected(tf.ones([1, 2]), 2, scope="same")
    tf.contrib.layers.fully_connected(tf.ones([1, 2]), 2, scope="same")


@mistake
def fully_connected_last_unknown():
    tf.contrib.layers.fully_connected(tf.placeholder(tf.float32, (2, None)), 2)


@mistake
def dropout_probability():
    tf.nn.dropout(tf.ones([2]), 1.5)


@mistake
def dropout_of_integers():
    tf.nn.dropout(tf.constant([1, 2]), 0.5)


@mistake
def regularizer_negative():
    tf.contrib.layers.l2_regularizer(-1.0)


@mistake
def regularizer_integer():
    tf.contrib.layers.l1_regularizer(1)


@mistake
def finalized_by_layer():
    x = tf.ones([1, 2])
    tf.get_default_graph().finalize()
    tf.layers.dense(x, 3)


@mistake
def reset_inside_graph():
    with tf.Graph().as_default():
        tf.reset_default_graph()


@mistake
def collection_is_missing():
    assert tf.get_collection("nothing") == []
    tf.get_collection_ref("nothing").append(1)
    assert tf.get_collection("nothing") == [1]


@mistake
def set_shape_rank():
    tf.placeholder(tf.float32, (None, 2)).set_shape([2])


@mistake
def dimension_as_int():
    int(tf.placeholder(tf.float32, (None, 3)).get_shape()[0])


@mistake
def shape_of_unknown_rank():
    len(tf.placeholder(tf.float32).get_shape())


@mistake
def shape_as_list_of_unknown_rank():
    tf.placeholder(tf.float32).get_shape().as_list()


@mistake
def shapes_merged():
    tf.TensorShape([2, None]).merge_with([3, 4])


@mistake
def tensor_len():
    len(tf.constant([1.0, 2.0]))


@mistake
def tensor_in_numpy():
    np.sqrt(tf.constant([1.0]))


@mistake
def tensor_item_assignment():
    x = tf.constant([1.0, 2.0])
    x[0] = 3.0


@mistake
def tensor_as_float():
    float(tf.constant(1.0))


@mistake
def tensor_as_index():
    [1, 2, 3][tf.constant(1)]


@mistake
def tensor_compared_with_and():
    x = tf.constant(1.0)
    (x > 0.0) and (x < 2.0)


@mistake
def index_of_float():
    tf.constant([1.0, 2.0])[0.5]


@mistake
def index_of_text():
    tf.constant([1.0, 2.0])["first"]


@mistake
def index_too_many():
    tf.constant([1.0, 2.0])[0, 0]


@mistake
def index_two_ellipses():
    tf.ones([2, 2, 2])[..., 0, ...]


@mistake
def slice_step_zero():
    tf.constant([1.0, 2.0])[::0]


@mistake
def slice_of_scalar():
    tf.constant(1.0)[0]


@mistake
def convert_none():
    tf.convert_to_tensor(None)


@mistake
def convert_object():
    tf.convert_to_tensor(...)


@mistake
def convert_to_other_type():
    tf.convert_to_tensor(tf.constant(1.0), tf.int32)


@mistake
def convert_mixed_tensors():
    tf.stack([tf.constant(1.0), tf.constant(1)])


@mistake
def operator_of_object():
    tf.constant(1.0) + ...


@mistake
def operator_of_none():
    tf.constant(1.0) * None


@mistake
def operator_of_text():
    tf.constant(1.0) + "text"


@mistake
def operator_of_other_dtype():
    tf.constant(1.0) * tf.constant(2.0, tf.float64)


@mistake
def integer_times_float():
    tf.constant(3) * 0.5


@mistake
def logical_and_of_numbers():
    tf.constant(1.0) & tf.constant(2.0)


@mistake
def where_shapes():
    tf.where([True, False], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0])


@mistake
def one_hot_types():
    tf.one_hot([0], 2, on_value=1, off_value=0.5)


@mistake
def split_uneven():
    tf.split(tf.ones([3]), 2)


@mistake
def unstack_unknown():
    tf.unstack(tf.placeholder(tf.float32, (None, 2)))


@mistake
def tile_multiples():
    tf.tile(tf.ones([2, 2]), [2])


@mistake
def expand_dims_axis():
    tf.expand_dims(tf.ones([2]), 5)


@mistake
def transpose_of_wrong_permutation():
    tf.transpose(tf.ones([2, 3]), [0, 1, 2])


@mistake
def concat_axis():
    tf.concat([[1.0], [2.0]], 3)


@mistake
def cast_to_unknown():
    tf.cast(1.0, "number")


@mistake
def moments_without_axes():
    tf.nn.moments(tf.ones([2]))


@mistake
def get_attr_missing():
    tf.constant(1.0).op.get_attr("transpose")


@mistake
def random_shape_of_text():
    tf.random_normal("wide")


@mistake
def custom_getter_not_callable():
    with tf.variable_scope("s", custom_getter=3):
        tf.get_variable("v", [1])


@mistake
def group_of_numbers():
    tf.group(3)


@mistake
def control_dependency_of_number():
    with tf.control_dependencies([3]):
        tf.constant(1.0)


@mistake
def graph_element_of_list():
    tf.get_default_graph().as_graph_element([1])


@mistake
def placeholder_of_no_type():
    tf.placeholder(None)


@mistake
def cast_to_no_type():
    tf.cast([1.0], None)


@mistake
def zeros_of_no_type():
    tf.zeros([2], None)
