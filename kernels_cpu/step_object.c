#include "kernels_cpu/step_object.h"
#include "runtime/base/text.h"
#include "runtime/resource/variable.h"

#include <stdlib.h>
#include <string.h>

const hr_handle_form hr_handle_pointer = {HR_HANDLE_POINTER}, hr_handle_name = {HR_HANDLE_NAME},
                     hr_handle_name_reference = {HR_HANDLE_NAME_REFERENCE};

char *hr_step_object_name(const hr_kernel_context *ctx, const char *attr) {
  static _Atomic int64_t count;
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *given = hr_node_attr(node, attr);
  hr_text name = {0};
  hr_text_printf(&name, "%s_%lld", given && given->count ? given->s : hr_node_name(node),
                 (long long)atomic_fetch_add_explicit(&count, 1, memory_order_relaxed));
  return hr_text_take(&name);
}

hr_status hr_step_object_add(hr_kernel_context *ctx, const char *container, const char *name, hr_resource *object) {
  hr_resource_manager *step = hr_context_step_resources(ctx);
  if (!step) return hr_error_out_of_memory(0, "the resources of a step");
  return hr_resource_add(step, container, name, object);
}

static const hr_shape pair = {.rank = 1, .dims = {2}};

static hr_status set_name(hr_tensor *handle, const char *container, const char *name) {
  hr_string *strings = hr_tensor_data(handle);
  HR_TRY(hr_string_set(&strings[0], container, strlen(container)));
  return hr_string_set(&strings[1], name, strlen(name));
}

/* The variable that a handle by reference refers to lives beside the object, under the same name. */
static hr_status output_reference(hr_kernel_context *ctx, int index, const char *container, const char *name) {
  hr_variable *variable;
  HR_TRY(hr_variable_new(&hr_variable_type, name, HR_STRING, &pair, &variable));
  hr_status status = hr_variable_storage(hr_cpu_allocator(), HR_STRING, &pair, &variable->value);
  if (!status) status = set_name(&variable->value, container, name);
  if (!status) status = hr_step_object_add(ctx, container, name, &variable->resource);
  if (!status) hr_output_set_ref(ctx, index, variable);
  hr_resource_unref(&variable->resource);
  return status;
}

hr_status hr_step_object_output(hr_kernel_context *ctx, int index, const char *container, const char *name,
                                hr_resource *object) {
  const hr_handle_form *form = hr_context_argument(ctx);
  if (form->kind == HR_HANDLE_POINTER) return hr_handle_new(object, hr_output_slot(ctx, index));
  if (form->kind == HR_HANDLE_NAME_REFERENCE) return output_reference(ctx, index, container, name);
  hr_tensor *handle;
  HR_TRY(hr_output_new(ctx, index, &pair, &handle));
  return set_name(handle, container, name);
}

/* One of the two strings, with a NUL behind it, as names are C strings; to be freed. */
static char *string_dup(const hr_string *string) { return strndup(hr_string_data(string), hr_string_length(string)); }

static hr_status look_up(hr_kernel_context *ctx, const hr_tensor *handle, const hr_resource_type *type,
                         hr_resource **out) {
  if (hr_tensor_dtype(handle) != HR_STRING || handle->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "Handle of a %s must be two strings, container and name, not %lld", type->name,
                    (long long)handle->elements);
  const hr_string *strings = hr_tensor_data(handle);
  hr_resource_manager *step = hr_context_step_resources(ctx);
  char *container = string_dup(&strings[0]), *name = string_dup(&strings[1]);
  hr_status status = HR_SUCCESS;
  if (!step || !container || !name)
    status = hr_error_out_of_memory(0, "the name of an object");
  else
    status = hr_resource_lookup(step, container, type, name, out);
  free(container);
  free(name);
  return status;
}

hr_status hr_step_object_by_name(hr_kernel_context *ctx, const hr_resource_type *type, hr_resource **out) {
  const hr_handle_form *form = hr_context_argument(ctx);
  *out = NULL;
  if (form->kind == HR_HANDLE_NAME) return look_up(ctx, hr_input(ctx, 0), type, out);
  hr_variable *variable = hr_input_ref(ctx, 0);
  hr_variable_lock(variable);
  hr_status status = hr_variable_check(variable);
  if (!status) status = look_up(ctx, &variable->value, type, out);
  hr_variable_unlock(variable);
  return status;
}
