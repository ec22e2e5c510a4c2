/* RandomUniform, RandomUniformInt, RandomStandardNormal and TruncatedNormal, and the same from a seed that is an input
 * (Stateless...), bit for bit TensorFlow's.
 *
 * The output is made in groups, each from a stretch of the generator of its own, so that any thread may make any group.
 */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/elementwise.h"
#include "kernels_cpu/random_normal.h"
#include "kernels_cpu/random_state.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/random.h>

/* A run takes this many blocks an output from its generator, needed or not. */
enum { BLOCKS_RESERVED = 256 };
/* Numbers that a truncated normal may use up an output before the next group's begin. */
enum { NUMBERS_PER_TRUNCATED = 256 };

typedef struct random_job random_job;
struct random_job {
  hr_philox generator;
  void *out;
  int64_t n;
  int group;       /* outputs of a group */
  uint64_t blocks; /* that a group skips */
  void (*make)(const random_job *job, int64_t first_group, int64_t last_group);
  int64_t low; /* of integers */
  uint64_t range;
};

static hr_philox generator_at(const random_job *job, int64_t group) {
  hr_philox generator = job->generator;
  hr_philox_skip(&generator, (uint64_t)group * job->blocks);
  return generator;
}

/* Outputs of a group: fewer at the end. */
static int group_size(const random_job *job, int64_t group) {
  int64_t left = job->n - group * job->group;
  return left < job->group ? (int)left : job->group;
}

