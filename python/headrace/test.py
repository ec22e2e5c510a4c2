"""Tests of graphs: a `TestCase` with sessions and assertions about arrays, numeric gradients, benchmarks."""

import os
import re
import sys
import tempfile
import unittest
from unittest import mock

from headrace.core.benchmark import Benchmark
from headrace.core.local_clusters import create_local_cluster
from headrace.core.gradient_checker import compute_gradient, compute_gradient_error
from headrace.core.stub_out import StubOutForTesting
from headrace.core.graph_test_case import TestCase
from headrace.core.public import export

__all__ = ['Benchmark', 'StubOutForTesting', 'TestCase', 'assert_equal_graph_def', 'benchmark_config',
           'compute_gradient', 'compute_gradient_error', 'create_local_cluster', 'get_temp_dir', 'gpu_device_name', 'is_built_with_cuda',
           'is_built_with_gpu_support', 'is_built_with_rocm', 'is_gpu_available', 'main', 'mock', 'test_src_dir_path']

_folder = None


def main(argv=None):
    """Runs the tests of the program, or its benchmarks where `--benchmarks=REGEX` is given, and exits.

    Flags of the program are parsed; other arguments are those of `unittest.main`.

    Args:
      argv: the arguments, the program's name first; by default those of the process.
    """
    from headrace import flags
    from headrace.core import benchmark

    arguments = flags.FLAGS(list(sys.argv if argv is None else argv), known_only=True)
    for argument in arguments[1:]:
        if argument.startswith('--benchmarks='):
            from headrace import logging

            logging.set_verbosity(logging.INFO)
            benchmark.run_benchmarks(argument.partition('=')[2])
            sys.exit(0)
    unittest.main(argv=arguments)


def get_temp_dir():
    """A folder for the tests of this process, deleted when it ends."""
    global _folder
    if _folder is None:
        _folder = tempfile.TemporaryDirectory(prefix=os.path.basename(sys.argv[0] or 'headrace').partition('.')[0])
    return _folder.name


def test_src_dir_path(relative_path):
    """The path of a file of the tests' sources.

    Args:
      relative_path: its path from the folder that the environment variable TEST_SRCDIR names.

    Returns:
      The whole path.

    Raises:
      KeyError: TEST_SRCDIR is not set.
    """
    return os.path.join(os.environ['TEST_SRCDIR'], relative_path)


def _gpus():
    """The GPUs, as messages."""
    from headrace.python.client import device_lib

    return [device for device in device_lib.list_local_devices() if device.device_type == 'GPU']


def gpu_device_name():
    """The name of the first GPU, such as '/device:GPU:0', or an empty text where there is none."""
    gpus = _gpus()
    return gpus[0].name if gpus else ''


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """Whether there is a GPU.

    Args:
      cuda_only: not used: there is one kind of GPUs.
      min_cuda_compute_capability: a pair (major, minor) that a GPU must at least have, or None.

    Returns:
      A bool.
    """
    def capability(device):
        found = re.search(r'compute capability: (\d+)\.(\d+)', device.physical_device_desc)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    return any(min_cuda_compute_capability is None or capability(device) >= tuple(min_cuda_compute_capability)
               for device in _gpus())


def is_built_with_cuda():
    """Whether the library can use GPUs through CUDA."""
    return False


def is_built_with_rocm():
    """Whether the library can use GPUs through ROCm."""
    return False


def is_built_with_gpu_support():
    """Whether the library can use GPUs."""
    return is_built_with_cuda() or is_built_with_rocm()


def benchmark_config():
    """A `tf.ConfigProto` for benchmarks: what they run is not optimised away."""
    import headrace as tf

    config = tf.ConfigProto()
    options = config.graph_options.rewrite_options
    options.dependency_optimization = options.OFF
    return config


def assert_equal_graph_def(actual, expected, checkpoint_v2=False, hash_table_shared_name=False):
    """Checks that two graphs have the same nodes, in any order.

    Args:
      actual: a `tf.GraphDef`.
      expected: a `tf.GraphDef`.
      checkpoint_v2: whether to overlook random parts of temporary checkpoints' names.
      hash_table_shared_name: whether to overlook shared names of hash tables.

    Raises:
      TypeError: an argument is no `tf.GraphDef`.
      AssertionError: a node is missing, or two of one name differ.
    """
    graphs = []
    for graph, name in ((actual, 'actual'), (expected, 'expected')):
        if type(graph).__name__ != 'GraphDef':
            raise TypeError(f'Expected tf.GraphDef for {name}, got {type(graph).__name__}')
        nodes = {}
        for node in graph.node:
            nodes[node.name] = copy = type(node)()
            copy.CopyFrom(node)
            if checkpoint_v2 and node.op == 'Const' and b'_temp_' in b''.join(node.attr['value'].tensor.string_val):
                copy.attr['value'].tensor.ClearField('string_val')
            if hash_table_shared_name and node.op in ('HashTable', 'HashTableV2'):
                copy.attr['shared_name'].Clear()
        graphs.append(nodes)
    ours, theirs = graphs
    for title, names in (('Found unexpected node', sorted(set(ours) - set(theirs))),
                         ('Did not find expected node', sorted(set(theirs) - set(ours)))):
        if names:
            raise AssertionError(f'{title} {(ours if names[0] in ours else theirs)[names[0]]}')
    for name, node in ours.items():
        if node != theirs[name]:
            raise AssertionError(f'Node {name!r} differs:\nactual\n{node}\nexpected\n{theirs[name]}')


export(globals())
