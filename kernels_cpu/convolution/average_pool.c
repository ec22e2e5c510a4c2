/* AvgPool, AvgPool3D and their gradients: padding is no part of a mean. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/convolution/lines.h"
#include "kernels_cpu/convolution/pool.h"
#include "kernels_cpu/row_arithmetic.h"

#include <stdlib.h>
#include <string.h>

#define ROW_NANOS(channels) (3 + 0.1 * (double)(channels))

typedef struct job {
  const hr_pool *pool;
  hr_dtype dtype;
  size_t size;
  const char *from;
  char *to;
} job;

typedef union number {
  float f32;
  double f64;
  hr_half f16;
} number;

static number number_of(hr_dtype dtype, double value) {
  number n = {0};
  if (dtype == HR_FLOAT) n.f32 = (float)value;
  if (dtype == HR_DOUBLE) n.f64 = value;
  if (dtype == HR_HALF) n.f16 = hr_half_from_float((float)value);
  return n;
}

static void average(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_pool *p = job->pool;
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, job->dtype), *divide = hr_row_loop(HR_ROW_DIV, job->dtype);
  int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes);
  size_t row = (size_t)p->channels * job->size;
  for (int64_t w = begin; w < end; ++w) {
    char *to = job->to + (size_t)w * row;
    const char *image = job->from + (size_t)(w / windows * pixels) * row;
    memset(to, 0, row);
    HR_POOL_PIXELS(p, w % windows, pixel) add(to, to, image + (size_t)pixel * row, p->channels, HR_BOTH_ROWS);
    number count = number_of(job->dtype, (double)hr_pool_region_size(&region_));
    divide(to, to, &count, p->channels, HR_RIGHT_SCALAR);
  }
}

/* Floats of images: a mean is a depthwise convolution with ones, and its gradient that of a sum, of shares. */
typedef struct shares {
  const hr_pool *pool;
  const float *from;
  float *to;
} shares;
static void make_shares(void *argument, int64_t begin, int64_t end) { /* of rows of windows */
  const shares *s = argument;
  const hr_pool *p = s->pool;
  hr_binary_loop *multiply = hr_row_loop(HR_ROW_MUL, HR_FLOAT);
  for (int64_t w = begin * p->axes[2].out; w < end * p->axes[2].out; ++w) {
    hr_pool_region region = hr_pool_region_of(p, w % hr_windows_out(p->axes));
    float part = (float)(1.0 / (double)hr_pool_region_size(&region));
    multiply(s->to + w * p->channels, s->from + w * p->channels, &part, p->channels, HR_RIGHT_SCALAR);
  }
}
static hr_status run_lines(hr_kernel_context *ctx, const hr_pool *p, const job *job, bool is_gradient) {
  int64_t n = p->channels, rows = p->batch * p->axes[1].out, row = p->axes[2].out * n;
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {n + (is_gradient ? rows * row : 0)}}, &scratch));
  float *ones = hr_tensor_data(&scratch);
  for (int64_t c = 0; c < n; ++c)
    ones[c] = 1;
  hr_lines l = {.batch = p->batch, .channels = n, .rows = p->axes[1], .columns = p->axes[2], .factors = ones};
  l.from = (const float *)job->from, l.to = (float *)job->to, l.is_mean = true;
  if (is_gradient) {
    shares s = {p, l.from, ones + n};
    hr_parallel_for(ctx, rows, 0.2 * (double)row, make_shares, &s);
    l.from = s.to;
    hr_lines_by_input(ctx, &l);
  } else {
    hr_lines_forward(ctx, &l);
  }
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}
static bool goes_by_lines(const job *job) {
  return job->dtype == HR_FLOAT && job->pool->spatial == 2 && hr_lines_suit(job->pool->axes);
}

static hr_status average_pool(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_window_settings s;
  hr_pool p;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_pool_settings(ctx, -1, &s));
  if (hr_pools_channels(&s))
    return hr_error(HR_UNIMPLEMENTED, "Non-spatial pooling is not yet supported. Volunteers? :)");
  HR_TRY(hr_pool_make(&s, x->rank, x->dims, &p));
  HR_TRY(hr_pool_shape(&p, false, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job job = {&p, hr_tensor_dtype(x), hr_dtype_size(hr_tensor_dtype(x)), hr_tensor_data(x), hr_tensor_data(out)};
  if (goes_by_lines(&job)) return run_lines(ctx, &p, &job, false);
  hr_parallel_for(ctx, p.batch * hr_windows_out(p.axes), (double)hr_windows_taps(p.axes) * ROW_NANOS(p.channels),
                  average, &job);
  return HR_SUCCESS;
}

/* An image is one task: windows give their shares in their order. */
static void spread(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_pool *p = job->pool;
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, job->dtype), *multiply = hr_row_loop(HR_ROW_MUL, job->dtype);
  int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes);
  size_t row = (size_t)p->channels * job->size;
  enum { STRIP_BYTES = 4096 };
  char share[STRIP_BYTES] __attribute__((aligned(64)));
  int64_t strip = STRIP_BYTES / (int64_t)job->size;
  memset(job->to + (size_t)(begin * pixels) * row, 0, (size_t)((end - begin) * pixels) * row);
  for (int64_t w = begin * windows; w < end * windows; ++w) {
    char *image = job->to + (size_t)(w / windows * pixels) * row;
    hr_pool_region size = hr_pool_region_of(p, w % windows);
    number part = number_of(job->dtype, 1.0 / (double)hr_pool_region_size(&size));
    for (int64_t c = 0; c < p->channels; c += strip) {
      int64_t count = p->channels - c < strip ? p->channels - c : strip;
      multiply(share, job->from + (size_t)w * row + (size_t)c * job->size, &part, count, HR_RIGHT_SCALAR);
      HR_REGION_PIXELS(p, size, pixel) {
        char *to = image + (size_t)pixel * row + (size_t)c * job->size;
        add(to, to, share, count, HR_BOTH_ROWS);
      }
    }
  }
}

