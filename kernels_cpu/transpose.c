/* Transpose, ConjugateTranspose, InvertPermutation. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

/* Checks that t is a permutation of 0..rank-1 and reads it. */
static hr_status read_permutation(const hr_tensor *t, int rank, int *out) {
  if (t->rank != 1 || t->elements != rank)
    return hr_error(HR_INVALID_ARGUMENT,
                    "transpose expects a vector of size %d. But input(1) is a vector of size %" PRId64, rank,
                    t->elements);
  bool seen[HR_MAX_RANK] = {false};
  for (int i = 0; i < rank; ++i) {
    int64_t axis = hr_index_at(t, i);
    if (axis < 0 || axis >= rank)
      return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " is out of range [0 .. %d)", axis, rank);
    out[i] = (int)axis;
    if (seen[out[i]]) return hr_error(HR_INVALID_ARGUMENT, "%d is missing or repeated in the permutation", out[i]);
    seen[out[i]] = true;
  }
  return HR_SUCCESS;
}

static hr_status transpose(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  int permutation[HR_MAX_RANK];
  HR_TRY(read_permutation(hr_input(ctx, 1), x->rank, permutation));
  int64_t from[HR_MAX_RANK], to[HR_MAX_RANK];
  hr_shape shape = {.rank = x->rank};
  bool moves = false; /* an axis longer than one changes its place among those */
  int last = -1;
  for (int i = 0; i < x->rank; ++i) {
    shape.dims[i] = x->dims[permutation[i]];
    if (shape.dims[i] == 1) continue;
    moves |= permutation[i] < last;
    last = permutation[i];
  }
  if (!moves) {
    hr_output_share(ctx, 0, 0, &shape);
    return HR_SUCCESS;
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_dense_strides(x->rank, x->dims, from);
  hr_dense_strides(shape.rank, shape.dims, to);
  hr_box box = {0};
  for (int i = 0; i < shape.rank; ++i)
    hr_box_add(&box, shape.dims[i], to[i], from[permutation[i]]);
  return hr_box_copy(ctx, hr_tensor_dtype(x), &box, hr_tensor_data(out), hr_tensor_data(x));
}
HR_KERNEL(.op = "Transpose", .types = {{"T", HR_COPIED_TYPES}, {"Tperm", HR_INDEX_TYPES}}, .compute = transpose);
HR_KERNEL(.op = "ConjugateTranspose",
          .types = {{"T", HR_COPIED_TYPES & ~(HR_TYPE_BIT(HR_COMPLEX64) | HR_TYPE_BIT(HR_COMPLEX128))},
                    {"Tperm", HR_INDEX_TYPES}},
          .compute = transpose);

static hr_status conjugate_transpose(hr_kernel_context *ctx) {
  HR_TRY(transpose(ctx));
  hr_tensor plain = *hr_output_slot(ctx, 0), *out; /* may share the input's buffer */
  *hr_output_slot(ctx, 0) = (hr_tensor){0};
  hr_shape shape = hr_tensor_shape(&plain);
  hr_status status = hr_output_new(ctx, 0, &shape, &out);
  if (!status && hr_tensor_dtype(&plain) == HR_COMPLEX64) {
    const hr_complex64 *from = hr_tensor_data(&plain);
    hr_complex64 *to = hr_tensor_data(out);
    for (int64_t i = 0; i < plain.elements; ++i)
      to[i] = (hr_complex64){from[i].re, -from[i].im};
  } else if (!status) {
    const hr_complex128 *from = hr_tensor_data(&plain);
    hr_complex128 *to = hr_tensor_data(out);
    for (int64_t i = 0; i < plain.elements; ++i)
      to[i] = (hr_complex128){from[i].re, -from[i].im};
  }
  hr_tensor_clear(&plain);
  return status;
}
HR_KERNEL(.op = "ConjugateTranspose",
          .types = {{"T", HR_TYPE_BIT(HR_COMPLEX64) | HR_TYPE_BIT(HR_COMPLEX128)}, {"Tperm", HR_INDEX_TYPES}},
          .compute = conjugate_transpose);

static hr_status invert_permutation(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(x, 1, "invert_permutation's input"));
  if (x->elements > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "permutation of nonnegative int32s must have <= int32 max elements");
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  int32_t *to32 = hr_tensor_data(out);
  int64_t *to64 = hr_tensor_data(out);
  bool narrow = x->dtype == HR_INT32;
  for (int64_t i = 0; i < x->elements; ++i) {
    if (narrow)
      to32[i] = -1;
    else
      to64[i] = -1;
  }
  for (int64_t i = 0; i < x->elements; ++i) {
    int64_t d = hr_index_at(x, i);
    if (d < 0 || d >= x->elements)
      return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " is not between 0 and %" PRId64, d, x->elements);
    if (hr_index_at(out, d) != -1) return hr_error(HR_INVALID_ARGUMENT, "%" PRId64 " is duplicated in the input.", d);
    if (narrow)
      to32[d] = (int32_t)i;
    else
      to64[d] = i;
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "InvertPermutation", .types = {{"T", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP,
          .compute = invert_permutation);
