"""Training: optimizers, learning rates, the global step, checkpoints, training loops, Example messages."""

from headrace.core.basic_hooks import *  # noqa: F401, F403
from headrace.core.checkpoints import *  # noqa: F401, F403
from headrace.core.cluster_spec import ClusterSpec  # noqa: F401
from headrace.core.coordinator import *  # noqa: F401, F403
from headrace.core.event_files import summary_iterator  # noqa: F401
from headrace.core.evaluation import checkpoints_iterator  # noqa: F401
from headrace.core.file_hooks import *  # noqa: F401, F403
from headrace.core.global_step import *  # noqa: F401, F403
from headrace.core.input_pipelines import *  # noqa: F401, F403
from headrace.core.meta_graphs import export_meta_graph, import_meta_graph, write_graph  # noqa: F401
from headrace.core.monitored_session import *  # noqa: F401, F403
from headrace.core.moving_averages import *  # noqa: F401, F403
from headrace.core.optimizers import *  # noqa: F401, F403
from headrace.core.optimizers import FtrlOptimizer as FTRLOptimizer  # noqa: F401  (as books spell it)
from headrace.core.public import export
from headrace.core.queue_runners import *  # noqa: F401, F403
from headrace.core.replica_devices import replica_device_setter  # noqa: F401
from headrace.core.run_hooks import *  # noqa: F401, F403
from headrace.core.savers import Saver  # noqa: F401
from headrace.core.scaffold import *  # noqa: F401, F403
from headrace.core.schedules import *  # noqa: F401, F403
from headrace.core.servers import Server  # noqa: F401
from headrace.core.session_creators import *  # noqa: F401, F403
from headrace.core.session_manager import *  # noqa: F401, F403
from headrace.core.step_timer import SecondOrStepTimer  # noqa: F401
from headrace.core.sync_replicas import *  # noqa: F401, F403
from headrace.core.supervisor import *  # noqa: F401, F403
from headrace.core.warm_starting import warm_start  # noqa: F401
from headrace.python.training import queue_runner  # noqa: F401

export(globals())


def __getattr__(name):
    from headrace.core import protos
    message = protos.PUBLIC.get('tf.train.' + name)
    if message is None:
        raise AttributeError(f"module 'headrace.train' has no attribute '{name}'")
    return getattr(protos, message)
