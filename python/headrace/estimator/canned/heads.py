"""Heads: what becomes of a model's logits in each mode."""

import collections
import inspect

from headrace import _headrace as _c
from headrace import losses, metrics, summary
from headrace.core import dtypes, lookup
from headrace.core.arrays import concat, expand_dims, ones_like, shape, squeeze
from headrace.core.control import Assert, group
from headrace.core.global_step import get_global_step
from headrace.core.graph import (
    GraphKeys, control_dependencies, convert_to_tensor, convert_to_tensor_or_sparse_tensor, get_default_graph, name_scope)
from headrace.core.math_functions import add_n, cast, equal, reduce_all, reduce_sum
from headrace.core.nn_functions import sigmoid_cross_entropy_with_logits
from headrace.core.sparse import SparseTensor
from headrace.estimator.estimator_spec import EstimatorSpec
from headrace.estimator.export.export_output import ClassificationOutput, PredictOutput, RegressionOutput
from headrace.estimator.mode_keys import ModeKeys
from headrace.feature_column.base import FeatureTransformationCache
from headrace.feature_column.numeric import NumericColumn, numeric_column

LossSpec = collections.namedtuple('LossSpec', ['training_loss', 'unreduced_loss', 'weights', 'processed_labels'])

_SERVING = 'serving_default'


# ---- what heads have in common


def _checked_reduction(loss_reduction):
    if loss_reduction not in losses.Reduction.all() or loss_reduction == losses.Reduction.NONE:
        raise ValueError(f'Invalid loss_reduction: {loss_reduction}')
    return loss_reduction


def _check_loss_fn(loss_fn):
    names = list(inspect.signature(loss_fn).parameters)
    for name in ('labels', 'logits'):
        if name not in names:
            raise ValueError(f'loss_fn must contain argument: {name}. Given arguments: {names}')
    others = sorted(set(names) - {'labels', 'logits', 'features'})
    if others:
        raise ValueError(f'loss_fn has unexpected args: {others}')


