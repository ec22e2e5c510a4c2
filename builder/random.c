/* Random tensors. The seeds of a random op follow from the graph's seed, the op's, and how many ops were made before.
 */
#include "builder/builder.h"
#include "builder/variable.h"
#include "headrace/checks.h"
#include <float.h>

hr_output hr_tf_random_uniform_with(hr_scope scope, hr_dims dims, const hr_tf_random_uniform_options *options) {
  hr_tf_random_uniform_options o = options ? *options : (hr_tf_random_uniform_options){HR_RANDOM_UNIFORM_DEFAULTS};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_FLOAT;
  bool integer = hr_dtype_is_integer(dtype);
  if (!hr_operand_is_given(o.maxval)) {
    if (integer) return hr_refuse(scope, "Must specify maxval for integer dtype %s", hr_dtype_name(dtype));
    o.maxval = hr_operand_int(1);
  }
  hr_scope s = hr_name_scope_or(scope, o.name, "random_uniform");
  hr_output shape = hr_dims_vector(s, dims, "shape");
  hr_output low = hr_convert(s, o.minval, dtype, "min");
  hr_output high = hr_convert(s, o.maxval, dtype, "max");
  int64_t seed, seed2;
  hr_scope_seeds(s, o.seed, &seed, &seed2);
  if (integer)
    return hr_random_uniform_int(s, shape, low, high, .seed = seed, .seed2 = seed2, .name = hr_scope_name(s));
  hr_output unit = hr_random_uniform(s, shape, dtype, .seed = seed, .seed2 = seed2);
  hr_output span = hr_minus(s, high, low);
  hr_output scaled = hr_times(s, unit, span);
  return hr_add(s, scaled, low, .name = hr_scope_name(s));
}

static hr_output number_or_tensor(hr_scope s, double number, hr_operand tensor, hr_dtype dtype, const char *name) {
  return hr_convert(s, hr_operand_is_given(tensor) ? tensor : hr_operand_float(number), dtype, name);
}

/* A normal distribution of op `raw`, scaled and shifted. */
static hr_output normal(hr_scope scope, hr_dims dims, bool truncated, const hr_random_normal_options *options) {
  hr_random_normal_options o = options ? *options : (hr_random_normal_options){HR_RANDOM_NORMAL_DEFAULTS};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_FLOAT;
  hr_scope s = hr_name_scope_or(scope, o.name, truncated ? "truncated_normal" : "random_normal");
  hr_output shape = hr_dims_vector(s, dims, "shape");
  hr_output mean = number_or_tensor(s, o.mean, o.mean_tensor, dtype, "mean");
  hr_output stddev = number_or_tensor(s, o.stddev, o.stddev_tensor, dtype, "stddev");
  int64_t seed, seed2;
  hr_scope_seeds(s, o.seed, &seed, &seed2);
  hr_output unit = truncated ? hr_truncated_normal(s, shape, dtype, .seed = seed, .seed2 = seed2)
                             : hr_random_standard_normal(s, shape, dtype, .seed = seed, .seed2 = seed2);
  hr_output scaled = hr_times(s, unit, stddev);
  return hr_add(s, scaled, mean, .name = hr_scope_name(s));
}

hr_output hr_random_normal_with(hr_scope scope, hr_dims dims, const hr_random_normal_options *options) {
  return normal(scope, dims, false, options);
}
hr_output hr_tf_truncated_normal_with(hr_scope scope, hr_dims dims, const hr_random_normal_options *options) {
  return normal(scope, dims, true, options);
}

hr_output hr_tf_random_shuffle_with(hr_scope scope, hr_operand value, const hr_seed_options *options) {
  int64_t seed, seed2;
  hr_scope_seeds(scope, options ? options->seed : HR_NO_SEED, &seed, &seed2);
  return hr_call_one(scope, "RandomShuffle", options ? options->name : NULL, HR_OPERANDS(value),
                     HR_ATTRS({"seed", HR_ATTR_INT_VALUE(seed)}, {"seed2", HR_ATTR_INT_VALUE(seed2)}));
}

