/* tf.layers.conv2d and its like, and the pooling layers. */
#include "headrace/convolution_layers.h"
#include "builder/layer.h"
#include "builder/windows.h"

#include <strings.h>

/* "VALID" or "SAME" for the layers' spelling, in any case; NULL and an error for others. */
static const char *padding_of(hr_scope scope, const char *padding) {
  if (!padding || strcasecmp(padding, "valid") == 0) return "VALID";
  if (strcasecmp(padding, "same") == 0) return "SAME";
  hr_refuse(scope, "The `padding` argument must be one of \"valid\", \"same\". Received: %s", padding);
  return NULL;
}

/* How many channels x has, which is of `spatial` dimensions; -1 and an error where that is not known. */
static int64_t channels_of(hr_scope scope, hr_output x, int spatial, bool channels_first) {
  const hr_partial_shape *shape = hr_output_shape(x);
  char text[HR_SHAPE_TEXT];
  if (shape->rank != spatial + 2) {
    hr_refuse(scope, "The layer takes inputs of rank %d: found %s", spatial + 2, hr_partial_shape_text(shape, text));
    return -1;
  }
  int64_t channels = shape->dims[channels_first ? 1 : spatial + 1];
  if (channels < 0)
    hr_refuse(scope, "The channel dimension of the inputs should be defined. Found `None` in %s",
              hr_partial_shape_text(shape, text));
  return channels;
}

/* [kernel sizes..., a, b]. False and an error for another number of sizes. */
static bool kernel_shape(hr_scope scope, hr_ints kernel_size, int spatial, int64_t a, int64_t b,
                         hr_partial_shape *out) {
  if (kernel_size.count != 1 && kernel_size.count != spatial) {
    hr_refuse(scope, "Windows of %d dimensions were given %d sizes", spatial, kernel_size.count);
    return false;
  }
  out->rank = spatial + 2;
  for (int i = 0; i < spatial; ++i)
    out->dims[i] = kernel_size.items[kernel_size.count == 1 ? 0 : i];
  out->dims[spatial] = a;
  out->dims[spatial + 1] = b;
  return true;
}

static hr_operand add_bias(const hr_layer *layer, bool use_bias, int64_t filters, hr_dtype dtype,
                           hr_initializer initializer, hr_regularizer regularizer) {
  if (!use_bias) return HR_NO_OPERAND;
  hr_var *bias = hr_layer_variable(layer, "bias", HR_SHAPE(filters), dtype,
                                   initializer.call ? initializer : hr_zeros_initializer(), regularizer);
  return bias ? hr_operand_variable(bias) : HR_NO_OPERAND;
}

/* ---- convolutions ---------------------------------------------------------------------------------------------- */

typedef struct kind {
  const char *name;
  int spatial;
  bool transposed;
} kind;

