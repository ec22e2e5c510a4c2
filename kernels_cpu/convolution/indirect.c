/* Convolutions of floats by tables of pointers to what windows see (kernels_cpu/level/indirect.h): results, and the
 * gradient of images.
 *
 * A pixel of the gradient is seen by windows whose taps depend on its remainder modulo the stride: pixels of one
 * remainder are a product of their own, whose windows move by one. Results are such a product, too, the only one. */
#include "kernels_cpu/convolution/convolution.h"
#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/streamed_lines.h"

#include <string.h>

enum { MOST_TAPS = 64, LINE_BYTES = 64, LINE_FLOATS = LINE_BYTES / sizeof(float) };
/* Of a group: what its rows see stays in the second-level cache for all panels. */
enum { MOST_TILES = 16, MOST_HEIGHT = 12, POINTERS = 4096 };

#define NANOS_OF_AN_OPERATION 0.012

/* Along one axis: tap i of result n sees n * step + shift[i], if that is in [0, limit). Result n is at
 * first + n * apart. */
typedef struct walk {
  int64_t count, first, apart, extent, step, limit;
  int taps;
  int64_t tap[MOST_TAPS], shift[MOST_TAPS];
} walk;

typedef struct job {
  const hr_indirect_loops *loops;
  walk walks[HR_WINDOW_AXES];
  const float *from; /* [batch, limits..., terms] */
  float *to;         /* [batch, extents..., columns] */
  int64_t terms, columns, pieces, results, tiles_at_once;
  float *panels, *zeros, *spare; /* zeros: what is seen outside; spare: for rows of a tile that are no results */
  const float *filter;           /* [windows..., channels, filters] */
  int64_t windows[HR_WINDOW_AXES];
  bool is_transposed; /* terms are filters, columns are channels */
  bool is_streamed;
} job;

static int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void walk_forward(const hr_window_axis *axis, walk *w) {
  *w = (walk){.count = axis->out, .apart = 1, .extent = axis->out, .step = axis->stride, .limit = axis->in};
  for (; w->taps < axis->window; ++w->taps) {
    w->tap[w->taps] = w->taps;
    w->shift[w->taps] = w->taps * axis->dilation - axis->before;
  }
}

/* Pixels rest, rest + stride, ... */
static void walk_backward(const hr_window_axis *axis, int64_t rest, walk *w) {
  int64_t stride = axis->stride, count = rest < axis->in ? (axis->in - rest + stride - 1) / stride : 0;
  *w = (walk){.count = count, .first = rest, .apart = stride, .extent = axis->in, .step = 1, .limit = axis->out};
  for (int64_t k = 0; k < axis->window; ++k) {
    int64_t start = rest + axis->before - k * axis->dilation;
    if (start % stride != 0) continue;
    w->tap[w->taps] = k;
    w->shift[w->taps++] = start / stride;
  }
}

/* Piece number `piece` of a window, by axes. */
static void locate_piece(const job *job, int64_t piece, int at[HR_WINDOW_AXES]) {
  for (int a = HR_WINDOW_AXES - 1; a >= 0; --a) {
    at[a] = (int)(piece % job->walks[a].taps);
    piece /= job->walks[a].taps;
  }
}

/* Tasks are panels. */
static void pack_panels(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  int64_t width = job->loops->width, terms = job->terms, columns = job->columns;
  for (int64_t panel = begin; panel < end; ++panel) {
    float *to = job->panels + panel * job->pieces * terms * width;
    int64_t first = panel * width, count = least(width, columns - first);
    memset(to, 0, sizeof(float) * (size_t)(job->pieces * terms * width));
    for (int64_t piece = 0; piece < job->pieces; ++piece, to += terms * width) {
      int at[HR_WINDOW_AXES];
      locate_piece(job, piece, at);
      int64_t tap = 0;
      for (int a = 0; a < HR_WINDOW_AXES; ++a)
        tap = tap * job->windows[a] + job->walks[a].tap[at[a]];
      const float *matrix = job->filter + tap * terms * columns;
      for (int64_t t = 0; t < terms && !job->is_transposed; ++t)
        memcpy(to + t * width, matrix + t * columns + first, sizeof(float) * (size_t)count);
      for (int64_t c = 0; c < count && job->is_transposed; ++c)
        for (int64_t t = 0; t < terms; ++t)
          to[t * width + c] = matrix[(first + c) * terms + t];
    }
  }
}

