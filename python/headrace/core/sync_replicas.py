"""Synchronous training by several workers: `tf.train.SyncReplicasOptimizer`."""

from headrace import _headrace as _c
from headrace import logging
from headrace.core.optimizers import Optimizer
from headrace.core.queue_runners import QueueRunner
from headrace.core.run_hooks import SessionRunHook
from headrace.core.session_manager import _ready

__all__ = ['SyncReplicasOptimizer']


class SyncReplicasOptimizer(Optimizer):
    """Updates variables by the mean of the gradients of several workers.

    Each worker adds its gradients to accumulators that stand beside the variables, and waits for a token. The chief
    takes the mean of the first gradients that are there, applies it, and puts tokens into the queue. Gradients from
    before the last update are dropped, so that the slowest workers hold up nobody where there are more workers than
    gradients are needed.

    Give the hook of `make_session_run_hook` to the training session.
    """

    def __init__(self, opt, replicas_to_aggregate, total_num_replicas=None, variable_averages=None,
                 variables_to_average=None, use_locking=False, name='sync_replicas'):
        """
        Args:
          opt: the Optimizer that applies the mean gradients.
          replicas_to_aggregate: how many gradients an update needs.
          total_num_replicas: how many workers there are; as many as gradients for None. Fewer compute several each.
          variable_averages: an ExponentialMovingAverage that follows each update.
          variables_to_average: its variables.
          use_locking: taken for the sake of its like; `opt` has one of its own.
          name: the name scope of what is added.
        """
        super().__init__(use_locking, name)
        if total_num_replicas is None:
            total_num_replicas = replicas_to_aggregate
        logging.info('SyncReplicasV2: replicas_to_aggregate=%s; total_num_replicas=%s', replicas_to_aggregate,
                     total_num_replicas)
        self._opt = opt
        self._replicas_to_aggregate, self._total_num_replicas = replicas_to_aggregate, total_num_replicas
        self._variable_averages, self._variables_to_average = variable_averages, variables_to_average
        self._gradients_applied = False
        self._global_step = self._var_list = self._sync_token_queue = self._chief_queue_runner = None

    def compute_gradients(self, *args, **kwargs):
        """The (gradient, variable) pairs of the optimizer inside. See there."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """What a worker runs: it adds the gradients, and waits for a token.

        Args:
          grads_and_vars: a list of (gradient, variable) pairs, as `compute_gradients` gives it.
          global_step: the variable that counts updates.
          name: taken for the sake of its like.

        Raises:
          ValueError: there are no pairs, or there is no global step.
        """
        if not grads_and_vars:
            raise ValueError('Must supply at least one variable')
        if global_step is None:
            raise ValueError('Global step is required to check staleness')
        gradients, self._var_list = map(list, zip(*grads_and_vars))
        self._global_step = global_step
        made = _c.sync_replicas_apply(self, gradients, self._var_list, global_step, self._replicas_to_aggregate,
                                      self._total_num_replicas, self._variable_averages is not None, self._name)
        self._local_step = made['local_step']
        self.local_step_init_op, self.chief_init_op = made['local_step_init_op'], made['chief_init_op']
        self.ready_for_local_init_op = made['ready_for_local_init_op']
        self._sync_token_queue = made['tokens']
        self._chief_queue_runner = QueueRunner(made['stand_in'], [made['sync_op']], close_op=made['close_op'],
                                               cancel_op=made['cancel_op'])
        self._gradients_applied = True
        return made['train_op']

    def _apply_means(self, gradients):
        return self._opt.apply_gradients(list(zip(gradients, self._var_list)), self._global_step)

    def _average(self):
        return self._variable_averages.apply(self._variables_to_average)

    def get_chief_queue_runner(self):
        """The QueueRunner whose thread, at the chief, applies the means and hands out tokens.

        Raises:
          ValueError: `apply_gradients` was not called yet.
        """
        if not self._gradients_applied:
            raise ValueError('Should be called after apply_gradients().')
        return self._chief_queue_runner

    def get_slot(self, *args, **kwargs):
        """A slot of the optimizer inside. See there."""
        return self._opt.get_slot(*args, **kwargs)

    def variables(self):
        """The variables of the optimizer inside."""
        return self._opt.variables()

    def get_slot_names(self, *args, **kwargs):
        """The names of the slots of the optimizer inside."""
        return self._opt.get_slot_names(*args, **kwargs)

    def get_init_tokens_op(self, num_tokens=-1):
        """An operation that the chief runs once, which puts the first tokens into the queue.

        Args:
          num_tokens: how many; as many as an update needs gradients for -1.

        Raises:
          ValueError: `apply_gradients` was not called yet, or the first update needs more tokens.
        """
        if not self._gradients_applied:
            raise ValueError('get_init_tokens_op() should be called after apply_gradients().')
        return _c.sync_replicas_init_tokens(self._sync_token_queue, self._global_step, self._replicas_to_aggregate,
                                            self._total_num_replicas, num_tokens)

    def make_session_run_hook(self, is_chief, num_tokens=-1):
        """A hook that starts all of it in a training session.

        Args:
          is_chief: whether this worker is the chief.
          num_tokens: as for `get_init_tokens_op`.
        """
        return _SyncReplicasOptimizerHook(self, is_chief, num_tokens)


class _SyncReplicasOptimizerHook(SessionRunHook):
    """Sets the steps, and starts the chief's thread."""

    def __init__(self, sync_optimizer, is_chief, num_tokens):
        self._sync_optimizer, self._is_chief, self._num_tokens = sync_optimizer, is_chief, num_tokens

    def begin(self):
        sync = self._sync_optimizer
        if not sync._gradients_applied:
            raise ValueError('SyncReplicasOptimizer.apply_gradient should be called before using the hook.')
        self._ready_for_local_init_op = sync.ready_for_local_init_op
        self._local_init_op, self._q_runner, self._init_tokens_op = sync.local_step_init_op, None, None
        if self._is_chief:
            self._local_init_op = sync.chief_init_op
            self._q_runner = sync.get_chief_queue_runner()
            self._init_tokens_op = sync.get_init_tokens_op(self._num_tokens)

    def after_create_session(self, session, coord):
        is_ready, message = _ready(self._ready_for_local_init_op, session,
                                   'Model is not ready for SyncReplicasOptimizer local init.')
        if not is_ready:
            raise RuntimeError('Init operations did not make model ready for SyncReplicasOptimizer local_init. '
                               f'Init op: {self._local_init_op.name}, error: {message}')
        session.run(self._local_init_op)
        if self._init_tokens_op is not None:
            session.run(self._init_tokens_op)
        if self._q_runner is not None:
            self._q_runner.create_threads(session, coord=coord, daemon=True, start=True)
