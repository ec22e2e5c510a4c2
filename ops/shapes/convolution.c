/* Shapes of convolutions and of their gradients. */
#include "ops/shapes/window.h"

/* Explicit padding as the attributes say; zeros for the other kinds. */
static hr_status read_paddings(const hr_shape_context *c, int rank, int64_t paddings[2 * (HR_MAX_SPATIAL + 2)]) {
  const hr_attr_value *value = hr_node_attr(c->node, "explicit_paddings");
  for (int i = 0; i < 2 * rank; ++i)
    paddings[i] = 0;
  if (!value) return HR_SUCCESS;
  bool is_explicit = hr_string_attr_is(c, "padding", "EXPLICIT");
  if (is_explicit ? value->count != 2 * rank : value->count != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    is_explicit ? "explicit_paddings attribute must contain %d values, but got: %d"
                                : "explicit_paddings attribute must be empty if the padding attribute is not "
                                  "EXPLICIT (%d values where it is), but got %d values",
                    2 * rank, value->count);
  int channels = hr_window_layout_of(c, rank - 2).channels;
  for (int i = 0; i < value->count; ++i) {
    paddings[i] = value->ints[i];
    if (paddings[i] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "All elements of explicit_paddings must be nonnegative, but got %" PRId64,
                      paddings[i]);
    if (paddings[i] > 0 && (i / 2 == 0 || i / 2 == channels))
      return hr_error(HR_INVALID_ARGUMENT,
                      "Nonzero explicit padding in the batch or depth dimensions is not supported");
  }
  return HR_SUCCESS;
}

/* Images or volumes and filters [sizes..., in, out]; the output's channels are yet to be set. */
static hr_status set_windows(hr_shape_context *c, int spatial, bool is_dilated, hr_partial_shape *input,
                             hr_partial_shape *filter, hr_partial_shape *out) {
  hr_window_layout layout = hr_window_layout_of(c, spatial);
  int64_t paddings[2 * (HR_MAX_SPATIAL + 2)];
  const int64_t *dilations, *strides;
  HR_TRY(hr_input_of_rank(c, 0, spatial + 2, input));
  HR_TRY(hr_input_of_rank(c, 1, spatial + 2, filter));
  HR_TRY(hr_window_list(c, "dilations", "dilation", spatial, &dilations));
  HR_TRY(hr_window_list(c, "strides", "stride", spatial, &strides));
  HR_TRY(read_paddings(c, spatial + 2, paddings));
  HR_TRY(hr_shape_of_rank(spatial + 2, out));
  out->dims[0] = hr_dim_at(input, 0);
  for (int i = 0; i < spatial; ++i) {
    int d = layout.first + i;
    HR_TRY(hr_window_count(c, hr_dim_at(input, d), hr_dim_at(filter, i), is_dilated ? dilations[d] : 1, strides[d],
                           paddings[2 * d], paddings[2 * d + 1], &out->dims[d]));
  }
  return HR_SUCCESS;
}

static hr_status set_convolution(hr_shape_context *c, int spatial) {
  hr_partial_shape input, filter, out;
  int channels = hr_window_layout_of(c, spatial).channels;
  HR_TRY(set_windows(c, spatial, true, &input, &filter, &out));
  int64_t depth;
  HR_TRY(hr_dim_merge(hr_dim_at(&input, channels), hr_dim_at(&filter, -2), &depth));
  out.dims[channels] = hr_dim_at(&filter, -1);
  return hr_shape_set(c, 0, &out);
}

hr_status hr_shape_fn_conv_2d(hr_shape_context *c) { return set_convolution(c, 2); }
hr_status hr_shape_fn_conv_3d(hr_shape_context *c) { return set_convolution(c, 3); }

/* The op does not heed its dilations. */
hr_status hr_shape_fn_depthwise_conv_2d(hr_shape_context *c) {
  hr_partial_shape input, filter, out;
  int channels = hr_window_layout_of(c, 2).channels;
  int64_t depth;
  HR_TRY(set_windows(c, 2, false, &input, &filter, &out));
  HR_TRY(hr_dim_merge(hr_dim_at(&input, channels), hr_dim_at(&filter, 2), &depth));
  HR_TRY(hr_dim_multiply(depth, hr_dim_at(&filter, 3), &out.dims[channels]));
  return hr_shape_set(c, 0, &out);
}

/* The output has the shape that an input is the value of. */
static hr_status set_told(hr_shape_context *c, int input, int rank) {
  hr_partial_shape s;
  HR_TRY(hr_shape_input_as_shape(c, input, &s));
  HR_TRY(hr_shape_with_rank(&s, rank, &s));
  return hr_shape_set(c, 0, &s);
}
hr_status hr_shape_fn_shape_of_images(hr_shape_context *c) { return set_told(c, 0, 4); }
hr_status hr_shape_fn_shape_of_filters(hr_shape_context *c) { return set_told(c, 1, 4); }
hr_status hr_shape_fn_shape_of_volumes(hr_shape_context *c) { return set_told(c, 0, 5); }
hr_status hr_shape_fn_shape_of_volume_filters(hr_shape_context *c) { return set_told(c, 1, 5); }

/* The output has the shape of an input. */
static hr_status set_like(hr_shape_context *c, int input, int rank) {
  hr_partial_shape s;
  HR_TRY(hr_input_of_rank(c, input, rank, &s));
  return hr_shape_set(c, 0, &s);
}
hr_status hr_shape_fn_unchanged_images(hr_shape_context *c) { return set_like(c, 0, 4); }
hr_status hr_shape_fn_unchanged_volumes(hr_shape_context *c) { return set_like(c, 0, 5); }
hr_status hr_shape_fn_like_volume_filters(hr_shape_context *c) { return set_like(c, 1, 5); }

/* All inputs have one shape, and so has the output. */
hr_status hr_shape_fn_merged_images(hr_shape_context *c) {
  hr_partial_shape s;
  HR_TRY(hr_merge_inputs(c, 0, c->node->num_inputs - 1, &s));
  HR_TRY(hr_shape_with_rank(&s, 4, &s));
  return hr_shape_set(c, 0, &s);
}
