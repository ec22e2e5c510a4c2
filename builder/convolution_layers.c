/* tf.layers.conv2d and the pooling layers. */
#include "builder/builder.h"
#include "builder/layer.h"
#include "headrace/convolution.h"

#include <strings.h>

enum { MAX_SPATIAL = 3 };

/* The dimensions of images or volumes that windows move along; -1 and an error for other ranks. */
static int spatial_of(hr_scope scope, hr_output x, const char *what) {
  if (!hr_scope_ok(scope)) return -1;
  int rank = hr_output_rank(x);
  if (rank == 4 || rank == 5) return rank - 2;
  hr_refuse(scope, "%s takes images of rank 4 or volumes of rank 5, not rank %d", what, rank);
  return -1;
}

/* [1, sizes..., 1], or with channels first [1, 1, sizes...]; one size may stand for all, none for ones. False and an
 * error for another number. */
static bool spread_sizes(hr_scope scope, hr_ints sizes, int spatial, bool channels_first,
                         int64_t out[MAX_SPATIAL + 2]) {
  if (sizes.count > 1 && sizes.count != spatial) {
    hr_refuse(scope, "Windows of %d dimensions were given %d sizes", spatial, sizes.count);
    return false;
  }
  for (int i = 0; i < spatial + 2; ++i)
    out[i] = 1;
  for (int i = 0; i < spatial && sizes.count > 0; ++i)
    out[i + 1 + (channels_first ? 1 : 0)] = sizes.items[sizes.count == 1 ? 0 : i];
  return true;
}

static hr_attr_value list_of(const int64_t *items, int count) {
  return (hr_attr_value){.kind = HR_ATTR_INT, .is_list = true, .count = count, .ints = items};
}
static const char *format_of(int spatial, bool channels_first) {
  if (spatial == 2) return channels_first ? "NCHW" : "NHWC";
  return channels_first ? "NCDHW" : "NDHWC";
}

hr_output hr_convolution_call_with(hr_scope scope, hr_output x, hr_operand kernel,
                                   const hr_convolution_call_options *options) {
  hr_convolution_call_options o = options ? *options : (hr_convolution_call_options){.padding = "VALID"};
  int64_t strides[MAX_SPATIAL + 2];
  int spatial = spatial_of(scope, x, "A convolution");
  if (spatial < 0 || !spread_sizes(scope, o.strides, spatial, o.channels_first, strides)) return HR_NO_OUTPUT;
  hr_output y = hr_call_one(scope, spatial == 2 ? "Conv2D" : "Conv3D", NULL, HR_OPERANDS(x, kernel),
                            HR_ATTRS({"strides", list_of(strides, spatial + 2)},
                                     {"padding", HR_ATTR_STRING_VALUE(o.padding ? o.padding : "VALID")},
                                     {"data_format", HR_ATTR_STRING_VALUE(format_of(spatial, o.channels_first))}));
  if (hr_operand_is_given(o.bias))
    y = hr_tf_bias_add(scope, y, o.bias, .data_format = o.channels_first ? "NCHW" : "NHWC");
  return o.activation.call && hr_scope_ok(scope) ? o.activation.call(o.activation.argument, scope, y) : y;
}

hr_output hr_pooling_call_with(hr_scope scope, hr_output x, hr_ints pool_size, hr_ints strides,
                               const hr_pooling_call_options *options) {
  static const char *const ops[2][2] = {{"MaxPool", "MaxPool3D"}, {"AvgPool", "AvgPool3D"}};
  hr_pooling_call_options o = options ? *options : (hr_pooling_call_options){.padding = "VALID"};
  int64_t sizes[MAX_SPATIAL + 2], moves[MAX_SPATIAL + 2];
  int spatial = spatial_of(scope, x, "Pooling");
  if (spatial < 0 || !spread_sizes(scope, pool_size, spatial, o.channels_first, sizes) ||
      !spread_sizes(scope, strides, spatial, o.channels_first, moves))
    return HR_NO_OUTPUT;
  return hr_call_one(scope, ops[o.average][spatial - 2], NULL, HR_OPERANDS(x),
                     HR_ATTRS({"ksize", list_of(sizes, spatial + 2)}, {"strides", list_of(moves, spatial + 2)},
                              {"padding", HR_ATTR_STRING_VALUE(o.padding ? o.padding : "VALID")},
                              {"data_format", HR_ATTR_STRING_VALUE(format_of(spatial, o.channels_first))}));
}

/* ---- layers ---------------------------------------------------------------------------------------------------- */

