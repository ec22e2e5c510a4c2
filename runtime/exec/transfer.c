/* The two ends of an edge between devices (runtime/plan/transfer.h).
 *
 * A value travels in host memory. Out of a device's own memory it is copied by the device that has it, into another's
 * by that one; between the two it is a slot of the step like any other, or, where a walk has several lanes, a transit.
 */
#include "runtime/plan/transfer.h"
#include "runtime/exec/lanes.h"

/* Nobody changes the bytes in this run: a feed's, a constant's. */
static bool is_fixed(const hr_kernel_context *ctx, int index) {
  const hr_plan *plan = ctx->step->plan;
  const hr_value *value = ctx->inputs[index];
  bool is_constant = plan->constants && value >= plan->constants && value < plan->constants + plan->num_constants;
  return is_constant || (value->tensor.buffer && value->tensor.buffer->borrowed);
}

/* The value in host memory, as it is now. */
static hr_status take_out(hr_kernel_context *ctx, hr_tensor *out) {
  hr_device *device = ctx->node->device;
  const hr_tensor *in = hr_input(ctx, 0);
  if (!device->host_memory && ctx->node->node->op == &hr_send_ops[0])
    return device->copy_out(device, in, &ctx->step->allocator.base, out);
  if (!is_fixed(ctx, 0)) return hr_keep_input_in_step(ctx, 0, out);
  hr_tensor_copy(in, out);
  return HR_SUCCESS;
}

static hr_status send(hr_kernel_context *ctx) {
  if (ctx->node->device->host_memory && ctx->node->transit < 0) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  hr_tensor value;
  HR_TRY(take_out(ctx, &value));
  if (ctx->node->transit < 0) {
    hr_output_move(ctx, 0, &value);
    return HR_SUCCESS;
  }
  hr_status status = hr_transit_put(ctx->step, ctx->node->transit, &value);
  if (status) hr_tensor_clear(&value);
  return status;
}

static hr_status recv(hr_kernel_context *ctx) {
  hr_device *device = ctx->node->device;
  bool comes_in = !device->host_memory && ctx->node->node->op == &hr_recv_ops[0];
  if (ctx->node->transit < 0 && !comes_in) {
    hr_output_share(ctx, 0, 0, NULL);
    return HR_SUCCESS;
  }
  if (ctx->node->transit < 0) return device->copy_in(device, hr_input(ctx, 0), hr_output_slot(ctx, 0));
  hr_tensor value;
  HR_TRY(hr_transit_take(ctx->step, ctx->node->transit, &value));
  if (!comes_in) {
    hr_output_move(ctx, 0, &value);
    return HR_SUCCESS;
  }
  hr_status status = device->copy_in(device, &value, hr_output_slot(ctx, 0));
  hr_tensor_clear(&value);
  return status;
}

HR_KERNEL(.op = "_LocalSend", .device = HR_EVERY_DEVICE, .flags = HR_KERNEL_CHEAP, .compute = send);
HR_KERNEL(.op = "_LocalHostSend", .device = HR_EVERY_DEVICE, .flags = HR_KERNEL_CHEAP, .compute = send);
HR_KERNEL(.op = "_LocalRecv", .device = HR_EVERY_DEVICE, .flags = HR_KERNEL_CHEAP, .compute = recv);
HR_KERNEL(.op = "_LocalHostRecv", .device = HR_EVERY_DEVICE, .flags = HR_KERNEL_CHEAP, .compute = recv);
