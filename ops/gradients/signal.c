/* Gradients of Fourier transforms: each is the other direction's transform, scaled. */
#include "headrace/signal.h"
#include "ops/gradients/gradient.h"
#include <math.h>

/* How many numbers the last `rank` dimensions hold. */
static hr_output transform_size(hr_scope s, hr_output x, int rank) {
  hr_output sizes = hr_at(s, hr_tf_shape(s, x), HR_SLICE(-rank, HR_OPEN));
  return hr_reduce_prod(s, sizes);
}

typedef hr_output transform(hr_scope scope, hr_output x);
static hr_output forward_1(hr_scope s, hr_output x) { return hr_fft(s, x); }
static hr_output forward_2(hr_scope s, hr_output x) { return hr_fft2d(s, x); }
static hr_output forward_3(hr_scope s, hr_output x) { return hr_fft3d(s, x); }
static hr_output inverse_1(hr_scope s, hr_output x) { return hr_ifft(s, x); }
static hr_output inverse_2(hr_scope s, hr_output x) { return hr_ifft2d(s, x); }
static hr_output inverse_3(hr_scope s, hr_output x) { return hr_ifft3d(s, x); }

static hr_status fft_gradient(hr_gradient_context *c, int rank, transform *inverse) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_output size = hr_tf_cast(s, transform_size(s, grad, rank), hr_output_base_dtype(grad));
  hr_dx(c, 0, hr_times(s, inverse(s, grad), size));
  return HR_SUCCESS;
}

static hr_status ifft_gradient(hr_gradient_context *c, int rank, transform *forward) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_dtype dtype = grad.node ? hr_output_base_dtype(grad) : HR_COMPLEX64;
  hr_output size = hr_tf_cast(s, transform_size(s, grad, rank), dtype == HR_COMPLEX128 ? HR_DOUBLE : HR_FLOAT);
  hr_output share = hr_tf_cast(s, hr_truediv(s, 1.0, size), dtype);
  hr_dx(c, 0, hr_times(s, forward(s, grad), share));
  return HR_SUCCESS;
}

hr_status hr_gradient_fft(hr_gradient_context *c) { return fft_gradient(c, 1, inverse_1); }
hr_status hr_gradient_fft_2d(hr_gradient_context *c) { return fft_gradient(c, 2, inverse_2); }
hr_status hr_gradient_fft_3d(hr_gradient_context *c) { return fft_gradient(c, 3, inverse_3); }
hr_status hr_gradient_ifft(hr_gradient_context *c) { return ifft_gradient(c, 1, forward_1); }
hr_status hr_gradient_ifft_2d(hr_gradient_context *c) { return ifft_gradient(c, 2, forward_2); }
hr_status hr_gradient_ifft_3d(hr_gradient_context *c) { return ifft_gradient(c, 3, forward_3); }

/* ---- real numbers ---------------------------------------------------------------------------------------------- */

static hr_output all_but_last(hr_scope s, hr_output x, int last) {
  return hr_ones(s, HR_OPERANDS(hr_minus(s, hr_tf_rank(s, x), last)), .dtype = HR_INT32);
}

/* [1, -1, 1, ...] */
static hr_output alternating(hr_scope s, hr_output length) {
  hr_output odd = hr_modulo(s, hr_tf_range(s, 0, length, HR_NO_OPERAND), 2);
  return hr_tf_cast(s, hr_minus(s, 1, hr_times(s, 2, odd)), HR_COMPLEX64);
}

/* e^(-2 pi i j k / length) */
static hr_output transform_matrix(hr_scope s, hr_output length) {
  hr_output row = hr_tf_expand_dims(s, hr_tf_range(s, 0, length, HR_NO_OPERAND), 0);
  hr_output rows = hr_tf_tile(s, row, HR_OPERANDS(length, 1));
  hr_output columns = hr_tf_transpose(s, rows, .perm = hr_operand_ints(HR_INTS(1, 0)));
  hr_output products = hr_tf_cast(s, hr_times(s, rows, columns), HR_COMPLEX64);
  float turn[2] = {0, (float)(-2 * M_PI)};
  hr_tensor number = {0};
  hr_status status = hr_tensor_from(HR_COMPLEX64, 0, NULL, turn, &number);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  hr_output angles = hr_times(s, (const hr_tensor *)&number, products);
  hr_tensor_clear(&number);
  return hr_exp(s, hr_truediv(s, angles, hr_tf_cast(s, length, HR_COMPLEX64)));
}

