/* Metrics of the two-class heads of tf.contrib.learn. */
#include "builder/builder.h"
#include "builder/weights.h"
#include "headrace/learn.h"
#include "headrace/math.h"

/* The weights as large as the values; left out where there are none. */
static hr_operand broadcast(hr_scope s, hr_operand weights, hr_output values) {
  if (!hr_operand_is_given(weights)) return HR_NO_OPERAND;
  return hr_operand_output(hr_broadcast_weights(s, hr_operand_output(hr_tf_cast(s, weights, HR_FLOAT)), values));
}

hr_metric hr_learn_mean_metric_with(hr_scope scope, hr_output values, const hr_metric_options *options) {
  hr_metric_options o = options ? *options : (hr_metric_options){0};
  values = hr_tf_cast(scope, values, HR_FLOAT);
  o.weights = broadcast(scope, o.weights, values);
  return hr_metrics_mean_with(scope, hr_operand_output(values), &o);
}

hr_metric hr_learn_auc_with(hr_scope scope, hr_output labels, hr_output predictions, const hr_auc_options *options) {
  hr_auc_options o = options ? *options : (hr_auc_options){HR_AUC_DEFAULTS};
  predictions = hr_tf_cast(scope, predictions, HR_FLOAT);
  labels = hr_tf_cast(scope, labels, HR_BOOL);
  o.weights = broadcast(scope, o.weights, predictions);
  return hr_metrics_auc_with(scope, hr_operand_output(labels), hr_operand_output(predictions), &o);
}

hr_metric hr_learn_accuracy_at_threshold_with(hr_scope scope, hr_output labels, hr_output predictions, double threshold,
                                              const hr_metric_options *options) {
  hr_output above = hr_tf_cast(scope, hr_binary(scope, "GreaterEqual", predictions, threshold), HR_FLOAT);
  return hr_metrics_accuracy_with(scope, hr_operand_output(labels), hr_operand_output(above), options);
}

/* The metric of one threshold as scalars. */
static hr_metric scalars(hr_scope s, hr_metric vectors) {
  hr_output value = hr_tf_squeeze(s, vectors.value);
  return (hr_metric){value, hr_tf_squeeze(s, vectors.update_op)};
}

hr_metric hr_learn_precision_at_threshold_with(hr_scope scope, hr_output labels, hr_output predictions,
                                               double threshold, const hr_metric_options *options) {
  float at = (float)threshold;
  return scalars(scope,
                 hr_metrics_precision_at_thresholds_with(scope, hr_operand_output(labels),
                                                         hr_operand_output(predictions), (hr_floats){1, &at}, options));
}

hr_metric hr_learn_recall_at_threshold_with(hr_scope scope, hr_output labels, hr_output predictions, double threshold,
                                            const hr_metric_options *options) {
  float at = (float)threshold;
  return scalars(scope,
                 hr_metrics_recall_at_thresholds_with(scope, hr_operand_output(labels), hr_operand_output(predictions),
                                                      (hr_floats){1, &at}, options));
}
