"""Predicting one image with the network of chapter 10 in ONNX Runtime, one thread: peer of frontend.py's calls."""

import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

LAYERS = (784, 300, 100, 10)


def model():
    random = np.random.RandomState(42)
    nodes, weights, value = [], [], 'x'
    for i, (inputs, outputs) in enumerate(zip(LAYERS, LAYERS[1:])):
        scale = (2 / np.sqrt(inputs)).astype(np.float32)
        weights.append(numpy_helper.from_array(random.randn(inputs, outputs).astype(np.float32) * scale, f'w{i}'))
        weights.append(numpy_helper.from_array(np.zeros(outputs, np.float32), f'b{i}'))
        nodes.append(helper.make_node('Gemm', [value, f'w{i}', f'b{i}'], [f'z{i}']))
        value = f'z{i}'
        if i < len(LAYERS) - 2:
            nodes.append(helper.make_node('Relu', [value], [f'a{i}']))
            value = f'a{i}'
    graph = helper.make_graph(nodes, 'mnist', [helper.make_tensor_value_info('x', TensorProto.FLOAT, [None, 784])],
                              [helper.make_tensor_value_info(value, TensorProto.FLOAT, [None, 10])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8).SerializeToString()


options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model(), options, providers=['CPUExecutionProvider'])
image = np.random.RandomState(42).rand(1, 784).astype(np.float32)
feed = {'x': image}
least = float('inf')
for _ in range(10):
    start = time.perf_counter()
    for _ in range(1000):
        session.run(None, feed)
    least = min(least, (time.perf_counter() - start) / 1000)
print(f'predict_one_image\t{least * 1e6:.6g}\tus')
