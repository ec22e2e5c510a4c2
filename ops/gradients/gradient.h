/* What the gradient functions share.
 *
 * A gradient function builds the nodes TensorFlow 1.15 builds for the op, in their order; one is declared in the
 * generated op table and bound by the `grad` line of the op. Errors of the builder are sticky, so most functions end in
 * success.
 */
#ifndef HR_OPS_GRADIENTS_GRADIENT_H
#define HR_OPS_GRADIENTS_GRADIENT_H

#include "builder/builder.h"
#include "builder/gradient_rows.h"
#include "headrace/gradients.h"
#include "headrace/nn.h"

/* ---- the node's own tensors ------------------------------------------------------------------------------------ */

static inline hr_output hr_x(const hr_gradient_context *c, int32_t i) { return c->node->inputs[i]; }
static inline hr_output hr_y(const hr_gradient_context *c, int32_t i) { return (hr_output){c->node, i}; }

/* The gradient of output `i`, for ops to read. A sparse one becomes a tensor in the scope of each op that reads it; it
 * stays sparse where hr_dx, hr_negated or hr_gradient_in is given it. */
static inline hr_output hr_dy(const hr_gradient_context *c, int32_t i) {
  return hr_gradient_as_argument(c->scope, c->outputs[i]);
}

/* Sets the gradient of input `i`. */
static inline void hr_dx(const hr_gradient_context *c, int32_t i, hr_output gradient) {
  c->inputs[i] = hr_gradient_of_argument(gradient);
}

/* -gradient and tf.cast of it: of a sparse one the same rows of other values. */
hr_output hr_negated(hr_scope scope, hr_output gradient);
hr_output hr_gradient_in(hr_scope scope, hr_output gradient, hr_dtype dtype);

/* An attribute of the node by its name; the op has it. */
static inline int64_t hr_int_attr(const hr_gradient_context *c, const char *name) {
  return hr_node_attr(c->node, name)->i;
}
static inline bool hr_bool_attr(const hr_gradient_context *c, const char *name) {
  return hr_node_attr(c->node, name)->b;
}

static inline bool hr_is_complex(hr_output x) { return x.node && hr_dtype_is_complex(hr_output_base_dtype(x)); }

/* tf.conj: the tensor itself where it is real. */
static inline hr_output hr_conj_of(hr_scope scope, hr_output x) { return hr_is_complex(x) ? hr_conj(scope, x) : x; }

/* tf.constant of a number in the dtype of `like`. */
static inline hr_output hr_number(hr_scope scope, double value, hr_output like) {
  return hr_convert(scope, hr_operand_float(value), like.node ? hr_output_base_dtype(like) : HR_INVALID, "Const");
}

/* A scope in which nodes wait for the gradient, so that what they need is not computed before it. */
static inline hr_scope hr_after(hr_scope scope, hr_output gradient) {
  hr_node *node = hr_node_behind(gradient);
  return hr_control_dependencies(scope, node ? 1 : 0, &node);
}

/* Equal and fully known static shapes. */
bool hr_same_full_shape(hr_output x, hr_output y);

/* Is the tensor known to be zero, by its op or by its constant value? */
bool hr_is_zero(hr_scope scope, hr_output x);

/* x // max(y, 1), of shapes. */
hr_output hr_safe_shape_div(hr_scope scope, hr_operand x, hr_operand y);

/* An item of tf.concat of shape vectors: a vector, [scalar], or [number]. */
typedef struct hr_part {
  enum { HR_PART_VECTOR, HR_PART_SCALAR, HR_PART_NUMBER } kind;
  hr_output tensor;
  int32_t number;
} hr_part;
#define HR_VECTOR_PART(x) ((hr_part){HR_PART_VECTOR, (x), 0})
#define HR_SCALAR_PART(x) ((hr_part){HR_PART_SCALAR, (x), 0})
#define HR_NUMBER_PART(n) ((hr_part){HR_PART_NUMBER, HR_NO_OUTPUT, (n)})
#define HR_MAX_PARTS      4
hr_output hr_join_parts(hr_scope scope, int32_t count, const hr_part *parts);
#define hr_join(scope, ...)                                                                                            \
  hr_join_parts((scope), (int32_t)(sizeof((hr_part[]){__VA_ARGS__}) / sizeof(hr_part)), (hr_part[]){__VA_ARGS__})

/* tf.stack of int32 scalars, some of which are numbers: [x, 1]. */
#define hr_pack_sizes(scope, ...)                                                                                      \
  hr_convert((scope),                                                                                                  \
             hr_operand_items((int32_t)(sizeof((hr_operand[]){__VA_ARGS__}) / sizeof(hr_operand)),                     \
                              (hr_operand[]){__VA_ARGS__}),                                                            \
             HR_INT32, "stack")

/* ---- broadcasting ---------------------------------------------------------------------------------------------- */

/* How the gradient of a broadcast result comes back to the shape of one argument. */
typedef struct hr_side {
  bool must_reduce; /* false: it has that shape already */
  int axis_count;   /* what to sum over and the shape, where they are known */
  int64_t axes[HR_MAX_RANK];
  hr_partial_shape static_shape;
  hr_output axes_tensor, shape; /* else */
} hr_side;
typedef struct hr_sides {
  hr_side of[2];
} hr_sides;

/* Sides of the first two inputs by BroadcastGradientArgs on their shapes. */
hr_sides hr_broadcast_sides(const hr_gradient_context *c);
/* The same, worked out at once where the gradient is no sparse one and the shapes of both inputs are known; nothing is
 * left to reduce where an input has the shape of the gradient. The nodes that TensorFlow makes to find it out are made
 * once for each pair of shapes in a graph. */
hr_sides hr_static_broadcast_sides(const hr_gradient_context *c, hr_output gradient);
/* Sums the gradient over the broadcast dimensions and gives it the shape of the side. */
hr_output hr_unbroadcast(hr_scope scope, const hr_side *side, hr_output gradient);

/* ---- products -------------------------------------------------------------------------------------------------- */

/* tf.matmul with adjoint_a, adjoint_b. */
hr_output hr_adjoint_matmul(hr_scope scope, hr_output a, hr_output b, bool adjoint_a, bool adjoint_b);

/* ---- gathers --------------------------------------------------------------------------------------------------- */

/* The number of elements as a vector. */
hr_output hr_size_vector(hr_scope scope, hr_output x);
/* The gradient of input 0, a sparse one: the rows of the output's gradient with the indices (input 1, `count` of them)
 * that they were taken from. */
void hr_give_rows(hr_gradient_context *c, hr_output params_shape, hr_output count);
/* The gradient of input 0, of this shape, whose slices at index vectors (input 1) the output is. Vectors of one number
 * are rows, and give a sparse gradient. */
void hr_give_slices(hr_gradient_context *c, hr_output shape);

#endif
