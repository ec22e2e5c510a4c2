"""The training helper of older programs: `tf.train.Supervisor`."""

import contextlib
import os
import time

from headrace.core.coordinator import Coordinator, LooperThread
from headrace.core.deprecation import deprecated
from headrace.core.global_step import get_global_step, global_step as value_of_step
from headrace.core.graph import GraphKeys, add_to_collection, get_collection, get_default_graph
from headrace.core.session_manager import SessionManager
from headrace.core.variable_lists import (
    global_variables, global_variables_initializer, local_variables_initializer, report_uninitialized_variables,
    tables_initializer)

__all__ = ['Supervisor', 'basic_train_loop']


def _first_of(collection):
    """The first item of a collection, or None."""
    items = get_collection(collection)
    return items[0] if items else None


def _found_or_made(collection, make):
    """The first item of a collection; where that is empty, what `make` gives, which is added to it."""
    found = _first_of(collection)
    if found is None:
        found = make()
        if found is not None:
            add_to_collection(collection, found)
    return found


class Supervisor:
    """Makes a session that is initialized or restored, and saves checkpoints and summaries in threads beside it.

    `managed_session` is a block that does it all. Newer programs use MonitoredTrainingSession.
    """

    USE_DEFAULT = 0  # of an argument: take what the collections hold, or make what there is not

    @deprecated(None, 'Please switch to tf.train.MonitoredTrainingSession')
    def __init__(self, graph=None, ready_op=USE_DEFAULT, ready_for_local_init_op=USE_DEFAULT, is_chief=True,
                 init_op=USE_DEFAULT, init_feed_dict=None, local_init_op=USE_DEFAULT, logdir=None, summary_op=USE_DEFAULT,
                 saver=USE_DEFAULT, global_step=USE_DEFAULT, save_summaries_secs=120, save_model_secs=600,
                 recovery_wait_secs=30, stop_grace_secs=120, checkpoint_basename='model.ckpt', session_manager=None,
                 summary_writer=USE_DEFAULT, init_fn=None, local_init_run_options=None):
        """
        Args:
          graph: the graph, which is final afterwards; the default one for None.
          ready_op, ready_for_local_init_op: names of what is not initialized; None: nothing is checked.
          is_chief: whether this is the process that initializes and saves.
          init_op, init_feed_dict, init_fn: what initializes the variables, its feeds, and a function of the session.
          local_init_op, local_init_run_options: what initializes local variables and tables, and its RunOptions.
          logdir: the directory of checkpoints and event files; nothing is written for None.
          summary_op: all summaries in one; None: none are written by a thread.
          saver: the Saver; None: nothing is saved.
          global_step: the step's tensor; None: it is not counted.
          save_summaries_secs, save_model_secs: how often; 0 for never.
          recovery_wait_secs: how often to look whether the session is ready.
          stop_grace_secs: how long threads may take to end.
          checkpoint_basename: what the checkpoints' names begin with.
          session_manager: a SessionManager; a new one for None.
          summary_writer: a FileWriter; None: no event file.
        """
        graph = get_default_graph() if graph is None else graph
        use_default = Supervisor.USE_DEFAULT

        def settled(given, collection, make):
            return _found_or_made(collection, make) if given is use_default else given

        with graph.as_default():
            self._ready_op = settled(ready_op, GraphKeys.READY_OP, report_uninitialized_variables)
            self._ready_for_local_init_op = settled(ready_for_local_init_op, GraphKeys.READY_FOR_LOCAL_INIT_OP,
                                                    lambda: None)
            self._init_op = settled(init_op, GraphKeys.INIT_OP, global_variables_initializer)
            self._init_feed_dict = init_feed_dict
            self._local_init_op = settled(local_init_op, GraphKeys.LOCAL_INIT_OP, _local_init_op)
            self._saver = settled(saver, GraphKeys.SAVERS, _new_saver)
            self._summary_op = settled(summary_op, GraphKeys.SUMMARY_OP, _merged_summaries)
            self._global_step = settled(global_step, GraphKeys.GLOBAL_STEP, _global_step_tensor)
        self._graph = graph
        self._is_chief = is_chief
        self._coord = Coordinator()
        self._stop_grace_secs = stop_grace_secs
        self._init_fn = init_fn
        self._local_init_run_options = local_init_run_options
        self._logdir = self._save_path = self._summary_writer = None
        self._save_model_secs = self._save_summaries_secs = None
        if self._is_chief:
            self._logdir = logdir
            self._save_model_secs, self._save_summaries_secs = save_model_secs, save_summaries_secs
            if logdir:
                self._save_path = os.path.join(logdir, checkpoint_basename)
            if summary_writer is not use_default:
                self._summary_writer = summary_writer
            elif logdir:
                from headrace.core.event_files import FileWriter
                self._summary_writer = FileWriter(logdir)
            self._graph_added_to_summary = False
        self._session_manager = session_manager or SessionManager(
            local_init_op=self._local_init_op, ready_op=self._ready_op,
            ready_for_local_init_op=self._ready_for_local_init_op, graph=graph, recovery_wait_secs=recovery_wait_secs,
            local_init_run_options=local_init_run_options)
        graph.finalize()

    # ---- what it has

    @property
    def session_manager(self):
        """The SessionManager."""
        return self._session_manager

    @property
    def coord(self):
        """The Coordinator of the threads."""
        return self._coord

    @property
    def is_chief(self):
        """Whether this is the process that initializes and saves."""
        return self._is_chief

    @property
    def init_op(self):
        """Initializes the variables."""
        return self._init_op

    @property
    def init_feed_dict(self):
        """Feeds of `init_op`."""
        return self._init_feed_dict

    @property
    def ready_op(self):
        """The names of what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self):
        """The names of what `local_init_op` needs and is not initialized."""
        return self._ready_for_local_init_op

    @property
    def summary_writer(self):
        """The FileWriter, or None."""
        return self._summary_writer

    @property
    def summary_op(self):
        """All summaries in one tensor, or None."""
        return self._summary_op

    @property
    def save_summaries_secs(self):
        """How often summaries are written."""
        return self._save_summaries_secs

    @property
    def saver(self):
        """The Saver, or None."""
        return self._saver

    @property
    def save_model_secs(self):
        """How often checkpoints are saved."""
        return self._save_model_secs

    @property
    def save_path(self):
        """What the checkpoints' paths begin with."""
        return self._save_path

    @property
    def global_step(self):
        """The step's tensor, or None."""
        return self._global_step

    # ---- sessions

    def prepare_or_wait_for_session(self, master='', config=None, wait_for_checkpoint=False, max_wait_secs=7200,
                                    start_standard_services=True):
        """A session that is ready; the threads run beside it.

        Args:
          master: the target.
          config: a ConfigProto.
          wait_for_checkpoint: whether to wait until there is one.
          max_wait_secs: how long to wait at most.
          start_standard_services: whether to start the threads.
        """
        self._coord.clear_stop()
        if self._summary_writer:
            self._summary_writer.reopen()
        from headrace import logging
        if self._is_chief:
            session = self._session_manager.prepare_session(
                master, init_op=self._init_op, saver=self._saver, checkpoint_dir=self._logdir,
                wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs, config=config,
                init_feed_dict=self._init_feed_dict, init_fn=self._init_fn)
            self._write_graph()
            if start_standard_services:
                logging.info('Starting standard services.')
                self.start_standard_services(session)
        else:
            session = self._session_manager.wait_for_session(master, config=config, max_wait_secs=max_wait_secs)
        if start_standard_services:
            logging.info('Starting queue runners.')
            self.start_queue_runners(session)
        return session

    @contextlib.contextmanager
    def managed_session(self, master='', config=None, start_standard_services=True, close_summary_writer=True):
        """A block with a session that is ready. At its end the threads are stopped and the session is closed.

        An exception of the block, or of a thread, ends the others and is raised; but OutOfRangeError is a regular end.
        """
        try:
            session = self.prepare_or_wait_for_session(master=master, config=config,
                                                       start_standard_services=start_standard_services)
            yield session
        except Exception as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                try:
                    session.close()
                except Exception:  # what went wrong before is told, not what it entails
                    pass

    def _write_graph(self):
        """Writes the graph beside the checkpoints, and into the event file."""
        if self._logdir:
            from headrace.core.meta_graphs import write_graph
            write_graph(self._graph.as_graph_def(add_shapes=True), self._logdir, 'graph.pbtxt')
        if self._summary_writer and not self._graph_added_to_summary:
            from headrace.core.meta_graphs import export_meta_graph
            self._summary_writer.add_graph(self._graph)
            self._summary_writer.add_meta_graph(export_meta_graph(
                graph=self._graph, graph_def=self._graph.as_graph_def(add_shapes=True),
                saver_def=self._saver.saver_def if self._saver else None))
            self._graph_added_to_summary = True

    # ---- threads

    def start_standard_services(self, sess):
        """Starts the threads that save checkpoints, write summaries and count steps. Gives them.

        Raises:
          RuntimeError: this is not the chief.
        """
        if not self._is_chief:
            raise RuntimeError('Only chief supervisor can start standard services. Because only chief supervisors can '
                               'write events.')
        if not self._logdir:
            from headrace import logging
            logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return None
        if self._global_step is not None and self._summary_writer:
            self._log_session('START', int(sess.run(self._global_step)))
        threads = []
        if self._save_summaries_secs and self._summary_writer:
            if self._summary_op is not None:
                threads.append(LooperThread(self._coord, self._save_summaries_secs, self._write_summary, (sess,)))
            if self._global_step is not None:
                threads.append(_StepCounter(self, sess))
        if self._saver and self._save_model_secs:
            threads.append(_CheckpointTimer(self, sess))
        for thread in threads:
            thread.start()
        return threads

    def _log_session(self, status, step=None, path=None):
        from headrace.core.protos import SessionLog
        self._summary_writer.add_session_log(
            SessionLog(status=SessionLog.SessionStatus.Value(status), checkpoint_path=path), step)

    def _write_summary(self, sess):
        if self._global_step is not None:
            summary, step = sess.run([self._summary_op, self._global_step])
        else:
            summary, step = sess.run(self._summary_op), None
        from headrace import logging
        if self._summary_writer:
            logging.info('Recording summary at step %s.', step)
            self._summary_writer.add_summary(summary, step)

    def start_queue_runners(self, sess, queue_runners=None):
        """Starts the threads of queue runners: of a list, or of the graph's. Gives them."""
        if queue_runners is None:
            queue_runners = self._graph.get_collection(GraphKeys.QUEUE_RUNNERS)
        threads = []
        for runner in queue_runners:
            threads.extend(runner.create_threads(sess, coord=self._coord, daemon=True, start=True))
        return threads

    def loop(self, timer_interval_secs, target, args=None, kwargs=None):
        """A started LooperThread of the coordinator. See there."""
        looper = LooperThread(self._coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def stop(self, threads=None, close_summary_writer=True, ignore_live_threads=False):
        """Stops all threads, and raises what one of them reported.

        Args:
          threads: more threads to wait for.
          close_summary_writer: whether to close the event file.
          ignore_live_threads: whether threads that still run after the grace period are left alone.
        """
        self._coord.request_stop()
        try:
            self._coord.join(threads, stop_grace_period_secs=self._stop_grace_secs,
                             ignore_live_threads=ignore_live_threads)
        finally:
            if close_summary_writer and self._summary_writer:
                self._log_session('STOP')
                self._summary_writer.close()
                self._graph_added_to_summary = False

    def request_stop(self, ex=None):
        """Asks all threads to stop. See Coordinator."""
        self._coord.request_stop(ex=ex)

    def should_stop(self):
        """Whether the loop is to end."""
        return self._coord.should_stop()

    def stop_on_exception(self):
        """A block whose exception stops all threads."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self):
        """Waits until a stop is asked for."""
        self._coord.wait_for_stop()

    def summary_computed(self, sess, summary, global_step=None):
        """Writes a summary that the program has run itself.

        Args:
          sess: the session.
          summary: a Summary or its bytes.
          global_step: the step; that of the session where left out.

        Raises:
          RuntimeError: there is no event file.
        """
        if not self._summary_writer:
            raise RuntimeError('Writing a summary requires a summary writer.')
        if global_step is None and self._global_step is not None:
            global_step = value_of_step(sess, self._global_step)
        self._summary_writer.add_summary(summary, global_step)

    # The names of TensorFlow's first versions.
    PrepareSession = prepare_or_wait_for_session
    StartStandardServices = start_standard_services
    StartQueueRunners = start_queue_runners
    Loop = loop
    Stop = stop
    RequestStop = request_stop
    ShouldStop = should_stop
    StopOnException = stop_on_exception
    WaitForStop = wait_for_stop
    SummaryComputed = summary_computed


# ---- what is made where a program gives nothing


def _local_init_op():
    from headrace.core.control import group
    return group(local_variables_initializer(), tables_initializer())


def _new_saver():
    if not global_variables():
        return None
    from headrace.core.savers import Saver
    return Saver()


def _merged_summaries():
    from headrace.summary import merge_all
    return merge_all()


def _global_step_tensor():
    return get_global_step()


# ---- threads


class _StepCounter(LooperThread):
    """Logs how many global steps a second there are."""

    def __init__(self, supervisor, session):
        super().__init__(supervisor.coord, supervisor.save_summaries_secs)
        self._supervisor, self._session = supervisor, session
        self._tag = f'{supervisor.global_step.op.name}/sec'

    def start_loop(self):
        self._last_time = time.monotonic()
        self._last_step = value_of_step(self._session, self._supervisor.global_step)

    def run_loop(self):
        current_step = value_of_step(self._session, self._supervisor.global_step)
        now = time.monotonic()
        added_steps, elapsed = current_step - self._last_step, now - self._last_time
        self._last_step, self._last_time = current_step, now
        steps_per_sec = added_steps / elapsed if elapsed > 0 else float('inf')
        from headrace import logging
        from headrace.core.protos import Summary
        summary = Summary(value=[Summary.Value(tag=self._tag, simple_value=steps_per_sec)])
        if self._supervisor.summary_writer:
            self._supervisor.summary_writer.add_summary(summary, current_step)
        logging.info('%s: %g', self._tag, steps_per_sec)


class _CheckpointTimer(LooperThread):
    """Saves checkpoints."""

    def __init__(self, supervisor, session):
        super().__init__(supervisor.coord, supervisor.save_model_secs)
        self._supervisor, self._session = supervisor, session

    def run_loop(self):
        supervisor = self._supervisor
        from headrace import logging
        logging.info('Saving checkpoint to path %s', supervisor.save_path)
        supervisor.saver.save(self._session, supervisor.save_path, global_step=supervisor.global_step)
        if supervisor.summary_writer and supervisor.global_step is not None:
            supervisor._log_session('CHECKPOINT', value_of_step(self._session, supervisor.global_step),
                                    supervisor.save_path)


def basic_train_loop(supervisor, train_step_fn, args=None, kwargs=None, master=''):
    """Trains until the supervisor stops.

    Args:
      supervisor: a Supervisor.
      train_step_fn: a function of the session, `*args` and `**kwargs` that runs one step.
      args, kwargs: its further arguments.
      master: the target.
    """
    if args is None:
        args = []
    if kwargs is None:
        kwargs = {}
    should_retry = True
    while should_retry:
        from headrace import errors
        try:
            should_retry = False
            with supervisor.managed_session(master) as session:
                while not supervisor.should_stop():
                    train_step_fn(session, *args, **kwargs)
        except errors.AbortedError:
            should_retry = True
