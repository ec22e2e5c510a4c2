"""Conditionals and loops. What they build is the library's affair; here structures are taken apart and put together."""

import collections
import functools

import numpy as np

from headrace import _headrace as _c
from headrace.core import nest
from headrace.core.deprecation import deprecated_args
from headrace.core.graph import (
    IndexedSlices, Tensor, control_dependencies, convert_to_tensor, get_default_graph, name_scope)
from headrace.core.shapes import TensorShape

__all__ = ['cond', 'case', 'switch_case', 'while_loop']


class ControlFlowContext:
    """A branch of a conditional, or a loop, as the collections `cond_context` and `while_context` hold it."""

    def __init__(self, definition):
        self._definition = definition

    @property
    def name(self):
        """The context's name."""
        return self._definition.context_name

    def to_proto(self, export_scope=None):
        """The CondContextDef or WhileContextDef; None for one outside of `export_scope`."""
        return self._definition if export_scope is None or self.name.startswith(export_scope) else None


def _flow_or(leaf):
    """Of an array of tensors, the tensor that stands for it."""
    return leaf.flow if hasattr(type(leaf), '_with_flow') else leaf


def _leaf_values(structure):
    """The leaves for the library, which knows IndexedSlices, but no sparse tensors."""
    leaves = []
    for leaf in nest.flatten(structure):
        if isinstance(leaf, IndexedSlices) or not nest.is_sequence_or_composite(leaf):
            leaves.append(_flow_or(leaf))
        else:
            leaves += nest.flatten(nest.map_structure(lambda part: part, leaf, expand_composites=True), True)
    return leaves


def _components(structure):
    """The same with IndexedSlices taken apart, too."""
    return [_flow_or(leaf) for leaf in nest.flatten(structure, expand_composites=True)]


def _packed(structure, tensors):
    """`structure` with other tensors in it."""
    originals = nest.flatten(structure, expand_composites=True)
    leaves = [original._with_flow(tensor) if hasattr(type(original), '_with_flow') else tensor
              for original, tensor in zip(originals, tensors)]
    return nest.pack_sequence_as(structure, leaves, expand_composites=True)


def _packed_inside(structure, tensors):
    """The same in the name scope of the tensors, where sparse tensors take names."""
    with name_scope(tensors[0].op.name.rpartition('/')[0] + '/'):
        return _packed(structure, tensors)


def _unpacked(value):
    """The item of a list or tuple of one."""
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


# ---- conditionals ---------------------------------------------------------------------------------------------------


def _without_rows(structure):
    """The structure with a tensor in place of IndexedSlices, whose parts the library compares."""
    return nest.map_structure(lambda leaf: leaf.values if isinstance(leaf, IndexedSlices) else leaf, structure)


def _functional_branches(what, chooser, functions, names, prefixes):
    """The structure that the first of several functions gives, of the results of the one that `chooser` says.

    Args:
      what: the public function.
      chooser: the tensor.
      functions: what the branches are built by; each becomes a function of the library.
      names: what errors call them.
      prefixes: what their names begin with.
    """
    from headrace.core.function_body import FunctionBody
    bodies, given, tensors = [], [], []
    for function, prefix in zip(functions, prefixes):
        body = FunctionBody(prefix.replace('/', '_'), is_branch=True)
        with body.inside():
            structure = nest.map_structure(lambda leaf: body.result(leaf, chooser), function(), expand_composites=True)
            given.append(structure)
            tensors.append(_components(structure))
        bodies.append(body)
    _compare_functional(what, names, given, tensors)
    return _packed(given[0], _c.finish_conditional(chooser, bodies, tensors, what == 'tf.switch_case'))


def _compare_functional(what, names, given, tensors):
    """Raises TypeError for branches of other structures or dtypes than the first."""
    def mismatch(i, detail):
        return TypeError(f'{names[0]} and {names[i]} arguments to {what} must have the same number, type, and overall '
                         f'structure of return values.\n\n{names[0]} output: {given[0]}\n{names[i]} output: {given[i]}'
                         f'\n\nError details:\n{detail}')

    for i, structure in enumerate(given):
        try:
            nest.assert_same_structure(given[0], structure, expand_composites=True)
        except (TypeError, ValueError) as error:
            raise mismatch(i, error) from None
        for first, other in zip(tensors[0], tensors[i]):
            if first.dtype != other.dtype:
                raise mismatch(i, f'{first} and {other} have different types')