class Head:
    """What becomes of logits, to be derived from: `loss_of`, `predictions_of`, `exports_of` and `metrics_of`."""

    def __init__(self, weight_column, loss_reduction, loss_fn, name):
        if loss_fn:
            _check_loss_fn(loss_fn)
        self._weight_column, self._loss_reduction = weight_column, _checked_reduction(loss_reduction)
        self._loss_fn, self.name = loss_fn, name

    def key(self, key):
        """The name of a metric or a summary."""
        return f'{key}/{self.name}' if self.name else key

    # ---- losses

    def labels_of(self, labels, logits, dimension):
        """Labels with the logits' number of dimensions, checked."""
        if labels is None:
            raise ValueError('You must provide a labels Tensor. Given: None. Suggested troubleshooting steps: Check that your '
                             'data contain your label feature. Check that your input_fn properly parses and returns labels.')
        if isinstance(convert_to_tensor_or_sparse_tensor(labels) if not hasattr(labels, 'op') else labels, SparseTensor):
            raise ValueError(
                'SparseTensor labels are not supported. labels must be a Tensor of shape [D0, D1, ..., DN, '
                f'{dimension}], e.g. [batch_size, {dimension}]. Suggested Fix (1): Check the label feature in your data. Each '
                f'example must contain {dimension} value(s). If not, your choice of label was probably incorrect. Suggested '
                'Fix (2): In your input_fn, use tf.sparse_tensor_to_dense() to turn labels into a Tensor.')
        return _c.head_labels(labels, logits, dimension)

    def weights_of(self, features, logits, per_logit=False):
        """The weights of the examples with the logits' number of dimensions, checked; 1.0 without a column of them."""
        with name_scope(None, 'weights', list(features.values()) + [logits]):
            if self._weight_column is None:
                return 1.
            column = self._weight_column
            column = numeric_column(column) if isinstance(column, str) else column
            if not isinstance(column, NumericColumn):
                raise TypeError(f'Weight column must be either a string or _NumericColumn. Given type: {type(column)}.')
            weights = column.get_dense_tensor(FeatureTransformationCache(features), None)
            return _c.head_weights(weights, logits, per_logit)

    def own_loss(self, labels, logits, features, dimension):
        """The losses of the examples by the user's function, whose shape runs check."""
        arguments = {'features': features} if 'features' in inspect.signature(self._loss_fn).parameters else {}
        with name_scope(None, 'call_loss_fn', [labels, logits] + list(features.values())):
            loss = self._loss_fn(labels=labels, logits=logits, **arguments)
            logits_shape = shape(logits, name='logits_shape')
            wanted = concat([logits_shape[:-1], [dimension]], axis=0, name='expected_loss_shape')
            loss_shape = shape(loss, name='loss_shape')
            check = Assert(reduce_all(equal(loss_shape, wanted)), [
                f'loss_fn must return Tensor of shape [D0, D1, ... DN, {dimension}]. ', 'logits_shape: ', logits_shape,
                'loss_shape: ', loss_shape], name='check_loss_shape')
            with control_dependencies([check]):
                return _identity(loss)

    def create_loss(self, features, mode, logits, labels):
        """The LossSpec of labels and logits."""
        logits = convert_to_tensor(logits)
        labels, losses_of_examples, per_logit = self.loss_of(labels, logits, features)
        weights = self.weights_of(features, logits, per_logit)
        loss = losses.compute_weighted_loss(losses_of_examples, weights, reduction=self._loss_reduction)
        return LossSpec(loss, losses_of_examples, weights, labels)

    # ---- modes

    def create_estimator_spec(self, features, mode, logits, labels=None, optimizer=None, train_op_fn=None,
                              regularization_losses=None):
        """The EstimatorSpec of a model.

        Args:
          features: the dict of features.
          mode: a ModeKeys.
          logits: a tensor [batch, `logits_dimension`].
          labels: the labels, but for predictions.
          optimizer: what minimizes the loss, or None.
          train_op_fn: what makes the operation that trains, of the loss, or None; one of the two for training.
          regularization_losses: further losses, or None.

        Returns:
          An EstimatorSpec.

        Raises:
          ValueError: labels or logits of another shape, or both or none of optimizer and function.
        """
        with name_scope(self.name, 'head'):
            predictions, made = self.predictions_of(logits)
            if mode == ModeKeys.PREDICT:
                exports = dict(self.exports_of(made), predict=PredictOutput(predictions))
                return EstimatorSpec(ModeKeys.PREDICT, predictions=predictions, export_outputs=exports)
            spec = self.create_loss(features, mode, made['logits'], labels)
            penalty, loss = None, spec.training_loss
            if regularization_losses:
                penalty = add_n(regularization_losses)
                loss = add_n([spec.training_loss, penalty])
            if mode != ModeKeys.EVAL:
                train_op = self._train_op(loss, optimizer, train_op_fn)
                mean = None
                if self._loss_reduction == losses.Reduction.SUM:
                    mean = spec.training_loss / reduce_sum(spec.weights * ones_like(spec.unreduced_loss))
        if mode == ModeKeys.EVAL:
            return EstimatorSpec(ModeKeys.EVAL, predictions=predictions, loss=loss,
                                 eval_metric_ops=self.metrics_of(made, labels, spec, penalty))
        with name_scope(''):
            summary.scalar(self.key('loss'), loss)
            if mean is not None:
                summary.scalar(self.key('average_loss'), mean)
            if penalty is not None:
                summary.scalar(self.key('regularization_loss'), penalty)
        return EstimatorSpec(ModeKeys.TRAIN, predictions=predictions, loss=loss, train_op=train_op)

    @staticmethod
    def _train_op(loss, optimizer, train_op_fn):
        if optimizer is not None and train_op_fn is not None:
            raise ValueError('train_op_fn and optimizer cannot both be set.')
        if optimizer is not None:
            train_op = optimizer.minimize(loss, global_step=get_global_step())
        elif train_op_fn is not None:
            train_op = train_op_fn(loss)
        else:
            raise ValueError('train_op_fn and optimizer cannot both be None.')
        updates = get_default_graph().get_collection(GraphKeys.UPDATE_OPS)
        return group(train_op, *updates) if updates else train_op

    def add_penalty_metric(self, found, penalty):
        """The mean of the regularization loss, where there is one."""
        if penalty is not None:
            found[self.key('regularization_loss')] = metrics.mean(penalty, name='regularization_loss')
        return found


