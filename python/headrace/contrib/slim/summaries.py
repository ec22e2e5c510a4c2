"""Summaries of tensors under their own names: `slim.summaries`."""

from headrace import summary
from headrace.core.graph import GraphKeys, add_to_collection
from headrace.core.nn_functions import zero_fraction
from headrace.core.print_functions import Print
from headrace.core.public import export


def _tag(tensor, name=None, prefix=None, postfix=None):
    return '/'.join(part for part in (prefix, name or tensor.op.name, postfix) if part)


def _add(make, tensor, tag, print_summary):
    made = make(name=tag, tensor=tensor, collections=[] if print_summary else None)
    if print_summary:
        made = Print(made, [tensor], tag)
        add_to_collection(GraphKeys.SUMMARIES, made)
    return made


def add_histogram_summary(tensor, name=None, prefix=None):
    """A summary of how the elements are distributed."""
    return summary.histogram(_tag(tensor, name, prefix), tensor)


def add_image_summary(tensor, name=None, prefix=None, print_summary=False):
    """A summary of images; `print_summary`: runs print the tensor, too."""
    return _add(summary.image, tensor, _tag(tensor, name, prefix), print_summary)


def add_scalar_summary(tensor, name=None, prefix=None, print_summary=False):
    """A summary of a number; `print_summary`: runs print it, too."""
    return _add(summary.scalar, tensor, _tag(tensor, name, prefix), print_summary)


def add_zero_fraction_summary(tensor, name=None, prefix=None, print_summary=False):
    """A summary of the part that is zero."""
    tag = _tag(tensor, name, prefix, 'Fraction_of_Zero_Values')
    return add_scalar_summary(zero_fraction(tensor), tag, print_summary=print_summary)


def add_histogram_summaries(tensors, prefix=None):
    """`add_histogram_summary` of each tensor; a list."""
    return [add_histogram_summary(tensor, prefix=prefix) for tensor in tensors]


def add_image_summaries(tensors, prefix=None):
    """`add_image_summary` of each tensor; a list."""
    return [add_image_summary(tensor, prefix=prefix) for tensor in tensors]


def add_scalar_summaries(tensors, prefix=None, print_summary=False):
    """`add_scalar_summary` of each tensor; a list."""
    return [add_scalar_summary(tensor, prefix=prefix, print_summary=print_summary) for tensor in tensors]


def add_zero_fraction_summaries(tensors, prefix=None):
    """`add_zero_fraction_summary` of each tensor; a list."""
    return [add_zero_fraction_summary(tensor, prefix=prefix) for tensor in tensors]


export(globals())
