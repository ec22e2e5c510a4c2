/* Gradients of special functions of several arguments. */
#include "ops/gradients/gradient.h"
#include <float.h>

/* The gradient to one argument: its partial derivative times grad, summed back to its shape. */
static hr_output partial_gradient(hr_scope s, const hr_side *side, hr_output partial, hr_output grad) {
  return hr_unbroadcast(s, side, hr_times(s, partial, grad));
}

/* P(a, x): the density of the gamma distribution, in logarithms, as its parts grow large. */
static void igamma_gradient(hr_gradient_context *c) {
  hr_output a = hr_x(c, 0), x = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output by_a = hr_igamma_grad_a(s, a, x);
    hr_output sum = hr_neg(s, x), less = hr_minus(s, a, 1);
    sum = hr_plus(s, sum, hr_times(s, less, hr_log(s, x)));
    hr_output by_x = hr_exp(s, hr_minus(s, sum, hr_lgamma(s, a)));
    hr_dx(c, 0, partial_gradient(s, &sides.of[0], by_a, grad));
    hr_dx(c, 1, partial_gradient(s, &sides.of[1], by_x, grad));
  }
}

hr_status hr_gradient_igamma(hr_gradient_context *c) {
  igamma_gradient(c);
  return HR_SUCCESS;
}

/* 1 - P(a, x). */
hr_status hr_gradient_igammac(hr_gradient_context *c) {
  igamma_gradient(c);
  for (int i = 0; i < 2; ++i)
    hr_dx(c, i, hr_neg(c->scope, c->inputs[i].value));
  return HR_SUCCESS;
}

/* Only to x: the density of the beta distribution, in logarithms. */
hr_status hr_gradient_betainc(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output a = hr_x(c, 0), b = hr_x(c, 1), x = hr_x(c, 2), grad = hr_dy(c, 0);
  hr_output shape_a = hr_tf_shape(s, a);
  hr_output shape_x = hr_tf_shape(s, x);
  hr_side side = {.must_reduce = true, .shape = shape_x};
  side.axes_tensor = hr_broadcast_gradient_args(s, shape_a, shape_x).r1;
  hr_output log_beta = hr_lgamma(s, a);
  log_beta = hr_plus(s, log_beta, hr_lgamma(s, b));
  log_beta = hr_minus(s, log_beta, hr_lgamma(s, hr_plus(s, a, b)));
  hr_output less = hr_minus(s, b, 1);
  hr_output sum = hr_times(s, less, hr_log(s, hr_minus(s, 1, x)));
  less = hr_minus(s, a, 1);
  sum = hr_plus(s, sum, hr_times(s, less, hr_log(s, x)));
  hr_output density = hr_exp(s, hr_minus(s, sum, log_beta));
  hr_dx(c, 2, partial_gradient(s, &side, density, grad));
  return HR_SUCCESS;
}

hr_status hr_gradient_zeta(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output x = hr_x(c, 0), minus = hr_neg(s, x);
    hr_output by_q = hr_times(s, minus, hr_zeta(s, hr_plus(s, x, 1), hr_x(c, 1)));
    hr_dx(c, 1, partial_gradient(s, &sides.of[1], by_q, grad));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_polygamma(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output next = hr_polygamma(s, hr_plus(s, hr_x(c, 0), 1), hr_x(c, 1));
    hr_dx(c, 1, partial_gradient(s, &sides.of[1], next, grad));
  }
  return HR_SUCCESS;
}

/* To alpha: how each sample moves with it, summed over the samples of each. */
hr_status hr_gradient_random_gamma(hr_gradient_context *c) {
  hr_output shape = hr_x(c, 0), alpha = hr_x(c, 1), grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output rank = hr_at(s, hr_tf_shape(s, shape), HR_INDEX(0));
    hr_output ones = hr_ones(s, HR_OPERANDS(rank), .dtype = HR_INT32);
    hr_output leading = hr_join(s, HR_VECTOR_PART(ones), HR_VECTOR_PART(hr_tf_shape(s, alpha)));
    hr_output partial = hr_random_gamma_grad(s, hr_reshape(s, alpha, leading), hr_y(c, 0));
    hr_output moved = hr_times(s, grad, partial);
    hr_dx(c, 1, hr_reduce_sum(s, moved, .axis = HR_OPERAND(hr_tf_range(s, 0, rank, HR_NO_OPERAND))));
  }
  return HR_SUCCESS;
}

/* Where the gradient is positive, and where it is negative, its logarithm is summed the other way round. */
static hr_output summed_back(hr_gradient_context *c, hr_output logs, bool reverse) {
  hr_scope s = c->scope;
  hr_output shifted = hr_minus(s, logs, hr_y(c, 0));
  hr_output sums =
      hr_cumulative_logsumexp(s, shifted, hr_x(c, 1), .exclusive = hr_bool_attr(c, "exclusive"), .reverse = reverse);
  return hr_exp(s, hr_plus(s, sums, hr_x(c, 0)));
}

hr_status hr_gradient_cumulative_logsumexp(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  if (!hr_scope_ok(s)) return HR_SUCCESS;
  hr_dtype dtype = hr_output_base_dtype(grad);
  double lowest = dtype == HR_HALF ? -65504 : dtype == HR_FLOAT ? -(double)FLT_MAX : -DBL_MAX;
  bool reverse = !hr_bool_attr(c, "reverse");
  hr_output is_positive = hr_call_one(s, "Greater", NULL, HR_OPERANDS(grad, 0), HR_NO_ATTRS);
  hr_output positive = hr_where_v2(s, is_positive, hr_log(s, grad), lowest);
  hr_output is_negative = hr_call_one(s, "Less", NULL, HR_OPERANDS(grad, 0), HR_NO_ATTRS);
  hr_output negative = hr_where_v2(s, is_negative, hr_log(s, hr_neg(s, grad)), lowest);
  hr_output added = summed_back(c, positive, reverse);
  hr_output taken = summed_back(c, negative, reverse);
  hr_dx(c, 0, hr_minus(s, added, taken));
  return HR_SUCCESS;
}
