/* Layers without variables. */
#include "headrace/nn.h"
#include "builder/builder.h"
#include <math.h>

hr_output hr_tf_bias_add_with(hr_scope scope, hr_output x, hr_operand bias, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "BiasAdd");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output b = hr_convert(s, bias, hr_output_base_dtype(x), "bias");
  return hr_bias_add(s, x, b, .name = hr_scope_name(s));
}

/* Converts x, weights and biases inside `s` and multiplies; `*b` is the biases. */
static hr_output xw(hr_scope s, hr_operand x, hr_operand weights, hr_operand biases, hr_output *b) {
  hr_output a = hr_convert(s, x, HR_INVALID, "x");
  hr_output w = hr_convert(s, weights, HR_INVALID, "weights");
  *b = hr_convert(s, biases, HR_INVALID, "biases");
  return hr_tf_matmul(s, a, w);
}

hr_output hr_xw_plus_b_with(hr_scope scope, hr_operand x, hr_operand weights, hr_operand biases,
                            const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "xw_plus_b");
  hr_output b, product = xw(s, x, weights, biases, &b);
  return hr_bias_add(s, product, b, .name = hr_scope_name(s));
}

hr_output hr_relu_layer_with(hr_scope scope, hr_operand x, hr_operand weights, hr_operand biases,
                             const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "relu_layer");
  hr_output b, product = xw(s, x, weights, biases, &b);
  return hr_relu(s, hr_bias_add(s, product, b), .name = hr_scope_name(s));
}

hr_output hr_dropout_with(hr_scope scope, hr_output x, hr_operand rate, const hr_dropout_options *options) {
  hr_dropout_options o = options ? *options : (hr_dropout_options){.seed = HR_NO_SEED};
  hr_scope s = hr_name_scope_or(scope, o.name, "dropout");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  if (!hr_dtype_is_floating(dtype))
    return hr_refuse(s, "x has to be a floating point tensor since it's going to be scaled. Got a %s tensor instead.",
                     hr_dtype_name(dtype));
  if (rate.kind == HR_OPERAND_INT) rate = hr_operand_float((double)rate.i);
  if (rate.kind == HR_OPERAND_FLOAT) {
    if (!(rate.f >= 0 && rate.f < 1))
      return hr_refuse(s, "rate must be a scalar tensor or a float in the range [0, 1), got %g", rate.f);
    if (rate.f == 0) return x;
  }
  const hr_partial_shape shape = *hr_output_shape(x);
  hr_output drop = hr_convert(s, rate, dtype, "rate");
  hr_output sizes = o.noise_shape.node ? o.noise_shape : hr_tf_shape(s, x);
  hr_output noise = hr_tf_random_uniform(s, sizes, .dtype = dtype, .seed = o.seed);
  hr_output scale = hr_truediv(s, 1, hr_minus(s, 1, drop));
  hr_output kept = hr_greater_equal(s, noise, drop);
  hr_output scaled = hr_times(s, x, scale);
  hr_output result = hr_times(s, scaled, hr_tf_cast(s, kept, dtype));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_status status = hr_output_set_shape(result, &shape);
  if (status) hr_scope_fail(s, status);
  return result;
}

hr_moments_outputs hr_moments_with(hr_scope scope, hr_output x, hr_axes axes, const hr_moments_options *options) {
  hr_moments_options o = options ? *options : (hr_moments_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "moments");
  if (!hr_scope_ok(s)) return (hr_moments_outputs){HR_NO_OUTPUT, HR_NO_OUTPUT};
  bool low = hr_output_base_dtype(x) == HR_HALF;
  hr_output y = low ? hr_tf_cast(s, x, HR_FLOAT) : x;
  hr_output mean = hr_reduce_mean(s, y, .axis = axes, .keepdims = true, .name = "mean");
  hr_output distance = hr_squared_difference(s, y, hr_stop_gradient(s, mean));
  hr_output variance = hr_reduce_mean(s, distance, .axis = axes, .keepdims = true, .name = "variance");
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

hr_output hr_l2_normalize_with(hr_scope scope, hr_output x, hr_axes axes, const hr_l2_normalize_options *options) {
  double epsilon = options ? options->epsilon : 1e-12;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "l2_normalize");
  hr_output sum = hr_reduce_sum(s, hr_square(s, x), .axis = axes, .keepdims = true);
  hr_output inverse = hr_rsqrt(s, hr_binary(s, "Maximum", sum, epsilon));
  return hr_mul(s, x, inverse, .name = hr_scope_name(s));
}

hr_top_k_v2_outputs hr_tf_top_k_with(hr_scope scope, hr_output x, hr_operand k, const hr_tf_top_k_options *options) {
  hr_tf_top_k_options o = options ? *options : (hr_tf_top_k_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "TopKV2");
  hr_output count = hr_convert(s, k, HR_INT32, "k");
  return hr_top_k_v2(s, x, count, .sorted = !o.unsorted, .name = hr_scope_name(s));
}