/* ---- tables of pointers ------------------------------------------------------------------------------------------ */

/* What the planes and lines of a window begin with, NULL for those outside: the same for all windows of a line. */
static void list_lines(const job *job, int64_t image, const int64_t at[HR_WINDOW_AXES], const float **lines) {
  const walk *w = job->walks;
  for (int i = 0; i < w[0].taps; ++i)
    for (int j = 0; j < w[1].taps; ++j) {
      int64_t plane = at[0] * w[0].step + w[0].shift[i], line = at[1] * w[1].step + w[1].shift[j];
      bool is_inside = plane >= 0 && plane < w[0].limit && line >= 0 && line < w[1].limit;
      *lines++ =
          is_inside ? job->from + ((image * w[0].limit + plane) * w[1].limit + line) * w[2].limit * job->terms : NULL;
    }
}

/* Pieces of result `at` of a line, one for each `height` pointers. */
static void list_pieces(const job *job, const float *const *lines, int64_t at, const float **rows) {
  const walk *w = &job->walks[2];
  int height = job->loops->height, count = job->walks[0].taps * job->walks[1].taps;
  for (int l = 0; l < count; ++l)
    for (int k = 0; k < w->taps; ++k, rows += height) {
      int64_t place = at * w->step + w->shift[k];
      bool is_inside = lines[l] && place >= 0 && place < w->limit;
      *rows = is_inside ? lines[l] + place * job->terms : job->zeros;
    }
}

/* Rows [first, first + count) of the product; those beyond the last result see zeros, for nobody. */
static void list_rows(const job *job, int64_t first, int64_t count, const float **rows, float **out) {
  const walk *w = job->walks;
  int height = job->loops->height;
  int64_t at[HR_WINDOW_AXES], rest = first, image = 0;
  for (int a = HR_WINDOW_AXES - 1; a >= 0; --a) {
    at[a] = rest % w[a].count;
    rest /= w[a].count;
  }
  image = rest;
  const float *lines[MOST_TAPS];
  bool is_listed = false;
  for (int64_t i = 0; i < count; ++i) {
    const float **mine = rows + i / height * job->pieces * height + i % height;
    if (first + i >= job->results) {
      for (int64_t p = 0; p < job->pieces; ++p)
        mine[p * height] = job->zeros;
      out[i] = job->spare;
      continue;
    }
    if (!is_listed) list_lines(job, image, at, lines);
    is_listed = true;
    list_pieces(job, lines, at[2], mine);
    int64_t place = image;
    for (int a = 0; a < HR_WINDOW_AXES; ++a)
      place = place * w[a].extent + w[a].first + at[a] * w[a].apart;
    out[i] = job->to + place * job->columns;
    for (int a = HR_WINDOW_AXES - 1; a >= 0 && ++at[a] == w[a].count; --a) {
      at[a] = 0;
      is_listed = false;
      if (a == 0) ++image;
    }
  }
}

/* Tasks are groups of tiles. */
static void multiply_groups(void *argument, int64_t begin, int64_t end) {
  const job *job = argument;
  const float *rows[POINTERS];
  float *out[MOST_TILES * MOST_HEIGHT];
  int64_t height = job->loops->height, tiles = (job->results + height - 1) / height;
  for (int64_t group = begin; group < end; ++group) {
    int64_t first = group * job->tiles_at_once, count = least(job->tiles_at_once, tiles - first);
    list_rows(job, first * height, count * height, rows, out);
    job->loops->multiply(&(hr_indirect_product){.rows = rows,
                                                .b = job->panels,
                                                .out = out,
                                                .tiles = count,
                                                .pieces = job->pieces,
                                                .terms = job->terms,
                                                .columns = job->columns,
                                                .is_streamed = job->is_streamed});
  }
  if (job->is_streamed) hr_streamed_done();
}

/* ---- products ---------------------------------------------------------------------------------------------------- */

static void run_product(hr_kernel_context *ctx, job *job) {
  const walk *w = job->walks;
  int64_t height = job->loops->height, width = job->loops->width, panels = (job->columns + width - 1) / width;
  job->pieces = (int64_t)w[0].taps * w[1].taps * w[2].taps;
  int64_t tiles = (job->results + height - 1) / height;
  job->tiles_at_once = job->pieces > 0 ? least(MOST_TILES, POINTERS / (job->pieces * height)) : MOST_TILES;
  double floats = (double)(job->pieces * job->terms * width);
  hr_parallel_for(ctx, panels, floats, pack_panels, job);
  double operations = floats * (double)(panels * height * job->tiles_at_once);
  hr_parallel_for(ctx, (tiles + job->tiles_at_once - 1) / job->tiles_at_once, NANOS_OF_AN_OPERATION * operations,
                  multiply_groups, job);
}

