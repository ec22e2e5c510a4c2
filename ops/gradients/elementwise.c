/* Gradients of functions of one tensor, element by element. */
#include "ops/gradients/gradient.h"
#include <float.h>
#include <math.h>

/* grad * slope(x), where the slope's nodes wait for the gradient. `of_output`: the slope is one of the result. */
typedef hr_output slope_function(hr_scope scope, hr_output x);
static hr_status times_slope(hr_gradient_context *c, hr_output x, slope_function *slope) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output factor = slope(s, hr_conj_of(s, x));
    hr_dx(c, 0, hr_times(s, grad, factor));
  }
  return HR_SUCCESS;
}

#define HR_SLOPE_GRADIENT(name, at, slope)                                                                             \
  static hr_output name##_slope(hr_scope s, hr_output x) { return slope; }                                             \
  hr_status name(hr_gradient_context *c) { return times_slope(c, at(c, 0), name##_slope); }

static hr_output one(hr_scope s, hr_output like) { return hr_number(s, 1, like); }

HR_SLOPE_GRADIENT(hr_gradient_exp, hr_y, ((void)s, x))
HR_SLOPE_GRADIENT(hr_gradient_expm1, hr_x, hr_exp(s, x))
HR_SLOPE_GRADIENT(hr_gradient_log, hr_x, hr_reciprocal(s, x))
HR_SLOPE_GRADIENT(hr_gradient_log1p, hr_x, hr_reciprocal(s, hr_plus(s, 1, x)))
HR_SLOPE_GRADIENT(hr_gradient_sinh, hr_x, hr_cosh(s, x))
HR_SLOPE_GRADIENT(hr_gradient_cosh, hr_x, hr_sinh(s, x))
HR_SLOPE_GRADIENT(hr_gradient_sin, hr_x, hr_cos(s, x))
HR_SLOPE_GRADIENT(hr_gradient_lgamma, hr_x, hr_digamma(s, x))

static hr_status quotient_by(hr_gradient_context *c, hr_output x, slope_function *divisor) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
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
HR_SLOPE_GRADIENT(hr_gradient_atan, hr_x, rational(s, x, true))
HR_SLOPE_GRADIENT(hr_gradient_atanh, hr_x, rational(s, x, false))

/* 1 / sqrt(1 - x^2). */
static hr_output circle(hr_scope s, hr_output x) {
  hr_output square = hr_square(s, x);
  return hr_reciprocal(s, hr_sqrt(s, hr_sub(s, one(s, x), square)));
}
HR_SLOPE_GRADIENT(hr_gradient_asin, hr_x, circle(s, x))

/* -grad * slope(x). */
static hr_status minus_times_slope(hr_gradient_context *c, slope_function *slope, bool negate_first) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output x = hr_conj_of(s, hr_x(c, 0));
    hr_output minus = negate_first ? hr_negated(s, grad) : HR_NO_OUTPUT, factor = slope(s, x);
    if (!negate_first) minus = hr_negated(s, grad);
    hr_dx(c, 0, hr_times(s, minus, factor));
  }
  return HR_SUCCESS;
}
static hr_output sin_of(hr_scope s, hr_output x) { return hr_sin(s, x); }
hr_status hr_gradient_cos(hr_gradient_context *c) { return minus_times_slope(c, sin_of, true); }
hr_status hr_gradient_acos(hr_gradient_context *c) { return minus_times_slope(c, circle, false); }

