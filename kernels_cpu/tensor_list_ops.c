/* EmptyTensorList, TensorListReserve and what works on lists. Elements that come from one tensor (scattered, split) are
 * views of its memory. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/pieces.h"
#include "kernels_cpu/tensor_list_arguments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool fits(const hr_tensor *value, const hr_partial_shape *shape) {
  hr_shape own = hr_tensor_shape(value);
  return hr_shape_matches(&own, shape);
}

/* A row of a tensor must fit the elements. */
static hr_status check_rows(const hr_tensor *tensor, const hr_partial_shape *element) {
  if (tensor->rank == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor must be at least a vector, but saw shape: %s",
                    HR_TENSOR_SHAPE_TEXT(tensor));
  hr_shape row = {.rank = tensor->rank - 1};
  memcpy(row.dims, tensor->dims + 1, sizeof(int64_t) * (size_t)row.rank);
  if (hr_shape_matches(&row, element)) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Specified a list with shape %s from a tensor with shape %s",
                  HR_PARTIAL_SHAPE_TEXT(element), hr_shape_text(&row, (char[HR_SHAPE_TEXT]){0}));
}

/* Output 0 is a list that was made, unless there is an error; lets go of it. */
static hr_status give(hr_kernel_context *ctx, hr_tensor_list *list, hr_status status) {
  if (!status) status = hr_variant_new(&list->resource, hr_output_slot(ctx, 0));
  if (list) hr_resource_unref(&list->resource);
  return status;
}

/* ---- new lists --------------------------------------------------------------------------------------------------- */

static hr_status empty_list(hr_kernel_context *ctx) {
  hr_partial_shape shape;
  hr_tensor_list *list;
  const hr_tensor *most = hr_input(ctx, 1);
  if (most->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "max_num_elements expected to be a scalar but got shape: %s",
                    HR_TENSOR_SHAPE_TEXT(most));
  HR_TRY(hr_told_element_shape(hr_input(ctx, 0), &shape));
  HR_TRY(hr_tensor_list_new(hr_list_dtype(ctx), &shape, 0, &list));
  list->max_count = *(const int32_t *)hr_tensor_data(most);
  return give(ctx, list, HR_SUCCESS);
}
HR_KERNEL(.op = "EmptyTensorList", .compute = empty_list);

static hr_status reserve(hr_kernel_context *ctx) {
  hr_partial_shape shape;
  hr_tensor_list *list;
  int32_t count;
  HR_TRY(hr_told_element_shape(hr_input(ctx, 0), &shape));
  HR_TRY(hr_list_scalar(ctx, 1, "num_elements", &count));
  if (count < 0) return hr_error(HR_INVALID_ARGUMENT, "num_elements must be >= 0, not %d", (int)count);
  HR_TRY(hr_tensor_list_new(hr_list_dtype(ctx), &shape, count, &list));
  return give(ctx, list, HR_SUCCESS);
}
HR_KERNEL(.op = "TensorListReserve", .compute = reserve);

/* ---- lists of a tensor's pieces ---------------------------------------------------------------------------------- */

/* Sets elements `indices` (NULL: 0, 1, ...) to the `count` pieces of input `value` with rows[i] rows (NULL: one, whose
 * dimension falls away). */
static hr_status set_pieces(hr_kernel_context *ctx, hr_tensor_list *list, int input, int64_t count,
                            const int32_t *indices, const int64_t *rows) {
  hr_tensor whole;
  HR_TRY(hr_keep_input(ctx, input, &whole));
  hr_shape shape = {.rank = rows ? whole.rank : whole.rank - 1};
  memcpy(shape.dims, whole.dims + (whole.rank - shape.rank), sizeof(int64_t) * (size_t)shape.rank);
  int64_t row = hr_dims_product(&whole, 1, whole.rank), offset = 0;
  for (int64_t i = 0; i < count; ++i) {
    hr_tensor *item = &list->items[indices ? indices[i] : i];
    if (rows) shape.dims[0] = rows[i];
    hr_tensor_clear(item);
    *item = hr_piece_of(&whole, &shape, offset);
    offset += rows ? rows[i] * row : row;
  }
  hr_tensor_clear(&whole);
  return HR_SUCCESS;
}

