/* Linear algebra that TensorFlow's Python builds above single ops. Names follow the rule of math.h. */
#ifndef HEADRACE_LINALG_H
#define HEADRACE_LINALG_H

#include "headrace/math.h"
#include "headrace/ops.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tf.tensordot: `axes` is a number n (the last n of a, the first n of b), a list of two numbers or of two lists, or a
 * tensor [2, n]. InvalidArgument for axes that are not there. */
HR_API hr_output hr_tensordot_with(hr_scope scope, hr_operand a, hr_operand b, hr_operand axes,
                                   const hr_op_options *options);
#define hr_tensordot(scope, a, b, axes, ...)                                                                           \
  hr_tensordot_with((scope), HR_OPERAND(a), HR_OPERAND(b), HR_OPERAND(axes), &(hr_op_options){__VA_ARGS__})

/* tf.einsum, as in hr_einsum(s, "ij,jk->ik", HR_OPERANDS(a, b)). InvalidArgument for an equation of another form, or
 * one that the inputs do not fit; Unimplemented for an index that is summed over more than two inputs. */
HR_API hr_output hr_einsum_with(hr_scope scope, const char *equation, hr_operands inputs, const hr_op_options *options);
#define hr_einsum(scope, equation, inputs, ...)                                                                        \
  hr_einsum_with((scope), (equation), HR_OPERANDS_OF(inputs), &(hr_op_options){__VA_ARGS__})

typedef struct hr_matrix_transpose_options {
  bool conjugate;
  const char *name;
} hr_matrix_transpose_options;
/* tf.matrix_transpose, tf.linalg.adjoint: the last two dimensions swapped. InvalidArgument for a rank below 2. */
HR_API hr_output hr_matrix_transpose_with(hr_scope scope, hr_operand x, const hr_matrix_transpose_options *options);
HR_API hr_output hr_adjoint_with(hr_scope scope, hr_operand matrix, const hr_op_options *options);
#define hr_matrix_transpose(scope, x, ...)                                                                             \
  hr_matrix_transpose_with((scope), HR_OPERAND(x), &(hr_matrix_transpose_options){__VA_ARGS__})
#define hr_adjoint(scope, matrix, ...) HR_OF_ONE_(hr_adjoint_with, scope, matrix, ##__VA_ARGS__)

/* tf.linalg.matvec: matrices times vectors. */
HR_API hr_output hr_matvec_with(hr_scope scope, hr_operand a, hr_operand b, const hr_tf_matmul_options *options);
#define hr_matvec(scope, a, b, ...)                                                                                    \
  hr_matvec_with((scope), HR_OPERAND(a), HR_OPERAND(b), &(hr_tf_matmul_options){__VA_ARGS__})
/* tf.trace; tf.linalg.logdet of positive definite matrices. */
HR_API hr_output hr_trace_with(hr_scope scope, hr_operand x, const hr_op_options *options);
HR_API hr_output hr_logdet_with(hr_scope scope, hr_operand matrix, const hr_op_options *options);
#define hr_trace(scope, x, ...)       HR_OF_ONE_(hr_trace_with, scope, x, ##__VA_ARGS__)
#define hr_logdet(scope, matrix, ...) HR_OF_ONE_(hr_logdet_with, scope, matrix, ##__VA_ARGS__)

/* tf.cholesky_solve: A x = rhs, of the Cholesky factor of A. */
HR_API hr_output hr_cholesky_solve_with(hr_scope scope, hr_operand chol, hr_operand rhs, const hr_op_options *options);
#define hr_cholesky_solve(scope, chol, rhs, ...) HR_OF_TWO_(hr_cholesky_solve_with, scope, chol, rhs, ##__VA_ARGS__)
typedef struct hr_lstsq_options {
  double l2_regularizer;
  bool fast; /* default true: by the normal equations */
  const char *name;
} hr_lstsq_options;
/* tf.matrix_solve_ls: x with the least |a x - rhs|^2 + l2 |x|^2. */
HR_API hr_output hr_lstsq_with(hr_scope scope, hr_operand a, hr_operand rhs, const hr_lstsq_options *options);
#define hr_lstsq(scope, a, rhs, ...)                                                                                   \
  HR_CALL_OP_(hr_lstsq_options, hr_lstsq_with((scope), HR_OPERAND(a), HR_OPERAND(rhs), &hr_options_), .fast = true,    \
              ##__VA_ARGS__)

/* The order of a norm that is the root of the sum of squares, of vectors and of matrices ('fro'). */
#define HR_NORM_EUCLIDEAN 0
typedef struct hr_norm_options {
  double ord;      /* 1, 2, INFINITY or any positive number; default HR_NORM_EUCLIDEAN */
  hr_operand axis; /* one number: of vectors; two: of matrices; left out: all elements as one vector */
  bool keepdims;
  const char *name;
} hr_norm_options;
/* tf.norm. InvalidArgument for other axes and orders. */
HR_API hr_output hr_norm_with(hr_scope scope, hr_operand x, const hr_norm_options *options);
#define hr_norm(scope, x, ...) hr_norm_with((scope), HR_OPERAND(x), &(hr_norm_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
