#include "kernels_cpu/step_array.h"
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/row_arithmetic.h"
#include "runtime/base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- life ------------------------------------------------------------------------------------------------------ */

void hr_step_array_close(hr_step_array *array) {
  pthread_mutex_lock(&array->lock);
  hr_array_element *elements = array->elements;
  int32_t size = array->size;
  array->elements = NULL;
  array->size = array->capacity = 0;
  array->closed = true;
  pthread_mutex_unlock(&array->lock);
  for (int32_t i = 0; i < size; ++i)
    hr_tensor_clear(&elements[i].value);
  free(elements);
}

static void end_array(hr_resource *resource) {
  hr_step_array *array = (hr_step_array *)resource;
  hr_step_array_close(array);
  for (hr_step_array *g = array->gradients; g; g = g->next)
    hr_step_array_close(g);
}

static void destroy_array(hr_resource *resource) {
  hr_step_array *array = (hr_step_array *)resource;
  hr_step_array_close(array);
  for (hr_step_array *g = array->gradients, *next; g; g = next) {
    next = g->next;
    hr_resource_unref(&g->resource);
  }
  pthread_mutex_destroy(&array->lock);
  free(array->name);
  free(array->source);
  free(array);
}

const hr_resource_type hr_step_array_type = {.name = "TensorArray", .destroy = destroy_array, .end = end_array};

/* Room for `size` elements; the new ones are empty. Lock held. */
static hr_status resize(hr_step_array *array, int32_t size) {
  if (size > array->capacity) {
    int64_t capacity = size > 2 * (int64_t)array->capacity ? size : 2 * (int64_t)array->capacity;
    if (capacity > INT32_MAX) capacity = INT32_MAX;
    hr_array_element *elements = realloc(array->elements, sizeof *elements * (size_t)capacity);
    if (!elements) return hr_error_out_of_memory(sizeof *elements * (size_t)capacity, "the elements of a TensorArray");
    array->elements = elements;
    array->capacity = (int32_t)capacity;
  }
  for (; array->size < size; ++array->size) {
    hr_array_element *element = &array->elements[array->size];
    element->value.buffer = NULL;
    element->value.dtype = HR_INVALID;
    element->written = element->read = false;
  }
  return HR_SUCCESS;
}

hr_status hr_step_array_new(const hr_step_array_options *options, hr_step_array **out) {
  *out = NULL;
  hr_step_array *array = calloc(1, sizeof *array);
  char *name = strdup(options->name);
  if (!array || !name || pthread_mutex_init(&array->lock, NULL) != 0) {
    free(array);
    free(name);
    return hr_error_out_of_memory(sizeof *array, "a TensorArray");
  }
  hr_resource_init(&array->resource, &hr_step_array_type);
  array->name = name;
  array->dtype = options->dtype;
  array->clears = options->clears;
  array->identical = options->identical;
  array->dynamic = options->dynamic;
  array->element_shape = options->element_shape;
  array->split_size = -1;
  hr_status status = resize(array, options->size);
  if (status)
    hr_resource_unref(&array->resource);
  else
    *out = array;
  return status;
}

static hr_status check_open(const hr_step_array *array) {
  if (!array->closed) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "TensorArray %s has already been closed.", array->name);
}

hr_status hr_step_array_size(hr_step_array *array, int32_t *out) {
  pthread_mutex_lock(&array->lock);
  hr_status status = check_open(array);
  *out = array->size;
  pthread_mutex_unlock(&array->lock);
  return status;
}

hr_status hr_step_array_begin_split(hr_step_array *array, int64_t count) {
  pthread_mutex_lock(&array->lock);
  hr_status status = check_open(array);
  if (!status && count != array->size && !(array->dynamic && count > array->size && count <= INT32_MAX))
    status = hr_error(HR_INVALID_ARGUMENT,
                      "TensorArray's size is not equal to the size of lengths (%d vs. %lld), and the TensorArray is "
                      "not marked as dynamically resizeable",
                      array->size, (long long)count);
  if (!status) array->split_size = (int32_t)count;
  pthread_mutex_unlock(&array->lock);
  return status;
}

/* ---- gradients ------------------------------------------------------------------------------------------------- */

static hr_status with_front(const hr_shape *front, int rank, const int64_t *dims, int *out_rank, int64_t *out) {
  if (front->rank + rank > HR_MAX_RANK)
    return hr_error(HR_UNIMPLEMENTED, "A tensor has at most %d dimensions", HR_MAX_RANK);
  for (int i = rank; i-- > 0;)
    out[front->rank + i] = dims[i];
  for (int i = 0; i < front->rank; ++i)
    out[i] = front->dims[i];
  *out_rank = front->rank + rank;
  return HR_SUCCESS;
}

