/* Convolutions of floats by Winograd's tiles (kernels_cpu/level/winograd.h).
 *
 * A few tiles at a time are spread into numbers, multiplied and gathered while they are in the cache. Tiles at an edge
 * are copied, with zeros for what is outside. A filter's gradient is added up over tiles while it is numbers; it has a
 * sum for each of a few parts of the tiles, which are added in order, so that results do not depend on threads.
 *
 * A pixel's number is a sum, so that an infinity or NaN spreads to results whose windows do not see it. It always
 * reaches one that does: where all results are finite none was there, else nothing of them counts. */
#include "kernels_cpu/convolution/convolution.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/row_arithmetic.h"

#include <stdatomic.h>
#include <string.h>

enum {
  NUMBERS = HR_WINOGRAD_NUMBERS,
  TAPS = HR_WINOGRAD_TAPS,
  PIXELS = HR_WINOGRAD_PIXELS,
  STEP = HR_WINOGRAD_RESULTS
};

#define NANOS_OF_AN_OPERATION 0.012

/* Images of one operand, and the space that a line of numbers takes. */
typedef struct side {
  float *data;
  int64_t lines, pixels, channels, room;
} side;

typedef struct job {
  const hr_kernel_context *ctx;
  const hr_winograd_loops *loops;
  side x, y;         /* y is written, or the gradient that a filter's is made of */
  int64_t before[2]; /* padding of x, lines and pixels */
  int64_t apart[2];  /* of a tile's lines and pixels: dilated windows see images of every other line, or third */
  int64_t down, across, tiles;
  int64_t at_once; /* tiles */
  float *filters;  /* as numbers: in panels; or the sums of the gradient, one behind the other */
  float *scratch;  /* of each worker */
  int64_t scratch_floats, sum_floats;
  int64_t parts; /* of the tiles; each is done by one worker */
  _Atomic int64_t next_part, next_worker;
  _Atomic bool is_infinite;
} job;

static int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- tiles ------------------------------------------------------------------------------------------------------- */

/* Where tile `index` begins in the image that is written, or that it is the gradient of. */
static void locate(const job *job, int64_t index, int64_t *image, int64_t *line, int64_t *pixel) {
  const int64_t *apart = job->apart;
  int64_t column = index % (job->across * apart[1]), rest = index / (job->across * apart[1]);
  int64_t row = rest % (job->down * apart[0]);
  *image = rest / (job->down * apart[0]);
  *line = row / job->down + row % job->down * STEP * apart[0];
  *pixel = column / job->across + column % job->across * STEP * apart[1];
}

/* The tile of size x size pixels at (line, pixel); where part of it is outside, a copy in `edge`. */
static hr_winograd_tile read_tile(const job *job, const side *s, int64_t image, int64_t line, int64_t pixel, int size,
                                  float *edge) {
  int64_t stride = s->pixels * s->channels, down = job->apart[0], across = job->apart[1];
  float *from = s->data + image * s->lines * stride;
  if (line >= 0 && pixel >= 0 && line + (size - 1) * down < s->lines && pixel + (size - 1) * across < s->pixels)
    return (hr_winograd_tile){from + line * stride + pixel * s->channels, down * stride, across * s->channels,
                              s->channels};
  size_t bytes = sizeof(float) * (size_t)s->channels;
  for (int64_t i = 0; i < size; ++i)
    for (int64_t j = 0; j < size; ++j) {
      float *to = edge + (i * size + j) * s->channels;
      int64_t at = line + i * down, place = pixel + j * across;
      if (at >= 0 && at < s->lines && place >= 0 && place < s->pixels)
        memcpy(to, from + at * stride + place * s->channels, bytes);
      else
        memset(to, 0, bytes);
    }
  return (hr_winograd_tile){edge, size * s->channels, s->channels, s->channels};
}

static void write_tile(job *job, int64_t index, const float *numbers, int64_t apart, float *edge) {
  const side *s = &job->y;
  int64_t image, line, pixel, stride = s->pixels * s->channels;
  locate(job, index, &image, &line, &pixel);
  float *to = s->data + (image * s->lines + line) * stride + pixel * s->channels;
  bool is_inside[STEP][STEP], is_whole = true;
  for (int i = 0; i < STEP; ++i)
    for (int j = 0; j < STEP; ++j) {
      is_inside[i][j] = line + i * job->apart[0] < s->lines && pixel + j * job->apart[1] < s->pixels;
      is_whole &= is_inside[i][j];
    }
  hr_winograd_tile whole = {to, job->apart[0] * stride, job->apart[1] * s->channels, s->channels};
  hr_winograd_tile tile = is_whole ? whole : (hr_winograd_tile){edge, STEP * s->channels, s->channels, s->channels};
  if (!job->loops->gather_results(&tile, numbers, apart))
    atomic_store_explicit(&job->is_infinite, true, memory_order_relaxed);
  for (int i = 0; i < STEP && !is_whole; ++i)
    for (int j = 0; j < STEP; ++j)
      if (is_inside[i][j])
        memcpy(to + i * whole.line + j * whole.pixel, edge + i * tile.line + j * tile.pixel,
               sizeof(float) * (size_t)s->channels);
}

