/* tf.nn.convolution and its like: sequences, images and volumes, channel by channel, with taps that lie apart. */
#include "headrace/convolution.h"
#include "builder/space_to_batch.h"
#include "builder/windows.h"
#include "headrace/arrays.h"

/* The attributes that Conv2D and its gradient by the input share; `format` is one of images. */
static hr_output image_call(hr_scope s, const char *op, const char *name, hr_operands operands, const int64_t *strides,
                            const char *padding, hr_ints explicit_paddings, const int64_t *taps, const char *format,
                            bool cudnn) {
  return hr_call_one(s, op, name, operands,
                     HR_ATTRS({"strides", hr_int_list(strides, 4)}, {"padding", HR_ATTR_STRING_VALUE(padding)},
                              {"explicit_paddings", hr_int_list(explicit_paddings.items, explicit_paddings.count)},
                              {"dilations", hr_int_list(taps, 4)}, {"data_format", HR_ATTR_STRING_VALUE(format)},
                              {"use_cudnn_on_gpu", HR_ATTR_BOOL_VALUE(cudnn)}));
}

hr_output hr_tf_conv2d_with(hr_scope scope, hr_operand x, hr_operand filters, hr_ints strides, const char *padding,
                            const hr_tf_conv2d_options *options) {
  hr_tf_conv2d_options o = options ? *options : (hr_tf_conv2d_options){0};
  bool first = hr_channels_first(o.data_format);
  int64_t moves[HR_MAX_WINDOW], taps[HR_MAX_WINDOW];
  if (!hr_padding_is_given(scope, padding) || !hr_window_sizes(scope, strides, 2, first, "strides", moves) ||
      !hr_window_sizes(scope, o.dilations, 2, first, "dilations", taps))
    return HR_NO_OUTPUT;
  return image_call(scope, "Conv2D", o.name, HR_OPERANDS(x, filters), moves, padding, o.explicit_paddings, taps,
                    o.data_format ? o.data_format : "NHWC", !o.no_cudnn);
}

/* ---- sequences ------------------------------------------------------------------------------------------------- */

/* Sizes of a sequence's op of images: the new dimension stands at `axis`, before the length. */
static bool sequence_sizes(hr_scope s, hr_ints given, bool channels_first, const char *name, int64_t out[4]) {
  int64_t three[HR_MAX_WINDOW];
  if (!hr_window_sizes(s, given, 1, channels_first, name, three)) return false;
  int axis = channels_first ? 2 : 1;
  for (int i = 0, j = 0; i < 4; ++i)
    out[i] = i == axis ? 1 : three[j++];
  return true;
}
static hr_output expand(hr_scope s, hr_operand x, int axis) {
  return hr_call_one(s, "ExpandDims", NULL, HR_OPERANDS(x, axis), HR_NO_ATTRS);
}
/* Whether the channels come second, of the formats of sequences; -1 and an error for others. */
static int sequence_format(hr_scope s, const char *format, bool images_too) {
  if (!format || strcmp(format, "NWC") == 0 || (images_too && strcmp(format, "NHWC") == 0)) return 0;
  if (strcmp(format, "NCW") == 0 || (images_too && strcmp(format, "NCHW") == 0)) return 1;
  hr_refuse(s, "data_format must be \"NWC\" or \"NCW\".");
  return -1;
}

hr_output hr_conv1d_with(hr_scope scope, hr_operand x, hr_operand filters, hr_ints stride, const char *padding,
                         const hr_conv1d_options *options) {
  hr_conv1d_options o = options ? *options : (hr_conv1d_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "conv1d");
  int first = sequence_format(s, o.data_format, true), axis = first ? 2 : 1;
  int64_t strides[4], taps[4];
  if (first < 0 || !hr_padding_is_given(s, padding) || !sequence_sizes(s, stride, first, "stride", strides) ||
      !sequence_sizes(s, o.dilations, first, "dilations", taps))
    return HR_NO_OUTPUT;
  hr_output images = expand(s, x, axis), filter = expand(s, filters, 0);
  hr_output made = image_call(s, "Conv2D", hr_scope_name(s), HR_OPERANDS(images, filter), strides, padding,
                              (hr_ints){0, NULL}, taps, hr_window_format(2, first), !o.no_cudnn);
  return hr_squeeze(s, made, .squeeze_dims = HR_INTS(axis));
}

