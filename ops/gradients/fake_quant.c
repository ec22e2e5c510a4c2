/* Gradients of numbers that are rounded as if they were quantized. */
#include "ops/gradients/gradient.h"

static int64_t bits(const hr_gradient_context *c) { return hr_int_attr(c, "num_bits"); }
static bool narrow(const hr_gradient_context *c) { return hr_bool_attr(c, "narrow_range"); }

hr_status hr_gradient_fake_quant_args(hr_gradient_context *c) {
  hr_dx(c, 0,
        hr_fake_quant_with_min_max_args_gradient(
            c->scope, hr_dy(c, 0), hr_x(c, 0), .min = hr_node_attr(c->node, "min")->f,
            .max = hr_node_attr(c->node, "max")->f, .num_bits = bits(c), .narrow_range = narrow(c)));
  return HR_SUCCESS;
}

hr_status hr_gradient_fake_quant_vars(hr_gradient_context *c) {
  hr_fake_quant_with_min_max_vars_gradient_outputs g = hr_fake_quant_with_min_max_vars_gradient(
      c->scope, hr_dy(c, 0), hr_x(c, 0), hr_x(c, 1), hr_x(c, 2), .num_bits = bits(c), .narrow_range = narrow(c));
  hr_dx(c, 0, g.backprops_wrt_input);
  hr_dx(c, 1, g.backprop_wrt_min);
  hr_dx(c, 2, g.backprop_wrt_max);
  return HR_SUCCESS;
}

hr_status hr_gradient_fake_quant_vars_per_channel(hr_gradient_context *c) {
  hr_fake_quant_with_min_max_vars_per_channel_gradient_outputs g = hr_fake_quant_with_min_max_vars_per_channel_gradient(
      c->scope, hr_dy(c, 0), hr_x(c, 0), hr_x(c, 1), hr_x(c, 2), .num_bits = bits(c), .narrow_range = narrow(c));
  hr_dx(c, 0, g.backprops_wrt_input);
  hr_dx(c, 1, g.backprop_wrt_min);
  hr_dx(c, 2, g.backprop_wrt_max);
  return HR_SUCCESS;
}
