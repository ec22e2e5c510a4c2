#include "runtime/resource/variable.h"

#include <stdlib.h>
#include <string.h>

static void destroy_variable(hr_resource *resource) {
  hr_variable *variable = (hr_variable *)resource;
  hr_tensor_clear(&variable->value);
  pthread_mutex_destroy(&variable->lock);
  free(variable->name);
  hr_resource_unref(variable->object);
  free(variable);
}

static bool drop_value(hr_resource *resource) {
  hr_variable *variable = (hr_variable *)resource;
  pthread_mutex_lock(&variable->lock);
  bool had_value = hr_tensor_is_valid(&variable->value);
  hr_tensor_clear(&variable->value);
  pthread_mutex_unlock(&variable->lock);
  return had_value;
}

const hr_resource_type hr_variable_type = {.name = "Variable", .destroy = destroy_variable, .drop = drop_value};
const hr_resource_type hr_resource_variable_type = {.name = "Var", .destroy = destroy_variable, .drop = drop_value};

hr_status hr_variable_new(const hr_resource_type *type, const char *name, hr_dtype dtype, const hr_shape *shape,
                          hr_variable **out) {
  *out = NULL;
  hr_variable *variable = calloc(1, sizeof *variable);
  char *own_name = strdup(name);
  if (!variable || !own_name || pthread_mutex_init(&variable->lock, NULL) != 0) {
    free(variable);
    free(own_name);
    return hr_error_out_of_memory(sizeof *variable, "a variable");
  }
  hr_resource_init(&variable->resource, type);
  variable->dtype = dtype;
  variable->shape = *shape;
  variable->name = own_name;
  *out = variable;
  return HR_SUCCESS;
}

hr_status hr_variable_storage(hr_allocator *allocator, hr_dtype dtype, const hr_shape *shape, hr_tensor *out) {
  HR_TRY(hr_tensor_new(allocator, dtype, shape, out));
  if (out->buffer) return HR_SUCCESS;
  out->buffer = allocator->allocate(allocator, hr_dtype_size(dtype));
  if (!out->buffer) {
    *out = (hr_tensor){0};
    return hr_error_out_of_memory(hr_dtype_size(dtype), "a variable's value");
  }
  out->data = out->buffer->data;
  return HR_SUCCESS;
}

hr_shape hr_variable_shape(const hr_variable *variable) {
  return hr_tensor_is_valid(&variable->value) ? hr_tensor_shape(&variable->value) : variable->shape;
}

void hr_variable_lock(hr_variable *variable) { pthread_mutex_lock(&variable->lock); }
void hr_variable_unlock(hr_variable *variable) { pthread_mutex_unlock(&variable->lock); }
hr_tensor *hr_variable_value(hr_variable *variable) { return &variable->value; }
const char *hr_variable_name(const hr_variable *variable) { return variable->name; }
hr_dtype hr_variable_dtype(const hr_variable *variable) { return variable->dtype; }

hr_status hr_variable_check(const hr_variable *variable) {
  if (__builtin_expect(hr_tensor_is_valid(&variable->value), 1)) return HR_SUCCESS;
  return hr_error(HR_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", variable->name);
}
