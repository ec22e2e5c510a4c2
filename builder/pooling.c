/* tf.nn.max_pool, avg_pool and their like, tf.nn.pool, tf.nn.erosion2d. */
#include "builder/space_to_batch.h"
#include "builder/windows.h"
#include "headrace/arrays.h"

static hr_output pool_call(hr_scope s, const char *op, const char *name, hr_operand x, int rank, const int64_t *sizes,
                           const int64_t *moves, const char *padding, const char *format) {
  return hr_call_one(s, op, name, HR_OPERANDS(x),
                     HR_ATTRS({"ksize", hr_int_list(sizes, rank)}, {"strides", hr_int_list(moves, rank)},
                              {"padding", HR_ATTR_STRING_VALUE(padding)},
                              {"data_format", HR_ATTR_STRING_VALUE(format)}));
}

/* Sequences are images of one row (or column). */
static hr_output pool(hr_scope scope, const char *op, int spatial, const char *default_name, hr_operand x,
                      hr_ints ksize, hr_ints strides, const char *padding, const hr_pooling_options *options) {
  hr_pooling_options o = options ? *options : (hr_pooling_options){0};
  hr_scope s = hr_name_scope_or(scope, o.name, default_name);
  bool first = hr_channels_first(o.data_format);
  int64_t sizes[1 + HR_MAX_WINDOW] = {1}, moves[1 + HR_MAX_WINDOW] = {1};
  int added = spatial == 1;
  if (!hr_padding_is_given(s, padding) || !hr_window_sizes(s, ksize, spatial, first, "ksize", sizes + added) ||
      !hr_window_sizes(s, strides, spatial, first, "strides", moves + added))
    return HR_NO_OUTPUT;
  for (int i = 0; i < spatial + 2 && !added; ++i)
    if (sizes[i] == 0) return hr_refuse(s, "ksize cannot be zero.");
  const char *format = added || !o.data_format ? hr_window_format(spatial + added, first) : o.data_format;
  int axis = first ? 2 : 1;
  if (added) x = hr_operand_output(hr_call_one(s, "ExpandDims", NULL, HR_OPERANDS(x, axis), HR_NO_ATTRS));
  hr_output made = pool_call(s, op, hr_scope_name(s), x, spatial + added + 2, sizes, moves, padding, format);
  return added ? hr_squeeze(s, made, .squeeze_dims = HR_INTS(axis)) : made;
}

#define POOLING(function, op, spatial, name)                                                                           \
  hr_output function(hr_scope scope, hr_operand x, hr_ints ksize, hr_ints strides, const char *padding,                \
                     const hr_pooling_options *options) {                                                              \
    return pool(scope, op, spatial, name, x, ksize, strides, padding, options);                                        \
  }
POOLING(hr_max_pool1d_with, "MaxPool", 1, "MaxPool1d")
POOLING(hr_avg_pool1d_with, "AvgPool", 1, "AvgPool1D")
POOLING(hr_tf_max_pool_with, "MaxPool", 2, "MaxPool")
POOLING(hr_max_pool2d_with, "MaxPool", 2, "MaxPool2d")
POOLING(hr_tf_avg_pool_with, "AvgPool", 2, "AvgPool")
POOLING(hr_tf_max_pool3d_with, "MaxPool3D", 3, "MaxPool3D")
POOLING(hr_tf_avg_pool3d_with, "AvgPool3D", 3, "AvgPool3D")

/* ---- tf.nn.pool ------------------------------------------------------------------------------------------------ */

typedef struct pooling {
  const char *op, *name;
  bool channels_first;
  int64_t sizes[HR_MAX_WINDOW], moves[HR_MAX_WINDOW];
} pooling;
static hr_output pool_windows(void *argument, hr_scope s, hr_output x, int spatial, const char *padding) {
  const pooling *p = argument;
  int added = spatial == 1, axis = 1 + p->channels_first, all = spatial + added;
  if (added) x = hr_call_one(s, "ExpandDims", NULL, HR_OPERANDS(x, axis), HR_NO_ATTRS);
  hr_output made = pool_call(s, p->op, p->name, hr_operand_output(x), all + 2, p->sizes, p->moves, padding,
                             hr_window_format(all, p->channels_first));
  return added ? hr_squeeze(s, made, .squeeze_dims = HR_INTS(axis)) : made;
}

