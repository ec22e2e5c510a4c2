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

/* tf.linalg.expm: the exponentials of square matrices of floats or complex numbers. InvalidArgument for other types and
 * ranks below 2. */
HR_API hr_output hr_expm_with(hr_scope scope, hr_operand input, const hr_op_options *options);
#define hr_expm(scope, input, ...) HR_OF_ONE_(hr_expm_with, scope, input, ##__VA_ARGS__)

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

/* tf.linalg.normalize: x divided by its norm, and the norm, whose reduced dimensions stay. */
HR_API hr_outputs hr_normalize_with(hr_scope scope, hr_operand x, const hr_norm_options *options);
#define hr_normalize(scope, x, ...) hr_normalize_with((scope), HR_OPERAND(x), &(hr_norm_options){__VA_ARGS__})

typedef struct hr_pinv_options {
  hr_operand rcond; /* singular values below rcond times the greatest count as 0; left out: by the dtype and the size */
  bool validate_args;
  const char *name;
} hr_pinv_options;
/* tf.linalg.pinv: the pseudo-inverses of matrices. */
HR_API hr_output hr_pinv_with(hr_scope scope, hr_operand a, const hr_pinv_options *options);
#define hr_pinv(scope, a, ...) hr_pinv_with((scope), HR_OPERAND(a), &(hr_pinv_options){__VA_ARGS__})

typedef struct hr_matrix_rank_options {
  hr_operand tol; /* how great a singular value must be to count; left out: by the dtype, the size and the greatest */
  bool validate_args;
  const char *name;
} hr_matrix_rank_options;
/* tf.linalg.matrix_rank. */
HR_API hr_output hr_matrix_rank_with(hr_scope scope, hr_operand a, const hr_matrix_rank_options *options);
#define hr_matrix_rank(scope, a, ...)                                                                                  \
  hr_matrix_rank_with((scope), HR_OPERAND(a), &(hr_matrix_rank_options){__VA_ARGS__})

/* How the three diagonals are given: [..., 3, n], the rows above, on and below the main one; three vectors (those
 * beside the main one of n numbers or one less); whole matrices [..., n, n]. */
typedef enum hr_diagonals_format {
  HR_DIAGONALS_COMPACT,
  HR_DIAGONALS_SEQUENCE,
  HR_DIAGONALS_MATRIX
} hr_diagonals_format;
typedef struct hr_tf_tridiagonal_solve_options {
  int32_t format; /* an hr_diagonals_format */
  bool transpose_rhs, conjugate_rhs;
  bool partial_pivoting; /* default true */
  const char *name;
} hr_tf_tridiagonal_solve_options;
/* tf.linalg.tridiagonal_solve. `diagonals`: one tensor, or three. */
HR_API hr_output hr_tf_tridiagonal_solve_with(hr_scope scope, hr_operands diagonals, hr_operand rhs,
                                              const hr_tf_tridiagonal_solve_options *options);
#define hr_tf_tridiagonal_solve(scope, diagonals, rhs, ...)                                                            \
  HR_CALL_OP_(hr_tf_tridiagonal_solve_options,                                                                         \
              hr_tf_tridiagonal_solve_with((scope), HR_OPERANDS_OF(diagonals), HR_OPERAND(rhs), &hr_options_),         \
              .partial_pivoting = true, ##__VA_ARGS__)
typedef struct hr_tf_tridiagonal_matmul_options {
  int32_t format; /* an hr_diagonals_format */
  const char *name;
} hr_tf_tridiagonal_matmul_options;
/* tf.linalg.tridiagonal_matmul: vectors of a sequence have n numbers. */
HR_API hr_output hr_tf_tridiagonal_matmul_with(hr_scope scope, hr_operands diagonals, hr_operand rhs,
                                               const hr_tf_tridiagonal_matmul_options *options);
#define hr_tf_tridiagonal_matmul(scope, diagonals, rhs, ...)                                                           \
  hr_tf_tridiagonal_matmul_with((scope), HR_OPERANDS_OF(diagonals), HR_OPERAND(rhs),                                   \
                                &(hr_tf_tridiagonal_matmul_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
