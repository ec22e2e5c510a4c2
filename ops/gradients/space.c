/* Gradients of ops that move elements between space, batch and channels: each is the other way round. */
#include "ops/gradients/window.h"

/* Of images the ND forms are used. */
static hr_status turn_images(hr_gradient_context *c, const char *op) {
  int64_t size = hr_int_attr(c, "block_size"), blocks[] = {size, size};
  hr_dx(c, 0,
        hr_call_one(c->scope, op, NULL, HR_OPERANDS(hr_dy(c, 0), hr_operand_ints((hr_ints){2, blocks}), hr_x(c, 1)),
                    HR_NO_ATTRS));
  return HR_SUCCESS;
}
hr_status hr_gradient_space_to_batch(hr_gradient_context *c) { return turn_images(c, "BatchToSpaceND"); }
hr_status hr_gradient_batch_to_space(hr_gradient_context *c) { return turn_images(c, "SpaceToBatchND"); }

hr_status hr_gradient_space_to_batch_nd(hr_gradient_context *c) {
  hr_dx(c, 0, hr_batch_to_space_nd(c->scope, hr_dy(c, 0), hr_x(c, 1), hr_x(c, 2)));
  return HR_SUCCESS;
}
hr_status hr_gradient_batch_to_space_nd(hr_gradient_context *c) {
  hr_dx(c, 0, hr_space_to_batch_nd(c->scope, hr_dy(c, 0), hr_x(c, 1), hr_x(c, 2)));
  return HR_SUCCESS;
}

static hr_status turn_channels(hr_gradient_context *c, const char *op) {
  const char *format = hr_node_attr(c->node, "data_format")->s;
  if (strcmp(format, "NCHW_VECT_C") == 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Cannot compute %s gradient with NCHW_VECT_C. NCHW_VECT_C requires qint8 data type.",
                    hr_node_op(c->node));
  hr_dx(c, 0,
        hr_call_one(c->scope, op, NULL, HR_OPERANDS(hr_dy(c, 0)),
                    HR_ATTRS({"block_size", HR_ATTR_INT_VALUE(hr_int_attr(c, "block_size"))},
                             {"data_format", HR_ATTR_STRING_VALUE(format)})));
  return HR_SUCCESS;
}
hr_status hr_gradient_space_to_depth(hr_gradient_context *c) { return turn_channels(c, "DepthToSpace"); }
hr_status hr_gradient_depth_to_space(hr_gradient_context *c) { return turn_channels(c, "SpaceToDepth"); }

hr_status hr_gradient_dilation_2d(hr_gradient_context *c) {
  hr_dx(c, 0, hr_windows(c, "Dilation2DBackpropInput", hr_x(c, 0), hr_x(c, 1), hr_dy(c, 0)));
  hr_dx(c, 1, hr_windows(c, "Dilation2DBackpropFilter", hr_x(c, 0), hr_x(c, 1), hr_dy(c, 0)));
  return HR_SUCCESS;
}
