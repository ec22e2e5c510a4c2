#include "headrace/tensor.h"
#include "runtime/tensor/resource.h"

#include <inttypes.h>
#include <string.h>

size_t hr_tensor_bytes(const hr_tensor *t) { return (size_t)t->elements * hr_dtype_size(hr_tensor_dtype(t)); }

/* A tensor without storage yet; the shape has been checked. */
static hr_tensor with_shape(hr_dtype dtype, const hr_shape *shape) {
  hr_tensor t = {.dtype = (uint8_t)dtype, .rank = (int8_t)shape->rank, .elements = hr_shape_elements(shape)};
  for (int i = 0; i < shape->rank; ++i)
    t.dims[i] = shape->dims[i];
  return t;
}

static hr_status check_dtype(hr_dtype dtype) {
  if (!hr_dtype_is_valid((int)dtype) || hr_dtype_is_ref(dtype))
    return hr_error(HR_INVALID_ARGUMENT, "A tensor cannot have dtype %s (%d)", hr_dtype_name(dtype), (int)dtype);
  if (hr_dtype_size(dtype) == 0)
    return hr_error(HR_UNIMPLEMENTED, "Tensors of dtype %s have no storage", hr_dtype_name(dtype));
  return HR_SUCCESS;
}

static bool fits_inline(const hr_tensor *t) { return t->elements == 1 && hr_dtype_is_plain(hr_tensor_dtype(t)); }

static void clear_strings(void *data, size_t bytes, void *argument) {
  (void)argument;
  hr_string *strings = data;
  for (size_t i = 0; i < bytes / sizeof *strings; ++i)
    hr_string_clear(&strings[i]);
}

static void clear_handles(void *data, size_t bytes, void *argument) {
  (void)argument;
  hr_resource **resources = data;
  for (size_t i = 0; i < bytes / sizeof *resources; ++i)
    hr_resource_unref(resources[i]);
}

static void ref_handles(hr_tensor *t) {
  hr_resource **resources = hr_tensor_data(t);
  for (int64_t i = 0; i < t->elements; ++i)
    if (resources[i]) hr_resource_ref(resources[i]);
}

hr_status hr_tensor_new(hr_allocator *allocator, hr_dtype dtype, const hr_shape *shape, hr_tensor *out) {
  *out = (hr_tensor){0};
  HR_TRY(check_dtype(dtype));
  hr_tensor t = {.dtype = (uint8_t)dtype, .elements = 1};
  if (shape->rank != 0) {
    hr_shape checked;
    HR_TRY(hr_shape_make(shape->rank, shape->dims, &checked));
    t = with_shape(dtype, &checked);
  }
  if (!fits_inline(&t)) {
    size_t bytes;
    bool overflow = __builtin_mul_overflow((size_t)t.elements, hr_dtype_size(dtype), &bytes);
    t.buffer = overflow ? NULL : allocator->allocate(allocator, bytes);
    if (!t.buffer) {
      char text[HR_SHAPE_TEXT];
      return hr_error(HR_RESOURCE_EXHAUSTED, "OOM when allocating tensor with shape%s and type %s by allocator %s",
                      hr_shape_text(shape, text), hr_dtype_name(dtype), allocator->name);
    }
    t.data = t.buffer->data;
    if (!hr_dtype_is_plain(dtype)) {
      memset(t.data, 0, bytes);
      t.buffer->free_data = dtype == HR_STRING ? clear_strings : clear_handles;
    }
  }
  *out = t;
  return HR_SUCCESS;
}

static hr_status refuse_strings(hr_dtype dtype) {
  if (!hr_dtype_is_plain(dtype))
    return hr_error(HR_INVALID_ARGUMENT, "A tensor of dtype %s cannot be made from plain memory", hr_dtype_name(dtype));
  return HR_SUCCESS;
}

hr_status hr_tensor_from(hr_dtype dtype, int rank, const int64_t *dims, const void *data, hr_tensor *out) {
  *out = (hr_tensor){0};
  hr_shape shape;
  HR_TRY(hr_shape_make(rank, dims, &shape));
  HR_TRY(check_dtype(dtype));
  HR_TRY(refuse_strings(dtype));
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), dtype, &shape, out));
  if (out->elements > 0) memcpy(hr_tensor_data(out), data, hr_tensor_bytes(out));
  return HR_SUCCESS;
}

hr_status hr_tensor_borrow(hr_dtype dtype, int rank, const int64_t *dims, const void *data, hr_tensor *out) {
  *out = (hr_tensor){0};
  hr_shape shape;
  HR_TRY(hr_shape_make(rank, dims, &shape));
  HR_TRY(check_dtype(dtype));
  HR_TRY(refuse_strings(dtype));
  hr_tensor t = with_shape(dtype, &shape);
  size_t bytes;
  if (__builtin_mul_overflow((size_t)t.elements, hr_dtype_size(dtype), &bytes))
    return hr_error(HR_INVALID_ARGUMENT, "More elements than an address space holds");
  if (fits_inline(&t)) {
    memcpy(t.scalar.bytes, data, bytes);
  } else {
    t.buffer = hr_buffer_wrap((void *)data, bytes, NULL, NULL);
    if (!t.buffer) return hr_error_out_of_memory(sizeof *t.buffer, "a borrowed tensor");
    t.buffer->borrowed = true;
    /* An empty tensor may come without memory, but a NULL here would mean "in the struct". */
    t.data = data ? (void *)data : (void *)t.buffer;
  }
  *out = t;
  return HR_SUCCESS;
}

