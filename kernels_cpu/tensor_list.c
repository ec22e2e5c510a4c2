#include "kernels_cpu/tensor_list.h"

#include "kernels_cpu/arguments.h"
#include "kernels_cpu/variant_math.h"
#include <stdlib.h>
#include <string.h>

static void destroy(hr_resource *resource) {
  hr_tensor_list *list = (hr_tensor_list *)resource;
  for (int64_t i = 0; i < list->count; ++i)
    hr_tensor_clear(&list->items[i]);
  free(list->items);
  free(list);
}

/* A variant of a list that was made, unless there is an error; lets go of it. */
static hr_status give(hr_tensor_list *list, hr_status status, hr_tensor *out) {
  if (!status) status = hr_variant_new(&list->resource, out);
  hr_resource_unref(&list->resource);
  return status;
}

static hr_status zeros_like(hr_kernel_context *ctx, const hr_resource *like, hr_tensor *out) {
  const hr_tensor_list *from = (const hr_tensor_list *)like;
  hr_tensor_list *list;
  HR_TRY(hr_tensor_list_new(from->dtype, &from->element_shape, from->count, &list));
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < from->count && !status; ++i)
    if (hr_tensor_is_valid(&from->items[i])) status = hr_zeros_like_value(ctx, &from->items[i], &list->items[i]);
  return give(list, status, out);
}

static hr_status sum_items(hr_kernel_context *ctx, const hr_tensor *a, const hr_tensor *b, hr_tensor *out) {
  if (hr_tensor_is_valid(a) && hr_tensor_is_valid(b)) return hr_sum_values(ctx, a, b, out);
  if (hr_tensor_is_valid(a) || hr_tensor_is_valid(b)) hr_tensor_copy(hr_tensor_is_valid(a) ? a : b, out);
  return HR_SUCCESS;
}

static hr_status sum(hr_kernel_context *ctx, const hr_resource *x, const hr_resource *y, hr_tensor *out) {
  const hr_tensor_list *a = (const hr_tensor_list *)x, *b = (const hr_tensor_list *)y;
  hr_tensor_list *list;
  hr_partial_shape shape;
  if (a->dtype != b->dtype)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Trying to add two lists of tensors of different dtypes. One is %s and the other is %s",
                    hr_dtype_name(a->dtype), hr_dtype_name(b->dtype));
  if (a->count != b->count)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Trying to add two lists of tensors with different lengths. One is %lld and the other is %lld",
                    (long long)a->count, (long long)b->count);
  HR_TRY(hr_merge_element_shapes(&a->element_shape, &b->element_shape, &shape));
  HR_TRY(hr_tensor_list_new(a->dtype, &shape, a->count, &list));
  hr_status status = HR_SUCCESS;
  for (int64_t i = 0; i < a->count && !status; ++i)
    status = sum_items(ctx, &a->items[i], &b->items[i], &list->items[i]);
  return give(list, status, out);
}

static const hr_resource_type list_type = {
    .name = "TensorList", .destroy = destroy, .zeros_like = zeros_like, .sum = sum};

hr_status hr_tensor_list_new(hr_dtype dtype, const hr_partial_shape *element_shape, int64_t count,
                             hr_tensor_list **out) {
  hr_tensor_list *list = calloc(1, sizeof *list);
  *out = NULL;
  if (!list) return hr_error_out_of_memory(sizeof *list, "a list of tensors");
  hr_resource_init(&list->resource, &list_type);
  list->dtype = dtype;
  list->element_shape = *element_shape;
  list->max_count = -1;
  hr_status status = hr_tensor_list_resize_to(list, count);
  if (status)
    hr_resource_unref(&list->resource);
  else
    *out = list;
  return status;
}

hr_status hr_tensor_list_resize_to(hr_tensor_list *list, int64_t count) {
  for (int64_t i = count; i < list->count; ++i)
    hr_tensor_clear(&list->items[i]);
  if (count > list->capacity) {
    int64_t capacity = list->capacity == 0 || count > 2 * list->capacity ? count : 2 * list->capacity;
    hr_tensor *items =
        (uint64_t)capacity > SIZE_MAX / sizeof *items / 2 ? NULL : calloc((size_t)capacity, sizeof *items);
    if (!items) return hr_error_out_of_memory((size_t)capacity * sizeof *items, "a list of tensors");
    if (list->count) memcpy(items, list->items, sizeof *items * (size_t)list->count);
    free(list->items);
    list->items = items;
    list->capacity = capacity;
  }
  list->count = count;
  return HR_SUCCESS;
}

hr_status hr_tensor_list_at(const hr_tensor *variants, int64_t i, hr_tensor_list **out) {
  hr_resource *resource = ((hr_resource *const *)hr_tensor_data(variants))[i];
  *out = (hr_tensor_list *)resource;
  if (resource && resource->type == &list_type) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Input handle is not a list. Saw: '%s'",
                  resource ? resource->type->name : "an empty variant");
}

hr_status hr_merge_element_shapes(const hr_partial_shape *a, const hr_partial_shape *b, hr_partial_shape *out) {
  hr_status status = hr_partial_shape_merge(a, b, out);
  if (!status) return HR_SUCCESS;
  char text[2][HR_SHAPE_TEXT];
  hr_status_free(status);
  if (a->rank != b->rank)
    return hr_error(HR_INVALID_ARGUMENT, "PartialTensorShape: Incompatible ranks during merge: %d vs. %d", a->rank,
                    b->rank);
  return hr_error(HR_INVALID_ARGUMENT, "PartialTensorShape: Incompatible shapes during merge: %s vs. %s",
                  hr_partial_shape_text(a, text[0]), hr_partial_shape_text(b, text[1]));
}

hr_status hr_tensor_list_to_change(hr_kernel_context *ctx, hr_tensor_list **out) {
  hr_tensor_list *from, *list;
  HR_TRY(hr_tensor_list_at(hr_input(ctx, 0), 0, &from));
  hr_tensor *output = hr_output_slot(ctx, 0);
  hr_output_share(ctx, 0, 0, NULL);
  *out = from;
  if (!hr_buffer_is_shared(output->buffer) && atomic_load(&from->resource.references) == 1) return HR_SUCCESS;
  hr_status status = hr_tensor_list_new(from->dtype, &from->element_shape, from->count, &list);
  if (status) return status;
  list->max_count = from->max_count;
  for (int64_t i = 0; i < from->count; ++i)
    hr_tensor_copy(&from->items[i], &list->items[i]);
  hr_tensor variant;
  status = give(list, HR_SUCCESS, &variant);
  if (status) return status;
  hr_tensor_clear(output);
  *output = variant;
  *out = list;
  return HR_SUCCESS;
}
