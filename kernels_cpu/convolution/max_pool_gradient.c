/* What needs to know where the largest elements are: MaxPoolWithArgmax, the gradients of MaxPool and theirs.
 *
 * Of images the first of the largest elements takes a window's gradient, whatever the pooled values say; of volumes,
 * and where gradients are differentiated again, those count that equal the pooled value: TensorFlow does it so. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-trapping-math") /* comparisons of floats become lanes, not branches */
#endif
#include "kernels_cpu/arguments.h"
#include "kernels_cpu/convolution/pool.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/row_arithmetic.h"
#include "kernels_cpu/streamed_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Channels that one pass over a window looks at. */
enum { STRIP = 256 };

typedef struct job {
  const hr_pool *pool;
  int64_t strips; /* of the channels */
  const void *x, *y, *from;
  void *to;
  int64_t *argmax;
  bool with_batch; /* argmax counts from the first image on */
} job;

typedef void body(void *argument, int64_t begin, int64_t end);
typedef struct functions {
  body *find, *spread, *spread_equal, *pick;
} functions;

/* A window of an image whose pixels begin at `x`: the number of the pixel that has the largest element of each of
 * `count` channels. Numbers are as wide as floats, so that lanes of both go together. */
#define DEFINE_LARGEST(type, load)                                                                                     \
  static void largest_##type(const hr_pool *p, const HR_TYPE_##type *x, const hr_pool_region *window, int64_t count,   \
                             int32_t *restrict where) {                                                                \
    bool is_first = true;                                                                                              \
    HR_TYPE_##type best[STRIP];                                                                                        \
    HR_REGION_PIXELS(p, *window, pixel) {                                                                              \
      const HR_TYPE_##type *row = x + pixel * p->channels;                                                             \
      if (is_first) {                                                                                                  \
        memcpy(best, row, (size_t)count * sizeof *best);                                                               \
        for (int64_t c = 0; c < count; ++c)                                                                            \
          where[c] = (int32_t)pixel;                                                                                   \
        is_first = false;                                                                                              \
        continue;                                                                                                      \
      }                                                                                                                \
      /* Two loops, as compilers make a branch of two choices by one comparison. */                                    \
      for (int64_t c = 0; c < count; ++c) {                                                                            \
        const int32_t place = where[c];                                                                                \
        where[c] = load(row[c]) > load(best[c]) ? (int32_t)pixel : place;                                              \
      }                                                                                                                \
      for (int64_t c = 0; c < count; ++c) {                                                                            \
        const HR_TYPE_##type mine = row[c], other = best[c];                                                           \
        best[c] = load(mine) > load(other) ? mine : other;                                                             \
      }                                                                                                                \
    }                                                                                                                  \
  }

