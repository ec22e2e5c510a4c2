"""Saving of SavedModels."""

import os

from headrace import _headrace as _c
from headrace.core.deprecation import deprecated_args as _deprecated_args
from headrace.core.public import export

_LEGACY = 'Pass the operation as `main_op`.'


class SavedModelBuilder:
    """Writes a directory with graphs, the values of their variables, signatures, and files that they need.

    First comes add_meta_graph_and_variables, then add_meta_graph for other graphs over the same variables, then save.
    """

    def __init__(self, export_dir):
        """Makes the directory. AssertionError where it holds something."""
        self._export_dir = os.fsdecode(export_dir)
        self._builder = _c.saved_model_builder(self._export_dir)

    @_deprecated_args(None, _LEGACY, 'legacy_init_op')
    def add_meta_graph_and_variables(self, sess, tags, signature_def_map=None, assets_collection=None,
                                     legacy_init_op=None, clear_devices=False, main_op=None, strip_default_attrs=False,
                                     saver=None):
        """Takes the graph of a session, and saves the values of its variables.

        Args:
          sess: the session.
          tags: a list of tags that tell the graph from others.
          signature_def_map: a dict from keys to SignatureDef messages.
          assets_collection: constant string tensors: paths of files, which are copied.
          legacy_init_op: the older `main_op`.
          clear_devices: without device names.
          main_op: an operation that runs when the model is loaded.
          strip_default_attrs: without attributes that equal their op's default.
          saver: a `tf.train.Saver` in place of one that is made.

        Raises:
          AssertionError: it was called before.
          TypeError, ValueError: a signature or an asset will not do.
          tf.errors.OpError: a variable has no value, or a file cannot be written.
        """
        self._add(sess, tags, signature_def_map, assets_collection, legacy_init_op, clear_devices, main_op,
                  strip_default_attrs, saver)

    @_deprecated_args(None, _LEGACY, 'legacy_init_op')
    def add_meta_graph(self, tags, signature_def_map=None, assets_collection=None, legacy_init_op=None,
                       clear_devices=False, main_op=None, strip_default_attrs=False, saver=None):
        """Takes the default graph over the variables that are saved already. Arguments and errors as above."""
        self._add(None, tags, signature_def_map, assets_collection, legacy_init_op, clear_devices, main_op,
                  strip_default_attrs, saver)

    def _add(self, sess, tags, signatures, assets, legacy_init_op, clear_devices, main_op, strip_default_attrs, saver):
        if saver is not None:
            from headrace.core.savers import Saver
            if not isinstance(saver, Saver):
                raise TypeError(f'saver must be a Saver, but is {saver}')
        serialized = {key: signature.SerializeToString() for key, signature in (signatures or {}).items()}
        arguments = (sess, [tags] if isinstance(tags, str) else list(tags), serialized, list(assets or ()), main_op,
                     legacy_init_op, None if saver is None else saver._built(), bool(clear_devices),
                     bool(strip_default_attrs))
        if sess is None:
            self._builder.add(*arguments)
        else:
            with sess.graph.as_default():
                self._builder.add(*arguments)
        from headrace import logging
        if assets is None:
            logging.info('No assets to save.')
        logging.info('Assets added to graph.')
        if sess is not None:
            if assets:
                logging.info('Assets written to: %s', os.path.join(self._export_dir, 'assets'))
            else:
                logging.info('No assets to write.')

    def save(self, as_text=False):
        """Writes saved_model.pb, or with `as_text` saved_model.pbtxt. Gives its path."""
        path = self._builder.save(as_text)
        from headrace import logging
        logging.info('SavedModel written to: %s', path)
        return path


Builder = SavedModelBuilder

export(globals())