static hr_output convolve(hr_scope scope, const kind *kind, hr_operand input, int64_t filters, hr_ints kernel_size,
                          const hr_convolution_layer_options *options) {
  hr_convolution_layer_options o = options ? *options : (hr_convolution_layer_options){HR_CONVOLUTION_LAYER_DEFAULTS};
  const char *padding = padding_of(scope, o.padding);
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  const hr_var_scope *owner = hr_layer_scope(scope, o.name, kind->name, o.reuse);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int spatial = kind->spatial;
  int64_t channels = channels_of(scope, x, spatial, o.channels_first), strides[HR_MAX_WINDOW], rates[HR_MAX_WINDOW];
  hr_partial_shape shape;
  if (channels < 0 || !hr_window_sizes(scope, o.strides, spatial, false, "strides", strides) ||
      !hr_window_sizes(scope, o.dilation_rate, spatial, false, "dilation_rate", rates) ||
      !kernel_shape(scope, kernel_size, spatial, kind->transposed ? filters : channels,
                    kind->transposed ? channels : filters, &shape))
    return HR_NO_OUTPUT;
  if (kind->transposed && o.dilation_rate.count > 0)
    return hr_refuse(scope, "A transposed convolution takes no dilation_rate");
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_layer layer = hr_layer_begin(scope, owner, o.reuse, o.trainable);
  hr_var *kernel = hr_layer_variable(&layer, "kernel", shape, dtype, o.kernel_initializer, o.kernel_regularizer);
  hr_operand bias = add_bias(&layer, o.use_bias, filters, dtype, o.bias_initializer, o.bias_regularizer);
  hr_output y = HR_NO_OUTPUT;
  const hr_ints moves = {spatial, strides + 1};
  if (kernel && kind->transposed) {
    y = hr_transposed_convolution_call(layer.scope, x, kernel, .bias = bias, .activation = o.activation,
                                       .strides = moves, .padding = padding, .channels_first = o.channels_first);
  } else if (kernel) {
    hr_convolution_taps taps =
        hr_make_convolution_taps(layer.scope, moves, (hr_ints){spatial, rates + 1}, padding, shape);
    if (hr_scope_ok(scope))
      y = hr_convolution_call(layer.scope, x, kernel, .bias = bias, .activation = o.activation, .strides = moves,
                              .padding = padding, .channels_first = o.channels_first, .dilation_rate = taps.rate,
                              .base_paddings = taps.base_paddings);
  }
  hr_layer_activity(&layer, o.activity_regularizer, y);
  hr_layer_end(&layer);
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

#define CONVOLUTION(function, name, spatial, transposed)                                                               \
  hr_output function(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,                               \
                     const hr_convolution_layer_options *options) {                                                    \
    return convolve(scope, &(kind){name, spatial, transposed}, x, filters, kernel_size, options);                      \
  }
CONVOLUTION(hr_conv1d_layer_with, "conv1d", 1, false)
CONVOLUTION(hr_conv2d_layer_with, "conv2d", 2, false)
CONVOLUTION(hr_conv3d_layer_with, "conv3d", 3, false)
CONVOLUTION(hr_conv2d_transpose_layer_with, "conv2d_transpose", 2, true)
CONVOLUTION(hr_conv3d_transpose_layer_with, "conv3d_transpose", 3, true)

static hr_output separate(hr_scope scope, const char *kind, int spatial, hr_operand input, int64_t filters,
                          hr_ints kernel_size, const hr_separable_layer_options *options) {
  hr_separable_layer_options o = options ? *options : (hr_separable_layer_options){HR_SEPARABLE_LAYER_DEFAULTS};
  const char *padding = padding_of(scope, o.padding);
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  const hr_var_scope *owner = hr_layer_scope(scope, o.name, kind, o.reuse);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  int64_t channels = channels_of(scope, x, spatial, o.channels_first), mixed;
  if (channels < 0) return HR_NO_OUTPUT;
  if (o.depth_multiplier < 1 || __builtin_mul_overflow(channels, o.depth_multiplier, &mixed))
    return hr_refuse(scope, "depth_multiplier must be a positive number, not %lld", (long long)o.depth_multiplier);
  hr_partial_shape depthwise_shape, pointwise_shape;
  if (!kernel_shape(scope, kernel_size, spatial, channels, o.depth_multiplier, &depthwise_shape) ||
      !kernel_shape(scope, HR_INTS(1), spatial, mixed, filters, &pointwise_shape))
    return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_layer layer = hr_layer_begin(scope, owner, o.reuse, o.trainable);
  hr_var *depthwise = hr_layer_variable(&layer, "depthwise_kernel", depthwise_shape, dtype, o.depthwise_initializer,
                                        o.depthwise_regularizer);
  hr_var *pointwise = hr_layer_variable(&layer, "pointwise_kernel", pointwise_shape, dtype, o.pointwise_initializer,
                                        o.pointwise_regularizer);
  hr_operand bias = add_bias(&layer, o.use_bias, filters, dtype, o.bias_initializer, o.bias_regularizer);
  hr_output y = HR_NO_OUTPUT;
  if (depthwise && pointwise && hr_scope_ok(scope))
    y = hr_separable_convolution_call(layer.scope, x, depthwise, pointwise, .bias = bias, .activation = o.activation,
                                      .strides = o.strides, .dilation_rate = o.dilation_rate, .padding = padding,
                                      .channels_first = o.channels_first);
  hr_layer_activity(&layer, o.activity_regularizer, y);
  hr_layer_end(&layer);
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}
hr_output hr_separable_conv1d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                         const hr_separable_layer_options *options) {
  return separate(scope, "separable_conv1d", 1, x, filters, kernel_size, options);
}
hr_output hr_separable_conv2d_layer_with(hr_scope scope, hr_operand x, int64_t filters, hr_ints kernel_size,
                                         const hr_separable_layer_options *options) {
  return separate(scope, "separable_conv2d", 2, x, filters, kernel_size, options);
}

/* ---- pooling --------------------------------------------------------------------------------------------------- */

static hr_output pool(hr_scope scope, const char *kind, int spatial, bool average, hr_operand input, hr_ints pool_size,
                      hr_ints strides, const hr_pooling_layer_options *options) {
  hr_pooling_layer_options o = options ? *options : (hr_pooling_layer_options){.padding = "valid"};
  const char *padding = padding_of(scope, o.padding);
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  const hr_var_scope *owner = hr_layer_scope(scope, o.name, kind, HR_REUSE_NONE);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (hr_output_rank(x) != spatial + 2)
    return hr_refuse(scope, "%s takes inputs of rank %d, not rank %d", kind, spatial + 2, hr_output_rank(x));
  hr_layer layer = hr_layer_begin(scope, owner, HR_REUSE_NONE, true);
  hr_output y = hr_pooling_call(layer.scope, x, pool_size, strides, .padding = padding,
                                .channels_first = o.channels_first, .average = average);
  hr_layer_end(&layer);
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

#define POOLING(function, kind, spatial, average)                                                                      \
  hr_output function(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,                                 \
                     const hr_pooling_layer_options *options) {                                                        \
    return pool(scope, kind, spatial, average, x, pool_size, strides, options);                                        \
  }
POOLING(hr_max_pooling1d_with, "max_pooling1d", 1, false)
POOLING(hr_max_pooling2d_with, "max_pooling2d", 2, false)
POOLING(hr_max_pooling3d_with, "max_pooling3d", 3, false)
POOLING(hr_average_pooling1d_with, "average_pooling1d", 1, true)
POOLING(hr_average_pooling2d_with, "average_pooling2d", 2, true)
POOLING(hr_average_pooling3d_with, "average_pooling3d", 3, true)
