/* Gradients of ops that broadcast their two arguments. */
#include "ops/gradients/gradient.h"
#include "ops/gradients/known_shapes.h"

static hr_sides sides_of(hr_scope s, hr_output shape_x, hr_output shape_y) {
  hr_broadcast_gradient_args_outputs axes = hr_broadcast_gradient_args(s, shape_x, shape_y);
  return (hr_sides){{{.must_reduce = true, .axes_tensor = axes.r0, .shape = shape_x},
                     {.must_reduce = true, .axes_tensor = axes.r1, .shape = shape_y}}};
}

hr_sides hr_broadcast_sides(const hr_gradient_context *c) {
  hr_output shape_x = hr_tf_shape(c->scope, hr_x(c, 0));
  hr_output shape_y = hr_tf_shape(c->scope, hr_x(c, 1));
  return sides_of(c->scope, shape_x, shape_y);
}

/* The dimensions of the broadcast result in which a side has one element; where both have one, both get it. */
static hr_side broadcast_side(const hr_partial_shape *side, const hr_partial_shape *other, bool must_reduce) {
  int rank = side->rank > other->rank ? side->rank : other->rank;
  hr_side result = {.must_reduce = must_reduce, .static_shape = *side};
  if (hr_partial_shape_equal(side, other)) return result;
  for (int i = 0; i < rank; ++i) {
    int at = i - (rank - side->rank);
    if (at < 0 || side->dims[at] == 1) result.axes[result.axis_count++] = i;
  }
  return result;
}

hr_sides hr_static_broadcast_sides(const hr_gradient_context *c, hr_output gradient) {
  hr_output x = hr_x(c, 0), y = hr_x(c, 1);
  if (!hr_scope_ok(c->scope)) return (hr_sides){0};
  if (hr_rows_of(gradient)) return hr_broadcast_sides(c);
  const hr_partial_shape *a = hr_output_shape(x), *b = hr_output_shape(y);
  if (!hr_partial_shape_is_full(a) || !hr_partial_shape_is_full(b)) {
    hr_output shape_x = hr_shape_of(c->scope, x), shape_y = hr_shape_of(c->scope, y);
    return sides_of(c->scope, shape_x, shape_y);
  }
  if (hr_first_use_of_shapes(c->scope, HR_SHAPES_BROADCAST, a, b)) {
    hr_scope s = hr_name_scope(c->scope, "BroadcastGradientArgs");
    hr_output s0 = hr_dims_vector(s, hr_dims_from_shape(*a), "s0");
    hr_output s1 = hr_dims_vector(s, hr_dims_from_shape(*b), "s1");
    hr_broadcast_gradient_args(s, s0, s1, .name = hr_scope_name(s));
  }
  return (hr_sides){
      {broadcast_side(a, b, !hr_same_full_shape(x, gradient)), broadcast_side(b, a, !hr_same_full_shape(y, gradient))}};
}

hr_output hr_unbroadcast(hr_scope scope, const hr_side *side, hr_output gradient) {
  if (!side->must_reduce) return gradient;
  hr_operand axes = side->axes_tensor.node ? hr_operand_output(side->axes_tensor)
                                           : hr_operand_ints((hr_ints){side->axis_count, side->axes});
  hr_output sum = hr_reduce_sum(scope, gradient, .axis = axes);
  return hr_tf_reshape(scope, sum, ((hr_dims){hr_operand_output(side->shape), side->static_shape}));
}

/* Hands the gradient of input `i` back in that input's shape. */
static void give(hr_gradient_context *c, const hr_sides *sides, int32_t i, hr_output gradient) {
  hr_dx(c, i, hr_unbroadcast(c->scope, &sides->of[i], gradient));
}

/* All three are tensors of one full shape, so that nothing was broadcast. */
static bool all_same_shape(const hr_gradient_context *c, hr_output gradient) {
  return !hr_rows_of(gradient) && hr_same_full_shape(hr_x(c, 0), hr_x(c, 1)) &&
         hr_same_full_shape(hr_x(c, 0), gradient);
}

hr_status hr_gradient_add(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  if (all_same_shape(c, grad)) {
    hr_dx(c, 0, grad);
    hr_dx(c, 1, grad);
    return HR_SUCCESS;
  }
  hr_sides sides = hr_static_broadcast_sides(c, grad);
  give(c, &sides, 0, grad);
  give(c, &sides, 1, grad);
  return HR_SUCCESS;
}

hr_status hr_gradient_sub(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  if (all_same_shape(c, grad)) {
    hr_dx(c, 0, grad);
    hr_dx(c, 1, hr_negated(c->scope, grad));
    return HR_SUCCESS;
  }
  hr_sides sides = hr_static_broadcast_sides(c, grad);
  give(c, &sides, 0, grad);
  give(c, &sides, 1, hr_negated(c->scope, grad));
  return HR_SUCCESS;
}

