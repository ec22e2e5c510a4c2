/* Convolutions and pooling above single ops: tf.nn.
 *
 * Sequences are [batch, length, channels], images [batch, height, width, channels], volumes [batch, depth, height,
 * width, channels]; formats whose name begins with "NC" have the channels second, of which the CPU convolves and pools
 * none, as in TensorFlow. `data_format` NULL is the format with the channels last.
 *
 * Sizes, strides and distances are hr_ints: none (ones), one number for all spatial dimensions, one for each, or one
 * for each dimension of the tensor. Padding is "SAME" or "VALID". Names follow the rule of math.h. All of these
 * functions belong to the scope's graph, borrow their arguments for the call, and answer HR_NO_OUTPUT with an error at
 * the builder: InvalidArgument for ranks, sizes, formats and paddings that they do not take. */
#ifndef HEADRACE_CONVOLUTION_H
#define HEADRACE_CONVOLUTION_H

#include "headrace/nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- convolutions ---------------------------------------------------------------------------------------------- */

typedef struct hr_tf_conv2d_options {
  hr_ints explicit_paddings; /* for the padding "EXPLICIT": before and after each dimension */
  const char *data_format;   /* "NHWC" (default) or "NCHW" */
  hr_ints dilations;
  bool no_cudnn; /* use_cudnn_on_gpu, the other way round: kept in the graph */
  const char *name;
} hr_tf_conv2d_options;
/* tf.nn.conv2d: images convolved with filters [height, width, channels, filters]. */
HR_API hr_output hr_tf_conv2d_with(hr_scope scope, hr_operand x, hr_operand filters, hr_ints strides,
                                   const char *padding, const hr_tf_conv2d_options *options);
#define hr_tf_conv2d(scope, x, filters, strides, padding, ...)                                                         \
  hr_tf_conv2d_with((scope), HR_OPERAND(x), HR_OPERAND(filters), (strides), (padding),                                 \
                    &(hr_tf_conv2d_options){__VA_ARGS__})

typedef struct hr_conv1d_options {
  const char *data_format; /* "NWC" (default) or "NCW" */
  hr_ints dilations;
  bool no_cudnn; /* as of hr_tf_conv2d */
  const char *name;
} hr_conv1d_options;
/* tf.nn.conv1d: sequences convolved with filters [length, channels, filters]. */
HR_API hr_output hr_conv1d_with(hr_scope scope, hr_operand x, hr_operand filters, hr_ints stride, const char *padding,
                                const hr_conv1d_options *options);
#define hr_conv1d(scope, x, filters, stride, padding, ...)                                                             \
  hr_conv1d_with((scope), HR_OPERAND(x), HR_OPERAND(filters), (stride), (padding), &(hr_conv1d_options){__VA_ARGS__})

typedef struct hr_conv_transpose_options {
  const char *padding;       /* "SAME" (default), "VALID", or of images "EXPLICIT" */
  hr_ints explicit_paddings; /* for "EXPLICIT": before and after each dimension */
  const char *data_format;
  hr_ints dilations;
  const char *name;
} hr_conv_transpose_options;
/* tf.nn.conv1d_transpose, conv2d_transpose, conv3d_transpose: transposes of convolutions, which make tensors larger;
 * filters are [sizes..., channels of the result, channels of x]. hr_conv_transpose is tf.nn.conv_transpose: one of
 * them, by the number of sizes of `output_shape`, which must be known. */
HR_API hr_output hr_conv1d_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                          hr_ints strides, const hr_conv_transpose_options *options);
HR_API hr_output hr_conv2d_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                          hr_ints strides, const hr_conv_transpose_options *options);
HR_API hr_output hr_conv3d_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                          hr_ints strides, const hr_conv_transpose_options *options);
HR_API hr_output hr_conv_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                        hr_ints strides, const hr_conv_transpose_options *options);
#define hr_conv1d_transpose(scope, x, filters, output_shape, strides, ...)                                             \
  hr_conv1d_transpose_with((scope), HR_OPERAND(x), HR_OPERAND(filters), HR_DIMS(output_shape), (strides),              \
                           &(hr_conv_transpose_options){__VA_ARGS__})
