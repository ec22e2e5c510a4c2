"""Training loops that start, stop, save and recover by themselves: `tf.train.MonitoredTrainingSession` and its kin.

A monitored session is a session inside layers, each of which adds one thing: hooks around runs (`_HookedSession`),
threads that end with it (`_CoordinatedSession`), a new session in place of one that was lost (`_RecoverableSession`).
"""

import inspect

from headrace import errors
from headrace.core.basic_hooks import StepCounterHook
from headrace.core.coordinator import Coordinator
from headrace.core.file_hooks import CheckpointSaverHook, SummarySaverHook
from headrace.core.graph import GraphKeys, get_collection, get_default_graph
from headrace.core.run_hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
from headrace.core.scaffold import Scaffold
from headrace.core.session_creators import ChiefSessionCreator, SessionCreator, WorkerSessionCreator

__all__ = ['MonitoredSession', 'SingularMonitoredSession', 'MonitoredTrainingSession']

# What says that a worker or parameter server went away, not that the program is wrong.
_LOST = (errors.AbortedError, errors.UnavailableError)

USE_DEFAULT = object()


def MonitoredTrainingSession(  # noqa: N802
        master='', is_chief=True, checkpoint_dir=None, scaffold=None, hooks=None, chief_only_hooks=None,
        save_checkpoint_secs=USE_DEFAULT, save_summaries_steps=USE_DEFAULT, save_summaries_secs=USE_DEFAULT, config=None,
        stop_grace_period_secs=120, log_step_count_steps=100, max_wait_secs=7200, save_checkpoint_steps=USE_DEFAULT,
        summary_dir=None):
    """A MonitoredSession for training: it restores or initializes, saves checkpoints and summaries, counts steps.

    Args:
      master: the target.
      is_chief: whether this is the process that initializes and saves; others wait for it.
      checkpoint_dir: the directory of checkpoints, which the newest is restored from.
      scaffold: a Scaffold; a new one for None.
      hooks: SessionRunHooks.
      chief_only_hooks: further ones where `is_chief`.
      save_checkpoint_secs, save_checkpoint_steps: how often checkpoints are saved; 600 seconds by default, None: not so.
      save_summaries_steps, save_summaries_secs: how often summaries are written; 100 steps by default, None: not so.
      config: a ConfigProto.
      stop_grace_period_secs: how long threads may take to end.
      log_step_count_steps: after how many steps their speed is logged; None: never.
      max_wait_secs: how long to wait for the chief.
      summary_dir: the directory of summaries; `checkpoint_dir` for None.

    Returns:
      A MonitoredSession.
    """
    if save_summaries_steps is USE_DEFAULT and save_summaries_secs is USE_DEFAULT:
        save_summaries_steps, save_summaries_secs = 100, None
    else:
        save_summaries_steps = None if save_summaries_steps is USE_DEFAULT else save_summaries_steps
        save_summaries_secs = None if save_summaries_secs is USE_DEFAULT else save_summaries_secs
    if save_checkpoint_steps is USE_DEFAULT and save_checkpoint_secs is USE_DEFAULT:
        save_checkpoint_steps, save_checkpoint_secs = None, 600
    else:
        save_checkpoint_steps = None if save_checkpoint_steps is USE_DEFAULT else save_checkpoint_steps
        save_checkpoint_secs = None if save_checkpoint_secs is USE_DEFAULT else save_checkpoint_secs

    scaffold = scaffold or Scaffold()
    all_hooks = []
    if is_chief:
        creator = ChiefSessionCreator(scaffold=scaffold, checkpoint_dir=checkpoint_dir, master=master, config=config)
        all_hooks.extend(chief_only_hooks or ())
        summary_dir = summary_dir or checkpoint_dir
        if summary_dir:
            if log_step_count_steps and log_step_count_steps > 0:
                all_hooks.append(StepCounterHook(output_dir=summary_dir, every_n_steps=log_step_count_steps))
            if (save_summaries_steps and save_summaries_steps > 0) or (save_summaries_secs and save_summaries_secs > 0):
                all_hooks.append(SummarySaverHook(scaffold=scaffold, save_steps=save_summaries_steps,
                                                  save_secs=save_summaries_secs, output_dir=summary_dir))
        if checkpoint_dir:
            if (save_checkpoint_secs and save_checkpoint_secs > 0) or (save_checkpoint_steps and save_checkpoint_steps > 0):
                all_hooks.append(CheckpointSaverHook(checkpoint_dir, save_steps=save_checkpoint_steps,
                                                     save_secs=save_checkpoint_secs, scaffold=scaffold))
    else:
        creator = WorkerSessionCreator(scaffold=scaffold, master=master, config=config, max_wait_secs=max_wait_secs)
    all_hooks.extend(hooks or ())
    return MonitoredSession(session_creator=creator, hooks=all_hooks, stop_grace_period_secs=stop_grace_period_secs)


