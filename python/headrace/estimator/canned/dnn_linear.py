"""A linear model and a deep network that add up: `DNNLinearCombinedClassifier` and its like."""

import math

from headrace import losses
from headrace.nn import relu
from headrace.core.assignments import assign_add
from headrace.core.control import group
from headrace.core.global_step import get_global_step
from headrace.core.graph import GraphKeys, control_dependencies, get_default_graph
from headrace.core.partitions import min_max_variable_partitioner
from headrace.core.variable_scope import variable_scope
from headrace.estimator.canned.dnn import add_summaries, input_partitioner_of, network_logits
from headrace.estimator.canned.heads import RegressionHead, classification_head
from headrace.estimator.canned.linear import linear_logits
from headrace.estimator.canned.optimizers import check_features, optimizer_of
from headrace.estimator.estimator import Estimator

__all__ = ['DNNLinearCombinedClassifier', 'DNNLinearCombinedRegressor', 'DNNLinearCombinedEstimator']


class _Part:
    """One of the two models: its logits, its optimizer, and the scope of its variables."""

    def __init__(self, logits, optimizer, scope):
        self.logits, self._optimizer, self._scope = logits, optimizer, scope

    def minimize(self, loss):
        """The operation that trains the part's variables."""
        variables = get_default_graph().get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=self._scope)
        return self._optimizer.minimize(loss, var_list=variables)


def _model_fn(head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
              dnn_activation_fn, dnn_dropout, input_layer_partitioner, batch_norm, linear_sparse_combiner):
    linear_columns, dnn_columns = list(linear_feature_columns or []), list(dnn_feature_columns or [])
    if not linear_columns + dnn_columns:
        raise ValueError('Either linear_feature_columns or dnn_feature_columns must be defined.')

    def network(features, mode, config, partitioner):
        optimizer = optimizer_of(dnn_optimizer, 0.001)
        if not dnn_hidden_units:
            raise ValueError('dnn_hidden_units must be defined when dnn_feature_columns is specified.')
        cut = min_max_variable_partitioner(max_partitions=config.num_ps_replicas if config else 0)
        with variable_scope('dnn', values=tuple(features.values()), partitioner=cut) as scope:
            logits = network_logits(head.logits_dimension, dnn_hidden_units, dnn_columns, dnn_activation_fn, dnn_dropout,
                                    partitioner, batch_norm, features, mode)
            return _Part(logits, optimizer, scope.name)

    def linear(features, partitioner):
        optimizer = optimizer_of(linear_optimizer, min(0.005, 1. / math.sqrt(len(linear_columns))))
        with variable_scope('linear', values=tuple(features.values()), partitioner=partitioner) as scope:
            logits = linear_logits(head.logits_dimension, linear_columns, linear_sparse_combiner, features)
            add_summaries(logits, scope.name)
            return _Part(logits, optimizer, scope.name)

    def model_fn(features, labels, mode, config):
        check_features(features)
        partitioner = input_layer_partitioner or input_partitioner_of(config)
        parts = [network(features, mode, config, partitioner)] if dnn_columns else []
        parts += [linear(features, partitioner)] if linear_columns else []
        logits = parts[0].logits + parts[1].logits if len(parts) == 2 else parts[0].logits

        def train_op_fn(loss):
            step = get_global_step()
            trained = group(*[part.minimize(loss) for part in parts])
            with control_dependencies([trained]):
                return assign_add(step, 1).op

        return head.create_estimator_spec(features, mode, logits, labels, train_op_fn=train_op_fn)

    return model_fn


class DNNLinearCombinedClassifier(Estimator):
    """A linear model and a deep network that tell classes together."""

    def __init__(self, model_dir=None, linear_feature_columns=None, linear_optimizer='Ftrl', dnn_feature_columns=None,
                 dnn_optimizer='Adagrad', dnn_hidden_units=None, dnn_activation_fn=relu, dnn_dropout=None, n_classes=2,
                 weight_column=None, label_vocabulary=None, input_layer_partitioner=None, config=None,
                 warm_start_from=None, loss_reduction=losses.Reduction.SUM, batch_norm=False,
                 linear_sparse_combiner='sum'):
        """
        Args:
          model_dir, config, warm_start_from: as of Estimator.
          linear_feature_columns, linear_optimizer, linear_sparse_combiner: of the linear model, as of LinearClassifier.
          dnn_feature_columns, dnn_optimizer, dnn_hidden_units, dnn_activation_fn, dnn_dropout, batch_norm: of the network,
            as of DNNClassifier.
          n_classes, weight_column, label_vocabulary, loss_reduction: as of DNNClassifier.
          input_layer_partitioner: how the variables of columns are cut.
        """
        columns = [linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
                   dnn_activation_fn, dnn_dropout, input_layer_partitioner, batch_norm, linear_sparse_combiner]
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_model_fn(head, *columns), model_dir, config, None, warm_start_from)


class DNNLinearCombinedEstimator(Estimator):
    """A linear model and a deep network with a head of the user's."""

    def __init__(self, head, model_dir=None, linear_feature_columns=None, linear_optimizer='Ftrl',
                 dnn_feature_columns=None, dnn_optimizer='Adagrad', dnn_hidden_units=None, dnn_activation_fn=relu,
                 dnn_dropout=None, input_layer_partitioner=None, config=None, batch_norm=False,
                 linear_sparse_combiner='sum'):
        """
        Args:
          head: what becomes of the logits: an object as tf.contrib.estimator's functions give it.
          model_dir, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
            dnn_activation_fn, dnn_dropout, input_layer_partitioner, config, batch_norm, linear_sparse_combiner: as of
            DNNLinearCombinedClassifier.
        """
        super().__init__(_model_fn(
            head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
            dnn_activation_fn, dnn_dropout, input_layer_partitioner, batch_norm, linear_sparse_combiner), model_dir, config)


class DNNLinearCombinedRegressor(Estimator):
    """A linear model and a deep network that tell numbers together."""

    def __init__(self, model_dir=None, linear_feature_columns=None, linear_optimizer='Ftrl', dnn_feature_columns=None,
                 dnn_optimizer='Adagrad', dnn_hidden_units=None, dnn_activation_fn=relu, dnn_dropout=None,
                 label_dimension=1, weight_column=None, input_layer_partitioner=None, config=None, warm_start_from=None,
                 loss_reduction=losses.Reduction.SUM, batch_norm=False, linear_sparse_combiner='sum'):
        """
        Args:
          label_dimension: how many numbers a label has.
          model_dir, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
            dnn_activation_fn, dnn_dropout, weight_column, input_layer_partitioner, config, warm_start_from,
            loss_reduction, batch_norm, linear_sparse_combiner: as of DNNLinearCombinedClassifier.
        """
        columns = [linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
                   dnn_activation_fn, dnn_dropout, input_layer_partitioner, batch_norm, linear_sparse_combiner]
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(_model_fn(head, *columns), model_dir, config, None, warm_start_from)

