/* Conv2D and Conv3D, and their gradients. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/convolution/convolution.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
  hr_window_settings windows;
  hr_convolution_cache *cache;
} settings;

static void destroy(void *state) {
  settings *s = state;
  hr_convolution_cache_free(s->cache);
  free(s);
}

/* Windows move along the spatial dimensions only. */
static hr_status check_moves(const hr_window_settings *s, const char *what, const int64_t *moves) {
  int channels = s->channels_first ? 1 : s->spatial + 1;
  if (moves[0] != 1 || moves[channels] != 1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Current implementation does not yet support %s in the batch and depth dimensions.", what);
  return HR_SUCCESS;
}

static hr_status create(const hr_kernel_construction *c, void **state, int spatial) {
  hr_window_settings windows;
  HR_TRY(hr_window_settings_read(c, spatial, &windows));
  HR_TRY(check_moves(&windows, "strides", windows.strides));
  HR_TRY(check_moves(&windows, "dilations", windows.dilations));
  settings *s = malloc(sizeof *s);
  if (!s) return hr_error_out_of_memory(sizeof *s, "a kernel");
  s->windows = windows;
  hr_status status = hr_convolution_cache_new(&s->cache);
  if (status)
    free(s);
  else
    *state = s;
  return status;
}
static hr_status create_2d(const hr_kernel_construction *c, void **state) { return create(c, state, 2); }
static hr_status create_3d(const hr_kernel_construction *c, void **state) { return create(c, state, 3); }

/* Fills in what the shapes of input and filter say. */
static hr_status read_problem(hr_kernel_context *ctx, int rank, const int64_t *input, const int64_t *filter,
                              hr_convolution *out) {
  const settings *s = ctx->state;
  const char *op = hr_node_op(hr_context_node(ctx));
  if (s->windows.channels_first)
    return hr_error(
        HR_UNIMPLEMENTED,
        "The %s op currently only supports the %s tensor format on the CPU. The op was given the format: %s", op,
        rank == 4 ? "NHWC" : "NDHWC", rank == 4 ? "NCHW" : "NCDHW");
  int64_t channels = input[rank - 1], taken = filter[rank - 2];
  for (int i = 0; i < rank - 2; ++i)
    if (filter[i] < 1)
      return hr_error(HR_INVALID_ARGUMENT, "%s: filter has size %" PRId64 " in dimension %d", op, filter[i], i);
  bool is_volume = rank == 5; /* of which groups are not even thought of */
  if (is_volume ? channels != taken : taken == 0 ? channels != 0 : channels % taken != 0)
    return hr_error(HR_INVALID_ARGUMENT,
                    "input depth must be evenly divisible by filter depth: %" PRId64 " vs %" PRId64, channels, taken);
  if (channels != taken)
    return hr_error(HR_UNIMPLEMENTED,
                    "The %s op currently does not support grouped convolutions on the CPU. A grouped convolution was "
                    "attempted to be run because the input depth of %" PRId64 " does not match the filter input depth "
                    "of %" PRId64,
                    op, channels, taken);
  *out = (hr_convolution){
      .dtype = hr_output_type(ctx, 0), .batch = input[0], .channels = channels, .filters = filter[rank - 1]};
  return hr_window_axes_make(&s->windows, input, filter, out->axes);
}

static hr_status check_rank(hr_kernel_context *ctx, const hr_tensor *t, const char *what) {
  const settings *s = ctx->state;
  int rank = s->windows.spatial + 2;
  if (t->rank == rank) return HR_SUCCESS;
  return hr_error(HR_INVALID_ARGUMENT, "%s: %s must be %d-dimensional: %s", hr_node_op(hr_context_node(ctx)), what,
                  rank, HR_TENSOR_SHAPE_TEXT(t));
}

static hr_status convolve(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0), *filter = hr_input(ctx, 1);
  HR_TRY(check_rank(ctx, x, "input"));
  HR_TRY(check_rank(ctx, filter, "filter"));
  hr_convolution c;
  HR_TRY(read_problem(ctx, x->rank, x->dims, filter->dims, &c));
  hr_shape shape;
  hr_tensor *y;
  HR_TRY(hr_windows_shape(c.axes, s->windows.spatial, false, c.batch, c.filters, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &y));
  c.data[HR_CONVOLUTION_X] = hr_tensor_data(x);
  c.data[HR_CONVOLUTION_FILTER] = hr_tensor_data(filter);
  c.data[HR_CONVOLUTION_Y] = hr_tensor_data(y);
  return hr_convolve(ctx, s->cache, &c, HR_CONVOLUTION_Y);
}

/* ---- gradients ------------------------------------------------------------------------------------------------- */