static void run_forward(hr_kernel_context *ctx, const hr_convolution *c, job *job) {
  for (int a = 0; a < HR_WINDOW_AXES; ++a)
    walk_forward(&c->axes[a], &job->walks[a]);
  job->results = c->batch * hr_windows_out(c->axes);
  run_product(ctx, job);
}

static void run_remainders(hr_kernel_context *ctx, const hr_convolution *c, job *job) {
  const hr_window_axis *axes = c->axes;
  int64_t count = axes[0].stride * axes[1].stride * axes[2].stride;
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i;
    job->results = c->batch;
    for (int a = HR_WINDOW_AXES - 1; a >= 0; --a) {
      walk_backward(&axes[a], rest % axes[a].stride, &job->walks[a]);
      rest /= axes[a].stride;
      job->results *= job->walks[a].count;
    }
    if (job->results > 0) run_product(ctx, job);
  }
}

/* Measured beside oneDNN: it is ahead of this where windows overlap and move by one pixel, where images are small, and
 * where few channels make short sums. */
static bool is_worth(const hr_convolution *c, const job *job, size_t bytes_seen, size_t bytes_written) {
  static const int64_t fewest = 32;
  if (job->terms < fewest || job->columns < fewest || hr_windows_taps(c->axes) > MOST_TAPS) return false;
  bool is_strided = false, is_one_pixel = true;
  for (int a = 0; a < HR_WINDOW_AXES; ++a) {
    if (c->axes[a].window < c->axes[a].stride) return false; /* pixels that nobody sees */
    is_strided |= c->axes[a].stride > 1;
    is_one_pixel &= c->axes[a].window == 1;
  }
  return is_strided || (is_one_pixel && (bytes_seen >= HR_STREAMED_BYTES || bytes_written >= HR_STREAMED_BYTES));
}

hr_status hr_convolve_indirectly(hr_kernel_context *ctx, const hr_convolution *c, hr_convolution_part part,
                                 bool *done) {
  const hr_indirect_loops *loops = hr_loops->indirect;
  bool by_input = part == HR_CONVOLUTION_X;
  job job = {.loops = loops,
             .from = c->data[by_input ? HR_CONVOLUTION_Y : HR_CONVOLUTION_X],
             .to = c->data[part],
             .filter = c->data[HR_CONVOLUTION_FILTER],
             .terms = by_input ? c->filters : c->channels,
             .columns = by_input ? c->channels : c->filters,
             .is_transposed = by_input};
  size_t bytes_x = sizeof(float) * (size_t)(c->batch * hr_windows_in(c->axes) * c->channels);
  size_t bytes_y = sizeof(float) * (size_t)(c->batch * hr_windows_out(c->axes) * c->filters);
  size_t bytes_written = by_input ? bytes_x : bytes_y;
  *done = part != HR_CONVOLUTION_FILTER && is_worth(c, &job, by_input ? bytes_y : bytes_x, bytes_written);
  if (!*done) return HR_SUCCESS;
  job.is_streamed =
      bytes_written >= HR_STREAMED_BYTES && job.columns % LINE_FLOATS == 0 && (uintptr_t)job.to % LINE_BYTES == 0;
  int64_t panels = round_up(hr_windows_taps(c->axes) * job.terms * round_up(job.columns, loops->width), LINE_FLOATS);
  int64_t zeros = round_up(job.terms, LINE_FLOATS);
  hr_tensor scratch;
  HR_TRY(hr_temporary_new(ctx, HR_FLOAT, &(hr_shape){1, {panels + zeros + job.columns}}, &scratch));
  job.panels = hr_tensor_data(&scratch);
  job.zeros = job.panels + panels;
  job.spare = job.zeros + zeros;
  memset(job.zeros, 0, sizeof(float) * (size_t)zeros);
  for (int a = 0; a < HR_WINDOW_AXES; ++a)
    job.windows[a] = c->axes[a].window;
  if (by_input)
    run_remainders(ctx, c, &job);
  else
    run_forward(ctx, c, &job);
  hr_tensor_clear(&scratch);
  return HR_SUCCESS;
}
