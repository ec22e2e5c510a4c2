"""Datasets whose elements are chosen by class, or reduced by key; statistics."""

import numpy as np

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.arrays import expand_dims, fill, gather, one_hot
from headrace.core.control_flow import cond
from headrace.core.data import structure
from headrace.core.data.datasets import DatasetV1, _widen_state
from headrace.core.data.functions import Function
from headrace.core.graph import convert_to_tensor, get_default_graph
from headrace.core.math_functions import reduce_max, reduce_min, reduce_sum, truediv
from headrace.core.print_functions import Print
from headrace.core.random_functions import random_uniform
from headrace.core.shapes import TensorShape
from headrace.core.type_specs import SparseTensorSpec, TensorSpec

# ---- rejection ----

_CLASSES_AT_ONCE = 32  # that an estimate of the distribution takes in
_FIRST_COUNT = 10      # of each class, before any was seen


def rejection_resample(class_func, target_dist, initial_dist=None, seed=None):
    """Pairs of classes and elements, some of which are left out so that classes come with given probabilities.

    Args:
      class_func: takes the components of an element, and returns its class: a scalar int32 or int64 below the number of
        classes.
      target_dist: the probability of each class, float32.
      initial_dist: their probabilities in the dataset; None: they are estimated from the elements so far.
      seed: of the choice.
    """

    def apply(dataset):
        target = convert_to_tensor(target_dist, name='target_dist')
        known_share = None
        classes = dataset.map(class_func)
        if initial_dist is None:
            initial = _estimates(target, classes)
            both = initial.map(lambda initial: _acceptance(initial, target))
            accepted = both.map(lambda accept_prob, _: accept_prob)
            unchanged = both.map(lambda _, prob_original: prob_original)
        else:
            known = convert_to_tensor(initial_dist, name='initial_dist')
            acceptance, original = _acceptance(known, target)
            known_share = _unchanged_share(known, target)
            initial, accepted, unchanged = (DatasetV1.from_tensors(x).repeat() for x in (known, acceptance, original))
        filtered = _filter(dataset, accepted, initial, classes, seed).prefetch(3)
        if known_share == 0:
            return filtered
        everything = DatasetV1.zip((classes, dataset))
        if known_share == 1:
            return everything
        weights = unchanged.map(lambda prob: [(prob, 1 - prob)])
        from headrace.core.data.experimental import sample_from_datasets
        return sample_from_datasets([everything, filtered], weights=weights, seed=seed)

    return apply


def _estimates(target, classes):
    """A dataset of the distribution of the classes so far, for each of them."""
    count = target.shape.dims[0].value if target.shape.ndims else None
    count = _ops.shape(target)[0] if count is None else count

    def update_estimate_and_tile(seen, c):
        new = _ops.add(seen, reduce_sum(one_hot(c, count, dtype=dtypes.int64), 0))
        share = _ops.cast(truediv(new, reduce_sum(new)), dtypes.float32)
        return new, _ops.tile(expand_dims(share, 0), [_CLASSES_AT_ONCE, 1])

    from headrace.core.data.experimental import scan
    seen = fill([count], np.int64(_FIRST_COUNT))
    return classes.batch(_CLASSES_AT_ONCE).apply(scan(seen, update_estimate_and_tile)).unbatch()


def _acceptance(initial, target):
    """How likely an element of each class is kept, and a share of all elements that stay as they are: the two add up to
    the target, and the more stay, the fewer are left out."""
    ratio = truediv(target, initial + np.finfo(np.float32).tiny)
    most = reduce_max(ratio)
    least = reduce_min(ratio)
    return (ratio - least) / (most - least), least


def _unchanged_share(initial, target):
    """The share of elements that stay as they are, where both distributions are constants; None otherwise."""
    initial, target = _c.constant_value(initial), _c.constant_value(target)
    if initial is None or target is None:
        return None
    with np.errstate(divide='ignore', invalid='ignore'):
        return np.min(target / initial)


