"""Summaries of tensors, of layers' outputs, of collections."""

import re

from headrace import _headrace as _c
from headrace import summary
from headrace.contrib.framework.arg_scope import add_arg_scope
from headrace.core.graph import GraphKeys, get_collection
from headrace.core.math_functions import reduce_mean

__all__ = ['summarize_tensor', 'summarize_tensors', 'summarize_collection', 'summarize_activation',
           'summarize_activations', 'summarize_variables', 'summarize_weights', 'summarize_biases']


def summarize_tensor(tensor, tag=None):
    """A scalar summary of a scalar, a histogram of any other tensor, tagged NAME_summary where no tag is given."""
    tag = tag or f'{tensor.op.name}_summary'
    return summary.scalar(tag, tensor) if tensor.shape.ndims == 0 else summary.histogram(tag, tensor)


def _share(op, relation, limit, what):
    """A scalar summary: the part of the elements before the activation that are beyond a limit."""
    before = op.op.inputs[0]
    beyond = _c.call_op(relation, None, (before, _c.tf_cast(limit, before.dtype)), ())
    return summary.scalar(f'{op.op.name}/{what}', reduce_mean(_c.tf_cast(beyond, 'float32', name='ToFloat')))


def summarize_activation(op):
    """Summaries of a layer's output: a histogram, and how much of it is zero (of relu and the like) or six (relu6)."""
    if op.op.type in ('Relu', 'Softplus', 'Relu6'):
        _share(op, 'Less', 0.0, 'zeros')
    if op.op.type == 'Relu6':
        _share(op, 'Greater', 6.0, 'sixes')
    return summary.histogram(f'{op.op.name}/activation', op)


@add_arg_scope
def summarize_tensors(tensors, summarizer=summarize_tensor):
    """`summarizer` of each tensor."""
    return [summarizer(tensor) for tensor in tensors]


@add_arg_scope
def summarize_collection(collection, name_filter=None, summarizer=summarize_tensor):
    """`summarizer` of each tensor of a collection whose name begins with a match of `name_filter`."""
    tensors = [tensor for tensor in get_collection(collection)
               if not name_filter or re.match(name_filter, tensor.op.name)]
    return summarize_tensors(tensors, summarizer=summarizer)


@add_arg_scope
def summarize_variables(name_filter=None, summarizer=summarize_tensor):
    """`summarize_collection` of the global variables."""
    return summarize_collection(GraphKeys.GLOBAL_VARIABLES, name_filter, summarizer)


@add_arg_scope
def summarize_weights(name_filter=None, summarizer=summarize_tensor):
    """`summarize_collection` of WEIGHTS."""
    return summarize_collection(GraphKeys.WEIGHTS, name_filter, summarizer)


@add_arg_scope
def summarize_biases(name_filter=None, summarizer=summarize_tensor):
    """`summarize_collection` of BIASES."""
    return summarize_collection(GraphKeys.BIASES, name_filter, summarizer)


@add_arg_scope
def summarize_activations(name_filter=None, summarizer=summarize_activation):
    """`summarize_collection` of ACTIVATIONS."""
    return summarize_collection(GraphKeys.ACTIVATIONS, name_filter, summarizer)
