"""Datasets: sequences of elements, as nodes of a graph."""

import logging
import threading

import numpy as np

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.constants import get_static_value
from headrace.core.data import structure
from headrace.core.data.functions import Function
from headrace.core.data.iterators import Iterator
from headrace.core.data.options import Options
from headrace.core.deprecation import deprecated
from headrace.core.graph import convert_to_tensor, control_dependencies, get_default_graph, name_scope
from headrace.core.shapes import TensorShape, as_shape
from headrace.core.sparse import SparseTensor
from headrace.core.type_specs import TensorSpec, TypeSpec

AUTOTUNE = -1


class DatasetV1:
    """A sequence of elements, each a structure of tensors: tuples, named tuples and dictionaries of them.

    Its methods make datasets of datasets; `make_one_shot_iterator` and `make_initializable_iterator` give the elements
    to a graph.
    """

    _preserves_cardinality = False  # what `map` says of itself; True where TensorFlow's class is of version 2

    def __init__(self):
        variant = self._as_variant_tensor()
        self._take(variant, self.element_spec, self._inputs())

    def _as_variant_tensor(self):
        raise NotImplementedError('Dataset._as_variant_tensor')

    def _inputs(self):
        return []

    def _take(self, variant, spec, inputs=(), options=None):
        self._variant, self._spec, self._over = variant, spec, list(inputs)
        self._set_options, self._graph = options, get_default_graph()

    @classmethod
    def _of(cls, variant, spec, inputs=(), options=None):
        made = DatasetV1Adapter.__new__(DatasetV1Adapter)
        made._take(variant, spec, inputs, options)
        return made

    def _like(self, variant, spec=None):
        """A dataset over this one; its elements are the same where no spec is given."""
        made = DatasetV1._of(variant, self._spec if spec is None else spec, [self])
        made._preserves_cardinality = self._preserves_cardinality
        return made

    @property
    def _variant_tensor(self):
        return self._variant

    @property
    def element_spec(self):
        """The structure of type specs of an element."""
        return self._spec

    @property
    def _element_type_spec(self):
        return DatasetSpec(self.element_spec)

    @property
    @deprecated(None, 'Use `tf.compat.v1.data.get_output_classes(dataset)`.')
    def output_classes(self):
        """The structure of classes of an element."""
        return structure.legacy_classes(self.element_spec)

    @property
    @deprecated(None, 'Use `tf.compat.v1.data.get_output_shapes(dataset)`.')
    def output_shapes(self):
        """The structure of shapes of an element."""
        return structure.legacy_shapes(self.element_spec)

    @property
    @deprecated(None, 'Use `tf.compat.v1.data.get_output_types(dataset)`.')
    def output_types(self):
        """The structure of dtypes of an element."""
        return structure.legacy_types(self.element_spec)

    def __repr__(self):
        shapes = str(structure.map_structure(str, structure.legacy_shapes(self.element_spec))).replace("'", '')
        types = str(structure.map_structure(repr, structure.legacy_types(self.element_spec))).replace("'", '')
        return f'<{type(self).__name__} shapes: {shapes}, types: {types}>'

    def __iter__(self):
        raise RuntimeError('__iter__() is only supported inside of tf.function or when eager execution is enabled.')

    # ---- options ----

    def options(self):
        """The options of this dataset and of those that it is made of."""
        if self._set_options is not None:
            return self._set_options
        options = Options()
        for dataset in self._over:
            options = options.merge(dataset.options())
        return options

    def with_options(self, options):
        """The dataset with options; ValueError where they contradict those it has."""
        return DatasetV1._of(self._variant, self._spec, [self], self.options().merge(options))

    def _option_arguments(self):
        options = self.options()
        arguments = options._arguments()
        if arguments['optimizations'] and _c.dataset_captures_reference(self._variant):
            import warnings
            warnings.warn('tf.data static optimizations are not compatible with tf.Variable. The following '
                          f'optimizations will be disabled: {", ".join(arguments["optimizations"])}. To enable '
                          'optimizations, use resource variables instead by calling `tf.enable_resource_variables()` '
                          'at the start of the program.', stacklevel=4)
        return arguments

    def _check_graph(self):
        graph, seen, waiting = get_default_graph(), [], [self]
        while waiting:
            dataset = waiting.pop(0)
            seen.append(dataset)
            if dataset._graph is not graph:
                logging.getLogger('headrace').warning(
                    'The graph (%s) of the iterator is different from the graph (%s) the dataset: %s was created in. If '
                    'you are using the Estimator API, make sure that no part of the dataset returned by the `input_fn` '
                    'function is defined outside the `input_fn` function. Please ensure that all datasets in the '
                    'pipeline are created in the same graph as the iterator.', graph, dataset._graph, dataset._variant)
            waiting += [other for other in dataset._over if not any(other is one for one in seen)]

    # ---- iterators ----

    @deprecated(None, 'Use `for ... in dataset:` to iterate over a dataset. If using `tf.estimator`, return the `Dataset` '
                'object directly from your input function. As a last resort, you can use '
                '`tf.compat.v1.data.make_one_shot_iterator(dataset)`.')
    def make_one_shot_iterator(self):
        """An iterator that begins by itself, once. ValueError where the dataset reads variables or placeholders."""
        return self._make_one_shot_iterator()

    def _make_one_shot_iterator(self):
        self._check_graph()
        return Iterator._of(_c.make_one_shot_iterator(self._variant, **self._option_arguments()), self.element_spec)

    @deprecated(None, 'Use `for ... in dataset:` to iterate over a dataset. If using `tf.estimator`, return the `Dataset` '
                'object directly from your input function. As a last resort, you can use '
                '`tf.compat.v1.data.make_initializable_iterator(dataset)`.')
    def make_initializable_iterator(self, shared_name=None):
        """An iterator that begins whenever its `initializer` runs.

        Args:
          shared_name: the name under which sessions share it.
        """
        return self._make_initializable_iterator(shared_name)

    def _make_initializable_iterator(self, shared_name=None):
        self._check_graph()
        ends = _c.make_initializable_iterator(self._variant, shared_name or '', **self._option_arguments())
        return Iterator._of(ends, self.element_spec)

    # ---- sources ----

    @staticmethod
    def from_tensors(tensors):
        """A dataset of one element."""
        element = structure.normalize(tensors)
        spec = structure.spec_of(element)
        return DatasetV1._of(_c.dataset_from_tensors(structure.to_tensors(spec, element)), spec)

    @staticmethod
    def from_tensor_slices(tensors):
        """A dataset of the slices of tensors along their first dimension, which must be of one size."""
        element = structure.normalize(tensors)
        batched = structure.spec_of(element)
        parts = structure.to_batched_tensors(batched, element)
        spec = structure.map_structure(lambda component: component._unbatch(), batched)
        return DatasetV1._of(_c.dataset_from_tensor_slices(parts), spec)

    @staticmethod
    @deprecated(None, 'Use `tf.data.Dataset.from_tensor_slices()`.')
    def from_sparse_tensor_slices(sparse_tensor):
        """A dataset of the rows of a sparse tensor, each as indices, values and dense shape."""
        if not isinstance(sparse_tensor, SparseTensor):
            raise TypeError(f'`sparse_tensor` must be a `tf.SparseTensor` object. Was {sparse_tensor}.')
        rank = (sparse_tensor.indices.shape[1] - 1).merge_with(sparse_tensor.dense_shape.shape[0] - 1)
        spec = (TensorSpec([None, rank], dtypes.int64), TensorSpec([None], sparse_tensor.values.dtype),
                TensorSpec([rank], dtypes.int64))
        parts = (sparse_tensor.indices, sparse_tensor.values, sparse_tensor.dense_shape)
        return DatasetV1._of(_c.dataset_from_sparse_slices(parts), spec)

    @staticmethod
    def from_generator(generator, output_types, output_shapes=None, args=None):
        """A dataset of what a Python generator yields.

        Args:
          generator: is called with the values of `args`, and gives something to iterate over.
          output_types: the structure of dtypes of an element.
          output_shapes: its shapes; None: unknown.
          args: a tuple of tensors.
        """
        from headrace.core.py_func import numpy_function
        if not callable(generator):
            raise TypeError('`generator` must be callable.')
        if output_shapes is None:
            shapes = structure.map_structure(lambda _: TensorShape(None), output_types)
        else:
            shapes = structure.map_structure_up_to(output_types, as_shape, output_shapes)
        args = () if args is None else tuple(convert_to_tensor(arg, name=f'args_{i}') for i, arg in enumerate(args))
        types = [dtypes.as_dtype(dtype) for dtype in structure.flatten(output_types)]
        calls = _Generators(generator, output_types, types, structure.flatten(shapes))

        def get_iterator_id_fn(unused):
            return numpy_function(calls.begin, args, dtypes.int64)

        def generator_next_fn(iterator_id):
            values = numpy_function(calls.next, [iterator_id], types)
            if output_shapes is not None:
                for value, shape in zip(values, structure.flatten(shapes)):
                    value.set_shape(shape)
            return structure.pack_sequence_as(output_types, values)

        def finalize_fn(iterator_id):
            return numpy_function(calls.end, [iterator_id], dtypes.int64)

        def flat_map_fn(dummy):
            return _generator_dataset(dummy, get_iterator_id_fn, generator_next_fn, finalize_fn)

        return DatasetV1.from_tensors(0).flat_map(flat_map_fn)

    @staticmethod
    def range(*args):
        """The numbers that Python's `range` gives for the arguments, as int64."""
        if not 1 <= len(args) <= 3:
            raise ValueError(f'Invalid arguments to RangeDataset: {args}')
        start, stop, step = (0, *args, 1) if len(args) == 1 else (*args, 1) if len(args) == 2 else args
        return DatasetV1._of(_c.dataset_range(start, stop, step), TensorSpec([], dtypes.int64))

    @staticmethod
    def zip(datasets):
        """The elements of a structure of datasets side by side."""
        flat = structure.flatten(datasets)
        for dataset in flat:
            if isinstance(dataset, DatasetV1):
                continue
            message = 'The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects.'
            if isinstance(dataset, list):
                message += ' Nested structures do not support Python lists; please use a tuple instead.'
            raise TypeError(message)
        spec = structure.pack_sequence_as(datasets, [dataset.element_spec for dataset in flat])
        return DatasetV1._of(_c.dataset_zip([dataset._variant for dataset in flat]), spec, flat)

    @staticmethod
    def list_files(file_pattern, shuffle=None, seed=None):
        """The paths that match patterns, in random order unless `shuffle` is False.

        Args:
          file_pattern: a pattern or a list of them.
          shuffle: whether they are shuffled; None: yes.
          seed: of the shuffle.
        """
        from headrace import _ops
        from headrace.core.arrays import shape
        from headrace.core.control import Assert
        with name_scope('list_files'):
            file_pattern = convert_to_tensor(file_pattern, dtypes.string, name='file_pattern')
            matching = _ops.matching_files(file_pattern)
            condition = _ops.greater(shape(matching)[0], 0, name='match_not_empty')
            message = _ops.add('No files matched pattern: ', _reduce_join(file_pattern), name='message')
            check = Assert(condition, [message], summarize=1, name='assert_not_empty')
            with control_dependencies([check]):
                matching = _ops.identity(matching)
            dataset = DatasetV1.from_tensor_slices(matching)
            if shuffle or shuffle is None:
                size = _ops.maximum(shape(matching, out_type=dtypes.int64)[0], 1)
                dataset = dataset.shuffle(size, seed=seed)
            return dataset

    # ---- sequences ----

    def concatenate(self, dataset):
        """The elements of this dataset, then those of another one with such elements."""
        if not isinstance(dataset, DatasetV1):
            raise TypeError(f'`dataset_or_iterator` must be a Dataset or Iterator object, but got {type(dataset)}.')
        types, others = structure.legacy_types(self.element_spec), structure.legacy_types(dataset.element_spec)
        if types != others:
            raise TypeError(f'Two datasets to concatenate have different types {types} and {others}')
        classes, others = structure.legacy_classes(self.element_spec), structure.legacy_classes(dataset.element_spec)
        if classes != others:
            raise TypeError(f'Two datasets to concatenate have different classes {classes} and {others}')
        shapes = structure.legacy_shapes(self.element_spec)
        both = zip(structure.flatten(shapes), structure.flatten(structure.legacy_shapes(dataset.element_spec)))
        shapes = structure.pack_sequence_as(shapes, [a.most_specific_compatible_shape(b) for a, b in both])
        return DatasetV1._of(_c.dataset_concatenate(self._variant, dataset._variant),
                             structure.spec_of_legacy(types, shapes, classes), [self, dataset])

    def repeat(self, count=None):
        """The elements `count` times; for ever where it is None or negative."""
        return self._like(_c.dataset_repeat(self._variant, -1 if count is None else count))

    def take(self, count):
        """The first `count` elements; all where it is -1."""
        return self._like(_c.dataset_take(self._variant, count))

    def skip(self, count):
        """The elements behind the first `count`; none where it is -1."""
        return self._like(_c.dataset_skip(self._variant, count))

    def shard(self, num_shards, index):
        """Every `num_shards`-th element, from the one at `index` on."""
        return self._like(_c.dataset_shard(self._variant, num_shards, index))

    def enumerate(self, start=0):
        """Pairs of numbers from `start` on and elements."""
        return DatasetV1.zip((DatasetV1.range(start, np.iinfo(np.int64).max), self))

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=None):
        """The elements in random order: each is drawn from a buffer of the next `buffer_size`.

        Args:
          buffer_size: the size of the buffer.
          seed: of the order.
          reshuffle_each_iteration: whether each pass has an order of its own; None: yes.
        """
        return self._like(_c.dataset_shuffle(self._variant, buffer_size, seed=seed,
                                             same_each_iteration=reshuffle_each_iteration is False))

    def cache(self, filename=''):
        """The elements, kept when they were all seen: in memory, or in files of that name."""
        return self._like(_c.dataset_cache(self._variant, filename))

    def prefetch(self, buffer_size):
        """The elements, of which up to `buffer_size` are made ahead; None: as many as suit."""
        return self._like(_c.dataset_prefetch(self._variant, AUTOTUNE if buffer_size is None else buffer_size, 0))

    def batch(self, batch_size, drop_remainder=False):
        """Elements stacked by `batch_size`; the last ones may be fewer, unless `drop_remainder`."""
        size = convert_to_tensor(batch_size, dtypes.int64, 'batch_size')
        drops = convert_to_tensor(drop_remainder, dtypes.bool_, 'drop_remainder')
        known = get_static_value(size) if get_static_value(drops) else None
        spec = structure.map_structure(lambda component: component._batch(known), self.element_spec)
        return self._like(_c.dataset_batch(self._variant, size, drops), spec)

    def padded_batch(self, batch_size, padded_shapes, padding_values=None, drop_remainder=False):
        """Elements padded to `padded_shapes`, where None and -1 stand for the largest of the batch, and stacked.

        Args:
          batch_size: how many.
          padded_shapes: the structure of shapes.
          padding_values: the structure of what pads; None: zeros and empty strings.
          drop_remainder: whether fewer at the end are left out.
        """
        classes = structure.legacy_classes(self.element_spec)
        if any(cls is SparseTensor for cls in structure.flatten(classes)):
            raise TypeError('Batching of padded sparse tensors is not currently supported')
        shapes = structure.legacy_shapes(self.element_spec)
        padded = [_padded_shape(shape) for shape in structure.flatten_up_to(shapes, padded_shapes)]
        if padding_values is None:
            values = [_zero(dtype) for dtype in structure.flatten(structure.legacy_types(self.element_spec))]
        else:
            values = structure.flatten_up_to(shapes, padding_values)
        variant = _c.dataset_padded_batch(self._variant, batch_size, padded, values, drop_remainder)
        spec = structure.pack_sequence_as(self.element_spec, [
            TensorSpec(shape, component.dtype)
            for shape, component in zip(_c.dataset_shapes(variant), structure.flatten(self.element_spec))])
        return self._like(variant, spec)

    def window(self, size, shift=None, stride=1, drop_remainder=False):
        """Datasets of `size` elements, `stride` apart, which begin `shift` elements apart (None: `size`)."""
        variant = _c.dataset_window(self._variant, size, size if shift is None else shift, stride, drop_remainder)
        return self._like(variant, structure.map_structure(DatasetSpec, self.element_spec))

    def unbatch(self):
        """The slices of each element along its first dimension."""
        spec = self.element_spec

        def normalize(arg, *rest):
            return structure.to_batched_tensors(spec, (arg, *rest) if rest else arg)

        rows = self.map(normalize)
        made = _UnbatchDataset.__new__(_UnbatchDataset)
        made._take(_c.dataset_rows(rows._variant),
                   structure.map_structure(lambda component: component._unbatch(), spec), [rows])
        return made

    # ---- functions ----

    def map(self, map_func, num_parallel_calls=None):
        """What a function returns for each element.

        Args:
          map_func: takes the components of an element, and returns a structure.
          num_parallel_calls: how many are computed at once; None: one after the other; `AUTOTUNE`: as it suits.
        """
        return self._map(map_func, num_parallel_calls, self._preserves_cardinality)

    def _map(self, map_func, num_parallel_calls, preserve_cardinality, alone=False):
        function = Function(map_func, 'Dataset.map()', self.element_spec)
        variant = _c.dataset_map(self._variant, function.definition, num_parallel_calls=num_parallel_calls,
                                 preserve_cardinality=preserve_cardinality, alone=alone)
        return self._like(variant, function.output_spec)

    @deprecated(None, 'Use `tf.data.Dataset.map()')
    def map_with_legacy_function(self, map_func, num_parallel_calls=None):
        """The same as `map`."""
        return self._map(map_func, num_parallel_calls, False)

    def flat_map(self, map_func):
        """The elements of the datasets that a function returns for each element."""
        function = Function(map_func, 'Dataset.flat_map()', self.element_spec)
        spec = _spec_of_made(function)
        return self._like(_c.dataset_flat_map(self._variant, function.definition), spec)

    def interleave(self, map_func, cycle_length=AUTOTUNE, block_length=1, num_parallel_calls=None):
        """The elements of the datasets that a function returns for each element: `block_length` of each of
        `cycle_length` of them in turn.

        Args:
          map_func: takes the components of an element, and returns a dataset.
          cycle_length: of how many datasets; `AUTOTUNE`: of as many as there are cores.
          block_length: how many elements before the next one's turn.
          num_parallel_calls: how many are read at once; None: one.
        """
        function = Function(map_func, 'Dataset.interleave()', self.element_spec)
        spec = _spec_of_made(function)
        return self._like(_c.dataset_interleave(self._variant, function.definition, cycle_length, block_length,
                                                num_parallel_calls=num_parallel_calls), spec)

    def filter(self, predicate):
        """The elements for which a function returns True."""
        function = Function(predicate, 'Dataset.filter()', self.element_spec)
        if not (isinstance(function.output_spec, TensorSpec) and
                function.output_spec.is_compatible_with(TensorSpec([], dtypes.bool_))):
            raise ValueError('`predicate` return type must be convertible to a scalar boolean tensor. Was '
                             f'{function.output_spec}.')
        return self._like(_c.dataset_filter(self._variant, function.definition))

    @deprecated(None, 'Use `tf.data.Dataset.filter()')
    def filter_with_legacy_function(self, predicate):
        """The same as `filter`."""
        return self.filter(predicate)

    def reduce(self, initial_state, reduce_func):
        """A state that a function replaces for each element, one after the other.

        Args:
          initial_state: a structure of tensors.
          reduce_func: takes the state and an element, and returns the next state.
        """
        with name_scope('initial_state'):
            state = structure.normalize(initial_state)
        spec = structure.spec_of(state)
        while True:
            function = Function(reduce_func, 'reduce()', (spec, self.element_spec), add_to_graph=False)
            wider = _widen_state(spec, function.output_spec)
            if wider == spec:
                break
            spec = wider
        function.add_to_graph(get_default_graph())
        tensors = _c.dataset_reduce(self._variant, structure.to_tensors(spec, state), function.definition)
        return structure.from_tensors(spec, tensors)

    def apply(self, transformation_func):
        """What a function of datasets returns for this one."""
        dataset = transformation_func(self)
        if not isinstance(dataset, DatasetV1):
            raise TypeError(f'`transformation_func` must return a Dataset. Got {dataset}.')
        return dataset