static hr_status from_tensor(hr_kernel_context *ctx) {
  hr_partial_shape shape;
  hr_tensor_list *list;
  const hr_tensor *tensor = hr_input(ctx, 0);
  HR_TRY(hr_told_element_shape(hr_input(ctx, 1), &shape));
  HR_TRY(check_rows(tensor, &shape));
  int64_t count = tensor->dims[0];
  HR_TRY(hr_tensor_list_new(hr_tensor_dtype(tensor), &shape, count, &list));
  return give(ctx, list, set_pieces(ctx, list, 0, count, NULL, NULL));
}
HR_KERNEL(.op = "TensorListFromTensor", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = from_tensor);

static hr_status check_split(const hr_tensor *tensor, const hr_tensor *lengths, const hr_partial_shape *shape) {
  if (tensor->rank == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Tensor must be at least a vector, but saw shape: %s",
                    HR_TENSOR_SHAPE_TEXT(tensor));
  if (lengths->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "Expected lengths to be a vector, received shape: %s",
                    HR_TENSOR_SHAPE_TEXT(lengths));
  hr_partial_shape all = *shape;
  if (all.rank > 0) all.dims[0] = HR_UNKNOWN_DIM;
  if (!fits(tensor, &all))
    return hr_error(HR_INVALID_ARGUMENT, "tensor shape %s is not compatible with element_shape %s",
                    HR_TENSOR_SHAPE_TEXT(tensor), HR_PARTIAL_SHAPE_TEXT(shape));
  const int64_t *rows = hr_tensor_data(lengths);
  int64_t used = 0;
  for (int64_t i = 0; i < lengths->elements; ++i) {
    if (rows[i] < 0) return hr_error(HR_INVALID_ARGUMENT, "Invalid value in lengths: %" PRId64, rows[i]);
    if (rows[i] > tensor->dims[0] - used)
      return hr_error(HR_INVALID_ARGUMENT,
                      "Attempting to slice [%" PRId64 ", %" PRIu64 "] from tensor with length %" PRId64, used,
                      (uint64_t)used + (uint64_t)rows[i], tensor->dims[0]);
    used += rows[i];
  }
  if (used == tensor->dims[0]) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Unused values in tensor. Length of tensor: %" PRId64 " Values used: %" PRId64,
                  tensor->dims[0], used);
}

static hr_status split(hr_kernel_context *ctx) {
  hr_partial_shape shape;
  hr_tensor_list *list;
  const hr_tensor *tensor = hr_input(ctx, 0), *lengths = hr_input(ctx, 2);
  HR_TRY(hr_told_element_shape(hr_input(ctx, 1), &shape));
  HR_TRY(check_split(tensor, lengths, &shape));
  HR_TRY(hr_tensor_list_new(hr_tensor_dtype(tensor), &shape, lengths->elements, &list));
  return give(ctx, list, set_pieces(ctx, list, 0, lengths->elements, NULL, hr_tensor_data(lengths)));
}
HR_KERNEL(.op = "TensorListSplit", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = split);

/* Rows of a tensor as elements at `indices` of a list of this shape: `*highest` is the last of them, -1 for none. */
static hr_status check_scatter(const hr_tensor *tensor, const hr_tensor *indices, const hr_partial_shape *shape,
                               int64_t *highest) {
  const int32_t *index = hr_tensor_data(indices);
  if (tensor->rank > 0 && indices->elements != tensor->dims[0])
    return hr_error(HR_INVALID_ARGUMENT,
                    "Invalid number of rows in input tensor. Expected: %" PRId64 " Actual: %" PRId64, indices->elements,
                    tensor->dims[0]);
  HR_TRY(check_rows(tensor, shape));
  *highest = -1;
  for (int64_t i = 0; i < indices->elements; ++i) {
    if (index[i] < 0) return hr_error(HR_INVALID_ARGUMENT, "Indices in TensorListScatter must all be non-negative.");
    if (index[i] > *highest) *highest = index[i];
  }
  return HR_SUCCESS;
}