hr_output hr_random_crop_with(hr_scope scope, hr_operand value, hr_operand size, const hr_seed_options *options) {
  hr_seed_options o = options ? *options : (hr_seed_options){.seed = HR_NO_SEED};
  hr_scope s = hr_name_scope_or(scope, o.name, "random_crop");
  hr_output x = hr_convert(s, value, HR_INVALID, "value"), sizes = hr_convert(s, size, HR_INT32, "size");
  hr_output shape = hr_tf_shape(s, x);
  hr_output fits = hr_reduce_all(s, hr_greater_equal(s, shape, sizes));
  hr_node *check =
      hr_tf_assert(s, fits, HR_OPERANDS("Need value.shape >= size, got ", shape, sizes), .summarize = 1000);
  if (!check) return HR_NO_OUTPUT;
  shape = hr_with_dependency(s, check, shape);
  hr_output limit = hr_plus(s, hr_minus(s, shape, sizes), 1);
  hr_output drawn = hr_tf_random_uniform(s, hr_tf_shape(s, shape), .dtype = HR_INT32, .seed = o.seed,
                                         .maxval = hr_operand_int(INT32_MAX));
  hr_output offset = hr_modulo(s, drawn, limit);
  return hr_slice(s, x, offset, sizes, .name = hr_scope_name(s));
}

hr_output hr_categorical_with(hr_scope scope, hr_operand logits, hr_operand num_samples,
                              const hr_categorical_options *options) {
  hr_categorical_options o = options ? *options : (hr_categorical_options){.seed = HR_NO_SEED};
  hr_scope s = hr_name_scope_or(scope, o.name, "categorical");
  hr_output x = hr_convert(s, logits, HR_INVALID, "logits");
  int64_t seed, seed2;
  hr_scope_seeds(s, o.seed, &seed, &seed2);
  hr_attr_value type = HR_ATTR_TYPE_VALUE(o.dtype ? o.dtype : HR_INT64);
  return hr_call_one(
      s, "Multinomial", NULL, HR_OPERANDS(x, num_samples),
      HR_ATTRS({"seed", HR_ATTR_INT_VALUE(seed)}, {"seed2", HR_ATTR_INT_VALUE(seed2)}, {"output_dtype", type}));
}

/* The smallest normal number of a floating dtype. */
static double tiny(hr_dtype dtype) {
  return dtype == HR_HALF ? 0x1p-14 : dtype == HR_DOUBLE ? DBL_MIN : (double)FLT_MIN;
}

hr_output hr_tf_random_gamma_with(hr_scope scope, hr_dims dims, hr_operand alpha,
                                  const hr_tf_random_gamma_options *options) {
  hr_tf_random_gamma_options o = options ? *options : (hr_tf_random_gamma_options){.seed = HR_NO_SEED};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_FLOAT;
  hr_scope s = hr_name_scope_or(scope, o.name, "random_gamma");
  hr_output shape = hr_dims_vector(s, dims, "shape");
  hr_output a = hr_convert(s, alpha, dtype, "alpha");
  hr_output b = hr_convert(s, hr_operand_is_given(o.beta) ? o.beta : hr_operand_int(1), dtype, "beta");
  hr_output each = hr_plus(s, a, hr_tf_zeros_like(s, b));
  int64_t seed, seed2;
  hr_scope_seeds(s, o.seed, &seed, &seed2);
  hr_output drawn = hr_random_gamma(s, shape, each, .seed = seed, .seed2 = seed2);
  hr_output scaled = hr_truediv(s, drawn, b);
  hr_scope m = hr_name_scope(s, "Maximum");
  hr_output smallest = hr_convert(m, hr_operand_float(tiny(dtype)), dtype, "x");
  return hr_maximum(s, smallest, scaled, .name = hr_scope_name(m));
}

hr_output hr_tf_random_poisson_with(hr_scope scope, hr_operand rate, hr_dims dims,
                                    const hr_tf_random_poisson_options *options) {
  hr_tf_random_poisson_options o = options ? *options : (hr_tf_random_poisson_options){.seed = HR_NO_SEED};
  hr_scope s = hr_name_scope_or(scope, o.name, "random_poisson");
  hr_output shape = hr_dims_vector(s, dims, "shape");
  int64_t seed, seed2;
  hr_scope_seeds(s, o.seed, &seed, &seed2);
  hr_attr_value type = HR_ATTR_TYPE_VALUE(o.dtype ? o.dtype : HR_FLOAT);
  return hr_call_one(s, "RandomPoissonV2", NULL, HR_OPERANDS(shape, rate),
                     HR_ATTRS({"dtype", type}, {"seed", HR_ATTR_INT_VALUE(seed)}, {"seed2", HR_ATTR_INT_VALUE(seed2)}));
}