DatasetV1.__name__ = DatasetV1.__qualname__ = 'DatasetV1'
Dataset = DatasetV1


class DatasetV1Adapter(DatasetV1):
    """A dataset that a function or a method made."""


class _UnbatchDataset(DatasetV1Adapter):
    """Rows of elements."""


class VariantDataset(DatasetV1Adapter):
    """A dataset that comes as a tensor, such as an argument of a function."""

    _preserves_cardinality = True

    def __init__(self, variant, spec):
        _c.dataset_describe(variant, structure.flat_types(spec), structure.flat_shapes(spec))
        self._take(variant, spec)


class DatasetSpec(TypeSpec):
    """Datasets of elements of a spec, as components of elements.

    Args:
      element_spec: the structure of specs of their elements.
      dataset_shape: the shape of the tensor of them.
    """

    def __init__(self, element_spec, dataset_shape=()):
        self._element_spec, self._shape = element_spec, as_shape(dataset_shape)

    value_type = property(lambda self: VariantDataset, doc='The class of datasets that are arguments.')

    @staticmethod
    def from_value(value):
        """The spec of a dataset."""
        return DatasetSpec(value.element_spec)

    def _serialize(self):
        return self._element_spec, self._shape

    @property
    def _flat_tensor_specs(self):
        return [TensorSpec(self._shape, dtypes.variant)]

    def _batch(self, size):
        return DatasetSpec(self._element_spec, TensorShape([size]).concatenate(self._shape))

    def _unbatch(self):
        if self._shape.ndims == 0:
            raise ValueError('Unbatching a dataset is only supported for rank >= 1')
        return DatasetSpec(self._element_spec, self._shape[1:])

    def _to_tensor_list(self, value):
        return [value._variant_tensor]

    def _to_batched_tensor_list(self, value):
        raise ValueError('Unbatching a dataset is only supported for rank >= 1')

    def _from_tensor_list(self, tensors):
        tensor, = tensors
        return VariantDataset(tensor, self._element_spec)

    def _to_legacy_output_types(self):
        return self

    def _to_legacy_output_shapes(self):
        return self

    def _to_legacy_output_classes(self):
        return self


