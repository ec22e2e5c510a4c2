#include "builder/windows.h"
#include "headrace/convolution.h"
#include "headrace/variables.h"

const char *hr_window_format(int spatial, bool channels_first) {
  static const char *const formats[HR_MAX_SPATIAL][2] = {{"NWC", "NCW"}, {"NHWC", "NCHW"}, {"NDHWC", "NCDHW"}};
  return formats[spatial - 1][channels_first];
}

bool hr_window_sizes(hr_scope scope, hr_ints given, int spatial, bool channels_first, const char *name,
                     int64_t out[HR_MAX_WINDOW]) {
  if (given.count == spatial + 2) {
    memcpy(out, given.items, sizeof *out * (size_t)given.count);
    return true;
  }
  if (given.count > 1 && given.count != spatial) {
    hr_refuse(scope, "%s should be of length 1, %d or %d but was %d", name, spatial, spatial + 2, given.count);
    return false;
  }
  for (int i = 0; i < spatial + 2; ++i)
    out[i] = 1;
  for (int i = 0; i < spatial && given.count > 0; ++i)
    out[i + 1 + channels_first] = given.items[given.count == 1 ? 0 : i];
  return true;
}

hr_partial_shape hr_operand_static_shape(hr_scope s, hr_operand x) {
  hr_partial_shape shape = {.rank = HR_UNKNOWN_RANK};
  if (x.kind == HR_OPERAND_OUTPUT) return x.output.node ? *hr_output_shape(x.output) : shape;
  if (x.kind == HR_OPERAND_VARIABLE) return *hr_var_shape(x.variable);
  hr_tensor value;
  hr_status status = hr_value_tensor(HR_INVALID, x, &value);
  if (status) {
    hr_scope_fail(s, status);
    return shape;
  }
  shape = hr_sizes_shape(value.rank, value.dims);
  hr_tensor_clear(&value);
  return shape;
}

bool hr_padding_is_given(hr_scope scope, const char *padding) {
  if (hr_scope_ok(scope) && !padding) hr_refuse(scope, "padding must be given: \"SAME\" or \"VALID\"");
  return hr_scope_ok(scope);
}

/* One number for each spatial dimension; ones where none are given. False and an error for others. */
static bool per_dimension(hr_scope s, hr_ints given, int spatial, const char *name, int64_t *out) {
  if (given.count > 0 && given.count != spatial) {
    hr_refuse(s, "len(%s)=%d but should be %d", name, given.count, spatial);
    return false;
  }
  for (int i = 0; i < spatial; ++i) {
    out[i] = given.count > 0 ? given.items[i] : 1;
    if (out[i] >= 1) continue;
    hr_refuse(s, "all values of %s must be positive", name);
    return false;
  }
  return true;
}

bool hr_strides_and_rates(hr_scope s, hr_ints strides, hr_ints rates, int spatial, int64_t *moves, int64_t *apart) {
  if (!per_dimension(s, rates, spatial, "dilation_rate", apart) ||
      !per_dimension(s, strides, spatial, "strides", moves))
    return false;
  bool moving = false, dilated = false;
  for (int i = 0; i < spatial; ++i) {
    moving = moving || moves[i] > 1;
    dilated = dilated || apart[i] > 1;
  }
  if (moving && dilated) hr_refuse(s, "strides > 1 not supported in conjunction with dilation_rate > 1");
  return !(moving && dilated);
}

hr_output hr_plain_convolution(hr_scope s, hr_output x, hr_operand filter, int spatial, const int64_t *strides,
                               const char *padding, bool channels_first, const char *name) {
  const char *format = hr_window_format(spatial, channels_first);
  const hr_ints moves = {spatial, strides};
  if (spatial == 1) return hr_conv1d(s, x, filter, moves, padding, .data_format = format, .name = name);
  int64_t all[HR_MAX_WINDOW];
  if (!hr_window_sizes(s, moves, spatial, channels_first, "strides", all)) return HR_NO_OUTPUT;
  return hr_call_one(s, spatial == 2 ? "Conv2D" : "Conv3D", name, HR_OPERANDS(x, filter),
                     HR_ATTRS({"strides", hr_int_list(all, spatial + 2)}, {"padding", HR_ATTR_STRING_VALUE(padding)},
                              {"data_format", HR_ATTR_STRING_VALUE(format)}));
}
