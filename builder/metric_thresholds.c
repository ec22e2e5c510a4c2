/* tf.metrics at thresholds: counts, precision and recall. */
#include "builder/metric_thresholds.h"
#include "builder/builder.h"
#include "builder/weights.h"
#include "headrace/arrays.h"
#include "headrace/checks.h"

static const char *const outcome_names[HR_OUTCOMES] = {"true_positives", "false_negatives", "true_negatives",
                                                       "false_positives"};
static bool is_of_true_labels(hr_outcome outcome) {
  return outcome == HR_TRUE_POSITIVE || outcome == HR_FALSE_NEGATIVE;
}
static bool is_of_positives(hr_outcome outcome) { return outcome == HR_TRUE_POSITIVE || outcome == HR_FALSE_POSITIVE; }

/* Nodes made inside run once predictions are known to be in [0, 1]. */
static hr_scope with_checked_range(hr_scope s, hr_operand predictions) {
  static const char *const message = "predictions must be in [0, 1]";
  hr_output p = hr_convert(s, predictions, HR_INVALID, NULL);
  hr_dtype dtype = hr_scope_ok(s) ? hr_output_base_dtype(p) : HR_FLOAT;
  hr_node *checks[2];
  checks[0] = hr_assert_greater_equal(s, p, hr_tf_cast(s, 0.0, dtype), .message = message);
  checks[1] = hr_assert_less_equal(s, p, hr_tf_cast(s, 1.0, dtype), .message = message);
  int count = hr_scope_ok(s) ? 2 : 0;
  return hr_control_dependencies(s, count, checks);
}

/* Rows of what predictions and labels say, one a threshold. */
typedef struct answers {
  hr_output positive, negative, is_true, is_false, weights;
} answers;

/* x, [1, n], as often as there are thresholds. */
static hr_output repeated(hr_scope s, hr_output x, int32_t count) { return hr_tf_tile(s, x, HR_SHAPE(count, 1)); }

static bool compare(hr_scope s, const hr_metric_inputs *in, hr_floats thresholds, const bool *wanted, answers *out) {
  hr_output column = hr_tf_reshape(s, in->predictions, HR_SHAPE(-1, 1));
  hr_output labels = hr_tf_reshape(s, hr_tf_cast(s, in->labels, HR_BOOL), HR_SHAPE(1, -1));
  if (!hr_scope_ok(s)) return false;
  int64_t count = hr_output_shape(column)->dims[0];
  hr_operand predictions = hr_operand_int(count);
  if (count < 0) predictions = hr_operand_output(hr_at(s, hr_tf_shape(s, column), HR_INDEX(0)));
  hr_output limits = hr_constant_array(s, HR_FLOAT, HR_SHAPE(thresholds.count), thresholds.items);
  hr_output limit_column = hr_tf_expand_dims(s, limits, HR_OPERANDS(1));
  hr_output sizes = hr_convert(s, hr_operand_list(HR_OPERANDS(1, predictions)), HR_INT32, "stack");
  hr_output limit_rows = hr_tile(s, limit_column, sizes);
  out->positive = hr_greater(s, repeated(s, hr_tf_transpose(s, column), thresholds.count), limit_rows);
  if (wanted[HR_FALSE_NEGATIVE] || wanted[HR_TRUE_NEGATIVE]) out->negative = hr_logical_not(s, out->positive);
  out->is_true = repeated(s, labels, thresholds.count);
  if (wanted[HR_FALSE_POSITIVE] || wanted[HR_TRUE_NEGATIVE]) out->is_false = hr_logical_not(s, out->is_true);
  if (in->weights.node) {
    hr_output weights =
        hr_broadcast_weights(s, hr_operand_output(hr_tf_cast(s, in->weights, HR_FLOAT)), in->predictions);
    out->weights = repeated(s, hr_tf_reshape(s, weights, HR_SHAPE(1, -1)), thresholds.count);
  }
  return hr_scope_ok(s);
}

static hr_metric count_outcome(hr_scope s, const answers *a, hr_outcome outcome, int32_t thresholds) {
  hr_var *count = hr_metric_variable(s, HR_SHAPE(thresholds), outcome_names[outcome]);
  hr_output hit = hr_logical_and(s, is_of_true_labels(outcome) ? a->is_true : a->is_false,
                                 is_of_positives(outcome) ? a->positive : a->negative);
  hr_output hits = hr_tf_cast(s, hit, HR_FLOAT);
  if (a->weights.node) hits = hr_times(s, hits, a->weights);
  hr_output sums = hr_reduce_sum(s, hits, .axis = hr_operand_int(1));
  if (!hr_scope_ok(s)) return HR_NO_METRIC;
  return (hr_metric){hr_var_value(count), hr_var_assign_add(s, count, sums)};
}

