#include "runtime/exec/step.h"

hr_status hr_plan_run_constants(hr_plan *plan) {
  /* Values that outlive every run come from the device's own allocator: a step with nothing but an allocator. */
  hr_step step = {.plan = plan, .resources = plan->resources};
  hr_step_allocator_init(&step.allocator, plan->device->allocator);
  hr_status status = HR_SUCCESS;
  for (int32_t i = 0; i < plan->num_constant_nodes && !status; ++i) {
    const hr_plan_node *node = &plan->constant_nodes[i];
    hr_kernel_context context = {
        .outputs = &plan->constants[node->first_slot], .state = node->state, .node = node, .step = &step};
    status =
        hr_status_at_node(node->kernel->compute(&context), node->node->name, node->node->op->name, node->node->where);
    for (int32_t k = 0; k < node->num_outputs; ++k) {
      hr_value *value = &plan->constants[node->first_slot + k];
      if (plan->slot_kinds[node->first_slot + k] == HR_SLOT_TENSOR && value->tensor.buffer)
        hr_step_allocator_detach(&step.allocator, value->tensor.buffer);
    }
  }
  hr_step_allocator_clear(&step.allocator);
  return status;
}
