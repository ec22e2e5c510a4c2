/* QuantizedAvgPool: means of steps, cut to whole ones. Padding is no part of them. */
#include "kernels_cpu/convolution/pool.h"
#include "kernels_cpu/quantized/steps.h"

#include <stdlib.h>

typedef struct job {
  const hr_pool *pool;
  const uint8_t *from;
  uint8_t *to;
} job;

static void average(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_pool *p = job->pool;
  int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes);
  for (int64_t w = begin; w < end; ++w) {
    const uint8_t *image = job->from + w / windows * pixels * p->channels;
    for (int64_t c = 0; c < p->channels; ++c) {
      int64_t sum = 0;
      HR_POOL_PIXELS(p, w % windows, pixel) sum += image[pixel * p->channels + c];
      job->to[w * p->channels + c] = (uint8_t)(sum / hr_pool_region_size(&region_));
    }
  }
}

static hr_status average_pool(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_window_settings s;
  hr_range range;
  hr_pool p;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_range_input(ctx, 1, "input", &range));
  HR_TRY(hr_pool_settings(ctx, -1, &s));
  HR_TRY(hr_pool_make(&s, x->rank, x->dims, &p));
  HR_TRY(hr_pool_shape(&p, false, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  hr_output_range(ctx, range);
  job job = {&p, hr_tensor_data(x), hr_tensor_data(out)};
  if (out->elements > 0)
    hr_parallel_for(ctx, p.batch * hr_windows_out(p.axes), (double)(hr_windows_taps(p.axes) * p.channels), average,
                    &job);
  return HR_SUCCESS;
}

HR_KERNEL(.op = "QuantizedAvgPool", .types = {{"T", HR_TYPE_BIT(HR_QUINT8)}}, .create = hr_pool_create_2d,
          .destroy = free, .compute = average_pool);
