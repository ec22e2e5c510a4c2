"""Nested structures: lists, tuples, named tuples, dictionaries and attrs classes of anything.

Everything else is a leaf: strings, arrays, sets and tensors, too. Dictionaries are walked in the order of their keys,
whatever order they were filled in.
"""

import collections.abc


def _is_attrs(value):
    return getattr(type(value), '__attrs_attrs__', None) is not None


def _is_namedtuple(value):
    return isinstance(value, tuple) and isinstance(getattr(value, '_fields', None), tuple)


def _is_composite(value):
    """Whether a value is one tensor to the program and several to the graph, such as a sparse tensor."""
    return hasattr(type(value), '_type_spec')


def is_sequence(o):
    """Whether `o` is a structure, not a leaf.

    Args:
      o: anything.

    Returns:
      True for lists, tuples, dictionaries, their views, ranges, and instances of attrs classes; False for strings,
      arrays, sets and tensors.
    """
    if isinstance(o, (list, tuple, dict)):
        return True
    if isinstance(o, (str, bytes, bytearray)):
        return False
    is_abstract = isinstance(o, (collections.abc.Sequence, collections.abc.Mapping, collections.abc.ValuesView))
    return (is_abstract or _is_attrs(o)) and not _is_shape(o)


def _is_shape(o):
    return type(o).__name__ == 'TensorShape'


def is_nested(seq):
    """Whether `seq` is a structure: the same as `is_sequence`."""
    return is_sequence(seq)


def is_sequence_or_composite(o):
    """Whether `o` is a structure or a tensor that consists of several, such as a sparse tensor."""
    return is_sequence(o) or _is_composite(o)


def _structured(expand_composites):
    return is_sequence_or_composite if expand_composites else is_sequence


def _items(structure):
    """The (key, value) pairs of one level, in the order in which structures are walked."""
    if isinstance(structure, collections.abc.Mapping):
        return [(key, structure[key]) for key in sorted(structure)]
    if _is_attrs(structure):
        return [(field.name, getattr(structure, field.name)) for field in type(structure).__attrs_attrs__]
    if _is_namedtuple(structure):
        return list(zip(structure._fields, structure))
    if _is_composite(structure):
        return list(enumerate(_leaves_of_composite(structure)))
    return list(enumerate(structure))


def _leaves_of_composite(value):
    return flatten(value._type_spec._to_components(value), expand_composites=True)


def _values(structure):
    return [value for _, value in _items(structure)]


def _like(instance, values):
    """A structure of one level with the type and keys of `instance` and other values, in walking order."""
    if isinstance(instance, collections.abc.Mapping):
        result = dict(zip(sorted(instance), values))
        pairs = [(key, result[key]) for key in instance]
        if isinstance(instance, collections.defaultdict):
            return type(instance)(instance.default_factory, pairs)
        return type(instance)(dict(pairs)) if isinstance(instance, collections.Counter) else type(instance)(pairs)
    if _is_namedtuple(instance) or _is_attrs(instance):
        return type(instance)(*values)
    if _is_composite(instance):
        spec = instance._type_spec
        return spec._from_components(pack_sequence_as(spec._to_components(instance), values, expand_composites=True))
    if isinstance(instance, (collections.abc.ValuesView, range)):
        return list(values)
    return type(instance)(values)


def flatten(structure, expand_composites=False):
    """The leaves of a structure.

    Args:
      structure: any structure, or a leaf.
      expand_composites: whether sparse tensors and their like count as structures.

    Returns:
      A list. That of a leaf holds the leaf.

    Raises:
      TypeError: keys of a dictionary cannot be sorted.
    """
    return [leaf for _, leaf in _walk(structure, _structured(expand_composites))]


def _walk(structure, structured, path=()):
    """Yields (path, leaf)."""
    if not structured(structure):
        yield path, structure
        return
    for key, value in _items(structure):
        yield from _walk(value, structured, path + (key,))


def _describe(value):
    return f'type={type(value).__name__} str={value}'


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False):
    """Checks that two structures differ in their leaves only.

    Args:
      nest1: a structure or leaf.
      nest2: a structure or leaf.
      check_types: whether the types of sequences must agree as well. Named tuples agree when their names and fields
        do, dictionaries of all types agree.
      expand_composites: whether sparse tensors and their like count as structures.

    Raises:
      ValueError: the numbers of elements, or the nesting, or the keys of dictionaries differ.
      TypeError: the types of sequences differ.
    """
    try:
        _compare(nest1, nest2, check_types, _structured(expand_composites))
    except (ValueError, TypeError) as error:
        raise type(error)(f"The two structures don't have the same nested structure.\n\n"
                          f'First structure: {_describe(nest1)}\n\nSecond structure: {_describe(nest2)}\n\n'
                          f'More specifically: {error}') from None


