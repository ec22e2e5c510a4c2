/* Branches and loops, as far as they are a matter of one node: which values are alive is the executor's. */
#include "kernels_cpu/arguments.h"
#include "runtime/plan/plan.h"

#include <string.h>

#define PASSED_TYPES HR_COPIED_TYPES
#define PASSED_FLAGS (HR_KERNEL_CHEAP | HR_KERNEL_NO_INPUT_READ)

/* Output `to` is input `from`, a tensor or a reference. */
static void pass(hr_kernel_context *ctx, int from, int to) {
  const hr_node *node = hr_context_node(ctx);
  if (hr_dtype_is_ref(hr_node_output_dtype(node, to)))
    hr_output_set_ref(ctx, to, hr_input_ref(ctx, from));
  else
    hr_output_share(ctx, to, from, NULL);
}

static hr_status pass_on(hr_kernel_context *ctx) {
  hr_output_share(ctx, 0, 0, NULL);
  return HR_SUCCESS;
}
static hr_status pass_reference(hr_kernel_context *ctx) {
  hr_output_set_ref(ctx, 0, hr_input_ref(ctx, 0));
  return HR_SUCCESS;
}

HR_KERNEL(.op = "Enter", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = pass_on);
HR_KERNEL(.op = "Exit", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = pass_on);
HR_KERNEL(.op = "NextIteration", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = pass_on);
HR_KERNEL(.op = "RefEnter", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = pass_reference);
HR_KERNEL(.op = "RefExit", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = pass_reference);
HR_KERNEL(.op = "RefNextIteration", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = pass_reference);

static hr_status check_scalar(const hr_kernel_context *ctx, int input) {
  const hr_tensor *x = hr_input(ctx, input);
  if (x->rank == 0) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "The second input must be a scalar, but it has shape %s",
                  HR_TENSOR_SHAPE_TEXT(x));
}

static hr_status loop_cond(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "The condition of a loop must be a scalar, but it has shape %s",
                    HR_TENSOR_SHAPE_TEXT(x));
  return pass_on(ctx);
}
HR_KERNEL(.op = "LoopCond", .flags = PASSED_FLAGS, .compute = loop_cond);

static hr_status switch_output(hr_kernel_context *ctx) {
  HR_TRY(check_scalar(ctx, 1));
  pass(ctx, 0, *(const bool *)hr_tensor_data(hr_input(ctx, 1)) ? 1 : 0);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Switch", .types = {{"T", PASSED_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = switch_output);
HR_KERNEL(.op = "RefSwitch", .types = {{"T", PASSED_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = switch_output);

static hr_status switch_n(hr_kernel_context *ctx) {
  HR_TRY(check_scalar(ctx, 1));
  int32_t index = *(const int32_t *)hr_tensor_data(hr_input(ctx, 1)), count = hr_output_count(ctx);
  pass(ctx, 0, index < 0 || index >= count ? count - 1 : index);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "_SwitchN", .types = {{"T", PASSED_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = switch_n);

/* The executor says which input is alive. */
static hr_status merge(hr_kernel_context *ctx) {
  int32_t alive = ctx->alive_input;
  if (alive < 0) return hr_error(HR_INTERNAL, "Merge should have at least one valid input.");
  pass(ctx, alive, 0);
  hr_tensor *index = hr_output_slot(ctx, 1);
  *index = (hr_tensor){.dtype = HR_INT32, .elements = 1, .scalar.i32 = alive};
  return HR_SUCCESS;
}
HR_KERNEL(.op = "Merge", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = merge);
HR_KERNEL(.op = "RefMerge", .types = {{"T", PASSED_TYPES}}, .flags = PASSED_FLAGS, .compute = merge);

static hr_status ref_select(hr_kernel_context *ctx) {
  HR_TRY(check_scalar(ctx, 0));
  int32_t index = *(const int32_t *)hr_tensor_data(hr_input(ctx, 0)), count = hr_input_count(ctx) - 1;
  if (index < 0 || index >= count)
    return hr_error(HR_INVALID_ARGUMENT, "Index must be in the range [0, %d) but got %d", count, index);
  hr_output_set_ref(ctx, 0, hr_input_ref(ctx, 1 + index));
  return HR_SUCCESS;
}
HR_KERNEL(.op = "RefSelect", .types = {{"T", PASSED_TYPES}}, .flags = HR_KERNEL_CHEAP, .compute = ref_select);

static hr_status nothing(hr_kernel_context *ctx) {
  (void)ctx;
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ControlTrigger", .flags = PASSED_FLAGS, .compute = nothing);

static hr_status abort_run(hr_kernel_context *ctx) {
  const hr_attr_value *message = hr_node_attr(hr_context_node(ctx), "error_msg");
  return hr_error(HR_ABORTED, "%s", message->s);
}
HR_KERNEL(.op = "Abort", .compute = abort_run);
