#include "kernels_cpu/data/dataset_kernel.h"
#include "runtime/graph/arguments.h"

/* ---- the dataset ------------------------------------------------------------------------------------------------- */

hr_status hr_make_dataset(const hr_kernel_context *ctx, const hr_dataset_type *type, size_t size, int32_t num_inputs,
                          hr_dataset **out) {
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *dtypes = hr_node_attr(node, "output_types"), *shapes = hr_node_attr(node, "output_shapes");
  if (!dtypes) dtypes = hr_node_attr(node, "Toutput_types");
  if (dtypes->count != shapes->count)
    return hr_error(HR_INVALID_ARGUMENT, "output_types and output_shapes must be of one length, not %d and %d",
                    (int)dtypes->count, (int)shapes->count);
  hr_dataset **inputs = calloc((size_t)num_inputs + 1, sizeof *inputs);
  if (!inputs) return hr_error_out_of_memory(sizeof *inputs, "a dataset");
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < num_inputs && !status; ++i)
    status = hr_dataset_of(hr_input(ctx, i), &inputs[i]);
  if (!status)
    status = hr_dataset_new(type, size, dtypes->count, dtypes->types, shapes->shapes, num_inputs, inputs, out);
  free(inputs);
  return status;
}

hr_status hr_give_dataset(hr_kernel_context *ctx, hr_dataset *dataset, hr_status status) {
  if (!status) status = hr_variant_new(&dataset->resource, hr_output_slot(ctx, 0));
  hr_dataset_unref(dataset);
  return status;
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

static hr_status check_scalar(const hr_tensor *t, const char *name) {
  return t->rank == 0 ? HR_SUCCESS : hr_error(HR_INVALID_ARGUMENT, "%s must be a scalar", name);
}

hr_status hr_int_input(const hr_kernel_context *ctx, int index, const char *name, int64_t *out) {
  const hr_tensor *t = hr_input(ctx, index);
  HR_TRY(check_scalar(t, name));
  *out = hr_index_at(t, 0);
  return HR_SUCCESS;
}

hr_status hr_bool_input(const hr_kernel_context *ctx, int index, const char *name, bool *out) {
  const hr_tensor *t = hr_input(ctx, index);
  HR_TRY(check_scalar(t, name));
  *out = *(const bool *)hr_tensor_data(t);
  return HR_SUCCESS;
}

static char *copy_text(const hr_string *s) {
  size_t length = hr_string_length(s);
  char *copy = malloc(length + 1);
  if (!copy) return NULL;
  memcpy(copy, hr_string_data(s), length);
  copy[length] = '\0';
  return copy;
}

hr_status hr_text_input(const hr_kernel_context *ctx, int index, const char *name, char **out) {
  const hr_tensor *t = hr_input(ctx, index);
  HR_TRY(check_scalar(t, name));
  *out = copy_text(hr_tensor_data(t));
  return *out ? HR_SUCCESS : hr_error_out_of_memory(0, "a string");
}

hr_status hr_texts_input(const hr_kernel_context *ctx, int index, const char *name, int64_t *count, char ***out) {
  const hr_tensor *t = hr_input(ctx, index);
  if (t->rank > 1) return hr_error(HR_INVALID_ARGUMENT, "`%s` must be a scalar or a vector.", name);
  const hr_string *strings = hr_tensor_data(t);
  *count = 0;
  *out = calloc((size_t)t->elements + 1, sizeof **out);
  for (; *out && *count < t->elements; ++*count)
    if (!((*out)[*count] = copy_text(&strings[*count]))) break;
  if (*out && *count == t->elements) return HR_SUCCESS;
  hr_free_texts(*count, *out);
  *out = NULL;
  *count = 0;
  return hr_error_out_of_memory(0, "strings");
}

void hr_free_texts(int64_t count, char **texts) {
  for (int64_t i = 0; texts && i < count; ++i)
    free(texts[i]);
  free(texts);
}

void hr_input_range(const hr_kernel_context *ctx, int argument, int32_t *first, int32_t *count) {
  const hr_node *node = hr_context_node(ctx);
  *first = 0;
  for (int i = 0; i <= argument; ++i) {
    const hr_arg_def *arg = &node->op->inputs[i];
    *count = arg->number_attr >= 0      ? (int32_t)node->attrs[arg->number_attr].i
             : arg->type_list_attr >= 0 ? node->attrs[arg->type_list_attr].count
                                        : 1;
    if (i < argument) *first += *count;
  }
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

hr_status hr_copy_row(const hr_tensor *t, int64_t row, hr_tensor *out) {
  hr_shape shape = {.rank = t->rank - 1};
  memcpy(shape.dims, t->dims + 1, sizeof *shape.dims * (size_t)shape.rank);
  hr_dtype dtype = hr_tensor_dtype(t);
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  const char *from = (const char *)hr_tensor_data(t) + (size_t)(row * out->elements) * hr_dtype_size(dtype);
  hr_status status = hr_copy_elements(dtype, hr_tensor_data(out), from, out->elements);
  if (status) hr_tensor_clear(out);
  return status;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

hr_status hr_elements_add(hr_elements *list, hr_tensor *element, int32_t width) {
  if (list->count == list->capacity) {
    int64_t capacity = list->capacity ? 2 * list->capacity : 8;
    hr_tensor *tensors = realloc(list->tensors, sizeof *tensors * (size_t)capacity * (size_t)width);
    if (!tensors) {
      hr_element_clear(element, width);
      return hr_error_out_of_memory(sizeof *tensors * (size_t)capacity, "a list of elements");
    }
    list->tensors = tensors;
    list->capacity = capacity;
  }
  hr_element_move(element, hr_elements_at(list, list->count++, width), width);
  return HR_SUCCESS;
}

void hr_elements_empty(hr_elements *list, int32_t width) {
  hr_element_clear(list->tensors, (int32_t)(list->count * width));
  list->count = 0;
}

void hr_elements_free(hr_elements *list, int32_t width) {
  hr_elements_empty(list, width);
  free(list->tensors);
  *list = (hr_elements){0};
}

hr_status hr_elements_save(const hr_elements *list, int32_t width, hr_state_writer *writer) {
  hr_state_put_int(writer, list->count);
  for (int64_t i = 0; i < list->count; ++i)
    HR_TRY(hr_state_put_element(writer, hr_elements_at(list, i, width), width));
  return HR_SUCCESS;
}

hr_status hr_elements_restore(hr_elements *list, const hr_dataset *dataset, hr_state_reader *reader) {
  int64_t count;
  HR_TRY(hr_state_get_int_in(reader, 0, INT32_MAX, &count));
  hr_tensor *element = calloc((size_t)dataset->width + 1, sizeof *element);
  hr_status status = element ? HR_SUCCESS : hr_error_out_of_memory(sizeof *element, "an element");
  hr_elements_empty(list, dataset->width);
  for (int64_t i = 0; i < count && !status; ++i) {
    status = hr_state_get_element(reader, dataset->dtypes, dataset->width, element);
    if (!status) status = hr_elements_add(list, element, dataset->width);
  }
  free(element);
  return status;
}

static hr_status check_shapes(const hr_elements *list, int32_t width, int32_t component) {
  const hr_tensor *first = &list->tensors[component];
  for (int64_t i = 1; i < list->count; ++i) {
    const hr_tensor *t = &hr_elements_at(list, i, width)[component];
    if (t->dtype == first->dtype && hr_same_shape(t, first)) continue;
    return hr_error(
        HR_INVALID_ARGUMENT,
        "Cannot batch tensors with different shapes in component %d. First element had shape %s and element "
        "%lld had shape %s.",
        (int)component, HR_TENSOR_SHAPE_TEXT(first), (long long)i, HR_TENSOR_SHAPE_TEXT(t));
  }
  return HR_SUCCESS;
}

/* Strings that nobody else sees are moved. */
static hr_status put_row(hr_tensor *from, hr_dtype dtype, char *to) {
  if (dtype != HR_STRING || !from->buffer || hr_buffer_is_shared(from->buffer))
    return hr_copy_elements(dtype, to, hr_tensor_data(from), from->elements);
  size_t bytes = hr_tensor_bytes(from);
  memcpy(to, from->data, bytes);
  memset(from->data, 0, bytes);
  return HR_SUCCESS;
}

static hr_status stack_component(hr_elements *list, int32_t width, int32_t component, hr_tensor *out) {
  HR_TRY(check_shapes(list, width, component));
  const hr_tensor *first = &list->tensors[component];
  hr_dtype dtype = hr_tensor_dtype(first);
  if (first->rank == HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A batch of tensors of %d dimensions", (int)first->rank);
  hr_shape shape = {.rank = first->rank + 1, .dims = {list->count}};
  memcpy(shape.dims + 1, first->dims, sizeof *shape.dims * (size_t)first->rank);
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  char *to = hr_tensor_data(out);
  size_t row = hr_tensor_bytes(first);
  for (int64_t i = 0; i < list->count; ++i) {
    hr_status status = put_row(&hr_elements_at(list, i, width)[component], dtype, to + (size_t)i * row);
    if (!status) continue;
    hr_tensor_clear(out);
    return status;
  }
  return HR_SUCCESS;
}

hr_status hr_elements_stack(hr_elements *list, int32_t width, hr_tensor *out) {
  hr_status status = HR_SUCCESS;
  for (int32_t c = 0; c < width && !status; ++c) {
    status = stack_component(list, width, c, &out[c]);
    if (!status) continue;
    hr_element_clear(out, c);
  }
  hr_elements_empty(list, width);
  return status;
}
hr_status hr_save_nothing(hr_iterator *it, hr_state_writer *writer) {
  (void)it, (void)writer;
  return HR_SUCCESS;
}

hr_status hr_restore_nothing(hr_iterator *it, hr_state_reader *reader) {
  (void)it, (void)reader;
  return HR_SUCCESS;
}
