/* Gradients of pooling and of local response normalisation. */
#include "headrace/arrays.h"
#include "ops/gradients/window.h"

/* ---- the largest element --------------------------------------------------------------------------------------- */

hr_status hr_gradient_max_pool(hr_gradient_context *c) {
  hr_dx(c, 0, hr_windows(c, "MaxPoolGrad", hr_x(c, 0), hr_y(c, 0), hr_dy(c, 0)));
  return HR_SUCCESS;
}
hr_status hr_gradient_max_pool_v2(hr_gradient_context *c) {
  hr_dx(c, 0, hr_windows(c, "MaxPoolGradV2", hr_x(c, 0), hr_y(c, 0), hr_dy(c, 0), hr_x(c, 1), hr_x(c, 2)));
  return HR_SUCCESS;
}
hr_status hr_gradient_max_pool_3d(hr_gradient_context *c) {
  hr_dx(c, 0, hr_windows(c, "MaxPool3DGrad", hr_x(c, 0), hr_y(c, 0), hr_dy(c, 0)));
  return HR_SUCCESS;
}
hr_status hr_gradient_max_pool_with_argmax(hr_gradient_context *c) {
  hr_dx(c, 0, hr_windows(c, "MaxPoolGradWithArgmax", hr_x(c, 0), hr_dy(c, 0), hr_y(c, 1)));
  return HR_SUCCESS;
}

/* Linear in the gradient (2); input and output only say where the largest elements are. */
static void only_by_gradient(hr_gradient_context *c) {
  hr_dx(c, 0, hr_zeros_like_input(c, 0));
  hr_dx(c, 1, hr_zeros_like_input(c, 1));
}
static hr_status of_gradient(hr_gradient_context *c, const char *op) {
  only_by_gradient(c);
  hr_dx(c, 2, hr_windows(c, op, hr_x(c, 0), hr_x(c, 1), hr_dy(c, 0)));
  return HR_SUCCESS;
}
hr_status hr_gradient_max_pool_grad(hr_gradient_context *c) { return of_gradient(c, "MaxPoolGradGrad"); }
hr_status hr_gradient_max_pool_grad_grad(hr_gradient_context *c) { return of_gradient(c, "MaxPoolGrad"); }
hr_status hr_gradient_max_pool_3d_grad(hr_gradient_context *c) { return of_gradient(c, "MaxPool3DGradGrad"); }
hr_status hr_gradient_max_pool_3d_grad_grad(hr_gradient_context *c) { return of_gradient(c, "MaxPool3DGrad"); }
hr_status hr_gradient_max_pool_grad_v2(hr_gradient_context *c) {
  only_by_gradient(c);
  hr_dx(c, 2, hr_windows(c, "MaxPoolGradGradV2", hr_x(c, 0), hr_x(c, 1), hr_dy(c, 0), hr_x(c, 3), hr_x(c, 4)));
  return HR_SUCCESS;
}

/* ---- means ----------------------------------------------------------------------------------------------------- */

static hr_status of_mean(hr_gradient_context *c, const char *op) {
  hr_output dy = hr_dy(c, 0);
  hr_dx(c, 0, hr_windows(c, op, hr_tf_shape(c->scope, hr_x(c, 0)), dy));
  return HR_SUCCESS;
}
hr_status hr_gradient_avg_pool(hr_gradient_context *c) { return of_mean(c, "AvgPoolGrad"); }
hr_status hr_gradient_avg_pool_3d(hr_gradient_context *c) { return of_mean(c, "AvgPool3DGrad"); }

static hr_status of_mean_gradient(hr_gradient_context *c, const char *op) {
  hr_dx(c, 0, hr_stop_gradient(c->scope, hr_x(c, 0)));
  hr_dx(c, 1, hr_windows(c, op, hr_dy(c, 0)));
  return HR_SUCCESS;
}
hr_status hr_gradient_avg_pool_grad(hr_gradient_context *c) { return of_mean_gradient(c, "AvgPool"); }
hr_status hr_gradient_avg_pool_3d_grad(hr_gradient_context *c) { return of_mean_gradient(c, "AvgPool3D"); }

/* ---- local response normalisation ------------------------------------------------------------------------------ */

hr_status hr_gradient_lrn(hr_gradient_context *c) {
  hr_dx(c, 0,
        hr_lrn_grad(c->scope, hr_dy(c, 0), hr_x(c, 0), hr_y(c, 0), .depth_radius = hr_int_attr(c, "depth_radius"),
                    .bias = hr_node_attr(c->node, "bias")->f, .alpha = hr_node_attr(c->node, "alpha")->f,
                    .beta = hr_node_attr(c->node, "beta")->f));
  return HR_SUCCESS;
}

/* ---- windows of changing sizes ----------------------------------------------------------------------------------- */

hr_status hr_gradient_fractional_max_pool(hr_gradient_context *c) {
  hr_dx(c, 0,
        hr_fractional_max_pool_grad(c->scope, hr_x(c, 0), hr_y(c, 0), hr_dy(c, 0), hr_y(c, 1), hr_y(c, 2),
                                    .overlapping = hr_bool_attr(c, "overlapping")));
  return HR_SUCCESS;
}
hr_status hr_gradient_fractional_avg_pool(hr_gradient_context *c) {
  const hr_partial_shape *shape = hr_output_shape(hr_x(c, 0));
  char text[HR_SHAPE_TEXT];
  for (int i = 0; i < 4; ++i)
    if (shape->rank != 4 || shape->dims[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "Cannot convert a partially known TensorShape to a Tensor: %s",
                      hr_partial_shape_text(shape, text));
  hr_output dy = hr_dy(c, 0);
  hr_operand sizes = hr_operand_ints((hr_ints){4, shape->dims});
  hr_dx(c, 0,
        hr_call_one(c->scope, "FractionalAvgPoolGrad", NULL, HR_OPERANDS(sizes, dy, hr_y(c, 1), hr_y(c, 2)),
                    HR_ATTRS({"overlapping", HR_ATTR_BOOL_VALUE(hr_bool_attr(c, "overlapping"))})));
  return HR_SUCCESS;
}
