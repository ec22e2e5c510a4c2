/* Parts of images, and images with a border. */
#include "builder/image/image.h"

/* ---- the middle ------------------------------------------------------------------------------------------------ */

/* Where the middle part of a direction begins, and its size. */
typedef struct middle {
  hr_operand start, size;
} middle;

/* A size of the image: a number, or a part of its shape. */
static hr_operand size_at(hr_scope s, hr_output image, int dim) {
  int64_t size = hr_output_shape(image)->dims[dim];
  return size >= 0 ? hr_operand_int(size) : hr_operand_output(hr_at(s, hr_tf_shape(s, image), HR_INDEX(dim)));
}

static hr_operand middle_start(hr_scope s, hr_operand size, double fraction) {
  if (hr_is_number(size)) {
    double whole = (double)size.i;
    return hr_operand_int((int64_t)((whole - whole * fraction) / 2));
  }
  hr_output whole = hr_tf_cast(s, size, HR_DOUBLE);
  hr_output rest = hr_minus(s, whole, hr_times(s, whole, fraction));
  return hr_operand_output(hr_tf_cast(s, hr_truediv(s, rest, 2), HR_INT32));
}

hr_output hr_central_crop_with(hr_scope scope, hr_operand image, double central_fraction,
                               const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "central_crop");
  hr_output x = hr_convert(s, image, HR_INVALID, "image");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (!(central_fraction > 0 && central_fraction <= 1)) return hr_refuse(s, "central_fraction must be within (0, 1]");
  if (central_fraction == 1) return x;
  hr_image_checks checks = {0};
  hr_check_at_least_3d(s, x, &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_after_checks(s, &checks, x); /* which nothing reads, as in TensorFlow */
  int rank = hr_output_rank(x), first = rank - 3;
  if (rank != 3 && rank != 4)
    return hr_refuse(s, "`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = %d.", rank);
  middle parts[2];
  hr_operand sizes[2];
  for (int i = 0; i < 2; ++i)
    sizes[i] = size_at(s, x, first + i);
  for (int i = 0; i < 2; ++i)
    parts[i].start = middle_start(s, sizes[i], central_fraction);
  for (int i = 0; i < 2; ++i) {
    hr_operand border = hr_is_number(parts[i].start) ? hr_operand_int(parts[i].start.i * 2)
                                                     : hr_operand_output(hr_times(s, parts[i].start, 2));
    parts[i].size = hr_size_minus(s, sizes[i], border);
  }
  hr_operand begin[4], size[4];
  hr_partial_shape shape = *hr_output_shape(x);
  for (int i = 0; i < rank; ++i) {
    bool is_cut = i >= first && i < first + 2;
    begin[i] = is_cut ? parts[i - first].start : hr_operand_int(0);
    size[i] = is_cut ? parts[i - first].size : hr_operand_int(-1);
    if (is_cut) shape.dims[i] = hr_known_size(size[i]);
  }
  hr_output from = hr_stack(s, ((hr_operands){rank, begin, NULL})),
            count = hr_stack(s, ((hr_operands){rank, size, NULL}));
  hr_output result = hr_slice(s, x, from, count);
  hr_set_image_shape(s, result, shape);
  return result;
}

/* ---- boxes ----------------------------------------------------------------------------------------------------- */

/* The arguments of both functions of boxes, and the image as a batch of known sizes. */
typedef struct box {
  hr_operand top, left, height, width;
} box;

static box read_box(hr_scope s, hr_operand top, hr_operand left, hr_operand height, hr_operand width) {
  box b = {.top = hr_size_of(s, top)};
  b.left = hr_size_of(s, left);
  b.height = hr_size_of(s, height);
  b.width = hr_size_of(s, width);
  return b;
}

hr_output hr_pad_to_bounding_box_with(hr_scope scope, hr_operand image, hr_operand offset_height,
                                      hr_operand offset_width, hr_operand target_height, hr_operand target_width,
                                      const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "pad_to_bounding_box");
  hr_image_batch batch = hr_image_batch_of(s, hr_convert(s, image, HR_INVALID, "image"));
  hr_image_checks checks = {0};
  hr_operand zero = hr_operand_int(0);
  hr_check_at_least_3d(s, batch.images, &checks);
  hr_image_sizes sizes = hr_image_sizes_of(s, batch.images, 4);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  box b = read_box(s, offset_height, offset_width, target_height, target_width);
  hr_operand right = hr_size_minus(s, hr_size_minus(s, b.width, b.left), sizes.of[2]);
  hr_operand below = hr_size_minus(s, hr_size_minus(s, b.height, b.top), sizes.of[1]);
  hr_check_sizes(s, b.top, ">=", zero, "offset_height must be >= 0", &checks);
  hr_check_sizes(s, b.left, ">=", zero, "offset_width must be >= 0", &checks);
  hr_check_sizes(s, right, ">=", zero, "width must be <= target - offset", &checks);
  hr_check_sizes(s, below, ">=", zero, "height must be <= target - offset", &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output images = hr_after_checks(s, &checks, batch.images);
  hr_output border = hr_stack(s, HR_OPERANDS(0, 0, b.top, below, b.left, right, 0, 0));
  border = hr_tf_reshape(s, border, HR_SHAPE(4, 2));
  hr_output padded = hr_pad(s, images, border);
  hr_set_image_shape(s, padded,
                     HR_SHAPE(hr_known_size(sizes.of[0]), hr_known_size(b.height), hr_known_size(b.width),
                              hr_known_size(sizes.of[3])));
  return hr_unbatch(s, &batch, padded);
}

