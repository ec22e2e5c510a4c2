/* Math and arrays: what TensorFlow's Python builds above single ops.
 *
 * Names. What tf.NAME builds is hr_NAME. Where an op already has that wrapper in ops.h (hr_transpose is the Transpose
 * op with its permutation as an input), the composition of tf.NAME is hr_tf_NAME (hr_tf_transpose works the permutation
 * out). Python's operators are hr_plus, hr_minus, hr_times, hr_truediv, hr_floordiv, hr_mod, hr_power, hr_matrix_times,
 * hr_and, hr_or, hr_xor; comparisons and every other op of two arguments are hr_binary(s, "Greater", x, 0).
 *
 * Each function creates the nodes TensorFlow 1.15 creates, with their names and in their order. Errors go to the
 * scope's builder (InvalidArgument where Python raises ValueError or TypeError), and HR_NO_OUTPUT comes back.
 */
#ifndef HEADRACE_MATH_H
#define HEADRACE_MATH_H

#include "headrace/operand.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- constants ------------------------------------------------------------------------------------------------- */

/* tf.constant of a tensor (shared, not copied: do not write to it later). */
HR_API hr_output hr_constant_with(hr_scope scope, const hr_tensor *value, const hr_op_options *options);
#define hr_constant(scope, value, ...) hr_constant_with((scope), (value), &(hr_op_options){__VA_ARGS__})

/* tf.constant of one C value. */
HR_API hr_output hr_constant_f32_with(hr_scope scope, float value, const hr_op_options *options);
HR_API hr_output hr_constant_f64_with(hr_scope scope, double value, const hr_op_options *options);
HR_API hr_output hr_constant_i32_with(hr_scope scope, int32_t value, const hr_op_options *options);
HR_API hr_output hr_constant_i64_with(hr_scope scope, int64_t value, const hr_op_options *options);
HR_API hr_output hr_constant_bool_with(hr_scope scope, bool value, const hr_op_options *options);
HR_API hr_output hr_constant_string_with(hr_scope scope, const char *value, const hr_op_options *options);
#define hr_constant_f32(scope, value, ...)    hr_constant_f32_with((scope), (value), &(hr_op_options){__VA_ARGS__})
#define hr_constant_f64(scope, value, ...)    hr_constant_f64_with((scope), (value), &(hr_op_options){__VA_ARGS__})
#define hr_constant_i32(scope, value, ...)    hr_constant_i32_with((scope), (value), &(hr_op_options){__VA_ARGS__})
#define hr_constant_i64(scope, value, ...)    hr_constant_i64_with((scope), (value), &(hr_op_options){__VA_ARGS__})
#define hr_constant_bool(scope, value, ...)   hr_constant_bool_with((scope), (value), &(hr_op_options){__VA_ARGS__})
#define hr_constant_string(scope, value, ...) hr_constant_string_with((scope), (value), &(hr_op_options){__VA_ARGS__})

/* tf.constant of an array in memory (copied), row-major, with a full shape: hr_constant_array(s, HR_FLOAT,
 * HR_SHAPE(2, 3), data). Not for strings. */
HR_API hr_output hr_constant_array_with(hr_scope scope, hr_dtype dtype, hr_partial_shape shape, const void *data,
                                        const hr_op_options *options);
#define hr_constant_array(scope, dtype, shape, data, ...)                                                              \
  hr_constant_array_with((scope), (dtype), (shape), (data), &(hr_op_options){__VA_ARGS__})
/* tf.constant of a vector of strings. */
HR_API hr_output hr_constant_strings_with(hr_scope scope, int64_t count, const char *const *values,
                                          const hr_op_options *options);
#define hr_constant_strings(scope, count, values, ...)                                                                 \
  hr_constant_strings_with((scope), (count), (values), &(hr_op_options){__VA_ARGS__})

