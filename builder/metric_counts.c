/* Counts of right and wrong answers over many runs, precision and recall. */
#include "builder/builder.h"
#include "builder/metrics.h"
#include "headrace/checks.h"

/* tf.assert_type of a tensor that has the type. */
static void assert_type(hr_scope scope) {
  hr_no_op(hr_name_scope(scope, "assert_type"), .name = "statically_determined_correct_type");
}

/* Counts the elements that are true. */
static hr_metric count_true(hr_scope s, hr_output condition, hr_output weights) {
  assert_type(s);
  hr_var *count = hr_metric_variable(s, HR_SHAPE(), "count");
  hr_output values = hr_tf_cast(s, condition, HR_FLOAT);
  if (weights.node) {
    hr_output rank = hr_tf_rank(s, values);
    hr_node *fits = hr_assert_rank(s, weights, HR_OPERANDS(0, rank));
    HR_WITH (checked, hr_control_dependencies(s, fits ? 1 : 0, fits ? &fits : (hr_node *const[]){NULL})) {
      values = hr_mul(checked, values, hr_tf_cast(checked, weights, HR_FLOAT));
    }
  }
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  hr_output value = hr_call_one(s, "Identity", NULL, HR_OPERANDS(count), HR_NO_ATTRS);
  return (hr_metric){value, hr_var_assign_add(s, count, hr_reduce_sum(s, values))};
}

/* Labels and predictions as bools, and the weights. */
static bool as_bools(hr_scope s, hr_operand labels, hr_operand predictions, hr_operand weights, hr_metric_inputs *out) {
  hr_output p = hr_tf_cast(s, predictions, HR_BOOL);
  hr_output l = hr_tf_cast(s, labels, HR_BOOL);
  return hr_metric_fit(s, hr_operand_output(l), hr_operand_output(p), weights, out);
}

/* How often a label comes with a prediction. */
static hr_metric count_pairs(hr_scope scope, const char *kind, bool label, bool prediction, hr_operand labels,
                             hr_operand predictions, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = kind)) {
    hr_metric_inputs in;
    if (as_bools(s, labels, predictions, o.weights, &in)) {
      hr_output is_label = hr_binary(s, "Equal", in.labels, label);
      hr_output is_predicted = hr_binary(s, "Equal", in.predictions, prediction);
      hr_output both = hr_logical_and(s, is_label, is_predicted);
      result = hr_metric_collect(s, count_true(s, both, in.weights), &o);
    }
  }
  return result;
}

hr_metric hr_metrics_true_positives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                         const hr_metric_options *options) {
  return count_pairs(scope, "true_positives", true, true, labels, predictions, options);
}
hr_metric hr_metrics_true_negatives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                         const hr_metric_options *options) {
  return count_pairs(scope, "true_negatives", false, false, labels, predictions, options);
}
hr_metric hr_metrics_false_positives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                          const hr_metric_options *options) {
  return count_pairs(scope, "false_positives", false, true, labels, predictions, options);
}
hr_metric hr_metrics_false_negatives_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                          const hr_metric_options *options) {
  return count_pairs(scope, "false_negatives", true, false, labels, predictions, options);
}

/* hits / (hits + misses), 0 without either. */
static hr_output share(hr_scope s, hr_output hits, hr_output misses, const char *name) {
  hr_output any = hr_binary(s, "Greater", hr_plus(s, hits, misses), 0.0);
  hr_output quotient = hr_real_div(s, hits, hr_plus(s, hits, misses), .name = "div");
  return hr_tf_where(s, any, quotient, 0.0, .name = name);
}

typedef hr_metric (*counter)(hr_scope scope, hr_operand labels, hr_operand predictions,
                             const hr_metric_options *options);

/* True positives among them and what `misses` counts. */
static hr_metric share_of_hits(hr_scope scope, const char *kind, counter misses, hr_operand labels,
                               hr_operand predictions, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = kind)) {
    hr_metric_inputs in;
    if (as_bools(s, labels, predictions, o.weights, &in)) {
      const hr_metric_options inner = {.weights = hr_operand_output(in.weights)};
      const hr_operand l = hr_operand_output(in.labels), p = hr_operand_output(in.predictions);
      hr_metric hit = hr_metrics_true_positives_with(s, l, p, &inner);
      hr_metric miss = misses(s, l, p, &inner);
      hr_output value = share(s, hit.value, miss.value, "value");
      result = hr_metric_collect(s, (hr_metric){value, share(s, hit.update_op, miss.update_op, "update_op")}, &o);
    }
  }
  return result;
}

hr_metric hr_metrics_precision_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                    const hr_metric_options *options) {
  return share_of_hits(scope, "precision", hr_metrics_false_positives_with, labels, predictions, options);
}
hr_metric hr_metrics_recall_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                 const hr_metric_options *options) {
  return share_of_hits(scope, "recall", hr_metrics_false_negatives_with, labels, predictions, options);
}