def _compare(nest1, nest2, check_types, structured):
    if structured(nest1) != structured(nest2):
        deep, flat = (nest1, nest2) if structured(nest1) else (nest2, nest1)
        raise ValueError(f'Substructure "{_describe(deep)}" is a sequence, while substructure "{_describe(flat)}" is '
                         'not')
    if not structured(nest1):
        return
    if check_types:
        _compare_types(nest1, nest2)
    items1, items2 = _items(nest1), _items(nest2)
    if len(items1) != len(items2):
        raise ValueError(f"The two structures don't have the same number of elements. First structure: "
                         f'{_describe(nest1)}. Second structure: {_describe(nest2)}')
    for (_, value1), (_, value2) in zip(items1, items2):
        _compare(value1, value2, check_types, structured)


def _compare_types(nest1, nest2):
    if isinstance(nest1, collections.abc.Mapping) and isinstance(nest2, collections.abc.Mapping):
        if set(nest1) != set(nest2):
            raise ValueError(f"The two dictionaries don't have the same set of keys. First structure has keys "
                             f'{list(nest1)}, while second structure has keys {list(nest2)}')
        return
    if not _same_type(type(nest1), type(nest2)):
        raise TypeError(f"The two namedtuples don't have the same sequence type. First structure {_describe(nest1)} "
                        f'has type {type(nest1).__name__}, while second structure {_describe(nest2)} has type '
                        f'{type(nest2).__name__}')


def _same_type(type1, type2):
    if type1 is type2:
        return True
    fields1, fields2 = getattr(type1, '_fields', None), getattr(type2, '_fields', None)
    return fields1 is not None and (type1.__name__, fields1) == (type2.__name__, fields2)


def pack_sequence_as(structure, flat_sequence, expand_composites=False):
    """Puts leaves into a structure: the inverse of `flatten`.

    Args:
      structure: the structure to copy.
      flat_sequence: the new leaves, in the order of `flatten(structure)`.
      expand_composites: whether sparse tensors and their like count as structures.

    Returns:
      A structure like `structure` with the new leaves.

    Raises:
      TypeError: `flat_sequence` is no sequence.
      ValueError: there are too few leaves, or too many.
    """
    structured = _structured(expand_composites)
    if not structured(flat_sequence):
        raise TypeError('flat_sequence must be a sequence')
    flat_sequence = list(flat_sequence)
    if not structured(structure):
        if len(flat_sequence) != 1:
            raise ValueError(f'Structure is a scalar but len(flat_sequence) == {len(flat_sequence)} > 1')
        return flat_sequence[0]
    count = len(flatten(structure, expand_composites))
    if count != len(flat_sequence):
        raise ValueError(f'Could not pack sequence. Structure had {count} elements, but flat_sequence had '
                         f'{len(flat_sequence)} elements.  Structure: {structure}, flat_sequence: {flat_sequence}.')
    return _pack(structure, iter(flat_sequence), structured)


def _pack(structure, leaves, structured):
    if not structured(structure):
        return next(leaves)
    return _like(structure, [_pack(value, leaves, structured) for value in _values(structure)])


def _options(kwargs, names=('check_types', 'expand_composites')):
    """The values of keyword arguments that follow a list of structures, refusing others."""
    values = {'check_types': True, 'expand_composites': False, 'check_subtrees_length': True}
    for name in kwargs:
        if name not in names:
            valid = ' and '.join(f'`{known}`' for known in names)
            raise ValueError(f'Only valid keyword arguments are {valid}, not: `{name}`')
    values.update(kwargs)
    return values


def map_structure(func, *structure, **kwargs):
    """Applies a function to the leaves of structures.

    Args:
      func: a function of as many arguments as there are structures.
      *structure: structures that differ in their leaves only.
      **kwargs: `check_types` and `expand_composites`, as in `assert_same_structure`.

    Returns:
      A structure like the first one, whose leaves are what `func` returned.

    Raises:
      TypeError: `func` cannot be called, or the types of sequences differ.
      ValueError: the structures differ, there is none, or a keyword is unknown.
    """
    if not callable(func):
        raise TypeError(f'func must be callable, got: {func}')
    if not structure:
        raise ValueError('Must provide at least one structure')
    options = _options(kwargs)
    for other in structure[1:]:
        assert_same_structure(structure[0], other, options['check_types'], options['expand_composites'])
    leaves = [flatten(each, options['expand_composites']) for each in structure]
    return pack_sequence_as(structure[0], [func(*each) for each in zip(*leaves)], options['expand_composites'])


