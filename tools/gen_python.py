#!/usr/bin/env python3
"""Writes the functions of the extension module _headrace that call the C builder, from the public headers alone:

    gen_python.py OUTPUT OPS_HEADER HEADER...

(OPS_HEADER, which tools/gen_ops.py wrote, is read for its structs alone: ops have a way of their own.)
Each function whose first parameter is the scope, and whose other parameters are of types that a Python value can be
converted to, becomes a function of the same name, without hr_ and _with: hr_reduce_with(scope, op, x, options) is
_headrace.reduce(op, x, axis=None, keepdims=None, ...). Parameters come first, in their order; then the fields of the
options, which keep the defaults of the C macro when they are left out or None. The graph is that of the tensors among
the arguments, or the default graph.
"""

import re
import sys

# C type -> (converter, needs the call). What is not here cannot be converted, and its functions are left out.
CONVERTERS = {
    'hr_output': ('py_to_output', True), 'hr_outputs': ('py_to_outputs', True), 'hr_operand': ('py_to_operand', True),
    'hr_operands': ('py_to_operands', True), 'hr_sparse_tensor': ('py_to_sparse_tensor', True),
    'hr_any_operand': ('py_to_any_operand', True), 'hr_sparse_tensors': ('py_to_sparse_tensors', True),
    'hr_feature_specs': ('py_to_feature_specs', True), 'hr_batch_items': ('py_to_batch_items', True),
    'hr_batch_sources': ('py_to_batch_sources', True), 'hr_dims': ('py_to_dims', True), 'hr_var *': ('py_to_var', True), 'hr_vars': ('py_to_vars', True),
    'hr_tensor_array *': ('py_to_tensor_array', False), 'hr_tensor_queue *': ('py_to_tensor_queue', False),
    'hr_staging_area': ('py_to_staging_area', True), 'hr_map_staging_area': ('py_to_map_staging_area', True),
    'hr_types': ('py_to_types', True), 'hr_shapes': ('py_to_shapes', True), 'hr_node *': ('py_to_node', True),
    'hr_strings': ('py_to_strings', True), 'hr_ints': ('py_to_ints', True), 'hr_floats': ('py_to_floats', True),
    'hr_initializer': ('py_to_initializer', True), 'hr_regularizer': ('py_to_regularizer', True),
    'hr_regularizers': ('py_to_regularizers', True),
    'hr_activation': ('py_to_activation', True), 'hr_window_function': ('py_to_window_function', True),
    'hr_adjustment': ('py_to_adjustment', True),
    'hr_partial_shape': ('py_to_shape', False),
    'hr_dtype': ('py_to_dtype', False), 'const char *': ('py_to_text', False), 'hr_reuse': ('py_to_reuse', False),
    'int64_t': ('py_to_int64', False), 'int32_t': ('py_to_int32', False), 'double': ('py_to_double', False),
    'bool': ('py_to_bool', False), 'hr_bytes': ('py_to_bytes', False), 'const hr_defined *': ('py_to_defined', False),
}
# Pointers to one of the above that may be NULL.
OPTIONAL_POINTERS = ('hr_operand', 'hr_vars', 'hr_strings')
# Functions that are written by hand, because their arguments are not only values.
BY_HAND = {'hr_get_variable_with', 'hr_tf_variable_with', 'hr_variable_scope_with', 'hr_variable_scope_again_with',
           'hr_name_scope', 'hr_device_scope', 'hr_control_dependencies', 'hr_colocate_with', 'hr_container',
           'hr_constant_with', 'hr_scope_fail', 'hr_scope_close', 'hr_scope_name', 'hr_scope_graph', 'hr_constant_array_with',
           'hr_constant_initializer_of', 'hr_call_op', 'hr_slice_items', 'hr_binary_with', 'hr_convert', 'hr_operate'}
