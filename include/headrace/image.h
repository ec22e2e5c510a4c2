/* Images: what tf.image and tf.contrib.image build above single ops. Names follow the rule of math.h: tf.image.NAME is
 * hr_NAME, and hr_tf_NAME where the op itself has that wrapper. hr_resize_bilinear, hr_crop_and_resize, hr_rgb_to_hsv,
 * hr_decode_png and others are the ops.
 *
 * An image is [height, width, channels], a batch of images has a dimension in front. Sizes and offsets are numbers, or
 * scalar tensors: then what cannot be checked while building is checked by runs. Images of unknown rank count as one
 * image. InvalidArgument for images of other ranks or without pixels.
 */
#ifndef HEADRACE_IMAGE_H
#define HEADRACE_IMAGE_H

#include "headrace/math.h"
#include "headrace/ops.h"
#include <math.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- sizes ------------------------------------------------------------------------------------------------------- */

typedef enum hr_resize_method {
  HR_RESIZE_BILINEAR,
  HR_RESIZE_NEAREST_NEIGHBOR,
  HR_RESIZE_BICUBIC,
  HR_RESIZE_AREA,
} hr_resize_method;
typedef struct hr_resize_images_options {
  hr_resize_method method;
  bool align_corners;         /* the corner pixels keep their places */
  bool preserve_aspect_ratio; /* the largest size inside of `size` with the images' proportions */
  const char *name;
} hr_resize_images_options;
/* tf.image.resize_images, of TensorFlow 1: images of the size [height, width]; the images themselves where they are
 * known to have it. */
HR_API hr_output hr_resize_images_with(hr_scope scope, hr_operand images, hr_operand size,
                                       const hr_resize_images_options *options);
#define hr_resize_images(scope, images, size, ...)                                                                     \
  hr_resize_images_with((scope), HR_OPERAND(images), HR_OPERAND(size), &(hr_resize_images_options){__VA_ARGS__})
/* tf.image.resize_image_with_pad, of TensorFlow 1: scaled with its proportions into the middle of a black picture. */
HR_API hr_output hr_resize_image_with_pad_with(hr_scope scope, hr_operand image, hr_operand target_height,
                                               hr_operand target_width, const hr_resize_images_options *options);
#define hr_resize_image_with_pad(scope, image, target_height, target_width, ...)                                       \
  hr_resize_image_with_pad_with((scope), HR_OPERAND(image), HR_OPERAND(target_height), HR_OPERAND(target_width),       \
                                &(hr_resize_images_options){__VA_ARGS__})
/* tf.image.resize_image_with_crop_or_pad: cut off, or put into the middle of a black picture. */
HR_API hr_output hr_resize_image_with_crop_or_pad_with(hr_scope scope, hr_operand image, hr_operand target_height,
                                                       hr_operand target_width, const hr_op_options *options);
#define hr_resize_image_with_crop_or_pad(scope, image, target_height, target_width, ...)                               \
  hr_resize_image_with_crop_or_pad_with((scope), HR_OPERAND(image), HR_OPERAND(target_height),                         \
                                        HR_OPERAND(target_width), &(hr_op_options){__VA_ARGS__})
/* tf.image.central_crop: the middle part of so much of height and width. InvalidArgument for a fraction outside (0, 1].
 */
HR_API hr_output hr_central_crop_with(hr_scope scope, hr_operand image, double central_fraction,
                                      const hr_op_options *options);
#define hr_central_crop(scope, image, central_fraction, ...)                                                           \
  hr_central_crop_with((scope), HR_OPERAND(image), (central_fraction), &(hr_op_options){__VA_ARGS__})
/* tf.image.pad_to_bounding_box: the image at an offset in a black picture of the target size. InvalidArgument where it
 * does not fit. */
HR_API hr_output hr_pad_to_bounding_box_with(hr_scope scope, hr_operand image, hr_operand offset_height,
                                             hr_operand offset_width, hr_operand target_height, hr_operand target_width,
                                             const hr_op_options *options);
