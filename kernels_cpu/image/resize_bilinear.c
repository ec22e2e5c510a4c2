/* ResizeBilinear and its gradient, and QuantizedResizeBilinear of floats. */
#include "kernels_cpu/image/resize.h"
#include "kernels_cpu/quantized/steps.h"

typedef struct bilinear_job {
  const hr_resize *r;
  hr_rows rows;
  const hr_taps *y, *x;
  float *out;
  int64_t length; /* of an output row */
} bilinear_job;

/* Input rows are interpolated along x once for all output rows that lie between them. */
static void bilinear_rows(const hr_row_part *part) {
  const bilinear_job *job = part->argument;
  const hr_resize *r = job->r;
  float *converted = part->scratch, *upper = converted + job->rows.length, *lower = upper + job->length;
  int64_t in_upper = -1, in_lower = -1; /* the input rows that are there */
  for (int64_t row = part->begin; row < part->end; ++row) {
    int64_t image = row / r->y.out, y = row % r->y.out;
    int64_t above = image * r->y.in + job->y->index[0][y], below = image * r->y.in + job->y->index[1][y];
    if (in_upper != above && in_lower == above) {
      float *swapped = upper;
      upper = lower, lower = swapped;
      in_lower = in_upper, in_upper = above;
    }
    if (in_upper != above) {
      hr_loops->images->interpolate(upper, hr_float_row(&job->rows, above, converted), job->x, job->length);
      in_upper = above;
    }
    if (below != above && in_lower != below) {
      hr_loops->images->interpolate(lower, hr_float_row(&job->rows, below, converted), job->x, job->length);
      in_lower = below;
    }
    hr_loops->images->blend(job->out + row * job->length, upper, below == above ? upper : lower, job->y->weight[1][y],
                            job->length);
  }
}

static hr_status resize_bilinear(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 0);
  hr_resize r;
  hr_tensor *out;
  hr_axis_taps y, x;
  HR_TRY(hr_resize_begin(ctx, &r, &out));
  if (out->elements == 0) return HR_SUCCESS;
  HR_TRY(hr_make_taps(ctx, &r, &r.y, 1, 2, hr_linear_taps, &y));
  hr_status status = hr_make_taps(ctx, &r, &r.x, r.channels, 2, hr_linear_taps, &x);
  if (!status) {
    bilinear_job job = {&r, hr_image_rows(images), &y.taps, &x.taps, hr_tensor_data(out), x.n};
    status =
        hr_for_row_parts(ctx, r.batch * r.y.out, 1.5 * (double)x.n, job.rows.length + 2 * x.n, bilinear_rows, &job);
    hr_tensor_clear(&x.memory);
  }
  hr_tensor_clear(&y.memory);
  return status;
}
HR_KERNEL(.op = "ResizeBilinear", .types = {{"T", HR_IMAGE_TYPES | HR_TYPE_BIT(HR_BFLOAT16)}},
          .compute = resize_bilinear);

static hr_status resize_with_range(hr_kernel_context *ctx) { return hr_keep_range(ctx, 2, "images", resize_bilinear); }
HR_KERNEL(.op = "QuantizedResizeBilinear", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .compute = resize_with_range);

static hr_status resize_bilinear_grad(hr_kernel_context *ctx) {
  return hr_resize_gradient(ctx, 2, hr_linear_taps, false);
}
HR_KERNEL(.op = "ResizeBilinearGrad",
          .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF)}},
          .compute = resize_bilinear_grad);