static hr_status scatter(hr_kernel_context *ctx) {
  hr_partial_shape shape;
  hr_tensor_list *list;
  int64_t highest;
  int32_t count = -1;
  const hr_tensor *tensor = hr_input(ctx, 0), *indices = hr_input(ctx, 1);
  HR_TRY(hr_told_element_shape(hr_input(ctx, 2), &shape));
  HR_TRY(check_scatter(tensor, indices, &shape, &highest));
  if (hr_input_count(ctx) > 3) HR_TRY(hr_list_scalar(ctx, 3, "num_elements", &count));
  if (count < -1)
    return hr_error(HR_INVALID_ARGUMENT, "TensorListScatter expects num_elements >= -1, found: %d", (int)count);
  if (count >= 0 && highest >= count)
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorListScatter: Trying to scatter at index %" PRId64 " in list with size %d", highest,
                    (int)count);
  HR_TRY(hr_tensor_list_new(hr_tensor_dtype(tensor), &shape, count < 0 ? highest + 1 : count, &list));
  return give(ctx, list, set_pieces(ctx, list, 0, indices->elements, hr_tensor_data(indices), NULL));
}
HR_KERNEL(.op = "TensorListScatter", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = scatter);
HR_KERNEL(.op = "TensorListScatterV2", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = scatter);

static hr_status scatter_into(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  int64_t highest;
  const hr_tensor *indices = hr_input(ctx, 2);
  HR_TRY(hr_typed_list_input(ctx, &list));
  HR_TRY(check_scatter(hr_input(ctx, 1), indices, &list->element_shape, &highest));
  HR_TRY(hr_tensor_list_to_change(ctx, &list));
  if (highest >= list->count) HR_TRY(hr_tensor_list_resize_to(list, highest + 1));
  return set_pieces(ctx, list, 1, indices->elements, hr_tensor_data(indices), NULL);
}
HR_KERNEL(.op = "TensorListScatterIntoExistingList", .types = {{"element_dtype", HR_COPIED_TYPES}},
          .compute = scatter_into);

/* ---- one element ------------------------------------------------------------------------------------------------- */

static hr_status check_pushed(const hr_tensor_list *list, const hr_tensor *tensor) {
  HR_TRY(hr_check_list_dtype(list, hr_tensor_dtype(tensor)));
  if (!fits(tensor, &list->element_shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Tried to append a tensor with incompatible shape to a list. Op element shape: %s list shape: %s",
                    HR_TENSOR_SHAPE_TEXT(tensor), HR_PARTIAL_SHAPE_TEXT(&list->element_shape));
  if (list->max_count >= 0 && list->count >= list->max_count)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Tried to push item into a full list list size: %" PRId64 " max_num_elements: %" PRId64,
                    list->count, list->max_count);
  return HR_SUCCESS;
}

static hr_status push_back(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  HR_TRY(hr_list_input(ctx, 0, &list));
  HR_TRY(check_pushed(list, hr_input(ctx, 1)));
  HR_TRY(hr_tensor_list_to_change(ctx, &list));
  hr_tensor value;
  HR_TRY(hr_keep_input(ctx, 1, &value));
  hr_status status = hr_tensor_list_resize_to(list, list->count + 1);
  if (status)
    hr_tensor_clear(&value);
  else
    list->items[list->count - 1] = value;
  return status;
}
HR_KERNEL(.op = "TensorListPushBack", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = push_back);

static hr_status check_batch(const hr_tensor *lists, const hr_tensor *tensor) {
  if (tensor->rank == 0)
    return hr_error(HR_INVALID_ARGUMENT, "Expected tensor to be at least a vector, but saw shape: %s",
                    HR_TENSOR_SHAPE_TEXT(tensor));
  if (tensor->dims[0] == lists->elements) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT,
                  "Expected tensor.shape[0] == input_handles.size, but saw %" PRId64 " vs. %" PRId64, tensor->dims[0],
                  lists->elements);
}

/* A list of the elements of `a` and then of `b`, which may be NULL, with room for one more. */
static hr_status joined_list(const hr_tensor_list *a, const hr_tensor_list *b, hr_tensor_list **out) {
  int64_t count = a->count + (b ? b->count : 0);
  HR_TRY(hr_tensor_list_new(a->dtype, &a->element_shape, count, out));
  (*out)->max_count = a->max_count;
  for (int64_t i = 0; i < count; ++i)
    hr_tensor_copy(i < a->count ? &a->items[i] : &b->items[i - a->count], &(*out)->items[i]);
  return HR_SUCCESS;
}

