/* Gradients of ops between real and complex numbers. */
#include "ops/gradients/gradient.h"

hr_status hr_gradient_complex(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0);
  hr_sides sides = hr_broadcast_sides(c);
  hr_dtype part = hr_output_base_dtype(hr_x(c, 0));
  hr_dx(c, 0, hr_unbroadcast(s, &sides.of[0], hr_real(s, grad, .Tout = part)));
  hr_dx(c, 1, hr_unbroadcast(s, &sides.of[1], hr_imag(s, grad, .Tout = part)));
  return HR_SUCCESS;
}

/* The complex number of two real ones. */
static hr_output complex_of(hr_scope s, hr_output real, hr_output imaginary) {
  hr_dtype dtype = hr_output_base_dtype(real) == HR_DOUBLE ? HR_COMPLEX128 : HR_COMPLEX64;
  return hr_complex(s, real, imaginary, .Tout = dtype);
}

hr_status hr_gradient_real(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), zero = hr_number(c->scope, 0, grad);
  hr_dx(c, 0, complex_of(c->scope, grad, zero));
  return HR_SUCCESS;
}

hr_status hr_gradient_imag(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), zero = hr_number(c->scope, 0, grad);
  hr_dx(c, 0, complex_of(c->scope, zero, grad));
  return HR_SUCCESS;
}

hr_status hr_gradient_angle(hr_gradient_context *c) {
  hr_output grad = hr_dy(c, 0), x = hr_x(c, 0);
  HR_WITH (s, hr_after(c->scope, grad)) {
    hr_dtype part = hr_output_base_dtype(grad);
    hr_output real = hr_real(s, x, .Tout = part), imaginary = hr_imag(s, x, .Tout = part);
    hr_output turned = hr_reciprocal(s, complex_of(s, imaginary, real));
    hr_output zero = hr_number(s, 0, grad);
    hr_output minus = hr_neg(s, complex_of(s, grad, zero));
    hr_dx(c, 0, hr_times(s, minus, turned));
  }
  return HR_SUCCESS;
}

hr_status hr_gradient_conj(hr_gradient_context *c) {
  hr_dx(c, 0, hr_conj_of(c->scope, hr_dy(c, 0)));
  return HR_SUCCESS;
}

/* grad x / |x|, zero at zero. */
hr_status hr_gradient_complex_abs(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output grad = hr_dy(c, 0), y = hr_y(c, 0);
  hr_output along = complex_of(s, grad, hr_tf_zeros_like(s, grad));
  along = hr_times(s, along, hr_x(c, 0));
  hr_output length = complex_of(s, y, hr_tf_zeros_like(s, y));
  hr_dx(c, 0, hr_div_no_nan(s, along, length, .name = "div_no_nan"));
  return HR_SUCCESS;
}
