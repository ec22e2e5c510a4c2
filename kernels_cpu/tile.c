/* Tile. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

static hr_status tile(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *multiples = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(multiples, 1, "Expected multiples to be 1-D; it"));
  if (multiples->elements != x->rank)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Expected multiples argument to be a vector of length %d but got length %" PRId64, x->rank,
                    multiples->elements);
  int64_t dims[HR_MAX_RANK], to[HR_MAX_RANK], from[HR_MAX_RANK];
  bool same = true;
  for (int i = 0; i < x->rank; ++i) {
    int64_t times = hr_index_at(multiples, i);
    if (times < 0) return hr_error(HR_INVALID_ARGUMENT, "Expected multiples[%d] >= 0, but got %" PRId64, i, times);
    if (__builtin_mul_overflow(times, x->dims[i], &dims[i]))
      return hr_error(HR_INVALID_ARGUMENT, "multiples[%d] = %" PRId64 " makes too large a dimension", i, times);
    same &= times == 1;
  }
  if (same) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  hr_shape shape;
  HR_TRY(hr_shape_make(x->rank, dims, &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  hr_dense_strides(x->rank, x->dims, from);
  hr_dense_strides(shape.rank, shape.dims, to);
  hr_box box = {0};
  for (int i = 0; i < x->rank; ++i) {
    hr_box_add(&box, shape.dims[i] / x->dims[i], to[i] * x->dims[i], 0);
    hr_box_add(&box, x->dims[i], to[i], from[i]);
  }
  return hr_box_copy(ctx, hr_tensor_dtype(x), &box, hr_tensor_data(out), hr_tensor_data(x));
}
HR_KERNEL(.op = "Tile", .types = {{"T", HR_ANY_TYPES}, {"Tmultiples", HR_INDEX_TYPES}}, .compute = tile);
