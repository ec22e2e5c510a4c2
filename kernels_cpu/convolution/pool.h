/* What pooling kernels share: windows over data with the channels last. */
#ifndef HR_KERNELS_CPU_CONVOLUTION_POOL_H
#define HR_KERNELS_CPU_CONVOLUTION_POOL_H

#include "kernels_cpu/convolution/window.h"

/* Data [batch, in..., channels], results [batch, out..., channels]. */
typedef struct hr_pool {
  int spatial;
  int64_t batch, channels;
  hr_window_axis axes[HR_WINDOW_AXES];
} hr_pool;

/* `create` of pooling ops of images and of volumes: hr_window_settings as the state; `destroy` is free. InvalidArgument
 * for channels first. */
HR_MUST_USE hr_status hr_pool_create_2d(const hr_kernel_construction *c, void **state);
HR_MUST_USE hr_status hr_pool_create_3d(const hr_kernel_construction *c, void **state);

/* The settings of this run: the state's, with size and stride from inputs `sizes` and `sizes` + 1 where `sizes` is not
 * negative (the V2 ops). */
HR_MUST_USE hr_status hr_pool_settings(hr_kernel_context *ctx, int sizes, hr_window_settings *out);

/* Windows over data of this shape. InvalidArgument for another rank; Unimplemented where windows move along the batch
 * or the channels. */
HR_MUST_USE hr_status hr_pool_make(const hr_window_settings *s, int rank, const int64_t *dims, hr_pool *out);

/* Whether the windows are of channels. */
static inline bool hr_pools_channels(const hr_window_settings *s) { return s->sizes[s->spatial + 1] > 1; }

/* The shape of the results, or of the data. */
HR_MUST_USE static inline hr_status hr_pool_shape(const hr_pool *p, bool of_input, hr_shape *out) {
  return hr_windows_shape(p->axes, p->spatial, of_input, p->batch, p->channels, out);
}

/* InvalidArgument naming `what` unless the tensor has the shape of the results, or of the data. */
HR_MUST_USE hr_status hr_pool_check(const hr_pool *p, bool of_input, const hr_tensor *t, const char *what);

typedef struct hr_pool_region {
  int64_t begin[HR_WINDOW_AXES], end[HR_WINDOW_AXES];
} hr_pool_region;
static inline hr_pool_region hr_pool_region_of(const hr_pool *p, int64_t index) {
  int64_t at[HR_WINDOW_AXES];
  hr_pool_region region;
  hr_window_at(p->axes, index, at);
  for (int a = 0; a < HR_WINDOW_AXES; ++a) {
    const hr_window_axis *axis = &p->axes[a];
    int64_t start = at[a] * axis->stride - axis->before, stop = start + axis->window;
    region.begin[a] = start < 0 ? 0 : start;
    region.end[a] = stop > axis->in ? axis->in : stop;
  }
  return region;
}
static inline int64_t hr_pool_region_size(const hr_pool_region *r) {
  return (r->end[0] - r->begin[0]) * (r->end[1] - r->begin[1]) * (r->end[2] - r->begin[2]);
}

/* A loop over the pixels of a region, in order; `pixel` is the number of one in its image. */
#define HR_REGION_PIXELS(pool, region, pixel)                                                                          \
  for (int64_t i0_ = (region).begin[0]; i0_ < (region).end[0]; ++i0_)                                                  \
    for (int64_t i1_ = (region).begin[1]; i1_ < (region).end[1]; ++i1_)                                                \
      for (int64_t pixel = (i0_ * (pool)->axes[1].in + i1_) * (pool)->axes[2].in + (region).begin[2],                  \
                   stop_ = pixel + (region).end[2] - (region).begin[2];                                                \
           pixel < stop_; ++pixel)
/* The same of the pixels that window `index` of an image has inside, which are `region_`. */
#define HR_POOL_PIXELS(pool, index, pixel)                                                                             \
  hr_pool_region region_ = hr_pool_region_of((pool), (index));                                                         \
  HR_REGION_PIXELS(pool, region_, pixel)

#endif
