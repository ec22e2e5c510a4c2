/* Binding: a node's inputs and attributes checked against its op, and what they leave open inferred. */
#ifndef HR_RUNTIME_GRAPH_BIND_H
#define HR_RUNTIME_GRAPH_BIND_H

#include "runtime/graph/node.h"

typedef struct hr_binding {
  hr_graph *graph;
  const hr_op_def *op;
  const hr_output *inputs;
  int32_t num_inputs;
  const int32_t *arg_counts; /* inputs of each argument; NULL: one each */
  hr_attr_value *attrs;      /* op->num_attrs; in the graph's arena; set ones point to what lives as long */
  bool inputs_open;          /* inputs may be HR_NO_OUTPUT: not checked */
} hr_binding;

/* Fills the attributes of kind NONE: types and lengths from the inputs, the rest with the op's defaults.
 * InvalidArgument with TensorFlow's facts for inputs that do not fit and attributes that are missing or not allowed. */
HR_MUST_USE hr_status hr_bind(const hr_binding *binding);

/* For attributes that came complete: defaults where NONE, and the lengths of the arguments into
 * `arg_counts` (op->num_inputs). Then hr_bind checks the inputs. */
HR_MUST_USE hr_status hr_bind_defaults(const hr_op_def *op, hr_attr_value *attrs, int32_t *arg_counts);

/* Outputs of a bound node, and their dtypes. ResourceExhausted for more than HR_MAX_OUTPUTS. */
#define HR_MAX_OUTPUTS (1 << 24)
HR_MUST_USE hr_status hr_bind_output_count(const hr_op_def *op, const hr_attr_value *attrs, int32_t *count);
void hr_bind_output_dtypes(const hr_op_def *op, const hr_attr_value *attrs, uint8_t *dtypes);

#endif