/* make_<name>: group after group from a function of that name, which fills `size` values. */
#define MAKE_GROUPS(name, type, size)                                                                                  \
  static void make_##name(const random_job *job, int64_t first, int64_t last) {                                        \
    for (int64_t group = first; group < last; ++group) {                                                               \
      HR_TYPE_##type values[size];                                                                                     \
      hr_philox generator = generator_at(job, group);                                                                  \
      name(job, &generator, values);                                                                                   \
      memcpy((HR_TYPE_##type *)job->out + group * (size), values, (size_t)group_size(job, group) * sizeof *values);    \
    }                                                                                                                  \
  }

static void make_groups(void *argument, int64_t begin, int64_t end) {
  const random_job *job = argument;
  job->make(job, begin, end);
}

/* Output 0 of the shape in input 0. A kernel without a generator of its own has a seed in input 1. */
static hr_status run(hr_kernel_context *ctx, random_job *job, double nanos) {
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_argument(hr_input(ctx, 0), "shape", &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  job->out = hr_tensor_data(out);
  job->n = out->elements;
  if (ctx->state)
    job->generator = hr_random_reserve(ctx, (uint64_t)job->n * BLOCKS_RESERVED);
  else
    HR_TRY(hr_random_from_seed(hr_input(ctx, 1), &job->generator));
  hr_parallel_for(ctx, (job->n + job->group - 1) / job->group, nanos * job->group, make_groups, job);
  return HR_SUCCESS;
}

#define RANDOM_KERNELS(name, stateless, attribute, type, function)                                                     \
  HR_KERNEL(.op = name, .types = {{attribute, HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = function,                     \
            .create = hr_random_create, .destroy = hr_random_destroy);                                                 \
  HR_KERNEL(.op = "Stateless" stateless, .types = {{"dtype", HR_TYPE_BIT(HR_DTYPE_##type)}}, .compute = function)

/* compute_<name>: the kernel of two ops on a floating type. */
#define RANDOM_OPS(op, stateless, name, type, size, skip, nanos)                                                       \
  static hr_status compute_##name(hr_kernel_context *ctx) {                                                            \
    random_job job = {.group = (size), .blocks = (skip), .make = make_##name};                                         \
    return run(ctx, &job, (nanos));                                                                                    \
  }                                                                                                                    \
  RANDOM_KERNELS(op, stateless, "dtype", type, compute_##name);

/* ---- uniform --------------------------------------------------------------------------------------------------- */

/* Whole groups by the loop of the instruction level, the last one through a copy. */
#define MAKE_BY_LOOP(name, type, size, ...)                                                                            \
  static void make_##name(const random_job *job, int64_t first, int64_t last) {                                        \
    HR_TYPE_##type *out = job->out, values[size];                                                                      \
    hr_philox generator = generator_at(job, first);                                                                    \
    int64_t whole = last * (size) <= job->n ? last : job->n / (size);                                                  \
    hr_loops->name(out + first * (size), &generator, whole - first, ##__VA_ARGS__);                                    \
    if (whole == last) return;                                                                                         \
    generator = generator_at(job, whole);                                                                              \
    hr_loops->name(values, &generator, 1, ##__VA_ARGS__);                                                              \
    memcpy(out + whole * (size), values, (size_t)group_size(job, whole) * sizeof *values);                             \
  }
MAKE_BY_LOOP(uniform_f32, f32, 4)
MAKE_BY_LOOP(uniform_f64, f64, 2)

/* As many of a number's bits as the type has behind its point: exact. */
static void uniform_f16(const random_job *job, hr_philox *generator, hr_half values[4]) {
  (void)job;
  uint32_t numbers[4];
  hr_philox_block(generator, numbers);
  for (int i = 0; i < 4; ++i)
    values[i] = hr_half_from_float((float)(numbers[i] & 0x3ff) / 1024);
}
static void uniform_b16(const random_job *job, hr_philox *generator, hr_bfloat16 values[4]) {
  (void)job;
  uint32_t numbers[4];
  hr_philox_block(generator, numbers);
  for (int i = 0; i < 4; ++i)
    values[i] = hr_bfloat16_from_float((float)(numbers[i] & 0x7f) / 128);
}
MAKE_GROUPS(uniform_f16, f16, 4)
MAKE_GROUPS(uniform_b16, b16, 4)
RANDOM_OPS("RandomUniform", "RandomUniform", uniform_f32, f32, 4, 1, 0.5)
RANDOM_OPS("RandomUniform", "RandomUniform", uniform_f64, f64, 2, 1, 1)
RANDOM_OPS("RandomUniform", "RandomUniform", uniform_f16, f16, 4, 1, 5)
RANDOM_OPS("RandomUniform", "RandomUniform", uniform_b16, b16, 4, 1, 5)

MAKE_BY_LOOP(uniform_i32, i32, 4, (int32_t)job->low, (uint32_t)job->range)
static void uniform_i64(const random_job *job, hr_philox *generator, int64_t values[2]) {
  uint32_t numbers[4];
  hr_philox_block(generator, numbers);
  for (int i = 0; i < 2; ++i)
    values[i] = (int64_t)((uint64_t)job->low + ((uint64_t)numbers[2 * i + 1] << 32 | numbers[2 * i]) % job->range);
}
MAKE_GROUPS(uniform_i64, i64, 2)

/* The limits are the last two inputs. */
static hr_status uniform_int(hr_kernel_context *ctx, random_job *job) {
  int64_t high;
  int limits = hr_input_count(ctx) - 2;
  hr_shape shape;
  HR_TRY(hr_shape_argument(hr_input(ctx, 0), "shape", &shape));
  HR_TRY(hr_scalar_argument(hr_input(ctx, limits), "minval", &job->low));
  HR_TRY(hr_scalar_argument(hr_input(ctx, limits + 1), "maxval", &high));
  if (job->low >= high && hr_shape_elements(&shape) > 0)
    return hr_error(HR_INVALID_ARGUMENT, "Need minval < maxval, got %lld >= %lld", (long long)job->low,
                    (long long)high);
  job->range = (uint64_t)high - (uint64_t)job->low;
  return run(ctx, job, 5);
}
static hr_status compute_uniform_i32(hr_kernel_context *ctx) {
  random_job job = {.group = 4, .blocks = 1, .make = make_uniform_i32};
  return uniform_int(ctx, &job);
}
static hr_status compute_uniform_i64(hr_kernel_context *ctx) {
  random_job job = {.group = 2, .blocks = 1, .make = make_uniform_i64};
  return uniform_int(ctx, &job);
}
RANDOM_KERNELS("RandomUniformInt", "RandomUniformInt", "Tout", i32, compute_uniform_i32);
RANDOM_KERNELS("RandomUniformInt", "RandomUniformInt", "Tout", i64, compute_uniform_i64);

/* ---- normal ---------------------------------------------------------------------------------------------------- */

static void normal_f32(const random_job *job, hr_philox *generator, float values[4]) {
  (void)job;
  uint32_t numbers[4];
  hr_philox_block(generator, numbers);
  hr_normal_pair_f32(numbers, values);
  hr_normal_pair_f32(numbers + 2, values + 2);
}
static void normal_f64(const random_job *job, hr_philox *generator, double values[2]) {
  (void)job;
  uint32_t numbers[4];
  hr_philox_block(generator, numbers);
  hr_normal_pair_f64(numbers, values);
}

/* Numbers beyond two standard deviations are drawn again, from the group's own stretch of the generator. */
static void truncated_f32(const random_job *job, hr_philox *generator, float values[4]) {
  for (int count = 0; count < 4;) {
    float drawn[4];
    normal_f32(job, generator, drawn);
    hr_philox_skip(generator, 1);
    for (int i = 0; i < 4 && count < 4; ++i)
      if (fabsf(drawn[i]) < 2) values[count++] = drawn[i];
  }
}
static void truncated_f64(const random_job *job, hr_philox *generator, double values[2]) {
  for (int count = 0; count < 2;) {
    double drawn[2];
    normal_f64(job, generator, drawn);
    hr_philox_skip(generator, 1);
    for (int i = 0; i < 2 && count < 2; ++i)
      if (fabs(drawn[i]) < 2) values[count++] = drawn[i];
  }
}

/* Half types are floats, rounded. */
#define ROUNDED(name, type, round)                                                                                     \
  static void name##_##type(const random_job *job, hr_philox *generator, HR_TYPE_##type values[4]) {                   \
    float floats[4];                                                                                                   \
    name##_f32(job, generator, floats);                                                                                \
    for (int i = 0; i < 4; ++i)                                                                                        \
      values[i] = round(floats[i]);                                                                                    \
  }
ROUNDED(normal, f16, hr_half_from_float)
ROUNDED(normal, b16, hr_bfloat16_from_float)
ROUNDED(truncated, f16, hr_half_from_float)
ROUNDED(truncated, b16, hr_bfloat16_from_float)

MAKE_BY_LOOP(normal_f32, f32, 4)
MAKE_GROUPS(normal_f64, f64, 2)
MAKE_GROUPS(normal_f16, f16, 4)
MAKE_GROUPS(normal_b16, b16, 4)
#define NORMAL_OPS(type, size, nanos)                                                                                  \
  MAKE_GROUPS(truncated_##type, type, size)                                                                            \
  RANDOM_OPS("RandomStandardNormal", "RandomNormal", normal_##type, type, size, 1, nanos)                              \
  RANDOM_OPS("TruncatedNormal", "TruncatedNormal", truncated_##type, type, size, (size)*NUMBERS_PER_TRUNCATED / 4, 20)
NORMAL_OPS(f32, 4, 5)
NORMAL_OPS(f64, 2, 15)
NORMAL_OPS(f16, 4, 15)
NORMAL_OPS(b16, 4, 15)

/* ---- not to be repeated ---------------------------------------------------------------------------------------- */

static hr_status system_numbers(hr_kernel_context *ctx) {
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(hr_shape_argument(hr_input(ctx, 0), "shape", &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  char *data = hr_tensor_data(out);
  for (size_t done = 0, size = (size_t)out->elements * hr_dtype_size(out->dtype); done < size;) {
    ssize_t got = getrandom(data + done, size - done, 0);
    if (got < 0 && errno != EINTR) return hr_error(HR_INTERNAL, "The system gives no random numbers");
    if (got > 0) done += (size_t)got;
  }
  return HR_SUCCESS;
}
HR_KERNEL(.op = "NonDeterministicInts",
          .types = {{"dtype", HR_INDEX_TYPES | HR_TYPE_BIT(HR_UINT32) | HR_TYPE_BIT(HR_UINT64)},
                    {"shape_dtype", HR_INDEX_TYPES}},
          .compute = system_numbers);
