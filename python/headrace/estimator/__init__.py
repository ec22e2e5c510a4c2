"""Models that train, evaluate, predict and export themselves, and the hooks of their loops."""

from headrace.core.basic_hooks import (  # noqa: F401
    FeedFnHook, FinalOpsHook, GlobalStepWaiterHook, LoggingTensorHook, NanLossDuringTrainingError, NanTensorHook,
    StepCounterHook, StopAtStepHook)
from headrace.core.file_hooks import (  # noqa: F401
    CheckpointSaverHook, CheckpointSaverListener, ProfilerHook, SummarySaverHook)
from headrace.core.public import export as _export
from headrace.core.run_hooks import (  # noqa: F401
    SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues)
from headrace.core.step_timer import SecondOrStepTimer  # noqa: F401
from headrace.estimator import experimental, export  # noqa: F401, public modules
from headrace.estimator.canned.baseline import *  # noqa: F401, F403
from headrace.estimator.canned.dnn import *  # noqa: F401, F403
from headrace.estimator.canned.dnn_linear import *  # noqa: F401, F403
from headrace.estimator.canned.linear import *  # noqa: F401, F403
from headrace.estimator.canned.parsing import *  # noqa: F401, F403
from headrace.estimator.estimator import *  # noqa: F401, F403
from headrace.estimator.estimator_spec import *  # noqa: F401, F403
from headrace.estimator.extenders import *  # noqa: F401, F403
from headrace.estimator.exporter import *  # noqa: F401, F403
from headrace.estimator.mode_keys import *  # noqa: F401, F403
from headrace.estimator.run_config import *  # noqa: F401, F403
from headrace.estimator.training import *  # noqa: F401, F403

_export(globals())
