#include "kernels_cpu/convolution/pool.h"

#include "kernels_cpu/arguments.h"
#include <inttypes.h>
#include <stdlib.h>

static hr_status create(const hr_kernel_construction *c, void **state, int spatial) {
  hr_window_settings s;
  HR_TRY(hr_window_settings_read(c, spatial, &s));
  if (s.channels_first)
    return hr_error(HR_INVALID_ARGUMENT, "Default %s only supports %s on device type CPU", hr_node_op(c->node),
                    spatial == 2 ? "NHWC" : "NDHWC");
  hr_window_settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}
hr_status hr_pool_create_2d(const hr_kernel_construction *c, void **state) { return create(c, state, 2); }
hr_status hr_pool_create_3d(const hr_kernel_construction *c, void **state) { return create(c, state, 3); }

hr_status hr_pool_settings(hr_kernel_context *ctx, int sizes, hr_window_settings *out) {
  *out = *(const hr_window_settings *)ctx->state;
  if (sizes < 0) return HR_SUCCESS;
  for (int i = 0; i < 2; ++i) {
    const hr_tensor *t = hr_input(ctx, sizes + i);
    const char *what = i == 0 ? "ksize" : "stride";
    int rank = out->spatial + 2;
    if (t->rank != 1 || t->elements != rank)
      return hr_error(HR_INVALID_ARGUMENT, "Sliding window %s field must specify %d dimensions, not shape %s", what,
                      rank, HR_TENSOR_SHAPE_TEXT(t));
    for (int d = 0; d < rank; ++d) {
      int64_t value = hr_index_at(t, d);
      if (value < 1)
        return hr_error(HR_INVALID_ARGUMENT, "Sliding window %s for dimension %d must be at least 1: %" PRId64, what, d,
                        value);
      (i == 0 ? out->sizes : out->strides)[d] = value;
    }
  }
  return HR_SUCCESS;
}

hr_status hr_pool_make(const hr_window_settings *s, int rank, const int64_t *dims, hr_pool *out) {
  int channels = s->spatial + 1;
  if (rank != s->spatial + 2)
    return hr_error(HR_INVALID_ARGUMENT, "tensor_in must be %d-dimensional, not %d-dimensional", s->spatial + 2, rank);
  if (s->sizes[0] != 1 || s->strides[0] != 1)
    return hr_error(HR_UNIMPLEMENTED, "Pooling is not yet supported on the batch dimension.");
  if (s->sizes[channels] != 1 || s->strides[channels] != 1)
    return hr_error(HR_UNIMPLEMENTED, "Pooling is not yet supported on the depth dimension here.");
  *out = (hr_pool){.spatial = s->spatial, .batch = dims[0], .channels = dims[channels]};
  return hr_window_axes_make(s, dims, s->sizes + 1, out->axes);
}

hr_status hr_pool_check(const hr_pool *p, bool of_input, const hr_tensor *t, const char *what) {
  hr_shape wanted;
  HR_TRY(hr_pool_shape(p, of_input, &wanted));
  bool same = t->rank == wanted.rank;
  for (int i = 0; i < wanted.rank && same; ++i)
    same = t->dims[i] == wanted.dims[i];
  if (same) return HR_SUCCESS;
  char text[HR_SHAPE_TEXT];
  return hr_error(HR_INVALID_ARGUMENT, "Expected %s shape to be %s, but got %s", what, hr_shape_text(&wanted, text),
                  HR_TENSOR_SHAPE_TEXT(t));
}
