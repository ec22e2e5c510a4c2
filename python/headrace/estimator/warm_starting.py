"""What an Estimator's training begins from."""

import collections

from headrace.core.warm_starting import warm_start  # noqa: F401

__all__ = ['WarmStartSettings']


class WarmStartSettings(collections.namedtuple('WarmStartSettings', [
        'ckpt_to_initialize_from', 'vars_to_warm_start', 'var_name_to_vocab_info', 'var_name_to_prev_var_name'])):
    """The arguments of `tf.train.warm_start`, for `warm_start_from` of an Estimator."""

    def __new__(cls, ckpt_to_initialize_from, vars_to_warm_start='.*', var_name_to_vocab_info=None,
                var_name_to_prev_var_name=None):
        """See `tf.train.warm_start`. ValueError without a checkpoint."""
        if not ckpt_to_initialize_from:
            raise ValueError('`ckpt_to_initialize_from` MUST be set in WarmStartSettings')
        return super().__new__(cls, ckpt_to_initialize_from, vars_to_warm_start, var_name_to_vocab_info or {},
                               var_name_to_prev_var_name or {})