# ---- parts ----


def _spec_of_made(function, by_reduction=False):
    if by_reduction and not isinstance(function.output_spec, DatasetSpec):
        raise TypeError('`reduce_func` must return a `Dataset` object.')
    if not isinstance(function.output_spec, DatasetSpec):
        raise TypeError(f'`map_func` must return a `Dataset` object. Got {type(function.output_spec)}')
    return function.output_spec._element_spec


def _reduce_join(strings):
    from headrace.core.string_functions import reduce_join
    return reduce_join(strings, separator=', ')


def _padded_shape(shape):
    try:
        return [-1 if size is None else size for size in as_shape(shape).as_list()]
    except (TypeError, ValueError):
        if isinstance(shape, (list, tuple)) and any(hasattr(size, 'op') for size in shape):
            shape = convert_to_tensor(shape, dtype=dtypes.int64)
        known = shape if hasattr(shape, 'op') else np.asarray(shape)
        if len(known.shape) != 1:
            raise ValueError(f'Padded shape {shape} must be a 1-D tensor of tf.int64 values, but its shape was '
                             f'{known.shape}.') from None
        if hasattr(shape, 'op') and shape.dtype != dtypes.int64 or known.dtype.name[:3] != 'int':
            raise TypeError(f'Padded shape {shape} must be a 1-D tensor of tf.int64 values, but its element type was '
                            f'{known.dtype.name}.') from None
        return shape