def assert_shallow_structure(shallow_tree, input_tree, check_types=True, expand_composites=False,
                             check_subtrees_length=True):
    """Checks that one structure is the top of another, which may go deeper where the first has leaves.

    Args:
      shallow_tree: the top.
      input_tree: the structure that may go deeper.
      check_types: whether the types of sequences must agree as well.
      expand_composites: whether sparse tensors and their like count as structures.
      check_subtrees_length: whether the numbers of elements must agree, not only suffice.

    Raises:
      TypeError: a leaf of `input_tree` stands where `shallow_tree` goes on, or types differ.
      ValueError: numbers of elements differ, or keys are missing.
    """
    structured = _structured(expand_composites)
    if not structured(shallow_tree):
        return
    if not structured(input_tree):
        raise TypeError(f'If shallow structure is a sequence, input must also be a sequence. Input has type: '
                        f'{type(input_tree)}.')
    mappings = isinstance(shallow_tree, collections.abc.Mapping) and isinstance(input_tree, collections.abc.Mapping)
    if check_types and not mappings and not _same_type(type(shallow_tree), type(input_tree)):
        raise TypeError(f"The two structures don't have the same sequence type. Input structure has type "
                        f'{type(input_tree)}, while shallow structure has type {type(shallow_tree)}.')
    shallow, deep = _items(shallow_tree), _items(input_tree)
    if len(shallow) != len(deep) if check_subtrees_length else len(shallow) > len(deep):
        raise ValueError(f"The two structures don't have the same sequence length. Input structure has length "
                         f'{len(deep)}, while shallow structure has length {len(shallow)}.')
    if mappings and (missing := [key for key, _ in shallow if key not in input_tree]):
        raise ValueError(f"The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
                         f'following keys that are not in the input_tree: {missing}.')
    for shallow_branch, deep_branch in _branches(shallow_tree, input_tree):
        assert_shallow_structure(shallow_branch, deep_branch, check_types, expand_composites, check_subtrees_length)


def _branches(shallow_tree, input_tree):
    if isinstance(shallow_tree, collections.abc.Mapping) and isinstance(input_tree, collections.abc.Mapping):
        return [(value, input_tree[key]) for key, value in _items(shallow_tree)]
    return list(zip(_values(shallow_tree), _values(input_tree)))


def _walk_up_to(shallow_tree, input_tree, structured, path=()):
    """Yields (path, what stands in `input_tree` where `shallow_tree` has a leaf)."""
    if not structured(shallow_tree):
        yield path, input_tree
        return
    for (key, _), (shallow, deep) in zip(_items(shallow_tree), _branches(shallow_tree, input_tree)):
        yield from _walk_up_to(shallow, deep, structured, path + (key,))


def flatten_up_to(shallow_tree, input_tree, check_types=True, expand_composites=False, check_subtrees_length=True):
    """What stands in `input_tree` where `shallow_tree` has its leaves.

    Args:
      shallow_tree: says how deep to go.
      input_tree: the structure to flatten.
      check_types: see `assert_shallow_structure`.
      expand_composites: see `assert_shallow_structure`.
      check_subtrees_length: see `assert_shallow_structure`.

    Returns:
      A list.

    Raises:
      TypeError, ValueError: `shallow_tree` is not the top of `input_tree`.
    """
    return [value for _, value in flatten_with_tuple_paths_up_to(shallow_tree, input_tree, check_types,
                                                                 expand_composites, check_subtrees_length)]


def flatten_with_tuple_paths_up_to(shallow_tree, input_tree, check_types=True, expand_composites=False,
                                   check_subtrees_length=True):
    """Like `flatten_up_to`, each with its path: a list of (tuple of keys, value)."""
    assert_shallow_structure(shallow_tree, input_tree, check_types, expand_composites, check_subtrees_length)
    return list(_walk_up_to(shallow_tree, input_tree, _structured(expand_composites)))


def map_structure_up_to(shallow_tree, func, *inputs, **kwargs):
    """Applies a function to what stands in the inputs where `shallow_tree` has its leaves.

    Args:
      shallow_tree: says how deep to go.
      func: a function of as many arguments as there are inputs.
      *inputs: structures whose top is `shallow_tree`.
      **kwargs: `check_types`, `expand_composites`, `check_subtrees_length`, as in `assert_shallow_structure`.

    Returns:
      A structure like `shallow_tree`, whose leaves are what `func` returned.

    Raises:
      TypeError, ValueError: `shallow_tree` is not the top of an input, or there is no input.
    """
    return map_structure_with_tuple_paths_up_to(shallow_tree, lambda _, *values: func(*values), *inputs, **kwargs)


