/* Folds of rows and columns. Several accumulators side by side fill the vector units, and blocks of them keep the
 * rounding error of long sums small. */
#include "kernels_cpu/level/level.h"

/* Rounds before the accumulators of a block go into those of the whole. */
enum { BLOCK_ROUNDS = 32 };
/* Sums of columns side by side: what the registers hold, where it is worth the code. */
enum { MAX_STRIP = 8 * HR_VECTOR_BYTES };
#define HR_WIDE_STRIP _Generic((element)0, float : MAX_STRIP, double : MAX_STRIP, default : MAX_STRIP / 2)

#define HR_LOWEST                                                                                                      \
  _Generic((element)0, float                                                                                           \
           : -INFINITY, double                                                                                         \
           : -INFINITY, int8_t                                                                                         \
           : INT8_MIN, int16_t                                                                                         \
           : INT16_MIN, int32_t                                                                                        \
           : INT32_MIN, int64_t                                                                                        \
           : INT64_MIN, uint8_t : 0, uint16_t : 0)
#define HR_HIGHEST                                                                                                     \
  _Generic((element)0, float                                                                                           \
           : INFINITY, double                                                                                          \
           : INFINITY, int8_t                                                                                          \
           : INT8_MAX, int16_t                                                                                         \
           : INT16_MAX, int32_t                                                                                        \
           : INT32_MAX, int64_t                                                                                        \
           : INT64_MAX, uint8_t                                                                                        \
           : UINT8_MAX, uint16_t                                                                                       \
           : UINT16_MAX)

#define REDUCE_NATIVE(type, op, initial, term, ...)                                                                    \
  static inline HR_TYPE_##type op##_term_##type(HR_TYPE_##type x) { return (HR_TYPE_##type)(term); }                   \
  static inline HR_TYPE_##type op##_combine_##type(HR_TYPE_##type a, HR_TYPE_##type x) {                               \
    return (HR_TYPE_##type)(__VA_ARGS__);                                                                              \
  }                                                                                                                    \
  void HR_LEVELED(op##_identity_##type)(void *accumulators, int64_t n) {                                               \
    typedef HR_TYPE_##type element;                                                                                    \
    for (int64_t i = 0; i < n; ++i)                                                                                    \
      ((element *)accumulators)[i] = (initial);                                                                        \
  }                                                                                                                    \
                                                                                                                       \
  void HR_LEVELED(op##_row_##type)(void *accumulator, const void *x_, int64_t n) {                                     \
    typedef HR_TYPE_##type element;                                                                                    \
    enum { WIDTH = 4 * HR_VECTOR_BYTES / sizeof(element) };                                                            \
    const element *x = x_;                                                                                             \
    element total = *(element *)accumulator;                                                                           \
    int64_t i = 0;                                                                                                     \
    if (n >= WIDTH) {                                                                                                  \
      element totals[WIDTH];                                                                                           \
      for (int k = 0; k < WIDTH; ++k)                                                                                  \
        totals[k] = (initial);                                                                                         \
      while (i + WIDTH <= n) {                                                                                         \
        element sums[WIDTH];                                                                                           \
        int64_t rounds = (n - i) / WIDTH < BLOCK_ROUNDS ? (n - i) / WIDTH : BLOCK_ROUNDS;                              \
        for (int k = 0; k < WIDTH; ++k)                                                                                \
          sums[k] = (initial);                                                                                         \
        for (int64_t r = 0; r < rounds; ++r, i += WIDTH)                                                               \
          for (int k = 0; k < WIDTH; ++k)                                                                              \
            sums[k] = op##_combine_##type(sums[k], op##_term_##type(x[i + k]));                                        \
        for (int k = 0; k < WIDTH; ++k)                                                                                \
          totals[k] = op##_combine_##type(totals[k], sums[k]);                                                         \
      }                                                                                                                \
      for (int w = WIDTH / 2; w > 0; w /= 2)                                                                           \
        for (int k = 0; k < w; ++k)                                                                                    \
          totals[k] = op##_combine_##type(totals[k], totals[k + w]);                                                   \
      total = op##_combine_##type(total, totals[0]);                                                                   \
    }                                                                                                                  \
    element rest = (initial);                                                                                          \
    for (; i < n; ++i)                                                                                                 \
      rest = op##_combine_##type(rest, op##_term_##type(x[i]));                                                        \
    *(element *)accumulator = op##_combine_##type(total, rest);                                                        \
  }                                                                                                                    \
                                                                                                                       \
  /* One block of rows of `width` columns, whose sums stay in registers where it is a constant. */                     \
  static inline void op##_strip_##type(HR_TYPE_##type *totals, const HR_TYPE_##type *x, int64_t rows, int width,       \
                                       int64_t stride) {                                                               \
    typedef HR_TYPE_##type element;                                                                                    \
    element sums[MAX_STRIP / sizeof(element)];                                                                         \
    for (int k = 0; k < width; ++k)                                                                                    \
      sums[k] = (initial);                                                                                             \
    for (int64_t r = 0; r < rows; ++r)                                                                                 \
      for (int k = 0; k < width; ++k)                                                                                  \
        sums[k] = op##_combine_##type(sums[k], op##_term_##type(x[r * stride + k]));                                   \
    for (int k = 0; k < width; ++k)                                                                                    \
      totals[k] = op##_combine_##type(totals[k], sums[k]);                                                             \
  }                                                                                                                    \
  /* Block by block, so that neighbouring strips find each other's pages and lines. */                                 \
  void HR_LEVELED(op##_columns_##type)(void *accumulators, const void *x_, int64_t rows, int64_t columns,              \
                                       int64_t stride) {                                                               \
    typedef HR_TYPE_##type element;                                                                                    \
    enum { WIDE = HR_WIDE_STRIP / sizeof(element), NARROW = MAX_STRIP / 2 / sizeof(element) };                         \
    HR_TYPE_##type *totals = accumulators;                                                                             \
    for (int64_t start = 0; start < rows; start += BLOCK_ROUNDS) {                                                     \
      int64_t count = rows - start < BLOCK_ROUNDS ? rows - start : BLOCK_ROUNDS, k = 0;                                \
      const HR_TYPE_##type *x = (const HR_TYPE_##type *)x_ + start * stride;                                           \
      for (; k + WIDE <= columns; k += WIDE)                                                                           \
        op##_strip_##type(totals + k, x + k, count, WIDE, stride);                                                     \
      for (; WIDE > NARROW && k + NARROW <= columns; k += NARROW)                                                      \
        op##_strip_##type(totals + k, x + k, count, NARROW, stride);                                                   \
      if (k < columns) op##_strip_##type(totals + k, x + k, count, (int)(columns - k), stride);                        \
    }                                                                                                                  \
  }
#define REDUCE_HALF(...)
#define REDUCE(type, ...) HR_BY_KIND(REDUCE_, type)(type, __VA_ARGS__)

HR_REDUCE_LIST(REDUCE)
