#include "kernels_cpu/tensor_list_arguments.h"

#include "kernels_cpu/arguments.h"
#include "runtime/graph/constant_value.h"
#include <inttypes.h>
#include <string.h>

hr_dtype hr_list_dtype(const hr_kernel_context *ctx) {
  return (hr_dtype)hr_node_attr(hr_context_node(ctx), "element_dtype")->type;
}

/* The list in an input. */
hr_status hr_list_input(const hr_kernel_context *ctx, int input, hr_tensor_list **out) {
  const hr_tensor *variant = hr_input(ctx, input);
  if (variant->rank == 0) return hr_tensor_list_at(variant, 0, out);
  return hr_error(HR_INVALID_ARGUMENT, "Input list must be a scalar saw: %s", HR_TENSOR_SHAPE_TEXT(variant));
}

hr_status hr_check_list_dtype(const hr_tensor_list *list, hr_dtype dtype) {
  if (list->dtype == dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Invalid data types; op elements %s but list elements %s", hr_dtype_name(dtype),
                  hr_dtype_name(list->dtype));
}

/* The list in input 0, whose elements are of the node's dtype. */
hr_status hr_typed_list_input(const hr_kernel_context *ctx, hr_tensor_list **out) {
  HR_TRY(hr_list_input(ctx, 0, out));
  return hr_check_list_dtype(*out, hr_list_dtype(ctx));
}

hr_status hr_told_element_shape(const hr_tensor *sizes, hr_partial_shape *out) {
  if (sizes->rank == 0 && hr_index_at(sizes, 0) != -1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "The only valid scalar shape tensor is the fully unknown shape specified as -1.");
  for (int64_t i = 0; sizes->rank == 1 && i < sizes->elements; ++i)
    if (hr_index_at(sizes, i) < -1)
      return hr_error(HR_INVALID_ARGUMENT, "Dimension %" PRId64 " must be >= -1", hr_index_at(sizes, i));
  return hr_shape_from_tensor(sizes, out);
}

/* What an input and the list say of the shape of elements. */
hr_status hr_known_element_shape(const hr_kernel_context *ctx, int input, const hr_tensor_list *list,
                                 hr_partial_shape *out) {
  HR_TRY(hr_told_element_shape(hr_input(ctx, input), out));
  return hr_merge_element_shapes(out, &list->element_shape, out);
}

hr_status hr_list_scalar(const hr_kernel_context *ctx, int input, const char *name, int32_t *out) {
  const hr_tensor *number = hr_input(ctx, input);
  if (number->elements != 1)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be a scalar, but has shape %s", name, HR_TENSOR_SHAPE_TEXT(number));
  *out = *(const int32_t *)hr_tensor_data(number);
  return HR_SUCCESS;
}

/* ---- elements -------------------------------------------------------------------------------------------------- */

/* The shape that all elements of a list have, as far as `known` and those that are set say. */
hr_status hr_common_element_shape(const hr_tensor_list *list, hr_partial_shape *known) {
  for (int64_t i = 0; i < list->count; ++i) {
    if (!hr_tensor_is_valid(&list->items[i])) continue;
    hr_shape shape = hr_tensor_shape(&list->items[i]);
    hr_partial_shape own = hr_partial_shape_from(&shape);
    HR_TRY(hr_merge_element_shapes(known, &own, known));
  }
  return HR_SUCCESS;
}

/* An output of zeros. */
hr_status hr_output_zeros(hr_kernel_context *ctx, int output, const hr_partial_shape *shape) {
  hr_shape full;
  hr_tensor *out;
  HR_TRY(hr_shape_make(shape->rank, shape->dims, &full));
  HR_TRY(hr_output_new(ctx, output, &full, &out));
  if (hr_dtype_is_plain(hr_tensor_dtype(out))) memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  return HR_SUCCESS;
}
