"""Loading of SavedModels."""

import os

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated as _deprecated
from headrace.core.public import export


def contains_saved_model(export_dir):
    """Whether a directory holds a SavedModel."""
    return _c.contains_saved_model(os.fsdecode(export_dir))


def maybe_saved_model_directory(export_dir):
    """Whether a directory holds a SavedModel."""
    return contains_saved_model(export_dir)


@_deprecated(None, 'Load the model with `tf.compat.v1.saved_model.load`.')
def load(sess, tags, export_dir, import_scope=None, **saver_kwargs):
    """Adds a graph of a SavedModel to a session's graph, restores its variables, and runs its main operation.

    Args:
      sess: the session.
      tags: the tags of the graph.
      export_dir: the directory.
      import_scope: a name scope for the operations.
      **saver_kwargs: `clear_devices`: without device names.

    Returns:
      The MetaGraphDef, with the signatures in it.

    Raises:
      IOError: there is no SavedModel.
      RuntimeError: it has no graph with these tags.
      tf.errors.OpError: restoring failed.
    """
    from headrace.core.protos import MetaGraphDef
    clear_devices = saver_kwargs.pop('clear_devices', False)
    if saver_kwargs:
        raise TypeError(f'load() got an unexpected keyword argument {next(iter(saver_kwargs))!r}')
    return MetaGraphDef.FromString(_c.load_saved_model(sess, [tags] if isinstance(tags, str) else list(tags),
                                                       os.fsdecode(export_dir), import_scope, bool(clear_devices)))


export(globals())
