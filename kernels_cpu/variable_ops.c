/* VariableV2, Variable, Assign, IsVariableInitialized; AssignAdd, AssignSub, CountUpTo by reference and by handle. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/box_copy.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/variable_access.h"
#include "runtime/resource/variable.h"

#include <inttypes.h>

/* ---- where variables come from --------------------------------------------------------------------------------- */

typedef struct variable_plan {
  const char *name;
  hr_dtype dtype;
  hr_shape shape;
} variable_plan;

static hr_status make_variable(void *argument, hr_resource **out) {
  const variable_plan *plan = argument;
  hr_variable *variable;
  HR_TRY(hr_variable_new(&hr_variable_type, plan->name, plan->dtype, &plan->shape, &variable));
  *out = &variable->resource;
  return HR_SUCCESS;
}

static hr_status variable_create(const hr_kernel_construction *c, void **state) {
  variable_plan plan = {.name = hr_node_name(c->node)};
  const hr_attr_value *shape;
  HR_TRY(hr_construction_type(c, "dtype", &plan.dtype));
  HR_TRY(hr_construction_attr(c, "shape", &shape));
  if (shape->kind != HR_ATTR_SHAPE || shape->is_list)
    return hr_error(HR_INVALID_ARGUMENT, "Attribute shape of variable %s is no shape", plan.name);
  if (shape->shape->rank > 0) /* an unknown rank stands as a scalar: such variables do not validate shapes */
    HR_TRY(hr_shape_make(shape->shape->rank, shape->shape->dims, &plan.shape));
  hr_resource *resource;
  HR_TRY(hr_resource_of_node(c, &hr_variable_type, make_variable, &plan, &resource));
  hr_variable *variable = (hr_variable *)resource;
  if (variable->dtype != plan.dtype) {
    hr_status status = hr_error(HR_INVALID_ARGUMENT, "Variable %s holds %s; node %s wants %s", variable->name,
                                hr_dtype_name(variable->dtype), plan.name, hr_dtype_name(plan.dtype));
    hr_resource_unref(resource);
    return status;
  }
  *state = variable;
  return HR_SUCCESS;
}

static void variable_destroy(void *state) { hr_resource_unref(state); }

static hr_status variable(hr_kernel_context *ctx) {
  hr_output_set_ref(ctx, 0, ctx->state);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "VariableV2", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = variable_create,
          .destroy = variable_destroy, .compute = variable);
HR_KERNEL(.op = "Variable", .flags = HR_KERNEL_CHEAP | HR_KERNEL_CONSTANT, .create = variable_create,
          .destroy = variable_destroy, .compute = variable);

static hr_status is_variable_initialized(hr_kernel_context *ctx) {
  hr_variable *variable = hr_input_ref(ctx, 0);
  hr_variable_lock(variable);
  bool initialized = hr_tensor_is_valid(hr_variable_value(variable));
  hr_variable_unlock(variable);
  *hr_output_slot(ctx, 0) = hr_tensor_bool(initialized);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "IsVariableInitialized", .flags = HR_KERNEL_CHEAP, .compute = is_variable_initialized);

/* ---- Assign ---------------------------------------------------------------------------------------------------- */

static hr_status assign_create(const hr_kernel_construction *c, void **state) {
  return hr_state_flags(c, (const char *const[]){"use_locking", "validate_shape", NULL}, state);
}

/* A buffer worth taking over where a copy would do. */
#define LARGE_VALUE ((size_t)4 << 20)

/* Nobody but the variable has its buffer, and nobody but this node the value's. Lock held. */
static bool may_change_buffers(hr_kernel_context *ctx, const hr_tensor *held) {
  return held->buffer && hr_tensor_bytes(held) >= LARGE_VALUE && !hr_buffer_is_shared(held->buffer) &&
         hr_owns_input(ctx, 1);
}

/* A variable that has as many elements keeps its buffer, so that values read earlier go on aliasing it; otherwise, or
 * where there is none and it is large, it takes the value's buffer over, or a copy. */
