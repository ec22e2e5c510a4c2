"""Losses over so many classes that a training step looks at a sample of them only, and the samplers."""

from headrace import _headrace as _c
from headrace.core.partitions import tables_of

__all__ = ['uniform_candidate_sampler', 'log_uniform_candidate_sampler', 'learned_unigram_candidate_sampler',
           'fixed_unigram_candidate_sampler', 'all_candidate_sampler', 'compute_accidental_hits', 'nce_loss',
           'sampled_softmax_loss']


def uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Draws classes, all as likely.

    Args:
      true_classes: int64 [batch, num_true].
      num_true: how many true classes an example has.
      num_sampled: how many classes to draw.
      unique: whether all of them are different.
      range_max: the number of classes.
      seed: of the draws.
      name: of the operation.

    Returns:
      (sampled_candidates [num_sampled], true_expected_count [batch, num_true], sampled_expected_count [num_sampled]):
      class numbers, and how often the true and the drawn classes are expected in such a sample.

    Raises:
      tf.errors.InvalidArgumentError: running it with fewer classes than are to be drawn.
    """
    return _c.tf_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=seed, name=name)


def log_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Draws class k with probability log((k + 2) / (k + 1)) / log(range_max + 1): of classes sorted by how frequent they
    are, the first most often. Arguments and results as of `uniform_candidate_sampler`."""
    return _c.tf_log_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=seed,
                                               name=name)


def learned_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Draws classes as often as they were true classes in earlier runs, each having been one once at first. Arguments
    and results as of `uniform_candidate_sampler`."""
    return _c.tf_learned_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=seed,
                                                   name=name)


def fixed_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, vocab_file='',
                                    distortion=1.0, num_reserved_ids=0, num_shards=1, shard=0, unigrams=(), seed=None,
                                    name=None):
    """Draws classes as often as given weights say.

    Args:
      true_classes, num_true, num_sampled, unique, range_max, seed, name: as of `uniform_candidate_sampler`.
      vocab_file: a file with a line for each class, the weight behind the last comma; or
      unigrams: the weights.
      distortion: a power that weights are raised to.
      num_reserved_ids: classes before the first weight, which are never drawn.
      num_shards, shard: of several samplers, this one has every num_shards-th weight.

    Returns:
      As `uniform_candidate_sampler`.
    """
    return _c.tf_fixed_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max,
                                                 vocab_file=vocab_file, unigrams=unigrams, distortion=distortion,
                                                 num_reserved_ids=num_reserved_ids, num_shards=num_shards, shard=shard,
                                                 seed=seed, name=name)


def all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=None, name=None):
    """All classes 0 to num_sampled - 1, for comparison. Arguments and results as of `uniform_candidate_sampler`."""
    return _c.tf_all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=seed, name=name)


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    """Where drawn classes are true ones: (rows of true_classes, places in sampled_candidates, weights), of which all
    weights are the lowest float."""
    return _c.tf_compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=seed, name=name)


def nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
             remove_accidental_hits=False, partition_strategy='mod', name='nce_loss'):
    """Noise-contrastive estimation: tells the true classes from a sample by logistic regression (Gutmann and
    Hyvärinen, 2010).

    Args:
      weights: [num_classes, dim], a list of parts of it, or a partitioned variable.
      biases: [num_classes], or parts.
      labels: int64 [batch, num_true], the true classes.
      inputs: [batch, dim].
      num_sampled: how many classes to draw for a batch.
      num_classes: the number of classes.
      num_true: the number of true classes of an example.
      sampled_values: what a candidate sampler gave; a log uniform sample by default.
      remove_accidental_hits: leaves drawn classes out that are true ones.
      partition_strategy: how parts are dealt out, 'mod' or 'div'.
      name: the name scope.

    Returns:
      The loss of each example, [batch].
    """
    return _c.nce_loss(tables_of(weights), tables_of(biases), labels, inputs, num_sampled, num_classes, num_true=num_true,
                       sampled_values=sampled_values, remove_accidental_hits=remove_accidental_hits,
                       div_strategy=partition_strategy == 'div', name=name)


def sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
                         remove_accidental_hits=True, partition_strategy='mod', name='sampled_softmax_loss', seed=None):
    """The cross entropy of a softmax over the true classes and a sample (Jean et al., 2014): for training only.
    Arguments as of `nce_loss`; `seed` is that of the sample."""
    return _c.sampled_softmax_loss(tables_of(weights), tables_of(biases), labels, inputs, num_sampled, num_classes,
                                   num_true=num_true, sampled_values=sampled_values,
                                   remove_accidental_hits=remove_accidental_hits,
                                   div_strategy=partition_strategy == 'div', seed=seed, name=name)
