"""What happens around each run of a monitored session: the interface of hooks."""

import collections

__all__ = ['SessionRunHook', 'SessionRunArgs', 'SessionRunContext', 'SessionRunValues']


class SessionRunHook:
    """Takes part in the life of a monitored session; each of its methods does nothing unless overridden."""

    def begin(self):
        """Called once before the session is made. The graph may still be added to."""

    def after_create_session(self, session, coord):
        """Called when a session was made, again after one was lost. The graph is final.

        Args:
          session: the new tf.Session.
          coord: the Coordinator of the session's threads.
        """

    def before_run(self, run_context):
        """Called before each run.

        Args:
          run_context: a SessionRunContext.

        Returns:
          SessionRunArgs of what is to be fetched and fed in addition, or None.
        """
        return None

    def after_run(self, run_context, run_values):
        """Called after each run, but not after one that failed.

        Args:
          run_context: the SessionRunContext; its `request_stop` ends the loop.
          run_values: SessionRunValues, whose `results` are those of the fetches that `before_run` asked for.
        """

    def end(self, session):
        """Called once at the end of a session that no exception ended, while it is still open."""


class SessionRunArgs(collections.namedtuple('SessionRunArgs', ['fetches', 'feed_dict', 'options'])):
    """What a hook adds to a run: fetches, a dict of feeds, RunOptions. The latter two may be None."""

    def __new__(cls, fetches, feed_dict=None, options=None):
        return super().__new__(cls, fetches, feed_dict, options)


class SessionRunContext:
    """A run that is under way, for hooks."""

    def __init__(self, original_args, session):
        """`original_args`: SessionRunArgs as the program asked for; `session`: the tf.Session."""
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self):
        """SessionRunArgs as the program asked for."""
        return self._original_args

    @property
    def session(self):
        """The tf.Session."""
        return self._session

    @property
    def stop_requested(self):
        """Whether a hook asked to stop."""
        return self._stop_requested

    def request_stop(self):
        """Makes `should_stop` of the session True."""
        self._stop_requested = True


class SessionRunValues(collections.namedtuple('SessionRunValues', ['results', 'options', 'run_metadata'])):
    """What a run gave a hook: the values of its fetches, the RunOptions, the RunMetadata."""
