/* FractionalMaxPool, FractionalAvgPool and their gradients: windows of changing sizes, so that the result is smaller by
 * any factor (Graham, arXiv:1412.6071). */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/number_access.h"
#include "kernels_cpu/random_state.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- where windows begin ----------------------------------------------------------------------------------------- */

typedef struct settings {
  void *random; /* of hr_random_create */
  hr_philox first;
  float ratios[4];
  bool pseudo_random, overlapping, deterministic;
} settings;

static void destroy(void *state) {
  settings *s = state;
  if (!s) return;
  hr_random_destroy(s->random);
  free(s);
}

static hr_status read_settings(const hr_kernel_construction *c, settings *s) {
  const hr_attr_value *ratios;
  int64_t seed, seed2;
  HR_TRY(hr_construction_attr(c, "pooling_ratio", &ratios));
  HR_TRY(hr_construction_bool(c, "pseudo_random", &s->pseudo_random));
  HR_TRY(hr_construction_bool(c, "overlapping", &s->overlapping));
  HR_TRY(hr_construction_bool(c, "deterministic", &s->deterministic));
  HR_TRY(hr_construction_int(c, "seed", &seed));
  HR_TRY(hr_construction_int(c, "seed2", &seed2));
  if (ratios->kind != HR_ATTR_FLOAT || ratios->count != 4)
    return hr_error(HR_INVALID_ARGUMENT, "pooling_ratio field must specify 4 dimensions");
  if (ratios->floats[0] != 1 || ratios->floats[3] != 1)
    return hr_error(HR_UNIMPLEMENTED, "Fractional pooling is not yet supported on the batch nor channel dimension.");
  for (int i = 0; i < 4; ++i)
    if (!((s->ratios[i] = ratios->floats[i]) >= 1))
      return hr_error(HR_INVALID_ARGUMENT, "pooling_ratio must be >= 1, got %g", (double)ratios->floats[i]);
  if (!s->deterministic && (seed != 0 || seed2 != 0))
    return hr_error(HR_INVALID_ARGUMENT, "Both seed and seed2 should be 0 if deterministic is false.");
  HR_TRY(hr_random_create(c, &s->random));
  if (s->deterministic) s->first = hr_random_take(s->random, 0);
  return HR_SUCCESS;
}

static hr_status create(const hr_kernel_construction *c, void **state) {
  settings *s = calloc(1, sizeof *s);
  if (!s) return hr_error_out_of_memory(sizeof *s, "fractional pooling");
  hr_status status = read_settings(c, s);
  if (status)
    destroy(s);
  else
    *state = s;
  return status;
}

/* Sizes that grow as ceil(ratio (i + u)) does, for one random u. */
static void draw_smoothly(hr_philox *generator, int64_t in, int64_t out, int64_t *ends) {
  uint32_t numbers[4];
  hr_philox_next(generator, numbers);
  double ratio = (double)in / (double)out;
  int64_t whole = in / out;
  double left = (double)(whole + 2) / ratio - 1;
  double right = (double)(in + 1 - whole) / ratio - (double)(out - 1);
  double u = hr_philox_to_double(numbers[0], numbers[1]) * (left < right ? left : right);
  for (int64_t i = 1; i < out; ++i)
    ends[i] = (int64_t)ceil(ratio * ((double)i + u)) - 1;
  for (int64_t i = 1; i < out; ++i) { /* no window is empty, however the products are rounded */
    if (ends[i] <= ends[i - 1]) ends[i] = ends[i - 1] + 1;
    if (ends[i] > in - (out - i)) ends[i] = in - (out - i);
  }
}

/* Two sizes that differ by one, in random order. */
static void draw_freely(hr_philox *generator, int64_t in, int64_t out, int64_t *ends) {
  int64_t *sizes = ends + 1;
  for (int64_t i = 0; i < out; ++i)
    sizes[i] = in / out + (i < in % out);
  uint32_t numbers[4];
  for (int64_t i = 0; i < out - 1; ++i) {
    if (i % 4 == 0) hr_philox_next(generator, numbers);
    int64_t other = i + numbers[i % 4] % (uint32_t)(out - i), size = sizes[i];
    sizes[i] = sizes[other];
    sizes[other] = size;
  }
  for (int64_t i = 1; i <= out; ++i)
    ends[i] += ends[i - 1];
}