/* A matrix for each of the matrices in `like`. */
static hr_output for_each_matrix(hr_scope s, hr_output matrix, hr_output like) {
  hr_output shape = hr_join(s, HR_VECTOR_PART(all_but_last(s, like, 2)), HR_VECTOR_PART(hr_tf_shape(s, matrix)));
  hr_output single = hr_reshape(s, matrix, shape);
  hr_output batch = hr_at(s, hr_tf_shape(s, like), HR_SLICE(HR_OPEN, -2));
  return hr_tf_tile(s, single, hr_tf_concat(s, HR_OPERANDS(batch, hr_operand_ints(HR_INTS(1, 1))), 0));
}

/* The half that RFFT leaves out mirrors the other one: each of its numbers counts twice there, but for the first of a
 * line, and the last where the length is even. */
static hr_status rfft_gradient(hr_gradient_context *c, int rank) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), length = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_output shape = hr_tf_shape(s, x);
  hr_output odd = hr_modulo(s, hr_at(s, length, HR_INDEX(-1)), 2);
  hr_output even = hr_tf_cast(s, hr_minus(s, 1, odd), HR_COMPLEX64);
  hr_output first = hr_at(s, grad, HR_ELLIPSIS, HR_SLICE(0, 1)), once;
  if (rank == 1) {
    hr_output last = hr_at(s, grad, HR_ELLIPSIS, HR_SLICE(-1, HR_OPEN));
    hr_output scaled = hr_times(s, even, last);
    once = hr_plus(s, first, hr_times(s, scaled, alternating(s, hr_at(s, shape, HR_INDEX(-1)))));
  } else {
    hr_output matrices = for_each_matrix(s, transform_matrix(s, hr_at(s, shape, HR_INDEX(-2))), first);
    once = hr_tf_matmul(s, matrices, hr_conj(s, first));
    hr_output last = hr_at(s, grad, HR_ELLIPSIS, HR_SLICE(-1, HR_OPEN));
    last = hr_tf_matmul(s, matrices, hr_conj(s, last));
    hr_output columns = hr_at(s, shape, HR_INDEX(-1));
    hr_output multiples = hr_tf_concat(s, HR_OPERANDS(all_but_last(s, grad, 1), HR_OPERANDS(columns)), 0);
    last = hr_tf_tile(s, last, multiples);
    last = hr_times(s, last, alternating(s, columns));
    once = hr_plus(s, once, hr_times(s, even, last));
  }
  hr_output size = hr_tf_cast(s, transform_size(s, x, rank), HR_FLOAT);
  hr_output back = hr_inverse_real_fft(s, grad, rank, .fft_length = hr_operand_output(length));
  hr_output twice = hr_times(s, back, size);
  hr_dx(c, 0, hr_times(s, 0.5, hr_plus(s, twice, hr_tf_real(s, once))));
  return HR_SUCCESS;
}

hr_status hr_gradient_rfft(hr_gradient_context *c) { return rfft_gradient(c, 1); }
hr_status hr_gradient_rfft_2d(hr_gradient_context *c) { return rfft_gradient(c, 2); }

/* All but the first number of a line, and the last one of an even length, stand for two. */
static hr_status irfft_gradient(hr_gradient_context *c, int rank) {
  hr_scope s = c->scope;
  hr_output length = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_output odd = hr_call_one(s, "FloorMod", NULL, HR_OPERANDS(hr_at(s, length, HR_INDEX(-1)), 2), HR_NO_ATTRS);
  hr_output size = hr_at(s, hr_tf_shape(s, hr_x(c, 0)), HR_INDEX(-1));
  hr_output inside = hr_plus(s, hr_minus(s, size, 2), odd);
  hr_output twice = hr_times(s, 2.0, hr_ones(s, HR_OPERANDS(inside)));
  hr_output last = hr_ones(s, HR_OPERANDS(hr_minus(s, 1, odd)));
  hr_output counts = hr_tf_concat(s, HR_OPERANDS(HR_OPERANDS(1.0), twice, last), 0);
  hr_output share = hr_reciprocal(s, hr_tf_cast(s, transform_size(s, grad, rank), HR_FLOAT));
  hr_output forward = hr_real_fft(s, grad, rank, .fft_length = hr_operand_output(length));
  hr_dx(c, 0, hr_times(s, forward, hr_tf_cast(s, hr_times(s, share, counts), HR_COMPLEX64)));
  return HR_SUCCESS;
}

hr_status hr_gradient_irfft(hr_gradient_context *c) { return irfft_gradient(c, 1); }
hr_status hr_gradient_irfft_2d(hr_gradient_context *c) { return irfft_gradient(c, 2); }
