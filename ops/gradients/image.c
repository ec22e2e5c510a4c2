/* Gradients of ops on images. */
#include "headrace/image.h"
#include "ops/gradients/gradient.h"

static bool is_half_pixel(const hr_gradient_context *c) { return hr_bool_attr(c, "half_pixel_centers"); }

hr_status hr_gradient_resize_bilinear(hr_gradient_context *c) {
  hr_dx(c, 0,
        hr_resize_bilinear_grad(c->scope, hr_dy(c, 0), hr_x(c, 0), .align_corners = hr_bool_attr(c, "align_corners"),
                                .half_pixel_centers = is_half_pixel(c)));
  return HR_SUCCESS;
}

/* Images of integers have none. */
hr_status hr_gradient_resize_bicubic(hr_gradient_context *c) {
  hr_dtype dtype = hr_output_base_dtype(hr_x(c, 0));
  if (dtype == HR_FLOAT || dtype == HR_DOUBLE)
    hr_dx(c, 0,
          hr_resize_bicubic_grad(c->scope, hr_dy(c, 0), hr_x(c, 0), .align_corners = hr_bool_attr(c, "align_corners"),
                                 .half_pixel_centers = is_half_pixel(c)));
  return HR_SUCCESS;
}

hr_status hr_gradient_resize_nearest_neighbor(hr_gradient_context *c) {
  hr_scope s = c->scope;
  const hr_partial_shape *shape = hr_output_shape(hr_x(c, 0));
  hr_operand size;
  if (shape->rank == 4 && shape->dims[1] >= 0 && shape->dims[2] >= 0)
    size = hr_operand_ints((hr_ints){2, shape->dims + 1});
  else
    size = hr_operand_output(hr_at(s, hr_tf_shape(s, hr_x(c, 0)), HR_SLICE(1, 3)));
  hr_dx(c, 0,
        hr_call_one(s, "ResizeNearestNeighborGrad", NULL, HR_OPERANDS(hr_dy(c, 0), size),
                    HR_ATTRS({"align_corners", HR_ATTR_BOOL_VALUE(hr_bool_attr(c, "align_corners"))},
                             {"half_pixel_centers", HR_ATTR_BOOL_VALUE(is_half_pixel(c))})));
  return HR_SUCCESS;
}

/* The boxes' gradient is that of bilinear interpolation, whatever the method. */
hr_status hr_gradient_crop_and_resize(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output image = hr_x(c, 0), boxes = hr_x(c, 1), of_image = hr_x(c, 2), grad = hr_dy(c, 0);
  hr_dtype dtype = hr_output_base_dtype(image);
  const hr_partial_shape *shape = hr_output_shape(image);
  hr_operand size = hr_partial_shape_is_full(shape) ? hr_operand_ints((hr_ints){shape->rank, shape->dims})
                                                    : hr_operand_output(hr_tf_shape(s, image));
  if (dtype == HR_FLOAT || dtype == HR_DOUBLE || dtype == HR_HALF)
    hr_dx(c, 0,
          hr_call_one(s, "CropAndResizeGradImage", NULL, HR_OPERANDS(grad, boxes, of_image, size),
                      HR_ATTRS({"T", HR_ATTR_TYPE_VALUE(dtype)},
                               {"method", HR_ATTR_STRING_VALUE(hr_node_attr(c->node, "method")->s)})));
  hr_dx(c, 1, hr_crop_and_resize_grad_boxes(s, grad, image, boxes, of_image));
  return HR_SUCCESS;
}

/* The images' gradient is moved back, by the inverse of the transforms; transforms have none. */
hr_status hr_gradient_image_projective_transform(hr_gradient_context *c) {
  hr_scope s = c->scope;
  hr_output inverse = hr_matrix_inverse(s, hr_flat_transforms_to_matrices(s, hr_x(c, 1)));
  hr_output back = hr_matrices_to_flat_transforms(s, inverse);
  hr_output size = hr_at(s, hr_tf_shape(s, hr_x(c, 0)), HR_SLICE(1, 3));
  hr_dx(c, 0, hr_image_projective_transform_v2(s, hr_dy(c, 0), back, size, hr_node_attr(c->node, "interpolation")->s));
  return HR_SUCCESS;
}