/* The numbers of tiles [first, first + count) of x; rows of numbers. */
static void spread_x(const job *job, int64_t first, int64_t count, float *numbers, float *edge) {
  for (int64_t i = 0; i < count; ++i) {
    int64_t image, line, pixel;
    locate(job, first + i, &image, &line, &pixel);
    hr_winograd_tile tile = read_tile(job, &job->x, image, line - job->before[0], pixel - job->before[1], PIXELS, edge);
    job->loops->spread_pixels(&tile, numbers + i * job->x.room, job->at_once * job->x.room);
  }
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

static void write_results(job *job, int64_t first, int64_t count, float *scratch) {
  const hr_winograd_loops *loops = job->loops;
  int64_t x_apart = job->at_once * job->x.room, y_apart = job->at_once * job->y.room;
  float *pixels = scratch, *results = pixels + NUMBERS * x_apart, *edge = results + NUMBERS * y_apart;
  int64_t panel = job->x.channels * loops->columns, panels = job->y.room / loops->columns;
  spread_x(job, first, count, pixels, edge);
  for (int n = 0; n < NUMBERS; ++n)
    loops->multiply(&(hr_winograd_product){.a = pixels + n * x_apart,
                                           .a_row = job->x.room,
                                           .a_term = 1,
                                           .b = job->filters + n * panels * panel,
                                           .b_panel = panel,
                                           .b_term = loops->columns,
                                           .c = results + n * y_apart,
                                           .c_row = job->y.room,
                                           .rows = round_up(count, loops->rows),
                                           .panels = panels,
                                           .terms = job->x.channels});
  for (int64_t i = 0; i < count; ++i)
    write_tile(job, first + i, results + i * job->y.room, y_apart, edge);
}

/* ---- the gradient of the filter ---------------------------------------------------------------------------------- */

static void add_to_sum(job *job, int64_t first, int64_t count, float *sum, bool is_first, float *scratch) {
  const hr_winograd_loops *loops = job->loops;
  int64_t x_apart = job->at_once * job->x.room, y_apart = job->at_once * job->y.room;
  float *pixels = scratch, *results = pixels + NUMBERS * x_apart, *edge = results + NUMBERS * y_apart;
  spread_x(job, first, count, pixels, edge);
  for (int64_t i = 0; i < count; ++i) {
    int64_t image, line, pixel;
    locate(job, first + i, &image, &line, &pixel);
    hr_winograd_tile tile = read_tile(job, &job->y, image, line, pixel, STEP, edge);
    loops->spread_results(&tile, results + i * job->y.room, y_apart);
  }
  for (int n = 0; n < NUMBERS; ++n)
    loops->multiply(&(hr_winograd_product){.a = pixels + n * x_apart,
                                           .a_row = 1,
                                           .a_term = job->x.room,
                                           .b = results + n * y_apart,
                                           .b_panel = loops->columns,
                                           .b_term = job->y.room,
                                           .c = sum + n * (job->sum_floats / NUMBERS),
                                           .c_row = job->y.room,
                                           .rows = round_up(job->x.channels, loops->rows),
                                           .panels = job->y.room / loops->columns,
                                           .terms = count,
                                           .adds = !is_first});
}

/* ---- work -------------------------------------------------------------------------------------------------------- */

/* Each worker takes the next part that nobody has, until there is none. */
static void work(void *argument, int64_t begin, int64_t end) {
  job *job = argument;
  (void)begin, (void)end;
  float *scratch = job->scratch + atomic_fetch_add(&job->next_worker, 1) * job->scratch_floats;
  for (int64_t part; (part = atomic_fetch_add(&job->next_part, 1)) < job->parts && !hr_is_cancelled(job->ctx);) {
    int64_t first = job->tiles * part / job->parts, stop = job->tiles * (part + 1) / job->parts;
    for (int64_t tile = first; tile < stop; tile += job->at_once) {
      int64_t count = least(job->at_once, stop - tile);
      if (job->sum_floats > 0)
        add_to_sum(job, tile, count, job->filters + part * job->sum_floats, tile == first, scratch);
      else
        write_results(job, tile, count, scratch);
    }
  }
}

static void run_parts(hr_kernel_context *ctx, job *job, int64_t workers) {
  double operations = 2.0 * NUMBERS * (double)job->tiles * (double)(job->x.channels * job->y.channels);
  hr_parallel_for(ctx, workers, operations * NANOS_OF_AN_OPERATION / (double)workers, work, job);
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

typedef struct filter_job {
  const hr_winograd_loops *loops;
  float *taps, *numbers;
  int64_t rows, columns; /* of a tap */
  int64_t apart, step;   /* from a number to the next, and from a row of numbers */
  int64_t panel;
  _Atomic bool is_infinite;
} filter_job;

static void spread_filters(void *argument, int64_t begin, int64_t end) {
  const filter_job *f = argument;
  for (int64_t row = begin; row < end; ++row)
    f->loops->spread_filters(f->taps + row * f->columns, f->rows * f->columns, f->columns, f->numbers + row * f->step,
                             f->apart, f->panel);
}

static void gather_filters(void *argument, int64_t begin, int64_t end) {
  filter_job *f = argument;
  bool is_finite = true;
  for (int64_t row = begin; row < end; ++row)
    is_finite &= f->loops->gather_filters(f->taps + row * f->columns, f->rows * f->columns, f->columns,
                                          f->numbers + row * f->step, f->apart);
  if (!is_finite) atomic_store(&f->is_infinite, true);
}

/* Pixels get their gradient through the filter turned round, from its results. */
typedef struct turning {
  const float *from;
  float *to;
  int64_t rows, columns;
} turning;
static void turn_taps(void *argument, int64_t begin, int64_t end) {
  enum { BLOCK = 16 };
  const turning *t = argument;
  int64_t size = t->rows * t->columns;
  for (int64_t tap = begin; tap < end; ++tap) {
    const float *from = t->from + tap * size;
    float *to = t->to + (TAPS - 1 - tap) * size;
    for (int64_t first = 0; first < t->rows; first += BLOCK)
      for (int64_t j = 0; j < t->columns; ++j)
        for (int64_t i = first; i < least(first + BLOCK, t->rows); ++i)
          to[j * t->rows + i] = from[i * t->columns + j];
  }
}

/* ---- the ways ---------------------------------------------------------------------------------------------------- */

/* Parts whose sums together take no more than some memory, and that are long enough. */
static int64_t count_sums(const job *job) {
  enum { MOST = 8, MOST_FLOATS = 1 << 22 };
  int64_t count = least(MOST_FLOATS / job->sum_floats, MOST);
  if (count < 2) count = 2;
  int64_t blocks = job->tiles / job->at_once;
  return count < blocks ? count : blocks < 1 ? 1 : blocks;
}

static float *aligned(const hr_tensor *scratch) {
  return (float *)(((uintptr_t)hr_tensor_data(scratch) + 63) / 64 * 64);
}
static hr_status new_scratch(hr_kernel_context *ctx, int64_t floats, hr_tensor *out) {
  return hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {floats + 16}}, out);
}

