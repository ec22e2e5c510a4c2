#!/usr/bin/env python3
"""Writes, from ops/defs/*.op (see op_defs.py for the format):

  --tables FILE    hr_ops[], the constant table of all ops, and hr_ops_find, a perfect hash of their names
  --ids FILE       HR_OP_ID_<Name>, an op's index in the table
  --header FILE    headrace/ops.h: the C wrappers
  --wrappers FILE  their bodies
  --docs FILE      the reference in Markdown
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from op_defs import DTYPES, UNKNOWN_SHAPE, DefinitionError, read_defs, wrapper_name  # noqa: E402

BANNER = '/* Written by tools/gen_ops.py from ops/defs. */\n'


def c_string(text):
    return json.dumps(text, ensure_ascii=False)


def c_float(value):
    return repr(float(value)) + 'f'


def c_bool(value):
    return 'true' if value else 'false'


def c_dtype(name):
    return 'HR_' + name.upper()


def c_shape(shape):
    if shape is UNKNOWN_SHAPE:
        return '{.rank = HR_UNKNOWN_RANK}'
    return f'{{.rank = {len(shape)}, .dims = {{{", ".join(map(str, shape)) or 0}}}}}'


def c_tensor(dtype, numbers):
    """A vector that owns nothing."""
    return (f'{{.data = ({dtype}_t[]){{{", ".join(map(str, numbers))}}}, .dtype = {c_dtype(dtype)}, .rank = 1, '
            f'.elements = {len(numbers)}, .dims = {{{len(numbers)}}}}}')


# ---- the tables -----------------------------------------------------------------------------------------------------

# C type of a list's elements, the union member that holds a single value, and the one that holds a list.
ATTR_STORAGE = {
    'string': ('hr_bytes', 's', 'strings'), 'int': ('int64_t', 'i', 'ints'), 'float': ('float', 'f', 'floats'),
    'bool': ('bool', 'b', 'bools'), 'type': ('int32_t', 'type', 'types'),
    'shape': ('hr_partial_shape', 'shape', 'shapes'), 'tensor': ('hr_tensor', 'tensor', 'tensors'),
    'func': ('hr_function_attr', 'func', 'funcs'),
}


def c_element(kind, value):
    """A value as it stands in an array of its storage type."""
    if kind == 'string':
        return f'{{{c_string(value)}, {len(value.encode())}}}'
    return {'int': str, 'float': c_float, 'bool': c_bool, 'type': c_dtype, 'shape': c_shape}[kind](value)


def default_value(attr):
    """The initialiser of an hr_attr_value."""
    element, single, several = ATTR_STORAGE[attr.kind]
    kind = 'HR_ATTR_' + attr.kind.upper()
    if attr.is_list:
        items = ', '.join(c_element(attr.kind, v) for v in attr.default)
        array = f', .{several} = (const {element}[]){{{items}}}' if attr.default else ''
        return f'{{.kind = {kind}, .is_list = true, .count = {len(attr.default)}{array}}}'
    if attr.kind == 'string':
        return f'{{.kind = {kind}, .count = {len(attr.default.encode())}, .s = {c_string(attr.default)}}}'
    if attr.kind in ('shape', 'tensor'):
        value = f'&(const {element}){c_shape(attr.default) if attr.kind == "shape" else c_tensor(*attr.default)}'
    else:
        value = c_element(attr.kind, attr.default)
    return f'{{.kind = {kind}, .{single} = {value}}}'


def arg_row(op, arg):
    fields = [f'.name = {c_string(arg.name)}']
    if arg.dtype:
        fields.append(f'.dtype = {c_dtype(arg.dtype)}')
    if arg.is_ref:
        fields.append('.is_ref = true')
    if arg.host:
        fields.append('.host_memory = true')
    for field in ('type_attr', 'number_attr', 'type_list_attr'):
        name = getattr(arg, field)
        fields.append(f'.{field} = {op.attr_index(name) if name else -1}')
    return '{' + ', '.join(fields) + '}'


def attr_row(attr):
    fields = [f'.name = {c_string(attr.name)}', f'.kind = HR_ATTR_{attr.kind.upper()}']
    if attr.is_list:
        fields.append('.is_list = true')
    if attr.minimum is not None:
        fields.append(f'.has_minimum = true, .minimum = {attr.minimum}')
    if attr.allowed is not None and attr.kind == 'type':
        bits = 0
        for name in attr.allowed:
            bits |= 1 << (DTYPES.index(name) + 1)
        fields.append(f'.allowed_types = {bits:#x}')
    elif attr.allowed is not None:
        strings = ', '.join(c_string(s) for s in attr.allowed)
        fields.append(f'.allowed_strings = (const char *const[]){{{strings}, NULL}}')
    if attr.default is not None:
        fields.append(f'.has_default = true, .default_value = {default_value(attr)}')
    return '{' + ', '.join(fields) + '}'


def fnv(name):
    h = 2166136261
    for byte in name.encode():
        h = ((h ^ byte) * 16777619) & 0xffffffff
    return h


def slot_of(h, displacement, mask):
    x = (h ^ (displacement * 0x9e3779b1)) & 0xffffffff
    x ^= x >> 15
    x = (x * 0x2c1b3c6d) & 0xffffffff
    x ^= x >> 12
    return x & mask


def perfect_hash(names):
    """(displacements, slots): hash and displace. The names of a bucket share a displacement that gives each a slot."""
    size, buckets_size = 1, 1
    while size < len(names) * 5 // 4 + 1:
        size *= 2
    while buckets_size < len(names) // 3 + 1:
        buckets_size *= 2
    hashes = [fnv(name) for name in names]
    if len(set(hashes)) != len(hashes):
        sys.exit('gen_ops.py: two op names have one 32-bit FNV hash; widen the hash')
    buckets = [[] for _ in range(buckets_size)]
    for index, h in enumerate(hashes):
        buckets[h & (buckets_size - 1)].append(index)
    displacements, slots = [0] * buckets_size, [-1] * size
    for number in sorted(range(buckets_size), key=lambda b: -len(buckets[b])):
        for displacement in range(1 << 16):
            places = [slot_of(hashes[i], displacement, size - 1) for i in buckets[number]]
            if len(set(places)) == len(places) and all(slots[p] < 0 for p in places):
                break
        else:
            sys.exit('gen_ops.py: found no perfect hash of the op names')
        displacements[number] = displacement
        for place, index in zip(places, buckets[number]):
            slots[place] = index
    return displacements, slots


def rows_of_numbers(numbers):
    return '\n'.join('    ' + ', '.join(map(str, numbers[i:i + 20])) + ',' for i in range(0, len(numbers), 20))


FLAG_NAMES = {'stateful': 'HR_OP_STATEFUL', 'commutative': 'HR_OP_COMMUTATIVE', 'aggregate': 'HR_OP_AGGREGATE',
              'allows_uninitialized_input': 'HR_OP_ALLOWS_UNINITIALIZED_INPUT'}


def shape_function(op):
    return f'hr_shape_fn_{op.shape}' if op.shape else None


def gradient_function(op):
    return f'hr_gradient_{op.gradient}' if op.gradient else None


def tables(ops):
    shapes = sorted({f for op in ops if (f := shape_function(op))})
    gradients = sorted({f for op in ops if (f := gradient_function(op))})
    out = [BANNER, '#include "runtime/graph/op_def.h"', '#include <string.h>', '']
    out += [f'hr_status {f}(hr_shape_context *context);' for f in shapes]
    out += [f'hr_status {f}(hr_gradient_context *context);' for f in gradients]
    out.append('')
    rows = []
    for index, op in enumerate(ops):
        fields = [f'.name = "{op.name}", .id = {index}']
        for field, items, row, ctype in (('inputs', op.inputs, lambda a: arg_row(op, a), 'hr_arg_def'),
                                         ('outputs', op.outputs, lambda a: arg_row(op, a), 'hr_arg_def'),
                                         ('attrs', op.attrs, attr_row, 'hr_attr_def')):
            if items:
                body = ''.join(f'    {row(item)},\n' for item in items)
                out.append(f'static const {ctype} {op.name}_{field}[] = {{\n{body}}};')
                fields.append(f'.num_{field} = {len(items)}, .{field} = {op.name}_{field}')
        flags = [FLAG_NAMES[f] for f in op.flags] + ['HR_OP_NOT_DIFFERENTIABLE'] * op.not_differentiable
        if flags:
            fields.append(f'.flags = {" | ".join(flags)}')
        if op.control:
            fields.append(f'.control = HR_CONTROL_{op.control.upper()}')
        if op.deprecated_at:
            fields.append(f'.deprecated_at = {op.deprecated_at}')
        for field, name in (('shape', shape_function(op)), ('gradient', gradient_function(op))):
            if name:
                fields.append(f'.{field} = {name}')
        fields.append(f'.doc = {c_string(op.doc)}')
        rows.append('    {' + ',\n     '.join(fields) + '},\n')
    displacements, slots = perfect_hash([op.name for op in ops])
    out.append(f'const hr_op_def hr_ops[] = {{\n{"".join(rows)}}};\nconst int hr_ops_count = {len(ops)};\n')
    out.append(f'static const uint16_t displacements[] = {{\n{rows_of_numbers(displacements)}\n}};')
    out.append(f'static const int16_t slots[] = {{\n{rows_of_numbers(slots)}\n}};\n')
    out.append(f'''int hr_ops_find(const char *name, size_t length) {{
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; ++i) hash = (hash ^ (unsigned char)name[i]) * 16777619u;
  uint32_t x = hash ^ displacements[hash & {len(displacements) - 1}] * 0x9e3779b1u;
  x ^= x >> 15;
  x *= 0x2c1b3c6du;
  x ^= x >> 12;
  int index = slots[x & {len(slots) - 1}];
  if (index < 0 || strlen(hr_ops[index].name) != length || memcmp(hr_ops[index].name, name, length) != 0) return -1;
  return index;
}}
''')
    return '\n'.join(out)


def ids(ops):
    lines = [BANNER, '#ifndef HR_OPS_OP_IDS_H', '#define HR_OPS_OP_IDS_H', '', '/* Indices in hr_ops. */', 'enum {']
    lines += [f'  HR_OP_ID_{op.name} = {i},' for i, op in enumerate(ops)]
    return '\n'.join(lines + ['};', '', '#endif', ''])


# ---- the wrappers ---------------------------------------------------------------------------------------------------

# C type of an attribute in a wrapper, single and list.
PARAMETER_TYPES = {'string': ('const char *', 'hr_strings '), 'int': ('int64_t ', 'hr_ints '),
                   'float': ('float ', 'hr_floats '), 'bool': ('bool ', 'hr_bools '),
                   'type': ('hr_dtype ', 'hr_types '), 'shape': ('hr_partial_shape ', 'hr_shapes '),
                   'tensor': ('const hr_tensor *', None),
                   'func': ('const hr_function_attr *', 'hr_functions ')}


# Names of arguments and attributes that are no names in C or C++.
KEYWORDS = ('asm auto bool break case catch char class const continue default delete do double else enum explicit '
            'export extern false float for friend goto if inline int long mutable namespace new operator private '
            'protected public register return short signed sizeof static struct switch template this throw true try '
            'typedef typeid typename union unsigned using virtual void volatile while').split()


def c_name(item):
    return item.name + '_' if item.name in KEYWORDS else item.name


def parameter(op, attr):
    ctype = PARAMETER_TYPES[attr.kind][attr.is_list]
    if ctype is None:
        raise DefinitionError(op.path, op.line, f'{op.name}: wrappers do not take lists of {attr.kind} yet')
    return ctype + c_name(attr)


def option_default(attr):
    """The initialiser of an options field."""
    if attr.kind == 'tensor':
        return 'NULL'
    if attr.is_list:
        element = 'const char *const' if attr.kind == 'string' else f'const {ATTR_STORAGE[attr.kind][0]}'
        if not attr.default:
            return '{0, NULL}'
        items = ', '.join(c_string(v) if attr.kind == 'string' else c_element(attr.kind, v) for v in attr.default)
        return f'{{{len(attr.default)}, ({element}[]){{{items}}}}}'
    return c_string(attr.default) if attr.kind == 'string' else c_element(attr.kind, attr.default)


class Wrapper:
    def __init__(self, op):
        self.op, self.name = op, 'hr_' + wrapper_name(op)
        self.options = op.optional_attrs()
        self.options_type = self.name + '_options' if self.options else 'hr_op_options'
        if not op.outputs:
            self.result = 'hr_node *'
        elif len(op.outputs) > 1:
            self.result = self.name + '_outputs '
        else:
            self.result = 'hr_outputs ' if op.outputs[0].is_list else 'hr_output '
        self.names = [c_name(a) for a in op.inputs + op.required_attrs()]

    def signature(self):
        inputs = [('hr_outputs ' if a.is_list else 'hr_output ') + c_name(a) for a in self.op.inputs]
        attrs = [parameter(self.op, a) for a in self.op.required_attrs()]
        parameters = ', '.join(['hr_scope scope'] + inputs + attrs + [f'const {self.options_type} *options'])
        return f'{self.result}{self.name}_with({parameters})'

    def declaration(self):
        lines = [comment(self.op)]
        if self.options:
            lines.append('typedef struct %s {\n  const char *name;\n%s} %s;' % (
                self.options_type, ''.join(f'  {parameter(self.op, a)};\n' for a in self.options), self.options_type))
            lines.append(f'extern HR_API const {self.options_type} {self.name}_defaults;')
        if len(self.op.outputs) > 1:
            fields = ''.join(f'  {"hr_outputs" if a.is_list else "hr_output"} {c_name(a)};\n' for a in self.op.outputs)
            lines.append(f'typedef struct {self.result.strip()} {{\n{fields}}} {self.result.strip()};')
        lines.append(f'HR_API {self.signature()};')
        names = ', '.join(['scope'] + self.names)
        defaults = ''.join(f' .{c_name(a)} = {option_default(a)},' for a in self.options)
        lines.append(f'#define {self.name}({names}, ...) \\\n'
                     f'  HR_CALL_OP_({self.options_type}, {self.name}_with({names}, &hr_options_), .name = NULL,'
                     f'{defaults} ##__VA_ARGS__)')
        return '\n'.join(lines) + '\n'

    def attr_values(self):
        optional = {a.name for a in self.options}
        required = {a.name for a in self.op.required_attrs()}
        values = []
        for attr in self.op.attrs:
            if attr.name in optional:
                values.append(attr_value(attr, f'options->{c_name(attr)}'))
            elif attr.name in required:
                values.append(attr_value(attr, c_name(attr)))
            else:
                values.append('{0}')
        return values

    def body(self):
        """The function. Its own variables end in '_', so that no argument's name meets them."""
        op, lines = self.op, []
        if self.options:
            fields = ', '.join(f'.{c_name(a)} = {option_default(a)}' for a in self.options)
            lines.append(f'const {self.options_type} {self.name}_defaults = {{{fields}}};\n')
            lines.append(f'{self.signature()} {{')
            lines.append(f'  if (!options) options = &{self.name}_defaults;')
            name = 'options->name'
        else:
            lines.append(f'{self.signature()} {{')
            name = 'options ? options->name : NULL'
        if op.attrs:
            values = ''.join(f'      {v},\n' for v in self.attr_values())
            lines.append(f'  const hr_attr_value attrs_[] = {{\n{values}  }};')
        attrs = 'attrs_' if op.attrs else 'NULL'
        op_row = f'&hr_ops[HR_OP_ID_{op.name}]'
        if any(a.is_list for a in op.inputs):
            groups = ', '.join(c_name(a) if a.is_list else f'{{1, &{c_name(a)}}}' for a in op.inputs)
            lines.append(f'  const hr_outputs groups_[] = {{{groups}}};')
            call = f'hr_add_grouped_node(scope, {op_row}, {name}, groups_, {attrs})'
            lines.append(f'  hr_node *node_ = {call};')
        else:
            fields = [f'.name = {name}']
            if op.inputs:
                lines.append(f'  const hr_output inputs_[] = {{{", ".join(c_name(a) for a in op.inputs)}}};')
                fields.append(f'.inputs = inputs_, .num_inputs = {len(op.inputs)}')
            if op.attrs:
                fields.append('.attrs = attrs_')
            lines.append(f'  const hr_node_args args_ = {{{", ".join(fields)}}};')
            lines.append(f'  hr_node *node_ = hr_add_node(scope, {op_row}, &args_);')
        lines.append(f'  return {self.result_value()};\n}}\n')
        return '\n'.join(lines)

    def result_value(self):
        outputs = self.op.outputs
        if not outputs:
            return 'node_'
        values = []
        for i, a in enumerate(outputs):
            if a.is_list:
                values.append(f'hr_wrapped_outputs(scope, node_, {i})')
            elif any(before.is_list for before in outputs[:i]):
                values.append(f'hr_wrapped_argument(node_, {i})')
            else:
                values.append(f'hr_wrapped_output(node_, {i})')
        if len(outputs) == 1:
            return values[0]
        fields = ', '.join(f'.{c_name(a)} = {v}' for a, v in zip(outputs, values))
        return f'({self.result.strip()}){{{fields}}}'