static bool overlap(const hr_pool *p) {
  bool any = false;
  for (int a = 0; a < HR_WINDOW_AXES; ++a)
    any |= p->axes[a].window > p->axes[a].stride;
  return any;
}
static bool cover_all(const hr_pool *p) {
  bool all = true;
  for (int a = 0; a < HR_WINDOW_AXES; ++a) {
    const hr_window_axis *axis = &p->axes[a];
    all &= axis->window == axis->stride && axis->out * axis->stride - axis->before >= axis->in;
  }
  return all;
}

/* Windows that do not overlap: their pixels are written once. The first line of each row of windows is made, and copied
 * to the others that the same windows have. Tasks are rows of windows. */
static void spread_once(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_pool *p = job->pool;
  hr_binary_loop *multiply = hr_row_loop(HR_ROW_MUL, job->dtype);
  int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes), across = p->axes[2].out;
  size_t row = (size_t)p->channels * job->size, line = (size_t)p->axes[2].in * row;
  for (int64_t first = begin * across; first < end * across; first += across) {
    char *image = job->to + (size_t)(first / windows * pixels) * row, *made = NULL;
    hr_pool_region region = hr_pool_region_of(p, first % windows);
    for (int64_t w = first; w < first + across; ++w) {
      region = hr_pool_region_of(p, w % windows);
      number part = number_of(job->dtype, 1.0 / (double)hr_pool_region_size(&region));
      made = image + (size_t)(region.begin[0] * p->axes[1].in + region.begin[1]) * line;
      char *to = made + (size_t)region.begin[2] * row;
      multiply(to, job->from + (size_t)w * row, &part, p->channels, HR_RIGHT_SCALAR);
      for (int64_t i = region.begin[2] + 1; i < region.end[2]; ++i)
        memcpy(made + (size_t)i * row, to, row);
    }
    for (int64_t i = region.begin[0]; i < region.end[0]; ++i)
      for (int64_t j = region.begin[1]; j < region.end[1]; ++j) {
        char *to = image + (size_t)(i * p->axes[1].in + j) * line;
        if (to != made) memcpy(to, made, line);
      }
  }
}

static hr_status average_pool_gradient(hr_kernel_context *ctx) {
  const hr_tensor *sizes = hr_input(ctx, 0), *dy = hr_input(ctx, 1);
  hr_window_settings s;
  hr_shape shape;
  hr_pool p;
  hr_tensor *out;
  HR_TRY(hr_pool_settings(ctx, -1, &s));
  if (sizes->rank != 1 || sizes->elements != s.spatial + 2)
    return hr_error(HR_INVALID_ARGUMENT, "out_backprop must have %d dimensions: orig_input_shape has shape %s",
                    s.spatial + 2, HR_TENSOR_SHAPE_TEXT(sizes));
  HR_TRY(hr_shape_argument(sizes, "orig_input_shape", &shape));
  HR_TRY(hr_pool_make(&s, shape.rank, shape.dims, &p));
  HR_TRY(hr_pool_check(&p, false, dy, "grad"));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job job = {&p, hr_tensor_dtype(dy), hr_dtype_size(hr_tensor_dtype(dy)), hr_tensor_data(dy), hr_tensor_data(out)};
  double work = (double)(hr_windows_out(p.axes) * hr_windows_taps(p.axes)) * ROW_NANOS(p.channels);
  if (overlap(&p)) {
    if (goes_by_lines(&job)) return run_lines(ctx, &p, &job, true);
    hr_parallel_for(ctx, p.batch, work, spread, &job);
    return HR_SUCCESS;
  }
  if (!cover_all(&p)) memset(job.to, 0, hr_tensor_bytes(out));
  int64_t rows = p.axes[0].out * p.axes[1].out;
  hr_parallel_for(ctx, p.batch * rows, work / (double)rows, spread_once, &job);
  return HR_SUCCESS;
}

#define OF_TYPES(name, maker, function, which)                                                                         \
  HR_KERNEL(.op = name, .types = {{"T", which}}, .create = maker, .destroy = free, .compute = function)
#define FLOATING (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF))
OF_TYPES("AvgPool", hr_pool_create_2d, average_pool, FLOATING);
OF_TYPES("AvgPoolGrad", hr_pool_create_2d, average_pool_gradient, FLOATING);
OF_TYPES("AvgPool3D", hr_pool_create_3d, average_pool, HR_TYPE_BIT(HR_FLOAT));
OF_TYPES("AvgPool3DGrad", hr_pool_create_3d, average_pool_gradient, HR_TYPE_BIT(HR_FLOAT));
