/* Reverse-mode differentiation: builds the subgraph that computes derivatives, node for node as TensorFlow 1.15's
 * tf.gradients. */
#ifndef HEADRACE_GRADIENTS_H
#define HEADRACE_GRADIENTS_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A gradient: dense (`indices` is HR_NO_OUTPUT), sparse rows (tf.IndexedSlices: `value` holds the rows `indices` of a
 * tensor of shape `dense_shape`, which may be HR_NO_OUTPUT), or none (`value` is HR_NO_OUTPUT; Python's None). */
typedef struct hr_gradient {
  hr_output value, indices, dense_shape;
} hr_gradient;

#define HR_NO_GRADIENT ((hr_gradient){HR_NO_OUTPUT, HR_NO_OUTPUT, HR_NO_OUTPUT})
static inline hr_gradient hr_dense_gradient(hr_output value) {
  return (hr_gradient){value, HR_NO_OUTPUT, HR_NO_OUTPUT};
}
static inline bool hr_gradient_exists(hr_gradient g) { return g.value.node != NULL; }
static inline bool hr_gradient_is_sparse(hr_gradient g) { return g.indices.node != NULL; }

/* The dense tensor of a gradient (UnsortedSegmentSum for sparse rows, as tf.convert_to_tensor does). */
HR_API hr_output hr_gradient_to_tensor(hr_scope scope, hr_gradient gradient, const char *name);

/* A gradient as functions of tensors may be given it: a sparse one becomes a tensor inside of each op that reads it. */
HR_API hr_output hr_gradient_as_argument(hr_scope scope, hr_gradient gradient);
/* The gradient that such an output, or any tensor, stands for. */
HR_API hr_gradient hr_gradient_of_argument(hr_output argument);

typedef enum hr_aggregation_method {
  HR_AGGREGATION_ADD_N = 0, /* tf.AggregationMethod.DEFAULT */
  HR_AGGREGATION_EXPERIMENTAL_TREE = 1,
  HR_AGGREGATION_EXPERIMENTAL_ACCUMULATE_N = 2,
} hr_aggregation_method;

typedef struct hr_gradients_options {
  const hr_gradient *grad_ys;      /* one per y; NULL or entries without a gradient: ones */
  const hr_operand *grad_y_values; /* one per y that has no entry there: numbers and arrays, which become constants */
  hr_outputs stop_gradients;
  hr_aggregation_method aggregation;
  bool colocate_with_ops; /* colocate_gradients_with_ops */
  bool gate_gradients;    /* control dependencies between all gradients of an op (GATE_OP) */
  bool zero_unconnected;  /* tf.UnconnectedGradients.ZERO instead of NONE */
  const char *name;       /* name scope; NULL: "gradients" */
} hr_gradients_options;

/* d sum(ys) / d xs: writes one gradient per x. Errors go to the scope's builder: NotFound (LookupError in Python) for
 * an op without a gradient function, InvalidArgument for wrong grad_ys. `options` may be NULL. */
HR_API void hr_gradients_with(hr_scope scope, hr_outputs ys, hr_outputs xs, hr_gradient *out,
                              const hr_gradients_options *options);
#define hr_gradients(scope, ys, xs, out, ...)                                                                          \
  hr_gradients_with((scope), (ys), (xs), (out), &(hr_gradients_options){__VA_ARGS__})

typedef struct hr_hessians_options {
  hr_aggregation_method aggregation; /* of the first derivatives, as the rest */
  bool colocate_with_ops;
  bool gate_gradients;
} hr_hessians_options;
/* tf.hessians: for each x, variable or tensor, the second derivatives of sum(ys) by all pairs of its elements, with a
 * loop over the first derivatives; their shape is that of x twice. The list lives as long as the graph. InvalidArgument
 * where a first derivative does not depend on its x. */
HR_API hr_outputs hr_hessians_with(hr_scope scope, hr_outputs ys, hr_operands xs, const hr_hessians_options *options);
#define hr_hessians(scope, ys, xs, ...)                                                                                \
  hr_hessians_with((scope), (ys), HR_OPERANDS_OF(xs), &(hr_hessians_options){__VA_ARGS__})

/* ---- gradient functions ---------------------------------------------------------------------------------------- */

/* What a gradient function sees and fills. It builds a subgraph; it never computes. */
typedef struct hr_gradient_context {
  hr_scope scope; /* inside "gradients/<node>_grad/" */
  hr_node *node;
  const hr_gradient *outputs; /* of each output of the node; zeros filled in where the op's function wants them */
  hr_gradient *inputs;        /* of each input: preset to none */
  void *argument;             /* of the registration */
} hr_gradient_context;

/* Registers the gradient function of an op, or a name for hr_gradient_override (tf.RegisterGradient); NULL stops
 * gradients (tf.NotDifferentiable). For the whole process and for ever. AlreadyExists where there is one. */
HR_API HR_MUST_USE hr_status hr_register_gradient(const char *op, hr_status (*function)(hr_gradient_context *context),
                                                  void *argument);

/* Graph.gradient_override_map: nodes of type `op` made inside have the gradient function that is registered for, or
 * built into, the op `gradient`; NULL gives them their own again. */
HR_API hr_scope hr_gradient_override(hr_scope scope, const char *op, const char *gradient);

#ifdef __cplusplus
}
#endif
#endif