/* Fills in what follows from the sides; how many workers there are. */
static int64_t prepare(hr_kernel_context *ctx, job *job) {
  enum { FEW = 24, MANY = 96, MANY_CHANNELS = 1 << 15 }; /* filters that leave the cache go to more tiles at once */
  job->ctx = ctx;
  job->loops = hr_loops->winograd;
  job->x.room = round_up(job->x.channels, job->loops->columns);
  job->y.room = round_up(job->y.channels, job->loops->columns);
  job->at_once = job->x.room * job->y.room > MANY_CHANNELS ? MANY : FEW;
  int64_t edge = PIXELS * PIXELS * (job->x.room + job->y.room);
  job->scratch_floats = NUMBERS * job->at_once * (job->x.room + job->y.room) + edge;
  job->parts = (job->tiles + job->at_once - 1) / job->at_once;
  return least(hr_parallelism(ctx), job->parts);
}

/* y from x; `turned` through the filter turned round, of which `filter` is [3, 3, y's channels, x's channels]. */
static hr_status write_images(hr_kernel_context *ctx, job *job, float *filter, bool turned) {
  int64_t workers = prepare(ctx, job), x = job->x.channels, y = job->y.channels;
  int64_t numbers = NUMBERS * x * job->y.room, copy = turned ? TAPS * x * y : 0;
  hr_tensor scratch;
  HR_TRY(new_scratch(ctx, numbers + workers * job->scratch_floats + copy, &scratch));
  job->filters = aligned(&scratch);
  job->scratch = job->filters + numbers;
  if (turned) {
    turning turning = {filter, job->scratch + workers * job->scratch_floats, y, x};
    hr_parallel_for(ctx, TAPS, (double)(x * y), turn_taps, &turning);
    filter = turning.to;
  }
  filter_job spreading = {.loops = job->loops, .taps = filter, .numbers = job->filters, .rows = x, .columns = y};
  spreading.apart = x * job->y.room;
  spreading.step = job->loops->columns;
  spreading.panel = x * job->loops->columns;
  hr_parallel_for(ctx, x, NUMBERS * 0.2 * (double)y, spread_filters, &spreading);
  run_parts(ctx, job, workers);
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}