hr_tensor hr_tensor_f32(float value) { return (hr_tensor){.dtype = HR_FLOAT, .elements = 1, .scalar.f32 = value}; }
hr_tensor hr_tensor_f64(double value) { return (hr_tensor){.dtype = HR_DOUBLE, .elements = 1, .scalar.f64 = value}; }
hr_tensor hr_tensor_i32(int32_t value) { return (hr_tensor){.dtype = HR_INT32, .elements = 1, .scalar.i32 = value}; }
hr_tensor hr_tensor_i64(int64_t value) { return (hr_tensor){.dtype = HR_INT64, .elements = 1, .scalar.i64 = value}; }
hr_tensor hr_tensor_bool(bool value) { return (hr_tensor){.dtype = HR_BOOL, .elements = 1, .scalar.b = value}; }

hr_status hr_tensor_string(const void *bytes, size_t length, hr_tensor *out) {
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_STRING, &(hr_shape){0}, out));
  hr_status status = hr_string_set(hr_tensor_data(out), bytes, length);
  if (status) hr_tensor_clear(out);
  return status;
}

hr_status hr_tensor_strings(int64_t count, const char *const *strings, hr_tensor *out) {
  HR_TRY(hr_tensor_new(hr_cpu_allocator(), HR_STRING, &(hr_shape){.rank = 1, .dims = {count}}, out));
  hr_string *elements = hr_tensor_data(out);
  for (int64_t i = 0; i < count; ++i) {
    hr_status status = hr_string_set(&elements[i], strings[i], strlen(strings[i]));
    if (status) {
      hr_tensor_clear(out);
      return status;
    }
  }
  return HR_SUCCESS;
}

hr_status hr_tensor_clone(hr_allocator *allocator, const hr_tensor *in, hr_tensor *out) {
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor copy;
  HR_TRY(hr_tensor_new(allocator, hr_tensor_dtype(in), &shape, &copy));
  if (hr_tensor_dtype(in) == HR_STRING) {
    const hr_string *from = hr_tensor_data(in);
    hr_string *to = hr_tensor_data(&copy);
    for (int64_t i = 0; i < in->elements; ++i) {
      hr_status status = hr_string_set(&to[i], hr_string_data(&from[i]), hr_string_length(&from[i]));
      if (status) {
        hr_tensor_clear(&copy);
        *out = copy;
        return status;
      }
    }
  } else {
    memcpy(hr_tensor_data(&copy), hr_tensor_data(in), hr_tensor_bytes(in));
    if (!hr_dtype_is_plain(hr_tensor_dtype(in))) ref_handles(&copy);
  }
  *out = copy;
  return HR_SUCCESS;
}

hr_status hr_tensor_reshape(const hr_tensor *in, const hr_shape *shape, hr_tensor *out) {
  hr_shape checked;
  hr_status status = hr_shape_make(shape->rank, shape->dims, &checked);
  if (!status && hr_shape_elements(&checked) != in->elements) {
    char text[HR_SHAPE_TEXT];
    status = hr_error(HR_INVALID_ARGUMENT,
                      "Input to reshape is a tensor with %" PRId64 " values, but the requested shape %s has %" PRId64,
                      in->elements, hr_shape_text(&checked, text), hr_shape_elements(&checked));
  }
  if (status) {
    *out = (hr_tensor){0};
    return status;
  }
  hr_tensor_copy(in, out);
  out->rank = (int8_t)checked.rank;
  memcpy(out->dims, checked.dims, sizeof out->dims);
  return HR_SUCCESS;
}

bool hr_tensor_equal(const hr_tensor *a, const hr_tensor *b) {
  hr_shape a_shape = hr_tensor_shape(a), b_shape = hr_tensor_shape(b);
  if (a->dtype != b->dtype || !hr_shape_equal(&a_shape, &b_shape)) return false;
  if (hr_tensor_dtype(a) != HR_STRING) return memcmp(hr_tensor_data(a), hr_tensor_data(b), hr_tensor_bytes(a)) == 0;
  const hr_string *x = hr_tensor_data(a), *y = hr_tensor_data(b);
  for (int64_t i = 0; i < a->elements; ++i) {
    size_t length = hr_string_length(&x[i]);
    if (length != hr_string_length(&y[i]) || memcmp(hr_string_data(&x[i]), hr_string_data(&y[i]), length) != 0)
      return false;
  }
  return true;
}