/* ---- transposes ------------------------------------------------------------------------------------------------ */

static hr_output transpose(hr_scope s, int spatial, hr_operand x, hr_operand filters, hr_operand output_shape,
                           const int64_t *strides, const int64_t *taps, const char *format,
                           const hr_conv_transpose_options *o) {
  const char *padding = o->padding ? o->padding : "SAME";
  const hr_operands operands = HR_OPERANDS(output_shape, filters, x);
  const char *name = hr_scope_name(s);
  if (spatial < 3)
    return image_call(s, "Conv2DBackpropInput", name, operands, strides, padding, o->explicit_paddings, taps, format,
                      true);
  return hr_call_one(s, "Conv3DBackpropInputV2", name, operands,
                     HR_ATTRS({"strides", hr_int_list(strides, 5)}, {"padding", HR_ATTR_STRING_VALUE(padding)},
                              {"dilations", hr_int_list(taps, 5)}, {"data_format", HR_ATTR_STRING_VALUE(format)}));
}

static hr_output transpose_in(hr_scope s, int spatial, hr_operand x, hr_operand filters, const hr_dims *output_shape,
                              hr_ints strides, const hr_conv_transpose_options *o) {
  bool first = hr_channels_first(o->data_format);
  int64_t moves[HR_MAX_WINDOW], taps[HR_MAX_WINDOW], sizes[HR_MAX_RANK];
  if (!hr_window_sizes(s, strides, spatial, first, "strides", moves) ||
      !hr_window_sizes(s, o->dilations, spatial, first, "dilations", taps))
    return HR_NO_OUTPUT;
  hr_operand shape = hr_dims_operand(s, output_shape, sizes);
  return transpose(s, spatial, x, filters, shape, moves, taps,
                   o->data_format ? o->data_format : hr_window_format(spatial, false), o);
}

hr_output hr_conv2d_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                   hr_ints strides, const hr_conv_transpose_options *options) {
  hr_conv_transpose_options o = options ? *options : (hr_conv_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "conv2d_transpose");
  return transpose_in(s, 2, x, filters, &output_shape, strides, &o);
}
hr_output hr_conv3d_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                   hr_ints strides, const hr_conv_transpose_options *options) {
  hr_conv_transpose_options o = options ? *options : (hr_conv_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "conv3d_transpose");
  return transpose_in(s, 3, x, filters, &output_shape, strides, &o);
}

/* [sizes before the new dimension, 1, sizes behind it]. */
static hr_output longer_shape(hr_scope s, const hr_dims *shape, int axis) {
  int64_t sizes[HR_MAX_RANK];
  hr_operand given = hr_dims_operand(s, shape, sizes);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_operand one = hr_operand_ints(HR_INTS(1));
  if (given.kind == HR_OPERAND_INTS && given.ints.count >= axis) {
    hr_operand before = hr_operand_ints((hr_ints){axis, given.ints.items});
    hr_operand after = hr_operand_ints((hr_ints){given.ints.count - axis, given.ints.items + axis});
    return hr_tf_concat(s, HR_OPERANDS(before, one, after), 0);
  }
  if (given.kind == HR_OPERAND_LIST && given.list.count >= axis && given.list.items) {
    hr_operand before = hr_operand_items(axis, given.list.items);
    hr_operand after = hr_operand_items(given.list.count - axis, given.list.items + axis);
    return hr_tf_concat(s, HR_OPERANDS(before, one, after), 0);
  }
  hr_output before = hr_at(s, given, HR_SLICE(HR_OPEN, axis)), after = hr_at(s, given, HR_SLICE(axis, HR_OPEN));
  return hr_tf_concat(s, HR_OPERANDS(before, one, after), 0);
}