RESULTS = {'hr_output': 'py_from_output(c.graph, r)', 'hr_outputs': 'py_from_outputs(c.graph, r)',
           'hr_node *': 'py_from_node(c.graph, r)', 'hr_var *': 'py_from_var(c.graph, r)',
           'const char *': 'PyUnicode_FromString(r ? r : "")', 'void': '(Py_INCREF(Py_None), Py_None)',
           'hr_gradient': 'py_from_gradient(c.graph, r)', 'bool': 'PyBool_FromLong(r)',
           'hr_initializer': 'py_from_initializer(r)', 'hr_regularizer': 'py_from_regularizer(r)',
           'hr_partitioner': 'py_from_partitioner(r)',
           'hr_any_tensors': 'py_from_any_tensors(c.graph, r)',
           'hr_tensor_array *': 'py_from_tensor_array(c.graph, r)',
           'hr_tensor_queue *': 'py_from_tensor_queue(c.graph, r)', 'hr_types': 'py_from_types(r)',
           'hr_shapes': 'py_from_shapes(r)'}


def strip_comments(text):
    return re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)


def split_declarator(text):
    """('int64_t', 'seed') of 'int64_t seed'; pointers belong to the type."""
    match = re.fullmatch(r'\s*(.*?)\s*(\**)\s*(\w+)\s*', text, flags=re.S)
    ctype = re.sub(r'\s+', ' ', match[1]).strip()
    return (ctype + ' ' + match[2] if match[2] else ctype), match[3]


class Headers:
    def __init__(self, paths, ops_header):
        texts = [strip_comments(open(path, encoding='utf-8').read()) for path in paths]
        self.text = '\n'.join(texts)
        ops_text = strip_comments(open(ops_header, encoding='utf-8').read())
        joined = self.text.replace('\\\n', ' ')
        self.enums = set(re.findall(r'typedef enum \w+ \{[^}]*\} (\w+);', self.text))
        self.structs = {}
        for name, body in re.findall(r'typedef struct (\w+) \{([^{}]*)\} \1;', ops_text + self.text):
            self.structs[name] = self.fields(body)
        for name, body in re.findall(r'\nstruct (\w+) \{([^{}]*)\};', self.text):
            self.structs[name] = self.fields(body)
        self.defaults = dict(self.macro_defaults(joined))

    @staticmethod
    def fields(body):
        """[(type, name)], None for what is no plain field (a function pointer)."""
        fields = []
        for line in body.split(';'):
            if not line.strip():
                continue
            if '(' in line or '[' in line:
                fields.append((None, line.strip()))
                continue
            first, *others = line.split(',')
            ctype, name = split_declarator(first)
            fields.append((ctype, name))
            for other in others:
                stars, other_name = re.fullmatch(r'\s*(\**)\s*(\w+)\s*', other).groups()
                fields.append((ctype.rstrip(' *') + (' ' + stars if stars else ''), other_name))
        return fields

    @staticmethod
    def macro_defaults(text):
        """(options type, initialisers) of every macro that calls with HR_CALL_OP_."""
        for match in re.finditer(r'HR_CALL_OP_\(\s*(\w+),\s*(\w+)\(', text):
            depth, position = 1, match.end()
            while depth:
                depth += {'(': 1, ')': -1}.get(text[position], 0)
                position += 1
            rest = text[position:text.index('##__VA_ARGS__', position)].strip().strip(',').strip()
            yield (match[1], match[2]), rest

    def functions(self):
        for match in re.finditer(r'HR_API\s+([\w\s]+?[\s*]+)(hr_\w+)\(([^;]*?)\)\s*;', self.text):
            if '(' in match[3] or '[' in match[3] or '...' in match[3]:
                continue
            result = re.sub(r'\s+', ' ', match[1]).replace('HR_MUST_USE ', '').strip()
            parameters = [split_declarator(p) for p in match[3].split(',')] if match[3].strip() != 'void' else []
            yield re.sub(r'\s*\*$', ' *', result), match[2], parameters