def map_structure_with_tuple_paths_up_to(shallow_tree, func, *inputs, **kwargs):
    """Like `map_structure_up_to`, where `func` gets the path first, a tuple of keys."""
    if not inputs:
        raise ValueError('Cannot map over no sequences')
    options = _options(kwargs, ('check_types', 'expand_composites', 'check_subtrees_length'))
    flat = [flatten_with_tuple_paths_up_to(shallow_tree, each, **options) for each in inputs]
    results = [func(each[0][0], *(value for _, value in each)) for each in zip(*flat)]
    return pack_sequence_as(shallow_tree, results, options['expand_composites'])


def map_structure_with_tuple_paths(func, *structure, **kwargs):
    """Like `map_structure`, where `func` gets the leaf's path first, a tuple of keys."""
    if not structure:
        raise ValueError('Must provide at least one structure')
    options = _options(kwargs)
    for other in structure[1:]:
        assert_same_structure(structure[0], other, options['check_types'], options['expand_composites'])
    return map_structure_with_tuple_paths_up_to(structure[0], func, *structure, **options)


def map_structure_with_paths(func, *structure, **kwargs):
    """Like `map_structure`, where `func` gets the leaf's path first, its keys joined by slashes."""
    return map_structure_with_tuple_paths(lambda path, *values: func('/'.join(map(str, path)), *values), *structure,
                                          **kwargs)


def flatten_with_tuple_paths(structure, expand_composites=False):
    """The leaves of a structure with their paths: a list of (tuple of keys, leaf)."""
    return list(_walk(structure, _structured(expand_composites)))


def flatten_with_joined_string_paths(structure, separator='/', expand_composites=False):
    """The leaves of a structure with their paths: a list of (keys joined by the separator, leaf)."""
    return [(separator.join(map(str, path)), leaf)
            for path, leaf in flatten_with_tuple_paths(structure, expand_composites)]


def yield_flat_paths(nest, expand_composites=False):
    """Yields the path of each leaf, a tuple of keys."""
    for path, _ in _walk(nest, _structured(expand_composites)):
        yield path


def flatten_dict_items(dictionary):
    """A dictionary whose keys and values were structures, flattened: each leaf key with its leaf value.

    Args:
      dictionary: a dictionary; the structure of each key must be that of its value.

    Returns:
      A flat dictionary.

    Raises:
      TypeError: the argument is no dictionary.
      ValueError: a key and its value differ in structure, or a leaf key appears twice.
    """
    if not isinstance(dictionary, collections.abc.Mapping):
        raise TypeError('input must be a dictionary')
    flat = {}
    for key, value in dictionary.items():
        keys, values = flatten(key), flatten(value) if is_sequence(key) else [value]
        if len(keys) != len(values):
            raise ValueError(f'Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} '
                             f'elements. Key: {keys}, value: {values}.')
        for leaf_key, leaf_value in zip(keys, values):
            if leaf_key in flat:
                raise ValueError(f'Could not flatten dictionary: key {leaf_key} is not unique.')
            flat[leaf_key] = leaf_value
    return flat


def get_traverse_shallow_structure(traverse_fn, structure, expand_composites=False):
    """The top of a structure that a function is willing to enter.

    Args:
      traverse_fn: a function of a substructure that returns whether to enter it, or a structure of such answers for
        its elements.
      structure: the structure.
      expand_composites: whether sparse tensors and their like count as structures.

    Returns:
      A structure of bools, for `flatten_up_to` and `map_structure_up_to`.

    Raises:
      TypeError: `traverse_fn` answers with something else.
    """
    structured = _structured(expand_composites)
    enter = traverse_fn(structure)
    if not structured(structure):
        if not isinstance(enter, bool):
            raise TypeError(f'traverse_fn returned structure: {enter} for non-structure: {structure}')
        return enter
    if not structured(enter):
        if not isinstance(enter, bool):
            raise TypeError(f'traverse_fn returned a non-bool scalar: {enter} for input: {structure}')
        if not enter:
            return False
        return _like(structure, [get_traverse_shallow_structure(traverse_fn, value, expand_composites)
                                 for value in _values(structure)])
    assert_shallow_structure(enter, structure, expand_composites=expand_composites)
    answers = []
    for answer, value in _branches(enter, structure):
        if not isinstance(answer, bool):
            raise TypeError(f'traverse_fn did not return a depth=1 structure of bools: {enter} for: {structure}')
        answers.append(get_traverse_shallow_structure(traverse_fn, value, expand_composites) if answer else False)
    return _like(structure, answers)
