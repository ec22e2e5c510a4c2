/* LRN and LRNGrad: local response normalisation over neighbouring channels.
 *
 *   n_c = bias + alpha * sum of x_k^2 for k within depth_radius of c
 *   y_c = x_c * n_c ^ -beta */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/loops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
  int64_t radius;
  float bias, alpha, beta;
} settings;

static hr_status create(const hr_kernel_construction *c, void **state) {
  settings s;
  HR_TRY(hr_construction_int(c, "depth_radius", &s.radius));
  HR_TRY(hr_construction_float(c, "bias", &s.bias));
  HR_TRY(hr_construction_float(c, "alpha", &s.alpha));
  HR_TRY(hr_construction_float(c, "beta", &s.beta));
  if (s.radius < 0 || s.radius > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "depth_radius = %lld larger than int max, or negative", (long long)s.radius);
  settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

typedef struct job {
  const settings *s;
  int64_t channels;
  const float *x, *y, *dy; /* y and dy: of the gradient */
  float *out;
} job;

static int64_t first_of(const settings *s, int64_t c) { return c > s->radius ? c - s->radius : 0; }
static int64_t end_of(const job *job, int64_t c) {
  return c + job->s->radius + 1 < job->channels ? c + job->s->radius + 1 : job->channels;
}

static float norm_of(const job *job, const float *x, int64_t c) {
  float sum = 0;
  for (int64_t k = first_of(job->s, c); k < end_of(job, c); ++k)
    sum += x[k] * x[k];
  return job->s->bias + job->s->alpha * sum;
}

static float power(float norm, float beta) {
  if (beta == 1) return 1 / norm;
  if (beta == 0.5F) return 1 / sqrtf(norm);
  return expf(logf(norm) * -beta);
}

static void normalize(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  for (int64_t i = begin; i < end; ++i) {
    const float *x = job->x + i * job->channels;
    for (int64_t c = 0; c < job->channels; ++c)
      job->out[i * job->channels + c] = x[c] * power(norm_of(job, x, c), job->s->beta);
  }
}

static void differentiate(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const settings *s = job->s;
  for (int64_t i = begin; i < end; ++i) {
    int64_t at = i * job->channels;
    const float *x = job->x + at, *y = job->y + at, *dy = job->dy + at;
    float *out = job->out + at;
    memset(out, 0, (size_t)job->channels * sizeof *out);
    for (int64_t c = 0; c < job->channels; ++c) {
      float norm = norm_of(job, x, c), scale = powf(norm, -s->beta);
      for (int64_t k = first_of(s, c); k < end_of(job, c); ++k) {
        float slope = -2 * s->alpha * s->beta * x[k] * y[c] / norm;
        if (k == c) slope += scale;
        out[k] += slope * dy[c];
      }
    }
  }
}

/* The job in floats; halves are computed so and rounded once. */
static hr_status run(hr_kernel_context *ctx, int count, void (*body)(void *, int64_t, int64_t)) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out, scratch = {0};
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  const float *inputs[3];
  job job = {.s = ctx->state, .channels = x->dims[3], .out = hr_tensor_data(out)};
  for (int i = 0; i < count; ++i)
    inputs[i] = hr_tensor_data(hr_input(ctx, i));
  hr_dtype dtype = hr_tensor_dtype(x);
  if (dtype != HR_FLOAT) {
    HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {(count + 1) * x->elements}}, &scratch));
    float *floats = hr_tensor_data(&scratch);
    for (int i = 0; i < count; ++i, floats += x->elements) {
      hr_loops->cast[dtype][HR_FLOAT](floats, hr_tensor_data(hr_input(ctx, i)), x->elements);
      inputs[i] = floats;
    }
    job.out = floats;
  }
  job.x = inputs[count - 1];
  if (count == 3) job.dy = inputs[0], job.x = inputs[1], job.y = inputs[2];
  double neighbours = (double)(2 * job.s->radius + 1 < job.channels ? 2 * job.s->radius + 1 : job.channels);
  hr_parallel_for(ctx, x->elements / job.channels, (double)job.channels * (20 + (double)count * neighbours), body,
                  &job);
  if (dtype != HR_FLOAT) hr_loops->cast[HR_FLOAT][dtype](hr_tensor_data(out), job.out, out->elements);
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}

static hr_status local_response(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  if (x->rank != 4) return hr_error(HR_INVALID_ARGUMENT, "in must be 4-dimensional, not %s", HR_TENSOR_SHAPE_TEXT(x));
  return run(ctx, 1, normalize);
}

static hr_status local_response_gradient(hr_kernel_context *ctx) {
  const hr_tensor *dy = hr_input(ctx, 0);
  if (dy->rank != 4)
    return hr_error(HR_INVALID_ARGUMENT, "inputs must be 4-dimensional, not %s", HR_TENSOR_SHAPE_TEXT(dy));
  for (int i = 1; i < 3; ++i)
    if (!hr_same_shape(dy, hr_input(ctx, i)))
      return hr_error(HR_INVALID_ARGUMENT,
                      "input_grads, input_image, and out_image should have the same shape: %s and %s",
                      HR_TENSOR_SHAPE_TEXT(dy), HR_TENSOR_SHAPE_TEXT(hr_input(ctx, i)));
  return run(ctx, 3, differentiate);
}

#define FLOAT_AND_HALF (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF))
HR_KERNEL(.op = "LRN", .types = {{"T", FLOAT_AND_HALF}}, .create = create, .destroy = free, .compute = local_response);
HR_KERNEL(.op = "LRNGrad", .types = {{"T", FLOAT_AND_HALF}}, .create = create, .destroy = free,
          .compute = local_response_gradient);