class Binding:
    """One function: its parameters as (name, C expression of the place, type, required)."""

    def __init__(self, headers, result, function, parameters):
        self.headers, self.result, self.function = headers, result, function
        self.name = re.sub(r'_with$', '', function[3:])
        self.options = None
        self.locals, self.arguments, self.values = [], [], []
        if parameters and parameters[-1][1] == 'options':
            self.options = parameters.pop()[0].replace('const ', '').rstrip(' *')
        parameters = parameters[1:] if parameters and parameters[0][0] == 'hr_scope' else parameters
        self.has_scope = True
        skip = False
        for (ctype, name), following in zip(parameters, parameters[1:] + [(None, None)]):
            if skip:
                skip = False
                continue
            if ctype.startswith('int') and following[0] in ('const int32_t *', 'const int64_t *') and following[1] == 'sizes':
                element = following[0].split()[1]
                self.locals.append(f'int32_t p_{name} = 0; {element} *p_sizes = NULL;')
                bits = element[3:5]
                self.arguments.append((following[1], f'py_to_int{bits}s(&c, %s, &p_{name}, &p_sizes)'))
                self.values += [f'p_{name}', 'p_sizes']
                skip = True
                continue
            if ctype == 'int32_t' and following[0] == 'hr_node *const *':
                self.locals.append(f'hr_nodes_argument p_{name} = {{0}};')
                self.arguments.append((following[1], f'py_to_nodes(&c, %s, &p_{name})'))
                self.values += [f'p_{name}.count', f'p_{name}.items']
                skip = True
                continue
            self.add_parameter(ctype, name)
        self.required = len(self.arguments)
        if self.options:
            self.add_options()

    def conversion(self, ctype, place, name):
        if name == 'seed' and ctype == 'int64_t':
            return f'py_to_seed(%s, &{place})'
        if name == 'noise_shape':  # unknown sizes are those of what is dropped
            return f'py_to_partial_dims(&c, %s, &{place})'
        if ctype in self.headers.enums and ctype not in CONVERTERS:
            return f'py_to_enum(%s, (int *)&{place})'
        if ctype == 'const hr_tensor *':
            return f'py_to_tensor_argument(&c, %s, &{place})'
        converter, needs_call = CONVERTERS[ctype]
        return f'{converter}({"&c, " if needs_call else ""}%s, &{place})'

    def add_parameter(self, ctype, name):
        place = 'p_' + name
        if ctype == 'hr_operand' and name in ('axis', 'axes'):  # None: all of them
            self.locals.append(f'hr_operand {place} = {{0}};')
            self.arguments.append((name, f'py_to_axes(&c, %s, &{place})'))
            self.values.append(place)
            return
        self.locals.append(f'{ctype.replace("const char *", "const char *")} {place} = {self.zero(ctype)};')
        self.arguments.append((name, self.conversion(ctype, place, name)))
        self.values.append(place)

    def zero(self, ctype):
        if ctype.endswith('*'):
            return 'NULL'
        return '0' if ctype in self.headers.enums or ctype in ('bool', 'double', 'int32_t', 'int64_t') else '{0}'

    def add_options(self):
        struct = self.headers.structs[self.options]
        defaults = self.headers.defaults.get((self.options, self.function), '')
        if defaults:
            defaults = re.sub(r'HR_OPERAND\(([^()]*)\)', r'hr_operand_int(\1)', defaults)
        self.locals.append(f'{self.options} o = {{{defaults or "0"}}};')
        names = {name for _, name in struct if name}
        for ctype, name in struct:
            if ctype is None:
                raise KeyError(f'{self.options}.{name}')
            place = 'o.' + name
            if name.endswith('_tensor') and name[:-7] in names:
                continue
            if name + '_tensor' in names: # an operand in place of the number
                self.arguments.append((name, f'py_to_operand(&c, %s, &{place}_tensor)'))
                continue
            base = ctype.replace('const ', '').rstrip(' *')
            if ctype.endswith('*') and base in OPTIONAL_POINTERS:
                self.locals.append(f'{base} o_{name} = {{0}};')
                self.arguments.append((name, f'({self.conversion(base, "o_" + name, name)} && ({place} = &o_{name}, true))'))
                continue
            if ctype == 'const hr_tensor *':
                self.arguments.append((name, f'py_to_tensor_argument(&c, %s, &{place})'))
                continue
            self.arguments.append((name, self.conversion(ctype, place, name)))
        self.values.append('&o')

    def result_expression(self):
        if self.result in RESULTS:
            return RESULTS[self.result]
        fields = self.headers.structs[self.result]
        parts = ', '.join(RESULTS[ctype].replace('r)', f'r.{name})') for ctype, name in fields)
        return f'py_tuple({len(fields)}, (PyObject *[]){{{parts}}})'

    def body(self):
        names = ', '.join(f'"{name}"' for name, _ in self.arguments)
        count = len(self.arguments)
        lines = [f'static PyObject *call_{self.name}(PyObject *module, PyObject *const *args, Py_ssize_t num_args, '
                 'PyObject *kwnames) {', '  (void)module;']
        if count:
            lines += [f'  static const char *const names[] = {{{names}}};', f'  PyObject *a[{count}];',
                      f'  if (!py_arguments("{self.name}", names, {count}, {self.required}, args, num_args, kwnames, a)) '
                      'return NULL;', '  py_call c;', f'  if (!py_call_begin(&c, a, {count})) return NULL;']
        else:
            lines += ['  if (!py_arguments("%s", NULL, 0, 0, args, num_args, kwnames, NULL)) return NULL;' % self.name,
                      '  py_call c;', '  if (!py_call_begin(&c, NULL, 0)) return NULL;']
        lines += ['  ' + line for line in self.locals]
        lines.append('  PyObject *result = NULL;')
        checks = [text % f'a[{i}]' if i < self.required else f'(!a[{i}] || {text % f"a[{i}]"})'
                  for i, (_, text) in enumerate(self.arguments)]
        lines.append(f'  if ({(chr(10) + "      && ").join(checks) or "true"}) {{')
        scope = ['c.scope'] if self.has_scope else []
        call = f'{self.function}({", ".join(scope + self.values)})'
        if self.result == 'void':
            lines.append(f'    {call};')
        else:
            space = '' if self.result.endswith('*') else ' '
            lines.append(f'    {self.result}{space}r = {call};')
        lines.append(f'    if (hr_scope_ok(c.scope)) result = {self.result_expression()};')
        lines += ['  }', '  if (!py_call_end(&c)) Py_CLEAR(result);', '  return result;', '}', '']
        return '\n'.join(lines)

    def row(self):
        arguments = [name if i < self.required else name + '=None' for i, (name, _) in enumerate(self.arguments)]
        return (f'    {{"{self.name}", (PyCFunction)(void (*)(void))call_{self.name}, METH_FASTCALL | METH_KEYWORDS,\n'
                f'     "{self.name}({", ".join(arguments)})"}},')


