/* What layers of convolutions and pooling do once they have their variables. */
#include "builder/space_to_batch.h"
#include "builder/windows.h"
#include "headrace/arrays.h"
#include "headrace/convolution_layers.h"

/* The dimensions of sequences, images or volumes that windows move along; -1 and an error for other ranks. */
static int spatial_of(hr_scope scope, hr_output x, const char *what) {
  if (!hr_scope_ok(scope)) return -1;
  int rank = hr_output_rank(x);
  if (rank >= 3 && rank <= HR_MAX_WINDOW) return rank - 2;
  hr_refuse(scope, "%s takes sequences of rank 3, images of rank 4 or volumes of rank 5, not rank %d", what, rank);
  return -1;
}

static hr_output activate(hr_scope s, hr_activation activation, hr_output y) {
  return activation.call && hr_scope_ok(s) ? activation.call(activation.argument, s, y) : y;
}
static hr_output add_bias(hr_scope s, hr_output y, hr_operand bias, bool channels_first) {
  if (!hr_operand_is_given(bias)) return y;
  return hr_tf_bias_add(s, y, bias, .data_format = channels_first ? "NCHW" : "NHWC");
}
static hr_output expand(hr_scope s, hr_operand x, int axis) {
  return hr_call_one(s, "ExpandDims", NULL, HR_OPERANDS(x, axis), HR_NO_ATTRS);
}

/* Channels moved to the end, or back to the second place: the CPU's kernels have them at the end alone, and
 * TensorFlow's layers that go through Keras see to that, but for those of plain convolutions and of the pooling of
 * images. */
static hr_output move_channels(hr_scope s, hr_output x, int spatial, bool to_end) {
  int64_t perm[HR_MAX_WINDOW] = {0};
  for (int i = 1; i < spatial + 2; ++i)
    perm[i] = to_end ? (i == spatial + 1 ? 1 : i + 1) : (i == 1 ? spatial + 1 : i - 1);
  return hr_tf_transpose(s, x, .perm = hr_operand_ints((hr_ints){spatial + 2, perm}));
}

/* ---- convolutions ---------------------------------------------------------------------------------------------- */

hr_convolution_taps hr_make_convolution_taps(hr_scope scope, hr_ints strides, hr_ints dilation_rate,
                                             const char *padding, hr_partial_shape kernel_shape) {
  const hr_convolution_taps none = {HR_NO_OUTPUT, HR_NO_OUTPUT};
  int spatial = kernel_shape.rank - 2;
  int64_t moves[HR_MAX_SPATIAL], rates[HR_MAX_SPATIAL];
  if (spatial < 1 || spatial > HR_MAX_SPATIAL || !hr_partial_shape_is_full(&kernel_shape)) {
    char text[HR_SHAPE_TEXT];
    hr_refuse(scope, "A kernel must be of 3, 4 or 5 known sizes: %s", hr_partial_shape_text(&kernel_shape, text));
    return none;
  }
  if (!hr_strides_and_rates(scope, strides, dilation_rate, spatial, moves, rates)) return none;
  const hr_partial_shape unknown = {.rank = HR_UNKNOWN_RANK};
  hr_dilation d = hr_dilation_begin(scope, &unknown, hr_operand_ints((hr_ints){spatial, rates}), padding,
                                    hr_operand_ints((hr_ints){kernel_shape.rank, kernel_shape.dims}));
  return hr_scope_ok(scope) ? (hr_convolution_taps){d.rate, d.base} : none;
}

typedef struct convolving {
  hr_operand kernel;
  int64_t strides[HR_MAX_SPATIAL];
  bool channels_first;
} convolving;
static hr_output convolve(void *argument, hr_scope s, hr_output x, int spatial, const char *padding) {
  const convolving *c = argument;
  return hr_plain_convolution(s, x, c->kernel, spatial, c->strides, padding, c->channels_first, NULL);
}

