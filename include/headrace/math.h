/* Math: what TensorFlow's Python builds above single ops.
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

#include "headrace/arrays.h"
#include "headrace/operand.h"
#include "headrace/random.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- constants ------------------------------------------------------------------------------------------------- */

typedef struct hr_constant_options {
  hr_dtype dtype;         /* HR_INVALID: the value's own, see hr_convert */
  hr_partial_shape shape; /* default: the value's own; else the elements fill it row by row, the last one repeated */
  bool verify_shape;      /* the value must have that shape */
  const char *name;
} hr_constant_options;
#define HR_CONSTANT_DEFAULTS .shape = {.rank = HR_UNKNOWN_RANK}
/* tf.constant of a value, as of a tensor (which is shared, not copied, where it has the dtype: do not write to it
 * later). Type errors for a value that the dtype cannot hold and for one with tensors of the graph in it. */
HR_API hr_output hr_constant_with(hr_scope scope, hr_operand value, const hr_constant_options *options);
#define hr_constant(scope, value, ...)                                                                                 \
  HR_CALL_OP_(hr_constant_options, hr_constant_with((scope), HR_OPERAND(value), &hr_options_), HR_CONSTANT_DEFAULTS,   \
              ##__VA_ARGS__)

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
HR_API hr_output hr_tf_zeros_like_with(hr_scope scope, hr_operand x, const hr_fill_options *options);
HR_API hr_output hr_tf_ones_like_with(hr_scope scope, hr_operand x, const hr_fill_options *options);
#define hr_tf_zeros_like(scope, x, ...) hr_tf_zeros_like_with((scope), HR_OPERAND(x), &(hr_fill_options){__VA_ARGS__})
#define hr_tf_ones_like(scope, x, ...)  hr_tf_ones_like_with((scope), HR_OPERAND(x), &(hr_fill_options){__VA_ARGS__})
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
  bool adjoint_a, adjoint_b;     /* transposed and conjugated; not beside transpose */
  bool a_is_sparse, b_is_sparse; /* hints: SparseMatMul for matrices of floats */
  const char *name;
} hr_tf_matmul_options;
/* tf.matmul: MatMul of matrices; BatchMatMulV2 where a rank is above 2 or unknown. InvalidArgument for transpose and
 * adjoint of one operand. */
HR_API hr_output hr_tf_matmul_with(hr_scope scope, hr_operand a, hr_operand b, const hr_tf_matmul_options *options);
#define hr_tf_matmul(scope, a, b, ...)                                                                                 \
  hr_tf_matmul_with((scope), HR_OPERAND(a), HR_OPERAND(b), &(hr_tf_matmul_options){__VA_ARGS__})

/* tf.cast: no node where x has the dtype already. */
HR_API hr_output hr_tf_cast_with(hr_scope scope, hr_operand x, hr_dtype dtype, const hr_op_options *options);
#define hr_tf_cast(scope, x, dtype, ...) hr_tf_cast_with((scope), HR_OPERAND(x), (dtype), &(hr_op_options){__VA_ARGS__})
/* tf.add_n: one tensor is returned as it is (an Identity where a name is given). */
HR_API hr_output hr_tf_add_n_with(hr_scope scope, hr_operands inputs, const hr_op_options *options);
#define hr_tf_add_n(scope, inputs, ...) hr_tf_add_n_with((scope), HR_OPERANDS_OF(inputs), &(hr_op_options){__VA_ARGS__})
/* tf.scalar_mul: InvalidArgument where the first is no scalar. */
HR_API hr_output hr_scalar_mul_with(hr_scope scope, hr_operand scalar, hr_operand x, const hr_op_options *options);
#define hr_scalar_mul(scope, scalar, x, ...)                                                                           \
  hr_scalar_mul_with((scope), HR_OPERAND(scalar), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})

