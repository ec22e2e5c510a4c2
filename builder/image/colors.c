/* Brightness, contrast and colors. */
#include "builder/image/image.h"
#include "headrace/linalg.h"

/* ---- numbers of other types ------------------------------------------------------------------------------------ */

/* The largest number of an integer type, as the scale of its pixels. */
static double largest_of(hr_dtype dtype) {
  switch (dtype) {
  case HR_INT8: return INT8_MAX;
  case HR_UINT8: return UINT8_MAX;
  case HR_INT16: return INT16_MAX;
  case HR_UINT16: return UINT16_MAX;
  case HR_INT32: return INT32_MAX;
  case HR_UINT32: return UINT32_MAX;
  case HR_INT64: return (double)INT64_MAX;
  default: return (double)UINT64_MAX;
  }
}

/* (largest + 1) of two integer types, one over the other: both are powers of two. */
static int64_t ratio_of(hr_dtype large, hr_dtype small) {
  int bits = (int)(hr_dtype_size(large) - hr_dtype_size(small)) * 8;
  bool large_signed = large == HR_INT8 || large == HR_INT16 || large == HR_INT32 || large == HR_INT64;
  bool small_signed = small == HR_INT8 || small == HR_INT16 || small == HR_INT32 || small == HR_INT64;
  return INT64_C(1) << (bits - large_signed + small_signed);
}

static hr_output cast_to(hr_scope s, hr_output x, hr_dtype dtype, bool saturate, const char *name) {
  return saturate ? hr_saturate_cast(s, x, dtype, .name = name) : hr_tf_cast(s, x, dtype, .name = name);
}

static hr_output integers_of_integers(hr_scope s, hr_output x, hr_dtype dtype, bool saturate) {
  hr_dtype from = hr_output_base_dtype(x);
  if (largest_of(from) > largest_of(dtype)) {
    hr_output scaled = hr_tf_div(s, x, ratio_of(from, dtype));
    return cast_to(s, scaled, dtype, saturate, hr_scope_name(s));
  }
  hr_output cast = cast_to(s, x, dtype, saturate, NULL);
  return hr_binary(s, "Mul", cast, ratio_of(dtype, from), .name = hr_scope_name(s));
}

hr_output hr_convert_image_dtype_with(hr_scope scope, hr_operand image, hr_dtype dtype,
                                      const hr_convert_image_dtype_options *options) {
  hr_convert_image_dtype_options o = options ? *options : (hr_convert_image_dtype_options){0};
  hr_output x = hr_convert(scope, image, HR_INVALID, "image");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_dtype from = hr_output_base_dtype(x);
  if (!hr_dtype_is_floating(dtype) && !hr_dtype_is_integer(dtype))
    return hr_refuse(scope, "dtype must be either floating point or integer");
  if (from == dtype) return hr_identity(scope, x, .name = o.name);
  hr_scope s = hr_name_scope_or(scope, o.name, "convert_image");
  bool of_integers = hr_dtype_is_integer(from);
  if (of_integers && hr_dtype_is_integer(dtype)) return integers_of_integers(s, x, dtype, o.saturate);
  if (hr_dtype_is_floating(from) && hr_dtype_is_floating(dtype))
    return hr_tf_cast(s, x, dtype, .name = hr_scope_name(s));
  if (of_integers) {
    hr_output cast = hr_tf_cast(s, x, dtype);
    return hr_binary(s, "Mul", cast, 1.0 / largest_of(from), .name = hr_scope_name(s));
  }
  /* Of fractions, the half is cut off; other dtypes cannot be multiplied. */
  hr_output scaled = hr_binary(s, "Mul", x, largest_of(dtype) + 0.5);
  return cast_to(s, scaled, dtype, o.saturate, hr_scope_name(s));
}

hr_output hr_float_images(hr_scope scope, hr_output images) {
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(images);
  return dtype == HR_FLOAT || dtype == HR_HALF ? images : hr_convert_image_dtype(scope, images, HR_FLOAT);
}

