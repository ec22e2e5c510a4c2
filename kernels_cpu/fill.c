/* Fill, Empty, ZerosLike, OnesLike. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"

static hr_status fill(hr_kernel_context *ctx) {
  const hr_tensor *dims = hr_input(ctx, 0), *value = hr_input(ctx, 1);
  if (dims->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "dims must be a vector, got shape %s", HR_TENSOR_SHAPE_TEXT(dims));
  if (value->rank != 0 && !(value->rank == 1 && value->elements == 1))
    return hr_error(HR_INVALID_ARGUMENT, "value must be a scalar, got shape %s", HR_TENSOR_SHAPE_TEXT(value));
  hr_shape shape;
  HR_TRY(hr_shape_argument(dims, "dims", &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return hr_fill_tensor(ctx, out, hr_tensor_data(value));
}
HR_KERNEL(.op = "Fill", .types = {{"T", HR_COPIED_TYPES}, {"index_type", HR_INDEX_TYPES}}, .compute = fill);

/* Strings and handles are born empty. */
static hr_status clear(hr_kernel_context *ctx, const hr_tensor *out) {
  static const char zeros[16];
  return hr_dtype_is_plain(hr_tensor_dtype(out)) ? hr_fill_tensor(ctx, out, zeros) : HR_SUCCESS;
}

/* Zeros whether `init` asks for them or not: what was in memory before is nobody's business. */
static hr_status empty(hr_kernel_context *ctx) {
  hr_shape shape;
  HR_TRY(hr_rank_check(hr_input(ctx, 0), 1, "shape"));
  HR_TRY(hr_shape_argument(hr_input(ctx, 0), "shape", &shape));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return clear(ctx, out);
}
HR_KERNEL(.op = "Empty", .types = {{"dtype", HR_ANY_TYPES}}, .compute = empty);

static hr_status zeros_like(hr_kernel_context *ctx) {
  hr_shape shape = hr_tensor_shape(hr_input(ctx, 0));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return clear(ctx, out);
}
HR_KERNEL(.op = "ZerosLike", .types = {{"T", HR_ANY_TYPES}}, .flags = HR_KERNEL_NO_INPUT_READ, .compute = zeros_like);

/* The bytes of a one. */
static hr_tensor one_of(hr_dtype dtype) {
  switch (dtype) {
  case HR_FLOAT: return hr_tensor_f32(1);
  case HR_DOUBLE: return hr_tensor_f64(1);
  case HR_COMPLEX64: return hr_tensor_f32(1); /* the imaginary part behind it is zero */
  case HR_COMPLEX128: return hr_tensor_f64(1);
  case HR_HALF: return hr_tensor_i64(hr_half_from_float(1).bits);
  case HR_BFLOAT16: return hr_tensor_i64(hr_bfloat16_from_float(1).bits);
  default: return hr_tensor_i64(1); /* little-endian, like all tensors' bytes */
  }
}

static hr_status ones_like(hr_kernel_context *ctx) {
  hr_shape shape = hr_tensor_shape(hr_input(ctx, 0));
  hr_tensor *out, one = one_of(hr_tensor_dtype(hr_input(ctx, 0)));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  return hr_fill_tensor(ctx, out, hr_tensor_data(&one));
}
HR_KERNEL(.op = "OnesLike", .types = {{"T", HR_ANY_TYPES & ~HR_TYPE_BIT(HR_STRING)}}, .flags = HR_KERNEL_NO_INPUT_READ,
          .compute = ones_like);