/* Where each of `out` windows over `in` places begins, and the last one ends, for which `generator` draws. */
static void draw(const settings *s, hr_philox *generator, int64_t in, int64_t out, int64_t *ends) {
  ends[0] = 0;
  if (s->pseudo_random)
    draw_smoothly(generator, in, out, ends);
  else
    draw_freely(generator, in, out, ends);
  ends[out] = in;
}
/* How many blocks of random numbers that takes. */
static uint64_t blocks_for(const settings *s, int64_t out) { return s->pseudo_random ? 1 : (uint64_t)(out + 3) / 4; }

/* ---- windows ----------------------------------------------------------------------------------------------------- */

typedef struct job {
  bool overlapping;
  int64_t rows, columns, out_rows, out_columns, channels;
  const int64_t *row_ends, *column_ends;
  const void *x, *gradient; /* gradient: of the result */
  void *y;
} job;

/* Places [first, last) of window i. */
typedef struct span {
  int64_t first, last;
} span;
static span span_of(const job *j, const int64_t *ends, int64_t i, int64_t size) {
  int64_t last = ends[i + 1] + j->overlapping;
  return (span){ends[i], last < size ? last : size};
}

/* Window `index` of all images, and where its image begins. */
typedef struct window {
  span rows, columns;
  int64_t image;
} window;
static window window_at(const job *j, int64_t index) {
  return (window){span_of(j, j->row_ends, index / j->out_columns % j->out_rows, j->rows),
                  span_of(j, j->column_ends, index % j->out_columns, j->columns),
                  index / (j->out_rows * j->out_columns) * j->rows * j->columns * j->channels};
}
static int64_t size_of(const window *w) {
  return (w->rows.last - w->rows.first) * (w->columns.last - w->columns.first);
}
static int64_t windows_of_image(const job *j) { return j->out_rows * j->out_columns; }

/* The places of a window, rows `r` and columns `c`. */
#define EACH_PLACE(w)                                                                                                  \
  for (int64_t r = (w).rows.first; r < (w).rows.last; ++r)                                                             \
    for (int64_t c = (w).columns.first; c < (w).columns.last; ++c)

#define TYPES(X) X(float, f32) X(double, f64) X(int32_t, i32) X(int64_t, i64)

