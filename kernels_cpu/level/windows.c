#include "kernels_cpu/level/windows.h"
#include "kernels_cpu/level/registers.h"

/* At most so many windows share factors: their sums of four vectors, a factor and what it is multiplied with fill the
 * registers. */
enum { SIDE_BY_SIDE = 3 };

/* Calls body for pieces of the channels: of `many` vectors, of one, and what is left over as a part of a vector. */
#define BY_PIECES(channels, many, body)                                                                                \
  int64_t c_ = 0;                                                                                                      \
  for (; c_ + (many)*LANES <= (channels); c_ += (many)*LANES)                                                          \
    body(c_, many, LANES);                                                                                             \
  for (; c_ + LANES <= (channels); c_ += LANES)                                                                        \
    body(c_, 1, LANES);                                                                                                \
  if (c_ < (channels)) body(c_, 1, (channels)-c_)

/* Keeps the compiler from loading a vector again each time it is used. */
#if defined(__AVX__)
#define KEEP(v) __asm__("" : "+v"(v))
#else
#define KEEP(v) (void)(v)
#endif

/* `windows` neighbours, `vectors` of their channels: all sums in registers, each factor loaded once for all windows. */
static ALWAYS_INLINE void sum_taps_of(float *out, int64_t out_step, const float *const *a, int64_t at, int64_t a_step,
                                      const float *const *b, int windows, int64_t taps, int64_t c, int vectors,
                                      int64_t count) {
  vector sums[SIDE_BY_SIDE][4] = {0};
#pragma GCC unroll 1
  for (int64_t t = 0; t < taps; ++t) {
    const float *x[SIDE_BY_SIDE] = {a[t] + at + c}, *factors = b[t] + c;
#pragma GCC unroll 4
    for (int w = 1; w < windows; ++w)
      x[w] = x[w - 1] + a_step;
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      vector factor = load_some(factors + v * LANES, count);
      KEEP(factor);
#pragma GCC unroll 4
      for (int w = 0; w < windows; ++w)
        sums[w][v] = multiply_add(load_some(x[w] + v * LANES, count), factor, sums[w][v]);
    }
  }
#pragma GCC unroll 4
  for (int w = 0; w < windows; ++w)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      store_some(out + w * out_step + c + v * LANES, sums[w][v], count);
}
/* Windows go first, channels second: neighbours see nearly the same, and rows of channels are read in their order.
 * Three of them go side by side where they see the next pixel, two where they see the one after next: three take a
 * third longer there in images that are larger than the caches. */
static void sum_taps(float *out, int64_t out_step, const float *const *a, int64_t a_step, const float *const *b,
                     int64_t windows, int64_t taps, int64_t channels) {
  int64_t w = 0;
#define WINDOWS_TOGETHER(count_of_windows)                                                                             \
  for (; w + (count_of_windows) <= windows; w += (count_of_windows)) {                                                 \
    BY_PIECES(channels, 4, PIECE_OF_##count_of_windows);                                                               \
  }
#define PIECE(windows, c, vectors, count)                                                                              \
  sum_taps_of(out + w * out_step, out_step, a, w * a_step, a_step, b, windows, taps, c, vectors, count)
#define PIECE_OF_3(c, vectors, count) PIECE(3, c, vectors, count)
#define PIECE_OF_2(c, vectors, count) PIECE(2, c, vectors, count)
#define PIECE_OF_1(c, vectors, count) PIECE(1, c, vectors, count)
  if (a_step == channels) WINDOWS_TOGETHER(3)
  WINDOWS_TOGETHER(2)
  WINDOWS_TOGETHER(1)
#undef WINDOWS_TOGETHER
#undef PIECE
}

static ALWAYS_INLINE void sum_rows_of(float *out, const float *a, int64_t a_step, const float *b, int64_t b_step,
                                      int64_t rows, int vectors, int64_t count) {
  vector sums[4] = {0};
#pragma GCC unroll 4
  for (int v = 0; v < vectors; ++v)
    sums[v] = load_some(out + v * LANES, count);
  for (int64_t r = 0; r < rows; ++r, a += a_step, b += b_step)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      sums[v] = multiply_add(load_some(a + v * LANES, count), load_some(b + v * LANES, count), sums[v]);
#pragma GCC unroll 4
  for (int v = 0; v < vectors; ++v)
    store_some(out + v * LANES, sums[v], count);
}
static void sum_rows(float *out, const float *a, int64_t a_step, const float *b, int64_t b_step, int64_t rows,
                     int64_t channels) {
#define PIECE(c, vectors, count) sum_rows_of(out + (c), a + (c), a_step, b + (c), b_step, rows, vectors, count)
  BY_PIECES(channels, 4, PIECE);
#undef PIECE
}

/* x > y ? x : y; y where one is NaN. */
static ALWAYS_INLINE vector larger(vector x, vector y) {
#if defined(__AVX512F__)
  return (vector)_mm512_max_ps((__m512)x, (__m512)y);
#elif defined(__AVX2__)
  return (vector)_mm256_max_ps((__m256)x, (__m256)y);
#else
  mask first = x > y;
  return (vector)(((mask)x & first) | ((mask)y & ~first));
#endif
}
/* What is written anew need not be read. */
static ALWAYS_INLINE void add_to_largest_of(float *const *out, const float *const *x, int64_t at, const float *y,
                                            int64_t taps, int64_t first, int64_t last, bool anew, int64_t c,
                                            int vectors, int64_t count) {
  vector best[4];
  mask place[4];
  at += c;
#pragma GCC unroll 4
  for (int v = 0; v < vectors; ++v) {
    best[v] = load_some(x[0] + at + v * LANES, count);
    place[v] = (mask){0};
  }
  for (int64_t t = 1; t < taps; ++t)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      vector mine = load_some(x[t] + at + v * LANES, count);
      mask is_larger = mine > best[v];
      best[v] = larger(mine, best[v]);
      place[v] = (is_larger & (int32_t)t) | (place[v] & ~is_larger);
    }
  for (int64_t t = first; t < last; ++t)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      float *to = out[t] + at + v * LANES;
      vector share = (vector)((mask)load_some(y + c + v * LANES, count) & (place[v] == (int32_t)t));
      store_some(to, (anew ? (vector){0} : load_some(to, count)) + share, count);
    }
}
static void add_to_largest(float *const *out, const float *const *x, int64_t x_step, const float *y, int64_t windows,
                           int64_t taps, int64_t first, int64_t last, bool anew, int64_t channels) {
  for (int64_t w = 0; w < windows; ++w, y += channels) {
#define PIECE(c, vectors, count) add_to_largest_of(out, x, w *x_step, y, taps, first, last, anew, c, vectors, count)
    BY_PIECES(channels, 4, PIECE);
#undef PIECE
  }
}

extern const hr_window_loops HR_LEVELED(windows);
const hr_window_loops HR_LEVELED(windows) = {sum_taps, sum_rows, add_to_largest};