/* A shape argument: a full static shape, or an integer vector computed in the graph. */
typedef struct hr_dims {
  hr_output tensor; /* HR_NO_OUTPUT: `shape` says it */
  hr_partial_shape shape;
} hr_dims;
static inline hr_dims hr_dims_same(hr_dims x) { return x; }
static inline hr_dims hr_dims_from_shape(hr_partial_shape x) { return (hr_dims){HR_NO_OUTPUT, x}; }
static inline hr_dims hr_dims_from_output(hr_output x) { return (hr_dims){x, {0, {0}}}; }
#define HR_DIMS(x)                                                                                                     \
  _Generic((x), hr_dims : hr_dims_same, hr_partial_shape : hr_dims_from_shape, hr_output : hr_dims_from_output)(x)

typedef struct hr_fill_options {
  hr_dtype dtype; /* HR_FLOAT for HR_INVALID; of the *_like forms: that of the tensor */
  const char *name;
} hr_fill_options;
/* tf.zeros, tf.ones: a Const below 1,000 elements, else a Fill. */
HR_API hr_output hr_zeros_with(hr_scope scope, hr_dims dims, const hr_fill_options *options);
HR_API hr_output hr_ones_with(hr_scope scope, hr_dims dims, const hr_fill_options *options);
#define hr_zeros(scope, dims, ...) hr_zeros_with((scope), HR_DIMS(dims), &(hr_fill_options){__VA_ARGS__})
#define hr_ones(scope, dims, ...)  hr_ones_with((scope), HR_DIMS(dims), &(hr_fill_options){__VA_ARGS__})
/* tf.zeros_like, tf.ones_like: from a static shape where there is one. */
HR_API hr_output hr_tf_zeros_like_with(hr_scope scope, hr_output x, const hr_fill_options *options);
HR_API hr_output hr_tf_ones_like_with(hr_scope scope, hr_output x, const hr_fill_options *options);
#define hr_tf_zeros_like(scope, x, ...) hr_tf_zeros_like_with((scope), (x), &(hr_fill_options){__VA_ARGS__})
#define hr_tf_ones_like(scope, x, ...)  hr_tf_ones_like_with((scope), (x), &(hr_fill_options){__VA_ARGS__})
/* tf.fill. */
HR_API hr_output hr_tf_fill_with(hr_scope scope, hr_dims dims, hr_operand value, const hr_op_options *options);
#define hr_tf_fill(scope, dims, value, ...)                                                                            \
  hr_tf_fill_with((scope), HR_DIMS(dims), HR_OPERAND(value), &(hr_op_options){__VA_ARGS__})

/* ---- operators ------------------------------------------------------------------------------------------------- */

typedef enum hr_operator {
  HR_OPERATOR_PLUS,
  HR_OPERATOR_MINUS,
  HR_OPERATOR_TIMES,
  HR_OPERATOR_TRUEDIV,
  HR_OPERATOR_FLOORDIV,
  HR_OPERATOR_MOD,
  HR_OPERATOR_POWER,
  HR_OPERATOR_MATMUL,
  HR_OPERATOR_AND,
  HR_OPERATOR_OR,
  HR_OPERATOR_XOR,
} hr_operator;
/* Python's operators on tensors, with their default names ("add", "truediv", ...). Ints are cast for truediv. */
HR_API hr_output hr_operate(hr_scope scope, hr_operator operator_, hr_operand x, hr_operand y, const char *name);
#define hr_plus(scope, x, y)         hr_operate((scope), HR_OPERATOR_PLUS, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_minus(scope, x, y)        hr_operate((scope), HR_OPERATOR_MINUS, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_times(scope, x, y)        hr_operate((scope), HR_OPERATOR_TIMES, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_truediv(scope, x, y)      hr_operate((scope), HR_OPERATOR_TRUEDIV, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_floordiv(scope, x, y)     hr_operate((scope), HR_OPERATOR_FLOORDIV, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_modulo(scope, x, y)       hr_operate((scope), HR_OPERATOR_MOD, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_power(scope, x, y)        hr_operate((scope), HR_OPERATOR_POWER, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_matrix_times(scope, x, y) hr_operate((scope), HR_OPERATOR_MATMUL, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_and(scope, x, y)          hr_operate((scope), HR_OPERATOR_AND, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_or(scope, x, y)           hr_operate((scope), HR_OPERATOR_OR, HR_OPERAND(x), HR_OPERAND(y), NULL)
#define hr_xor(scope, x, y)          hr_operate((scope), HR_OPERATOR_XOR, HR_OPERAND(x), HR_OPERAND(y), NULL)

