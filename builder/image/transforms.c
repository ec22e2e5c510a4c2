/* tf.contrib.image: images turned by any angle, moved, and projected. */
#include "builder/image/image.h"

/* An image, images, or rows and columns of numbers, as images; the rank that it had. */
typedef struct ranked_images {
  hr_output images;
  int rank;
} ranked_images;

static ranked_images as_images(hr_scope s, hr_output x) {
  ranked_images r = {x, hr_scope_ok(s) ? hr_output_rank(x) : 4};
  if (!hr_scope_ok(s)) return r;
  hr_dtype dtype = hr_output_base_dtype(x);
  if (dtype != HR_UINT8 && dtype != HR_INT32 && dtype != HR_INT64 && dtype != HR_HALF && dtype != HR_FLOAT &&
      dtype != HR_DOUBLE)
    hr_refuse_type(s, "Invalid dtype %s.", hr_dtype_python_name(dtype));
  else if (r.rank < 0)
    hr_refuse_type(s, "image_or_images rank must be statically known");
  else if (r.rank == 2)
    r.images = hr_at(s, x, HR_NEW_AXIS, HR_ALL, HR_ALL, HR_NEW_AXIS);
  else if (r.rank == 3)
    r.images = hr_at(s, x, HR_NEW_AXIS, HR_ALL, HR_ALL, HR_ALL);
  else if (r.rank != 4)
    hr_refuse_type(s, "Images should have rank between 2 and 4.");
  return r;
}

static hr_output as_before(hr_scope s, const ranked_images *r, hr_output images) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (r->rank == 2) return hr_at(s, images, HR_INDEX(0), HR_ALL, HR_ALL, HR_INDEX(0));
  return r->rank == 3 ? hr_at(s, images, HR_INDEX(0), HR_ALL, HR_ALL, HR_ALL) : images;
}

/* A list of one where it is a single one: `rank` is that of a list. */
static hr_output as_list(hr_scope s, hr_output x, int rank, const char *what) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(x) < 0) return hr_refuse(s, "Cannot take the length of shape with unknown rank: %s", what);
  if (hr_output_rank(x) == rank - 1) return hr_at(s, x, HR_NEW_AXIS);
  if (hr_output_rank(x) != rank) return hr_refuse_type(s, "%s should have rank %d or %d.", what, rank - 1, rank);
  return x;
}

hr_output hr_image_transform_with(hr_scope scope, hr_operand images, hr_operand transforms,
                                  const hr_image_transform_options *options) {
  hr_image_transform_options o = options ? *options : (hr_image_transform_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "transform");
  hr_output x = hr_convert(s, images, HR_INVALID, "images");
  hr_output given = hr_convert(s, transforms, HR_FLOAT, "transforms");
  ranked_images ranked = as_images(s, x);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (!hr_operand_is_given(o.output_shape))
    o.output_shape = hr_operand_output(hr_at(s, hr_tf_shape(s, ranked.images), HR_SLICE(1, 3)));
  hr_output size = hr_convert(s, o.output_shape, HR_INT32, "output_shape");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape two;
  hr_status status = hr_partial_shape_merge(hr_output_shape(size), &HR_SHAPE(2), &two);
  hr_status_free(status);
  if (status) return hr_refuse(s, "output_shape must be a 1-D Tensor of 2 elements: new_height, new_width");
  hr_output list = as_list(s, given, 2, "Transforms");
  hr_output projected =
      hr_image_projective_transform_v2(s, ranked.images, list, size, o.interpolation ? o.interpolation : "NEAREST");
  return as_before(s, &ranked, projected);
}

/* ---- turning --------------------------------------------------------------------------------------------------- */

/* A side minus one: of a number a number. */
static hr_operand less_one(hr_scope s, hr_operand side) {
  if (side.kind == HR_OPERAND_FLOAT) return hr_operand_float(side.f - 1);
  return hr_size_minus(s, side, hr_operand_int(1));
}

/* x[:, tf.newaxis] */
static hr_output as_column(hr_scope s, hr_output x) { return hr_at(s, x, HR_ALL, HR_NEW_AXIS); }

hr_output hr_angles_to_projective_transforms_with(hr_scope scope, hr_operand angles, hr_operand image_height,
                                                  hr_operand image_width, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "angles_to_projective_transforms");
  hr_output a = as_list(s, hr_convert(s, angles, HR_FLOAT, "angles"), 1, "Angles");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  /* Half of what the far corner moves by. */
  hr_operand right = less_one(s, image_width);
  hr_output cosine = hr_cos(s, a);
  hr_output moved = hr_times(s, cosine, less_one(s, image_width));
  hr_output sine = hr_sin(s, a);
  moved = hr_minus(s, moved, hr_times(s, sine, less_one(s, image_height)));
  hr_output x_offset = hr_truediv(s, hr_minus(s, right, moved), 2.0);
  hr_operand below = less_one(s, image_height);
  sine = hr_sin(s, a);
  moved = hr_times(s, sine, less_one(s, image_width));
  cosine = hr_cos(s, a);
  moved = hr_plus(s, moved, hr_times(s, cosine, less_one(s, image_height)));
  hr_output y_offset = hr_truediv(s, hr_minus(s, below, moved), 2.0);
  hr_output count = hr_at(s, hr_tf_shape(s, a), HR_INDEX(0));
  hr_output columns[7];
  columns[0] = as_column(s, hr_cos(s, a));
  columns[1] = hr_neg(s, as_column(s, hr_sin(s, a)));
  columns[2] = as_column(s, x_offset);
  columns[3] = as_column(s, hr_sin(s, a));
  columns[4] = as_column(s, hr_cos(s, a));
  columns[5] = as_column(s, y_offset);
  columns[6] = hr_zeros(s, HR_OPERANDS(count, 2));
  return hr_tf_concat(s, ((hr_outputs){7, columns}), 1);
}

