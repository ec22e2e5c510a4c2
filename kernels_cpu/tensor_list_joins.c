/* What makes one tensor of many elements of a list. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/pieces.h"
#include "kernels_cpu/tensor_list_arguments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- many elements ----------------------------------------------------------------------------------------------- */

/* `count` elements of a list behind each other in output 0, which has the shape; where each begins is in offsets. */
static hr_status join(hr_kernel_context *ctx, const hr_tensor_list *list, int64_t count, const int32_t *indices,
                      const hr_partial_shape *shape, const int64_t *offsets) {
  HR_TRY(hr_output_zeros(ctx, 0, shape));
  hr_tensor *parts = calloc((size_t)count + 1, sizeof *parts);
  int64_t *places = calloc((size_t)count + 1, sizeof *places), found = 0;
  hr_status status =
      parts && places ? HR_SUCCESS
                      : hr_error_out_of_memory((size_t)count * (sizeof *parts + sizeof *places), "elements of a list");
  for (int64_t i = 0; i < count && !status; ++i) {
    const hr_tensor *item = &list->items[indices ? indices[i] : i];
    if (!hr_tensor_is_valid(item)) continue;
    parts[found] = *item; /* borrowed */
    places[found++] = offsets[i];
  }
  if (!status && found) status = hr_join_pieces(ctx, parts, places, found, hr_output_slot(ctx, 0));
  free(parts);
  free(places);
  return status;
}

/* `count` elements of this full shape along a new first dimension. */
static hr_status stack_elements(hr_kernel_context *ctx, const hr_tensor_list *list, int64_t count,
                                const int32_t *indices, const hr_partial_shape *element) {
  hr_shape full;
  HR_TRY(hr_shape_with_first(1, element->rank, element->dims, &full));
  int64_t size = hr_shape_elements(&full), *offsets = calloc((size_t)count + 1, sizeof *offsets);
  HR_TRY(hr_shape_with_first(count, element->rank, element->dims, &full));
  if (!offsets) return hr_error_out_of_memory((size_t)count * sizeof *offsets, "elements of a list");
  for (int64_t i = 0; i < count; ++i)
    offsets[i] = i * size;
  hr_partial_shape shape = hr_partial_shape_from(&full);
  hr_status status = join(ctx, list, count, indices, &shape, offsets);
  free(offsets);
  return status;
}

