#include "kernels_cpu/variable_access.h"
#include "kernels_cpu/box_copy.h"
#include "runtime/graph/node.h"
#include "runtime/resource/variable.h"

static bool is_behind_handle(const hr_kernel_context *ctx, int index) {
  return !hr_node_op_def(hr_context_node(ctx))->inputs[index].is_ref;
}

hr_status hr_input_variable(const hr_kernel_context *ctx, int index, hr_variable **out) {
  if (!is_behind_handle(ctx, index)) {
    *out = hr_input_ref(ctx, index);
    return HR_SUCCESS;
  }
  hr_resource *resource;
  HR_TRY(hr_handle_get(hr_input(ctx, index), &hr_resource_variable_type, &resource));
  *out = (hr_variable *)resource;
  return HR_SUCCESS;
}

static hr_status check_value(const hr_variable *variable, bool behind_handle) {
  if (!behind_handle) return hr_variable_check(variable);
  if (__builtin_expect(hr_tensor_is_valid(&variable->value), 1)) return HR_SUCCESS;
  return hr_error(HR_NOT_FOUND, "Resource %s does not exist: the variable has no value", variable->name);
}

/* A handle may be that of a variable of another type than the node says. */
static hr_status check_type(const hr_kernel_context *ctx, const hr_variable *variable) {
  const hr_attr_value *type = hr_node_attr(hr_context_node(ctx), "dtype");
  if (!type) type = hr_node_attr(hr_context_node(ctx), "T");
  if (!type || type->kind != HR_ATTR_TYPE || type->type == (int32_t)variable->dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Trying to use variable with wrong dtype. Expected %s got %s (variable %s)",
                  hr_dtype_name(variable->dtype), hr_dtype_name((hr_dtype)type->type), variable->name);
}

hr_status hr_read_variable(const hr_kernel_context *ctx, int index, hr_tensor *out) {
  hr_variable *variable;
  HR_TRY(hr_input_variable(ctx, index, &variable));
  HR_TRY(check_type(ctx, variable));
  hr_variable_lock(variable);
  hr_status status = check_value(variable, true);
  if (!status && variable->value.elements == 1) /* a copy costs less than one by the next update */
    status = hr_tensor_clone(hr_cpu_allocator(), &variable->value, out);
  else if (!status)
    hr_tensor_copy(&variable->value, out);
  hr_variable_unlock(variable);
  return status;
}

/* ---- updates --------------------------------------------------------------------------------------------------- */

/* Copies a value whose memory somebody else sees. Lock held. */
static hr_status own_value(hr_variable *variable) {
  hr_tensor *value = &variable->value, own;
  if (!hr_buffer_is_shared(value->buffer)) return HR_SUCCESS;
  hr_shape shape = hr_tensor_shape(value);
  HR_TRY(hr_variable_storage(value->buffer->allocator, variable->dtype, &shape, &own));
  hr_status status = hr_copy_elements(variable->dtype, own.data, value->data, value->elements);
  hr_tensor_clear(status ? &own : value);
  if (!status) *value = own;
  return status;
}

/* Adds a variable in address order, unless it is there already. */
static void add_sorted(hr_variables *v, hr_variable *variable) {
  int at = v->locked;
  while (at > 0 && v->variables[at - 1] > variable)
    --at;
  if (at > 0 && v->variables[at - 1] == variable) return;
  for (int i = v->locked; i > at; --i)
    v->variables[i] = v->variables[i - 1];
  v->variables[at] = variable;
  ++v->locked;
}

static void unlock_all(hr_variables *v) {
  for (int i = v->locked; i-- > 0;)
    hr_variable_unlock(v->variables[i]);
}

/* Locks held. */
static hr_status take_values(hr_kernel_context *ctx, int count, bool behind_handles, hr_variables *out) {
  for (int i = 0; i < out->locked; ++i)
    HR_TRY(check_value(out->variables[i], behind_handles));
  for (int i = 0; i < out->locked && behind_handles; ++i)
    HR_TRY(own_value(out->variables[i]));
  for (int i = 0; i < count; ++i) {
    hr_variable *variable;
    HR_TRY(hr_input_variable(ctx, i, &variable));
    hr_tensor_copy(&variable->value, &out->values[out->count++]);
  }
  return HR_SUCCESS;
}

hr_status hr_variables_open(hr_kernel_context *ctx, int count, bool exclusive, hr_variables *out) {
  bool behind_handles = is_behind_handle(ctx, 0);
  out->count = 0;
  out->locked = 0;
  out->exclusive = exclusive || behind_handles;
  for (int i = 0; i < count; ++i) {
    hr_variable *variable;
    HR_TRY(hr_input_variable(ctx, i, &variable));
    if (behind_handles) HR_TRY(check_type(ctx, variable));
    add_sorted(out, variable);
  }
  for (int i = 0; i < out->locked; ++i)
    hr_variable_lock(out->variables[i]);
  hr_status status = take_values(ctx, count, behind_handles, out);
  if (!out->exclusive || status) unlock_all(out);
  if (status) {
    out->exclusive = false;
    hr_variables_close(out);
  }
  return status;
}

void hr_variables_close(hr_variables *v) {
  for (int i = 0; i < v->count; ++i)
    hr_tensor_clear(&v->values[i]);
  if (v->exclusive) unlock_all(v);
}