hr_output hr_conv1d_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                   hr_ints strides, const hr_conv_transpose_options *options) {
  hr_conv_transpose_options o = options ? *options : (hr_conv_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "conv1d_transpose");
  int first = sequence_format(s, o.data_format, false), axis = first ? 2 : 1;
  int64_t moves[4], taps[4];
  if (first < 0 || !sequence_sizes(s, strides, first, "strides", moves) ||
      !sequence_sizes(s, o.dilations, first, "dilations", taps))
    return HR_NO_OUTPUT;
  hr_output images = expand(s, x, axis), filter = expand(s, filters, 0);
  hr_output shape = longer_shape(s, &output_shape, axis);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  hr_output made = transpose(s, 2, hr_operand_output(images), hr_operand_output(filter), hr_operand_output(shape),
                             moves, taps, hr_window_format(2, first), &o);
  return hr_squeeze(s, made, .squeeze_dims = HR_INTS(axis));
}

hr_output hr_conv_transpose_with(hr_scope scope, hr_operand x, hr_operand filters, hr_dims output_shape,
                                 hr_ints strides, const hr_conv_transpose_options *options) {
  hr_conv_transpose_options o = options ? *options : (hr_conv_transpose_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "conv_transpose");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  int count = output_shape.shape.rank;
  if (hr_operand_is_given(output_shape.value)) {
    hr_partial_shape vector = hr_operand_static_shape(s, output_shape.value);
    count = vector.rank == 1 && vector.dims[0] >= 0 && vector.dims[0] < HR_MAX_RANK ? (int)vector.dims[0] : -1;
  }
  o.name = hr_scope_name(s);
  if (count == 3) return hr_conv1d_transpose_with(s, x, filters, output_shape, strides, &o);
  if (count == 4) return hr_conv2d_transpose_with(s, x, filters, output_shape, strides, &o);
  if (count == 5) return hr_conv3d_transpose_with(s, x, filters, output_shape, strides, &o);
  return hr_refuse(s, "output_shape must be of known length 3, 4 or 5, not %d", count);
}

/* ---- channel by channel ---------------------------------------------------------------------------------------- */

typedef struct depthwise {
  hr_output filter;
  hr_ints strides;
  const char *format, *name;
} depthwise;
static hr_output depthwise_call(void *argument, hr_scope s, hr_output x, int spatial, const char *padding) {
  (void)spatial;
  const depthwise *d = argument;
  return hr_depthwise_conv2d_native(s, x, d->filter, d->strides, padding, .data_format = d->format, .name = d->name);
}
static hr_output depthwise_in(hr_scope s, hr_output x, hr_output filter, hr_ints strides, const char *padding,
                              const hr_depthwise_options *o, const char *name) {
  if (!hr_padding_is_given(s, padding)) return HR_NO_OUTPUT;
  depthwise d = {filter, strides, o->data_format ? o->data_format : "NHWC", name};
  hr_output shape = hr_tf_shape(s, filter);
  hr_operand rate = hr_operand_ints(o->rate.count > 0 ? o->rate : HR_INTS(1, 1));
  return hr_with_space_to_batch(s, x, rate, padding, ((hr_window_function){depthwise_call, &d}),
                                .filter_shape = hr_operand_output(shape), .data_format = d.format);
}

hr_output hr_depthwise_conv2d_with(hr_scope scope, hr_operand input, hr_operand filter, hr_ints strides,
                                   const char *padding, const hr_depthwise_options *options) {
  hr_depthwise_options o = options ? *options : (hr_depthwise_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "depthwise");
  hr_output x = hr_convert(s, input, HR_INVALID, "tensor_in"), w = hr_convert(s, filter, HR_INVALID, "filter_in");
  return depthwise_in(s, x, w, strides, padding, &o, hr_scope_name(s));
}

