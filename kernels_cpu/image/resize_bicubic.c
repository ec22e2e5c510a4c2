/* ResizeBicubic and its gradient: cubic convolution (Keys, "Cubic convolution interpolation for digital image
 * processing", 1981), with weights from a table of 1/1024 pixel as TensorFlow has it. */
#include "kernels_cpu/image/resize.h"

#include <math.h>

enum { STEPS = 1024 };

/* The weight of a pixel at a distance of steps / 1024 below 1, and of 1 + that; `a` is the slope at distance 1. */
static float near_weight(double a, int64_t steps) {
  float x = (float)steps / STEPS;
  return (float)(((a + 2) * (double)x - (a + 3)) * (double)x * (double)x + 1);
}
static float far_weight(double a, int64_t steps) {
  float x = (float)((double)steps / STEPS + 1);
  return (float)(((a * (double)x - 5 * a) * (double)x + 8 * a) * (double)x - 4 * a);
}

static void cubic_taps(const hr_resize *r, const hr_resize_axis *axis, int64_t i, int64_t pixels[HR_MAX_TAPS],
                       float weights[HR_MAX_TAPS]) {
  double a = r->half_pixel_centers ? -0.5 : -0.75;
  float place = hr_resize_place(r, axis, i), below = floorf(place);
  int64_t steps = lrintf((place - below) * STEPS);
  weights[0] = far_weight(a, steps);
  weights[1] = near_weight(a, steps);
  weights[2] = near_weight(a, STEPS - steps);
  weights[3] = far_weight(a, STEPS - steps);
  float sum = 0;
  for (int k = 0; k < 4; ++k) {
    int64_t pixel = (int64_t)below - 1 + k;
    pixels[k] = hr_clip_pixel(pixel, axis->in);
    /* Pixels beyond the edges do not count, or are those at the edges. */
    if (r->half_pixel_centers && pixels[k] != pixel) weights[k] = 0;
    sum += weights[k];
  }
  if (!r->half_pixel_centers || fabsf(sum) < 1000.0f * 0x1p-126f) return;
  float inverse = 1.0f / sum;
  for (int k = 0; k < 4; ++k)
    weights[k] *= inverse;
}

typedef struct bicubic_job {
  const hr_resize *r;
  hr_rows rows;
  const hr_taps *y, *x;
  float *out;
  int64_t length; /* of an output row */
} bicubic_job;

/* Four input rows make one, which is then convolved along x. Converted rows stay in four slots while they are needed.
 */
static void bicubic_rows(const hr_row_part *part) {
  const bicubic_job *job = part->argument;
  const hr_resize *r = job->r;
  float *combined = part->scratch, *slots = combined + job->rows.length;
  int64_t in_slot[4] = {-1, -1, -1, -1};
  for (int64_t row = part->begin; row < part->end; ++row) {
    int64_t image = row / r->y.out, y = row % r->y.out;
    const float *rows[4];
    float weights[4];
    for (int k = 0; k < 4; ++k) {
      int64_t in = image * r->y.in + job->y->index[k][y], slot = in % 4;
      float *scratch = slots + slot * job->rows.length;
      rows[k] = in_slot[slot] == in ? scratch : hr_float_row(&job->rows, in, scratch);
      if (rows[k] == scratch) in_slot[slot] = in;
      weights[k] = job->y->weight[k][y];
    }
    hr_loops->images->combine(combined, rows, weights, job->rows.length);
    hr_loops->images->convolve(job->out + row * job->length, combined, job->x, job->length);
  }
}

static hr_status resize_bicubic(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 0);
  hr_resize r;
  hr_tensor *out;
  hr_axis_taps y, x;
  HR_TRY(hr_resize_begin(ctx, &r, &out));
  if (out->elements == 0) return HR_SUCCESS;
  HR_TRY(hr_make_taps(ctx, &r, &r.y, 1, 4, cubic_taps, &y));
  hr_status status = hr_make_taps(ctx, &r, &r.x, r.channels, 4, cubic_taps, &x);
  if (!status) {
    bicubic_job job = {&r, hr_image_rows(images), &y.taps, &x.taps, hr_tensor_data(out), x.n};
    double nanos = 2 * (double)x.n + (double)job.rows.length;
    status = hr_for_row_parts(ctx, r.batch * r.y.out, nanos, 5 * job.rows.length, bicubic_rows, &job);
    hr_tensor_clear(&x.memory);
  }
  hr_tensor_clear(&y.memory);
  return status;
}
HR_KERNEL(.op = "ResizeBicubic", .types = {{"T", HR_IMAGE_TYPES}}, .compute = resize_bicubic);

static hr_status resize_bicubic_grad(hr_kernel_context *ctx) { return hr_resize_gradient(ctx, 4, cubic_taps, true); }
HR_KERNEL(.op = "ResizeBicubicGrad", .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE)}},
          .compute = resize_bicubic_grad);