bool hr_count_outcomes(hr_scope s, hr_operand labels, hr_operand predictions, hr_floats thresholds, hr_operand weights,
                       const bool *wanted, hr_outcome_counts *out) {
  hr_metric_inputs in = {0};
  bool fits = false;
  HR_WITH (checked, with_checked_range(s, predictions)) {
    hr_output p = hr_tf_cast(checked, predictions, HR_FLOAT), l = hr_tf_cast(checked, labels, HR_BOOL);
    fits = hr_metric_fit(checked, hr_operand_output(l), hr_operand_output(p), weights, &in);
  }
  answers a = {0};
  if (!fits || !compare(s, &in, thresholds, wanted, &a)) return false;
  for (int outcome = 0; outcome < HR_OUTCOMES; ++outcome)
    if (wanted[outcome]) out->of[outcome] = count_outcome(s, &a, (hr_outcome)outcome, thresholds.count);
  return hr_scope_ok(s);
}

/* ---- counts ---------------------------------------------------------------------------------------------------- */

static hr_metric counts_of(hr_scope scope, hr_outcome outcome, hr_operand labels, hr_operand predictions,
                           hr_floats thresholds, const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  bool wanted[HR_OUTCOMES] = {0};
  wanted[outcome] = true;
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = outcome_names[outcome])) {
    hr_outcome_counts counts;
    if (hr_count_outcomes(s, labels, predictions, thresholds, o.weights, wanted, &counts)) {
      hr_metric found = counts.of[outcome];
      result = hr_metric_collect(s, (hr_metric){hr_identity(s, found.value), found.update_op}, &o);
    }
  }
  return result;
}

hr_metric hr_metrics_true_positives_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                       hr_floats thresholds, const hr_metric_options *options) {
  return counts_of(scope, HR_TRUE_POSITIVE, labels, predictions, thresholds, options);
}
hr_metric hr_metrics_false_negatives_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                        hr_floats thresholds, const hr_metric_options *options) {
  return counts_of(scope, HR_FALSE_NEGATIVE, labels, predictions, thresholds, options);
}
hr_metric hr_metrics_true_negatives_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                       hr_floats thresholds, const hr_metric_options *options) {
  return counts_of(scope, HR_TRUE_NEGATIVE, labels, predictions, thresholds, options);
}
hr_metric hr_metrics_false_positives_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                        hr_floats thresholds, const hr_metric_options *options) {
  return counts_of(scope, HR_FALSE_POSITIVE, labels, predictions, thresholds, options);
}

/* ---- precision and recall -------------------------------------------------------------------------------------- */

static hr_output share(hr_scope s, hr_output hits, hr_output misses, const char *name) {
  return hr_real_div(s, hits, hr_plus(s, hr_plus(s, 1e-7, hits), misses), .name = name);
}

/* True positives among them and what `misses` counts. */
static hr_metric shares(hr_scope scope, const char *kind, const char *value_name, const char *update_name,
                        hr_outcome misses, hr_operand labels, hr_operand predictions, hr_floats thresholds,
                        const hr_metric_options *options) {
  const hr_metric_options o = options ? *options : (hr_metric_options){0};
  bool wanted[HR_OUTCOMES] = {[HR_TRUE_POSITIVE] = true};
  wanted[misses] = true;
  hr_metric result = HR_NO_METRIC;
  HR_WITH (s, hr_variable_scope(scope, o.name, .default_name = kind)) {
    hr_outcome_counts counts;
    if (hr_count_outcomes(s, labels, predictions, thresholds, o.weights, wanted, &counts)) {
      hr_metric hit = counts.of[HR_TRUE_POSITIVE], miss = counts.of[misses];
      hr_output value = share(s, hit.value, miss.value, value_name);
      hr_output update = share(s, hit.update_op, miss.update_op, update_name);
      result = hr_metric_collect(s, (hr_metric){value, update}, &o);
    }
  }
  return result;
}

hr_metric hr_metrics_precision_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                                  hr_floats thresholds, const hr_metric_options *options) {
  return shares(scope, "precision_at_thresholds", "precision_value", "precision_update_op", HR_FALSE_POSITIVE, labels,
                predictions, thresholds, options);
}
hr_metric hr_metrics_recall_at_thresholds_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                               hr_floats thresholds, const hr_metric_options *options) {
  return shares(scope, "recall_at_thresholds", "recall_value", "recall_update_op", HR_FALSE_NEGATIVE, labels,
                predictions, thresholds, options);
}