def _compare_branches(if_true, if_false):
    try:
        nest.assert_same_structure(_without_rows(if_true), _without_rows(if_false), expand_composites=True)
    except TypeError as error:
        raise TypeError(f'Incompatible return types of true_fn and false_fn: {error}') from None
    except ValueError as error:
        raise ValueError(f'Incompatible return values of true_fn and false_fn: {error}') from None


@deprecated_args(None, 'fn1/fn2 are deprecated in favor of the true_fn/false_fn arguments.', 'fn1', 'fn2')
def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """What `true_fn` or `false_fn` gives, as `pred` says when it runs.

    Both functions are called once, while the graph is built. A run computes what one of them has built; tensors from
    outside that either of them uses are computed in any case.

    Args:
      pred: a bool scalar tensor.
      true_fn, false_fn: functions without arguments that give tensors, operations, or the same structure of these.
      strict: whether a list or tuple of one stays one; it becomes its item where not.
      name: the name scope.
      fn1, fn2: old names of `true_fn` and `false_fn`.

    Returns:
      Tensors in the structure that the functions gave; a bool tensor in place of an operation.

    Raises:
      TypeError: `pred` is a Python bool, a function is missing or none, or they give different kinds of structures.
      ValueError: they give nothing, or different numbers or dtypes of tensors.
    """
    functions = {}
    for key, function, old_key, old_function in (('true_fn', true_fn, 'fn1', fn1), ('false_fn', false_fn, 'fn2', fn2)):
        if old_function is not None and function is not None:
            raise TypeError(f'cond(): {key} and {old_key} may not be set simultaneously.')
        functions[key] = function if old_function is None else old_function
        if functions[key] is None:
            raise TypeError(f'cond(): {key} argument required')
    for key, function in functions.items():
        if not callable(function):
            raise TypeError(f'{key} must be callable.')
    if _c.has_functional_control_flow(get_default_graph()):
        with name_scope(name or 'cond') as scope:
            return _functional_branches('tf.cond', _c.cond_predicate(pred), list(functions.values()), list(functions),
                                        [f'{scope}true', f'{scope}false'])
    pred = convert_to_tensor(pred) if isinstance(pred, np.bool_) else pred
    given = {}

    def branch(key):
        def build():
            result = functions[key]()
            if result is None:
                raise ValueError(f'{key} must have a return value.')
            leaves = _leaf_values(result)
            given[key] = result if strict else _unpacked(result)
            if len(given) == 2:
                _compare_branches(given['true_fn'], given['false_fn'])
            return leaves

        return build

    tensors = _c.cond(pred, branch('true_fn'), branch('false_fn'), name)
    result = _packed_inside(given['true_fn'], tensors)
    return result if strict else _unpacked(result)


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name='case'):
    """What the function of the first true predicate gives, else what `default` gives.

    Args:
      pred_fn_pairs: a list of pairs, or a dict, of a bool scalar tensor and a function as for `cond`.
      default: a function; where it is left out, a run in which no predicate is true fails.
      exclusive: a run in which two predicates are true fails.
      strict: see `cond`.
      name: the name scope.

    Returns:
      Tensors in the structure that the functions gave.

    Raises:
      TypeError: the pairs are no list of pairs of a bool tensor and a function.
    """
    if not isinstance(pred_fn_pairs, (list, tuple, dict)):
        raise TypeError('fns must be a list, tuple, or dict')
    if isinstance(pred_fn_pairs, collections.OrderedDict):
        pred_fn_pairs = list(pred_fn_pairs.items())
    elif isinstance(pred_fn_pairs, dict):
        pred_fn_pairs = sorted(pred_fn_pairs.items(), key=lambda item: item[0].name)
        if not exclusive:
            from headrace import logging
            logging.warning('%s: An unordered dictionary of predicate/fn pairs was provided, but exclusive=False. The '
                            'order of conditional tests is deterministic but not guaranteed.', name)
    for pair in pred_fn_pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError('Each entry in pred_fn_pairs must be a 2-tuple')
        pred, function = pair
        if not isinstance(pred, Tensor):
            raise TypeError(f'pred must be a Tensor, got: {pred}')
        if pred.dtype.base_dtype.name != 'bool':
            raise TypeError(f'pred must be Tensor of type bool: {pred.name}')
        if not callable(function):
            raise TypeError(f'fn for pred {pred.name} must be callable.')
    if _c.has_functional_control_flow(get_default_graph()):
        return _functional_case(pred_fn_pairs, default, exclusive, strict, name)
    functions = [function for _, function in pred_fn_pairs] + ([default] if default is not None else [])
    given = {}

    def branch(index):
        def build():
            result = functions[index]()
            if result is None:
                raise ValueError('Functions of tf.case must have a return value.')
            leaves = _leaf_values(result)
            given[index] = result if strict else _unpacked(result)
            if len(given) == len(functions):
                for inner in range(len(functions) - 1, 0, -1):
                    _compare_branches(given[inner - 1], given[inner])
            return leaves

        return build

    branches = [branch(index) for index in range(len(functions))]
    tensors = _c.case([pred for pred, _ in pred_fn_pairs], branches[:len(pred_fn_pairs)],
                      branches[-1] if default is not None else None, exclusive, name)
    result = _packed_inside(given[0], tensors)
    return result if strict else _unpacked(result)


