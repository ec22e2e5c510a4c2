/* FusedBatchNorm and its gradient, in all their versions: channels are the last dimension, statistics are floats.
 *
 * With m and v the mean and biased variance of a channel and f = scale / sqrt(v + epsilon), in training
 *   y  = (x - m) f + offset
 *   dx = (dy - mean(dy) - (x - m) mean(dy (x - m)) / (v + epsilon)) f
 * Inference takes m and v as given; there dx = dy f. */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/level/loops.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Elements of which one task makes statistics. Those of tasks are merged in order, so that a result does not depend on
 * threads. */
enum { PART_ELEMENTS = 1 << 15 };
/* Channels from which on tasks share out the channels, not the rows. */
enum { MANY_CHANNELS = 1024, CHANNEL_STRIP = 64 };
/* What reading or writing an element costs a pass. */
#define PASS_NANOS 0.15

typedef struct settings {
  float epsilon;
  bool is_training;
} settings;

static hr_status create(const hr_kernel_construction *c, void **state) {
  const hr_attr_value *format;
  settings s;
  HR_TRY(hr_construction_float(c, "epsilon", &s.epsilon));
  HR_TRY(hr_construction_bool(c, "is_training", &s.is_training));
  HR_TRY(hr_construction_attr(c, "data_format", &format));
  if (strcmp(format->s, "NHWC") != 0)
    return hr_error(HR_INTERNAL, "The CPU implementation of %s only supports NHWC tensor format for now.",
                    hr_node_op(c->node));
  settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

/* ---- arguments ------------------------------------------------------------------------------------------------- */

/* A matrix: a row an example's pixel, a column a channel. */
typedef struct size {
  int64_t rows, channels;
} size;

static hr_status size_of(const hr_tensor *x, size *out) {
  if (x->rank != 4) return hr_error(HR_INVALID_ARGUMENT, "input must be 4-dimensional%s", HR_TENSOR_SHAPE_TEXT(x));
  *out = (size){hr_dims_product(x, 0, 3), x->dims[3]};
  return HR_SUCCESS;
}

/* A number for each channel, or none where `count` is 0. */
static hr_status check_vector(const hr_tensor *t, const char *what, int64_t count) {
  if (t->rank != 1) return hr_error(HR_INVALID_ARGUMENT, "%s must be 1-dimensional%s", what, HR_TENSOR_SHAPE_TEXT(t));
  if (t->elements == count) return HR_SUCCESS;
  if (count == 0)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be empty for training%s", what, HR_TENSOR_SHAPE_TEXT(t));
  return hr_error(HR_INVALID_ARGUMENT, "%s must have one element for each of %" PRId64 " channels, not shape %s", what,
                  count, HR_TENSOR_SHAPE_TEXT(t));
}

/* The elements as floats; `copy` holds those of halves. */
static hr_status floats_of(hr_kernel_context *ctx, const hr_tensor *t, hr_tensor *copy, const float **out) {
  *out = hr_tensor_data(t);
  if (hr_tensor_dtype(t) == HR_FLOAT) return HR_SUCCESS;
  hr_shape shape = hr_tensor_shape(t);
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &shape, copy));
  hr_loops->cast[hr_tensor_dtype(t)][HR_FLOAT](hr_tensor_data(copy), hr_tensor_data(t), t->elements);
  *out = hr_tensor_data(copy);
  return HR_SUCCESS;
}

/* Output 0, of the shape of input `like`, and where its floats are computed: in its own memory, or for halves in
 * `computed`, from where hr_finish_output moves them. */
static hr_status new_output(hr_kernel_context *ctx, uint64_t candidates, int like, hr_tensor *computed, hr_tensor **out,
                            float **data) {
  hr_shape shape = hr_tensor_shape(hr_input(ctx, like));
  HR_TRY(hr_output_forward_or_new(ctx, candidates, 0, &shape, out));
  *data = hr_tensor_data(*out);
  if (hr_tensor_dtype(*out) == HR_FLOAT) return HR_SUCCESS;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &shape, computed));
  *data = hr_tensor_data(computed);
  return HR_SUCCESS;
}
static void finish_output(hr_tensor *out, const float *data) {
  if (hr_tensor_dtype(out) != HR_FLOAT)
    hr_loops->cast[HR_FLOAT][hr_tensor_dtype(out)](hr_tensor_data(out), data, out->elements);
}