def to_float(x, name='ToFloat'):
    """A tensor as floats."""
    return cast(x, dtypes.float32, name=name)


def _identity(x):
    from headrace import _ops
    return _ops.identity(x)


# ---- metrics of two classes


def _broadcast(weights, values):
    if weights is None:
        return None
    return _c.head_broadcast_weights(weights, values)


def _mean_of(values, weights, name, scope_name, words):
    with name_scope(name, scope_name, [values, weights]) as scope:
        values = to_float(values, name=words)
        weights = _broadcast(weights, values)
        return metrics.mean(values, weights, name=scope)


def predictions_mean(predictions, weights, name):
    """The mean of predictions."""
    return _mean_of(predictions, weights, name, 'predictions_mean', 'predictions')


def _auc(labels, predictions, weights, name, curve='ROC'):
    with name_scope(name, 'auc', [predictions, labels, weights]) as scope:
        predictions = to_float(predictions, name='predictions')
        weights = _broadcast(weights, predictions)
        return metrics.auc(labels, predictions, weights, curve=curve, name=scope)


def _accuracy_baseline(labels_mean):
    from headrace import _ops
    value, update = labels_mean
    with name_scope(None, 'accuracy_baseline'):
        return (_ops.maximum(value, 1. - value, name='value'), _ops.maximum(update, 1 - update, name='update_op'))


def _accuracy_at(labels, predictions, weights, threshold, name):
    from headrace import _ops
    with name_scope(name, f'accuracy_at_{threshold}', [predictions, labels, weights]) as scope:
        positive = to_float(_ops.greater_equal(predictions, threshold))
        return metrics.accuracy(labels, positive, weights, name=scope)


def _at_threshold(function, word, labels, predictions, weights, threshold, name):
    with name_scope(name, f'{word}_at_{threshold}', [predictions, labels, weights]) as scope:
        value, update = function(labels, predictions, (threshold,), weights, name=scope)
        return squeeze(value), squeeze(update)


# ---- classes


class _Classes(Head):
    """What heads of classes have in common."""

    def __init__(self, weight_column, label_vocabulary, loss_reduction, loss_fn, name):
        super().__init__(weight_column, loss_reduction, loss_fn, name)
        self._vocabulary = label_vocabulary

    def _ids_of_words(self, labels):
        return lookup.index_table_from_tensor(tuple(self._vocabulary), name='class_id_lookup').lookup(labels)

    def _classification(self, probabilities, n_classes):
        classes = _c.head_class_names(probabilities, n_classes, vocabulary=self._vocabulary or None)
        return ClassificationOutput(scores=probabilities, classes=classes)


