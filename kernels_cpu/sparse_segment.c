/* SparseSegmentSum, -Mean, -SqrtN, with and without a number of segments, and the gradients of the last two: segments
 * of rows that an index picks from a tensor. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What becomes of the sum of a segment's rows. */
typedef enum combiner { SUM, MEAN, SQRT_N } combiner;

static double divisor_of(combiner combine, int64_t count) {
  return combine == SQRT_N ? sqrt((double)count) : (double)count;
}

/* Divides a row of n floats or doubles. */
static void divide(hr_dtype dtype, void *row, int64_t n, double divisor) {
  float single = (float)divisor;
  const void *by = dtype == HR_FLOAT ? (const void *)&single : &divisor;
  hr_row_loop(HR_ROW_DIV, dtype)(row, row, by, n, HR_RIGHT_SCALAR);
}

/* Indices and segment ids: vectors of one size. */
static hr_status check_vectors(const hr_tensor *indices, const hr_tensor *ids) {
  HR_TRY(hr_rank_check(indices, 1, "indices"));
  HR_TRY(hr_rank_check(ids, 1, "segment_ids"));
  if (indices->elements != ids->elements)
    return hr_error(HR_INVALID_ARGUMENT, "segment_ids and indices should have same size.");
  return HR_SUCCESS;
}

static hr_status check_index(const hr_tensor *indices, int64_t i, int64_t rows) {
  int64_t index = hr_index_at(indices, i);
  if (index >= 0 && index < rows) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "indices[%" PRId64 "] = %" PRId64 " is out of range [0, %" PRId64 ")", i, index,
                  rows);
}

/* An output of so many rows of the tensor's shape, full of zeros. */
static hr_status new_rows(hr_kernel_context *ctx, const hr_tensor *like, int64_t rows, char **out) {
  hr_shape shape = hr_tensor_shape(like);
  shape.dims[0] = rows;
  HR_TRY(hr_shape_make(shape.rank, shape.dims, &shape));
  hr_tensor *output;
  HR_TRY(hr_output_new(ctx, 0, &shape, &output));
  *out = hr_tensor_data(output);
  if (output->elements) memset(*out, 0, hr_tensor_bytes(output));
  return HR_SUCCESS;
}

static hr_status count_segments(hr_kernel_context *ctx, const hr_tensor *ids, bool counted, int64_t *out) {
  int64_t last = ids->elements > 0 ? hr_index_at(ids, ids->elements - 1) : -1;
  if (!counted) {
    *out = last + 1;
    if (ids->elements > 0 && last < 0) return hr_error(HR_INVALID_ARGUMENT, "segment ids must be >= 0");
    return HR_SUCCESS;
  }
  HR_TRY(hr_scalar_argument(hr_input(ctx, 3), "num_segments", out));
  if (*out < 0) return hr_error(HR_INVALID_ARGUMENT, "num_segments must be >= 0, not %" PRId64, *out);
  if (last >= *out) return hr_error(HR_INVALID_ARGUMENT, "segment ids must be < num_segments");
  return HR_SUCCESS;
}

static hr_status sparse_segment(hr_kernel_context *ctx, combiner combine, bool counted) {
  const hr_tensor *data = hr_input(ctx, 0), *indices = hr_input(ctx, 1), *ids = hr_input(ctx, 2);
  HR_TRY(check_vectors(indices, ids));
  if (data->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "data must be at least a vector");
  int64_t segments;
  HR_TRY(count_segments(ctx, ids, counted, &segments));
  hr_dtype dtype = hr_tensor_dtype(data);
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, dtype);
  int64_t inner = hr_dims_product(data, 1, data->rank);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  const char *x = hr_tensor_data(data);
  char *out;
  HR_TRY(new_rows(ctx, data, segments, &out));
  for (int64_t i = 0, first = 0; i < ids->elements; ++i) {
    int64_t id = hr_index_at(ids, i);
    if (id < 0 || id >= segments)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Segment id %" PRId64 " out of range [0, %" PRId64
                      "), possibly because 'segment_ids' input is not sorted.",
                      id, segments);
    if (i > 0 && id < hr_index_at(ids, i - 1)) return hr_error(HR_INVALID_ARGUMENT, "segment ids are not increasing");
    HR_TRY(check_index(indices, i, data->dims[0]));
    if (i > 0 && id != hr_index_at(ids, i - 1)) first = i;
    char *to = out + (size_t)id * row;
    add(to, to, x + (size_t)hr_index_at(indices, i) * row, inner, HR_BOTH_ROWS);
    bool is_last = i + 1 == ids->elements || hr_index_at(ids, i + 1) != id;
    if (combine != SUM && is_last) divide(dtype, to, inner, divisor_of(combine, i + 1 - first));
  }
  return HR_SUCCESS;
}

