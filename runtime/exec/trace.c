#include "runtime/exec/trace.h"
#include "runtime/base/clock.h"
#include "runtime/resource/variable.h"
#include <stdlib.h>

hr_status hr_trace_begin(hr_step *step) {
  const hr_plan *plan = step->plan;
  size_t outputs = 0;
  for (int32_t i = 0; i < plan->num_nodes; ++i)
    outputs += (size_t)plan->nodes[i].num_outputs;
  size_t traces_bytes = sizeof(hr_node_trace) * (size_t)plan->num_nodes;
  size_t bytes = traces_bytes + sizeof(hr_output_trace) * outputs;
  step->traces = calloc(1, bytes + 1);
  if (!step->traces) return hr_error_out_of_memory(bytes, "step stats");
  hr_output_trace *next = (hr_output_trace *)((char *)step->traces + traces_bytes);
  for (int32_t i = 0; i < plan->num_nodes; next += plan->nodes[i++].num_outputs)
    step->traces[i].outputs = next;
  return HR_SUCCESS;
}

void hr_trace_end(hr_step *step) {
  free(step->traces);
  step->traces = NULL;
}

void hr_trace_node_start(hr_step *step, int32_t index) {
  step->traces[index].node = &step->plan->nodes[index];
  step->traces[index].start = hr_monotonic_nanos();
}

static void describe(const hr_tensor *tensor, hr_output_trace *out) {
  if (!hr_tensor_is_valid(tensor)) return;
  *out = (hr_output_trace){.dtype = hr_tensor_dtype(tensor),
                           .shape = hr_tensor_shape(tensor),
                           .bytes = hr_tensor_bytes(tensor),
                           .data = hr_tensor_data(tensor),
                           .is_shared = tensor->buffer && hr_buffer_is_shared(tensor->buffer)};
}

void hr_trace_node_end(hr_step *step, int32_t index) {
  hr_node_trace *trace = &step->traces[index];
  trace->end = hr_monotonic_nanos();
  for (int32_t k = 0; k < trace->node->num_outputs; ++k) {
    int32_t slot = trace->node->first_slot + k;
    const hr_value *value = hr_step_slot(step, slot);
    if (step->plan->slot_kinds[slot] == HR_SLOT_TENSOR) {
      describe(&value->tensor, &trace->outputs[k]);
    } else if (value->ref) {
      hr_variable_lock(value->ref);
      describe(&value->ref->value, &trace->outputs[k]);
      hr_variable_unlock(value->ref);
    }
  }
}
