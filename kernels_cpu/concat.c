/* Concat, ConcatV2, ParallelConcat, Pack. */
#include "kernels_cpu/concat.h"

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

#include <inttypes.h>

enum { FEW_BYTES = 16384 }; /* not worth a thought of threads */

/* Puts `count` inputs behind each other along one dimension: the output is `outer` rows, and each input gives a piece
 * of every row. */
static hr_status join_rows(hr_kernel_context *ctx, int first, int count, hr_tensor *out, int64_t outer) {
  if (out->elements == 0) return HR_SUCCESS;
  int64_t row = out->elements / outer, offset = 0;
  hr_dtype dtype = hr_tensor_dtype(out);
  size_t size = hr_dtype_size(dtype);
  bool few_pieces = outer == 1 && hr_tensor_bytes(out) <= FEW_BYTES;
  for (int i = 0; i < count; ++i) {
    const hr_tensor *x = hr_input(ctx, first + i);
    if (x->elements == 0) continue;
    int64_t piece = x->elements / outer;
    if (few_pieces) {
      HR_TRY(hr_copy_elements(dtype, (char *)hr_tensor_data(out) + (size_t)offset * size, hr_tensor_data(x), piece));
      offset += piece;
      continue;
    }
    hr_box box = {0};
    hr_box_add(&box, outer, row, piece);
    hr_box_add(&box, piece, 1, 1);
    HR_TRY(hr_box_copy(ctx, dtype, &box, (char *)hr_tensor_data(out) + (size_t)offset * size, hr_tensor_data(x)));
    offset += piece;
  }
  return HR_SUCCESS;
}

hr_status hr_concat(hr_kernel_context *ctx, int axis_input, int first, int count) {
  int axis;
  const hr_tensor *x = hr_input(ctx, first);
  int64_t wanted;
  HR_TRY(hr_scalar_argument(hr_input(ctx, axis_input), "Concat dim tensor", &wanted));
  if (wanted < -x->rank || wanted >= x->rank)
    return hr_error(HR_INVALID_ARGUMENT,
                    "ConcatOp : Expected concatenating dimensions in the range [%d, %d), but got %" PRId64, -x->rank,
                    x->rank, wanted);
  axis = (int)(wanted < 0 ? wanted + x->rank : wanted);
  hr_shape shape = hr_tensor_shape(x);
  for (int i = 1; i < count; ++i) {
    const hr_tensor *y = hr_input(ctx, first + i);
    if (y->rank != x->rank)
      return hr_error(HR_INVALID_ARGUMENT,
                      "ConcatOp : Ranks of all input tensors should match: shape[0] = %s vs. shape[%d] = %s",
                      HR_TENSOR_SHAPE_TEXT(x), i, HR_TENSOR_SHAPE_TEXT(y));
    for (int d = 0; d < x->rank; ++d)
      if (d != axis && y->dims[d] != x->dims[d])
        return hr_error(HR_INVALID_ARGUMENT,
                        "ConcatOp : Dimensions of inputs should match: shape[0] = %s vs. shape[%d] = %s",
                        HR_TENSOR_SHAPE_TEXT(x), i, HR_TENSOR_SHAPE_TEXT(y));
    shape.dims[axis] += y->dims[axis];
  }
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return join_rows(ctx, first, count, out, hr_dims_product(x, 0, axis));
}

static hr_status concat(hr_kernel_context *ctx) { return hr_concat(ctx, 0, 1, hr_input_count(ctx) - 1); }
HR_KERNEL(.op = "Concat", .types = {{"T", HR_ANY_TYPES}}, .compute = concat);

static hr_status concat_v2(hr_kernel_context *ctx) {
  int last = hr_input_count(ctx) - 1;
  return hr_concat(ctx, last, 0, last);
}
HR_KERNEL(.op = "ConcatV2", .types = {{"T", HR_ANY_TYPES}, {"Tidx", HR_INDEX_TYPES}}, .compute = concat_v2);

static hr_status parallel_concat(hr_kernel_context *ctx) {
  int count = hr_input_count(ctx);
  const hr_tensor *x = hr_input(ctx, 0);
  for (int i = 0; i < count; ++i) {
    const hr_tensor *y = hr_input(ctx, i);
    if (y->rank == 0 || y->dims[0] != 1 || !hr_same_shape(x, y))
      return hr_error(HR_INVALID_ARGUMENT, "Rows must have one shape, with 1 as the first size: %s and %s",
                      HR_TENSOR_SHAPE_TEXT(x), HR_TENSOR_SHAPE_TEXT(y));
  }
  hr_shape shape = hr_tensor_shape(x);
  shape.dims[0] = count;
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return join_rows(ctx, 0, count, out, 1);
}
HR_KERNEL(.op = "ParallelConcat", .types = {{"T", HR_ANY_TYPES}}, .compute = parallel_concat);

static hr_status pack_create(const hr_kernel_construction *c, void **state) {
  int64_t axis;
  HR_TRY(hr_construction_int(c, "axis", &axis));
  *state = (void *)(intptr_t)axis;
  return HR_SUCCESS;
}

static hr_status pack(hr_kernel_context *ctx) {
  int count = hr_input_count(ctx);
  const hr_tensor *x = hr_input(ctx, 0);
  int64_t axis = (intptr_t)ctx->state;
  if (axis < -x->rank - 1 || axis > x->rank)
    return hr_error(HR_INVALID_ARGUMENT, "axis = %" PRId64 " not in [%d, %d)", axis, -x->rank - 1, x->rank + 1);
  if (axis < 0) axis += x->rank + 1;
  for (int i = 1; i < count; ++i)
    if (!hr_same_shape(x, hr_input(ctx, i)))
      return hr_error(HR_INVALID_ARGUMENT,
                      "Shapes of all inputs must match: values[0].shape = %s != values[%d].shape = %s",
                      HR_TENSOR_SHAPE_TEXT(x), i, HR_TENSOR_SHAPE_TEXT(hr_input(ctx, i)));
  if (x->rank == HR_MAX_RANK) return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  hr_shape shape = {.rank = x->rank + 1};
  for (int i = 0; i < shape.rank; ++i)
    shape.dims[i] = i < axis ? x->dims[i] : i == axis ? count : x->dims[i - 1];
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return join_rows(ctx, 0, count, out, hr_dims_product(x, 0, (int)axis));
}
HR_KERNEL(.op = "Pack", .types = {{"T", HR_COPIED_TYPES}}, .create = pack_create, .compute = pack);