hr_output hr_convolution_call_with(hr_scope scope, hr_output x, hr_operand kernel,
                                   const hr_convolution_call_options *options) {
  hr_convolution_call_options o = options ? *options : (hr_convolution_call_options){HR_CONVOLUTION_CALL_DEFAULTS};
  const char *padding = o.padding ? o.padding : "VALID";
  convolving c = {.kernel = kernel, .channels_first = o.channels_first};
  int spatial = spatial_of(scope, x, "A convolution");
  if (spatial < 0) return HR_NO_OUTPUT;
  if (o.strides.count > 1 && o.strides.count != spatial)
    return hr_refuse(scope, "Windows of %d dimensions were given %d strides", spatial, o.strides.count);
  int64_t dims[HR_MAX_SPATIAL];
  for (int i = 0; i < spatial; ++i) {
    c.strides[i] = o.strides.count == 0 ? 1 : o.strides.items[o.strides.count == 1 ? 0 : i];
    dims[i] = i + 1 + c.channels_first;
  }
  hr_dilation d = {.rate = o.dilation_rate, .count = spatial, .base = o.base_paddings, .padding = padding};
  d.shape = o.built_for.rank >= 0 ? o.built_for : *hr_output_shape(x);
  int64_t rates[HR_MAX_SPATIAL] = {0};
  int count = 0;
  if (d.rate.node) d.cuts = !hr_static_ints(scope, d.rate, HR_MAX_SPATIAL, rates, &count);
  for (int i = 0; i < count; ++i)
    d.cuts = d.cuts || rates[i] != 1;
  if (count > 0 && count != spatial)
    return hr_refuse(scope, "Windows of %d dimensions were given %d rates", spatial, count);
  hr_output y = hr_dilation_call(scope, &d, x, (hr_ints){spatial, dims}, (hr_window_function){convolve, &c});
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (spatial == 1 && o.channels_first && hr_operand_is_given(o.bias)) { /* BiasAdd has no form for it */
    hr_partial_shape filters = hr_operand_static_shape(scope, o.bias);
    int64_t count = filters.rank == 1 ? filters.dims[0] : -1;
    y = hr_plus(
        scope, y,
        hr_call_one(scope, "Reshape", NULL, HR_OPERANDS(o.bias, hr_operand_ints(HR_INTS(1, count, 1))), HR_NO_ATTRS));
  } else {
    y = add_bias(scope, y, o.bias, o.channels_first);
  }
  return activate(scope, o.activation, y);
}

hr_output hr_transposed_convolution_call_with(hr_scope scope, hr_output x, hr_operand kernel,
                                              const hr_convolution_call_options *options) {
  hr_convolution_call_options o = options ? *options : (hr_convolution_call_options){HR_CONVOLUTION_CALL_DEFAULTS};
  const char *padding = o.padding ? o.padding : "VALID";
  int spatial = spatial_of(scope, x, "A transposed convolution");
  int64_t strides[HR_MAX_WINDOW];
  if (spatial < 0 || !hr_window_sizes(scope, o.strides, spatial, o.channels_first, "strides", strides))
    return HR_NO_OUTPUT;
  hr_partial_shape kernel_shape = hr_operand_static_shape(scope, kernel), known = *hr_output_shape(x);
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  if (spatial < 2 || kernel_shape.rank != spatial + 2 || !hr_partial_shape_is_full(&kernel_shape))
    return hr_refuse(scope, "A transposed convolution of rank %d takes a kernel of as many known sizes", spatial + 2);
  int64_t filters = kernel_shape.dims[spatial], at = 1 + o.channels_first;
  bool same = strcmp(padding, "SAME") == 0;
  hr_output shape = hr_tf_shape(scope, x), sizes[HR_MAX_SPATIAL];
  hr_operand items[HR_MAX_WINDOW] = {hr_operand_output(hr_at(scope, shape, HR_INDEX(0)))};
  for (int i = 0; i < spatial; ++i)
    sizes[i] = hr_at(scope, shape, HR_INDEX(at + i));
  for (int i = 0; i < spatial; ++i) {
    int64_t stride = strides[at + i], kernel_size = kernel_shape.dims[i], *size = &known.dims[at + i];
    int64_t more = kernel_size > stride ? kernel_size - stride : 0;
    sizes[i] = hr_times(scope, sizes[i], stride);
    if (!same) sizes[i] = hr_plus(scope, sizes[i], more);
    items[at + i] = hr_operand_output(sizes[i]);
    if (*size >= 0) *size = hr_window_enlarged(*size, kernel_size, stride, same);
  }
  int channels = o.channels_first ? 1 : spatial + 1;
  items[channels] = hr_operand_int(filters);
  known.dims[channels] = filters;
  hr_output output_shape = hr_stack(scope, ((hr_operands){spatial + 2, items, NULL}));
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_output y;
  if (spatial == 3) {
    y = hr_conv3d_transpose(scope, x, kernel, output_shape, ((hr_ints){5, strides}), .padding = padding,
                            .data_format = hr_window_format(3, o.channels_first));
  } else {
    const hr_ints moves = {2, strides + at};
    if (o.channels_first) {
      static const int order[] = {0, 2, 3, 1};
      x = move_channels(scope, x, 2, true);
      for (int i = 0; i < 4; ++i)
        items[i] = hr_operand_output(hr_at(scope, output_shape, HR_INDEX(order[i])));
      output_shape = hr_stack(scope, ((hr_operands){4, items, NULL}));
    } else {
      hr_at(scope, output_shape, HR_INDEX(0)); /* nobody reads it, but TensorFlow has it */
    }
    y = hr_conv2d_transpose(scope, x, kernel, output_shape, moves, .padding = padding, .data_format = "NHWC");
    if (o.channels_first && hr_scope_ok(scope)) y = move_channels(scope, y, 2, false);
  }
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  hr_know_shape(scope, y, &known);
  return activate(scope, o.activation, add_bias(scope, y, o.bias, o.channels_first));
}

