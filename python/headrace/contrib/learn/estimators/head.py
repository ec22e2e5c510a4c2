"""Heads: what models make of a network's logits, by kind of problem."""

from headrace import _headrace as _c
from headrace import _ops, logging, metrics, summary
from headrace.contrib.learn.estimators.constants import MetricKey, ModeKeys, PredictionKey, ProblemType
from headrace.contrib.learn.estimators.model_fn import ModelFnOps
from headrace.core import dtypes
from headrace.core.deprecation import deprecated
from headrace.core.graph import name_scope
from headrace.core.variable_scope import variable_scope
from headrace.losses import add_loss

__all__ = ['Head', 'multi_class_head', 'regression_head', 'no_op_train_fn']

_SWITCH = deprecated(None, 'Please switch to tf.contrib.estimator.*_head.')


class Head:
    """Turns logits into a ModelFnOps; subclasses say of what kind of problem."""

    head_name = None

    @property
    def logits_dimension(self):
        """How many logits an example has."""
        raise NotImplementedError('Calling an abstract method.')

    def create_model_fn_ops(self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None,
                            scope=None):
        """The operations of a model.

        Args:
          features: a dict of tensors.
          mode: a ModeKeys.
          labels: a tensor, or a dict of tensors.
          train_op_fn: a function from the loss to an operation that trains.
          logits: [batch, logits_dimension].
          logits_input: a layer that logits are made of, in place of `logits`.
          scope: the variable scope.

        Returns:
          A ModelFnOps.

        Raises:
          ValueError: an argument is missing, or another one too many.
        """
        raise NotImplementedError('Calling an abstract method.')


class _SingleHead(Head):
    """What heads of one problem share."""

    _default_name = None

    def __init__(self, problem_type, logits_dimension, label_name, weight_column_name, head_name):
        if problem_type is None:
            raise ValueError(f'Invalid problem_type {problem_type}.')
        if logits_dimension is None or logits_dimension < 1:
            raise ValueError(f'Invalid logits_dimension {logits_dimension}.')
        self._problem_type, self._logits_dimension = problem_type, logits_dimension
        self._label_name, self._weight_column_name, self.head_name = label_name, weight_column_name, head_name

    @property
    def logits_dimension(self):
        return self._logits_dimension

    def create_model_fn_ops(self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None,
                            scope=None):
        with variable_scope(scope, self.head_name or self._default_name, [*features.values(), labels, logits]):
            labels = self._label_tensor(mode, labels)
            logits = self._logits(logits, logits_input)
            predictions = self._predictions(logits)
            loss = train_op = metric_ops = None
            if mode != ModeKeys.INFER and labels is not None:
                weights = None if self._weight_column_name is None else _c.tf_cast(features[self._weight_column_name],
                                                                                  dtypes.float32)
                loss, average = self._loss(labels, logits, weights)
                add_loss(loss)
                with name_scope(''):
                    summary.scalar(self._key(MetricKey.LOSS), _ops.identity(average))
                if mode == ModeKeys.TRAIN:
                    if train_op_fn is None:
                        raise ValueError('train_op_fn can not be None in TRAIN mode')
                    _batch_size(logits)
                    with name_scope(None, 'train_op', [loss, labels]):
                        train_op = train_op_fn(loss)
                with name_scope('metrics', values=[average, labels, *predictions.values()]):
                    metric_ops = self._metrics(average, predictions, labels, weights)
            return ModelFnOps(mode=mode, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=metric_ops,
                              output_alternatives=self._alternatives(predictions))

    def _label_tensor(self, mode, labels):
        """The labels as a tensor; None for predictions."""
        if labels is None or mode == ModeKeys.INFER:
            return None
        if not isinstance(labels, dict):
            return labels
        if self._label_name is not None:
            return labels[self._label_name]
        if len(labels) != 1:
            raise ValueError(f'label_name must be set for several labels: {sorted(labels)}.')
        return next(iter(labels.values()))

    def _logits(self, logits, logits_input):
        if (logits is None) == (logits_input is None):
            raise ValueError('Either logits or logits_input must be specified.')
        if logits is not None:
            return logits
        from headrace.contrib.layers import fully_connected
        with name_scope('logits', values=[logits_input]):
            return fully_connected(logits_input, self.logits_dimension, activation_fn=None, trainable=True, scope='logits')

    def _key(self, key):
        return key if self.head_name is None else f'{key}/{self.head_name}'

    def _alternatives(self, predictions):
        return {self.head_name: (self._problem_type, predictions)}

    def _weighted(self, weights):
        """Arguments of a metric."""
        return {} if weights is None else {'weights': weights}


def _batch_size(logits):
    from headrace.core.arrays import shape
    return shape(logits)[0]


class _ClassHead(_SingleHead):
    """What heads of classes share."""

    def _alternatives(self, predictions):
        names = _c.learn_class_names(predictions[PredictionKey.PROBABILITIES])
        return {self.head_name: (self._problem_type, {'classes': names,
                                                      'scores': predictions[PredictionKey.PROBABILITIES]})}


class _MultiClassHead(_ClassHead):
    """Classes that exclude each other."""

    _default_name = 'multi_class_head'

    def __init__(self, n_classes, label_name, weight_column_name, head_name):
        if n_classes is None or n_classes <= 2:
            raise ValueError(f'n_classes must be > 2: {n_classes}.')
        super().__init__(ProblemType.CLASSIFICATION, n_classes, label_name, weight_column_name, head_name)

    def _predictions(self, logits):
        classes, probabilities = _c.learn_multi_class_predictions(logits)
        return {PredictionKey.LOGITS: logits, PredictionKey.CLASSES: classes, PredictionKey.PROBABILITIES: probabilities}

    def _loss(self, labels, logits, weights):
        return _c.learn_softmax_loss(labels, logits, weights=weights)

    def _metrics(self, loss, predictions, labels, weights):
        return {self._key(MetricKey.LOSS): metrics.mean(loss),
                self._key(MetricKey.ACCURACY): metrics.accuracy(labels, predictions[PredictionKey.CLASSES],
                                                                **self._weighted(weights))}