#define hr_pad_to_bounding_box(scope, image, offset_height, offset_width, target_height, target_width, ...)            \
  hr_pad_to_bounding_box_with((scope), HR_OPERAND(image), HR_OPERAND(offset_height), HR_OPERAND(offset_width),         \
                              HR_OPERAND(target_height), HR_OPERAND(target_width), &(hr_op_options){__VA_ARGS__})
/* tf.image.crop_to_bounding_box: the part of the target size at an offset. InvalidArgument where it is not inside. */
HR_API hr_output hr_crop_to_bounding_box_with(hr_scope scope, hr_operand image, hr_operand offset_height,
                                              hr_operand offset_width, hr_operand target_height,
                                              hr_operand target_width, const hr_op_options *options);
#define hr_crop_to_bounding_box(scope, image, offset_height, offset_width, target_height, target_width, ...)           \
  hr_crop_to_bounding_box_with((scope), HR_OPERAND(image), HR_OPERAND(offset_height), HR_OPERAND(offset_width),        \
                               HR_OPERAND(target_height), HR_OPERAND(target_width), &(hr_op_options){__VA_ARGS__})

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* tf.image.flip_left_right, tf.image.flip_up_down. */
HR_API hr_output hr_flip_left_right_with(hr_scope scope, hr_operand image, const hr_op_options *options);
#define hr_flip_left_right(scope, image, ...)                                                                          \
  hr_flip_left_right_with((scope), HR_OPERAND(image), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_flip_up_down_with(hr_scope scope, hr_operand image, const hr_op_options *options);
#define hr_flip_up_down(scope, image, ...)                                                                             \
  hr_flip_up_down_with((scope), HR_OPERAND(image), &(hr_op_options){__VA_ARGS__})
/* The same in half of all runs; of the images of a batch, each for itself. */
HR_API hr_output hr_random_flip_left_right_with(hr_scope scope, hr_operand image, const hr_seed_options *options);
#define hr_random_flip_left_right(scope, image, ...)                                                                   \
  HR_CALL_OP_(hr_seed_options, hr_random_flip_left_right_with((scope), HR_OPERAND(image), &hr_options_),               \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
HR_API hr_output hr_random_flip_up_down_with(hr_scope scope, hr_operand image, const hr_seed_options *options);
#define hr_random_flip_up_down(scope, image, ...)                                                                      \
  HR_CALL_OP_(hr_seed_options, hr_random_flip_up_down_with((scope), HR_OPERAND(image), &hr_options_),                  \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
typedef struct hr_rot90_options {
  hr_operand k; /* default 1 */
  const char *name;
} hr_rot90_options;
#define HR_ROT90_DEFAULTS .k = {HR_OPERAND_INT, {.i = 1}}
/* tf.image.rot90: turned counter-clockwise k times by 90 degrees. */
HR_API hr_output hr_rot90_with(hr_scope scope, hr_operand image, const hr_rot90_options *options);
#define hr_rot90(scope, image, ...)                                                                                    \
  HR_CALL_OP_(hr_rot90_options, hr_rot90_with((scope), HR_OPERAND(image), &hr_options_), HR_ROT90_DEFAULTS,            \
              ##__VA_ARGS__)
/* tf.image.transpose_image: height and width swapped. */
HR_API hr_output hr_transpose_image_with(hr_scope scope, hr_operand image, const hr_op_options *options);
#define hr_transpose_image(scope, image, ...)                                                                          \
  hr_transpose_image_with((scope), HR_OPERAND(image), &(hr_op_options){__VA_ARGS__})

/* ---- colors ------------------------------------------------------------------------------------------------------ */

typedef struct hr_convert_image_dtype_options {
  bool saturate; /* clip to what the dtype holds */
  const char *name;
} hr_convert_image_dtype_options;
/* tf.image.convert_image_dtype: pixels of integers go from 0 to the largest number, those of floats from 0 to 1.
 * InvalidArgument for other dtypes. */
HR_API hr_output hr_convert_image_dtype_with(hr_scope scope, hr_operand image, hr_dtype dtype,
                                             const hr_convert_image_dtype_options *options);
#define hr_convert_image_dtype(scope, image, dtype, ...)                                                               \
  hr_convert_image_dtype_with((scope), HR_OPERAND(image), (dtype), &(hr_convert_image_dtype_options){__VA_ARGS__})
/* tf.image.adjust_brightness: plus delta, as a number of floats. */
HR_API hr_output hr_adjust_brightness_with(hr_scope scope, hr_operand image, hr_operand delta,
                                           const hr_op_options *options);
#define hr_adjust_brightness(scope, image, delta, ...)                                                                 \
  hr_adjust_brightness_with((scope), HR_OPERAND(image), HR_OPERAND(delta), &(hr_op_options){__VA_ARGS__})
/* tf.image.adjust_contrast: the distance from each channel's mean, times the factor. */
HR_API hr_output hr_adjust_contrast_with(hr_scope scope, hr_operand images, hr_operand contrast_factor,
                                         const hr_op_options *options);
#define hr_adjust_contrast(scope, images, contrast_factor, ...)                                                        \
  hr_adjust_contrast_with((scope), HR_OPERAND(images), HR_OPERAND(contrast_factor), &(hr_op_options){__VA_ARGS__})
typedef struct hr_adjust_gamma_options {
  hr_operand gamma, gain; /* default 1; gain times the gamma-th power */
  const char *name;
} hr_adjust_gamma_options;
#define HR_ADJUST_GAMMA_DEFAULTS .gamma = {HR_OPERAND_INT, {.i = 1}}, .gain = {HR_OPERAND_INT, {.i = 1}}
/* tf.image.adjust_gamma. InvalidArgument for a negative gamma. */
HR_API hr_output hr_adjust_gamma_with(hr_scope scope, hr_operand image, const hr_adjust_gamma_options *options);
#define hr_adjust_gamma(scope, image, ...)                                                                             \
  HR_CALL_OP_(hr_adjust_gamma_options, hr_adjust_gamma_with((scope), HR_OPERAND(image), &hr_options_),                 \
              HR_ADJUST_GAMMA_DEFAULTS, ##__VA_ARGS__)
/* tf.image.adjust_hue, tf.image.adjust_saturation of RGB images of any dtype. */
HR_API hr_output hr_tf_adjust_hue_with(hr_scope scope, hr_operand image, hr_operand delta,
                                       const hr_op_options *options);
#define hr_tf_adjust_hue(scope, image, delta, ...)                                                                     \
  hr_tf_adjust_hue_with((scope), HR_OPERAND(image), HR_OPERAND(delta), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_tf_adjust_saturation_with(hr_scope scope, hr_operand image, hr_operand saturation_factor,
                                              const hr_op_options *options);
#define hr_tf_adjust_saturation(scope, image, saturation_factor, ...)                                                  \
  hr_tf_adjust_saturation_with((scope), HR_OPERAND(image), HR_OPERAND(saturation_factor), &(hr_op_options){__VA_ARGS__})
/* The same by random numbers: delta from -max_delta to max_delta, factors from lower to upper. InvalidArgument for
 * limits that are negative or in the wrong order, and for a hue of more than 0.5. */
HR_API hr_output hr_random_brightness_with(hr_scope scope, hr_operand image, double max_delta,
                                           const hr_seed_options *options);
#define hr_random_brightness(scope, image, max_delta, ...)                                                             \
  HR_CALL_OP_(hr_seed_options, hr_random_brightness_with((scope), HR_OPERAND(image), (max_delta), &hr_options_),       \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
HR_API hr_output hr_random_hue_with(hr_scope scope, hr_operand image, double max_delta, const hr_seed_options *options);
#define hr_random_hue(scope, image, max_delta, ...)                                                                    \
  HR_CALL_OP_(hr_seed_options, hr_random_hue_with((scope), HR_OPERAND(image), (max_delta), &hr_options_),              \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
HR_API hr_output hr_random_contrast_with(hr_scope scope, hr_operand image, double lower, double upper,
                                         const hr_seed_options *options);
#define hr_random_contrast(scope, image, lower, upper, ...)                                                            \
  HR_CALL_OP_(hr_seed_options, hr_random_contrast_with((scope), HR_OPERAND(image), (lower), (upper), &hr_options_),    \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
HR_API hr_output hr_random_saturation_with(hr_scope scope, hr_operand image, double lower, double upper,
                                           const hr_seed_options *options);
#define hr_random_saturation(scope, image, lower, upper, ...)                                                          \
  HR_CALL_OP_(hr_seed_options, hr_random_saturation_with((scope), HR_OPERAND(image), (lower), (upper), &hr_options_),  \
              .seed = HR_NO_SEED, ##__VA_ARGS__)
/* tf.image.rgb_to_grayscale, tf.image.grayscale_to_rgb (three times the same). */
HR_API hr_output hr_rgb_to_grayscale_with(hr_scope scope, hr_operand images, const hr_op_options *options);
#define hr_rgb_to_grayscale(scope, images, ...)                                                                        \
  hr_rgb_to_grayscale_with((scope), HR_OPERAND(images), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_grayscale_to_rgb_with(hr_scope scope, hr_operand images, const hr_op_options *options);
#define hr_grayscale_to_rgb(scope, images, ...)                                                                        \
  hr_grayscale_to_rgb_with((scope), HR_OPERAND(images), &(hr_op_options){__VA_ARGS__})
/* The color spaces of television. */
HR_API hr_output hr_rgb_to_yiq_with(hr_scope scope, hr_operand images, const hr_op_options *options);
#define hr_rgb_to_yiq(scope, images, ...) hr_rgb_to_yiq_with((scope), HR_OPERAND(images), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_yiq_to_rgb_with(hr_scope scope, hr_operand images, const hr_op_options *options);
#define hr_yiq_to_rgb(scope, images, ...) hr_yiq_to_rgb_with((scope), HR_OPERAND(images), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_rgb_to_yuv_with(hr_scope scope, hr_operand images, const hr_op_options *options);
#define hr_rgb_to_yuv(scope, images, ...) hr_rgb_to_yuv_with((scope), HR_OPERAND(images), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_yuv_to_rgb_with(hr_scope scope, hr_operand images, const hr_op_options *options);
#define hr_yuv_to_rgb(scope, images, ...) hr_yuv_to_rgb_with((scope), HR_OPERAND(images), &(hr_op_options){__VA_ARGS__})

/* ---- numbers about images ---------------------------------------------------------------------------------------- */

/* tf.image.per_image_standardization: mean 0, deviation 1. */
HR_API hr_output hr_per_image_standardization_with(hr_scope scope, hr_operand image, const hr_op_options *options);
#define hr_per_image_standardization(scope, image, ...)                                                                \
  hr_per_image_standardization_with((scope), HR_OPERAND(image), &(hr_op_options){__VA_ARGS__})
/* tf.image.total_variation: the sum of the differences of neighbours, of each image. */
HR_API hr_output hr_total_variation_with(hr_scope scope, hr_operand images, const hr_op_options *options);
#define hr_total_variation(scope, images, ...)                                                                         \
  hr_total_variation_with((scope), HR_OPERAND(images), &(hr_op_options){__VA_ARGS__})
/* tf.image.psnr: the peak signal-to-noise ratio of each pair of images, in dB. */
HR_API hr_output hr_psnr_with(hr_scope scope, hr_operand a, hr_operand b, hr_operand max_val,
                              const hr_op_options *options);
#define hr_psnr(scope, a, b, max_val, ...)                                                                             \
  hr_psnr_with((scope), HR_OPERAND(a), HR_OPERAND(b), HR_OPERAND(max_val), &(hr_op_options){__VA_ARGS__})
typedef struct hr_ssim_options {
  int32_t filter_size;         /* default 11: of the windows that are compared */
  double filter_sigma, k1, k2; /* defaults 1.5, 0.01, 0.03 */
} hr_ssim_options;
#define HR_SSIM_DEFAULTS .filter_size = 11, .filter_sigma = 1.5, .k1 = 0.01, .k2 = 0.03
/* tf.image.ssim: how alike pairs of images are, at most 1. InvalidArgument for shapes that cannot be compared. */
HR_API hr_output hr_ssim_with(hr_scope scope, hr_operand img1, hr_operand img2, hr_operand max_val,
                              const hr_ssim_options *options);
#define hr_ssim(scope, img1, img2, max_val, ...)                                                                       \
  HR_CALL_OP_(hr_ssim_options,                                                                                         \
              hr_ssim_with((scope), HR_OPERAND(img1), HR_OPERAND(img2), HR_OPERAND(max_val), &hr_options_),            \
              HR_SSIM_DEFAULTS, ##__VA_ARGS__)
typedef struct hr_ssim_multiscale_options {
  int32_t filter_size;
  double filter_sigma, k1, k2;
  hr_floats power_factors; /* the weight of each scale; none: five of them */
} hr_ssim_multiscale_options;
/* tf.image.ssim_multiscale: the same at several sizes of the images, each half of the one before. */
HR_API hr_output hr_ssim_multiscale_with(hr_scope scope, hr_operand img1, hr_operand img2, hr_operand max_val,
                                         const hr_ssim_multiscale_options *options);
#define hr_ssim_multiscale(scope, img1, img2, max_val, ...)                                                            \
  HR_CALL_OP_(hr_ssim_multiscale_options,                                                                              \
              hr_ssim_multiscale_with((scope), HR_OPERAND(img1), HR_OPERAND(img2), HR_OPERAND(max_val), &hr_options_), \
              HR_SSIM_DEFAULTS, ##__VA_ARGS__)
/* tf.image.sobel_edges of a batch: [..., 2], how much it changes downwards and along each row. */
HR_API hr_output hr_sobel_edges_with(hr_scope scope, hr_operand image);
#define hr_sobel_edges(scope, image) hr_sobel_edges_with((scope), HR_OPERAND(image))
typedef struct hr_image_gradients_outputs {
  hr_output dy, dx;
} hr_image_gradients_outputs;
/* tf.image.image_gradients of a batch: differences to the next row and column, 0 at the last. */
HR_API hr_image_gradients_outputs hr_image_gradients_with(hr_scope scope, hr_operand image,
                                                          const hr_op_options *options);
#define hr_image_gradients(scope, image, ...)                                                                          \
  hr_image_gradients_with((scope), HR_OPERAND(image), &(hr_op_options){__VA_ARGS__})

/* ---- boxes ------------------------------------------------------------------------------------------------------- */

typedef struct hr_tf_non_max_suppression_options {
  hr_operand iou_threshold;    /* default 0.5: boxes that overlap a better one so much go */
  hr_operand score_threshold;  /* default -inf: boxes of at most that score go */
  hr_operand soft_nms_sigma;   /* of _with_scores; default 0: above, scores fall with the overlap */
  bool pad_to_max_output_size; /* of _padded */
  const char *name;
} hr_tf_non_max_suppression_options;
#define HR_NON_MAX_SUPPRESSION_DEFAULTS                                                                                \
  .iou_threshold = {HR_OPERAND_FLOAT, {.f = 0.5}}, .score_threshold = {HR_OPERAND_FLOAT, {.f = -(double)INFINITY}},    \
  .soft_nms_sigma = {HR_OPERAND_FLOAT, {.f = 0}}
/* tf.image.non_max_suppression: the indices of boxes [n, 4] that stay, by falling scores. */
HR_API hr_output hr_tf_non_max_suppression_with(hr_scope scope, hr_operand boxes, hr_operand scores,
                                                hr_operand max_output_size,
                                                const hr_tf_non_max_suppression_options *options);
#define hr_tf_non_max_suppression(scope, boxes, scores, max_output_size, ...)                                          \
  HR_CALL_OP_(hr_tf_non_max_suppression_options,                                                                       \
              hr_tf_non_max_suppression_with((scope), HR_OPERAND(boxes), HR_OPERAND(scores),                           \
                                             HR_OPERAND(max_output_size), &hr_options_),                               \
              HR_NON_MAX_SUPPRESSION_DEFAULTS, ##__VA_ARGS__)
typedef struct hr_non_max_suppression_padded_outputs {
  hr_output selected_indices, valid_outputs;
} hr_non_max_suppression_padded_outputs;
HR_API hr_non_max_suppression_padded_outputs
hr_non_max_suppression_padded_with(hr_scope scope, hr_operand boxes, hr_operand scores, hr_operand max_output_size,
                                   const hr_tf_non_max_suppression_options *options);
#define hr_non_max_suppression_padded(scope, boxes, scores, max_output_size, ...)                                      \
  HR_CALL_OP_(hr_tf_non_max_suppression_options,                                                                       \
              hr_non_max_suppression_padded_with((scope), HR_OPERAND(boxes), HR_OPERAND(scores),                       \
                                                 HR_OPERAND(max_output_size), &hr_options_),                           \
              HR_NON_MAX_SUPPRESSION_DEFAULTS, ##__VA_ARGS__)
typedef struct hr_non_max_suppression_with_scores_outputs {
  hr_output selected_indices, selected_scores;
} hr_non_max_suppression_with_scores_outputs;
HR_API hr_non_max_suppression_with_scores_outputs
hr_non_max_suppression_with_scores_with(hr_scope scope, hr_operand boxes, hr_operand scores, hr_operand max_output_size,
                                        const hr_tf_non_max_suppression_options *options);
#define hr_non_max_suppression_with_scores(scope, boxes, scores, max_output_size, ...)                                 \
  HR_CALL_OP_(hr_tf_non_max_suppression_options,                                                                       \
              hr_non_max_suppression_with_scores_with((scope), HR_OPERAND(boxes), HR_OPERAND(scores),                  \
                                                      HR_OPERAND(max_output_size), &hr_options_),                      \
              HR_NON_MAX_SUPPRESSION_DEFAULTS, ##__VA_ARGS__)
/* The same by a matrix that tells how much boxes overlap. */
HR_API hr_output hr_non_max_suppression_overlaps_with(hr_scope scope, hr_operand overlaps, hr_operand scores,
                                                      hr_operand max_output_size, hr_operand overlap_threshold,
                                                      hr_operand score_threshold, const hr_op_options *options);
#define hr_non_max_suppression_overlaps(scope, overlaps, scores, max_output_size, overlap_threshold, score_threshold,  \
                                        ...)                                                                           \
  hr_non_max_suppression_overlaps_with((scope), HR_OPERAND(overlaps), HR_OPERAND(scores), HR_OPERAND(max_output_size), \
                                       HR_OPERAND(overlap_threshold), HR_OPERAND(score_threshold),                     \
                                       &(hr_op_options){__VA_ARGS__})
typedef struct hr_tf_combined_non_max_suppression_options {
  hr_operand iou_threshold, score_threshold; /* as above */
  bool pad_per_class;
  bool clip_boxes; /* default true: to [0, 1] */
  const char *name;
} hr_tf_combined_non_max_suppression_options;
#define HR_COMBINED_NON_MAX_SUPPRESSION_DEFAULTS                                                                       \
  .iou_threshold = {HR_OPERAND_FLOAT, {.f = 0.5}}, .score_threshold = {HR_OPERAND_FLOAT, {.f = -(double)INFINITY}},    \
  .clip_boxes = true
/* tf.image.combined_non_max_suppression: of boxes [batch, n, 1 or classes, 4] by classes, the best of all classes. */
HR_API hr_combined_non_max_suppression_outputs hr_tf_combined_non_max_suppression_with(
    hr_scope scope, hr_operand boxes, hr_operand scores, hr_operand max_output_size_per_class,
    hr_operand max_total_size, const hr_tf_combined_non_max_suppression_options *options);
#define hr_tf_combined_non_max_suppression(scope, boxes, scores, max_output_size_per_class, max_total_size, ...)       \
  HR_CALL_OP_(hr_tf_combined_non_max_suppression_options,                                                              \
              hr_tf_combined_non_max_suppression_with((scope), HR_OPERAND(boxes), HR_OPERAND(scores),                  \
                                                      HR_OPERAND(max_output_size_per_class),                           \
                                                      HR_OPERAND(max_total_size), &hr_options_),                       \
              HR_COMBINED_NON_MAX_SUPPRESSION_DEFAULTS, ##__VA_ARGS__)
/* tf.image.sample_distorted_bounding_box: a random piece of an image [height, width, channels] that holds enough of one
 * of the boxes [batch, n, 4], as begin and size for a slice, and as a box. The seeds are the op's own. */
typedef struct hr_tf_sample_distorted_bounding_box_options {
  int64_t seed, seed2;                                           /* default 0 */
  hr_operand min_object_covered;                                 /* default 0.1 */
  double min_aspect_ratio, max_aspect_ratio, min_area, max_area; /* default 0.75, 1.33, 0.05, 1 */
  int64_t max_attempts;                                          /* default 100; then the whole image */
  bool use_image_if_no_bounding_boxes;
  const char *name;
} hr_tf_sample_distorted_bounding_box_options;
#define HR_SAMPLE_DISTORTED_BOUNDING_BOX_DEFAULTS                                                                      \
  .min_object_covered = {HR_OPERAND_FLOAT, {.f = 0.1}}, .min_aspect_ratio = 0.75, .max_aspect_ratio = (double)1.33f,   \
  .min_area = (double)0.05f, .max_area = 1, .max_attempts = 100
HR_API hr_sample_distorted_bounding_box_v2_outputs
hr_tf_sample_distorted_bounding_box_with(hr_scope scope, hr_operand image_size, hr_operand bounding_boxes,
                                         const hr_tf_sample_distorted_bounding_box_options *options);
#define hr_tf_sample_distorted_bounding_box(scope, image_size, bounding_boxes, ...)                                    \
  HR_CALL_OP_(hr_tf_sample_distorted_bounding_box_options,                                                             \
              hr_tf_sample_distorted_bounding_box_with((scope), HR_OPERAND(image_size), HR_OPERAND(bounding_boxes),    \
                                                       &hr_options_),                                                  \
              HR_SAMPLE_DISTORTED_BOUNDING_BOX_DEFAULTS, ##__VA_ARGS__)

/* ---- files ------------------------------------------------------------------------------------------------------- */

typedef struct hr_decode_image_options {
  int64_t channels;       /* default 0: those of the file */
  hr_dtype dtype;         /* HR_UINT8 for HR_INVALID */
  bool expand_animations; /* default true; false takes the first frame of a GIF file */
  const char *name;
} hr_decode_image_options;
/* tf.image.decode_image: the pixels of a JPEG, PNG, GIF or BMP file, which a run finds out. InvalidArgument for
 * channels other than 0, 1, 3, 4. */
HR_API hr_output hr_decode_image_with(hr_scope scope, hr_operand contents, const hr_decode_image_options *options);
#define hr_decode_image(scope, contents, ...)                                                                          \
  HR_CALL_OP_(hr_decode_image_options, hr_decode_image_with((scope), HR_OPERAND(contents), &hr_options_),              \
              .expand_animations = true, ##__VA_ARGS__)
/* tf.image.is_jpeg: by the first three bytes. */
HR_API hr_output hr_is_jpeg_with(hr_scope scope, hr_operand contents, const hr_op_options *options);
#define hr_is_jpeg(scope, contents, ...) hr_is_jpeg_with((scope), HR_OPERAND(contents), &(hr_op_options){__VA_ARGS__})
/* tf.image.adjust_jpeg_quality: as a JPEG file of that quality, 0 to 100, would show it; tf.image.random_jpeg_quality.
 */
HR_API hr_output hr_adjust_jpeg_quality_with(hr_scope scope, hr_operand image, hr_operand jpeg_quality,
                                             const hr_op_options *options);
#define hr_adjust_jpeg_quality(scope, image, jpeg_quality, ...)                                                        \
  hr_adjust_jpeg_quality_with((scope), HR_OPERAND(image), HR_OPERAND(jpeg_quality), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_random_jpeg_quality_with(hr_scope scope, hr_operand image, int64_t min_jpeg_quality,
                                             int64_t max_jpeg_quality, const hr_seed_options *options);
#define hr_random_jpeg_quality(scope, image, min_jpeg_quality, max_jpeg_quality, ...)                                  \
  HR_CALL_OP_(                                                                                                         \
      hr_seed_options,                                                                                                 \
      hr_random_jpeg_quality_with((scope), HR_OPERAND(image), (min_jpeg_quality), (max_jpeg_quality), &hr_options_),   \
      .seed = HR_NO_SEED, ##__VA_ARGS__)

/* ---- tf.contrib.image -------------------------------------------------------------------------------------------- */

typedef struct hr_image_transform_options {
  const char *interpolation; /* "NEAREST" for NULL, or "BILINEAR" */
  hr_operand output_shape;   /* [height, width]; left out: that of the images */
  const char *name;
} hr_image_transform_options;
/* tf.contrib.image.transform: pixel (x, y) is the images' at the projection of (x, y), by [8] numbers or [batch, 8].
 * Images may have rank 2 to 4. Type errors for other ranks and dtypes. */
HR_API hr_output hr_image_transform_with(hr_scope scope, hr_operand images, hr_operand transforms,
                                         const hr_image_transform_options *options);
#define hr_image_transform(scope, images, transforms, ...)                                                             \
  hr_image_transform_with((scope), HR_OPERAND(images), HR_OPERAND(transforms),                                         \
                          &(hr_image_transform_options){__VA_ARGS__})
typedef struct hr_rotate_images_options {
  const char *interpolation; /* "NEAREST" for NULL, or "BILINEAR" */
  const char *name;
} hr_rotate_images_options;
/* tf.contrib.image.rotate (counter-clockwise, in radians) and tf.contrib.image.translate ([dx, dy]): one for all
 * images, or one for each. */
HR_API hr_output hr_rotate_images_with(hr_scope scope, hr_operand images, hr_operand angles,
                                       const hr_rotate_images_options *options);
#define hr_rotate_images(scope, images, angles, ...)                                                                   \
  hr_rotate_images_with((scope), HR_OPERAND(images), HR_OPERAND(angles), &(hr_rotate_images_options){__VA_ARGS__})
HR_API hr_output hr_translate_images_with(hr_scope scope, hr_operand images, hr_operand translations,
                                          const hr_rotate_images_options *options);
#define hr_translate_images(scope, images, translations, ...)                                                          \
  hr_translate_images_with((scope), HR_OPERAND(images), HR_OPERAND(translations),                                      \
                           &(hr_rotate_images_options){__VA_ARGS__})
/* The transforms of these, [n, 8]. */
HR_API hr_output hr_angles_to_projective_transforms_with(hr_scope scope, hr_operand angles, hr_operand image_height,
                                                         hr_operand image_width, const hr_op_options *options);
#define hr_angles_to_projective_transforms(scope, angles, image_height, image_width, ...)                              \
  hr_angles_to_projective_transforms_with((scope), HR_OPERAND(angles), HR_OPERAND(image_height),                       \
                                          HR_OPERAND(image_width), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_translations_to_projective_transforms_with(hr_scope scope, hr_operand translations,
                                                               const hr_op_options *options);
#define hr_translations_to_projective_transforms(scope, translations, ...)                                             \
  hr_translations_to_projective_transforms_with((scope), HR_OPERAND(translations), &(hr_op_options){__VA_ARGS__})
/* Transforms [n, 8] as matrices [n, 3, 3], and back; their products, the first one acting first. */
HR_API hr_output hr_flat_transforms_to_matrices_with(hr_scope scope, hr_operand transforms,
                                                     const hr_op_options *options);
#define hr_flat_transforms_to_matrices(scope, transforms, ...)                                                         \
  hr_flat_transforms_to_matrices_with((scope), HR_OPERAND(transforms), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_matrices_to_flat_transforms_with(hr_scope scope, hr_operand transform_matrices,
                                                     const hr_op_options *options);
#define hr_matrices_to_flat_transforms(scope, transform_matrices, ...)                                                 \
  hr_matrices_to_flat_transforms_with((scope), HR_OPERAND(transform_matrices), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_compose_transforms_with(hr_scope scope, hr_operands transforms, const hr_op_options *options);
#define hr_compose_transforms(scope, transforms, ...)                                                                  \
  hr_compose_transforms_with((scope), HR_OPERANDS_OF(transforms), &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
