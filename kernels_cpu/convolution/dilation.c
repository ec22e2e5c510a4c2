/* Dilation2D and its gradients: y[o, c] = the largest of x[position of tap, c] + filter[tap, c]; the first of the
 * largest takes the gradient. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/convolution/window.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static hr_status create(const hr_kernel_construction *c, void **state) {
  hr_window_settings s;
  HR_TRY(hr_window_settings_read(c, 2, &s));
  if (s.strides[0] != 1 || s.strides[3] != 1)
    return hr_error(HR_UNIMPLEMENTED, "Stride is only supported across spatial dimensions.");
  if (s.dilations[0] != 1 || s.dilations[3] != 1)
    return hr_error(HR_UNIMPLEMENTED, "Rate is only supported across spatial dimensions.");
  hr_window_settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

typedef struct job {
  int64_t batch, channels;
  hr_window_axis axes[HR_WINDOW_AXES];
  const void *x, *filter, *dy;
  void *out;
} job;

/* Calls `use` for each window and channel with the largest sum, its tap and its pixel in the image (-1: no tap is
 * inside). */
#define DEFINE_DILATION(type, wide, load, store, lowest)                                                               \
  static void largest_##type(const job *job, int64_t window, int64_t c, wide *sum, int64_t *tap, int64_t *pixel) {     \
    const hr_window_axis *rows = &job->axes[1], *columns = &job->axes[2];                                              \
    int64_t n = job->channels, of_image = rows->out * columns->out, at = window % of_image;                            \
    const HR_TYPE_##type *x = (const HR_TYPE_##type *)job->x + window / of_image * rows->in * columns->in * n;         \
    hr_taps_inside i = hr_window_taps(rows, at / columns->out), j = hr_window_taps(columns, at % columns->out);        \
    *sum = lowest;                                                                                                     \
    *tap = *pixel = -1;                                                                                                \
    for (int64_t a = i.first; a < i.last; ++a)                                                                         \
      for (int64_t b = j.first; b < j.last; ++b) {                                                                     \
        int64_t p = (i.start + a * rows->dilation) * columns->in + j.start + b * columns->dilation;                    \
        int64_t t = a * columns->window + b;                                                                           \
        wide value = load(store(load(x[p * n + c]) + load(((const HR_TYPE_##type *)job->filter)[t * n + c])));         \
        if (value > *sum || *tap < 0) *sum = value, *tap = t, *pixel = p;                                              \
      }                                                                                                                \
  }                                                                                                                    \
  static void forward_##type(void *argument, int64_t begin, int64_t end) {                                             \
    const job *job = argument;                                                                                         \
    for (int64_t w = begin; w < end; ++w)                                                                              \
      for (int64_t c = 0; c < job->channels; ++c) {                                                                    \
        wide sum;                                                                                                      \
        int64_t tap, pixel;                                                                                            \
        largest_##type(job, w, c, &sum, &tap, &pixel);                                                                 \
        ((HR_TYPE_##type *)job->out)[w * job->channels + c] = store(sum);                                              \
      }                                                                                                                \
  }                                                                                                                    \
  static void backward_##type(const job *job, bool by_filter) {                                                        \
    int64_t of_image = job->axes[1].out * job->axes[2].out, pixels = job->axes[1].in * job->axes[2].in;                \
    HR_TYPE_##type *out = job->out;                                                                                    \
    for (int64_t w = 0; w < job->batch * of_image; ++w)                                                                \
      for (int64_t c = 0; c < job->channels; ++c) {                                                                    \
        wide sum;                                                                                                      \
        int64_t tap, pixel;                                                                                            \
        largest_##type(job, w, c, &sum, &tap, &pixel);                                                                 \
        if (tap < 0) continue;                                                                                         \
        HR_TYPE_##type *to = out + (by_filter ? tap : w / of_image * pixels + pixel) * job->channels + c;              \
        *to = store(load(*to) + load(((const HR_TYPE_##type *)job->dy)[w * job->channels + c]));                       \
      }                                                                                                                \
  }
#define SAME(x) (x)
DEFINE_DILATION(f32, float, SAME, SAME, -3.402823466e+38F)
DEFINE_DILATION(f64, double, SAME, SAME, -1.7976931348623157e+308)
DEFINE_DILATION(f16, float, hr_half_to_float, hr_half_from_float, -65504)
DEFINE_DILATION(b16, float, hr_bfloat16_to_float, hr_bfloat16_from_float, -3.3895e+38F)
DEFINE_DILATION(i8, int, SAME, (int8_t), INT8_MIN)
DEFINE_DILATION(u8, int, SAME, (uint8_t), 0)
DEFINE_DILATION(i16, int, SAME, (int16_t), INT16_MIN)
DEFINE_DILATION(u16, int, SAME, (uint16_t), 0)
#define ADD32(x) ((int32_t)(x))
#define ADD64(x) ((int64_t)(x))
#define WIDE(x)  ((int64_t)(x))
#define WRAP(x)  ((uint64_t)(x))
DEFINE_DILATION(i32, int64_t, WIDE, ADD32, INT32_MIN)
DEFINE_DILATION(i64, int64_t, WRAP, ADD64, INT64_MIN)

typedef struct functions {
  void (*forward)(void *argument, int64_t begin, int64_t end);
  void (*backward)(const job *job, bool by_filter);
} functions;

static functions functions_of(hr_dtype dtype) {
  switch (dtype) {
#define CASE(type, ...)                                                                                                \
  case HR_DTYPE_##type: return (functions){forward_##type, backward_##type};
    HR_REAL(CASE, )
  default: return (functions){NULL, NULL};
  }
}

static hr_status read_job(hr_kernel_context *ctx, job *job) {
  const hr_tensor *x = hr_input(ctx, 0), *filter = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(x, 4, "input"));
  HR_TRY(hr_rank_check(filter, 3, "filter"));
  if (x->dims[3] != filter->dims[2])
    return hr_error(HR_INVALID_ARGUMENT, "input and filter must have the same depth: %" PRId64 " vs %" PRId64,
                    x->dims[3], filter->dims[2]);
  if (filter->dims[0] < 1 || filter->dims[1] < 1)
    return hr_error(HR_INVALID_ARGUMENT, "filter must not be empty: %s", HR_TENSOR_SHAPE_TEXT(filter));
  *job = (struct job){
      .batch = x->dims[0], .channels = x->dims[3], .x = hr_tensor_data(x), .filter = hr_tensor_data(filter)};
  return hr_window_axes_make(ctx->state, x->dims, filter->dims, job->axes);
}

static hr_status dilate(hr_kernel_context *ctx) {
  job job;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(read_job(ctx, &job));
  HR_TRY(hr_windows_shape(job.axes, 2, false, job.batch, job.channels, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job.out = hr_tensor_data(out);
  hr_parallel_for(ctx, job.batch * hr_windows_out(job.axes),
                  2 * (double)hr_windows_taps(job.axes) * (double)job.channels,
                  functions_of(hr_tensor_dtype(out)).forward, &job);
  return HR_SUCCESS;
}

static hr_status differentiate(hr_kernel_context *ctx, bool by_filter) {
  const hr_tensor *dy = hr_input(ctx, 2);
  job job;
  HR_TRY(read_job(ctx, &job));
  if (dy->rank != 4 || dy->dims[0] != job.batch || dy->dims[1] != job.axes[1].out || dy->dims[2] != job.axes[2].out ||
      dy->dims[3] != job.channels)
    return hr_error(HR_INVALID_ARGUMENT, "out_backprop has incompatible size: %s", HR_TENSOR_SHAPE_TEXT(dy));
  hr_shape shape = hr_tensor_shape(hr_input(ctx, by_filter));
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  job.dy = hr_tensor_data(dy);
  job.out = hr_tensor_data(out);
  functions_of(hr_tensor_dtype(out)).backward(&job, by_filter);
  return HR_SUCCESS;
}
static hr_status by_input(hr_kernel_context *ctx) { return differentiate(ctx, false); }
static hr_status by_filter(hr_kernel_context *ctx) { return differentiate(ctx, true); }

#define OF_TYPES(name, function)                                                                                       \
  HR_KERNEL(.op = name, .types = {{"T", HR_REAL_TYPES}}, .create = create, .destroy = free, .compute = function)
OF_TYPES("Dilation2D", dilate);
OF_TYPES("Dilation2DBackpropInput", by_input);
OF_TYPES("Dilation2DBackpropFilter", by_filter);
