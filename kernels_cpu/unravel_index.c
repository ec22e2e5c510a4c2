/* UnravelIndex. */
#include "kernels_cpu/arguments.h"

static void set_index(hr_tensor *t, int64_t i, int64_t value) {
  if (t->dtype == HR_INT32)
    ((int32_t *)hr_tensor_data(t))[i] = (int32_t)value;
  else
    ((int64_t *)hr_tensor_data(t))[i] = value;
}

/* Column i of the result has the coordinates of index i; for a scalar they are a vector. What lies beyond the box goes
 * on counting along its first dimension. */
static hr_status unravel_index(hr_kernel_context *ctx) {
  const hr_tensor *indices = hr_input(ctx, 0), *dims = hr_input(ctx, 1);
  if (indices->rank > 1)
    return hr_error(HR_INVALID_ARGUMENT, "The indices can only be scalar or vector, not %s",
                    HR_TENSOR_SHAPE_TEXT(indices));
  HR_TRY(hr_rank_check(dims, 1, "dims"));
  hr_shape box;
  HR_TRY(hr_shape_argument(dims, "dims", &box));
  if (box.rank > 0 && hr_shape_elements(&box) == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Input dims cannot contain a dim of zero, got %s",
                    hr_shape_text(&box, (char[HR_SHAPE_TEXT]){0}));
  int64_t n = indices->elements;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){indices->rank + 1, {box.rank, n}}, &out));
  for (int64_t i = 0; i < n; ++i) {
    int64_t rest = hr_index_at(indices, i);
    for (int64_t d = box.rank; d-- > 0; rest /= box.dims[d])
      set_index(out, d * n + i, rest % box.dims[d]);
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "UnravelIndex", .types = {{"Tidx", HR_INDEX_TYPES}}, .compute = unravel_index);
