/* TemporaryVariable, DestroyTemporaryVariable: a variable of one step, from its birth to its last value.
 *
 * The step's resources hold it under its name and its address: iterations of a loop have each their own. */
#include "kernels_cpu/arguments.h"
#include "runtime/base/text.h"
#include "runtime/resource/variable.h"

#include <stdlib.h>
#include <string.h>

/* The name to be freed; NULL when out of memory. */
static char *name_in_step(const hr_kernel_context *ctx, const hr_variable *variable) {
  const hr_node *node = hr_context_node(ctx);
  const hr_attr_value *given = hr_node_attr(node, "var_name");
  hr_text name = {0};
  hr_text_printf(&name, "%s/%p", given->count ? given->s : hr_node_name(node), (const void *)variable);
  return hr_text_take(&name);
}

/* Zeros: what was in memory before is nobody's business. */
static hr_status fill_in(const hr_kernel_context *ctx, hr_variable *variable) {
  hr_tensor *value = hr_variable_value(variable);
  HR_TRY(hr_variable_storage(hr_kept_memory(ctx), variable->dtype, &variable->shape, value));
  if (hr_dtype_is_plain(variable->dtype)) memset(hr_tensor_data(value), 0, hr_tensor_bytes(value));
  return HR_SUCCESS;
}

static hr_status temporary_variable(hr_kernel_context *ctx) {
  const hr_node *node = hr_context_node(ctx);
  const hr_partial_shape *declared = hr_node_attr(node, "shape")->shape;
  hr_shape shape;
  if (declared->rank < 0)
    return hr_error(HR_INVALID_ARGUMENT, "The shape of a temporary variable must be fully defined");
  HR_TRY(hr_shape_make(declared->rank, declared->dims, &shape));
  hr_resource_manager *step = hr_context_step_resources(ctx);
  if (!step) return hr_error_out_of_memory(0, "the resources of a step");
  hr_variable *variable;
  HR_TRY(hr_variable_new(&hr_variable_type, hr_node_name(node), hr_output_type(ctx, 0), &shape, &variable));
  hr_status status = fill_in(ctx, variable);
  char *name = status ? NULL : name_in_step(ctx, variable);
  if (!status && !name) status = hr_error_out_of_memory(0, "a variable's name");
  if (!status) status = hr_resource_add(step, NULL, name, &variable->resource);
  if (!status) hr_output_set_ref(ctx, 0, variable);
  free(name);
  hr_resource_unref(&variable->resource); /* the step has one of its own */
  return status;
}
HR_KERNEL(.op = "TemporaryVariable", .types = {{"dtype", HR_ANY_TYPES}}, .compute = temporary_variable);

static hr_status destroy_temporary_variable(hr_kernel_context *ctx) {
  hr_variable *variable = hr_input_ref(ctx, 0);
  hr_resource_manager *step = hr_context_step_resources(ctx);
  char *name = step ? name_in_step(ctx, variable) : NULL;
  if (!name) return hr_error_out_of_memory(0, "a variable's name");
  hr_resource *held;
  hr_status status = hr_resource_lookup(step, NULL, &hr_variable_type, name, &held);
  if (!status) {
    status = hr_resource_delete(step, NULL, &hr_variable_type, name);
    hr_variable_lock(variable);
    hr_output_move(ctx, 0, &variable->value);
    variable->value = (hr_tensor){0};
    hr_variable_unlock(variable);
    hr_resource_unref(held);
  }
  free(name);
  return status;
}
HR_KERNEL(.op = "DestroyTemporaryVariable", .types = {{"T", HR_ANY_TYPES}}, .compute = destroy_temporary_variable);
