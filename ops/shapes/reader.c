/* Shapes of readers. */
#include "ops/shapes/shapes.h"

/* The handle of the first version: a vector of two strings. */
hr_status hr_shape_fn_reader_handle(hr_shape_context *c) {
  static const hr_partial_shape two = {.rank = 1, .dims = {2}};
  hr_shape_share(c, 0, &two);
  return HR_SUCCESS;
}

static hr_status check_handle(hr_shape_context *c, int input) {
  hr_partial_shape handle;
  int64_t two;
  HR_TRY(hr_input_of_rank(c, input, 1, &handle));
  return hr_dim_merge(hr_dim_at(&handle, 0), 2, &two);
}

/* Such handles in, scalars out. */
hr_status hr_shape_fn_reader_v1_scalars(hr_shape_context *c) {
  for (int i = 0; i < c->node->num_inputs; ++i)
    HR_TRY(check_handle(c, i));
  for (int i = 0; i < c->node->num_outputs; ++i)
    hr_shape_set_scalar(c, i);
  return HR_SUCCESS;
}

hr_status hr_shape_fn_reader_v1_restore_state(hr_shape_context *c) {
  HR_TRY(check_handle(c, 0));
  return hr_check_scalar(c, 1);
}

/* Vectors of keys and values; handles of both versions. */
hr_status hr_shape_fn_reader_read_up_to(hr_shape_context *c) {
  bool is_reference = hr_dtype_is_ref(hr_output_dtype(c->node->inputs[0]));
  for (int i = 0; i < 2; ++i)
    HR_TRY(is_reference ? check_handle(c, i) : hr_check_scalar(c, i));
  HR_TRY(hr_check_scalar(c, 2));
  hr_set_unknown_vector(c, 0);
  hr_set_unknown_vector(c, 1);
  return HR_SUCCESS;
}
