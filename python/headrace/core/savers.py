"""Checkpoints of a session's variables: `tf.train.Saver`, and MetaGraphs."""

import functools
import os

from headrace import _headrace as _c
from headrace import errors
from headrace.core.graph import GraphKeys, get_default_graph

__all__ = ['Saver', 'BaseSaverBuilder']


class BaseSaverBuilder:
    """What a Saver's `builder` argument takes; the nodes are those of the C library, whichever it is."""

    def __init__(self, write_version=2):
        self._write_version = write_version


class SavedObject:
    """What savers save beside variables, from the collection `GraphKeys.SAVEABLE_OBJECTS` or a list.

    Attributes:
      kind: 0 for a table that changes, 1 for an iterator.
      op: the table, or the iterator's handle.
      name: what the names of its tensors in a checkpoint begin with.
      specs: of these tensors, each with its name, dtype and tensor.
    """

    def __init__(self, kind, op, handle, name, tensors):
        parts = ('state',) if kind else ('keys', 'values')
        self.kind, self.op, self.name, self._handle = kind, op, name, handle
        self.specs = [SaveSpec(tensor, f'{name}-{part}') for part, tensor in zip(parts, tensors)]

    def _item(self):
        """What the library takes."""
        return self.kind, self.name, self._handle, [spec.tensor for spec in self.specs]


class SaveSpec:
    """A tensor of a SavedObject."""

    def __init__(self, tensor, name):
        self.tensor, self.name, self.slice_spec, self.dtype = tensor, name, '', tensor.dtype


def _objects(var_list):
    """(what is left, items of the SavedObjects) of what a Saver takes: None stands for all of the graph."""
    if var_list is None:
        objects = get_default_graph().get_collection(GraphKeys.SAVEABLE_OBJECTS)
        return None, [item._item() for item in objects if isinstance(item, SavedObject)]
    if isinstance(var_list, dict) or not isinstance(var_list, (list, tuple, set, frozenset)):
        return var_list, []
    return ([item for item in var_list if not isinstance(item, SavedObject)],
            [item._item() for item in var_list if isinstance(item, SavedObject)])


def _variables(var_list):
    """(variables, names) of what a Saver takes: None stands for all variables, and for their own names."""
    if var_list is None:
        return None, None
    if isinstance(var_list, dict):
        var_list = dict(_by_name(name, value) if isinstance(value, str) else (name, value)
                        for name, value in var_list.items())
        for value in var_list.values():
            if not isinstance(value, _c.Variable):
                raise TypeError('names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a '
                                f'variable: {value}')
        names = sorted(var_list)
        return [var_list[name] for name in names], names
    if not isinstance(var_list, (list, tuple, set, frozenset)):
        raise TypeError(f'Variables to save should be passed in a dict or a list: {var_list}')
    for value in var_list:
        if not isinstance(value, _c.Variable):
            raise TypeError(f'Can only save/restore ResourceVariables and Variables, not {value}')
    return list(var_list), None


def _by_name(name, value):
    """(name in the file, variable) where a variable's name stands for the variable, as in {'v:0': 'v:0'}. A text that
    names none stays as it is."""
    for variable in get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES):
        if value in (variable.name, variable.op.name):
            return (name[:-2] if name.endswith(':0') else name), variable
    return name, value


def _in_default_session(method):
    """Lets a path alone stand for the default session and the path."""

    @functools.wraps(method)
    def with_session(self, *args, **kwargs):
        if len(args) == 1 and isinstance(args[0], (str, os.PathLike)) and not {'sess', 'save_path'} & set(kwargs):
            from headrace.core.session import get_default_session
            session = get_default_session()
            if session is None:
                raise ValueError(f'{method.__name__}({args[0]!r}) takes the default session, and there is none')
            args = (session,) + args
        return method(self, *args, **kwargs)

    return with_session


