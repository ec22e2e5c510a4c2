"""Datasets that TensorFlow calls experimental: functions that give what `Dataset.apply` takes."""

import numpy as np

from headrace import _headrace as _c
from headrace import _ops
from headrace.core import dtypes
from headrace.core.arrays import expand_dims, squeeze
from headrace.core.data import structure
from headrace.core.data.datasets import (
    DatasetSpec, DatasetV1, DatasetV1Adapter, VariantDataset, _spec_of_made, _widen_state)
from headrace.core.data.functions import Function
from headrace.core.data.readers import parallel_interleave_dataset
from headrace.core.deprecation import deprecated
from headrace.core.graph import control_dependencies, convert_to_tensor, get_default_graph, name_scope
from headrace.core.shapes import TensorShape
from headrace.core.type_specs import SparseTensorSpec, TensorSpec, TypeSpec

INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2


# ---- simple ones ----


def Counter(start=0, step=1, dtype=dtypes.int64):  # noqa: N802
    """Numbers from `start` on, `step` apart, without end.

    Args:
      start: the first.
      step: the distance.
      dtype: their dtype.
    """
    with name_scope('counter'):
        start = convert_to_tensor(start, dtype, 'start')
        step = convert_to_tensor(step, dtype, 'step')
        return DatasetV1.from_tensors(0).repeat(None).apply(scan(start, lambda state, _: (state + step, state)))


class RandomDataset(DatasetV1Adapter):
    """Random numbers of int64, without end.

    Args:
      seed: of the numbers.
    """

    def __init__(self, seed=None):
        self._take(_c.dataset_random(seed=seed), TensorSpec([], dtypes.int64))


@deprecated(None, 'Use `tf.data.Dataset.enumerate()')
def enumerate_dataset(start=0):
    """Pairs of numbers from `start` on and elements."""
    return lambda dataset: dataset.enumerate(start)


def ignore_errors():
    """The elements without those that failed."""
    return lambda dataset: dataset._like(_c.dataset_ignore_errors(dataset._variant))


def unique():
    """The elements without those that were there before: one component, of integers or strings."""
    return lambda dataset: dataset._like(_c.dataset_unique(dataset._variant))


@deprecated(None, 'Use `tf.data.Dataset.unbatch()`.')
def unbatch():
    """The slices of each element along its first dimension."""
    return lambda dataset: dataset.unbatch()


@deprecated(None, 'Use `tf.data.Dataset.shuffle(buffer_size, seed)` followed by `tf.data.Dataset.repeat(count)`. Static '
            'tf.data optimizations will take care of using the fused implementation.')
def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """Passes over the elements, each in random order, through one buffer.

    Args:
      buffer_size: the size of the buffer.
      count: the number of passes; None: without end.
      seed: of the order.
    """
    return lambda dataset: shuffle_and_repeat_dataset(dataset, buffer_size, count, seed)


def shuffle_and_repeat_dataset(dataset, buffer_size, count, seed):
    """The dataset of `shuffle_and_repeat`."""
    return dataset._like(_c.dataset_shuffle_and_repeat(dataset._variant, buffer_size, -1 if count is None else count,
                                                       seed=seed))


def take_while(predicate):
    """The elements up to the first for which a function returns False."""

    def apply(dataset):
        function = Function(predicate, 'tf.data.experimental.take_while()', dataset.element_spec)
        if not (isinstance(function.output_spec, TensorSpec) and
                function.output_spec.is_compatible_with(TensorSpec([], dtypes.bool_))):
            raise ValueError('`predicate` must return a scalar boolean tensor.')
        return dataset._like(_c.dataset_take_while(dataset._variant, function.definition))

    return apply