class _MonitoredSession:
    """What both kinds of monitored session share."""

    class StepContext:
        """What a step function gets: `session`, and ways to run and to stop."""

        def __init__(self, session, run_with_hooks_fn):
            self._session, self._run_with_hooks_fn = session, run_with_hooks_fn

        @property
        def session(self):
            """The tf.Session, without hooks."""
            return self._session

        def run_with_hooks(self, *args, **kwargs):
            """Runs as MonitoredSession.run does."""
            return self._run_with_hooks_fn(*args, **kwargs)

        def request_stop(self):
            """Ends the step function and the loop."""
            raise StopIteration('step_fn has requested the iterations to stop.')

    def __init__(self, session_creator, hooks, should_recover, stop_grace_period_secs=120):
        self._graph_was_finalized = get_default_graph().finalized
        self._hooks = hooks or []
        for hook in self._hooks:
            hook.begin()
        self._coordinated_creator = _CoordinatedSessionCreator(session_creator or ChiefSessionCreator(), self._hooks,
                                                               stop_grace_period_secs)
        self._sess = (_RecoverableSession(self._coordinated_creator) if should_recover else
                      self._coordinated_creator.create_session())

    @property
    def graph(self):
        """The graph; None once closed."""
        session = self._tf_sess()
        return None if session is None else session.graph

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """Runs as tf.Session.run does, with hooks around it."""
        return self._sess.run(fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata)

    def run_step_fn(self, step_fn):
        """Calls a function that may run several times in one step of the loop.

        Args:
          step_fn: a function of `step_context`, which has `session` (runs without hooks), `run_with_hooks` (as `run`) and
            `request_stop` (ends the loop). It may be called again where the session is lost.

        Returns:
          What the function returns.

        Raises:
          ValueError: the function's only argument is not `step_context`.
          StopIteration: the function asked to stop, which ends the `with` block.
        """
        arguments = list(inspect.signature(step_fn).parameters)
        if arguments not in (['step_context'], ['self', 'step_context']):
            raise ValueError(f"`step_fn` may either have one `step_context` argument, or `self` and `step_context` "
                             f'arguments if it\'s an instance method. Got {tuple(arguments)} instead.')
        return self._sess.run_step_fn(step_fn, self._tf_sess(), run_with_hooks=None)

    def should_stop(self):
        """Whether the loop is to end: a hook asked for it, a thread failed, or the session was closed."""
        return self._sess is None or self._sess.should_stop()

    def close(self):
        """Ends hooks and threads and closes the session."""
        self._close_internal()

    def __enter__(self):
        return self

    def __exit__(self, exception_type, exception_value, traceback):
        if exception_type in (errors.OutOfRangeError, StopIteration):  # the end of the input: no error
            exception_type = None
        self._close_internal(exception_type)
        return exception_type is None

    def _close_internal(self, exception_type=None):
        try:
            if not exception_type:
                for hook in self._hooks:
                    hook.end(self._coordinated_creator.tf_sess)
        finally:
            try:
                if self._sess is None:
                    raise RuntimeError('Session is already closed.')
                self._sess.close()
            finally:
                self._sess = None
                self._coordinated_creator.tf_sess = None
                self._coordinated_creator.coord = None
                if not self._graph_was_finalized:
                    get_default_graph()._unsafe_unfinalize()

    def _tf_sess(self):
        return self._coordinated_creator.tf_sess


