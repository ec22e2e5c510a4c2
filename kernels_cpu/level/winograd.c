/* Sums and differences of whole vectors of channels, and products that stay in registers. */
#include "kernels_cpu/level/winograd.h"
#include "kernels_cpu/level/registers.h"

/* Sums of a block fill the registers but for two vectors of b and a factor. */
enum { ROWS = HR_VECTOR_BYTES == 64 ? 12 : 6, VECTORS = 2, COLUMNS = VECTORS * LANES };
enum { PIXELS = HR_WINOGRAD_PIXELS, RESULTS = HR_WINOGRAD_RESULTS, NUMBERS = HR_WINOGRAD_NUMBERS };

static ALWAYS_INLINE mask infinite_lanes(vector v) {
  static const int32_t magnitude = 0x7fffffff, greatest_finite = 0x7f7fffff;
  return ((mask)v & magnitude) > greatest_finite;
}
static bool any_lane(mask m) {
  int32_t any = 0;
  for (int i = 0; i < LANES; ++i)
    any |= m[i];
  return any != 0;
}

/* ---- four pixels of a line, two results, three taps, and their four numbers ------------------------------------- */

static ALWAYS_INLINE void spread_four(vector v[PIXELS]) {
  vector a = v[0] - v[2], b = v[1] + v[2], c = v[2] - v[1], d = v[1] - v[3];
  v[0] = a, v[1] = b, v[2] = c, v[3] = d;
}
static ALWAYS_INLINE void gather_two(const vector v[PIXELS], vector out[RESULTS]) {
  out[0] = v[0] + v[1] + v[2];
  out[1] = v[1] - v[2] - v[3];
}
static ALWAYS_INLINE void spread_two(vector first, vector second, vector out[PIXELS]) {
  out[0] = first, out[1] = first + second, out[2] = first - second, out[3] = -second;
}
static ALWAYS_INLINE void spread_three(const vector v[3], vector out[PIXELS]) {
  vector ends = v[0] + v[2];
  out[0] = v[0], out[1] = (ends + v[1]) * 0.5f, out[2] = (ends - v[1]) * 0.5f, out[3] = v[2];
}
static ALWAYS_INLINE void gather_three(const vector v[PIXELS], vector out[3]) {
  vector sum = (v[1] + v[2]) * 0.5f;
  out[0] = v[0] + sum, out[1] = (v[1] - v[2]) * 0.5f, out[2] = sum + v[3];
}

/* ---- tiles ------------------------------------------------------------------------------------------------------- */

static void spread_pixels(const hr_winograd_tile *t, float *numbers, int64_t apart) {
  for (int64_t c = 0; c < t->channels; c += LANES) {
    vector v[PIXELS][PIXELS];
    for (int i = 0; i < PIXELS; ++i) {
      for (int j = 0; j < PIXELS; ++j)
        v[i][j] = load_some(t->data + i * t->line + j * t->pixel + c, t->channels - c);
      spread_four(v[i]);
    }
    for (int j = 0; j < PIXELS; ++j) {
      vector column[PIXELS] = {v[0][j], v[1][j], v[2][j], v[3][j]};
      spread_four(column);
      for (int i = 0; i < PIXELS; ++i)
        store(numbers + (i * PIXELS + j) * apart + c, column[i]);
    }
  }
}

static void spread_results(const hr_winograd_tile *t, float *numbers, int64_t apart) {
  for (int64_t c = 0; c < t->channels; c += LANES) {
    vector lines[RESULTS][PIXELS];
    for (int i = 0; i < RESULTS; ++i) {
      const float *line = t->data + i * t->line + c;
      spread_two(load_some(line, t->channels - c), load_some(line + t->pixel, t->channels - c), lines[i]);
    }
    for (int j = 0; j < PIXELS; ++j) {
      vector column[PIXELS];
      spread_two(lines[0][j], lines[1][j], column);
      for (int i = 0; i < PIXELS; ++i)
        store(numbers + (i * PIXELS + j) * apart + c, column[i]);
    }
  }
}