#define FLOATS (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE))
#define SEGMENT(name, combine, data_types)                                                                             \
  static hr_status name(hr_kernel_context *ctx) { return sparse_segment(ctx, combine, false); }                        \
  static hr_status name##WithNumSegments(hr_kernel_context *ctx) { return sparse_segment(ctx, combine, true); }        \
  HR_KERNEL(.op = #name, .types = {{"T", data_types}, {"Tidx", HR_INDEX_TYPES}}, .compute = name);                     \
  HR_KERNEL(.op = #name "WithNumSegments", .types = {{"T", data_types}, {"Tidx", HR_INDEX_TYPES}},                     \
            .compute = name##WithNumSegments);
SEGMENT(SparseSegmentSum, SUM, HR_REAL_TYPES)
SEGMENT(SparseSegmentMean, MEAN, FLOATS)
SEGMENT(SparseSegmentSqrtN, SQRT_N, FLOATS)

/* ---- gradients ------------------------------------------------------------------------------------------------- */

/* Every row that went into a segment gets the segment's gradient, divided as the segment was. Ids come in any order. */
static hr_status scatter_gradient(hr_kernel_context *ctx, combiner combine, const int64_t *counts, void *scaled,
                                  int64_t rows) {
  const hr_tensor *grad = hr_input(ctx, 0), *indices = hr_input(ctx, 1), *ids = hr_input(ctx, 2);
  hr_dtype dtype = hr_tensor_dtype(grad);
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, dtype);
  int64_t inner = hr_dims_product(grad, 1, grad->rank);
  size_t row = (size_t)inner * hr_dtype_size(dtype);
  char *out;
  HR_TRY(new_rows(ctx, grad, rows, &out));
  for (int64_t i = 0; i < ids->elements && row > 0; ++i) {
    HR_TRY(check_index(indices, i, rows));
    int64_t id = hr_index_at(ids, i);
    memcpy(scaled, (const char *)hr_tensor_data(grad) + (size_t)id * row, row);
    if (counts[id] > 1) divide(dtype, scaled, inner, divisor_of(combine, counts[id]));
    char *to = out + (size_t)hr_index_at(indices, i) * row;
    add(to, to, scaled, inner, HR_BOTH_ROWS);
  }
  return HR_SUCCESS;
}

static hr_status count_rows(const hr_tensor *ids, int64_t segments, int64_t *counts) {
  memset(counts, 0, sizeof *counts * (size_t)segments);
  for (int64_t i = 0; i < ids->elements; ++i) {
    int64_t id = hr_index_at(ids, i);
    if (id < 0 || id >= segments)
      return hr_error(HR_INVALID_ARGUMENT, "Segment id %" PRId64 " out of range [0, %" PRId64 ")", id, segments);
    ++counts[id];
  }
  return HR_SUCCESS;
}

static hr_status sparse_segment_gradient(hr_kernel_context *ctx, combiner combine) {
  const hr_tensor *grad = hr_input(ctx, 0), *ids = hr_input(ctx, 2);
  int64_t rows;
  HR_TRY(check_vectors(hr_input(ctx, 1), ids));
  HR_TRY(hr_scalar_argument(hr_input(ctx, 3), "output_dim0", &rows));
  if (rows < 0) return hr_error(HR_INVALID_ARGUMENT, "output_dim0 must be >= 0, not %" PRId64, rows);
  if (grad->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "grad must be at least a vector");
  int64_t segments = grad->dims[0], inner = hr_dims_product(grad, 1, grad->rank);
  hr_tensor counts, scaled;
  HR_TRY(hr_temporary_new(ctx, HR_INT64, &(hr_shape){1, {segments + 1}}, &counts));
  hr_status status = hr_temporary_new(ctx, hr_tensor_dtype(grad), &(hr_shape){1, {inner + 1}}, &scaled);
  if (!status) {
    status = count_rows(ids, segments, hr_tensor_data(&counts));
    if (!status) status = scatter_gradient(ctx, combine, hr_tensor_data(&counts), hr_tensor_data(&scaled), rows);
    hr_tensor_clear(&scaled);
  }
  hr_tensor_clear(&counts);
  return status;
}

static hr_status mean_gradient(hr_kernel_context *ctx) { return sparse_segment_gradient(ctx, MEAN); }
static hr_status sqrt_n_gradient(hr_kernel_context *ctx) { return sparse_segment_gradient(ctx, SQRT_N); }
HR_KERNEL(.op = "SparseSegmentMeanGrad", .types = {{"T", FLOATS}, {"Tidx", HR_INDEX_TYPES}}, .compute = mean_gradient);
HR_KERNEL(.op = "SparseSegmentSqrtNGrad", .types = {{"T", FLOATS}, {"Tidx", HR_INDEX_TYPES}},
          .compute = sqrt_n_gradient);