#define hr_conv2d_transpose(scope, x, filters, output_shape, strides, ...)                                             \
  hr_conv2d_transpose_with((scope), HR_OPERAND(x), HR_OPERAND(filters), HR_DIMS(output_shape), (strides),              \
                           &(hr_conv_transpose_options){__VA_ARGS__})
#define hr_conv3d_transpose(scope, x, filters, output_shape, strides, ...)                                             \
  hr_conv3d_transpose_with((scope), HR_OPERAND(x), HR_OPERAND(filters), HR_DIMS(output_shape), (strides),              \
                           &(hr_conv_transpose_options){__VA_ARGS__})
#define hr_conv_transpose(scope, x, filters, output_shape, strides, ...)                                               \
  hr_conv_transpose_with((scope), HR_OPERAND(x), HR_OPERAND(filters), HR_DIMS(output_shape), (strides),                \
                         &(hr_conv_transpose_options){__VA_ARGS__})

typedef struct hr_depthwise_options {
  hr_ints rate; /* distances of the filter's taps, rows and columns */
  const char *data_format;
  const char *name;
} hr_depthwise_options;
/* tf.nn.depthwise_conv2d: each channel of images convolved with filters of its own, [height, width, channels,
 * multiplier]; strides has four numbers. */
HR_API hr_output hr_depthwise_conv2d_with(hr_scope scope, hr_operand x, hr_operand filter, hr_ints strides,
                                          const char *padding, const hr_depthwise_options *options);
#define hr_depthwise_conv2d(scope, x, filter, strides, padding, ...)                                                   \
  hr_depthwise_conv2d_with((scope), HR_OPERAND(x), HR_OPERAND(filter), (strides), (padding),                           \
                           &(hr_depthwise_options){__VA_ARGS__})
/* tf.nn.separable_conv2d: that, and its channels mixed by filters of one pixel, [1, 1, channels * multiplier, filters].
 */
HR_API hr_output hr_separable_conv2d_with(hr_scope scope, hr_operand x, hr_operand depthwise_filter,
                                          hr_operand pointwise_filter, hr_ints strides, const char *padding,
                                          const hr_depthwise_options *options);
#define hr_separable_conv2d(scope, x, depthwise_filter, pointwise_filter, strides, padding, ...)                       \
  hr_separable_conv2d_with((scope), HR_OPERAND(x), HR_OPERAND(depthwise_filter), HR_OPERAND(pointwise_filter),         \
                           (strides), (padding), &(hr_depthwise_options){__VA_ARGS__})

/* ---- taps that lie apart --------------------------------------------------------------------------------------- */

typedef struct hr_convolution_options {
  hr_ints strides, dilation_rate; /* one for each spatial dimension; default ones, and not both above one */
  const char *data_format;
  const char *name;
} hr_convolution_options;
/* tf.nn.convolution: sequences, images or volumes, by the rank of x or of the filter. Where taps lie apart, x is cut in
 * interleaved images, which are convolved as usual and put together again. */
HR_API hr_output hr_convolution_with(hr_scope scope, hr_operand x, hr_operand filter, const char *padding,
                                     const hr_convolution_options *options);
#define hr_convolution(scope, x, filter, padding, ...)                                                                 \
  hr_convolution_with((scope), HR_OPERAND(x), HR_OPERAND(filter), (padding), &(hr_convolution_options){__VA_ARGS__})
/* tf.nn.atrous_conv2d, whose rate is that of rows and columns (or two), and its transpose, which makes images larger:
 * filters [height, width, channels of the result, channels of x], `output_shape` of four sizes. */