/* The result in the dtype of what it was made of. */
static hr_output as_before(hr_scope s, hr_output images, hr_output adjusted, bool saturate) {
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  return hr_convert_image_dtype(s, adjusted, hr_output_base_dtype(images), .saturate = saturate);
}

/* ---- adjustments ----------------------------------------------------------------------------------------------- */

hr_output hr_adjust_brightness_with(hr_scope scope, hr_operand image, hr_operand delta, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "adjust_brightness");
  hr_output x = hr_convert(s, image, HR_INVALID, "image"), floats = hr_float_images(s, x);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output change = hr_tf_cast(s, delta, hr_output_base_dtype(floats));
  return as_before(s, x, hr_add(s, floats, change, .name = hr_scope_name(s)), true);
}

hr_output hr_adjust_contrast_with(hr_scope scope, hr_operand images, hr_operand contrast_factor,
                                  const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "adjust_contrast");
  hr_output x = hr_convert(s, images, HR_INVALID, "images"), floats = hr_float_images(s, x);
  hr_output adjusted =
      hr_call_one(s, "AdjustContrastv2", hr_scope_name(s), HR_OPERANDS(floats, contrast_factor), HR_NO_ATTRS);
  return as_before(s, x, adjusted, true);
}

hr_output hr_adjust_gamma_with(hr_scope scope, hr_operand image, const hr_adjust_gamma_options *options) {
  hr_adjust_gamma_options o = options ? *options : (hr_adjust_gamma_options){HR_ADJUST_GAMMA_DEFAULTS};
  hr_scope s = hr_name_scope_or(scope, o.name, "adjust_gamma");
  hr_output x = hr_convert(s, image, HR_INVALID, "image"), floats = hr_float_images(s, x);
  static const char message[] = "Gamma should be a non-negative real number.";
  if ((o.gamma.kind == HR_OPERAND_FLOAT && o.gamma.f < 0) || (hr_is_number(o.gamma) && o.gamma.i < 0))
    return hr_refuse(s, "%s", message);
  if (hr_operand_is_in_graph(o.gamma)) {
    hr_output gamma = hr_convert(s, o.gamma, HR_INVALID, "gamma");
    hr_image_checks checks = {0};
    hr_add_check(&checks, hr_tf_assert(s, hr_binary(s, "GreaterEqual", gamma, 0), HR_OPERANDS(message)));
    if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
    o.gamma = hr_operand_output(hr_after_checks(s, &checks, gamma));
  }
  hr_output adjusted = hr_times(s, o.gain, hr_power(s, floats, o.gamma));
  return as_before(s, x, adjusted, true);
}

hr_output hr_tf_adjust_hue_with(hr_scope scope, hr_operand image, hr_operand delta, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "adjust_hue");
  hr_output x = hr_convert(s, image, HR_INVALID, "image"), floats = hr_float_images(s, x);
  return as_before(s, x, hr_call_one(s, "AdjustHue", NULL, HR_OPERANDS(floats, delta), HR_NO_ATTRS), false);
}

hr_output hr_tf_adjust_saturation_with(hr_scope scope, hr_operand image, hr_operand saturation_factor,
                                       const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "adjust_saturation");
  hr_output x = hr_convert(s, image, HR_INVALID, "image"), floats = hr_float_images(s, x);
  hr_output adjusted = hr_call_one(s, "AdjustSaturation", NULL, HR_OPERANDS(floats, saturation_factor), HR_NO_ATTRS);
  return as_before(s, x, adjusted, false);
}

/* ---- by chance ------------------------------------------------------------------------------------------------- */

/* A number between the two. */
static hr_output between(hr_scope s, double low, double high, const hr_seed_options *options) {
  return hr_tf_random_uniform(s, HR_SHAPE(), .minval = hr_operand_float(low), .maxval = hr_operand_float(high),
                              .seed = options ? options->seed : HR_NO_SEED);
}
static const char *name_of(const hr_seed_options *options) { return options ? options->name : NULL; }