/* Images [begin, end). */
#define DEFINE_POOL(T, token)                                                                                          \
  static void max_##token(void *argument, int64_t begin, int64_t end) {                                                \
    const job *j = argument;                                                                                           \
    for (int64_t i = begin * windows_of_image(j); i < end * windows_of_image(j); ++i) {                                \
      window w = window_at(j, i);                                                                                      \
      const T *image = (const T *)j->x + w.image;                                                                      \
      T *to = (T *)j->y + i * j->channels;                                                                             \
      for (int64_t k = 0; k < j->channels; ++k) {                                                                      \
        T most = image[(w.rows.first * j->columns + w.columns.first) * j->channels + k];                               \
        EACH_PLACE(w) {                                                                                                \
          T x = image[(r * j->columns + c) * j->channels + k];                                                         \
          if (x > most) most = x;                                                                                      \
        }                                                                                                              \
        to[k] = most;                                                                                                  \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  static void mean_##token(void *argument, int64_t begin, int64_t end) {                                               \
    const job *j = argument;                                                                                           \
    for (int64_t i = begin * windows_of_image(j); i < end * windows_of_image(j); ++i) {                                \
      window w = window_at(j, i);                                                                                      \
      const T *image = (const T *)j->x + w.image;                                                                      \
      T *to = (T *)j->y + i * j->channels;                                                                             \
      T count = (T)size_of(&w);                                                                                        \
      for (int64_t k = 0; k < j->channels; ++k) {                                                                      \
        T sum = 0;                                                                                                     \
        EACH_PLACE(w) sum = SUM(sum, image[(r * j->columns + c) * j->channels + k]);                                   \
        to[k] = sum / count;                                                                                           \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  static void max_gradient_##token(void *argument, int64_t begin, int64_t end) {                                       \
    const job *j = argument;                                                                                           \
    for (int64_t i = begin * windows_of_image(j); i < end * windows_of_image(j); ++i) {                                \
      window w = window_at(j, i);                                                                                      \
      const T *image = (const T *)j->x + w.image;                                                                      \
      T *to = (T *)j->y + w.image;                                                                                     \
      for (int64_t k = 0; k < j->channels; ++k) {                                                                      \
        int64_t most = (w.rows.first * j->columns + w.columns.first) * j->channels + k;                                \
        EACH_PLACE(w) {                                                                                                \
          int64_t place = (r * j->columns + c) * j->channels + k;                                                      \
          if (image[place] > image[most]) most = place;                                                                \
        }                                                                                                              \
        to[most] = SUM(to[most], ((const T *)j->gradient)[i * j->channels + k]);                                       \
      }                                                                                                                \
    }                                                                                                                  \
  }
#define SUM(a, b)                                                                                                      \
  _Generic((a), int32_t                                                                                                \
           : (int32_t)((uint32_t)(a) + (uint32_t)(b)), int64_t                                                         \
           : (int64_t)((uint64_t)(a) + (uint64_t)(b)), default                                                         \
           : (a) + (b))
TYPES(DEFINE_POOL)

typedef void image_loop(void *argument, int64_t begin, int64_t end);
#define PICK(name, dtype)                                                                                              \
  ((dtype) == HR_FLOAT ? name##_f32 : (dtype) == HR_DOUBLE ? name##_f64 : (dtype) == HR_INT32 ? name##_i32 : name##_i64)

/* ---- forward ----------------------------------------------------------------------------------------------------- */

static hr_status pool(hr_kernel_context *ctx, image_loop *loop) {
  const settings *s = ctx->state;
  const hr_tensor *x = hr_input(ctx, 0);
  HR_TRY(hr_rank_check(x, 4, "tensor_in"));
  int64_t sizes[4];
  for (int d = 0; d < 4; ++d)
    sizes[d] = d == 1 || d == 2 ? (int64_t)floorf((float)x->dims[d] / s->ratios[d]) : x->dims[d];
  if (sizes[1] < 1 || sizes[2] < 1 || sizes[1] > INT32_MAX || sizes[2] > INT32_MAX)
    return hr_error(HR_INVALID_ARGUMENT, "Images of %s are too small or too large to be pooled",
                    HR_TENSOR_SHAPE_TEXT(x));
  hr_shape shape;
  HR_TRY(hr_shape_make(4, sizes, &shape));
  hr_tensor *out, *ends[2];
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  for (int i = 0; i < 2; ++i)
    HR_TRY(hr_output_new(ctx, 1 + i, &(hr_shape){1, {sizes[1 + i] + 1}}, &ends[i]));
  uint64_t blocks[2] = {blocks_for(s, sizes[1]), blocks_for(s, sizes[2])};
  hr_philox generator = s->deterministic ? s->first : hr_random_take(s->random, blocks[0] + blocks[1]);
  for (int i = 0; i < 2; ++i) {
    hr_philox own = generator;
    draw(s, &own, x->dims[1 + i], sizes[1 + i], hr_tensor_data(ends[i]));
    hr_philox_skip(&generator, blocks[i]);
  }
  if (out->elements == 0) return HR_SUCCESS;
  job j = {.overlapping = s->overlapping,
           .rows = x->dims[1],
           .columns = x->dims[2],
           .out_rows = sizes[1],
           .out_columns = sizes[2],
           .channels = x->dims[3],
           .row_ends = hr_tensor_data(ends[0]),
           .column_ends = hr_tensor_data(ends[1]),
           .x = hr_tensor_data(x),
           .y = hr_tensor_data(out)};
  hr_parallel_for(ctx, x->dims[0], 2 * (double)(j.rows * j.columns * j.channels), loop, &j);
  return HR_SUCCESS;
}

static hr_status max_pool(hr_kernel_context *ctx) { return pool(ctx, PICK(max, hr_tensor_dtype(hr_input(ctx, 0)))); }
static hr_status mean_pool(hr_kernel_context *ctx) { return pool(ctx, PICK(mean, hr_tensor_dtype(hr_input(ctx, 0)))); }
#define POOL_TYPES (HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_INT32) | HR_TYPE_BIT(HR_INT64))
HR_KERNEL(.op = "FractionalMaxPool", .types = {{"T", POOL_TYPES}}, .create = create, .destroy = destroy,
          .compute = max_pool);
HR_KERNEL(.op = "FractionalAvgPool", .types = {{"T", POOL_TYPES}}, .create = create, .destroy = destroy,
          .compute = mean_pool);

/* ---- gradients --------------------------------------------------------------------------------------------------- */

/* The windows along one dimension of size `in`, from outside: they rise, and end at most with it. */
static hr_status check_ends(const hr_tensor *t, int64_t in, int64_t windows, const char *what, const int64_t **out) {
  const int64_t *ends = hr_tensor_data(t);
  bool fits = t->rank == 1 && t->elements == windows + 1 && ends[0] >= 0 && ends[windows] <= in;
  for (int64_t i = 0; fits && i < windows; ++i)
    fits = ends[i] < ends[i + 1];
  if (!fits)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be %" PRId64 " numbers that rise from 0 to at most %" PRId64, what,
                    windows + 1, in);
  *out = ends;
  return HR_SUCCESS;
}

/* Inputs `first`: gradient, and the windows of rows and columns. */
static hr_status gradient_job(hr_kernel_context *ctx, int first, const int64_t *dims, job *j) {
  const hr_tensor *gradient = hr_input(ctx, first);
  HR_TRY(hr_rank_check(gradient, 4, "out_backprop"));
  if (gradient->dims[0] != dims[0] || gradient->dims[3] != dims[3])
    return hr_error(HR_INVALID_ARGUMENT, "out_backprop %s does not fit the input's batch and channels",
                    HR_TENSOR_SHAPE_TEXT(gradient));
  *j = (job){.overlapping = hr_node_attr(hr_context_node(ctx), "overlapping")->b,
             .rows = dims[1],
             .columns = dims[2],
             .out_rows = gradient->dims[1],
             .out_columns = gradient->dims[2],
             .channels = dims[3],
             .gradient = hr_tensor_data(gradient)};
  HR_TRY(check_ends(hr_input(ctx, first + 1), j->rows, j->out_rows, "row_pooling_sequence", &j->row_ends));
  return check_ends(hr_input(ctx, first + 2), j->columns, j->out_columns, "col_pooling_sequence", &j->column_ends);
}

static hr_status max_pool_gradient(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(x, 4, "orig_input"));
  job j;
  HR_TRY(gradient_job(ctx, 2, x->dims, &j));
  if (!hr_same_shape(y, hr_input(ctx, 2)))
    return hr_error(HR_INVALID_ARGUMENT, "orig_output and out_backprop must have the same shape: %s, %s",
                    HR_TENSOR_SHAPE_TEXT(y), HR_TENSOR_SHAPE_TEXT(hr_input(ctx, 2)));
  hr_shape shape = hr_tensor_shape(x);
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  j.x = hr_tensor_data(x);
  j.y = hr_tensor_data(out);
  hr_parallel_for(ctx, x->dims[0], 3 * (double)(j.rows * j.columns * j.channels),
                  PICK(max_gradient, hr_tensor_dtype(x)), &j);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "FractionalMaxPoolGrad", .types = {{"T", POOL_TYPES}}, .compute = max_pool_gradient);

/* Sums in double, as the reference has them. */
static hr_status mean_pool_gradient(hr_kernel_context *ctx) {
  const hr_tensor *gradient = hr_input(ctx, 1);
  hr_shape shape;
  HR_TRY(hr_shape_argument(hr_input(ctx, 0), "orig_input_tensor_shape", &shape));
  if (shape.rank != 4)
    return hr_error(HR_INVALID_ARGUMENT, "orig_input_tensor_shape must have 4 elements, not %d", shape.rank);
  job j;
  HR_TRY(gradient_job(ctx, 1, shape.dims, &j));
  hr_tensor *out, sums;
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  HR_TRY(hr_temporary_new(ctx, HR_DOUBLE, &shape, &sums));
  double *all = hr_tensor_data(&sums);
  memset(all, 0, hr_tensor_bytes(&sums));
  for (int64_t i = 0; i < shape.dims[0] * windows_of_image(&j); ++i) {
    window w = window_at(&j, i);
    double *image = all + w.image, count = (double)size_of(&w);
    EACH_PLACE(w)
    for (int64_t k = 0; k < j.channels; ++k)
      image[(r * j.columns + c) * j.channels + k] += hr_number_at(gradient, i * j.channels + k) / count;
  }
  for (int64_t i = 0; i < out->elements; ++i)
    hr_number_set(out, i, all[i]);
  hr_tensor_clear(&sums);
  return HR_SUCCESS;
}
HR_KERNEL(.op = "FractionalAvgPoolGrad", .types = {{"T", POOL_TYPES}}, .compute = mean_pool_gradient);