hr_status hr_gradient_mul(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), y = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_dtype dtype = hr_output_base_dtype(grad);
  if (all_same_shape(c, grad) && (dtype == HR_INT32 || dtype == HR_FLOAT)) {
    hr_dx(c, 0, hr_mul(s, grad, y));
    hr_dx(c, 1, hr_mul(s, grad, x));
    return HR_SUCCESS;
  }
  hr_sides sides = hr_static_broadcast_sides(c, grad);
  x = hr_conj_of(s, x);
  y = hr_conj_of(s, y);
  give(c, &sides, 0, hr_mul(s, grad, y));
  give(c, &sides, 1, hr_mul(s, x, grad));
  return HR_SUCCESS;
}

hr_status hr_gradient_mul_no_nan(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), y = hr_x(c, 1), grad = hr_dy(c, 0);
  if (all_same_shape(c, grad)) {
    hr_dx(c, 0, hr_mul_no_nan(s, grad, y));
    hr_dx(c, 1, hr_mul_no_nan(s, x, grad));
    return HR_SUCCESS;
  }
  hr_sides sides = hr_broadcast_sides(c);
  give(c, &sides, 0, hr_mul_no_nan(s, grad, y));
  give(c, &sides, 1, hr_mul_no_nan(s, x, grad));
  return HR_SUCCESS;
}

typedef hr_output quotient_function(hr_scope scope, hr_output x, hr_output y);
static hr_output real_quotient(hr_scope s, hr_output x, hr_output y) { return hr_real_div(s, x, y); }
static hr_output plain_quotient(hr_scope s, hr_output x, hr_output y) { return hr_truediv(s, x, y); }
static hr_output quotient_no_nan(hr_scope s, hr_output x, hr_output y) {
  return hr_div_no_nan(s, x, y, .name = "div_no_nan");
}

/* d (x / y): grad / y and grad * (-x / y / y). */
static hr_status quotient_gradient(hr_gradient_context *c, quotient_function *divide) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  hr_output x = hr_conj_of(s, hr_x(c, 0)), y = hr_conj_of(s, hr_x(c, 1));
  give(c, &sides, 0, divide(s, grad, y));
  hr_output slope = divide(s, divide(s, hr_neg(s, x), y), y);
  give(c, &sides, 1, hr_times(s, grad, slope));
  return HR_SUCCESS;
}

hr_status hr_gradient_real_div(hr_gradient_context *c) { return quotient_gradient(c, real_quotient); }
hr_status hr_gradient_div(hr_gradient_context *c) { return quotient_gradient(c, plain_quotient); }
hr_status hr_gradient_div_no_nan(hr_gradient_context *c) { return quotient_gradient(c, quotient_no_nan); }

hr_status hr_gradient_floor_mod(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  hr_output floor = hr_floor_div(c->scope, hr_x(c, 0), hr_x(c, 1));
  give(c, &sides, 0, grad);
  hr_output slope = hr_neg(c->scope, floor);
  give(c, &sides, 1, hr_times(c->scope, grad, slope));
  return HR_SUCCESS;
}

/* The gradient goes to the argument that was taken, to the first where both are equal. */
static hr_status extreme_gradient(hr_gradient_context *c, bool maximum) {
  hr_scope s = c->scope;
  hr_output x = hr_x(c, 0), y = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_output shape_x = hr_tf_shape(s, x);
  hr_output shape_y = hr_tf_shape(s, y);
  hr_output shape_grad = hr_tf_shape(s, grad);
  hr_output zeros = hr_zeros(s, shape_grad, .dtype = hr_output_base_dtype(grad));
  hr_output first = maximum ? hr_greater_equal(s, x, y) : hr_less_equal(s, x, y);
  hr_sides sides = sides_of(s, shape_x, shape_y);
  give(c, &sides, 0, hr_select(s, first, grad, zeros));
  give(c, &sides, 1, hr_select(s, first, zeros, grad));
  return HR_SUCCESS;
}
hr_status hr_gradient_maximum(hr_gradient_context *c) { return extreme_gradient(c, true); }
hr_status hr_gradient_minimum(hr_gradient_context *c) { return extreme_gradient(c, false); }