hr_output hr_separable_convolution_call_with(hr_scope scope, hr_output x, hr_operand depthwise_kernel,
                                             hr_operand pointwise_kernel,
                                             const hr_separable_convolution_call_options *options) {
  hr_separable_convolution_call_options o =
      options ? *options : (hr_separable_convolution_call_options){.padding = "VALID"};
  int spatial = spatial_of(scope, x, "A separable convolution"), axis = 1 + o.channels_first;
  if (spatial < 0) return HR_NO_OUTPUT;
  if (spatial > 2) return hr_refuse(scope, "A separable convolution takes sequences or images, not volumes");
  if ((o.strides.count > 1 && o.strides.count != spatial) ||
      (o.dilation_rate.count > 1 && o.dilation_rate.count != spatial))
    return hr_refuse(scope, "Windows of %d dimensions were given %d strides and %d rates", spatial, o.strides.count,
                     o.dilation_rate.count);
  int64_t strides[4] = {1, 1, 1, 1}, rates[2] = {1, 1};
  for (int i = 0; i < 2; ++i) { /* a sequence is an image of one row, with the strides of both */
    if (o.strides.count > 0) strides[axis + i] = o.strides.items[o.strides.count == 1 ? 0 : i];
    if (o.dilation_rate.count > 0 && (spatial == 2 || i == 1))
      rates[i] = o.dilation_rate.items[o.dilation_rate.count == 1 ? 0 : i];
  }
  if (spatial == 1) {
    x = expand(scope, hr_operand_output(x), axis);
    depthwise_kernel = hr_operand_output(expand(scope, depthwise_kernel, 0));
    pointwise_kernel = hr_operand_output(expand(scope, pointwise_kernel, 0));
  }
  hr_output y = hr_separable_conv2d(scope, x, depthwise_kernel, pointwise_kernel, ((hr_ints){4, strides}),
                                    o.padding ? o.padding : "VALID", .rate = {2, rates},
                                    .data_format = hr_window_format(2, o.channels_first));
  if (!hr_scope_ok(scope)) return HR_NO_OUTPUT;
  y = add_bias(scope, y, o.bias, o.channels_first);
  if (spatial == 1) y = hr_squeeze(scope, y, .squeeze_dims = HR_INTS(axis));
  return activate(scope, o.activation, y);
}

/* ---- pooling --------------------------------------------------------------------------------------------------- */

hr_output hr_pooling_call_with(hr_scope scope, hr_output x, hr_ints pool_size, hr_ints strides,
                               const hr_pooling_call_options *options) {
  static const char *const ops[2][2] = {{"MaxPool", "MaxPool3D"}, {"AvgPool", "AvgPool3D"}};
  hr_pooling_call_options o = options ? *options : (hr_pooling_call_options){.padding = "VALID"};
  int64_t sizes[1 + HR_MAX_WINDOW], moves[1 + HR_MAX_WINDOW];
  int spatial = spatial_of(scope, x, "Pooling"), axis = o.channels_first ? 3 : 2;
  if (spatial < 0 || !hr_window_sizes(scope, pool_size, spatial, o.channels_first, "pool_size", sizes) ||
      !hr_window_sizes(scope, strides, spatial, o.channels_first, "strides", moves))
    return HR_NO_OUTPUT;
  bool sequence = spatial == 1;
  if (sequence) { /* a sequence is an image of one column */
    x = expand(scope, hr_operand_output(x), axis);
    for (int i = 3; i > axis; --i) {
      sizes[i] = sizes[i - 1];
      moves[i] = moves[i - 1];
    }
    sizes[axis] = moves[axis] = 1;
    spatial = 2;
  }
  bool moved = o.channels_first && (sequence || spatial == 3);
  if (moved) {
    x = move_channels(scope, x, spatial, true);
    for (int i = 1; i <= spatial; ++i) {
      sizes[i] = sizes[i + 1];
      moves[i] = moves[i + 1];
    }
    sizes[spatial + 1] = moves[spatial + 1] = 1;
  }
  hr_output y = hr_call_one(
      scope, ops[o.average][spatial == 3], NULL, HR_OPERANDS(x),
      HR_ATTRS({"ksize", hr_int_list(sizes, spatial + 2)}, {"strides", hr_int_list(moves, spatial + 2)},
               {"padding", HR_ATTR_STRING_VALUE(o.padding ? o.padding : "VALID")},
               {"data_format", HR_ATTR_STRING_VALUE(hr_window_format(spatial, o.channels_first && !moved))}));
  if (moved) y = move_channels(scope, y, spatial, false);
  return sequence ? hr_squeeze(scope, y, .squeeze_dims = HR_INTS(axis)) : y;
}
