#include "kernels_cpu/level/windows.h"
#include "kernels_cpu/level/registers.h"

/* Calls body for pieces of the channels: of four vectors, of one, and what is left over as a part of a vector. */
#define BY_PIECES(channels, body)                                                                                      \
  int64_t c_ = 0;                                                                                                      \
  for (; c_ + 4 * LANES <= (channels); c_ += 4 * LANES)                                                                \
    body(c_, 4, LANES);                                                                                                \
  for (; c_ + LANES <= (channels); c_ += LANES)                                                                        \
    body(c_, 1, LANES);                                                                                                \
  if (c_ < (channels)) body(c_, 1, (channels)-c_)

static ALWAYS_INLINE void sum_taps_of(float *out, int64_t out_step, const float *const *a, int64_t a_step,
                                      const float *const *b, int64_t windows, int64_t taps, int64_t c, int vectors,
                                      int64_t count) {
  for (int64_t w = 0; w < windows; ++w) {
    int64_t at = w * a_step + c;
    vector sums[4] = {0};
    for (int64_t t = 0; t < taps; ++t)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v)
        sums[v] =
            multiply_add(load_some(a[t] + at + v * LANES, count), load_some(b[t] + c + v * LANES, count), sums[v]);
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      store_some(out + w * out_step + c + v * LANES, sums[v], count);
  }
}
static void sum_taps(float *out, int64_t out_step, const float *const *a, int64_t a_step, const float *const *b,
                     int64_t windows, int64_t taps, int64_t channels) {
#define PIECE(c, vectors, count) sum_taps_of(out, out_step, a, a_step, b, windows, taps, c, vectors, count)
  BY_PIECES(channels, PIECE);
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
  BY_PIECES(channels, PIECE);
#undef PIECE
}

static ALWAYS_INLINE vector choose(mask where, vector yes, vector no) {
  return (vector)(((mask)yes & where) | ((mask)no & ~where));
}
static ALWAYS_INLINE void add_to_largest_of(float *const *out, const float *const *x, const float *y, int64_t taps,
                                            int64_t c, int vectors, int64_t count) {
  vector best[4];
  mask place[4];
#pragma GCC unroll 4
  for (int v = 0; v < vectors; ++v) {
    best[v] = load_some(x[0] + c + v * LANES, count);
    place[v] = (mask){0};
  }
  for (int64_t t = 1; t < taps; ++t)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      vector mine = load_some(x[t] + c + v * LANES, count);
      mask is_larger = mine > best[v];
      best[v] = choose(is_larger, mine, best[v]);
      place[v] = (is_larger & (int32_t)t) | (place[v] & ~is_larger);
    }
  for (int64_t t = 0; t < taps; ++t)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      float *to = out[t] + c + v * LANES;
      vector share = (vector)((mask)load_some(y + c + v * LANES, count) & (place[v] == (int32_t)t));
      store_some(to, load_some(to, count) + share, count);
    }
}
static void add_to_largest(float *const *out, const float *const *x, const float *y, int64_t taps, int64_t channels) {
#define PIECE(c, vectors, count) add_to_largest_of(out, x, y, taps, c, vectors, count)
  BY_PIECES(channels, PIECE);
#undef PIECE
}

extern const hr_window_loops HR_LEVELED(windows);
const hr_window_loops HR_LEVELED(windows) = {sum_taps, sum_rows, add_to_largest};
