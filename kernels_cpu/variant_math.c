#include "kernels_cpu/variant_math.h"

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/elementwise.h"
#include "runtime/tensor/resource.h"

/* ---- objects in variants ----------------------------------------------------------------------------------------- */

static hr_status object_in(const hr_tensor *variant, const hr_resource **object) {
  *object = variant->elements == 1 ? *(hr_resource *const *)hr_tensor_data(variant) : NULL;
  return *object ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "The variant is empty");
}

static hr_status zeros_of_object(hr_kernel_context *ctx, const hr_tensor *variant, hr_tensor *out) {
  const hr_resource *object;
  HR_TRY(object_in(variant, &object));
  if (object->type->zeros_like) return object->type->zeros_like(ctx, object, out);
  return hr_error(HR_INTERNAL, "No unary variant unary_op function found: there are no zeros like %s",
                  object->type->name);
}

static hr_status sum_of_objects(hr_kernel_context *ctx, const hr_tensor *a, const hr_tensor *b, hr_tensor *out) {
  const hr_resource *x, *y;
  HR_TRY(object_in(a, &x));
  HR_TRY(object_in(b, &y));
  if (x->type == y->type && x->type->sum) return x->type->sum(ctx, x, y, out);
  return hr_error(HR_INTERNAL, "No unary variant binary_op function found: there is no sum of %s and %s", x->type->name,
                  y->type->name);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

hr_status hr_zeros_like_value(hr_kernel_context *ctx, const hr_tensor *like, hr_tensor *out) {
  static const char zeros[16];
  hr_dtype dtype = hr_tensor_dtype(like);
  if (dtype == HR_VARIANT) return zeros_of_object(ctx, like, out);
  if (!hr_dtype_is_plain(dtype))
    return hr_error(HR_INVALID_ARGUMENT, "Trying to compute zeros_like for unsupported dtype %s", hr_dtype_name(dtype));
  hr_shape shape = hr_tensor_shape(like);
  HR_TRY(hr_tensor_new(hr_kept_memory(ctx), dtype, &shape, out));
  return hr_fill_tensor(ctx, out, zeros);
}

static const hr_elementwise *addition_of(hr_dtype dtype) {
#define ADDITION(type, ...) HR_ELEMENTWISE(Add, type, type, HR_CHEAP_NANOS(type)),
  static const hr_elementwise additions[] = {HR_NUMBERS(ADDITION)};
  for (size_t i = 0; i < sizeof additions / sizeof *additions; ++i)
    if (additions[i].in == dtype) return &additions[i];
  return NULL;
}

hr_status hr_sum_values(hr_kernel_context *ctx, const hr_tensor *a, const hr_tensor *b, hr_tensor *out) {
  hr_dtype dtype = hr_tensor_dtype(a);
  if (dtype != hr_tensor_dtype(b))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Trying to add two tensors with incompatible element types. One is %s and the "
                    "other is %s",
                    hr_dtype_name(dtype), hr_dtype_name(hr_tensor_dtype(b)));
  if (dtype == HR_VARIANT) return sum_of_objects(ctx, a, b, out);
  const hr_elementwise *add = addition_of(dtype);
  if (!add) return hr_error(HR_INVALID_ARGUMENT, "Trying to add unsupported dtype %s", hr_dtype_name(dtype));
  if (!hr_same_shape(a, b))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Trying to add two tensors with incompatible element shapes. One is %s and the "
                    "other is %s",
                    HR_TENSOR_SHAPE_TEXT(a), HR_TENSOR_SHAPE_TEXT(b));
  hr_shape shape = hr_tensor_shape(a);
  HR_TRY(hr_tensor_new(hr_kept_memory(ctx), dtype, &shape, out));
  hr_binary_row(add, hr_tensor_data(out), hr_tensor_data(a), hr_tensor_data(b), a->elements, HR_BOTH_ROWS);
  return HR_SUCCESS;
}

/* ---- kernels ----------------------------------------------------------------------------------------------------- */

static hr_status zeros_like(hr_kernel_context *ctx) {
  return hr_zeros_like_value(ctx, hr_input(ctx, 0), hr_output_slot(ctx, 0));
}
HR_KERNEL(.op = "ZerosLike", .types = {{"T", HR_TYPE_BIT(HR_VARIANT)}}, .compute = zeros_like);

static hr_status add_n(hr_kernel_context *ctx) {
  hr_tensor sum;
  hr_tensor_copy(hr_input(ctx, 0), &sum);
  hr_status status = HR_SUCCESS;
  for (int i = 1; i < hr_input_count(ctx) && !status; ++i) {
    hr_tensor next = {0};
    status = hr_sum_values(ctx, &sum, hr_input(ctx, i), &next);
    hr_tensor_clear(&sum);
    sum = next;
  }
  if (status)
    hr_tensor_clear(&sum);
  else
    hr_output_move(ctx, 0, &sum);
  return status;
}
HR_KERNEL(.op = "AddN", .types = {{"T", HR_TYPE_BIT(HR_VARIANT)}}, .compute = add_n);
