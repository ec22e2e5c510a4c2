"""Checkpoints as files: which there are, and what is in them."""

import os

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated
from headrace.core.partitions import PartitionedVariable
from headrace.core.shapes import TensorShape

__all__ = ['NewCheckpointReader', 'checkpoint_exists', 'generate_checkpoint_state_proto', 'get_checkpoint_mtimes',
           'get_checkpoint_state', 'init_from_checkpoint', 'latest_checkpoint', 'list_variables', 'load_checkpoint',
           'load_variable', 'remove_checkpoint', 'update_checkpoint_state']


@deprecated(None, 'Use standard file APIs to check for files with this prefix.')
def checkpoint_exists(checkpoint_prefix):
    """Whether a checkpoint of either version stands under a prefix."""
    return _c.checkpoint_exists(os.fspath(checkpoint_prefix))


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The newest checkpoint's prefix, as the state file of a directory says; None where there is none."""
    return _c.latest_checkpoint(os.fspath(checkpoint_dir), latest_filename)


@deprecated(None, 'Use standard file utilities to get mtimes.')
def get_checkpoint_mtimes(checkpoint_prefixes):
    """When checkpoints were written, in seconds since 1970; those that are not there are left out."""
    times = [_c.checkpoint_time(os.fspath(prefix)) for prefix in checkpoint_prefixes]
    return [time for time in times if time is not None]


@deprecated(None, 'Delete the files that begin with the prefix.')
def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=2, meta_graph_suffix='meta'):
    """Deletes a checkpoint's files and its MetaGraph, as far as they are there."""
    _c.remove_checkpoint(os.fspath(checkpoint_prefix), checkpoint_format_version == 1, meta_graph_suffix)


# ---- the state file


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """The CheckpointState of a directory's state file; None where there is none that can be read.

    Raises:
      ValueError: the file names no newest checkpoint.
    """
    from headrace import errors, logging
    from headrace.core.protos import CheckpointState
    try:
        serialized = _c.get_checkpoint_state(os.fspath(checkpoint_dir), latest_filename)
    except errors.OpError as error:
        logging.warning('%s: %s', type(error).__name__, error)
        logging.warning('%s: Checkpoint ignored', os.path.join(checkpoint_dir, latest_filename or 'checkpoint'))
        return None
    return None if serialized is None else CheckpointState.FromString(serialized)