hr_status hr_gradient_tan(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output secant = hr_reciprocal(s, hr_cos(s, hr_conj_of(s, hr_x(c, 0))));
    hr_dx(c, 0, hr_times(s, hr_square(s, secant), grad));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_square(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output x = hr_conj_of(s, hr_x(c, 0));
    hr_output two = hr_number(s, 2, x);
    hr_dx(c, 0, hr_mul(s, grad, hr_mul(s, x, two)));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_neg(hr_gradient_context *c) {
  hr_dx(c, 0, hr_negated(c->scope, hr_dy(c, 0)));
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

/* 2 / sqrt(pi) exp(-x^2), with a sign. */
static hr_status erf_gradient(hr_gradient_context *c, double sign) {
  hr_output grad = hr_dy(c, 0);
  hr_output factor = hr_number(c->scope, sign * M_2_SQRTPI, grad);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output x = hr_conj_of(s, hr_x(c, 0));
    hr_output scaled = hr_times(s, grad, factor);
    hr_dx(c, 0, hr_times(s, scaled, hr_exp(s, hr_neg(s, hr_square(s, x)))));
  }
  return HR_SUCCESS;
}
hr_status hr_gradient_erf(hr_gradient_context *c) { return erf_gradient(c, 1); }
hr_status hr_gradient_erfc(hr_gradient_context *c) { return erf_gradient(c, -1); }

static hr_output trigamma(hr_scope s, hr_output x) {
  hr_output order = one(s, x);
  return hr_polygamma(s, order, x);
}
HR_SLOPE_GRADIENT(hr_gradient_digamma, hr_x, trigamma(s, x))

hr_status hr_gradient_bessel_i0e(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), x = hr_x(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output first = hr_bessel_i1e(s, x);
    hr_output slope = hr_minus(s, first, hr_times(s, hr_sign(s, x), hr_y(c, 0)));
    hr_dx(c, 0, hr_times(s, grad, slope));
  }
  return HR_SUCCESS;
}

/* Divides by x: where x is almost zero, the limit 1/2 stands in. */
hr_status hr_gradient_bessel_i1e(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), x = hr_x(c, 0);
  double epsilon = hr_output_base_dtype(x) == HR_DOUBLE ? DBL_EPSILON : FLT_EPSILON;
  if (hr_output_base_dtype(x) == HR_HALF) epsilon = 0x1p-10;
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output zeros = hr_tf_zeros_like(s, x);
    hr_output ordinary = hr_binary(s, "Greater", hr_abs(s, x), epsilon);
    hr_output safe = hr_select(s, ordinary, x, hr_plus(s, epsilon, zeros));
    hr_output zeroth = hr_bessel_i0e(s, safe);
    hr_output sign = hr_sign(s, safe);
    hr_output factor = hr_plus(s, sign, hr_reciprocal(s, safe));
    hr_output slope = hr_minus(s, zeroth, hr_times(s, hr_y(c, 0), factor));
    slope = hr_select(s, ordinary, slope, hr_plus(s, 0.5, zeros));
    hr_dx(c, 0, hr_times(s, grad, slope));
  }
  return HR_SUCCESS;
}

/* ---- where the op has a fused gradient op of y and dy ----------------------------------------------------------- */

hr_status hr_gradient_sigmoid(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_dx(c, 0, hr_sigmoid_grad(s, hr_conj_of(s, hr_y(c, 0)), grad));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_tanh(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_dx(c, 0, hr_tanh_grad(s, hr_conj_of(s, hr_y(c, 0)), grad));
  }
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
  HR_WITH (s, hr_after(c->scope, grad)) {
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
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output y = hr_conj_of(s, hr_x(c, 0)), dy = hr_conj_of(s, hr_x(c, 1));
    hr_output slope = hr_times(s, hr_times(s, hr_times(s, grad, -2.0), dy), y);
    hr_dx(c, 0, slope);
    hr_dx(c, 1, hr_tanh_grad(s, y, grad));
  }
  return HR_SUCCESS;
}

/* ReciprocalGrad(y, dy) = -dy y^2. */
hr_status hr_gradient_reciprocal_grad(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), dy = hr_x(c, 1);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output y = hr_conj_of(s, hr_x(c, 0));
    hr_output g = hr_conj_of(s, grad);
    hr_dx(c, 0, hr_times(s, hr_times(s, hr_times(s, g, -2.0), dy), y));
    hr_dx(c, 1, hr_reciprocal_grad(s, y, grad));
  }
  return HR_SUCCESS;
}

/* SqrtGrad(y, dy) = dy / (2 y). */
hr_status hr_gradient_sqrt_grad(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output quotient = hr_truediv(s, grad, hr_x(c, 0));
    hr_output slope = hr_neg(s, hr_conj_of(s, quotient));
    hr_dx(c, 0, hr_times(s, slope, hr_y(c, 0)));
    hr_dx(c, 1, hr_times(s, 0.5, quotient));
  }
  return HR_SUCCESS;
}

/* RsqrtGrad(y, dy) = -dy y^3 / 2. */
hr_status hr_gradient_rsqrt_grad(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), dy = hr_x(c, 1);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output y = hr_conj_of(s, hr_x(c, 0));
    hr_output g = hr_conj_of(s, grad);
    hr_output slope = hr_times(s, hr_times(s, -1.5, g), dy);
    hr_dx(c, 0, hr_times(s, slope, hr_square(s, y)));
    hr_dx(c, 1, hr_rsqrt_grad(s, y, grad));
  }
  return HR_SUCCESS;
}