HR_API hr_output hr_atrous_conv2d_with(hr_scope scope, hr_operand x, hr_operand filters, hr_ints rate,
                                       const char *padding, const hr_op_options *options);
#define hr_atrous_conv2d(scope, x, filters, rate, padding, ...)                                                        \
  hr_atrous_conv2d_with((scope), HR_OPERAND(x), HR_OPERAND(filters), (rate), (padding), &(hr_op_options){__VA_ARGS__})
HR_API hr_output hr_atrous_conv2d_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                                 int64_t rate, const char *padding, const hr_op_options *options);
#define hr_atrous_conv2d_transpose(scope, x, filters, output_shape, rate, padding, ...)                                \
  hr_atrous_conv2d_transpose_with((scope), HR_OPERAND(x), HR_OPERAND(filters), HR_DIMS(output_shape), (rate),          \
                                  (padding), &(hr_op_options){__VA_ARGS__})

/* What is done to images whose windows move along `spatial` dimensions. `argument` is borrowed for the call. */
typedef struct hr_window_function {
  hr_output (*call)(void *argument, hr_scope scope, hr_output x, int spatial, const char *padding);
  void *argument;
} hr_window_function;
typedef struct hr_with_space_to_batch_options {
  hr_operand filter_shape; /* the windows' sizes, a vector of int32; needed for "SAME" */
  hr_ints spatial_dims;    /* the dimensions of the rates, ascending; default: those behind the batch (and channels) */
  const char *data_format;
} hr_with_space_to_batch_options;
/* tf.nn.with_space_to_batch: op(x), as if the taps of its windows lay `dilation_rate` (a vector of int32, of a length
 * that must be known) apart. */
HR_API hr_output hr_with_space_to_batch_with(hr_scope scope, hr_operand x, hr_operand dilation_rate,
                                             const char *padding, hr_window_function op,
                                             const hr_with_space_to_batch_options *options);
#define hr_with_space_to_batch(scope, x, dilation_rate, padding, op, ...)                                              \
  hr_with_space_to_batch_with((scope), HR_OPERAND(x), HR_OPERAND(dilation_rate), (padding), (op),                      \
                              &(hr_with_space_to_batch_options){__VA_ARGS__})

typedef struct hr_space_to_batch_paddings {
  hr_output paddings, crops; /* int32 [dimensions, 2] */
} hr_space_to_batch_paddings;
typedef struct hr_required_space_to_batch_paddings_options {
  hr_operand base_paddings; /* int32 [dimensions, 2]: what is padded in any case; default: nothing */
  const char *name;
} hr_required_space_to_batch_paddings_options;
/* tf.required_space_to_batch_paddings: what must be padded so that blocks divide an input, and cropped afterwards; both
 * arguments are vectors of int32. */
HR_API hr_space_to_batch_paddings
hr_required_space_to_batch_paddings_with(hr_scope scope, hr_operand input_shape, hr_operand block_shape,
                                         const hr_required_space_to_batch_paddings_options *options);
#define hr_required_space_to_batch_paddings(scope, input_shape, block_shape, ...)                                      \
  hr_required_space_to_batch_paddings_with((scope), HR_OPERAND(input_shape), HR_OPERAND(block_shape),                  \
                                           &(hr_required_space_to_batch_paddings_options){__VA_ARGS__})

/* ---- pooling --------------------------------------------------------------------------------------------------- */

typedef struct hr_pooling_options {
  const char *data_format;
  const char *name;
} hr_pooling_options;
/* The largest element, or the mean, of each window: tf.nn.max_pool1d, avg_pool1d of sequences, tf.nn.max_pool,
 * max_pool2d, avg_pool of images, tf.nn.max_pool3d, avg_pool3d of volumes. Padding is no part of a mean. */
HR_API hr_output hr_max_pool1d_with(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides, const char *padding,
                                    const hr_pooling_options *options);
HR_API hr_output hr_avg_pool1d_with(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides, const char *padding,
                                    const hr_pooling_options *options);
