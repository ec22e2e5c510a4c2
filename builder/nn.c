/* Layers without variables. */
#include "headrace/nn.h"
#include "builder/builder.h"
#include <math.h>

hr_output hr_tf_bias_add_with(hr_scope scope, hr_operand x, hr_operand bias, const hr_tf_bias_add_options *options) {
  hr_tf_bias_add_options o = options ? *options : (hr_tf_bias_add_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "BiasAdd");
  hr_output a = hr_convert(s, x, HR_INVALID, "input");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output b = hr_convert(s, bias, hr_output_base_dtype(a), "bias");
  return hr_bias_add(s, a, b, .data_format = o.data_format ? o.data_format : "NHWC", .name = hr_scope_name(s));
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

/* The shape of the noise: what is given, with the sizes of x where it leaves them open. */
static hr_dims noise_shape(hr_scope s, hr_output x, hr_dims given) {
  if (!hr_dims_are_given(given)) return hr_dims_from_output(hr_tf_shape(s, x));
  if (hr_operand_is_given(given.value)) return given;
  const hr_partial_shape *shape = hr_output_shape(x);
  for (int i = 0; i < given.shape.rank; ++i)
    if (given.shape.dims[i] < 0 && shape->rank == given.shape.rank) given.shape.dims[i] = shape->dims[i];
  char text[HR_SHAPE_TEXT];
  if (!hr_partial_shape_is_full(&given.shape))
    hr_refuse(s, "Cannot convert a partially known TensorShape to a Tensor: %s",
              hr_partial_shape_text(&given.shape, text));
  return given;
}

hr_output hr_dropout_with(hr_scope scope, hr_operand input, hr_operand rate, const hr_dropout_options *options) {
  hr_dropout_options o = options ? *options : (hr_dropout_options){HR_DROPOUT_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "dropout");
  hr_output x = hr_convert(s, input, HR_INVALID, "x");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  if (!hr_dtype_is_floating(dtype))
    return hr_refuse(
        s, "x has to be a floating point tensor since it's going to be scaled. Got a <dtype: '%s'> tensor instead.",
        hr_dtype_python_name(dtype));
  if (rate.kind == HR_OPERAND_INT) rate = hr_operand_float((double)rate.i);
  if (rate.kind == HR_OPERAND_FLOAT) {
    if (!(rate.f >= 0 && rate.f < 1))
      return hr_refuse(s, "rate must be a scalar tensor or a float in the range [0, 1), got %g", rate.f);
    if (rate.f == 0) return x;
  }
  const hr_partial_shape shape = *hr_output_shape(x);
  hr_output drop = hr_convert(s, rate, dtype, "rate");
  if (hr_scope_ok(s) && hr_output_rank(drop) > 0)
    return hr_refuse(s, "rate must be a scalar, not of rank %d", hr_output_rank(drop));
  hr_output noise = hr_tf_random_uniform(s, noise_shape(s, x, o.noise_shape), .dtype = dtype, .seed = o.seed);
  hr_output scale = hr_truediv(s, 1, hr_minus(s, 1, drop));
  hr_output kept = hr_greater_equal(s, noise, drop);
  hr_output scaled = hr_times(s, x, scale);
  hr_output result = hr_times(s, scaled, hr_tf_cast(s, kept, dtype));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_know_shape(s, result, &shape);
  return result;
}

/* Whether a tensor is known to be 1. */
static bool is_known_one(hr_scope s, hr_output x) {
  hr_tensor constant;
  bool known = false, one = false;
  hr_status status = hr_constant_value(x, &known, &constant);
  if (status) hr_scope_fail(s, status);
  if (status || !known) return false;
  if (hr_tensor_dtype(&constant) == HR_FLOAT) one = *(const float *)hr_tensor_data(&constant) == 1;
  if (hr_tensor_dtype(&constant) == HR_DOUBLE) one = *(const double *)hr_tensor_data(&constant) == 1;
  hr_tensor_clear(&constant);
  return one;
}

hr_output hr_alpha_dropout_with(hr_scope scope, hr_operand input, hr_operand keep_prob,
                                const hr_dropout_options *options) {
  hr_dropout_options o = options ? *options : (hr_dropout_options){HR_DROPOUT_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "alpha_dropout");
  hr_output x = hr_convert(s, input, HR_INVALID, "x");
  if (keep_prob.kind == HR_OPERAND_INT) keep_prob = hr_operand_float((double)keep_prob.i);
  if (keep_prob.kind == HR_OPERAND_FLOAT && !(keep_prob.f > 0 && keep_prob.f <= 1))
    return hr_refuse(s, "keep_prob must be a scalar tensor or a float in the range (0, 1], got %g", keep_prob.f);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_output keep = hr_convert(s, keep_prob, dtype, "keep_prob");
  if (hr_scope_ok(s) && hr_output_rank(keep) > 0)
    return hr_refuse(s, "keep_prob must be a scalar, not of rank %d", hr_output_rank(keep));
  if (!hr_scope_ok(s) || is_known_one(s, keep)) return x;
  const double alpha = -1.7580993408473766; /* where SELU goes to */
  hr_dims shape = hr_dims_are_given(o.noise_shape) ? o.noise_shape : hr_dims_from_output(hr_tf_shape(s, x));
  hr_output noise = hr_tf_random_uniform(s, shape, .dtype = dtype, .seed = o.seed);
  hr_output kept = hr_tf_cast(s, hr_greater_equal(s, noise, hr_minus(s, 1, keep)), dtype);
  hr_output x_kept = hr_times(s, x, kept);
  hr_output mixed = hr_plus(s, x_kept, hr_times(s, alpha, hr_minus(s, 1, kept)));
  hr_output spread = hr_times(s, keep, hr_minus(s, 1, keep));
  hr_output variance = hr_plus(s, keep, hr_times(s, spread, alpha * alpha));
  hr_output a = hr_power(s, variance, -0.5);
  hr_output moved = hr_times(s, hr_neg(s, a), alpha);
  hr_output b = hr_times(s, moved, hr_minus(s, 1, keep));
  return hr_plus(s, hr_times(s, a, mixed), b);
}

hr_output hr_l2_normalize_with(hr_scope scope, hr_operand input, hr_operand axes,
                               const hr_l2_normalize_options *options) {
  double epsilon = options ? options->epsilon : 1e-12;
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "l2_normalize");
  hr_output x = hr_convert(s, input, HR_INVALID, "x");
  hr_output sum = hr_reduce_sum(s, hr_square(s, x), .axis = axes, .keepdims = true);
  hr_output inverse = hr_rsqrt(s, hr_binary(s, "Maximum", sum, epsilon));
  return hr_mul(s, x, inverse, .name = hr_scope_name(s));
}

hr_top_k_v2_outputs hr_tf_top_k_with(hr_scope scope, hr_operand x, hr_operand k, const hr_tf_top_k_options *options) {
  hr_tf_top_k_options o = options ? *options : (hr_tf_top_k_options){0};
  hr_output values =
      hr_call_one(scope, "TopKV2", o.name, HR_OPERANDS(x, k), HR_ATTRS({"sorted", HR_ATTR_BOOL_VALUE(!o.unsorted)}));
  if (!values.node) return (hr_top_k_v2_outputs){HR_NO_OUTPUT, HR_NO_OUTPUT};
  return (hr_top_k_v2_outputs){values, hr_node_output(values.node, 1)};
}