def scan(initial_state, scan_func):
    """What a function returns for a state and each element, beside the next state.

    Args:
      initial_state: a structure of tensors.
      scan_func: takes the state and an element, and returns a pair: the next state, and an element.
    """

    def apply(dataset):
        state = structure.normalize(initial_state)
        spec = structure.spec_of(state)
        while True:
            function = Function(scan_func, 'tf.data.experimental.scan()', (spec, dataset.element_spec),
                                add_to_graph=False)
            if not (isinstance(function.output_spec, tuple) and len(function.output_spec) == 2):
                raise TypeError('The scan function must return a pair comprising the new state and the output value.')
            wider = _widen_state(spec, function.output_spec[0])
            if wider == spec:
                break
            spec = wider
        function.add_to_graph(get_default_graph())
        variant = _c.dataset_scan(dataset._variant, structure.to_tensors(spec, state), function.definition)
        return dataset._like(variant, function.output_spec[1])

    return apply


# ---- maps and interleaving ----


def _map_and_batch(map_func, batch_size, num_parallel_batches, drop_remainder, num_parallel_calls):
    if num_parallel_batches is None and num_parallel_calls is None:
        num_parallel_calls = batch_size
    elif num_parallel_batches is not None and num_parallel_calls is None:
        num_parallel_calls = batch_size * num_parallel_batches
    elif num_parallel_batches is not None:
        raise ValueError('The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive.')

    def apply(dataset):
        function = Function(map_func, 'tf.data.experimental.map_and_batch()', dataset.element_spec)
        variant = _c.dataset_map_and_batch(dataset._variant, function.definition, batch_size,
                                           num_parallel_calls=num_parallel_calls, drop_remainder=drop_remainder,
                                           preserve_cardinality=True)
        known = batch_size if drop_remainder is True and isinstance(batch_size, (int, np.integer)) else None
        return dataset._like(variant, structure.map_structure(lambda component: component._batch(known),
                                                              function.output_spec))

    return apply


@deprecated(None, 'Use `tf.data.Dataset.map(map_func, num_parallel_calls)` followed by '
            '`tf.data.Dataset.batch(batch_size, drop_remainder)`. Static tf.data optimizations will take care of using '
            'the fused implementation.')
def map_and_batch(map_func, batch_size, num_parallel_batches=None, drop_remainder=False, num_parallel_calls=None):
    """What a function returns for each element, stacked.

    Args:
      map_func: takes the components of an element.
      batch_size: how many are stacked.
      num_parallel_batches: how many batches are computed at once.
      drop_remainder: whether fewer at the end are left out.
      num_parallel_calls: how many elements are computed at once.
    """
    return _map_and_batch(map_func, batch_size, num_parallel_batches, drop_remainder, num_parallel_calls)


@deprecated(None, 'Use `tf.data.experimental.map_and_batch()')
def map_and_batch_with_legacy_function(map_func, batch_size, num_parallel_batches=None, drop_remainder=False,
                                       num_parallel_calls=None):
    """The same as `map_and_batch`."""
    return _map_and_batch(map_func, batch_size, num_parallel_batches, drop_remainder, num_parallel_calls)


@deprecated(None, 'Use `tf.data.Dataset.interleave(map_func, cycle_length, block_length, '
            'num_parallel_calls=tf.data.experimental.AUTOTUNE)` instead. If sloppy execution is desired, use '
            '`tf.data.Options.experimental_determinstic`.')
def parallel_interleave(map_func, cycle_length, block_length=1, sloppy=False, buffer_output_elements=None,
                        prefetch_input_elements=None):
    """The elements of the datasets that a function returns, of several in turn.

    Args:
      map_func: takes the components of an element, and returns a dataset.
      cycle_length: of how many datasets.
      block_length: how many elements before the next one's turn.
      sloppy: whether another order would do.
      buffer_output_elements: how many of each are made ahead.
      prefetch_input_elements: how many datasets are made ahead.
    """
    return lambda dataset: parallel_interleave_dataset(dataset, map_func, cycle_length, block_length, sloppy,
                                                       buffer_output_elements, prefetch_input_elements)


def choose_from_datasets(datasets, choice_dataset):
    """The next element of that dataset whose number comes next.

    Args:
      datasets: a list of datasets with such elements.
      choice_dataset: a dataset of scalars of int64.
    """
    if choice_dataset.element_spec != TensorSpec([], dtypes.int64):
        raise TypeError('`choice_dataset` must be a dataset of scalar `tf.int64` tensors.')
    return _directed(choice_dataset, datasets)