def _zero(dtype):
    if dtype.base_dtype == dtypes.string:
        return ''
    if dtype.base_dtype == dtypes.variant:
        raise TypeError("Unable to create padding for field of type 'variant' because t.base_type == dtypes.variant == "
                        f'{dtype.base_dtype}.')
    return np.zeros_like(dtype.as_numpy_dtype())


def _widen_state(spec, given):
    """The spec of a state that is replaced by what a function returned."""
    for old, new in zip(structure.flatten(spec), structure.flatten(given)):
        if not issubclass(new._to_legacy_output_classes(), old._to_legacy_output_classes()):
            raise TypeError('The element classes for the new state must match the initial state. Expected '
                            f'{structure.legacy_classes(spec)}; got {structure.legacy_classes(given)}.')
        if new._to_legacy_output_types() != old._to_legacy_output_types():
            raise TypeError('The element types for the new state must match the initial state. Expected '
                            f'{structure.legacy_types(spec)}; got {structure.legacy_types(given)}.')
    shapes = [old._to_legacy_output_shapes().most_specific_compatible_shape(new._to_legacy_output_shapes())
              for old, new in zip(structure.flatten(spec), structure.flatten(given))]
    legacy = structure.legacy_shapes(spec)
    if list(map(str, structure.flatten(legacy)))[:len(shapes)] == list(map(str, shapes)):
        return spec  # as many as there are: what the function returns beyond, or lacks, is found out when it runs
    return structure.spec_of_legacy(structure.legacy_types(spec), structure.pack_sequence_as(legacy, shapes),
                                    structure.legacy_classes(spec))


