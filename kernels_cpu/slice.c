/* Slice. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

static hr_status slice(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *begin = hr_input(ctx, 1), *size = hr_input(ctx, 2);
  if (begin->rank != 1 || size->rank != 1 || begin->elements != x->rank || size->elements != x->rank)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Expected begin and size arguments to be 1-D tensors of size %d, but got shapes %s and %s instead.",
                    x->rank, HR_TENSOR_SHAPE_TEXT(begin), HR_TENSOR_SHAPE_TEXT(size));
  hr_shape shape = {.rank = x->rank};
  int64_t strides[HR_MAX_RANK], to[HR_MAX_RANK], offset = 0;
  hr_dense_strides(x->rank, x->dims, strides);
  bool whole = true;
  for (int i = 0; i < x->rank; ++i) {
    int64_t b = hr_index_at(begin, i), s = hr_index_at(size, i), dim = x->dims[i];
    if (b < 0 || b > dim)
      return hr_error(HR_INVALID_ARGUMENT, "Expected begin[%d] in [0, %" PRId64 "], but got %" PRId64, i, dim, b);
    if (s == -1) s = dim - b;
    if (s < 0 || s > dim - b)
      return hr_error(HR_INVALID_ARGUMENT, "Expected size[%d] in [0, %" PRId64 "], but got %" PRId64, i, dim - b, s);
    shape.dims[i] = s;
    offset += b * strides[i];
    whole &= s == dim;
  }
  if (whole) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  hr_dense_strides(shape.rank, shape.dims, to);
  hr_box box = {0};
  for (int i = 0; i < shape.rank; ++i)
    hr_box_add(&box, shape.dims[i], to[i], strides[i]);
  hr_dtype dtype = hr_tensor_dtype(x);
  return hr_box_copy(ctx, dtype, &box, hr_tensor_data(out),
                     (const char *)hr_tensor_data(x) + (size_t)offset * hr_dtype_size(dtype));
}
HR_KERNEL(.op = "Slice", .types = {{"T", HR_ANY_TYPES}, {"Index", HR_INDEX_TYPES}}, .compute = slice);
