/* The algebra of partially known shapes that the shape functions are written in.
 *
 * A shape function hr_shape_fn_NAME(hr_shape_context *) is named by the `shape NAME` lines of ops/defs; each gives the
 * shapes (and finds the errors) that TensorFlow 1.15 does for the ops that name it. In comments, "batch" stands for the
 * dimensions before those an op works on.
 */
#ifndef HR_OPS_SHAPES_SHAPES_H
#define HR_OPS_SHAPES_SHAPES_H

#include "runtime/graph/shape_context.h"
#include <inttypes.h>
#include <limits.h>

/* ---- sizes: >= 0, or HR_UNKNOWN_DIM ---------------------------------------------------------------------------- */

/* Unknown where an operand is, except for what 0 and 1 decide. InvalidArgument for a negative difference, an overflow,
 * or (`exact`) a remainder. */
HR_MUST_USE hr_status hr_dim_add(int64_t a, int64_t b, int64_t *out);
HR_MUST_USE hr_status hr_dim_subtract(int64_t a, int64_t b, int64_t *out);
HR_MUST_USE hr_status hr_dim_multiply(int64_t a, int64_t b, int64_t *out);
HR_MUST_USE hr_status hr_dim_divide(int64_t a, int64_t b, bool exact, int64_t *out);
int64_t hr_dim_min(int64_t a, int64_t b);
/* The size two dimensions broadcast to; InvalidArgument where they do not. */
HR_MUST_USE hr_status hr_dim_broadcast(int64_t a, int64_t b, int64_t *out);

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

static inline bool hr_rank_known(const hr_partial_shape *s) { return s->rank >= 0; }
/* Size `index`, from the end where it is negative; unknown where the rank is. `index` must be in range. */
static inline int64_t hr_dim_at(const hr_partial_shape *s, int index) {
  if (s->rank < 0) return HR_UNKNOWN_DIM;
  return s->dims[index < 0 ? index + s->rank : index];
}
static inline hr_partial_shape hr_vector_shape(int64_t size) { return (hr_partial_shape){.rank = 1, .dims = {size}}; }
static inline hr_partial_shape hr_matrix_shape(int64_t rows, int64_t columns) {
  return (hr_partial_shape){.rank = 2, .dims = {rows, columns}};
}
/* Unknown sizes. Unimplemented above HR_MAX_RANK. */
HR_MUST_USE hr_status hr_shape_of_rank(int64_t rank, hr_partial_shape *out);
/* Product of the sizes; unknown where one is, unless another is 0. */
HR_MUST_USE hr_status hr_shape_count(const hr_partial_shape *s, int64_t *out);

/* Dimensions start..end-1; negative ones count from the end, those beyond it (HR_SHAPE_END) mean the end. Unknown stays
 * unknown. InvalidArgument before the first dimension or where end comes before start. `out` may alias. */
#define HR_SHAPE_END INT_MAX
HR_MUST_USE hr_status hr_shape_part(const hr_partial_shape *s, int64_t start, int64_t end, hr_partial_shape *out);
/* The dimensions of a, then those of b. Unknown where one is; Unimplemented above HR_MAX_RANK. `out` may alias. */
HR_MUST_USE hr_status hr_shape_concat(const hr_partial_shape *a, const hr_partial_shape *b, hr_partial_shape *out);
HR_MUST_USE hr_status hr_shape_append(hr_partial_shape *s, int64_t size);
/* Sets one size; nothing to set where the rank is unknown. */
static inline void hr_shape_replace(hr_partial_shape *s, int index, int64_t size) {
  if (s->rank >= 0) s->dims[index < 0 ? index + s->rank : index] = size;
}
/* The first dimensions of `s` and those of `prefix` must agree; both get what they know together. */
HR_MUST_USE hr_status hr_shape_merge_prefix(hr_partial_shape *s, hr_partial_shape *prefix);
/* Scalars, vectors... up to `rank`. */
HR_MUST_USE hr_status hr_shape_with_rank_at_most(const hr_partial_shape *s, int rank);
/* What two shapes broadcast to. */
HR_MUST_USE hr_status hr_shape_broadcast(const hr_partial_shape *a, const hr_partial_shape *b, hr_partial_shape *out);

/* ---- inputs, attributes, outputs ------------------------------------------------------------------------------- */

/* Checks the rank of an input. */
HR_MUST_USE hr_status hr_input_of_rank(const hr_shape_context *c, int input, int rank, hr_partial_shape *out);
HR_MUST_USE hr_status hr_input_of_rank_at_least(const hr_shape_context *c, int input, int rank, hr_partial_shape *out);
HR_MUST_USE hr_status hr_check_scalar(const hr_shape_context *c, int input);

/* Merges the shapes of inputs first..last into `out`. */
HR_MUST_USE hr_status hr_merge_inputs(const hr_shape_context *c, int first, int last, hr_partial_shape *out);

/* An int32 or int64 input with one element, where its value is known while building. */
HR_MUST_USE hr_status hr_input_scalar(const hr_shape_context *c, int input, bool *known, int64_t *value);
/* The same as a size: unknown where the value is; InvalidArgument for a negative one or an input of another rank. */
HR_MUST_USE hr_status hr_input_dim(const hr_shape_context *c, int input, int64_t *out);
/* Element `index` of an integer tensor (any signed integer type). */
int64_t hr_tensor_int(const hr_tensor *t, int64_t index);

/* Attributes that the op is known to have. */
static inline int64_t hr_int_attr(const hr_shape_context *c, const char *name) {
  return hr_node_attr(c->node, name)->i;
}
static inline bool hr_bool_attr(const hr_shape_context *c, const char *name) { return hr_node_attr(c->node, name)->b; }
/* False where the op has no such attribute. */
bool hr_string_attr_is(const hr_shape_context *c, const char *name, const char *text);

/* The first input's shape for the given output. */
static inline void hr_share_input(hr_shape_context *c, int output, int input) {
  hr_shape_share(c, output, hr_shape_input(c, input));
}
/* The same with what is known of the variable behind the input: for ops that hand handles on. */
HR_MUST_USE hr_status hr_pass_input(hr_shape_context *c, int output, int input);
/* The shape of the variable that an input refers to or is a handle of; the input's own for a plain tensor. */
const hr_partial_shape *hr_shape_of_variable(const hr_shape_context *c, int input);
/* Where input 0 is known to be a handle of a variable, its dtype must be the op's `dtype`. */
HR_MUST_USE hr_status hr_check_handle(const hr_shape_context *c);
/* The first output, where the op has one, has the first input's shape. */
static inline void hr_share_variable(hr_shape_context *c) {
  if (c->node->num_outputs > 0) hr_share_input(c, 0, 0);
}
/* Output 0: inputs first..last behind each other, along the dimension that input `axis_input` names. */
HR_MUST_USE hr_status hr_set_concat(hr_shape_context *c, int first, int last, int axis_input);
/* A vector of unknown size. */
void hr_set_unknown_vector(hr_shape_context *c, int output);

/* ---- shape functions that others begin with -------------------------------------------------------------------- */

hr_status hr_shape_fn_matmul(hr_shape_context *c);
hr_status hr_shape_fn_bias_add_v1(hr_shape_context *c);
hr_status hr_shape_fn_reshape(hr_shape_context *c);
hr_status hr_shape_fn_conv_2d(hr_shape_context *c);
hr_status hr_shape_fn_max_pool(hr_shape_context *c);
hr_status hr_shape_fn_avg_pool(hr_shape_context *c);
hr_status hr_shape_fn_broadcast(hr_shape_context *c);
hr_status hr_shape_fn_resize_images(hr_shape_context *c);

#endif