class MultiClassHead(_Classes):
    """Of more than two classes that exclude each other, by softmax and cross entropy."""

    def __init__(self, n_classes, weight_column=None, label_vocabulary=None, loss_reduction=losses.Reduction.SUM,
                 loss_fn=None, name=None):
        if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
            raise ValueError(f'label_vocabulary should be a list or a tuple. Given type: {type(label_vocabulary)}')
        super().__init__(weight_column, label_vocabulary, loss_reduction, loss_fn, name)
        if n_classes is None:
            raise ValueError('n_classes cannot be None')
        if n_classes <= 2:
            raise ValueError(f'n_classes must be > 2: {n_classes}.')
        from headrace._ops import no_op
        from headrace.core.element_assertions import assert_greater
        with control_dependencies([assert_greater(convert_to_tensor(n_classes), 2,
                                                  message='n_classes must be greater than 2')]):
            no_op()
        self.logits_dimension = n_classes

    def predictions_of(self, logits):
        """(the dict of predictions, all that was made)."""
        logits = _c.head_logits(logits, self.logits_dimension)
        probabilities, class_ids, classes, all_class_ids, all_classes = _c.head_multi_class_predictions(
            logits, self.logits_dimension, vocabulary=self._vocabulary or None)
        predictions = {'logits': logits, 'probabilities': probabilities, 'class_ids': class_ids, 'classes': classes,
                       'all_class_ids': all_class_ids, 'all_classes': all_classes}
        return predictions, predictions

    def exports_of(self, made):
        """The outputs of an exported model."""
        output = self._classification(made['probabilities'], self.logits_dimension)
        return {_SERVING: output, 'classification': output}

    def loss_of(self, labels, logits, features):
        """(labels, losses of the examples, whether weights may be those of logits)."""
        labels = self._label_ids(self.labels_of(labels, logits, 1))
        if self._loss_fn:
            return labels, self.own_loss(labels, logits, features, 1), False
        loss = losses.sparse_softmax_cross_entropy(labels, logits, reduction=losses.Reduction.NONE)
        return labels, expand_dims(loss, axis=-1), False

    def _label_ids(self, labels):
        if self._vocabulary is None:
            if not labels.dtype.is_integer:
                raise ValueError(f'Labels dtype should be integer. Instead got {labels.dtype}.')
        else:
            if labels.dtype != dtypes.string:
                raise ValueError(f'Labels dtype should be string if there is a vocabulary. Instead got {labels.dtype}')
            labels = self._ids_of_words(labels)
        return _c.head_labels_in_range(labels, self.logits_dimension)

    def metrics_of(self, made, labels, spec, penalty):
        """The metrics of an evaluation."""
        with name_scope(None, 'metrics'):
            return self.add_penalty_metric({
                self.key('average_loss'): metrics.mean(spec.unreduced_loss, spec.weights, name='average_loss'),
                self.key('accuracy'): metrics.accuracy(spec.processed_labels, made['class_ids'], spec.weights,
                                                       name='accuracy')}, penalty)


