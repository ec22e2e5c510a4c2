/* What goes into queues and comes out of them: elements from a node's inputs, batches from elements. */
#include "runtime/resource/queue_kinds.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void hr_queue_clear_elements(const hr_queue *queue, hr_tensor *elements, int64_t count) {
  for (int64_t i = 0; i < count * queue->num_components; ++i)
    hr_tensor_clear(&elements[i]);
}

/* ---- checks ----------------------------------------------------------------------------------------------------- */

static hr_status check_dtypes(const hr_queue *queue, const hr_kernel_context *ctx, int first) {
  int given = hr_input_count(ctx) - first;
  if (given != queue->num_components)
    return hr_error(HR_INVALID_ARGUMENT, "Wrong number of components in tuple. Expected %d, got %d",
                    queue->num_components, given);
  for (int i = 0; i < given; ++i) {
    hr_dtype dtype = hr_tensor_dtype(hr_input(ctx, first + i));
    if (dtype != (hr_dtype)queue->dtypes[i])
      return hr_error(HR_INVALID_ARGUMENT, "Type mismatch in tuple component %d. Expected %s, got %s", i,
                      hr_dtype_name((hr_dtype)queue->dtypes[i]), hr_dtype_name(dtype));
  }
  return HR_SUCCESS;
}

static bool fits(const hr_tensor *value, const hr_partial_shape *shape) {
  if (shape->rank < 0) return true;
  if (shape->rank != value->rank) return false;
  for (int i = 0; i < shape->rank; ++i)
    if (shape->dims[i] >= 0 && shape->dims[i] != value->dims[i]) return false;
  return true;
}

static hr_status check_component(const hr_tensor *value, const hr_partial_shape *shape, int component) {
  if (fits(value, shape)) return HR_SUCCESS;
  char expected[HR_SHAPE_TEXT], given[HR_SHAPE_TEXT];
  hr_shape own = hr_tensor_shape(value);
  return hr_error(HR_INVALID_ARGUMENT, "Shape mismatch in tuple component %d. Expected %s, got %s", component,
                  hr_partial_shape_text(shape, expected), hr_shape_text(&own, given));
}

static hr_status check_priority(const hr_queue *queue, const hr_tensor *priority) {
  if (!queue->kind->has_priorities || priority->elements == 1) return HR_SUCCESS;
  char text[HR_SHAPE_TEXT];
  hr_shape shape = hr_tensor_shape(priority);
  return hr_error(HR_INVALID_ARGUMENT, "Expected the priority element 0 to be a scalar, but received shape: %s",
                  hr_shape_text(&shape, text));
}

/* A component's shape behind `rows`, which may be unknown. */
static hr_partial_shape batch_shape(const hr_partial_shape *component, int64_t rows) {
  hr_partial_shape shape = {.rank = component->rank + 1, .dims = {rows}};
  if (component->rank < 0 || component->rank >= HR_MAX_RANK) return HR_SHAPE_UNKNOWN;
  memcpy(shape.dims + 1, component->dims, sizeof shape.dims[0] * (size_t)component->rank);
  return shape;
}

static hr_status check_batch(const hr_queue *queue, const hr_kernel_context *ctx, int first) {
  const hr_tensor *batch = hr_input(ctx, first);
  int64_t rows = batch->rank > 0 ? batch->dims[0] : HR_UNKNOWN_DIM;
  for (int i = 0; i < queue->num_components; ++i) {
    const hr_tensor *value = hr_input(ctx, first + i);
    hr_partial_shape shape = batch_shape(queue->num_shapes ? &queue->shapes[i] : &HR_SHAPE_UNKNOWN, rows);
    HR_TRY(check_component(value, &shape, i));
    if (value->rank == 0)
      return hr_error(HR_INVALID_ARGUMENT, "Component %d of a batch for a queue is a scalar: it has no rows", i);
    if (value->dims[0] != rows)
      return hr_error(HR_INVALID_ARGUMENT,
                      "All input tuples must have the same size in the 0th dimension. Component %d has %" PRId64
                      ", and should have %" PRId64,
                      i, value->dims[0], rows);
  }
  return HR_SUCCESS;
}

