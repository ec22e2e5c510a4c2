/* AdjustContrastv2. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/row_arithmetic.h"

#include <string.h>

typedef struct contrast_job {
  const float *in;
  float *out, *means;       /* means: [batch, channels] */
  int64_t pixels, channels; /* of one image */
  float factor;
  hr_binary_loop *add;
} contrast_job;

/* The sum of all pixels into the first pixel of `sums`, which has room for all of them, by adding the second half to
 * the first again and again: the error grows with the logarithm of the size, and the sum is TensorFlow's. */
static void add_up(const contrast_job *job, float *sums, const float *image) {
  int64_t left = job->pixels, channels = job->channels, half = left / 2;
  job->add(sums, image, image + (left - half) * channels, half * channels, HR_BOTH_ROWS);
  /* The pixel in the middle of an odd number has no partner. */
  if (left % 2) memcpy(sums + half * channels, image + half * channels, (size_t)channels * sizeof *sums);
  for (left -= half; left > 1; left -= half) {
    half = left / 2;
    job->add(sums, sums, sums + (left - half) * channels, half * channels, HR_BOTH_ROWS);
  }
}

/* The output is the room for the sums: its own values come later. */
static void find_means(void *argument, int64_t begin, int64_t end) {
  const contrast_job *job = argument;
  int64_t length = job->pixels * job->channels;
  for (int64_t i = begin; i < end; ++i) {
    float *mean = job->means + i * job->channels;
    add_up(job, job->out + i * length, job->in + i * length);
    memcpy(mean, job->out + i * length, (size_t)job->channels * sizeof *mean);
    hr_loops->images->scale(mean, 1.0f / (float)job->pixels, job->channels);
  }
}

/* Pixels of all images, one after the other. */
static void adjust_pixels(void *argument, int64_t begin, int64_t end) {
  const contrast_job *job = argument;
  while (begin < end) {
    int64_t image = begin / job->pixels, image_end = (image + 1) * job->pixels;
    int64_t count = (end < image_end ? end : image_end) - begin;
    hr_loops->images->contrast(job->out + begin * job->channels, job->in + begin * job->channels,
                               job->means + image * job->channels, job->factor, count, job->channels);
    begin += count;
  }
}

static hr_status adjust_contrast(hr_kernel_context *ctx) {
  const hr_tensor *in = hr_input(ctx, 0), *factor = hr_input(ctx, 1);
  hr_shape shape = hr_tensor_shape(in);
  hr_tensor *out, means;
  if (in->rank < 3)
    return hr_error(HR_INVALID_ARGUMENT, "input must be at least 3-D, got shape%s", HR_TENSOR_SHAPE_TEXT(in));
  if (factor->rank != 0)
    return hr_error(HR_INVALID_ARGUMENT, "contrast_factor must be scalar: %s", HR_TENSOR_SHAPE_TEXT(factor));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (in->elements == 0) return HR_SUCCESS;
  int64_t batch = hr_dims_product(in, 0, in->rank - 3);
  contrast_job job = {.in = hr_tensor_data(in),
                      .out = hr_tensor_data(out),
                      .pixels = hr_dims_product(in, in->rank - 3, in->rank - 1),
                      .channels = in->dims[in->rank - 1],
                      .factor = *(const float *)hr_tensor_data(factor),
                      .add = hr_row_loop(HR_ROW_ADD, HR_FLOAT)};
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){2, {batch, job.channels}}, &means));
  job.means = hr_tensor_data(&means);
  double nanos = 0.3 * (double)job.channels;
  hr_parallel_for(ctx, batch, nanos * (double)job.pixels, find_means, &job);
  hr_parallel_for(ctx, batch * job.pixels, nanos, adjust_pixels, &job);
  hr_tensor_clear(&means);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "AdjustContrastv2", .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .compute = adjust_contrast);
