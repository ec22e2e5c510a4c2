/* How kernels of the CPU run on a simulated accelerator.
 *
 * Tensors in the card's memory go through the plan closed: their addresses lead nowhere, so that code of the host that
 * touches them is found out at once. For a kernel they are opened, and what it puts out is closed again. */
#include "kernels_gpu/sim/device.h"
#include "runtime/graph/arguments.h"
#include "runtime/plan/plan.h"
#include "runtime/plan/transfer.h"
#include "runtime/resource/variable.h"
#include <stdlib.h>
#include <string.h>

#define FEW_INPUTS 16

/* No process has memory at addresses with this bit: not the user's half of them, in x86-64 and AArch64 alike. */
#define CLOSED ((uintptr_t)1 << 55)

static void close_tensor(hr_tensor *tensor) {
  if (hr_tensor_is_valid(tensor)) tensor->data = (void *)((uintptr_t)tensor->data | CLOSED);
}
static void open_tensor(hr_tensor *tensor) { tensor->data = (void *)((uintptr_t)tensor->data & ~CLOSED); }

/* A reference (what a reference was dereferenced to is a tensor), or what comes through a transit. */
static bool is_no_tensor(const hr_plan_node *plan_node, int32_t input, const hr_arg_def *argument) {
  const hr_node *node = plan_node->node;
  bool is_reference = argument->is_ref && hr_dtype_is_ref(hr_output_dtype(node->inputs[input]));
  return is_reference || (plan_node->transit >= 0 && hr_is_recv(node));
}

/* Opened copies of the inputs, in `opened`; `pointers` lead to them. */
static void open_inputs(const hr_kernel_context *ctx, hr_value *opened, const hr_value **pointers) {
  const hr_node *node = ctx->node->node;
  hr_input_walk walk = hr_input_walk_of(node);
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    const hr_arg_def *argument = hr_next_input(&walk);
    pointers[i] = ctx->inputs[i];
    if (is_no_tensor(ctx->node, i, argument)) continue;
    opened[i] = *ctx->inputs[i];
    open_tensor(&opened[i].tensor);
    pointers[i] = &opened[i];
  }
}

/* What the kernel took over is taken from the step. */
static void take_from_step(const hr_kernel_context *ctx, const hr_value *const *pointers) {
  for (int32_t i = 0; i < ctx->node->num_inputs; ++i) {
    hr_value *own = (hr_value *)(uintptr_t)ctx->inputs[i];
    if (pointers[i] != own && own->tensor.buffer && !pointers[i]->tensor.buffer) own->tensor.buffer = NULL;
  }
}

static void note_variable(sim_device *device, hr_variable *variable) {
  hr_variable_lock(variable);
  if (hr_tensor_is_valid(&variable->value)) sim_card_note(device->card, &variable->value, variable->name, true);
  hr_variable_unlock(variable);
}

/* Closes what is in the card's memory, and remembers what it is. */
static void close_outputs(sim_device *device, hr_kernel_context *ctx) {
  const hr_node *node = ctx->node->node;
  for (int32_t k = 0; k < node->num_outputs; ++k) {
    if (hr_dtype_is_ref(hr_node_output_dtype(node, k))) {
      if (ctx->outputs[k].ref) note_variable(device, ctx->outputs[k].ref);
      continue;
    }
    hr_tensor *tensor = &ctx->outputs[k].tensor;
    bool is_host = k < 64 && (ctx->node->host_outputs >> k & 1);
    if (tensor->buffer ? tensor->buffer->allocator != device->base.allocator : is_host) continue;
    sim_card_note(device->card, tensor, node->name, false);
    close_tensor(tensor);
  }
}

/* An error for want of the card's memory tells who has it. */
static hr_status explain(sim_device *device, hr_status status) {
  if (hr_status_code(status) != HR_RESOURCE_EXHAUSTED) return status;
  hr_text text = {0};
  hr_text_printf(&text, "%s\nOn %s ", hr_status_message(status), device->base.name);
  sim_card_describe(device->card, &text);
  hr_status explained = text.failed ? status : hr_error(HR_RESOURCE_EXHAUSTED, "%s", text.data);
  if (explained != status) hr_status_free(status);
  hr_text_free(&text);
  return explained;
}

hr_status sim_compute(hr_device *self, const hr_kernel_def *kernel, hr_kernel_context *ctx) {
  sim_device *device = (sim_device *)self;
  size_t inputs = (size_t)ctx->node->num_inputs;
  hr_value few[FEW_INPUTS], *opened = few;
  const hr_value *few_pointers[FEW_INPUTS], **pointers = few_pointers;
  if (inputs > FEW_INPUTS) {
    opened = malloc(sizeof *opened * inputs);
    pointers = malloc(sizeof *pointers * inputs);
  }
  hr_status status = HR_SUCCESS;
  if (!opened || !pointers) status = hr_error_out_of_memory(sizeof *opened * inputs, "the inputs of a kernel");
  if (!status) {
    open_inputs(ctx, opened, pointers);
    hr_kernel_context own = *ctx;
    own.inputs = pointers;
    sim_card_work_for(ctx->node->node->name);
    status = explain(device, kernel->compute(&own));
    sim_card_work_for(NULL);
    take_from_step(ctx, pointers);
    if (!status) close_outputs(device, ctx);
  }
  if (inputs > FEW_INPUTS) {
    free(opened);
    free(pointers);
  }
  return status;
}

static hr_status copy(const hr_tensor *from, hr_allocator *allocator, hr_tensor *to) {
  hr_shape shape = hr_tensor_shape(from);
  HR_TRY(hr_tensor_new(allocator, hr_tensor_dtype(from), &shape, to));
  if (from->elements > 0) memcpy(hr_tensor_data(to), hr_tensor_data(from), hr_tensor_bytes(from));
  return HR_SUCCESS;
}

/* Both are called by kernels, for which the tensors are open. */
hr_status sim_copy_in(hr_device *self, const hr_tensor *host, hr_tensor *device) {
  return copy(host, self->allocator, device);
}
hr_status sim_copy_out(hr_device *self, const hr_tensor *device, hr_allocator *allocator, hr_tensor *host) {
  (void)self;
  return copy(device, allocator, host);
}
