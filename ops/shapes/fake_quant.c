/* Shapes of numbers that are rounded as if they were quantized. */
#include "ops/shapes/shapes.h"

/* Inputs first, first + 1: scalars. */
static hr_status check_limits(const hr_shape_context *c, int first) {
  HR_TRY(hr_check_scalar(c, first));
  return hr_check_scalar(c, first + 1);
}

hr_status hr_shape_fn_fake_quant(hr_shape_context *c) {
  HR_TRY(check_limits(c, 1));
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_fake_quant_grad(hr_shape_context *c) {
  static const hr_partial_shape scalar = {0};
  hr_partial_shape both;
  HR_TRY(hr_merge_inputs(c, 0, 1, &both));
  HR_TRY(check_limits(c, 2));
  HR_TRY(hr_shape_set(c, 0, &both));
  hr_shape_share(c, 1, &scalar);
  hr_shape_share(c, 2, &scalar);
  return HR_SUCCESS;
}

/* Merges the last dimension of `x` with the vectors first, first + 1. */
static hr_status merge_channels(const hr_shape_context *c, int first, hr_partial_shape *x, int64_t *channels) {
  *channels = hr_dim_at(x, -1);
  for (int i = first; i < first + 2; ++i) {
    hr_partial_shape limit;
    HR_TRY(hr_input_of_rank(c, i, 1, &limit));
    HR_TRY(hr_dim_merge(*channels, hr_dim_at(&limit, 0), channels));
  }
  hr_shape_replace(x, -1, *channels);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_fake_quant_per_channel(hr_shape_context *c) {
  hr_partial_shape x;
  int64_t channels;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &x));
  HR_TRY(merge_channels(c, 1, &x, &channels));
  hr_share_input(c, 0, 0); /* the reference does not say what the limits know of it */
  return HR_SUCCESS;
}

hr_status hr_shape_fn_fake_quant_per_channel_grad(hr_shape_context *c) {
  hr_partial_shape x;
  int64_t channels;
  HR_TRY(hr_merge_inputs(c, 0, 1, &x));
  if (hr_rank_known(&x) && x.rank < 1) HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &x));
  HR_TRY(merge_channels(c, 2, &x, &channels));
  HR_TRY(hr_shape_set(c, 0, &x));
  hr_partial_shape limits = hr_vector_shape(channels);
  HR_TRY(hr_shape_set(c, 1, &limits));
  return hr_shape_set(c, 2, &limits);
}
