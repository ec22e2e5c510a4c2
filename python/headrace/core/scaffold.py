"""What a training session needs besides the model: `tf.train.Scaffold`."""

from headrace import _headrace as _c
from headrace.core.graph import GraphKeys, add_to_collection, get_collection, get_default_graph

__all__ = ['Scaffold']


class Scaffold:
    """The operations that initialize a training session, say whether it is ready, and save it.

    What is not given is taken from the graph's collections, or made, by `finalize`.
    """

    def __init__(self, init_op=None, init_feed_dict=None, init_fn=None, ready_op=None, ready_for_local_init_op=None,
                 local_init_op=None, summary_op=None, saver=None, copy_from_scaffold=None):
        """
        Args:
          init_op: initializes the global variables.
          init_feed_dict: feeds of `init_op`.
          init_fn: a function of the scaffold and the session that is called after `init_op`.
          ready_op: a vector of the names of what is not initialized; empty where the session is ready.
          ready_for_local_init_op: the same, before `local_init_op` is run.
          local_init_op: initializes local variables and tables.
          summary_op: all summaries in one.
          saver: the Saver.
          copy_from_scaffold: a Scaffold that the rest is taken from.
        """
        copied = copy_from_scaffold
        if copied is not None and not isinstance(copied, Scaffold):
            raise TypeError('copy_from_scaffold is not a Scaffold instance.')

        def default(given, attribute):
            return getattr(copied, attribute) if given is None and copied is not None else given

        self._init_op = default(init_op, 'init_op')
        self._ready_op = default(ready_op, 'ready_op')
        self._ready_for_local_init_op = default(ready_for_local_init_op, 'ready_for_local_init_op')
        self._local_init_op = default(local_init_op, 'local_init_op')
        self._summary_op = default(summary_op, 'summary_op')
        self._saver = default(saver, 'saver')
        self._init_feed_dict = default(init_feed_dict, 'init_feed_dict')
        self._user_init_fn = default(init_fn, '_user_init_fn')

    def finalize(self):
        """Makes what is missing, and the graph final. Gives the scaffold."""
        if self._init_op is None:
            self._init_op = Scaffold.get_or_default('init_op', GraphKeys.INIT_OP, _c.scaffold_init_op)
        if self._ready_op is None:
            self._ready_op = Scaffold.get_or_default('ready_op', GraphKeys.READY_OP, _c.scaffold_ready_op)
        if self._ready_for_local_init_op is None:
            self._ready_for_local_init_op = Scaffold.get_or_default(
                'ready_for_local_init_op', GraphKeys.READY_FOR_LOCAL_INIT_OP, _c.scaffold_ready_for_local_init_op)
        if self._local_init_op is None:
            self._local_init_op = Scaffold.get_or_default('local_init_op', GraphKeys.LOCAL_INIT_OP,
                                                          Scaffold.default_local_init_op)
        if self._summary_op is None:
            from headrace.summary import merge_all
            self._summary_op = Scaffold.get_or_default('summary_op', GraphKeys.SUMMARY_OP, merge_all)
        if self._saver is None:
            self._saver = _saver_or_default()
        self._saver.build()
        get_default_graph().finalize()
        from headrace import logging
        logging.info('Graph was finalized.')
        return self

    @property
    def init_fn(self):
        """A function of the session, or None."""
        if not self._user_init_fn:
            return None
        return lambda session: self._user_init_fn(self, session)

    @property
    def init_op(self):
        """Initializes the global variables."""
        return self._init_op

    @property
    def ready_op(self):
        """The names of what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self):
        """The names of what `local_init_op` needs and is not initialized."""
        return self._ready_for_local_init_op

    @property
    def local_init_op(self):
        """Initializes local variables and tables."""
        return self._local_init_op

    @property
    def summary_op(self):
        """All summaries in one tensor, or None."""
        return self._summary_op

    @property
    def saver(self):
        """The Saver."""
        return self._saver

    @property
    def init_feed_dict(self):
        """Feeds of `init_op`."""
        return self._init_feed_dict

    @staticmethod
    def get_or_default(arg_name, collection_key, default_constructor):
        """The only item of a collection; where that is empty, what a function makes, which is added to it.

        Raises:
          RuntimeError: the collection holds several.
        """
        elements = get_collection(collection_key)
        if len(elements) > 1:
            raise RuntimeError(f'More than one item in the collection "{collection_key}". Please indicate which one to use '
                               f'by passing it to the tf.Scaffold constructor as:  tf.Scaffold({arg_name}=item to use)')
        if elements:
            return elements[0]
        made = default_constructor()
        if made is not None:
            add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op():
        """An operation that initializes all local variables and tables."""
        return _c.scaffold_local_init_op()


def _saver_or_default():
    """The only Saver of the graph, else a new one, which is added to the collection SAVERS."""
    savers = get_collection(GraphKeys.SAVERS)
    if len(savers) > 1:
        raise RuntimeError(f'More than one item in collection {GraphKeys.SAVERS}. Please indicate which one to use by '
                           'passing it to the constructor.')
    if savers:
        return savers[0]
    from headrace.core.savers import Saver
    saver = Saver(sharded=True, allow_empty=True)
    add_to_collection(GraphKeys.SAVERS, saver)
    return saver