/* Tasks are windows. */
#define DEFINE_FIND(type)                                                                                              \
  static void find_##type(void *argument, int64_t begin, int64_t end) {                                                \
    const job *job = argument;                                                                                         \
    const hr_pool *p = job->pool;                                                                                      \
    int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes), n = p->channels;                       \
    int32_t where[STRIP];                                                                                              \
    for (int64_t w = begin; w < end; ++w) {                                                                            \
      int64_t image = w / windows;                                                                                     \
      const HR_TYPE_##type *x = (const HR_TYPE_##type *)job->x + image * pixels * n;                                   \
      const hr_pool_region window = hr_pool_region_of(p, w % windows);                                                 \
      for (int64_t first = 0; first < n; first += STRIP) {                                                             \
        int64_t count = n - first < STRIP ? n - first : STRIP;                                                         \
        largest_##type(p, x + first, &window, count, where);                                                           \
        for (int64_t c = 0; c < count; ++c) {                                                                          \
          int64_t at = where[c] * n + first + c;                                                                       \
          ((HR_TYPE_##type *)job->to)[w * n + first + c] = x[at];                                                      \
          job->argmax[w * n + first + c] = at + (job->with_batch ? image * pixels * n : 0);                            \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }

/* Tasks are strips of images: `visit` is done for each window, in order. */
#define DEFINE_STRIPS(name, type, visit)                                                                               \
  static void name##_##type(void *argument, int64_t begin, int64_t end) {                                              \
    const job *job = argument;                                                                                         \
    const hr_pool *p = job->pool;                                                                                      \
    int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes), n = p->channels;                       \
    for (int64_t task = begin; task < end; ++task) {                                                                   \
      int64_t image = task / job->strips, first = task % job->strips * STRIP;                                          \
      int64_t count = n - first < STRIP ? n - first : STRIP;                                                           \
      const HR_TYPE_##type *x = (const HR_TYPE_##type *)job->x + image * pixels * n + first;                           \
      HR_TYPE_##type *to = (HR_TYPE_##type *)job->to + image * pixels * n + first;                                     \
      int64_t rows = count == n ? 1 : pixels, row = count == n ? pixels * n : count;                                   \
      for (int64_t i = 0; i < rows; ++i)                                                                               \
        memset(to + i * n, 0, (size_t)row * sizeof *to);                                                               \
      for (int64_t w = 0; w < windows; ++w) {                                                                          \
        const HR_TYPE_##type *dy = (const HR_TYPE_##type *)job->from + (image * windows + w) * n + first;              \
        visit;                                                                                                         \
      }                                                                                                                \
    }                                                                                                                  \
  }

/* All elements of the window are written, so that there is nothing to branch on; zero stays zero. */
#define TO_LARGEST(type, load, store)                                                                                  \
  int32_t where[STRIP];                                                                                                \
  const hr_pool_region window = hr_pool_region_of(p, w);                                                               \
  largest_##type(p, x, &window, count, where);                                                                         \
  HR_REGION_PIXELS(p, window, pixel) {                                                                                 \
    HR_TYPE_##type *restrict out = to + pixel * n;                                                                     \
    for (int64_t c = 0; c < count; ++c) {                                                                              \
      HR_TYPE_##type sum = store(load(out[c]) + load(dy[c]));                                                          \
      out[c] = where[c] == (int32_t)pixel ? sum : out[c];                                                              \
    }                                                                                                                  \
  }
#define TO_EQUALS(type, load, store)                                                                                   \
  const HR_TYPE_##type *y = (const HR_TYPE_##type *)job->y + (image * windows + w) * n + first;                        \
  HR_POOL_PIXELS(p, w, pixel)                                                                                          \
  for (int64_t c = 0; c < count; ++c) {                                                                                \
    HR_TYPE_##type *out = to + pixel * n + c;                                                                          \
    if (load(x[pixel * n + c]) == load(y[c])) *out = store(load(*out) + load(dy[c]));                                  \
  }

/* Tasks are windows: what `from` has at the first element that equals the pooled one; else zero. */
#define DEFINE_PICK(type, load)                                                                                        \
  static void pick_##type(void *argument, int64_t begin, int64_t end) {                                                \
    const job *job = argument;                                                                                         \
    const hr_pool *p = job->pool;                                                                                      \
    int64_t windows = hr_windows_out(p->axes), pixels = hr_windows_in(p->axes), n = p->channels;                       \
    for (int64_t w = begin; w < end; ++w) {                                                                            \
      int64_t image = w / windows * pixels * n;                                                                        \
      const HR_TYPE_##type *x = (const HR_TYPE_##type *)job->x + image, *y = (const HR_TYPE_##type *)job->y + w * n;   \
      const HR_TYPE_##type *from = (const HR_TYPE_##type *)job->from + image;                                          \
      HR_TYPE_##type *to = (HR_TYPE_##type *)job->to + w * n;                                                          \
      memset(to, 0, (size_t)n * sizeof *to);                                                                           \
      for (int64_t c = 0; c < n; ++c) {                                                                                \
        bool is_found = false;                                                                                         \
        HR_POOL_PIXELS(p, w % windows, pixel)                                                                          \
        if (!is_found && load(x[pixel * n + c]) == load(y[c])) {                                                       \
          to[c] = from[pixel * n + c];                                                                                 \
          is_found = true;                                                                                             \
        }                                                                                                              \
      }                                                                                                                \
    }                                                                                                                  \
  }

#define DEFINE_ALL(type, load, store)                                                                                  \
  DEFINE_LARGEST(type, load)                                                                                           \
  DEFINE_FIND(type)                                                                                                    \
  DEFINE_STRIPS(spread, type, TO_LARGEST(type, load, store))                                                           \
  DEFINE_STRIPS(spread_equal, type, TO_EQUALS(type, load, store))                                                      \
  DEFINE_PICK(type, load)                                                                                              \
  static const functions functions_##type = {find_##type, spread_##type, spread_equal_##type, pick_##type};
#define SAME(x) (x)
DEFINE_ALL(f32, SAME, SAME)
DEFINE_ALL(f64, SAME, SAME)
DEFINE_ALL(i64, SAME, SAME)
DEFINE_ALL(i32, SAME, SAME)
DEFINE_ALL(i16, SAME, (int16_t))
DEFINE_ALL(i8, SAME, (int8_t))
DEFINE_ALL(u16, SAME, (uint16_t))
DEFINE_ALL(u8, SAME, (uint8_t))
DEFINE_ALL(f16, hr_half_to_float, hr_half_from_float)
DEFINE_ALL(b16, hr_bfloat16_to_float, hr_bfloat16_from_float)

/* Floats of images, whose pixels fit in a list. */
enum { MOST_PIXELS = 64, LINES_OF_WINDOWS = 8, MOST_RING_BYTES = 256 << 10 };
/* Windows `o` and their neighbours that see the same pixels of a line, further and further on. */
static int64_t alike(const hr_window_axis *axis, int64_t o) {
  int64_t start = o * axis->stride - axis->before, left = axis->in - axis->window - start;
  return start < 0 || left < 0 ? 1 : left / axis->stride + 1;
}
/* Where the lines of an image's gradient are made: where they belong, or in a ring of as many lines as a window has. */
typedef struct line_places {
  float *out, *ring; /* NULL: there is none */
  int64_t width, lines;
} line_places;
static float *line_at(const line_places *places, int64_t line) {
  return places->ring ? places->ring + line % places->lines * places->width : places->out + line * places->width;
}
/* Nobody adds to the lines [begin, end) any more. */
static void finish_lines(const line_places *places, int64_t begin, int64_t end) {
  for (int64_t i = begin; places->ring && i < end; ++i)
    hr_stream_bytes(places->out + i * places->width, line_at(places, i), (size_t)places->width * sizeof(float));
}
/* The gradient of the lines [begin, end) of an image. Windows that see other lines, too, give them nothing: who has
 * those looks at the windows once more. Each pixel gets its shares in the order of windows. */
static void spread_lines(const hr_pool *p, const float *x, const float *dy, const line_places *places, int64_t begin,
                         int64_t end) {
  const hr_window_axis *rows = &p->axes[1], *columns = &p->axes[2];
  int64_t n = p->channels, width = columns->in * n, clear = begin, done = begin;
  int64_t before = begin + rows->before - rows->window + 1; /* where a window begins that ends at the first line */
  bool anew = rows->window == rows->stride && columns->window == columns->stride; /* nobody adds to what is there */
  const float *seen[MOST_PIXELS];
  float *to[MOST_PIXELS];
  for (int64_t o = before > 0 ? (before + rows->stride - 1) / rows->stride : 0;
       o < rows->out && o * rows->stride - rows->before < end; ++o) {
    hr_taps_inside row = hr_window_taps(rows, o);
    int64_t top = row.start + row.first, bottom = row.start + row.last;
    int64_t mine = top < begin ? begin - top : 0, reached = bottom < end ? bottom : end;
    if (top > done) {
      finish_lines(places, done, top < clear ? top : clear);
      done = top;
    }
    for (int64_t i = clear; i < reached && !anew; ++i)
      memset(line_at(places, i), 0, (size_t)width * sizeof(float));
    clear = reached > clear ? reached : clear;
    for (int64_t w = 0, windows; w < columns->out; w += windows) {
      hr_taps_inside column = hr_window_taps(columns, w);
      int64_t across = column.last - column.first, count = 0;
      windows = alike(columns, w);
      if (windows > columns->out - w) windows = columns->out - w;
      for (int64_t i = top; i < bottom; ++i)
        for (int64_t j = column.first; j < column.last; ++j) {
          seen[count] = x + i * width + (column.start + j) * n;
          to[count++] = line_at(places, i) + (column.start + j) * n;
        }
      hr_loops->windows->add_to_largest(to, seen, columns->stride * n, dy + (o * columns->out + w) * n, windows, count,
                                        mine * across, (reached - top) * across, anew, n);
    }
    if (anew) { /* columns that no window sees */
      int64_t edge = columns->out * columns->stride - columns->before;
      for (int64_t i = top + mine; edge < columns->in && i < reached; ++i)
        memset(line_at(places, i) + edge * n, 0, (size_t)((columns->in - edge) * n) * sizeof(float));
    }
  }
  finish_lines(places, done, clear);
  if (end > clear) memset(places->out + clear * width, 0, (size_t)((end - clear) * width) * sizeof(float));
}
/* Lines of an image that are one task; those of all images are cut alike. */
static int64_t lines_of_task(const hr_pool *p) {
  int64_t stride = p->axes[1].stride, in = p->axes[1].in;
  return stride < in / LINES_OF_WINDOWS ? stride * LINES_OF_WINDOWS : in;
}
static int64_t tasks_of_image(const hr_pool *p) { return (p->axes[1].in + lines_of_task(p) - 1) / lines_of_task(p); }
static void spread_floats(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const hr_pool *p = job->pool;
  int64_t lines = lines_of_task(p), tasks = tasks_of_image(p), in = p->axes[1].in;
  int64_t of_out = hr_windows_out(p->axes) * p->channels, of_in = hr_windows_in(p->axes) * p->channels;
  line_places places = {.width = p->axes[2].in * p->channels, .lines = p->axes[1].window};
  size_t ring = (size_t)(places.lines * places.width) * sizeof(float), all = (size_t)(p->batch * of_in) * sizeof(float);
  bool in_order = p->axes[1].stride <= p->axes[1].window; /* no line is left out between windows */
  if (in_order && all >= HR_STREAMED_BYTES && ring <= MOST_RING_BYTES) places.ring = malloc(ring); /* or NULL */
  for (int64_t task = begin; task < end;) {
    int64_t image = task / tasks, first = task % tasks,
            last = tasks < end - image * tasks ? tasks : end - image * tasks;
    places.out = (float *)job->to + image * of_in;
    spread_lines(p, (const float *)job->x + image * of_in, (const float *)job->from + image * of_out, &places,
                 first * lines, last * lines < in ? last * lines : in);
    task = image * tasks + last;
  }
  if (places.ring) hr_streamed_done();
  free(places.ring);
}

static const functions *functions_of(hr_dtype dtype) {
  switch (dtype) {
  case HR_FLOAT: return &functions_f32;
  case HR_DOUBLE: return &functions_f64;
  case HR_INT64: return &functions_i64;
  case HR_INT32: return &functions_i32;
  case HR_INT16: return &functions_i16;
  case HR_INT8: return &functions_i8;
  case HR_UINT16: return &functions_u16;
  case HR_UINT8: return &functions_u8;
  case HR_HALF: return &functions_f16;
  default: return &functions_b16;
  }
}

static double window_nanos(const hr_pool *p) {
  return (double)hr_windows_taps(p->axes) * (3 + 0.5 * (double)p->channels);
}
static void run_windows(hr_kernel_context *ctx, job *job, body *body) {
  const hr_pool *p = job->pool;
  hr_parallel_for(ctx, p->batch * hr_windows_out(p->axes), window_nanos(p), body, job);
}
static void run_strips(hr_kernel_context *ctx, job *job, body *body) {
  const hr_pool *p = job->pool;
  job->strips = (p->channels + STRIP - 1) / STRIP;
  hr_parallel_for(ctx, p->batch * job->strips, (double)hr_windows_out(p->axes) * window_nanos(p) / (double)job->strips,
                  body, job);
}

/* Windows over input 0 of an op that pools no channels. */
static hr_status read_pool(hr_kernel_context *ctx, int sizes, hr_pool *p) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_window_settings s;
  HR_TRY(hr_pool_settings(ctx, sizes, &s));
  if (hr_pools_channels(&s))
    return hr_error(HR_UNIMPLEMENTED, "%s is not yet supported on the depth dimension.",
                    hr_node_op(hr_context_node(ctx)));
  HR_TRY(hr_pool_make(&s, x->rank, x->dims, p));
  if (hr_windows_in(p->axes) <= INT32_MAX) return HR_SUCCESS;
  return hr_error(HR_UNIMPLEMENTED, "%s numbers pixels with 32 bits: an image has %" PRId64,
                  hr_node_op(hr_context_node(ctx)), hr_windows_in(p->axes));
}