hr_output hr_rotate_images_with(hr_scope scope, hr_operand images, hr_operand angles,
                                const hr_rotate_images_options *options) {
  hr_rotate_images_options o = options ? *options : (hr_rotate_images_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "rotate");
  ranked_images ranked = as_images(s, hr_convert(s, images, HR_INVALID, NULL));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output sides[2];
  for (int i = 0; i < 2; ++i) {
    hr_output side = hr_at(s, hr_tf_shape(s, ranked.images), HR_INDEX(1 + i));
    sides[i] = hr_at(s, hr_tf_cast(s, side, HR_FLOAT), HR_NEW_AXIS);
  }
  hr_output transforms = hr_angles_to_projective_transforms(s, angles, sides[0], sides[1]);
  hr_output turned = hr_image_transform(s, ranked.images, transforms, .interpolation = o.interpolation);
  return as_before(s, &ranked, turned);
}

/* ---- moving ---------------------------------------------------------------------------------------------------- */

hr_output hr_translations_to_projective_transforms_with(hr_scope scope, hr_operand translations,
                                                        const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "translations_to_projective_transforms");
  hr_output t = hr_convert(s, translations, HR_FLOAT, "translations");
  if (hr_scope_ok(s) && hr_output_rank(t) < 0)
    return hr_refuse_type(s, "translation_or_translations rank must be statically known");
  t = as_list(s, t, 2, "Translations");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output count = hr_at(s, hr_tf_shape(s, t), HR_INDEX(0)), columns[7];
  columns[0] = hr_ones(s, HR_OPERANDS(count, 1));
  columns[1] = hr_zeros(s, HR_OPERANDS(count, 1));
  columns[2] = hr_neg(s, hr_at(s, t, HR_ALL, HR_INDEX(0), HR_NEW_AXIS));
  columns[3] = hr_zeros(s, HR_OPERANDS(count, 1));
  columns[4] = hr_ones(s, HR_OPERANDS(count, 1));
  columns[5] = hr_neg(s, hr_at(s, t, HR_ALL, HR_INDEX(1), HR_NEW_AXIS));
  columns[6] = hr_zeros(s, HR_OPERANDS(count, 2));
  return hr_tf_concat(s, ((hr_outputs){7, columns}), 1);
}

hr_output hr_translate_images_with(hr_scope scope, hr_operand images, hr_operand translations,
                                   const hr_rotate_images_options *options) {
  hr_rotate_images_options o = options ? *options : (hr_rotate_images_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "translate");
  hr_output transforms = hr_translations_to_projective_transforms(s, translations);
  return hr_image_transform(s, images, transforms, .interpolation = o.interpolation);
}

/* ---- matrices -------------------------------------------------------------------------------------------------- */

hr_output hr_flat_transforms_to_matrices_with(hr_scope scope, hr_operand transforms, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "flat_transforms_to_matrices");
  hr_output flat = hr_convert(s, transforms, HR_INVALID, "transforms");
  flat = hr_reshape(s, flat, hr_i32_vector(s, 2, (int32_t[]){-1, 8}, "Const"));
  hr_output count = hr_at(s, hr_tf_shape(s, flat), HR_INDEX(0));
  hr_output ones = hr_ones(s, HR_OPERANDS(count, 1));
  hr_output whole = hr_tf_concat(s, HR_OPERANDS(flat, ones), 1);
  return hr_reshape(s, whole, hr_i32_vector(s, 3, (int32_t[]){-1, 3, 3}, "Const"));
}

hr_output hr_matrices_to_flat_transforms_with(hr_scope scope, hr_operand transform_matrices,
                                              const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "matrices_to_flat_transforms");
  hr_output matrices = hr_convert(s, transform_matrices, HR_INVALID, "transform_matrices");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  if (hr_output_rank(matrices) != 2 && hr_output_rank(matrices) != 3) {
    char text[HR_SHAPE_TEXT];
    return hr_refuse(s, "Matrices should be 2D or 3D, got: %s:%d, of shape %s", hr_node_name(matrices.node),
                     matrices.index, hr_partial_shape_text(hr_output_shape(matrices), text));
  }
  hr_output flat = hr_reshape(s, matrices, hr_i32_vector(s, 2, (int32_t[]){-1, 9}, "Const"));
  flat = hr_truediv(s, flat, hr_at(s, flat, HR_ALL, HR_SLICE(8, 9)));
  return hr_at(s, flat, HR_ALL, HR_SLICE(HR_OPEN, 8));
}

hr_output hr_compose_transforms_with(hr_scope scope, hr_operands transforms, const hr_op_options *options) {
  if (transforms.count == 0) return hr_refuse(scope, "transforms cannot be empty");
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "compose_transforms");
  hr_output composed = hr_flat_transforms_to_matrices(s, hr_operands_at(transforms, 0));
  for (int32_t i = 1; i < transforms.count; ++i)
    composed = hr_tf_matmul(s, composed, hr_flat_transforms_to_matrices(s, hr_operands_at(transforms, i)));
  return hr_matrices_to_flat_transforms(s, composed);
}