/* What the gradients know of the elements before anything is written to them; both arrays are the caller's. */
static hr_status copy_shapes(const hr_step_array *array, const hr_shape *front, hr_step_array *gradients) {
  hr_partial_shape *element_shape = &gradients->element_shape;
  if (array->element_shape.rank >= 0)
    HR_TRY(with_front(front, array->element_shape.rank, array->element_shape.dims, &element_shape->rank,
                      element_shape->dims));
  for (int32_t i = 0; i < array->size; ++i) {
    const hr_array_element *from = &array->elements[i];
    hr_array_element *to = &gradients->elements[i];
    to->written = from->written;
    if (from->written) HR_TRY(with_front(front, from->shape.rank, from->shape.dims, &to->shape.rank, to->shape.dims));
  }
  return HR_SUCCESS;
}

/* Lock of the array held. */
static hr_status new_gradients(hr_step_array *array, const char *source, const hr_shape *front, hr_step_array **out) {
  hr_text name = {0};
  hr_text_printf(&name, "%s@%s", array->name, source);
  char *own_name = hr_text_take(&name), *own_source = strdup(source);
  hr_status status = own_name && own_source ? HR_SUCCESS : hr_error_out_of_memory(0, "the name of a TensorArray");
  hr_step_array *gradients = NULL;
  if (!status) {
    hr_step_array_options options = {own_name, array->dtype, array->size,     HR_SHAPE_UNKNOWN,
                                     false,    true,         array->identical};
    status = hr_step_array_new(&options, &gradients);
  }
  if (!status) status = copy_shapes(array, front, gradients);
  free(own_name);
  if (status) {
    free(own_source);
    if (gradients) hr_resource_unref(&gradients->resource);
    return status;
  }
  gradients->accumulate = true;
  gradients->source = own_source;
  gradients->split_size = array->split_size;
  *out = gradients;
  return HR_SUCCESS;
}

hr_status hr_step_array_gradients(hr_step_array *array, const char *source, const hr_shape *front,
                                  hr_step_array **out) {
  *out = NULL;
  if (array->accumulate)
    return hr_error(HR_INVALID_ARGUMENT, "TensorArray %s is one of gradients: there are none of it", array->name);
  pthread_mutex_lock(&array->lock);
  hr_status status = check_open(array);
  hr_step_array *gradients = array->gradients;
  while (gradients && strcmp(gradients->source, source) != 0)
    gradients = gradients->next;
  if (!status && !gradients) {
    status = new_gradients(array, source, front, &gradients);
    if (!status) {
      gradients->next = array->gradients;
      array->gradients = gradients;
      array->dynamic = false;
    }
  }
  pthread_mutex_unlock(&array->lock);
  if (!status) *out = gradients;
  return status;
}

/* ---- writing; lock held ---------------------------------------------------------------------------------------- */

static bool has_shape(const hr_tensor *value, const hr_shape *shape) {
  if (value->rank != shape->rank) return false;
  for (int i = 0; i < shape->rank; ++i)
    if (value->dims[i] != shape->dims[i]) return false;
  return true;
}

