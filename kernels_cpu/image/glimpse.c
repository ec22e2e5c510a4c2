/* ExtractGlimpse: windows into images, with noise where they leave the image. */
#include "kernels_cpu/arguments.h"
#include "runtime/base/philox.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/random.h>

typedef enum noise_kind { NOISE_UNIFORM, NOISE_GAUSSIAN, NOISE_ZERO } noise_kind;

typedef struct glimpse_job {
  const float *images, *offsets; /* offsets: [batch, 2], y and x */
  float *out;
  int64_t in[2], size[2], channels; /* height and width */
  bool centered, normalized;
  noise_kind noise;
  hr_philox random;
} glimpse_job;

/* Where the window begins, in pixels. What is far away counts as one window beyond the image. */
static int64_t window_start(const glimpse_job *job, int64_t image, int axis) {
  float at = job->offsets[2 * image + axis], in = (float)job->in[axis], size = (float)job->size[axis];
  if (job->normalized) at *= in;
  if (job->centered) at = at / 2.0f + in / 2.0f;
  at -= size / 2.0f;
  if (at >= in) return job->in[axis];
  return at > -size ? (int64_t)at : -job->size[axis];
}

/* ---- noise ----------------------------------------------------------------------------------------------------- */

/* What a channel holds, or all of them. */
typedef struct statistics {
  float least, most;
  double mean, deviation;
} statistics;

static statistics describe(const float *values, int64_t n, int64_t step) {
  statistics s = {INFINITY, -INFINITY, 0, 0};
  double squares = 0;
  for (int64_t i = 0; i < n; ++i) {
    float x = values[i * step];
    s.least = x < s.least ? x : s.least;
    s.most = x > s.most ? x : s.most;
    s.mean += (double)x / (double)n;
  }
  for (int64_t i = 0; i < n; ++i)
    squares += ((double)values[i * step] - s.mean) * ((double)values[i * step] - s.mean);
  s.deviation = sqrt(squares / (double)n);
  return s;
}

/* Numbers spread evenly over the image's range. */
static void fill_uniform(const glimpse_job *job, float *out, const float *image, hr_philox *random) {
  int64_t n = job->size[0] * job->size[1] * job->channels;
  statistics all = describe(image, job->in[0] * job->in[1] * job->channels, 1);
  for (int64_t i = 0; i < n; i += 4) {
    uint32_t numbers[4];
    hr_philox_next(random, numbers);
    for (int k = 0; k < 4 && i + k < n; ++k)
      out[i + k] = all.least + hr_philox_to_float(numbers[k]) * (all.most - all.least);
  }
}

/* Normal numbers with each channel's mean and deviation, in its range (Box and Muller, 1958). */
static void fill_gaussian(const glimpse_job *job, float *out, const float *image, hr_philox *random) {
  int64_t pixels = job->size[0] * job->size[1];
  for (int64_t c = 0; c < job->channels; ++c) {
    statistics of_channel = describe(image + c, job->in[0] * job->in[1], job->channels);
    for (int64_t i = 0; i < pixels; ++i) {
      uint32_t numbers[4];
      hr_philox_next(random, numbers);
      double radius = sqrt(-2 * log(1 - hr_philox_to_double(numbers[0], numbers[1])));
      double number = radius * cos(2 * M_PI * hr_philox_to_double(numbers[2], numbers[3]));
      float x = (float)(of_channel.mean + number * of_channel.deviation);
      x = x < of_channel.least ? of_channel.least : x;
      out[i * job->channels + c] = x > of_channel.most ? of_channel.most : x;
    }
  }
}

/* ---- windows --------------------------------------------------------------------------------------------------- */

