/* Sums of a tile stay in registers, for all pieces; a panel stays in the first-level cache, for all tiles. */
#include "kernels_cpu/level/indirect.h"
#include "kernels_cpu/level/registers.h"

/* They fill the registers but for two vectors of b and a factor. */
enum { HEIGHT = HR_VECTOR_BYTES == 64 ? 12 : 6, VECTORS = 2, WIDTH = VECTORS * LANES, LINE = 64 / sizeof(float) };

static ALWAYS_INLINE void stream(float *to, vector v) {
#if defined(__AVX512F__)
  _mm512_stream_ps(to, (__m512)v);
#elif defined(__AVX__)
  _mm256_stream_ps(to, (__m256)v);
#else
  store(to, v);
#endif
}

/* Pieces of the next tile are fetched meanwhile: they lie where no one would look ahead. */
static ALWAYS_INLINE void multiply_tile(const hr_indirect_product *p, const float *const *rows,
                                        const float *const *next, const float *b, float *const *out, int64_t column) {
  vector zero = {0}, sums[HEIGHT][VECTORS];
#pragma GCC unroll 16
  for (int r = 0; r < HEIGHT; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < VECTORS; ++v)
      sums[r][v] = zero;
#pragma GCC unroll 1
  for (int64_t piece = 0; piece < p->pieces; ++piece, rows += HEIGHT, next += HEIGHT) {
    const float *a[HEIGHT];
#pragma GCC unroll 16
    for (int r = 0; r < HEIGHT; ++r)
      a[r] = rows[r];
#pragma GCC unroll 1
    for (int64_t t = 0; t < p->terms;) {
#pragma GCC unroll 16
      for (int r = 0; r < HEIGHT; ++r)
        __builtin_prefetch(next[r] + t);
      int64_t end = p->terms - t < LINE ? p->terms : t + LINE;
#pragma GCC unroll 1
      for (; t < end; ++t, b += WIDTH) {
        vector row[VECTORS] = {load(b), load(b + LANES)};
#pragma GCC unroll 16
        for (int r = 0; r < HEIGHT; ++r) {
          vector factor = a[r][t] - zero;
#pragma GCC unroll 2
          for (int v = 0; v < VECTORS; ++v)
            sums[r][v] = multiply_add(factor, row[v], sums[r][v]);
        }
      }
    }
  }
  int64_t left = p->columns - column;
  bool is_whole = left >= WIDTH;
#pragma GCC unroll 16
  for (int r = 0; r < HEIGHT; ++r)
#pragma GCC unroll 2
    for (int v = 0; v < VECTORS; ++v) {
      float *to = out[r] + column + v * LANES;
      if (is_whole && p->is_streamed)
        stream(to, sums[r][v]);
      else if (is_whole)
        store(to, sums[r][v]);
      else if (left > v * LANES)
        store_some(to, sums[r][v], left - v * LANES);
    }
}

static void multiply(const hr_indirect_product *p) {
  const float *panel = p->b;
  for (int64_t column = 0; column < p->columns; column += WIDTH, panel += p->pieces * p->terms * WIDTH)
    for (int64_t tile = 0; tile < p->tiles; ++tile) {
      const float *const *rows = p->rows + tile * p->pieces * HEIGHT;
      bool is_last = tile + 1 == p->tiles;
      multiply_tile(p, rows, is_last ? rows : rows + p->pieces * HEIGHT, panel, p->out + tile * HEIGHT, column);
    }
}

extern const hr_indirect_loops HR_LEVELED(indirect);
const hr_indirect_loops HR_LEVELED(indirect) = {.height = HEIGHT, .width = WIDTH, .multiply = multiply};
