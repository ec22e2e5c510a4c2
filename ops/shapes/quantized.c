/* Shapes of steps of a range, and of the numbers they stand for. */
#include "ops/shapes/shapes.h"

/* The inputs from `first` on are scalars, and the outputs from `first_output` on. */
static hr_status set_scalars(hr_shape_context *c, int first, int first_output) {
  static const hr_partial_shape scalar = {0};
  for (int i = first; i < c->node->num_inputs; ++i)
    HR_TRY(hr_check_scalar(c, i));
  for (int i = first_output; i < c->node->num_outputs; ++i)
    hr_shape_share(c, i, &scalar);
  return HR_SUCCESS;
}

/* Like the first input, beside limits of ranges. */
hr_status hr_shape_fn_quantize(hr_shape_context *c) {
  hr_share_input(c, 0, 0);
  return set_scalars(c, 1, 1);
}

hr_status hr_shape_fn_requantization_range(hr_shape_context *c) { return set_scalars(c, 1, 0); }

/* Another op's shape function, beside the limits of the ranges of two inputs, or of one. */
static hr_status set_result(hr_shape_context *c, hr_status (*set)(hr_shape_context *c), int first_limit) {
  HR_TRY(set(c));
  return set_scalars(c, first_limit, 1);
}

hr_status hr_shape_fn_quantized_matmul(hr_shape_context *c) { return set_result(c, hr_shape_fn_matmul, 2); }
hr_status hr_shape_fn_quantized_bias_add(hr_shape_context *c) { return set_result(c, hr_shape_fn_bias_add_v1, 2); }
hr_status hr_shape_fn_quantized_reshape(hr_shape_context *c) { return set_result(c, hr_shape_fn_reshape, 2); }
hr_status hr_shape_fn_quantized_conv_2d(hr_shape_context *c) { return set_result(c, hr_shape_fn_conv_2d, 2); }

/* ---- with what follows ------------------------------------------------------------------------------------------- */

static bool has(const char *name, const char *part) { return strstr(name, part) != NULL; }

/* Inputs by their names, from `first` on: a bias is a vector, limits of a filter are scalars or vectors of one for each
 * channel where `by_channel`, a summand is anything, all other limits are scalars. */
static hr_status check_named(const hr_shape_context *c, int first, bool by_channel) {
  for (int i = first; i < c->node->num_inputs; ++i) {
    const char *name = c->node->op->inputs[i].name;
    hr_partial_shape unused;
    if (has(name, "summand")) continue;
    if (strcmp(name, "bias") == 0)
      HR_TRY(hr_input_of_rank(c, i, 1, &unused));
    else if (by_channel && has(name, "filter"))
      HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, i), 1));
    else
      HR_TRY(hr_check_scalar(c, i));
  }
  return HR_SUCCESS;
}

/* The range of the result is that which was asked for, or one for each range of the filter. */
hr_status hr_shape_fn_quantized_fused_conv_2d(hr_shape_context *c) {
  const char *name = c->node->op->name;
  bool is_asked_for = has(name, "Requantize");
  HR_TRY(hr_shape_fn_conv_2d(c));
  HR_TRY(check_named(c, 2, strcmp(name, "QuantizedConv2DAndRequantize") != 0));
  int limit = 2;
  while (strcmp(c->node->op->inputs[limit].name, "max_filter") != 0)
    ++limit;
  if (is_asked_for) return set_scalars(c, c->node->num_inputs, 1);
  hr_share_input(c, 1, limit);
  hr_share_input(c, 2, limit);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_quantized_fused_matmul(hr_shape_context *c) {
  HR_TRY(hr_shape_fn_matmul(c));
  HR_TRY(check_named(c, 2, false));
  return set_scalars(c, c->node->num_inputs, 1);
}

/* Limits for each channel, then scalars. */
static hr_status set_of_channels(hr_shape_context *c, int first_output) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 1, 1, &unused));
  HR_TRY(hr_input_of_rank(c, 2, 1, &unused));
  return set_scalars(c, 3, first_output);
}
hr_status hr_shape_fn_requantization_range_of_channels(hr_shape_context *c) { return set_of_channels(c, 0); }
hr_status hr_shape_fn_requantize_channels(hr_shape_context *c) {
  hr_share_input(c, 0, 0);
  return set_of_channels(c, 1);
}

/* ---- pooling and others ------------------------------------------------------------------------------------------ */

hr_status hr_shape_fn_quantized_max_pool(hr_shape_context *c) { return set_result(c, hr_shape_fn_max_pool, 1); }
hr_status hr_shape_fn_quantized_avg_pool(hr_shape_context *c) { return set_result(c, hr_shape_fn_avg_pool, 1); }
hr_status hr_shape_fn_quantized_concat(hr_shape_context *c) {
  int count = (c->node->num_inputs - 1) / 3;
  HR_TRY(hr_set_concat(c, 1, count, 0));
  return set_scalars(c, 1 + count, 1);
}
hr_status hr_shape_fn_quantized_add(hr_shape_context *c) { return set_result(c, hr_shape_fn_broadcast, 2); }
/* TensorFlow does not look at these limits ... */
hr_status hr_shape_fn_quantized_mul(hr_shape_context *c) {
  return set_result(c, hr_shape_fn_broadcast, c->node->num_inputs);
}
hr_status hr_shape_fn_quantized_resize(hr_shape_context *c) { return set_result(c, hr_shape_fn_resize_images, 2); }

hr_status hr_shape_fn_quantized_instance_norm(hr_shape_context *c) {
  hr_partial_shape unused;
  HR_TRY(hr_input_of_rank(c, 0, 4, &unused));
  return hr_shape_fn_quantize(c);
}

/* ... nor at these. */
hr_status hr_shape_fn_quantized_batch_norm(hr_shape_context *c) {
  enum { VECTORS = 4 }; /* each between its range and the one before */
  hr_partial_shape images;
  HR_TRY(hr_input_of_rank(c, 0, 4, &images));
  int64_t depth = hr_dim_at(&images, 3);
  for (int i = 1; i <= VECTORS; ++i) {
    hr_partial_shape vector;
    HR_TRY(hr_input_of_rank(c, 3 * i, 1, &vector));
    HR_TRY(hr_dim_merge(depth, hr_dim_at(&vector, 0), &depth));
  }
  hr_shape_replace(&images, 3, depth);
  HR_TRY(hr_shape_set(c, 0, &images));
  return set_scalars(c, c->node->num_inputs, 1);
}