static hr_status check_write(hr_step_array *array, int64_t index, const hr_tensor *value) {
  hr_shape shape = hr_tensor_shape(value);
  char wanted[HR_SHAPE_TEXT];
  HR_TRY(check_open(array));
  if (index < 0 || (index >= array->size && !array->dynamic) || index == INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorArray %s: Tried to write to index %lld but array is not resizeable and size is: %d",
                    array->name, (long long)index, array->size);
  if (!hr_shape_matches(&shape, &array->element_shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorArray %s: Could not write to index %lld: the value's shape is %s, and the elements' is %s "
                    "(infer_shape=False lets them differ)",
                    array->name, (long long)index, HR_TENSOR_SHAPE_TEXT(value),
                    hr_partial_shape_text(&array->element_shape, wanted));
  if (index >= array->size) return resize(array, (int32_t)index + 1);
  const hr_array_element *element = &array->elements[index];
  if (element->read)
    return hr_error(HR_INVALID_ARGUMENT, "TensorArray %s: Could not write to index %lld, which has already been read",
                    array->name, (long long)index);
  if (!element->written) return HR_SUCCESS;
  if (!array->accumulate)
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorArray %s: Could not write to index %lld, which has already been written to", array->name,
                    (long long)index);
  if (!has_shape(value, &element->shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorArray %s: Could not add to index %lld: the existing shape is %s but the new one is %s",
                    array->name, (long long)index, hr_shape_text(&element->shape, wanted), HR_TENSOR_SHAPE_TEXT(value));
  return HR_SUCCESS;
}

/* The sum stands in memory that nobody else sees: what was written first may be somebody's value still. */
static hr_status add(hr_kernel_context *ctx, hr_tensor *sum, hr_tensor *value) {
  hr_binary_loop *loop = hr_row_loop(HR_ROW_ADD, hr_tensor_dtype(sum));
  if (!loop)
    return hr_error(HR_INVALID_ARGUMENT, "Gradients of type %s cannot be added in a TensorArray",
                    hr_dtype_name(hr_tensor_dtype(sum)));
  hr_tensor fresh, *to = sum;
  bool in_place = !sum->buffer || (!hr_buffer_is_shared(sum->buffer) && !sum->buffer->borrowed);
  if (!in_place) {
    hr_shape shape = hr_tensor_shape(sum);
    HR_TRY(hr_temporary_new(ctx, hr_tensor_dtype(sum), &shape, &fresh));
    to = &fresh;
  }
  loop(hr_tensor_data(to), hr_tensor_data(sum), hr_tensor_data(value), sum->elements, HR_BOTH_ROWS);
  if (!in_place) {
    hr_tensor_clear(sum);
    *sum = fresh;
  }
  hr_tensor_clear(value);
  return HR_SUCCESS;
}

/* The value is moved where it is written. */
static hr_status write_one(hr_kernel_context *ctx, hr_step_array *array, int64_t index, hr_tensor *value) {
  HR_TRY(check_write(array, index, value));
  hr_array_element *element = &array->elements[index];
  if (element->value.dtype != HR_INVALID) return add(ctx, &element->value, value);
  if (array->identical && array->element_shape.rank < 0) {
    hr_shape shape = hr_tensor_shape(value);
    array->element_shape = hr_partial_shape_from(&shape);
  } else if (array->identical) {
    memcpy(array->element_shape.dims, value->dims, sizeof(int64_t) * (size_t)value->rank);
  }
  element->shape = hr_tensor_shape(value);
  element->value = *value;
  element->written = true;
  *value = (hr_tensor){0};
  return HR_SUCCESS;
}

hr_status hr_step_array_write(hr_kernel_context *ctx, hr_step_array *array, int64_t count, const int32_t *indices,
                              hr_tensor *values) {
  hr_status status = HR_SUCCESS;
  pthread_mutex_lock(&array->lock);
  for (int64_t i = 0; i < count && !status; ++i)
    status = write_one(ctx, array, indices ? indices[i] : i, &values[i]);
  pthread_mutex_unlock(&array->lock);
  for (int64_t i = 0; i < count; ++i)
    hr_tensor_clear(&values[i]);
  return status;
}

/* ---- reading; lock held ---------------------------------------------------------------------------------------- */

static hr_status zeros(hr_kernel_context *ctx, const hr_step_array *array, const hr_shape *shape, hr_tensor *out) {
  bool is_number = hr_row_loop(HR_ROW_ADD, array->dtype) || array->dtype == HR_BOOL;
  if (!is_number)
    return hr_error(HR_INVALID_ARGUMENT, "TensorArray %s has an element that was not written, and type %s has no zero",
                    array->name, hr_dtype_name(array->dtype));
  HR_TRY(hr_temporary_new(ctx, array->dtype, shape, out));
  memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  return HR_SUCCESS;
}

/* What an element is that has no value: zeros, where their shape is known. */
static hr_status read_unwritten(hr_kernel_context *ctx, const hr_step_array *array, int64_t index, hr_tensor *out) {
  const hr_array_element *element = &array->elements[index];
  if (element->written) return zeros(ctx, array, &element->shape, out);
  char text[HR_SHAPE_TEXT];
  if (!hr_partial_shape_is_full(&array->element_shape))
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorArray %s: Could not read from index %lld, which was not written; nor is it zeros, as the "
                    "element shape is not fully defined: %s. Where it is an array of gradients, some of them do not "
                    "arrive: give the forward TensorArray its full element_shape",
                    array->name, (long long)index, hr_partial_shape_text(&array->element_shape, text));
  hr_shape shape;
  HR_TRY(hr_shape_make(array->element_shape.rank, array->element_shape.dims, &shape));
  return zeros(ctx, array, &shape, out);
}

static hr_status read_one(hr_kernel_context *ctx, hr_step_array *array, int64_t index, hr_tensor *out) {
  HR_TRY(check_open(array));
  if (index < 0 || index >= array->size)
    return hr_error(HR_INVALID_ARGUMENT, "Tried to read from index %lld but array size is: %d", (long long)index,
                    array->size);
  hr_array_element *element = &array->elements[index];
  if (element->read && array->clears)
    return hr_error(HR_INVALID_ARGUMENT,
                    "TensorArray %s: Could not read index %lld twice: it was cleared after it was read "
                    "(clear_after_read=False keeps elements)",
                    array->name, (long long)index);
  if (element->value.dtype == HR_INVALID) {
    HR_TRY(read_unwritten(ctx, array, index, out));
  } else if (array->clears) {
    *out = element->value;
    element->value = (hr_tensor){0};
  } else {
    hr_tensor_copy(&element->value, out);
  }
  element->read = true;
  return HR_SUCCESS;
}

hr_status hr_step_array_read(hr_kernel_context *ctx, hr_step_array *array, int64_t count, const int32_t *indices,
                             hr_tensor *values) {
  hr_status status = HR_SUCCESS;
  int64_t done = 0;
  pthread_mutex_lock(&array->lock);
  for (; done < count; ++done) {
    status = read_one(ctx, array, indices ? indices[done] : done, &values[done]);
    if (status) break;
  }
  pthread_mutex_unlock(&array->lock);
  for (int64_t i = 0; status && i < done; ++i)
    hr_tensor_clear(&values[i]);
  return status;
}