static hr_status push_row(const hr_tensor_list *from, const hr_tensor *row, int64_t i, hr_resource **out) {
  hr_tensor_list *list;
  HR_TRY(hr_check_list_dtype(from, hr_tensor_dtype(row)));
  if (!fits(row, &from->element_shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Tried to append a tensor with incompatible shape to a list at index %" PRId64
                    ". Op element shape: %s list shape: %s",
                    i, HR_TENSOR_SHAPE_TEXT(row), HR_PARTIAL_SHAPE_TEXT(&from->element_shape));
  HR_TRY(check_pushed(from, row));
  HR_TRY(joined_list(from, NULL, &list));
  *out = &list->resource;
  HR_TRY(hr_tensor_list_resize_to(list, list->count + 1));
  hr_tensor_copy(row, &list->items[list->count - 1]);
  return HR_SUCCESS;
}

static hr_status push_back_batch(hr_kernel_context *ctx) {
  const hr_tensor *lists = hr_input(ctx, 0);
  hr_tensor whole, *out;
  hr_shape shape = hr_tensor_shape(lists);
  HR_TRY(check_batch(lists, hr_input(ctx, 1)));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(hr_keep_input(ctx, 1, &whole));
  shape.rank = whole.rank - 1;
  memcpy(shape.dims, whole.dims + 1, sizeof(int64_t) * (size_t)shape.rank);
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < lists->elements && !status; ++i) {
    hr_tensor_list *from;
    hr_tensor row = hr_piece_of(&whole, &shape, i * hr_shape_elements(&shape));
    status = hr_tensor_list_at(lists, i, &from);
    if (!status) status = push_row(from, &row, i, (hr_resource **)hr_tensor_data(out) + i);
    hr_tensor_clear(&row);
  }
  hr_tensor_clear(&whole);
  return status;
}
HR_KERNEL(.op = "TensorListPushBackBatch", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = push_back_batch);

static hr_status pop_back(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  HR_TRY(hr_typed_list_input(ctx, &list));
  if (list->count == 0) return hr_error(HR_INVALID_ARGUMENT, "Trying to pop from an empty list.");
  const hr_tensor *last = &list->items[list->count - 1];
  if (hr_tensor_is_valid(last)) {
    hr_tensor_copy(last, hr_output_slot(ctx, 1));
  } else {
    hr_partial_shape shape;
    HR_TRY(hr_known_element_shape(ctx, 1, list, &shape));
    if (!hr_partial_shape_is_full(&shape))
      return hr_error(HR_INVALID_ARGUMENT,
                      "Trying to read an uninitialized tensor but element_shape is not fully defined.%s",
                      HR_PARTIAL_SHAPE_TEXT(&shape));
    HR_TRY(hr_output_zeros(ctx, 1, &shape));
  }
  HR_TRY(hr_tensor_list_to_change(ctx, &list));
  return hr_tensor_list_resize_to(list, list->count - 1);
}
HR_KERNEL(.op = "TensorListPopBack", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = pop_back);

static hr_status index_of(const hr_kernel_context *ctx, const hr_tensor_list *list, const char *doing, int32_t *out) {
  HR_TRY(hr_list_scalar(ctx, 1, "index", out));
  if (*out >= 0 && *out < list->count) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Trying to %s element %d in a list with %" PRId64 " elements.", doing, (int)*out,
                  list->count);
}

