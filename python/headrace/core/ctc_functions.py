"""Connectionist temporal classification: sequences of labels out of inputs of many more times."""

from headrace import _headrace as _c
from headrace import _ops
from headrace.core.sparse import SparseTensor
from headrace.core.sparse_functions import parts_of

__all__ = ['ctc_beam_search_decoder', 'ctc_beam_search_decoder_v2', 'ctc_greedy_decoder', 'ctc_loss']


def ctc_loss(labels, inputs=None, sequence_length=None, preprocess_collapse_repeated=False, ctc_merge_repeated=True,
             ignore_longer_outputs_than_inputs=False, time_major=True, logits=None):
    """How improbable the labels of sequences are.

    Args:
      labels: a sparse tensor [batch, times] of int32.
      inputs: [times, batch, classes], of which the last class is the blank.
      sequence_length: [batch], how many times each sequence has.
      preprocess_collapse_repeated: whether labels that follow themselves count once.
      ctc_merge_repeated: whether a label may fill any number of times.
      ignore_longer_outputs_than_inputs: whether sequences with more labels than times are left out.
      time_major: whether `inputs` has the times first, not the batch.
      logits: another name of `inputs`.

    Returns:
      A tensor [batch].

    Raises:
      TypeError: labels that are no sparse tensor.
    """
    if logits is not None:
        if inputs is not None:
            raise ValueError("Cannot specify both 'inputs' and 'logits'")
        inputs = logits
    if not isinstance(labels, SparseTensor):
        raise TypeError('Expected labels (first argument) to be a SparseTensor')
    return _c.tf_ctc_loss(parts_of(labels), inputs, sequence_length,
                          preprocess_collapse_repeated=preprocess_collapse_repeated, ctc_merge_repeated=ctc_merge_repeated,
                          ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs, time_major=time_major)


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True):
    """The most probable label of each time, without blanks.

    Args:
      inputs: [times, batch, classes], of which the last class is the blank.
      sequence_length: [batch], how many times each sequence has.
      merge_repeated: whether labels that follow themselves count once.

    Returns:
      (a list of one sparse tensor [batch, times], the negated sums of the inputs [batch, 1]).
    """
    indices, values, shape, log_probability = _ops.ctc_greedy_decoder(inputs, sequence_length, merge_repeated)
    return [SparseTensor(indices, values, shape)], log_probability


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1, merge_repeated=True):
    """The most probable sequences of labels.

    Args:
      inputs: [times, batch, classes], of which the last class is the blank.
      sequence_length: [batch], how many times each sequence has.
      beam_width: how many sequences are followed.
      top_paths: how many of them are wanted.
      merge_repeated: whether labels that follow themselves in the result count once.

    Returns:
      (a list of sparse tensors [batch, times], the logarithms of their probabilities [batch, top_paths]).
    """
    indices, values, shapes, log_probability = _ops.ctc_beam_search_decoder(inputs, sequence_length, beam_width, top_paths,
                                                                            merge_repeated)
    return [SparseTensor(*parts) for parts in zip(indices, values, shapes)], log_probability


def ctc_beam_search_decoder_v2(inputs, sequence_length, beam_width=100, top_paths=1):
    """`ctc_beam_search_decoder` that leaves repeated labels of the result as they are."""
    return ctc_beam_search_decoder(inputs, sequence_length, beam_width, top_paths, merge_repeated=False)
