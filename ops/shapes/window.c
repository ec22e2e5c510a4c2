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

/* ---- patches ----------------------------------------------------------------------------------------------------- */

/* As many windows as hr_window_count says, but none where one is too large by less than a stride. */
static hr_status count_patches(const hr_shape_context *c, int64_t in, int64_t size, int64_t rate, int64_t stride,
                               int64_t *out) {
  int64_t missing;
  bool is_valid = size > 0 && rate > 0 && stride > 0 && hr_string_attr_is(c, "padding", "VALID");
  if (is_valid && !__builtin_mul_overflow(size - 1, rate, &missing) && missing < INT64_MAX - in) {
    missing += 1 - in;
    if (missing > 0 && missing <= stride) {
      *out = 0;
      return HR_SUCCESS;
    }
  }
  return hr_window_count(c, in, size, rate, stride, 0, 0, out);
}

static hr_status set_patches(hr_shape_context *c, int spatial) {
  const int64_t *sizes, *strides, *rates = NULL;
  hr_partial_shape input, out;
  HR_TRY(hr_input_of_rank(c, 0, spatial + 2, &input));
  HR_TRY(hr_window_list(c, "ksizes", "ksizes", spatial, &sizes));
  HR_TRY(hr_window_list(c, "strides", "stride", spatial, &strides));
  if (spatial == 2) HR_TRY(hr_window_list(c, "rates", "rates", spatial, &rates));
  HR_TRY(hr_shape_of_rank(spatial + 2, &out));
  out.dims[0] = hr_dim_at(&input, 0);
  int64_t depth = hr_dim_at(&input, spatial + 1);
  bool known = true;
  for (int d = 1; d <= spatial; ++d) {
    if (depth >= 0 && __builtin_mul_overflow(depth, sizes[d], &depth))
      return hr_error(HR_INVALID_ARGUMENT, "Patches of %" PRId64 " places are too large", sizes[d]);
    known = known && hr_dim_at(&input, d) >= 0;
  }
  for (int d = 1; d <= spatial && known; ++d)
    HR_TRY(count_patches(c, input.dims[d], sizes[d], rates ? rates[d] : 1, strides[d], &out.dims[d]));
  if (!known) out.rank = 4; /* of volumes, too: the reference's word */
  out.dims[out.rank - 1] = depth < 0 ? HR_UNKNOWN_DIM : depth;
  return hr_shape_set(c, 0, &out);
}
hr_status hr_shape_fn_extract_image_patches(hr_shape_context *c) { return set_patches(c, 2); }
hr_status hr_shape_fn_extract_volume_patches(hr_shape_context *c) { return set_patches(c, 3); }