static hr_status stack(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  hr_partial_shape shape;
  HR_TRY(hr_typed_list_input(ctx, &list));
  HR_TRY(hr_known_element_shape(ctx, 1, list, &shape));
  int64_t wanted = hr_node_attr(hr_context_node(ctx), "num_elements")->i;
  if (list->count == 0 && !hr_partial_shape_is_full(&shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Tried to stack elements of an empty list with non-fully-defined element_shape: %s",
                    HR_PARTIAL_SHAPE_TEXT(&shape));
  if (wanted >= 0 && wanted != list->count)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Operation expected a list with %" PRId64 " elements but got a list with %" PRId64 " elements.",
                    wanted, list->count);
  HR_TRY(hr_common_element_shape(list, &shape));
  if (!hr_partial_shape_is_full(&shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Tried to stack list which only contains uninitialized tensors and has a non-fully-defined "
                    "element_shape: %s",
                    HR_PARTIAL_SHAPE_TEXT(&shape));
  return stack_elements(ctx, list, list->count, NULL, &shape);
}
HR_KERNEL(.op = "TensorListStack", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = stack);

static hr_status gather(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  hr_partial_shape shape;
  const hr_tensor *indices = hr_input(ctx, 1);
  const int32_t *index = hr_tensor_data(indices);
  HR_TRY(hr_typed_list_input(ctx, &list));
  HR_TRY(hr_known_element_shape(ctx, 2, list, &shape));
  if (indices->elements == 0 && !hr_partial_shape_is_full(&shape))
    return hr_error(HR_INVALID_ARGUMENT, "Tried to gather 0-elements from a list with non-fully-defined shape: %s",
                    HR_PARTIAL_SHAPE_TEXT(&shape));
  for (int64_t i = 0; i < indices->elements; ++i)
    if (index[i] < 0 || index[i] >= list->count)
      return hr_error(HR_INVALID_ARGUMENT, "Trying to gather element %d in a list with %" PRId64 " elements.",
                      (int)index[i], list->count);
  for (int64_t i = 0; i < indices->elements; ++i) {
    const hr_tensor *item = &list->items[index[i]];
    if (!hr_tensor_is_valid(item)) continue;
    hr_shape own = hr_tensor_shape(item);
    hr_partial_shape of_item = hr_partial_shape_from(&own);
    HR_TRY(hr_merge_element_shapes(&shape, &of_item, &shape));
  }
  if (!hr_partial_shape_is_full(&shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Tried to gather uninitialized tensors from a list with non-fully-defined element_shape: %s",
                    HR_PARTIAL_SHAPE_TEXT(&shape));
  return stack_elements(ctx, list, indices->elements, index, &shape);
}
HR_KERNEL(.op = "TensorListGather", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = gather);

/* ---- elements joined along their first dimension ----------------------------------------------------------------- */

/* A shape without its first dimension. */
static hr_status rest_of(const hr_partial_shape *shape, hr_partial_shape *out) {
  if (shape->rank == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Concat requires elements to be at least vectors, found scalars instead.");
  *out = *shape;
  if (out->rank > 0) memmove(out->dims, out->dims + 1, sizeof *out->dims * (size_t)--out->rank);
  return HR_SUCCESS;
}

/* What all elements have in common but the first dimension. */
static hr_status common_rest(const hr_tensor_list *list, hr_partial_shape *rest) {
  for (int64_t i = 0; i < list->count; ++i) {
    if (!hr_tensor_is_valid(&list->items[i])) continue;
    hr_shape shape = hr_tensor_shape(&list->items[i]);
    hr_partial_shape own = hr_partial_shape_from(&shape);
    HR_TRY(rest_of(&own, &own));
    HR_TRY(hr_merge_element_shapes(rest, &own, rest));
  }
  return HR_SUCCESS;
}

/* The rows of each element: `given`, which may be NULL, tells those of elements that are not set. */
static hr_status count_rows(const hr_tensor_list *list, const hr_partial_shape *shape, const hr_tensor *given,
                            int64_t *rows) {
  for (int64_t i = 0; i < list->count; ++i) {
    if (hr_tensor_is_valid(&list->items[i])) {
      rows[i] = list->items[i].dims[0];
    } else if (shape->rank > 0 && shape->dims[0] >= 0) {
      rows[i] = shape->dims[0];
    } else if (given && i < given->elements) {
      rows[i] = ((const int64_t *)hr_tensor_data(given))[i];
      if (rows[i] < 0)
        return hr_error(HR_INVALID_ARGUMENT, "leading_dims must not be negative, but element %" PRId64 " is %" PRId64,
                        i, rows[i]);
    } else {
      return hr_error(HR_INVALID_ARGUMENT,
                      "List contains uninitialized tensor at index %" PRId64 " but leading_dims has only %" PRId64
                      " elements.",
                      i, given ? given->elements : 0);
    }
  }
  return HR_SUCCESS;
}

static hr_status join_rows(hr_kernel_context *ctx, const hr_tensor_list *list, const hr_partial_shape *rest,
                           const int64_t *rows, int64_t *offsets) {
  hr_shape full;
  HR_TRY(hr_shape_with_first(1, rest->rank, rest->dims, &full));
  int64_t row = hr_shape_elements(&full), all = 0;
  for (int64_t i = 0; i < list->count; ++i) {
    offsets[i] = all * row;
    if (__builtin_add_overflow(all, rows[i], &all))
      return hr_error(HR_INVALID_ARGUMENT, "There are too many rows in a list");
    HR_TRY(hr_shape_with_first(all, rest->rank, rest->dims, &full)); /* refuses what no tensor has */
  }
  HR_TRY(hr_shape_with_first(all, rest->rank, rest->dims, &full));
  hr_partial_shape shape = hr_partial_shape_from(&full);
  return join(ctx, list, list->count, NULL, &shape, offsets);
}

static hr_status concat(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  hr_tensor *lengths;
  hr_partial_shape shape, rest;
  bool told = hr_input_count(ctx) > 1;
  HR_TRY(hr_typed_list_input(ctx, &list));
  if (told) {
    HR_TRY(hr_known_element_shape(ctx, 1, list, &shape));
  } else {
    HR_TRY(hr_merge_element_shapes(hr_node_attr(hr_context_node(ctx), "element_shape")->shape, &list->element_shape,
                                   &shape));
  }
  HR_TRY(rest_of(&shape, &rest));
  if (list->count == 0 && !hr_partial_shape_is_full(&rest))
    return hr_error(HR_INVALID_ARGUMENT,
                    "All except the first dimension must be fully defined when concating an empty tensor list. "
                    "element_shape: %s",
                    HR_PARTIAL_SHAPE_TEXT(&shape));
  HR_TRY(common_rest(list, &rest));
  if (!hr_partial_shape_is_full(&rest))
    return hr_error(HR_INVALID_ARGUMENT,
                    "All except the first dimension must be fully defined when concating a list of uninitialized "
                    "tensors. element_shape: %s",
                    HR_PARTIAL_SHAPE_TEXT(&shape));
  HR_TRY(hr_output_new(ctx, 1, &(hr_shape){.rank = 1, .dims = {list->count}}, &lengths));
  HR_TRY(count_rows(list, &shape, told ? hr_input(ctx, 2) : NULL, hr_tensor_data(lengths)));
  int64_t *offsets = calloc((size_t)list->count + 1, sizeof *offsets);
  if (!offsets) return hr_error_out_of_memory((size_t)list->count * sizeof *offsets, "elements of a list");
  hr_status status = join_rows(ctx, list, &rest, hr_tensor_data(lengths), offsets);
  free(offsets);
  return status;
}
HR_KERNEL(.op = "TensorListConcat", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = concat);
HR_KERNEL(.op = "TensorListConcatV2", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = concat);
