/* Roll. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

/* Shifts along each dimension, in [0, size); shifts of one dimension that is named twice add up. */
static hr_status read_shifts(const hr_tensor *x, const hr_tensor *shift, const hr_tensor *axis, int64_t *out) {
  if (shift->rank > 1 || axis->rank > 1 || !hr_same_shape(shift, axis))
    return hr_error(HR_INVALID_ARGUMENT, "shift and axis must have the same size, and be scalars or vectors: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(shift), HR_TENSOR_SHAPE_TEXT(axis));
  for (int i = 0; i < x->rank; ++i)
    out[i] = 0;
  for (int64_t i = 0; i < axis->elements; ++i) {
    int at;
    HR_TRY(hr_axis_check(hr_index_at(axis, i), x->rank, "axis", &at));
    int64_t dim = x->dims[at] ? x->dims[at] : 1, by = hr_index_at(shift, i) % dim;
    out[at] = (out[at] + by + dim) % dim;
  }
  return HR_SUCCESS;
}

/* Every dimension is two parts that change places: of n elements those from n - shift on go to the front. */
static hr_status roll(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank < 1) return hr_error(HR_INVALID_ARGUMENT, "input must be 1-D or higher");
  int64_t shifts[HR_MAX_RANK], strides[HR_MAX_RANK];
  HR_TRY(read_shifts(x, hr_input(ctx, 1), hr_input(ctx, 2), shifts));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (x->elements == 0) return HR_SUCCESS;
  hr_dense_strides(x->rank, x->dims, strides);
  hr_dtype dtype = hr_tensor_dtype(x);
  size_t size = hr_dtype_size(dtype);
  for (uint32_t parts = 0; parts < UINT32_C(1) << x->rank; ++parts) {
    int64_t to = 0, from = 0;
    bool any = true;
    hr_box box = {0};
    for (int i = 0; i < x->rank; ++i) {
      bool front = parts >> i & 1; /* of the output */
      int64_t count = front ? shifts[i] : x->dims[i] - shifts[i];
      any &= count > 0;
      to += front ? 0 : shifts[i] * strides[i];
      from += front ? (x->dims[i] - shifts[i]) * strides[i] : 0;
      hr_box_add(&box, count, strides[i], strides[i]);
    }
    if (any)
      HR_TRY(hr_box_copy(ctx, dtype, &box, (char *)hr_tensor_data(out) + (size_t)to * size,
                         (const char *)hr_tensor_data(x) + (size_t)from * size));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Roll", .types = {{"T", HR_COPIED_TYPES}, {"Tshift", HR_INDEX_TYPES}, {"Taxis", HR_INDEX_TYPES}},
          .compute = roll);