hr_output hr_random_brightness_with(hr_scope scope, hr_operand image, double max_delta,
                                    const hr_seed_options *options) {
  if (max_delta < 0) return hr_refuse(scope, "max_delta must be non-negative.");
  hr_output delta = between(scope, -max_delta, max_delta, options);
  return hr_adjust_brightness(scope, image, delta, .name = name_of(options));
}

hr_output hr_random_hue_with(hr_scope scope, hr_operand image, double max_delta, const hr_seed_options *options) {
  if (max_delta > 0.5) return hr_refuse(scope, "max_delta must be <= 0.5.");
  if (max_delta < 0) return hr_refuse(scope, "max_delta must be non-negative.");
  hr_output delta = between(scope, -max_delta, max_delta, options);
  return hr_tf_adjust_hue(scope, image, delta, .name = name_of(options));
}

static bool check_limits(hr_scope scope, double lower, double upper) {
  if (upper <= lower) hr_refuse(scope, "upper must be > lower.");
  if (lower < 0) hr_refuse(scope, "lower must be non-negative.");
  return hr_scope_ok(scope);
}

hr_output hr_random_contrast_with(hr_scope scope, hr_operand image, double lower, double upper,
                                  const hr_seed_options *options) {
  if (!check_limits(scope, lower, upper)) return HR_NO_OUTPUT;
  hr_output factor = between(scope, lower, upper, options);
  return hr_adjust_contrast(scope, image, factor, .name = name_of(options));
}

hr_output hr_random_saturation_with(hr_scope scope, hr_operand image, double lower, double upper,
                                    const hr_seed_options *options) {
  if (!check_limits(scope, lower, upper)) return HR_NO_OUTPUT;
  hr_output factor = between(scope, lower, upper, options);
  return hr_tf_adjust_saturation(scope, image, factor, .name = name_of(options));
}

/* ---- gray ------------------------------------------------------------------------------------------------------ */

/* A constant matrix of doubles, as a value without a dtype. */
static hr_output weigh_channels(hr_scope s, hr_output images, int rows, int columns, const double *weights,
                                const hr_operand *axes, const char *name) {
  hr_tensor values;
  int64_t dims[2] = {rows, columns};
  hr_status status = hr_tensor_from(HR_DOUBLE, columns ? 2 : 1, dims, weights, &values);
  if (status) {
    hr_scope_fail(s, status);
    return HR_NO_OUTPUT;
  }
  hr_operand matrix = hr_operand_values(&values);
  if (columns) matrix = hr_operand_output(hr_convert(s, matrix, hr_output_base_dtype(images), "kernel"));
  hr_output product = hr_tensordot(s, images, matrix, hr_operand_items(2, axes), .name = name);
  hr_tensor_clear(&values);
  return product;
}

hr_output hr_rgb_to_grayscale_with(hr_scope scope, hr_operand images, const hr_op_options *options) {
  static const double weights[3] = {0.2989, 0.5870, 0.1140};
  const hr_operand axes[2] = {hr_operand_int(-1), hr_operand_int(-1)};
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "rgb_to_grayscale");
  hr_output x = hr_convert(s, images, HR_INVALID, "images");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output floats = hr_convert_image_dtype(s, x, HR_FLOAT);
  hr_output gray = hr_tf_expand_dims(s, weigh_channels(s, floats, 3, 0, weights, axes, NULL), -1);
  return hr_scope_ok(s) ? hr_convert_image_dtype(s, gray, hr_output_base_dtype(x), .name = hr_scope_name(s))
                        : HR_NO_OUTPUT;
}