class _Generators:
    """The generators of a dataset that are under way, by number."""

    def __init__(self, generator, output_types, types, shapes):
        self._generator, self._output_types, self._types, self._shapes = generator, output_types, types, shapes
        self._lock, self._under_way, self._next_id = threading.Lock(), {}, 0

    def begin(self, *args):
        """The number of a new one."""
        with self._lock:
            number = self._next_id
            self._next_id += 1
        self._under_way[number] = iter(self._generator(*args))
        return np.array(number, np.int64)

    def end(self, number):
        """Forgets one."""
        self._under_way.pop(int(number), None)
        return np.array(0, np.int64)

    def next(self, number):
        """The next element of one, as arrays."""
        values = next(self._under_way[int(number)])
        try:
            flat = structure.flatten_up_to(self._output_types, values)
        except (TypeError, ValueError):
            raise TypeError('`generator` yielded an element that did not match the expected structure. The expected '
                            f'structure was {self._output_types}, but the yielded element was {values}.') from None
        return [self._array(*one) for one in zip(flat, self._types, self._shapes)]

    @staticmethod
    def _array(value, dtype, shape):
        try:
            array = _as_array(value, dtype)
        except (TypeError, ValueError):
            raise TypeError('`generator` yielded an element that could not be converted to the expected type. The '
                            f'expected type was {dtype.name}, but the yielded element was {value}.') from None
        if array.dtype != dtype.as_numpy_dtype:
            raise TypeError(f'`generator` yielded an element of type {array.dtype} where an element of type '
                            f'{dtype.as_numpy_dtype} was expected.')
        if not shape.is_compatible_with(array.shape):
            raise ValueError(f'`generator` yielded an element of shape {array.shape} where an element of shape {shape} '
                             'was expected.')
        return array


