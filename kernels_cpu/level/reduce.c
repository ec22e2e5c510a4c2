/* Folds of rows and columns. Several accumulators side by side fill the vector units, and blocks of them keep the
 * rounding error of long sums small. */
#include "kernels_cpu/level/level.h"

/* Rounds before the accumulators of a block go into those of the whole. */
enum { BLOCK_ROUNDS = 32 };

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
  /* `width` columns at most WIDTH: the accumulators of a block stay in registers where it is WIDTH itself. */         \
  static inline void op##_strip_##type(HR_TYPE_##type *totals, const HR_TYPE_##type *x, int64_t rows, int width,       \
                                       int64_t stride) {                                                               \
    typedef HR_TYPE_##type element;                                                                                    \
    enum { WIDTH = 4 * HR_VECTOR_BYTES / sizeof(element) };                                                            \
    for (int64_t start = 0; start < rows; start += BLOCK_ROUNDS) {                                                     \
      int64_t end = rows - start < BLOCK_ROUNDS ? rows : start + BLOCK_ROUNDS;                                         \
      element sums[WIDTH];                                                                                             \
      for (int k = 0; k < width; ++k)                                                                                  \
        sums[k] = (initial);                                                                                           \
      for (int64_t r = start; r < end; ++r)                                                                            \
        for (int k = 0; k < width; ++k)                                                                                \
          sums[k] = op##_combine_##type(sums[k], op##_term_##type(x[r * stride + k]));                                 \
      for (int k = 0; k < width; ++k)                                                                                  \
        totals[k] = op##_combine_##type(totals[k], sums[k]);                                                           \
    }                                                                                                                  \
  }                                                                                                                    \
  void HR_LEVELED(op##_columns_##type)(void *accumulators, const void *x_, int64_t rows, int64_t columns,              \
                                       int64_t stride) {                                                               \
    enum { WIDTH = 4 * HR_VECTOR_BYTES / sizeof(HR_TYPE_##type) };                                                     \
    HR_TYPE_##type *totals = accumulators;                                                                             \
    const HR_TYPE_##type *x = x_;                                                                                      \
    int64_t k = 0;                                                                                                     \
    for (; k + WIDTH <= columns; k += WIDTH)                                                                           \
      op##_strip_##type(totals + k, x + k, rows, WIDTH, stride);                                                       \
    if (k < columns) op##_strip_##type(totals + k, x + k, rows, (int)(columns - k), stride);                           \
  }
#define REDUCE_HALF(...)
#define REDUCE(type, ...) HR_BY_KIND(REDUCE_, type)(type, __VA_ARGS__)

HR_REDUCE_LIST(REDUCE)