def attr_value(attr, text):
    """The hr_attr_value of a C expression."""
    if attr.is_list:
        scope = 'scope, ' if attr.kind == 'string' else ''
        return f'hr_{attr.kind}s_value({scope}{text})'
    if attr.kind in ('string', 'tensor'):
        return f'hr_{attr.kind}_value({text})'
    if attr.kind == 'func':
        return f'{{.kind = HR_ATTR_FUNC, .func = {text}}}'
    if attr.kind == 'shape':
        text = '&' + text
    return f'HR_ATTR_{attr.kind.upper()}_VALUE({text})'


def type_text(op, arg):
    """An argument's type as the reader wants it: the dtypes that are allowed."""
    text = arg.dtype or arg.type_attr or arg.type_list_attr
    if arg.is_ref:
        text = f'Ref({text})'
    return f'{arg.number_attr} * {text}' if arg.number_attr else text


def arg_text(op, args):
    return ', '.join(f'{a.name}: {type_text(op, a)}' for a in args) or 'nothing'


def allowed_text(attr):
    return ', '.join(attr.allowed) if attr.allowed else 'any'


def wrap(text, first, rest, width=118):
    lines, line = [], first
    for word in text.split(' '):
        if len(line) + len(word) + 1 > width and line.strip(' */'):
            lines.append(line.rstrip())
            line = rest
        line += word + ' '
    return lines + [line.rstrip()]


