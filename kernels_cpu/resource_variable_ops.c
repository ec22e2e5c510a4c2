/* VarHandleOp, ReadVariableOp, AssignVariableOp, VarIsInitializedOp, VariableShape, DestroyResourceOp. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/variable_access.h"
#include "runtime/resource/variable.h"

/* ---- handles --------------------------------------------------------------------------------------------------- */

typedef struct handle_plan {
  const char *name;
  hr_dtype dtype;
} handle_plan;

static hr_status make_variable(void *argument, hr_resource **out) {
  const handle_plan *plan = argument;
  hr_variable *variable;
  HR_TRY(hr_variable_new(&hr_resource_variable_type, plan->name, plan->dtype, &(hr_shape){0}, &variable));
  *out = &variable->resource;
  return HR_SUCCESS;
}

/* Handles of one container and shared name, the empty one included, are handles of one variable. */
static hr_status handle_create(const hr_kernel_construction *c, void **state) {
  handle_plan plan;
  const hr_attr_value *container, *name;
  HR_TRY(hr_construction_type(c, "dtype", &plan.dtype));
  HR_TRY(hr_construction_attr(c, "container", &container));
  HR_TRY(hr_construction_attr(c, "shared_name", &name));
  plan.name = name->s;
  return hr_resource_lookup_or_create(c->resources, container->s, &hr_resource_variable_type, name->s, make_variable,
                                      &plan, (hr_resource **)state);
}

static void handle_destroy(void *state) { hr_resource_unref(state); }

static hr_status handle(hr_kernel_context *ctx) { return hr_handle_new(ctx->state, hr_output_slot(ctx, 0)); }
HR_KERNEL(.op = "VarHandleOp", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = handle_create,
          .destroy = handle_destroy, .compute = handle);

static hr_status destroy_resource(hr_kernel_context *ctx) {
  const hr_tensor *handle = hr_input(ctx, 0);
  hr_resource *resource = handle->elements == 1 ? *(hr_resource *const *)hr_tensor_data(handle) : NULL;
  bool must_be = !hr_node_attr(hr_context_node(ctx), "ignore_lookup_error")->b;
  if (!resource) return hr_error(HR_INVALID_ARGUMENT, "No resource cannot be destroyed");
  if (!resource->type->drop) {
    hr_status status = hr_resource_remove(hr_context_resources(ctx), resource);
    if (must_be) return status;
    hr_status_free(status);
    return HR_SUCCESS;
  }
  if (resource->type->drop(resource) || !must_be) return HR_SUCCESS;
  return hr_error(HR_NOT_FOUND, "Resource of type %s does not exist", resource->type->name);
}
HR_KERNEL(.op = "DestroyResourceOp", .flags = HR_KERNEL_CHEAP, .compute = destroy_resource);

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* Op and variable must be of one dtype. */
static hr_status check_dtype(const hr_variable *variable, hr_dtype dtype, const char *deed) {
  if (variable->dtype == dtype) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "Trying to %s variable with wrong dtype. Expected %s got %s (variable %s)", deed,
                  hr_dtype_name(variable->dtype), hr_dtype_name(dtype), variable->name);
}

static hr_status read_variable(hr_kernel_context *ctx) {
  hr_variable *variable;
  HR_TRY(hr_input_variable(ctx, 0, &variable));
  HR_TRY(check_dtype(variable, hr_output_type(ctx, 0), "read"));
  hr_status status = hr_read_variable(ctx, 0, hr_output_slot(ctx, 0));
  if (hr_status_code(status) != HR_NOT_FOUND) return status;
  hr_status_free(status);
  return hr_error(HR_FAILED_PRECONDITION,
                  "Error while reading resource variable %s. This could mean that the variable was uninitialized.",
                  variable->name);
}
HR_KERNEL(.op = "ReadVariableOp", .flags = HR_KERNEL_CHEAP, .compute = read_variable);

static hr_status is_initialized(hr_kernel_context *ctx) {
  hr_variable *variable;
  HR_TRY(hr_input_variable(ctx, 0, &variable));
  hr_variable_lock(variable);
  bool initialized = hr_tensor_is_valid(&variable->value);
  hr_variable_unlock(variable);
  *hr_output_slot(ctx, 0) = hr_tensor_bool(initialized);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "VarIsInitializedOp", .flags = HR_KERNEL_CHEAP, .compute = is_initialized);

static hr_status variable_shape(hr_kernel_context *ctx) {
  hr_tensor value, *out;
  HR_TRY(hr_read_variable(ctx, 0, &value));
  hr_shape shape = hr_tensor_shape(&value);
  hr_tensor_clear(&value);
  HR_TRY(hr_output_new(ctx, 0, &(hr_shape){1, {shape.rank}}, &out));
  for (int i = 0; i < shape.rank; ++i) {
    if (out->dtype == HR_INT32)
      ((int32_t *)hr_tensor_data(out))[i] = (int32_t)shape.dims[i];
    else
      ((int64_t *)hr_tensor_data(out))[i] = shape.dims[i];
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "VariableShape", .types = {{"out_type", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP,
          .compute = variable_shape);

/* ---- assigning ------------------------------------------------------------------------------------------------- */

/* Memory that nobody else sees is written again; otherwise the variable takes the value's over, or a copy. Lock held.
 */
static hr_status assign_locked(hr_kernel_context *ctx, hr_variable *variable, const hr_tensor *value) {
  hr_tensor *held = &variable->value, kept;
  hr_shape shape = hr_tensor_shape(value);
  if (hr_tensor_is_valid(held) && held->elements == value->elements && !hr_buffer_is_shared(held->buffer)) {
    held->rank = value->rank;
    for (int i = 0; i < value->rank; ++i)
      held->dims[i] = value->dims[i];
    return hr_copy_elements(variable->dtype, held->data, hr_tensor_data(value), value->elements);
  }
  if (value->elements == 1) {
    HR_TRY(hr_variable_storage(hr_kept_memory(ctx), variable->dtype, &shape, &kept));
    hr_status status = hr_copy_elements(variable->dtype, kept.data, hr_tensor_data(value), 1);
    if (status) {
      hr_tensor_clear(&kept);
      return status;
    }
  } else {
    HR_TRY(hr_keep_input(ctx, 1, &kept));
  }
  hr_tensor_clear(held);
  *held = kept;
  return HR_SUCCESS;
}

static hr_status assign_variable(hr_kernel_context *ctx) {
  const hr_tensor *value = hr_input(ctx, 1);
  hr_variable *variable;
  HR_TRY(hr_input_variable(ctx, 0, &variable));
  HR_TRY(check_dtype(variable, hr_tensor_dtype(value), "assign"));
  hr_variable_lock(variable);
  hr_status status = assign_locked(ctx, variable, value);
  hr_variable_unlock(variable);
  return status;
}
HR_KERNEL(.op = "AssignVariableOp", .types = {{"dtype", HR_COPIED_TYPES}}, .compute = assign_variable);
