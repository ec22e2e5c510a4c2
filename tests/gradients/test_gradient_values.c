/* Every differentiable op against central differences (gradient_checker.h). OP=tanh looks at the cases whose names
 * start so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gradient_checker.h"
#include "headrace/nn.h"
#include "headrace/sparse.h"

#define M HR_SHAPE(2, 3)
#define R HR_SHAPE(3)
#define Q HR_SHAPE(3, 3)
#define B HR_SHAPE(2, 3, 3)
#define N HR_SHAPE()

static hr_output ints(hr_scope s, int count, const int32_t *items) {
  return hr_constant_array(s, HR_INT32, HR_SHAPE(count), items);
}
#define INTS(...) ints(s, (int)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (int32_t[]){__VA_ARGS__})
static hr_output pairs(hr_scope s, const int32_t *items, int rows) {
  return hr_constant_array(s, HR_INT32, HR_SHAPE(rows, 2), items);
}
#define PAIRS(rows, ...) pairs(s, (int32_t[]){__VA_ARGS__}, rows)
static hr_output bools(hr_scope s) { return hr_constant_array(s, HR_BOOL, M, ((bool[]){1, 0, 1, 0, 0, 1})); }
static hr_output labels(hr_scope s) { return hr_constant_array(s, HR_DOUBLE, M, ((double[]){1, 0, 0, .25, .25, .5})); }
static hr_output dilated(hr_scope s, const hr_output *x) {
  static const int64_t dilations[] = {1, 2, 1, 1};
  hr_conv2d_options options = hr_conv2d_defaults;
  options.dilations = (hr_ints){4, dilations};
  return hr_conv2d_with(s, x[0], x[1], HR_INTS(1, 1, 1, 1), "VALID", &options);
}
static hr_output number(hr_scope s, double value) { return hr_tf_cast(s, value, HR_DOUBLE); }
/* Square matrices with x as their band k. */
static hr_output bands_of(hr_scope s, hr_output x, hr_output k) {
  hr_output size = hr_constant_i32(s, -1);
  return hr_matrix_diag_v2(s, x, k, size, size, number(s, 0));
}
/* 3 on the diagonal, so that matrices are far from singular. */
static hr_output heavy(hr_scope s, hr_output x) {
  return hr_plus(s, x, hr_tf_cast(s, hr_times(s, 3.0, hr_eye(s, 3)), HR_DOUBLE));
}
static hr_output symmetric(hr_scope s, hr_output x) {
  return hr_tf_matmul(s, heavy(s, x), heavy(s, x), .transpose_b = true);
}
static hr_output spread_symmetric(hr_scope s, hr_output x) {
  hr_output d = hr_diag(s, hr_constant_array(s, HR_DOUBLE, R, ((double[]){1, 3, 7})));
  return hr_plus(s, hr_plus(s, x, hr_tf_transpose(s, x)), d);
}
static hr_output complex_pair(hr_scope s, const hr_output *x) {
  return hr_complex(s, x[0], x[1], .Tout = HR_COMPLEX128);
}
static hr_output length(hr_scope s, hr_output z) {
  return hr_real(s, hr_times(s, z, hr_conj(s, z)), .Tout = HR_DOUBLE);
}

/* A sparse matrix of the shape of M with these three values. */
static hr_sparse_tensor sparse_at(hr_scope s, hr_output values, const int64_t *indices) {
  hr_output places = hr_constant_array(s, HR_INT64, HR_SHAPE(3, 2), indices);
  return (hr_sparse_tensor){places, values, hr_constant_array(s, HR_INT64, HR_SHAPE(2), ((int64_t[]){2, 3}))};
}
static hr_sparse_tensor sparse(hr_scope s, hr_output values) {
  return sparse_at(s, values, (int64_t[]){0, 1, 1, 0, 1, 2});
}
static hr_output sparse_sum(hr_scope s, const hr_output *x) {
  hr_sparse_tensor other = sparse_at(s, x[1], (int64_t[]){0, 0, 1, 0, 1, 1});
  return hr_square(s, hr_tf_sparse_add(s, sparse(s, x[0]), other, .threshold = hr_operand_float(.01)).values);
}

