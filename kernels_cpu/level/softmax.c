#include "kernels_cpu/level/softmax.h"
#include "kernels_cpu/level/vector_math.h"

/* Elements between roundings of the whole sum. */
enum { PIECE = 4096, SUMS = 4 };

/* The greatest logit was taken off. */
#ifdef SHAPED_F32
#define EXP_f32(x) exp_below_zero(x)
#else
#define EXP_f32(x) V_EXP(x)
#endif
#define EXP_f64(x) V_EXP(x)

#define SOFTMAX(type)                                                                                                  \
  static HR_TYPE_##type exp_sum_##type(HR_TYPE_##type *y, const HR_TYPE_##type *xs, int64_t n, HR_TYPE_##type shift) { \
    V_TYPES(type)                                                                                                      \
    scalar total = 0;                                                                                                  \
    int64_t i = 0;                                                                                                     \
    while (i + LANES <= n) {                                                                                           \
      vector sums[SUMS] = {0};                                                                                         \
      for (int64_t end = n - i < PIECE ? n : i + PIECE; i + SUMS * LANES <= end; i += SUMS * LANES)                    \
        for (int k = 0; k < SUMS; ++k) {                                                                               \
          vector x;                                                                                                    \
          memcpy(&x, xs + i + k * LANES, sizeof x);                                                                    \
          x = EXP_##type(x - shift);                                                                                   \
          if (y) memcpy(y + i + k * LANES, &x, sizeof x);                                                              \
          sums[k] += x;                                                                                                \
        }                                                                                                              \
      if (n - i < SUMS * LANES) /* the last piece */                                                                   \
        for (; i + LANES <= n; i += LANES) {                                                                           \
          vector x;                                                                                                    \
          memcpy(&x, xs + i, sizeof x);                                                                                \
          x = EXP_##type(x - shift);                                                                                   \
          if (y) memcpy(y + i, &x, sizeof x);                                                                          \
          sums[0] += x;                                                                                                \
        }                                                                                                              \
      vector sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);                                                          \
      scalar parts[LANES];                                                                                             \
      memcpy(parts, &sum, sizeof sum);                                                                                 \
      for (int w = LANES / 2; w > 0; w /= 2)                                                                           \
        for (int k = 0; k < w; ++k)                                                                                    \
          parts[k] += parts[k + w];                                                                                    \
      total += parts[0];                                                                                               \
    }                                                                                                                  \
    if (i == n) return total;                                                                                          \
    scalar rest[LANES];                                                                                                \
    for (int k = 0; k < LANES; ++k)                                                                                    \
      rest[k] = i + k < n ? xs[i + k] - shift : 0;                                                                     \
    vector x;                                                                                                          \
    memcpy(&x, rest, sizeof x);                                                                                        \
    x = EXP_##type(x);                                                                                                 \
    memcpy(rest, &x, sizeof x);                                                                                        \
    for (int k = 0; i + k < n; ++k) {                                                                                  \
      if (y) y[i + k] = rest[k];                                                                                       \
      total += rest[k];                                                                                                \
    }                                                                                                                  \
    return total;                                                                                                      \
  }                                                                                                                    \
                                                                                                                       \
  static void shift_twice_##type(HR_TYPE_##type *y, const HR_TYPE_##type *x, int64_t n, HR_TYPE_##type shift,          \
                                 HR_TYPE_##type log_sum) {                                                             \
    HR_INDEPENDENT for (int64_t i = 0; i < n; ++i) y[i] = (x[i] - shift) - log_sum;                                    \
  }                                                                                                                    \
                                                                                                                       \
  static HR_TYPE_##type loss_##type(HR_TYPE_##type *y, const HR_TYPE_##type *x, const HR_TYPE_##type *labels,          \
                                    int64_t n, HR_TYPE_##type shift, HR_TYPE_##type sum, HR_TYPE_##type log_sum) {     \
    enum { WIDTH = 2 * HR_VECTOR_BYTES / sizeof(HR_TYPE_##type) };                                                     \
    HR_TYPE_##type losses[WIDTH] = {0}, loss = 0;                                                                      \
    int64_t i = 0;                                                                                                     \
    for (; i + WIDTH <= n; i += WIDTH)                                                                                 \
      HR_INDEPENDENT for (int k = 0; k < WIDTH; ++k) {                                                                 \
        losses[k] += labels[i + k] * (log_sum - (x[i + k] - shift));                                                   \
        y[i + k] = y[i + k] / sum - labels[i + k];                                                                     \
      }                                                                                                                \
    for (; i < n; ++i) {                                                                                               \
      loss += labels[i] * (log_sum - (x[i] - shift));                                                                  \
      y[i] = y[i] / sum - labels[i];                                                                                   \
    }                                                                                                                  \
    for (int k = 0; k < WIDTH; ++k)                                                                                    \
      loss += losses[k];                                                                                               \
    return loss;                                                                                                       \
  }
SOFTMAX(f32)
SOFTMAX(f64)

extern const hr_softmax_loops HR_LEVELED(softmax);
const hr_softmax_loops HR_LEVELED(softmax) = {exp_sum_f32, shift_twice_f32, loss_f32,
                                              exp_sum_f64, shift_twice_f64, loss_f64};
