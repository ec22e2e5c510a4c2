/* Layers of sequences, images and volumes: tf.layers.conv2d, max_pooling2d and their like, and those of
 * tf.contrib.layers.
 *
 * Sequences are [batch, length, channels], images [batch, height, width, channels], volumes [batch, depth, height,
 * width, channels]; with channels_first the channels stand second, of which the CPU pools and convolves none, as in
 * TensorFlow. Sizes, strides and rates have one entry for each of these dimensions, or one for all. Errors are at the
 * builder: InvalidArgument where x is of another rank, the number of its channels is unknown, or sizes, strides,
 * rates or a padding are none. */
#ifndef HEADRACE_CONVOLUTION_LAYERS_H
#define HEADRACE_CONVOLUTION_LAYERS_H

#include "headrace/convolution.h"
#include "headrace/layers.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_convolution_layer_options {
  hr_ints strides;     /* default ones */
  const char *padding; /* "valid" (default) or "same" */
  bool channels_first;
  hr_ints dilation_rate; /* distances of the kernel's taps; default ones, and above one only with strides of one; a
                            transposed convolution takes none */
  hr_activation activation;
  bool use_bias;                     /* default true */
  hr_initializer kernel_initializer; /* none: the variable scope's, else glorot uniform */
  hr_initializer bias_initializer;   /* none: zeros */
  hr_regularizer kernel_regularizer, bias_regularizer;
  hr_regularizer activity_regularizer; /* of the result, as hr_activity_penalty */
  bool trainable;                      /* default true */
  hr_reuse reuse;                      /* HR_REUSE_TRUE: the variables of an earlier layer of that name */
  const char *name;
} hr_convolution_layer_options;
#define HR_CONVOLUTION_LAYER_DEFAULTS .padding = "valid", .use_bias = true, .trainable = true
/* tf.layers.conv1d, conv2d, conv3d: activation(x convolved with kernel + bias), variables NAME/kernel [sizes...,
 * channels, filters] and NAME/bias [filters]; NAME is "conv2d", "conv2d_1", ... where none is given. */
HR_API hr_output hr_conv1d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                      const hr_convolution_layer_options *options);
HR_API hr_output hr_conv2d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                      const hr_convolution_layer_options *options);
HR_API hr_output hr_conv3d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                      const hr_convolution_layer_options *options);
/* tf.layers.conv2d_transpose, conv3d_transpose: the transpose, which makes images and volumes larger; the kernel is
 * [sizes..., filters, channels]. */
