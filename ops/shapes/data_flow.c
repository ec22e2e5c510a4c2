/* Shapes of DynamicPartition and DynamicStitch. */
#include "ops/shapes/shapes.h"

hr_status hr_shape_fn_dynamic_partition(hr_shape_context *c) {
  hr_partial_shape data = *hr_shape_input(c, 0), partitions = *hr_shape_input(c, 1);
  if (!hr_rank_known(&partitions)) return HR_SUCCESS; /* outputs are unknown from the start */
  HR_TRY(hr_shape_merge_prefix(&data, &partitions));
  hr_partial_shape row, result = hr_vector_shape(HR_UNKNOWN_DIM);
  HR_TRY(hr_shape_part(&data, partitions.rank, HR_SHAPE_END, &row));
  HR_TRY(hr_shape_concat(&result, &row, &result));
  for (int i = 0; i < c->node->num_outputs; ++i)
    HR_TRY(hr_shape_set(c, i, &result));
  return HR_SUCCESS;
}

/* Raises `*rows` to hold every index of a constant input; `*known` false where it is none. */
static hr_status count_rows(const hr_shape_context *c, int input, bool *known, int64_t *rows) {
  hr_tensor indices;
  HR_TRY(hr_shape_input_value(c, input, known, &indices));
  if (!*known) return HR_SUCCESS;
  for (int64_t i = 0; i < indices.elements; ++i) {
    int64_t index = hr_tensor_int(&indices, i);
    if (index >= *rows) *rows = index + 1;
  }
  hr_tensor_clear(&indices);
  return HR_SUCCESS;
}

/* The first half of the inputs are indices, the second data that begin with their shapes. */
hr_status hr_shape_fn_dynamic_stitch(hr_shape_context *c) {
  int count = c->node->num_inputs / 2;
  hr_partial_shape row = HR_SHAPE_UNKNOWN;
  int64_t rows = 0;
  bool all_known = true;
  for (int i = 0; i < count; ++i) {
    hr_partial_shape indices = *hr_shape_input(c, i), data = *hr_shape_input(c, i + count), rest;
    bool known;
    HR_TRY(count_rows(c, i, &known, &rows));
    all_known &= known;
    if (!hr_rank_known(&indices)) continue;
    HR_TRY(hr_shape_merge_prefix(&data, &indices));
    HR_TRY(hr_shape_part(&data, indices.rank, HR_SHAPE_END, &rest));
    HR_TRY(hr_partial_shape_merge(&row, &rest, &row));
  }
  hr_partial_shape result = hr_vector_shape(all_known ? rows : HR_UNKNOWN_DIM);
  HR_TRY(hr_shape_concat(&result, &row, &result));
  return hr_shape_set(c, 0, &result);
}