/* ---- elements --------------------------------------------------------------------------------------------------- */

hr_status hr_queue_element_of_inputs(const hr_queue *queue, hr_kernel_context *ctx, int first, hr_tensor *out) {
  HR_TRY(check_dtypes(queue, ctx, first));
  for (int i = 0; i < queue->num_shapes; ++i)
    HR_TRY(check_component(hr_input(ctx, first + i), &queue->shapes[i], i));
  HR_TRY(check_priority(queue, hr_input(ctx, first)));
  for (int i = 0; i < queue->num_components; ++i) {
    hr_status status = hr_keep_input(ctx, first + i, &out[i]);
    if (!status) continue;
    while (i-- > 0)
      hr_tensor_clear(&out[i]);
    return status;
  }
  return HR_SUCCESS;
}

/* Component `component` of all elements, from the rows of an input. */
static hr_status cut_rows(const hr_queue *queue, hr_kernel_context *ctx, const hr_tensor *batch, int component,
                          hr_tensor *elements) {
  int64_t rows = batch->dims[0];
  hr_tensor row = {.dtype = batch->dtype, .rank = (int8_t)(batch->rank - 1), .elements = 1};
  for (int i = 1; i < batch->rank; ++i) {
    row.dims[i - 1] = batch->dims[i];
    row.elements *= batch->dims[i];
  }
  hr_dtype dtype = hr_tensor_dtype(batch);
  size_t bytes = (size_t)row.elements * hr_dtype_size(dtype);
  char *from = hr_tensor_data(batch);
  bool is_inline = row.elements == 1 && hr_dtype_is_plain(dtype);
  for (int64_t r = 0; r < rows; ++r) {
    hr_tensor *element = &elements[r * queue->num_components + component];
    if (is_inline) {
      *element = row;
      memcpy(element->scalar.bytes, from + (size_t)r * bytes, bytes);
    } else {
      row.data = from + (size_t)r * bytes;
      HR_TRY(hr_tensor_clone(hr_kept_memory(ctx), &row, element));
    }
  }
  return HR_SUCCESS;
}

hr_status hr_queue_elements_of_inputs(const hr_queue *queue, hr_kernel_context *ctx, int first, hr_tensor **out,
                                      int64_t *count) {
  HR_TRY(check_dtypes(queue, ctx, first));
  HR_TRY(check_batch(queue, ctx, first));
  int64_t rows = hr_input(ctx, first)->dims[0];
  hr_tensor *elements = calloc((size_t)rows * (size_t)queue->num_components + 1, sizeof *elements);
  if (!elements) return hr_error_out_of_memory((size_t)rows * sizeof *elements, "elements for a queue");
  hr_status status = HR_SUCCESS;
  for (int i = 0; i < queue->num_components && !status; ++i)
    status = cut_rows(queue, ctx, hr_input(ctx, first + i), i, elements);
  for (int64_t r = 0; r < rows && !status && queue->kind->has_priorities; ++r)
    status = check_priority(queue, &elements[r * queue->num_components]);
  if (status) {
    hr_queue_clear_elements(queue, elements, rows);
    free(elements);
    return status;
  }
  *out = elements;
  *count = rows;
  return HR_SUCCESS;
}

/* ---- batches ---------------------------------------------------------------------------------------------------- */

