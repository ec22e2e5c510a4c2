/* Gradients of functions of one tensor, element by element. */
#include "ops/gradients/gradient.h"

/* grad * slope(x), where the slope's nodes wait for the gradient. `of_output`: the slope is one of the result. */
typedef hr_output slope_function(hr_scope scope, hr_output x);
static hr_status times_slope(hr_gradient_context *c, hr_output x, slope_function *slope) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) {
    hr_output factor = slope(s, hr_conj_of(s, x));
    hr_dx(c, 0, hr_times(s, grad, factor));
  }
  return HR_SUCCESS;
}

#define HR_SLOPE_GRADIENT(name, at, slope)                                                                             \
  static hr_output name##_slope(hr_scope s, hr_output x) { return slope; }                                             \
  hr_status hr_gradient_##name(hr_gradient_context *c) { return times_slope(c, at(c, 0), name##_slope); }

static hr_output one(hr_scope s, hr_output like) { return hr_number(s, 1, like); }

HR_SLOPE_GRADIENT(exp, hr_y, ((void)s, x))
HR_SLOPE_GRADIENT(expm1, hr_x, hr_exp(s, x))
HR_SLOPE_GRADIENT(log, hr_x, hr_reciprocal(s, x))
HR_SLOPE_GRADIENT(log1p, hr_x, hr_reciprocal(s, hr_plus(s, 1, x)))
HR_SLOPE_GRADIENT(sinh, hr_x, hr_cosh(s, x))
HR_SLOPE_GRADIENT(cosh, hr_x, hr_sinh(s, x))
HR_SLOPE_GRADIENT(sin, hr_x, hr_cos(s, x))
HR_SLOPE_GRADIENT(cos, hr_x, hr_neg(s, hr_sin(s, x)))
HR_SLOPE_GRADIENT(tan, hr_x, hr_square(s, hr_reciprocal(s, hr_cos(s, x))))
HR_SLOPE_GRADIENT(lgamma, hr_x, hr_digamma(s, x))

static hr_status quotient_by(hr_gradient_context *c, hr_output x, slope_function *divisor) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) {
    hr_output d = divisor(s, hr_conj_of(s, x));
    hr_dx(c, 0, hr_truediv(s, grad, d));
  }
  return HR_SUCCESS;
}
static hr_output cosh_of(hr_scope s, hr_output y) { return hr_cosh(s, y); }
static hr_output sinh_of(hr_scope s, hr_output y) { return hr_sinh(s, y); }
hr_status hr_gradient_asinh(hr_gradient_context *c) { return quotient_by(c, hr_y(c, 0), cosh_of); }
hr_status hr_gradient_acosh(hr_gradient_context *c) { return quotient_by(c, hr_y(c, 0), sinh_of); }

/* 1 / (1 + sign x^2). */
static hr_output rational(hr_scope s, hr_output x, bool plus) {
  hr_output square = hr_square(s, x);
  hr_output sum = plus ? hr_add(s, one(s, x), square) : hr_sub(s, one(s, x), square);
  return hr_reciprocal(s, sum);
}
HR_SLOPE_GRADIENT(atan, hr_x, rational(s, x, true))
HR_SLOPE_GRADIENT(atanh, hr_x, rational(s, x, false))

/* 1 / sqrt(1 - x^2). */
static hr_output circle(hr_scope s, hr_output x) {
  hr_output square = hr_square(s, x);
  return hr_reciprocal(s, hr_sqrt(s, hr_sub(s, one(s, x), square)));
}
HR_SLOPE_GRADIENT(asin, hr_x, circle(s, x))

hr_status hr_gradient_acos(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) {
    hr_output slope = circle(s, hr_conj_of(s, hr_x(c, 0)));
    hr_dx(c, 0, hr_times(s, hr_neg(s, grad), slope));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_square(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) {
    hr_output x = hr_conj_of(s, hr_x(c, 0));
    hr_output two = hr_number(s, 2, x);
    hr_dx(c, 0, hr_mul(s, grad, hr_mul(s, x, two)));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_neg(hr_gradient_context *c) {
  hr_dx(c, 0, hr_neg(c->scope, hr_dy(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_abs(hr_gradient_context *c) {
  hr_dx(c, 0, hr_times(c->scope, hr_dy(c, 0), hr_sign(c->scope, hr_x(c, 0))));
  return HR_SUCCESS;
}

/* Zero, also as a function of the gradient. */
hr_status hr_gradient_sign(hr_gradient_context *c) {
  hr_output shape = hr_tf_shape(c->scope, hr_x(c, 0));
  hr_dx(c, 0, hr_zeros(c->scope, shape, .dtype = hr_output_base_dtype(hr_x(c, 0))));
  return HR_SUCCESS;
}

/* ---- where the op has a fused gradient op of y and dy ----------------------------------------------------------- */

hr_status hr_gradient_sigmoid(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) { hr_dx(c, 0, hr_sigmoid_grad(s, hr_conj_of(s, hr_y(c, 0)), grad)); }
  return HR_SUCCESS;
}

hr_status hr_gradient_tanh(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) { hr_dx(c, 0, hr_tanh_grad(s, hr_conj_of(s, hr_y(c, 0)), grad)); }
  return HR_SUCCESS;
}

hr_status hr_gradient_reciprocal(hr_gradient_context *c) {
  hr_dx(c, 0, hr_reciprocal_grad(c->scope, hr_y(c, 0), hr_dy(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_sqrt(hr_gradient_context *c) {
  hr_dx(c, 0, hr_sqrt_grad(c->scope, hr_y(c, 0), hr_dy(c, 0)));
  return HR_SUCCESS;
}

hr_status hr_gradient_rsqrt(hr_gradient_context *c) {
  hr_dx(c, 0, hr_rsqrt_grad(c->scope, hr_y(c, 0), hr_dy(c, 0)));
  return HR_SUCCESS;
}

/* SigmoidGrad(y, dy) = dy y (1 - y). */
hr_status hr_gradient_sigmoid_grad(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) {
    hr_output y = hr_conj_of(s, hr_x(c, 0)), dy = hr_conj_of(s, hr_x(c, 1));
    hr_output product = hr_times(s, grad, dy);
    hr_output twice = hr_times(s, hr_times(s, 2.0, product), y);
    hr_dx(c, 0, hr_minus(s, product, twice));
    hr_dx(c, 1, hr_sigmoid_grad(s, y, grad));
  }
  return HR_SUCCESS;
}

/* TanhGrad(y, dy) = dy (1 - y^2). */
hr_status hr_gradient_tanh_grad(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH(s, hr_after(c->scope, grad)) {
    hr_output y = hr_conj_of(s, hr_x(c, 0)), dy = hr_conj_of(s, hr_x(c, 1));
    hr_output slope = hr_times(s, hr_times(s, hr_times(s, grad, -2.0), dy), y);
    hr_dx(c, 0, slope);
    hr_dx(c, 1, hr_tanh_grad(s, y, grad));
  }
  return HR_SUCCESS;
}
