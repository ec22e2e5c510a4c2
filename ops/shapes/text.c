/* Shapes of operations on text: expressions, n-grams, characters. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_regex_full_match(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 1));
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_regex_replace(hr_shape_context *c) {
  HR_TRY(hr_check_scalar(c, 1));
  HR_TRY(hr_check_scalar(c, 2));
  hr_share_input(c, 0, 0);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_string_ngrams(hr_shape_context *c) {
  hr_partial_shape data, splits;
  HR_TRY(hr_input_of_rank(c, 0, 1, &data));
  HR_TRY(hr_input_of_rank(c, 1, 1, &splits));
  hr_set_unknown_vector(c, 0);
  return hr_shape_set(c, 1, &splits);
}

hr_status hr_shape_fn_unicode_decode(hr_shape_context *c) {
  int64_t count, splits = HR_UNKNOWN_DIM;
  const hr_partial_shape *in = hr_shape_input(c, 0);
  HR_TRY(hr_shape_count(in, &count));
  if (count != HR_UNKNOWN_DIM) HR_TRY(hr_dim_add(count, 1, &splits));
  hr_partial_shape row_splits = hr_vector_shape(splits);
  HR_TRY(hr_shape_set(c, 0, &row_splits));
  for (int i = 1; i < (int)c->node->num_outputs; ++i)
    hr_set_unknown_vector(c, i);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_unicode_encode(hr_shape_context *c) {
  hr_partial_shape values, splits;
  int64_t count;
  HR_TRY(hr_input_of_rank(c, 0, 1, &values));
  HR_TRY(hr_input_of_rank(c, 1, 1, &splits));
  HR_TRY(hr_dim_subtract(hr_dim_at(&splits, 0), 1, &count));
  hr_partial_shape strings = hr_vector_shape(count);
  return hr_shape_set(c, 0, &strings);
}