def generate_checkpoint_state_proto(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None,
                                    all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    """A CheckpointState.

    Args:
      save_dir: the directory of the state file. Where it is relative, paths are told as seen from it.
      model_checkpoint_path: the newest checkpoint's prefix.
      all_model_checkpoint_paths: the prefixes of all that are kept, oldest first; the newest comes last.
      all_model_checkpoint_timestamps: when they were written, in seconds since 1970.
      last_preserved_timestamp: when the last one that stays for good was written.

    Raises:
      ValueError: there are times, but not one for each path.
    """
    from headrace.core.protos import CheckpointState
    return CheckpointState.FromString(_c.generate_checkpoint_state(os.fspath(save_dir), (
        os.fspath(model_checkpoint_path), _list(all_model_checkpoint_paths), _list(all_model_checkpoint_timestamps),
        last_preserved_timestamp)))


def _list(values):
    return None if values is None else list(values)


@deprecated(None, 'Let `tf.train.Saver` write the state file.')
def update_checkpoint_state(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, latest_filename=None,
                            all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    """Writes the state file of a directory. See generate_checkpoint_state_proto.

    Args:
      latest_filename: the file's name; 'checkpoint' for None.
      Others: as there.

    Raises:
      RuntimeError: the path is that of the state file itself.
    """
    state_file = os.path.join(save_dir, latest_filename or 'checkpoint')
    if os.fspath(model_checkpoint_path) == state_file:
        raise RuntimeError(f"Save path '{model_checkpoint_path}' conflicts with path used for checkpoint state.  Please "
                           'use a different save path.')
    _c.update_checkpoint_state(os.fspath(save_dir), latest_filename, (
        os.fspath(model_checkpoint_path), _list(all_model_checkpoint_paths), _list(all_model_checkpoint_timestamps),
        last_preserved_timestamp))


# ---- reading


class CheckpointReader:
    """The tensors of a checkpoint."""

    def __init__(self, filename):
        self._reader = _c.open_checkpoint(os.fspath(filename))
        self._tensors = {name: (dtype, list(shape)) for name, dtype, shape in self._reader.tensors()}

    def get_variable_to_shape_map(self):
        """{name: shape as a list}"""
        return {name: list(shape) for name, (_, shape) in self._tensors.items()}

    def get_variable_to_dtype_map(self):
        """{name: DType}"""
        return {name: dtype for name, (dtype, _) in self._tensors.items()}

    def has_tensor(self, tensor_str):
        """Whether the checkpoint has a tensor of this name."""
        return tensor_str in self._tensors

    def get_tensor(self, tensor_str):
        """The value of a tensor, an array. NotFoundError for an unknown name, DataLossError for damaged files."""
        return self._reader.get(tensor_str)

    def debug_string(self):
        """A line for each tensor, as bytes."""
        return self._reader.debug_string()


def NewCheckpointReader(filepattern):  # noqa: N802
    """A reader of the checkpoint under a prefix. NotFoundError where there is none."""
    return CheckpointReader(filepattern)


def _prefix_of(checkpoint_dir_or_file):
    """The prefix itself, or the newest of a directory."""
    path = os.fspath(checkpoint_dir_or_file)
    return latest_checkpoint(path) if os.path.isdir(path) else path


def load_checkpoint(ckpt_dir_or_file):
    """A reader of a checkpoint, or of a directory's newest.

    Raises:
      ValueError: the directory has none.
      tf.errors.NotFoundError: there is no such checkpoint.
    """
    prefix = _prefix_of(ckpt_dir_or_file)
    if prefix is None:
        raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {ckpt_dir_or_file}")
    return CheckpointReader(prefix)


def load_variable(ckpt_dir_or_file, name):
    """The value of a variable in a checkpoint, an array. See load_checkpoint."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name[:-2] if name.endswith(':0') else name)


def list_variables(ckpt_dir_or_file):
    """[(name, shape)] of a checkpoint, sorted by name. See load_checkpoint."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """Lets the initializers of variables read a checkpoint.

    Args:
      ckpt_dir_or_file: the checkpoint's prefix, or a directory, whose newest is taken.
      assignment_map: from names in the checkpoint to variables, or to lists of the parts of one, or to names of
        variables that tf.get_variable made; or from scopes to scopes: {'old/': 'new/'} takes for 'new/x' what the checkpoint calls 'old/x'; '/' is the root.

    Raises:
      ValueError: the checkpoint lacks a tensor, or its shape is not the variable's.
    """
    prefix = _prefix_of(ckpt_dir_or_file)
    shapes = load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map()
    shared = _shared_variables()
    for source, target in sorted(assignment_map.items(), key=lambda entry: entry[0]):
        if isinstance(target, str) and target not in shared:
            for name, found in _scope_map(source, target, shared, shapes, ckpt_dir_or_file):
                _init(prefix, ckpt_dir_or_file, shapes, name, found)
        else:
            _init(prefix, ckpt_dir_or_file, shapes, source, shared[target] if isinstance(target, str) else target)


def _shared_variables():
    """{name: variable} of those that tf.get_variable made; parts are left out for their whole."""
    found, index = [], 0
    while (variable := _c.shared_variable(index)) is not None:
        found.append(variable)
        index += 1
    parts = {part for whole in found if isinstance(whole, PartitionedVariable) for part in whole}
    return {variable.name if isinstance(variable, PartitionedVariable) else variable.op.name: variable
            for variable in found if variable not in parts}


def _scope_map(source, target, shared, shapes, checkpoint):
    """Yields (name in the checkpoint, variable) of the scope `target`."""
    scope = target[:target.rindex('/')] if '/' in target else ''
    if not source.endswith('/'):
        raise ValueError(f"Assignment map with scope only name {scope} should map to scope only {source}. Should be "
                         "'scope/': 'other_scope/'.")
    for name in sorted(shared):
        if scope and not name.startswith(scope + '/'):
            continue
        inner = name[len(scope):]
        if target != '/':
            inner = inner[1:]
        full = (inner if source == '/' else source + inner).rstrip('/')
        if full not in shapes:
            raise ValueError(f'Tensor {full} ({name[len(scope) + 1:]} in {source}) is not found in {checkpoint} checkpoint')
        yield full, shared[name]


def _check_shape(checkpoint, shapes, name, variable, shape):
    if name not in shapes:
        raise ValueError(f'Tensor {name} is not found in {checkpoint} checkpoint {shapes}')
    if not shape.is_compatible_with(shapes[name]):
        raise ValueError(f"Shape of variable {variable.name} ({shape}) doesn't match with shape of tensor "
                         f'{name} ({shapes[name]}) from checkpoint reader.')


def _init(prefix, checkpoint, shapes, name, variables):
    """Lets a variable, or each part of one, begin as a tensor, or as its slice of it."""
    if not isinstance(variables, (list, tuple, PartitionedVariable)):
        _check_shape(checkpoint, shapes, name, variables, variables.get_shape())
        _c.var_init_from_checkpoint(variables, prefix, name, '')
        return
    for variable in variables:
        info = variable._save_slice_info
        if info is None:
            raise ValueError(f'Must only pass slice variables: {variable.name}')
        _check_shape(checkpoint, shapes, name, variable, TensorShape(info.full_shape))
        _c.var_init_from_checkpoint(variable, prefix, name, info.spec)
