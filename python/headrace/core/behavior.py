"""Switches between TensorFlow 1 and 2. This is TensorFlow 1: graphs, variables by reference, equality as identity."""

from headrace import _headrace as _c

__all__ = ['executing_eagerly', 'enable_eager_execution', 'disable_eager_execution', 'resource_variables_enabled',
           'enable_resource_variables', 'disable_resource_variables', 'control_flow_v2_enabled', 'enable_control_flow_v2',
           'disable_control_flow_v2', 'enable_tensor_equality', 'disable_tensor_equality', 'enable_v2_tensorshape',
           'disable_v2_tensorshape', 'enable_v2_behavior', 'disable_v2_behavior']


def _refuse(what):
    raise NotImplementedError(f'{what} is not there: Headrace is TensorFlow 1')


def executing_eagerly():
    """False: functions build graphs."""
    return False


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """NotImplementedError: functions build graphs."""
    _refuse('Eager execution')


def disable_eager_execution():
    """Nothing is left to do: functions build graphs."""


def resource_variables_enabled():
    """Whether tf.Variable and tf.get_variable make resource variables where neither they nor their scope say."""
    return _c.resource_variables_enabled()


def enable_resource_variables():
    """From now on variables are resource variables where nothing says otherwise.

    What an operation has read from a resource variable does not change when the variable is assigned later.
    """
    _c.enable_resource_variables(True)


def disable_resource_variables():
    """From now on variables are references where nothing says otherwise, as they are at first."""
    _c.enable_resource_variables(False)


def control_flow_v2_enabled():
    """Whether conditionals and loops are nodes of functions."""
    return _c.has_functional_control_flow(None)


def enable_control_flow_v2():
    """From now on `tf.cond`, `tf.while_loop` and all that is made of them build nodes whose branches, or whose condition
    and body, are functions, and a `tf.TensorArray` is a list of tensors.
    """
    _c.enable_functional_control_flow(True)


def disable_control_flow_v2():
    """From now on conditionals and loops are nodes of the graph itself, as they are at first."""
    _c.enable_functional_control_flow(False)


def enable_tensor_equality():
    """NotImplementedError: `==` tells whether two tensors are one object."""
    _refuse('Equality of tensors by their elements')


def disable_tensor_equality():
    """Nothing is left to do: `==` tells whether two tensors are one object."""


def enable_v2_tensorshape():
    """NotImplementedError: a TensorShape gives `tf.Dimension` objects."""
    _refuse('A TensorShape of plain numbers')


def disable_v2_tensorshape():
    """Nothing is left to do: a TensorShape gives `tf.Dimension` objects."""


def enable_v2_behavior():
    """NotImplementedError: this is TensorFlow 1."""
    _refuse('The behaviour of TensorFlow 2')


def disable_v2_behavior():
    """Nothing is left to do: this is TensorFlow 1."""