typedef struct addition {
  hr_binary_loop *add;
  float *sums;
  int64_t count, apart;
} addition;
static void add_sums(void *argument, int64_t begin, int64_t end) {
  const addition *a = argument;
  for (int64_t i = 1; i < a->count; ++i)
    a->add(a->sums + begin, a->sums + begin, a->sums + i * a->apart + begin, end - begin, HR_BOTH_ROWS);
}

static hr_status write_filter(hr_kernel_context *ctx, job *job, float *filter) {
  int64_t workers = prepare(ctx, job), channels = job->x.channels, rows = round_up(channels, job->loops->rows);
  job->sum_floats = NUMBERS * rows * job->y.room;
  job->parts = count_sums(job);
  workers = least(workers, job->parts);
  hr_tensor scratch;
  HR_TRY(new_scratch(ctx, job->parts * job->sum_floats + workers * job->scratch_floats, &scratch));
  job->filters = aligned(&scratch);
  job->scratch = job->filters + job->parts * job->sum_floats;
  run_parts(ctx, job, workers);
  addition addition = {hr_row_loop(HR_ROW_ADD, HR_FLOAT), job->filters, job->parts, job->sum_floats};
  if (job->parts > 1) hr_parallel_for(ctx, job->sum_floats, 0.2 * (double)job->parts, add_sums, &addition);
  filter_job gathering = {.loops = job->loops, .taps = filter, .numbers = job->filters};
  gathering.rows = channels;
  gathering.columns = job->y.channels;
  gathering.apart = rows * job->y.room;
  gathering.step = job->y.room;
  hr_parallel_for(ctx, channels, NUMBERS * 0.2 * (double)job->y.channels, gather_filters, &gathering);
  if (gathering.is_infinite) job->is_infinite = true;
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}

/* Spreading and gathering must be little beside the products that they save. */
static bool suits(const hr_convolution *c) {
  enum { FEWEST_CHANNELS = 16, FEWEST_RESULTS = 192 };
  const hr_window_axis *axes = c->axes;
  if (c->dtype != HR_FLOAT || axes[0].in != 1 || axes[0].window != 1 || axes[0].out != 1) return false;
  for (int a = 1; a < HR_WINDOW_AXES; ++a)
    if (axes[a].window != 3 || axes[a].stride != 1 || axes[a].out < 4 * axes[a].dilation) return false;
  return c->channels >= FEWEST_CHANNELS && c->filters >= FEWEST_CHANNELS &&
         c->batch * hr_windows_out(axes) >= FEWEST_RESULTS;
}

hr_status hr_convolve_tiles(hr_kernel_context *ctx, const hr_convolution *c, hr_convolution_part part, bool *done) {
  *done = false;
  if (!suits(c)) return HR_SUCCESS;
  const hr_window_axis *axes = c->axes;
  side x = {c->data[HR_CONVOLUTION_X], axes[1].in, axes[2].in, c->channels, 0};
  side y = {c->data[HR_CONVOLUTION_Y], axes[1].out, axes[2].out, c->filters, 0};
  job job = {.x = x, .y = y, .before = {axes[1].before, axes[2].before}, .apart = {axes[1].dilation, axes[2].dilation}};
  if (part == HR_CONVOLUTION_X) {
    job.x = y, job.y = x;
    for (int i = 0; i < 2; ++i)
      job.before[i] = 2 * job.apart[i] - job.before[i];
  }
  job.down = round_up(job.y.lines, STEP * job.apart[0]) / (STEP * job.apart[0]);
  job.across = round_up(job.y.pixels, STEP * job.apart[1]) / (STEP * job.apart[1]);
  job.tiles = c->batch * job.down * job.apart[0] * job.across * job.apart[1];
  float *filter = c->data[HR_CONVOLUTION_FILTER];
  if (part == HR_CONVOLUTION_FILTER)
    HR_TRY(write_filter(ctx, &job, filter));
  else
    HR_TRY(write_images(ctx, &job, filter, part == HR_CONVOLUTION_X));
  *done = !job.is_infinite;
  return HR_SUCCESS;
}
