/* SparseSlice and its gradient. */
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/sparse_parts.h"

#include <inttypes.h>
#include <string.h>

static const int64_t *ints(const hr_tensor *t) { return hr_tensor_data(t); }

/* ---- the slice ------------------------------------------------------------------------------------------------- */

static hr_status check_inputs(hr_kernel_context *ctx) {
  const hr_tensor *indices = hr_input(ctx, 0), *values = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(indices, 2, "Input indices"));
  HR_TRY(hr_rank_check(values, 1, "Input values"));
  static const char *const names[] = {"shape", "start", "size"};
  for (int i = 0; i < 3; ++i) {
    const hr_tensor *t = hr_input(ctx, 2 + i);
    if (t->rank != 1 || t->elements != indices->dims[1])
      return hr_error(HR_INVALID_ARGUMENT, "Expected %s to be a vector of length %" PRId64 " but got shape %s",
                      names[i], indices->dims[1], HR_TENSOR_SHAPE_TEXT(t));
  }
  if (values->elements != indices->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "Input indices and values have %" PRId64 " and %" PRId64 " elements",
                    indices->dims[0], values->elements);
  return HR_SUCCESS;
}

/* Whether an element is in the slice. */
static bool is_inside(const int64_t *index, int64_t rank, const int64_t *start, const int64_t *size) {
  for (int64_t d = 0; d < rank; ++d)
    if (index[d] < start[d] || index[d] - start[d] >= size[d]) return false;
  return true;
}

static hr_status slice(hr_kernel_context *ctx) {
  HR_TRY(check_inputs(ctx));
  const hr_tensor *indices = hr_input(ctx, 0), *values = hr_input(ctx, 1);
  const int64_t *shape = ints(hr_input(ctx, 2)), *start = ints(hr_input(ctx, 3)), *size = ints(hr_input(ctx, 4));
  int64_t rank = indices->dims[1], count = 0;
  for (int64_t d = 0; d < rank; ++d)
    if (start[d] < 0 || size[d] < 0 || shape[d] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Starts and sizes of a slice must not be negative");
  for (int64_t i = 0; i < indices->dims[0]; ++i)
    count += is_inside(ints(indices) + i * rank, rank, start, size);
  hr_tensor *out_indices, *out_values, *out_shape;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){2, {count, rank}}, &out_indices));
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){1, {count}}, &out_values));
  HR_TRY(hr_output_new(ctx, 2, &(hr_shape){1, {rank}}, &out_shape));
  for (int64_t d = 0; d < rank; ++d) {
    int64_t rest = shape[d] - start[d];
    ((int64_t *)hr_tensor_data(out_shape))[d] = size[d] < rest ? size[d] : rest;
  }
  hr_dtype dtype = hr_tensor_dtype(values);
  size_t bytes = hr_dtype_size(dtype);
  int64_t *to = hr_tensor_data(out_indices), at = 0;
  for (int64_t i = 0; i < indices->dims[0]; ++i) {
    const int64_t *index = ints(indices) + i * rank;
    if (!is_inside(index, rank, start, size)) continue;
    for (int64_t d = 0; d < rank; ++d)
      *to++ = index[d] - start[d];
    HR_TRY(hr_copy_elements(dtype, (char *)hr_tensor_data(out_values) + (size_t)at++ * bytes,
                            (const char *)hr_tensor_data(values) + (size_t)i * bytes, 1));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SparseSlice", .types = {{"T", HR_SPARSE_TYPES}}, .compute = slice);

/* ---- the gradient ---------------------------------------------------------------------------------------------- */

/* Whether element i of the input is element k of the slice. */
static bool is_same(const int64_t *in, const int64_t *out, int64_t rank, const int64_t *start) {
  for (int64_t d = 0; d < rank; ++d)
    if (in[d] != out[d] + start[d]) return false;
  return true;
}

static hr_status slice_gradient(hr_kernel_context *ctx) {
  const hr_tensor *dy = hr_input(ctx, 0), *in = hr_input(ctx, 1), *start = hr_input(ctx, 2), *out = hr_input(ctx, 3);
  HR_TRY(hr_rank_check(dy, 1, "Input backprop_val_grad"));
  HR_TRY(hr_rank_check(in, 2, "Input input_indices"));
  HR_TRY(hr_rank_check(out, 2, "Input output_indices"));
  int64_t rank = in->dims[1];
  if (out->dims[1] != rank || start->rank != 1 || start->elements != rank || dy->elements != out->dims[0])
    return hr_error(
        HR_INVALID_ARGUMENT, "Gradient %s, indices %s and %s, and start %s of a slice do not belong together",
        HR_TENSOR_SHAPE_TEXT(dy), HR_TENSOR_SHAPE_TEXT(in), HR_TENSOR_SHAPE_TEXT(out), HR_TENSOR_SHAPE_TEXT(start));
  hr_tensor *dx;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {in->dims[0]}}, &dx));
  size_t bytes = hr_dtype_size(hr_tensor_dtype(dy));
  char *to = hr_tensor_data(dx);
  const char *from = hr_tensor_data(dy);
  int64_t k = 0;
  for (int64_t i = 0; i < in->dims[0]; ++i, to += bytes) {
    if (k < out->dims[0] && is_same(ints(in) + i * rank, ints(out) + k * rank, rank, ints(start)))
      memcpy(to, from + (size_t)k++ * bytes, bytes);
    else
      memset(to, 0, bytes);
  }
  if (k == out->dims[0]) return HR_SUCCESS;
  return hr_error(HR_INTERNAL,
                  "Elements of the gradient aren't all propagated. Num elements:%" PRId64 ", used: %" PRId64,
                  out->dims[0], k);
}
HR_KERNEL(.op = "SparseSliceGrad", .types = {{"T", HR_ANY_TYPES & ~(HR_TYPE_BIT(HR_STRING) | HR_TYPE_BIT(HR_BOOL))}},
          .compute = slice_gradient);