HR_API hr_output hr_tf_max_pool_with(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides, const char *padding,
                                     const hr_pooling_options *options);
HR_API hr_output hr_max_pool2d_with(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides, const char *padding,
                                    const hr_pooling_options *options);
HR_API hr_output hr_tf_avg_pool_with(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides, const char *padding,
                                     const hr_pooling_options *options);
HR_API hr_output hr_tf_max_pool3d_with(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides,
                                       const char *padding, const hr_pooling_options *options);
HR_API hr_output hr_tf_avg_pool3d_with(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides,
                                       const char *padding, const hr_pooling_options *options);
#define hr_max_pool1d(scope, x, ksize, strides, padding, ...)                                                          \
  hr_max_pool1d_with((scope), HR_OPERAND(x), (ksize), (strides), (padding), &(hr_pooling_options){__VA_ARGS__})
#define hr_avg_pool1d(scope, x, ksize, strides, padding, ...)                                                          \
  hr_avg_pool1d_with((scope), HR_OPERAND(x), (ksize), (strides), (padding), &(hr_pooling_options){__VA_ARGS__})
#define hr_tf_max_pool(scope, x, ksize, strides, padding, ...)                                                         \
  hr_tf_max_pool_with((scope), HR_OPERAND(x), (ksize), (strides), (padding), &(hr_pooling_options){__VA_ARGS__})
#define hr_max_pool2d(scope, x, ksize, strides, padding, ...)                                                          \
  hr_max_pool2d_with((scope), HR_OPERAND(x), (ksize), (strides), (padding), &(hr_pooling_options){__VA_ARGS__})
#define hr_tf_avg_pool(scope, x, ksize, strides, padding, ...)                                                         \
  hr_tf_avg_pool_with((scope), HR_OPERAND(x), (ksize), (strides), (padding), &(hr_pooling_options){__VA_ARGS__})
#define hr_tf_max_pool3d(scope, x, ksize, strides, padding, ...)                                                       \
  hr_tf_max_pool3d_with((scope), HR_OPERAND(x), (ksize), (strides), (padding), &(hr_pooling_options){__VA_ARGS__})
#define hr_tf_avg_pool3d(scope, x, ksize, strides, padding, ...)                                                       \
  hr_tf_avg_pool3d_with((scope), HR_OPERAND(x), (ksize), (strides), (padding), &(hr_pooling_options){__VA_ARGS__})

typedef struct hr_pool_options {
  hr_ints strides, dilation_rate; /* one for each spatial dimension; default ones */
  const char *data_format;
  const char *name;
} hr_pool_options;
/* tf.nn.pool: windows of `window_shape`, whose length is the number of spatial dimensions, over a tensor of that rank
 * and two; `pooling_type` is "MAX" or "AVG". Distances above one go with "VALID" and with strides of one alone. */
HR_API hr_output hr_pool_with(hr_scope scope, hr_operand x, hr_ints window_shape, const char *pooling_type,
                              const char *padding, const hr_pool_options *options);
#define hr_pool(scope, x, window_shape, pooling_type, padding, ...)                                                    \
  hr_pool_with((scope), HR_OPERAND(x), (window_shape), (pooling_type), (padding), &(hr_pool_options){__VA_ARGS__})

/* tf.nn.erosion2d: the smallest of each window's elements, from which those of a kernel [height, width, channels] are
 * taken; strides and rates have four numbers. */
HR_API hr_output hr_erosion2d_with(hr_scope scope, hr_operand x, hr_operand kernel, hr_ints strides, hr_ints rates,
                                   const char *padding, const hr_op_options *options);
#define hr_erosion2d(scope, x, kernel, strides, rates, padding, ...)                                                   \
  hr_erosion2d_with((scope), HR_OPERAND(x), HR_OPERAND(kernel), (strides), (rates), (padding),                         \
                    &(hr_op_options){__VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