hr_output hr_pool_with(hr_scope scope, hr_operand input, hr_ints window_shape, const char *pooling_type,
                       const char *padding, const hr_pool_options *options) {
  static const char *const ops[2][2] = {{"MaxPool", "MaxPool3D"}, {"AvgPool", "AvgPool3D"}};
  hr_pool_options o = options ? *options : (hr_pool_options){0};
  bool average = pooling_type && strcmp(pooling_type, "AVG") == 0;
  int spatial = window_shape.count;
  if (!average && (!pooling_type || strcmp(pooling_type, "MAX") != 0))
    return hr_refuse(scope, "%d-D %s pooling is not supported.", spatial, pooling_type ? pooling_type : "(no)");
  hr_scope s = hr_name_scope_or(scope, o.name, average ? "avg_pool" : "max_pool");
  hr_output x = hr_convert(s, input, HR_INVALID, "input");
  if (!hr_padding_is_given(s, padding)) return HR_NO_OUTPUT;
  if (spatial < 1 || spatial > HR_MAX_SPATIAL) return hr_refuse(s, "It is required that 1 <= num_spatial_dims <= 3.");
  int rank = hr_output_rank(x);
  if (rank >= 0 && rank != spatial + 2)
    return hr_refuse(s, "Windows of %d sizes go with tensors of rank %d, not %d", spatial, spatial + 2, rank);
  int64_t moves[HR_MAX_SPATIAL], rates[HR_MAX_SPATIAL], dims[HR_MAX_SPATIAL];
  if (!hr_strides_and_rates(s, o.strides, o.dilation_rate, spatial, moves, rates)) return HR_NO_OUTPUT;
  pooling p = {ops[average][spatial == 3], hr_scope_name(s), hr_channels_first(o.data_format), {0}, {0}};
  for (int i = 0; i < HR_MAX_WINDOW; ++i)
    p.sizes[i] = p.moves[i] = 1;
  for (int i = 0; i < spatial; ++i) {
    if (strcmp(padding, "SAME") == 0 && rates[i] > 1)
      return hr_refuse(s, "pooling with SAME padding is not implemented for dilation_rate > 1");
    if (moves[i] > window_shape.items[i])
      return hr_refuse(s, "strides > window_shape not supported due to inconsistency between CPU and GPU "
                          "implementations");
    dims[i] = i + 1 + p.channels_first;
    int at = (int)dims[i] + (spatial == 1);
    p.sizes[at] = window_shape.items[i];
    p.moves[at] = moves[i];
  }
  return hr_with_space_to_batch(s, x, hr_operand_ints((hr_ints){spatial, rates}), padding,
                                ((hr_window_function){pool_windows, &p}), .filter_shape = hr_operand_ints(window_shape),
                                .spatial_dims = {spatial, dims});
}

hr_output hr_erosion2d_with(hr_scope scope, hr_operand x, hr_operand kernel, hr_ints strides, hr_ints rates,
                            const char *padding, const hr_op_options *options) {
  hr_scope s = hr_name_scope_or(scope, options ? options->name : NULL, "erosion2d");
  if (!hr_padding_is_given(s, padding)) return HR_NO_OUTPUT;
  hr_output negated = hr_call_one(s, "Neg", NULL, HR_OPERANDS(x), HR_NO_ATTRS);
  hr_output turned =
      hr_call_one(s, "ReverseV2", NULL, HR_OPERANDS(kernel, hr_operand_ints(HR_INTS(0, 1))), HR_NO_ATTRS);
  if (!hr_scope_ok(s)) return HR_NO_OUTPUT;
  return hr_neg(s, hr_dilation2d(s, negated, turned, strides, rates, padding, .name = hr_scope_name(s)));
}
