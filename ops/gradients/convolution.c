/* Gradients of convolutions, and of those. */
#include "headrace/arrays.h"
#include "ops/gradients/window.h"

hr_status hr_gradient_conv_2d(hr_gradient_context *c) {
  hr_outputs shapes = hr_shape_n(c->scope, ((hr_outputs){2, c->node->inputs}));
  if (shapes.count < 2) return HR_SUCCESS;
  hr_output dy = hr_dy(c, 0);
  hr_dx(c, 0, hr_windows(c, "Conv2DBackpropInput", shapes.items[0], hr_x(c, 1), dy));
  hr_dx(c, 1, hr_windows(c, "Conv2DBackpropFilter", hr_x(c, 0), shapes.items[1], dy));
  return HR_SUCCESS;
}

/* By input and filter, with the gradient ops of the family; each shape is asked for where it is needed. */
static hr_status by_both(hr_gradient_context *c, const char *by_input, const char *by_filter) {
  hr_output dy = hr_dy(c, 0);
  hr_dx(c, 0, hr_windows(c, by_input, hr_tf_shape(c->scope, hr_x(c, 0)), hr_x(c, 1), dy));
  hr_dx(c, 1, hr_windows(c, by_filter, hr_x(c, 0), hr_tf_shape(c->scope, hr_x(c, 1)), dy));
  return HR_SUCCESS;
}
hr_status hr_gradient_conv_3d(hr_gradient_context *c) {
  return by_both(c, "Conv3DBackpropInputV2", "Conv3DBackpropFilterV2");
}
hr_status hr_gradient_depthwise_conv_2d(hr_gradient_context *c) {
  return by_both(c, "DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter");
}

/* A gradient by the input is linear in filter (1) and gradient (2). */
static hr_status of_input_gradient(hr_gradient_context *c, const char *by_filter, const char *forward) {
  hr_output dy = hr_dy(c, 0);
  hr_dx(c, 1, hr_windows(c, by_filter, dy, hr_tf_shape(c->scope, hr_x(c, 1)), hr_x(c, 2)));
  hr_dx(c, 2, hr_windows(c, forward, dy, hr_x(c, 1)));
  return HR_SUCCESS;
}
/* A gradient by the filter is linear in input (0) and gradient (2). */
static hr_status of_filter_gradient(hr_gradient_context *c, const char *by_input, const char *forward) {
  hr_output dy = hr_dy(c, 0);
  hr_dx(c, 0, hr_windows(c, by_input, hr_tf_shape(c->scope, hr_x(c, 0)), dy, hr_x(c, 2)));
  hr_dx(c, 2, hr_windows(c, forward, hr_x(c, 0), dy));
  return HR_SUCCESS;
}
hr_status hr_gradient_conv_2d_backprop_input(hr_gradient_context *c) {
  return of_input_gradient(c, "Conv2DBackpropFilter", "Conv2D");
}
hr_status hr_gradient_conv_2d_backprop_filter(hr_gradient_context *c) {
  return of_filter_gradient(c, "Conv2DBackpropInput", "Conv2D");
}
hr_status hr_gradient_conv_3d_backprop_input(hr_gradient_context *c) {
  return of_input_gradient(c, "Conv3DBackpropFilterV2", "Conv3D");
}
hr_status hr_gradient_conv_3d_backprop_filter(hr_gradient_context *c) {
  return of_filter_gradient(c, "Conv3DBackpropInputV2", "Conv3D");
}

hr_status hr_gradient_depthwise_conv_2d_backprop_input(hr_gradient_context *c) {
  return of_input_gradient(c, "DepthwiseConv2dNativeBackpropFilter", "DepthwiseConv2dNative");
}
hr_status hr_gradient_depthwise_conv_2d_backprop_filter(hr_gradient_context *c) {
  return of_filter_gradient(c, "DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNative");
}