/* Refuses images that have not one channel; adds what a run must check. */
static void check_gray(hr_scope s, hr_output images, hr_image_checks *checks) {
  const hr_partial_shape *shape = hr_output_shape(images);
  static const char size[] = "Last dimension of a grayscale image should be size 1.";
  static const char rank[] = "A grayscale image must be at least two-dimensional.";
  if (shape->rank >= 0 && shape->rank < 2) hr_refuse(s, "%s", rank);
  if (!hr_scope_ok(s)) return;
  if (hr_partial_shape_is_full(shape)) {
    if (shape->dims[shape->rank - 1] != 1) hr_refuse(s, "%s", size);
    return;
  }
  hr_output channels = hr_at(s, hr_tf_shape(s, images), HR_INDEX(-1));
  hr_add_check(checks, hr_assert_equal(s, channels, 1, .message = size));
  hr_add_check(checks, hr_assert_greater_equal(s, hr_tf_rank(s, images), 3, .message = rank));
}

hr_output hr_grayscale_to_rgb_with(hr_scope scope, hr_operand images, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "grayscale_to_rgb");
  hr_output x = hr_convert(s, images, HR_INVALID, "images");
  hr_image_checks checks = {0};
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  check_gray(s, x, &checks);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  x = hr_after_checks(s, &checks, x);
  hr_output before = hr_tf_expand_dims(s, hr_minus(s, hr_tf_rank(s, x), 1), 0);
  hr_output ones = hr_ones(s, before, .dtype = HR_INT32);
  hr_output three = hr_tf_expand_dims(s, 3, 0);
  hr_output multiples = hr_tf_concat(s, HR_OPERANDS(ones, three), 0);
  hr_output rgb = hr_tile(s, x, multiples, .name = hr_scope_name(s));
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_partial_shape shape = *hr_output_shape(x);
  if (shape.rank > 0) shape.dims[shape.rank - 1] = 3;
  hr_set_image_shape(s, rgb, shape);
  return rgb;
}

/* ---- color spaces of television -------------------------------------------------------------------------------- */

static const double rgb_to_yiq[9] = {0.299,       0.59590059, 0.2115,      0.587,     -0.27455667,
                                     -0.52273617, 0.114,      -0.32134392, 0.31119955};
static const double yiq_to_rgb[9] = {1, 1, 1, 0.95598634, -0.27201283, -1.10674021, 0.6208248, -0.64720424, 1.70423049};
static const double rgb_to_yuv[9] = {0.299,       -0.14714119, 0.61497538, 0.587,      -0.28886916,
                                     -0.51496512, 0.114,       0.43601035, -0.10001026};
static const double yuv_to_rgb[9] = {1, 1, 1, 0, -0.394642334, 2.03206185, 1.13988303, -0.58062185, 0};

static hr_output change_space(hr_scope scope, hr_operand images, const double *matrix, const hr_op_options *options) {
  hr_output x = hr_convert(scope, images, HR_INVALID, "images");
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int rank = hr_output_rank(x);
  if (rank < 1) return hr_refuse(scope, "The images must have a known rank, and channels");
  hr_operand last = hr_operand_int(rank - 1), first = hr_operand_int(0);
  hr_operand axes[2] = {hr_operand_items(1, &last), hr_operand_items(1, &first)};
  return weigh_channels(scope, x, 3, 3, matrix, axes, options ? options->name : NULL);
}

hr_output hr_rgb_to_yiq_with(hr_scope scope, hr_operand images, const hr_op_options *options) {
  return change_space(scope, images, rgb_to_yiq, options);
}
hr_output hr_yiq_to_rgb_with(hr_scope scope, hr_operand images, const hr_op_options *options) {
  return change_space(scope, images, yiq_to_rgb, options);
}
hr_output hr_rgb_to_yuv_with(hr_scope scope, hr_operand images, const hr_op_options *options) {
  return change_space(scope, images, rgb_to_yuv, options);
}
hr_output hr_yuv_to_rgb_with(hr_scope scope, hr_operand images, const hr_op_options *options) {
  return change_space(scope, images, yuv_to_rgb, options);
}