hr_output hr_separable_conv2d_with(hr_scope scope, hr_operand input, hr_operand depthwise_filter,
                                   hr_operand pointwise_filter, hr_ints strides, const char *padding,
                                   const hr_depthwise_options *options) {
  hr_depthwise_options o = options ? *options : (hr_depthwise_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "separable_conv2d");
  hr_output x = hr_convert(s, input, HR_INVALID, "tensor_in");
  hr_output w = hr_convert(s, depthwise_filter, HR_INVALID, "depthwise_filter");
  hr_output mix = hr_convert(s, pointwise_filter, HR_INVALID, "pointwise_filter");
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  const hr_partial_shape *shape = hr_output_shape(mix);
  char text[HR_SHAPE_TEXT];
  if (shape->rank >= 0 && (shape->rank != 4 || shape->dims[0] > 1 || shape->dims[1] > 1))
    return hr_refuse(s, "The pointwise filter must be of shape [1,1,?,?], not %s", hr_partial_shape_text(shape, text));
  hr_output made = depthwise_in(s, x, w, strides, padding, &o, "depthwise");
  return hr_conv2d(s, made, mix, HR_INTS(1, 1, 1, 1), "VALID", .data_format = o.data_format ? o.data_format : "NHWC",
                   .name = hr_scope_name(s));
}

/* ---- by rank --------------------------------------------------------------------------------------------------- */

typedef struct convolving {
  hr_operand filter;
  int64_t strides[HR_MAX_SPATIAL];
  bool channels_first;
  const char *name;
} convolving;
static hr_output convolve(void *argument, hr_scope s, hr_output x, int spatial, const char *padding) {
  const convolving *c = argument;
  return hr_plain_convolution(s, x, c->filter, spatial, c->strides, padding, c->channels_first, c->name);
}

hr_output hr_convolution_with(hr_scope scope, hr_operand input, hr_operand filter, const char *padding,
                              const hr_convolution_options *options) {
  hr_convolution_options o = options ? *options : (hr_convolution_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, "convolution");
  hr_output x = hr_convert(s, input, HR_INVALID, "input");
  hr_partial_shape filter_shape = hr_operand_static_shape(s, filter);
  if (!hr_padding_is_given(s, padding)) return HR_NO_OUTPUT;
  const hr_partial_shape shape = *hr_output_shape(x);
  int rank = shape.rank >= 0 ? shape.rank : filter_shape.rank, spatial = rank - 2;
  if (rank < 0) return hr_refuse(s, "rank of input or filter must be known");
  if (spatial < 1 || spatial > HR_MAX_SPATIAL) return hr_refuse(s, "num_spatial_dims must be one of 1, 2 or 3");
  convolving c = {filter, {0}, hr_channels_first(o.data_format), hr_scope_name(s)};
  int64_t rates[HR_MAX_SPATIAL], dims[HR_MAX_SPATIAL];
  if (!hr_strides_and_rates(s, o.strides, o.dilation_rate, spatial, c.strides, rates)) return HR_NO_OUTPUT;
  bool dilated = false;
  for (int i = 0; i < spatial; ++i) {
    dilated = dilated || rates[i] > 1;
    dims[i] = i + 1 + c.channels_first;
  }
  if (!dilated) return convolve(&c, s, x, spatial, padding);
  char text[HR_SHAPE_TEXT];
  hr_operand sizes = HR_NO_OPERAND;
  if (strcmp(padding, "SAME") == 0) {
    if (!hr_partial_shape_is_full(&filter_shape))
      return hr_refuse(s, "Cannot convert a partially known TensorShape to a Tensor: %s",
                       hr_partial_shape_text(&filter_shape, text));
    sizes = hr_operand_ints((hr_ints){filter_shape.rank, filter_shape.dims});
  }
  hr_dilation d = hr_dilation_begin(s, &shape, hr_operand_ints((hr_ints){spatial, rates}), padding, sizes);
  return hr_dilation_call(s, &d, x, (hr_ints){spatial, dims}, (hr_window_function){convolve, &c});
}

hr_output hr_atrous_conv2d_with(hr_scope scope, hr_operand x, hr_operand filters, hr_ints rate, const char *padding,
                                const hr_op_options *options) {
  const int64_t both[2] = {rate.count > 0 ? rate.items[0] : 1, rate.count > 0 ? rate.items[rate.count - 1] : 1};
  if (rate.count > 2) return hr_refuse(scope, "rate must be one number or two, not %d", rate.count);
  return hr_convolution(scope, x, filters, padding, .dilation_rate = (hr_ints){2, both},
                        .name = options ? options->name : NULL);
}
