"""Functions that tell their own gradient: tf.custom_gradient."""

import functools
import itertools

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import nest
from headrace.core.graph import convert_to_tensor, get_default_graph
from headrace.core.variable_lists import global_variables, local_variables

_numbers = itertools.count()


def decorate(f):
    """What `tf.custom_gradient` gives."""
    @functools.wraps(f)
    def decorated(*args, **kwargs):
        if kwargs:
            raise ValueError('The custom_gradient decorator currently supports keywords arguments only when eager '
                             'execution is enabled.')
        return _call(f, [convert_to_tensor(x) for x in args])
    return decorated


def _call(f, args):
    """Calls `f`, and passes results and arguments through an IdentityN whose gradient function is the one it gives."""
    before = set(global_variables() + local_variables())
    result, grad_fn = f(*args)
    if set(global_variables() + local_variables()) - before:
        raise TypeError('All variables used by `f` wrapped with @custom_gradient must be `ResourceVariable`s. Ensure that '
                        'no `variable_scope` is created with `use_resource=False`.')
    results = nest.flatten(result)
    for x in results:
        _ops.identity(x)  # as in TensorFlow's graph, where nothing reads it either

    def gradient(op, *result_grads):
        grads = nest.flatten(grad_fn(*result_grads[:len(results)]))
        return [None] * len(results) + grads

    name = f'CustomGradient-{next(_numbers)}'
    _c.register_gradient(name, gradient)
    with get_default_graph().gradient_override_map({'IdentityN': name}):
        passed = _ops.identity_n(results + args)
    return nest.pack_sequence_as(result, passed[:len(results)])
