"""Event files for TensorBoard: `tf.summary.FileWriter` and `tf.train.summary_iterator`."""

import threading
import warnings

from headrace import _headrace as _c

__all__ = ['FileWriter', 'FileWriterCache', 'summary_iterator']


class FileWriter:
    """Writes an event file into a directory, through a thread of its own.

    As a `with` block it is closed at the end. Any number of threads may add.
    """

    def __init__(self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None, filename_suffix=None,
                 session=None):
        """Makes the directory and the file.

        Args:
          logdir: the directory.
          graph: a `tf.Graph` that is written first, as GraphDef and MetaGraphDef.
          max_queue: how many events wait at most before adding blocks.
          flush_secs: after how many seconds events are in the file at the latest.
          graph_def: deprecated; a GraphDef in place of `graph`.
          filename_suffix: put after the file's name.
          session: not None is for eager execution, which there is not.

        Raises:
          RuntimeError: `session` is given.
          tf.errors.OpError: the directory or the file cannot be made.
        """
        if session is not None:
            raise RuntimeError('FileWriter takes a session only in eager execution')
        self._logdir, self._options = logdir, (max_queue, float(flush_secs), filename_suffix)
        self._closed = False
        self._open()
        if graph is not None or graph_def is not None:
            self.add_graph(graph=graph, graph_def=graph_def)
            if isinstance(graph, _c.Graph):
                self._add('meta_graph', _c.export_meta_graph(graph, b'', [], b'', False, False, None, False), None)
            else:
                from headrace.core.protos import MetaGraphDef
                definition = graph if graph is not None else graph_def
                self.add_meta_graph(MetaGraphDef(graph_def=definition))

    def _open(self):
        import os
        self._writer = _c.file_writer(os.fspath(self._logdir), None, *self._options)

    def _warn_if_closed(self):
        if self._closed:
            warnings.warn('Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter is '
                          'explicitly reopened.')
        return self._closed

    def _add(self, kind, serialized, global_step):
        if not self._warn_if_closed():
            self._writer.add(kind, serialized, 0 if global_step is None else int(global_step))

    def add_summary(self, summary, global_step=None):
        """Adds a Summary, or its bytes as a summary operation gives them, with the step it belongs to."""
        if not isinstance(summary, bytes):
            if not hasattr(summary, 'value'):
                raise AttributeError(f'{type(summary).__name__!r} object has no attribute {"value"!r}: a Summary is wanted')
            summary = summary.SerializeToString()
        self._add('summary', summary, global_step)

    def add_event(self, event):
        """Adds an Event as it is."""
        self._add('event', event.SerializeToString(), None)

    def add_graph(self, graph, global_step=None, graph_def=None):
        """Adds a graph, for TensorBoard's graph tab. A GraphDef in its place, or as `graph_def`, is deprecated.

        Raises:
          ValueError: both are given, or neither.
          TypeError: it is no graph.
        """
        if graph is not None and graph_def is not None:
            raise ValueError('Please pass only graph, or graph_def (deprecated), but not both.')
        if isinstance(graph, _c.Graph):
            if not self._warn_if_closed():
                self._writer.add_graph(graph, 0 if global_step is None else int(global_step))
            return
        definition = graph if graph is not None else graph_def
        if definition is None:
            raise ValueError('The argument graph or graph_def is required.')
        if not (hasattr(definition, 'node') and hasattr(definition, 'SerializeToString')):
            raise TypeError('The passed graph must be an instance of `Graph` or the deprecated `GraphDef`')
        from headrace import logging
        logging.warning('Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph` object instead, such as '
                        '`sess.graph`.')
        self._add('graph_def', definition.SerializeToString(), global_step)

    def add_meta_graph(self, meta_graph_def, global_step=None):
        """Adds a MetaGraphDef. TypeError for anything else."""
        from headrace.core.protos import MetaGraphDef
        if not isinstance(meta_graph_def, MetaGraphDef):
            raise TypeError(f'meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}')
        self._add('meta_graph', meta_graph_def.SerializeToString(), global_step)

    def add_session_log(self, session_log, global_step=None):
        """Adds a SessionLog: that a session started, stopped, or saved a checkpoint."""
        if not hasattr(session_log, 'SerializeToString'):
            raise TypeError(f'session_log must be a SessionLog, saw type: {type(session_log)}')
        self._add('session_log', session_log.SerializeToString(), global_step)

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        """Adds the RunMetadata of a run under a tag of its own. ValueError for a tag that was used already."""
        if not self._warn_if_closed():
            self._writer.add_run_metadata(run_metadata.SerializeToString(), tag,
                                          0 if global_step is None else int(global_step))

    def get_logdir(self):
        """The directory."""
        return self._logdir

    def flush(self):
        """Waits until all that was added is in the file."""
        if not self._warn_if_closed():
            self._writer.flush()

    def close(self):
        """Flushes and closes the file. Closing twice is fine."""
        if not self._closed:
            self._closed = True
            self._writer.close()

    def reopen(self):
        """Opens a new file in the directory after `close`; does nothing before."""
        if self._closed:
            self._open()
            self._closed = False

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()


class FileWriterCache:
    """One FileWriter a directory."""

    _cache = {}
    _lock = threading.RLock()

    @staticmethod
    def clear():
        """Closes and forgets the writers."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._cache.values():
                writer.close()
            FileWriterCache._cache = {}

    @staticmethod
    def get(logdir):
        """The writer of a directory, made at first use."""
        with FileWriterCache._lock:
            if logdir not in FileWriterCache._cache:
                from headrace.core.graph import get_default_graph
                FileWriterCache._cache[logdir] = FileWriter(logdir, graph=get_default_graph())
            return FileWriterCache._cache[logdir]


def summary_iterator(path):
    """Yields the Event messages of an event file, in order.

    Raises:
      tf.errors.OpError: the file cannot be read, or is damaged.
    """
    from headrace.core.protos import Event
    from headrace.core.records import records_of
    for record in records_of(path, ''):
        yield Event.FromString(record)
