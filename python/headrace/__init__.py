"""Headrace: the TensorFlow-1 programming model. `import headrace as tf` runs TensorFlow 1.x programs."""

import importlib as _importlib
import os as _os

from headrace import _headrace as _c

_c.set_package_path(_os.path.dirname(_os.path.abspath(__file__)) + _os.sep)

from headrace.core import failures as _failures  # noqa: E402, F401
from headrace.core.dtypes import *  # noqa: E402, F401, F403
from headrace.core.dtypes import (  # noqa: E402, F401
    QUANTIZED_DTYPES, bfloat16, bool_ as bool, complex64, complex128, double, float16, float32, float64, half, int8,
    int16, int32, int64, qint8, qint16, qint32, quint8, quint16, resource, string, uint8, uint16, uint32, uint64, variant)
from headrace.core.shapes import Dimension, TensorShape, dimension_at_index, dimension_value  # noqa: E402, F401
from headrace.core.graph import *  # noqa: E402, F401, F403
from headrace.core.graph import (  # noqa: E402, F401
    convert_to_tensor_or_indexed_slices, convert_to_tensor_or_sparse_tensor, op_scope,
    register_tensor_conversion_function)
from headrace.core.device_spec import *  # noqa: E402, F401, F403
from headrace.core.meta_graphs import import_graph_def  # noqa: E402, F401
from headrace.core.session import *  # noqa: E402, F401, F403
from headrace.core.variables import *  # noqa: E402, F401, F403
from headrace.core.variable_scope import *  # noqa: E402, F401, F403
from headrace.core.partitions import *  # noqa: E402, F401, F403
from headrace.core.parsing_config import (  # noqa: E402, F401
    FixedLenFeature, FixedLenSequenceFeature, SparseFeature, VarLenFeature)
from headrace.core.arrays import *  # noqa: E402, F401, F403
from headrace.core.assignments import *  # noqa: E402, F401, F403
from headrace.core.behavior import *  # noqa: E402, F401, F403
from headrace.core.accumulators import *  # noqa: E402, F401, F403
from headrace.core.checks import *  # noqa: E402, F401, F403
from headrace.core.constants import *  # noqa: E402, F401, F403
from headrace.core.control import *  # noqa: E402, F401, F403
from headrace.core.control_flow import *  # noqa: E402, F401, F403
from headrace.core.element_assertions import *  # noqa: E402, F401, F403
from headrace.core.functional import *  # noqa: E402, F401, F403
from headrace.core.gradients import *  # noqa: E402, F401, F403
from headrace.core.initializers import (  # noqa: E402, F401
    Constant as constant_initializer, GlorotNormal as glorot_normal_initializer,
    GlorotUniform as glorot_uniform_initializer, Ones as ones_initializer, Orthogonal as orthogonal_initializer,
    RandomNormal as random_normal_initializer, RandomUniform as random_uniform_initializer,
    TruncatedNormal as truncated_normal_initializer, UniformUnitScaling as uniform_unit_scaling_initializer,
    VarianceScaling as variance_scaling_initializer, Zeros as zeros_initializer)
from headrace.core.space import *  # noqa: E402, F401, F403
from headrace.core.images import extract_image_patches  # noqa: E402, F401
from headrace.core.linear_algebra import *  # noqa: E402, F401, F403
from headrace.core.logger import *  # noqa: E402, F401, F403
from headrace.core.math_functions import *  # noqa: E402, F401, F403
from headrace.core.print_functions import *  # noqa: E402, F401, F403
from headrace.core.py_func import *  # noqa: E402, F401, F403
from headrace.core.quantize_functions import quantize, quantize_v2  # noqa: E402, F401
from headrace.core.queues import (  # noqa: E402, F401
    FIFOQueue, PaddingFIFOQueue, PriorityQueue, QueueBase, RandomShuffleQueue)
from headrace.core.random_functions import *  # noqa: E402, F401, F403
from headrace.core.sparse import *  # noqa: E402, F401, F403
from headrace.core.parsing import *  # noqa: E402, F401, F403
from headrace.core.readers import *  # noqa: E402, F401, F403
from headrace.core.sparse_functions import *  # noqa: E402, F401, F403
from headrace.core.sparse_math import *  # noqa: E402, F401, F403
from headrace.core.string_functions import *  # noqa: E402, F401, F403
from headrace.core.tensor_arrays import *  # noqa: E402, F401, F403
from headrace.core.template import *  # noqa: E402, F401, F403
from headrace.core.type_specs import SparseTensorSpec, TensorSpec, TypeSpec  # noqa: E402, F401
from headrace.core.variable_lists import *  # noqa: E402, F401, F403
from headrace.core.public import export as _export  # noqa: E402
from headrace import _ops  # noqa: E402

globals().update(_ops.public(''))
_export(globals())

from headrace.errors import OpError  # noqa: E402, F401
from headrace.version import (  # noqa: E402, F401
    GRAPH_DEF_VERSION, GRAPH_DEF_VERSION_MIN_CONSUMER, GRAPH_DEF_VERSION_MIN_PRODUCER, VERSION)

__version__ = VERSION
headrace_version = '0.1.0'
newaxis = None

# Modules that are imported when they are first used.
_MODULES = ('app', 'audio', 'bitwise', 'compat', 'config', 'contrib', 'data', 'debugging', 'dtypes', 'errors',
            'estimator', 'examples', 'feature_column', 'flags', 'gfile', 'graph_util', 'image', 'initializers', 'io',
            'keras', 'layers', 'linalg', 'logging', 'lookup', 'losses', 'manip', 'math', 'metrics', 'nest', 'nn',
            'python', 'python_io', 'quantization', 'queue', 'random', 'raw_ops', 'resource_loader', 'saved_model',
            'sets', 'signal', 'sparse', 'spectral', 'strings', 'summary', 'sysconfig', 'test', 'train', 'version')


def __dir__():
    from headrace.core import protos
    messages = (name[len('tf.'):] for name in protos.PUBLIC if name.count('.') == 1)
    return sorted({*globals(), *_MODULES, *messages, 'get_logger'})


def __getattr__(name):
    if name in _MODULES:
        return _importlib.import_module('headrace.' + name)
    if name == 'Saver':  # as books spell tf.train.Saver
        from headrace.core.savers import Saver
        return Saver
    if name == 'get_logger':
        from headrace import logging
        return logging._logger
    from headrace.core import protos
    message = protos.PUBLIC.get('tf.' + name)
    if message is not None:
        return getattr(protos, message)
    raise AttributeError(f"module 'headrace' has no attribute '{name}'")
