/* tf.image.resize_images and what is made of it. */
#include "builder/image/image.h"

/* The op of each method. */
static hr_output resize_by(hr_scope s, hr_output images, hr_output size, hr_resize_method method, bool align_corners) {
  switch (method) {
  case HR_RESIZE_BILINEAR: return hr_resize_bilinear(s, images, size, .align_corners = align_corners);
  case HR_RESIZE_NEAREST_NEIGHBOR: return hr_resize_nearest_neighbor(s, images, size, .align_corners = align_corners);
  case HR_RESIZE_BICUBIC: return hr_resize_bicubic(s, images, size, .align_corners = align_corners);
  case HR_RESIZE_AREA: return hr_resize_area(s, images, size, .align_corners = align_corners);
  default: return hr_refuse(s, "Resize method is not implemented: %d", (int)method);
  }
}

/* The two sizes as far as they are known while building. */
static hr_partial_shape known_size(hr_scope s, hr_output size) {
  hr_partial_shape shape = HR_SHAPE(-1, -1), known;
  if (!hr_scope_ok(s)) return shape;
  hr_status status = hr_constant_value_as_shape(size, &known);
  if (status)
    hr_scope_fail(s, status);
  else if (known.rank == 2)
    shape = known;
  return shape;
}

/* The new size that keeps the proportions: the largest inside of `size`, which must be known. */
static hr_output proportional_size(hr_scope s, hr_output images, const hr_partial_shape *size) {
  hr_image_sizes sizes = hr_image_sizes_of(s, images, 4);
  if (size->dims[0] < 0 || size->dims[1] < 0)
    return hr_refuse(s, "'size' must be known while building where the aspect ratio is preserved");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output scales[2];
  for (int i = 0; i < 2; ++i) {
    hr_output wanted = hr_tf_cast(s, size->dims[i], HR_FLOAT);
    scales[i] = hr_truediv(s, wanted, hr_tf_cast(s, sizes.of[1 + i], HR_FLOAT));
  }
  hr_output scale = hr_binary(s, "Minimum", scales[0], scales[1]);
  hr_operand scaled[2];
  for (int i = 0; i < 2; ++i) {
    hr_output side = hr_times(s, scale, hr_tf_cast(s, sizes.of[1 + i], HR_FLOAT));
    scaled[i] = hr_operand_output(hr_tf_cast(s, hr_tf_round(s, side), HR_INT32));
  }
  return hr_convert(s, hr_operand_items(2, scaled), HR_INT32, "size");
}

hr_output hr_resize_images_with(hr_scope scope, hr_operand images, hr_operand size,
                                const hr_resize_images_options *options) {
  hr_resize_images_options o = options ? *options : (hr_resize_images_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "resize");
  hr_output x = hr_convert(s, images, HR_INVALID, "images");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(x) < 0) return hr_refuse(s, "'images' contains no shape.");
  if (hr_output_rank(x) != 3 && hr_output_rank(x) != 4)
    return hr_refuse(s, "'images' must have either 3 or 4 dimensions.");
  hr_image_batch batch = hr_image_batch_of(s, x);
  hr_output wanted = hr_convert(s, size, HR_INT32, "size");
  if (!hr_scope_ok(s)) {
    hr_status_free(hr_builder_status(s.builder));
    return hr_refuse(s, "'size' must be a 1-D int32 Tensor");
  }
  hr_partial_shape two;
  hr_status status = hr_partial_shape_merge(hr_output_shape(wanted), &HR_SHAPE(2), &two);
  hr_status_free(status);
  if (status) return hr_refuse(s, "'size' must be a 1-D Tensor of 2 elements: new_height, new_width");
  hr_partial_shape known = known_size(s, wanted);
  if (o.preserve_aspect_ratio) {
    wanted = proportional_size(s, batch.images, &known);
    known = known_size(s, wanted);
  }
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(batch.images);
  bool is_same =
      known.dims[0] >= 0 && known.dims[1] >= 0 && known.dims[0] == shape->dims[1] && known.dims[1] == shape->dims[2];
  if (is_same) return hr_unbatch(s, &batch, batch.images);
  hr_output resized = resize_by(s, batch.images, wanted, o.method, o.align_corners);
  hr_set_image_shape(s, resized, HR_SHAPE(-1, known.dims[0], known.dims[1], -1));
  return hr_scope_ok(s) ? hr_unbatch(s, &batch, resized) : HR_NO_OUTPUT;
}

/* ---- with a border --------------------------------------------------------------------------------------------- */

/* One direction: doubles but for the first two. */
typedef struct letterbox {
  hr_operand size, target;
  hr_output side, target_side, resized, padding;
} letterbox;

hr_output hr_resize_image_with_pad_with(hr_scope scope, hr_operand image, hr_operand target_height,
                                        hr_operand target_width, const hr_resize_images_options *options) {
  hr_resize_images_options o = options ? *options : (hr_resize_images_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "resize_image_with_pad");
  hr_image_batch batch = hr_image_batch_of(s, hr_convert(s, image, HR_INVALID, "image"));
  hr_image_checks checks = {0};
  hr_check_at_least_3d(s, batch.images, &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  letterbox y = {.target = hr_size_of(s, target_height)}, x = {.target = hr_size_of(s, target_width)};
  hr_check_sizes(s, x.target, ">", hr_operand_int(0), "target_width must be > 0.", &checks);
  hr_check_sizes(s, y.target, ">", hr_operand_int(0), "target_height must be > 0.", &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output images = hr_after_checks(s, &checks, batch.images);
  hr_image_sizes sizes = hr_image_sizes_of(s, images, 4);
  y.size = sizes.of[1];
  x.size = sizes.of[2];
  y.side = hr_tf_cast(s, y.size, HR_DOUBLE);
  x.side = hr_tf_cast(s, x.size, HR_DOUBLE);
  y.target_side = hr_tf_cast(s, y.target, HR_DOUBLE);
  x.target_side = hr_tf_cast(s, x.target, HR_DOUBLE);
  hr_output by_width = hr_truediv(s, x.side, x.target_side);
  hr_output ratio = hr_binary(s, "Maximum", by_width, hr_truediv(s, y.side, y.target_side));
  y.resized = hr_truediv(s, y.side, ratio);
  x.resized = hr_truediv(s, x.side, ratio);
  hr_operand size[2];
  size[0] = hr_operand_output(hr_tf_cast(s, hr_floor(s, y.resized), HR_INT32));
  size[1] = hr_operand_output(hr_tf_cast(s, hr_floor(s, x.resized), HR_INT32));
  letterbox *both[2] = {&y, &x};
  for (int i = 0; i < 2; ++i)
    both[i]->padding = hr_truediv(s, hr_minus(s, both[i]->target_side, both[i]->resized), 2);
  for (int i = 0; i < 2; ++i)
    both[i]->padding = hr_floor(s, both[i]->padding);
  for (int i = 0; i < 2; ++i)
    both[i]->padding = hr_binary(s, "Maximum", 0, hr_tf_cast(s, both[i]->padding, HR_INT32));
  hr_output resized =
      hr_resize_images(s, images, hr_operand_items(2, size), .method = o.method, .align_corners = o.align_corners);
  hr_output padded = hr_pad_to_bounding_box(s, resized, y.padding, x.padding, y.target, x.target);
  hr_image_sizes_of(s, padded, 4); /* which nothing reads, as in TensorFlow */
  return hr_scope_ok(s) ? hr_unbatch(s, &batch, padded) : HR_NO_OUTPUT;
}