class MonitoredSession(_MonitoredSession):
    """A session with hooks, whose threads end with it, and which is made anew where it is lost.

    Used as a `with` block, in which a loop runs until `should_stop`. The end of an input (OutOfRangeError) ends the block
    without an error; any other exception ends it without calling the hooks' `end`.
    """

    def __init__(self, session_creator=None, hooks=None, stop_grace_period_secs=120):
        """`session_creator`: makes the session, a ChiefSessionCreator for None; `hooks`: SessionRunHooks."""
        super().__init__(session_creator, hooks, should_recover=True, stop_grace_period_secs=stop_grace_period_secs)


class SingularMonitoredSession(_MonitoredSession):
    """A MonitoredSession that is not made anew where it is lost, and can be saved by a Saver through `raw_session`."""

    def __init__(self, hooks=None, scaffold=None, master='', config=None, checkpoint_dir=None,
                 stop_grace_period_secs=120, checkpoint_filename_with_path=None):
        """Arguments as of MonitoredSession and ChiefSessionCreator."""
        creator = ChiefSessionCreator(scaffold=scaffold, master=master, config=config, checkpoint_dir=checkpoint_dir,
                                      checkpoint_filename_with_path=checkpoint_filename_with_path)
        super().__init__(creator, hooks, should_recover=False, stop_grace_period_secs=stop_grace_period_secs)

    def raw_session(self):
        """The tf.Session inside."""
        return self._tf_sess()


# ---- the layers


class _CoordinatedSessionCreator(SessionCreator):
    """Makes a session inside its hooks and its coordinator."""

    def __init__(self, session_creator, hooks, stop_grace_period_secs):
        self._session_creator, self._hooks = session_creator, hooks
        self._stop_grace_period_secs = stop_grace_period_secs
        self.coord = None
        self.tf_sess = None

    def create_session(self):
        self.tf_sess = self._session_creator.create_session()
        self.coord = Coordinator(clean_stop_exception_types=[])
        for runner in get_collection(GraphKeys.QUEUE_RUNNERS):
            runner.create_threads(self.tf_sess, coord=self.coord, daemon=True, start=True)
        for hook in self._hooks:
            hook.after_create_session(self.tf_sess, self.coord)
        return _CoordinatedSession(_HookedSession(self.tf_sess, self._hooks), self.coord, self._stop_grace_period_secs)


class _WrappedSession:
    """A session around another one."""

    def __init__(self, sess):
        self._sess = sess

    @property
    def graph(self):
        return self._sess.graph

    @property
    def sess_str(self):
        return self._sess.sess_str

    def should_stop(self):
        """Whether this layer, or one inside, wants to stop; True once closed."""
        if self._check_stop():
            return True
        if self._sess is None:
            return True
        return isinstance(self._sess, _WrappedSession) and self._sess.should_stop()

    def _check_stop(self):
        return False

    def close(self):
        """Closes what is inside. That it was lost is no error."""
        if self._sess is None:
            return
        try:
            self._sess.close()
        except _LOST as error:
            from headrace import logging
            logging.error('The session was lost before it was closed. Error: %s', error)
        finally:
            self._sess = None

    def run(self, *args, **kwargs):
        return self._sess.run(*args, **kwargs)

    def run_step_fn(self, step_fn, raw_session, run_with_hooks):
        """Calls `step_fn`; the outermost layer that does not know better runs with hooks by itself."""
        run_with_hooks = run_with_hooks or self.run
        return step_fn(_MonitoredSession.StepContext(raw_session, run_with_hooks))


