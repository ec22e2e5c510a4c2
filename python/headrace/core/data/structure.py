"""Structures of elements: tuples, named tuples and dictionaries of components. Unlike in `tf.nest`, lists are components,
which become tensors."""

from headrace import _headrace as _c
from headrace.core import dtypes
from headrace.core.graph import Tensor, convert_to_tensor, name_scope
from headrace.core.shapes import as_shape
from headrace.core.sparse import SparseTensor, SparseTensorValue
from headrace.core.type_specs import SparseTensorSpec, TensorSpec, TypeSpec, type_spec_from_value

# ---- structures ----


def _is_namedtuple(value):
    return isinstance(value, tuple) and isinstance(getattr(value, '_fields', None), tuple)


def is_structure(value):
    """Whether a value has components, and is none itself."""
    return isinstance(value, (tuple, dict)) and not isinstance(value, SparseTensorValue)


def _keys(mapping):
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError('nest only supports dicts with sortable keys.') from None


def _children(structure):
    return [structure[key] for key in _keys(structure)] if isinstance(structure, dict) else list(structure)


def flatten(structure):
    """The components in order; dictionaries by their keys."""
    if not is_structure(structure):
        return [structure]
    return [leaf for child in _children(structure) for leaf in flatten(child)]


def _like(structure, children):
    if isinstance(structure, dict):
        values = dict(zip(_keys(structure), children))
        return type(structure)((key, values[key]) for key in structure)
    return type(structure)(*children) if _is_namedtuple(structure) else type(structure)(children)


def _pack(structure, leaves):
    if not is_structure(structure):
        return next(leaves)
    return _like(structure, [_pack(child, leaves) for child in _children(structure)])


def pack_sequence_as(structure, flat):
    """The components of a list in the shape of a structure."""
    flat = list(flat)
    count = len(flatten(structure))
    if len(flat) != count:
        raise ValueError(f'Could not pack sequence. Structure had {count} elements, but flat_sequence had {len(flat)} '
                         f'elements.  Structure: {structure}, flat_sequence: {flat}.')
    return _pack(structure, iter(flat))


def map_structure(func, *structures):
    """The structure of what the function gives for the components of structures that are alike."""
    for other in structures[1:]:
        assert_same_structure(structures[0], other)
    return pack_sequence_as(structures[0], [func(*leaves) for leaves in zip(*map(flatten, structures))])


def assert_same_structure(a, b):
    """TypeError or ValueError where two structures differ."""
    if is_structure(a) != is_structure(b):
        raise ValueError("The two structures don't have the same nested structure.\n\n"
                         f'First structure: {a}\n\nSecond structure: {b}')
    if not is_structure(a):
        return
    if type(a) is not type(b) and not (isinstance(a, dict) and isinstance(b, dict)):
        raise TypeError("The two structures don't have the same sequence type. First structure has type "
                        f'{type(a)}, while second structure has type {type(b)}.')
    if isinstance(a, dict) and set(a) != set(b):
        raise ValueError(f"The two dictionaries don't have the same set of keys. First structure has keys {list(a)}, "
                         f'while second structure has keys {list(b)}.')
    if len(a) != len(b):
        raise ValueError("The two structures don't have the same number of elements.\n\n"
                         f'First structure ({len(a)} elements): {a}\n\nSecond structure ({len(b)} elements): {b}')
    for child, other in zip(_children(a), _children(b)):
        assert_same_structure(child, other)


def flatten_up_to(shallow, structure):
    """What stands in a structure where the shallow one has its components."""
    if not is_structure(shallow):
        return [structure]
    if not is_structure(structure):
        raise TypeError(f'If shallow structure is a sequence, input must also be a sequence. Input has type: '
                        f'{type(structure)}.')
    if not isinstance(structure, type(shallow)) and not isinstance(shallow, dict):
        raise TypeError("The two structures don't have the same sequence type. Input structure has type "
                        f'{type(structure)}, while shallow structure has type {type(shallow)}.')
    if len(shallow) != len(structure):
        raise ValueError(f"The two structures don't have the same sequence length. Input structure has length "
                         f'{len(structure)}, while shallow structure has length {len(shallow)}.')
    if isinstance(shallow, dict) and set(shallow) != set(structure):
        raise ValueError(f"The two structures don't have the same keys. Input structure has keys {list(structure)}, "
                         f'while shallow structure has keys {list(shallow)}.')
    return [leaf for child, other in zip(_children(shallow), _children(structure))
            for leaf in flatten_up_to(child, other)]


def map_structure_up_to(shallow, func, *structures):
    """The shallow structure of what the function gives for what stands in the others at its components."""
    flat = [flatten_up_to(shallow, structure) for structure in structures]
    return pack_sequence_as(shallow, [func(*leaves) for leaves in zip(*flat)])