/* The shape of `count` elements together: unknown sizes are those of the largest. */
static hr_status common_shape(const hr_queue *queue, int component, const hr_tensor *elements, int64_t count,
                              hr_shape *out) {
  hr_partial_shape shape = batch_shape(&queue->shapes[component], count);
  if (shape.rank < 0)
    return hr_error(HR_UNIMPLEMENTED, "A batch of a queue's component %d has too many dimensions", component);
  for (int d = 1; d < shape.rank; ++d) {
    if (shape.dims[d] >= 0) continue;
    shape.dims[d] = 0;
    for (int64_t r = 0; r < count; ++r) {
      int64_t size = elements[r * queue->num_components + component].dims[d - 1];
      if (size > shape.dims[d]) shape.dims[d] = size;
    }
  }
  return hr_shape_make(shape.rank, shape.dims, out);
}

static hr_status copy_elements(hr_dtype dtype, void *to, const void *from, int64_t count) {
  if (dtype == HR_STRING) {
    const hr_string *strings = from;
    for (int64_t i = 0; i < count; ++i)
      HR_TRY(hr_string_set((hr_string *)to + i, hr_string_data(&strings[i]), hr_string_length(&strings[i])));
    return HR_SUCCESS;
  }
  memcpy(to, from, (size_t)count * hr_dtype_size(dtype));
  for (int64_t i = 0; i < count && dtype == HR_RESOURCE; ++i)
    if (((hr_resource *const *)from)[i]) hr_resource_ref(((hr_resource *const *)from)[i]);
  return HR_SUCCESS;
}

/* Copies an element into its row, whose sizes may be larger: dimension by dimension. */
static hr_status copy_padded(const hr_tensor *element, const hr_tensor *batch, int dim, char *to, const char *from) {
  hr_dtype dtype = hr_tensor_dtype(element);
  int64_t to_step = 1, from_step = 1;
  if (dim == element->rank) return copy_elements(dtype, to, from, 1);
  for (int d = dim + 1; d < element->rank; ++d) {
    from_step *= element->dims[d];
    to_step *= batch->dims[d + 1];
  }
  if (from_step == to_step) return copy_elements(dtype, to, from, from_step * element->dims[dim]);
  size_t size = hr_dtype_size(dtype);
  for (int64_t i = 0; i < element->dims[dim]; ++i)
    HR_TRY(
        copy_padded(element, batch, dim + 1, to + (size_t)(i * to_step) * size, from + (size_t)(i * from_step) * size));
  return HR_SUCCESS;
}

static hr_status fill_batch(const hr_queue *queue, int component, const hr_tensor *elements, int64_t count,
                            hr_tensor *batch) {
  if (count == 0 || batch->elements == 0) return HR_SUCCESS;
  hr_dtype dtype = hr_tensor_dtype(batch);
  int64_t per_row = batch->elements / count;
  size_t bytes = (size_t)per_row * hr_dtype_size(dtype);
  char *to = hr_tensor_data(batch);
  if (queue->kind->pads && hr_dtype_is_plain(dtype)) memset(to, 0, hr_tensor_bytes(batch)); /* strings are empty */
  for (int64_t r = 0; r < count; ++r) {
    const hr_tensor *element = &elements[r * queue->num_components + component];
    if (element->elements == per_row)
      HR_TRY(copy_elements(dtype, to + (size_t)r * bytes, hr_tensor_data(element), per_row));
    else
      HR_TRY(copy_padded(element, batch, 0, to + (size_t)r * bytes, hr_tensor_data(element)));
  }
  return HR_SUCCESS;
}

hr_status hr_queue_make_batch(const hr_queue *queue, hr_kernel_context *ctx, const hr_tensor *elements, int64_t count,
                              hr_tensor *out) {
  for (int i = 0; i < queue->num_components; ++i) {
    hr_shape shape;
    out[i] = (hr_tensor){0};
    hr_status status = common_shape(queue, i, elements, count, &shape);
    if (!status) status = hr_temporary_new(ctx, (hr_dtype)queue->dtypes[i], &shape, &out[i]);
    if (!status) status = fill_batch(queue, i, elements, count, &out[i]);
    if (!status) continue;
    for (int k = 0; k <= i; ++k)
      hr_tensor_clear(&out[k]);
    return status;
  }
  return HR_SUCCESS;
}
