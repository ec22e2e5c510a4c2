#include "kernels_cpu/convolution/window.h"

#include <inttypes.h>
#include <string.h>

hr_taps_inside hr_window_taps(const hr_window_axis *axis, int64_t o) {
  hr_taps_inside taps = {.start = o * axis->stride - axis->before, .last = axis->window};
  if (taps.start < 0) taps.first = (-taps.start + axis->dilation - 1) / axis->dilation;
  int64_t left = axis->in - taps.start;
  int64_t fit = left <= 0 ? 0 : (left + axis->dilation - 1) / axis->dilation;
  if (fit < taps.last) taps.last = fit;
  if (taps.first > taps.last) taps.first = taps.last;
  return taps;
}

/* ---- attributes ------------------------------------------------------------------------------------------------ */

/* A list with an entry for each dimension; `out` stays as it is where the op has no such attribute. */
static hr_status read_list(const hr_kernel_construction *c, const char *name, int rank, int64_t smallest,
                           int64_t *out) {
  const hr_attr_value *value = hr_node_attr(c->node, name);
  if (!value) return HR_SUCCESS;
  if (value->kind != HR_ATTR_INT || !value->is_list || value->count != rank)
    return hr_error(HR_INVALID_ARGUMENT, "Sliding window %s field must specify %d dimensions", name, rank);
  for (int i = 0; i < rank; ++i) {
    if (value->ints[i] < smallest)
      return hr_error(HR_INVALID_ARGUMENT, "Sliding window %s for dimension %d must be at least %" PRId64 ": %" PRId64,
                      name, i, smallest, value->ints[i]);
    if (value->ints[i] > INT32_MAX)
      return hr_error(HR_INVALID_ARGUMENT, "Sliding window %s for dimension %d is too large: %" PRId64, name, i,
                      value->ints[i]);
    out[i] = value->ints[i];
  }
  return HR_SUCCESS;
}

static hr_status read_padding(const hr_kernel_construction *c, hr_window_settings *out) {
  const hr_attr_value *padding;
  HR_TRY(hr_construction_attr(c, "padding", &padding));
  out->padding = strcmp(padding->s, "SAME") == 0    ? HR_PADDING_SAME
                 : strcmp(padding->s, "VALID") == 0 ? HR_PADDING_VALID
                                                    : HR_PADDING_EXPLICIT;
  int rank = out->spatial + 2, channels = out->channels_first ? 1 : rank - 1;
  if (out->padding == HR_PADDING_EXPLICIT) HR_TRY(read_list(c, "explicit_paddings", 2 * rank, 0, out->paddings));
  if (out->paddings[0] + out->paddings[1] + out->paddings[2 * channels] + out->paddings[2 * channels + 1] > 0)
    return hr_error(HR_INVALID_ARGUMENT, "Nonzero explicit padding in the batch or depth dimensions is not supported");
  return HR_SUCCESS;
}

hr_status hr_window_settings_read(const hr_kernel_construction *c, int spatial, hr_window_settings *out) {
  int rank = spatial + 2;
  *out = (hr_window_settings){.spatial = spatial};
  for (int i = 0; i < rank; ++i)
    out->strides[i] = out->dilations[i] = out->sizes[i] = 1;
  const hr_attr_value *format = hr_node_attr(c->node, "data_format");
  out->channels_first = format && format->kind == HR_ATTR_STRING && strncmp(format->s, "NC", 2) == 0;
  HR_TRY(read_list(c, "strides", rank, 1, out->strides));
  HR_TRY(read_list(c, "dilations", rank, 1, out->dilations));
  HR_TRY(read_list(c, "rates", rank, 1, out->dilations));
  HR_TRY(read_list(c, "ksize", rank, 1, out->sizes));
  HR_TRY(read_list(c, "ksizes", rank, 1, out->sizes));
  return read_padding(c, out);
}

/* ---- sizes ----------------------------------------------------------------------------------------------------- */

hr_status hr_window_axis_make(hr_padding padding, int64_t in, int64_t window, int64_t stride, int64_t dilation,
                              int64_t before, int64_t after, hr_window_axis *axis) {
  int64_t covered, padded, last_start;
  if (__builtin_mul_overflow(window - 1, dilation, &covered) || __builtin_add_overflow(covered, 1, &covered) ||
      __builtin_add_overflow(in, before, &padded) || __builtin_add_overflow(padded, after, &padded))
    return hr_error(HR_INVALID_ARGUMENT, "Windows of size %" PRId64 " dilated by %" PRId64 " are too large", window,
                    dilation);
  *axis = (hr_window_axis){.in = in, .window = window, .stride = stride, .dilation = dilation, .before = before};
  if (padding == HR_PADDING_SAME) {
    axis->out = in / stride + (in % stride != 0);
    if (__builtin_mul_overflow(axis->out - 1, stride, &last_start)) last_start = 0;
    int64_t missing = last_start + covered - in;
    axis->before = missing > 0 && axis->out > 0 ? missing / 2 : 0;
    return HR_SUCCESS;
  }
  axis->out = padded - covered + stride < 0 ? -1 : (padded - covered + stride) / stride;
  if (axis->out < 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Computed output size would be negative: %" PRId64 " [input_size: %" PRId64
                    ", effective_filter_size: %" PRId64 ", stride: %" PRId64 "]",
                    (padded - covered + stride) / stride, in, covered, stride);
  return HR_SUCCESS;
}

hr_status hr_window_axes_make(const hr_window_settings *s, const int64_t *dims, const int64_t *sizes,
                              hr_window_axis axes[HR_WINDOW_AXES]) {
  int skipped = HR_WINDOW_AXES - s->spatial;
  for (int i = 0; i < skipped; ++i)
    axes[i] = (hr_window_axis){1, 1, 1, 1, 1, 0};
  for (int i = 0; i < s->spatial; ++i) {
    int d = i + 1;
    HR_TRY(hr_window_axis_make(s->padding, dims[d], sizes[i], s->strides[d], s->dilations[d], s->paddings[2 * d],
                               s->paddings[2 * d + 1], &axes[skipped + i]));
  }
  return HR_SUCCESS;
}

hr_status hr_windows_shape(const hr_window_axis axes[HR_WINDOW_AXES], int spatial, bool of_input, int64_t batch,
                           int64_t channels, hr_shape *out) {
  int64_t dims[HR_WINDOW_AXES + 2] = {batch};
  for (int i = 0; i < spatial; ++i) {
    const hr_window_axis *axis = &axes[HR_WINDOW_AXES - spatial + i];
    dims[1 + i] = of_input ? axis->in : axis->out;
  }
  dims[spatial + 1] = channels;
  return hr_shape_make(spatial + 2, dims, out);
}