typedef struct hr_tf_matmul_options {
  bool transpose_a, transpose_b;
  const char *name;
} hr_tf_matmul_options;
/* tf.matmul: MatMul of matrices; BatchMatMulV2 where a rank is above 2 or unknown. */
HR_API hr_output hr_tf_matmul_with(hr_scope scope, hr_operand a, hr_operand b, const hr_tf_matmul_options *options);
#define hr_tf_matmul(scope, a, b, ...)                                                                                 \
  hr_tf_matmul_with((scope), HR_OPERAND(a), HR_OPERAND(b), &(hr_tf_matmul_options){__VA_ARGS__})

/* tf.cast: no node where x has the dtype already. */
HR_API hr_output hr_tf_cast_with(hr_scope scope, hr_operand x, hr_dtype dtype, const hr_op_options *options);
#define hr_tf_cast(scope, x, dtype, ...) hr_tf_cast_with((scope), HR_OPERAND(x), (dtype), &(hr_op_options){__VA_ARGS__})
/* tf.add_n: one input is returned as it is (an Identity where a name is given). */
HR_API hr_output hr_tf_add_n_with(hr_scope scope, hr_outputs inputs, const hr_op_options *options);
#define hr_tf_add_n(scope, inputs, ...) hr_tf_add_n_with((scope), (inputs), &(hr_op_options){__VA_ARGS__})
/* tf.scalar_mul. */
HR_API hr_output hr_scalar_mul(hr_scope scope, hr_operand scalar, hr_output x);

/* ---- reductions ------------------------------------------------------------------------------------------------ */