static hr_status new_vector(hr_kernel_context *ctx, int output, int64_t channels, float **data) {
  hr_tensor *t;
  HR_TRY(hr_output_new(ctx, output, &(hr_shape){1, {channels}}, &t));
  *data = hr_tensor_data(t);
  return HR_SUCCESS;
}

/* ---- statistics on the pool ------------------------------------------------------------------------------------ */

typedef struct job {
  const float *x, *dy; /* dy: of the gradient */
  const float *mean, *mean_dy, *slope, *factor, *offset;
  float *out;
  size size;
  float *first, *second; /* two numbers a channel, a row of them for each part */
  int64_t part_rows, part_channels;
} job;

static int64_t parts_of(int64_t total, int64_t part) { return (total + part - 1) / part; }

/* How the matrix is cut: in rows or in channels. One part at least, even of nothing. */
static void cut(job *job) {
  size size = job->size;
  job->part_rows = size.rows > 0 ? size.rows : 1;
  job->part_channels = size.channels > 0 ? size.channels : 1;
  if (size.channels >= MANY_CHANNELS)
    job->part_channels = CHANNEL_STRIP;
  else if (size.rows * size.channels > PART_ELEMENTS)
    job->part_rows = PART_ELEMENTS / size.channels;
}

static void make_parts(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const int64_t channels = job->size.channels, across = parts_of(channels, job->part_channels);
  for (int64_t part = begin; part < end; ++part) {
    int64_t row = part / across * job->part_rows, channel = part % across * job->part_channels;
    int64_t rows = job->size.rows - row < job->part_rows ? job->size.rows - row : job->part_rows;
    int64_t columns = channels - channel < job->part_channels ? channels - channel : job->part_channels;
    int64_t at = row * channels + channel, result = part / across * channels + channel;
    float *first = job->first + result, *second = job->second + result;
    if (job->dy)
      hr_loops->batch_norm->gradient_sums(first, second, job->dy + at, job->x + at, job->mean + channel, rows, columns,
                                          channels);
    else
      hr_loops->batch_norm->moments(first, second, job->x + at, rows, columns, channels);
  }
}

/* The parts' numbers become those of the whole, in the first row. */
static void merge_parts(const job *job, int64_t parts) {
  int64_t channels = job->size.channels;
  for (int64_t part = 1; part < parts; ++part) {
    int64_t above = part * job->part_rows;
    int64_t rows = job->size.rows - above < job->part_rows ? job->size.rows - above : job->part_rows;
    const float *first = job->first + part * channels, *second = job->second + part * channels;
    for (int64_t k = 0; k < channels; ++k) {
      if (job->dy) {
        job->first[k] += first[k];
        job->second[k] += second[k];
      } else {
        hr_merge_moments(&job->first[k], &job->second[k], (float)above, first[k], second[k], (float)rows);
      }
    }
  }
}

/* Memory for the parts' numbers and for two more rows of channels, which `rows` points to. */
static hr_status new_scratch(hr_kernel_context *ctx, job *job, hr_tensor *scratch, float **rows) {
  cut(job);
  int64_t parts = job->size.rows > 0 ? parts_of(job->size.rows, job->part_rows) : 1;
  hr_shape shape = {.rank = 2, .dims = {2 * parts + 2, job->size.channels}};
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &shape, scratch));
  job->first = hr_tensor_data(scratch);
  job->second = job->first + parts * job->size.channels;
  *rows = job->second + parts * job->size.channels;
  return HR_SUCCESS;
}

static void make_statistics(hr_kernel_context *ctx, job *job) {
  int64_t down = parts_of(job->size.rows, job->part_rows);
  int64_t parts = down * parts_of(job->size.channels, job->part_channels);
  hr_parallel_for(ctx, parts, 2 * PASS_NANOS * (double)(job->part_rows * job->part_channels), make_parts, job);
  merge_parts(job, down);
}

/* ---- forward --------------------------------------------------------------------------------------------------- */

