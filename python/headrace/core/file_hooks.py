"""Hooks that write files: checkpoints, summaries, traces."""

import os

from headrace.core.basic_hooks import step_tensor
from headrace.core.event_files import FileWriterCache
from headrace.core.graph import GraphKeys, get_collection, get_default_graph
from headrace.core.run_hooks import SessionRunArgs, SessionRunHook
from headrace.core.step_timer import SecondOrStepTimer

__all__ = ['CheckpointSaverHook', 'CheckpointSaverListener', 'ProfilerHook', 'SummarySaverHook']


class CheckpointSaverListener:
    """Takes part in the saving of checkpoints; each of its methods does nothing unless overridden."""

    def begin(self):
        """Called once, before the graph is final."""

    def before_save(self, session, global_step_value):
        """Called before a checkpoint of the step is written."""

    def after_save(self, session, global_step_value):
        """Called when it was written. True asks the loop to stop."""

    def end(self, session, global_step_value):
        """Called once, after the last checkpoint."""


class CheckpointSaverHook(SessionRunHook):
    """Saves a checkpoint when a session begins, every so many steps or seconds, and at the end."""

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None, checkpoint_basename='model.ckpt',
                 scaffold=None, listeners=None):
        """
        Args:
          checkpoint_dir: the directory.
          save_secs, save_steps: how often; one of them is None.
          saver: the Saver; that of `scaffold`, or the only one of the graph, for None.
          checkpoint_basename: what the files' names begin with.
          scaffold: a Scaffold.
          listeners: CheckpointSaverListeners.

        Raises:
          ValueError: both intervals are given, or none; both a saver and a scaffold.
        """
        from headrace import logging
        logging.info('Create CheckpointSaverHook.')
        if saver is not None and scaffold is not None:
            raise ValueError('You cannot provide both saver and scaffold.')
        self._saver, self._scaffold = saver, scaffold
        self._checkpoint_dir = checkpoint_dir
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._listeners = listeners or []

    def begin(self):
        self._summary_writer = FileWriterCache.get(self._checkpoint_dir)
        self._global_step_tensor = step_tensor(self)
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session, coord):
        from headrace.core.meta_graphs import export_meta_graph, write_graph
        global_step = session.run(self._global_step_tensor)
        graph = get_default_graph()
        definition = graph.as_graph_def(add_shapes=True)
        write_graph(definition, self._checkpoint_dir, 'graph.pbtxt')
        saver = self._get_saver()
        meta_graph = export_meta_graph(graph_def=definition, saver_def=saver.saver_def if saver else None)
        self._summary_writer.add_graph(graph)
        self._summary_writer.add_meta_graph(meta_graph)
        self._save(session, global_step)
        self._timer.update_last_triggered_step(global_step)

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        if not self._timer.should_trigger_for_step(run_values.results + 1):
            return
        global_step = run_context.session.run(self._global_step_tensor)
        if self._timer.should_trigger_for_step(global_step):
            self._timer.update_last_triggered_step(global_step)
            if self._save(run_context.session, global_step):
                run_context.request_stop()

    def end(self, session):
        last_step = session.run(self._global_step_tensor)
        if last_step != self._timer.last_triggered_step():
            self._save(session, last_step)
        for listener in self._listeners:
            listener.end(session, last_step)

    def _save(self, session, step):
        """Saves a checkpoint. Gives whether a listener wants to stop."""
        from headrace import logging
        from headrace.core.protos import SessionLog
        logging.info('Saving checkpoints for %d into %s.', step, self._save_path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._save_path, global_step=step)
        self._summary_writer.add_session_log(
            SessionLog(status=SessionLog.CHECKPOINT, checkpoint_path=self._save_path), step)
        should_stop = False
        for listener in self._listeners:
            if listener.after_save(session, step):
                logging.info('A CheckpointSaverListener requested that training be stopped. listener: %s', listener)
                should_stop = True
        return should_stop

    def _get_saver(self):
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        savers = get_collection(GraphKeys.SAVERS)
        if not savers:
            raise RuntimeError(f'No items in collection {GraphKeys.SAVERS}. Please add a saver to the collection or '
                               'provide a saver or scaffold.')
        if len(savers) > 1:
            raise RuntimeError(f'More than one item in collection {GraphKeys.SAVERS}. Please indicate which one to use by '
                               'passing it to the constructor.')
        self._saver = savers[0]
        return self._saver


