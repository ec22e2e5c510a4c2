/* Statistics in pieces, and normalising with them. */
#include "builder/builder.h"
#include "headrace/nn.h"

/* ---- sufficient statistics ------------------------------------------------------------------------------------- */

/* How many elements are summed: a constant where the sizes are known. */
static hr_output count_along(hr_scope s, hr_output x, hr_operand axes) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(x);
  int64_t dims[HR_MAX_RANK];
  int num_axes = hr_operand_known_ints(axes, dims);
  double count = 1;
  bool known = shape->rank >= 0 && num_axes >= 0;
  for (int i = 0; known && i < num_axes; ++i) {
    int64_t axis = dims[i] < 0 ? dims[i] + shape->rank : dims[i];
    known = axis >= 0 && axis < shape->rank && shape->dims[axis] >= 0;
    if (known) count *= (double)shape->dims[axis];
  }
  hr_dtype dtype = hr_output_base_dtype(x);
  if (known) return hr_constant(s, count, .dtype = dtype);
  hr_output sizes = hr_tf_gather(s, hr_tf_cast(s, hr_tf_shape(s, x), dtype), axes);
  return hr_reduce_prod(s, sizes, .name = "count");
}

hr_sufficient_statistics_outputs hr_sufficient_statistics_with(hr_scope scope, hr_operand input, hr_operand axes,
                                                               const hr_sufficient_statistics_options *options) {
  hr_sufficient_statistics_options o = options ? *options : (hr_sufficient_statistics_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "sufficient_statistics");
  hr_output x = hr_convert(s, input, HR_INVALID, "x"), shift = HR_NO_OUTPUT;
  hr_output count = count_along(s, x, axes), distance = x, squared;
  if (hr_operand_is_given(o.shift)) {
    shift = hr_convert(s, o.shift, HR_INVALID, "shift");
    distance = hr_sub(s, x, shift);
    squared = hr_squared_difference(s, x, shift);
  } else {
    squared = hr_square(s, x);
  }
  hr_output sum = hr_reduce_sum(s, distance, .axis = axes, .keepdims = o.keep_dims, .name = "mean_ss");
  hr_output sum_of_squares = hr_reduce_sum(s, squared, .axis = axes, .keepdims = o.keep_dims, .name = "var_ss");
  return (hr_sufficient_statistics_outputs){count, sum, sum_of_squares, shift};
}

hr_moments_outputs hr_normalize_moments_with(hr_scope scope, hr_operand counts, hr_operand mean_ss,
                                             hr_operand variance_ss, const hr_normalize_moments_options *options) {
  hr_normalize_moments_options o = options ? *options : (hr_normalize_moments_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "normalize");
  hr_output divisor = hr_call_one(s, "Reciprocal", "divisor", HR_OPERANDS(counts), HR_NO_ATTRS), mean, shifted;
  bool is_shifted = hr_operand_is_given(o.shift);
  shifted = hr_binary(s, "Mul", mean_ss, divisor, .name = is_shifted ? "shifted_mean" : "mean");
  mean = is_shifted ? hr_binary(s, "Add", shifted, o.shift, .name = "mean") : shifted;
  hr_output mean_of_squares = hr_binary(s, "Mul", variance_ss, divisor);
  hr_output variance = hr_sub(s, mean_of_squares, hr_square(s, shifted), .name = "variance");
  return (hr_moments_outputs){mean, variance};
}

/* ---- weighted moments ------------------------------------------------------------------------------------------ */

hr_moments_outputs hr_weighted_moments_with(hr_scope scope, hr_operand input, hr_operand axes, hr_operand weights,
                                            const hr_moments_options *options) {
  hr_moments_options o = options ? *options : (hr_moments_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "weighted_moments");
  hr_output x = hr_convert(s, input, HR_INVALID, "x"), w = hr_convert(s, weights, HR_INVALID, "frequency_weights");
  if (!hr_scope_ok(s)) return (hr_moments_outputs){HR_NO_OUTPUT, HR_NO_OUTPUT};
  bool low = hr_output_base_dtype(x) == HR_HALF;
  if (low) x = hr_tf_cast(s, x, HR_FLOAT);
  w = hr_tf_cast(s, w, hr_output_base_dtype(x));
  hr_output sum = hr_reduce_sum(s, hr_times(s, w, x), .axis = axes, .keepdims = true, .name = "weighted_input_sum");
  hr_output spread = hr_plus(s, w, hr_tf_zeros_like(s, x));
  hr_output total = hr_reduce_sum(s, spread, .axis = axes, .keepdims = true, .name = "sum_of_weights");
  hr_output divisor = hr_reciprocal(s, total, .name = "inv_weight_sum");
  hr_output mean = hr_mul(s, sum, divisor);
  hr_output distance = hr_times(s, w, hr_squared_difference(s, x, mean));
  hr_output squares = hr_reduce_sum(s, distance, .axis = axes, .keepdims = true, .name = "weighted_distsq");
  hr_output variance = hr_mul(s, squares, divisor);
  if (!o.keep_dims) {
    mean = hr_tf_squeeze(s, mean, .axis = axes);
    variance = hr_tf_squeeze(s, variance, .axis = axes);
  }
  if (low) {
    mean = hr_tf_cast(s, mean, HR_HALF);
    variance = hr_tf_cast(s, variance, HR_HALF);
  }
  return (hr_moments_outputs){mean, variance};
}

/* ---- batch normalisation --------------------------------------------------------------------------------------- */