/* "VALID" or "SAME" for the layers' spelling, in any case; NULL and an error for others. */
static const char *padding_of(hr_scope scope, const char *padding) {
  if (!padding || strcasecmp(padding, "valid") == 0) return "VALID";
  if (strcasecmp(padding, "same") == 0) return "SAME";
  hr_refuse(scope, "The `padding` argument must be one of \"valid\", \"same\". Received: %s", padding);
  return NULL;
}

/* Variables kernel and bias in `owner`, and what the layer makes of them. */
static hr_output build(hr_scope scope, const hr_var_scope *owner, hr_output x, int64_t filters, hr_ints kernel_size,
                       const char *padding, const hr_conv2d_layer_options *o) {
  const hr_partial_shape *shape = hr_output_shape(x);
  char text[HR_SHAPE_TEXT];
  if (shape->rank != 4)
    return hr_refuse(scope, "The layer takes images of rank 4: found %s", hr_partial_shape_text(shape, text));
  int64_t channels = shape->dims[o->channels_first ? 1 : 3], sizes[MAX_SPATIAL + 2];
  if (channels < 0)
    return hr_refuse(scope, "The channel dimension of the inputs should be defined. Found `None` in %s",
                     hr_partial_shape_text(shape, text));
  if (!spread_sizes(scope, kernel_size, 2, false, sizes)) return HR_NO_OUTPUT;
  hr_dtype dtype = hr_output_base_dtype(x);
  hr_layer layer = hr_layer_begin(scope, owner, o->reuse, o->trainable);
  hr_var *kernel = hr_layer_variable(&layer, "kernel", HR_SHAPE(sizes[1], sizes[2], channels, filters), dtype,
                                     o->kernel_initializer, o->kernel_regularizer);
  hr_var *bias = NULL;
  if (o->use_bias)
    bias =
        hr_layer_variable(&layer, "bias", HR_SHAPE(filters), dtype,
                          o->bias_initializer.call ? o->bias_initializer : hr_zeros_initializer(), o->bias_regularizer);
  hr_output y = HR_NO_OUTPUT;
  if (kernel && hr_scope_ok(scope)) {
    hr_i32_vector(layer.scope, 2, (int32_t[]){1, 1}, "dilation_rate");
    y = hr_convolution_call(layer.scope, x, kernel, .bias = bias ? hr_operand_variable(bias) : HR_NO_OPERAND,
                            .activation = o->activation, .strides = o->strides, .padding = padding,
                            .channels_first = o->channels_first);
  }
  hr_layer_end(&layer);
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

hr_output hr_conv2d_layer_with(hr_scope scope, hr_operand input, int64_t filters, hr_ints kernel_size,
                               const hr_conv2d_layer_options *options) {
  hr_conv2d_layer_options o = options ? *options : (hr_conv2d_layer_options){HR_CONV2D_LAYER_DEFAULTS};
  const char *padding = padding_of(scope, o.padding);
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  const hr_var_scope *owner = hr_layer_scope(scope, o.name, "conv2d", o.reuse);
  return hr_scope_ok(scope) ? build(scope, owner, x, filters, kernel_size, padding, &o) : HR_NO_OUTPUT;
}

static hr_output pool(hr_scope scope, hr_operand input, hr_ints pool_size, hr_ints strides, const char *kind,
                      bool average, const hr_pooling_layer_options *options) {
  hr_pooling_layer_options o = options ? *options : (hr_pooling_layer_options){.padding = "valid"};
  const char *padding = padding_of(scope, o.padding);
  hr_output x = hr_convert(scope, input, HR_INVALID, NULL);
  const hr_var_scope *owner = hr_layer_scope(scope, o.name, kind, HR_REUSE_NONE);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_layer layer = hr_layer_begin(scope, owner, HR_REUSE_NONE, true);
  hr_output y = hr_pooling_call(layer.scope, x, pool_size, strides, .padding = padding,
                                .channels_first = o.channels_first, .average = average);
  hr_layer_end(&layer);
  return hr_scope_ok(scope) ? y : HR_NO_OUTPUT;
}

hr_output hr_max_pooling2d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                const hr_pooling_layer_options *options) {
  return pool(scope, x, pool_size, strides, "max_pooling2d", false, options);
}
hr_output hr_average_pooling2d_with(hr_scope scope, hr_operand x, hr_ints pool_size, hr_ints strides,
                                    const hr_pooling_layer_options *options) {
  return pool(scope, x, pool_size, strides, "average_pooling2d", true, options);
}
