"""How monitored sessions make their session: `tf.train.ChiefSessionCreator` and `tf.train.WorkerSessionCreator`."""

from headrace.core.graph import get_default_graph
from headrace.core.scaffold import Scaffold
from headrace.core.session_manager import SessionManager

__all__ = ['SessionCreator', 'ChiefSessionCreator', 'WorkerSessionCreator']


class SessionCreator:
    """Makes a session; subclasses say how."""

    def create_session(self):
        """A new tf.Session that is ready to run."""
        raise NotImplementedError(f'create_session is not implemented for {self}.')


class _WithScaffold(SessionCreator):
    """A creator whose session is brought up by the operations of a scaffold."""

    def __init__(self, scaffold, master, config):
        self._scaffold = scaffold or Scaffold()
        self._session_manager = None
        self._master, self._config = master, config

    def _manager(self):
        if self._session_manager is None:
            self._session_manager = SessionManager(
                local_init_op=self._scaffold.local_init_op, ready_op=self._scaffold.ready_op,
                ready_for_local_init_op=self._scaffold.ready_for_local_init_op, graph=get_default_graph())
        return self._session_manager


class ChiefSessionCreator(_WithScaffold):
    """Initializes or restores the variables."""

    def __init__(self, scaffold=None, master='', config=None, checkpoint_dir=None, checkpoint_filename_with_path=None):
        """
        Args:
          scaffold: a Scaffold; a new one for None.
          master: the target.
          config: a ConfigProto.
          checkpoint_dir: a directory whose newest checkpoint is restored, if there is one.
          checkpoint_filename_with_path: a checkpoint in place of it.
        """
        super().__init__(scaffold, master, config)
        self._checkpoint_dir = checkpoint_dir
        self._checkpoint_filename_with_path = checkpoint_filename_with_path

    def create_session(self):
        self._scaffold.finalize()
        return self._manager().prepare_session(
            self._master, saver=self._scaffold.saver, checkpoint_dir=self._checkpoint_dir,
            checkpoint_filename_with_path=self._checkpoint_filename_with_path, config=self._config,
            init_op=self._scaffold.init_op, init_feed_dict=self._scaffold.init_feed_dict, init_fn=self._scaffold.init_fn)


class WorkerSessionCreator(_WithScaffold):
    """Waits until the chief has initialized the variables."""

    def __init__(self, scaffold=None, master='', config=None, max_wait_secs=1800):
        """`scaffold`: a Scaffold, a new one for None; `master`: the target; `max_wait_secs`: how long to wait at most."""
        super().__init__(scaffold, master, config)
        self._max_wait_secs = max_wait_secs

    def create_session(self):
        self._scaffold.finalize()
        return self._manager().wait_for_session(self._master, config=self._config, max_wait_secs=self._max_wait_secs)