hr_output hr_crop_to_bounding_box_with(hr_scope scope, hr_operand image, hr_operand offset_height,
                                       hr_operand offset_width, hr_operand target_height, hr_operand target_width,
                                       const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "crop_to_bounding_box");
  hr_image_batch batch = hr_image_batch_of(s, hr_convert(s, image, HR_INVALID, "image"));
  hr_image_checks checks = {0};
  hr_operand zero = hr_operand_int(0);
  hr_check_at_least_3d(s, batch.images, &checks);
  hr_image_sizes sizes = hr_image_sizes_of(s, batch.images, 4);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  box b = read_box(s, offset_height, offset_width, target_height, target_width);
  hr_check_sizes(s, b.left, ">=", zero, "offset_width must be >= 0.", &checks);
  hr_check_sizes(s, b.top, ">=", zero, "offset_height must be >= 0.", &checks);
  hr_check_sizes(s, b.width, ">", zero, "target_width must be > 0.", &checks);
  hr_check_sizes(s, b.height, ">", zero, "target_height must be > 0.", &checks);
  hr_check_sizes(s, sizes.of[2], ">=", hr_size_plus(s, b.width, b.left), "width must be >= target + offset.", &checks);
  hr_check_sizes(s, sizes.of[1], ">=", hr_size_plus(s, b.height, b.top), "height must be >= target + offset.", &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output images = hr_after_checks(s, &checks, batch.images);
  hr_output begin = hr_stack(s, HR_OPERANDS(0, b.top, b.left, 0));
  hr_output size = hr_stack(s, HR_OPERANDS(-1, b.height, b.width, -1));
  hr_output cropped = hr_slice(s, images, begin, size);
  hr_set_image_shape(s, cropped,
                     HR_SHAPE(hr_known_size(sizes.of[0]), hr_known_size(b.height), hr_known_size(b.width),
                              hr_known_size(sizes.of[3])));
  return hr_unbatch(s, &batch, cropped);
}

/* ---- to a size ------------------------------------------------------------------------------------------------- */

/* How a direction gets from its size to the target: what is cut off, what is added, and the size between. */
typedef struct fitting {
  hr_operand cut, padding, between;
} fitting;

hr_output hr_resize_image_with_crop_or_pad_with(hr_scope scope, hr_operand image, hr_operand target_height,
                                                hr_operand target_width, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "resize_image_with_crop_or_pad");
  hr_image_batch batch = hr_image_batch_of(s, hr_convert(s, image, HR_INVALID, "image"));
  hr_image_checks checks = {0};
  hr_operand zero = hr_operand_int(0);
  hr_check_at_least_3d(s, batch.images, &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_operand height = hr_size_of(s, target_height), width = hr_size_of(s, target_width);
  hr_check_sizes(s, width, ">", zero, "target_width must be > 0.", &checks);
  hr_check_sizes(s, height, ">", zero, "target_height must be > 0.", &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output images = hr_after_checks(s, &checks, batch.images);
  if (!hr_is_number(height)) height = hr_operand_output(hr_after_checks(s, &checks, height.output));
  if (!hr_is_number(width)) width = hr_operand_output(hr_after_checks(s, &checks, width.output));
  hr_image_sizes sizes = hr_image_sizes_of(s, images, 4);
  hr_operand targets[2] = {height, width};
  fitting fit[2];
  for (int i = 2; i-- > 0;) { /* the width first */
    hr_operand difference = hr_size_minus(s, targets[i], sizes.of[1 + i]);
    fit[i].cut = hr_size_max(s, hr_size_floordiv(s, hr_size_negative(s, difference), 2), hr_operand_int(0));
    fit[i].padding = hr_size_max(s, hr_size_floordiv(s, difference, 2), hr_operand_int(0));
  }
  for (int i = 0; i < 2; ++i)
    fit[i].between = hr_size_min(s, targets[i], sizes.of[1 + i]);
  hr_output cropped = hr_crop_to_bounding_box(s, images, fit[0].cut, fit[1].cut, fit[0].between, fit[1].between);
  hr_output resized = hr_pad_to_bounding_box(s, cropped, fit[0].padding, fit[1].padding, height, width);
  sizes = hr_image_sizes_of(s, resized, 4);
  hr_image_checks last = {0};
  hr_check_sizes(s, sizes.of[1], "==", height, "resized height is not correct.", &last);
  hr_check_sizes(s, sizes.of[2], "==", width, "resized width is not correct.", &last);
  return hr_scope_ok(s) ? hr_unbatch(s, &batch, hr_after_checks(s, &last, resized)) : HR_NO_OUTPUT;
}