HR_API hr_output hr_conv2d_transpose_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                                const hr_convolution_layer_options *options);
HR_API hr_output hr_conv3d_transpose_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                                const hr_convolution_layer_options *options);
#define HR_CONVOLUTION_LAYER_(function, scope, x, filters, kernel_size, ...)                                           \
  HR_CALL_OP_(hr_convolution_layer_options, function((scope), HR_OPERAND(x), (filters), (kernel_size), &hr_options_),  \
              HR_CONVOLUTION_LAYER_DEFAULTS, ##__VA_ARGS__)
#define hr_conv1d_layer(scope, x, filters, kernel_size, ...)                                                           \
  HR_CONVOLUTION_LAYER_(hr_conv1d_layer_with, scope, x, filters, kernel_size, ##__VA_ARGS__)
#define hr_conv2d_layer(scope, x, filters, kernel_size, ...)                                                           \
  HR_CONVOLUTION_LAYER_(hr_conv2d_layer_with, scope, x, filters, kernel_size, ##__VA_ARGS__)
#define hr_conv3d_layer(scope, x, filters, kernel_size, ...)                                                           \
  HR_CONVOLUTION_LAYER_(hr_conv3d_layer_with, scope, x, filters, kernel_size, ##__VA_ARGS__)
#define hr_conv2d_transpose_layer(scope, x, filters, kernel_size, ...)                                                 \
  HR_CONVOLUTION_LAYER_(hr_conv2d_transpose_layer_with, scope, x, filters, kernel_size, ##__VA_ARGS__)
#define hr_conv3d_transpose_layer(scope, x, filters, kernel_size, ...)                                                 \
  HR_CONVOLUTION_LAYER_(hr_conv3d_transpose_layer_with, scope, x, filters, kernel_size, ##__VA_ARGS__)

typedef struct hr_separable_layer_options {
  hr_ints strides;     /* default ones */
  const char *padding; /* "valid" (default) or "same" */
  bool channels_first;
  hr_ints dilation_rate;
  int64_t depth_multiplier; /* filters of each channel; default 1 */
  hr_activation activation;
  bool use_bias;                                               /* default true */
  hr_initializer depthwise_initializer, pointwise_initializer; /* none: the variable scope's, else glorot uniform */
  hr_initializer bias_initializer;                             /* none: zeros */
  hr_regularizer depthwise_regularizer, pointwise_regularizer, bias_regularizer;
  hr_regularizer activity_regularizer;
  bool trainable; /* default true */
  hr_reuse reuse;
  const char *name;
} hr_separable_layer_options;
#define HR_SEPARABLE_LAYER_DEFAULTS .padding = "valid", .depth_multiplier = 1, .use_bias = true, .trainable = true
/* tf.layers.separable_conv1d, separable_conv2d: channels convolved one by one, then mixed; variables
 * NAME/depthwise_kernel [sizes..., channels, multiplier], NAME/pointwise_kernel [1..., channels * multiplier, filters]
 * and NAME/bias [filters]. */
HR_API hr_output hr_separable_conv1d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                                const hr_separable_layer_options *options);
HR_API hr_output hr_separable_conv2d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                                const hr_separable_layer_options *options);
#define HR_SEPARABLE_LAYER_(function, scope, x, filters, kernel_size, ...)                                             \
  HR_CALL_OP_(hr_separable_layer_options, function((scope), HR_OPERAND(x), (filters), (kernel_size), &hr_options_),    \
              HR_SEPARABLE_LAYER_DEFAULTS, ##__VA_ARGS__)
#define hr_separable_conv1d_layer(scope, x, filters, kernel_size, ...)                                                 \
  HR_SEPARABLE_LAYER_(hr_separable_conv1d_layer_with, scope, x, filters, kernel_size, ##__VA_ARGS__)
#define hr_separable_conv2d_layer(scope, x, filters, kernel_size, ...)                                                 \
  HR_SEPARABLE_LAYER_(hr_separable_conv2d_layer_with, scope, x, filters, kernel_size, ##__VA_ARGS__)

typedef struct hr_pooling_layer_options {
  const char *padding; /* "valid" (default) or "same" */
  bool channels_first;
  const char *name;
} hr_pooling_layer_options;
/* tf.layers.max_pooling1d, average_pooling1d and so on. */
HR_API hr_output hr_max_pooling1d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                       const hr_pooling_layer_options *options);
HR_API hr_output hr_max_pooling2d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                       const hr_pooling_layer_options *options);
HR_API hr_output hr_max_pooling3d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                       const hr_pooling_layer_options *options);
HR_API hr_output hr_average_pooling1d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                           const hr_pooling_layer_options *options);
HR_API hr_output hr_average_pooling2d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                           const hr_pooling_layer_options *options);
HR_API hr_output hr_average_pooling3d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                           const hr_pooling_layer_options *options);
#define HR_POOLING_LAYER_(function, scope, x, pool_size, strides, ...)                                                 \
  HR_CALL_OP_(hr_pooling_layer_options, function((scope), HR_OPERAND(x), (pool_size), (strides), &hr_options_),        \
              .padding = "valid", ##__VA_ARGS__)
#define hr_max_pooling1d(scope, x, pool_size, strides, ...)                                                            \
  HR_POOLING_LAYER_(hr_max_pooling1d_with, scope, x, pool_size, strides, ##__VA_ARGS__)
#define hr_max_pooling2d(scope, x, pool_size, strides, ...)                                                            \
  HR_POOLING_LAYER_(hr_max_pooling2d_with, scope, x, pool_size, strides, ##__VA_ARGS__)
#define hr_max_pooling3d(scope, x, pool_size, strides, ...)                                                            \
  HR_POOLING_LAYER_(hr_max_pooling3d_with, scope, x, pool_size, strides, ##__VA_ARGS__)
#define hr_average_pooling1d(scope, x, pool_size, strides, ...)                                                        \
  HR_POOLING_LAYER_(hr_average_pooling1d_with, scope, x, pool_size, strides, ##__VA_ARGS__)
#define hr_average_pooling2d(scope, x, pool_size, strides, ...)                                                        \
  HR_POOLING_LAYER_(hr_average_pooling2d_with, scope, x, pool_size, strides, ##__VA_ARGS__)
#define hr_average_pooling3d(scope, x, pool_size, strides, ...)                                                        \
  HR_POOLING_LAYER_(hr_average_pooling3d_with, scope, x, pool_size, strides, ##__VA_ARGS__)

/* ---- parts of layers, for layers that bindings and callers make ------------------------------------------------- */

/* What a layer makes once, beside its variables, where its taps may lie apart. */
typedef struct hr_convolution_taps {
  hr_output rate;          /* int32 [dimensions] */
  hr_output base_paddings; /* int32 [dimensions, 2]: what "SAME" pads in any case; no output: nothing */
} hr_convolution_taps;
/* `padding` is "VALID" or "SAME", the kernel's shape is known. */
HR_API hr_convolution_taps hr_make_convolution_taps(hr_scope scope, hr_ints strides, hr_ints dilation_rate,
                                                    const char *padding, hr_partial_shape kernel_shape);

typedef struct hr_convolution_call_options {
  hr_operand bias;
  hr_activation activation;
  hr_ints strides;     /* one for each spatial dimension, or one for all; default ones */
  const char *padding; /* "VALID" (default) or "SAME" */
  bool channels_first;
  hr_output dilation_rate, base_paddings; /* of hr_make_convolution_taps; no rate: ones */
  hr_partial_shape built_for;             /* the inputs' shape that the layer was built for; default: that of x */
} hr_convolution_call_options;
#define HR_CONVOLUTION_CALL_DEFAULTS .padding = "VALID", .built_for = {.rank = HR_UNKNOWN_RANK}
/* What a convolution layer does once it has its variables: activation(x convolved with kernel + bias). */
HR_API hr_output hr_convolution_call_with(hr_scope scope, hr_output x, hr_operand kernel,
                                          const hr_convolution_call_options *options);
#define hr_convolution_call(scope, x, kernel, ...)                                                                     \
  HR_CALL_OP_(hr_convolution_call_options, hr_convolution_call_with((scope), (x), HR_OPERAND(kernel), &hr_options_),   \
              HR_CONVOLUTION_CALL_DEFAULTS, ##__VA_ARGS__)
/* The same of a transposed convolution of images or volumes, whose kernel's shape is known. */
HR_API hr_output hr_transposed_convolution_call_with(hr_scope scope, hr_output x, hr_operand kernel,
                                                     const hr_convolution_call_options *options);
#define hr_transposed_convolution_call(scope, x, kernel, ...)                                                          \
  HR_CALL_OP_(hr_convolution_call_options,                                                                             \
              hr_transposed_convolution_call_with((scope), (x), HR_OPERAND(kernel), &hr_options_),                     \
              HR_CONVOLUTION_CALL_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_separable_convolution_call_options {
  hr_operand bias;
  hr_activation activation;
  hr_ints strides, dilation_rate;
  const char *padding; /* "VALID" (default) or "SAME" */
  bool channels_first;
} hr_separable_convolution_call_options;
/* The same of a separable convolution of sequences or images. */
HR_API hr_output hr_separable_convolution_call_with(hr_scope scope, hr_output x, hr_operand depthwise_kernel,
                                                    hr_operand pointwise_kernel,
                                                    const hr_separable_convolution_call_options *options);
#define hr_separable_convolution_call(scope, x, depthwise_kernel, pointwise_kernel, ...)                               \
  HR_CALL_OP_(hr_separable_convolution_call_options,                                                                   \
              hr_separable_convolution_call_with((scope), (x), HR_OPERAND(depthwise_kernel),                           \
                                                 HR_OPERAND(pointwise_kernel), &hr_options_),                          \
              .padding = "VALID", ##__VA_ARGS__)

/* What a pooling layer does in its scope; `average`: means in place of largest elements. */
typedef struct hr_pooling_call_options {
  const char *padding; /* "VALID" (default) or "SAME" */
  bool channels_first, average;
} hr_pooling_call_options;
HR_API hr_output hr_pooling_call_with(hr_scope scope, hr_output x, hr_ints pool_size, hr_ints strides,
                                      const hr_pooling_call_options *options);
#define hr_pooling_call(scope, x, pool_size, strides, ...)                                                             \
  HR_CALL_OP_(hr_pooling_call_options, hr_pooling_call_with((scope), (x), (pool_size), (strides), &hr_options_),       \
              .padding = "VALID", ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