static void normalize_rows(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  int64_t n = job->size.channels;
  for (int64_t r = begin; r < end; ++r)
    hr_loops->batch_norm->normalize(job->out + r * n, job->x + r * n, job->mean, job->factor, job->offset, n);
}

/* The statistics of the batch as outputs 1 to 4: mean and unbiased variance, then both as the gradient wants them. */
static hr_status new_statistics(hr_kernel_context *ctx, const settings *s, job *job, float **variance) {
  float *mean, *unbiased, *saved;
  size size = job->size;
  HR_TRY(new_vector(ctx, 1, size.channels, &mean));
  HR_TRY(new_vector(ctx, 2, size.channels, &unbiased));
  HR_TRY(new_vector(ctx, 3, size.channels, &saved));
  HR_TRY(new_vector(ctx, 4, size.channels, variance));
  size_t bytes = (size_t)size.channels * sizeof(float);
  if (!s->is_training) {
    memcpy(mean, hr_tensor_data(hr_input(ctx, 3)), bytes);
    memcpy(*variance, hr_tensor_data(hr_input(ctx, 4)), bytes);
    memcpy(unbiased, *variance, bytes);
  } else if (size.rows == 0) {
    for (int64_t k = 0; k < size.channels; ++k)
      mean[k] = unbiased[k] = (*variance)[k] = NAN;
  } else {
    make_statistics(ctx, job);
    float rows = (float)size.rows, correction = size.rows > 1 ? rows / (rows - 1) : 1;
    memcpy(mean, job->first, bytes);
    for (int64_t k = 0; k < size.channels; ++k) {
      (*variance)[k] = job->second[k] / rows;
      unbiased[k] = (*variance)[k] * correction;
    }
  }
  memcpy(saved, mean, bytes);
  job->mean = saved;
  return HR_SUCCESS;
}

static hr_status batch_norm(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0), *scale = hr_input(ctx, 1), *offset = hr_input(ctx, 2);
  job job = {.offset = hr_tensor_data(offset)};
  HR_TRY(size_of(x, &job.size));
  int64_t channels = job.size.channels, given = s->is_training ? 0 : channels;
  HR_TRY(check_vector(scale, "scale", channels));
  HR_TRY(check_vector(offset, "offset", channels));
  HR_TRY(check_vector(hr_input(ctx, 3), "estimated_mean", given));
  HR_TRY(check_vector(hr_input(ctx, 4), "estimated_variance", given));

  hr_tensor x_floats = {0}, y_floats = {0}, scratch = {0}, *y;
  float *variance, *factor;
  hr_status status;
  HR_TRY_GOTO(status, new_scratch(ctx, &job, &scratch, &factor), done);
  HR_TRY_GOTO(status, floats_of(ctx, x, &x_floats, &job.x), done);
  HR_TRY_GOTO(status, new_statistics(ctx, s, &job, &variance), done);
  HR_TRY_GOTO(status, new_output(ctx, 1, 0, &y_floats, &y, &job.out), done);
  const float *scales = hr_tensor_data(scale);
  for (int64_t k = 0; k < channels; ++k)
    factor[k] = scales[k] / sqrtf(variance[k] + s->epsilon);
  job.factor = factor;
  hr_parallel_for(ctx, job.size.rows, 3 + 2 * PASS_NANOS * (double)channels, normalize_rows, &job);
  finish_output(y, job.out);
  if (hr_output_count(ctx) > 5) hr_output_f32(ctx, 5, 0);
done:
  hr_tensor_clear(&x_floats);
  hr_tensor_clear(&y_floats);
  hr_tensor_clear(&scratch);
  return status;
}

/* ---- gradient -------------------------------------------------------------------------------------------------- */

static void gradient_rows(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  int64_t n = job->size.channels;
  for (int64_t r = begin; r < end; ++r)
    hr_loops->batch_norm->gradient(job->out + r * n, job->dy + r * n, job->x + r * n, job->mean, job->mean_dy,
                                   job->slope, job->factor, n);
}

static void scale_rows(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  int64_t n = job->size.channels;
  for (int64_t r = begin; r < end; ++r)
    hr_loops->Mul_f32(job->out + r * n, job->dy + r * n, job->factor, n, HR_BOTH_ROWS);
}