class SummarySaverHook(SessionRunHook):
    """Writes summaries into an event file every so many steps or seconds."""

    def __init__(self, save_steps=None, save_secs=None, output_dir=None, summary_writer=None, scaffold=None,
                 summary_op=None):
        """
        Args:
          save_steps, save_secs: how often; one of them is None.
          output_dir: the directory of the event file.
          summary_writer: a writer in place of it.
          scaffold: a Scaffold, whose summary is written.
          summary_op: a summary tensor or a list of them, in place of it.

        Raises:
          ValueError: both intervals are given, or none; both a scaffold and a summary, or neither.
        """
        if (scaffold is None) == (summary_op is None):
            raise ValueError('Exactly one of scaffold or summary_op must be provided.')
        self._summary_op, self._scaffold = summary_op, scaffold
        self._summary_writer, self._output_dir = summary_writer, output_dir
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self):
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = FileWriterCache.get(self._output_dir)
        self._next_step = None
        self._global_step_tensor = step_tensor(self)

    def before_run(self, run_context):
        self._request_summary = self._next_step is None or self._timer.should_trigger_for_step(self._next_step)
        summaries = self._summaries() if self._request_summary else None
        return None if summaries is None else SessionRunArgs(summaries)

    def after_run(self, run_context, run_values):
        if not self._summary_writer:
            return
        global_step = run_context.session.run(self._global_step_tensor)  # not the fetched one: did it count this step?
        if self._next_step is None:
            from headrace.core.protos import SessionLog
            self._summary_writer.add_session_log(SessionLog(status=SessionLog.START), global_step)
        if self._request_summary:
            self._timer.update_last_triggered_step(global_step)
            for summary in run_values.results or ():
                self._summary_writer.add_summary(summary, global_step)
        self._next_step = global_step + 1

    def end(self, session=None):
        if self._summary_writer:
            self._summary_writer.flush()

    def _summaries(self):
        """A list of summary tensors, or None."""
        summaries = self._summary_op if self._summary_op is not None else self._scaffold.summary_op
        if summaries is None:
            return None
        return summaries if isinstance(summaries, list) else [summaries]


class ProfilerHook(SessionRunHook):
    """Writes a trace of a run, for chrome://tracing, every so many steps or seconds: 'timeline-STEP.json'."""

    def __init__(self, save_steps=None, save_secs=None, output_dir='', show_dataflow=True, show_memory=False):
        """
        Args:
          save_steps, save_secs: how often; one of them is None.
          output_dir: the directory.
          show_dataflow: whether arrows show how tensors flow.
          show_memory: whether tensors are shown as objects.
        """
        self._output_file = os.path.join(output_dir, 'timeline-{}.json')
        self._file_writer = FileWriterCache.get(output_dir)
        self._show_dataflow, self._show_memory = show_dataflow, show_memory
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self):
        self._next_step = None
        self._global_step_tensor = step_tensor(self)

    def before_run(self, run_context):
        from headrace.core.protos import RunOptions
        self._request_trace = self._next_step is not None and self._timer.should_trigger_for_step(self._next_step)
        options = RunOptions(trace_level=RunOptions.FULL_TRACE) if self._request_trace else None
        return SessionRunArgs({'global_step': self._global_step_tensor}, options=options)

    def after_run(self, run_context, run_values):
        global_step = run_values.results['global_step'] + 1
        if self._next_step is None:  # the first run makes plans: it shows nothing of a step
            self._timer.update_last_triggered_step(run_values.results['global_step'])
        if self._request_trace:
            global_step = run_context.session.run(self._global_step_tensor)
            self._timer.update_last_triggered_step(global_step)
            self._save(global_step, run_values.run_metadata.step_stats)
            self._file_writer.add_run_metadata(run_values.run_metadata, f'step_{global_step}')
        self._next_step = global_step + 1

    def _save(self, step, step_stats):
        from headrace import logging
        from headrace.python.client import timeline
        path = self._output_file.format(step)
        logging.info("Saving timeline for %d into '%s'.", step, path)
        with open(path, 'w') as file:
            file.write(timeline.Timeline(step_stats).generate_chrome_trace_format(
                show_dataflow=self._show_dataflow, show_memory=self._show_memory))