def comment(op):
    """The comment above a wrapper: what it computes, of what, and the dtypes."""
    lines = wrap(f'{op.name}: {op.doc}', '/* ', ' * ')
    lines += wrap(f'{arg_text(op, op.inputs)} -> {arg_text(op, op.outputs)}', ' * ', ' *   ')
    for attr in op.attrs:
        if attr.kind == 'type' and not attr.is_list and attr.allowed:
            lines += wrap(f'{attr.name}: {allowed_text(attr)}', ' * ', ' *   ')
    return '\n'.join(lines) + ' */'


HEADER_TEXT = '''/* All ops as C functions.
 *
 *   hr_output xw = hr_matmul(s, x, w, .transpose_b = true, .name = "xw");
 *
 * Inputs come first, then the attributes that neither the inputs nor a default give, then, by name and in any order,
 * the others. A list input is an hr_outputs, as HR_LIST(a, b) makes it. An op with one output gives it, with several a
 * struct of them, with none the node. After an error (which the scope's builder keeps) outputs are HR_NO_OUTPUT.
 *
 * Under each macro stands a function NAME_with, for C++ and for bindings; NULL for its options means all defaults, and
 * NAME_defaults is a place to start from. */
'''


def header(ops):
    wrappers = [Wrapper(op) for op in ops]
    names = [w.name for w in wrappers]
    for wrapper in wrappers:
        if names.count(wrapper.name) > 1:
            raise DefinitionError(wrapper.op.path, wrapper.op.line, f'two ops have the wrapper {wrapper.name}')
    return '\n'.join([BANNER + HEADER_TEXT + '#ifndef HEADRACE_OPS_H', '#define HEADRACE_OPS_H', '',
                      '#include "headrace/op_call.h"', '', '#ifdef __cplusplus', 'extern "C" {', '#endif', '']
                     + [w.declaration() for w in wrappers]
                     + ['#ifdef __cplusplus', '}', '#endif', '#endif', ''])