static hr_status set_item(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  int32_t index;
  const hr_tensor *item = hr_input(ctx, 2);
  HR_TRY(hr_typed_list_input(ctx, &list));
  HR_TRY(index_of(ctx, list, "modify", &index));
  if (!fits(item, &list->element_shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Tried to set a tensor with incompatible shape at a list index. Item element shape: %s list shape: "
                    "%s",
                    HR_TENSOR_SHAPE_TEXT(item), HR_PARTIAL_SHAPE_TEXT(&list->element_shape));
  HR_TRY(hr_tensor_list_to_change(ctx, &list));
  hr_tensor value;
  HR_TRY(hr_keep_input(ctx, 2, &value));
  hr_tensor_clear(&list->items[index]);
  list->items[index] = value;
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorListSetItem", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = set_item);

static hr_status get_item(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  int32_t index;
  HR_TRY(hr_typed_list_input(ctx, &list));
  HR_TRY(index_of(ctx, list, "access", &index));
  if (hr_tensor_is_valid(&list->items[index])) {
    hr_tensor_copy(&list->items[index], hr_output_slot(ctx, 0));
    return HR_SUCCESS;
  }
  hr_partial_shape shape;
  HR_TRY(hr_known_element_shape(ctx, 2, list, &shape));
  if (!hr_partial_shape_is_full(&shape)) HR_TRY(hr_common_element_shape(list, &shape));
  if (!hr_partial_shape_is_full(&shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "Trying to read an uninitialized tensor but element_shape is not fully defined: %s and no list "
                    "element is set.",
                    HR_PARTIAL_SHAPE_TEXT(&shape));
  return hr_output_zeros(ctx, 0, &shape);
}
HR_KERNEL(.op = "TensorListGetItem", .types = {{"element_dtype", HR_COPIED_TYPES}}, .compute = get_item);

/* ---- whole lists ------------------------------------------------------------------------------------------------- */

static hr_status join_lists(const hr_tensor_list *a, const hr_tensor_list *b, hr_dtype dtype, int64_t i,
                            hr_resource **out) {
  hr_tensor_list *list;
  for (int k = 0; k < 2; ++k)
    if ((k ? b : a)->dtype != dtype)
      return hr_error(HR_INVALID_ARGUMENT, "input_%c[%" PRId64 "].dtype != element_dtype.  Saw: %s vs. %s", 'a' + k, i,
                      hr_dtype_name((k ? b : a)->dtype), hr_dtype_name(dtype));
  if (!hr_partial_shape_equal(&a->element_shape, &b->element_shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "input_a and input_b TensorList element shapes are not identical at index %" PRId64
                    ".  Saw %s vs. %s",
                    i, HR_PARTIAL_SHAPE_TEXT(&a->element_shape), HR_PARTIAL_SHAPE_TEXT(&b->element_shape));
  HR_TRY(joined_list(a, b, &list));
  *out = &list->resource;
  return HR_SUCCESS;
}

static hr_status concat_lists(hr_kernel_context *ctx) {
  const hr_tensor *a = hr_input(ctx, 0), *b = hr_input(ctx, 1);
  hr_tensor_list *first, *second;
  hr_shape shape = hr_tensor_shape(a);
  hr_tensor *out;
  if (!hr_same_shape(a, b))
    return hr_error(HR_INVALID_ARGUMENT, "input_a.shape != input_b.shape: %s vs. %s", HR_TENSOR_SHAPE_TEXT(a),
                    HR_TENSOR_SHAPE_TEXT(b));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_resource **lists = hr_tensor_data(out);
  for (int64_t i = 0; i < a->elements; ++i) {
    HR_TRY(hr_tensor_list_at(a, i, &first));
    HR_TRY(hr_tensor_list_at(b, i, &second));
    HR_TRY(join_lists(first, second, hr_list_dtype(ctx), i, &lists[i]));
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorListConcatLists", .compute = concat_lists);

static hr_status length(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  HR_TRY(hr_list_input(ctx, 0, &list));
  if (list->count > INT32_MAX) return hr_error(HR_INVALID_ARGUMENT, "The list is too long for its length to be told");
  *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)list->count);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorListLength", .compute = length, .flags = HR_KERNEL_CHEAP);

static hr_status element_shape(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  hr_tensor *out;
  HR_TRY(hr_list_input(ctx, 0, &list));
  const hr_partial_shape *known = &list->element_shape;
  hr_shape shape = {.rank = known->rank < 0 ? 0 : 1, .dims = {known->rank}};
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  for (int64_t i = 0; i < out->elements; ++i) {
    int64_t size = known->rank < 0 ? -1 : known->dims[i];
    if (out->dtype == HR_INT32)
      ((int32_t *)hr_tensor_data(out))[i] = (int32_t)size;
    else
      ((int64_t *)hr_tensor_data(out))[i] = size;
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "TensorListElementShape", .compute = element_shape);

static hr_status resize(hr_kernel_context *ctx) {
  hr_tensor_list *list;
  int32_t size;
  HR_TRY(hr_list_input(ctx, 0, &list));
  HR_TRY(hr_list_scalar(ctx, 1, "size", &size));
  if (size < 0)
    return hr_error(HR_INVALID_ARGUMENT, "TensorListSlice expects size to be non-negative. Got: %d", (int)size);
  HR_TRY(hr_tensor_list_to_change(ctx, &list));
  return hr_tensor_list_resize_to(list, size);
}
HR_KERNEL(.op = "TensorListResize", .compute = resize);
