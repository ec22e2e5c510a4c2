/* Counts, variances, histograms, segments. */
#include "headrace/statistics.h"
#include "builder/builder.h"
#include "headrace/math.h"

/* ---- variances ------------------------------------------------------------------------------------------------- */

hr_output hr_reduce_variance_with(hr_scope scope, hr_operand input, const hr_reduce_options *options) {
  hr_reduce_options o = options ? *options : (hr_reduce_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "reduce_variance");
  hr_output x = hr_convert(s, input, HR_INVALID, NULL);
  hr_output mean = hr_reduce_mean(s, x, .axis = o.axis, .keepdims = true);
  hr_output squared = hr_square(s, hr_minus(s, x, mean));
  return hr_reduce_mean(s, squared, .axis = o.axis, .keepdims = o.keepdims);
}

hr_output hr_reduce_std_with(hr_scope scope, hr_operand x, const hr_reduce_options *options) {
  hr_reduce_options o = options ? *options : (hr_reduce_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "reduce_std");
  return hr_sqrt(s, hr_reduce_variance(s, x, .axis = o.axis, .keepdims = o.keepdims));
}

/* ---- counts ---------------------------------------------------------------------------------------------------- */

hr_output hr_count_nonzero_with(hr_scope scope, hr_operand input, const hr_count_nonzero_options *options) {
  hr_count_nonzero_options o = options ? *options : (hr_count_nonzero_options){0};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_INT64;
  hr_scope s = hr_name_scope_or(scope, o.name, "count_nonzero");
  hr_output x = hr_convert(s, input, HR_INVALID, "input");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output zero = hr_zeros(s, HR_SHAPE(), .dtype = hr_output_base_dtype(x));
  hr_output differs = hr_tf_cast(s, hr_not_equal(s, x, zero), HR_INT64);
  return hr_tf_cast(s, hr_reduce_sum(s, differs, .axis = o.axis, .keepdims = o.keepdims), dtype);
}

hr_output hr_tf_bincount_with(hr_scope scope, hr_operand input, const hr_tf_bincount_options *options) {
  hr_tf_bincount_options o = options ? *options : (hr_tf_bincount_options){0};
  hr_scope s = hr_name_scope_or(scope, NULL, "bincount");
  hr_output values = hr_convert(s, input, HR_INT32, "arr");
  hr_output filled = hr_binary(s, "Greater", hr_reduce_prod(s, hr_tf_shape(s, values)), 0);
  hr_output none_or_all = hr_tf_cast(s, filled, HR_INT32);
  hr_output size = hr_times(s, none_or_all, hr_plus(s, hr_reduce_max(s, values), 1));
  if (hr_operand_is_given(o.minlength)) size = hr_maximum(s, hr_convert(s, o.minlength, HR_INT32, "minlength"), size);
  if (hr_operand_is_given(o.maxlength)) size = hr_minimum(s, hr_convert(s, o.maxlength, HR_INT32, "maxlength"), size);
  if (hr_operand_is_given(o.weights))
    return hr_unsorted_segment_sum(s, hr_convert(s, o.weights, HR_INVALID, "weights"), values, size);
  hr_output none = hr_constant(s, hr_operand_ints((hr_ints){0, NULL}), .dtype = o.dtype ? o.dtype : HR_INT32);
  return hr_bincount(s, values, size, none);
}

hr_output hr_histogram_fixed_width_bins_with(hr_scope scope, hr_operand values, hr_operand value_range,
                                             hr_operand nbins, const hr_histogram_options *options) {
  hr_histogram_options o = options ? *options : (hr_histogram_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "histogram_fixed_width_bins");
  hr_output x = hr_convert(s, values, HR_INVALID, "values");
  hr_output shape = hr_tf_shape(s, x);
  x = hr_tf_reshape(s, x, HR_SHAPE(-1));
  hr_output range = hr_convert(s, value_range, HR_INVALID, "value_range");
  hr_output bins = hr_convert(s, nbins, HR_INT32, "nbins");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  bins = hr_tf_cast(s, bins, hr_output_base_dtype(x));
  hr_output from_low = hr_minus(s, x, hr_at(s, range, HR_INDEX(0)));
  hr_output high = hr_at(s, range, HR_INDEX(1));
  hr_output width = hr_minus(s, high, hr_at(s, range, HR_INDEX(0)));
  hr_output scaled = hr_call_one(s, "RealDiv", "scaled_values", HR_OPERANDS(from_low, width), HR_NO_ATTRS);
  hr_output indices = hr_floor(s, hr_times(s, bins, scaled), .name = "indices");
  hr_output clipped = hr_tf_clip_by_value(s, indices, 0, hr_minus(s, bins, 1));
  return hr_reshape(s, hr_tf_cast(s, clipped, o.dtype ? o.dtype : HR_INT32), shape);
}

