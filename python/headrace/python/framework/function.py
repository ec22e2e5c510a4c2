"""Functions of a graph's library, where TensorFlow's programs import them from."""

from headrace.core.defun import Defun, get_extra_args, get_extra_inputs, get_extra_vars

__all__ = ['Defun', 'get_extra_args', 'get_extra_inputs', 'get_extra_vars']