/* Numbers are added before there is a node, as Python does it. */
static hr_output inverse_deviation(hr_scope s, hr_operand variance, hr_operand epsilon) {
  double number, more;
  if (!hr_operand_number(variance, &number) || !hr_operand_number(epsilon, &more))
    return hr_rsqrt(s, hr_plus(s, variance, epsilon));
  return hr_call_one(s, "Rsqrt", NULL, HR_OPERANDS(number + more), HR_NO_ATTRS);
}

hr_output hr_batch_normalization_with(hr_scope scope, hr_operand input, hr_operand mean, hr_operand variance,
                                      hr_operand epsilon, const hr_batch_normalization_options *options) {
  hr_batch_normalization_options o = options ? *options : (hr_batch_normalization_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "batchnorm");
  hr_output inverse = inverse_deviation(s, variance, epsilon);
  if (hr_operand_is_given(o.scale)) inverse = hr_times(s, inverse, o.scale);
  hr_output x = hr_convert(s, input, HR_INVALID, "x");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_output scaled = hr_times(s, x, hr_tf_cast(s, inverse, dtype));
  hr_output shift = hr_operand_is_given(o.offset) ? hr_minus(s, o.offset, hr_times(s, mean, inverse))
                                                  : hr_times(s, hr_negative_of(s, mean), inverse);
  return hr_plus(s, scaled, hr_tf_cast(s, shift, dtype));
}

/* cuDNN refuses smaller ones. */
#define LEAST_EPSILON 1.001e-5

/* A given statistic, or none as an empty vector. */
static hr_operand statistic(hr_scope s, hr_operand given) {
  if (hr_operand_is_given(given)) return given;
  return hr_operand_output(hr_constant_array(s, HR_FLOAT, HR_SHAPE(0), NULL));
}

hr_tf_fused_batch_norm_outputs hr_tf_fused_batch_norm_with(hr_scope scope, hr_operand x, hr_operand scale,
                                                           hr_operand offset,
                                                           const hr_tf_fused_batch_norm_options *options) {
  hr_tf_fused_batch_norm_options o =
      options ? *options : (hr_tf_fused_batch_norm_options){HR_FUSED_BATCH_NORM_DEFAULTS};
  hr_output input = hr_convert(scope, x, HR_INVALID, "input"), scales = hr_convert(scope, scale, HR_INVALID, "scale");
  hr_output offsets = hr_convert(scope, offset, HR_INVALID, "offset");
  if (o.is_training && (hr_operand_is_given(o.mean) || hr_operand_is_given(o.variance)))
    hr_refuse(scope, "Both 'mean' and 'variance' must be left out where the batch is normalised by its own");
  hr_operand mean = statistic(scope, o.mean), variance = statistic(scope, o.variance);
  double epsilon = o.epsilon > LEAST_EPSILON ? o.epsilon : LEAST_EPSILON;
  hr_operand operands[] = {hr_operand_output(input), hr_operand_output(scales), hr_operand_output(offsets), mean,
                           variance};
  const hr_named_attr attrs[] = {
      {"epsilon", {.kind = HR_ATTR_FLOAT, .f = (float)epsilon}},
      {"data_format", HR_ATTR_STRING_VALUE(o.data_format ? o.data_format : "NHWC")},
      {"is_training", {.kind = HR_ATTR_BOOL, .b = o.is_training}},
  };
  hr_node *node = hr_scope_ok(scope) ? hr_call_op(scope, "FusedBatchNormV3", o.name, 5, operands, 3, attrs) : NULL;
  return (hr_tf_fused_batch_norm_outputs){{node, 0}, {node, 1}, {node, 2}};
}

/* ---- a loss of counts ------------------------------------------------------------------------------------------ */

/* Stirling's approximation of log(targets!), and 0 where that is known: at 0 and 1. */
static hr_output log_factorial(hr_scope s, hr_output targets, hr_dtype dtype) {
  hr_output half = hr_constant(s, 0.5, .dtype = dtype),
            two_pi = hr_constant(s, 2 * 3.14159265358979323846, .dtype = dtype);
  hr_output growth = hr_minus(s, hr_times(s, targets, hr_log(s, targets)), targets);
  hr_output rest = hr_times(s, half, hr_log(s, hr_times(s, two_pi, targets)));
  hr_output stirling = hr_plus(s, growth, rest);
  hr_output zeros = hr_tf_zeros_like(s, targets), ones = hr_tf_ones_like(s, targets);
  hr_output above = hr_greater_equal(s, targets, zeros), below = hr_less_equal(s, targets, ones);
  return hr_select(s, hr_logical_and(s, above, below), zeros, stirling);
}

hr_output hr_log_poisson_loss_with(hr_scope scope, hr_operand targets, hr_operand log_input,
                                   const hr_log_poisson_loss_options *options) {
  hr_log_poisson_loss_options o = options ? *options : (hr_log_poisson_loss_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "log_poisson_loss");
  hr_output logs = hr_convert(s, log_input, HR_INVALID, "log_input"),
            counts = hr_convert(s, targets, HR_INVALID, "targets");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape merged;
  hr_status status = hr_partial_shape_merge(hr_output_shape(counts), hr_output_shape(logs), &merged);
  if (status) {
    hr_status_free(status);
    char a[HR_SHAPE_TEXT], b[HR_SHAPE_TEXT];
    return hr_refuse(s, "log_input and targets must have the same shape (%s vs %s)",
                     hr_partial_shape_text(hr_output_shape(logs), a),
                     hr_partial_shape_text(hr_output_shape(counts), b));
  }
  hr_output loss = hr_exp(s, logs);
  loss = hr_minus(s, loss, hr_times(s, logs, counts));
  return o.compute_full_loss ? hr_plus(s, loss, log_factorial(s, counts, hr_output_base_dtype(logs))) : loss;
}