# ---- specs ----


def spec_of(element):
    """The structure of type specs of an element. TypeError where a component cannot be one."""
    try:
        return type_spec_from_value(element)
    except TypeError:
        pass
    if isinstance(element, list) and element:
        try:
            specs = [type_spec_from_value(item) for item in element]
        except TypeError:
            specs = None  # of plain values: they become one tensor
        if specs:
            common = specs[0]
            for other in specs[1:]:
                common = common.most_specific_compatible_type(other)
            return common._batch(len(specs))
    if isinstance(element, dict):
        return _like(element, [spec_of(element[key]) for key in _keys(element)])
    if isinstance(element, tuple):
        return _like(element, [spec_of(child) for child in element])
    try:
        return type_spec_from_value(convert_to_tensor(element))
    except (TypeError, ValueError):
        raise TypeError(f'Could not build a TypeSpec for {element!r} with type {type(element).__name__}') from None


def spec_of_legacy(types, shapes, classes):
    """The specs of structures of dtypes, shapes and classes."""
    specs = []
    for dtype, shape, cls in zip(flatten(types), flatten(shapes), flatten(classes)):
        if isinstance(cls, TypeSpec):
            specs.append(cls)
        elif issubclass(cls, SparseTensor):
            specs.append(SparseTensorSpec(shape, dtype))
        elif issubclass(cls, Tensor):
            specs.append(TensorSpec(shape, dtype))
        else:
            raise TypeError(f'Could not build a structure for output class {cls!r}')
    return pack_sequence_as(classes, specs)


def spec_of_types(output_types, output_shapes=None, output_classes=None):
    """The specs of a structure of dtypes; shapes that are not given are unknown."""
    types = map_structure(dtypes.as_dtype, output_types)
    if output_shapes is None:
        shapes = map_structure(lambda _: as_shape(None), types)
    else:
        shapes = map_structure_up_to(types, as_shape, output_shapes)
    classes = map_structure(lambda _: Tensor, types) if output_classes is None else output_classes
    assert_same_structure(types, shapes)
    return spec_of_legacy(types, shapes, classes)


def legacy_types(spec):
    """The structure of dtypes."""
    return map_structure(lambda component: component._to_legacy_output_types(), spec)


def legacy_shapes(spec):
    """The structure of shapes."""
    return map_structure(lambda component: component._to_legacy_output_shapes(), spec)


def legacy_classes(spec):
    """The structure of classes."""
    return map_structure(lambda component: component._to_legacy_output_classes(), spec)


def flat_specs(spec):
    """The tensors that stand for an element."""
    return [flat for component in flatten(spec) for flat in component._flat_tensor_specs]


def flat_types(spec):
    """Their dtypes."""
    return [flat.dtype for flat in flat_specs(spec)]


def flat_shapes(spec):
    """Their shapes."""
    return [flat.shape for flat in flat_specs(spec)]


def to_tensors(spec, element):
    """The tensors of an element."""
    assert_same_structure(spec, element)
    return [tensor for component, value in zip(flatten(spec), flatten(element))
            for tensor in component._to_tensor_list(value)]


def to_batched_tensors(spec, element):
    """The tensors of many elements in one, along their first dimension."""
    assert_same_structure(spec, element)
    return [tensor for component, value in zip(flatten(spec), flatten(element))
            for tensor in component._to_batched_tensor_list(value)]


def from_tensors(spec, tensors):
    """The element that tensors stand for."""
    tensors, at, components = list(tensors), 0, []
    specs = flatten(spec)
    count = sum(len(component._flat_tensor_specs) for component in specs)
    if count != len(tensors):
        raise ValueError(f'Expected {count} tensors but got {len(tensors)}.')
    for component in specs:
        width = len(component._flat_tensor_specs)
        components.append(component._from_tensor_list(tensors[at:at + width]))
        at += width
    return pack_sequence_as(spec, components)


def _is_plain(value):
    """Whether a component becomes a tensor; others, such as sparse tensors and datasets, are passed on."""
    return not isinstance(value, (SparseTensor, SparseTensorValue)) and not hasattr(value, '_element_type_spec')


def normalize(element):
    """The element with its plain components as tensors. ValueError for None."""
    components = flatten(element)
    if any(value is None for value in components):
        raise ValueError('None values not supported.')
    if all(_is_plain(value) for value in components):
        return pack_sequence_as(element, _c.dataset_components(components))
    normal = []
    with name_scope('normalize_element'):
        for i, value in enumerate(components):
            if isinstance(value, (SparseTensor, SparseTensorValue)):
                normal.append(SparseTensor.from_value(value))
            else:
                normal.append(convert_to_tensor(value, name=f'component_{i}') if _is_plain(value) else value)
    return pack_sequence_as(element, normal)
