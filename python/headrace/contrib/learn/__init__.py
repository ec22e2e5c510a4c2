"""`tf.contrib.learn`: estimators in the manner of scikit-learn, older than tf.estimator."""

from headrace.contrib.learn import monitors  # noqa: F401
from headrace.contrib.learn.estimators.constants import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.dnn import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.dnn_linear_combined import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.estimator import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.head import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.linear import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.metric_spec import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.model_fn import *  # noqa: F401, F403
from headrace.contrib.learn.estimators.run_config import *  # noqa: F401, F403
from headrace.contrib.learn.graph_io import *  # noqa: F401, F403
from headrace.core.basic_hooks import NanLossDuringTrainingError  # noqa: F401
from headrace.core.public import export

export(globals())
