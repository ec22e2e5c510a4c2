/* DepthwiseConv2dNative and its gradients: each channel has filters of its own.
 *
 *   y[o, c * multiplier + m] = sum over taps of x[position of tap, c] * filter[tap, c, m] */
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/convolution/lines.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/row_arithmetic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static hr_status create(const hr_kernel_construction *c, void **state) {
  hr_window_settings s;
  HR_TRY(hr_window_settings_read(c, 2, &s));
  if (s.channels_first)
    return hr_error(HR_UNIMPLEMENTED, "Depthwise convolution on CPU is only supported for NHWC format");
  if (s.strides[0] != 1 || s.strides[3] != 1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Current implementation does not yet support strides in the batch and depth dimensions.");
  if (s.dilations[0] != 1 || s.dilations[3] != 1)
    return hr_error(HR_INVALID_ARGUMENT,
                    "Current implementation does not yet support dilations in the batch and depth dimensions.");
  for (int d = 0; d < 4; ++d)
    s.dilations[d] = 1; /* the op does not heed them, in TensorFlow neither */
  hr_window_settings *kept = malloc(sizeof *kept);
  if (!kept) return hr_error_out_of_memory(sizeof *kept, "a kernel");
  *kept = s;
  *state = kept;
  return HR_SUCCESS;
}

typedef struct problem {
  int64_t batch, channels, multiplier;
  hr_window_axis axes[HR_WINDOW_AXES];
  void *x, *filter, *y; /* floats or doubles */
} problem;

/* The window that has position `in` as its tap `k`; -1 for none. */
static int64_t window_of_tap(const hr_window_axis *axis, int64_t in, int64_t k) {
  int64_t start = in + axis->before - k * axis->dilation;
  return start < 0 || start % axis->stride != 0 || start / axis->stride >= axis->out ? -1 : start / axis->stride;
}

/* Tasks are windows, pixels, and taps. Loops over channels have a short form for one filter a channel. */
#define DEFINE_BODIES(type)                                                                                            \
  static void forward_##type(void *argument, int64_t begin, int64_t end) {                                             \
    const problem *p = argument;                                                                                       \
    const hr_window_axis *rows = &p->axes[1], *columns = &p->axes[2];                                                  \
    int64_t n = p->channels, many = p->multiplier, wide = n * many;                                                    \
    for (int64_t w = begin; w < end; ++w) {                                                                            \
      int64_t at = w % (rows->out * columns->out);                                                                     \
      const type *image = (const type *)p->x + w / (rows->out * columns->out) * rows->in * columns->in * n;            \
      type *y = (type *)p->y + w * wide;                                                                               \
      memset(y, 0, (size_t)wide * sizeof *y);                                                                          \
      hr_taps_inside row = hr_window_taps(rows, at / columns->out),                                                    \
                     column = hr_window_taps(columns, at % columns->out);                                              \
      for (int64_t i = row.first; i < row.last; ++i)                                                                   \
        for (int64_t j = column.first; j < column.last; ++j) {                                                         \
          int64_t line = row.start + i * rows->dilation, place = column.start + j * columns->dilation;                 \
          const type *x = image + (line * columns->in + place) * n;                                                    \
          const type *filter = (const type *)p->filter + (i * columns->window + j) * wide;                             \
          if (many == 1)                                                                                               \
            for (int64_t c = 0; c < n; ++c)                                                                            \
              y[c] += x[c] * filter[c];                                                                                \
          else                                                                                                         \
            for (int64_t c = 0; c < n; ++c)                                                                            \
              for (int64_t m = 0; m < many; ++m)                                                                       \
                y[c * many + m] += x[c] * filter[c * many + m];                                                        \
        }                                                                                                              \
    }                                                                                                                  \
  }                                                                                                                    \
  static void by_input_##type(void *argument, int64_t begin, int64_t end) {                                            \
    const problem *p = argument;                                                                                       \
    const hr_window_axis *rows = &p->axes[1], *columns = &p->axes[2];                                                  \
    int64_t n = p->channels, many = p->multiplier, wide = n * many, pixels = rows->in * columns->in;                   \
    for (int64_t pixel = begin; pixel < end; ++pixel) {                                                                \
      const type *image = (const type *)p->y + pixel / pixels * rows->out * columns->out * wide;                       \
      type *x = (type *)p->x + pixel * n;                                                                              \
      memset(x, 0, (size_t)n * sizeof *x);                                                                             \
      for (int64_t i = 0; i < rows->window; ++i) {                                                                     \
        int64_t o0 = window_of_tap(rows, pixel % pixels / columns->in, i);                                             \
        for (int64_t j = 0; o0 >= 0 && j < columns->window; ++j) {                                                     \
          int64_t o1 = window_of_tap(columns, pixel % columns->in, j);                                                 \
          if (o1 < 0) continue;                                                                                        \
          const type *y = image + (o0 * columns->out + o1) * wide;                                                     \
          const type *filter = (const type *)p->filter + (i * columns->window + j) * wide;                             \
          if (many == 1)                                                                                               \
            for (int64_t c = 0; c < n; ++c)                                                                            \
              x[c] += y[c] * filter[c];                                                                                \
          else                                                                                                         \
            for (int64_t c = 0; c < n; ++c)                                                                            \
              for (int64_t m = 0; m < many; ++m)                                                                       \
                x[c] += y[c * many + m] * filter[c * many + m];                                                        \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  static void by_filter_##type(void *argument, int64_t begin, int64_t end) {                                           \
    const problem *p = argument;                                                                                       \
    const hr_window_axis *rows = &p->axes[1], *columns = &p->axes[2];                                                  \
    int64_t n = p->channels, many = p->multiplier, wide = n * many;                                                    \
    for (int64_t tap = begin; tap < end; ++tap) {                                                                      \
      type *filter = (type *)p->filter + tap * wide;                                                                   \
      memset(filter, 0, (size_t)wide * sizeof *filter);                                                                \
      for (int64_t line = 0; line < p->batch * rows->out; ++line) {                                                    \
        int64_t i = line % rows->out * rows->stride - rows->before + tap / columns->window * rows->dilation;           \
        if (i < 0 || i >= rows->in) continue;                                                                          \
        for (int64_t o = 0; o < columns->out; ++o) {                                                                   \
          int64_t j = o * columns->stride - columns->before + tap % columns->window * columns->dilation;               \
          if (j < 0 || j >= columns->in) continue;                                                                     \
          const type *x = (const type *)p->x + ((line / rows->out * rows->in + i) * columns->in + j) * n;              \
          const type *y = (const type *)p->y + (line * columns->out + o) * wide;                                       \
          if (many == 1)                                                                                               \
            for (int64_t c = 0; c < n; ++c)                                                                            \
              filter[c] += x[c] * y[c];                                                                                \
          else                                                                                                         \
            for (int64_t c = 0; c < n; ++c)                                                                            \
              for (int64_t m = 0; m < many; ++m)                                                                       \
                filter[c * many + m] += x[c] * y[c * many + m];                                                        \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }
DEFINE_BODIES(float)
DEFINE_BODIES(double)

typedef enum part { Y, X, FILTER } part;

/* ---- floats with one filter a channel: the sums of a window, or of a line, stay in registers ----------------------
 */

enum { MOST_SUMS = 8 };

/* Tasks are parts of the lines of windows, each of which has a sum. */
typedef struct filter_sums {
  const problem *problem;
  float *sums;
  int64_t parts;
} filter_sums;
static void by_filter_lines(void *argument, int64_t begin, int64_t end) {
  const filter_sums *s = argument;
  const problem *p = s->problem;
  const hr_window_axis *rows = &p->axes[1], *columns = &p->axes[2];
  int64_t n = p->channels, size = rows->window * columns->window * n, lines = p->batch * rows->out;
  for (int64_t part = begin; part < end; ++part) {
    float *sum = s->sums + part * size;
    memset(sum, 0, (size_t)size * sizeof *sum);
    for (int64_t line = lines * part / s->parts; line < lines * (part + 1) / s->parts; ++line) {
      const float *image = (const float *)p->x + line / rows->out * rows->in * columns->in * n;
      const float *y = (const float *)p->y + line * columns->out * n;
      hr_taps_inside row = hr_window_taps(rows, line % rows->out);
      for (int64_t i = row.first; i < row.last; ++i)
        for (int64_t j = 0; j < columns->window; ++j) {
          int64_t away = columns->before - j, past = columns->in + away; /* windows o with away <= o * stride < past */
          int64_t first = away > 0 ? (away + columns->stride - 1) / columns->stride : 0;
          int64_t last = past > 0 ? (past + columns->stride - 1) / columns->stride : 0;
          if (last > columns->out) last = columns->out;
          if (first >= last) continue;
          const float *x = image + ((row.start + i) * columns->in + first * columns->stride - away) * n;
          hr_loops->windows->sum_rows(sum + (i * columns->window + j) * n, x, columns->stride * n, y + first * n, n,
                                      last - first, n);
        }
    }
  }
}

static hr_status run_narrow(hr_kernel_context *ctx, problem *p, part part) {
  const hr_window_axis *axes = p->axes;
  int64_t size = hr_windows_taps(axes) * p->channels, lines = p->batch * axes[1].out;
  double work = 0.05 * (double)(p->batch * hr_windows_out(axes)) * (double)size;
  if (part != FILTER) {
    hr_lines l = {.batch = p->batch, .channels = p->channels, .rows = axes[1], .columns = axes[2]};
    l.factors = p->filter, l.factor_step = p->channels;
    l.from = part == Y ? p->x : p->y, l.to = part == Y ? p->y : p->x;
    (part == Y ? hr_lines_forward : hr_lines_by_input)(ctx, &l);
    return HR_SUCCESS;
  }
  filter_sums s = {.problem = p, .parts = lines < 1 ? 1 : lines < MOST_SUMS ? lines : MOST_SUMS};
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {s.parts * size}}, &scratch));
  s.sums = hr_tensor_data(&scratch);
  hr_parallel_for(ctx, s.parts, work / (double)s.parts, by_filter_lines, &s);
  memcpy(p->filter, s.sums, (size_t)size * sizeof(float));
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, HR_FLOAT);
  for (int64_t i = 1; i < s.parts; ++i)
    add(p->filter, p->filter, s.sums + i * size, size, HR_BOTH_ROWS);
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}

static hr_status run(hr_kernel_context *ctx, problem *p, part part, bool wide) {
  if (!wide && p->multiplier == 1 && hr_lines_suit(p->axes)) return run_narrow(ctx, p, part);
  static void (*const bodies[3][2])(void *, int64_t, int64_t) = {
      {forward_float, forward_double}, {by_input_float, by_input_double}, {by_filter_float, by_filter_double}};
  const hr_window_axis *axes = p->axes;
  int64_t windows = p->batch * hr_windows_out(axes), pixels = p->batch * hr_windows_in(axes);
  int64_t taps = hr_windows_taps(axes), tasks = part == Y ? windows : part == X ? pixels : taps;
  double work = 0.3 * (double)windows * (double)taps * (double)(p->channels * p->multiplier);
  if (tasks > 0) hr_parallel_for(ctx, tasks, work / (double)tasks, bodies[part][wide], p);
  return HR_SUCCESS;
}

/* Halves are computed in floats and rounded once. */
static hr_status run_halves(hr_kernel_context *ctx, problem *p, part part) {
  int64_t wide = p->channels * p->multiplier;
  int64_t counts[] = {p->batch * hr_windows_out(p->axes) * wide, p->batch * hr_windows_in(p->axes) * p->channels,
                      hr_windows_taps(p->axes) * wide};
  void *halves[] = {p->y, p->x, p->filter};
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {counts[0] + counts[1] + counts[2]}}, &scratch));
  float *floats[3], *next = hr_tensor_data(&scratch);
  for (int i = 0; i < 3; next += counts[i++]) {
    floats[i] = next;
    if (i != (int)part) hr_loops->cast[HR_HALF][HR_FLOAT](floats[i], halves[i], counts[i]);
  }
  p->y = floats[Y];
  p->x = floats[X];
  p->filter = floats[FILTER];
  hr_status status = run(ctx, p, part, false);
  if (!status) hr_loops->cast[HR_FLOAT][HR_HALF](halves[part], floats[part], counts[part]);
  hr_tensor_clear(&scratch);
  return status;
}

