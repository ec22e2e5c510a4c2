"""TensorFlow 1.15 behind its C API: compiles loops.c, loads it beside the installed package, and wraps its functions.

Needs an interpreter that has tensorflow 1.15, and a C compiler.
"""

import ctypes
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf
from tensorflow.python import pywrap_tensorflow_internal

HERE = os.path.dirname(os.path.abspath(__file__))
CALLER = -1  # inter-op threads: everything on the thread that calls run


def load():
    # The package is loaded with local symbols; loading it again makes TF_* visible to loops.c.
    ctypes.CDLL(pywrap_tensorflow_internal._pywrap_tensorflow_internal.__file__, ctypes.RTLD_GLOBAL)
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "loops.so")
        subprocess.check_call([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-pthread", "-o", library,
                               os.path.join(HERE, "loops.c")])
        loaded = ctypes.CDLL(library)
    for name in ("peer_graph", "peer_session"):
        getattr(loaded, name).restype = ctypes.c_void_p
    for name in ("peer_time_import", "peer_time_build", "peer_time_runs", "peer_time_training"):
        getattr(loaded, name).restype = ctypes.c_double
    return loaded


LOOPS = load()


def config(inter_op, intra_op=1, fuses=False):
    """Nothing is folded, merged or rewritten: the work that is timed is the work of the graph. `fuses`: nodes may still be
    computed together."""
    proto = tf.ConfigProto(inter_op_parallelism_threads=inter_op, intra_op_parallelism_threads=intra_op)
    proto.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    proto.graph_options.optimizer_options.do_common_subexpression_elimination = False
    proto.graph_options.optimizer_options.do_constant_folding = False
    proto.graph_options.optimizer_options.do_function_inlining = False
    rewrites = proto.graph_options.rewrite_options
    rewrites.disable_meta_optimizer = not fuses
    for other in ("constant_folding", "arithmetic_optimization", "dependency_optimization", "loop_optimization",
                  "function_optimization", "layout_optimizer", "shape_optimization", "debug_stripper",
                  "pin_to_host_optimization", "scoped_allocator_optimization", "implementation_selector"):
        setattr(rewrites, other, rewrites.OFF)
    rewrites.remapping = rewrites.ON if fuses else rewrites.OFF
    rewrites.memory_optimization = rewrites.NO_MEM_OPT
    proto.device_count["GPU"] = 0
    return proto.SerializeToString()


def encoded(name):
    return None if name is None else name.encode()


class Session:
    """A GraphDef imported, and a session on it."""

    def __init__(self, definition, configuration):
        data = definition if isinstance(definition, bytes) else definition.SerializeToString()
        self.graph = ctypes.c_void_p(LOOPS.peer_graph(data, ctypes.c_size_t(len(data))))
        self.session = ctypes.c_void_p(LOOPS.peer_session(self.graph, configuration, ctypes.c_size_t(len(configuration))))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        LOOPS.peer_close(self.session, self.graph)

    def time_runs(self, runs, feed=None, fetch=None, target=None, threads=1):
        return LOOPS.peer_time_runs(self.session, self.graph, encoded(feed), encoded(fetch), encoded(target),
                                    ctypes.c_long(runs), ctypes.c_int(threads))

    def time_training(self, images, labels, batch, steps):
        return LOOPS.peer_time_training(self.session, self.graph, ctypes.c_void_p(images.ctypes.data),
                                        ctypes.c_void_p(labels.ctypes.data), ctypes.c_long(len(labels)),
                                        ctypes.c_long(batch), ctypes.c_long(steps))


def time_import(definition):
    data = definition.SerializeToString()
    return LOOPS.peer_time_import(data, ctypes.c_size_t(len(data)))


def time_build(nodes):
    return LOOPS.peer_time_build(ctypes.c_int(nodes))


def own_process(script, *arguments):
    """Runs `script` with `arguments` in a new process and returns its report as name -> value.

    TensorFlow makes its thread pools once a process, as the first session asks: each setting needs a process.
    """
    output = subprocess.check_output([sys.executable, script] + [str(argument) for argument in arguments])
    rows = [line.split("\t") for line in output.decode().splitlines()]
    return {name: float(value) for name, value, _ in rows}


def report(name, value, unit):
    print("%s\t%.7g\t%s" % (name, value, unit), flush=True)
