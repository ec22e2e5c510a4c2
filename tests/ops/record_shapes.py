#!/usr/bin/env python3
"""Records in shapes.tsv what shapes TensorFlow 1.15 infers for the cases of shape_cases.py. Run with TensorFlow's
Python.

A row: op, inputs, attributes, result.
  inputs      separated by "; ", a list argument in parentheses; each is a dtype and
                [2,?]  a placeholder of that shape          ?      one of unknown rank
                &[2,?] a reference (a variable)             @[2,?]   a handle of a variable
                [2]=1,2  a constant (strings are separated by "|")
                <1,?>  a vector packed of constants and fed scalars
  attributes  name=value, separated by blanks
  result      the output shapes, separated by "; ", or "!" for an error
"""

import os
import re
import sys
import warnings

warnings.filterwarnings('ignore')
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tensorflow.contrib.image  # noqa: E402, F401, registers its ops
from tensorflow.python.framework import op_def_library, op_def_registry  # noqa: E402
from tensorflow.python.ops import gen_state_ops  # noqa: E402

from shape_cases import cases  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)


def split_outside(text, separator):
    parts, depth, current = [], 0, ''
    for char in text:
        depth += (char in '([<') - (char in ')]>')
        if char == separator and depth == 0:
            parts.append(current.strip())
            current = ''
        else:
            current += char
    return [p for p in parts + [current.strip()] if p]


def shape_of(text):
    if text == '?':
        return tf.TensorShape(None)
    return tf.TensorShape([None if d == '?' else int(d) for d in text.strip('[]').split(',') if d])


def value_of(text, dtype):
    if dtype == tf.bool:
        return text == 'true'
    return float(text) if dtype.is_floating else int(text)


def make_input(text):
    if text.startswith('('):
        return [make_input(item) for item in split_outside(text[1:-1], ';')]
    dtype, ref, shape, values = re.fullmatch(r'(\w+)([&@]?)(\?|\[.*?\]|<.*?>)(?:=(.*))?', text).groups()
    dtype = tf.as_dtype(dtype)
    if shape.startswith('<'):
        items = shape[1:-1].split(',')
        return tf.stack([tf.placeholder(dtype, []) if i == '?' else tf.constant(int(i), dtype) for i in items])
    if values is not None:
        sizes = shape_of(shape).as_list()
        if dtype == tf.string:
            items = values.split('|')
            return tf.constant(items if sizes else items[0], dtype, sizes)
        items = [value_of(v, dtype) for v in values.split(',') if v]
        return tf.constant(np.array(items, dtype.as_numpy_dtype).reshape(sizes))
    if ref == '@':
        return tf.raw_ops.VarHandleOp(dtype=dtype, shape=shape_of(shape), shared_name='', container='')
    if ref:
        return gen_state_ops.variable_v2(shape_of(shape), dtype)
    return tf.placeholder(dtype, shape_of(shape))


def make_attr(kind, text):
    if kind.startswith('list('):
        return [make_attr(kind[5:-1], item) for item in text.strip('[]').split(',') if item]
    if kind == 'bool':
        return text == 'true'
    if kind == 'shape':
        return shape_of(text)
    return {'int': int, 'float': float, 'type': tf.as_dtype, 'string': str}[kind](text)


def text_of(shape):
    if shape.ndims is None:
        return '?'
    return '[' + ','.join('?' if d is None else str(d) for d in shape.as_list()) + ']'


def infer(op, inputs, attrs):
    library, definition = op_def_library.OpDefLibrary(), op_def_registry.get_registered_ops()[op]
    library.add_op(definition)
    with tf.Graph().as_default():
        values = dict(zip((a.name for a in definition.input_arg), (make_input(i) for i in split_outside(inputs, ';'))))
        kinds = {a.name: a.type for a in definition.attr}
        inferred = {n for a in definition.input_arg for n in (a.type_attr, a.number_attr, a.type_list_attr)}
        values.update({name: None for name in kinds if name not in inferred})  # defaults
        for item in attrs.split():
            name, text = item.split('=', 1)
            values[name] = make_attr(kinds[name], text)
        try:
            result = library.apply_op(op, **values)
        except ValueError as error:
            return '!', str(error)
        node = result if isinstance(result, tf.Operation) else tf.get_default_graph().get_operations()[-1]
        return '; '.join(text_of(o.shape) for o in node.outputs), ''


def main():
    rows = []
    for op, inputs, attrs in cases():
        try:
            result, message = infer(op, inputs, attrs)
        except Exception as error:
            sys.exit('%s(%s) %s: %r' % (op, inputs, attrs, error))
        if '--messages' in sys.argv and message:
            print(op, inputs, attrs, '->', message)
        rows.append('\t'.join([op, inputs, attrs, result]))
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, 'shapes.tsv'), 'w') as file:
        file.write('\n'.join(rows) + '\n')
    print(len(rows), 'rows')


if __name__ == '__main__':
    main()