def _filter(dataset, accepted, initial, classes, seed):

    def maybe_warn_on_large_rejection(accept_dist, initial_dist):
        rejected = reduce_sum((1 - accept_dist) * initial_dist)
        return cond(_ops.less(rejected, .5), lambda: accept_dist,
                    lambda: Print(accept_dist, [rejected, initial_dist, accept_dist],
                                  message='Proportion of examples rejected by sampler is high: ', summarize=100,
                                  first_n=10))

    def _gather_and_copy(class_val, acceptance_prob, data):
        return class_val, gather(acceptance_prob, class_val), data

    checked = DatasetV1.zip((accepted, initial)).map(maybe_warn_on_large_rejection)
    kept = DatasetV1.zip((classes, checked, dataset)).map(_gather_and_copy)
    kept = kept.filter(lambda _, p, data: random_uniform([], seed=seed) < p)
    return kept.map(lambda class_value, _, data: (class_value, data))


# ---- groups ----


class Reducer:
    """How the elements of a key become one.

    Args:
      init_func: takes a key, an int64, and returns a state: a structure of tensors.
      reduce_func: takes a state and an element, and returns the next state.
      finalize_func: takes a state, and returns an element.
    """

    def __init__(self, init_func, reduce_func, finalize_func):
        self._init_func, self._reduce_func, self._finalize_func = init_func, reduce_func, finalize_func

    init_func = property(lambda self: self._init_func, doc='The function that begins.')
    reduce_func = property(lambda self: self._reduce_func, doc='The function that takes an element in.')
    finalize_func = property(lambda self: self._finalize_func, doc='The function that ends.')


def group_by_reducer(key_func, reducer):
    """One element for each key, which a reducer makes of the elements of that key.

    Args:
      key_func: takes the components of an element, and returns a scalar of int64.
      reducer: a `Reducer`.
    """

    def apply(dataset):
        name = 'tf.data.experimental.group_by_reducer()'
        scalar = TensorSpec([], dtypes.int64)
        key = Function(key_func, name, dataset.element_spec)
        if not scalar.is_compatible_with(key.output_spec):
            raise ValueError(f'`key_func` must return a single tf.int64 tensor. Got {key.output_spec}.')
        init = Function(reducer.init_func, name, scalar)
        spec = init.output_spec
        while True:
            reduce = Function(reducer.reduce_func, name, (spec, dataset.element_spec), add_to_graph=False)
            wider = _widen_state(spec, reduce.output_spec)
            if wider == spec:
                break
            spec = wider
        reduce.add_to_graph(get_default_graph())
        finalize = Function(reducer.finalize_func, name, spec)
        variant = _c.dataset_group_by_reducer(dataset._variant, key.definition, init.definition, reduce.definition,
                                              finalize.definition)
        return dataset._like(variant, finalize.output_spec)

    return apply


def dense_to_sparse_batch(batch_size, row_shape):
    """Tensors whose shapes may differ, stacked into sparse tensors.

    Args:
      batch_size: how many are stacked.
      row_shape: the shape of a row; unknown sizes are those of the largest element.
    """

    def apply(dataset):
        spec = dataset.element_spec
        if not isinstance(spec, TensorSpec):
            raise TypeError('DenseToSparseDataset requires an input whose elements have a single component, whereas the '
                            f'input has {dataset.output_types}.')
        sizes = [-1 if size is None else size for size in TensorShape(row_shape).as_list()]
        variant = _c.dataset_sparse_batch(dataset._variant, batch_size, np.array(sizes, np.int64))
        return dataset._like(variant, SparseTensorSpec(TensorShape([None]).concatenate(row_shape), spec.dtype))

    return apply


# ---- statistics ----


class StatsAggregator:
    """Collects statistics about the pipelines whose `Options.experimental_stats.aggregator` it is."""

    def __init__(self):
        self._resource = _ops.stats_aggregator_handle()

    def get_summary(self):
        """A serialized Summary of histograms, a string tensor."""
        return _ops.stats_aggregator_summary(self._resource)


def bytes_produced_stats(tag):
    """The same elements; a histogram of their bytes is kept under the name `tag`."""
    return lambda dataset: dataset._like(_c.dataset_bytes_produced_stats(dataset._variant, tag))


def latency_stats(tag):
    """The same elements; a histogram of the microseconds that each took is kept under the name `tag`."""
    return lambda dataset: dataset._like(_c.dataset_latency_stats(dataset._variant, tag))
