/* Layers of image networks: tf.layers.conv2d, max_pooling2d, average_pooling2d.
 *
 * Images are [batch, height, width, channels]; with channels_first [batch, channels, height, width], of which the CPU
 * pools and convolves none, as in TensorFlow. */
#ifndef HEADRACE_CONVOLUTION_H
#define HEADRACE_CONVOLUTION_H

#include "headrace/layers.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hr_conv2d_layer_options {
  hr_ints strides;     /* rows, columns; default 1, 1 */
  const char *padding; /* "valid" (default) or "same" */
  bool channels_first;
  hr_activation activation;
  bool use_bias;                     /* default true */
  hr_initializer kernel_initializer; /* none: the variable scope's, else glorot uniform */
  hr_initializer bias_initializer;   /* none: zeros */
  hr_regularizer kernel_regularizer, bias_regularizer;
  bool trainable; /* default true */
  hr_reuse reuse; /* HR_REUSE_TRUE: the variables of an earlier layer of that name */
  const char *name;
} hr_conv2d_layer_options;
#define HR_CONV2D_LAYER_DEFAULTS .padding = "valid", .use_bias = true, .trainable = true
/* tf.layers.conv2d: activation(x convolved with kernel + bias), variables NAME/kernel [rows, columns, channels,
 * filters] and NAME/bias [filters]; NAME is "conv2d", "conv2d_1", ... where none is given. `kernel_size` has one entry
 * or two. InvalidArgument where x is not of rank 4 or the number of its channels is unknown. */
HR_API hr_output hr_conv2d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                      const hr_conv2d_layer_options *options);
#define hr_conv2d_layer(scope, x, filters, kernel_size, ...)                                                           \
  HR_CALL_OP_(hr_conv2d_layer_options,                                                                                 \
              hr_conv2d_layer_with((scope), HR_OPERAND(x), (filters), (kernel_size), &hr_options_),                    \
              HR_CONV2D_LAYER_DEFAULTS, ##__VA_ARGS__)

typedef struct hr_pooling_layer_options {
  const char *padding; /* "valid" (default) or "same" */
  bool channels_first;
  const char *name;
} hr_pooling_layer_options;
/* tf.layers.max_pooling2d, tf.layers.average_pooling2d. `pool_size` and `strides` have one entry or two. */
HR_API hr_output hr_max_pooling2d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                       const hr_pooling_layer_options *options);
HR_API hr_output hr_average_pooling2d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                           const hr_pooling_layer_options *options);
#define hr_max_pooling2d(scope, x, pool_size, strides, ...)                                                            \
  HR_CALL_OP_(hr_pooling_layer_options,                                                                                \
              hr_max_pooling2d_with((scope), HR_OPERAND(x), (pool_size), (strides), &hr_options_), .padding = "valid", \
              ##__VA_ARGS__)
#define hr_average_pooling2d(scope, x, pool_size, strides, ...)                                                        \
  HR_CALL_OP_(hr_pooling_layer_options,                                                                                \
              hr_average_pooling2d_with((scope), HR_OPERAND(x), (pool_size), (strides), &hr_options_),                 \
              .padding = "valid", ##__VA_ARGS__)

/* ---- parts of layers, for layers that bindings and callers make ------------------------------------------------- */

typedef struct hr_convolution_call_options {
  hr_operand bias;
  hr_activation activation;
  hr_ints strides;     /* one for each spatial dimension; default ones */
  const char *padding; /* "VALID" (default) or "SAME" */
  bool channels_first;
} hr_convolution_call_options;
/* What a convolution layer does once it has its variables: activation(x convolved with kernel + bias), of images or
 * volumes. InvalidArgument for other ranks. */
HR_API hr_output hr_convolution_call_with(hr_scope scope, hr_output x, hr_operand kernel,
                                          const hr_convolution_call_options *options);
#define hr_convolution_call(scope, x, kernel, ...)                                                                     \
  HR_CALL_OP_(hr_convolution_call_options, hr_convolution_call_with((scope), (x), HR_OPERAND(kernel), &hr_options_),   \
              .padding = "VALID", ##__VA_ARGS__)
/* What a pooling layer does in its scope; `average`: means in place of largest elements. One entry of `pool_size` and
 * `strides` for each spatial dimension, or one for all. */
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