def _functional_case(pairs, default, exclusive, strict, name):
    """tf.case where branches become functions: one `cond` in the other."""
    asked, rest = pairs, default
    with name_scope(name or 'case'):
        if default is None:
            asked = pairs[:-1]

            def rest():
                with control_dependencies(_c.case_checks([pred for pred, _ in pairs], True)):
                    return pairs[-1][1]()
        with control_dependencies(_c.case_checks([pred for pred, _ in asked], False) if exclusive else []):
            for pred, function in reversed(asked):
                rest = functools.partial(cond, pred, function, rest, strict)
            return rest()


def _numbered(branch_fns, default, branch_index):
    """The functions in the order of their numbers, `default` last."""
    if not isinstance(branch_index, Tensor):
        raise TypeError(f'branch_index must a Tensor, got {type(branch_index)}')
    if not branch_index.dtype.is_integer:
        raise TypeError(f'branch_index must an integer Tensor, got {branch_index.dtype}')
    if not branch_fns:
        raise ValueError('Must provide at least one item in branch_fns')
    if not isinstance(branch_fns, (list, tuple, dict)):
        raise TypeError('branch_fns must be a list, tuple, or dict')
    pairs = list(branch_fns.items() if isinstance(branch_fns, dict) else branch_fns)
    if all(callable(function) for function in pairs):
        pairs = list(enumerate(pairs))
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError('Each entry in branch_fns must be a 2-tuple')
        key, function = pair
        if not isinstance(key, int):
            raise TypeError(f'key must be a Python `int`, got {type(key)}')
        if not callable(function):
            raise TypeError(f'fn for key {key} must be callable.')
    keys = sorted(key for key, _ in pairs)
    if keys != list(range(len(keys))):
        raise ValueError(f'branch indices (keys) must form contiguous range of [0 to {len(keys)}) but found '
                         f'{{{",".join(map(str, keys))}}}')
    return [function for _, function in sorted(pairs, key=lambda pair: pair[0])] + ([default] if default else [])


def switch_case(branch_index, branch_fns, default=None, name='switch_case'):
    """What the function of a number gives, as `branch_index` says when it runs.

    The functions are called once each, while the graph is built, and become functions of the graph's library. A run
    computes what one of them has built; tensors from outside that any of them uses are computed in any case.

    Args:
      branch_index: an int32 scalar tensor.
      branch_fns: a list of functions without arguments that give tensors, operations, or the same structure of these;
        or pairs, or a dict, of their numbers, which are 0, 1, ..., and them.
      default: the function for other numbers; where it is left out, the last one of `branch_fns`.
      name: the name scope.

    Returns:
      Tensors in the structure that the functions gave; the index in place of an operation.

    Raises:
      TypeError: the index is no integer tensor, a function is none, or they give different structures or dtypes.
      ValueError: there is no function, or their numbers are not 0, 1, ...
    """
    functions = _numbered(branch_fns, default, branch_index)
    numbers = range(len(functions))
    with name_scope(name, 'case', [branch_index]), name_scope('indexed_case') as scope:
        return _functional_branches('tf.switch_case', branch_index, functions, [f'branches[{i}]' for i in numbers],
                                    [f'{scope}branch{i}' for i in numbers])


# ---- loops ----------------------------------------------------------------------------------------------------------


