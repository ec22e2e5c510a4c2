/* What a shape function sees and sets. Shape functions run at construction, on partially known shapes. */
#ifndef HR_RUNTIME_GRAPH_SHAPE_CONTEXT_H
#define HR_RUNTIME_GRAPH_SHAPE_CONTEXT_H

#include "runtime/graph/node.h"

/* Inputs whose value, or value as a shape, was asked for: a bit an input, for messages. */
typedef struct hr_shape_requests {
  uint64_t values, shapes;
} hr_shape_requests;

struct hr_shape_context {
  hr_graph *graph;
  const hr_node *node; /* op, name, inputs, attrs and output dtypes are set; shapes are not yet */
  _Atomic(const hr_partial_shape *) *outputs; /* node->num_outputs, preset to unknown */
  const hr_handle_data **handles;             /* node->num_outputs; NULL until hr_shape_share_handle made it */
  hr_shape_requests *requests;                /* may be NULL */
};

static inline const hr_partial_shape *hr_shape_input(const hr_shape_context *c, int index) {
  return hr_output_shape(c->node->inputs[index]);
}
/* The value of an input where it is known while building: a constant, or something computed from constants and known
 * shapes (Shape, Pack, Range, arithmetic, ...). `*known` false where it is not. `*value` is owned by the caller. */
HR_MUST_USE hr_status hr_shape_input_value(const hr_shape_context *c, int index, bool *known, hr_tensor *value);
/* The same read as a shape: an integer vector with -1 for unknown sizes; partially known vectors (Pack of known and
 * unknown) give what is known. Unknown rank where nothing is. InvalidArgument for sizes below -1. */
HR_MUST_USE hr_status hr_shape_input_as_shape(const hr_shape_context *c, int index, hr_partial_shape *out);

/* Copied, or shared with an input of the same shape. */
HR_MUST_USE hr_status hr_shape_set(hr_shape_context *c, int output, const hr_partial_shape *shape);
/* Not copied: a shape of another output, or static. */
static inline void hr_shape_share(hr_shape_context *c, int output, const hr_partial_shape *shape) {
  atomic_init(&c->outputs[output], shape);
}
/* What is known of the variable behind an output; kept by pointer: in the graph's arena. */
HR_MUST_USE hr_status hr_shape_share_handle(hr_shape_context *c, int output, const hr_handle_data *data);
/* The same of an input; NULL: nothing. */
static inline const hr_handle_data *hr_shape_input_handle(const hr_shape_context *c, int index) {
  return hr_output_handle_data(c->node->inputs[index]);
}
void hr_shape_set_scalar(hr_shape_context *c, int output);
void hr_shape_set_unknown(hr_shape_context *c, int output);

/* InvalidArgument "Shape must be rank R but is rank N" where the rank is known and other; `out` may alias. */
HR_MUST_USE hr_status hr_shape_with_rank(const hr_partial_shape *in, int rank, hr_partial_shape *out);
HR_MUST_USE hr_status hr_shape_with_rank_at_least(const hr_partial_shape *in, int rank, hr_partial_shape *out);
/* "Dimensions must be equal, but are A and B" */
HR_MUST_USE hr_status hr_dim_merge(int64_t a, int64_t b, int64_t *out);

/* Adds to an error of a shape function what TensorFlow says beside it: the node, its input shapes, the values that were
 * asked for and known. Takes `status`. */
HR_MUST_USE hr_status hr_shape_describe_error(const hr_shape_context *c, hr_status status);

/* Evaluates a constant subgraph while building: registered by the session room, which can run kernels. */
typedef hr_status (*hr_constant_evaluator)(hr_output output, bool *known, hr_tensor *value);
void hr_register_constant_evaluator(hr_constant_evaluator evaluator);
/* The registered one, or NULL. */
hr_constant_evaluator hr_constant_evaluator_registered(void);

#endif