def sample_from_datasets(datasets, weights=None, seed=None):
    """Each next element of a dataset that is drawn at random; one that has ended is drawn no more.

    Args:
      datasets: a list of datasets with such elements.
      weights: how often each is drawn: as many numbers of float32 or float64, or a dataset of them; None for all alike.
      seed: of the draws.

    Raises:
      TypeError: weights of another dtype; datasets of other elements.
      ValueError: as many weights as there are no datasets.
    """
    def draw(logits, seed):
        return squeeze(_ops.stateless_multinomial(logits, 1, seed=seed), axis=[0, 1])

    if isinstance(weights, DatasetV1):
        def select_dataset_varying_logits(logits, seed):
            return draw(logits, seed)

        logits = weights.map(lambda *p: _ops.log(p, name='logits'))
        numbers = DatasetV1.zip((logits, RandomDataset(seed).batch(2)))
        return _directed(numbers._map(select_dataset_varying_logits, None, False, alone=True), datasets)
    if weights is None:
        logits = [[1.0] * len(datasets)]
    else:
        weights = convert_to_tensor(weights, name='weights')
        if weights.dtype not in (dtypes.float32, dtypes.float64):
            raise TypeError('`weights` must be convertible to a tensor of `tf.float32` or `tf.float64` elements.')
        if not weights.shape.is_compatible_with([len(datasets)]):
            raise ValueError('`weights` must be a vector of length `len(datasets)`.')
        logits = expand_dims(_ops.log(weights, name='logits'), 0)
    if len(datasets) == 1:
        return datasets[0]

    def select_dataset_constant_logits(seed):
        return draw(logits, seed)

    numbers = RandomDataset(seed).batch(2)
    return _directed(numbers._map(select_dataset_constant_logits, None, False, alone=True), datasets)


def _directed(selector, datasets):
    first = datasets[0].element_spec
    for other in datasets[1:]:
        if (structure.legacy_types(other.element_spec) != structure.legacy_types(first) or
                structure.legacy_classes(other.element_spec) != structure.legacy_classes(first)):
            raise TypeError('All datasets must have the same type and class.')
    shapes = structure.flatten(structure.legacy_shapes(first))
    for other in datasets[1:]:
        theirs = structure.flatten(structure.legacy_shapes(other.element_spec))
        shapes = [a.most_specific_compatible_shape(b) for a, b in zip(shapes, theirs)]
    spec = structure.spec_of_legacy(structure.legacy_types(first), structure.pack_sequence_as(first, shapes),
                                    structure.legacy_classes(first))
    variant = _c.dataset_directed_interleave(selector._variant, [dataset._variant for dataset in datasets])
    return DatasetV1._of(variant, spec, [selector, *datasets])


# ---- groups ----


def group_by_window(key_func, reduce_func, window_size=None, window_size_func=None):
    """Windows of elements with one key, each made a dataset, whose elements come one after the other.

    Args:
      key_func: takes the components of an element, and returns a scalar of int64.
      reduce_func: takes a key and the dataset of a window, and returns a dataset.
      window_size: how many elements a window has at most.
      window_size_func: takes a key, and returns that.
    """
    if (window_size is None) == (not window_size_func):
        raise ValueError('Must pass either window_size or window_size_func.')
    if window_size is not None:

        def constant_window_func(unused_key):
            return convert_to_tensor(window_size, dtypes.int64)

        window_size_func = constant_window_func

    def apply(dataset):
        name = 'tf.data.experimental.group_by_window()'

        def key_func_wrapper(*args):
            return convert_to_tensor(key_func(*args), dtypes.int64)

        def window_size_func_wrapper(key):
            return convert_to_tensor(window_size_func(key), dtypes.int64)

        scalar = TensorSpec([], dtypes.int64)
        key = Function(key_func_wrapper, name, dataset.element_spec)
        if not scalar.is_compatible_with(key.output_spec):
            raise ValueError('`key_func` must return a single tf.int64 scalar tensor.')
        reduce = Function(reduce_func, name,
                          (scalar, DatasetSpec(dataset.element_spec)))
        spec = _spec_of_made(reduce, by_reduction=True)
        size = Function(window_size_func_wrapper, name, scalar)
        if not scalar.is_compatible_with(size.output_spec):
            raise ValueError('`window_size_func` must return a single tf.int64 scalar tensor.')
        variant = _c.dataset_group_by_window(dataset._variant, key.definition, reduce.definition, size.definition)
        return dataset._like(variant, spec)

    return apply


