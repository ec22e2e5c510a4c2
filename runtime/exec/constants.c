#include "runtime/exec/lanes.h"
#include "runtime/exec/walk.h"
#include <stdlib.h>

hr_status hr_plan_run_constants(hr_plan *plan) {
  /* Values that outlive every run come from the device's own allocator: a step with nothing but an allocator. */
  hr_step step = {.plan = plan, .resources = plan->resources};
  hr_step_allocator_init(&step.allocator, plan->device->allocator, false);
  int32_t most = 1;
  for (int32_t i = 0; i < plan->num_constant_nodes; ++i)
    if (plan->constant_nodes[i].num_inputs > most) most = plan->constant_nodes[i].num_inputs;
  const hr_value **inputs = malloc(sizeof *inputs * (size_t)most);
  hr_status status = inputs ? HR_SUCCESS : hr_error_out_of_memory(sizeof *inputs * (size_t)most, "a plan");
  for (int32_t i = 0; i < plan->num_constant_nodes && !status; ++i) {
    const hr_plan_node *node = &plan->constant_nodes[i];
    for (int32_t j = 0; j < node->num_inputs; ++j)
      inputs[j] = &plan->constants[plan->constant_input_slots[node->first_input + j]];
    hr_kernel_context context = {.inputs = inputs,
                                 .outputs = &plan->constants[node->first_slot],
                                 .state = node->state,
                                 .node = node,
                                 .step = &step};
    status = hr_walk_failed(node, hr_run_now(&step, node, &context));
    for (int32_t k = 0; k < node->num_outputs; ++k) {
      hr_value *value = &plan->constants[node->first_slot + k];
      if (plan->slot_kinds[node->first_slot + k] != HR_SLOT_TENSOR || !value->tensor.buffer) continue;
      bool is_ours = hr_step_allocator_detach(&step.allocator, value->tensor.buffer);
      if (!is_ours && !status) status = hr_error(HR_INTERNAL, "%s is in a step's arena", node->node->name);
    }
  }
  free(inputs);
  hr_step_allocator_clear(&step.allocator);
  return status;
}
