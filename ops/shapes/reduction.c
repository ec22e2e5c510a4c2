/* Shapes of ops that fold dimensions: reductions, arg max, segments, histograms. */
#include "ops/shapes/shapes.h"

static hr_status reduced_shape(const hr_partial_shape *s, const hr_tensor *axes, bool keep_dims,
                               hr_partial_shape *out) {
  uint32_t reduced = 0;
  for (int64_t i = 0; i < axes->elements; ++i) {
    int64_t axis = hr_tensor_int(axes, i);
    if (axis < -s->rank || axis >= s->rank)
      return hr_error(HR_INVALID_ARGUMENT, "Invalid reduction dimension %" PRId64 " for input with %d dimensions", axis,
                      s->rank);
    reduced |= 1u << (axis < 0 ? axis + s->rank : axis);
  }
  out->rank = 0;
  for (int i = 0; i < s->rank; ++i) {
    bool gone = reduced >> i & 1;
    if (!gone || keep_dims) out->dims[out->rank++] = gone ? 1 : s->dims[i];
  }
  return HR_SUCCESS;
}

/* Sum and its family: the dimensions of input 1 go, or shrink to 1. */
hr_status hr_shape_fn_reduce(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  HR_TRY(hr_shape_with_rank_at_most(hr_shape_input(c, 1), 1));
  bool keep_dims = hr_bool_attr(c, "keep_dims"), known = false;
  if (!hr_rank_known(s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  hr_tensor axes;
  HR_TRY(hr_shape_input_value(c, 1, &known, &axes));
  hr_partial_shape result;
  if (known) {
    hr_status status = reduced_shape(s, &axes, keep_dims, &result);
    hr_tensor_clear(&axes);
    HR_TRY(status);
  } else if (keep_dims) {
    HR_TRY(hr_shape_of_rank(s->rank, &result));
  } else {
    result.rank = HR_UNKNOWN_RANK;
  }
  return hr_shape_set(c, 0, &result);
}

/* Sizes of a constant vector as a shape. Unknown for sizes that no tensor has. */
static hr_partial_shape known_sizes(const hr_tensor *sizes) {
  hr_partial_shape shape = {.rank = HR_UNKNOWN_RANK};
  if (sizes->rank != 1 || sizes->elements > HR_MAX_RANK) return shape;
  shape.rank = (int)sizes->elements;
  for (int i = 0; i < shape.rank; ++i) {
    shape.dims[i] = hr_tensor_int(sizes, i);
    if (shape.dims[i] < 0) shape.dims[i] = HR_UNKNOWN_DIM;
  }
  return shape;
}

/* The same of sparse tensors, whose shape is input 2, where all is constant. */
hr_status hr_shape_fn_sparse_reduce(hr_shape_context *c) {
  hr_tensor sizes, axes;
  bool known = false;
  hr_shape_set_unknown(c, 0);
  HR_TRY(hr_shape_input_value(c, 2, &known, &sizes));
  if (!known) return HR_SUCCESS;
  hr_partial_shape shape = known_sizes(&sizes), result;
  hr_tensor_clear(&sizes);
  HR_TRY(hr_shape_input_value(c, 3, &known, &axes));
  if (!known) return HR_SUCCESS;
  hr_status status = HR_SUCCESS;
  if (hr_rank_known(&shape)) {
    status = reduced_shape(&shape, &axes, hr_bool_attr(c, "keep_dims"), &result);
    if (!status) status = hr_shape_set(c, 0, &result);
  }
  hr_tensor_clear(&axes);
  return status;
}

/* ArgMax, ArgMin: the dimension of input 1 goes. */
hr_status hr_shape_fn_arg_reduce(hr_shape_context *c) {
  const hr_partial_shape *s = hr_shape_input(c, 0);
  HR_TRY(hr_check_scalar(c, 1));
  if (!hr_rank_known(s)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  if (s->rank <= 1) {
    hr_shape_set_scalar(c, 0);
    return HR_SUCCESS;
  }
  hr_partial_shape result;
  int64_t axis;
  bool known;
  HR_TRY(hr_input_scalar(c, 1, &known, &axis));
  if (!known) {
    HR_TRY(hr_shape_of_rank(s->rank - 1, &result));
    return hr_shape_set(c, 0, &result);
  }
  if (axis < -s->rank || axis >= s->rank)
    return hr_error(HR_INVALID_ARGUMENT, "Dimension (%" PRId64 ") must be in the range [%d, %d)", axis, -s->rank,
                    s->rank);
  if (axis < 0) axis += s->rank;
  result.rank = 0;
  for (int i = 0; i < s->rank; ++i)
    if (i != axis) result.dims[result.rank++] = s->dims[i];
  return hr_shape_set(c, 0, &result);
}

/* `rows` of the rows of data. */
static hr_status set_rows(hr_shape_context *c, int64_t rows, const hr_partial_shape *data) {
  hr_partial_shape row, result = hr_vector_shape(rows);
  HR_TRY(hr_shape_part(data, 1, HR_SHAPE_END, &row));
  HR_TRY(hr_shape_concat(&result, &row, &result));
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_segment_reduce(hr_shape_context *c) {
  hr_partial_shape data, ids;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, &data));
  HR_TRY(hr_input_of_rank(c, 1, 1, &ids));
  return set_rows(c, HR_UNKNOWN_DIM, &data);
}

/* The ids' shape begins that of the data; num_segments takes its place. */
hr_status hr_shape_fn_unsorted_segment_reduce(hr_shape_context *c) {
  hr_partial_shape data = *hr_shape_input(c, 0), ids = *hr_shape_input(c, 1), rest;
  HR_TRY(hr_check_scalar(c, 2));
  if (!hr_rank_known(&ids)) {
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  HR_TRY(hr_shape_merge_prefix(&data, &ids));
  int64_t segments;
  HR_TRY(hr_input_dim(c, 2, &segments));
  HR_TRY(hr_shape_part(&data, ids.rank, HR_SHAPE_END, &rest));
  hr_partial_shape result = hr_vector_shape(segments);
  HR_TRY(hr_shape_concat(&result, &rest, &result));
  return hr_shape_set(c, 0, &result);
}

/* Inputs 0 to 2 of the sparse segment ops: data, and two vectors of one length. */
static hr_status check_sparse_segments(const hr_shape_context *c, hr_partial_shape *data) {
  hr_partial_shape indices, ids;
  HR_TRY(hr_input_of_rank_at_least(c, 0, 1, data));
  HR_TRY(hr_input_of_rank(c, 1, 1, &indices));
  HR_TRY(hr_input_of_rank(c, 2, 1, &ids));
  return hr_partial_shape_merge(&indices, &ids, &ids);
}

hr_status hr_shape_fn_sparse_segment_reduce(hr_shape_context *c) {
  hr_partial_shape data;
  HR_TRY(check_sparse_segments(c, &data));
  return set_rows(c, HR_UNKNOWN_DIM, &data);
}

/* Input 3 is the number of rows of the output: with a number of segments, and for gradients. */
hr_status hr_shape_fn_sparse_segment_reduce_n(hr_shape_context *c) {
  hr_partial_shape data;
  int64_t rows;
  HR_TRY(check_sparse_segments(c, &data));
  HR_TRY(hr_input_dim(c, 3, &rows));
  return set_rows(c, rows, &data);
}

/* A vector as long as a scalar input says. */
static hr_status set_vector_of(hr_shape_context *c, int input) {
  int64_t size;
  HR_TRY(hr_input_dim(c, input, &size));
  hr_partial_shape result = hr_vector_shape(size);
  return hr_shape_set(c, 0, &result);
}

hr_status hr_shape_fn_bincount(hr_shape_context *c) { return set_vector_of(c, 1); }

hr_status hr_shape_fn_histogram_fixed_width(hr_shape_context *c) {
  hr_partial_shape range;
  int64_t two;
  HR_TRY(hr_input_of_rank(c, 1, 1, &range));
  HR_TRY(hr_dim_merge(hr_dim_at(&range, 0), 2, &two));
  return set_vector_of(c, 2);
}