static hr_status assign_locked(hr_kernel_context *ctx, hr_variable *variable, const hr_tensor *value) {
  hr_tensor *held = hr_variable_value(variable);
  hr_dtype dtype = hr_tensor_dtype(value);
  hr_shape shape = hr_tensor_shape(value), expected = hr_variable_shape(variable);
  if (hr_state_flag(ctx, 1) && !hr_shape_equal(&shape, &expected)) {
    char left[HR_SHAPE_TEXT], right[HR_SHAPE_TEXT];
    return hr_error(HR_INVALID_ARGUMENT,
                    "Assign requires shapes of both tensors to match. lhs shape= %s rhs shape= %s (variable %s)",
                    hr_shape_text(&expected, left), hr_shape_text(&shape, right), variable->name);
  }
  if (hr_tensor_is_valid(held) && held->elements == value->elements && !may_change_buffers(ctx, held)) {
    held->rank = value->rank;
    for (int i = 0; i < value->rank; ++i)
      held->dims[i] = value->dims[i];
    if (held->data == value->data) return HR_SUCCESS;
    return hr_copy_elements(dtype, held->data, hr_tensor_data(value), value->elements);
  }
  hr_tensor kept;
  if (value->elements == 1) {
    HR_TRY(hr_variable_storage(hr_kept_memory(ctx), dtype, &shape, &kept));
    hr_status status = hr_copy_elements(dtype, kept.data, hr_tensor_data(value), 1);
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

static hr_status assign(hr_kernel_context *ctx) {
  hr_variable *variable = hr_input_ref(ctx, 0);
  hr_variable_lock(variable);
  hr_status status = assign_locked(ctx, variable, hr_input(ctx, 1));
  hr_variable_unlock(variable);
  HR_TRY(status);
  hr_output_set_ref(ctx, 0, variable);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Assign", .types = {{"T", HR_COPIED_TYPES}}, .create = assign_create, .compute = assign);

/* ---- AssignAdd, AssignSub -------------------------------------------------------------------------------------- */

typedef struct update_job {
  hr_binary_loop *loop;
  size_t size;
  char *to;
  const char *value;
} update_job;

static void update_range(void *argument, int64_t begin, int64_t end) {
  const update_job *job = argument;
  char *to = job->to + (size_t)begin * job->size;
  job->loop(to, to, job->value + (size_t)begin * job->size, end - begin, HR_BOTH_ROWS);
}

static hr_status update_create(const hr_kernel_construction *c, void **state) {
  if (!hr_node_attr(c->node, "use_locking")) return HR_SUCCESS; /* by handle: always locked */
  return hr_state_flags(c, (const char *const[]){"use_locking", NULL}, state);
}

static hr_status assign_update(hr_kernel_context *ctx) {
  const hr_tensor *value = hr_input(ctx, 1);
  const hr_row_op *op = hr_context_argument(ctx);
  hr_variables v;
  HR_TRY(hr_variables_open(ctx, 1, hr_state_flag(ctx, 0), &v));
  hr_status status = HR_SUCCESS;
  if (!hr_same_shape(&v.values[0], value)) {
    status =
        hr_error(HR_INVALID_ARGUMENT, "Assign%s: shapes of variable and value must match: %s, %s",
                 *op == HR_ROW_ADD ? "Add" : "Sub", HR_TENSOR_SHAPE_TEXT(&v.values[0]), HR_TENSOR_SHAPE_TEXT(value));
  } else {
    update_job job = {hr_row_loop(*op, hr_tensor_dtype(value)), hr_dtype_size(hr_tensor_dtype(value)),
                      hr_tensor_data(&v.values[0]), hr_tensor_data(value)};
    hr_parallel_for(ctx, value->elements, 0.2, update_range, &job);
  }
  hr_variables_close(&v);
  HR_TRY(status);
  return hr_variables_done(ctx);
}
static const hr_row_op assign_add = HR_ROW_ADD, assign_sub = HR_ROW_SUB;
#define UPDATE_KERNEL(name, type_attr, operation)                                                                      \
  HR_KERNEL(.op = name, .types = {{type_attr, HR_NUMBER_TYPES}}, .create = update_create, .argument = operation,       \
            .compute = assign_update)
UPDATE_KERNEL("AssignAdd", "T", &assign_add);
UPDATE_KERNEL("AssignSub", "T", &assign_sub);
UPDATE_KERNEL("AssignAddVariableOp", "dtype", &assign_add);
UPDATE_KERNEL("AssignSubVariableOp", "dtype", &assign_sub);

/* ---- CountUpTo ------------------------------------------------------------------------------------------------- */

static hr_status count_up_to(hr_kernel_context *ctx) {
  int64_t limit = hr_node_attr(hr_context_node(ctx), "limit")->i;
  hr_variables v;
  HR_TRY(hr_variables_open(ctx, 1, true, &v));
  hr_tensor *value = &v.values[0];
  hr_status status = HR_SUCCESS;
  if (value->rank != 0) {
    status = hr_error(HR_INVALID_ARGUMENT, "input is not a scalar: %s", HR_TENSOR_SHAPE_TEXT(value));
  } else {
    int64_t before = hr_index_at(value, 0);
    if (before >= limit) {
      status = hr_error(HR_OUT_OF_RANGE, "Reached limit of %" PRId64, limit);
    } else if (value->dtype == HR_INT32) {
      *hr_output_slot(ctx, 0) = hr_tensor_i32((int32_t)before);
      *(int32_t *)value->data = (int32_t)(before + 1);
    } else {
      *hr_output_slot(ctx, 0) = hr_tensor_i64(before);
      *(int64_t *)value->data = before + 1;
    }
  }
  hr_variables_close(&v);
  return status;
}
HR_KERNEL(.op = "CountUpTo", .types = {{"T", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = count_up_to);
HR_KERNEL(.op = "ResourceCountUpTo", .types = {{"T", HR_INDEX_TYPES}}, .flags = HR_KERNEL_CHEAP,
          .compute = count_up_to);
