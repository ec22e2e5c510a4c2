"""Names that models, predictions and metrics go by."""

__all__ = ['ModeKeys', 'PredictionKey', 'ProblemType', 'TaskType']


class ModeKeys:
    """What a model function builds its graph for."""

    TRAIN = 'train'
    EVAL = 'eval'
    INFER = 'infer'


class PredictionKey:
    """The names of predictions."""

    CLASSES = 'classes'
    PROBABILITIES = 'probabilities'
    LOGITS = 'logits'
    LOGISTIC = 'logistic'
    SCORES = 'scores'
    TOP_K = 'top_k'
    GENERIC = 'output'


class MetricKey:
    """The names of metrics."""

    LOSS = 'loss'
    AUC = 'auc'
    AUC_PR = 'auc_precision_recall'
    ACCURACY = 'accuracy'
    PREDICTION_MEAN = 'labels/prediction_mean'
    LABEL_MEAN = 'labels/actual_label_mean'
    ACCURACY_BASELINE = 'accuracy/baseline_label_mean'
    ACCURACY_MEAN = 'accuracy/threshold_%f_mean'
    PRECISION_MEAN = 'precision/positive_threshold_%f_mean'
    RECALL_MEAN = 'recall/positive_threshold_%f_mean'


class ProblemType:
    """What a model solves."""

    UNSPECIFIED = 0
    CLASSIFICATION = 1
    LINEAR_REGRESSION = 2
    LOGISTIC_REGRESSION = 3


class TaskType:
    """What a task of a cluster does."""

    MASTER = 'master'
    PS = 'ps'
    WORKER = 'worker'
