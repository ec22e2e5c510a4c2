/* Weighting and reducing a loss an element: tf.losses.compute_weighted_loss. */
#include "builder/builder.h"
#include "builder/weights.h"
#include "headrace/losses.h"
#include "headrace/variables.h"

/* ---- reducing -------------------------------------------------------------------------------------------------- */

/* All dimensions but the first. */
static hr_output inner_dimensions(hr_scope s, hr_output x) { return hr_tf_range(s, 1, hr_tf_rank(s, x), 1); }

/* How many losses have a weight that is not zero, of each instance or of all. */
static hr_output num_present(hr_scope scope, hr_output losses, hr_output weights, bool per_instance) {
  hr_scope s = hr_name_scope(scope, "num_present");
  hr_output w = hr_tf_cast(s, weights, HR_FLOAT);
  hr_output none = hr_binary(s, "Equal", w, 0.0);
  hr_output zeros = hr_tf_zeros_like(s, w);
  hr_output present = hr_select(s, none, zeros, hr_tf_ones_like(s, w));
  present = hr_broadcast_weights(s, hr_operand_output(present), losses);
  if (!per_instance) return hr_reduce_sum(s, present, .name = hr_scope_name(s));
  hr_operand axes = hr_operand_output(inner_dimensions(s, present));
  return hr_reduce_sum(s, present, .axis = axes, .keepdims = true, .name = hr_scope_name(s));
}

static hr_output num_elements(hr_scope scope, hr_output losses) {
  hr_scope s = hr_name_scope(scope, "num_elements");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  return hr_tf_cast(s, hr_tf_size(s, losses, .name = hr_scope_name(s)), hr_output_base_dtype(losses));
}

/* Zero where there is nothing to divide by. */
static hr_output safe_mean(hr_scope s, hr_output losses, hr_output count) {
  return hr_div_no_nan(s, hr_reduce_sum(s, losses), count, .name = "value");
}

/* `weighted` is `losses` times `weights`. What is counted are the losses as they came. */
static hr_output reduce(hr_scope s, hr_output losses, hr_output weights, hr_output weighted, hr_reduction reduction) {
  if (reduction == HR_REDUCTION_NONE) return weighted;
  hr_output sum = hr_reduce_sum(s, weighted);
  switch (reduction) {
  case HR_REDUCTION_MEAN: return safe_mean(s, sum, hr_reduce_sum(s, hr_times(s, hr_tf_ones_like(s, losses), weights)));
  case HR_REDUCTION_SUM_BY_NONZERO_WEIGHTS: return safe_mean(s, sum, num_present(s, losses, weights, false));
  case HR_REDUCTION_SUM_OVER_BATCH_SIZE: return safe_mean(s, sum, num_elements(s, losses));
  default: return sum;
  }
}

hr_output hr_compute_weighted_loss_with(hr_scope scope, hr_operand losses, const hr_loss_options *options) {
  hr_loss_options o = options ? *options : (hr_loss_options){HR_LOSS_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.scope, "weighted_loss");
  hr_operand weights = hr_operand_is_given(o.weights) ? o.weights : hr_operand_float(1);
  hr_node *fits = hr_assert_broadcastable(s, weights, losses);
  if (!fits) return HR_NO_OUTPUT;
  hr_output loss = HR_NO_OUTPUT;
  HR_WITH (checked, hr_control_dependencies(s, 1, &fits)) {
    hr_output raw = hr_convert(checked, losses, HR_INVALID, NULL);
    hr_dtype dtype = raw.node ? hr_output_base_dtype(raw) : HR_FLOAT;
    hr_output values = hr_tf_cast(checked, raw, HR_FLOAT);
    hr_output w = hr_tf_cast(checked, weights, HR_FLOAT);
    loss = hr_tf_cast(checked, reduce(checked, values, w, hr_mul(checked, values, w), o.reduction), dtype);
  }
  const char *key = o.loss_collection ? o.loss_collection : HR_LOSSES;
  if (*key && loss.node) hr_add_output_to_collection(s, key, loss);
  return hr_scope_ok(s) ? loss : HR_NO_OUTPUT;
}

/* ---- pairs ----------------------------------------------------------------------------------------------------- */

/* The squared differences of the differences of all pairs, summed over each instance and divided by their number. */
static hr_output pairwise(hr_scope s, hr_output differences, hr_output weights) {
  hr_operand inner = hr_operand_output(inner_dimensions(s, differences));
  hr_output squares = hr_reduce_sum(s, hr_square(s, differences), .axis = inner, .keepdims = true);
  hr_output count = num_present(s, differences, weights, true);
  hr_output others = hr_binary(s, "Maximum", hr_minus(s, count, 1), 0);
  hr_output first = hr_times(s, 2.0, hr_div_no_nan(s, squares, others, .name = "value"));
  hr_output sum = hr_square(s, hr_reduce_sum(s, differences, .axis = inner, .keepdims = true));
  hr_output pairs = hr_binary(s, "Maximum", hr_mul(s, count, hr_minus(s, count, 1)), 0);
  hr_output second = hr_times(s, 2.0, hr_div_no_nan(s, sum, pairs, .name = "value"));
  hr_output loss = hr_reduce_sum(s, hr_mul(s, hr_minus(s, first, second), weights));
  hr_output any = hr_binary(s, "Greater", hr_reduce_sum(s, count), 0);
  return hr_select(s, any, loss, hr_tf_zeros_like(s, loss), .name = "value");
}

hr_output hr_mean_pairwise_squared_error_with(hr_scope scope, hr_operand labels, hr_operand predictions,
                                              const hr_loss_options *options) {
  hr_loss_options o = options ? *options : (hr_loss_options){HR_LOSS_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.scope, "mean_pairwise_squared_error");
  hr_output weights = hr_tf_cast(s, hr_operand_is_given(o.weights) ? o.weights : hr_operand_float(1), HR_FLOAT);
  hr_output wanted = hr_tf_cast(s, labels, HR_FLOAT);
  hr_node *fits = hr_assert_broadcastable(s, hr_operand_output(weights), hr_operand_output(wanted));
  if (!fits) return HR_NO_OUTPUT;
  hr_output loss = HR_NO_OUTPUT;
  HR_WITH (checked, hr_control_dependencies(s, 1, &fits)) {
    hr_output values = hr_tf_cast(checked, predictions, HR_FLOAT);
    if (hr_scope_ok(checked) && hr_output_rank(values) == 0)
      hr_refuse(checked, "mean_pairwise_squared_error needs predictions of rank 1 or more");
    loss = pairwise(checked, hr_sub(checked, values, wanted), weights);
  }
  const char *key = o.loss_collection ? o.loss_collection : HR_LOSSES;
  if (*key && loss.node) hr_add_output_to_collection(s, key, loss);
  return hr_scope_ok(s) ? loss : HR_NO_OUTPUT;
}