def _invariants(loop_vars, shape_invariants):
    """The shape invariant of each component, or none where all are those of the initial values."""
    if shape_invariants is None:
        leaves = nest.flatten(loop_vars)
        if not any(hasattr(type(leaf), '_type_spec') for leaf in leaves):
            return []
        shapes = [None] * len(leaves)
    else:
        nest.assert_same_structure(loop_vars, shape_invariants)
        leaves, shapes = nest.flatten_up_to(loop_vars, loop_vars), nest.flatten_up_to(loop_vars, shape_invariants)
    components = []
    for leaf, shape in zip(leaves, shapes):
        if hasattr(type(leaf), '_type_spec'):
            components += leaf._type_spec._component_shapes(shape)
        elif shape is None:
            components.append(getattr(leaf, 'shape', TensorShape([])))
        elif not isinstance(shape, TensorShape):
            raise ValueError('`shapes` must be a (possibly nested) list of shapes.')
        else:
            components.append(shape)
    return components


def _iteration_counter():
    """The counter of the loop whose body is being built, and what it will be in the next iteration."""
    graph = get_default_graph()
    return [graph.get_tensor_by_name(f'{graph.get_name_scope()}/{name}:0') for name in ('Identity', 'add')]


def _functional_while(cond, body, loop_vars, shape_invariants, parallel_iterations, maximum_iterations, name,
                      return_same_structure):
    """tf.while_loop where condition and body become functions."""
    def condition(*tensors):
        return [cond(*_packed(loop_vars, tensors))]

    def iteration(*tensors):
        result = body(*_packed(loop_vars, tensors))
        if not nest.is_sequence_or_composite(result):
            result = [result]
        nest.assert_same_structure(list(loop_vars) if isinstance(loop_vars, tuple) else loop_vars,
                                   list(result) if isinstance(result, tuple) else result, check_types=False,
                                   expand_composites=True)
        return _components(result)

    tensors = _c.while_loop(condition, iteration, _components(loop_vars), _invariants(loop_vars, shape_invariants),
                            parallel_iterations, True, False, maximum_iterations, name)
    result = _packed(loop_vars, tensors)
    flat = nest.flatten(result)
    return flat[0] if len(flat) == 1 and not return_same_structure else result


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
               name=None, maximum_iterations=None, return_same_structure=False):
    """Repeats `body` while `cond` is true.

    Both functions are called once, while the graph is built, with the loop's variables as arguments.

    Args:
      cond: gives a bool scalar.
      body: gives the variables of the next iteration, in the structure of `loop_vars`.
      loop_vars: a list, tuple, or structure of the variables' initial values.
      shape_invariants: the same structure of the shapes that are true in all iterations; those of the initial values
        where it is left out.
      parallel_iterations: how many iterations may be under way at a time.
      back_prop: whether gradients go through the loop.
      swap_memory: whether what the gradient needs may be moved out of a device's memory.
      name: the name scope.
      maximum_iterations: a scalar; the loop ends after so many.
      return_same_structure: whether a list of one variable stays a list.

    Returns:
      The variables after the last iteration.

    Raises:
      TypeError: `cond` or `body` is no function; `parallel_iterations` is not positive; `body` gives another kind of
        structure.
      ValueError: there are no variables; `body` gives other shapes than the invariants allow, or another structure.
    """
    if not callable(cond):
        raise TypeError('cond must be callable.')
    if not callable(body):
        raise TypeError('body must be callable.')
    if parallel_iterations < 1:
        raise TypeError('parallel_iterations must be a positive integer.')
    if not loop_vars:
        raise ValueError('No loop variables provided')
    if _c.has_functional_control_flow(get_default_graph()):
        return _functional_while(cond, body, loop_vars, shape_invariants, parallel_iterations, maximum_iterations, name,
                                 return_same_structure)
    limited = maximum_iterations is not None
    single = limited and len(loop_vars) == 1 and not return_same_structure
    # Beside the counter, what the program gave is one variable: a list of one counts as its item.
    shapes = _invariants(loop_vars[0] if single else loop_vars, shape_invariants)
    final = None

    def condition(*tensors):
        return [cond(*_packed(loop_vars, tensors))]

    def iteration(*tensors):
        nonlocal final
        packed = _packed(loop_vars, tensors)
        result = body(*packed)
        if limited:
            result, packed = [result], [packed[0] if single else packed]
            counter, counted = _iteration_counter()
            nest.assert_same_structure([counter, *packed], [counted, *result], expand_composites=True)
        elif not nest.is_sequence_or_composite(result):
            result = [result]
        nest.assert_same_structure(list(packed), list(result), expand_composites=True)
        final = result
        return _components(result)

    tensors = _c.while_loop(condition, iteration, _components(loop_vars), shapes, parallel_iterations, back_prop,
                            swap_memory, maximum_iterations, name)
    result = _packed_inside(final, tensors)
    if limited:
        return result[0]
    return result[0] if len(tensors) == 1 and not return_same_structure else result