/* ---- gradients ------------------------------------------------------------------------------------------------- */

/* Inputs: data, pooled data, gradient. */
static hr_status gradient_with(hr_kernel_context *ctx, int sizes) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1), *dy = hr_input(ctx, 2);
  hr_pool p;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(read_pool(ctx, sizes, &p));
  HR_TRY(hr_pool_check(&p, false, y, "orig_output"));
  HR_TRY(hr_pool_check(&p, false, dy, "grad"));
  HR_TRY(hr_pool_shape(&p, true, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job job = {.pool = &p,
             .x = hr_tensor_data(x),
             .y = hr_tensor_data(y),
             .from = hr_tensor_data(dy),
             .to = hr_tensor_data(out)};
  const functions *f = functions_of(hr_tensor_dtype(x));
  bool of_floats = p.spatial == 2 && hr_tensor_dtype(x) == HR_FLOAT && hr_windows_taps(p.axes) <= MOST_PIXELS;
  if (of_floats)
    hr_parallel_for(ctx, p.batch * tasks_of_image(&p),
                    0.2 * (double)hr_windows_out(p.axes) * window_nanos(&p) / (double)tasks_of_image(&p), spread_floats,
                    &job);
  else
    run_strips(ctx, &job, p.spatial == 2 ? f->spread : f->spread_equal);
  return HR_SUCCESS;
}
static hr_status gradient(hr_kernel_context *ctx) { return gradient_with(ctx, -1); }
static hr_status gradient_v2(hr_kernel_context *ctx) { return gradient_with(ctx, 3); }

/* The gradient's gradient: inputs are data, pooled data, and what to pick from. */
static hr_status gradient_gradient_with(hr_kernel_context *ctx, int sizes) {
  const hr_tensor *x = hr_input(ctx, 0), *y = hr_input(ctx, 1), *from = hr_input(ctx, 2);
  hr_pool p;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(read_pool(ctx, sizes, &p));
  HR_TRY(hr_pool_check(&p, false, y, "orig_output"));
  HR_TRY(hr_pool_check(&p, true, from, "grad"));
  HR_TRY(hr_pool_shape(&p, false, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  job job = {.pool = &p,
             .x = hr_tensor_data(x),
             .y = hr_tensor_data(y),
             .from = hr_tensor_data(from),
             .to = hr_tensor_data(out)};
  run_windows(ctx, &job, functions_of(hr_tensor_dtype(x))->pick);
  return HR_SUCCESS;
}
static hr_status gradient_gradient(hr_kernel_context *ctx) { return gradient_gradient_with(ctx, -1); }
static hr_status gradient_gradient_v2(hr_kernel_context *ctx) { return gradient_gradient_with(ctx, 3); }

/* ---- with argmax ----------------------------------------------------------------------------------------------- */

static bool counts_batch(hr_kernel_context *ctx) {
  return hr_node_attr(hr_context_node(ctx), "include_batch_in_index")->b;
}

static hr_status with_argmax(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0);
  hr_pool p;
  hr_shape shape;
  hr_tensor *out, *argmax;
  HR_TRY(read_pool(ctx, -1, &p));
  HR_TRY(hr_pool_shape(&p, false, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  HR_TRY(hr_output_new(ctx, 1, &shape, &argmax));
  if (out->elements == 0) return HR_SUCCESS;
  job job = {.pool = &p,
             .x = hr_tensor_data(x),
             .to = hr_tensor_data(out),
             .argmax = hr_tensor_data(argmax),
             .with_batch = counts_batch(ctx)};
  run_windows(ctx, &job, functions_of(hr_tensor_dtype(x))->find);
  return HR_SUCCESS;
}

/* Adds each element of the gradient where argmax says. */
static hr_status gradient_with_argmax(hr_kernel_context *ctx) {
  const hr_tensor *x = hr_input(ctx, 0), *dy = hr_input(ctx, 1), *argmax = hr_input(ctx, 2);
  hr_pool p;
  hr_shape shape;
  hr_tensor *out;
  HR_TRY(read_pool(ctx, -1, &p));
  HR_TRY(hr_pool_check(&p, false, dy, "grad"));
  HR_TRY(hr_pool_check(&p, false, argmax, "argmax"));
  HR_TRY(hr_pool_shape(&p, true, &shape));
  HR_TRY(hr_output_new(ctx, 0, &shape, &out));
  if (out->elements == 0) return HR_SUCCESS;
  memset(hr_tensor_data(out), 0, hr_tensor_bytes(out));
  hr_binary_loop *add = hr_row_loop(HR_ROW_ADD, hr_tensor_dtype(x));
  size_t size = hr_dtype_size(hr_tensor_dtype(x));
  int64_t image = out->elements / (p.batch > 0 ? p.batch : 1), of_image = p.batch > 0 ? dy->elements / p.batch : 1;
  bool with_batch = counts_batch(ctx);
  const char *from = hr_tensor_data(dy);
  char *to = hr_tensor_data(out);
  for (int64_t i = 0; i < dy->elements; ++i) {
    int64_t at = hr_index_at(argmax, i), first = with_batch ? 0 : i / of_image * image;
    if (at < 0 || at >= (with_batch ? out->elements : image))
      return hr_error(HR_INVALID_ARGUMENT, "Invalid argmax index: %" PRId64 " at element %" PRId64 " of %s", at, i,
                      HR_TENSOR_SHAPE_TEXT(argmax));
    char *element = to + (size_t)(first + at) * size;
    add(element, element, from + (size_t)i * size, 1, HR_BOTH_ROWS);
  }
  return HR_SUCCESS;
}

#define OF_TYPES(name, maker, function, ...)                                                                           \
  HR_KERNEL(.op = name, .types = {__VA_ARGS__}, .create = maker, .destroy = free, .compute = function)
#define REAL                                                                                                           \
  { "T", HR_REAL_TYPES }
OF_TYPES("MaxPoolGrad", hr_pool_create_2d, gradient, REAL);
OF_TYPES("MaxPoolGradV2", hr_pool_create_2d, gradient_v2, REAL);
OF_TYPES("MaxPoolGradGrad", hr_pool_create_2d, gradient_gradient, REAL);
OF_TYPES("MaxPoolGradGradV2", hr_pool_create_2d, gradient_gradient_v2, REAL);
OF_TYPES("MaxPoolWithArgmax", hr_pool_create_2d, with_argmax, REAL, {"Targmax", HR_TYPE_BIT(HR_INT64)});
OF_TYPES("MaxPoolGradWithArgmax", hr_pool_create_2d, gradient_with_argmax, REAL, {"Targmax", HR_TYPE_BIT(HR_INT64)});
#define FLOATS                                                                                                         \
  { "T", HR_TYPE_BIT(HR_FLOAT) }
OF_TYPES("MaxPool3DGrad", hr_pool_create_3d, gradient, FLOATS, {"TInput", HR_TYPE_BIT(HR_FLOAT)});
OF_TYPES("MaxPool3DGradGrad", hr_pool_create_3d, gradient_gradient, FLOATS);
