/* ResizeArea: each output pixel is the mean of the part of the input that it covers. */
#include "kernels_cpu/image/resize.h"

#include <math.h>
#include <string.h>

/* The input pixels from `begin` to `end`, not cut off at the edges. */
static hr_span span_of(const hr_resize_axis *axis, int64_t i) {
  float begin = (float)i * axis->scale, end = (float)(i + 1) * axis->scale;
  hr_span span = {(int64_t)floorf(begin), (int64_t)ceilf(end) - 1, 0, 0};
  float *shares[2] = {&span.first_share, &span.last_share};
  for (int k = 0; k < 2; ++k) {
    float pixel = (float)(k ? span.last : span.first);
    if (pixel < begin)
      *shares[k] = pixel + 1 > end ? axis->scale : pixel + 1 - begin;
    else
      *shares[k] = pixel + 1 > end ? end - pixel : 1;
  }
  return span;
}

typedef struct area_job {
  const hr_resize *r;
  hr_rows rows;
  const hr_span *spans; /* of x */
  float *out;
  int64_t length; /* of an output row */
} area_job;

static void area_rows(const hr_row_part *part) {
  const area_job *job = part->argument;
  const hr_resize *r = job->r;
  float *converted = part->scratch, *shrunk = converted + job->rows.length;
  int64_t in_shrunk = -1;
  float weight = (float)(1.0 / (double)(r->y.scale * r->x.scale));
  for (int64_t row = part->begin; row < part->end; ++row) {
    int64_t image = row / r->y.out, y = row % r->y.out;
    float *out = job->out + row * job->length;
    hr_span span = span_of(&r->y, y);
    memset(out, 0, (size_t)job->length * sizeof *out);
    for (int64_t i = span.first; i <= span.last; ++i) {
      int64_t in = image * r->y.in + hr_clip_pixel(i, r->y.in);
      if (in != in_shrunk)
        hr_loops->images->shrink(shrunk, hr_float_row(&job->rows, in, converted), r->x.in, job->spans, r->x.out,
                                 r->channels);
      in_shrunk = in;
      float share = i == span.first ? span.first_share : i == span.last ? span.last_share : 1;
      hr_loops->images->add_scaled(out, shrunk, share, job->length);
    }
    hr_loops->images->scale(out, weight, job->length);
  }
}

static hr_status resize_area(hr_kernel_context *ctx) {
  hr_resize r;
  hr_tensor *out, memory;
  HR_TRY(hr_resize_begin(ctx, &r, &out));
  if (out->elements == 0) return HR_SUCCESS;
  int64_t bytes = r.x.out * (int64_t)sizeof(hr_span);
  HR_TRY(hr_temporary_new(ctx, HR_UINT8, &(hr_shape){1, {bytes}}, &memory));
  hr_span *spans = hr_tensor_data(&memory);
  for (int64_t i = 0; i < r.x.out; ++i)
    spans[i] = span_of(&r.x, i);
  area_job job = {&r, hr_image_rows(hr_input(ctx, 0)), spans, hr_tensor_data(out), r.x.out * r.channels};
  double nanos = (double)job.rows.length * (double)(r.y.scale + 1) + (double)job.length;
  hr_status status = hr_for_row_parts(ctx, r.batch * r.y.out, nanos, job.rows.length + job.length, area_rows, &job);
  hr_tensor_clear(&memory);
  return status;
}
HR_KERNEL(.op = "ResizeArea", .types = {{"T", HR_IMAGE_TYPES}}, .compute = resize_area);