class _BinaryHead(_ClassHead):
    """Two classes, of which one logit tells the second's odds."""

    _default_name = 'binary_logistic_head'

    def __init__(self, label_name, weight_column_name, head_name, thresholds):
        super().__init__(ProblemType.LOGISTIC_REGRESSION, 1, label_name, weight_column_name, head_name)
        self._thresholds = thresholds or (0.5,)

    def _predictions(self, logits):
        logistic, probabilities, classes = _c.learn_binary_predictions(logits)
        return {PredictionKey.LOGITS: logits, PredictionKey.LOGISTIC: logistic,
                PredictionKey.PROBABILITIES: probabilities, PredictionKey.CLASSES: classes}

    def _loss(self, labels, logits, weights):
        return _c.learn_log_loss(labels, logits, weights=weights)

    def _metrics(self, loss, predictions, labels, weights):
        weighted, logistic = self._weighted(weights), predictions[PredictionKey.LOGISTIC]
        made = {MetricKey.LOSS: metrics.mean(loss),
                MetricKey.ACCURACY: metrics.accuracy(labels, predictions[PredictionKey.CLASSES], **weighted),
                MetricKey.PREDICTION_MEAN: _c.learn_mean_metric(logistic, **weighted),
                MetricKey.LABEL_MEAN: _c.learn_mean_metric(labels, **weighted),
                MetricKey.ACCURACY_BASELINE: _c.learn_mean_metric(labels, **weighted),
                MetricKey.AUC: _auc(labels, logistic, _ROC, weighted),
                MetricKey.AUC_PR: _auc(labels, logistic, _PR, weighted)}
        for threshold in self._thresholds:
            for key, metric in ((MetricKey.ACCURACY_MEAN, _c.learn_accuracy_at_threshold),
                                (MetricKey.PRECISION_MEAN, _c.learn_precision_at_threshold),
                                (MetricKey.RECALL_MEAN, _c.learn_recall_at_threshold)):
                made[key % threshold] = metric(labels, logistic, threshold, **weighted)
        return {self._key(key): metric for key, metric in made.items()}


_ROC, _PR = range(2)  # as hr_auc_curve counts curves


def _auc(labels, predictions, curve, weighted):
    """The area below a curve, of labels of any type."""
    if labels.dtype.base_dtype != dtypes.bool_:
        logging.warning('Casting %s labels to bool.', labels.dtype)
    return _c.learn_auc(labels, predictions, curve=curve, **weighted)


class _RegressionHead(_SingleHead):
    """Numbers."""

    _default_name = 'regression_head'

    def __init__(self, label_dimension, label_name, weight_column_name, head_name):
        super().__init__(ProblemType.LINEAR_REGRESSION, label_dimension, label_name, weight_column_name, head_name)

    def _predictions(self, logits):
        return {PredictionKey.SCORES: _c.learn_regression_scores(logits)}

    def _loss(self, labels, logits, weights):
        return _c.learn_mean_squared_loss(labels, logits, weights=weights)

    def _metrics(self, loss, predictions, labels, weights):
        return {self._key(MetricKey.LOSS): metrics.mean(loss)}


@_SWITCH
def multi_class_head(n_classes, label_name=None, weight_column_name=None, enable_centered_bias=False, head_name=None,
                     thresholds=None, metric_class_ids=None, loss_fn=None, label_keys=None):
    """The head of a classifier.

    Args:
      n_classes: how many classes there are.
      label_name: the key of the labels, where they are a dict.
      weight_column_name: the name of the examples' weights among the features.
      enable_centered_bias: must be False: no bias is added to logits.
      head_name: a name for metrics and scopes.
      thresholds: of metrics of two classes.
      metric_class_ids: must be None: no metrics of single classes.
      loss_fn: must be None: the loss is the cross entropy.
      label_keys: must be None: labels are numbers.

    Returns:
      A Head.

    Raises:
      ValueError: `n_classes` is below 2, or another argument fits no such head.
    """
    _refuse(enable_centered_bias=enable_centered_bias, metric_class_ids=metric_class_ids, loss_fn=loss_fn,
            label_keys=label_keys)
    if n_classes is None or n_classes < 2:
        raise ValueError(f'n_classes must be > 1 for classification: {n_classes}.')
    if n_classes == 2:
        return _BinaryHead(label_name, weight_column_name, head_name, thresholds)
    if thresholds:
        raise ValueError('thresholds are of two classes')
    return _MultiClassHead(n_classes, label_name, weight_column_name, head_name)


@_SWITCH
def regression_head(label_name=None, weight_column_name=None, label_dimension=1, enable_centered_bias=False,
                    head_name=None, link_fn=None):
    """The head of a regression.

    Args:
      label_dimension: how many numbers a label has.
      link_fn: must be None: predictions are the logits.
      Others: as of multi_class_head.

    Returns:
      A Head.
    """
    _refuse(enable_centered_bias=enable_centered_bias, link_fn=link_fn)
    return _RegressionHead(label_dimension, label_name, weight_column_name, head_name)


def _refuse(**arguments):
    for name, value in arguments.items():
        if value:
            raise NotImplementedError(f'{name} is not supported')


def no_op_train_fn(loss):
    """An operation that does nothing, whatever the loss: for a head that is not trained."""
    from headrace import no_op
    return no_op()
