"""Brings sessions up: `tf.train.SessionManager`."""

import time

import numpy

from headrace import errors
from headrace.core.checkpoints import get_checkpoint_state
from headrace.core.graph import get_default_graph
from headrace.core.session import Session

__all__ = ['SessionManager']


class SessionManager:
    """Makes sessions whose variables are restored from a checkpoint, or initialized, and checks that they are ready."""

    def __init__(self, local_init_op=None, ready_op=None, ready_for_local_init_op=None, graph=None, recovery_wait_secs=30,
                 local_init_run_options=None):
        """
        Args:
          local_init_op: run in each new session once the variables have values.
          ready_op: a vector of names of what is not initialized, empty where the session is ready; None: it is.
          ready_for_local_init_op: the same, before `local_init_op`.
          graph: the graph; the default one for None.
          recovery_wait_secs: how long to wait between looking for a checkpoint, or for a session that is ready.
          local_init_run_options: RunOptions of `local_init_op`.

        Raises:
          ValueError: there is something to be ready for, but no local_init_op.
        """
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError(f'If you pass a ready_for_local_init_op you must also pass a local_init_op , '
                             f'ready_for_local_init_op [{ready_for_local_init_op}]')
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = get_default_graph() if graph is None else graph
        self._recovery_wait_secs = recovery_wait_secs
        self._local_init_run_options = local_init_run_options
        self._target = None

    def prepare_session(self, master, init_op=None, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None,
                        wait_for_checkpoint=False, max_wait_secs=7200, config=None, init_feed_dict=None, init_fn=None):
        """A session that is ready: restored where there is a checkpoint, else initialized.

        Args:
          master: the target.
          init_op: initializes the variables.
          saver: restores them.
          checkpoint_dir: the directory of checkpoints, of which the newest counts.
          checkpoint_filename_with_path: one checkpoint, in place of it.
          wait_for_checkpoint: whether to wait until there is one.
          max_wait_secs: how long at most.
          config: a ConfigProto.
          init_feed_dict: feeds of `init_op`.
          init_fn: a function of the session, called after `init_op`.

        Raises:
          RuntimeError: there is nothing to initialize with, or the session is not ready after all.
          ValueError: both a directory and a file are given.
        """
        session, is_loaded = self._restored(master, saver, checkpoint_dir, checkpoint_filename_with_path,
                                            wait_for_checkpoint, max_wait_secs, config)
        if not is_loaded:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError('Model is not initialized and no init_op or init_fn or local_init_op was given')
            if init_op is not None:
                session.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(session)
        for is_ready, what in ((self._try_local_init, ' for local_init'), (self._model_ready, '')):
            success, message = is_ready(session)
            if not success:
                raise RuntimeError(f'Init operations did not make model ready{what}.  Init op: {_named(init_op)}, '
                                   f'init fn: {init_fn}, local_init_op: {_named(self._local_init_op)}, error: {message}')
        return session

    def recover_session(self, master, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None,
                        wait_for_checkpoint=False, max_wait_secs=7200, config=None):
        """(session, whether it was restored and is ready), of a checkpoint alone. Arguments as of `prepare_session`."""
        from headrace import logging
        session, is_loaded = self._restored(master, saver, checkpoint_dir, checkpoint_filename_with_path,
                                            wait_for_checkpoint, max_wait_secs, config)
        local_init_success, message = self._try_local_init(session)
        if not is_loaded:
            return session, False
        restored = checkpoint_dir or checkpoint_filename_with_path
        if not local_init_success:
            logging.info('Restoring model from %s did not make model ready for local init: %s', restored, message)
            return session, False
        is_ready, message = self._model_ready(session)
        if not is_ready:
            logging.info('Restoring model from %s did not make model ready: %s', restored, message)
            return session, False
        logging.info('Restored model from %s', restored)
        return session, True

    def wait_for_session(self, master, config=None, max_wait_secs=float('Inf')):
        """A session that is ready, because another one has initialized what they share.

        Args:
          master: the target.
          config: a ConfigProto.
          max_wait_secs: how long to wait at most.

        Raises:
          tf.errors.DeadlineExceededError: it took longer.
        """
        from headrace import logging
        self._target = master
        until = time.monotonic() + (float('Inf') if max_wait_secs is None else max_wait_secs)
        wait_secs = min(self._recovery_wait_secs, 0.25)  # a chief that starts now is ready soon
        while True:
            session = Session(self._target, graph=self._graph, config=config)
            not_ready_message = None
            local_init_success, not_ready_local_message = self._try_local_init(session)
            if local_init_success:
                is_ready, not_ready_message = self._model_ready(session)
                if is_ready:
                    return session
            session.close()
            if until - time.monotonic() - wait_secs < 0:
                raise errors.DeadlineExceededError(None, None,
                                                   f'Session was not ready after waiting {int(max_wait_secs)} secs.')
            logging.info('Waiting for model to be ready.  Ready_for_local_init_op:  %s, ready: %s',
                         not_ready_local_message, not_ready_message)
            time.sleep(wait_secs)
            wait_secs = min(self._recovery_wait_secs, 2 * wait_secs)

    # ---- the steps

    def _restored(self, master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint, max_wait_secs,
                  config):
        """(a new session, whether its variables are those of a checkpoint)"""
        from headrace import logging
        self._target = master
        session = Session(self._target, graph=self._graph, config=config)
        if checkpoint_dir and checkpoint_filename_with_path:
            raise ValueError('Can not provide both checkpoint_dir and checkpoint_filename_with_path.')
        if not saver or not (checkpoint_dir or checkpoint_filename_with_path):
            return session, False
        if checkpoint_filename_with_path:
            saver.restore(session, checkpoint_filename_with_path)
            return session, True
        until = time.monotonic() + max_wait_secs
        checkpoint = get_checkpoint_state(checkpoint_dir)
        while not checkpoint or not checkpoint.model_checkpoint_path:
            if not wait_for_checkpoint or time.monotonic() >= until:
                return session, False
            logging.info('Waiting for checkpoint to be available.')
            time.sleep(self._recovery_wait_secs)
            checkpoint = get_checkpoint_state(checkpoint_dir)
        saver.restore(session, checkpoint.model_checkpoint_path)
        saver.recover_last_checkpoints(checkpoint.all_model_checkpoint_paths)
        return session, True

    def _try_local_init(self, session):
        """Runs the local_init_op if the session is ready for it: (whether it was, what was missing)."""
        if self._local_init_op is None:
            return True, None
        is_ready, message = _ready(self._ready_for_local_init_op, session, 'Model not ready for local init')
        if not is_ready:
            return False, message
        from headrace import logging
        logging.info('Running local_init_op.')
        session.run(self._local_init_op, options=self._local_init_run_options)
        logging.info('Done running local_init_op.')
        return True, None

    def _model_ready(self, session):
        return _ready(self._ready_op, session, 'Model not ready')


def _ready(op, session, message):
    """(whether an operation says that a session is ready, what it says is missing)"""
    if op is None:
        return True, None
    try:
        missing = session.run(op)
    except errors.FailedPreconditionError as error:
        if 'uninitialized' not in str(error):
            from headrace import logging
            logging.warning('%s : error [%s]', message, error)
            raise
        return False, str(error)
    if missing is None or missing.dtype == numpy.int32 or missing.size == 0:  # old ready_ops count
        return True, None
    return False, 'Variables not initialized: ' + ', '.join(name.decode() for name in missing)


def _named(op):
    """Names of an operation, or of several in a list or dict."""
    if isinstance(op, (list, tuple)):
        return ', '.join(str(_named(item)) for item in op)
    if isinstance(op, dict):
        return ', '.join(f'{key}: {_named(item)}' for key, item in op.items())
    return getattr(op, 'name', op)