static void make_glimpses(void *argument, int64_t begin, int64_t end) {
  const glimpse_job *job = argument;
  int64_t length = job->size[0] * job->size[1] * job->channels;
  for (int64_t i = begin; i < end; ++i) {
    const float *image = job->images + i * job->in[0] * job->in[1] * job->channels;
    float *out = job->out + i * length;
    int64_t start[2], first[2], last[2]; /* pixels of the window that are in the image */
    bool inside = true;
    for (int axis = 0; axis < 2; ++axis) {
      start[axis] = window_start(job, i, axis);
      first[axis] = start[axis] < 0 ? -start[axis] : 0;
      int64_t left = job->in[axis] - start[axis];
      last[axis] = left < job->size[axis] ? left : job->size[axis];
      inside &= first[axis] == 0 && last[axis] == job->size[axis];
    }
    if (!inside) {
      hr_philox random = job->random;
      hr_philox_skip(&random, (uint64_t)(i * length)); /* at most a block a number */
      if (job->noise == NOISE_UNIFORM)
        fill_uniform(job, out, image, &random);
      else if (job->noise == NOISE_GAUSSIAN)
        fill_gaussian(job, out, image, &random);
      else
        memset(out, 0, (size_t)length * sizeof *out);
    }
    int64_t width = (last[1] - first[1]) * job->channels;
    for (int64_t y = first[0]; y < last[0] && width > 0; ++y)
      memcpy(out + (y * job->size[1] + first[1]) * job->channels,
             image + ((y + start[0]) * job->in[1] + first[1] + start[1]) * job->channels, (size_t)width * sizeof *out);
  }
}

static hr_status read_noise(const char *noise, noise_kind *out) {
  static const char *const names[] = {"uniform", "gaussian", "zero"};
  for (int i = 0; i < 3; ++i)
    if (strcmp(noise, names[i]) == 0) {
      *out = (noise_kind)i;
      return HR_SUCCESS;
    }
  return hr_error(HR_INVALID_ARGUMENT, "The noise could only be uniform, gaussian, or zero, got '%s'", noise);
}

static hr_status extract_glimpse(hr_kernel_context *ctx) {
  const hr_tensor *images = hr_input(ctx, 0), *size = hr_input(ctx, 1), *offsets = hr_input(ctx, 2);
  const hr_node *node = hr_context_node(ctx);
  glimpse_job job = {.images = hr_tensor_data(images),
                     .offsets = hr_tensor_data(offsets),
                     .centered = hr_node_attr(node, "centered")->b,
                     .normalized = hr_node_attr(node, "normalized")->b};
  HR_TRY(read_noise(hr_node_attr(node, "noise")->s, &job.noise));
  HR_TRY(hr_rank_check(images, 4, "input"));
  HR_TRY(hr_rank_check(size, 1, "input"));
  if (size->elements != 2)
    return hr_error(HR_INVALID_ARGUMENT, "shape_t must have two elements %s", HR_TENSOR_SHAPE_TEXT(size));
  HR_TRY(hr_rank_check(offsets, 2, "input"));
  if (offsets->dims[0] != images->dims[0])
    return hr_error(HR_INVALID_ARGUMENT, "input should be a list of rows for each batch: %s and %s",
                    HR_TENSOR_SHAPE_TEXT(offsets), HR_TENSOR_SHAPE_TEXT(images));
  if (offsets->dims[1] != 2)
    return hr_error(HR_INVALID_ARGUMENT, "offsets should be of size 2, got %" PRId64, offsets->dims[1]);
  for (int axis = 0; axis < 2; ++axis) {
    job.in[axis] = images->dims[1 + axis];
    job.size[axis] = hr_index_at(size, axis);
    if (job.size[axis] < 0)
      return hr_error(HR_INVALID_ARGUMENT, "The size of glimpses must not be negative: %" PRId64, job.size[axis]);
  }
  job.channels = images->dims[3];
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_make(4, (int64_t[]){images->dims[0], job.size[0], job.size[1], job.channels}, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  uint64_t seeds[2];
  if (getrandom(seeds, sizeof seeds, 0) != sizeof seeds)
    return hr_error(HR_INTERNAL, "The system has no random numbers for the noise of glimpses");
  job.random = hr_philox_seeded(seeds[0], seeds[1]);
  job.out = hr_tensor_data(out);
  hr_parallel_for(ctx, images->dims[0], (double)(out->elements / images->dims[0]), make_glimpses, &job);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "ExtractGlimpse", .compute = extract_glimpse);