hr_status hr_gradient_squared_difference(hr_gradient_context *c) {
  hr_output x = hr_x(c, 0), y = hr_x(c, 1), grad = hr_dy(c, 0), slope = HR_NO_OUTPUT;
  HR_WITH (s, hr_after(c->scope, grad)) {
    slope = hr_scalar_mul(s, 2.0, grad);
    slope = hr_times(s, slope, hr_minus(s, x, y));
  }
  if (!hr_rows_of(grad) && hr_same_full_shape(x, y) && hr_same_full_shape(x, slope)) {
    hr_dx(c, 0, slope);
    hr_dx(c, 1, hr_neg(c->scope, slope));
    return HR_SUCCESS;
  }
  hr_sides sides = hr_static_broadcast_sides(c, hr_rows_of(grad) ? grad : slope);
  give(c, &sides, 0, slope);
  hr_output other = hr_unbroadcast(c->scope, &sides.of[1], slope);
  hr_dx(c, 1, hr_neg(c->scope, other));
  return HR_SUCCESS;
}

/* x^y: y x^(y-1) and log(x) x^y, where the logarithm of what is not positive counts as zero. */
hr_status hr_gradient_pow(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_sides sides = hr_static_broadcast_sides(c, grad);
  hr_output x = hr_conj_of(s, hr_x(c, 0)), y = hr_conj_of(s, hr_x(c, 1));
  hr_output scaled = hr_times(s, grad, y);
  hr_output power = hr_pow(s, x, hr_minus(s, y, 1));
  give(c, &sides, 0, hr_times(s, scaled, power));
  hr_output z = hr_conj_of(s, hr_y(c, 0));
  hr_output mask = hr_is_complex(x) ? hr_binary(s, "NotEqual", x, 0) : hr_binary(s, "Greater", x, 0);
  hr_output safe = hr_select(s, mask, x, hr_tf_ones_like(s, x));
  hr_output log = hr_log(s, safe);
  log = hr_select(s, mask, log, hr_tf_zeros_like(s, x));
  scaled = hr_times(s, grad, z);
  give(c, &sides, 1, hr_times(s, scaled, log));
  return HR_SUCCESS;
}

hr_status hr_gradient_atan2(hr_gradient_context *c) {
  hr_output y = hr_x(c, 0), x = hr_x(c, 1), grad = hr_dy(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output radius = hr_square(s, x);
    radius = hr_plus(s, radius, hr_square(s, y));
    hr_output scaled = hr_truediv(s, grad, radius);
    hr_dx(c, 0, hr_times(s, x, scaled));
    hr_dx(c, 1, hr_times(s, hr_neg(s, y), scaled));
  }
  return HR_SUCCESS;
}

/* 1 where x is not zero, else 0. */
static hr_output indicator(hr_scope s, hr_output x) {
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_output zero = hr_tf_cast(s, 0.0, dtype);
  return hr_tf_cast(s, hr_not_equal(s, x, zero), dtype);
}

/* x log(y) and x / y, both zero for x = 0. */
static hr_status zero_for_zero_gradient(hr_gradient_context *c, bool logarithm) {
  hr_output x = hr_x(c, 0), y = hr_x(c, 1), grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output some = indicator(s, x), by_x, by_y;
    if (logarithm) {
      by_x = hr_xlogy(s, some, y);
      by_y = hr_xdivy(s, x, y);
    } else {
      by_x = hr_xdivy(s, some, y);
      hr_output minus = hr_neg(s, x);
      by_y = hr_xdivy(s, minus, hr_power(s, y, 2));
    }
    hr_dx(c, 0, hr_unbroadcast(s, &sides.of[0], hr_times(s, by_x, grad)));
    hr_dx(c, 1, hr_unbroadcast(s, &sides.of[1], hr_times(s, by_y, grad)));
  }
  return HR_SUCCESS;
}
hr_status hr_gradient_xlogy(hr_gradient_context *c) { return zero_for_zero_gradient(c, true); }
hr_status hr_gradient_xdivy(hr_gradient_context *c) { return zero_for_zero_gradient(c, false); }

hr_status hr_gradient_next_after(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_output ones = hr_ones(s, sides.of[0].shape, .dtype = hr_output_base_dtype(hr_x(c, 0)));
    hr_output zeros = hr_zeros(s, sides.of[1].shape, .dtype = hr_output_base_dtype(hr_x(c, 1)));
    hr_dx(c, 0, hr_unbroadcast(s, &sides.of[0], hr_times(s, ones, grad)));
    hr_dx(c, 1, hr_unbroadcast(s, &sides.of[1], hr_times(s, zeros, grad)));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_broadcast_to(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output shape = hr_tf_shape(s, hr_x(c, 0));
  hr_output axes = hr_broadcast_gradient_args(s, hr_x(c, 1), shape).r1;
  hr_output sum = hr_reduce_sum(s, hr_dy(c, 0), .axis = hr_operand_output(axes), .keepdims = true);
  hr_dx(c, 0, hr_reshape(s, sum, shape));
  return HR_SUCCESS;
}