def bucket_by_sequence_length(element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes=None,
                              padding_values=None, pad_to_bucket_boundary=False, no_padding=False,
                              drop_remainder=False):
    """Batches of elements of like length, padded.

    Args:
      element_length_func: takes the components of an element, and returns its length, an int32.
      bucket_boundaries: where the next bucket begins.
      bucket_batch_sizes: the size of each bucket's batches: one more than boundaries.
      padded_shapes: those of `Dataset.padded_batch`; None: the dataset's.
      padding_values: those of `Dataset.padded_batch`.
      pad_to_bucket_boundary: whether unknown sizes are padded to the bucket's boundary less 1.
      no_padding: whether nothing is padded.
      drop_remainder: whether fewer at the end are left out.
    """
    from headrace.core.arrays import where
    from headrace.core.element_assertions import assert_less
    from headrace.core.constants import constant
    from headrace.core.math_functions import reduce_min
    from headrace import _ops
    with name_scope('bucket_by_seq_length'):
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError('len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1')
        batch_sizes = constant(bucket_batch_sizes, dtype=dtypes.int64)

        def element_to_bucket_id(*args):
            length = element_length_func(*args)
            boundaries = list(bucket_boundaries)
            least = [np.iinfo(np.int32).min] + boundaries
            most = boundaries + [np.iinfo(np.int32).max]
            inside = _ops.logical_and(_ops.less_equal(least, length), _ops.less(length, most))
            return reduce_min(where(inside))

        def window_size_fn(bucket_id):
            return batch_sizes[bucket_id]

        def fill(shape, filler):
            return [filler if size is None else size for size in TensorShape(shape).as_list()]

        def batching_fn(bucket_id, grouped):
            size = window_size_fn(bucket_id)
            if no_padding:
                return grouped.batch(size, drop_remainder=drop_remainder)
            filler = None
            if pad_to_bucket_boundary:
                check = assert_less(bucket_id, constant(len(bucket_batch_sizes) - 1, dtype=dtypes.int64),
                                    message='When pad_to_bucket_boundary=True, elements must have length < '
                                            'max(bucket_boundaries).')
                with control_dependencies([check]):
                    boundaries = constant(bucket_boundaries, dtype=dtypes.int64)
                    filler = boundaries[bucket_id] - 1
            shapes = padded_shapes or structure.legacy_shapes(grouped.element_spec)
            shapes = structure.pack_sequence_as(shapes, [fill(shape, filler) for shape in structure.flatten(shapes)])
            return grouped.padded_batch(size, shapes, padding_values, drop_remainder=drop_remainder)

        def apply(dataset):
            return dataset.apply(group_by_window(element_to_bucket_id, batching_fn, window_size_func=window_size_fn))

        return apply


# ---- values of datasets ----


def get_single_element(dataset):
    """The one element of a dataset; runs fail with InvalidArgumentError where there are none or more.

    Args:
      dataset: the dataset.
    """
    if not isinstance(dataset, DatasetV1):
        raise TypeError('`dataset` must be a `tf.data.Dataset` object.')
    return structure.from_tensors(dataset.element_spec, _c.dataset_single_element(dataset._variant))


def cardinality(dataset):
    """How many elements a dataset has: a scalar of int64, `INFINITE_CARDINALITY` or `UNKNOWN_CARDINALITY`.

    Args:
      dataset: the dataset.
    """
    from headrace import _ops
    return _ops.dataset_cardinality(dataset._variant)