def wrapper_bodies(ops):
    return '\n'.join([BANNER, '#include "headrace/ops.h"', '#include "ops/op_ids.h"', '#include "ops/wrapper.h"', '']
                     + [Wrapper(op).body() for op in ops])


# ---- the reference --------------------------------------------------------------------------------------------------

def attr_text(attr):
    text = f'list({attr.kind})' if attr.is_list else attr.kind
    if attr.allowed is not None:
        text += ' in {' + ', '.join(f'"{v}"' if attr.kind == 'string' else v for v in attr.allowed) + '}'
    if attr.minimum is not None:
        text += f' >= {attr.minimum}'
    if attr.default is not None:
        default = '&lt;unknown&gt;' if attr.default is UNKNOWN_SHAPE else json.dumps(attr.default)
        text += f' = {default}'
    return text


def docs(ops):
    lines = ['# Ops', '', f'The {len(ops)} built-in ops: their C wrappers, arguments, attributes and gradients. '
             'Signatures are those of TensorFlow 1.15.', '']
    for op in ops:
        wrapper = Wrapper(op)
        gradient = 'stops gradients' if op.not_differentiable else 'yes' if op.gradient else 'none (LookupError)'
        call = ', '.join(['scope'] + wrapper.names + [f'.{c_name(a)}' for a in wrapper.options] + ['.name'])
        lines += [f'## {op.name}', '', op.doc, '', f'`{wrapper.name}({call})`', '']
        for title, args in (('in', op.inputs), ('out', op.outputs)):
            lines += [f'- {title} `{a.name}`: {type_text(op, a)}{" (host memory)" if a.host else ""}' for a in args]
        lines += [f'- attr `{a.name}`: {attr_text(a)}' for a in op.attrs]
        lines.append(f'- gradient: {gradient}')
        if op.flags:
            lines.append(f'- {", ".join(op.flags).replace("_", " ")}')
        if op.deprecated_at:
            lines.append(f'- deprecated since GraphDef version {op.deprecated_at}')
        lines.append('')
    return '\n'.join(lines)


def write_if_changed(path, text):
    """Leaves an equal file's date alone, so that nothing is compiled again."""
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            if file.read() == text:
                return
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('defs', nargs='+', help='.op files')
    writers = {'tables': tables, 'ids': ids, 'header': header, 'wrappers': wrapper_bodies, 'docs': docs}
    for name in writers:
        parser.add_argument(f'--{name}', metavar='FILE')
    arguments = parser.parse_args()
    try:
        ops = read_defs(arguments.defs)
        for name, writer in writers.items():
            path = getattr(arguments, name)
            if path:
                write_if_changed(path, writer(ops))
    except DefinitionError as error:
        sys.exit(f'gen_ops.py: {error}')


if __name__ == '__main__':
    main()
