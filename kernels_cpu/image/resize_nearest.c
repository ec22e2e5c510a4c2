/* ResizeNearestNeighbor and its gradient. */
#include "kernels_cpu/image/resize.h"
#include "kernels_cpu/row_arithmetic.h"

#include <math.h>
#include <string.h>

/* The input pixel of an output pixel. */
static int64_t nearest(const hr_resize *r, const hr_resize_axis *axis, int64_t i) {
  float place = (r->half_pixel_centers ? (float)i + 0.5f : (float)i) * axis->scale;
  return hr_clip_pixel((int64_t)(r->align_corners ? roundf(place) : floorf(place)), axis->in);
}

typedef struct nearest_job {
  const hr_resize *r;
  const char *from;
  char *to;
  size_t pixel;     /* bytes */
  const int32_t *x; /* input pixel of each output pixel of a row */
} nearest_job;

/* Copies pixels of a size that is known while compiling. */
#define COPY_PIXELS(size)                                                                                              \
  for (int64_t i = 0; i < n; ++i)                                                                                      \
    memcpy(to + i * (size), from + (int64_t)x[i] * (size), (size));                                                    \
  break

static void gather_row(char *restrict to, const char *restrict from, const int32_t *x, int64_t n, size_t pixel) {
  switch (pixel) {
  case 1: COPY_PIXELS(1);
  case 2: COPY_PIXELS(2);
  case 3: COPY_PIXELS(3);
  case 4: COPY_PIXELS(4);
  case 8: COPY_PIXELS(8);
  case 12: COPY_PIXELS(12);
  case 16: COPY_PIXELS(16);
  default: COPY_PIXELS((int64_t)pixel);
  }
}

static void nearest_rows(void *argument, int64_t begin, int64_t end) {
  const nearest_job *job = argument;
  const hr_resize *r = job->r;
  size_t from_row = (size_t)r->x.in * job->pixel, to_row = (size_t)r->x.out * job->pixel;
  int64_t before = -1; /* the input row of the output row before */
  for (int64_t row = begin; row < end; ++row) {
    int64_t in = row / r->y.out * r->y.in + nearest(r, &r->y, row % r->y.out);
    char *to = job->to + (size_t)row * to_row;
    if (in == before)
      memcpy(to, to - to_row, to_row);
    else
      gather_row(to, job->from + (size_t)in * from_row, job->x, r->x.out, job->pixel);
    before = in;
  }
}

/* The input pixels of a row of outputs, in memory of the step. */
static hr_status nearest_pixels(hr_kernel_context *ctx, const hr_resize *r, const hr_resize_axis *axis,
                                hr_tensor *pixels) {
  HR_TRY(hr_temporary_new(ctx, HR_INT32, &(hr_shape){1, {axis->out}}, pixels));
  int32_t *data = hr_tensor_data(pixels);
  for (int64_t i = 0; i < axis->out; ++i)
    data[i] = (int32_t)nearest(r, axis, i);
  return HR_SUCCESS;
}

static hr_status resize_nearest_neighbor(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 0);
  hr_resize r;
  hr_tensor *out, pixels;
  HR_TRY(hr_resize_begin(ctx, &r, &out));
  if (out->elements == 0) return HR_SUCCESS;
  HR_TRY(nearest_pixels(ctx, &r, &r.x, &pixels));
  nearest_job job = {&r, hr_tensor_data(images), hr_tensor_data(out),
                     (size_t)r.channels * hr_dtype_size(hr_tensor_dtype(images)), hr_tensor_data(&pixels)};
  double nanos = (double)r.x.out * (1 + 0.05 * (double)job.pixel);
  hr_parallel_for(ctx, r.batch * r.y.out, nanos, nearest_rows, &job);
  hr_tensor_clear(&pixels);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ResizeNearestNeighbor", .types = {{"T", HR_IMAGE_TYPES}}, .compute = resize_nearest_neighbor);

/* ---- gradient -------------------------------------------------------------------------------------------------- */

typedef struct gradient_job {
  const hr_resize *r;
  const char *gradient;
  char *out;
  size_t size;
  const int32_t *y, *x;
  hr_binary_loop *add;
} gradient_job;

/* One image: a pixel of the result sums up the gradient's pixels that were copied from it. */
static void add_images(void *argument, int64_t begin, int64_t end) {
  const gradient_job *job = argument;
  const hr_resize *r = job->r;
  size_t pixel = (size_t)r->channels * job->size, image = (size_t)(r->y.in * r->x.in) * pixel;
  for (int64_t i = begin; i < end; ++i) {
    char *out = job->out + (size_t)i * image;
    const char *gradient = job->gradient + (size_t)(i * r->y.out * r->x.out) * pixel;
    memset(out, 0, image);
    for (int64_t y = 0; y < r->y.out; ++y)
      for (int64_t x = 0; x < r->x.out; ++x, gradient += pixel) {
        char *to = out + (size_t)(job->y[y] * r->x.in + job->x[x]) * pixel;
        job->add(to, to, gradient, r->channels, HR_BOTH_ROWS);
      }
  }
}

static hr_status resize_nearest_neighbor_grad(hr_kernel_context *ctx) {
  const hr_tensor *gradient = hr_input(ctx, 0), *size = hr_input(ctx, 1);
  hr_resize r;
  hr_tensor *out, y, x;
  hr_shape shape;
  HR_TRY(hr_rank_check(size, 1, "shape_t"));
  if (size->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "shape_t must have two elements %s", HR_TENSOR_SHAPE_TEXT(size));
  HR_TRY(hr_resize_of_gradient(ctx, hr_index_at(size, 0), hr_index_at(size, 1), &r));
  HR_TRY(hr_shape_make(4, (int64_t[]){r.batch, r.y.in, r.x.in, r.channels}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  HR_TRY(nearest_pixels(ctx, &r, &r.y, &y));
  hr_status status = nearest_pixels(ctx, &r, &r.x, &x);
  if (!status) {
    hr_dtype dtype = hr_tensor_dtype(gradient);
    gradient_job job = {&r,
                        hr_tensor_data(gradient),
                        hr_tensor_data(out),
                        hr_dtype_size(dtype),
                        hr_tensor_data(&y),
                        hr_tensor_data(&x),
                        hr_row_loop(HR_ROW_ADD, dtype)};
    hr_parallel_for(ctx, r.batch, (double)(r.y.out * r.x.out) * (5 + (double)r.channels), add_images, &job);
    hr_tensor_clear(&x);
  }
  hr_tensor_clear(&y);
  return status;
}
HR_KERNEL(.op = "ResizeNearestNeighborGrad",
          .types = {{"T", HR_TYPE_BIT(HR_UINT8) | HR_TYPE_BIT(HR_INT8) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_HALF) |
                              HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}},
          .compute = resize_nearest_neighbor_grad);