def from_variant(variant, structure):
    """The dataset that a tensor is.

    Args:
      variant: a scalar of dtype variant.
      structure: the structure of type specs of an element.
    """
    return VariantDataset(variant, structure)


def to_variant(dataset):
    """The tensor that a dataset is."""
    return dataset._variant_tensor


# ---- optionals ----


class Optional:
    """A structure of tensors that may not be there."""

    @staticmethod
    def from_value(value):
        """One with a value."""
        from headrace import _ops
        with name_scope('optional') as scope:
            with name_scope('value'):
                spec = structure.spec_of(value)
                tensors = structure.to_tensors(spec, value)
            return _Optional(_ops.optional_from_value(tensors, name=scope), spec)

    @staticmethod
    def none_from_structure(value_structure):
        """One without a value, which would be of these type specs."""
        from headrace import _ops
        return _Optional(_ops.optional_none(), value_structure)

    def has_value(self, name=None):
        """Whether the value is there: a scalar bool tensor."""
        raise NotImplementedError('Optional.has_value()')

    def get_value(self, name=None):
        """The value; runs fail with InvalidArgumentError where it is not there."""
        raise NotImplementedError('Optional.get_value()')

    @property
    def value_structure(self):
        """The structure of type specs of the value."""
        raise NotImplementedError('Optional.value_structure')


class _Optional(Optional):
    def __init__(self, variant, spec):
        self._variant, self._spec = variant, spec

    def has_value(self, name=None):
        from headrace import _ops
        return _ops.optional_has_value(self._variant, name=name)

    def get_value(self, name=None):
        from headrace import _ops
        with name_scope(name, 'OptionalGetValue', [self._variant]) as scope:
            tensors = _ops.optional_get_value(self._variant, structure.flat_types(self._spec),
                                              structure.flat_shapes(self._spec), name=scope)
            tensors = tensors if isinstance(tensors, (list, tuple)) else [tensors]
            return structure.from_tensors(self._spec, tensors)

    @property
    def value_structure(self):
        return self._spec

    @property
    def _element_type_spec(self):
        return OptionalStructure(self._spec)


class OptionalStructure(TypeSpec):
    """The type of optionals whose values are of a structure of type specs."""

    def __init__(self, value_structure):
        self._value_structure = value_structure

    value_type = property(lambda self: _Optional, doc='The class of optionals.')

    @staticmethod
    def from_value(value):
        """The type of an optional."""
        return OptionalStructure(value.value_structure)

    def _serialize(self):
        return (self._value_structure,)

    @property
    def _flat_tensor_specs(self):
        return [TensorSpec([], dtypes.variant)]

    def _to_tensor_list(self, value):
        return [value._variant]

    def _from_tensor_list(self, tensors):
        return _Optional(tensors[0], self._value_structure)

    def _to_legacy_output_types(self):
        return self

    def _to_legacy_output_shapes(self):
        return self

    def _to_legacy_output_classes(self):
        return self


def get_next_as_optional(iterator):
    """The next element of an iterator as an optional, which has no value behind the last one.

    Args:
      iterator: the iterator.
    """
    from headrace import _ops
    spec = iterator.element_spec
    variant = _ops.iterator_get_next_as_optional(iterator._iterator_resource, structure.flat_types(spec),
                                                 structure.flat_shapes(spec))
    return _Optional(variant, spec)


# ---- structures under their old names ----


@deprecated(None, 'Use `tf.TensorSpec` instead.')
def TensorStructure(dtype, shape):  # noqa: N802
    """A TensorSpec."""
    return TensorSpec(shape, dtype)


@deprecated(None, 'Use `tf.SparseTensorSpec` instead.')
def SparseTensorStructure(dtype, shape):  # noqa: N802
    """A SparseTensorSpec."""
    return SparseTensorSpec(shape, dtype)


Structure, DatasetStructure = TypeSpec, DatasetSpec
