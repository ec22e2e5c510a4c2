/* Constant folding: which nodes run once, when the plan is made. Transfers of what is constant are among them: its
 * value is brought to another device once, not in every run. */
#include "runtime/plan/rewrite.h"
#include "runtime/plan/transfer.h"

#define MAX_FOLDED_BYTES (INT64_C(1) << 20) /* a plan keeps no larger values that a run can compute */

static bool is_transfer(const hr_node *node) { return hr_is_send(node) || hr_is_recv(node); }

static bool is_small(const hr_node *node) {
  int64_t bytes = 0;
  while (is_transfer(node)) /* the ends know no shape */
    node = node->inputs[0].node;
  for (int32_t k = 0; k < node->num_outputs; ++k) {
    const hr_partial_shape *shape = hr_output_shape((hr_output){(hr_node *)(uintptr_t)node, k});
    if (!hr_partial_shape_is_full(shape)) return false;
    int64_t elements = 1;
    for (int i = 0; i < shape->rank; ++i)
      if (__builtin_mul_overflow(elements, shape->dims[i], &elements)) return false;
    if (elements > MAX_FOLDED_BYTES) return false;
    bytes += elements * (int64_t)hr_dtype_size(hr_node_output_dtype(node, k));
  }
  return bytes <= MAX_FOLDED_BYTES;
}

bool hr_is_foldable(const hr_plan_request *request, const hr_node *node, const hr_kernel_def *kernel,
                    const hr_node_set *constant) {
  if ((request->rewrites_off & HR_REWRITE_CONSTANTS) || request->keep_values || node->num_inputs == 0 ||
      node->num_outputs == 0 || kernel->compute_async || ((node->op->flags & HR_OP_STATEFUL) && !is_transfer(node)) ||
      hr_control_of(node) != HR_CONTROL_NONE)
    return false;
  for (int32_t i = 0; i < node->num_inputs; ++i) {
    const hr_node *input = node->inputs[i].node;
    if (!input || !hr_node_set_has(constant, input->id) || hr_is_fed(request, input)) return false;
    hr_dtype dtype = hr_output_dtype(node->inputs[i]);
    if (hr_dtype_is_ref(dtype) || dtype == HR_RESOURCE || dtype == HR_VARIANT) return false;
  }
  for (int32_t i = 0; i < node->num_control_inputs; ++i)
    if (!hr_node_set_has(constant, node->control_inputs[i]->id)) return false;
  return is_small(node) && !hr_is_fed(request, node);
}