/* The axes of a reduction: none given (all), one number, or a list. */
typedef struct hr_axes {
  enum { HR_AXES_ALL, HR_AXES_ONE, HR_AXES_LIST } kind;
  int count;
  int32_t items[HR_MAX_RANK];
} hr_axes;
#define HR_AXIS(number) ((hr_axes){HR_AXES_ONE, 1, {(number)}})
#define HR_AXES(...)                                                                                                   \
  ((hr_axes){HR_AXES_LIST, (int)(sizeof((int32_t[]){0, ##__VA_ARGS__}) / sizeof(int32_t)) - 1, {__VA_ARGS__}})

typedef struct hr_reduce_options {
  hr_axes axis;
  hr_output axis_tensor; /* where the axes are computed in the graph */
  bool keepdims;
  const char *name;
} hr_reduce_options;
/* tf.reduce_*: op is "Sum", "Mean", "Prod", "Max", "Min", "All" or "Any". */
HR_API hr_output hr_reduce_with(hr_scope scope, const char *op, hr_output x, const hr_reduce_options *options);
#define hr_reduce_sum(scope, x, ...)  hr_reduce_with((scope), "Sum", (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_mean(scope, x, ...) hr_reduce_with((scope), "Mean", (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_prod(scope, x, ...) hr_reduce_with((scope), "Prod", (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_max(scope, x, ...)  hr_reduce_with((scope), "Max", (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_min(scope, x, ...)  hr_reduce_with((scope), "Min", (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_all(scope, x, ...)  hr_reduce_with((scope), "All", (x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_any(scope, x, ...)  hr_reduce_with((scope), "Any", (x), &(hr_reduce_options){__VA_ARGS__})
/* tf.reduce_logsumexp. */
HR_API hr_output hr_reduce_logsumexp_with(hr_scope scope, hr_output x, const hr_reduce_options *options);
#define hr_reduce_logsumexp(scope, x, ...) hr_reduce_logsumexp_with((scope), (x), &(hr_reduce_options){__VA_ARGS__})

typedef struct hr_arg_options {
  hr_axes axis;         /* left out: 0 */
  hr_dtype output_type; /* HR_INT64 for HR_INVALID */
  const char *name;
} hr_arg_options;
/* tf.argmax, tf.argmin. */
HR_API hr_output hr_argmax_with(hr_scope scope, hr_output x, const hr_arg_options *options);
HR_API hr_output hr_argmin_with(hr_scope scope, hr_output x, const hr_arg_options *options);
#define hr_argmax(scope, x, ...) hr_argmax_with((scope), (x), &(hr_arg_options){__VA_ARGS__})
#define hr_argmin(scope, x, ...) hr_argmin_with((scope), (x), &(hr_arg_options){__VA_ARGS__})

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

typedef struct hr_tf_size_options {
  hr_dtype out_type; /* HR_INT32 for HR_INVALID */
  const char *name;
} hr_tf_size_options;
/* tf.shape, tf.size, tf.rank: a Const where the answer is known. */
HR_API hr_output hr_tf_shape_with(hr_scope scope, hr_output x, const hr_tf_size_options *options);
HR_API hr_output hr_tf_size_with(hr_scope scope, hr_output x, const hr_tf_size_options *options);
HR_API hr_output hr_tf_rank_with(hr_scope scope, hr_output x, const hr_op_options *options);
#define hr_tf_shape(scope, x, ...) hr_tf_shape_with((scope), (x), &(hr_tf_size_options){__VA_ARGS__})
#define hr_tf_size(scope, x, ...)  hr_tf_size_with((scope), (x), &(hr_tf_size_options){__VA_ARGS__})
#define hr_tf_rank(scope, x, ...)  hr_tf_rank_with((scope), (x), &(hr_op_options){__VA_ARGS__})

/* tf.reshape to a list of sizes, of which one may be -1. */
HR_API hr_output hr_tf_reshape_with(hr_scope scope, hr_output x, hr_dims dims, const hr_op_options *options);
#define hr_tf_reshape(scope, x, dims, ...)                                                                             \
  hr_tf_reshape_with((scope), (x), HR_DIMS(dims), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_transpose_options {
  hr_axes perm; /* left out: the dimensions reversed */
  hr_output perm_tensor;
  bool conjugate;
  const char *name;
} hr_tf_transpose_options;
HR_API hr_output hr_tf_transpose_with(hr_scope scope, hr_output x, const hr_tf_transpose_options *options);
#define hr_tf_transpose(scope, x, ...) hr_tf_transpose_with((scope), (x), &(hr_tf_transpose_options){__VA_ARGS__})

HR_API hr_output hr_tf_expand_dims_with(hr_scope scope, hr_output x, int32_t axis, const hr_op_options *options);
#define hr_tf_expand_dims(scope, x, axis, ...)                                                                         \
  hr_tf_expand_dims_with((scope), (x), (axis), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_squeeze_options {
  hr_axes axis;
  const char *name;
} hr_tf_squeeze_options;
HR_API hr_output hr_tf_squeeze_with(hr_scope scope, hr_output x, const hr_tf_squeeze_options *options);
#define hr_tf_squeeze(scope, x, ...) hr_tf_squeeze_with((scope), (x), &(hr_tf_squeeze_options){__VA_ARGS__})

HR_API hr_output hr_tf_tile_with(hr_scope scope, hr_output x, hr_dims multiples, const hr_op_options *options);
#define hr_tf_tile(scope, x, multiples, ...)                                                                           \
  hr_tf_tile_with((scope), (x), HR_DIMS(multiples), &(hr_op_options){__VA_ARGS__})

/* ---- joining and cutting --------------------------------------------------------------------------------------- */

/* tf.concat: one value becomes an Identity. */
HR_API hr_output hr_tf_concat_with(hr_scope scope, hr_outputs values, int32_t axis, const hr_op_options *options);
#define hr_tf_concat(scope, values, axis, ...)                                                                         \
  hr_tf_concat_with((scope), (values), (axis), &(hr_op_options){__VA_ARGS__})

typedef struct hr_stack_options {
  int32_t axis;
  const char *name;
} hr_stack_options;
/* tf.stack. */
HR_API hr_output hr_stack_with(hr_scope scope, hr_outputs values, const hr_stack_options *options);
#define hr_stack(scope, values, ...) hr_stack_with((scope), (values), &(hr_stack_options){__VA_ARGS__})

typedef struct hr_unstack_options {
  int32_t axis;
  int32_t num; /* 0: from the static shape */
  const char *name;
} hr_unstack_options;
/* tf.unstack: the list is the node's outputs. */
HR_API hr_outputs hr_unstack_with(hr_scope scope, hr_output value, const hr_unstack_options *options);
#define hr_unstack(scope, value, ...) hr_unstack_with((scope), (value), &(hr_unstack_options){__VA_ARGS__})

/* tf.split into `num` equal parts. */
HR_API hr_outputs hr_tf_split_with(hr_scope scope, hr_output value, int32_t num, int32_t axis,
                                   const hr_op_options *options);
#define hr_tf_split(scope, value, num, axis, ...)                                                                      \
  hr_tf_split_with((scope), (value), (num), (axis), &(hr_op_options){__VA_ARGS__})
/* tf.split into parts of the given sizes. */
HR_API hr_outputs hr_split_sizes_with(hr_scope scope, hr_output value, int32_t num, const int32_t *sizes, int32_t axis,
                                      const hr_op_options *options);
#define hr_split_sizes(scope, value, num, sizes, axis, ...)                                                            \
  hr_split_sizes_with((scope), (value), (num), (sizes), (axis), &(hr_op_options){__VA_ARGS__})

typedef struct hr_tf_gather_options {
  int32_t axis;
  const char *name;
} hr_tf_gather_options;
/* tf.gather: GatherV2. */
HR_API hr_output hr_tf_gather_with(hr_scope scope, hr_output params, hr_operand indices,
                                   const hr_tf_gather_options *options);
#define hr_tf_gather(scope, params, indices, ...)                                                                      \
  hr_tf_gather_with((scope), (params), HR_OPERAND(indices), &(hr_tf_gather_options){__VA_ARGS__})

typedef struct hr_tf_one_hot_options {
  const hr_operand *on_value, *off_value; /* left out: 1 and 0 */
  hr_dtype dtype;                         /* HR_INVALID: that of the values, else float */
  int32_t axis;                           /* default -1 */
  const char *name;
} hr_tf_one_hot_options;
HR_API hr_output hr_tf_one_hot_with(hr_scope scope, hr_operand indices, hr_operand depth,
                                    const hr_tf_one_hot_options *options);
#define hr_tf_one_hot(scope, indices, depth, ...)                                                                      \
  HR_CALL_OP_(hr_tf_one_hot_options,                                                                                   \
              hr_tf_one_hot_with((scope), HR_OPERAND(indices), HR_OPERAND(depth), &hr_options_), .axis = -1,           \
              ##__VA_ARGS__)

/* tf.where of three arguments (Select); of one argument: hr_where, the op itself. */
HR_API hr_output hr_tf_where_with(hr_scope scope, hr_output condition, hr_operand x, hr_operand y,
                                  const hr_op_options *options);
#define hr_tf_where(scope, condition, x, y, ...)                                                                       \
  hr_tf_where_with((scope), (condition), HR_OPERAND(x), HR_OPERAND(y), &(hr_op_options){__VA_ARGS__})

/* tf.boolean_mask over the leading dimensions of `tensor`; the mask's rank must be known. */
HR_API hr_output hr_boolean_mask_with(hr_scope scope, hr_output tensor, hr_operand mask, const hr_op_options *options);
#define hr_boolean_mask(scope, tensor, mask, ...)                                                                      \
  hr_boolean_mask_with((scope), (tensor), HR_OPERAND(mask), &(hr_op_options){__VA_ARGS__})

/* tf.range: start, limit and delta get one dtype (int32, int64, float, double: the first that holds all). */
HR_API hr_output hr_tf_range_with(hr_scope scope, hr_operand start, hr_operand limit, hr_operand delta,
                                  const hr_op_options *options);
#define hr_tf_range(scope, start, limit, delta, ...)                                                                   \
  hr_tf_range_with((scope), HR_OPERAND(start), HR_OPERAND(limit), HR_OPERAND(delta), &(hr_op_options){__VA_ARGS__})
/* tf.linspace. */
HR_API hr_output hr_linspace_with(hr_scope scope, hr_operand start, hr_operand stop, hr_operand num,
                                  const hr_op_options *options);
#define hr_linspace(scope, start, stop, num, ...)                                                                      \
  hr_linspace_with((scope), HR_OPERAND(start), HR_OPERAND(stop), HR_OPERAND(num), &(hr_op_options){__VA_ARGS__})

/* tf.eye. `columns` 0: as many as rows. */
typedef struct hr_eye_options {
  int64_t columns;
  hr_dtype dtype; /* HR_FLOAT for HR_INVALID */
  const char *name;
} hr_eye_options;
HR_API hr_output hr_eye_with(hr_scope scope, int64_t rows, const hr_eye_options *options);
#define hr_eye(scope, rows, ...) hr_eye_with((scope), (rows), &(hr_eye_options){__VA_ARGS__})

/* ---- slicing: Python's x[...] ---------------------------------------------------------------------------------- */

/* One item between the brackets. HR_INDEX(i): x[i]. HR_SLICE(a, b): x[a:b]. HR_SLICE_STEP(a, b, c): x[a:b:c], where a
 * bound may be HR_OPEN. HR_ELLIPSIS: x[...]. HR_NEW_AXIS: x[tf.newaxis]. HR_ALL: x[:]. Bounds are operands, so they
 * may be tensors. */
typedef struct hr_slice_item {
  enum { HR_SLICE_INDEX, HR_SLICE_RANGE, HR_SLICE_ELLIPSIS, HR_SLICE_NEW_AXIS } kind;
  bool has_begin, has_end, has_step;
  hr_operand begin, end, step;
} hr_slice_item;
typedef struct hr_open {
  char unused;
} hr_open;
#define HR_OPEN ((hr_open){0})
static inline hr_operand hr_operand_open(hr_open x) { return hr_operand_int(x.unused); }
#define HR_BOUND_(x)                                                                                                   \
  _Generic((x), hr_open : hr_operand_open, hr_output : hr_operand_output, default : hr_operand_int)(x)
#define HR_IS_BOUND_(x) _Generic((x), hr_open : false, default : true)
#define HR_INDEX(i)     ((hr_slice_item){HR_SLICE_INDEX, true, false, false, HR_BOUND_(i), {0}, {0}})
#define HR_SLICE(a, b)                                                                                                 \
  ((hr_slice_item){HR_SLICE_RANGE, HR_IS_BOUND_(a), HR_IS_BOUND_(b), false, HR_BOUND_(a), HR_BOUND_(b), {0}})
#define HR_SLICE_STEP(a, b, c)                                                                                         \
  ((hr_slice_item){HR_SLICE_RANGE, HR_IS_BOUND_(a), HR_IS_BOUND_(b), true, HR_BOUND_(a), HR_BOUND_(b), HR_BOUND_(c)})
#define HR_ALL      ((hr_slice_item){.kind = HR_SLICE_RANGE})
#define HR_ELLIPSIS ((hr_slice_item){.kind = HR_SLICE_ELLIPSIS})
#define HR_NEW_AXIS ((hr_slice_item){.kind = HR_SLICE_NEW_AXIS})
HR_API hr_output hr_slice_items(hr_scope scope, hr_output x, int count, const hr_slice_item *items);
/* x[items]: hr_at(s, x, HR_INDEX(0), HR_SLICE(1, HR_OPEN)). */
#define hr_at(scope, x, ...)                                                                                           \
  hr_slice_items((scope), (x), (int)(sizeof((hr_slice_item[]){__VA_ARGS__}) / sizeof(hr_slice_item)),                  \
                 (hr_slice_item[]){__VA_ARGS__})

/* ---- random ---------------------------------------------------------------------------------------------------- */

typedef struct hr_tf_random_uniform_options {
  hr_operand minval, maxval; /* default 0 and, for floating dtypes, 1 */
  hr_dtype dtype;            /* HR_FLOAT for HR_INVALID */
  int64_t seed;              /* default HR_NO_SEED */
  const char *name;
} hr_tf_random_uniform_options;
/* tf.random_uniform. Integers need maxval (an operand of kind float NaN stands for "not given"). */
HR_API hr_output hr_tf_random_uniform_with(hr_scope scope, hr_dims dims, const hr_tf_random_uniform_options *options);
#define HR_RANDOM_UNIFORM_DEFAULTS                                                                                     \
  .minval = {HR_OPERAND_INT, {.i = 0}}, .maxval = {HR_OPERAND_FLOAT, {.f = __builtin_nan("")}}, .seed = HR_NO_SEED
#define hr_tf_random_uniform(scope, dims, ...)                                                                         \
  HR_CALL_OP_(hr_tf_random_uniform_options, hr_tf_random_uniform_with((scope), HR_DIMS(dims), &hr_options_),           \
              HR_RANDOM_UNIFORM_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_random_normal_options {
  double mean, stddev; /* default 0, 1 */
  hr_dtype dtype;      /* HR_FLOAT for HR_INVALID */
  int64_t seed;        /* default HR_NO_SEED */
  const char *name;
} hr_random_normal_options;
/* tf.random_normal; tf.truncated_normal (redrawn beyond two standard deviations). */
HR_API hr_output hr_random_normal_with(hr_scope scope, hr_dims dims, const hr_random_normal_options *options);
HR_API hr_output hr_tf_truncated_normal_with(hr_scope scope, hr_dims dims, const hr_random_normal_options *options);
#define HR_RANDOM_NORMAL_DEFAULTS .stddev = 1.0, .seed = HR_NO_SEED
#define hr_random_normal(scope, dims, ...)                                                                             \
  HR_CALL_OP_(hr_random_normal_options, hr_random_normal_with((scope), HR_DIMS(dims), &hr_options_),                   \
              HR_RANDOM_NORMAL_DEFAULTS, ##__VA_ARGS__)
#define hr_tf_truncated_normal(scope, dims, ...)                                                                       \
  HR_CALL_OP_(hr_random_normal_options, hr_tf_truncated_normal_with((scope), HR_DIMS(dims), &hr_options_),             \
              HR_RANDOM_NORMAL_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_seed_options {
  int64_t seed; /* default HR_NO_SEED */
  const char *name;
} hr_seed_options;
/* tf.random_shuffle along the first dimension. */
HR_API hr_output hr_tf_random_shuffle_with(hr_scope scope, hr_output value, const hr_seed_options *options);
#define hr_tf_random_shuffle(scope, value, ...)                                                                        \
  HR_CALL_OP_(hr_seed_options, hr_tf_random_shuffle_with((scope), (value), &hr_options_), .seed = HR_NO_SEED,          \
              ##__VA_ARGS__)

/* ---- clipping -------------------------------------------------------------------------------------------------- */

/* tf.clip_by_value (Minimum, Maximum), tf.clip_by_norm over all dimensions. */
HR_API hr_output hr_tf_clip_by_value_with(hr_scope scope, hr_output x, hr_operand low, hr_operand high,
                                          const hr_op_options *options);
#define hr_tf_clip_by_value(scope, x, low, high, ...)                                                                  \
  hr_tf_clip_by_value_with((scope), (x), HR_OPERAND(low), HR_OPERAND(high), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_clip_by_norm_with(hr_scope scope, hr_output x, hr_operand norm, const hr_op_options *options);
#define hr_clip_by_norm(scope, x, norm, ...)                                                                           \
  hr_clip_by_norm_with((scope), (x), HR_OPERAND(norm), &(hr_op_options){__VA_ARGS__})
/* tf.global_norm; tf.clip_by_global_norm writes a clipped output an input and returns the global norm. Entries that are
 * HR_NO_OUTPUT are skipped. */
HR_API hr_output hr_global_norm_with(hr_scope scope, hr_outputs tensors, const hr_op_options *options);
#define hr_global_norm(scope, tensors, ...) hr_global_norm_with((scope), (tensors), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_clip_by_global_norm_with(hr_scope scope, hr_outputs tensors, hr_operand norm, hr_output *clipped,
                                             const hr_op_options *options);
#define hr_clip_by_global_norm(scope, tensors, norm, clipped, ...)                                                     \
  hr_clip_by_global_norm_with((scope), (tensors), HR_OPERAND(norm), (clipped), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
