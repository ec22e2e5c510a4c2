/* MaxPool, MaxPoolV2, MaxPool3D, QuantizedMaxPool. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/convolution/pool.h"
#include "kernels_cpu/quantized/steps.h"
#include "kernels_cpu/row_arithmetic.h"

#include <float.h>
#include <inttypes.h>
#include <stdlib.h>

typedef struct job {
  const hr_pool *pool;
  int64_t group; /* of channels that are pooled together */
  hr_dtype dtype;
  size_t size;
  const void *lowest;
  const char *from;
  char *to;
} job;

/* Where TensorFlow begins: infinities below it do not count. */
static const void *lowest_of(hr_dtype dtype) {
  static const float f32 = -FLT_MAX;
  static const double f64 = -DBL_MAX;
  static const hr_half f16 = {0xfbff};
  static const hr_bfloat16 b16 = {0xff7f};
  static const int8_t i8 = INT8_MIN;
  static const int16_t i16 = INT16_MIN;
  static const int32_t i32 = INT32_MIN;
  static const int64_t i64 = INT64_MIN;
  static const uint16_t zero = 0;
  switch (dtype) {
  case HR_FLOAT: return &f32;
  case HR_DOUBLE: return &f64;
  case HR_HALF: return &f16;
  case HR_BFLOAT16: return &b16;
  case HR_INT8: return &i8;
  case HR_INT16: return &i16;
  case HR_INT32: return &i32;
  case HR_INT64: return &i64;
  default: return &zero;
  }
}

static void pool_windows(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_pool *p = job->pool;
  hr_binary_loop *larger = hr_row_loop(HR_ROW_MAX, job->dtype);
  int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes);
  size_t row = (size_t)p->channels * job->size;
  for (int64_t w = begin; w < end; ++w) {
    char *to = job->to + (size_t)w * row;
    const char *image = job->from + (size_t)(w / windows * pixels) * row;
    bool is_first = true;
    HR_POOL_PIXELS(p, w % windows, pixel) {
      const char *x = image + (size_t)pixel * row;
      if (is_first)
        larger(to, job->lowest, x, p->channels, HR_LEFT_SCALAR);
      else
        larger(to, to, x, p->channels, HR_BOTH_ROWS);
      is_first = false;
    }
  }
}

static void pool_channels(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  hr_binary_loop *larger = hr_row_loop(HR_ROW_MAX, job->dtype);
  for (int64_t i = begin; i < end; ++i) {
    char *to = job->to + (size_t)i * job->size;
    const char *from = job->from + (size_t)(i * job->group) * job->size;
    larger(to, job->lowest, from, 1, HR_BOTH_ROWS);
    for (int64_t k = 1; k < job->group; ++k)
      larger(to, to, from + (size_t)k * job->size, 1, HR_BOTH_ROWS);
  }
}

static hr_status check_channels(const hr_window_settings *s, int64_t channels) {
  int64_t window = s->sizes[s->spatial + 1];
  for (int d = 1; d <= s->spatial; ++d)
    if (s->sizes[d] != 1)
      return hr_error(HR_UNIMPLEMENTED,
                      "MaxPooling supports exactly one of pooling across depth or pooling across width/height.");
  if (channels % window != 0)
    return hr_error(HR_UNIMPLEMENTED,
                    "Depthwise max pooling requires the depth window to evenly divide the input depth");
  if (s->strides[s->spatial + 1] != window)
    return hr_error(HR_UNIMPLEMENTED, "Depthwise max pooling requires the depth window to equal the depth stride.");
  return HR_SUCCESS;
}

static hr_status max_pool_with(hr_kernel_context *ctx, int sizes) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_window_settings s;
  HR_TRY(hr_pool_settings(ctx, sizes, &s));
  bool of_channels = hr_pools_channels(&s);
  int last = s.spatial + 1;
  if (x->rank != last + 1)
    return hr_error(HR_INVALID_ARGUMENT, "tensor_in must be %d-dimensional: %s", last + 1, HR_TENSOR_SHAPE_TEXT(x));
  int64_t group = s.sizes[last];
  if (of_channels) {
    HR_TRY(check_channels(&s, x->dims[last]));
    s.sizes[last] = s.strides[last] = 1;
    for (int d = 1; d < last; ++d)
      s.strides[d] = 1;
  }
  hr_pool p;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_pool_make(&s, x->rank, x->dims, &p));
  if (of_channels) p.channels /= group;
  HR_TRY(hr_pool_shape(&p, false, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  hr_dtype dtype = hr_kept_as(hr_tensor_dtype(x));
  job job = {&p, group, dtype, hr_dtype_size(dtype), lowest_of(dtype), hr_tensor_data(x), hr_tensor_data(out)};
  if (of_channels)
    hr_parallel_for(ctx, out->elements, 3 * (double)group, pool_channels, &job);
  else
    hr_parallel_for(ctx, p.batch * hr_windows_out(p.axes),
                    (double)hr_windows_taps(p.axes) * (3 + 0.1 * (double)p.channels), pool_windows, &job);
  return HR_SUCCESS;
}
static hr_status max_pool(hr_kernel_context *ctx) { return max_pool_with(ctx, -1); }
static hr_status max_pool_v2(hr_kernel_context *ctx) { return max_pool_with(ctx, 1); }
static hr_status quantized_max_pool(hr_kernel_context *ctx) { return hr_keep_range(ctx, 1, "input", max_pool); }

#define OF_TYPES(name, maker, function, which)                                                                         \
  HR_KERNEL(.op = name, .types = {{"T", which}}, .create = maker, .destroy = free, .compute = function)
OF_TYPES("MaxPool", hr_pool_create_2d, max_pool, HR_REAL_TYPES);
OF_TYPES("MaxPoolV2", hr_pool_create_2d, max_pool_v2, HR_REAL_TYPES);
OF_TYPES("MaxPool3D", hr_pool_create_3d, max_pool, HR_TYPE_BIT(HR_FLOAT));
OF_TYPES("QuantizedMaxPool", hr_pool_create_2d, quantized_max_pool, HR_TYPE_BIT(HR_QUINT8));