class Maker(Binding):
    """A function without a scope that makes an initialiser, a regulariser or a partitioner."""

    def __init__(self, headers, result, function, parameters):
        super().__init__(headers, result, function, [('hr_scope', 'scope')] + parameters)
        self.has_scope = False


def main():
    output, ops_header, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    headers = Headers(paths, ops_header)
    bindings, left_out = [], []
    for result, function, parameters in headers.functions():
        takes_scope = bool(parameters) and parameters[0][0] == 'hr_scope'
        makes = result in ('hr_initializer', 'hr_regularizer', 'hr_partitioner') and not takes_scope
        if function in BY_HAND or not (takes_scope or makes):
            continue
        try:
            binding = (Maker if makes else Binding)(headers, result, function, list(parameters))
            binding.result_expression()
            bindings.append(binding)
        except KeyError as error:
            left_out.append(f'{function}: {error.args[0]}')
    with open(output, 'w', encoding='utf-8') as file:
        file.write('/* Written by tools/gen_python.py from the public headers. Not bound, because of a type: */\n')
        file.writelines(f'/*   {line.replace("*/", "* /")} */\n' for line in left_out)
        file.write('#include "python/ext/generated.h"\n\n')
        file.writelines(binding.body() + '\n' for binding in bindings)
        file.write('PyMethodDef py_builder_methods[] = {\n' + '\n'.join(b.row() for b in bindings) + '\n    {0}};\n')


if __name__ == '__main__':
    main()
