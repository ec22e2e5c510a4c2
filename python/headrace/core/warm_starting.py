"""Training that begins from another model's checkpoint: `tf.train.warm_start`."""

import os

from headrace import _headrace as _c
from headrace.core.checkpoints import init_from_checkpoint
from headrace.core.graph import GraphKeys, get_collection

__all__ = ['warm_start']


def warm_start(ckpt_to_initialize_from, vars_to_warm_start='.*', var_name_to_vocab_info=None,
               var_name_to_prev_var_name=None):
    """Lets the initializers of variables read a checkpoint.

    Args:
      ckpt_to_initialize_from: the checkpoint, or a directory, whose newest is taken.
      vars_to_warm_start: which variables: a regular expression of trainable ones' names, a list of expressions of any
        variables' names, a list of variables, or None for none.
      var_name_to_vocab_info: must be None or empty: embeddings are not mapped to another vocabulary.
      var_name_to_prev_var_name: a dict from names to those in the checkpoint, where they differ.

    Raises:
      ValueError: an argument is of another type, a name of the last one is not used, or the checkpoint lacks a variable.
    """
    from headrace import logging
    if var_name_to_vocab_info:
        raise NotImplementedError('var_name_to_vocab_info: vocabularies are not mapped to each other')
    path = os.fsdecode(ckpt_to_initialize_from)
    logging.info('Warm-starting from: %s', path)
    previous = dict(var_name_to_prev_var_name or {})
    unused = set(previous)
    groups = {}
    for variable in _chosen(vars_to_warm_start):
        groups.setdefault(_whole_name(variable), []).append(variable)
    sources = {}  # of two variables that begin as the same tensor, the later one counts
    for name, variables in groups.items():
        unused.discard(name)
        is_whole = len(variables) == 1 and variables[0]._save_slice_info is None
        sources[previous.get(name) or name] = variables[0] if is_whole else variables
    if sources:
        init_from_checkpoint(path, sources)
    logging.info('Warm-started %d variables.', len(groups))
    if unused:
        raise ValueError(f'You provided the following variables in var_name_to_prev_var_name that were not used: {unused}.  '
                         f'Perhaps you misspelled them?  Here is the list of viable variable names: {list(groups)}')


def _whole_name(variable):
    """The variable's name; for a part of one, that of the whole."""
    info = variable._save_slice_info
    return info.full_name if info is not None else variable.op.name


def _chosen(which):
    """The variables that `vars_to_warm_start` means."""
    if which is None or isinstance(which, str):
        from headrace import logging
        logging.info('Warm-starting variables only in TRAINABLE_VARIABLES.')
        return [] if which is None else get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=which)
    if not isinstance(which, list):
        raise ValueError(f'`vars_to_warm_start must be a `list` or `str`.  Given type is {type(which)}')
    if all(isinstance(item, str) for item in which):
        return [variable for scope in which for variable in get_collection(GraphKeys.GLOBAL_VARIABLES, scope=scope)]
    if all(isinstance(item, _c.Variable) for item in which):
        return which
    raise ValueError('If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types are '
                     f'{[type(item) for item in which]}')
