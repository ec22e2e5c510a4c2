/* What tf.image's functions check of images and sizes. */
#include "builder/image/image.h"
#include "headrace/variables.h"

void hr_add_check(hr_image_checks *checks, hr_node *node) {
  if (node && checks->count < HR_MAX_IMAGE_CHECKS) checks->nodes[checks->count++] = node;
}

void hr_check_at_least_3d(hr_scope scope, hr_output image, hr_image_checks *checks) {
  if (!hr_scope_ok(scope)) return;
  const hr_partial_shape *shape = hr_output_shape(image);
  char text[HR_SHAPE_TEXT];
  if (shape->rank >= 0 && shape->rank < 3) {
    hr_refuse(scope, "'image' (shape %s) must be at least three-dimensional.", hr_partial_shape_text(shape, text));
    return;
  }
  for (int i = 0; i < shape->rank; ++i)
    if (shape->dims[i] == 0) {
      hr_refuse(scope, "all dims of 'image.shape' must be > 0: %s", hr_partial_shape_text(shape, text));
      return;
    }
  if (hr_partial_shape_is_full(shape)) return;
  static const char message[] = "all dims of 'image.shape' must be > 0.";
  hr_add_check(checks, hr_assert_positive(scope, hr_tf_shape(scope, image), .data = HR_OPERANDS(message)));
  hr_add_check(checks, hr_assert_greater_equal(scope, hr_tf_rank(scope, image), 3,
                                               .message = "'image' must be at least three-dimensional."));
}

/* Python asks the tensor where the first operand is a number: 5 >= x is x <= 5. */
static hr_output compare(hr_scope scope, hr_operand x, const char *comparison, hr_operand y) {
  if (strcmp(comparison, "==") == 0) return hr_binary(scope, "Equal", x, y);
  bool or_equal = strcmp(comparison, ">=") == 0;
  if (hr_is_number(x)) return hr_binary(scope, or_equal ? "LessEqual" : "Less", y, x);
  return hr_binary(scope, or_equal ? "GreaterEqual" : "Greater", x, y);
}

void hr_check_sizes(hr_scope scope, hr_operand x, const char *comparison, hr_operand y, const char *message,
                    hr_image_checks *checks) {
  if (!hr_scope_ok(scope)) return;
  if (!hr_is_number(x) || !hr_is_number(y)) {
    hr_add_check(checks, hr_tf_assert(scope, compare(scope, x, comparison, y), HR_OPERANDS(message)));
    return;
  }
  bool holds = x.i == y.i ? comparison[1] == '=' : comparison[0] == '>' && x.i > y.i;
  if (!holds) hr_refuse(scope, "%s", message);
}

hr_output hr_after_checks(hr_scope scope, const hr_image_checks *checks, hr_output output) {
  return hr_with_dependencies_with(scope, checks->count, checks->nodes, output, NULL);
}

hr_output hr_checked_image(hr_scope scope, hr_operand image) {
  hr_output x = hr_convert(scope, image, HR_INVALID, "image");
  hr_image_checks checks = {0};
  hr_check_at_least_3d(scope, x, &checks);
  return hr_scope_ok(scope) ? hr_after_checks(scope, &checks, x) : HR_NO_OUTPUT;
}

hr_image_batch hr_image_batch_of(hr_scope scope, hr_output image) {
  if (!hr_scope_ok(scope)) return (hr_image_batch){image, false};
  int rank = hr_output_rank(image);
  if (rank == 4) return (hr_image_batch){image, false};
  if (rank >= 0 && rank != 3) {
    hr_refuse(scope, "'image' must have either 3 or 4 dimensions, not %d.", rank);
    return (hr_image_batch){image, false};
  }
  hr_output images = hr_tf_expand_dims(scope, image, 0);
  if (rank < 0) hr_set_image_shape(scope, images, HR_SHAPE(-1, -1, -1, -1));
  return (hr_image_batch){images, true};
}

hr_output hr_unbatch(hr_scope scope, const hr_image_batch *batch, hr_output images) {
  return batch->was_image ? hr_tf_squeeze(scope, images, .axis = HR_AXES(0)) : images;
}

void hr_set_image_shape(hr_scope scope, hr_output image, hr_partial_shape shape) {
  if (!hr_scope_ok(scope)) return;
  hr_status status = hr_output_set_shape(image, &shape);
  if (status) hr_scope_fail(scope, status);
}