typedef struct hr_accumulate_n_options {
  hr_partial_shape shape; /* default: unknown; what is known of the inputs' shape beside their own */
  const char *name;
} hr_accumulate_n_options;
/* tf.accumulate_n: AccumulateNV2; one tensor as tf.add_n. InvalidArgument for tensors of different dtypes or shapes. */
HR_API hr_output hr_accumulate_n_with(hr_scope scope, hr_operands inputs, const hr_accumulate_n_options *options);
#define hr_accumulate_n(scope, inputs, ...)                                                                            \
  HR_CALL_OP_(hr_accumulate_n_options, hr_accumulate_n_with((scope), HR_OPERANDS_OF(inputs), &hr_options_),            \
              .shape = {.rank = HR_UNKNOWN_RANK}, ##__VA_ARGS__)

/* ---- functions whose op depends on the dtype ------------------------------------------------------------------- */

#define HR_OF_ONE_(function, scope, x, ...) function((scope), HR_OPERAND(x), &(hr_op_options){__VA_ARGS__})
#define HR_OF_TWO_(function, scope, x, y, ...)                                                                         \
  function((scope), HR_OPERAND(x), HR_OPERAND(y), &(hr_op_options){__VA_ARGS__})

/* tf.truediv: integers are cast first, and both sides must have one dtype (values keep their own). tf.div: FloorDiv of
 * integers. */
HR_API hr_output hr_tf_truediv_with(hr_scope scope, hr_operand x, hr_operand y, const hr_op_options *options);
HR_API hr_output hr_tf_div_with(hr_scope scope, hr_operand x, hr_operand y, const hr_op_options *options);
#define hr_tf_truediv(scope, x, y, ...) HR_OF_TWO_(hr_tf_truediv_with, scope, x, y, ##__VA_ARGS__)
#define hr_tf_div(scope, x, y, ...)     HR_OF_TWO_(hr_tf_div_with, scope, x, y, ##__VA_ARGS__)
/* tf.math.reciprocal_no_nan; tf.logical_xor of its four nodes. */
HR_API hr_output hr_reciprocal_no_nan_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_logical_xor_with(hr_scope scope, hr_operand x, hr_operand y, const hr_op_options *options);
#define hr_reciprocal_no_nan(scope, x, ...) HR_OF_ONE_(hr_reciprocal_no_nan_with, scope, x, ##__VA_ARGS__)
#define hr_logical_xor(scope, x, y, ...)    HR_OF_TWO_(hr_logical_xor_with, scope, x, y, ##__VA_ARGS__)

/* tf.abs (ComplexAbs of complex numbers), tf.real, tf.imag, tf.angle, tf.conj of any number, real ones too; tf.complex
 * of two tensors of float or double. Type errors for other dtypes. */
HR_API hr_output hr_tf_abs_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_tf_real_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_tf_imag_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_tf_angle_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_tf_conj_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_tf_complex_with(hr_scope scope, hr_operand real, hr_operand imag, const hr_op_options *options);
#define hr_tf_abs(scope, x, ...)          HR_OF_ONE_(hr_tf_abs_with, scope, x, ##__VA_ARGS__)
#define hr_tf_real(scope, x, ...)         HR_OF_ONE_(hr_tf_real_with, scope, x, ##__VA_ARGS__)
#define hr_tf_imag(scope, x, ...)         HR_OF_ONE_(hr_tf_imag_with, scope, x, ##__VA_ARGS__)
#define hr_tf_angle(scope, x, ...)        HR_OF_ONE_(hr_tf_angle_with, scope, x, ##__VA_ARGS__)
#define hr_tf_conj(scope, x, ...)         HR_OF_ONE_(hr_tf_conj_with, scope, x, ##__VA_ARGS__)
#define hr_tf_complex(scope, re, im, ...) HR_OF_TWO_(hr_tf_complex_with, scope, re, im, ##__VA_ARGS__)

/* tf.round: integers as they are. tf.saturate_cast: clipped to what the dtype holds. */
HR_API hr_output hr_tf_round_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_saturate_cast_with(hr_scope scope, hr_operand x, hr_dtype dtype, const hr_op_options *options);
#define hr_tf_round(scope, x, ...) HR_OF_ONE_(hr_tf_round_with, scope, x, ##__VA_ARGS__)
#define hr_saturate_cast(scope, x, dtype, ...)                                                                         \
  hr_saturate_cast_with((scope), HR_OPERAND(x), (dtype), &(hr_op_options){__VA_ARGS__})

/* ---- reductions ------------------------------------------------------------------------------------------------ */

typedef struct hr_reduce_options {
  hr_operand axis; /* left out: all */
  bool keepdims;
  const char *name;
} hr_reduce_options;
/* tf.reduce_*: op is "Sum", "Mean", "Prod", "Max", "Min", "All", "Any" or "EuclideanNorm". */
HR_API hr_output hr_reduce_with(hr_scope scope, const char *op, hr_operand x, const hr_reduce_options *options);
#define HR_REDUCE_(scope, op, x, ...)           hr_reduce_with((scope), (op), HR_OPERAND(x), &(hr_reduce_options){__VA_ARGS__})
#define hr_reduce_sum(scope, x, ...)            HR_REDUCE_(scope, "Sum", x, ##__VA_ARGS__)
#define hr_reduce_mean(scope, x, ...)           HR_REDUCE_(scope, "Mean", x, ##__VA_ARGS__)
#define hr_reduce_prod(scope, x, ...)           HR_REDUCE_(scope, "Prod", x, ##__VA_ARGS__)
#define hr_reduce_max(scope, x, ...)            HR_REDUCE_(scope, "Max", x, ##__VA_ARGS__)
#define hr_reduce_min(scope, x, ...)            HR_REDUCE_(scope, "Min", x, ##__VA_ARGS__)
#define hr_reduce_all(scope, x, ...)            HR_REDUCE_(scope, "All", x, ##__VA_ARGS__)
#define hr_reduce_any(scope, x, ...)            HR_REDUCE_(scope, "Any", x, ##__VA_ARGS__)
#define hr_reduce_euclidean_norm(scope, x, ...) HR_REDUCE_(scope, "EuclideanNorm", x, ##__VA_ARGS__)
/* tf.reduce_logsumexp. */
HR_API hr_output hr_reduce_logsumexp_with(hr_scope scope, hr_operand x, const hr_reduce_options *options);
#define hr_reduce_logsumexp(scope, x, ...)                                                                             \
  hr_reduce_logsumexp_with((scope), HR_OPERAND(x), &(hr_reduce_options){__VA_ARGS__})

typedef struct hr_arg_options {
  hr_operand axis;      /* left out: 0 */
  hr_dtype output_type; /* HR_INT64 for HR_INVALID */
  const char *name;
} hr_arg_options;
/* tf.argmax, tf.argmin. */
HR_API hr_output hr_argmax_with(hr_scope scope, hr_operand x, const hr_arg_options *options);
HR_API hr_output hr_argmin_with(hr_scope scope, hr_operand x, const hr_arg_options *options);
#define hr_argmax(scope, x, ...) hr_argmax_with((scope), HR_OPERAND(x), &(hr_arg_options){__VA_ARGS__})
#define hr_argmin(scope, x, ...) hr_argmin_with((scope), HR_OPERAND(x), &(hr_arg_options){__VA_ARGS__})

/* ---- clipping -------------------------------------------------------------------------------------------------- */

/* tf.clip_by_value (Minimum, Maximum). */
HR_API hr_output hr_tf_clip_by_value_with(hr_scope scope, hr_operand x, hr_operand low, hr_operand high,
                                          const hr_op_options *options);
#define hr_tf_clip_by_value(scope, x, low, high, ...)                                                                  \
  hr_tf_clip_by_value_with((scope), HR_OPERAND(x), HR_OPERAND(low), HR_OPERAND(high), &(hr_op_options){__VA_ARGS__})

typedef struct hr_clip_by_norm_options {
  hr_operand axes; /* left out: all */
  const char *name;
} hr_clip_by_norm_options;
/* tf.clip_by_norm. */
HR_API hr_output hr_clip_by_norm_with(hr_scope scope, hr_operand x, hr_operand norm,
                                      const hr_clip_by_norm_options *options);
#define hr_clip_by_norm(scope, x, norm, ...)                                                                           \
  hr_clip_by_norm_with((scope), HR_OPERAND(x), HR_OPERAND(norm), &(hr_clip_by_norm_options){__VA_ARGS__})
/* tf.clip_by_average_norm: by the norm over the number of elements. */
HR_API hr_output hr_clip_by_average_norm_with(hr_scope scope, hr_operand x, hr_operand norm,
                                              const hr_op_options *options);
#define hr_clip_by_average_norm(scope, x, norm, ...)                                                                   \
  hr_clip_by_average_norm_with((scope), HR_OPERAND(x), HR_OPERAND(norm), &(hr_op_options){__VA_ARGS__})
/* tf.global_norm; tf.clip_by_global_norm writes a clipped output an input and returns the global norm. Entries that are
 * not given are skipped. */
HR_API hr_output hr_global_norm_with(hr_scope scope, hr_operands tensors, const hr_op_options *options);
#define hr_global_norm(scope, tensors, ...)                                                                            \
  hr_global_norm_with((scope), HR_OPERANDS_OF(tensors), &(hr_op_options){__VA_ARGS__})

typedef struct hr_clip_by_global_norm_options {
  hr_operand use_norm; /* left out: the global norm of the tensors */
  const char *name;
} hr_clip_by_global_norm_options;
HR_API hr_output hr_clip_by_global_norm_with(hr_scope scope, hr_operands tensors, hr_operand norm, hr_output *clipped,
                                             const hr_clip_by_global_norm_options *options);
#define hr_clip_by_global_norm(scope, tensors, norm, clipped, ...)                                                     \
  hr_clip_by_global_norm_with((scope), HR_OPERANDS_OF(tensors), HR_OPERAND(norm), (clipped),                           \
                              &(hr_clip_by_global_norm_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