class _HookedSession(_WrappedSession):
    """Calls hooks around each run."""

    def __init__(self, sess, hooks):
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self):
        return self._should_stop

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        from headrace.core.protos import RunMetadata, RunOptions
        if self.should_stop():
            raise RuntimeError('Run called even after should_stop requested.')
        context = SessionRunContext(original_args=SessionRunArgs(fetches, feed_dict), session=self._sess)
        plain = options is None and run_metadata is None
        options = options or RunOptions()
        run_metadata = run_metadata or RunMetadata()
        asked, feeds = {'caller': fetches}, {}
        for hook in self._hooks:
            request = hook.before_run(context)
            if request is None:
                continue
            if request.fetches is not None:
                asked[hook] = request.fetches
            if request.feed_dict:
                _refuse_common(feeds, request.feed_dict, 'Same tensor is fed by two hooks.')
                feeds.update(request.feed_dict)
            if request.options:
                _merge_options(options, request.options)
                plain = False
        if feeds and feed_dict:
            _refuse_common(feed_dict, feeds, 'Same tensor is fed by a SessionRunHook and user.')
        feeds.update(feed_dict or {})
        if plain:
            values = self._sess.run(asked, feed_dict=feeds)
        else:
            values = self._sess.run(asked, feed_dict=feeds, options=options, run_metadata=run_metadata)
        for hook in self._hooks:
            hook.after_run(context, SessionRunValues(values.get(hook), options, run_metadata))
        self._should_stop = self._should_stop or context.stop_requested
        return values['caller']


def _refuse_common(feeds, others, message):
    common = set(feeds) & set(others)
    if common:
        raise RuntimeError(f'{message} Conflict(s): {common}')


def _merge_options(options, more):
    """Adds what a hook asks for: the higher trace level, the longer timeout, everything that is switched on."""
    options.trace_level = max(options.trace_level, more.trace_level)
    options.timeout_in_ms = max(options.timeout_in_ms, more.timeout_in_ms)
    options.inter_op_thread_pool = max(options.inter_op_thread_pool, more.inter_op_thread_pool)
    options.output_partition_graphs = options.output_partition_graphs or more.output_partition_graphs
    options.debug_options.debug_tensor_watch_opts.extend(more.debug_options.debug_tensor_watch_opts)
    options.debug_options.reset_disk_byte_usage = (
        options.debug_options.reset_disk_byte_usage or more.debug_options.reset_disk_byte_usage)
    options.report_tensor_allocations_upon_oom = (
        options.report_tensor_allocations_upon_oom or more.report_tensor_allocations_upon_oom)


class _CoordinatedSession(_WrappedSession):
    """Ends its threads when it is closed, and tells of their exceptions."""

    def __init__(self, sess, coord, stop_grace_period_secs):
        super().__init__(sess)
        self._coord, self._stop_grace_period_secs = coord, stop_grace_period_secs

    def _check_stop(self):
        self._coord.raise_requested_exception()
        return self._coord.should_stop()

    def close(self):
        self._coord.request_stop()
        try:
            self._coord.join(stop_grace_period_secs=self._stop_grace_period_secs, ignore_live_threads=True)
        finally:
            super().close()

    def run(self, *args, **kwargs):
        try:
            return self._sess.run(*args, **kwargs)
        except _LOST:
            raise
        except Exception:
            # Where a thread reported that a server was lost, that is the cause, and the session can be made anew.
            try:
                self._coord.raise_requested_exception()
            except _LOST:
                raise
            except Exception:
                pass
            raise


class _RecoverableSession(_WrappedSession):
    """Makes its session anew where it is lost."""

    def __init__(self, session_creator):
        self._session_creator = session_creator
        super().__init__(self._create_session())

    def _create_session(self):
        while True:
            try:
                return self._session_creator.create_session()
            except _LOST as error:
                _tell_of_loss('while it was created', error)

    def _check_stop(self):
        try:
            return self._sess._check_stop() if self._sess else True
        except _LOST as error:
            _tell_of_loss('when it was asked whether to stop', error)
            self.close()
            self._sess = self._create_session()
            return False
        except Exception:  # what a thread has failed of is raised by the run or the end
            return True

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        while True:
            try:
                self._sess = self._sess or self._create_session()
                return self._sess.run(fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata)
            except _LOST as error:
                _tell_of_loss('in a run', error)
                self.close()

    def run_step_fn(self, step_fn, raw_session, run_with_hooks):
        while True:
            try:
                if self._sess is None:
                    self._sess = self._create_session()
                    raw_session = self._session_creator.tf_sess
                return self._sess.run_step_fn(step_fn, raw_session, run_with_hooks or self._sess.run)
            except _LOST as error:
                _tell_of_loss('in a step function', error)
                self.close()


def _tell_of_loss(when, error):
    from headrace import logging
    logging.info('The session was lost %s; a new one will be created. Error: %s', when, error)
