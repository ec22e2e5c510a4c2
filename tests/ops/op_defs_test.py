#!/usr/bin/env python3
"""What tools/op_defs.py says about wrong definitions, and how wrappers are named."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tools'))
from op_defs import DefinitionError, Op, read_defs, wrapper_name  # noqa: E402


def read(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'test.op')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return read_defs([path])


class Errors(unittest.TestCase):
    def check(self, text, line, message):
        with self.assertRaises(DefinitionError) as caught:
            read(text)
        self.assertIn(f'test.op:{line}: ', str(caught.exception))
        self.assertIn(message, str(caught.exception))

    def test_wrong_lines(self):
        self.check('op Good\n  doc d\n  color red\n', 3, "unknown keyword 'color'")
        self.check('doc d\n', 1, 'before the first op')
        self.check('op lower\n', 1, 'no op name')
        self.check('op A\n  in x\n  doc d\n', 2, "expected 'name: type'")
        self.check('op A\n  in x: T\n  doc d\n', 2, "'T' is neither a dtype nor a type attribute")
        self.check('op A\n  in x: N * float\n  doc d\n', 2, "'N' is no int attribute")
        self.check('op A\n  attr T: {float, flaot}\n  doc d\n', 2, "'flaot' is no dtype")
        self.check('op A\n  attr a: numbre\n  doc d\n', 2, 'no kind of attribute')
        self.check('op A\n  attr a: int = x\n  doc d\n', 2, "'x' is no int")
        self.check('op A\n  attr T: {float} = int32\n  doc d\n', 2, 'not among the allowed values')
        self.check('op A\n  attr a: bool >= 1\n  doc d\n', 2, 'has a minimum')
        self.check('op A\n  flags quick\n  doc d\n', 2, "'quick' is no flag")
        self.check('op A\n  control jump\n  doc d\n', 2, "'jump' is no part of control flow")
        self.check('op A\n  in x: float\n  host y\n  doc d\n', 3, "host memory for 'y'")
        self.check('op A\n  in x: float\n  out x: float\n  doc d\n', 1, "'x' twice")
        self.check('op A\n  in scope: float\n  doc d\n', 1, 'clash')
        self.check('op A\n  in x: float\n', 1, 'no doc line')
        self.check('op A\n  doc d\nop A\n  doc d\n', 3, 'is defined in')


class Reading(unittest.TestCase):
    def test_entry(self):
        op, = read('# comment\nop Both\n  in a: Ref(T), b: N * S\n  out c: L\n  attr T: numbertype\n'
                   '  attr S: {float,\n          half} = half\n  attr N: int >= 2\n  attr L: list(type) >= 1\n'
                   '  attr s: {"A", "B"} = "B"\n  flags stateful deprecated@7\n  grad none\n  doc d\n')
        self.assertTrue(op.inputs[0].is_ref)
        self.assertEqual((op.inputs[1].number_attr, op.inputs[1].type_attr), ('N', 'S'))
        self.assertEqual(op.outputs[0].type_list_attr, 'L')
        self.assertEqual(op.attr('S').allowed, ['float', 'half'])
        self.assertEqual([a.name for a in op.required_attrs()], ['L'])
        self.assertEqual([a.name for a in op.optional_attrs()], ['s'])
        self.assertEqual((op.flags, op.deprecated_at, op.not_differentiable), (['stateful'], 7, True))

    def test_wrapper_names(self):
        for name, expected in (('MatMul', 'matmul'), ('BatchMatMulV2', 'batch_matmul_v2'), ('L2Loss', 'l2_loss'),
                               ('Log1p', 'log1p'), ('AccumulateNV2', 'accumulate_n_v2'), ('InTopKV2', 'in_top_k_v2'),
                               ('Conv2DBackpropInput', 'conv2d_backprop_input'), ('ApplyRMSProp', 'apply_rms_prop'),
                               ('DecodeCSV', 'decode_csv'), ('BesselI0e', 'bessel_i0e'), ('FFT2D', 'fft2d')):
            self.assertEqual(wrapper_name(Op(name, '', 0)), expected)


if __name__ == '__main__':
    unittest.main()