static hr_status read_problem(hr_kernel_context *ctx, const int64_t *input, const int64_t *filter, problem *p) {
  for (int i = 0; i < 2; ++i)
    if (filter[i] < 1)
      return hr_error(HR_INVALID_ARGUMENT, "filter has size %" PRId64 " in dimension %d", filter[i], i);
  if (input[3] != filter[2])
    return hr_error(HR_INVALID_ARGUMENT, "input and filter must have the same depth: %" PRId64 " vs %" PRId64, input[3],
                    filter[2]);
  int64_t wide;
  if (__builtin_mul_overflow(filter[2], filter[3], &wide))
    return hr_error(HR_INVALID_ARGUMENT, "The output has too many channels");
  *p = (problem){.batch = input[0], .channels = input[3], .multiplier = filter[3]};
  return hr_window_axes_make(ctx->state, input, filter, p->axes);
}

static hr_status run_part(hr_kernel_context *ctx, problem *p, part part, const hr_shape *shape) {
  hr_tensor *out;
  HR_TRY(hr_output_new(ctx, 0, shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  *(part == Y ? &p->y : part == X ? &p->x : &p->filter) = hr_tensor_data(out);
  if (hr_tensor_dtype(out) == HR_HALF) return run_halves(ctx, p, part);
  return run(ctx, p, part, hr_tensor_dtype(out) == HR_DOUBLE);
}

static hr_status depthwise(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *filter = hr_input(ctx, 1);
  HR_TRY(hr_rank_check(x, 4, "input"));
  HR_TRY(hr_rank_check(filter, 4, "filter"));
  problem p;
  hr_shape shape;
  HR_TRY(read_problem(ctx, x->dims, filter->dims, &p));
  p.x = hr_tensor_data(x);
  p.filter = hr_tensor_data(filter);
  HR_TRY(hr_windows_shape(p.axes, 2, false, p.batch, p.channels * p.multiplier, &shape));
  return run_part(ctx, &p, Y, &shape);
}

static hr_status differentiate(hr_kernel_context *ctx, part part) {
  int sizes = part == X ? 0 : 1;
  const hr_tensor *told = hr_input(ctx, sizes), *other = hr_input(ctx, 1 - sizes), *dy = hr_input(ctx, 2);
  const char *what = part == X ? "input_sizes" : "filter_sizes";
  hr_shape shape;
  if (told->rank != 1 || told->elements != 4)
    return hr_error(HR_INVALID_ARGUMENT, "%s must be a vector of 4 elements, not %s", what, HR_TENSOR_SHAPE_TEXT(told));
  HR_TRY(hr_shape_argument(told, what, &shape));
  HR_TRY(hr_rank_check(other, 4, part == X ? "filter" : "input"));
  HR_TRY(hr_rank_check(dy, 4, "out_backprop"));
  problem p;
  HR_TRY(read_problem(ctx, part == X ? shape.dims : other->dims, part == X ? other->dims : shape.dims, &p));
  if (dy->dims[0] != p.batch || dy->dims[1] != p.axes[1].out || dy->dims[2] != p.axes[2].out ||
      dy->dims[3] != p.channels * p.multiplier)
    return hr_error(HR_INVALID_ARGUMENT,
                    "out_backprop must have the shape of the output, [%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
                    "], not %s",
                    p.batch, p.axes[1].out, p.axes[2].out, p.channels * p.multiplier, HR_TENSOR_SHAPE_TEXT(dy));
  p.y = hr_tensor_data(dy);
  *(part == X ? &p.filter : &p.x) = hr_tensor_data(other);
  return run_part(ctx, &p, part, &shape);
}
static hr_status by_input(hr_kernel_context *ctx) { return differentiate(ctx, X); }
static hr_status by_filter(hr_kernel_context *ctx) { return differentiate(ctx, FILTER); }

#define OF_TYPES(name, function)                                                                                       \
  HR_KERNEL(.op = name, .types = {{"T", HR_TYPE_BIT(HR_FLOAT) | HR_TYPE_BIT(HR_DOUBLE) | HR_TYPE_BIT(HR_HALF)}},       \
            .create = create, .destroy = free, .compute = function)
OF_TYPES("DepthwiseConv2dNative", depthwise);
OF_TYPES("DepthwiseConv2dNativeBackpropInput", by_input);
OF_TYPES("DepthwiseConv2dNativeBackpropFilter", by_filter);