def _as_array(value, dtype):
    array = np.asarray(value, dtype=dtype.as_numpy_dtype, order='C')
    if array.dtype.kind == 'U' or (array.dtype.kind == 'O' and dtype == dtypes.string):
        flat = [item.encode() if isinstance(item, str) else item for item in array.ravel()]
        strings = np.empty(array.size, dtype=object)
        strings[:] = flat
        return strings.reshape(array.shape)
    return array


def _generator_dataset(argument, begin, following, end):
    spec = structure.spec_of(argument)
    first = Function(begin, 'Dataset.from_generator()', spec)
    next_one = Function(following, 'Dataset.from_generator()', first.output_spec)
    last = Function(end, 'Dataset.from_generator()', first.output_spec)
    variant = _c.dataset_generator(structure.to_tensors(spec, argument), first.definition, next_one.definition,
                                   last.definition)
    return DatasetV1._of(variant, next_one.output_spec)


# ---- functions of datasets and iterators ----


def get_output_types(dataset_or_iterator):
    """The structure of dtypes of an element.

    Args:
      dataset_or_iterator: a dataset or an iterator.
    """
    return structure.legacy_types(dataset_or_iterator.element_spec)


def get_output_shapes(dataset_or_iterator):
    """The structure of shapes of an element.

    Args:
      dataset_or_iterator: a dataset or an iterator.
    """
    return structure.legacy_shapes(dataset_or_iterator.element_spec)


def get_output_classes(dataset_or_iterator):
    """The structure of classes of an element.

    Args:
      dataset_or_iterator: a dataset or an iterator.
    """
    return structure.legacy_classes(dataset_or_iterator.element_spec)


def get_structure(dataset_or_iterator):
    """The structure of type specs of an element. TypeError for what has none.

    Args:
      dataset_or_iterator: a dataset or an iterator.
    """
    try:
        return dataset_or_iterator.element_spec
    except AttributeError:
        raise TypeError('`dataset_or_iterator` must be a Dataset or Iterator object, but got '
                        f'{type(dataset_or_iterator)}.') from None


def make_one_shot_iterator(dataset):
    """An iterator over a dataset that begins by itself, once."""
    return dataset._make_one_shot_iterator()


def make_initializable_iterator(dataset, shared_name=None):
    """An iterator over a dataset that begins whenever its `initializer` runs.

    Args:
      dataset: the dataset.
      shared_name: the name under which sessions share it.
    """
    return dataset._make_initializable_iterator(shared_name)