/* name, orders, low, high, expression of x, shapes of x. One order only where the gradient is piecewise constant, has
 * no gradient itself, or is not right in TensorFlow 1.15 either: that of MatrixInverse(adjoint) forgets the adjoint,
 * and so the second derivatives of determinants are not those of differences. */
#define CASES(X)                                                                                                       \
  X(add, 2, -1, 1, hr_square(s, hr_add(s, x[0], x[1])), M, R)                                                          \
  X(sub, 2, -1, 1, hr_square(s, hr_sub(s, x[0], x[1])), R, M)                                                          \
  X(mul, 2, -1, 1, hr_mul(s, x[0], x[1]), M, N)                                                                        \
  X(real_div, 2, 1, 2, hr_real_div(s, x[0], x[1]), M, R)                                                               \
  X(div, 2, 1, 2, hr_div(s, x[0], x[1]), M, R)                                                                         \
  X(div_no_nan, 2, 1, 2, hr_div_no_nan(s, x[0], x[1]), M, R)                                                           \
  X(mul_no_nan, 2, 1, 2, hr_mul_no_nan(s, x[0], x[1]), M, R)                                                           \
  X(floor_mod, 1, 1, 2, hr_floor_mod(s, x[0], x[1]), M, R)                                                             \
  X(maximum, 2, -1, 1, hr_square(s, hr_maximum(s, x[0], x[1])), M, R)                                                  \
  X(minimum, 2, -1, 1, hr_square(s, hr_minimum(s, x[0], x[1])), M, M)                                                  \
  X(squared_difference, 2, -1, 1, hr_squared_difference(s, x[0], x[1]), M, R)                                          \
  X(pow, 2, 1, 2, hr_pow(s, x[0], x[1]), M, R)                                                                         \
  X(atan2, 2, 1, 2, hr_atan2(s, x[0], x[1]), M, M)                                                                     \
  X(xlogy, 2, 1, 2, hr_xlogy(s, x[0], x[1]), M, R)                                                                     \
  X(xdivy, 2, 1, 2, hr_xdivy(s, x[0], x[1]), M, R)                                                                     \
  X(broadcast_to, 1, -1, 1, hr_broadcast_to(s, x[0], INTS(2, 3)), R)                                                   \
  X(neg, 2, -1, 1, hr_square(s, hr_neg(s, x[0])), M)                                                                   \
  X(abs, 2, -1, 1, hr_abs(s, x[0]), M)                                                                                 \
  X(sign, 1, -1, 1, hr_sign(s, x[0]), M)                                                                               \
  X(exp, 2, -1, 1, hr_exp(s, x[0]), M)                                                                                 \
  X(expm1, 2, -1, 1, hr_expm1(s, x[0]), M)                                                                             \
  X(log, 2, 1, 2, hr_log(s, x[0]), M)                                                                                  \
  X(log1p, 2, 1, 2, hr_log1p(s, x[0]), M)                                                                              \
  X(square, 2, -1, 1, hr_square(s, x[0]), M)                                                                           \
  X(sqrt, 2, 1, 2, hr_sqrt(s, x[0]), M)                                                                                \
  X(rsqrt, 2, 1, 2, hr_rsqrt(s, x[0]), M)                                                                              \
  X(reciprocal, 2, 1, 2, hr_reciprocal(s, x[0]), M)                                                                    \
  X(inv, 2, 1, 2, hr_inv(s, x[0]), M)                                                                                  \
  X(sigmoid, 2, -1, 1, hr_sigmoid(s, x[0]), M)                                                                         \
  X(tanh, 2, -1, 1, hr_tanh(s, x[0]), M)                                                                               \
  X(sin, 2, -1, 1, hr_sin(s, x[0]), M)                                                                                 \
  X(cos, 2, -1, 1, hr_cos(s, x[0]), M)                                                                                 \
  X(tan, 2, -1, 1, hr_tan(s, x[0]), M)                                                                                 \
  X(asin, 2, -.8, .8, hr_asin(s, x[0]), M)                                                                             \
  X(acos, 2, -.8, .8, hr_acos(s, x[0]), M)                                                                             \
  X(atan, 2, -1, 1, hr_atan(s, x[0]), M)                                                                               \
  X(sinh, 2, -1, 1, hr_sinh(s, x[0]), M)                                                                               \
  X(cosh, 2, -1, 1, hr_cosh(s, x[0]), M)                                                                               \
  X(asinh, 2, -1, 1, hr_asinh(s, x[0]), M)                                                                             \
  X(acosh, 2, 1.5, 2, hr_acosh(s, x[0]), M)                                                                            \
  X(atanh, 2, -.8, .8, hr_atanh(s, x[0]), M)                                                                           \
  X(erf, 2, -1, 1, hr_erf(s, x[0]), M)                                                                                 \
  X(erfc, 2, -1, 1, hr_erfc(s, x[0]), M)                                                                               \
  X(lgamma, 2, 1, 2, hr_lgamma(s, x[0]), M)                                                                            \
  X(digamma, 1, 1, 2, hr_digamma(s, x[0]), M)                                                                          \
  X(bessel_i0e, 2, 1, 2, hr_bessel_i0e(s, x[0]), M)                                                                    \
  X(bessel_i1e, 2, 1, 2, hr_bessel_i1e(s, x[0]), M)                                                                    \
  X(fft, 2, -1, 1, length(s, hr_fft(s, complex_pair(s, x))), M, M)                                                     \
  X(ifft2d, 2, -1, 1, length(s, hr_ifft2d(s, complex_pair(s, x))), M, M)                                               \
  X(tridiagonal_solve, 1, 2, 3, hr_tridiagonal_solve(s, x[0], x[1]), HR_SHAPE(3, 4), HR_SHAPE(4, 2))                   \
  X(tridiagonal_matmul, 1, 1, 2, hr_tridiagonal_matmul(s, x[0], x[1], x[0], x[2]), HR_SHAPE(1, 3), HR_SHAPE(1, 3),     \
    HR_SHAPE(3, 2))                                                                                                    \
  X(cumulative_logsumexp, 1, -1, 1, hr_square(s, hr_cumulative_logsumexp(s, x[0], hr_tf_cast(s, 1, HR_INT32))), M)     \
  X(igamma, 1, 1, 2, hr_igamma(s, x[0], x[1]), M, R)                                                                   \
  X(igammac, 1, 1, 2, hr_igammac(s, x[0], x[1]), M, R)                                                                 \
  X(betainc, 1, .2, .8, hr_betainc(s, hr_tf_cast(s, 2.0, HR_DOUBLE), hr_tf_cast(s, 3.0, HR_DOUBLE), x[0]), M)          \
  X(zeta, 1, 2, 3, hr_zeta(s, hr_stop_gradient(s, hr_tf_cast(s, 2.5, HR_DOUBLE)), x[0]), M)                            \
  X(polygamma, 1, 2, 3, hr_polygamma(s, hr_tf_cast(s, 1.0, HR_DOUBLE), x[0]), M)                                       \
  X(complex, 2, 1, 2, length(s, complex_pair(s, x)), M, R)                                                             \
  X(complex_abs, 2, 1, 2, hr_complex_abs(s, complex_pair(s, x), .Tout = HR_DOUBLE), M, M)                              \
  X(angle, 2, 1, 2, hr_angle(s, complex_pair(s, x), .Tout = HR_DOUBLE), M, M)                                          \
  X(imag, 2, 1, 2, hr_imag(s, hr_square(s, complex_pair(s, x)), .Tout = HR_DOUBLE), M, M)                              \
  X(complex_exp, 2, -1, 1, length(s, hr_exp(s, complex_pair(s, x))), M, M)                                             \
  X(complex_div, 2, 1, 2, length(s, hr_real_div(s, complex_pair(s, x), hr_square(s, complex_pair(s, x)))), M, M)       \
  X(complex_tanh, 2, .2, 1, length(s, hr_tanh(s, complex_pair(s, x))), M, M)                                           \
  X(matmul, 2, -1, 1, hr_matmul(s, x[0], x[1]), M, Q)                                                                  \
  X(matmul_ta, 2, -1, 1, hr_matmul(s, x[0], x[1], .transpose_a = true), M, M)                                          \
  X(matmul_tb, 2, -1, 1, hr_matmul(s, x[0], x[1], .transpose_b = true), M, M)                                          \
  X(matmul_tab, 2, -1, 1, hr_matmul(s, x[0], x[1], .transpose_a = true, .transpose_b = true), Q, M)                    \
  X(batch_matmul, 2, -1, 1, hr_batch_matmul(s, x[0], x[1], .adj_x = true), B, B)                                       \
  X(batch_matmul_v2, 2, -1, 1, hr_batch_matmul_v2(s, x[0], x[1], .adj_y = true), B, Q)                                 \
  X(bias_add, 2, -1, 1, hr_square(s, hr_bias_add(s, x[0], x[1])), M, R)                                                \
  X(bias_add_nchw, 2, -1, 1, hr_square(s, hr_bias_add(s, x[0], x[1], .data_format = "NCHW")), HR_SHAPE(2, 3, 1, 2), R) \
  X(bias_add_v1, 2, -1, 1, hr_square(s, hr_bias_add_v1(s, x[0], x[1])), M, R)                                          \
  X(sparse_add, 1, -1, 1, sparse_sum(s, x), R, R)                                                                      \
  X(sparse_reduce, 2, -1, 1, hr_square(s, hr_tf_sparse_reduce_sum(s, sparse(s, x[0]), .axis = HR_AXES(-1))), R)        \
  X(sparse_reduce_all, 2, -1, 1, hr_square(s, hr_tf_sparse_reduce_sum(s, sparse(s, x[0]), .keepdims = true)), R)       \
  X(sparse_times, 2, -1, 1, hr_sparse_times(s, sparse(s, x[0]), x[1]).values, R, M)                                    \
  X(sparse_times_row, 2, -1, 1, hr_sparse_times(s, sparse(s, x[0]), x[1]).values, R, R)                                \
  X(sparse_divided, 2, 1, 2, hr_sparse_divided(s, sparse(s, x[0]), x[1]).values, R, M)                                 \
  X(sparse_softmax, 1, -1, 1, hr_square(s, hr_tf_sparse_softmax(s, sparse(s, x[0])).values), R)                        \
  X(sparse_transpose, 2, -1, 1, hr_square(s, hr_tf_sparse_transpose(s, sparse(s, x[0])).values), R)                    \
  X(relu, 2, -1, 1, hr_square(s, hr_relu(s, x[0])), M)                                                                 \
  X(relu6, 2, -1, 1, hr_square(s, hr_relu6(s, x[0])), M)                                                               \
  X(leaky_relu, 2, -1, 1, hr_square(s, hr_leaky_relu(s, x[0])), M)                                                     \
  X(elu, 2, -1, 1, hr_elu(s, x[0]), M)                                                                                 \
  X(selu, 2, -1, 1, hr_selu(s, x[0]), M)                                                                               \
  X(softplus, 2, -1, 1, hr_softplus(s, x[0]), M)                                                                       \
  X(softsign, 1, -1, 1, hr_softsign(s, x[0]), M)                                                                       \
  X(l2_loss, 2, -1, 1, hr_l2_loss(s, x[0]), M)                                                                         \
  X(softmax, 2, -1, 1, hr_softmax(s, x[0]), M)                                                                         \
  X(log_softmax, 2, -1, 1, hr_log_softmax(s, x[0]), M)                                                                 \
  X(cross_entropy, 2, -1, 1, hr_softmax_cross_entropy_with_logits(s, x[0], labels(s)).loss, M)                         \
  X(cross_entropy_labels, 1, 0, 1, hr_softmax_cross_entropy_with_logits(s, x[0], hr_tf_softmax(s, x[1])).loss, M, M)   \
  X(sparse_cross_entropy, 1, -1, 1, hr_sparse_softmax_cross_entropy_with_logits(s, x[0], INTS(2, 0)).loss, M)          \
  X(top_k, 1, -1, 1, hr_tf_top_k(s, x[0], 2).values, M)                                                                \
  X(nth_element, 1, -1, 1, hr_nth_element(s, x[0], hr_constant_i32(s, 1)), M)                                          \
  X(sum, 2, -1, 1, hr_square(s, hr_reduce_sum(s, x[0], .axis = HR_AXES(-1, 0))), B)                                    \
  X(mean, 2, -1, 1, hr_square(s, hr_reduce_mean(s, x[0], .axis = HR_AXIS(1))), B)                                      \
  X(prod, 2, -1, 1, hr_reduce_prod(s, x[0], .axis = HR_AXIS(1)), B)                                                    \
  X(max, 1, -1, 1, hr_reduce_max(s, x[0], .axis = HR_AXIS(0)), B)                                                      \
  X(min, 1, -1, 1, hr_reduce_min(s, x[0]), M)                                                                          \
  X(cumsum, 2, -1, 1, hr_square(s, hr_cumsum(s, x[0], hr_constant_i32(s, 1), .exclusive = true)), M)                   \
  X(cumprod, 2, 1, 2, hr_cumprod(s, x[0], hr_constant_i32(s, 1), .reverse = true), M)                                  \
  X(reshape, 2, -1, 1, hr_square(s, hr_tf_reshape(s, x[0], HR_SHAPE(3, 2))), M)                                        \
  X(tile, 2, -1, 1, hr_square(s, hr_tile(s, x[0], INTS(2, 3))), M)                                                     \
  X(fill, 2, -1, 1, hr_square(s, hr_fill(s, INTS(2, 3), x[0])), N)                                                     \
  X(transpose, 2, -1, 1, hr_square(s, hr_tf_transpose(s, x[0], .perm = HR_AXES(2, 0, 1))), B)                          \
  X(reverse, 2, -1, 1, hr_square(s, hr_reverse_v2(s, x[0], INTS(1))), M)                                               \
  X(reverse_sequence, 2, -1, 1, hr_square(s, hr_reverse_sequence(s, x[0], INTS(1, 3), 1)), M)                          \
  X(roll, 2, -1, 1, hr_square(s, hr_roll(s, x[0], INTS(1), INTS(1))), M)                                               \
  X(select, 2, -1, 1, hr_square(s, hr_select(s, bools(s), x[0], x[1])), M, M)                                          \
  X(select_v2, 2, -1, 1, hr_square(s, hr_select_v2(s, bools(s), x[0], x[1])), M, R)                                    \
  X(cross, 2, -1, 1, hr_cross(s, x[0], x[1]), M, M)                                                                    \
  X(pack, 2, -1, 1, hr_square(s, hr_stack(s, HR_LIST(x[0], x[1]), .axis = 1)), M, M)                                   \
  X(unpack, 2, -1, 1, hr_square(s, hr_unstack(s, x[0]).items[1]), M)                                                   \
  X(concat, 2, -1, 1, hr_square(s, hr_tf_concat(s, HR_LIST(x[0], x[1], x[0]), 1)), M, M)                               \
  X(split, 2, -1, 1, hr_square(s, hr_tf_split(s, x[0], 3, .axis = HR_AXIS(1)).items[1]), M)                            \
  X(slice, 2, -1, 1, hr_square(s, hr_slice(s, x[0], INTS(0, 1), INTS(2, 2))), M)                                       \
  X(strided_slice, 2, -1, 1, hr_square(s, hr_at(s, x[0], HR_INDEX(1), HR_SLICE_STEP(HR_OPEN, HR_OPEN, 2))), M)         \
  X(pad, 2, -1, 1, hr_square(s, hr_pad(s, x[0], PAIRS(2, 1, 0, 0, 2))), M)                                             \
  X(mirror_pad, 2, -1, 1, hr_square(s, hr_mirror_pad(s, x[0], PAIRS(2, 1, 0, 0, 1), "REFLECT")), M)                    \
  X(gather, 2, -1, 1, hr_square(s, hr_tf_gather(s, x[0], INTS(1, 0, 1))), M)                                           \
  X(gather_axis, 2, -1, 1, hr_square(s, hr_tf_gather(s, x[0], INTS(2, 0, 2), .axis = HR_AXIS(1))), M)                  \
  X(gather_product, 2, -1, 1, hr_tf_gather(s, hr_square(s, x[0]), INTS(1, 0, 1)), M)                                   \
  X(gather_nd, 2, -1, 1, hr_square(s, hr_gather_nd(s, x[0], PAIRS(2, 0, 1, 1, 2))), M)                                 \
  X(scatter_nd, 2, -1, 1, hr_square(s, hr_scatter_nd(s, PAIRS(3, 0, 1, 1, 2, 0, 1), x[0], INTS(2, 3))), R)             \
  X(dynamic_partition, 2, -1, 1, hr_square(s, hr_dynamic_partition(s, x[0], INTS(1, 0, 1), 2).items[1]), R)            \
  X(dynamic_stitch, 2, -1, 1,                                                                                          \
    hr_square(s, hr_dynamic_stitch(s, HR_LIST(INTS(0, 2), INTS(1, 3)), HR_LIST(x[0], x[1]))), M, M)                    \
  X(segment_sum, 2, -1, 1, hr_square(s, hr_segment_sum(s, x[0], INTS(0, 0, 1))), Q)                                    \
  X(segment_mean, 2, -1, 1, hr_square(s, hr_segment_mean(s, x[0], INTS(0, 0, 1))), Q)                                  \
  X(segment_max, 1, -1, 1, hr_segment_max(s, x[0], INTS(0, 0, 1)), Q)                                                  \
  X(unsorted_sum, 2, -1, 1, hr_square(s, hr_unsorted_segment_sum(s, x[0], INTS(1, -1, 1), hr_constant_i32(s, 2))), Q)  \
  X(unsorted_max, 1, -1, 1, hr_unsorted_segment_max(s, x[0], INTS(1, 0, 1), hr_constant_i32(s, 2)), Q)                 \
  X(unsorted_prod, 1, -1, 1, hr_unsorted_segment_prod(s, x[0], INTS(1, 0, 1), hr_constant_i32(s, 2)), Q)               \
  X(diag, 2, -1, 1, hr_square(s, hr_diag(s, x[0])), R)                                                                 \
  X(diag_part, 2, -1, 1, hr_square(s, hr_diag_part(s, x[0])), Q)                                                       \
  X(matrix_diag, 2, -1, 1, hr_square(s, hr_matrix_diag(s, x[0])), M)                                                   \
  X(matrix_diag_part, 2, -1, 1, hr_square(s, hr_matrix_diag_part(s, x[0])), B)                                         \
  X(matrix_set_diag, 2, -1, 1, hr_square(s, hr_matrix_set_diag(s, x[0], x[1])), Q, R)                                  \
  X(matrix_diag_v2, 2, -1, 1, hr_square(s, bands_of(s, x[0], INTS(-1, 0))), M)                                         \
  X(matrix_diag_part_v2, 2, -1, 1, hr_square(s, hr_matrix_diag_part_v2(s, x[0], INTS(0, 1), number(s, 7))), B)         \
  X(matrix_set_diag_v2, 2, -1, 1, hr_square(s, hr_matrix_set_diag_v2(s, x[0], x[1], INTS(1, 2))), Q, HR_SHAPE(2, 2))   \
  X(matrix_inverse, 2, -1, 1, hr_matrix_inverse(s, heavy(s, x[0])), Q)                                                 \
  X(matrix_determinant, 1, -1, 1, hr_matrix_determinant(s, heavy(s, x[0])), Q)                                         \
  X(log_determinant, 1, -1, 1, hr_log_matrix_determinant(s, heavy(s, x[0])).log_abs_determinant, Q)                    \
  X(cholesky, 2, -1, 1, hr_cholesky(s, symmetric(s, x[0])), Q)                                                         \
  X(matrix_solve, 2, -1, 1, hr_matrix_solve(s, heavy(s, x[0]), x[1]), Q, Q)                                            \
  X(matrix_solve_adjoint, 2, -1, 1, hr_matrix_solve(s, heavy(s, x[0]), x[1], .adjoint = true), Q, Q)                   \
  X(triangular_solve, 2, -1, 1, hr_matrix_triangular_solve(s, heavy(s, x[0]), x[1]), Q, Q)                             \
  X(matrix_solve_ls, 1, 1, 2, hr_matrix_solve_ls(s, x[0], x[1], hr_tf_cast(s, 0.5, HR_DOUBLE)), HR_SHAPE(4, 3),        \
    HR_SHAPE(4, 2))                                                                                                    \
  X(matrix_solve_ls_wide, 1, 1, 2, hr_matrix_solve_ls(s, x[0], x[1], hr_tf_cast(s, 0.5, HR_DOUBLE)), M,                \
    HR_SHAPE(2, 2))                                                                                                    \
  X(qr, 1, -1, 1, hr_qr(s, heavy(s, x[0])).r, Q)                                                                       \
  X(qr_q, 1, -1, 1, hr_qr(s, heavy(s, x[0])).q, Q)                                                                     \
  X(eigenvalues, 1, -.2, .2, hr_self_adjoint_eig_v2(s, spread_symmetric(s, x[0])).e, Q)                                \
  X(eigenvectors, 1, -.2, .2, hr_square(s, hr_self_adjoint_eig_v2(s, spread_symmetric(s, x[0])).v), Q)                 \
  X(singular_values, 1, -.2, .2, hr_svd(s, spread_symmetric(s, x[0])).s, Q)                                            \
  X(singular_vectors, 1, -.2, .2, hr_square(s, hr_svd(s, spread_symmetric(s, x[0])).u), Q)                             \
  X(conv_2d, 2, -1, 1, hr_conv2d(s, x[0], x[1], HR_INTS(1, 2, 1, 1), "SAME"), HR_SHAPE(2, 3, 4, 2),                    \
    HR_SHAPE(3, 2, 2, 2))                                                                                              \
  X(conv_2d_dilated, 2, -1, 1, dilated(s, x), HR_SHAPE(1, 4, 3, 2), HR_SHAPE(2, 2, 2, 3))                              \
  X(conv_3d, 2, -1, 1, hr_conv3d(s, x[0], x[1], HR_INTS(1, 1, 2, 1, 1), "SAME"), HR_SHAPE(1, 2, 3, 2, 2),              \
    HR_SHAPE(2, 2, 1, 2, 2))                                                                                           \
  X(depthwise_conv_2d, 2, -1, 1, hr_depthwise_conv2d_native(s, x[0], x[1], HR_INTS(1, 1, 1, 1), "SAME"),               \
    HR_SHAPE(2, 3, 4, 2), HR_SHAPE(3, 2, 2, 2))                                                                        \
  X(max_pool, 2, -1, 1, hr_square(s, hr_max_pool(s, x[0], HR_INTS(1, 2, 2, 1), HR_INTS(1, 1, 2, 1), "VALID")),         \
    HR_SHAPE(1, 3, 4, 2))                                                                                              \
  X(avg_pool, 2, -1, 1, hr_square(s, hr_avg_pool(s, x[0], HR_INTS(1, 2, 2, 1), HR_INTS(1, 1, 2, 1), "SAME")),          \
    HR_SHAPE(1, 3, 3, 2))

#define BUILD(name, orders, low, high, expression, ...)                                                                \
  static hr_output build_##name(hr_scope s, const hr_output *x) { return expression; }
CASES(BUILD)

#define COUNT_OF(...) (int)(sizeof((hr_partial_shape[]){__VA_ARGS__}) / sizeof(hr_partial_shape))
#define ROW(name, orders, low, high, expression, ...)                                                                  \
  {#name, build_##name, orders, low, high, COUNT_OF(__VA_ARGS__), {__VA_ARGS__}},

static void test_gradients(void **state) {
  (void)state;
  const gradient_case cases[] = {CASES(ROW)};
  const char *wanted = getenv("OP");
  int verdicts[3] = {0};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
    if (!wanted || strncmp(cases[i].name, wanted, strlen(wanted)) == 0) ++verdicts[check_gradient(&cases[i])];
  }
  print_message("%d agree, %d differ, %d wait for kernels\n", verdicts[GRADIENT_AGREES], verdicts[GRADIENT_DIFFERS],
                verdicts[GRADIENT_WAITS]);
  assert_true(verdicts[GRADIENT_AGREES] > 0);
  assert_int_equal(verdicts[GRADIENT_DIFFERS], 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradients)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