class BinaryHead(_Classes):
    """Of two classes, by the logistic function and cross entropy."""

    logits_dimension = 1

    def __init__(self, weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=losses.Reduction.SUM,
                 loss_fn=None, name=None):
        self._thresholds = tuple(thresholds) if thresholds else ()
        if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
            raise TypeError(f'label_vocabulary should be a list or tuple. Given type: {type(label_vocabulary)}')
        for threshold in self._thresholds:
            if threshold <= 0.0 or threshold >= 1.0:
                raise ValueError(f'thresholds not in (0, 1): {(self._thresholds,)}.')
        super().__init__(weight_column, label_vocabulary, loss_reduction, loss_fn, name)

    def predictions_of(self, logits):
        """(the dict of predictions, all that was made)."""
        logits, logistic, probabilities, class_ids, classes, all_class_ids, all_classes = _c.head_binary_predictions(
            logits, vocabulary=self._vocabulary or None)
        predictions = {'logits': logits, 'logistic': logistic, 'probabilities': probabilities, 'class_ids': class_ids,
                       'classes': classes, 'all_class_ids': all_class_ids, 'all_classes': all_classes}
        return predictions, predictions

    def exports_of(self, made):
        """The outputs of an exported model."""
        output = self._classification(made['probabilities'], 2)
        return {_SERVING: output, 'classification': output, 'regression': RegressionOutput(value=made['logistic'])}

    def loss_of(self, labels, logits, features):
        """(labels, losses of the examples, whether weights may be those of logits)."""
        labels = self.labels_of(labels, logits, 1)
        if self._vocabulary is not None:
            labels = self._ids_of_words(labels)
        labels = _c.head_labels_in_range(to_float(labels), 2)
        if self._loss_fn:
            return labels, self.own_loss(labels, logits, features, 1), False
        return labels, sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), False

    def metrics_of(self, made, labels, spec, penalty):
        """The metrics of an evaluation."""
        labels, weights, ids, logistic = spec.processed_labels, spec.weights, made['class_ids'], made['logistic']
        key = self.key
        with name_scope(None, 'metrics'):
            labels_mean = _mean_of(labels, weights, 'label/mean', 'labels_mean', 'labels')
            found = {
                key('average_loss'): metrics.mean(spec.unreduced_loss, weights, name='average_loss'),
                key('accuracy'): metrics.accuracy(labels, ids, weights, name='accuracy'),
                key('precision'): metrics.precision(labels, ids, weights, name='precision'),
                key('recall'): metrics.recall(labels, ids, weights, name='recall'),
                key('prediction/mean'): predictions_mean(logistic, weights, 'prediction/mean'),
                key('label/mean'): labels_mean,
                key('accuracy_baseline'): _accuracy_baseline(labels_mean),
                key('auc'): _auc(labels, logistic, weights, 'auc'),
                key('auc_precision_recall'): _auc(labels, logistic, weights, 'auc_precision_recall', 'PR')}
            self.add_penalty_metric(found, penalty)
            for threshold in self._thresholds:
                name = 'accuracy/positive_threshold_%g' % threshold
                found[key(name)] = _accuracy_at(labels, logistic, weights, threshold, name)
                for word, function in (('precision', metrics.precision_at_thresholds),
                                       ('recall', metrics.recall_at_thresholds)):
                    name = f'{word}/positive_threshold_%g' % threshold
                    found[key(name)] = _at_threshold(function, word, labels, logistic, weights, threshold, name)
            return found


# ---- numbers


class RegressionHead(Head):
    """Of numbers, by mean squared error."""

    def __init__(self, label_dimension=1, weight_column=None, loss_reduction=losses.Reduction.SUM, loss_fn=None,
                 inverse_link_fn=None, name=None):
        super().__init__(weight_column, loss_reduction, loss_fn, name)
        if label_dimension < 1:
            raise ValueError(f'Invalid label_dimension {label_dimension}.')
        self.logits_dimension, self._inverse_link_fn = label_dimension, inverse_link_fn

    def predictions_of(self, logits):
        """(the dict of predictions, all that was made)."""
        logits = _c.head_logits(logits, self.logits_dimension)
        if self._inverse_link_fn:
            predictions = {'predictions': self._inverse_link_fn(logits), 'logits': logits}
        else:
            predictions = {'predictions': logits}
        return predictions, dict(predictions, logits=logits)

    def exports_of(self, made):
        """The outputs of an exported model."""
        output = RegressionOutput(value=made['predictions'])
        return {_SERVING: output, 'regression': output}

    def loss_of(self, labels, logits, features):
        """(labels, losses of the examples, whether weights may be those of logits)."""
        labels = to_float(self.labels_of(labels, logits, self.logits_dimension))
        if self._loss_fn:
            return labels, self.own_loss(labels, logits, features, self.logits_dimension), True
        loss = losses.mean_squared_error(labels, logits, reduction=losses.Reduction.NONE)
        return labels, loss, True

    def metrics_of(self, made, labels, spec, penalty):
        """The metrics of an evaluation."""
        return self.add_penalty_metric({
            self.key('average_loss'): metrics.mean(spec.unreduced_loss, spec.weights),
            self.key('prediction/mean'): predictions_mean(made['predictions'], spec.weights, 'prediction/mean'),
            self.key('label/mean'): metrics.mean(labels, spec.weights)}, penalty)


def classification_head(n_classes, weight_column, label_vocabulary, loss_reduction):
    """The head of so many classes."""
    if n_classes == 2:
        return BinaryHead(weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction)
    return MultiClassHead(n_classes, weight_column, label_vocabulary, loss_reduction)