/* The gradient of y has the shape that y has. */
static hr_status check_gradient(hr_kernel_context *ctx, const hr_convolution *c, const hr_tensor *dy) {
  const settings *s = ctx->state;
  const char *op = hr_node_op(hr_context_node(ctx));
  int rank = s->windows.spatial + 2;
  if (dy->dims[0] != c->batch)
    return hr_error(HR_INVALID_ARGUMENT,
                    "%s: input and out_backprop must have the same batch size. Input batch: %" PRId64
                    ", outbackprop batch: %" PRId64,
                    op, c->batch, dy->dims[0]);
  for (int i = 1; i < rank - 1; ++i) {
    const hr_window_axis *axis = &c->axes[HR_WINDOW_AXES - s->windows.spatial + i - 1];
    if (dy->dims[i] != axis->out)
      return hr_error(HR_INVALID_ARGUMENT,
                      "%s: Size of out_backprop doesn't match computed: actual = %" PRId64 ", computed = %" PRId64
                      " spatial_dim: %d input: %" PRId64 " filter: %" PRId64 " output: %" PRId64 " stride: %" PRId64
                      " dilation: %" PRId64,
                      op, dy->dims[i], axis->out, i, axis->in, axis->window, dy->dims[i], axis->stride, axis->dilation);
  }
  if (dy->dims[rank - 1] != c->filters)
    return hr_error(HR_INVALID_ARGUMENT,
                    "%s: filter and out_backprop must have the same out_depth: %" PRId64 " and %" PRId64, op,
                    c->filters, dy->dims[rank - 1]);
  return HR_SUCCESS;
}

/* The gradient `part`; its shape is the value of input `sizes`, or where `by_example` that input's shape. */
static hr_status differentiate(hr_kernel_context *ctx, hr_convolution_part part, bool by_example) {
  const settings *s = ctx->state;
  int sizes = part == HR_CONVOLUTION_X ? 0 : 1, rank = s->windows.spatial + 2;
  const char *what = part == HR_CONVOLUTION_X ? "input_sizes" : "filter_sizes";
  const hr_tensor *told = hr_input(ctx, sizes), *other = hr_input(ctx, 1 - sizes), *dy = hr_input(ctx, 2);
  hr_shape shape;
  if (by_example)
    shape = hr_tensor_shape(told);
  else if (told->rank != 1)
    return hr_error(HR_INVALID_ARGUMENT, "%s: %s input must be 1-dim, not %d", hr_node_op(hr_context_node(ctx)), what,
                    told->rank);
  else
    HR_TRY(hr_shape_argument(told, what, &shape));
  if (shape.rank != rank)
    return hr_error(HR_INVALID_ARGUMENT, "%s: %s must have %d elements, not %d", hr_node_op(hr_context_node(ctx)), what,
                    rank, shape.rank);
  HR_TRY(check_rank(ctx, other, part == HR_CONVOLUTION_X ? "filter" : "input"));
  HR_TRY(check_rank(ctx, dy, "out_backprop"));
  const int64_t *input = part == HR_CONVOLUTION_X ? shape.dims : other->dims;
  const int64_t *filter = part == HR_CONVOLUTION_X ? other->dims : shape.dims;
  hr_convolution c;
  HR_TRY(read_problem(ctx, rank, input, filter, &c));
  HR_TRY(check_gradient(ctx, &c, dy));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  c.data[part] = hr_tensor_data(out);
  c.data[part == HR_CONVOLUTION_X ? HR_CONVOLUTION_FILTER : HR_CONVOLUTION_X] = hr_tensor_data(other);
  c.data[HR_CONVOLUTION_Y] = hr_tensor_data(dy);
  return hr_convolve(ctx, s->cache, &c, part);
}

static hr_status input_gradient(hr_kernel_context *ctx) { return differentiate(ctx, HR_CONVOLUTION_X, false); }
static hr_status filter_gradient(hr_kernel_context *ctx) { return differentiate(ctx, HR_CONVOLUTION_FILTER, false); }
static hr_status like_input(hr_kernel_context *ctx) { return differentiate(ctx, HR_CONVOLUTION_X, true); }
static hr_status like_filter(hr_kernel_context *ctx) { return differentiate(ctx, HR_CONVOLUTION_FILTER, true); }

#define OF_TYPES(name, maker, function, ...)                                                                           \
  HR_KERNEL(.op = name,                                                                                                \
            .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF)}, __VA_ARGS__},      \
            .create = maker, .destroy = destroy, .compute = function)
OF_TYPES("Conv2D", create_2d, convolve);
OF_TYPES("Conv2DBackpropInput", create_2d, input_gradient);
OF_TYPES("Conv2DBackpropFilter", create_2d, filter_gradient);
OF_TYPES("Conv3D", create_3d, convolve);
OF_TYPES("Conv3DBackpropInput", create_3d, like_input);
OF_TYPES("Conv3DBackpropInputV2", create_3d, input_gradient, {"Tshape", HR_INDEX_TYPES});
OF_TYPES("Conv3DBackpropFilter", create_3d, like_filter);
OF_TYPES("Conv3DBackpropFilterV2", create_3d, filter_gradient);
