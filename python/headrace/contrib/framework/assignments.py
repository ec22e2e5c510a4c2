"""Giving variables values: from arrays, from checkpoints."""

import numpy as np

from headrace import _headrace as _c
from headrace import _ops
from headrace.contrib.framework.variables import get_unique_variable, get_variable_full_name
from headrace.core.graph import name_scope

__all__ = ['assign_from_values', 'assign_from_values_fn', 'assign_from_checkpoint', 'assign_from_checkpoint_fn',
           'init_from_checkpoint', 'load_checkpoint', 'load_variable', 'list_variables']


def _assign_from(pairs):
    """An operation that assigns, and what it is fed: pairs of variables and arrays of their shapes."""
    feeds, assigned = {}, []
    for variable, value in pairs:
        with name_scope('placeholder/'):
            placeholder = _ops.placeholder(variable.dtype.base_dtype, shape=variable.shape, name=variable.op.name)
        assigned.append(variable.assign(placeholder))
        feeds[placeholder] = value.reshape(variable.shape.as_list())
    return _c.group([x.op for x in assigned], name='group_deps'), feeds


def assign_from_values(var_names_to_values):
    """An operation that gives variables values, and the feeds that it needs.

    Args:
      var_names_to_values: {full name of a variable: array}.

    Returns:
      (operation, {placeholder: array}).

    Raises:
      ValueError: there is no such variable, or the array is of another size.
    """
    pairs = []
    for name, value in var_names_to_values.items():
        try:
            pairs.append((get_unique_variable(name), np.asarray(value)))
        except ValueError:
            raise ValueError(f"Variable {name} wasn't found") from None
    return _assign_from(pairs)


def assign_from_values_fn(var_names_to_values):
    """A function of a session that does what the operation of `assign_from_values` does."""
    operation, feeds = assign_from_values(var_names_to_values)
    return lambda session: session.run(operation, feeds)


def _by_name(var_list):
    if isinstance(var_list, (list, tuple)):
        return {get_variable_full_name(variable): variable for variable in var_list}
    return dict(var_list)


def assign_from_checkpoint(model_path, var_list, ignore_missing_vars=False):
    """An operation that gives variables the values of a checkpoint, and the feeds that it needs.

    Args:
      model_path: the checkpoint.
      var_list: variables, or {name in the checkpoint: variable}.
      ignore_missing_vars: whether variables that the checkpoint does not have are passed over.

    Returns:
      (operation, {placeholder: array}).

    Raises:
      ValueError: the checkpoint lacks one, or has it in another size.
    """
    reader, pairs = load_checkpoint(model_path), []
    for name, variables in _by_name(var_list).items():
        if not reader.has_tensor(name):
            text = f'Checkpoint is missing variable [{name}]'
            if not ignore_missing_vars:
                raise ValueError(text)
            _warn(text)
            continue
        value = reader.get_tensor(name)
        for variable in variables if isinstance(variables, (list, tuple)) else [variables]:
            if np.size(value) != variable.shape.num_elements():
                raise ValueError(f'Total size of new array must be unchanged for {name} lh_shape: [{np.shape(value)}], '
                                 f'rh_shape: [{tuple(variable.shape.as_list())}]')
            pairs.append((variable, np.asarray(value)))
    return _assign_from(pairs)


def assign_from_checkpoint_fn(model_path, var_list, ignore_missing_vars=False, reshape_variables=False):
    """A function of a session that restores variables from a checkpoint; None where nothing is left to restore.

    Args:
      model_path, var_list, ignore_missing_vars: as of `assign_from_checkpoint`.
      reshape_variables: whether a variable may have another shape of the same size.
    """
    from headrace import train
    wanted = _by_name(var_list) if ignore_missing_vars else var_list
    if ignore_missing_vars:
        reader = load_checkpoint(model_path)
        for name in [name for name in wanted if not reader.has_tensor(name)]:
            _warn(f'Variable {name} missing in checkpoint {model_path}')
            del wanted[name]
    if not wanted:
        _warn('No Variables to restore')
        return None
    saver = train.Saver(wanted, reshape=reshape_variables, write_version=train.SaverDef.V1)
    return lambda session: saver.restore(session, model_path)


def _warn(text):
    from headrace import logging
    logging.warning(text)


# ---- what tf.train has, too

def init_from_checkpoint(checkpoint_dir, assignment_map):
    """`tf.train.init_from_checkpoint`."""
    from headrace import train
    train.init_from_checkpoint(checkpoint_dir, assignment_map)


def load_checkpoint(filepattern):
    """`tf.train.load_checkpoint`: the reader of a checkpoint, or of the latest one of a folder."""
    from headrace import train
    return train.load_checkpoint(filepattern)


def load_variable(checkpoint_dir, name):
    """`tf.train.load_variable`: the array of a name in a checkpoint."""
    from headrace import train
    return train.load_variable(checkpoint_dir, name)


def list_variables(checkpoint_dir):
    """`tf.train.list_variables`: the names and shapes in a checkpoint."""
    from headrace import train
    return train.list_variables(checkpoint_dir)