static hr_status batch_norm_gradient(hr_kernel_context *ctx) {
  const settings *s = ctx->state;
  const hr_tensor *dy = hr_input(ctx, 0), *x = hr_input(ctx, 1), *scale = hr_input(ctx, 2);
  const hr_tensor *mean = hr_input(ctx, 3), *variances = hr_input(ctx, 4);
  job job = {.mean = hr_tensor_data(mean)};
  HR_TRY(size_of(dy, &job.size));
  HR_TRY(size_of(x, &job.size));
  if (!hr_same_shape(dy, x))
    return hr_error(HR_INVALID_ARGUMENT, "y_backprop and x must have the same shape: %s and %s",
                    HR_TENSOR_SHAPE_TEXT(dy), HR_TENSOR_SHAPE_TEXT(x));
  int64_t channels = job.size.channels;
  HR_TRY(check_vector(scale, "scale", channels));
  HR_TRY(check_vector(mean, "saved mean", channels));
  HR_TRY(check_vector(variances, "saved variance", channels));

  hr_tensor x_floats = {0}, dy_floats = {0}, dx_floats = {0}, scratch = {0}, *dx;
  float *d_scale, *d_offset, *factor;
  const float *variance = hr_tensor_data(variances), *scales = hr_tensor_data(scale);
  hr_status status;
  HR_TRY_GOTO(status, new_scratch(ctx, &job, &scratch, &factor), done);
  HR_TRY_GOTO(status, floats_of(ctx, x, &x_floats, &job.x), done);
  HR_TRY_GOTO(status, floats_of(ctx, dy, &dy_floats, &job.dy), done);
  HR_TRY_GOTO(status, new_vector(ctx, 1, channels, &d_scale), done);
  HR_TRY_GOTO(status, new_vector(ctx, 2, channels, &d_offset), done);
  hr_output_f32(ctx, 3, 0);
  hr_output_f32(ctx, 4, 0);
  if (job.size.rows > 0)
    make_statistics(ctx, &job);
  else
    memset(job.first, 0, (size_t)(2 * channels) * sizeof(float));
  float rows = (float)job.size.rows, *slope = factor + channels;
  for (int64_t k = 0; k < channels; ++k) {
    float scaled = variance[k] + s->epsilon, inverse = 1 / sqrtf(scaled);
    factor[k] = scales[k] * inverse;
    d_offset[k] = job.first[k];
    d_scale[k] = job.second[k] * inverse;
    slope[k] = job.second[k] / rows / scaled;
    job.first[k] /= rows;
  }
  HR_TRY_GOTO(status, new_output(ctx, 3, 0, &dx_floats, &dx, &job.out), done);
  job.factor = factor;
  job.slope = slope;
  job.mean_dy = job.first;
  hr_parallel_for(ctx, job.size.rows, 3 + 3 * PASS_NANOS * (double)channels,
                  s->is_training ? gradient_rows : scale_rows, &job);
  finish_output(dx, job.out);
done:
  hr_tensor_clear(&x_floats);
  hr_tensor_clear(&dy_floats);
  hr_tensor_clear(&dx_floats);
  hr_tensor_clear(&scratch);
  return status;
}

/* ---- registration ---------------------------------------------------------------------------------------------- */

#define FLOAT_AND_HALF (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_HALF))
#define OF_FLOATS(name, function)                                                                                      \
  HR_KERNEL(.op = name, .types = {{"T", HR_TYPE_BIT(HR_FLOAT)}}, .create = create, .destroy = free, .compute = function)
#define OF_ANY(name, function)                                                                                         \
  HR_KERNEL(.op = name, .types = {{"T", FLOAT_AND_HALF}, {"U", HR_TYPE_BIT(HR_FLOAT)}}, .create = create,              \
            .destroy = free, .compute = function)
OF_FLOATS("FusedBatchNorm", batch_norm);
OF_ANY("FusedBatchNormV2", batch_norm);
OF_ANY("FusedBatchNormV3", batch_norm);
OF_FLOATS("FusedBatchNormGrad", batch_norm_gradient);
OF_ANY("FusedBatchNormGradV2", batch_norm_gradient);
OF_ANY("FusedBatchNormGradV3", batch_norm_gradient);