class Saver:
    """Saves the variables of a session to files and restores them, and keeps the last few checkpoints.

    A checkpoint is a path such as 'dir/model.ckpt-100', which stands before the names of its files. The text file
    'checkpoint' beside it names the newest.

    Beyond TensorFlow 1.15, a dict may give the name of a variable in its place, and `save` and `restore` of a path alone
    take the default session.
    """

    def __init__(self, var_list=None, reshape=False, sharded=False, max_to_keep=5, keep_checkpoint_every_n_hours=10000.0,
                 name=None, restore_sequentially=False, saver_def=None, builder=None, defer_build=False,
                 allow_empty=False, write_version=2, pad_step_number=False, save_relative_paths=False, filename=None):
        """Adds the operations that save and restore to the graph.

        Args:
          var_list: a list of variables, or a dict from names in the file to variables; all variables that are there
            now for None.
          reshape: restores into other shapes of as many elements.
          sharded: writes a data file for each device.
          max_to_keep: how many checkpoints stay; None or 0: all.
          keep_checkpoint_every_n_hours: of the checkpoints that would be deleted, one in so many hours stays.
          name: scope of the operations, 'save' by default; with `saver_def` the scope that the graph was imported to.
          restore_sequentially: accepted; restoring runs as one operation.
          saver_def: a SaverDef of operations that are there already.
          builder: accepted.
          defer_build: leaves the operations out until `build` is called.
          allow_empty: no variables are no mistake.
          write_version: SaverDef.V2, or V1, the older format.
          pad_step_number: writes steps with eight digits in paths.
          save_relative_paths: writes paths into the state file as seen from its directory.
          filename: what the placeholder of the path says by default.

        Raises:
          TypeError: `var_list` is neither a list nor a dict, or holds something that is no variable.
          ValueError: there is nothing to save, or two variables of one name.
        """
        if defer_build and var_list:
            raise ValueError('If `var_list` is provided then build cannot be deferred. Either set defer_build=False or '
                             'var_list=None.')
        self._var_list, self._name, self._filename, self._allow_empty = var_list, name, filename, allow_empty
        self._options = {'reshape': bool(reshape), 'sharded': bool(sharded),
                         'max_to_keep': 0 if max_to_keep is None else max_to_keep,
                         'keep_checkpoint_every_n_hours': keep_checkpoint_every_n_hours,
                         'allow_empty': bool(allow_empty), 'version1': write_version == 1,
                         'pad_step_number': bool(pad_step_number), 'save_relative_paths': bool(save_relative_paths)}
        self._saver = None
        if saver_def is not None:
            self._saver = _c.saver_from_proto(saver_def.SerializeToString(), name)
        elif not defer_build:
            self.build()

    def build(self):
        """Adds the operations of a Saver that was made with `defer_build`."""
        if self._saver is None:
            var_list, objects = _objects(self._var_list)
            variables, names = _variables(var_list)
            self._saver = _c.saver(self._name, variables, names, objects, self._filename, self._options)

    def _built(self):
        if self._saver is None:
            raise RuntimeError('`build()` should be called before save if defer_build==True')
        return self._saver

    # ---- saving

    @_in_default_session
    def save(self, sess, save_path, global_step=None, latest_filename=None, meta_graph_suffix='meta',
             write_meta_graph=True, write_state=True, strip_default_attrs=False, save_debug_info=False):
        """Writes a checkpoint of a session's variables. The directory is made where it is missing.

        Args:
          sess: the session.
          save_path: the path that the files' names begin with.
          global_step: put behind the path, as in 'model.ckpt-100': a number, or a tensor or its name.
          latest_filename: of the state file; 'checkpoint' for None.
          meta_graph_suffix: of the file with the MetaGraph.
          write_meta_graph: whether to write that.
          write_state: whether to write the state file and delete old checkpoints.
          strip_default_attrs: leaves attributes out of the MetaGraph that equal their op's default.
          save_debug_info: accepted; where operations come from is not written.

        Returns:
          The checkpoint's path, for `restore`.

        Raises:
          TypeError: `sess` is no session.
          ValueError: the path or the state file's name will not do.
          RuntimeError: the operations were deferred.
          tf.errors.OpError: a variable has no value, or a file cannot be written.
        """
        saver = self._built()
        if not isinstance(sess, _c.Session):
            raise TypeError(f"'sess' must be a Session; {sess}")
        if global_step is not None and not hasattr(global_step, '__index__'):
            from headrace.core.global_step import global_step as value_of
            global_step = value_of(sess, global_step)
        path = os.fspath(save_path)
        try:
            return saver.save(sess, path, None if global_step is None else int(global_step), latest_filename,
                              meta_graph_suffix, write_meta_graph, write_state, strip_default_attrs)
        except errors.OpError as error:
            if os.path.dirname(path) and not os.path.isdir(os.path.dirname(path)):
                raise ValueError(f"Parent directory of {path} doesn't exist, can't save.") from error
            raise

    @_in_default_session
    def restore(self, sess, save_path):
        """Gives a session's variables the values of a checkpoint. They need no initializer then.

        Raises:
          ValueError: `save_path` is None, or no checkpoint stands there.
          tf.errors.NotFoundError: the checkpoint lacks a name.
          tf.errors.InvalidArgumentError: a shape or dtype differs.
          tf.errors.DataLossError: the files are damaged.
        """
        saver = self._built()
        if not sess.graph.get_operations():
            raise RuntimeError('The Session graph is empty. Add operations to the graph before calling restore().')
        if save_path is not None:
            save_path = os.fsdecode(save_path)
            from headrace import logging
            if _c.checkpoint_exists(save_path):
                logging.info('Restoring parameters from %s', save_path)
        saver.restore(sess, save_path)

    # ---- the kept checkpoints

    @property
    def last_checkpoints(self):
        """The paths of the checkpoints that are kept, oldest first."""
        return [] if self._saver is None else [path for path, _ in self._saver.checkpoints()]

    def set_last_checkpoints(self, last_checkpoints):
        """Makes a list of paths the kept checkpoints, as if all were of a time long ago."""
        if not isinstance(last_checkpoints, list):
            raise AssertionError('last_checkpoints must be a list')
        self._built().set_checkpoints(last_checkpoints, None)

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time):
        """Makes [(path, seconds since 1970)] the kept checkpoints."""
        if not isinstance(last_checkpoints_with_time, list):
            raise AssertionError('last_checkpoints_with_time must be a list')
        self._built().set_checkpoints([path for path, _ in last_checkpoints_with_time],
                                      [float(time) for _, time in last_checkpoints_with_time])

    def recover_last_checkpoints(self, checkpoint_paths):
        """Makes those of a list of paths that exist the kept checkpoints, so that they are deleted in time."""
        self._built().recover(list(checkpoint_paths))

    # ---- as messages

    @property
    def saver_def(self):
        """The SaverDef."""
        return self.to_proto()

    def as_saver_def(self):
        """The SaverDef."""
        return self.to_proto()

    def to_proto(self, export_scope=None):
        """The SaverDef; with `export_scope` as seen from that name scope, None where the operations are not in it."""
        from headrace.core.protos import SaverDef
        serialized = self._built().to_proto(export_scope)
        return None if serialized is None else SaverDef.FromString(serialized)

    @staticmethod
    def from_proto(saver_def, import_scope=None):
        """The Saver of a SaverDef whose operations are in the default graph, in `import_scope`."""
        return Saver(saver_def=saver_def, name=import_scope)

    def export_meta_graph(self, filename=None, collection_list=None, as_text=False, export_scope=None,
                          clear_devices=False, clear_extraneous_savers=False, strip_default_attrs=False,
                          save_debug_info=False):
        """The MetaGraphDef of the default graph with this Saver in it. See `tf.train.export_meta_graph`."""
        from headrace.core.meta_graphs import export_meta_graph
        return export_meta_graph(filename=filename, saver_def=self.to_proto(export_scope),
                                 collection_list=collection_list, as_text=as_text, export_scope=export_scope,
                                 clear_devices=clear_devices, clear_extraneous_savers=clear_extraneous_savers,
                                 strip_default_attrs=strip_default_attrs, save_debug_info=save_debug_info)