/* ---- stateless ------------------------------------------------------------------------------------------------- */

hr_output hr_stateless_uniform_with(hr_scope scope, hr_dims dims, hr_operand seed,
                                    const hr_stateless_uniform_options *options) {
  hr_stateless_uniform_options o = options ? *options : (hr_stateless_uniform_options){.minval = hr_operand_int(0)};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_FLOAT;
  bool integer = hr_dtype_is_integer(dtype);
  if (!hr_operand_is_given(o.maxval)) {
    if (integer) return hr_refuse(scope, "Must specify maxval for integer dtype %s", hr_dtype_name(dtype));
    o.maxval = hr_operand_int(1);
  }
  hr_scope s = hr_name_scope_or(scope, o.name, "stateless_random_uniform");
  hr_output shape = hr_dims_vector(s, dims, "shape");
  hr_output low = hr_convert(s, o.minval, dtype, "min");
  hr_output high = hr_convert(s, o.maxval, dtype, "max");
  if (integer)
    return hr_call_one(s, "StatelessRandomUniformInt", hr_scope_name(s), HR_OPERANDS(shape, seed, low, high),
                       HR_NO_ATTRS);
  hr_output unit = hr_call_one(s, "StatelessRandomUniform", NULL, HR_OPERANDS(shape, seed),
                               HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(dtype)}));
  hr_output span = hr_minus(s, high, low);
  return hr_add(s, hr_times(s, unit, span), low, .name = hr_scope_name(s));
}

static hr_output stateless_normal(hr_scope scope, hr_dims dims, hr_operand seed, bool truncated,
                                  const hr_stateless_normal_options *options) {
  hr_stateless_normal_options o = options ? *options : (hr_stateless_normal_options){0};
  hr_dtype dtype = o.dtype ? hr_dtype_base(o.dtype) : HR_FLOAT;
  hr_scope s = hr_name_scope_or(scope, o.name, truncated ? "stateless_truncated_normal" : "stateless_random_normal");
  hr_output shape = hr_dims_vector(s, dims, "shape");
  hr_output mean = number_or_tensor(s, 0, o.mean, dtype, "mean");
  hr_output stddev = number_or_tensor(s, 1, o.stddev, dtype, "stddev");
  hr_output unit = hr_call_one(s, truncated ? "StatelessTruncatedNormal" : "StatelessRandomNormal", NULL,
                               HR_OPERANDS(shape, seed), HR_ATTRS({"dtype", HR_ATTR_TYPE_VALUE(dtype)}));
  return hr_add(s, hr_times(s, unit, stddev), mean, .name = hr_scope_name(s));
}

hr_output hr_stateless_normal_with(hr_scope scope, hr_dims dims, hr_operand seed,
                                   const hr_stateless_normal_options *options) {
  return stateless_normal(scope, dims, seed, false, options);
}
hr_output hr_tf_stateless_truncated_normal_with(hr_scope scope, hr_dims dims, hr_operand seed,
                                                const hr_stateless_normal_options *options) {
  return stateless_normal(scope, dims, seed, true, options);
}

hr_output hr_stateless_categorical_with(hr_scope scope, hr_operand logits, hr_operand num_samples, hr_operand seed,
                                        const hr_stateless_categorical_options *options) {
  hr_stateless_categorical_options o = options ? *options : (hr_stateless_categorical_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "stateless_categorical");
  hr_output x = hr_convert(s, logits, HR_INVALID, "logits");
  return hr_call_one(s, "StatelessMultinomial", NULL, HR_OPERANDS(x, num_samples, seed),
                     HR_ATTRS({"output_dtype", HR_ATTR_TYPE_VALUE(o.dtype ? o.dtype : HR_INT64)}));
}