/* ---- segments -------------------------------------------------------------------------------------------------- */

/* How many rows each segment has, at least 1, in a shape that divides the sums. */
static hr_output segment_sizes(hr_scope s, hr_output data, hr_output ids, hr_operand num_segments) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(data);
  hr_output shape = hr_tf_shape(s, ids);
  hr_output ones = hr_ones(s, shape, .dtype = dtype);
  hr_output counts = hr_call_one(s, "UnsortedSegmentSum", NULL, HR_OPERANDS(ones, ids, num_segments), HR_NO_ATTRS);
  int data_rank = hr_output_rank(data), ids_rank = hr_output_rank(ids);
  if (data_rank < 0 || ids_rank < 0) return hr_refuse(s, "The ranks of data and segment ids must be known");
  /* One dimension for the segments, and 1 for each that rows have. */
  hr_operand sizes[HR_MAX_RANK];
  sizes[0] = num_segments;
  int count = 1;
  for (int i = ids_rank; i < data_rank; ++i)
    sizes[count++] = hr_operand_int(1);
  counts = hr_tf_reshape(s, counts, ((hr_operands){count, sizes, NULL}));
  return hr_binary(s, "Maximum", counts, 1);
}

static hr_output sums(hr_scope s, hr_output data, hr_output ids, hr_operand num_segments) {
  return hr_call_one(s, "UnsortedSegmentSum", NULL, HR_OPERANDS(data, ids, num_segments), HR_NO_ATTRS);
}

hr_output hr_unsorted_segment_mean_with(hr_scope scope, hr_operand data, hr_operand segment_ids,
                                        hr_operand num_segments, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "UnsortedSegmentMean");
  hr_output x = hr_convert(s, data, HR_INVALID, NULL);
  hr_output ids = hr_convert(s, segment_ids, HR_INVALID, NULL);
  hr_output sizes = segment_sizes(s, x, ids, num_segments);
  return hr_truediv(s, sums(s, x, ids, num_segments), sizes);
}

hr_output hr_unsorted_segment_sqrt_n_with(hr_scope scope, hr_operand data, hr_operand segment_ids,
                                          hr_operand num_segments, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "UnsortedSegmentSqrtN");
  hr_output x = hr_convert(s, data, HR_INVALID, NULL);
  hr_output ids = hr_convert(s, segment_ids, HR_INVALID, NULL);
  hr_output sizes = segment_sizes(s, x, ids, num_segments);
  hr_output sum = sums(s, x, ids, num_segments);
  return hr_truediv(s, sum, hr_sqrt(s, sizes));
}

/* ---- special functions ----------------------------------------------------------------------------------------- */

hr_output hr_lbeta_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "lbeta");
  hr_output value = hr_convert(s, x, HR_INVALID, "x");
  hr_output logs = hr_reduce_sum(s, hr_lgamma(s, value), .axis = HR_AXES(-1));
  hr_output total = hr_lgamma(s, hr_reduce_sum(s, value, .axis = HR_AXES(-1)));
  return hr_minus(s, logs, total);
}

hr_output hr_polyval_with(hr_scope scope, hr_operands coeffs, hr_operand x, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "polyval");
  hr_output value = hr_convert(s, x, HR_INVALID, "x"), result = HR_NO_OUTPUT;
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (coeffs.count == 0) return hr_tf_zeros_like(s, value, .name = hr_scope_name(s));
  hr_output *items = hr_keep_bytes(s, sizeof *items * (size_t)coeffs.count);
  for (int32_t i = 0; items && i < coeffs.count; ++i)
    items[i] = hr_convert(s, hr_operands_at(coeffs, i), HR_INVALID, hr_keep_printf(s, "coeff_%d", (int)i));
  for (int32_t i = 0; items && i < coeffs.count; ++i)
    result = i == 0 ? items[0] : hr_plus(s, items[i], hr_times(s, result, value));
  return result;
}

/* exp(|x|) times the scaled function. */
static hr_output bessel(hr_scope scope, hr_operand x, const char *name, const char *scaled) {
  hr_scope s = hr_name_scope(scope, name);
  hr_output value = hr_convert(s, x, HR_INVALID, "x");
  hr_output scale = hr_exp(s, hr_abs(s, value));
  return hr_times(s, scale, hr_call_one(s, scaled, NULL, HR_OPERANDS(value), HR_NO_ATTRS));
}
hr_output hr_bessel_i0_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  return bessel(scope, x, options && options->name ? options->name : "bessel_i0", "BesselI0e");
}
hr_output hr_bessel_i1_with(hr_scope scope, hr_operand x, const hr_op_options *options) {
  return bessel(scope, x, options && options->name ? options->name : "bessel_i1", "BesselI1e");
}
