/* Shapes of pooling and of its gradients. */
#include "ops/shapes/window.h"

/* Windows of `sizes`, which move by `strides`, over input 0; both have an entry for each dimension. */
static hr_status set_pooled(hr_shape_context *c, int spatial, const int64_t *sizes, const int64_t *strides,
                            bool pools_channels) {
  hr_window_layout layout = hr_window_layout_of(c, spatial);
  hr_partial_shape input, out;
  HR_TRY(hr_input_of_rank(c, 0, spatial + 2, &input));
  HR_TRY(hr_shape_of_rank(spatial + 2, &out));
  out.dims[0] = hr_dim_at(&input, 0);
  for (int i = 0; i < spatial; ++i) {
    int d = layout.first + i;
    HR_TRY(hr_window_count(c, hr_dim_at(&input, d), sizes[d], 1, strides[d], 0, 0, &out.dims[d]));
  }
  int d = layout.channels;
  out.dims[d] = hr_dim_at(&input, d);
  if (pools_channels) HR_TRY(hr_window_count(c, out.dims[d], sizes[d], 1, strides[d], 0, 0, &out.dims[d]));
  return hr_shape_set(c, 0, &out);
}

static hr_status set_pooled_by_attributes(hr_shape_context *c, int spatial, bool pools_channels) {
  const int64_t *sizes, *strides;
  HR_TRY(hr_window_list(c, "strides", "stride", spatial, &strides));
  HR_TRY(hr_window_list(c, "ksize", "ksize", spatial, &sizes));
  return set_pooled(c, spatial, sizes, strides, pools_channels);
}

hr_status hr_shape_fn_max_pool(hr_shape_context *c) {
  if (hr_string_attr_is(c, "data_format", "NCHW_VECT_C")) {
    hr_partial_shape packed;
    HR_TRY(hr_input_of_rank(c, 0, 5, &packed));
    hr_shape_set_unknown(c, 0);
    return HR_SUCCESS;
  }
  return set_pooled_by_attributes(c, 2, true);
}
hr_status hr_shape_fn_avg_pool(hr_shape_context *c) { return set_pooled_by_attributes(c, 2, false); }
hr_status hr_shape_fn_pool_3d(hr_shape_context *c) { return set_pooled_by_attributes(c, 3, false); }

/* Size and stride as the last two inputs. */
static hr_status set_pooled_by_inputs(hr_shape_context *c, int sizes_input) {
  hr_tensor tensors[2];
  bool known[2];
  hr_partial_shape input;
  HR_TRY(hr_input_of_rank(c, 0, 4, &input));
  hr_status status = hr_shape_input_value(c, sizes_input, &known[0], &tensors[0]);
  if (status) return status;
  status = hr_shape_input_value(c, sizes_input + 1, &known[1], &tensors[1]);
  if (status) known[1] = false;
  if (!status && known[0] && known[1]) {
    int64_t sizes[4], strides[4];
    for (int i = 0; i < 2 && !status; ++i)
      if (tensors[i].elements != 4)
        status = hr_error(HR_INVALID_ARGUMENT, "%s requires the %s attribute to contain 4 values, but got: %" PRId64,
                          hr_node_op(c->node), i == 0 ? "ksize" : "stride", tensors[i].elements);
    for (int i = 0; i < 4 && !status; ++i) {
      sizes[i] = hr_tensor_int(&tensors[0], i);
      strides[i] = hr_tensor_int(&tensors[1], i);
    }
    if (!status) status = set_pooled(c, 2, sizes, strides, true);
  }
  for (int i = 0; i < 2; ++i)
    if (known[i]) hr_tensor_clear(&tensors[i]);
  return status;
}
hr_status hr_shape_fn_max_pool_v2(hr_shape_context *c) { return set_pooled_by_inputs(c, 1); }

hr_status hr_shape_fn_max_pool_with_argmax(hr_shape_context *c) {
  HR_TRY(set_pooled_by_attributes(c, 2, true));
  hr_shape_share(c, 1, atomic_load_explicit(&c->outputs[0], memory_order_relaxed));
  return HR_SUCCESS;
}

/* ---- gradients of gradients: windows again --------------------------------------------------------------------- */

/* Input `like_output` has the output's shape, `like_input` that of input 0. */
static hr_status check_gradient(hr_shape_context *c, int like_output, int like_input) {
  hr_partial_shape unused;
  const hr_partial_shape *out = atomic_load_explicit(&c->outputs[0], memory_order_relaxed);
  HR_TRY(hr_partial_shape_merge(hr_shape_input(c, like_output), out, &unused));
  return hr_partial_shape_merge(hr_shape_input(c, like_input), hr_shape_input(c, 0), &unused);
}

hr_status hr_shape_fn_max_pool_grad_grad(hr_shape_context *c) {
  HR_TRY(set_pooled_by_attributes(c, 2, true));
  return check_gradient(c, 1, 2);
}
hr_status hr_shape_fn_max_pool_grad_grad_v2(hr_shape_context *c) {
  HR_TRY(set_pooled_by_inputs(c, 3));
  return check_gradient(c, 1, 2);
}
hr_status hr_shape_fn_max_pool_grad_grad_with_argmax(hr_shape_context *c) {
  HR_TRY(set_pooled_by_attributes(c, 2, true));
  return check_gradient(c, 2, 1);
}
hr_status hr_shape_fn_max_pool_3d_grad_grad(hr_shape_context *c) {
  HR_TRY(set_pooled_by_attributes(c, 3, false));
  return check_gradient(c, 1, 2);
}

/* ---- windows of changing sizes --------------------------------------------------------------------------------- */

hr_status hr_shape_fn_fractional_pool(hr_shape_context *c) {
  const hr_attr_value *ratios = hr_node_attr(c->node, "pooling_ratio");
  hr_partial_shape input;
  HR_TRY(hr_input_of_rank(c, 0, 4, &input));
  if (ratios->count != 4) return hr_error(HR_INVALID_ARGUMENT, "pooling_ratio field must specify 4 dimensions");
  hr_partial_shape out = {.rank = 4};
  for (int i = 0; i < 4; ++i) {
    int64_t size = hr_dim_at(&input, i);
    double pooled = size < 0 ? -1 : (double)((float)size / ratios->floats[i]);
    if (size >= 0 && !(pooled >= 0 && pooled < 0x1p62))
      return hr_error(HR_INVALID_ARGUMENT, "Size computed for dim %d is negative: %g", i, pooled);
    out.dims[i] = size < 0 ? HR_UNKNOWN_DIM : (int64_t)pooled;
  }
  HR_TRY(hr_shape_set(c, 0, &out));
  /* The sequences have one number more, but the reference's word is this. */
  hr_partial_shape rows = hr_vector_shape(out.dims[1]), columns = hr_vector_shape(out.dims[2]);
  HR_TRY(hr_shape_set(c, 1, &rows));
  return hr_shape_set(c, 2, &columns);
}

hr_status hr_shape_fn_fractional_avg_pool_grad(hr_shape_context *c) {
  hr_partial_shape out;
  HR_TRY(hr_shape_input_as_shape(c, 0, &out));
  return hr_shape_set(c, 0, &out);
}
