#include "kernels_cpu/convolution/lines.h"

#include "kernels_cpu/level/loops.h"
#include "kernels_cpu/row_arithmetic.h"

/* Taps of a window that are listed at a time. */
enum { TAPS_AT_ONCE = 64 };

bool hr_lines_suit(const hr_window_axis axes[HR_WINDOW_AXES]) {
  return axes[0].in == 1 && axes[0].window == 1 && axes[0].stride == 1 &&
         axes[1].window * axes[2].window <= TAPS_AT_ONCE && axes[1].dilation == 1 && axes[2].dilation == 1;
}

/* What a window sees, and the factors of it. */
typedef struct seen {
  int64_t count;
  const float *rows[TAPS_AT_ONCE], *factors[TAPS_AT_ONCE];
} seen;

static inline int64_t clamped(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : value > high ? high : value;
}
static inline int64_t ceiling(int64_t a, int64_t b) { return a > 0 ? (a + b - 1) / b : 0; }

/* Tasks are lines of windows. Windows whose columns are all inside see the same, further and further on. */
static void forward_lines(void *argument, int64_t begin, int64_t end) {
  const hr_lines *l = argument;
  const hr_window_axis *rows = &l->rows, *columns = &l->columns;
  int64_t n = l->channels, beyond = columns->in - columns->window + columns->before;
  int64_t inner = clamped(ceiling(columns->before, columns->stride), 0, columns->out);
  int64_t outer = clamped(beyond < 0 ? 0 : beyond / columns->stride + 1, inner, columns->out);
  hr_binary_loop *divide = hr_row_loop(HR_ROW_DIV, HR_FLOAT);
  seen s;
  for (int64_t line = begin; line < end; ++line) {
    const float *image = l->from + line / rows->out * rows->in * columns->in * n;
    hr_taps_inside row = hr_window_taps(rows, line % rows->out);
    for (int64_t o = 0, windows; o < columns->out; o += windows) {
      windows = o == inner && outer > inner ? outer - inner : 1;
      hr_taps_inside column = hr_window_taps(columns, o);
      s.count = 0;
      for (int64_t i = row.first; i < row.last; ++i)
        for (int64_t j = column.first; j < column.last; ++j) {
          s.rows[s.count] = image + ((row.start + i) * columns->in + column.start + j) * n;
          s.factors[s.count++] = l->factors + (i * columns->window + j) * l->factor_step;
        }
      float *to = l->to + (line * columns->out + o) * n, count = (float)s.count;
      hr_loops->windows->sum_taps(to, n, s.rows, columns->stride * n, s.factors, windows, s.count, n);
      if (l->is_mean) divide(to, to, &count, windows * n, HR_RIGHT_SCALAR);
    }
  }
}

/* The pixels of a line that windows see with the taps rest, rest + stride, ...: pixel number q of them is seen by
 * window q with the first one, by window q - 1 with the next. */
static void by_input_line(const hr_lines *l, const float *image, int64_t row, int64_t rest, float *x) {
  const hr_window_axis *rows = &l->rows, *columns = &l->columns;
  int64_t n = l->channels, stride = columns->stride, taps = ceiling(columns->window - rest, stride);
  int64_t begin = ceiling(columns->before - rest, stride), end = ceiling(columns->in + columns->before - rest, stride);
  int64_t inner = taps - 1 < begin ? begin : taps - 1, outer = columns->out < end ? columns->out : end;
  seen s;
  for (int64_t q = begin, pixels; q < end; q += pixels) {
    pixels = q == inner && outer > inner ? outer - inner : 1;
    s.count = 0;
    for (int64_t i = row % rows->stride, o0 = row / rows->stride; i < rows->window && o0 >= 0; i += rows->stride, --o0)
      for (int64_t t = 0; t < taps && o0 < rows->out; ++t) {
        if (q - t < 0 || q - t >= columns->out) continue;
        s.rows[s.count] = image + (o0 * columns->out + q - t) * n;
        s.factors[s.count++] = l->factors + (i * columns->window + rest + t * stride) * l->factor_step;
      }
    hr_loops->windows->sum_taps(x + (q * stride + rest - columns->before) * n, stride * n, s.rows, n, s.factors, pixels,
                                s.count, n);
  }
}

/* Tasks are lines of pixels. */
static void by_input_lines(void *argument, int64_t begin, int64_t end) {
  const hr_lines *l = argument;
  const hr_window_axis *rows = &l->rows, *columns = &l->columns;
  for (int64_t line = begin; line < end; ++line)
    for (int64_t rest = 0; rest < columns->stride; ++rest)
      by_input_line(l, l->from + line / rows->in * rows->out * columns->out * l->channels,
                    line % rows->in + rows->before, rest, l->to + line * columns->in * l->channels);
}

static void run(hr_kernel_context *ctx, const hr_lines *l, int64_t lines, void (*body)(void *, int64_t, int64_t)) {
  double work = 0.05 * (double)(l->rows.out * l->columns.out) * (double)(l->rows.window * l->columns.window);
  lines *= l->batch;
  if (lines > 0) hr_parallel_for(ctx, lines, work * (double)(l->batch * l->channels) / (double)lines, body, (void *)l);
}
void hr_lines_forward(hr_kernel_context *ctx, const hr_lines *l) { run(ctx, l, l->rows.out, forward_lines); }
void hr_lines_by_input(hr_kernel_context *ctx, const hr_lines *l) { run(ctx, l, l->rows.in, by_input_lines); }