static bool gather_results(const hr_winograd_tile *t, const float *numbers, int64_t apart) {
  mask infinite = {0};
  for (int64_t c = 0; c < t->channels; c += LANES) {
    vector lines[PIXELS][RESULTS];
    for (int i = 0; i < PIXELS; ++i) {
      vector line[PIXELS];
      for (int j = 0; j < PIXELS; ++j)
        line[j] = load(numbers + (i * PIXELS + j) * apart + c);
      gather_two(line, lines[i]);
    }
    for (int j = 0; j < RESULTS; ++j) {
      vector out[RESULTS];
      gather_two((vector[PIXELS]){lines[0][j], lines[1][j], lines[2][j], lines[3][j]}, out);
      for (int i = 0; i < RESULTS; ++i) {
        infinite |= infinite_lanes(out[i]);
        store_some(t->data + i * t->line + j * t->pixel + c, out[i], t->channels - c);
      }
    }
  }
  return !any_lane(infinite);
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

static void spread_filters(const float *filters, int64_t tap, int64_t count, float *numbers, int64_t apart,
                           int64_t panel) {
  for (int64_t f = 0; f < count; f += LANES) {
    vector lines[3][PIXELS];
    for (int i = 0; i < 3; ++i) {
      vector line[3];
      for (int j = 0; j < 3; ++j)
        line[j] = load_some(filters + (i * 3 + j) * tap + f, count - f);
      spread_three(line, lines[i]);
    }
    float *to = numbers + f / COLUMNS * panel + f % COLUMNS;
    for (int j = 0; j < PIXELS; ++j) {
      vector column[PIXELS];
      spread_three((vector[3]){lines[0][j], lines[1][j], lines[2][j]}, column);
      for (int i = 0; i < PIXELS; ++i)
        store(to + (i * PIXELS + j) * apart, column[i]);
    }
  }
}

static bool gather_filters(float *filters, int64_t tap, int64_t count, const float *numbers, int64_t apart) {
  mask infinite = {0};
  for (int64_t f = 0; f < count; f += LANES) {
    vector lines[PIXELS][3];
    for (int i = 0; i < PIXELS; ++i) {
      vector line[PIXELS];
      for (int j = 0; j < PIXELS; ++j)
        line[j] = load(numbers + (i * PIXELS + j) * apart + f);
      gather_three(line, lines[i]);
    }
    for (int j = 0; j < 3; ++j) {
      vector out[3];
      gather_three((vector[PIXELS]){lines[0][j], lines[1][j], lines[2][j], lines[3][j]}, out);
      for (int i = 0; i < 3; ++i) {
        infinite |= infinite_lanes(out[i]);
        store_some(filters + (i * 3 + j) * tap + f, out[i], count - f);
      }
    }
  }
  return !any_lane(infinite);
}

/* ---- products ---------------------------------------------------------------------------------------------------- */

static ALWAYS_INLINE void multiply_block(const float *a, int64_t a_row, int64_t a_term, const float *b, int64_t b_term,
                                         float *c, int64_t c_row, int64_t terms, bool adds) {
  vector zero = {0}, sums[ROWS][VECTORS];
#pragma GCC unroll 16
  for (int r = 0; r < ROWS; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < VECTORS; ++v)
      sums[r][v] = adds ? load(c + r * c_row + v * LANES) : zero;
#pragma GCC unroll 1
  for (int64_t t = 0; t < terms; ++t, a += a_term, b += b_term) {
    vector row[VECTORS] = {load(b), load(b + LANES)};
#pragma GCC unroll 16
    for (int r = 0; r < ROWS; ++r) {
      vector factor = a[r * a_row] - zero;
#pragma GCC unroll 2
      for (int v = 0; v < VECTORS; ++v)
        sums[r][v] = multiply_add(factor, row[v], sums[r][v]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < ROWS; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < VECTORS; ++v)
      store(c + r * c_row + v * LANES, sums[r][v]);
}

static void multiply(const hr_winograd_product *p) {
  for (int64_t panel = 0; panel < p->panels; ++panel)
    for (int64_t row = 0; row < p->rows; row += ROWS) {
      const float *a = p->a + row * p->a_row, *b = p->b + panel * p->b_panel;
      float *c = p->c + row * p->c_row + panel * COLUMNS;
      if (p->a_term == 1)
        multiply_block(a, p->a_row, 1, b, p->b_term, c, p->c_row, p->terms, p->adds);
      else
        multiply_block(a, 1, p->a_term, b, p->b_term, c, p->c_row, p->terms, p->adds);
    }
}

extern const hr_winograd_loops HR_LEVELED(winograd);
const hr_winograd_loops HR_LEVELED(winograd) = {
    .rows = ROWS,
    .columns = COLUMNS,
    .spread_pixels = spread_pixels,
    .spread_results = spread_results,
    .gather_results = gather_results,
    .spread_filters = spread_filters,
    .gather_filters = gather_filters,
    .multiply = multiply,
};
