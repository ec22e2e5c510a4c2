/* Split, SplitV, Unpack. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

/* Output `index` takes `piece` elements, from `offset` on, of each of the `outer` rows of x. */
static hr_status cut_rows(hr_kernel_context *ctx, int index, const hr_shape *shape, const hr_tensor *x, int64_t outer,
                          int64_t offset) {
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, index, shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  int64_t piece = out->elements / outer;
  hr_dtype dtype = hr_tensor_dtype(x);
  hr_box box = {0};
  hr_box_add(&box, outer, piece, x->elements / outer);
  hr_box_add(&box, piece, 1, 1);
  return hr_box_copy(ctx, dtype, &box, hr_tensor_data(out),
                     (const char *)hr_tensor_data(x) + (size_t)offset * hr_dtype_size(dtype));
}

static hr_status split(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 1);
  int64_t wanted;
  HR_TRY(hr_scalar_argument(hr_input(ctx, 0), "split_dim", &wanted));
  if (wanted < -x->rank || wanted >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "-input rank(-%d) <= split_dim < input rank (%d), but got %" PRId64, x->rank,
                    x->rank, wanted);
  int axis = (int)(wanted < 0 ? wanted + x->rank : wanted), count = hr_output_count(ctx);
  if (x->dims[axis] % count != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Number of ways to split should evenly divide the split dimension, but got split_dim %d (size = "
                    "%" PRId64 ") and num_split %d",
                    axis, x->dims[axis], count);
  hr_shape shape = hr_tensor_shape(x);
  shape.dims[axis] /= count;
  int64_t outer = hr_dims_product(x, 0, axis), piece = shape.dims[axis] * hr_dims_product(x, axis + 1, x->rank);
  for (int i = 0; i < count; ++i)
    HR_TRY(cut_rows(ctx, i, &shape, x, outer, i * piece));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Split", .types = {{"T", HR_COPIED_TYPES}}, .compute = split);

static hr_status split_v(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *sizes = hr_input(ctx, 1);
  int64_t wanted;
  int count = hr_output_count(ctx);
  HR_TRY(hr_scalar_argument(hr_input(ctx, 2), "split_dim", &wanted));
  if (sizes->rank != 1 || sizes->elements != count)
    return hr_error(HR_INVALID_ARGUMENT,
                    "size of the split_tensor must be 1-D and have the same elements as outputs got %s",
                    HR_TENSOR_SHAPE_TEXT(sizes));
  if (wanted < -x->rank || wanted >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "-input rank(-%d) <= split_dim < input rank (%d), but got %" PRId64, x->rank,
                    x->rank, wanted);
  int axis = (int)(wanted < 0 ? wanted + x->rank : wanted), open = -1;
  int64_t known = 0;
  for (int i = 0; i < count; ++i) {
    int64_t size = hr_index_at(sizes, i);
    if (size == -1) {
      if (open != -1)
        return hr_error(HR_INVALID_ARGUMENT, "There can only be one -1 in the input, not both %d and %d", open, i);
      open = i;
    } else if (size < 0 || size > x->dims[axis] - known) {
      return hr_error(HR_INVALID_ARGUMENT,
                      "Determined shape must either match input shape along split_dim exactly if "
                      "fully specified, or be less than the size of the input along split_dim if not: piece %d has "
                      "size %" PRId64 ", the dimension %" PRId64,
                      i, size, x->dims[axis]);
    } else {
      known += size;
    }
  }
  if (open == -1 && known != x->dims[axis])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Determined shape must match input shape along split_dim exactly: %" PRId64 ", not %" PRId64, known,
                    x->dims[axis]);
  hr_shape shape = hr_tensor_shape(x);
  int64_t outer = hr_dims_product(x, 0, axis), inner = hr_dims_product(x, axis + 1, x->rank), offset = 0;
  for (int i = 0; i < count; ++i) {
    shape.dims[axis] = i == open ? x->dims[axis] - known : hr_index_at(sizes, i);
    HR_TRY(cut_rows(ctx, i, &shape, x, outer, offset));
    offset += shape.dims[axis] * inner;
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "SplitV", .types = {{"T", HR_COPIED_TYPES}, {"Tlen", HR_INDEX_TYPES}}, .compute = split_v);

static hr_status unpack_create(const hr_kernel_construction *c, void **state) {
  int64_t axis;
  HR_TRY(hr_construction_int(c, "axis", &axis));
  *state = (void *)(intptr_t)axis;
  return HR_SUCCESS;
}

static hr_status unpack(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t wanted = (intptr_t)ctx->state;
  int count = hr_output_count(ctx);
  if (wanted < -x->rank || wanted >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "axis = %" PRId64 " not in [%d, %d)", wanted, -x->rank, x->rank);
  int axis = (int)(wanted < 0 ? wanted + x->rank : wanted);
  if (x->dims[axis] != count)
    return hr_error(HR_INVALID_ARGUMENT, "Input shape axis %d must equal %d, got shape %s", axis, count,
                    HR_TENSOR_SHAPE_TEXT(x));
  hr_shape shape = {.rank = x->rank - 1};
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = x->dims[i < axis ? i : i + 1];
  int64_t outer = hr_dims_product(x, 0, axis), inner = hr_dims_product(x, axis + 1, x->rank);
  for (int i = 0; i < count; ++i)
    HR_TRY(cut_rows(ctx, i, &shape, x, outer, i * inner));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Unpack", .types = {{"T", HR_COPIED_TYPES}}, .create = unpack_create, .compute = unpack);
