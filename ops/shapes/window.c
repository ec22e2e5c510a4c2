#include "ops/shapes/window.h"

#include <string.h>

hr_window_layout hr_window_layout_of(const hr_shape_context *c, int spatial) {
  const hr_attr_value *format = hr_node_attr(c->node, "data_format");
  bool first = format && format->kind == HR_ATTR_STRING && strncmp(format->s, "NC", 2) == 0;
  return first ? (hr_window_layout){spatial, 2, 1} : (hr_window_layout){spatial, 1, spatial + 1};
}

hr_status hr_window_list(const hr_shape_context *c, const char *attr, const char *what, int spatial,
                         const int64_t **out) {
  const hr_attr_value *value = hr_node_attr(c->node, attr);
  if (value->count != spatial + 2)
    return hr_error(HR_INVALID_ARGUMENT, "%s requires the %s attribute to contain %d values, but got: %d",
                    hr_node_op(c->node), what, spatial + 2, value->count);
  *out = value->ints;
  return HR_SUCCESS;
}

/* (in + added - window) / stride + 1, where that is known. */
static hr_status count_inside(int64_t in, int64_t window, int64_t stride, int64_t added, int64_t *out) {
  int64_t size;
  HR_TRY(hr_dim_add(in, added, &size));
  HR_TRY(hr_dim_subtract(size, window, &size));
  HR_TRY(hr_dim_add(size, stride, &size));
  return hr_dim_divide(size, stride, false, out);
}

hr_status hr_window_count(const hr_shape_context *c, int64_t in, int64_t window, int64_t dilation, int64_t stride,
                          int64_t before, int64_t after, int64_t *out) {
  if (stride <= 0) return hr_error(HR_INVALID_ARGUMENT, "Stride must be > 0, but got %" PRId64, stride);
  if (dilation < 1) return hr_error(HR_INVALID_ARGUMENT, "Dilation rate must be >= 1, but got %" PRId64, dilation);
  if (hr_string_attr_is(c, "padding", "SAME")) {
    HR_TRY(hr_dim_add(in, stride - 1, &in));
    return hr_dim_divide(in, stride, false, out);
  }
  if (window >= 0 && dilation > 1) {
    if (window == 0 || __builtin_mul_overflow(window - 1, dilation, &window) || window == INT64_MAX)
      return hr_error(HR_INVALID_ARGUMENT, "A window of size %" PRId64 " cannot be dilated by %" PRId64, window,
                      dilation);
    ++window;
  }
  int64_t added;
  if (__builtin_add_overflow(before, after, &added))
    return hr_error(HR_INVALID_ARGUMENT, "Paddings %" PRId64 " and %" PRId64 " are too large", before, after);
  return count_inside(in, window, stride, added, out);
}
